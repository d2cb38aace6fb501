"""Two tables side by side: which rows are new, ended or continued, and which words of which cells changed.

Rows belong together because they have the same id, because one says that it continues the other, or because their
words are alike. The last is a proposal for a person to confirm, never taken for granted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from akegraph.table.columns import normalise
from akegraph.table.model import Column, Row, Table

Ground = Literal["id", "continues", "proposed"]
Mark = Literal["same", "removed", "added"]

LEAST_ALIKE = 0.6
"""How alike the words of two rows must be for them to be proposed as one going on."""
_STEM, _NEAREST, _COMMON, _SCALE, _SCRAP = 6, 20, 200, 10_000, 3
_Pair = tuple[Row, Row]
_PROPOSED: Ground = "proposed"
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_WEIGHTS = {Column.ACTIVITY: 3, Column.OUTPUT: 2, Column.OUTCOME: 1}


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell whose text differs.

    :ivar only_spelling: whether only white space, kinds of dash or the case of the initial differ
    :ivar marks: the words of both texts in order, each with what became of it
    """

    column: str
    before: str
    after: str
    only_spelling: bool
    marks: tuple[tuple[Mark, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A row of the first table and the row of the second that goes on from it.

    :ivar ground: why: the same id, a stated continuation, or a proposal
    :ivar likeness: how alike the plan's own words are, from 0 to 1
    """

    before: Row
    after: Row
    ground: Ground
    likeness: float
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two tables differ, in the order of the second, then of the first.

    :ivar profiles: per list (``path``, ``participation``, ``task``) how many rows of each table have each value
    """

    matches: tuple[Match, ...]
    new: tuple[Row, ...]
    ended: tuple[Row, ...]
    profiles: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]]

    @property
    def proposals(self) -> tuple[Match, ...]:
        """The matches that nobody has confirmed."""
        return tuple(match for match in self.matches if match.ground == "proposed")

    @property
    def changed(self) -> tuple[Match, ...]:
        """The matches with a changed cell."""
        return tuple(match for match in self.matches if match.changes)


def compare_tables(
    before: Table,
    after: Table,
    profile: Callable[[Row], Mapping[str, str]],
    *,
    between: Mapping[str, str] | None = None,
    least: float = LEAST_ALIKE,
) -> Difference:
    """Compare two tables.

    :param profile: what a row counts as, by list; the notations of its path, level and task
    :param between: for the rows of plans that lie between the two, by id, the row that each continues
    :param least: how alike rows must be to be proposed
    """
    likeness = _Likeness((*before.rows, *after.rows))
    grounds = _find_grounds(before, after, between or {})
    taken = {old.id for old, _ in grounds.values()}
    open_before = [row for row in before.rows if row.id not in taken]
    open_after = [row for row in after.rows if row.id not in grounds]
    found = {**grounds, **{new.id: (old, _PROPOSED) for old, new in _propose(open_before, open_after, least, likeness)}}
    matches, new = [], []
    for row in after.rows:
        if row.id not in found:
            new.append(row)
            continue
        old, ground = found[row.id]
        matches.append(Match(old, row, ground, round(likeness.of(old, row), 3), tuple(_changes(old, row))))
    kept = {match.before.id for match in matches}
    ended = tuple(row for row in before.rows if row.id not in kept)
    return Difference(tuple(matches), tuple(new), ended, _profiles(before, after, profile))


