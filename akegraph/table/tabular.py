"""Reading the plan out of a document's grids: every cell its text, its place and how sure it is.

A cell is sure where nothing had to be decided to read it, or what was decided is confirmed from outside: by a
controlled wording that the cell matches word for word, or by the same text in another row. All else is in doubt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from akegraph.errors import SourceError
from akegraph.table.assembly import PlanTable, RawRow, assemble
from akegraph.table.cells import (
    MANDATORY,
    complete_level,
    items,
    read_evaluation,
    read_goal,
    read_impact,
    read_task,
)
from akegraph.table.columns import Lexicon, normalise, squeeze
from akegraph.table.doubts import READERS
from akegraph.table.grids import EMPTY, Doubted, GridCell, Progress, Sheaf
from akegraph.table.headings import STATE, match_heading
from akegraph.table.identity import stable_ids
from akegraph.table.joining import Joined, Joiner, make_joiner
from akegraph.table.model import COUNTED, ROW_ID, Cell, CellState, Column, Doubt, Reading, Row, Table
from akegraph.table.spelling import Spelling

MOST_IN_DOUBT = 0.4
_CONTROLLED = (Column.TASK, Column.IMPACT, Column.PARTICIPATION)
_MENDABLE = {"broken-word", "line-end-hyphen"}
_DISPLACED = {"unknown-wording", "crosses-edge", "column-edge"}


@dataclass(slots=True)
class _Draft:
    """A cell while it is read."""

    grid: GridCell
    joined: Joined
    text: str
    reasons: list[Doubted] = field(default_factory=list)

    def doubt(self, code: str, why: str) -> None:
        if (code, why) not in self.reasons:
            self.reasons.append((code, why))

    def settle(self, text: str) -> None:
        """Take a text that something outside the cell confirms; doubts about how its words hang together end."""
        self.text = text
        self.reasons = [reason for reason in self.reasons if reason[0] not in _MENDABLE]


_Drafts = dict[Column, _Draft]


def read_sheaf(
    sheaf: Sheaf,
    lexicon: Lexicon,
    *,
    file: str,
    plan_id: str,
    spelling: Spelling,
    first_page: int | None = None,
    earlier: Table | None = None,
    table: int | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read the plan's table out of a document's grids.

    :param file: the file's name as the user gave it
    :param plan_id: the plan's id, which new row ids are made from
    :param first_page: the page of the first row, where the document does not tell
    :param earlier: the rows of an earlier import, whose ids are kept
    :param table: the number of the table to read, where a person chose
    :raises SourceError: if there is no plan, two rows claim one id, or over 40 % of the cells would be in doubt
    """
    counted = [cell.lines for grid in sheaf.grids for row in grid.rows for cell in row.cells if cell.lines]
    joiner = make_joiner(counted, spelling, lexicon.anchors.conjunction)

    def fits(cells: Mapping[Column, GridCell]) -> int:
        return sum(
            any(not READERS[column](text, lexicon)[1] for text in (joined.text, *joined.others))
            for column in _CONTROLLED
            if column in cells and (joined := joiner.join(cells[column].lines)).text
        )

    plan = assemble(sheaf, lexicon, file, fits, table)
    drafts: list[_Drafts] = []
    for at, row in enumerate(plan.rows):
        drafts.append(_draft_row(row, joiner, lexicon))
        if progress and at % 50 == 0:
            progress("rows", at, len(plan.rows))
    if progress:
        progress("rows", len(plan.rows), len(plan.rows))
    _confirm(drafts)
    for cells in drafts:
        _doubt_paths(cells, lexicon)
        _doubt_lost(cells)
    for cells, row in zip(drafts, plan.rows, strict=True):
        if row.loose:
            _doubt_loose(cells)
    _doubt_spellings(drafts)
    _doubt_columns(drafts, plan, lexicon)
    _refuse_doubtful(drafts, file)
    return _make_reading(drafts, plan, sheaf, lexicon, file, plan_id, first_page, earlier)


