"""Splitting the run of words between the path and the pathway: activity, output and outcome.

Nothing but blank lines parts these three cells, and blank lines go missing and come in where none belong. The
split is sure only if there is no other way to read it:

* exactly two blank lines, each with a capital behind it and no comma, colon or conjunction before it,
* no other word inside that could as well begin a cell (a capital after a word that can end one),
* no page break, no plus sign, and a blank line before the first word;

or if the last part is word for word the outcome of a row that is sure, and the rest is sure as two cells by
the same rules. Everything else is split at the likeliest places, and every cell
that could be otherwise is in doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from akegraph.table.columns import DASHES, normalise
from akegraph.table.words import Word, text_of

_QUOTES = "\"'”’«»“"
_CONTINUING = ",;:(/&" + DASHES


@dataclass(frozen=True, slots=True)
class Split:
    """Where the two borders are, and how many of the three cells are in doubt, counted from the left.

    :param borders: the index of the first word of the output and of the outcome
    :param reason: the reason of the doubt as a code and a sentence
    """

    borders: tuple[int, int]
    doubtful: int = 0
    reason: tuple[str, str] = ("", "")

    def parts(self, words: Sequence[Word]) -> tuple[Sequence[Word], Sequence[Word], Sequence[Word]]:
        """Cut the words at the borders."""
        first, second = self.borders
        return words[:first], words[first:second], words[second:]


def split_middle(
    words: Sequence[Word], conjunctions: Sequence[str], outcomes: Collection[str], *, break_behind: bool
) -> Split:
    """Split the words into three cells.

    :param outcomes: the outcomes of rows that are sure, normalised
    :param break_behind: whether a page break stands right behind the words
    """
    blank = [at for at in range(1, len(words)) if words[at].opens]
    begins = [at for at in range(len(words)) if _may_begin(words, at, conjunctions)]
    flaw = _flaw(words, break_behind=break_behind)
    if not flaw and words and 0 in begins and blank == begins[1:] and len(blank) == 2:
        return Split((blank[0], blank[1]))

    tail = _attested_tail(words, outcomes)
    if tail and tail in blank and not _flaw(words[tail:], break_behind=break_behind):
        before = [at for at in blank if at < tail]
        others = [at for at in begins if at < tail]
        if not _flaw(words[:tail], break_behind=False) and others == [0, *before] and len(before) == 1:
            return Split((before[0], tail))
        first = _likeliest(words[:tail], conjunctions, 1)
        return Split((first[0] if first else tail, tail), 2, flaw or _reason(words[:tail], before, others, 1))

    if tail:
        first = _likeliest(words[:tail], conjunctions, 1)
        borders = (first[0] if first else tail, tail)
    else:
        places = _likeliest(words, conjunctions, 2)
        padded = [*places, len(words), len(words)]
        borders = (padded[0], padded[1])
    return Split(borders, 3, flaw or _reason(words, blank, begins, 2))


def _may_begin(words: Sequence[Word], at: int, conjunctions: Sequence[str]) -> bool:
    """Tell whether a word could begin a cell: it has a capital, and the word before it can end one."""
    initial = words[at].text.lstrip(_QUOTES)[:1]
    if not initial.isupper():
        return False
    if at == 0:
        return True
    before = words[at - 1].text
    return before[-1] not in _CONTINUING and before.casefold() not in conjunctions


def _flaw(words: Sequence[Word], *, break_behind: bool) -> tuple[str, str] | None:
    """Find what keeps any split of the words from being sure."""
    if break_behind or any(word.after_break for word in words):
        why = "a page breaks here, so a header or footer may have come in, or a border between cells be lost"
        return "page-break", why
    if any(word.text == "+" for word in words):
        return (
            "plus-sign",
            "a plus sign stands among activity, output and outcome; it may open an item of another cell",
        )
    if words and not words[0].opens:
        return (
            "run-together",
            f"no blank line stands before {words[0].text!r}, so the cell may begin elsewhere",
        )
    return None


def _reason(words: Sequence[Word], blank: Sequence[int], begins: Sequence[int], borders: int) -> tuple[str, str]:
    """Say why a split is not sure."""
    cells = "activity, output and outcome" if borders == 2 else "activity and output"
    if len(blank) < borders:
        where = f"{len(blank)} blank lines" if len(blank) != 1 else "one blank line"
        return "run-together", f"{cells} run together: {where} instead of {borders}"
    if len(blank) > borders:
        return "extra-block", f"{len(blank) + 1} blocks stand where {cells} should"
    if small := [at for at in (0, *blank) if at not in begins]:
        return (
            "small-initial",
            f"a block begins with {words[small[0]].text!r}, so it may belong to the one before",
        )
    inside = next(at for at in begins if at not in blank and at)
    return "capital-inside", f"{words[inside].text!r} inside a block could begin a cell"


def _attested_tail(words: Sequence[Word], outcomes: Collection[str]) -> int | None:
    """Find where the words end in an outcome that another row has."""
    longest = max(map(len, outcomes), default=0)
    for at in range(len(words) - 1, 0, -1):
        tail = normalise(text_of(words[at:]))
        if len(tail) > longest:
            break
        if tail in outcomes:
            return at
    return None


def _likeliest(words: Sequence[Word], conjunctions: Sequence[str], wanted: int) -> list[int]:
    """Choose borders: blank lines and page breaks with a capital, capitals, blank lines, names last."""

    def unlikeliness(at: int) -> int | None:
        word = words[at]
        begins = _may_begin(words, at, conjunctions)
        if not begins:
            return 3 if word.opens else None
        if word.opens:
            return 0
        if word.after_break:
            return 1
        is_name = sum(letter.isupper() for letter in word.text) > 1
        return 4 if is_name else 2

    ranked = sorted((rank, at) for at in range(1, len(words)) if (rank := unlikeliness(at)) is not None)
    return sorted(at for _, at in ranked[:wanted])
