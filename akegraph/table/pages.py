"""From the words and rules of a PDF's pages to grids, whether the tables are ruled or not."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from akegraph.table.bands import (
    Band,
    Heading,
    begins_at,
    by_column,
    find_edges,
    find_heading,
    leave_out_headings,
    leave_out_prose,
    split_band,
)
from akegraph.table.columns import Lexicon
from akegraph.table.geometry import Page, Word, text_of, to_lines, visual_lines
from akegraph.table.grids import PAGE, Grid, GridCell, GridRow, Line, Sheaf
from akegraph.table.headings import Header, find_header
from akegraph.table.margins import find_furniture, number_pages
from akegraph.table.model import Column, DroppedLine
from akegraph.table.ruled import Drawn, DrawnRow, DrawnTable, close_gaps, read_beyond, read_rest, read_ruled

_SAME_EDGE = 3.0
_LEAST_RULE = 0.5
"""How much of a table's width a rule must go along to part rows."""
_COLUMN_GAP = 1.5
"""How many line heights of white space part words on one line that stand in two columns."""
_WIDE_GAP = 3.0
"""How many line heights of white space end a table that has no rules."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a page has of the plan's table where no rules close its cells.

    :param repeated: whether the headings stand on this page
    :param again: where they stand on it once more, between the rows
    """

    page: Page
    heading: Heading
    repeated: bool
    words: tuple[Word, ...]
    again: tuple[float, ...]


def read_pages(pages: Sequence[Page], lexicon: Lexicon) -> Sheaf:
    """Find the tables on all pages."""
    ruled = [[read_ruled(page, boxes) for boxes in close_gaps(page)] for page in pages]
    headers = [[_header(table, lexicon) for table in tables] for tables in ruled]
    best = max((len(h.columns) for found in headers for h in found if h), default=0)
    furniture = find_furniture(pages, lexicon.anchors)
    parts: list[_Part] = []
    if best < len(Column):
        parts = _unruled(pages, furniture, lexicon)
        if max((_known(part.heading) for part in parts), default=0) <= best:
            parts = []
    if parts:
        tables = _read_parts(parts, lexicon)
    else:
        _read_beyond(pages, ruled, headers, furniture)
        tables = [table for found in ruled for table in found]
        _split_rows(tables, [header for found in headers for header in found], lexicon)
    return _make_sheaf(pages, tables, lexicon)


def _read_beyond(
    pages: Sequence[Page],
    ruled: Sequence[list[DrawnTable]],
    headers: Sequence[list[Header | None]],
    furniture: Sequence[set[Word]],
) -> None:
    """Look for parts of rows above and below what the rules close, on the pages that the plan's table goes over."""
    width = 0
    last: DrawnTable | None = None
    for page, tables, found, left_out in zip(pages, ruled, headers, furniture, strict=True):
        started = width > 0
        for table, header in zip(tables, found, strict=True):
            columns = len(table.edges) - 1
            width = columns if header else width
            if columns == width:
                others = {word for other in tables if other is not table for word in other.words}
                read_beyond(page, table, left_out | others, continues=started and header is None)
                last = table
        if not tables and last and last.sheet == page.sheet - 1 and (rest := read_rest(page, last, left_out)):
            tables.append(rest)
            found.append(None)
            last = rest


def _header(table: DrawnTable, lexicon: Lexicon) -> Header | None:
    return find_header(_plain(table), lexicon)


def _plain(table: DrawnTable) -> Grid:
    """Make a grid of the text alone, to look for headings in."""
    rows = [
        GridRow(tuple(GridCell(tuple(Line(text_of(line)) for line in cell.lines)) for cell in row.cells))
        for row in table.rows
    ]
    return Grid("", tuple(rows))


def _known(heading: Heading) -> int:
    return sum(column in set(Column) for column in heading.columns)


def _split_rows(tables: list[DrawnTable], headers: Sequence[Header | None], lexicon: Lexicon) -> None:
    """Part the rows of ruled tables that have rules between columns only."""
    last: Header | None = None
    for table, own in zip(tables, headers, strict=True):
        last = own or last
        if last is None:
            continue
        names = {at: column for column, at in last.columns.items()}
        columns = [names.get(at) for at in range(len(table.edges) - 1)]
        rows: list[DrawnRow] = []
        for row in table.rows:
            band = Band([[word for line in cell.lines for word in line] for cell in row.cells])
            bands = split_band(band, columns, lexicon) if not any(cell.spanned for cell in row.cells) else [band]
            if len(bands) == 1 or sum(_has_landmarks(made, columns, lexicon) for made in bands) < 2:
                rows.append(row)
                continue
            for made in bands:
                cells = [Drawn(visual_lines(w), doubts=c.doubts) for w, c in zip(made.words, row.cells, strict=True)]
                rows.append(DrawnRow(cells, [*row.doubts, *made.doubts]))
        shift = len(rows) - len(table.rows)
        if shift and any(cell.source for row in rows for cell in row.cells):
            continue
        table.rows = rows


