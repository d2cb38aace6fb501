"""review → rows: the doubts of an import settled one by one, each answer saved before the next is asked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from akegraph.errors import SourceError
from akegraph.files import write_files
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.table.cells import MANDATORY, complete_level
from akegraph.table.columns import Lexicon
from akegraph.table.doubts import READERS
from akegraph.table.model import CellState, Column, Row, Table
from akegraph.table.review import Review, ReviewItem, find_fault, read_review, write_answer
from akegraph.table.rows import read_rows, write_rows


class ReviewSession:
    """The doubts of one plan, and the rows that its answers go into.

    :param review_file: ``review.toml``
    :param rows_file: ``rows.csv``; where it is missing, answers are kept in the review alone
    :raises SourceError: if one of them cannot be read
    """

    def __init__(self, review_file: Path, rows_file: Path, knowledge: Knowledge | None = None) -> None:
        self.review_file, self.rows_file = review_file, rows_file
        self._lexicon: Lexicon = (knowledge or Knowledge()).schemes.lexicon
        self._load()

    def _load(self) -> None:
        self.review: Review = read_review(self.review_file)
        self._data = self.review_file.read_bytes()
        self.table: Table | None = read_rows(self.rows_file, self._lexicon) if self.rows_file.exists() else None
        self._rows_data = self.rows_file.read_bytes() if self.table else b""

    @property
    def open_items(self) -> tuple[ReviewItem, ...]:
        """The doubts that wait for a person."""
        return self.review.open_items

    def row(self, item: ReviewItem) -> Row | None:
        """Return the row around a doubt, where the rows are there."""
        rows = self.table.rows if self.table else ()
        return next((row for row in rows if row.id == item.row), None)

    def propose(self, item: ReviewItem) -> str:
        """Return what to propose for a doubt: the import's proposal, or the wording that it stands for."""
        return self.complete(item, item.proposed)

    def complete(self, item: ReviewItem, text: str) -> str:
        """Put the whole wording for a level that is told by its number or its words alone; else the text as it is."""
        whole = complete_level(text, self._lexicon) if item.column == Column.PARTICIPATION else None
        return whole or text

    def find_problems(self, item: ReviewItem, answer: str) -> list[str]:
        """Tell why a text cannot be the answer: what the column's grammar does not read never becomes a graph."""
        if fault := find_fault(answer):
            return [fault]
        if not answer and item.column in MANDATORY:
            return ["every row needs this cell"]
        read: Callable[[str, Lexicon], tuple[object, list[str]]] | None = READERS.get(Column(item.column))
        return read(answer, self._lexicon)[1] if answer and read else []

    def answer(self, item: ReviewItem, answer: str, *, by: str, on: datetime.date) -> None:
        """Save one answer in the review and in its row, both or neither.

        :raises SourceError: if the answer cannot be one, or somebody changed a file meanwhile
        """
        if problems := self.find_problems(item, answer):
            raise SourceError("; ".join(problems), file=str(self.review_file), row=item.number, column=item.heading)
        self._refuse_changed()
        decided = replace(item, answer=answer, decided_by=by, decided_on=on.isoformat())
        outputs = [(self.review_file, write_answer(self._data, decided), True)]
        if self.table and self.row(item):
            rows = tuple(_settle(row, item.column, answer) if row.id == item.row else row for row in self.table.rows)
            outputs.append((self.rows_file, write_rows(replace(self.table, rows=rows), self._lexicon), True))
        write_files(outputs)
        self._load()

    def _refuse_changed(self) -> None:
        """Refuse to write over what somebody wrote since the files were read."""
        for path, data in ((self.review_file, self._data), (self.rows_file, self._rows_data)):
            if (path.read_bytes() if path.exists() else b"") != data:
                raise SourceError("somebody changed the file meanwhile; start the review again", file=str(path))


def _settle(row: Row, column: str, answer: str) -> Row:
    """Put an answer into a row, unless its cell was settled there already."""
    cell = row.cells[column]
    if cell.state is CellState.SURE:
        return row
    state = CellState.SURE if answer else CellState.MISSING
    return replace(row, cells={**row.cells, column: replace(cell, text=answer, state=state)})


def find_review(name: str | None) -> tuple[Path, Path]:
    """Find a plan's ``review.toml`` and ``rows.csv``.

    :param name: a plan, its folder, or a review; by default the current folder's review, else the built-in plan's
    :raises SourceError: if there is no review
    """
    path = Path(name or ".")
    if path.is_file():
        review = path
    elif (path / "review.toml").is_file():
        review = path / "review.toml"
    elif path.is_dir() and name:
        raise SourceError("has no review.toml; 'akegraph import' writes one where something is in doubt", file=name)
    else:
        review = find_plans([name] if name else [])[0].path / "review.toml"
    if not review.is_file():
        raise SourceError("there is no review.toml, so nothing was in doubt", file=str(review.parent))
    return review, review.parent / "rows.csv"
