"""Columns and rows of a table that has no rules, or not all: from its headings, white space and landmarks.

Columns are parted where no word of any row stands, near where a heading begins. Rows are parted by horizontal rules
where there are, and inside what these leave together by white space that all columns share, right above the line on
which the cells with landmarks begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from akegraph.table.columns import Anchors, Lexicon
from akegraph.table.geometry import Word, gaps, is_close, segments, text_of, visual_lines, widest_space
from akegraph.table.grids import Doubted, GridCell, GridRow, Line
from akegraph.table.headings import BARE, EXACT, Header, key_of, match_heading, read_header
from akegraph.table.model import Column

_TALLEST_HEADING = 5
_NARROWEST = 1.5
"""Points of white space that part two columns at least."""
_ALIGNED = 2.0
_SAME_LEVEL = 1.5
_APART = 1.0
_OVER = 1.0
_SOLID = 0.15
_FEW = 0.03
"""The share of lines that may run across a gap between columns, as those of a footer do."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The headings of a table by place.

    :param boxes: the left and right end of every heading, known or not
    :param columns: the column of each, None where no plan has it
    """

    top: float
    bottom: float
    boxes: tuple[tuple[float, float], ...]
    texts: tuple[tuple[str, ...], ...]
    columns: tuple[str | None, ...]
    quality: int


@dataclass(slots=True)
class Band:
    """A stretch of a table that is one row: its words by column, and why it may not be one."""

    words: list[list[Word]]
    doubts: list[Doubted] = field(default_factory=list)


def find_heading(words: Sequence[Word], lexicon: Lexicon) -> Heading | None:
    """Find the headings of a plan among the words of a page."""
    lines = visual_lines(words)
    space = widest_space(words)
    openers = _openers(lexicon)
    best: Heading | None = None
    for start in range(len(lines)):
        for end in range(start + 1, min(start + _TALLEST_HEADING, len(lines)) + 1):
            block = lines[start:end]
            if sum(key_of(part[0].text) in openers for line in block for part in segments(line, space)) < 3:
                continue
            made = _read_heading(block, space, lexicon)
            if made and (best is None or made.quality > best.quality):
                best = made
    return best


@cache
def _openers(lexicon: Lexicon) -> frozenset[str]:
    texts = [text for wording in lexicon.columns for text in (wording.label, *wording.variants)]
    texts += [text for text, _ in lexicon.anchors.headings]
    return frozenset(key_of(text.replace("/", " ").split()[0]) for text in texts)


def _read_heading(block: Sequence[Sequence[Word]], space: float, lexicon: Lexicon) -> Heading | None:
    """Read lines as headings, each the segments that stand above one another."""
    found = (part for line in block for whole in segments(line, space) for part in _part_headings(whole, lexicon))
    parts = sorted(found, key=lambda part: part[0].x0)
    stacks: list[list[list[Word]]] = []
    ends: list[float] = []
    for part in parts:
        if stacks and part[0].x0 < ends[-1]:
            stacks[-1].append(part)
            ends[-1] = max(ends[-1], part[-1].x1)
        else:
            stacks.append([part])
            ends.append(part[-1].x1)
    texts = [tuple(text_of(part) for part in sorted(stack, key=lambda part: part[0].top)) for stack in stacks]
    cells = tuple(GridCell(tuple(Line(text) for text in stacked)) for stacked in texts)
    header: Header | None = read_header([GridRow(cells)], lexicon, 0)
    if header is None:
        return None
    known = {at: column for column, at in header.columns.items()} | {at: key for key, at in header.own.items()}
    words = [word for line in block for word in line]
    boxes = [(min(p[0].x0 for p in stack), end) for stack, end in zip(stacks, ends, strict=True)]
    return Heading(
        min(word.top for word in words),
        max(word.bottom for word in words),
        tuple(boxes),
        tuple(texts),
        tuple(known.get(at) for at in range(len(boxes))),
        # of readings that are as good, the one that takes nothing from above and leaves least of the headings below
        header.quality * 1000 + sum(len(key_of(text)) for text in header.texts.values()) - 20 * len(boxes) - len(block),
    )


def _part_headings(segment: list[Word], lexicon: Lexicon) -> list[list[Word]]:
    """Part two headings that stand no further apart than words do."""
    if len(segment) < 2 or match_heading(text_of(segment), lexicon)[1] == EXACT:
        return [segment]
    for at in range(1, len(segment)):
        (left, good), (right, as_good) = (match_heading(text_of(s), lexicon) for s in (segment[:at], segment[at:]))
        if left != right and min(good, as_good) >= BARE:
            return [segment[:at], *_part_headings(segment[at:], lexicon)]
    return [segment]


def leave_out_prose(words: Iterable[Word], edges: Sequence[float]) -> tuple[list[Word], list[Word]]:
    """Part the words below the headings into those of the table and lines that run across its columns.

    Only lines above and below all others can be left out: what stands between rows belongs to one of them.
    """
    lines = visual_lines(words)
    runs = [_runs_across(line, edges) for line in lines]
    rows = [at for at, across in enumerate(runs) if not across]
    first, last = (rows[0], rows[-1]) if rows else (0, -1)
    # a line set as close as those of a cell is one, whatever it runs across
    while first > 0 and is_close(lines[first - 1], lines[first]):
        first -= 1
    while -1 < last < len(lines) - 1 and is_close(lines[last], lines[last + 1]):
        last += 1
    inside = [word for line in lines[first : last + 1] for word in line]
    return inside, [word for line in (*lines[:first], *lines[last + 1 :]) for word in line]


def _runs_across(line: Sequence[Word], edges: Sequence[float]) -> bool:
    crossed = sum(word.x0 < edge - _OVER and word.x1 > edge + _OVER for word in line for edge in edges[1:-1])
    spans = any(sum(part[0].x0 < edge < part[-1].x1 for edge in edges[1:-1]) > 1 for part in segments(line))
    return crossed > 1 or (crossed > 0 and spans)


def leave_out_headings(words: Sequence[Word], heading: Heading, lexicon: Lexicon) -> tuple[list[Word], list[float]]:
    """Leave out the headings where they come again among the rows of the same page.

    :returns: the other words, and the height of each place where headings stood
    """
    lines = visual_lines(words)
    space = widest_space(words)
    wanted = [key_of("".join(texts)) for texts in heading.texts]
    tall = max(len(texts) for texts in heading.texts)
    kept: list[Word] = []
    places: list[float] = []
    at = 0
    while at < len(lines):
        found = None
        near = [word for line in lines[at : at + tall + 1] for word in line]
        if sum(key_of(word.text) in _openers(lexicon) for word in near) > 2:
            for end in range(min(at + tall + 1, len(lines)), at, -1):
                made = _read_heading(lines[at:end], space, lexicon)
                if made and [key_of("".join(texts)) for texts in made.texts] == wanted:
                    found = end
                    break
        if found:
            places.append((lines[at][0].top + lines[found - 1][0].bottom) / 2)
            at = found
        else:
            kept += lines[at]
            at += 1
    return kept, places


def find_edges(words: Sequence[Word], heading: Heading, rules: Sequence[float] = ()) -> tuple[list[float], set[int]]:
    """Find where the columns end: where fewest words stand between the middles of two headings.

    :param words: all words of the table, from every page that has these headings
    :param rules: where vertical rules stand
    :returns: the left edge of every column and the right edge of the last; and the columns whose edges are not sure
    """
    lines = visual_lines(words)
    starts = [part[0].x0 for line in lines for part in segments(line)]
    left = min([heading.boxes[0][0], *(word.x0 for word in words)])
    right = max([heading.boxes[-1][1], *(word.x1 for word in words)])
    most = max(1, int(_FEW * len(lines)))
    edges, unsure = [left - 1], set()
    for at, ((low, high), (next_low, next_high)) in enumerate(zip(heading.boxes, heading.boxes[1:], strict=False)):
        ruled = [x for x in rules if high - _OVER <= x <= next_low + _OVER]
        if len(ruled) == 1:
            edges.append(ruled[0])
            continue
        free, crossed = _emptiest(words, heading, (low + high) / 2, (next_low + next_high) / 2)
        aligned = [gap for gap in free if abs(gap[1] - next_low) <= _ALIGNED]
        begun = {gap: sum(abs(start - gap[1]) <= _ALIGNED for start in starts) for gap in free}
        if len(free) == 1:
            chosen = free[0]
        elif aligned:
            chosen = aligned[-1]
        elif free:
            chosen = max(free, key=lambda gap: (begun[gap], gap[1] - gap[0]))
        else:
            chosen = (next_low - 1, next_low - 1)
        rivals = [count for gap, count in begun.items() if gap != chosen]
        if not free or crossed > most or (rivals and begun[chosen] <= 2 * max(rivals)):
            unsure |= {at, at + 1}
        edges.append((chosen[0] + chosen[1]) / 2)
    return [*edges, right + 1], unsure


def _emptiest(
    words: Sequence[Word], heading: Heading, start: float, end: float
) -> tuple[list[tuple[float, float]], int]:
    """Find the stretches that fewest words cover, and how many do."""
    near = [(word.x0, word.x1) for word in words if word.x1 > start and word.x0 < end]
    marks = sorted({start, end, *(x for span in (*near, *heading.boxes) for x in span if start < x < end)})
    least: int | None = None
    free: list[tuple[float, float]] = []
    for low, high in pairwise(marks):
        middle = (low + high) / 2
        if any(x0 < middle < x1 for x0, x1 in heading.boxes):
            continue
        count = sum(x0 < middle < x1 for x0, x1 in near)
        if free and free[-1][1] == low and count == least:
            free[-1] = free[-1][0], high
        elif least is None or count <= least or high - low >= _NARROWEST:
            if least is None or count < least:
                if high - low >= _NARROWEST:
                    least, free = count, [(low, high)]
            elif count == least:
                free.append((low, high))
    return [gap for gap in free if gap[1] - gap[0] >= _NARROWEST], least or 0


def by_column(words: Iterable[Word], edges: Sequence[float]) -> list[list[Word]]:
    """Part words by the column that their middle stands in."""
    columns: list[list[Word]] = [[] for _ in edges[1:]]
    for word in words:
        at = sum(word.middle >= edge for edge in edges[1:-1])
        columns[at].append(word)
    return columns


def split_band(band: Band, columns: Sequence[str | None], lexicon: Lexicon) -> list[Band]:
    """Part a stretch of a table into its rows by landmarks and white space; most are one row already."""
    begins = {
        at: found
        for at, (words, column) in enumerate(zip(band.words, columns, strict=True))
        if column in set(Column) and (found := begins_at(words, Column(column), lexicon))
    }
    words = [word for column in band.words for word in column]
    if not begins or not words:
        return [band]
    count = max(len(found) for found in begins.values())
    good = {at: found for at, found in begins.items() if len(found) == count}
    weak = len(good) < 2 and len(begins) > 1
    heights = [_inner(word) for word in words]
    strips = gaps(heights, min(top for top, _ in heights), max(bottom for _, bottom in heights))
    cuts: list[tuple[float, bool]] = []
    for at in range(count):
        tops = [found[at] for found in good.values()]
        above = max(found[at - 1] for found in good.values()) if at else float("-inf")
        free = [strip for strip in strips if above < strip[0] and strip[1] <= min(tops) + _SAME_LEVEL]
        if not free:
            if at:
                return [Band(band.words, [*band.doubts, ("row-edge", "several rows stand here without a gap between")])]
            continue
        level = max(tops) - min(tops) <= _SAME_LEVEL and len(tops) > 1
        nearest = free[-1]
        touching = level and min(tops) - nearest[1] <= _SAME_LEVEL
        tallest = max(free, key=lambda strip: strip[1] - strip[0])
        others = [strip[1] - strip[0] for strip in free if strip is not tallest]
        clear = not others or tallest[1] - tallest[0] >= max(others) + _APART
        if touching and (len(tops) > 2 or (clear and tallest is nearest)):
            cuts.append(((nearest[0] + nearest[1]) / 2, not weak))
        elif clear and (at or others):
            cuts.append(((tallest[0] + tallest[1]) / 2, not weak and len(good) > 2))
        elif at:
            chosen = nearest if touching else tallest
            cuts.append(((chosen[0] + chosen[1]) / 2, False))
    return _cut(band, cuts)


def _cut(band: Band, cuts: Sequence[tuple[float, bool]]) -> list[Band]:
    if not cuts:
        return [band]
    borders = [float("-inf"), *(at for at, _ in cuts), float("inf")]
    why = "the rows have no rule between them, and where this one begins or ends is not sure"
    bands = []
    for at, (low, high) in enumerate(pairwise(borders)):
        words = [[w for w in column if low < (w.top + w.bottom) / 2 <= high] for column in band.words]
        unsure = (at > 0 and not cuts[at - 1][1]) or (at < len(cuts) and not cuts[at][1])
        if any(words):
            bands.append(Band(words, [*band.doubts, *([("row-edge", why)] if unsure else [])]))
    return bands


def _inner(word: Word) -> tuple[float, float]:
    """Return the height that the letters of a word fill, without what lines set solid share."""
    return word.top + _SOLID * word.height, word.bottom - _SOLID * word.height


def begins_at(words: Sequence[Word], column: Column, lexicon: Lexicon) -> list[float]:
    """Find where cells of a column begin, by what opens them."""
    opening = _opening(lexicon).get(column)
    if opening is None:
        return []
    return [_inner(line[0])[0] for line in visual_lines(words) if opening.match(text_of(line))]


@cache
def _opening(lexicon: Lexicon) -> Mapping[Column, re.Pattern[str]]:
    anchors: Anchors = lexicon.anchors

    def any_of(words: Iterable[str]) -> str:
        return "(?:" + "|".join(sorted({re.escape(word) for word in words})) + ")"

    tasks = {text.split()[0] for task in lexicon.tasks for text in (task.label, *task.variants)}
    return {
        Column.TASK: re.compile(rf"\+ ?{any_of(tasks)}", re.IGNORECASE),
        Column.IMPACT: re.compile(rf"{any_of(anchors.pathway)} ?\d"),
        Column.EFFECTIVENESS: re.compile(rf"{any_of(anchors.pathway_genitive)} ?\d"),
        Column.PARTICIPATION: re.compile(r"\d{1,2} ?[:.](?!\d)"),
    }
