"""``akegraph import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import force_option, read_input, write_output

if TYPE_CHECKING:
    from akegraph.pipeline import Import


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
    from akegraph.pipeline import import_document, raise_problems
    from akegraph.table.review import write_review

    folder = plan.parent if plan else Path()
    rows_target = rows or str(folder / "rows.csv")
    review_target = review or str(folder / "review.toml")
    done = import_document(
        read_input(file),
        file,
        plan_file=plan,
        rows_file=None if rows_target == "-" else Path(rows_target),
        review_file=None if review_target == "-" else Path(review_target),
    )
    _tell(done)
    raise_problems(done.problems)
    click.echo(write_output(rows_target, done.rows, force=force), err=True)
    if done.review.items:
        # A review keeps every answer it held, so bringing it up to date loses nothing and needs no --force.
        click.echo(write_output(review_target, write_review(done.review), force=True), err=True)


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
