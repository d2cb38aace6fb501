"""Finding in a run of words what no cell can lack: task, path, pathway, goal, timing, indicators, level.

Their order in a row is the order of the columns, so a landmark that belongs further left than the one before
it begins a new row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from akegraph.table.columns import Lexicon, Wording, find, match_at, match_broken_at
from akegraph.table.model import Column
from akegraph.table.words import Word, raw_of

_NUMBER = re.compile(r"(\d{1,3})([:.]?)")


class Kind(StrEnum):
    """What a landmark opens."""

    TASK = "task"
    PATH = "path"
    IMPACT = "impact"
    GOAL = "goal"
    TIMING = "timing"
    INDICATOR = "indicator"
    LEVEL = "level"


COLUMN = {
    Kind.TASK: Column.TASK,
    Kind.PATH: Column.TASK,
    Kind.IMPACT: Column.IMPACT,
    Kind.GOAL: Column.EFFECTIVENESS,
    Kind.TIMING: Column.EVALUATION,
    Kind.INDICATOR: Column.EVALUATION,
    Kind.LEVEL: Column.PARTICIPATION,
}
_RANK = {column: rank for rank, column in enumerate(Column)}
_MAY_FOLLOW = {
    (Kind.TASK, Kind.PATH),
    (Kind.TIMING, Kind.INDICATOR),
    (Kind.TIMING, Kind.TIMING),
    (Kind.INDICATOR, Kind.TIMING),
}


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place in the run of words.

    :param end: the index after its last word
    :param worded: whether the words up to ``end`` are a known wording, so that the item surely ends there
    """

    kind: Kind
    start: int
    end: int
    worded: bool = True

    @property
    def column(self) -> Column:
        """The column that the landmark belongs to."""
        return COLUMN[self.kind]


def mend(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Put controlled wordings right whose words are broken, and leave each in doubt."""
    mended = list(words)
    at = 0
    while at < len(mended):
        texts = [word.text for word in mended[at : at + 2]]
        wordings: Sequence[Wording] = ()
        start = at + 1
        if texts[0] in lexicon.anchors.path and (number := _number(mended, at + 1)):
            wordings, start = lexicon.paths, number
        elif texts[0] == "+":
            wordings = lexicon.tasks
        elif (number := _number(mended, at)) and texts[0][-1] in ":.":
            wordings, start = lexicon.levels, number
        at += 1
        if wordings and not _match(match_at, mended, start, wordings):
            if not (broken := _match(match_broken_at, mended, start, wordings)):
                continue
            wording, end = broken
            mended[start:end] = _reworded(mended[start:end], wording)
    return mended


def _reworded(words: Sequence[Word], wording: Wording) -> list[Word]:
    first, *others = wording.label.split()
    why = f"{raw_of(words)!r} is taken for the known wording {wording.label!r}, broken here"
    head = replace(words[0], text=first, raw=raw_of(words), doubt=("broken-word", why))
    return [head, *(replace(words[-1], text=text, raw="", spaced=True, opens=False) for text in others)]


def find_landmarks(words: Sequence[Word], lexicon: Lexicon) -> list[Landmark]:
    """Find all landmarks, in order."""
    found: list[Landmark] = []
    at = 0
    while at < len(words):
        landmark = _landmark_at(words, at, lexicon, found[-1].kind if found else None)
        if landmark:
            found.append(landmark)
        at = landmark.end if landmark else at + 1
    return found


def group_rows(landmarks: Sequence[Landmark]) -> list[list[Landmark]]:
    """Part the landmarks into rows."""
    rows: list[list[Landmark]] = []
    for landmark in landmarks:
        before = rows[-1][-1] if rows else None
        if before is None or not _may_follow(before, landmark):
            rows.append([])
        rows[-1].append(landmark)
    return rows


def _may_follow(before: Landmark, after: Landmark) -> bool:
    if before.column != after.column:
        return _RANK[before.column] < _RANK[after.column]
    adjacent = before.end == after.start and before.kind == after.kind
    return adjacent or (before.kind, after.kind) in _MAY_FOLLOW


def _landmark_at(words: Sequence[Word], at: int, lexicon: Lexicon, last: Kind | None) -> Landmark | None:
    anchors = lexicon.anchors
    plus = words[at].text == "+"
    start = at + 1 if plus else at
    if start >= len(words):
        return None
    opener = words[start].text
    if plus and (task := _match(match_at, words, start, lexicon.tasks)):
        return Landmark(Kind.TASK, at, task[1])
    if opener in anchors.path and (end := _number(words, start + 1)):
        if not plus and not words[end - 1].text.endswith(":"):
            return None
        label = _match(match_at, words, end, lexicon.paths)
        return Landmark(Kind.PATH, at, label[1] if label else end, worded=label is not None)
    if opener in anchors.pathway and (end := _number(words, start + 1)):
        return Landmark(Kind.IMPACT, at, end)
    if opener in anchors.pathway_genitive and (end := _number(words, start + 1)):
        return _goal_or_indicator(words, at, end, lexicon)
    if opener in anchors.timing and (end := _timings(words, start + 1, lexicon)):
        return Landmark(Kind.TIMING, at, end) if plus or last is Kind.GOAL else None
    if not plus and (end := _number(words, at)) and words[end - 1].text[-1] in ":.":
        level = _match(match_at, words, end, lexicon.levels)
        return Landmark(Kind.LEVEL, at, level[1]) if level else None
    return None


def _goal_or_indicator(words: Sequence[Word], at: int, end: int, lexicon: Lexicon) -> Landmark | None:
    """Tell a goal, ``Vaikutuspolun 1 tavoitteet``, from indicators, ``… 1 tavoitteiden mittarit``."""
    anchors = lexicon.anchors
    opener = words[end].text.rstrip(":,") if end < len(words) else ""
    if opener in anchors.goal and words[at].text != "+":
        return Landmark(Kind.GOAL, at, end + 1)
    if opener in anchors.goal_genitive:
        after = _number(words, end + 1) or end + 1
        if after < len(words) and words[after].text.rstrip(":,") in anchors.indicator:
            return Landmark(Kind.INDICATOR, at, after + 1)
    return None


def _timings(words: Sequence[Word], at: int, lexicon: Lexicon) -> int | None:
    """Return the index after a word like ``aikana/lopuksi/jälkeen``."""
    if at < len(words) and any(find(part, lexicon.timings) for part in words[at].text.split("/")):
        return at + 1
    return None


def _number(words: Sequence[Word], at: int) -> int | None:
    """Return the index after a number and its colon or full stop."""
    if at >= len(words) or not (parts := _NUMBER.fullmatch(words[at].text)):
        return None
    return at + 2 if not parts[2] and at + 1 < len(words) and words[at + 1].text == ":" else at + 1


Matcher = Callable[[Sequence[str], int, Sequence[Wording]], tuple[Wording, int] | None]
_WINDOW = 40


def _match(
    matcher: Matcher, words: Sequence[Word], start: int, wordings: Sequence[Wording]
) -> tuple[Wording, int] | None:
    # only a window: no controlled wording is longer, and a copy of all words at every plus sign would be slow
    found = matcher([word.text for word in words[start : start + _WINDOW]], 0, wordings)
    return (found[0], start + found[1]) if found else None
