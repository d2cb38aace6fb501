"""From the grids of a document to the rows of its plan.

The plan's table is found among the grids by its headings and the other grids are listed. Headings that come again
are taken out, even where the rest of a row stands in the same cells; rows that a page break splits are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon
from akegraph.table.grids import EMPTY, PAGE, Doubted, Grid, GridCell, GridRow, Line, Sheaf
from akegraph.table.headings import FEWEST, Header, find_header, key_of, read_header
from akegraph.table.model import Column, DroppedLine

_LONGEST_TITLE = 200
"""How many characters a title over rows may have; what is longer is the text of a row."""

Fits = Callable[[dict[Column, GridCell]], int]
"""Tells how many of the cells with controlled wordings a row reads without a problem; see :mod:`tabular`."""


@dataclass(slots=True)
class RawRow:
    """One row of the plan as it stands in the document.

    :param own: what the columns say that ``rows.csv`` has beside those of the plan
    :param loose: whether white space alone tells where its cells end
    """

    cells: dict[Column, GridCell]
    sheet: int
    place: str
    own: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubted] = field(default_factory=list)
    loose: bool = False


@dataclass(frozen=True, slots=True)
class PlanTable:
    """The plan's table as it stands in the document."""

    rows: tuple[RawRow, ...]
    headings: dict[str, str]
    unsure: frozenset[str]
    dropped: tuple[DroppedLine, ...]
    notes: tuple[str, ...]


def assemble(sheaf: Sheaf, lexicon: Lexicon, file: str, fits: Fits, wanted: int | None = None) -> PlanTable:
    """Find the plan's table and read its rows.

    :param fits: counts the controlled cells of a row that read without a problem
    :param wanted: the number of the table to read, counted from 1, where a person chose
    :raises SourceError: if no grid, or not the one wanted, has the headings of a plan
    """
    parts, header, notes = _choose(sheaf.grids, lexicon, file, wanted)
    notes += _on_columns(header, lexicon)
    rows: list[RawRow] = []
    dropped = list(sheaf.dropped)
    for grid, own_header in parts:
        here = own_header or header
        made: list[RawRow] = []
        body = list(grid.rows[own_header.end :] if own_header else grid.rows)
        if own_header:
            # headings in the middle of a table come again there, so what stands before them is of the table too
            above = list(grid.rows[: own_header.start])
            if rows or any(fits(_raw(row, here, grid).cells) > 1 for row in above):
                body = above + body
            else:
                dropped += [_drop(row) for row in above]
            if rows:
                # the rest of a row may stand in the cells of headings that come again, so only their texts are cut off
                here = replace(own_header, texts=header.texts)
                heads = grid.rows[own_header.start : own_header.end]
                if any(_without_headings(row, here) is not row for row in heads):
                    body = list(grid.rows)
        for row in body:
            stripped = _without_headings(row, here)
            if stripped is None:
                dropped.append(_drop(row))
            elif any(cell.lines or cell.doubts for cell in stripped.cells):
                is_row = _is_row(stripped, here)
                dropped += [_drop_cell(stripped, cell) for cell in _find_outside(stripped, here if is_row else None)]
                if is_row:
                    made.append(_raw(stripped, here, grid))
        rows = _append(rows, made, fits, dropped, grid)
    if not rows:
        raise SourceError("the plan's table has headings but no row", file=file)
    headings = dict(header.texts)
    return PlanTable(tuple(rows), headings, header.unsure, tuple(dropped), tuple(notes))


def _choose(
    grids: Sequence[Grid], lexicon: Lexicon, file: str, wanted: int | None
) -> tuple[list[tuple[Grid, Header | None]], Header, list[str]]:
    """Choose the grids that are the plan's table: one and those that continue it."""
    headers = [find_header(grid, lexicon) for grid in grids]
    if wanted is not None:
        if not 1 <= wanted <= len(grids):
            raise SourceError(f"there is no table {wanted}; {_listing(grids)}", file=file)
        first = wanted - 1
        header = headers[first]
        if header is None:
            what = f"table {wanted} has not the headings of a plan; {_listing(grids)}"
            raise SourceError(what, file=file)
    else:
        found = [(known.quality, -at) for at, known in enumerate(headers) if known]
        if not found:
            needed = ", ".join(repr(column.label) for column in lexicon.columns)
            what = f"no table has the headings of a plan, at least {FEWEST} of {needed}; {_listing(grids)}"
            raise SourceError(what, file=file)
        first = -max(found)[1]
        header = headers[first]
        assert header is not None
        # a table that a page or a heading breaks begins where its columns first stand so
        while first > 0 and grids[first].joins and _same(headers[first - 1], header) and wanted is None:
            first -= 1
        header = headers[first]
        assert header is not None
    parts: list[tuple[Grid, Header | None]] = [(grids[first], header)]
    others = list(enumerate(grids[:first], start=1))
    for at in range(first + 1, len(grids)):
        grid, own = grids[at], headers[at]
        width = max((len(row.cells) for row in grid.rows), default=0)
        widest = max(len(row.cells) for row in parts[-1][0].rows)
        continues = grid.joins and at == first + len(parts) and wanted is None
        alike = continues and width == widest and bool(grid.rows) and grid.name.startswith(PAGE)
        if continues and _same(own, header):
            parts.append((grid, own))
        elif alike and (_repeats(grid, header) or (own is None and not _is_other(grid, lexicon))):
            parts.append((grid, None))
        else:
            others.append((at + 1, grid))
    notes = []
    if len(parts) > 1 and not all(grid.name.startswith(PAGE) for grid, _ in parts):
        notes.append(f"{len(parts)} tables with the headings of a plan follow one another and were read as one")
    notes += [f"another table was left out: {number}: {_describe(grid)}" for number, grid in others if grid.rows]
    for number, grid in others:
        if headers[number - 1] is None and _has_openers(grid, lexicon):
            notes.append(
                f"table {number} has no headings, but cells like those of a plan; look whether rows are missing"
            )
    looks = [number for number, grid in others if _same(headers[number - 1], header) and grid.rows]
    if looks:
        notes.append(f"table {looks[0]} has the headings of a plan too; --table {looks[0]} reads that one")
    return parts, header, notes


