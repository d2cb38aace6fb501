"""Reading a CSV file as a grid: commas, semicolons or tabs, whatever parts its header into known headings."""

from __future__ import annotations

import csv
import io

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon
from akegraph.table.decoding import clean, decode
from akegraph.table.grids import Grid, GridCell, GridRow, Sheaf, lines_of
from akegraph.table.headings import match_heading

DELIMITERS = ",;\t"
_FEWEST_HEADINGS = 4
_HEADER_WITHIN = 30
_LONGEST_FIELD = 100_000
_WIDEST = 1000


def find_delimiter(text: str, lexicon: Lexicon) -> str | None:
    """Find the delimiter that parts one of the first lines into the most known headings; None if this is no CSV."""
    best: tuple[int, str | None] = (_FEWEST_HEADINGS - 1, None)
    start = "\n".join(text.splitlines()[:_HEADER_WITHIN])
    for delimiter in DELIMITERS:
        try:
            for fields in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
                known = {match_heading(field, lexicon)[0] for field in fields[:100] if len(field) < 200} - {None}
                best = max(best, (len(known), delimiter), key=lambda found: found[0])
        except csv.Error:
            continue
    return best[1]


def read_separated(data: bytes, file: str, lexicon: Lexicon) -> Sheaf | None:
    """Read a CSV file; None where the text is no CSV with the headings of a plan.

    :raises SourceError: if it cannot be decoded, or its quotes do not close
    """
    text, notes = decode(data, file)
    if (delimiter := find_delimiter(text, lexicon)) is None:
        return None
    text, more = clean(text)
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for fields in reader:
            if len(fields) > _WIDEST:
                what = f"line {reader.line_num} has over {_WIDEST} fields; this is no plan"
                raise SourceError(what, file=file)
            if any(field.strip() for field in fields):
                line = f"line {reader.line_num}"
                cells = [GridCell(lines_of(field), f"field {at}") for at, field in enumerate(fields, start=1)]
                rows.append(GridRow(tuple(cells), place=line))
    except csv.Error as error:
        what = f"line {reader.line_num} is no CSV: {error}; check the quotation marks"
        raise SourceError(what, file=file) from error
    name = {",": "commas", ";": "semicolons", "\t": "tabs"}[delimiter]
    return Sheaf((Grid(f"table parted by {name}", tuple(rows)),), notes=(*notes, *more))
