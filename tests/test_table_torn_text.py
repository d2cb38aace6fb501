"""Flattened text whose order is broken: headings torn apart, rests of rows, words that a line end spoilt."""

import pytest
from test_table_text import BLOCKS, CELLS, HEADINGS, LEXICON, PLAN, assert_nothing_silently_wrong, flow

from akegraph.errors import SourceError
from akegraph.table.decoding import clean
from akegraph.table.headlines import find_headings
from akegraph.table.model import CellState, Column
from akegraph.table.spelling import Spelling
from akegraph.table.text import read_text

TORN = [
    *["Tehtävä (Lain 8 § ja", "OKM-polut)"],
    *["+ Polku 1: henkilöstön osaamisen", "kehittäminen", ""],
    *["Panos ja prosessi", "", "Tuotos", "", "Tulos", "", "Vaikutus", ""],
    *["Vaikuttavuus (perustaso)", "", "Arviointi", "", "Osallisuustaso", ""],
]
KNOWN = Spelling(frozenset({"oppimistilaisuuksien"}))


def read(lines, spelling=KNOWN):
    return read_text("\n".join(lines).encode(), LEXICON, file="plan.txt", plan_id=PLAN, spelling=spelling)


def columns_in_doubt(reading, row):
    return {str(doubt.column) for doubt in reading.doubts if doubt.row == row}


def rows_of(*numbers):
    return [line for number in numbers for line in flow(CELLS[number])]


def cut_task(cells):
    return flow(cells | {"task": cells["task"].partition(" + Polku")[0]})


def test_the_rest_of_a_task_among_torn_headings_goes_back_to_its_row_and_all_cells_are_in_doubt():
    before = [0, 1, 2, 3, 5, 6]
    lines = [HEADINGS, *rows_of(*before), *cut_task(CELLS[4]), *TORN, *rows_of(7, 8, 9, 10, 11, 12, 13)]
    reading = read(lines)
    truth = [*(CELLS[at] for at in before), CELLS[4], *CELLS[7:14]]
    assert_nothing_silently_wrong(reading, truth)
    assert reading.table.rows[6].text("task") == CELLS[4]["task"]
    assert columns_in_doubt(reading, 7) == set(Column)
    assert columns_in_doubt(reading, 8) == set(Column)
    assert columns_in_doubt(reading, 10) == set()
    assert "Tuotos" in {line.text for line in reading.dropped}


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ([HEADINGS], [1]),
        (["Tulos"], []),
        (["Tulos", "parani", "Arviointi"], []),
        (["Tuotos", "x", "Tulos", "y", "Arviointi"], [3]),
        (["Uppgift (8 § i lagen", "och UKM:s vägar)", "rest", "Insats och process", "Prestation", "Resultat"], [2]),
        (["Tuotos", *["x"] * 80, "Tulos", *["y"] * 80, "Arviointi"], []),
        (["Panos, tuotos, tulos, vaikutus"], []),
        (["kuin Tuotos on", "ja Tulos sekä", "x Arviointi y"], []),
        (["Tuotos", "", "Tulos", "", "Arviointi", "", "Vaikutus", "", "rivi", "", "Tulos", ""], [1]),
    ],
)
def test_headings_are_known_together_or_on_lines_of_their_own(lines, counts):
    from akegraph.table.furniture import lay_out
    from akegraph.table.words import read_words

    words = read_words(lay_out("\n".join(lines), LEXICON.anchors).lines, LEXICON.anchors)
    assert [len(group) for group in find_headings(words, LEXICON)] == counts


def test_torn_headings_in_another_order_are_refused():
    other = ["Tulos", "", "x", "", "Tuotos", "", "y", "", "Arviointi", ""]
    with pytest.raises(SourceError, match="headings stand in another order"):
        read([HEADINGS, *rows_of(0, 1, 2), *other, *rows_of(3, 4)])


def test_the_rest_of_a_row_behind_a_page_break_puts_all_its_cells_in_doubt():
    whole = rows_of(*range(9))
    lines = [*whole, *flow(CELLS[9] | {"outcome": "Kirjastojen osallistuminen"}), "\f" + HEADINGS, "kartoitukseen", ""]
    reading = read([HEADINGS, *lines, *rows_of(*range(10, 17))])
    assert columns_in_doubt(reading, 10) == set(Column)
    assert columns_in_doubt(reading, 9) == set(Column) - {"task", "participation"}


def test_words_behind_the_last_row_put_it_in_doubt():
    reading = read([HEADINGS, *rows_of(*range(9)), "", "osaamisen kehittäminen"])
    assert columns_in_doubt(reading, 9) == set(Column)
    assert "outcome" not in columns_in_doubt(reading, 6)