def _draft_row(row: RawRow, joiner: Joiner, lexicon: Lexicon) -> _Drafts:
    drafts: _Drafts = {}
    for column in Column:
        grid = row.cells.get(column, EMPTY)
        joined = joiner.join(grid.lines)
        draft = drafts[column] = _Draft(grid, joined, joined.text, [*grid.doubts, *joined.reasons])
        if not joined.text:
            if column in MANDATORY:
                here = "the table has no such column" if column not in row.cells else "the cell is empty"
                draft.doubt("missing-cell", f"{here}, and every row needs it")
            elif column not in row.cells:
                draft.doubt("missing-cell", "the table has no such column")
        elif column in READERS:
            _read_controlled(column, draft, lexicon)
        for code, why in row.doubts:
            draft.doubt(code, why)
        if grid.spanned and joined.text:
            _doubt_merged(column, draft)
    for key, value in row.own.items():
        column_name = match_heading(key.removeprefix(STATE), lexicon)[0] if key.startswith(STATE) else None
        if column_name and value == CellState.REVIEW:
            drafts[Column(column_name)].doubt("marked", "the table itself says that the cell is in doubt")
    return drafts


def _read_controlled(column: Column, draft: _Draft, lexicon: Lexicon) -> None:
    """Hold a cell against its grammar: one reading of it that has no problem may be the only one."""
    good = [text for text in (draft.text, *draft.joined.others) if not READERS[column](text, lexicon)[1]]
    if good and (column in (Column.TASK, Column.PARTICIPATION) or _is_worded_whole(column, good[0], lexicon)):
        draft.settle(good[0])
    elif not good:
        if column is Column.PARTICIPATION and (whole := complete_level(draft.text, lexicon)):
            draft.doubt("short-wording", f"{draft.text!r} is taken for the whole wording {whole!r}")
            draft.text = whole
            return
        if reworded := _reword(column, draft.text, lexicon):
            why = f"{draft.text!r} is taken for the known wording {reworded!r}, broken here"
            draft.text = reworded
            draft.doubt("broken-word", why)
            return
        draft.doubt("unknown-wording", "; ".join(READERS[column](draft.text, lexicon)[1]))
    elif len(good) == 1 and good[0] != draft.text:
        draft.text = good[0]


def _is_worded_whole(column: Column, text: str, lexicon: Lexicon) -> bool:
    """Tell whether a cell that its grammar reads has no words of its own."""
    if column is Column.EVALUATION:
        evaluation = read_evaluation(text, lexicon)[0]
        return ":" not in text and bool(evaluation.timings or evaluation.pathway)
    return column is Column.EFFECTIVENESS and read_goal(text, lexicon)[0].text is None


def _reword(column: Column, text: str, lexicon: Lexicon) -> str | None:
    """Find the known wordings that a task or a level has but for breaks inside words."""

    def respell(part: str, wordings: Sequence[object]) -> str | None:
        return next((w.label for w in wordings if squeeze(w.label) == squeeze(part)), None)  # type: ignore[attr-defined]

    if column is Column.PARTICIPATION:
        number, mark, wording = re.match(r"(\d*)([:.]?)(.*)", text).groups()  # type: ignore[union-attr]
        label = respell(wording, lexicon.levels)
        made = f"{number}{mark} {label}" if label and number and mark else None
    elif column is Column.TASK:
        parts: list[str] = []
        for item in items(text):
            head, colon, label = item.partition(":")
            path = respell(label, lexicon.paths) if colon else None
            known = f"{head}: {path}" if path else respell(item, lexicon.tasks)
            parts.append(f"+ {known or item}")
        made = " ".join(parts)
    else:
        return None
    return made if made and not READERS[column](made, lexicon)[1] and made != text else None


def _doubt_merged(column: Column, draft: _Draft) -> None:
    """Doubt a cell that a merged cell fills, unless its wording is controlled and so shared on purpose."""
    if draft.grid.spanned == "right":
        draft.doubt("merged-cell", "one cell stands under two headings, so which it belongs to is not sure")
    elif column not in READERS:
        draft.doubt("merged-cell", "one cell stands beside several rows, so whether all of them share it is not sure")


