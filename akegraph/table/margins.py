"""What stands on the pages of a PDF beside its tables: headers, footers, and the page numbers in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from akegraph.table.columns import Anchors
from akegraph.table.geometry import Page, Word, is_close, text_of, visual_lines

_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_NUMBER = re.compile(r"\d{1,3}")
_DIGITS = re.compile(r"\d+")
_EDGE = 0.12
"""How far into a page, in its height, a header or a footer may reach."""
_SAME_PLACE = 3.0
_MANY = 0.4
"""On how many of the pages a header or a footer comes again: on every other one where left and right differ."""

Signature = tuple[str, int]


def find_furniture(pages: Sequence[Page], anchors: Anchors) -> list[set[Word]]:
    """Find, page by page, the words near the upper and lower edge that are header or footer.

    They are: what comes again on many pages at the same place but for its numbers, apart from what stands further in;
    a date; a number alone; a line with a word of a document's title that ends or begins with a number.
    """
    seen = Counter(sign for page in pages for sign in {_sign(line) for line in _at_edges(page)})
    many = max(2, _MANY * len(pages))
    found: list[set[Word]] = []
    for page in pages:
        words: set[Word] = set()
        inside = _continued(page)
        for line in _at_edges(page):
            text = text_of(line)
            again = seen[_sign(line)] >= many and not text.startswith("+") and line[0] not in inside
            if again or _DATE.fullmatch(text) or _lone_number(text, anchors) or _titled(text, anchors):
                words.update(line)
        found.append(words)
    return found


def number_pages(pages: Sequence[Page], outside: Sequence[Sequence[Word]], anchors: Anchors) -> dict[int, int]:
    """Find the printed number of every page: one that all pages' margins have, counting up one by one.

    :param outside: the words of each page that stand in no table
    :returns: the number by sheet; empty where no number fits all pages
    """
    shifts: list[set[int]] = []
    for page, words in zip(pages, outside, strict=True):
        found: set[int] = set()
        for line in visual_lines(words):
            text = text_of(line)
            alone = _lone_number(text, anchors)
            if alone:
                found.add(alone - page.sheet)
            elif len(pages) > 1 or _titled(text, anchors):
                parts = text.split()
                found |= {int(part) - page.sheet for part in (parts[0], parts[-1]) if _NUMBER.fullmatch(part)}
        shifts.append(found)
    common = set.intersection(*shifts) if shifts else set()
    common = {shift for shift in common if shift >= 0}
    if not common:
        return {}
    shift = 1 if 1 in common else min(common)
    return {page.sheet: page.sheet + shift for page in pages}


def _at_edges(page: Page) -> list[list[Word]]:
    lines = visual_lines(page.words)
    low, high = page.height * _EDGE, page.height * (1 - _EDGE)
    return [line for line in lines if line[0].top < low or line[0].bottom > high]


def _continued(page: Page) -> set[Word]:
    """Return the words near the edges that go on, line by line, what stands further in, as the end of a cell does."""
    lines = visual_lines(page.words)
    low, high = page.height * _EDGE, page.height * (1 - _EDGE)
    inner = [at for at, line in enumerate(lines) if line[0].top >= low and line[0].bottom <= high]
    if not inner:
        return set()
    first, last = inner[0], inner[-1]
    while first > 0 and is_close(lines[first - 1], lines[first]):
        first -= 1
    while last < len(lines) - 1 and is_close(lines[last], lines[last + 1]):
        last += 1
    return {word for line in lines[first : last + 1] for word in line}


def _sign(line: Sequence[Word]) -> Signature:
    return _DIGITS.sub("#", text_of(line)), round(line[0].top / _SAME_PLACE)


def _lone_number(text: str, anchors: Anchors) -> int | None:
    """Read the page number of a line like ``17``, ``- 17 -``, ``17 (45)`` or ``Sivu 17/45``."""
    rest = text.strip("-–— ").casefold()
    for word in anchors.page:
        rest = rest.removeprefix(word).strip()
    parts = re.fullmatch(r"(\d{1,3})(?: ?[/(] ?\d{1,3}\)?)?", rest)
    return int(parts[1]) if parts else None


def _titled(text: str, anchors: Anchors) -> bool:
    words = text.split()
    numbered = any(_NUMBER.fullmatch(word) for word in (words[0], words[-1]))
    return numbered and any(word in text.casefold() for word in anchors.document)
