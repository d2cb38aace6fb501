"""``akegraph export``: what akegraph holds as files that need no akegraph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from akegraph.cli.output import force_option
from akegraph.errors import FileExistsRefusedError, OutputError


@click.group()
def export() -> None:
    """Write what akegraph holds as files for any file server.

    \b
    Example:
      akegraph export ontology -o public/ontology
    """


@export.command()
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into; made where it is missing.",
)
@force_option
def ontology(folder: Path, force: bool) -> None:
    """Export the ontology's documentation: pages in three languages and the RDF they describe.

    The pages have relative links and open from any file server. With them: the ontology and each scheme as Turtle,
    JSON-LD, RDF/XML and N-Triples, the JSON-LD context, the shapes, the stylesheet. A file that is there already and
    differs stays as it is, and then nothing at all is written, unless --force.

    \b
    Example:
      akegraph export ontology -o public/ontology
      python -m http.server --directory public/ontology
    """
    from akegraph.pipeline.knowledge import find_plans
    from akegraph.settings import read_settings
    from akegraph.web.export import export_ontology
    from akegraph.web.server import open_site

    settings = read_settings()
    with open_site(find_plans(), settings) as site:
        made = export_ontology(site, settings)
    written = _write_folder(folder, made, force=force)
    click.echo(f"{folder}: {len(made)} files, {written} written, {len(made) - written} unchanged", err=True)


def _write_folder(folder: Path, made: Mapping[str, bytes], *, force: bool) -> int:
    """Write files below a folder, all or none where one may not be replaced; return how many were not there so.

    :raises FileExistsRefusedError: if one is there, differs and ``force`` is not set; then none is written
    :raises OutputError: if a folder cannot be made or a file not written
    """
    from akegraph.files import write_file

    targets = {folder / place: content for place, content in sorted(made.items())}
    try:
        for target, content in targets.items():
            if not force and target.exists() and not (target.is_file() and target.read_bytes() == content):
                raise FileExistsRefusedError(str(target))
        for parent in sorted({target.parent for target in targets}):
            parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return sum(write_file(target, content, force=force) for target, content in targets.items())
