"""Graph → table: what was mapped comes back word for word, and normalised words mean the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from plan_tables import DOCUMENT, KNOWLEDGE, PLAN, real_table, tables, texts_of
from rdflib import Graph, Literal
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS

from akegraph.errors import MappingError
from akegraph.graph.rebuild import normalise_table, rebuild_table
from akegraph.pipeline.exporting import gather_context
from akegraph.pipeline.knowledge import find_plans
from akegraph.pipeline.mapping import map_folder, map_table
from akegraph.table.model import CellState, Column, Table
from akegraph.terms import AKE

CONTEXT = gather_context(KNOWLEDGE)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def real_graph() -> Graph:
    [folder] = find_plans(["ake-tampere-2026"])
    return map_folder(folder, KNOWLEDGE)[1]


def meaning(graph: Graph) -> Graph:
    """Leave out the words of the cells: what is left is what they mean."""
    bare = Graph()
    for triple in graph:
        if triple[1] not in (AKE.verbatimText, AKE.columnName):
            bare.add(triple)
    return bare


def test_the_real_plan_comes_back(real_graph: Graph) -> None:
    table, real = rebuild_table(real_graph, KNOWLEDGE.schemes, "again"), real_table()
    assert texts_of(table) == texts_of(real)
    assert [(row.id, row.page, row.number) for row in table.rows] == [(r.id, r.page, r.number) for r in real.rows]
    assert table.headings == real.headings


@given(table=tables())
@FEW
def test_table_to_graph_to_table_is_the_identity_on_wording(table: Table) -> None:
    graph = map_table(PLAN, DOCUMENT, table, KNOWLEDGE)
    again = rebuild_table(graph, KNOWLEDGE.schemes, "again")
    assert texts_of(again) == texts_of(table)
    assert [(row.id, row.page, row.number) for row in again.rows] == [(r.id, r.page, r.number) for r in table.rows]
    assert [{c: cell.state for c, cell in row.cells.items()} for row in again.rows] == [
        {c: cell.state for c, cell in row.cells.items()} for row in table.rows
    ]


@given(table=tables())
@FEW
def test_normalised_words_mean_the_same(table: Table) -> None:
    graph = map_table(PLAN, DOCUMENT, table, KNOWLEDGE)
    worded = normalise_table(rebuild_table(graph, KNOWLEDGE.schemes, ""), graph, CONTEXT, KNOWLEDGE.schemes)
    again = map_table(PLAN, DOCUMENT, worded.table, KNOWLEDGE)
    assert isomorphic(meaning(again), meaning(graph))
    own = (Column.ACTIVITY, Column.OUTPUT, Column.OUTCOME)
    assert [[row.text(c) for c in own] for row in worded.table.rows] == [[r.text(c) for c in own] for r in table.rows]


def test_normalised_words_are_uniform(real_graph: Graph) -> None:
    table = rebuild_table(real_graph, KNOWLEDGE.schemes, "")
    worded = normalise_table(table, real_graph, CONTEXT, KNOWLEDGE.schemes).table
    assert worded.rows[9].text("task") == (
        "+ Yleisten kirjastojen yhteistoiminnan edistäminen + Polku 4: Yhteistoiminta ja koordinaatio"
    )
    assert worded.rows[4].text("participation") == "3: Kuulemme eri vaiheissa – Vaikutan"
    assert worded.rows[0].text("evaluation") == (
        "+ Tuotoksen aikana/lopuksi/jälkeen + Vaikutuspolun 1 tavoitteiden mittarit"
    )
    assert worded.rows[6].text("outcome").startswith("henkilöstön osallistuminen"), "own words stay as they are"


@pytest.mark.parametrize(
    ("language", "task", "level", "heading"),
    [
        ("sv", "+ Främjande av samarbetet mellan de allmänna biblioteken + Stig 4: ", "5: ", "Uppgift (8 § i lagen"),
        ("en", "+ Promoting cooperation between public libraries + Path 4: ", "5: ", "Task (section 8"),
    ],
)
def test_normalised_words_in_other_languages(
    real_graph: Graph, language: str, task: str, level: str, heading: str
) -> None:
    table = rebuild_table(real_graph, KNOWLEDGE.schemes, "")
    worded = normalise_table(table, real_graph, CONTEXT, KNOWLEDGE.schemes, language)
    row = worded.table.rows[13]
    assert row.text("task").startswith(task)
    assert row.text("participation").startswith(level)
    assert row.text("participation") != table.rows[13].text("participation")
    assert row.text("activity") == "Työelämävaihto"
    assert worded.table.headings["task"].startswith(heading)
    assert worded.languages["task"] == language
    assert worded.languages["activity"] == "fi"


def test_a_row_that_continues_another_says_so_again() -> None:
    real = real_table()
    first = replace(real.rows[0], continues="k3f7qd2a")
    [folder] = find_plans(["ake-tampere-2026"])
    document = KNOWLEDGE.documents[folder.plan.document]
    graph = map_table(folder.plan, document, replace(real, rows=(first, *real.rows[1:])), KNOWLEDGE)
    again = rebuild_table(graph, KNOWLEDGE.schemes, "")
    assert [row.continues for row in again.rows] == ["k3f7qd2a", *[None] * 16]


def test_missing_cells_stay_missing(real_graph: Graph) -> None:
    graph = Graph() + real_graph
    for record in list(graph.subjects(AKE.verbatimText, Literal("Vaikutuspolun 2 tavoite", lang="fi"))):
        graph.remove((record, None, None))
    row = rebuild_table(graph, KNOWLEDGE.schemes, "").rows[7]
    assert (row.text("effectiveness"), row.cells["effectiveness"].state) == ("", CellState.MISSING)


def test_an_activity_without_id_is_an_error(real_graph: Graph) -> None:
    graph = Graph() + real_graph
    graph.remove((None, DCTERMS.identifier, Literal("gqrirt6y")))
    with pytest.raises(MappingError, match="gqrirt6y"):
        rebuild_table(graph, KNOWLEDGE.schemes, "plan")
