"""Rows and columns of a table whose rules close its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from akegraph.table.geometry import Box, Page, Word, visual_lines
from akegraph.table.grids import Doubted

_NEAR = 2.0
"""Points by which the edges of cells side by side may differ."""
_OVER = 1.0
_BEYOND = 1.5
"""How many line heights away from the table the rest of a row may stand."""

_FEWEST_FILLED = 3
"""In how many columns a box that goes over several must have words to be a row of cells without rules."""

Spanned = Literal["", "down", "right"]


@dataclass(slots=True)
class Drawn:
    """A cell while it is read off a page: its lines of words.

    :param source: the row and column whose content reaches here, where the cell is merged
    """

    lines: list[list[Word]] = field(default_factory=list)
    spanned: Spanned = ""
    source: tuple[int, int] | None = None
    doubts: list[Doubted] = field(default_factory=list)


@dataclass(slots=True)
class DrawnRow:
    """A row while it is read off a page."""

    cells: list[Drawn]
    doubts: list[Doubted] = field(default_factory=list)


@dataclass(slots=True)
class DrawnTable:
    """A table as it stands on one page.

    :param edges: the left edge of every column and the right edge of the last
    :param loose: whether white space alone tells where its cells end
    """

    sheet: int
    edges: tuple[float, ...]
    rows: list[DrawnRow]
    words: set[Word]
    loose: bool = False


def read_ruled(page: Page, boxes: Sequence[Box]) -> DrawnTable:
    """Read a table off the boxes that its rules make."""
    xs = _edges(value for box in boxes for value in (box.x0, box.x1))
    ys = _edges(value for box in boxes for value in (box.top, box.bottom))
    width, height = len(xs) - 1, len(ys) - 1
    boxes = [part for box in boxes for part in _open_box(page, box, xs)]
    cover: dict[tuple[int, int], Box] = {}
    origin: dict[tuple[int, int], tuple[int, int]] = {}
    for box in boxes:
        left, right = _nearest(xs, box.x0), _nearest(xs, box.x1)
        top, bottom = _nearest(ys, box.top), _nearest(ys, box.bottom)
        for row in range(top, bottom):
            for column in range(left, right):
                cover[row, column] = box
                origin[row, column] = top, left
    cells = [[Drawn() for _ in range(width)] for _ in range(height)]
    words = [w for w in page.words if xs[0] <= w.middle <= xs[-1] and ys[0] <= (w.top + w.bottom) / 2 <= ys[-1]]
    inside: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        place = _index(ys, (word.top + word.bottom) / 2), _index(xs, word.middle)
        inside.setdefault(origin.get(place, place), []).append(word)
        box = cover.get(place, Box(xs[place[1]], 0, xs[place[1] + 1], 0))
        for over, step in ((word.x0 < box.x0 - _OVER, -1), (word.x1 > box.x1 + _OVER, 1)):
            if over:
                why = f"{word.text!r} runs over the edge of its cell"
                for column in (place[1], place[1] + step):
                    if 0 <= column < width:
                        cells[place[0]][column].doubts.append(("crosses-edge", why))
    for (row, column), own in inside.items():
        cells[row][column].lines = visual_lines(own)
    for (row, column), (top, left) in origin.items():
        if (row, column) != (top, left):
            spanned: Spanned = "down" if column == left else "right"
            cells[row][column].source, cells[row][column].spanned = (top, left), spanned
    return DrawnTable(page.sheet, tuple(xs), [DrawnRow(row) for row in cells], set(words))


def close_gaps(page: Page) -> list[list[Box]]:
    """Put together tables with the same columns that have rows without rules or shading between them, and close these.

    Where every other row is shaded, the shaded ones alone look like tables.
    """
    joined: list[list[Box]] = []
    for boxes in sorted((list(table) for table in page.tables), key=lambda table: min(box.top for box in table)):
        between = _between(page, joined[-1], boxes) if joined else []
        if between:
            joined[-1] += [*between, *boxes]
        else:
            joined.append(boxes)
    return joined


def _between(page: Page, above: Sequence[Box], below: Sequence[Box]) -> list[Box]:
    """Return the boxes of a row between two tables, where they have the same columns and it fits these."""
    edges, others = (_edges(x for box in boxes for x in (box.x0, box.x1)) for boxes in (above, below))
    top, bottom = max(box.bottom for box in above), min(box.top for box in below)
    same = len(edges) == len(others) and all(abs(a - b) <= _NEAR for a, b in zip(edges, others, strict=True))
    if not same or bottom - top < _NEAR:
        return []
    row = Box(edges[0], top, edges[-1], bottom)
    parts = _open_box(page, row, edges)
    return parts if len(parts) > 1 else []


def _open_box(page: Page, box: Box, edges: Sequence[float]) -> list[Box]:
    """Part a box over several columns if it is a row without rules between its cells, and no title across them."""
    inner = [edge for edge in edges if box.x0 + _NEAR < edge < box.x1 - _NEAR]
    words = [w for w in page.words if box.top <= (w.top + w.bottom) / 2 <= box.bottom and box.x0 <= w.middle <= box.x1]
    crosses = any(word.x0 < edge - _OVER and word.x1 > edge + _OVER for word in words for edge in inner)
    filled = {sum(word.middle >= edge for edge in inner) for word in words}
    if crosses or len(filled) < _FEWEST_FILLED or len(filled) * 2 <= len(inner) + 1:
        return [box]
    sides = [box.x0, *inner, box.x1]
    return [Box(left, box.top, right, box.bottom) for left, right in pairwise(sides)]


def read_beyond(page: Page, table: DrawnTable, left_out: set[Word], *, continues: bool) -> None:
    """Add to a table the part of a row that a page break leaves without a closing rule, below it or above.

    :param left_out: the words of the page that are its header and footer, or belong to another table
    :param continues: whether the table began on a page before, so that a row may have its rest above
    """
    words = [w for w in page.words if w not in left_out and w not in table.words]
    words = [w for w in words if table.edges[0] - _NEAR <= w.x0 and w.x1 <= table.edges[-1] + _NEAR]
    if not words or not table.words:
        return
    top, bottom = _reach(page, table)
    inner_top, inner_bottom = min(w.top for w in table.words), max(w.bottom for w in table.words)
    for below in (True, False):
        if not below and not continues:
            continue
        lines = visual_lines(w for w in words if (w.top >= inner_bottom if below else w.bottom <= inner_top))
        found: list[Word] = []
        edge = inner_bottom if below else inner_top
        for line in lines if below else reversed(lines):
            distance = line[0].top - edge if below else edge - line[0].bottom
            closed = line[0].bottom <= bottom + _OVER if below else line[0].top >= top - _OVER
            crosses = any(w.x0 < x - _OVER and w.x1 > x + _OVER for w in line for x in table.edges[1:-1])
            if crosses or (not closed and distance > _BEYOND * line[0].height):
                break
            found += line
            edge = max(w.bottom for w in line) if below else min(w.top for w in line)
        ruled = found and (
            bottom > inner_bottom + found[0].height / 2 if below else top < inner_top - found[0].height / 2
        )
        cells = [
            Drawn(visual_lines(w for w in found if _index(table.edges, w.middle) == at)) for at in table_columns(table)
        ]
        if not found or (not ruled and sum(bool(cell.lines) for cell in cells) < 2):
            continue
        why = "no rule closes this part of the table"
        row = DrawnRow(cells, [] if ruled else [("row-edge", why)])
        table.rows.insert(len(table.rows) if below else 0, row)
        for other in table.rows:
            for cell in other.cells:
                if cell.source and not below:
                    cell.source = cell.source[0] + 1, cell.source[1]
        table.words.update(found)


def read_rest(page: Page, table: DrawnTable, left_out: set[Word]) -> DrawnTable | None:
    """Read a page that has nothing but the rest of a row: rules between columns, but none that closes it above.

    :param table: what the page before has of the table
    :param left_out: the words of the page that are its header and footer
    """
    drawn = [any(abs(rule.x0 - edge) <= _NEAR for rule in page.verticals) for edge in table.edges]
    if sum(drawn) * 2 <= len(drawn):
        return None
    top, bottom = _reach(page, table)
    words = [w for w in page.words if w not in left_out and table.edges[0] <= w.middle <= table.edges[-1]]
    words = [w for w in words if top <= (w.top + w.bottom) / 2 <= bottom]
    if not words:
        return None
    cells = [
        Drawn(visual_lines(w for w in words if _index(table.edges, w.middle) == at)) for at in table_columns(table)
    ]
    return DrawnTable(page.sheet, table.edges, [DrawnRow(cells)], set(words))


def table_columns(table: DrawnTable) -> range:
    """Return the indices of a table's columns."""
    return range(len(table.edges) - 1)


def _reach(page: Page, table: DrawnTable) -> tuple[float, float]:
    """Find how far up and down most of the rules between the columns go."""
    tops, bottoms = [], []
    for edge in table.edges:
        rules = [rule for rule in page.verticals if abs(rule.x0 - edge) <= _NEAR]
        if rules:
            tops.append(min(rule.top for rule in rules))
            bottoms.append(max(rule.bottom for rule in rules))
    if not tops:
        return float("inf"), float("-inf")
    return sorted(tops)[len(tops) // 2], sorted(bottoms)[len(bottoms) // 2]


def _edges(values: Iterable[float]) -> list[float]:
    """Put together edges that are nearly the same."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _index(edges: Sequence[float], value: float) -> int:
    """Find between which edges a value lies."""
    return max(0, min(sum(value >= edge for edge in edges) - 1, len(edges) - 2))