def _has_landmarks(band: Band, columns: Sequence[str | None], lexicon: Lexicon) -> bool:
    return any(
        begins_at(words, Column(column), lexicon)
        for words, column in zip(band.words, columns, strict=True)
        if column in set(Column)
    )


def _unruled(pages: Sequence[Page], furniture: Sequence[set[Word]], lexicon: Lexicon) -> list[_Part]:
    """Find the headings of a plan page by page, and the words below them."""
    parts: list[_Part] = []
    for page, left_out in zip(pages, furniture, strict=True):
        found = find_heading(page.words, lexicon)
        heading = found or (parts[-1].heading if parts and parts[-1].page.sheet == page.sheet - 1 else None)
        if heading is None:
            continue
        top = heading.bottom if found else float("-inf")
        # the middle of a word tells, because a heading may be set larger than the rows below
        below = [word for word in page.words if (word.top + word.bottom) / 2 > top and word not in left_out]
        if below and (found or _continues(below, heading, lexicon)):
            kept, again = leave_out_headings(below, heading, lexicon)
            parts.append(_Part(page, heading, found is not None, tuple(kept), tuple(again)))
    return parts


def _until_gap(words: Iterable[Word], part: _Part, edges: Sequence[float], lexicon: Lexicon) -> list[Word]:
    """End a table where much white space follows, with no rule, no headings and no landmark of a row behind it."""
    lines = visual_lines(words)
    bottom = 0.0
    for at, line in enumerate(lines):
        top = min(word.top for word in line)
        if at and top - bottom > _WIDE_GAP * line[0].height:
            rest = Band(by_column((word for later in lines[at:] for word in later), edges))
            divided = _rules(part.page, part.heading, bottom, top) or any(bottom < y < top for y in part.again)
            if not divided and not _has_landmarks(rest, part.heading.columns, lexicon):
                return [word for kept in lines[:at] for word in kept]
        bottom = max(bottom, max(word.bottom for word in line))
    return [word for line in lines for word in line]


def _continues(words: Sequence[Word], heading: Heading, lexicon: Lexicon) -> bool:
    """Tell whether a page without headings goes on with the table of the page before."""
    edges = find_edges(words, heading)[0]
    if _has_landmarks(Band(by_column(words, edges)), heading.columns, lexicon):
        return True
    # the rest of one row has no landmark, but stands in several columns with white space between them
    first = visual_lines(words)[0]
    apart = sum(b.x0 - a.x1 > _COLUMN_GAP * a.height for a, b in itertools.pairwise(first))
    crosses = any(word.x0 < edge - 1 and word.x1 > edge + 1 for word in first for edge in edges[1:-1])
    return not crosses and apart > 0 and sum(bool(column) for column in by_column(first, edges)) > 1


def _read_parts(parts: Sequence[_Part], lexicon: Lexicon) -> list[DrawnTable]:
    """Read a table without closed cells: pages with the same headings share their columns' edges."""
    tables: list[DrawnTable] = []
    for part in parts:
        alike = [word for other in parts if _same(other.heading, part.heading) for word in other.words]
        edges, unsure = find_edges(alike, part.heading, _vertical_rules(part))
        words = _until_gap(leave_out_prose(part.words, edges)[0], part, edges, lexicon)
        if not words:
            continue
        part = replace(part, words=tuple(words))
        bands = [
            made for band in _bands(part, edges, lexicon) for made in split_band(band, part.heading.columns, lexicon)
        ]
        rows = [_draw(band, edges, unsure) for band in bands]
        if part.repeated:
            rows.insert(0, _headings(part.heading))
        tables.append(DrawnTable(part.page.sheet, tuple(edges), rows, set(part.words), loose=True))
    return tables


def _vertical_rules(part: _Part) -> list[float]:
    """Find where rules go down most of what the page has of the table."""
    top, bottom = part.heading.top, max(word.bottom for word in part.words)
    if not part.repeated:
        top = min(word.top for word in part.words)
    found: list[float] = []
    for rule in part.page.verticals:
        covered = min(rule.bottom, bottom) - max(rule.top, top)
        if covered >= _LEAST_RULE * (bottom - top) and (not found or rule.x0 - found[-1] > _SAME_EDGE):
            found.append(rule.x0)
    return found


