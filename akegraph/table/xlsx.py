"""Reading the sheets of an XLSX workbook as grids.

The workbook's XML is read as it is, piece by piece: a merged range or a far-off cell costs nothing, macros are not
touched, and of a formula only the value that the program stored is read. Nothing is ever evaluated.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from akegraph.errors import SourceError
from akegraph.table.decoding import clean
from akegraph.table.grids import EMPTY, Doubted, Grid, GridCell, GridRow, Progress, Sheaf, lines_of
from akegraph.table.numberformats import form_of, show_number
from akegraph.table.packages import Package, local_name

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_ROWS = 100_000
_WIDEST = 200
_MOST_SPREAD = 200_000
_MOST_CELLS = 500_000


@dataclass(slots=True)
class _Workbook:
    """What the cells of all sheets refer to, and how many there were up to now."""

    strings: tuple[str, ...]
    forms: tuple[str | None, ...]
    since_1904: bool
    cells: int = 0
    characters: int = 0


def read_workbook(data: bytes, file: str, limit: int, progress: Progress | None = None) -> Sheaf:
    """Read every sheet, visible ones first.

    :param limit: bytes that the workbook's parts may come to together
    :raises SourceError: if the file is damaged, too large, or holds no cell
    """
    package = Package(data, file, limit)
    sheets, since_1904 = _sheets(package)
    book = _Workbook(_strings(package), _forms(package), since_1904)
    notes = []
    if any(name.endswith("vbaProject.bin") for name in package.names):
        notes.append("the workbook has macros; they were not run")
    grids = []
    for name, part, hidden in sheets:
        rows, formulas = _read_sheet(package, part, name, book, progress)
        if formulas:
            notes.append(f"sheet {name!r} has {formulas} formulas; the values stored with them were read")
        if rows:
            grids.append(Grid(f"sheet {name!r}{', hidden' if hidden else ''}", rows))
    if not grids:
        raise SourceError("the workbook holds no cell with content", file=file)
    grids.sort(key=lambda grid: grid.name.endswith(", hidden"))
    return Sheaf(tuple(grids), notes=tuple(notes))


def _children(element: Element, *path: str) -> Iterator[Element]:
    """Yield the descendants along a path of names, in the transitional or the strict namespace."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if local_name(child) == name]
    yield from found


