from dataclasses import replace

import pytest

from akegraph.errors import MappingError
from akegraph.graph.loading import load_folder
from akegraph.graph.schemes import read_schemes
from akegraph.resources import resource
from akegraph.table.cells import check_table, items, parse_row
from akegraph.table.model import Cell, CellState, Column, Row, Table

CELLS = {
    "task": "+ Toimialueen kirjastojen toiminnan vahvistuminen +Polku 3: Viestintä ja yleisen tietoisuuden "
    "lisääminen kirjastopalveluista",
    "activity": "Kirjastokeskustelut",
    "output": "Raportit",
    "outcome": "Osallistuminen",
    "impact": "Vaikutuspolku 3: Kirjastojen asiakkaat ovat tietoisia",
    "effectiveness": "Vaikutuspolun 3 tavoite 1: Viestinnän tukeminen",
    "evaluation": "+ Tuotoksen aikana/lopuksi + Vaikutuspolun 3 tavoitteen mittarit",
    "participation": "2. Kysymme palautetta - Annan palautetta",
}


@pytest.fixture(scope="module")
def lexicon():
    return read_schemes(
        load_folder(resource("ontology", "schemes")), resource("data", "reference", "anchors.toml")
    ).lexicon


def row(**changed):
    texts = CELLS | changed
    states = {c: CellState.SURE if texts[c] else CellState.MISSING for c in Column}
    return Row("kabc2345", 16, 1, {c: Cell(texts[c], states[c]) for c in Column})


def table(*rows):
    return Table("plan.csv", {"participation": "Taso"}, rows)


def test_a_row_is_read_into_notations_and_numbers(lexicon):
    content = parse_row(row(), lexicon, "plan.csv")
    assert (content.task, content.path, content.pathway, content.level) == ("strengthening", "3", 3, "2")
    assert content.impact == "Kirjastojen asiakkaat ovat tietoisia"
    assert (content.goal_pathway, content.goal_number, content.goal_text) == (3, 1, "Viestinnän tukeminen")
    assert content.goal_name == "Vaikutuspolun 3 tavoite 1"
    assert (content.timings, content.indicator_pathway) == (("during", "end"), 3)


@pytest.mark.parametrize(
    ("cell", "number", "text"),
    [
        ("Vaikutuspolun 3 tavoitteet", None, None),
        ("Vaikutuspolun 3 tavoite 2", 2, None),
        ("vaikutuspolun 3 tavoite: x: y", None, "x: y"),
    ],
)
def test_goals_in_all_their_forms(lexicon, cell, number, text):
    content = parse_row(row(effectiveness=cell), lexicon, "plan.csv")
    assert (content.goal_number, content.goal_text) == (number, text)


def test_effectiveness_and_evaluation_may_be_empty(lexicon):
    content = parse_row(row(effectiveness="", evaluation=""), lexicon, "plan.csv")
    assert (content.goal_pathway, content.goal_name, content.timings) == (None, None, ())
    assert content.indicator_pathway is None


@pytest.mark.parametrize("timing", ["Tuotoksen aikana", "Tuotoksen lopuksi ja jälkeen", "Tuotoksen aikana, lopuksi"])
def test_timings_may_be_joined_in_several_ways(lexicon, timing):
    assert parse_row(row(evaluation=f"+ {timing}"), lexicon, "plan.csv").timings


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("task", "+ Uusi tehtävä + Polku 3: x", "'Uusi tehtävä' is no known task"),
        ("task", "+ Polku 3: Viestintä ja yleisen tietoisuuden lisääminen kirjastopalveluista", "no tasks"),
        ("task", "+ Toimialueen kirjastojen toiminnan vahvistuminen", "no paths"),
        ("task", CELLS["task"].replace("3", "7"), "no path 7; known are 1: henkilöstön"),
        ("task", CELLS["task"].replace("3", "4"), "path 4 is worded 'Yhteistoiminta ja koordinaatio'"),
        ("task", "", "empty"),
        ("activity", "", "empty"),
        ("impact", "Kirjastojen asiakkaat", "Vaikutuspolku n"),
        ("impact", "Vaikutuspolku 2: Asiakkaat", "path 2 here, but path 3"),
        ("effectiveness", "Vaikutuspolun 2 tavoite", "path 2 here, but path 3"),
        ("effectiveness", "Vaikutuspolun 3 tavoite:", "does not read"),
        ("evaluation", "+ Vaikutuspolun 1 tavoitteiden mittarit", "path 1 here, but path 3"),
        ("evaluation", "+ Tuotoksen aikana/joskus", "'joskus' is no known timing"),
        ("evaluation", "+ Joskus", "neither a timing nor"),
        ("participation", "6: Uusi taso", "there is no level 6; known are 1: .*; 5: "),
        ("participation", "2: Kuulemme eri vaiheissa - Vaikutan", "level 2 is worded"),
        ("participation", "Kuulemme", "does not read"),
    ],
)
def test_what_has_no_place_is_refused_with_its_place(lexicon, column, text, says):
    with pytest.raises(MappingError, match=says) as caught:
        parse_row(row(**{column: text}), lexicon, "plan.csv")
    assert (caught.value.file, caught.value.row) == ("plan.csv", 1)
    assert caught.value.column == lexicon.heading(column)


def test_check_table_tells_of_everything_at_once(lexicon):
    bad = replace(row(participation="6: x", impact="Vaikutuspolku 1: y"), number=2)
    odd = replace(row(), id="Ä", number=2)
    errors = check_table(table(row(), bad, odd), lexicon)
    told = [(error.row, error.column) for error in errors]
    assert told.count((1, "id")) == 1  # the id of row 1 comes twice
    assert {(2, "id"), (2, "row"), (2, "Taso"), (2, "Vaikutus")} <= set(told)
    assert check_table(table(row()), lexicon) == []


def test_items_open_at_plus_signs_but_not_inside_words():
    assert items("+ a +b C++ 65+ +") == ["a", "b C++ 65+"]
