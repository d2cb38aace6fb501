"""source → table: a document read, with the answers of a review applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from akegraph.errors import SourceError
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.pipeline.mapping import find_wrong_pages
from akegraph.table.cells import check_table
from akegraph.table.model import Reading, Table
from akegraph.table.plan import read_plan
from akegraph.table.review import Review, apply_review, merge_review, read_review
from akegraph.table.rows import read_rows, write_rows
from akegraph.table.text import read_text


@dataclass(frozen=True, slots=True)
class Import:
    """What an import made, not written anywhere yet.

    :ivar reading: the table with answers applied, and what is still in doubt
    :ivar review: all doubts with their answers
    :ivar rows: ``rows.csv``
    :ivar problems: contradictions and unknown wordings, which no proposal settles
    """

    reading: Reading
    review: Review
    rows: bytes
    problems: tuple[SourceError, ...]


def import_document(
    data: bytes,
    file: str,
    *,
    plan_file: Path | None = None,
    rows_file: Path | None = None,
    review_file: Path | None = None,
    knowledge: Knowledge | None = None,
) -> Import:
    """Read a document as a plan's table and apply the answers that a review holds.

    :param plan_file: the plan's ``plan.toml``, which tells its id and the first page of its document
    :param rows_file: rows of an earlier import, whose ids are kept; may be missing
    :param review_file: doubts answered before; may be missing
    :returns: rows and review, which the caller writes
    :raises SourceError: if the document or one of the files cannot be read
    """
    knowledge = knowledge or Knowledge()
    lexicon = knowledge.schemes.lexicon
    plan = read_plan(plan_file) if plan_file else None
    documents = {**knowledge.documents, **(PlanFolder(plan_file.parent).documents if plan_file else {})}
    document = documents.get(plan.document) if plan else None
    earlier = read_rows(rows_file, lexicon) if rows_file and rows_file.exists() else None
    reading = read_text(
        data,
        lexicon,
        file=file,
        plan_id=plan.id if plan else "",
        first_page=document.first_page if document else None,
        earlier=earlier,
    )
    if earlier:
        reading = _keep_continues(reading, earlier)
    existing = read_review(review_file) if review_file and review_file.exists() else None
    review = merge_review(existing, reading)
    settled = apply_review(reading, review)
    problems: tuple[SourceError, ...] = tuple(check_table(settled.table, lexicon))
    if document:
        problems += tuple(find_wrong_pages(settled.table, document))
        if settled.table.rows and max(row.page for row in settled.table.rows) < document.last_page:
            note = f"no row is read on page {document.last_page}, the last of the document; check the pages of the rows"
            settled = replace(settled, notes=(*settled.notes, note))
    return Import(settled, review, write_rows(settled.table, lexicon), problems)


def _keep_continues(reading: Reading, earlier: Table) -> Reading:
    """Keep which row continues which: a person's answer that stands in no document."""
    known = {row.id: row.continues for row in earlier.rows}
    rows = tuple(replace(row, continues=known.get(row.id)) for row in reading.table.rows)
    return replace(reading, table=replace(reading.table, rows=rows))
