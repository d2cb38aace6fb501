"""Words that a line end spoilt and no hyphen tells of: cut in two, or glued to what stood on the next line.

A program that turns pages into text leaves a word in two where a column was too narrow for it, and takes a hyphen at a
line's end for one that the line needed, even where it was the author's: ``tavoite- ja`` becomes ``tavoiteja``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from akegraph.table.hyphens import bare, is_open
from akegraph.table.spelling import Spelling
from akegraph.table.words import Word

_SHORTEST_ALONE = 8
_SHORTEST_GLUED = 8
_SHORTEST_STEM = 4
_CODE = "broken-word"


def mend_line_ends(words: Sequence[Word], spelling: Spelling, conjunctions: Sequence[str]) -> list[Word]:
    """Join words that a line end cut in two, and doubt those that may be cut or glued.

    :param words: the words, those joined already that a hyphen shows to be one
    """
    attested = _count_inside(words)
    # where a line ends in a hyphen, the program took none away
    hyphened = any(
        is_open(word.raw.partition(" ")[0]) and (" " in word.raw or after.starts_line)
        for word, after in pairwise(words)
    )
    whole: list[Word] = []
    for word in words:
        before = whole[-1] if whole else None
        if before is None or not _may_continue(before, word):
            whole.append(word)
            continue
        one = bare(before.text + word.text)
        parts = bare(before.text), bare(word.text)
        known = [spelling.knows(part) or part in attested for part in parts]
        if spelling.knows(one) and not all(known):
            why = f"{before.text!r} ends a line and {word.text!r} begins the next, but {one!r} is known as one word"
            text, raw = before.text + word.text, f"{before.raw} {word.raw}"
            whole[-1] = replace(before, text=text, raw=raw, doubt=before.doubt or word.doubt or (_CODE, why))
            continue
        alone = before.starts_line and len(parts[0]) >= _SHORTEST_ALONE
        if (alone and not any(known)) or (len(parts[1]) == 1 and not known[1]):
            why = f"{before.text!r} fills a line, so {word.text!r} on the next may be the rest of the same word"
            whole[-1] = replace(before, doubt=before.doubt or (_CODE, why))
        whole.append(word)
    return [
        replace(word, doubt=(_CODE, why))
        if not word.doubt and (why := _glued(word, following, spelling, attested, conjunctions, hyphened=hyphened))
        else word
        for word, following in zip(whole, [*whole[1:], None], strict=True)
    ]


def _count_inside(words: Sequence[Word]) -> Counter[str]:
    """Count the words that stand at no line end, so that none can have spoilt them."""
    return Counter(
        bare(word.text)
        for word, after in zip(words, [*words[1:], None], strict=True)
        if (word.opens or not word.starts_line) and (after is None or after.opens or not after.starts_line)
    )


def _may_continue(before: Word, word: Word) -> bool:
    """Tell whether one line break stands between two words that letters alone would join."""
    parted = word.starts_line and word.spaced and not word.opens and not word.after_break
    return parted and before.text[-1].isalpha() and word.text[:1].islower()


def _glued(
    word: Word,
    following: Word | None,
    spelling: Spelling,
    attested: Counter[str],
    conjunctions: Sequence[str],
    *,
    hyphened: bool,
) -> str:
    """Say why a word may be two whose hyphen was taken away; empty where it is not."""
    text = bare(word.text)
    if len(text) < _SHORTEST_GLUED or spelling.knows(text) or not text.isalpha():
        return ""
    unhyphened = not hyphened and attested[text] < 2
    after = following is not None and following.text[:1].islower() and word.text[-1].isalpha()
    for conjunction in conjunctions:
        stem = text.removesuffix(conjunction)
        if after and _SHORTEST_STEM < len(stem) < len(text):
            return f"{word.text!r} may be '{stem}-' and {conjunction!r}, whose hyphen at a line end was taken away"
    capitals = len(word.text) - len(word.text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ"))
    if unhyphened and capitals > 1 and len(word.text) - capitals >= _SHORTEST_STEM:
        return f"{word.text!r} may have had a hyphen at a line end that was taken away"
    return ""
