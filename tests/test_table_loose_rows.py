"""Rows of a document's grid whose cells no rule closes, that lack a cell, or that look like a title."""

import pytest
from test_table_text import CELLS, LEXICON, PLAN

from akegraph.table.grids import Grid, GridCell, GridRow, Sheaf, lines_of
from akegraph.table.model import CellState, Column
from akegraph.table.spelling import Spelling
from akegraph.table.tabular import read_sheaf

HEADER = GridRow(tuple(GridCell(lines_of(LEXICON.heading(column))) for column in Column))


def read(*rows):
    grid = Grid("page 1", (HEADER, *rows))
    return read_sheaf(Sheaf((grid,)), LEXICON, file="plan.pdf", plan_id=PLAN, spelling=Spelling()).table.rows


def row(cells, **options):
    return GridRow(tuple(GridCell(lines_of(cells[column])) for column in Column), **options)


def in_review(read_row):
    return {str(column) for column, cell in read_row.cells.items() if cell.state is CellState.REVIEW}


@pytest.mark.parametrize(
    ("loose", "doubted"),
    [
        (False, {"task"}),
        (True, {"task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation"}),
    ],
)
def test_text_below_a_table_without_rules_puts_the_whole_last_row_in_doubt(loose, doubted):
    last = row(CELLS[1] | {"task": f"{CELLS[1]['task']} Mittarit"}, loose=loose)
    rows = read(*(row(cells, loose=loose) for cells in CELLS[2:8]), last)
    assert in_review(rows[-1]) == doubted
    assert in_review(rows[0]) == set()


def test_an_empty_cell_is_in_review_where_its_words_may_stand_in_another():
    swollen = CELLS[0] | {"task": f"{CELLS[0]['task']} {CELLS[0]['activity']}", "activity": ""}
    rows = read(row(swollen), *map(row, CELLS[1:6]), row(CELLS[6] | {"activity": ""}))
    assert rows[0].cells["activity"].state is CellState.REVIEW
    assert rows[-1].cells["activity"].state is CellState.MISSING


def test_a_row_that_reaches_under_all_columns_is_no_title_if_it_is_long():
    def across(text):
        first = GridCell(lines_of(text))
        return GridRow((first, *(GridCell(lines_of(text), spanned="right") for _ in range(7))))

    whole = " ".join(CELLS[3].values())
    assert len(read(*map(row, CELLS), across("Vuosi 2026"))) == 17
    assert len(read(*map(row, CELLS), across(whole))) == 18
