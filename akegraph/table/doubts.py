"""Finding what is not sure in the cells of a plan that was read from flattened text.

A cell is sure only if something outside it says so: a controlled wording that it matches word for word, the
same text in another row of the same path, or landmarks on both sides with nothing unusual between them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from akegraph.table.cells import read_evaluation, read_goal, read_impact, read_level, read_task
from akegraph.table.columns import Lexicon, normalise
from akegraph.table.middle import Split, split_middle
from akegraph.table.model import Column
from akegraph.table.segments import MIDDLE, Draft, RowDraft, quote
from akegraph.table.words import Word, raw_of

Reader = Callable[[str, Lexicon], tuple[object, list[str]]]
READERS: dict[Column, Reader] = {
    Column.TASK: read_task,
    Column.IMPACT: read_impact,
    Column.EFFECTIVENESS: read_goal,
    Column.EVALUATION: read_evaluation,
    Column.PARTICIPATION: read_level,
}


def settle_middles(rows: Sequence[RowDraft], lexicon: Lexicon) -> None:
    """Split activity, output and outcome of every row, the rows that are sure by themselves first."""
    outcomes: set[str] = set()
    for _ in range(2):
        for row in rows:
            split = _split(row, lexicon, outcomes)
            for at, (column, words) in enumerate(zip(MIDDLE, split.parts(row.middle), strict=True)):
                row.cells[column] = draft = Draft(words)
                if at < split.doubtful:
                    draft.reasons = [split.reason]
                    draft.read = raw_of(row.middle[: split.borders[1]] if split.doubtful == 2 else row.middle)
        outcomes = {normalise(row.cells[Column.OUTCOME].text) for row in rows if _is_sure(row)}


def _split(row: RowDraft, lexicon: Lexicon, outcomes: Iterable[str]) -> Split:
    return split_middle(row.middle, lexicon.anchors.conjunction, frozenset(outcomes), break_behind=row.break_behind)


def _is_sure(row: RowDraft) -> bool:
    return not any(row.cells[column].reasons for column in MIDDLE) and bool(row.cells[Column.OUTCOME].words)


def doubt_wordings(rows: Sequence[RowDraft], lexicon: Lexicon) -> None:
    """Doubt the cells that the grammar of their column does not read; trust those that a list words whole."""
    for row in rows:
        for column, read in READERS.items():
            draft = row.cells[column]
            if not draft.words:
                continue
            problems = read(draft.text, lexicon)[1]
            if problems:
                draft.reasons.append(("unknown-wording", "; ".join(problems)))
            draft.trusted = not problems and not _is_mended(draft) and _is_worded_whole(column, draft, lexicon)
        if row.unknown_item:
            why = "a plus sign opens an unknown item, so where the evaluation begins is not sure"
            present = [c for c in (Column.IMPACT, Column.EFFECTIVENESS, Column.EVALUATION) if row.cells[c].words]
            _doubt(row, present, "unknown-wording", why)
        evaluation = row.cells[Column.EVALUATION]
        if evaluation.words and evaluation.words[0].text != "+":
            why = "no plus sign opens the evaluation, so where the goal ends is not sure"
            _doubt(row, [Column.EFFECTIVENESS, Column.EVALUATION], "run-together", why)
        if row.cells[Column.TASK].reasons:
            _doubt(
                row,
                MIDDLE,
                "unknown-wording",
                "where the path ends is not sure, so neither is what follows it",
            )


def _is_mended(draft: Draft) -> bool:
    return any(word.doubt and word.doubt[0] == "broken-word" for word in draft.words)


def _is_worded_whole(column: Column, draft: Draft, lexicon: Lexicon) -> bool:
    """Tell whether a cell that its grammar reads has no words of its own."""
    text = draft.text
    if column is Column.EVALUATION:
        evaluation = read_evaluation(text, lexicon)[0]
        return ":" not in text and bool(evaluation.timings) and evaluation.pathway is not None
    # a goal may have a wording, so without one it is only sure by what stands beside it
    return column not in (Column.IMPACT, Column.EFFECTIVENESS)


def doubt_missing(rows: Sequence[RowDraft]) -> None:
    """Doubt the cells of which nothing was found, and those that may have swallowed them."""
    for row in rows:
        empty = [column for column in Column if not row.cells[column].words]
        for column in empty:
            row.cells[column].reasons.append(("missing-cell", "nothing was found for this cell"))
        present = [column for column in Column if column not in empty]
        for column in empty:
            before = [other for other in present if list(Column).index(other) < list(Column).index(column)]
            if before and not row.cells[before[-1]].trusted:
                _doubt(row, before[-1:], "missing-cell", "the next cell is missing; its words may stand here")
            if column is Column.IMPACT or column is Column.TASK:
                _doubt(row, MIDDLE, "missing-cell", "a cell beside is missing; its words may stand here")


def doubt_differences(rows: Sequence[RowDraft], lexicon: Lexicon) -> None:
    """Doubt what the same pathway words differently in different rows; what it words alike is trusted."""
    impacts: dict[int, str] = {}
    goals: dict[int, str] = {}
    of_impact: list[object] = []
    of_goal: list[tuple[int | None, int | None]] = []
    for at, row in enumerate(rows):
        impact = read_impact(row.cells[Column.IMPACT].text, lexicon)[0]
        goal = read_goal(row.cells[Column.EFFECTIVENESS].text, lexicon)[0]
        of_impact.append(impact.pathway)
        of_goal.append((goal.pathway, goal.number))
        if impact.text:
            impacts[at] = normalise(impact.text)
        if goal.text:
            goals[at] = normalise(goal.text)
    _compare(rows, Column.IMPACT, of_impact, impacts)
    _compare(rows, Column.EFFECTIVENESS, of_goal, goals)

    named = Counter(of_goal)
    worded = {of_goal[at] for at in goals}
    displaced = any(code == "text-between" for row in rows for cell in row.cells.values() for code, _ in cell.reasons)
    for at, row in enumerate(rows):
        if at in goals or not row.cells[Column.EFFECTIVENESS].words:
            continue
        if displaced and of_goal[at] in worded:
            why = "other rows word this goal, this one does not, and the document has words out of place"
            _doubt(row, [Column.EFFECTIVENESS], "text-differs", why)
        if of_goal[at][1] is not None and named[of_goal[at]] == 1:
            why = "no other row names a goal of this number, and a page number would look the same"
            _doubt(row, [Column.EFFECTIVENESS], "text-differs", why)


def _compare(rows: Sequence[RowDraft], column: Column, keys: Sequence[object], texts: dict[int, str]) -> None:
    wordings: defaultdict[object, Counter[str]] = defaultdict(Counter)
    whole: set[tuple[object, str]] = set()
    for at, text in texts.items():
        wordings[keys[at]][text] += 1
        if not _is_mended(rows[at].cells[column]):
            whole.add((keys[at], text))
    for at, text in texts.items():
        counts = wordings[keys[at]]
        draft = rows[at].cells[column]
        others = [count for other, count in counts.items() if other != text]
        if others and counts[text] <= max(others):
            why = "the same pathway is worded otherwise in other rows"
            draft.reasons.append(("text-differs", why))
        # the same words broken at the same place in two rows confirm nothing
        confirmed = counts[text] > 1 and (keys[at], text) in whole
        draft.trusted = draft.trusted or (confirmed and not draft.reasons)


def doubt_surroundings(rows: Sequence[RowDraft]) -> None:
    """Doubt cells with a page break inside or behind, or a blank line inside."""
    for at, row in enumerate(rows):
        for column in (Column.IMPACT, Column.EFFECTIVENESS, Column.EVALUATION):
            draft = row.cells[column]
            if draft.trusted or not draft.words:
                continue
            if any(word.after_break for word in draft.words) or _break_behind(rows, at, column):
                draft.reasons.append(("page-break", "a page breaks inside this cell or behind it"))
            if any(word.opens for word in draft.words[1:]):
                draft.reasons.append(("extra-block", "a blank line stands inside this cell"))


def doubt_left_over(rows: Sequence[RowDraft]) -> None:
    """Doubt the cells beside words that belong to no cell."""
    for at in range(len(rows)):
        _doubt_beside(rows, at)


def _doubt_beside(rows: Sequence[RowDraft], at: int) -> None:
    row = rows[at]
    following = rows[at + 1] if at + 1 < len(rows) else None
    if following and any(word.text == "+" for word in row.cells[Column.PARTICIPATION].words):
        why = "the row before has no known level, so where this row begins is not sure"
        _doubt(following, [Column.TASK], "text-between", why)
    if not row.left_over:
        return
    apart = row.left_over[0].opens or row.left_over[0].after_break
    if apart and not following:
        return
    why = f"{quote(row.left_over)} stands between this cell and the next and fits neither"
    level = row.cells[Column.PARTICIPATION]
    level.read = raw_of([*level.words, *row.left_over])
    level.reasons.append(("text-between", why))
    if following:
        _doubt(following, [Column.TASK], "text-between", why)


def doubt_words(rows: Sequence[RowDraft]) -> None:
    """Doubt the cells with a word that was put together or cannot be read."""
    for row in rows:
        for draft in row.cells.values():
            wanted = [word.doubt for word in draft.words if word.doubt]
            if repeated := _repeated(draft.words):
                wanted.append(("repeated-words", f"{quote(repeated)} stands here twice in a row"))
            if number := _lone_number(draft.words):
                wanted.append(("lone-number", f"{number.text!r} stands alone on its line and could be a page's number"))
            if draft.trusted:
                wanted = [doubt for doubt in wanted if doubt[0] == "unreadable-character"]
            draft.reasons.extend(wanted)


def _lone_number(words: Sequence[Word]) -> Word | None:
    """Find a number that has a line of its own."""
    for at, word in enumerate(words):
        ends_line = at + 1 == len(words) or words[at + 1].starts_line
        if word.text.isdigit() and word.starts_line and ends_line:
            return word
    return None


def _repeated(words: Sequence[Word]) -> Sequence[Word]:
    """Find up to six words that come twice in a row, as where a line was copied over a page break."""
    texts = [word.text for word in words]
    for length in range(1, 7):
        for at in range(len(texts) - 2 * length + 1):
            if texts[at : at + length] == texts[at + length : at + 2 * length]:
                return words[at : at + length]
    return ()


def _break_behind(rows: Sequence[RowDraft], at: int, column: Column) -> bool:
    """Tell whether a page break stands right behind a cell."""
    order = list(Column)
    for after in order[order.index(column) + 1 :]:
        words: Sequence[Word] = rows[at].cells[after].words
        if words:
            return words[0].after_break
    return bool(rows[at].left_over) and rows[at].left_over[0].after_break


def _doubt(row: RowDraft, columns: Iterable[Column], code: str, why: str) -> None:
    for column in columns:
        draft = row.cells[column]
        draft.trusted = False
        if (code, why) not in draft.reasons:
            draft.reasons.append((code, why))
