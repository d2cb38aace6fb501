"""Putting the lines of a cell on one line: hyphens at line ends, and words broken without one.

A word may have been broken without a hyphen only where a line reaches its column's edge. There, the two parts are
one word if the whole is known and a part is not; they are two words if whole and parts say so; else a person says.
Known is what the document has elsewhere, what the project's word list has, and what Voikko takes for Finnish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

from akegraph.table.decoding import UNREADABLE, is_garbled
from akegraph.table.grids import Doubted, Line
from akegraph.table.hyphens import SOFT_HYPHEN, bare, is_open, join, meets_itself
from akegraph.table.spelling import Spelling

_MOST_CANDIDATES = 32
_SHORTEST_BROKEN = 8
_NEVER_FIRST = "/,.;:)!?%"
_LONGEST_REST = 6
"""How long the rest of a broken word is likely to be, where its beginning fills a line alone."""
_OPEN_ENDS = ".:@_&=?%"
_NEVER_LAST = "/\u2013"
"""What joins two words or numbers where no space stands before it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A cell on one line.

    :param raw: the text as it stands in the document, line breaks as spaces
    :param reasons: what is in doubt about the text
    :param others: what the text would be if doubts were settled otherwise
    :param settled: whether a break inside a word was mended at all
    """

    text: str
    raw: str
    reasons: tuple[Doubted, ...] = ()
    others: tuple[str, ...] = ()
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Seam:
    """How two words hang together: what stands between them, and how else it could be."""

    before: str
    glue: str = " "
    doubt: Doubted | None = None
    other: tuple[str, str] | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Joiner:
    """Joins the lines of the cells of one document.

    :param attested: how often the document has each word where nothing could have broken it
    :param conjunctions: the words that may follow a suspended hyphen
    :param anywhere: whether this document breaks words that would fit on a line of their own
    """

    attested: Counter[str]
    spelling: Spelling
    conjunctions: Sequence[str]
    anywhere: bool = False

    def join(self, lines: Sequence[Line]) -> Joined:
        """Put the lines of one cell on one line."""
        words = [(word, line, at == 0) for line in lines for at, word in enumerate(line.text.split())]
        if not words:
            return Joined("", "")
        seams: list[_Seam] = []
        text = words[0][0]
        for (_, line, _), (after, _, starts) in pairwise(words):
            seam = self._seam(text, after, line if starts else None)
            seams.append(seam)
            text = after if seam.glue == " " else f"{seam.before}{after}"
        raw = " ".join(line.text for line in lines)
        tokens = [word for word, _, _ in words]
        reasons = [seam.doubt for seam in seams if seam.doubt]
        if is_open(tokens[-1]):
            reasons.append(("cut-off", f"the cell ends in {tokens[-1]!r}, so its rest may be missing"))
        reasons += [
            ("unreadable-character", f"{word!r} has characters that cannot be read")
            for word in tokens
            if is_garbled(word)
        ]
        texts = list(dict.fromkeys(islice(_variants(tokens, seams), _MOST_CANDIDATES)))
        # what is proposed has as many of its letters in known words as can be; that alone makes nothing sure
        chosen = max(texts, key=self._count_known) if len(texts) > 1 else texts[0]
        others = tuple(other for other in texts if other != chosen)
        return Joined(chosen, raw, tuple(dict.fromkeys(reasons)), others, any(seam.settled for seam in seams))

    def _seam(self, before: str, after: str, line: Line | None) -> _Seam:
        """Decide what stands between two words.

        :param line: the line that ends between them; None inside a line
        """
        if is_open(before) and after != "+":
            return self._hyphen(before, after, adjacent=line is not None)
        if line is None or not line.full:
            if line is not None and len(before) > 1 and before[-1] in _NEVER_LAST and after[:1].isalnum():
                return self._unfinished(before, after)
            return self._apart(before, after)
        return self.full_seam(before, after, line, fits=line.fits and not self.anywhere)

    def _hyphen(self, before: str, after: str, *, adjacent: bool) -> _Seam:
        decided = join(before, after, self.attested, self.conjunctions, adjacent=adjacent)
        if not decided.one_word:
            return _Seam(before)
        stem = before[:-1]
        kept = decided.text == before + after
        here = _Seam(before if kept else stem, "", settled=True)
        if decided.why is None:
            return here
        whole, hyphened = bare(stem + after), bare(before + after)
        listed = whole in self.spelling.listed, hyphened in self.spelling.listed
        if listed[0] != listed[1]:
            return _Seam(stem if listed[0] else before, "", settled=True)
        if self.spelling.speller and adjacent and after[:1].islower() and not {whole, hyphened} & set(self.attested):
            is_word = self.spelling.speller(whole)
            # where both parts are words, the hyphen may be the author's as well as the line's
            parts = self.spelling.speller(bare(stem)) and self.spelling.speller(bare(after))
            if is_word and not parts and not meets_itself(stem, after):
                return _Seam(stem, "", settled=True)
            if not is_word and meets_itself(stem, after) and self.spelling.speller(hyphened):
                return _Seam(before, "", settled=True)
        other = (stem, "") if kept else (before, "")
        return replace(here, doubt=("line-end-hyphen", decided.why), other=other)

    def _unfinished(self, before: str, after: str) -> _Seam:
        """Decide about a line that ends in a slash or a dash with no space before it."""
        glued = bare(before + after) in self.attested
        why = f"{before!r} ends a line with no space before its last sign, so {after!r} may belong to it"
        return _Seam(before, "", None if glued else ("broken-word", why), (before, " "), settled=True)

    def full_seam(self, before: str, after: str, line: Line, *, fits: bool) -> _Seam:
        """Decide about two words of which the first ends a line at its column's edge."""
        if len(before) > 1 and before[-1] in _NEVER_LAST and after[:1].isalnum():
            return self._unfinished(before, after)
        if before[-1] in _OPEN_ENDS and after[:1].isalnum() and not fits:
            glued = bare(before + after) in self.attested
            why = f"{before!r} ends a line that is full, so {after!r} may belong to it"
            doubt = None if glued else ("broken-word", why)
            if glued:
                return _Seam(before, "", doubt, (before, " "), settled=True)
            return _Seam(before, doubt=doubt if before[-1] != "." or "." in before[:-1] else None, other=(before, ""))
        if after[0] in _NEVER_FIRST and after != "/":
            why = f"{after!r} begins a line, but belongs to {before!r} before it"
            glued = bare(before + after) in self.attested
            return _Seam(before, "", None if glued else ("broken-word", why), (before, " "), settled=True)
        like = after[:1].islower() or (after[:1].isupper() and before[-1:].isupper())
        if not (before[-1:].isalpha() and like):
            return _Seam(before)
        whole = self._known(bare(before + after))
        parts = self._known(bare(before)) and self._known(bare(after))
        if whole and not parts:
            return _Seam(before, "", settled=True)
        if not whole and (fits or (parts and self.spelling.speller is not None)):
            return _Seam(before)
        if fits and not self._is_stated(bare(before + after)):
            return _Seam(before)
        why = f"{before!r} ends a line that is full, so {after!r} may be the rest of the same word"
        alone = line.text == before
        rest = not self._known(bare(after)) and len(bare(after)) <= (_LONGEST_REST if alone else _LONGEST_REST // 2)
        glue, other = ("", " ") if rest or self._is_stated(bare(before + after)) else (" ", "")
        return _Seam(before, glue, ("broken-word", why), (before, other), settled=True)

    def _apart(self, before: str, after: str) -> _Seam:
        """Decide about two words with a space or a line break of the author between them."""
        whole = bare(before + after)
        broken = (
            before[-1:].isalpha()
            and after[:1].islower()
            and len(whole) >= _SHORTEST_BROKEN
            and (whole in self.attested or whole in self.spelling.listed)
            and not (self._known(bare(before), 1) and self._known(bare(after), 1))
        )
        if not broken:
            return _Seam(before)
        why = f"{before!r} and {after!r} stand apart, but {whole!r} is known as one word"
        return _Seam(before, "", ("broken-word", why), (before, " "), settled=True)

    def _count_known(self, text: str) -> int:
        for sign in _NEVER_LAST:
            text = text.replace(sign, " ")
        return sum(len(word) for word in map(bare, text.split()) if self._known(word))

    def _is_stated(self, word: str) -> bool:
        """Tell whether the document or the list has a word, not only the speller."""
        return word in self.attested or word in self.spelling.listed

    def _known(self, word: str, here: int = 0) -> bool:
        """Tell whether a word is known, beside the occurrence that is asked about."""
        return len(word) > 1 and (self.attested[word] > here or self.spelling.knows(word))


def _variants(tokens: Sequence[str], seams: Sequence[_Seam]) -> Iterator[str]:
    """Yield the text as it was decided, then as it would be with doubtful seams decided otherwise."""
    doubtful = [at for at, seam in enumerate(seams) if seam.other]
    for flipped in product((False, True), repeat=len(doubtful)):
        chosen = dict(zip(doubtful, flipped, strict=True))
        parts: list[str] = []
        word = tokens[0]
        for at, (seam, after) in enumerate(zip(seams, tokens[1:], strict=True)):
            other = seam.other if chosen.get(at) else None
            glue = other[1] if other else seam.glue
            if glue == " ":
                parts.append(word)
                word = after
            else:
                # the seam before may have changed what the word begins with, so only its end is taken from this one
                hyphenless = (other[0] if other else seam.before)[-1:] != word[-1:] and is_open(word)
                word = (word[:-1] if hyphenless else word) + after
        yield " ".join([*parts, word]).replace(SOFT_HYPHEN, "").replace(UNREADABLE, "")


def count_words(cells: Iterable[Sequence[Line]]) -> Counter[str]:
    """Count the words of a document that no line end can have broken."""
    counted = Counter[str]()
    for lines in cells:
        open_before = False
        for at, line in enumerate(lines):
            words = line.text.split()
            for place, word in enumerate(words):
                broken = is_open(word) or (open_before and place == 0)
                last = place + 1 == len(words) and line.full and at + 1 < len(lines)
                if not broken and not last:
                    counted[bare(word.replace(SOFT_HYPHEN, ""))] += 1
                open_before = is_open(word) or last
    del counted[""]
    return counted


def make_joiner(cells: Collection[Sequence[Line]], spelling: Spelling, conjunctions: Sequence[str]) -> Joiner:
    """Make a joiner for a document, having looked at how it breaks words."""
    joiner = Joiner(count_words(cells), spelling, conjunctions)
    return replace(joiner, anywhere=any(_breaks_what_fits(lines, joiner) for lines in cells))


def _breaks_what_fits(lines: Sequence[Line], joiner: Joiner) -> bool:
    """Tell whether a word is broken in these lines that would have fitted on the next."""
    for line, following in pairwise(lines):
        words, after = line.text.split(), following.text.split()
        if line.full and line.fits and words and after and not is_open(words[-1]):
            seam = joiner.full_seam(words[-1], after[0], line, fits=True)
            if seam.glue == "":
                return True
    return False
