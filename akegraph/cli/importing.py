"""``akegraph import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_bytes, force_option, read_input
from akegraph.files import write_files

if TYPE_CHECKING:
    from akegraph.pipeline.importing import Import


@click.command(name="import")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--rows", "rows", metavar="OUT.csv", help="Rows to write; - is standard output. [default: rows.csv]")
@click.option("--review", "review", metavar="OUT.toml", help="Doubts and their answers. [default: review.toml]")
@click.option(
    "--plan",
    "plan",
    type=click.Path(path_type=Path),
    help="The plan's plan.toml: its id and source document.",
)
@force_option
def import_(file: str, rows: str | None, review: str | None, plan: Path | None, force: bool) -> None:
    """Read a plan's table from FILE into rows.csv, and what is in doubt into review.toml.

    A review.toml that is there is read first: its answers are applied and kept. Without --rows and --review the two
    files lie beside plan.toml, or in the current folder. Nothing that is there is replaced without --force.

    \b
    Example:
      akegraph import plan.txt --rows rows.csv --review review.toml
    """
    from akegraph.pipeline.importing import import_document
    from akegraph.pipeline.knowledge import raise_problems
    from akegraph.table.review import find_own_comments, write_review

    folder = plan.parent if plan else Path()
    rows_target = rows or str(folder / "rows.csv")
    review_target = review or str(folder / "review.toml")
    if rows_target == review_target:
        raise click.UsageError(f"--rows and --review name the same file, {rows_target}")
    done = import_document(
        read_input(file),
        file,
        plan_file=plan,
        rows_file=None if rows_target == "-" else Path(rows_target),
        review_file=None if review_target == "-" else Path(review_target),
    )
    _tell(done)
    before = Path(review_target).read_bytes() if Path(review_target).is_file() else b""
    # A review keeps every answer it held, so bringing it up to date loses nothing, save comments written by hand.
    outputs = [(review_target, write_review(done.review), force or not find_own_comments(before))]
    if not done.review.items:
        outputs = []
    if done.problems:
        if not before:
            _write(outputs)
        raise_problems(done.problems)
    _write([(rows_target, done.rows, force), *outputs])


def _write(outputs: list[tuple[str, bytes, bool]]) -> None:
    """Write all or none, and say which; ``-`` is standard output."""
    files = [(Path(target), content, force) for target, content, force in outputs if target != "-"]
    for (path, _, _), written in zip(files, write_files(files), strict=True):
        click.echo(f"{path}: {'written' if written else 'unchanged'}", err=True)
    for target, content, _ in outputs:
        if target == "-":
            echo_bytes(content)


def _tell(done: Import) -> None:
    """Say what was read, what was left out, and what is in doubt and why."""
    reading = done.reading
    table = reading.table
    click.echo(f"{table.file}: {len(table.rows)} rows, {sum(len(row.cells) for row in table.rows)} cells", err=True)
    for note in reading.notes:
        click.echo(f"  note: {note}", err=True)
    for line in reading.dropped:
        click.echo(f"  left out, line {line.number}: {line.text.strip()}", err=True)
    for doubt in reading.doubts:
        where = f"row {doubt.row}, column {table.headings[doubt.column]!r}, {doubt.place}"
        click.echo(f"  in doubt: {where}: {doubt.why}", err=True)
        click.echo(f"    read:     {doubt.read}\n    proposed: {doubt.proposed}", err=True)
    answered = sum(1 for item in done.review.items if item.arises and not item.is_open)
    click.echo(f"{len(reading.doubts)} cells wait for an answer in review.toml, {answered} are answered", err=True)
