"""Reading a plan whose table was flattened to text, cell by cell, as a PDF gives it.

The steps: bytes to characters; lines without page headers and footers; words; landmarks (task, path, pathway,
goal, timing, indicators, level); rows from landmark to landmark; the three cells without landmarks from blank
lines; and a doubt on every cell that nothing confirms. Nothing is guessed: a proposal is marked as one.
"""

from __future__ import annotations

from collections.abc import Sequence

from akegraph.errors import SourceError
from akegraph.table import doubts as settle
from akegraph.table.columns import Lexicon
from akegraph.table.decoding import clean, decode
from akegraph.table.furniture import lay_out, number_pages
from akegraph.table.headlines import take_headings
from akegraph.table.identity import stable_ids
from akegraph.table.landmarks import Kind, find_landmarks, group_rows, mend
from akegraph.table.lineends import mend_line_ends
from akegraph.table.model import Cell, CellState, Column, Doubt, DroppedLine, Reading, Row, Table
from akegraph.table.segments import Draft, RowDraft, cut_rows
from akegraph.table.spelling import Spelling
from akegraph.table.structure import doubt_broken_rows, join_split_tasks
from akegraph.table.words import Word, raw_of, read_words

MOST_IN_DOUBT = 0.4


def read_text(
    data: bytes,
    lexicon: Lexicon,
    *,
    file: str,
    plan_id: str,
    spelling: Spelling | None = None,
    first_page: int | None = None,
    earlier: Table | None = None,
) -> Reading:
    """Read flattened text as a plan.

    :param file: the file's name as the user gave it
    :param plan_id: the plan's id, which new row ids are made from
    :param spelling: the words that are known without looking at the document
    :param first_page: the page of the first row, where the text does not tell or tells wrong
    :param earlier: the rows of an earlier import, whose ids are kept
    :raises SourceError: if the file is empty, binary or no plan, or over 40 % of its cells would be in doubt
    """
    text, notes = decode(data, file)
    text, more = clean(text)
    layout = lay_out(text, lexicon.anchors)
    words = read_words(layout.lines, lexicon.anchors)
    words = mend(mend_line_ends(words, spelling, lexicon.anchors.conjunction) if spelling else words, lexicon)
    found = take_headings(words, lexicon, file)
    words, headings, repeated = found.words, found.printed, found.taken
    landmarks = find_landmarks(words, lexicon)
    _refuse_no_plan({landmark.kind for landmark in landmarks}, lexicon, file)
    _refuse_other_order([[mark.column for mark in row] for row in group_rows(landmarks)], file)

    drafts = join_split_tasks(cut_rows(words, landmarks, 0, lexicon))
    settle.settle_middles(drafts, lexicon)
    settle.doubt_wordings(drafts, lexicon)
    settle.doubt_missing(drafts)
    settle.doubt_left_over(drafts)
    settle.doubt_differences(drafts, lexicon)
    settle.doubt_surroundings(drafts)
    settle.doubt_words(drafts)
    doubt_broken_rows(drafts, found.torn, lexicon)
    _refuse_doubtful(drafts, file)

    page, on_pages = number_pages(layout, drafts[0].words[0].sheet, words[-1].sheet, first_page)
    texts: list[dict[str, str]] = [{column: draft.text for column, draft in row.cells.items()} for row in drafts]
    ids = stable_ids(plan_id, texts, earlier)
    rows, in_doubt = [], []
    for number, (row_id, row) in enumerate(zip(ids, drafts, strict=True), start=1):
        cells: dict[str, Cell] = {column: _cell(draft) for column, draft in row.cells.items()}
        on_page = page(row.words[0].sheet)
        rows.append(Row(row_id, on_page, number, cells))
        in_doubt += [
            _doubt(column, draft, row, Row(row_id, on_page, number, cells))
            for column, draft in row.cells.items()
            if draft.reasons
        ]
    stray = [
        *repeated,
        *words[: words.index(drafts[0].words[0])],
        *(w for row in drafts for w in row.left_over),
    ]
    dropped = sorted([*layout.dropped, *_lines(stray)], key=lambda line: line.number)
    notes += [*more, *on_pages, *_on_headings(headings, lexicon)]
    table = Table(file, {**{c: lexicon.heading(c) for c in Column}, **headings}, tuple(rows))
    return Reading(table, tuple(in_doubt), tuple(dropped), tuple(notes))


def _refuse_no_plan(kinds: set[Kind], lexicon: Lexicon, file: str) -> None:
    if Kind.IMPACT in kinds and kinds & {Kind.TASK, Kind.PATH}:
        return
    anchors = lexicon.anchors
    what = (
        f"this is no plan: every row should have a task opened by '+' or '{anchors.path[0]} 1:', "
        f"and '{anchors.pathway[0]} 1:'; found {'only ' + ', '.join(sorted(kinds)) if kinds else 'none of them'}"
    )
    raise SourceError(what, file=file)


def _refuse_other_order(rows: Sequence[Sequence[Column]], file: str) -> None:
    """Refuse a text whose rows begin with another column: each row would get a cell of its neighbour."""
    first, last = set(rows[0]), set(rows[-1])
    if len(rows) > 1 and Column.TASK not in first and not first & last:
        what = (
            f"the rows begin with column {rows[0][0].value!r}; flattened text is read with the task first; "
            "import the document that the text was made from"
        )
        raise SourceError(what, file=file, row=1)


def _refuse_doubtful(rows: Sequence[RowDraft], file: str) -> None:
    drafts = [draft for row in rows for draft in row.cells.values()]
    doubtful = [draft for draft in drafts if draft.reasons]
    if len(doubtful) > MOST_IN_DOUBT * len(drafts):
        codes = sorted({draft.reasons[0][0] for draft in doubtful})
        example = next(draft.reasons[0][1] for draft in doubtful)
        what = (
            f"{len(doubtful)} of {len(drafts)} cells would be in doubt, more than {MOST_IN_DOUBT:.0%}: "
            f"the text does not keep the order of the table ({', '.join(codes)}; for example: {example}); "
            "import the document that the text was made from"
        )
        raise SourceError(what, file=file)


def _cell(draft: Draft) -> Cell:
    if not draft.words and all(code == "missing-cell" for code, _ in draft.reasons):
        return Cell("", CellState.MISSING)
    return Cell(draft.text, CellState.REVIEW if draft.reasons else CellState.SURE)


def _doubt(column: Column, draft: Draft, row_draft: RowDraft, row: Row) -> Doubt:
    words = draft.words or row_draft.words
    lines = words[0].line, words[-1].line
    where = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"
    return Doubt(
        row=row.number,
        row_id=row.id,
        column=column,
        read=draft.read or raw_of(draft.words),
        proposed=draft.text,
        reason=draft.reasons[0][0],
        why="; ".join(dict.fromkeys(why for _, why in draft.reasons)),
        place=f"page {row.page}, {where}",
    )


def _lines(words: Sequence[Word]) -> list[DroppedLine]:
    by_line: dict[int, list[Word]] = {}
    for word in words:
        by_line.setdefault(word.line, []).append(word)
    return [DroppedLine(number, raw_of(on_line)) for number, on_line in by_line.items()]


def _on_headings(printed: dict[str, str], lexicon: Lexicon) -> list[str]:
    missing = [lexicon.heading(column) for column in Column if column not in printed]
    return [f"headings not found, so taken from the column scheme: {'; '.join(missing)}"] if missing else []
