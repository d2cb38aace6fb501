"""``akegraph serve``."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def serve(host: str, port: int) -> None:
    """Serve the plans: board, pages, questions and SPARQL.

    \b
    Example:
      akegraph serve --port 8080
    """
    from akegraph.settings import read_settings
    from akegraph.web.server import serve_site

    serve_site(host, port, read_settings(), say=lambda words: click.echo(words, err=True))
