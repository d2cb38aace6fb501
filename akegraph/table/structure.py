"""Whether the rows of flattened text hold together, and what is in doubt where they do not.

Text has no cells: which words are whose follows from their order alone. Where a row lacks what every row has, where
words are left over, or where its cells name different paths, that order is broken, and then no cell of the row is
sure: what is missing in one stands in another, be it in the row before or behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from akegraph.table.cells import read_evaluation, read_goal, read_impact, read_level, read_task
from akegraph.table.columns import Lexicon
from akegraph.table.model import Column
from akegraph.table.segments import Draft, RowDraft, quote
from akegraph.table.words import text_of

_LANDMARKED = (Column.TASK, Column.IMPACT, Column.PARTICIPATION)
_BROKEN = "row-broken"


def join_split_tasks(rows: Sequence[RowDraft]) -> list[RowDraft]:
    """Give a row that is nothing but an item of the first column back to the row before, whose task lacks it."""
    joined: list[RowDraft] = []
    for row in rows:
        before = joined[-1] if joined else None
        alone = not any(draft.words for column, draft in row.cells.items() if column is not Column.TASK)
        if before is None or not alone or not before.cells[Column.TASK].words:
            joined.append(row)
            continue
        task = before.cells[Column.TASK]
        before.cells[Column.TASK] = Draft([*task.words, *row.cells[Column.TASK].words])
        before.left_over = [*before.left_over, *row.middle, *row.left_over]
        before.words = [*before.words, *row.words]
        why = f"{quote(row.words)} stands behind the row and is taken for the rest of its first cell"
        before.broken = before.broken or why
    return joined


def doubt_broken_rows(rows: Sequence[RowDraft], torn: Collection[int], lexicon: Lexicon) -> None:
    """Doubt all cells of rows that do not hold together, and what nothing confirms in the rows beside them.

    :param torn: the lines that stand between headings which a page break tore apart
    """
    for at, row in enumerate(rows):
        beside = [*rows[max(0, at - 1) : at], *rows[at + 1 : at + 2]]
        if any(word.line in torn for word in row.words):
            why = "a page breaks inside a row here, and its rest stands among the headings that come again"
            for other in [row, *beside]:
                _doubt(other, Column, why)
        elif why := row.broken or _missing(row, lexicon) or _left_over(row):
            _doubt(row, Column, why)
            for other in beside:
                _doubt(other, _unconfirmed(other, lexicon), f"a row beside does not hold together: {why}")
        elif why := _differing_paths(row, lexicon):
            _doubt(row, Column, why)
        elif why := _displaced(row, lexicon):
            _doubt(row, _unconfirmed(row, lexicon), why)


def _missing(row: RowDraft, lexicon: Lexicon) -> str:
    missing = [lexicon.heading(column) for column in _LANDMARKED if not row.cells[column].words]
    return f"nothing was found for {' and '.join(map(repr, missing))}, so its words may stand elsewhere" * bool(missing)


def _left_over(row: RowDraft) -> str:
    if not row.left_over:
        return ""
    return f"{quote(row.left_over)} stands behind the row and may be the rest of one of its cells"


def _differing_paths(row: RowDraft, lexicon: Lexicon) -> str:
    """Cross-check the path's number over task, impact, effectiveness and evaluation."""
    paths = read_task(row.cells[Column.TASK].text, lexicon)[0].paths
    found: dict[Column, str | int | None] = {
        Column.TASK: paths[0] if len(paths) == 1 else None,
        Column.IMPACT: read_impact(row.cells[Column.IMPACT].text, lexicon)[0].pathway,
        Column.EFFECTIVENESS: read_goal(row.cells[Column.EFFECTIVENESS].text, lexicon)[0].pathway,
        Column.EVALUATION: read_evaluation(row.cells[Column.EVALUATION].text, lexicon)[0].pathway,
    }
    named = {column: str(number) for column, number in found.items() if number is not None}
    if len(Counter(named.values())) < 2:
        return ""
    told = ", ".join(f"path {number} in {lexicon.heading(column)!r}" for column, number in named.items())
    return f"the columns name different paths: {told}; so words of two rows may be mixed"


def _displaced(row: RowDraft, lexicon: Lexicon) -> str:
    """Tell what a cell holds beside its wording: words of a neighbour, where the order of the text is broken."""
    evaluation = row.cells[Column.EVALUATION]
    if evaluation.words and read_evaluation(text_of(evaluation.words), lexicon)[1]:
        return "the evaluation holds words that are no part of one, so they may belong to a cell beside"
    for column in (Column.IMPACT, Column.EFFECTIVENESS):
        if any(code == "text-differs" for code, _ in row.cells[column].reasons):
            return "other rows word the same pathway otherwise, so words of a cell beside may stand here"
    return ""


def _unconfirmed(row: RowDraft, lexicon: Lexicon) -> list[Column]:
    """Return the columns whose cells no list words whole."""
    sure = {Column.TASK: read_task, Column.PARTICIPATION: read_level}
    return [c for c in Column if c not in sure or sure[c](row.cells[c].text, lexicon)[1]]


def _doubt(row: RowDraft, columns: Iterable[Column], why: str) -> None:
    for column in columns:
        draft = row.cells[column]
        draft.trusted = False
        if all(code != _BROKEN for code, _ in draft.reasons):
            draft.reasons.append((_BROKEN, why))
