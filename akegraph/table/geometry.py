"""Words on a page by their places: visual lines, columns' edges, and which lines reach them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from akegraph.table.grids import Line

_SAME_LINE = 0.4
"""How far apart, in heights, the middles of words on one line may be."""
_CLOSE = 0.7
"""How many line heights of white space at most part the lines of one cell."""
_TOUCHING = 0.06
_WIDEST_SPACE = 0.5
_MARK = 0.3
_SLACK = 0.6
"""Points by which a line may miss an edge and still count as reaching it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in points, from the top left of the page.

    :param first: the width of its first character
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    first: float

    @property
    def width(self) -> float:
        """The width of the word."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """The height of the line that the word stands on."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The horizontal middle of the word."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, from the top left of the page."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows.

    :param sheet: the page counted from 0
    :param rules: horizontal rules, as long as they go without a gap
    :param verticals: vertical rules, likewise
    :param tables: the cells of each table whose rules close them
    """

    sheet: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...] = ()
    tables: tuple[tuple[Box, ...], ...] = ()
    verticals: tuple[Box, ...] = ()


def visual_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Part words into lines from top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        if lines and abs(_level(word) - _level(lines[-1][0])) <= _SAME_LINE * min(word.height, lines[-1][0].height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x0) for line in lines]


def _level(word: Word) -> float:
    return (word.top + word.bottom) / 2


def widest_space(words: Iterable[Word]) -> float:
    """Find how wide a space between words of a sentence may be here, in heights of the line."""
    spaces = sorted((b.x0 - a.x1) / b.height for line in visual_lines(words) for a, b in pairwise(line))
    usual = spaces[len(spaces) // 2] if spaces else 0.0
    return min(max(_WIDEST_SPACE, usual * 1.35), 2 * _WIDEST_SPACE)


def segments(line: Sequence[Word], widest_space: float = _WIDEST_SPACE) -> list[list[Word]]:
    """Part a line where the space is wider than that between two words of a sentence.

    :param widest_space: in heights of the line
    """
    parts: list[list[Word]] = []
    for word in line:
        if parts and word.x0 - parts[-1][-1].x1 <= widest_space * word.height:
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


def text_of(words: Iterable[Word]) -> str:
    """Put words on one line; what touches is one word, its letters of two sizes."""
    text, end = "", 0.0
    for word in words:
        apart = bool(text) and word.x0 - end >= _TOUCHING * word.height
        text, end = f"{text} {word.text}" if apart else text + word.text, word.x1
    return text


def is_close(above: Sequence[Word], below: Sequence[Word]) -> bool:
    """Tell whether two lines are set as close as those of one cell."""
    return min(word.top for word in below) - max(word.bottom for word in above) <= _CLOSE * below[0].height


def _hanging(word: Word) -> float:
    """Return how wide the punctuation mark is that a word ends with."""
    return _MARK * word.height if word.text[-1] in ",.;:" else 0.0


def gaps(intervals: Iterable[tuple[float, float]], start: float, end: float) -> list[tuple[float, float]]:
    """Find what of a stretch no interval covers."""
    free: list[tuple[float, float]] = []
    at = start
    for low, high in sorted(intervals):
        if low > at:
            free.append((at, min(low, end)))
        at = max(at, high)
        if at >= end:
            break
    if at < end:
        free.append((at, end))
    return [(low, high) for low, high in free if high - low > 0]


def to_lines(columns: Sequence[Sequence[Sequence[Word]]]) -> list[tuple[Line, ...]]:
    """Turn the cells of one column, each its lines of words, into lines that tell whether they reach the edge.

    How wide the column is inside is what its widest line shows. Where lines are justified, a line is measured with the
    narrowest spaces that the column has.
    """
    lines = [line for cell in columns for line in cell if line]
    if not lines:
        return [() for _ in columns]
    left = min(line[0].x0 for line in lines)
    # a comma may hang over the edge, so it does not tell where the edge is
    right = max(line[-1].x1 - _hanging(line[-1]) for line in lines)
    widest = max(line[-1].x1 - _hanging(line[-1]) - line[0].x0 for line in lines)
    spaces = sorted((after.x0 - before.x1) / after.height for line in lines for before, after in pairwise(line))
    space = max(spaces[len(spaces) // 10], 0.1) if spaces else 0.25

    def make(line: Sequence[Word], following: Sequence[Word] | None) -> Line:
        if following is None:
            return Line(text_of(line))
        after = following[0]
        natural = sum(word.width for word in line) + space * line[0].height * (len(line) - 1)
        reach = natural + after.first + _SLACK
        full = reach > widest or line[0].x0 + reach > right
        inside = min(widest, right - left)
        fits = line[-1].width + after.width < inside - _SLACK
        return Line(text_of(line), full, fits)

    return [
        tuple(make(line, cell[at + 1] if at + 1 < len(cell) else None) for at, line in enumerate(cell))
        for cell in columns
    ]