def _sheets(package: Package) -> tuple[list[tuple[str, str, bool]], bool]:
    """List name, part and whether it is hidden of every sheet with cells; and the workbook's calendar."""
    book = package.read_xml("xl/workbook.xml")
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in package.read_xml("xl/_rels/workbook.xml.rels")
        if relation.get("Type", "").endswith("/worksheet") and relation.get("TargetMode") != "External"
    }
    sheets = []
    for sheet in _children(book, "sheets", "sheet"):
        target = targets.get(sheet.get(_ID) or sheet.get(_STRICT_ID) or "")
        if target is not None:
            part = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
            sheets.append((sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
    since_1904 = any(p.get("date1904") in ("1", "true") for p in _children(book, "workbookPr"))
    return sheets, since_1904


def _strings(package: Package) -> tuple[str, ...]:
    if "xl/sharedStrings.xml" not in package.names:
        return ()
    strings = []
    for event, element in package.iter_xml("xl/sharedStrings.xml", ("si",)):
        if event == "end" and local_name(element) == "si":
            strings.append(_rich(element))
    return tuple(strings)


def _rich(element: Element) -> str:
    """Return the text of its runs, without the phonetic ones."""
    plain = [*_children(element, "t"), *_children(element, "r", "t")]
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(text.text or "" for text in plain))


def _forms(package: Package) -> tuple[str | None, ...]:
    """List the form in which each style of cells shows a number."""
    if "xl/styles.xml" not in package.names:
        return ()
    styles = package.read_xml("xl/styles.xml")
    forms = _children(styles, "numFmts", "numFmt")
    own = {_number(form, "numFmtId", 0): form.get("formatCode", "") for form in forms}
    return tuple(form_of(_number(style, "numFmtId", 0), own) for style in _children(styles, "cellXfs", "xf"))


def _read_sheet(
    package: Package, part: str, name: str, book: _Workbook, progress: Progress | None
) -> tuple[tuple[GridRow, ...], int]:
    """Read one sheet: its rows with content, merged ranges spread over their cells, and how many formulas it has."""
    cells: dict[int, dict[int, GridCell]] = {}
    merged: list[tuple[int, int, int, int]] = []
    formulas = row_at = column_at = 0
    for event, element in package.iter_xml(part, ("c", "mergeCell")):
        tag = local_name(element)
        if event == "start":
            if tag == "row":
                row_at, column_at = _number(element, "r", row_at + 1), 0
            continue
        if tag == "c":
            if parts := _ADDRESS.fullmatch(element.get("r", "")):
                column_at = _column_number(parts[1]) - 1
            column_at += 1
            formulas += any(True for _ in _children(element, "f"))
            cell = _read_cell(element, book, _address(name, column_at, row_at))
            if cell and column_at > _WIDEST:
                what = f"sheet {name!r} has content right of column {column_letters(_WIDEST)}; a plan is not so wide"
                raise SourceError(f"{what} (cell {cell.sheet_cell})", file=package.file)
            if cell:
                cells.setdefault(row_at, {})[column_at] = cell
                book.cells += 1
                # one text may stand in any number of cells
                book.characters += sum(len(line.text) for line in cell.lines)
                if book.cells > _MOST_CELLS:
                    raise SourceError(f"has over {_MOST_CELLS} cells; this is no plan", file=package.file)
                if book.characters > package.limit:
                    raise package.too_large()
        elif tag == "row":
            if progress and row_at % 100 == 0:
                progress(f"sheet {name!r}", row_at, 0)
            if len(cells) > _MOST_ROWS:
                raise SourceError(f"sheet {name!r} has over {_MOST_ROWS} rows; this is no plan", file=package.file)
        elif tag == "mergeCell" and (box := _range(element.get("ref", ""))):
            merged.append(box)
            if len(merged) > _MOST_ROWS:
                raise SourceError(
                    f"sheet {name!r} has over {_MOST_ROWS} merged ranges; unmerge them", file=package.file
                )
    _spread(cells, merged, name, package.file)
    width = max((max(row) for row in cells.values()), default=0)
    return tuple(
        GridRow(tuple(row.get(at, EMPTY) for at in range(1, width + 1)), place=f"sheet {name!r}, row {number}")
        for number, row in sorted(cells.items())
    ), formulas


def _read_cell(element: Element, book: _Workbook, address: str) -> GridCell | None:
    """Read one cell; None where it is empty."""
    kind = element.get("t", "n")
    value = next((v.text or "" for v in _children(element, "v")), "")
    doubts: list[Doubted] = []
    if kind == "inlineStr":
        text = "".join(_rich(inline) for inline in _children(element, "is"))
    elif kind == "s":
        at = int(value) if value.isdecimal() else len(book.strings)
        text = book.strings[at] if at < len(book.strings) else ""
        if at >= len(book.strings):
            doubts.append(("no-text", "the cell's text is not in the workbook; it is damaged here"))
    elif kind == "n":
        style = _number(element, "s", 0)
        form = book.forms[style] if style < len(book.forms) else "General"
        text, doubts = show_number(value, form, since_1904=book.since_1904) if value else ("", [])
    elif kind == "str":
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    elif kind == "b":
        text, doubts = {"1": "TRUE"}.get(value, "FALSE"), [("no-text", "the cell holds a truth value, no text")]
    else:
        text, doubts = value, [("no-text", f"the cell holds {value!r}, no text")]
    formula = next((f.text or "" for f in _children(element, "f")), None)
    # a stored text may be empty: then the cell shows nothing
    stored = kind == "str" and any(True for _ in _children(element, "v"))
    if formula is not None and not text and not stored:
        doubts.append(("formula", f"the cell holds the formula {f'={formula}'!r} and no stored value"))
    lines = lines_of(clean(text)[0])
    if not lines and not doubts:
        return None
    return GridCell(lines, f"cell {address}", address, doubts=tuple(doubts))


def _spread(
    cells: dict[int, dict[int, GridCell]], merged: list[tuple[int, int, int, int]], name: str, file: str
) -> None:
    """Put the content of each merged range into all its cells that stand in rows and columns with content."""
    wanted: defaultdict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    width = max((max(row) for row in cells.values()), default=0)
    for box in merged:
        wanted[box[0]].append(box)
    numbers, spread = sorted(cells), 0
    for top in sorted(wanted):
        for _, left, bottom, right in wanted[top]:
            first = cells.get(top, {}).get(left)
            if first is None:
                continue
            for at in (at for at in numbers if top <= at <= bottom):
                for column in range(left, min(right, width) + 1):
                    if (at, column) != (top, left) and column not in cells[at]:
                        if (spread := spread + 1) > _MOST_SPREAD:
                            raise SourceError(f"sheet {name!r} has too many merged cells; unmerge them", file=file)
                        address = _address(name, column, at)
                        cells[at][column] = replace(
                            first,
                            place=f"cell {address}, merged with {first.sheet_cell.rpartition('!')[2]}",
                            sheet_cell=address,
                            spanned="down" if column == left else "right",
                        )


def _range(text: str) -> tuple[int, int, int, int] | None:
    """Read ``B2:C5`` as top, left, bottom, right."""
    ends = [_ADDRESS.fullmatch(end) for end in text.split(":")]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        return None
    return int(ends[0][2]), _column_number(ends[0][1]), int(ends[1][2]), _column_number(ends[1][1])


def _number(element: Element, name: str, default: int) -> int:
    text = element.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _address(sheet: str, column: int, row: int) -> str:
    """Write a cell's address as formulas do: ``Plan!B7``, ``'Plan 2026'!B7``."""
    name = sheet if sheet.isidentifier() else "'" + sheet.replace("'", "''") + "'"
    return f"{name}!{column_letters(column)}{row}"


def column_letters(number: int) -> str:
    """Name a column as a spreadsheet does: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