def _confirm(drafts: Sequence[_Drafts]) -> None:
    """Settle what another row of the same column says without doubt."""
    for column in Column:
        sure = {row[column].text for row in drafts if row[column].text and not row[column].reasons}
        for row in drafts:
            draft = row[column]
            if any(code in _MENDABLE for code, _ in draft.reasons):
                known = [text for text in (draft.text, *draft.joined.others) if text in sure]
                if len(known) == 1:
                    draft.settle(known[0])


def _doubt_paths(cells: _Drafts, lexicon: Lexicon) -> None:
    """Cross-check the path's number over task, impact, effectiveness and evaluation."""
    paths = read_task(cells[Column.TASK].text, lexicon)[0].paths
    numbers = {
        Column.IMPACT: read_impact(cells[Column.IMPACT].text, lexicon)[0].pathway,
        Column.EFFECTIVENESS: read_goal(cells[Column.EFFECTIVENESS].text, lexicon)[0].pathway,
        Column.EVALUATION: read_evaluation(cells[Column.EVALUATION].text, lexicon)[0].pathway,
    }
    found = {column: str(number) for column, number in numbers.items() if number is not None}
    if len(paths) == 1:
        found[Column.TASK] = paths[0]
    if len(set(found.values())) < 2:
        return
    counts = Counter(found.values()).most_common()
    odd = {number for number, count in counts if count < counts[0][1]} or set(found.values())
    told = ", ".join(f"path {number} in {lexicon.heading(column)!r}" for column, number in sorted(found.items()))
    for column, number in found.items():
        if number in odd:
            cells[column].doubt("paths-differ", f"the columns name different paths: {told}")


def _doubt_lost(cells: _Drafts) -> None:
    """Doubt cells of which nothing was found where another cell of the row holds words that are none of its own."""
    swollen = any(code in _DISPLACED for draft in cells.values() if draft.text for code, _ in draft.reasons)
    for draft in cells.values():
        if swollen and not draft.text and draft.reasons:
            why = "nothing was found for this cell, and another of the row holds words that fit it not; they may be its"
            draft.reasons.insert(0, ("lost-cell", why))


def _doubt_loose(cells: _Drafts) -> None:
    """Doubt what nothing confirms in a row that no rules close, where a cell of it holds words that fit it not.

    These may be text below the table or a neighbour's, and then the other cells may have some of them too.
    """
    for column in _CONTROLLED:
        if any(code == "unknown-wording" for code, _ in cells[column].reasons) and cells[column].text:
            for other, draft in cells.items():
                if other not in (Column.TASK, Column.PARTICIPATION) and draft.text:
                    why = "no rule closes this cell, and another of the row holds words that fit it not"
                    draft.doubt("row-edge", why)


def _doubt_spellings(drafts: Sequence[_Drafts]) -> None:
    """Doubt mended cells that differ from another cell of their column in how words hang together, and only in that."""
    for column in Column:
        alike: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in drafts:
            if row[column].text:
                alike[squeeze(row[column].text).casefold()][normalise(row[column].text)] += 1
        for row in drafts:
            draft = row[column]
            spellings = alike[squeeze(draft.text).casefold()] if draft.text else Counter[str]()
            broken = draft.joined.settled or any(line.full for line in draft.grid.lines)
            if len(spellings) < 2 or not broken or _is_settled_wording(column, draft):
                continue
            if spellings[normalise(draft.text)] <= max(
                count for text, count in spellings.items() if text != normalise(draft.text)
            ):
                draft.doubt("broken-word", "another row has the same letters with its words broken otherwise")


def _is_settled_wording(column: Column, draft: _Draft) -> bool:
    return column in (Column.TASK, Column.PARTICIPATION) and not draft.reasons


def _doubt_columns(drafts: Sequence[_Drafts], plan: PlanTable, lexicon: Lexicon) -> None:
    """Doubt what stands under a heading that was recognised by likeness only, unless its cells speak for it."""
    for name in plan.unsure:
        column = Column(name)
        read = [row[column] for row in drafts if row[column].text]
        if column in READERS and sum(not READERS[column](d.text, lexicon)[1] for d in read) * 2 > len(read):
            continue
        for draft in read:
            why = f"the heading {plan.headings[name]!r} is taken for {lexicon.heading(name)!r}"
            draft.doubt("heading", why)


