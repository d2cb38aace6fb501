"""``review.toml``: the cells in doubt, what is proposed and why, and what a person decided.

A doubt is open while ``decided_by`` is empty. An answer is the cell's whole text; an empty answer says that
the cell is empty. It holds for one cell and for the text as it was read: another text is asked about anew.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path, PurePath
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from akegraph.errors import SourceError
from akegraph.table.model import CellState, Column, Doubt, Reading, Row

_ABOUT = (
    "The cells of this plan that were in doubt: what was read in the document, what is proposed, and why.",
    "To decide one, write the cell's whole text as its answer, who decides, and the day (2026-11-22).",
    "An answer left empty by someone who decided says that the cell is empty.",
)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One cell in doubt with its answer; the fields are the keys of ``[[doubt]]``.

    :param row: the row's stable id
    :param number: the row counted from 1
    :param column: the column's notation
    :param arises: False once the document no longer gives this doubt
    """

    row: str
    number: int
    page: int
    column: str
    heading: str
    place: str
    reason: str
    why: str
    read: str
    proposed: str
    answer: str = ""
    decided_by: str = ""
    decided_on: str = ""
    arises: bool = True

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decided_by

    @property
    def key(self) -> tuple[str, str, str]:
        """The cell and the text that the answer is about."""
        return self.row, self.column, self.read


@dataclass(frozen=True, slots=True)
class Review:
    """All doubts about one plan, in the order of its rows.

    :param source: the document's name
    """

    source: str
    items: tuple[ReviewItem, ...] = ()

    @property
    def open_items(self) -> tuple[ReviewItem, ...]:
        """The doubts that arise and wait for a person."""
        return tuple(item for item in self.items if item.is_open and item.arises)


def merge_review(existing: Review | None, reading: Reading) -> Review:
    """Bring a review up to date: answers are kept, new doubts added, those that no longer arise marked so."""
    asked = {_key(doubt): doubt for doubt in reading.doubts}
    known = {item.key: item for item in existing.items} if existing else {}
    pages = {row.id: row.page for row in reading.table.rows}
    items = [_item(doubt, pages[doubt.row_id], reading.table.headings, known.get(key)) for key, doubt in asked.items()]
    # what was open and is gone is nobody's work; only decisions are worth keeping
    items += [replace(item, arises=False) for key, item in known.items() if key not in asked and not item.is_open]
    order = {column.value: rank for rank, column in enumerate(Column)}
    items.sort(key=lambda item: (item.number, order.get(item.column, len(order)), not item.arises, item.read))
    return Review(PurePath(reading.table.file).name, tuple(items))


def apply_review(reading: Reading, review: Review) -> Reading:
    """Put the answers into the table: an answered cell is sure, all others stay in doubt.

    An answer to another text than was read now is not used; the notes tell of each.
    """
    answers = {item.key: item for item in review.items if not item.is_open}
    answered_cells = {(row, column) for row, column, _ in answers}
    settled: dict[tuple[str, str], str] = {}
    left: list[Doubt] = []
    notes = list(reading.notes)
    for doubt in reading.doubts:
        if answer := answers.get(_key(doubt)):
            settled[doubt.row_id, doubt.column] = answer.answer
            continue
        left.append(doubt)
        if (doubt.row_id, doubt.column) in answered_cells:
            heading = reading.table.headings.get(doubt.column, doubt.column)
            notes.append(f"row {doubt.row}, column {heading!r}: the answer is stale; the text read has changed since")
    rows = tuple(_settle(row, settled) for row in reading.table.rows)
    return replace(reading, table=replace(reading.table, rows=rows), doubts=tuple(left), notes=tuple(notes))


def read_review(source: Path | bytes, file: str | None = None) -> Review:
    """Read ``review.toml``.

    :param file: the file's name for messages; by default the path
    :raises SourceError: if it is no TOML (with the line), no review, or an answer lacks who or when
    """
    name = file or (str(source) if isinstance(source, Path) else "review.toml")
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        content = tomlkit.parse(data.decode("utf-8-sig")).unwrap()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", file=name) from error
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8", file=name) from error
    except TOMLKitError as error:
        raise SourceError(f"is no TOML: {error}", file=name) from error
    if unknown := sorted(set(content) - {"source", "doubt"}):
        raise SourceError(f"is no review: it has the key {unknown[0]!r}; known are 'source' and 'doubt'", file=name)
    source_name, doubts = content.get("source"), content.get("doubt", [])
    if not isinstance(source_name, str) or not isinstance(doubts, list):
        what = "is no review: it needs the key 'source' and tables '[[doubt]]'"
        raise SourceError(what, file=name)
    items = [_read_item(table, at, name) for at, table in enumerate(doubts, start=1)]
    seen: set[tuple[str, str, str]] = set()
    for at, item in enumerate(items, start=1):
        if item.key in seen:
            what = f"doubt {at} is about the same cell and text as one before"
            raise SourceError(what, file=name, row=item.number, column=item.heading)
        seen.add(item.key)
    return Review(source_name, tuple(items))