def test_different_paths_in_a_row_put_all_its_cells_in_doubt():
    mixed = CELLS[0] | {"evaluation": "+ Tuotoksen aikana + Vaikutuspolun 3 tavoitteiden mittarit"}
    reading = read([HEADINGS, *flow(mixed), *rows_of(*range(1, 9))])
    assert columns_in_doubt(reading, 1) == set(Column)
    assert "name different paths" in next(doubt.why for doubt in reading.doubts if doubt.column == "task")
    assert "task" not in columns_in_doubt(reading, 2)


def test_a_missing_cell_that_others_may_hold_is_in_review():
    lines = [line for line in flow(CELLS[0] | {"output": ""}) if line]
    reading = read([HEADINGS, *lines, *rows_of(*range(1, 9))])
    cells = reading.table.rows[0].cells
    assert {cells[column].state for column in ("activity", "output", "outcome")} == {CellState.REVIEW}


def test_a_word_cut_at_a_line_end_is_joined_and_in_doubt():
    lines = flow(CELLS[0] | {"output": "Oppimistilaisu uksien toteutukset"}, 14)
    doubts = read([HEADINGS, *lines, *rows_of(*range(1, 9))]).doubts
    (doubt,) = [doubt for doubt in doubts if doubt.row == 1 and doubt.column == "output"]
    assert (doubt.column, doubt.reason) == ("output", "broken-word")
    assert doubt.proposed == "Oppimistilaisuuksien toteutukset"


def test_a_goal_cut_at_the_same_place_in_two_rows_is_not_confirmed_by_itself():
    goal = "Vaikutuspolun 1 tavoitteet: Uusien toimintaympäristöl ähtöisesti luotujen palvelujen levittäminen"
    rows = [CELLS[0] | {"effectiveness": goal}, CELLS[4] | {"effectiveness": goal}]
    lines = [line for row in rows for line in flow(row, 24)]
    reading = read([HEADINGS, *lines, *rows_of(1, 2, 3, 7, 8, 9, 10, 11)])
    assert "effectiveness" in columns_in_doubt(reading, 1) & columns_in_doubt(reading, 2)


@pytest.mark.parametrize("word", ["tavoiteja kehityskeskusteluissa", "AVIyhteistyö kirjastoissa"])
def test_a_hyphen_that_a_program_took_away_is_in_doubt(word):
    lines = flow(CELLS[0] | {"outcome": f"Kirjastojen osallistuminen {word}"}, 200)
    reading = read([HEADINGS, *lines, *(line for at in range(1, 9) for line in flow(CELLS[at], 200))])
    (doubt,) = [doubt for doubt in reading.doubts if doubt.row == 1 and doubt.column == "outcome"]
    assert "taken away" in doubt.why


def test_a_soft_hyphen_and_the_hyphen_drawn_for_it_are_one():
    assert clean("yh\u00ad\u2010\nteis\u00adtyö")[0] == "yh\u00ad\nteis\u00adtyö"
    assert clean("tavoite- ja\u00ad-x")[0] == "tavoite- ja\u00ad-x"
    text = "\n".join([HEADINGS, *(line for block in BLOCKS for line in [*block, ""])])
    spoilt = text.replace("koulutustarjotin", "koulu\u00ad\u2010\ntustarjotin", 1)
    assert read(spoilt.split("\n")).table.rows[0].text("activity") == CELLS[0]["activity"]


def test_a_missing_landmark_puts_the_row_and_what_nothing_confirms_beside_it_in_doubt():
    reading = read([HEADINGS, *rows_of(0, 1, 2), *flow(CELLS[3] | {"impact": ""}), *rows_of(*range(4, 12))])
    assert columns_in_doubt(reading, 4) == set(Column)
    assert columns_in_doubt(reading, 3) == columns_in_doubt(reading, 5) == set(Column) - {"task", "participation"}


def test_words_of_another_cell_in_the_evaluation_put_its_neighbours_in_doubt():
    spoilt = CELLS[0] | {"evaluation": f"{CELLS[0]['evaluation']} tukeminen esim. kuntapäättäjiin"}
    reading = read([HEADINGS, *flow(spoilt), *rows_of(*range(1, 9))])
    assert columns_in_doubt(reading, 1) >= {"effectiveness", "impact", "evaluation"}


def test_one_letter_on_the_next_line_is_in_doubt():
    lines = flow(CELLS[0] | {"output": "Menetelmäpanki n hyödyntäminen"}, 14)
    reading = read([HEADINGS, *lines, *rows_of(*range(1, 9))])
    assert "output" in columns_in_doubt(reading, 1)
