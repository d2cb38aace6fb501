"""Reading the tables of a DOCX document as grids.

The document's XML is read as it is, because text in content controls, in insertions or in nested tables is text of
the cell, and text that was deleted is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from akegraph.errors import SourceError
from akegraph.table.decoding import clean
from akegraph.table.grids import EMPTY, Doubted, Grid, GridCell, GridRow, Line, Sheaf
from akegraph.table.model import DroppedLine
from akegraph.table.packages import Package, local_name

_SKIPPED = {"del", "moveFrom", "Fallback", "instrText", "delText", "txbxContent", "pPr", "rPr", "tcPr", "tblPr", "trPr"}
_BREAKS = {"br", "cr"}
_LETTERS = {"tab": " ", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_WIDEST = 63
"""The most columns that Word gives a table."""
_MOST_CELLS = 500_000


@dataclass(slots=True)
class _Cell:
    """A cell while it is read."""

    lines: list[str] = field(default_factory=lambda: [""])
    doubts: list[Doubted] = field(default_factory=list)
    span: int = 1
    continues: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads one document; counts the pages that Word saved with it."""

    file: str
    page: int = 0
    cells: int = 0
    grids: list[Grid] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def block(self, parent: Element) -> None:
        """Read tables and paragraphs in their order."""
        for element in parent:
            tag = local_name(element)
            if tag == "tbl":
                self.table(element)
            elif tag == "p":
                cell = _Cell()
                self.inline(element, cell, nested=False)
                self.outside += [line for line in cell.lines if line.strip()]
            elif tag not in _SKIPPED:
                self.block(element)

    def table(self, element: Element) -> None:
        """Read one table."""
        at = len(self.grids)
        name = f"table {at + 1}"
        self.grids.append(Grid(name, ()))
        rows: list[GridRow] = []
        above: list[GridCell] = []
        for row in _rows(element):
            page = self.page
            cells = self.row(row, above, f"row {len(rows) + 1}")
            rows.append(GridRow(tuple(cells), page, f"{name}, row {len(rows) + 1}"))
            above = cells
        self.grids[at] = Grid(name, tuple(rows), joins=True)

    def row(self, element: Element, above: list[GridCell], place: str) -> list[GridCell]:
        """Read one row, with what reaches into it from the row above."""
        cells: list[GridCell] = [EMPTY] * min(_value(element, "gridBefore"), _WIDEST)
        for found in _cells(element):
            cell = _Cell()
            self.cell(found, cell)
            self.cells += cell.span
            if self.cells > _MOST_CELLS:
                raise SourceError("has far more cells than a plan needs", file=self.file)
            column = len(cells)
            if cell.continues and column < len(above):
                made = replace(above[column], place=f"{above[column].place}, merged down", spanned="down")
            else:
                lines = tuple(Line(" ".join(line.split())) for line in cell.lines if line.strip())
                made = GridCell(lines, f"{place}, column {column + 1}", doubts=tuple(dict.fromkeys(cell.doubts)))
            cells.append(made)
            cells += [replace(made, spanned="right")] * (cell.span - 1)
            if len(cells) > _WIDEST:
                raise SourceError(f"{place} of a table has over {_WIDEST} columns", file=self.file)
        return cells

    def cell(self, element: Element, cell: _Cell) -> None:
        """Read one cell."""
        for properties in (child for child in element if local_name(child) == "tcPr"):
            cell.span = max(1, min(_value(properties, "gridSpan", 1), _WIDEST))
            merge = next((child for child in properties if local_name(child) == "vMerge"), None)
            cell.continues = merge is not None and _attribute(merge, "val") != "restart"
        self.inline(element, cell, nested=True)

    def inline(self, element: Element, cell: _Cell, *, nested: bool, inner: bool = False) -> None:
        """Read the text under an element; a table within the cell is text of the cell, and a grid of its own.

        :param inner: whether the element is inside such a table, whose own tables are read with it
        """
        for child in element:
            tag = local_name(child)
            if tag in _SKIPPED:
                if tag in ("del", "moveFrom"):
                    cell.doubts.append(("tracked-change", "a tracked change is neither accepted nor rejected here"))
                if tag == "pPr" and any(local_name(found) == "numPr" for found in child):
                    why = (
                        "the paragraph is numbered or bulleted by the program, and its mark is no text of the document"
                    )
                    cell.doubts.append(("list-mark", why))
                continue
            if tag in ("ins", "moveTo"):
                cell.doubts.append(("tracked-change", "a tracked change is neither accepted nor rejected here"))
            if tag == "t":
                cell.lines[-1] += child.text or ""
            elif tag in _LETTERS:
                cell.lines[-1] += _LETTERS[tag]
            elif tag in _BREAKS:
                self.page += _attribute(child, "type") == "page"
                cell.lines.append("")
            elif tag == "lastRenderedPageBreak":
                self.page += 1
            elif tag == "tbl" and nested:
                cell.doubts.append(
                    ("nested-table", "a table stands within the cell; its texts follow one another here")
                )
                self.inline(child, cell, nested=nested, inner=True)
                if not inner:
                    self.table(child)
            else:
                self.inline(child, cell, nested=nested, inner=inner)
                if tag == "p":
                    cell.lines.append("")


def read_word(data: bytes, file: str, limit: int) -> Sheaf:
    """Read every table of the document.

    :param limit: bytes that the document's parts may come to together
    :raises SourceError: if the file is damaged, too large, or has no table
    """
    package = Package(data, file, limit)
    body = next((child for child in package.read_xml("word/document.xml") if local_name(child) == "body"), None)
    reader = _Reader(file)
    try:
        if body is not None:
            reader.block(body)
    except RecursionError:
        raise SourceError("its tables stand within one another too deeply", file=file) from None
    if not reader.grids:
        raise SourceError("the document has no table; a plan is a table of eight columns", file=file)
    grids = tuple(_cleaned(grid) for grid in reader.grids)
    dropped = tuple(DroppedLine(at, line) for at, line in enumerate(reader.outside, start=1))
    notes = ["the document has macros; they were not run"] if "word/vbaProject.bin" in package.names else []
    return Sheaf(grids, dropped, tuple(notes))


def _rows(table: Element) -> list[Element]:
    """List the rows of a table, those in content controls too, but not those of tables within it."""
    return _find(table, "tr", "tc")


def _cells(row: Element) -> list[Element]:
    return _find(row, "tc", "tbl")


def _find(parent: Element, wanted: str, closed: str) -> list[Element]:
    found = []
    for child in parent:
        tag = local_name(child)
        if tag == wanted:
            found.append(child)
        elif tag not in _SKIPPED and tag != closed:
            found += _find(child, wanted, closed)
    return found


def _value(parent: Element, name: str, default: int = 0) -> int:
    """Read a number that an element below holds in its ``w:val``."""
    for child in parent.iter():
        if local_name(child) == name:
            text = _attribute(child, "val")
            return int(text) if text.isdecimal() else default
        if local_name(child) == "tc" and child is not parent:
            break
    return default


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _cleaned(grid: Grid) -> Grid:
    rows = tuple(
        replace(
            row, cells=tuple(replace(c, lines=tuple(Line(clean(line.text)[0]) for line in c.lines)) for c in row.cells)
        )
        for row in grid.rows
    )
    return replace(grid, rows=rows)