def _same(one: Header | None, other: Header) -> bool:
    return one is not None and set(one.columns) == set(other.columns)


def _repeats(grid: Grid, header: Header) -> bool:
    """Tell whether a grid begins with the headings, be it with the rest of a row in the same cells."""
    return _without_headings(grid.rows[0], header) is not grid.rows[0]


def _is_other(grid: Grid, lexicon: Lexicon) -> bool:
    """Tell whether a grid without the headings of a plan has nothing of a plan in it; one row may be a row's rest."""
    return len(grid.rows) > 1 and not _has_openers(grid, lexicon)


def _has_openers(grid: Grid, lexicon: Lexicon) -> bool:
    openers = ("+", *lexicon.anchors.pathway, *lexicon.anchors.pathway_genitive)
    return any(cell.text.startswith(openers) for row in grid.rows for cell in row.cells)


def _listing(grids: Sequence[Grid]) -> str:
    listed = [f"{at}: {_describe(grid)}" for at, grid in enumerate(grids[:10], start=1)]
    return f"found {'; '.join(listed)}" if listed else "found no table"


def _describe(grid: Grid) -> str:
    first = " | ".join(cell.text for cell in grid.rows[0].cells if cell.text) if grid.rows else ""
    return f"{grid.name}, {len(grid.rows)} rows, {first[:80]!r}"


def _on_columns(header: Header, lexicon: Lexicon) -> list[str]:
    notes = []
    if missing := [lexicon.heading(column) for column in Column if column not in header.columns]:
        notes.append(f"columns not found: {'; '.join(missing)}; their cells are missing")
    if header.extra:
        extra = "; ".join(repr(text) for text in header.extra.values())
        notes.append(f"columns that no plan has were left out: {extra}")
    for column in sorted(header.unsure):
        notes.append(f"the heading {header.texts[column]!r} is taken for {lexicon.heading(column)!r}")
    order = [column for column, _ in sorted(header.columns.items(), key=lambda item: item[1])]
    if order != [column.value for column in Column if column in header.columns]:
        notes.append(f"the columns stand in another order: {'; '.join(header.texts[column] for column in order)}")
    return notes


def _drop(row: GridRow) -> DroppedLine:
    return DroppedLine(0, " | ".join(cell.text for cell in row.cells if cell.text), row.place)


def _drop_cell(row: GridRow, cell: GridCell) -> DroppedLine:
    place = f"sheet cell {cell.sheet_cell}" if cell.sheet_cell else ", ".join(filter(None, (row.place, cell.place)))
    return DroppedLine(0, cell.text, place)


def _is_row(row: GridRow, header: Header) -> bool:
    """Tell whether anything of a row stands under the plan's columns, or its id does."""
    places = {*header.columns.values(), *(at for key, at in header.own.items() if key == "id")}
    return any(cell.lines or cell.doubts for at, cell in enumerate(row.cells) if at in places)


def _find_outside(row: GridRow, header: Header | None) -> list[GridCell]:
    """Find the cells of a row that stand under no heading; without headings, all of them."""
    headed = {*header.columns.values(), *header.own.values(), *header.extra} if header else set()
    return [cell for at, cell in enumerate(row.cells) if at not in headed and cell.lines and cell.spanned != "right"]


