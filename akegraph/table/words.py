"""A document as one run of words, each knowing where it stood and what parts it from the one before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from akegraph.table.columns import Anchors
from akegraph.table.decoding import UNREADABLE, is_garbled
from akegraph.table.furniture import SourceLine
from akegraph.table.hyphens import SOFT_HYPHEN, bare, is_open, join

_OPENED = re.compile(r"(\+)(\w.*)")
_NUMBERED = re.compile(r"(\d{1,3}[:.])([^\W\d].{3,})")
_SHORTEST_BROKEN = 8


@dataclass(frozen=True, slots=True)
class Word:
    """One word.

    :param text: the word as it belongs in a cell
    :param raw: the word as it stands in the document
    :param spaced: whether a space stands before it
    :param opens: whether a blank line stands before it
    :param after_break: whether a page break stands before it
    :param doubt: the reason to doubt it, as a code and a sentence
    """

    text: str
    raw: str
    line: int
    sheet: int
    spaced: bool = True
    opens: bool = False
    after_break: bool = False
    starts_line: bool = False
    doubt: tuple[str, str] | None = None


def text_of(words: Sequence[Word]) -> str:
    """Put words on one line as they belong in a cell."""
    return "".join(f" {word.text}" if word.spaced else word.text for word in words).strip()


def raw_of(words: Sequence[Word]) -> str:
    """Put words on one line as they stand in the document."""
    return "".join(f" {word.raw}" if word.spaced else word.raw for word in words if word.raw).strip()


def read_words(lines: Sequence[SourceLine], anchors: Anchors) -> list[Word]:
    """Split lines into words and put together those that a line end broke."""
    words = _split(lines)
    attested = _attested(words)
    return _rejoin(_join_hyphens(words, attested, anchors), attested)


def _split(lines: Sequence[SourceLine]) -> list[Word]:
    words: list[Word] = []
    blank = True
    sheet = 0
    for line in lines:
        pieces = [piece for printed in line.text.split() for piece in _pieces(printed)]
        for at, (piece, spaced) in enumerate(pieces):
            first = at == 0
            broken = first and line.sheet != sheet
            words.append(
                Word(
                    _readable(piece),
                    piece,
                    line.number,
                    line.sheet,
                    spaced=spaced,
                    # blank lines beside a page break belong to the page, not to the table
                    opens=first and blank and not broken,
                    after_break=broken,
                    starts_line=first,
                    doubt=_garbled(piece),
                )
            )
        blank = not pieces
        sheet = line.sheet if pieces else sheet
    return words


def _pieces(printed: str) -> list[tuple[str, bool]]:
    """Part a plus sign or a number from the word it is glued to: ``+Polku``, ``1:Kirjastojen``."""
    if parts := _OPENED.fullmatch(printed) or _NUMBERED.fullmatch(printed):
        return [(parts[1], True), (parts[2], False)]
    return [(printed, True)]


def _readable(piece: str) -> str:
    return piece.replace(UNREADABLE, "") or piece


def _garbled(piece: str) -> tuple[str, str] | None:
    return ("unreadable-character", f"{piece!r} has characters that cannot be read") if is_garbled(piece) else None


def _attested(words: Sequence[Word]) -> Counter[str]:
    """Count the words that no line end has broken."""
    whole = Counter[str]()
    for at, word in enumerate(words):
        broken = is_open(word.text) or (at > 0 and is_open(words[at - 1].text))
        if not broken:
            whole[bare(word.text.replace(SOFT_HYPHEN, ""))] += 1
    return whole


def _join_hyphens(words: Sequence[Word], attested: Counter[str], anchors: Anchors) -> list[Word]:
    joined: list[Word] = []
    for word in words:
        before = joined[-1] if joined else None
        if before is None or not is_open(before.text) or not word.spaced or word.text == "+":
            joined.append(word)
            continue
        adjacent = word.starts_line and not word.opens and not word.after_break
        decided = join(before.text, word.text, attested, anchors.conjunction, adjacent=adjacent)
        if decided.one_word:
            doubt = before.doubt or word.doubt or (("line-end-hyphen", decided.why) if decided.why else None)
            raw = f"{before.raw} {word.raw}"
            joined[-1] = replace(before, text=decided.text, raw=raw, doubt=doubt)
        else:
            joined.append(word)
    return [replace(w, text=w.text.replace(SOFT_HYPHEN, ""), raw=w.raw.replace(SOFT_HYPHEN, "")) for w in joined]


def _rejoin(words: Sequence[Word], attested: Counter[str]) -> list[Word]:
    """Put together two words that the document has elsewhere as one; each such place is in doubt."""
    whole: list[Word] = []
    for word in words:
        before = whole[-1] if whole else None
        if before is None or word.opens or word.after_break or not _is_broken(before.text, word.text, attested):
            whole.append(word)
            continue
        one = before.text + word.text
        why = f"{before.text!r} and {word.text!r} stand apart, but the document has {bare(one)!r} elsewhere"
        whole[-1] = replace(before, text=one, raw=f"{before.raw} {word.raw}", doubt=("broken-word", why))
    return whole


def _is_broken(before: str, after: str, attested: Counter[str]) -> bool:
    return (
        before[-1:].isalpha()
        and after[:1].islower()
        and min(len(before), len(after)) > 1
        and len(before) + len(after) >= _SHORTEST_BROKEN
        and bare(before + after) in attested
        and min(attested[bare(before)], attested[bare(after)]) <= 1
    )
