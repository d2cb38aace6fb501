"""Joining the lines of a cell: which hyphens at line ends belong to the word, and which only broke it.

The rules, tried in this order; ``before`` ends in the hyphen, ``after`` is the next word:

1. ``after`` is a conjunction: the hyphen is suspended, both words stay (``tavoite- ja kehitys-``);
2. ``before`` ends in an abbreviation in capitals: kept (``AVI-yhteistyö``);
3. the document has the word elsewhere, with or without the hyphen but not both: as it is there;
4. ``after`` begins with a capital or a digit: kept, in doubt (``Keski-Suomi``);
5. equal vowels meet: kept, in doubt (``linja-auto``);
6. else joined, in doubt (``johtamisverkosto``).

A hyphen with a space, a blank line or a page break behind it is always in doubt.
Soft hyphens are removed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from akegraph.table.columns import HYPHENS

SOFT_HYPHEN = "\u00ad"
_VOWELS = frozenset("aeiouyåäö")
_LONGEST_ABBREVIATION = 5
_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Join:
    """How two words stand on one line.

    :param text: the two words, joined or not
    :param one_word: whether they became one
    :param why: the reason to doubt it, or None
    """

    text: str
    one_word: bool
    why: str | None = None


def is_open(word: str) -> bool:
    """Tell whether a word ends in a hyphen and so waits for another."""
    return 1 < len(word) < _LONGEST_WORD and word[-1] in HYPHENS + SOFT_HYPHEN and word[-2].isalnum()


def bare(word: str) -> str:
    """Strip a word of the punctuation around it, and of its case."""
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end].casefold()


def join(
    before: str, after: str, attested: Collection[str], conjunctions: Sequence[str], *, adjacent: bool = True
) -> Join:
    """Decide how an open word and the next one stand on one line.

    :param attested: the other words of the document, as :func:`bare` makes them
    :param adjacent: whether nothing but one line break stands between the two
    """
    if before.endswith(SOFT_HYPHEN):
        return Join(before.rstrip(SOFT_HYPHEN) + after, one_word=True)
    if bare(after) in conjunctions:
        return Join(f"{before} {after}", one_word=False)
    kept, joined = before + after, before[:-1] + after
    decided = _by_rule(before, after, attested, kept, joined)
    if adjacent:
        return decided
    why = f"the hyphen of {before!r} and {after!r} have more than a line break between them"
    return Join(decided.text, decided.one_word, why)


def _by_rule(before: str, after: str, attested: Collection[str], kept: str, joined: str) -> Join:
    stem = before[:-1]
    if _is_abbreviation(stem) and after[:1].islower():
        return Join(kept, one_word=True)
    has_kept, has_joined = bare(kept) in attested, bare(joined) in attested
    if has_kept != has_joined:
        return Join(kept if has_kept else joined, one_word=True)
    where = "both ways" if has_kept else "nowhere else"
    why = f"{before!r} at a line end, then {after!r}: the document has the word {where}"
    if not after[:1].islower() or meets_itself(stem, after):
        return Join(kept, one_word=True, why=why)
    return Join(joined, one_word=True, why=why)


def _is_abbreviation(stem: str) -> bool:
    last = stem
    for hyphen in HYPHENS:
        last = last.rpartition(hyphen)[2]
    last = last.lstrip("(\"'”")
    return 1 < len(last) <= _LONGEST_ABBREVIATION and last.isalpha() and last.isupper()


def meets_itself(stem: str, after: str) -> bool:
    """Tell whether equal vowels meet, so that a compound keeps its hyphen: ``linja-auto``."""
    return stem[-1:].lower() == after[:1].lower() and stem[-1:].lower() in _VOWELS


def join_lines(
    lines: Sequence[str], attested: Collection[str], conjunctions: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Put the lines of a cell on one line.

    :returns: the text, and the reasons to doubt it
    """
    words: list[str] = []
    reasons: list[str] = []
    for line in lines:
        new = unicodedata.normalize("NFC", line).split()
        if new and words and is_open(words[-1]):
            decided = join(words.pop(), new.pop(0), attested, conjunctions)
            words.extend([decided.text] if decided.one_word else decided.text.split(" "))
            if decided.why:
                reasons.append(decided.why)
        words.extend(new)
    return " ".join(words).replace(SOFT_HYPHEN, ""), tuple(reasons)
