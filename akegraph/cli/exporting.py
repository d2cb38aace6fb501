"""``akegraph export``: plans as documents, and what akegraph holds as files that need no akegraph."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from akegraph.cli.output import force_option, language_option
from akegraph.errors import FileExistsRefusedError, OutputError


class _ExportGroup(click.Group):
    """A group whose first word is a command or, where there is none of that name, a plan."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``export PLAN --format xlsx`` as ``export plan PLAN --format xlsx``."""
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in own and args[0] not in self.commands:
            args = ["plan", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ExportGroup, subcommand_metavar="PLAN | COMMAND [OPTIONS]")
def export() -> None:
    """Write a plan as a document, or what akegraph holds as files for any file server.

    A word that is no command is the name or the folder of a plan: 'akegraph export plan --help' tells the options.

    \b
    Example:
      akegraph export ake-tampere-2026 --format xlsx
      akegraph export --template xlsx -o plan-2027.xlsx
      akegraph export ontology -o public/ontology
    """


@export.command()
@click.argument("plan", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xlsx", "docx", "html", "csv", "markdown"]),
    help="Format of the document.",
)
@click.option("-o", "--output", "target", metavar="FILE", help="File to write; - is standard output. [default: PLAN.*]")
@click.option("--normalised", is_flag=True, help="Controlled wordings by their labels instead of as printed.")
@click.option("--template", type=click.Choice(["xlsx"]), help="An empty workbook to plan in, instead of a plan.")
@click.option("--organisation", help="With --template: the organisation's id or name.")
@click.option("--year", type=click.IntRange(1900, 2999), help="With --template: the year.")
@click.option("--rows", type=click.IntRange(1, 2000), help="With --template: how many rows. [default: 60]")
@language_option
@force_option
def plan(
    plan: str | None,
    kind: str | None,
    target: str | None,
    normalised: bool,
    template: str | None,
    organisation: str | None,
    year: int | None,
    rows: int | None,
    language: str | None,
    force: bool,
) -> None:
    """Export a plan as its printed table of eight columns, or an empty workbook to plan in.

    Cells are as printed, or with --normalised worded from the schemes in the language of --lang where they have it; a
    plan's own words never change. Beside a CSV lies FILE-metadata.json, which says what its columns mean. Cells are
    never changed to keep a spreadsheet from taking them for formulas: in XLSX every cell is typed as text.

    \b
    Example:
      akegraph export ake-tampere-2026 --format docx -o plan.docx
      akegraph export ake-tampere-2026 --format csv -o - --normalised
      akegraph export --template xlsx --organisation oulu --year 2027
    """
    if template:
        if plan or kind or normalised:
            raise click.UsageError("--template makes an empty workbook: no PLAN, --format or --normalised with it")
        _write_template(target, organisation, year, rows, force=force)
        return
    if not plan or not kind:
        missing = "PLAN" if not plan else "--format xlsx|docx|html|csv|markdown"
        raise click.UsageError(f"needs {missing}, or --template xlsx for an empty workbook")
    if organisation or year or rows:
        raise click.UsageError("--organisation, --year and --rows belong to --template")
    from akegraph.pipeline.exporting import export_plan
    from akegraph.pipeline.knowledge import find_plans
    from akegraph.settings import read_settings
    from akegraph.table.writing import FORMATS, SUFFIXES

    [folder] = find_plans([plan])
    chosen = next(known for known in FORMATS if known == kind)
    target = target or f"{folder.path.resolve().name}{SUFFIXES[chosen]}"
    spoken = language or (read_settings().language if normalised else "fi")
    done = export_plan(folder, chosen, normalised=normalised, language=spoken, file=Path(target).name)
    for note in done.notes:
        click.echo(f"note: {note}", err=True)
    if target == "-" and done.companion:
        click.echo("note: the description beside a CSV is written with -o FILE only", err=True)
    companion = None if done.companion is None else (f"{target}-metadata.json", done.companion)
    _write_documents(target, done.content, companion, force=force)


def _write_template(
    target: str | None, organisation: str | None, year: int | None, rows: int | None, *, force: bool
) -> None:
    """Make an empty workbook and write it."""
    from akegraph.pipeline.exporting import TEMPLATE_ROWS, export_template

    content = export_template(organisation=organisation, year=year, rows=rows or TEMPLATE_ROWS)
    name = "-".join(str(part) for part in ("plan", organisation, year) if part)
    _write_documents(target or f"{name}.xlsx", content, None, force=force)


def _write_documents(target: str, content: bytes, companion: tuple[str, bytes] | None, *, force: bool) -> None:
    """Write a document and what belongs beside it, both or none; ``-`` is standard output, for the document alone."""
    from akegraph.files import write_files

    if target == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    files = [(Path(target), content, force), *([(Path(companion[0]), companion[1], force)] if companion else [])]
    for (path, _, _), written in zip(files, write_files(files), strict=True):
        click.echo(f"{path}: {'written' if written else 'unchanged'}", err=True)


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
