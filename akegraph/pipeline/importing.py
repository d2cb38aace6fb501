"""source → table: a document read, with the answers of a review applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from akegraph.errors import MappingError, SourceError
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.pipeline.mapping import find_wrong_pages
from akegraph.resources import resource
from akegraph.table.cells import check_table
from akegraph.table.changes import Change, find_changes
from akegraph.table.documents import Wanted, read_document
from akegraph.table.grids import Progress
from akegraph.table.model import Reading, Table
from akegraph.table.plan import Document, read_plan
from akegraph.table.review import Review, apply_review, merge_review, read_review
from akegraph.table.rows import read_rows, write_rows
from akegraph.table.spelling import Spelling, make_spelling, read_word_list

_READ_FOR_SURE = ("unknown-wording", "text-differs", "paths-differ")
"""Reasons of doubt that leave no question of what the cell says, only of what it could mean."""


@dataclass(frozen=True, slots=True)
class Import:
    """What an import made, not written anywhere yet.

    :ivar reading: the table with answers applied, and what is still in doubt
    :ivar review: all doubts with their answers
    :ivar rows: ``rows.csv``
    :ivar unanswered: ``rows.csv`` as it would be had nobody answered anything
    :ivar problems: contradictions and unknown wordings, which no proposal settles
    :ivar changes: what differs from the rows of the earlier import
    """

    reading: Reading
    review: Review
    rows: bytes
    unanswered: bytes
    problems: tuple[SourceError, ...]
    changes: tuple[Change, ...] = ()


def import_document(
    data: bytes,
    file: str,
    *,
    plan_file: Path | None = None,
    rows_file: Path | None = None,
    review_file: Path | None = None,
    knowledge: Knowledge | None = None,
    wanted: Wanted | None = None,
    progress: Progress | None = None,
) -> Import:
    """Read a document as a plan's table and apply the answers that a review holds.

    :param plan_file: the plan's ``plan.toml``, which tells its id and the first page of its document
    :param rows_file: rows of an earlier import, whose ids are kept; may be missing
    :param review_file: doubts answered before; may be missing
    :param wanted: which table to read and how large the document may be; its first page is that of ``plan.toml``
    :param progress: is told of long work
    :returns: rows and review, which the caller writes
    :raises SourceError: if the document or one of the files cannot be read
    """
    knowledge = knowledge or Knowledge()
    lexicon = knowledge.schemes.lexicon
    plan = read_plan(plan_file) if plan_file else None
    documents = {**knowledge.documents, **(_read_documents(plan_file.parent, file) if plan_file else {})}
    document = documents.get(plan.document) if plan else None
    earlier = read_rows(rows_file, lexicon) if rows_file and rows_file.exists() else None
    wanted = wanted or Wanted()
    if document and wanted.first_page is None:
        wanted = replace(wanted, first_page=document.first_page)
    reading = read_document(
        data,
        lexicon,
        read_spelling(knowledge),
        file=file,
        plan_id=plan.id if plan else "",
        wanted=wanted,
        earlier=earlier,
        progress=progress,
    )
    if earlier:
        reading = _keep_continues(reading, earlier)
    existing = read_review(review_file) if review_file and review_file.exists() else None
    review = merge_review(existing, reading)
    settled = apply_review(reading, review)
    problems: tuple[SourceError, ...] = tuple(
        _locate(problem, settled.table) for problem in _without_misread(check_table(settled.table, lexicon), settled)
    )
    if document:
        wrong = tuple(find_wrong_pages(settled.table, document))
        if hashlib.sha256(data).hexdigest() == document.sha256:
            problems += wrong
        elif wrong:
            note = f"the pages are not those of {document.file}: {wrong[0].what}"
            settled = replace(settled, notes=(*settled.notes, note))
        if settled.table.rows and max(row.page for row in settled.table.rows) < document.last_page:
            note = f"no row is read on page {document.last_page}, the last of the document; check the pages of the rows"
            settled = replace(settled, notes=(*settled.notes, note))
    changes = find_changes(earlier, settled.table) if earlier else ()
    rows, unanswered = write_rows(settled.table, lexicon), write_rows(reading.table, lexicon)
    return Import(settled, review, rows, unanswered, problems, changes)


def _read_documents(folder: Path, file: str) -> Mapping[str, Document]:
    """Read the documents that a plan's folder describes; none where the file to import is one, edited where it lies."""
    try:
        return PlanFolder(folder).documents
    except SourceError as error:
        if error.file and Path(error.file).resolve() == Path(file).resolve():
            return {}
        raise


def read_spelling(knowledge: Knowledge) -> Spelling:
    """Read the project's word list, and find a speller where one is installed."""
    return make_spelling(read_word_list(resource("data", "reference", "words.txt")), knowledge.schemes.lexicon)


def _without_misread(problems: list[MappingError], reading: Reading) -> list[MappingError]:
    """Leave out what may be wrong only because the cell was not read for sure: its doubt tells of that."""
    headings = reading.table.headings
    misread = {
        (doubt.row, headings.get(doubt.column, doubt.column))
        for doubt in reading.doubts
        if doubt.reason not in _READ_FOR_SURE
    }
    return [problem for problem in problems if (problem.row, problem.column) not in misread]


def _locate(problem: MappingError, table: Table) -> MappingError:
    """Say of a problem in a spreadsheet which cell of the sheet it is about: its rows are numbered otherwise."""
    cells = next((row.cells for row in table.rows if row.number == problem.row), {})
    column = next((column for column, heading in table.headings.items() if heading == problem.column), "")
    if column not in cells or not cells[column].sheet_cell:
        return problem
    what = f"{problem.what} (cell {cells[column].sheet_cell})"
    return type(problem)(what, file=problem.file, page=problem.page, row=problem.row, column=problem.column)


def _keep_continues(reading: Reading, earlier: Table) -> Reading:
    """Keep which row continues which: a person's answer that stands in no document."""
    known = {row.id: row.continues for row in earlier.rows}
    rows = tuple(replace(row, continues=row.continues or known.get(row.id)) for row in reading.table.rows)
    return replace(reading, table=replace(reading.table, rows=rows))
