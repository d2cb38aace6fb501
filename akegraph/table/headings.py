"""Recognising the headings of a plan's columns: in any order, in three languages, with small variations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from akegraph.table.columns import Lexicon
from akegraph.table.grids import Grid, GridRow
from akegraph.table.model import Column

FEWEST = 4
"""How many columns must be recognised for a table to be a plan's."""
EXACT, BARE, _LONGER, _LIKE = 4, 3, 2, 1
"""How well a heading is known: word for word, but for what stands in parentheses, by its beginning, by likeness."""
_LEAST_LIKE, _LEAST_APART, _SHORTEST = 0.78, 0.1, 5
_SEARCHED, _TALLEST = 60, 3
_PARENTHESES = re.compile(r"\([^)]*(?:\)|$)")
_LONGEST = 120

OWN = ("id", "page", "row", "continues")
"""Columns of ``rows.csv`` that a table may bring back."""
STATE, CELL = "state: ", "cell: "


@dataclass(frozen=True, slots=True)
class Header:
    """Where the headings of a plan's table stand in a grid.

    :param start: the index of the first row of the headings
    :param end: the index of the row after the last one
    :param columns: the place of each column that was recognised, by notation
    :param own: the place of each column that ``rows.csv`` has beside those of the plan
    :param extra: the other headings, by place
    :param unsure: columns that were recognised by likeness only
    """

    start: int
    end: int
    columns: Mapping[str, int]
    texts: Mapping[str, str]
    own: Mapping[str, int]
    extra: Mapping[int, str]
    unsure: frozenset[str]
    quality: int


def key_of(text: str) -> str:
    """Make headings equal that differ in anything but letters and digits."""
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


@cache
def _known(lexicon: Lexicon) -> tuple[dict[str, str], dict[str, str]]:
    """Map the keys of all headings, whole and without parentheses, to columns."""
    spelled: dict[str, str] = {}
    for wording in reversed(lexicon.columns):
        for text in (*wording.variants, wording.label):
            spelled[text] = wording.notation
    spelled |= {text: column for text, column in lexicon.anchors.headings if text not in spelled}
    whole = {key_of(text): column for text, column in spelled.items()}
    bare = {stem_of(text): column for text, column in spelled.items()}
    return whole, {key: column for key, column in bare.items() if key}


def spelled_headings(lexicon: Lexicon) -> Mapping[str, str]:
    """Return the column of every known heading, spelled as :func:`stem_of` does."""
    return _known(lexicon)[1]


def stem_of(text: str) -> str:
    """Spell a heading by its letters and digits, without what stands in parentheses."""
    return key_of(_PARENTHESES.sub("", text))


def match_heading(text: str, lexicon: Lexicon) -> tuple[str | None, int]:
    """Find the column that a heading names.

    :returns: the column's notation or None, and how good the match is, from 4 (word for word) to 0
    """
    key = key_of(text)
    if not key or len(text) > _LONGEST:
        return None, 0
    whole, bare = _known(lexicon)
    if column := whole.get(key):
        return column, EXACT
    stem = stem_of(text)
    if column := bare.get(stem):
        return column, BARE
    if column := _begins(text, bare):
        return column, _LONGER
    return _alike(stem, bare)


def _begins(text: str, bare: Mapping[str, str]) -> str | None:
    """Find the one column whose heading the text begins with, if no other column is named behind it."""
    words = _PARENTHESES.sub("", text).replace("/", " ").split()
    for end in range(len(words) - 1, 0, -1):
        start = key_of(" ".join(words[:end]))
        if len(start) >= _SHORTEST and (column := bare.get(start)):
            others = {bare.get(key_of(word)) for word in words[end:]} | {bare.get(key_of(" ".join(words[end + 1 :])))}
            return column if others <= {column, None} else None
    return None


def _alike(key: str, bare: Mapping[str, str]) -> tuple[str | None, int]:
    if len(key) < _SHORTEST:
        return None, 0
    likeness: dict[str, float] = {}
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for known, column in bare.items():
        matcher.set_seq1(known)
        if len(known) >= _SHORTEST and matcher.real_quick_ratio() > _LEAST_LIKE - _LEAST_APART:
            likeness[column] = max(matcher.ratio(), likeness.get(column, 0))
    ranked = sorted(((ratio, column) for column, ratio in likeness.items()), reverse=True)
    if ranked and ranked[0][0] >= _LEAST_LIKE and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _LEAST_APART):
        return ranked[0][1], _LIKE
    return None, 0


def find_header(grid: Grid, lexicon: Lexicon) -> Header | None:
    """Find the rows of a grid that are the headings of a plan; the best ones, the first among equals."""
    best: Header | None = None
    for start in range(min(len(grid.rows), _SEARCHED)):
        for end in range(start + 1, min(start + _TALLEST, len(grid.rows)) + 1):
            header = read_header(grid.rows[start:end], lexicon, start)
            if header and (best is None or header.quality > best.quality):
                best = header
    return best


def read_header(rows: Sequence[GridRow], lexicon: Lexicon, start: int) -> Header | None:
    """Read rows as headings; None where fewer than four columns are named in them.

    Where headings are of several rows, a column's is the first of: the lowest row that names a column, all rows
    together.
    """
    found: dict[str, tuple[int, int, str]] = {}
    own: dict[str, int] = {}
    extra: dict[int, str] = {}
    for at in range(max(len(row.cells) for row in rows)):
        texts = [row.cells[at].text for row in rows if at < len(row.cells) and row.cells[at].text]
        spanned = all(row.cells[at].spanned == "right" for row in rows if at < len(row.cells))
        texts = list(dict.fromkeys(texts))
        if not texts or spanned:
            continue
        if key := _own(texts[-1]):
            own.setdefault(key, at)
            continue
        joined = " ".join(texts) if len(texts) > 1 else ""
        matches = [(*match_heading(text, lexicon), text) for text in (*reversed(texts), joined) if text]
        column, quality, text = max(matches, key=lambda match: match[1])
        if column is None or (column in found and found[column][1] >= quality):
            extra[at] = texts[-1]
            continue
        if column in found:
            extra[found[column][0]] = found[column][2]
        found[column] = at, quality, text
    if len(found) < FEWEST:
        return None
    # a row of cells is no row of headings only because some of its cells begin with such a word
    if len(rows) > 1 and any(not any(_names(c.text, lexicon) for c in row.cells if c.text) for row in rows[1:]):
        return None
    columns = {column.value: found[column][0] for column in Column if column in found}
    printed = {column: found[column][2] for column in columns}
    unsure = frozenset(column for column, (_, quality, _) in found.items() if quality == _LIKE)
    quality = sum(quality for _, quality, _ in found.values()) * 10 - len(rows)
    return Header(start, start + len(rows), columns, printed, own, extra, unsure, quality)


def _names(text: str, lexicon: Lexicon) -> bool:
    return match_heading(text, lexicon)[0] is not None


def _own(text: str) -> str | None:
    """Tell whether a heading is one that ``rows.csv`` has beside those of the plan."""
    if text in OWN or text.startswith((STATE, CELL)):
        return text
    return None