def _same(one: Heading, other: Heading) -> bool:
    return len(one.boxes) == len(other.boxes) and all(
        abs(a[0] - b[0]) <= _SAME_EDGE for a, b in zip(one.boxes, other.boxes, strict=True)
    )


def _rules(page: Page, heading: Heading, low: float, high: float) -> list[float]:
    width = heading.boxes[-1][1] - heading.boxes[0][0]
    return [rule.top for rule in page.rules if low < rule.top < high and rule.x1 - rule.x0 >= _LEAST_RULE * width]


def _bands(part: _Part, edges: Sequence[float], lexicon: Lexicon) -> list[Band]:
    """Part the words of a page by the horizontal rules between them."""
    low = min(word.top for word in part.words) - 1
    high = max(word.bottom for word in part.words) + 1
    borders = sorted([low, *_rules(part.page, part.heading, low, high), *part.again, high])
    bands = []
    for top, bottom in itertools.pairwise(borders):
        words = [word for word in part.words if top < (word.top + word.bottom) / 2 <= bottom]
        if words:
            bands.append(Band(by_column(words, edges)))
    if len(bands) > 1 and not _has_landmarks(bands[-1], part.heading.columns, lexicon) and len(borders) > 3:
        bands.pop()
    return bands


def _draw(band: Band, edges: Sequence[float], unsure: set[int]) -> DrawnRow:
    cells = [Drawn(visual_lines(words)) for words in band.words]
    for at, words in enumerate(band.words):
        if at in unsure and words:
            why = "no rule and no clear white space parts this column from the next"
            cells[at].doubts.append(("column-edge", why))
        for word in words:
            for over, beside in ((word.x0 < edges[at] - 1, at - 1), (word.x1 > edges[at + 1] + 1, at + 1)):
                if over and 0 <= beside < len(cells):
                    why = f"{word.text!r} stands across two columns"
                    cells[at].doubts.append(("crosses-edge", why))
                    cells[beside].doubts.append(("crosses-edge", why))
    return DrawnRow(cells, list(band.doubts))


def _headings(heading: Heading) -> DrawnRow:
    cells = []
    for (low, high), texts in zip(heading.boxes, heading.texts, strict=True):
        lines = [[Word(text, low, high, heading.top, heading.bottom, 0)] for text in texts]
        cells.append(Drawn(lines))
    return DrawnRow(cells)


def _make_sheaf(pages: Sequence[Page], tables: Sequence[DrawnTable], lexicon: Lexicon) -> Sheaf:
    lines = _all_lines(tables)
    grids = []
    for at, table in enumerate(tables):
        name = f"{PAGE}{table.sheet + 1}"
        rows = []
        for number, row in enumerate(table.rows):
            cells = []
            for column, cell in enumerate(row.cells):
                source = cell.source or (number, column)
                made = GridCell(
                    lines[at, *source],
                    f"column {column + 1}",
                    spanned=cell.spanned,
                    doubts=tuple(dict.fromkeys(cell.doubts)),
                )
                cells.append(made)
            rows.append(GridRow(tuple(cells), table.sheet, f"table row {number + 1}", tuple(row.doubts), table.loose))
        grids.append(Grid(name, tuple(rows), joins=True))
    outside = [
        [w for w in page.words if not any(w in table.words for table in tables if table.sheet == page.sheet)]
        for page in pages
    ]
    numbers = number_pages(pages, outside, lexicon.anchors)
    dropped = [
        DroppedLine(0, text_of(line), f"page {page.sheet + 1}")
        for page, words in zip(pages, outside, strict=True)
        for line in visual_lines(words)
    ]
    notes = [] if numbers or len(pages) == 1 else ["no page number was found; pages are counted from 1"]
    return Sheaf(tuple(grids), tuple(dropped), tuple(notes), tuple(sorted(numbers.items())), paged=True)


def _all_lines(tables: Sequence[DrawnTable]) -> dict[tuple[int, int, int], tuple[Line, ...]]:
    """Make the lines of all cells, column by column over all tables with the same columns."""
    alike: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for at, table in enumerate(tables):
        alike[tuple(round(edge / _SAME_EDGE) for edge in table.edges)].append(at)
    made: dict[tuple[int, int, int], tuple[Line, ...]] = {}
    for group in alike.values():
        for column in range(len(tables[group[0]].edges) - 1):
            places = [(at, row, column) for at in group for row in range(len(tables[at].rows))]
            cells = [tables[at].rows[row].cells[column].lines for at, row, _ in places]
            made |= dict(zip(places, to_lines(cells), strict=True))
    return made
