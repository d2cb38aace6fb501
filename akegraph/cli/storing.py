"""``akegraph store``: what is kept in a folder or on another server — loaded, dumped, backed up, restored."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from akegraph.cli.output import echo_bytes, force_option, read_input
from akegraph.cli.sources import find_asked, refuse_secrets, source_options

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def store() -> None:
    """Keep data in a folder of Oxigraph's or on another server, to be asked with --store.

    \b
    Example:
      akegraph store load --to plans.store          # the built-in plans, into a folder
      akegraph query activities-by-path --store plans.store
      akegraph store backup plans.store plans.backup
    """


@store.command()
@click.argument("sources", nargs=-1, metavar="[PLAN|FILE]...")
@click.option("--to", "--store", "target", required=True, metavar="DIR|URL", help="The store: a folder, or an address.")
def load(sources: tuple[str, ...], target: str) -> None:
    """Load plans or files of RDF into a store; the built-in plans if none is named. A FILE of - is standard input.

    Of a plan all named graphs of the build are loaded, files keep those they have. A graph takes the place of the one
    that had its name; other graphs stay. A folder is replaced whole or not at all, also while it is served: who serves
    it goes on with what it had, until it is told to load anew.

    At a URL the graphs are PUT one by one, as the SPARQL Graph Store Protocol has it: each is exchanged at once, and
    what fails for a moment is tried again. The address is that of the graph store: /store of oxigraph serve,
    /sparql-graph-crud-auth of Virtuoso, /DATASET/data of Fuseki. AKEGRAPH_STORE_USER and AKEGRAPH_STORE_PASSWORD, or
    AKEGRAPH_STORE_TOKEN, or a netrc file say who asks.

    \b
    Example:
      akegraph store load --to plans.store
      akegraph store load mine.trig --to http://localhost:7878/store
    """
    from akegraph.pipeline.opening import Source, find_source
    from akegraph.pipeline.storing import load_store
    from akegraph.settings import read_settings

    refuse_secrets(target)
    source = Source("files", sources) if "-" in sources else find_source(sources or None)
    given = read_input("-") if "-" in sources else b""
    total = [0, 0]
    with _progress("graphs") as tell:

        def told(name: str, count: int) -> None:
            total[0], total[1] = total[0] + 1, total[1] + count
            tell(f"{count:7} triples  {name}")

        load_store(source, target, read_settings(), told, given)
    click.echo(f"{_without_query(target)}: {total[1]} triples in {total[0]} graphs", err=True)


@store.command()
@click.option(
    "-o", "--output", metavar="FILE", default="-", show_default=True, help="File to write; - is standard output."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["nquads", "trig"]),
    help="nquads by default, or what FILE's name says.",
)
@force_option
@source_options
def dump(output: str, form: str | None, *, force: bool, store: str | None, data: tuple[str, ...]) -> None:
    """Write all that a store holds to a file, with its checksum in FILE.sha256 beside it.

    \b
    Example:
      akegraph store dump --store plans.store -o plans.nq
      akegraph store dump --store http://localhost:7878/query --format trig > plans.trig
    """
    from akegraph.files import write_files
    from akegraph.pipeline.storing import checksum_line, dump_store
    from akegraph.settings import read_settings

    chosen = form or ("trig" if output.endswith(".trig") else "nquads")
    content = dump_store(find_asked(store, data), read_settings(), "trig" if chosen == "trig" else "nquads")
    if output == "-":
        echo_bytes(content)
        return
    path = Path(output)
    sums = path.with_name(f"{path.name}.sha256")
    write_files([(path, content, force), (sums, checksum_line(content, path.name), force)])
    click.echo(f"{path}: written, {len(content)} bytes; checksum in {sums}", err=True)


@store.command()
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.argument("target", type=_FOLDER, metavar="BACKUP")
@force_option
def backup(folder: Path, target: Path, *, force: bool) -> None:
    """Copy the store in folder DIR, as it is at one moment, into folder BACKUP with the checksum of every file.

    It may be served or loaded meanwhile. BACKUP is there whole or not at all; sha256sum -c reads its SHA256SUMS.

    \b
    Example:
      akegraph store backup plans.store plans.backup
    """
    from akegraph.store.backups import back_up

    with _progress("files") as tell:
        size = back_up(folder, target, lambda name, _: tell(name), force=force)
    click.echo(f"{target}: backup of {folder}, {size} bytes", err=True)


@store.command()
@click.argument("source", type=_FOLDER, metavar="BACKUP")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@force_option
def restore(source: Path, folder: Path, *, force: bool) -> None:
    """Put BACKUP in the place of the store in folder DIR.

    Every checksum is compared before anything is replaced; a store that is there is replaced only with --force, and
    stays until the new one is whole.

    \b
    Example:
      akegraph store restore plans.backup plans.store --force
    """
    from akegraph.store.backups import restore as put_back

    with _progress("files") as tell:
        size = put_back(source, folder, lambda name, _: tell(name), force=force)
    click.echo(f"{folder}: restored from {source}, {size} bytes", err=True)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show how far long work is: a bar that counts, on a terminal; a line for each step otherwise."""
    if not sys.stderr.isatty():
        yield lambda words: click.echo(words, err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.completed:.0f} " + what),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda words: bar.update(task, advance=1, description=words.strip())


def _without_query(target: str) -> str:
    return target.partition("?")[0]
