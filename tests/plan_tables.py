"""Tables of plans for property tests: every wording that a plan may have, and free words of any kind."""

from __future__ import annotations

import string
from datetime import date

from hypothesis import strategies as st

from akegraph.pipeline.exporting import find_choices
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.table.model import Cell, CellState, Column, Row, Table
from akegraph.table.plan import Document, Plan

KNOWLEDGE = Knowledge()
CHOICES = find_choices("okm-2026", KNOWLEDGE)
HEADINGS = {column.value: KNOWLEDGE.schemes.lexicon.heading(column) for column in Column}
PLAN = Plan(
    id="ake-oulu-2027",
    label="AKE Oulu 2027",
    title="AKE Oulun suunnitelma 2027",
    language="fi",
    organisation="oulu",
    areas=("kainuu", "pohjois-pohjanmaa"),
    framework="okm-2026",
    document="ake-oulu-2027",
    start=date(2027, 1, 1),
    end=date(2027, 12, 31),
)
DOCUMENT = Document(
    id="ake-oulu-2027",
    title="AKE Oulun suunnitelma 2027",
    kind="Suunnitelma",
    publisher="Oulun kaupunginkirjasto",
    language="fi",
    issued=date(2026, 11, 1),
    first_page=1,
    last_page=99,
    extraction="Made for tests.",
    rights="Made for tests.",
    file="plan.xlsx",
    sha256="0" * 64,
)

_letters = string.ascii_letters + "åäöÅÄÖ" + string.digits
_first = st.sampled_from(["", "=", "+", "-", "@", "'", "=1+1", "+ ", "@SUM(", '"', "_x0041_", "|", "<b>", "&amp;"])
_word = st.text(_letters + "=+-@'\"|,;:.<>&_/§–()*[]#$`~\\", min_size=1, max_size=12)
free_text = st.builds(
    lambda first, words: " ".join(f"{first}{' '.join(words)}".split()), _first, st.lists(_word, min_size=1, max_size=6)
)
"""Texts on one line, many of which begin as a formula, a command, markup or an escape of some format does."""


@st.composite
def rows(draw: st.DrawFn, number: int, row_id: str) -> Row:
    """One row: controlled cells of one path in one of their spellings, some left out where a plan may do so."""
    path = draw(st.sampled_from(CHOICES.paths))
    task = draw(st.sampled_from(CHOICES.tasks)).label
    plus = draw(st.sampled_from(["+ ", "+"]))
    level = draw(st.sampled_from(CHOICES.levels))
    goal = draw(st.sampled_from(["", path.goals[0], path.goals[0].partition(":")[0]]))
    timing = draw(st.sampled_from(["", *CHOICES.timing_cells]))
    evaluation = draw(st.sampled_from(["", " ".join(f"+ {text}" for text in (timing, path.indicators) if text)]))
    texts = {
        Column.TASK: f"+ {task} {plus}{path.path}",
        Column.ACTIVITY: draw(free_text),
        Column.OUTPUT: draw(free_text),
        Column.OUTCOME: draw(free_text),
        Column.IMPACT: path.impact,
        Column.EFFECTIVENESS: goal,
        Column.EVALUATION: evaluation,
        Column.PARTICIPATION: f"{level.id}{draw(st.sampled_from([': ', '. ']))}{level.label}",
    }
    cells = {c.value: Cell(text, CellState.SURE if text else CellState.MISSING) for c, text in texts.items()}
    return Row(row_id, draw(st.integers(1, 99)), number, cells)


@st.composite
def tables(draw: st.DrawFn, *, most: int = 4) -> Table:
    """A table of one row or more, pages in order."""
    count = draw(st.integers(1, most))
    made = [draw(rows(number, f"row{number:05}")) for number in range(1, count + 1)]
    pages = sorted(row.page for row in made)
    ordered = tuple(Row(row.id, page, row.number, row.cells) for row, page in zip(made, pages, strict=True))
    return Table("plan", HEADINGS, ordered)


def texts_of(table: Table) -> list[tuple[str, ...]]:
    """Return the texts of all cells, row by row."""
    return [tuple(row.text(column) for column in Column) for row in table.rows]


def real_table() -> Table:
    """Return the table of the built-in plan."""
    [folder] = find_plans(["ake-tampere-2026"])
    return folder.read_table(KNOWLEDGE)