def mark_words(before: str, after: str) -> tuple[tuple[Mark, str], ...]:
    """Mark which words of two texts are the same, removed or added; what changes side by side is one piece.

    A scrap that stayed between two changes (a space, a dash, a short word) is part of the change, and texts with hardly
    a word in common are marked as a whole: so the marks can be read.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    same = sum(len(word) for kind, i, j, _, _ in codes if kind == "equal" for word in old[i:j])
    if same * 3 < max(len(before), len(after)):
        return tuple(_pieces(before, after))
    marks: list[tuple[Mark, str]] = []
    removed = added = ""
    for at, (kind, i, j, k, m) in enumerate(codes):
        text = "".join(old[i:j])
        if kind == "equal" and (at in (0, len(codes) - 1) or len("".join(text.split())) > _SCRAP):
            marks += [*_pieces(removed, added), ("same", text)]
            removed = added = ""
        else:
            removed, added = removed + text, added + "".join(new[k:m])
    return (*marks, *_pieces(removed, added))


def _pieces(removed: str, added: str) -> Iterator[tuple[Mark, str]]:
    if removed:
        yield "removed", removed
    if added:
        yield "added", added


def _find_grounds(before: Table, after: Table, between: Mapping[str, str]) -> dict[str, tuple[Row, Ground]]:
    """Find the rows that say themselves what they go on from; the first one wins where two name the same row."""
    known = {row.id: row for row in before.rows}
    found: dict[str, tuple[Row, Ground]] = {}
    taken: set[str] = set()
    for row in after.rows:
        continued, steps = row.continues, 0
        while continued and continued not in known and continued in between and steps < len(between):
            continued, steps = between[continued], steps + 1
        wanted: tuple[tuple[str | None, Ground], ...] = ((row.id, "id"), (continued, "continues"))
        for earlier, ground in wanted:
            if earlier in known and earlier not in taken and row.id not in found:
                found[row.id] = known[str(earlier)], ground
                taken.add(str(earlier))
    return found


def _propose(before: Sequence[Row], after: Sequence[Row], least: float, likeness: _Likeness) -> Iterator[_Pair]:
    """Pair the rows that are most alike, each once; ties go by the rows' order, so every run proposes the same."""
    pairs = []
    for to, near in enumerate(_find_near(before, after)):
        for at in near:
            alike = likeness.of(before[at], after[to])
            if alike >= least:
                pairs.append((-alike, at, to))
    used_before: set[int] = set()
    used_after: set[int] = set()
    for _, at, to in sorted(pairs):
        if at not in used_before and to not in used_after:
            used_before.add(at)
            used_after.add(to)
            yield before[at], after[to]


def _find_near(before: Sequence[Row], after: Sequence[Row]) -> Iterator[list[int]]:
    """Yield for each later row the earlier ones worth comparing: those that share most words, rare words above all."""
    holders: dict[str, list[int]] = {}
    for at, row in enumerate(before):
        for stem in sorted(_all_stems(row)):
            holders.setdefault(stem, []).append(at)
    for row in after:
        shared: Counter[int] = Counter()
        for stem in sorted(_all_stems(row)):
            held = holders.get(stem, [])
            for at in held if len(held) <= _COMMON else ():
                shared[at] += _SCALE // len(held)
        yield sorted(sorted(shared), key=lambda at: -shared[at])[:_NEAREST]


class _Likeness:
    """How alike the plan's own words are in two rows: words that many rows have count for little."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._stems = {id(row): {column: _stems(row.text(column)) for column in _WEIGHTS} for row in rows}
        common = {column: Counter[str]() for column in _WEIGHTS}
        for found in self._stems.values():
            for column, stems in found.items():
                common[column].update(stems)
        size = max(1, len(self._stems))
        self._weights = {
            column: {stem: math.log1p(size / count) for stem, count in counts.items()}
            for column, counts in common.items()
        }

    def of(self, old: Row, new: Row) -> float:
        """Return from 0 to 1 how alike two of the rows are, the activity's name above all."""
        shared: list[float] = []
        all_words: list[float] = []
        for column, weight in _WEIGHTS.items():
            one, two, rare = self._stems[id(old)][column], self._stems[id(new)][column], self._weights[column]
            shared += [2 * weight * rare[stem] for stem in one & two]
            all_words += [weight * rare[stem] for stem in (*one, *two)]
        # fsum is exact, so the order in which a set yields its words makes no difference
        return math.fsum(shared) / math.fsum(all_words) if all_words else 1.0


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words, since Finnish ends them in many ways."""
    return frozenset(word[:_STEM] for word in re.findall(r"\w+", normalise(text).casefold()))


def _all_stems(row: Row) -> set[str]:
    return {stem for column in _WEIGHTS for stem in _stems(row.text(column))}


def _changes(old: Row, new: Row) -> Iterator[CellChange]:
    for column in Column:
        before, after = old.text(column), new.text(column)
        if before != after:
            only_spelling = normalise(before) == normalise(after)
            yield CellChange(column.value, before, after, only_spelling, mark_words(before, after))


def _profiles(
    before: Table, after: Table, profile: Callable[[Row], Mapping[str, str]]
) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    counted: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for at, table in enumerate((before, after)):
        for row in table.rows:
            for name, value in profile(row).items():
                counted.setdefault(name, (Counter(), Counter()))[at][value] += 1
    return {name: (dict(sorted(one.items())), dict(sorted(two.items()))) for name, (one, two) in counted.items()}
