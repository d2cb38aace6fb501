"""Table → graph: one row becomes exactly these triples, and a row that does not fit the framework is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import graph_diff, to_isomorphic

from akegraph.errors import MappingError, VocabularyError
from akegraph.graph.framework import Framework, read_framework
from akegraph.graph.iris import is_stable_id, mint_resource
from akegraph.graph.loading import load_turtle, union
from akegraph.graph.mapping import map_plan
from akegraph.graph.serialising import serialise_turtle
from akegraph.pipeline.knowledge import Knowledge
from akegraph.resources import resource
from akegraph.table.cells import parse_row
from akegraph.table.model import Cell, CellState, Row, Table
from akegraph.table.plan import read_plan

KNOWLEDGE = Knowledge()
CELLS = {
    "task": "+ Toimialueen kirjastojen toiminnan vahvistuminen +Polku 3: Viestintä ja yleisen tietoisuuden lisääminen kirjastopalveluista",
    "activity": "Kokeilu",
    "output": "Aineisto",
    "outcome": "Osallistuminen",
    "impact": "Vaikutuspolku 3: Kirjastojen asiakkaat ovat paremmin tietoisia kirjastoista ja niiden palveluista",
    "effectiveness": "Vaikutuspolun 3 tavoite 1: Kirjastojen viestinnän tukeminen, sisältäen AKEn tuottamat materiaalit esim. kuntapäättäjiin vaikuttamiseen",
    "evaluation": "+ Tuotoksen aikana/lopuksi/jälkeen + Vaikutuspolun 3 tavoitteen mittarit",
    "participation": "5. Päätämme yhdessä – Otan vastuun",
}  # fmt: skip
GOLDEN = Path(__file__).parent / "golden" / "one-row.ttl"


@pytest.fixture(scope="module")
def framework() -> Framework:
    return read_framework(union((KNOWLEDGE.reference, KNOWLEDGE.schemes_graph)), "okm-2026")


def map_one(framework: Framework, **changed: str) -> Graph:
    lexicon = KNOWLEDGE.schemes.lexicon
    cells = {
        name: Cell(text, CellState.SURE if text else CellState.MISSING) for name, text in (CELLS | changed).items()
    }
    row = Row("testrow2", 21, 4, cells)
    table = Table("test.csv", {column.notation: column.label for column in lexicon.columns}, (row,))
    plan = replace(
        read_plan(resource("data", "plans", "ake-tampere-2026", "plan.toml")),
        id="test-2026",
        label="Test 2026",
    )
    document = replace(KNOWLEDGE.documents[plan.document], id="test-document")
    return map_plan(plan, document, table, [parse_row(row, lexicon, table.file)], KNOWLEDGE.schemes, framework)


def test_one_row_becomes_exactly_the_golden_triples(framework: Framework, request: pytest.FixtureRequest) -> None:
    graph = map_one(framework)
    if request.config.getoption("--update-golden"):
        GOLDEN.write_bytes(serialise_turtle(graph))
    _, missing, extra = graph_diff(to_isomorphic(load_turtle(GOLDEN)), to_isomorphic(graph))
    assert not len(missing) + len(extra), f"missing:\n{missing.serialize()}\nextra:\n{extra.serialize()}"


def test_an_empty_cell_makes_no_record_and_no_statement(framework: Framework) -> None:
    graph = map_one(framework, evaluation="", effectiveness="")
    assert (mint_resource("evaluation", "testrow2"), None, None) not in graph
    assert (mint_resource("record", "testrow2-evaluation"), None, None) not in graph
    assert (mint_resource("goal", "okm-2026-3-1"), None, None) not in graph


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"impact": "Vaikutuspolku 3: Jotain muuta"}, "Vaikutus", "Jotain muuta"),
        ({"effectiveness": "Vaikutuspolun 3 tavoite 2: Jotain muuta"}, "Vaikuttavuus", "goal 2"),
        ({"effectiveness": "Vaikutuspolun 3 tavoite 1: Jotain muuta"}, "Vaikuttavuus", "Jotain muuta"),
    ],
)
def test_a_row_that_is_not_the_frameworks_is_refused(
    framework: Framework, changed: dict[str, str], column: str, words: str
) -> None:
    with pytest.raises(MappingError, match=rf"test\.csv, page 21, row 4, column '{column}.*{words}"):
        map_one(framework, **changed)


def test_an_unknown_framework_is_said() -> None:
    with pytest.raises(VocabularyError, match="okm-1999"):
        read_framework(KNOWLEDGE.reference, "okm-1999")


@pytest.mark.parametrize("text", ["", "A", "a b", "ä", "-a", "a-", "a/b", "a\n", 'a"'])
def test_what_is_no_stable_id_is_never_minted(text: str) -> None:
    assert not is_stable_id(text)
    with pytest.raises(ValueError, match="stable id"):
        mint_resource("activity", text)
