"""``akegraph import``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_bytes, force_option, printable
from akegraph.errors import SourceError
from akegraph.files import write_files

if TYPE_CHECKING:
    from akegraph.pipeline.importing import Import
    from akegraph.table.grids import Progress

_MOST_LINES = 200
"""How many lines of one kind are told; a wrong document could give thousands."""


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
@click.option("--table", "table", type=click.IntRange(min=1), help="The number of the table to read, as listed.")
@click.option("--first-page", type=click.IntRange(min=1), help="The page of the first row, where FILE tells it wrong.")
@click.option(
    "--max-size",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Megabytes that FILE may have, packed or unpacked.",
)
@force_option
def import_(
    file: str,
    rows: str | None,
    review: str | None,
    plan: Path | None,
    table: int | None,
    first_page: int | None,
    max_size: int,
    force: bool,
) -> None:
    """Read a plan's table from FILE into rows.csv, and what is in doubt into review.toml.

    FILE is a PDF, DOCX, XLSX or CSV file, or the text of one; what it holds tells which. A review.toml that is there is
    read first: its answers are applied and kept. Rows that are there keep their ids, and what has changed in them is
    told. Without --rows and --review the two files lie beside plan.toml, or in the current folder. What somebody wrote
    is not replaced without --force.

    \b
    Example:
      akegraph import plan.pdf --rows rows.csv --review review.toml
    """
    from akegraph.pipeline.importing import import_document
    from akegraph.pipeline.knowledge import raise_problems
    from akegraph.table.documents import Wanted
    from akegraph.table.review import find_own_comments, write_review

    folder = plan.parent if plan else Path()
    rows_target = rows or str(folder / "rows.csv")
    review_target = review or str(folder / "review.toml")
    if rows_target == review_target:
        raise click.UsageError(f"--rows and --review name the same file, {rows_target}")
    data = _read_document(file, max_size)
    with _progress() as progress:
        done = import_document(
            data,
            file,
            plan_file=plan,
            rows_file=None if rows_target == "-" else Path(rows_target),
            review_file=None if review_target == "-" else Path(review_target),
            wanted=Wanted(first_page, table, max_size),
            progress=progress,
        )
        beside, notes = (
            ([], ())
            if rows_target == "-"
            else _read_beside(data, file, done, plan, Path(rows_target).parent, max_size, progress)
        )
    _tell(done, _review_command(rows_target, review_target), notes)
    before = _read_if_there(review_target)
    # A review keeps every answer it held, so bringing it up to date loses nothing, save comments written by hand.
    outputs = [(review_target, write_review(done.review), force or not find_own_comments(before))]
    if not done.review.items and not before:
        outputs = []
    if done.problems:
        # what could be read is there to be reviewed, where nothing is written over
        fresh = not before and rows_target != "-" and not Path(rows_target).exists()
        new = [(rows_target, done.rows, False)] if fresh else []
        if fresh and not any(Path(target).exists() and not _is_at(target, content) for target, content in beside):
            new += [(*one, False) for one in beside]
        _write([*new, *([] if before else outputs)])
        raise_problems(done.problems)
    # rows that nobody touched since the import are the document's, not a person's
    untouched = _read_if_there(rows_target) == done.unanswered
    _write([(rows_target, done.rows, force or untouched), *outputs, *((*one, force) for one in beside)])


def _read_beside(
    data: bytes,
    file: str,
    done: Import,
    plan: Path | None,
    folder: Path,
    most: int,
    progress: Progress | None,
) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
    """Read what a plan's workbook says beside its table, as files for the plan's folder; nothing of other documents.

    :returns: the files, and notes on what was left out
    """
    from akegraph.pipeline.authoring import has_own_workbook, read_authored
    from akegraph.table.plan import read_plan

    pages = [row.page for row in done.reading.table.rows] or [1]
    known = read_plan(plan) if plan else None
    own_document = bool(plan and known and has_own_workbook(plan.parent, known))
    authored = read_authored(
        data, file, (min(pages), max(pages)), plan=known, own_document=own_document, size=most, progress=progress
    )
    files = dict(authored.files)
    if "sources.toml" in files and file != "-":
        files[Path(file).name] = data  # a source lies beside its description
    return [(str(folder / name), content) for name, content in files.items()], authored.notes


def _read_document(file: str, most: int) -> bytes:
    """Read a file, or standard input for ``-``, but not more than may be.

    :param most: the megabytes it may have
    :raises SourceError: if it cannot be read or is larger
    """
    from akegraph.table.documents import refuse_large
    from akegraph.table.packages import MEGABYTE

    limit = most * MEGABYTE
    try:
        if file == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            path = Path(file)
            if path.is_file():
                refuse_large(path.stat().st_size, file, most)
            with path.open("rb") as stream:
                data = stream.read(limit + 1)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=file) from error
    refuse_large(len(data), file, most)
    return data


def _read_if_there(target: str) -> bytes:
    return Path(target).read_bytes() if target != "-" and Path(target).is_file() else b""


def _is_at(target: str, content: bytes) -> bool:
    return Path(target).is_file() and Path(target).read_bytes() == content


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show on a terminal how far long work has come; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done)  # type: ignore[arg-type]  # what add_task gave

        yield tell


def _write(outputs: list[tuple[str, bytes, bool]]) -> None:
    """Write all or none, and say which; ``-`` is standard output."""
    files = [(Path(target), content, force) for target, content, force in outputs if target != "-"]
    for (path, _, _), written in zip(files, write_files(files), strict=True):
        click.echo(f"{path}: {'written' if written else 'unchanged'}", err=True)
    for target, content, _ in outputs:
        if target == "-":
            echo_bytes(content)


def _review_command(rows: str, review: str) -> str | None:
    """Say how the doubts are settled; None where there is no file to settle them in."""
    if "-" in (rows, review):
        return None
    named = [] if Path(review) == Path("review.toml") else [review]
    beside = Path(rows) == Path(review).parent / "rows.csv"
    return " ".join(["akegraph review", *named, *([] if beside else ["--rows", rows])])


def _tell(done: Import, command: str | None, notes: Sequence[str]) -> None:
    """Say what was read, what was left out, what changed, and what is in doubt and why."""
    reading = done.reading
    table = reading.table
    _say(f"{table.file}: {len(table.rows)} rows, {sum(len(row.cells) for row in table.rows)} cells")
    _say_all([f"  note: {note}" for note in (*reading.notes, *notes)])
    left_out = [(line.place or (f"line {line.number}" if line.number else ""), line.text) for line in reading.dropped]
    _say_all([f"  left out{f', {place}' if place else ''}: {text.strip()}" for place, text in left_out])
    changes = []
    for change in done.changes:
        where = f"  {change.kind}: row {change.number} ({change.row_id})"
        if change.kind == "changed":
            changes.append(f"{where}, column {table.headings[change.column]!r}")
            changes.append(f"    was: {change.before}\n    is:  {change.after}")
        else:
            changes.append(f"{where}: {change.after or change.before}")
    _say_all(changes)
    doubts = []
    for doubt in reading.doubts:
        where = f"row {doubt.row}, column {table.headings[doubt.column]!r}, {doubt.place}"
        doubts.append(f"  in doubt: {where}: {doubt.why}\n    read:     {doubt.read}\n    proposed: {doubt.proposed}")
    _say_all(doubts)
    answered = sum(1 for item in done.review.items if item.arises and not item.is_open)
    _say(f"{len(reading.doubts)} cells wait for an answer in review.toml, {answered} are answered")
    if reading.doubts and command:
        _say(f"'{command}' asks about them one by one")


def _say(text: str) -> None:
    click.echo(printable(text), err=True)


def _say_all(lines: list[str]) -> None:
    for line in lines[:_MOST_LINES]:
        _say(line)
    if len(lines) > _MOST_LINES:
        _say(f"  … and {len(lines) - _MOST_LINES} more like these")