def find_own_comments(data: bytes) -> list[str]:
    """Find the comment lines of a review that a person wrote: :func:`write_review` would not write them again."""
    lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    return [line for line in lines if line.startswith("#") and line.removeprefix("# ") not in _ABOUT]


def write_review(review: Review) -> bytes:
    """Write a review as TOML."""
    document = tomlkit.document()
    for line in _ABOUT:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document.add("source", tomlkit.item(review.source))
    doubts = tomlkit.aot()
    for item in review.items:
        table = tomlkit.table()
        for field in fields(ReviewItem):
            value = getattr(item, field.name)
            if field.name != "arises" or not value:
                table.add(field.name, value)
        doubts.append(table)
    if review.items:
        document.add("doubt", doubts)
    return document.as_string().encode()


def write_answer(data: bytes, item: ReviewItem) -> bytes:
    """Put one answer into a review as it lies on the disk; all else in it, comments too, stays as it is.

    :param item: the doubt with its answer, who decided and when
    :raises SourceError: if the review no longer holds the doubt
    """
    document = tomlkit.parse(data.decode("utf-8-sig"))
    for table in document.get("doubt", []):
        if (table.get("row"), table.get("column"), table.get("read")) == item.key:
            table["answer"], table["decided_by"], table["decided_on"] = item.answer, item.decided_by, item.decided_on
            return tomlkit.dumps(document).encode()
    what = "the review no longer holds this doubt; somebody changed it meanwhile"
    raise SourceError(what, row=item.number, column=item.heading)


def find_fault(answer: str) -> str | None:
    """Tell what keeps a text from being an answer, or None."""
    if answer != " ".join(answer.split()) or not answer.isprintable():
        return "an answer is text on one line with single spaces"
    return None


def _key(doubt: Doubt) -> tuple[str, str, str]:
    return doubt.row_id, doubt.column, doubt.read


def _item(doubt: Doubt, page: int, headings: Mapping[str, str], known: ReviewItem | None) -> ReviewItem:
    return ReviewItem(
        row=doubt.row_id,
        number=doubt.row,
        page=page,
        column=str(doubt.column),
        heading=headings.get(doubt.column, str(doubt.column)),
        place=doubt.place,
        reason=doubt.reason,
        why=doubt.why,
        read=doubt.read,
        proposed=doubt.proposed,
        answer=known.answer if known else "",
        decided_by=known.decided_by if known else "",
        decided_on=known.decided_on if known else "",
    )


def _settle(row: Row, answers: Mapping[tuple[str, str], str]) -> Row:
    cells = dict(row.cells)
    for column in cells:
        answer = answers.get((row.id, column))
        if answer is not None:
            state = CellState.SURE if answer else CellState.MISSING
            cells[column] = replace(cells[column], text=answer, state=state)
    return replace(row, cells=cells)


def _read_item(table: object, at: int, file: str) -> ReviewItem:
    def refuse(what: str) -> SourceError:
        return SourceError(f"doubt {at}: {what}", file=file)

    if not isinstance(table, dict):
        raise refuse("is no table")
    known = {field.name: field for field in fields(ReviewItem)}
    if unknown := sorted(set(table) - set(known)):
        raise refuse(f"unknown key {unknown[0]!r}; known are {', '.join(known)}")
    values: dict[str, Any] = {}
    for name, field in known.items():
        value: Any = table.get(name, field.default)
        if isinstance(value, datetime.date):
            value = value.isoformat()
        wanted = {"str": str, "int": int, "bool": bool}[str(field.type)]
        if type(value) is not wanted:
            raise refuse(f"{name!r} is missing" if value is MISSING else f"{name!r} is {value!r}, no {wanted.__name__}")
        values[name] = value
    item = ReviewItem(**values)
    _check_answer(item, refuse)
    return item


def _check_answer(item: ReviewItem, refuse: Callable[[str], SourceError]) -> None:
    if item.column not in set(Column):
        raise refuse(f"unknown column {item.column!r}; known are {', '.join(Column)}")
    if item.answer and not item.decided_by:
        raise refuse("has an answer but not who decided; fill in 'decided_by'")
    if item.decided_by:
        try:
            datetime.date.fromisoformat(item.decided_on)
        except ValueError:
            raise refuse(f"'decided_on' is {item.decided_on!r}, no day like 2026-11-22") from None
    if fault := find_fault(item.answer):
        raise refuse(fault)
