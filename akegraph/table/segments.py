"""Cutting a run of words into the rows and cells of a plan, from landmark to landmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from akegraph.table.columns import Lexicon, match_at
from akegraph.table.landmarks import Kind, Landmark, group_rows
from akegraph.table.model import Column
from akegraph.table.words import Word, raw_of, text_of

MIDDLE = (Column.ACTIVITY, Column.OUTPUT, Column.OUTCOME)


@dataclass(slots=True)
class Draft:
    """A cell while it is read: its words, and the reasons to doubt them, the weightiest first."""

    words: Sequence[Word] = ()
    read: str = ""
    reasons: list[tuple[str, str]] = field(default_factory=list)
    trusted: bool = False

    @property
    def text(self) -> str:
        """The text of the cell."""
        return text_of(self.words)


@dataclass(slots=True)
class RowDraft:
    """A row while it is read.

    :param middle: the words of activity, output and outcome, not yet split
    :param break_behind: whether a page break stands right behind the middle
    :param left_over: words after the row that belong to no cell
    :param unknown_item: whether the evaluation begins with an item that is no landmark, known by its plus sign only
    :param broken: why the row does not hold together, where that was seen while it was cut
    """

    cells: dict[Column, Draft]
    middle: Sequence[Word]
    break_behind: bool
    left_over: Sequence[Word]
    words: Sequence[Word]
    unknown_item: bool
    broken: str = ""


def cut_rows(words: Sequence[Word], landmarks: Sequence[Landmark], start: int, lexicon: Lexicon) -> list[RowDraft]:
    """Cut the words into rows and their cells.

    :param start: the index of the first word that can belong to a row
    """
    groups = group_rows(landmarks)
    starts: list[int] = []
    floor = start
    for at, group in enumerate(groups):
        closed = at == 0 or groups[at - 1][-1].kind is Kind.LEVEL
        starts.append(_row_start(words, group[0], floor, lexicon, closed=closed))
        floor = group[-1].end
    ends = [*starts[1:], len(words)]
    return [_cut_row(words, group, first, end) for group, first, end in zip(groups, starts, ends, strict=True)]


def _row_start(words: Sequence[Word], first: Landmark, floor: int, lexicon: Lexicon, *, closed: bool) -> int:
    """Find where a row begins whose first landmark is known: with its task, even an unknown one.

    :param floor: the index of the first word that may belong to the row
    :param closed: whether the words before ``floor`` surely do not
    """
    plus = [at for at in range(floor, first.start) if words[at].text == "+"]
    # before the first row stands a title as well, so nothing there is a task unless a plus sign says so
    unmarked = floor if closed and floor else first.start
    if first.kind is Kind.TASK:
        return plus[0] if plus and closed else first.start
    if first.kind is not Kind.PATH:
        return unmarked
    texts = [word.text for word in words[floor : first.start]]
    for at in range(len(texts)):
        if (task := match_at(texts, at, lexicon.tasks)) and task[1] == len(texts):
            return floor + at
    if plus:
        return plus[0] if closed else plus[-1]
    return unmarked


def _cut_row(words: Sequence[Word], group: Sequence[Landmark], start: int, end: int) -> RowDraft:
    cells = {column: Draft() for column in Column}
    left_over: Sequence[Word] = ()

    head = [landmark for landmark in group if landmark.column is Column.TASK]
    tail = [landmark for landmark in group if landmark.column is not Column.TASK]
    task_end = head[-1].end if head else start
    middle_end = tail[0].start if tail else end
    if head and not head[-1].worded:
        task_end = next((at for at in range(task_end + 1, middle_end) if words[at].opens), middle_end)
    cells[Column.TASK] = Draft(words[start:task_end] if head else ())

    firsts: dict[Column, Landmark] = {}
    for landmark in tail:
        firsts.setdefault(landmark.column, landmark)
    borders = [*(landmark.start for landmark in firsts.values()), end]
    for (column, _), first, last in zip(firsts.items(), borders, borders[1:], strict=False):
        cells[column] = Draft(words[first:last])
    unknown_item = _move_unknown_item(cells)

    if Column.PARTICIPATION in firsts:
        level = firsts[Column.PARTICIPATION]
        cells[Column.PARTICIPATION] = Draft(words[level.start : level.end])
        left_over = words[level.end : end]
    elif Column.EVALUATION in firsts:
        # an unknown level: it begins where the evaluation's known words end
        cut = tail[-1].end
        evaluation = cells[Column.EVALUATION].words
        cells[Column.EVALUATION] = Draft(evaluation[: len(evaluation) - (borders[-1] - cut)])
        cells[Column.PARTICIPATION] = Draft(words[cut:end])
    break_behind = middle_end < len(words) and words[middle_end].after_break
    return RowDraft(cells, words[task_end:middle_end], break_behind, left_over, words[start:end], unknown_item)


def _move_unknown_item(cells: dict[Column, Draft]) -> bool:
    """Move what a plus sign opens out of impact and goal, which have no items, to the evaluation."""
    for column in (Column.IMPACT, Column.EFFECTIVENESS):
        words = cells[column].words
        plus = next((at for at in range(1, len(words)) if words[at].text == "+"), None)
        if plus is not None:
            cells[column] = Draft(words[:plus])
            cells[Column.EVALUATION] = Draft([*words[plus:], *cells[Column.EVALUATION].words])
            return True
    return False


def quote(words: Sequence[Word]) -> str:
    """Quote words for a message, long ones shortened."""
    text = raw_of(words)
    return repr(text if len(text) <= 80 else f"{text[:77]}…")
