"""How full a plan is: which cell counts as filled, doubtful or missing, and the figures made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rdflib import Graph
from test_validation import activity, parse, remove, schemes, small_plan, validate

from akegraph.graph.iris import AKE_NS, mint_resource
from akegraph.validation import ValidationReport
from akegraph.validation.completeness import Filling, PlanTable, measure_plans
from akegraph.validation.findings import Severity
from akegraph.validation.formats import report_json, report_text


def measured(graph: Graph) -> ValidationReport:
    report = validate(graph)
    return replace(report, tables=measure_plans(graph, None, report.findings))


def only_table(graph: Graph) -> PlanTable:
    (table,) = measured(graph).tables
    return table


def fillings(table: PlanTable, column: str) -> list[Filling]:
    at = [one.notation for one in table.columns].index(column)
    return [row.cells[at].filling for row in table.rows]


def test_every_row_and_column_is_there_in_order() -> None:
    table = only_table(small_plan())
    assert table.label == "Koesuunnitelma 2026"
    assert table.plan == str(mint_resource("plan", "koe-2026"))
    assert [column.notation for column in table.columns] == [
        "task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation", "participation",
    ]  # fmt: skip
    assert [column.heading for column in table.columns][2] == "Sarake output"
    assert [column.name("sv") for column in table.columns][:3] == ["Uppgift", "Åtgärd", "Prestation"]
    assert [(row.place.page, row.place.row, row.label) for row in table.rows] == [
        (3, 1, "Toimenpide 1"), (3, 2, "Toimenpide 2"), (3, 3, "Toimenpide 3"), (4, 5, "Toimenpide 5"),
    ]  # fmt: skip


def test_text_with_a_finding_is_doubtful_and_without_filled() -> None:
    table = only_table(small_plan())
    assert set(fillings(table, "output")) == {Filling.FILLED}
    # The goal is only named, and no indicator is.
    assert set(fillings(table, "effectiveness")) == set(fillings(table, "evaluation")) == {Filling.DOUBTFUL}
    assert table.rows[0].cells[5].codes == ("AKE-206",)
    assert (table.count(Filling.FILLED), table.count(Filling.DOUBTFUL), table.count(Filling.MISSING)) == (24, 8, 0)
    assert (table.percent(), table.percent(2), table.percent(5)) == (75, 100, 0)


@pytest.mark.parametrize("text", [None, "  "])
def test_a_cell_without_text_is_missing(text: str | None) -> None:
    plan = small_plan()
    record = mint_resource("record", "rivi0002-outcome")
    plan.remove((record, AKE_NS.verbatimText, None))
    if text is not None:
        plan += parse(f'<{record}> ake:verbatimText "{text}"@fi .')
    else:
        plan.remove((record, None, None))
        plan.remove((None, None, record))
    assert fillings(only_table(plan), "outcome") == [Filling.FILLED, Filling.MISSING, Filling.FILLED, Filling.FILLED]


def test_what_is_only_good_to_have_leaves_a_cell_filled() -> None:
    plan = small_plan()
    report = validate(plan)
    mild = [replace(finding, severity=Severity.INFO) for finding in report.findings]
    (table,) = measure_plans(plan, None, mild)
    assert table.percent() == 100


def test_percent_is_all_only_where_all_is() -> None:
    plan = small_plan()
    (table,) = measure_plans(plan, None, ())
    assert table.percent() == 100
    remove(plan, activity(1), "hasParticipationLevel")
    (table,) = measure_plans(plan, None, [one for one in validate(plan).findings if one.code == "AKE-108"])
    assert (table.count(Filling.FILLED), table.percent()) == (31, 96)


def test_each_plan_has_its_own_table_and_activities_without_one_come_last() -> None:
    plan = small_plan()
    plan.set((activity(3), AKE_NS.inPlan, mint_resource("plan", "toinen-2026")))
    plan.remove((activity(5), AKE_NS.inPlan, None))
    tables = measure_plans(plan, None, ())
    assert [(table.label, len(table.rows)) for table in tables] == [
        ("Koesuunnitelma 2026", 2), ("akeid:plan/toinen-2026", 1), ("", 1),
    ]  # fmt: skip


def test_columns_come_from_the_context_where_the_data_have_no_scheme() -> None:
    plan = small_plan()
    bare = Graph()
    for triple in plan:
        if triple not in schemes():
            bare.add(triple)
    (table,) = measure_plans(bare, schemes(), ())
    assert len(table.columns) == 8
    (alone,) = measure_plans(bare, None, ())
    assert len(alone.columns) == 8


def test_text_shows_figures_always_and_the_matrix_when_asked() -> None:
    report = measured(small_plan())
    text = report_text(report, "fi")
    assert "75 %: 4 riviä, 32 solua; 24 kunnossa, 8 vajaata, 0 tyhjää" in text
    assert "◐" not in text
    matrix = report_text(report, "fi", matrix=True)
    lines = [line for line in matrix.splitlines() if line.startswith("s. ") and "●" in line]
    assert [line.count("●") for line in lines] == [6, 6, 6, 6]
    assert [line.count("◐") for line in lines] == [2, 2, 2, 2]
    assert "6 Vaikuttavuus, 7 Arviointi" in matrix


def test_json_holds_the_figures_and_every_cell() -> None:
    (plan,) = report_json(measured(small_plan()), "fi")["completeness"]
    assert (plan["cells"], plan["filled"], plan["doubtful"], plan["missing"], plan["percent"]) == (32, 24, 8, 0, 75)
    assert [column["percent"] for column in plan["columns"]] == [100, 100, 100, 100, 100, 0, 0, 100]
    assert plan["matrix"][3]["cells"]["evaluation"] == {"filling": "doubtful", "codes": ["AKE-207"]}


def test_of_no_cells_there_is_no_share() -> None:
    (table,) = measure_plans(small_plan(), None, ())
    assert replace(table, rows=()).percent() is None
    assert replace(table, rows=()).percent(2) is None


def test_figures_are_said_in_the_right_case() -> None:
    report = measured(small_plan())
    (table,) = report.tables
    text = report_text(replace(report, tables=(replace(table, rows=table.rows[:1]),)), "fi")
    assert "75 %: 1 rivi, 8 solua; 6 kunnossa, 2 vajaata, 0 tyhjää" in text
