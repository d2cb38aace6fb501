"""Telling page headers and footers from the table, and what they say of the pages.

Three kinds of line are furniture by themselves: one with a word of a document's title and a page number at an
end; a page number alone between blank lines; a line that comes again with the next number. Dates and title
words on lines of their own, within three lines of these or of a form feed, are furniture too, with all in
between.
What is taken for furniture inside a row leaves a gap there, and no cell with a gap is taken on trust.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from akegraph.table.columns import Anchors
from akegraph.table.model import DroppedLine

_REACH = 3
_LONGEST_TITLE = 4
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_PAGE = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line that may belong to a cell.

    :param sheet: how many page breaks come before it
    """

    number: int
    text: str
    sheet: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A document as lines, without its furniture.

    :param numbers: the page number printed at each page break, where one is
    """

    lines: tuple[SourceLine, ...]
    numbers: tuple[int | None, ...]
    dropped: tuple[DroppedLine, ...]


def lay_out(text: str, anchors: Anchors) -> Layout:
    """Split a text into lines and take out the furniture."""
    lines: list[str] = []
    feeds: set[int] = set()
    for sheet in text.split("\f"):
        feeds.add(len(lines))
        lines.extend(" ".join(line.split()) for line in sheet.splitlines())
    feeds.discard(0)
    numbers = _page_numbers(lines, feeds, anchors)
    spans = _spans(lines, feeds, numbers, anchors)

    kept: list[SourceLine] = []
    dropped: list[DroppedLine] = []
    printed: list[int | None] = []
    at = 0
    for start, end in [*spans, (len(lines), len(lines))]:
        kept += [SourceLine(n + 1, lines[n], len(printed)) for n in range(at, start)]
        dropped += [DroppedLine(n + 1, lines[n]) for n in range(start, end) if lines[n]]
        found = sorted({numbers[n] for n in range(start, end) if n in numbers})
        printed.append(found[-1] if found else None)
        at = max(at, end)
    return Layout(tuple(kept), tuple(printed[:-1]), tuple(dropped))


def number_pages(
    layout: Layout, first: int, last: int, first_page: int | None
) -> tuple[Callable[[int], int], list[str]]:
    """Find the page of every sheet.

    A number belongs to the page that it opens, unless the first one comes after the first row and the last
    one after the last row: then the numbers are at the feet.

    :param first: the sheet on which the first row begins
    :param last: the sheet on which the last row ends
    :param first_page: the page of the first row, when the user says so
    :returns: the page by sheet, and notes
    """
    at_foot = first == 0 and last < len(layout.numbers) and layout.numbers[-1] is not None
    shift = 0 if at_foot else 1
    pages = {sheet + shift: number for sheet, number in enumerate(layout.numbers) if number is not None}
    notes = [f"page numbers are at the {'foot' if at_foot else 'head'} of the pages"] if pages else []
    if not pages and first_page is None:
        notes.append("no page number was found; pages are counted from 1")
    if first_page is not None:
        if pages.get(first, first_page) != first_page:
            notes.append(f"the first row is taken to be on page {first_page}; the document says {pages[first]}")
        pages[first] = first_page
    known = sorted(pages) or [first]
    pages.setdefault(known[0], 1)

    def page(sheet: int) -> int:
        nearest = max((s for s in known_sheets if s <= sheet), default=known_sheets[0])
        return max(1, pages[nearest] + sheet - nearest)

    known_sheets = sorted(pages)
    steps = [(pages[b] - pages[a], b - a) for a, b in pairwise(known_sheets)]
    if any(rise != sheets for rise, sheets in steps):
        notes.append("the page numbers found do not count up one by one; check the pages of the rows")
    return page, notes


def _page_numbers(lines: list[str], feeds: set[int], anchors: Anchors) -> dict[int, int]:
    """Find the lines that are furniture by themselves, with the page number of each."""
    numbers = {n: page for n, line in enumerate(lines) if (page := _title_page(line, anchors))}
    numbers |= _counting_lines(lines, anchors)
    for n, line in enumerate(lines):
        above = n == 0 or n in feeds or not lines[n - 1] or n - 1 in numbers
        below = n + 1 >= len(lines) or n + 1 in feeds or not lines[n + 1] or n + 1 in numbers
        if above and below and (page := _lone_page(line, anchors)):
            numbers[n] = page
    return numbers


def _title_page(line: str, anchors: Anchors) -> int | None:
    """Read the page number of a line like ``Akepiken vuosisuunnitelma 2026 17``."""
    words = line.split()
    if len(words) < 2 or not any(word in line.casefold() for word in anchors.document):
        return None
    number = next((word for word in (words[-1], words[0]) if _PAGE.fullmatch(word)), None)
    return int(number) if number else None


def _lone_page(line: str, anchors: Anchors) -> int | None:
    """Read the page number of a line like ``17``, ``– 17 –``, ``17 (45)`` or ``Sivu 17/45``."""
    text = line.strip("-–— ").casefold()
    for word in anchors.page:
        text = text.removeprefix(word).strip()
    number = text.replace("/", " ").replace("(", " ").split()[:1]
    rest = text[len(number[0]) :] if number else ""
    if number and _PAGE.fullmatch(number[0]) and not rest.strip(" /()0123456789"):
        return int(number[0])
    return None


def _counting_lines(lines: list[str], anchors: Anchors) -> dict[int, int]:
    """Find the lines that come several times, their last word one higher each time."""
    cell_words = {word for words in (anchors.path, anchors.pathway, anchors.pathway_genitive) for word in words}
    series: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for n, line in enumerate(lines):
        start, _, last = line.rpartition(" ")
        if start and _PAGE.fullmatch(last) and not cell_words & set(start.lstrip("+ ").split()):
            series[start].append((n, int(last)))
    found: dict[int, int] = {}
    for places in series.values():
        numbers = [number for _, number in places]
        if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            found |= dict(places)
    return found


def _spans(lines: list[str], feeds: set[int], numbers: dict[int, int], anchors: Anchors) -> list[tuple[int, int]]:
    """Find the stretches of furniture, each one page break; an empty stretch is a form feed alone."""

    def is_furniture(n: int) -> bool:
        line = lines[n].casefold()
        title = len(line.split()) <= _LONGEST_TITLE and any(word in line for word in anchors.document)
        return n not in numbers and (title or _DATE.fullmatch(line) is not None)

    spans: list[tuple[int, int]] = []
    seeds = [(n, n + 1) for n in numbers] + [(n, n) for n in feeds]
    for start, end in sorted(seeds):
        while (above := _within_reach(lines, range(start - 1, -1, -1), is_furniture)) is not None:
            start = above
        while (below := _within_reach(lines, range(end, len(lines)), is_furniture)) is not None:
            end = below + 1
        if spans and not any(lines[spans[-1][1] : start]):
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def _within_reach(lines: list[str], order: range, wanted: Callable[[int], bool]) -> int | None:
    def filled() -> Iterator[int]:
        reach = 0
        for n in order:
            if lines[n]:
                reach += 1
                yield n
            if reach == _REACH:
                return

    return next((n for n in filled() if wanted(n)), None)