def _refuse_doubtful(drafts: Sequence[_Drafts], file: str) -> None:
    cells = [draft for row in drafts for draft in row.values()]
    doubtful = [draft for draft in cells if draft.reasons]
    if len(doubtful) > MOST_IN_DOUBT * len(cells):
        codes = [code for code, _ in Counter(draft.reasons[0][0] for draft in doubtful).most_common()]
        what = (
            f"{len(doubtful)} of {len(cells)} cells would be in doubt, more than {MOST_IN_DOUBT:.0%} "
            f"({', '.join(codes)}; for example: {doubtful[0].reasons[0][1]}); "
            "import the document that this one was made from"
        )
        raise SourceError(what, file=file)


def _make_reading(
    drafts: Sequence[_Drafts],
    plan: PlanTable,
    sheaf: Sheaf,
    lexicon: Lexicon,
    file: str,
    plan_id: str,
    first_page: int | None,
    earlier: Table | None,
) -> Reading:
    texts: list[dict[str, str]] = [{column: draft.text for column, draft in row.items()} for row in drafts]
    ids = stable_ids(plan_id, texts, earlier, _given_ids(plan, file))
    notes = [*sheaf.notes, *plan.notes]
    printed = dict(sheaf.page_numbers)
    start = plan.rows[0].sheet
    if first_page is not None:
        if printed.get(start, first_page) != first_page:
            notes.append(f"the first row is taken to be on page {first_page}; the document says {printed[start]}")
        shift: int | None = first_page - start
    else:
        shift = None
    headings = {**{column.value: lexicon.heading(column) for column in Column}, **plan.headings}
    rows, doubts = [], []
    for number, (row_id, raw, cells) in enumerate(zip(ids, plan.rows, drafts, strict=True), start=1):
        page = raw.sheet + shift if shift is not None else printed.get(raw.sheet, raw.sheet + 1)
        if own := raw.own.get("page", ""):
            page = int(own) if COUNTED.fullmatch(own) else page
            if str(page) != own:
                notes.append(f"{raw.place}: the page {own!r} is no number; {page} is taken")
        continues = raw.own.get("continues") or None
        row = Row(row_id, page, number, {c.value: _cell(draft) for c, draft in cells.items()}, continues)
        rows.append(row)
        doubts += [_doubt(column, draft, raw, row, sheaf) for column, draft in cells.items() if draft.reasons]
    return Reading(Table(file, headings, tuple(rows)), tuple(doubts), plan.dropped, tuple(notes))


def _given_ids(plan: PlanTable, file: str) -> list[str | None]:
    """Return the ids that the table itself gives its rows.

    :raises SourceError: if one is no id, or stands in two rows
    """
    given = [row.own.get("id") or None for row in plan.rows]
    first: dict[str, int] = {}
    for number, (row_id, row) in enumerate(zip(given, plan.rows, strict=True), start=1):
        if row_id is None:
            continue
        if not ROW_ID.fullmatch(row_id):
            what = f"{row.place}: {row_id!r} is no stable id: lower-case letters and digits, a letter first"
            raise SourceError(what, file=file, row=number, column="id")
        if row_id in first:
            what = f"{row.place}: the id {row_id!r} is that of row {first[row_id]} already; every row needs its own"
            raise SourceError(what, file=file, row=number, column="id")
        first[row_id] = number
    return given


def _cell(draft: _Draft) -> Cell:
    state = CellState.SURE if draft.text else CellState.MISSING
    if draft.reasons and (draft.text or draft.reasons[0][0] != "missing-cell"):
        state = CellState.REVIEW
    return Cell(draft.text, state, draft.grid.sheet_cell)


def _doubt(column: Column, draft: _Draft, raw: RawRow, row: Row, sheaf: Sheaf) -> Doubt:
    place = ", ".join(part for part in (f"page {row.page}" if sheaf.paged else "", raw.place, draft.grid.place) if part)
    return Doubt(
        row=row.number,
        row_id=row.id,
        column=column,
        read=draft.joined.raw,
        proposed=draft.text,
        reason=draft.reasons[0][0],
        why="; ".join(dict.fromkeys(why for _, why in draft.reasons)),
        place=place,
    )
