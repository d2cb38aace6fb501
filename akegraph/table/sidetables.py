"""The small tables beside a plan's: their fields, and reading them from CSV or from a sheet, every cell with its place.

A column is known by its key (``unit``) or its heading in Finnish, Swedish or English. The keys are what
``indicators.csv`` and ``values.csv`` are written with.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from akegraph.errors import SourceError
from akegraph.table.columns import normalise
from akegraph.table.decoding import decode, split_fields


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a side table.

    :ivar headings: what it is called in a sheet, Finnish first
    :ivar width: how wide a sheet shows it, in characters
    """

    key: str
    headings: tuple[str, ...]
    width: int = 18
    required: bool = False


INDICATOR_FIELDS = (
    Field("id", ("Tunnus", "Kod", "Id"), 12, required=True),
    Field("text", ("Mittari", "Indikator", "Indicator"), 44, required=True),
    Field("text_sv", ("Mittari ruotsiksi", "Indikator på svenska", "Indicator in Swedish"), 24),
    Field("text_en", ("Mittari englanniksi", "Indikator på engelska", "Indicator in English"), 24),
    Field("definition", ("Määritelmä", "Definition på finska", "Definition"), 34),
    Field("definition_sv", ("Määritelmä ruotsiksi", "Definition på svenska", "Definition in Swedish"), 24),
    Field("definition_en", ("Määritelmä englanniksi", "Definition på engelska", "Definition in English"), 24),
    Field("measures", ("Mitä mittaa", "Vad den mäter", "What it measures"), 34),
    Field("unit", ("Yksikkö", "Enhet", "Unit"), 16),
    Field("direction", ("Suunta", "Riktning", "Direction"), 14),
    Field("method", ("Laskentatapa", "Beräkningssätt", "Method of calculation"), 34),
    Field("method_sv", ("Laskentatapa ruotsiksi", "Beräkningssätt på svenska", "Method in Swedish"), 24),
    Field("method_en", ("Laskentatapa englanniksi", "Beräkningssätt på engelska", "Method in English"), 24),
    Field("source", ("Lähde", "Källa", "Source"), 28),
)
VALUE_FIELDS = (
    Field("id", ("Tunnus", "Kod", "Id"), 12),
    Field("indicator", ("Mittari", "Indikator", "Indicator"), 44, required=True),
    Field("kind", ("Laji", "Slag", "Kind"), 20, required=True),
    Field("period", ("Ajanjakso", "Period", "Period of time"), 14, required=True),
    Field("area", ("Alue", "Område", "Area"), 22, required=True),
    Field("value", ("Luku", "Tal", "Number"), 14),
    Field("text", ("Sanoin", "I ord", "In words"), 34),
    Field("unit", ("Yksikkö", "Enhet", "Unit"), 16),
    Field("completeness", ("Kattavuus", "Täckning", "Completeness"), 16),
    Field("missing", ("Puuttuvia alueita", "Områden som saknas", "Territories missing"), 16),
    Field("source", ("Lähde", "Källa", "Source"), 28),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a side table.

    :ivar number: of the row, counted from 1 below the header in CSV, as the sheet numbers it in a workbook
    :ivar cells: the texts by key, every known key
    :ivar addresses: the cells' addresses by key, where the table has them (``Arvot!F3``)
    """

    number: int
    cells: Mapping[str, str]
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SideTable:
    """A side table as it was read.

    :ivar headings: the heading of each key as it stands in the file
    """

    file: str
    headings: Mapping[str, str]
    lines: tuple[Line, ...]

    def problem(self, line: Line, key: str, what: str) -> SourceError:
        """Make an error that names file, row, column and, in a sheet, the cell."""
        column = self.headings.get(key, key)
        address = f" (cell {line.addresses[key]})" if key in line.addresses else ""
        return SourceError(f"{what}{address}", file=self.file, row=line.number, column=column)


def read_side_csv(data: bytes, fields: Sequence[Field], file: str) -> SideTable:
    """Read a side table from CSV: commas, semicolons or tabs, with or without a byte order mark.

    :raises SourceError: if the file is no CSV, has an unknown column, or a line with other than its header's fields
    """
    text = decode(data, file)[0]
    rows = [(number, row, ()) for number, row in enumerate(split_fields(text, file))]
    return read_side_rows(rows, fields, file)


def read_side_rows(
    rows: Iterable[tuple[int, Sequence[str], Sequence[str]]], fields: Sequence[Field], file: str
) -> SideTable:
    """Read a side table from rows of texts, the first with content being the header.

    :param rows: each with its number, its texts and the addresses of its cells, these empty where there are none
    :raises SourceError: if a column is unknown, doubled or missing, or a cell has what no text has
    """
    waiting = [(number, cells, at) for number, cells, at in rows if any(cell.strip() for cell in cells)]
    if not waiting:
        raise SourceError("the table is empty", file=file)
    (_, header, _), *rest = waiting
    places: dict[str, int] = {}
    for at, heading in enumerate(header):
        if not heading.strip() and not any(at < len(cells) and cells[at].strip() for _, cells, _ in rest):
            continue
        field = find_field(heading, fields)
        if field is None:
            known = ", ".join(field.key for field in fields)
            raise SourceError(f"no column is known by this heading; known are {known}", file=file, column=heading)
        if field.key in places:
            raise SourceError("the column is there twice", file=file, column=heading)
        places[field.key] = at
    if missing := [field.headings[0] for field in fields if field.required and field.key not in places]:
        raise SourceError(f"these columns are missing: {', '.join(missing)}", file=file)
    headings = {key: header[at] for key, at in places.items()}
    lines = []
    for number, cells, addresses in rest:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise SourceError(f"{len(cells)} fields under {len(header)} headings", file=file, row=number)
        texts = {field.key: "" for field in fields}
        for key, at in places.items():
            texts[key] = " ".join(cells[at].split()) if at < len(cells) else ""
            if found := next((c for c in texts[key] if unicodedata.category(c) in ("Cc", "Cs")), None):
                what = f"has the control character U+{ord(found):04X}"
                raise SourceError(what, file=file, row=number, column=headings[key])
        where = {key: addresses[at] for key, at in places.items() if at < len(addresses) and addresses[at]}
        lines.append(Line(number, texts, where))
    return SideTable(file, headings, tuple(lines))


def write_side_csv(table: SideTable, fields: Sequence[Field]) -> bytes:
    """Write a side table as CSV: the keys as header, without the columns that are empty throughout."""
    used = [field for field in fields if field.required or any(line.cells[field.key] for line in table.lines)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([field.key for field in used])
    writer.writerows([line.cells[field.key] for field in used] for line in table.lines)
    return stream.getvalue().encode()


def find_field(heading: str, fields: Iterable[Field]) -> Field | None:
    """Find the field that a heading names, by key or by heading."""
    wanted = normalise(heading)
    return next((f for f in fields if wanted in map(normalise, (f.key, *f.headings))), None)
