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
@click.option("--plan", "plan", type=click.Path(path_type=Path), help="The plan's plan.toml: its id and source document.")
@force_option
def import_(file: str, rows: str | None, review: str | None, plan: Path | None, force: bool) -> None:
    """Read a plan's table from FILE into rows.csv, and what is in doubt into review.toml.

    A review.toml that is there is read first: its answers are applied and kept. Without --rows and --review the two
    files lie beside plan.toml, or in the current folder. Nothing that is there is replaced without --force.

    \b
    Example:
      akegraph import plan.txt --rows rows.csv --review review.toml
    """
    from akegraph.pipeline import import_document

    folder = plan.parent if plan else Path()
    rows_target = rows or str(folder / "rows.csv")
    review_target = Path(review) if review else folder / "review.toml"
    done = import_document(
        read_input(file),
        file=file,
        plan_file=plan,
        earlier=None if rows_target == "-" else Path(rows_target),
        review_file=review_target,
    )
    _tell(done)
    done.check()
    click.echo(write_output(rows_target, done.rows, force=force), err=True)
    if done.review is not None:
        # The review keeps every answer it held, so bringing it up to date loses nothing.
        click.echo(write_output(str(review_target), done.review, force=True), err=True)


def _tell(done: Import) -> None:
    """Say what was read, what was dropped, and what is in doubt and why."""
    table = done.reading.table
    cells = sum(len(row.cells) for row in table.rows)
    click.echo(f"{table.file}: {len(table.rows)} rows, {cells} cells", err=True)
    for note in done.reading.notes:
        click.echo(f"  note: {note}", err=True)
    for line in done.reading.dropped:
        click.echo(f"  left out, line {line.number}: {line.text}", err=True)
    for doubt in done.open_doubts:
        click.echo(f"  in doubt: row {doubt.row}, column {table.headings[doubt.column]!r}: {doubt.why}", err=True)
        click.echo(f"    read:     {doubt.read}", err=True)
        click.echo(f"    proposed: {doubt.proposed}", err=True)
    click.echo(f"{len(done.open_doubts)} cells wait for an answer, {done.answered} answered", err=True)
