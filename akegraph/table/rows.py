"""``rows.csv``: the table as people correct it, one line per row of the plan, cells verbatim.

Written as UTF-8 with commas and line feeds: ``id,page,row``, the eight headings, a ``state: <heading>`` for each. Where
a row continues one of an earlier plan, a column ``continues`` holds that row's id; where the plan came in a
spreadsheet, a ``cell: <heading>`` for each holds the address of every cell there. Read back also as a spreadsheet saves
it: byte order mark, semicolons or tabs, columns in another order.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon, Wording, find
from akegraph.table.decoding import decode, split_fields
from akegraph.table.headings import CELL, STATE, match_heading
from akegraph.table.model import COUNTED, ROW_ID, Cell, CellState, Column, Row, Table

_PLACES = ("id", "page", "row")
_CONTINUES = "continues"
_LONGEST_ADDRESS = 200


def write_rows(table: Table, lexicon: Lexicon) -> bytes:
    """Write a table as ``rows.csv``."""
    headings = [table.headings.get(column) or lexicon.heading(column) for column in Column]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    follows = any(row.continues is not None for row in table.rows)
    header = [*_PLACES, *([_CONTINUES] if follows else []), *headings]
    addressed = any(cell.sheet_cell for row in table.rows for cell in row.cells.values())
    addresses = [CELL + heading for heading in headings] if addressed else []
    writer.writerow([*header, *(STATE + heading for heading in headings), *addresses])
    for row in table.rows:
        cells = [row.cells[column] for column in Column]
        own = [row.id, row.page, row.number, *([row.continues] if follows else [])]
        places = [c.sheet_cell for c in cells] if addressed else []
        writer.writerow([*own, *(c.text for c in cells), *(c.state.value for c in cells), *places])
    return stream.getvalue().encode()


def read_rows(source: Path | bytes, lexicon: Lexicon, file: str | None = None) -> Table:
    """Read ``rows.csv``.

    :param file: the file's name for messages; by default the path
    :raises SourceError: naming file, row and column, if anything cannot be read
    """
    name = file or (str(source) if isinstance(source, Path) else "rows.csv")
    lines = [fields for fields in split_fields(decode(_bytes(source, name), name)[0], name) if any(fields)]
    if not lines:
        raise SourceError("the file is empty", file=name)
    places, headings = _read_header(lines[0], lexicon, name)
    rows: list[Row] = []
    ids: dict[str, int] = {}
    for number, fields in enumerate(lines[1:], start=1):
        row = _read_row(fields, lines[0], places, name, number)
        if row.id in ids:
            what = f"the id {row.id!r} is that of row {ids[row.id]} already; every row needs its own"
            raise SourceError(what, file=name, row=number, column="id")
        ids[row.id] = number
        rows.append(row)
    if not rows:
        raise SourceError("there is a header but no row", file=name)
    return Table(name, headings, tuple(rows))


def _bytes(source: Path | bytes, file: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", file=file) from error


def _read_header(header: Sequence[str], lexicon: Lexicon, file: str) -> tuple[Mapping[str, int], dict[str, str]]:
    """Find where each column stands, by its notation, with ``state: `` before it for the column of states."""
    places: dict[str, int] = {}
    headings: dict[str, str] = {}
    for at, field in enumerate(header):
        prefix = next((known for known in (STATE, CELL) if field.startswith(known)), "")
        heading = field.removeprefix(prefix)
        wording = find(heading, lexicon.columns) or _by_anchors(heading, lexicon)
        if wording:
            key = prefix + wording.notation
        elif field in (*_PLACES, _CONTINUES):
            key = field
        else:
            known = ", ".join([*_PLACES, *(column.label for column in lexicon.columns)])
            raise SourceError(f"no column is known by this heading; known are {known}", file=file, column=field)
        if key in places:
            raise SourceError("the column is there twice", file=file, column=field)
        places[key] = at
        if wording and not prefix:
            headings[wording.notation] = heading
    missing = [key for key in _PLACES if key not in places]
    missing += [lexicon.heading(column) for column in Column if column not in places]
    if missing:
        raise SourceError(f"these columns are missing: {'; '.join(missing)}", file=file)
    return places, headings


def _by_anchors(heading: str, lexicon: Lexicon) -> Wording | None:
    """Find the column that a document headed otherwise, as it was recognised when the document was read."""
    column = match_heading(heading, lexicon)[0]
    return next((wording for wording in lexicon.columns if wording.notation == column), None)


def _read_row(fields: Sequence[str], header: Sequence[str], places: Mapping[str, int], file: str, number: int) -> Row:
    if len(fields) != len(header):
        what = f"{len(fields)} fields under {len(header)} headings"
        raise SourceError(what, file=file, row=number)
    for heading, field in zip(header, fields, strict=True):
        if control := next((c for c in field if unicodedata.category(c) == "Cc"), None):
            what = f"has the control character U+{ord(control):04X}; a cell is text on one line"
            raise SourceError(what, file=file, row=number, column=heading)
    if not fields[places["id"]]:
        raise SourceError("is empty; every row needs its id", file=file, row=number, column="id")
    for key in ("page", "row"):
        if not COUNTED.fullmatch(fields[places[key]]):
            what = f"{fields[places[key]]!r} is no whole number above 0"
            raise SourceError(what, file=file, row=number, column=key)
    cells: dict[str, Cell] = {}
    for column in Column:
        text = fields[places[column]]
        at = places.get(STATE + column)
        try:
            state = CellState(fields[at]) if at is not None and fields[at] else None
        except ValueError:
            what = f"{fields[at or 0]!r} is no state; known are {', '.join(CellState)}"
            raise SourceError(what, file=file, row=number, column=header[at or 0]) from None
        address = fields[places[CELL + column]] if CELL + column in places else ""
        if len(address) > _LONGEST_ADDRESS:
            raise SourceError("is no address of a cell", file=file, row=number, column=header[places[CELL + column]])
        cells[column] = replace(_cell(text, state, file, number, header[places[column]]), sheet_cell=address)
    continues = fields[places[_CONTINUES]] if _CONTINUES in places else ""
    if continues and (not ROW_ID.fullmatch(continues) or continues == fields[places["id"]]):
        what = f"{continues!r} is not the id of another row"
        raise SourceError(what, file=file, row=number, column=_CONTINUES)
    own_id, page, place = (fields[places[key]] for key in _PLACES)
    return Row(own_id, int(page), int(place), cells, continues or None)


def _cell(text: str, state: CellState | None, file: str, row: int, heading: str) -> Cell:
    """Make a cell, sure by default and missing where it is empty; refuse a state that its text contradicts."""
    if not text and state in (None, CellState.SURE):
        # Whoever empties a cell in a spreadsheet seldom thinks of the column with its state.
        return Cell(text, CellState.MISSING)
    if state is None:
        return Cell(text, CellState.SURE)
    if state is CellState.MISSING and text:
        raise SourceError(f"is missing but reads {text!r}", file=file, row=row, column=heading)
    return Cell(text, state)