def _without_headings(row: GridRow, header: Header) -> GridRow | None:
    """Return a row without the headings that come again in it; None where it is nothing but them.

    A row is one of headings only if all cells under the plan's columns are. Where a page break put the rest of a row
    into the cells of the headings, the headings are cut off the cells' beginnings.
    """
    cells = list(row.cells)
    cut: dict[int, tuple[Line, ...]] = {}
    for column, at in header.columns.items():
        lines = cells[at].lines if at < len(cells) else ()
        end = next((n for n in range(1, min(len(lines), 6) + 1) if _is_heading(lines[:n], header.texts[column])), None)
        if end is None:
            return row
        cut[at] = lines[end:]
    for at, text in header.extra.items():
        if at < len(cells) and key_of(cells[at].text) == key_of(text):
            cells[at] = EMPTY
    if not any(cut.values()):
        return None
    for at, lines in cut.items():
        cells[at] = replace(cells[at], lines=lines)
    return replace(row, cells=tuple(cells))


def _is_heading(lines: Sequence[Line], heading: str) -> bool:
    return key_of("".join(line.text for line in lines)) == key_of(heading)


def _raw(row: GridRow, header: Header, grid: Grid) -> RawRow:
    def at(place: int) -> GridCell:
        return row.cells[place] if place < len(row.cells) else EMPTY

    cells = {Column(column): at(place) for column, place in header.columns.items()}
    own = {key: at(place).text for key, place in header.own.items()}
    doubts = list(row.doubts)
    width = max(len(known.cells) for known in grid.rows[header.start : header.end]) if header.end else len(row.cells)
    if grid.name.startswith("table parted") and len(row.cells) != width:
        why = f"{len(row.cells)} fields stand under {width} headings, so the fields may have moved"
        doubts.append(("field-count", why))
    return RawRow(cells, row.sheet, row.place, own, doubts, row.loose)


def _append(rows: list[RawRow], more: list[RawRow], fits: Fits, dropped: list[DroppedLine], grid: Grid) -> list[RawRow]:
    """Append rows, putting together what a page break parts."""
    result = list(rows)
    joins = bool(rows) and grid.joins
    for at, row in enumerate(more):
        if _is_title(row):
            texts = dict.fromkeys(cell.text for cell in row.cells.values() if cell.text)
            dropped.append(DroppedLine(0, " | ".join(texts), row.place))
            continue
        breaks = (joins and at == 0) or bool(result and row.sheet != result[-1].sheet)
        if breaks and result:
            merged = _merge(result[-1], row, fits)
            if merged:
                result[-1] = merged
                continue
            _doubt_break(result[-1], row, fits)
        result.append(row)
    return result


def _is_title(row: RawRow) -> bool:
    """Tell whether a row is a title over the rows below: one text across all columns, or in the first alone."""
    filled = [(column, cell) for column, cell in row.cells.items() if cell.lines]
    texts = {cell.text for _, cell in filled}
    if sum(map(len, texts)) > _LONGEST_TITLE:
        return False
    across = len(texts) == 1 and sum(cell.spanned == "right" for _, cell in filled) >= len(row.cells) - 2 > 0
    alone = len(filled) == 1 and filled[0][0] is Column.TASK and not filled[0][1].text.startswith("+")
    return across or (alone and not row.doubts and row.sheet == 0)


def _merge(first: RawRow, second: RawRow, fits: Fits) -> RawRow | None:
    """Put two parts of a row together, if that is what they are."""
    alone, behind = fits(first.cells), fits(second.cells)
    cells = {column: _merge_cells(first.cells[column], second.cells.get(column, EMPTY)) for column in first.cells}
    together = fits(cells)
    rest = together == alone and not behind and _is_part(second)
    start = together == behind and not alone and _is_part(first)
    if together <= max(alone, behind) and not rest and not start:
        return None
    doubts = [*first.doubts, *second.doubts]
    return RawRow(cells, first.sheet, first.place, first.own | second.own, doubts, first.loose or second.loose)


def _is_part(row: RawRow) -> bool:
    """Tell whether what reads no controlled wording is a part of a row: it has no task and no level."""
    return not any(row.cells[column].lines for column in (Column.TASK, Column.PARTICIPATION) if column in row.cells)


def _merge_cells(first: GridCell, second: GridCell) -> GridCell:
    if not second.lines:
        return first
    if not first.lines:
        return second
    return replace(first, lines=(*first.lines, *second.lines), doubts=(*first.doubts, *second.doubts))


def _doubt_break(first: RawRow, second: RawRow, fits: Fits) -> None:
    """Doubt two rows beside a page break if one of them could be part of the other."""
    controlled = sum(c in first.cells for c in (Column.TASK, Column.IMPACT, Column.PARTICIPATION))
    for row in (first, second):
        if fits(row.cells) < controlled and not all(cell.lines for cell in row.cells.values()):
            why = "a page breaks between two rows here, and what stands on each side may be parts of one"
            first.doubts.append(("split-row", why))
            second.doubts.append(("split-row", why))
            return


def has_headings(rows: Iterable[GridRow], lexicon: Lexicon) -> bool:
    """Tell whether rows are the headings of a plan."""
    return read_header(list(rows), lexicon, 0) is not None
