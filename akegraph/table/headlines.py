"""Taking the headings out of a run of words: together, as on one line, or torn apart where a page breaks a row.

Where headings stand together, nothing of a row is between them. Where words stand between them, a page break has put
the rests of a row into the cells of the headings: which cells these belong to the text does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon, match_at
from akegraph.table.headings import key_of, spelled_headings, stem_of
from akegraph.table.model import Column
from akegraph.table.words import Word, text_of

_FEWEST_TOGETHER = 4
_FEWEST_APART = 3
_FAR = 60
"""How many words may stand between two headings of one row of headings that a page break tore apart."""
_LONGEST = 15
"""How many words a heading may have."""


@dataclass(frozen=True, slots=True)
class Headings:
    """A stretch of words that are headings.

    :param columns: the notation and the text as printed, in the order of the text
    """

    start: int
    end: int
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left when the headings are taken out.

    :param printed: the headings by column
    :param taken: the words that were headings
    :param torn: the lines that stand between headings torn apart
    """

    words: list[Word]
    printed: dict[str, str]
    taken: list[Word]
    torn: frozenset[int]


def take_headings(words: list[Word], lexicon: Lexicon, file: str) -> Taken:
    """Take the headings out of the words, wherever they are repeated.

    :raises SourceError: if the headings stand in another order than the cells can be read in
    """
    groups = find_headings(words, lexicon)
    printed: dict[str, str] = {}
    taken: list[Word] = []
    torn: set[int] = set()
    kept = list(words)
    for at, group in reversed(list(enumerate(groups))):
        _refuse_order(group, lexicon, file)
        for before, after in pairwise(group):
            torn |= {word.line for word in words[before.end : after.start]}
        for headings in reversed(group):
            printed |= dict(headings.columns)
            taken[:0] = words[headings.start : headings.end]
            following = kept[headings.end : headings.end + 1]
            if at or len(group) > 1:
                following = [replace(word, after_break=True, opens=False) for word in following]
            kept[headings.start : headings.end + 1] = following
    return Taken(kept, printed, taken, frozenset(torn))


def find_headings(words: Sequence[Word], lexicon: Lexicon) -> list[list[Headings]]:
    """Find every place with headings: at least four that follow one another, or several torn apart.

    :returns: the places, each as one stretch or, where it is torn, as several
    """
    stretches = _find_stretches(words, lexicon)
    groups: list[list[Headings]] = []
    for stretch in stretches:
        seen = {column for part in groups[-1] for column, _ in part.columns} if groups else set()
        near = bool(groups) and stretch.start - groups[-1][-1].end <= _FAR
        if near and not seen & {column for column, _ in stretch.columns}:
            groups[-1].append(stretch)
        else:
            groups.append([stretch])
    return [group for group in groups if _is_enough(group)]


def _is_enough(group: Sequence[Headings]) -> bool:
    counts = [len({column for column, _ in part.columns}) for part in group]
    return max(counts) >= _FEWEST_TOGETHER or (sum(counts) >= _FEWEST_APART and len(group) > 1)


def _find_stretches(words: Sequence[Word], lexicon: Lexicon) -> list[Headings]:
    """Find headings that follow one another, and those that have lines of their own."""
    found: list[Headings] = []
    at = 0
    while at < len(words):
        end, columns = at, []
        while end < len(words) and (match := _heading_at(words, end, lexicon)):
            columns.append((match[0], text_of(words[end : match[1]])))
            end = match[1]
        distinct = len({column for column, _ in columns})
        own_lines = words[at].starts_line and (end == len(words) or words[end].starts_line)
        if distinct >= _FEWEST_TOGETHER or (columns and own_lines and distinct == len(columns)):
            found.append(Headings(at, end, tuple(columns)))
            at = end
        else:
            at += 1
    return found


def _heading_at(words: Sequence[Word], at: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """Find the longest heading that begins at a word.

    :returns: the column's notation and the index after the heading
    """
    texts = [word.text for word in words[at : at + _LONGEST]]
    known = match_at(texts, 0, lexicon.columns)
    spelled = spelled_headings(lexicon)
    found = (known[0].notation, at + known[1]) if known else None
    for length in range(1, len(texts) + 1):
        text = " ".join(texts[:length])
        stem = stem_of(text)
        # a plus sign opens the first cell below the headings
        if texts[length - 1][0] == "+" or not any(key.startswith(stem) for key in spelled):
            break
        last = texts[length - 1]
        ends = text.count("(") <= text.count(")") and last[-1] not in ",;" and bool(key_of(last))
        if ends and stem in spelled and (not known or length > known[1]):
            found = spelled[stem], at + length
    return found


def _refuse_order(group: Sequence[Headings], lexicon: Lexicon, file: str) -> None:
    ranks = {column: rank for rank, column in enumerate(Column)}
    order = [ranks[Column(column)] for part in group for column, _ in part.columns]
    if order != sorted(order):
        right = ", ".join(repr(lexicon.heading(column)) for column in Column)
        what = f"the headings stand in another order than {right}; flattened text can be read in this order only"
        raise SourceError(what, file=file)
