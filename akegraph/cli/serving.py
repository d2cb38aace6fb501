"""``akegraph serve``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from akegraph.cli.sources import source_options


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 8000 by default, 0 takes a free one.")
@click.option("--prefix", metavar="PATH", help="Path under which everything is served, such as /akegraph.")
@click.option(
    "--config", metavar="FILE", type=click.Path(path_type=Path), help="Settings in TOML; the environment goes before."
)
@click.option("--settings", "shows", is_flag=True, help="Print all settings with what they mean, and end.")
@source_options
def serve(
    host: str | None,
    port: int | None,
    prefix: str | None,
    config: Path | None,
    store: str | None,
    data: tuple[str, ...],
    *,
    shows: bool,
) -> None:
    """Serve the plans: board, pages, questions and SPARQL.

    Runs until it is told to end (Ctrl-C, SIGTERM); SIGHUP loads the data anew while it goes on answering.

    \b
    Example:
      akegraph serve --port 8080
      akegraph serve --data mine.trig --prefix /plans --config akegraph.toml
    """
    from akegraph.settings import make_table, read_settings
    from akegraph.web.server import find_served, serve_site

    if shows:
        click.echo(make_table(), nl=False)
        return
    settings = read_settings(file=config)
    given = {"host": host, "port": port}
    settings = replace(settings, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # each of its field's type
    if prefix is not None:
        settings = replace(settings, prefix=read_settings({"AKEGRAPH_PREFIX": prefix}).prefix)
    source = find_served(settings, store, data)
    serve_site(settings, source=source, say=lambda words: click.echo(words, err=True))
