"""Indicators and values from tables: what they become, and that every wrong cell is refused by row."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from plan_tables import CHOICES, KNOWLEDGE, PLAN
from rdflib import RDF, XSD, Literal, Namespace
from rdflib.namespace import DCAT, DCTERMS

from akegraph.cli import main
from akegraph.errors import SourceError
from akegraph.pipeline.knowledge import PlanFolder, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.measuring import check_measurements
from akegraph.table.indicators import Indicator, IndicatorValue, parse_number, parse_period
from akegraph.table.sidetables import (
    INDICATOR_FIELDS,
    VALUE_FIELDS,
    read_side_csv,
    read_side_rows,
    write_side_csv,
)
from akegraph.terms import AKE

ID = Namespace("https://w3id.org/akegraph/id/")
AKEV = Namespace("https://w3id.org/akegraph/vocab/")
FIRST = {"id": "osuus", "text": "Osallistuneiden osuus", "measures": "Vaikutuspolun 2 tavoite", "unit": "prosentti"}
WORDS = {"id": "tila", "text": "Yhteistyön tila", "measures": "Vaikutuspolku 4"}
AIM = {"indicator": "osuus", "kind": "target", "period": "2027", "area": "kainuu", "value": "40"}


def as_csv(lines: Sequence[dict[str, str]], delimiter: str = ",") -> bytes:
    keys = list(dict.fromkeys(key for line in lines for key in line))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, keys, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue().encode()


def check(
    indicators: Sequence[dict[str, str]], values: Sequence[dict[str, str]] = ()
) -> tuple[tuple[Indicator, ...], tuple[IndicatorValue, ...]]:
    tables = {"indicators": read_side_csv(as_csv(indicators), INDICATOR_FIELDS, "indicators.csv")}
    if values:
        tables["values"] = read_side_csv(as_csv(values), VALUE_FIELDS, "values.csv")
    known = (Indicator("paid-fte", {"fi": "Kirjaston palkkaaman henkilöstön henkilötyövuodet"}, unit="person-year"),)
    done = check_measurements(tables, CHOICES, known, PLAN)
    return done.indicators, done.values


def problems(indicators: Sequence[dict[str, str]], values: Sequence[dict[str, str]] = ()) -> list[SourceError]:
    with pytest.raises((SourceError, ExceptionGroup)) as caught:
        check(indicators, values)
    error = caught.value
    found = list(error.exceptions) if isinstance(error, ExceptionGroup) else [error]
    assert all(isinstance(one, SourceError) for one in found)
    return found  # type: ignore[return-value]


# --- what is read ---


def test_names_and_ids_are_taken_alike() -> None:
    by_name, _ = check([{**FIRST, "direction": "kasvaa"}])
    by_id, _ = check([{**FIRST, "measures": "goal/okm-2026-2", "unit": "per-cent", "direction": "up"}])
    in_english, _ = check([{**FIRST, "unit": "per cent", "direction": "increases"}]) if english_known() else (by_id, ())
    for [found] in (by_name, by_id, in_english):
        assert (found.measures, found.unit, found.direction) == (("goal/okm-2026-2",), "per-cent", "up")


def english_known() -> bool:
    return any("increases" in choice.spellings for choice in CHOICES.directions)


def test_a_value_is_a_number_or_words() -> None:
    _, [number, words] = check(
        [FIRST, WORDS],
        [{**AIM, "value": "1 240,5", "text": ""}, {**AIM, "indicator": "Yhteistyön tila", "value": "", "text": "Hyvä"}],
    )
    assert (number.number, number.text) == (Decimal("1240.5"), "")
    assert (words.number, words.text, words.indicator) == (None, "Hyvä", "tila")
    assert number.id == "ake-oulu-2027-osuus-target-kainuu-2027"


@pytest.mark.parametrize("written", ["45 %", "45%", "45,0 %"])
def test_a_number_in_per_cent_may_have_the_sign(written: str) -> None:
    _, [value] = check([FIRST], [{**AIM, "value": written}])
    assert value.number == 45


def test_areas_are_parted_by_semicolon_or_comma_and_an_id_may_be_in_any_case() -> None:
    _, [value] = check([FIRST], [{**AIM, "area": "Lappi, KAINUU"}])
    assert value.areas == ("kainuu", "lappi")


def test_several_areas_and_days_instead_of_a_year() -> None:
    _, [value] = check([FIRST], [{**AIM, "area": "Pohjois-Pohjanmaa; kainuu", "period": "2027-01-01/2027-06-30"}])
    assert value.areas == ("kainuu", "pohjois-pohjanmaa")
    assert value.period == "2027-01-01-2027-06-30"


def test_a_known_indicator_has_values_without_being_defined_again() -> None:
    _, [value] = check([FIRST], [{**AIM, "indicator": "paid-fte", "kind": "actual", "unit": "henkilötyövuosi"}])
    assert value.indicator == "paid-fte"


def test_the_surroundings_may_be_told_of_from_before_the_plan() -> None:
    _, [value] = check([FIRST], [{**AIM, "indicator": "paid-fte", "kind": "actual", "period": "2024"}])
    assert value.period == "2024"


def test_unused_lines_of_a_workbook_are_left_out() -> None:
    indicators, _ = check([FIRST, {"id": "unused12"}])
    assert [one.id for one in indicators] == ["osuus"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3811.92", "3811.92"), ("3811,92", "3811.92"), ("3 811,92", "3811.92"), ("3\u00a0811", "3811"),
        ("1 234 567", "1234567"), ("-5", "-5"), ("\u22125", "-5"), ("0", "0"), ("007", "7"),
        ("1,234,567", None), ("1.234,5", None), ("12 34", None), ("5 %", None), ("noin 5", None), ("1e5", None),
        ("", None), ("٣", None), ("NaN", None), ("5-10", None),
    ],
)  # fmt: skip
def test_numbers(text: str, number: str | None) -> None:
    assert parse_number(text) == (None if number is None else Decimal(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_any_number_is_read_as_it_is_written(number: Decimal) -> None:
    assert parse_number(str(number)) == number
    assert parse_number(str(number).replace(".", ",")) == number


@pytest.mark.parametrize("text", ["202", "20222", "2026-13", "2026-02-30/2026-03-01", "2026-06-30/2026-01-01", "2026/"])
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


# --- what is refused ---


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"id": "Osuus 1"}, "id", "is no id"),
        ({"id": "paid-fte"}, "id", "reference data"),
        ({"text": ""}, "text", "is empty"),
        ({"measures": "Vaikutuspolun 9 tavoite"}, "measures", "did you mean 'Vaikutuspolun"),
        ({"unit": "prosentit"}, "unit", "did you mean 'prosentti'"),
        ({"direction": "ylös"}, "direction", "no known direction"),
    ],
)
def test_a_wrong_definition_is_refused_by_row(change: dict[str, str], column: str, words: str) -> None:
    [problem] = problems([{**WORDS, "direction": ""}, {**FIRST, **change}])
    assert (problem.file, problem.row, problem.column) == ("indicators.csv", 2, column)
    assert words in str(problem)


def test_ids_and_wordings_are_given_once() -> None:
    [problem] = problems([FIRST, {**FIRST, "text": "Muu"}])
    assert "row 1 already" in str(problem)
    [problem] = problems([FIRST, {**FIRST, "id": "toinen", "text": "osallistuneiden osuus"}])
    assert "worded as in row 1" in str(problem)


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"indicator": "osuudet"}, "indicator", "no indicator of this plan"),
        ({"indicator": ""}, "indicator", "is empty"),
        ({"kind": "tavoite"}, "kind", "no kind of value"),
        ({"period": "27"}, "period", "is no year"),
        ({"period": "2026"}, "period", "is over before the plan begins"),
        ({"kind": "baseline"}, "period", "from before the plan begins"),
        ({"area": "Kainu"}, "area", "did you mean 'Kainuu'"),
        ({"area": ""}, "area", "is empty"),
        ({"value": "4O"}, "value", "is no number"),
        ({"value": ""}, "value", "needs one of them"),
        ({"text": "melkein"}, "text", "not both"),
        ({"unit": "tunti"}, "unit", "is not the indicator's unit, 'prosentti'"),
        ({"unit": "euro"}, "unit", "no known unit"),
        ({"value": "%"}, "value", "is no number"),
        ({"indicator": "paid-fte", "value": "45 %"}, "value", "is no number"),
        ({"indicator": "tila"}, "value", "the indicator has no unit"),
        ({"completeness": "complete", "missing": "2"}, "completeness", "2 territories are missing"),
        ({"completeness": "melkein"}, "completeness", "nothing known"),
        ({"missing": "-1"}, "missing", "no whole number"),
        ({"id": "Arvo 1"}, "id", "is no id"),
    ],
)
def test_a_wrong_value_is_refused_by_row(change: dict[str, str], column: str, words: str) -> None:
    good = {"text": "", "unit": "", "completeness": "", "missing": "", "id": ""}
    found = problems([FIRST, WORDS], [{**AIM, **good, "area": "Pohjois-Pohjanmaa"}, {**AIM, **good, **change}])
    assert (found[0].file, found[0].row, found[0].column) == ("values.csv", 2, column)
    assert words in str(found[0])
    assert len(found) == 1


def test_the_same_value_twice_is_refused() -> None:
    [problem] = problems([FIRST], [AIM, {**AIM, "value": "41"}])
    assert (problem.row, "row 1 gives the same value" in str(problem)) == (2, True)


def test_all_wrong_cells_are_told_at_once() -> None:
    wrong = {**AIM, "area": "Kuu", "value": "x", "period": "2199-99-99"}
    assert {problem.column for problem in problems([FIRST], [wrong, {**wrong, "kind": "y"}])} == {
        "area", "value", "period", "kind",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["id,text,väri\na,b,c\n", "id,text,text\na,b,c\n", "text\nx\n", "", 'id,text\n"a,b\n'])
def test_a_table_with_other_columns_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"i\.csv"):
        read_side_csv(text.encode(), INDICATOR_FIELDS, "i.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_saved_by_a_spreadsheet_is_the_same(delimiter: str, encoding: str) -> None:
    saved = as_csv([FIRST, WORDS], delimiter).decode().replace("\n", "\r\n").encode(encoding)
    table = read_side_csv(saved, INDICATOR_FIELDS, "i.csv")
    assert write_side_csv(table, INDICATOR_FIELDS) == as_csv([FIRST, {**WORDS, "unit": ""}])


def test_a_sheets_cell_is_named_by_its_address() -> None:
    rows = [(1, ["Mittari", "Laji", "Ajanjakso", "Alue", "Luku"], []), (3, ["osuus", "target", "2027", "Kuu", "1"], [
        "Arvot!A3", "Arvot!B3", "Arvot!C3", "Arvot!D3", "Arvot!E3"])]  # fmt: skip
    tables = {
        "indicators": read_side_csv(as_csv([FIRST]), INDICATOR_FIELDS, "i.csv"),
        "values": read_side_rows(rows, VALUE_FIELDS, "plan.xlsx, sheet 'Arvot'"),
    }
    with pytest.raises(SourceError) as caught:
        check_measurements(tables, CHOICES, (), PLAN)
    assert (caught.value.row, caught.value.column) == (3, "Alue")
    assert "cell Arvot!D3" in str(caught.value)


# --- what they become ---


@pytest.fixture
def folder(tmp_path: Path) -> PlanFolder:
    """The built-in plan with indicators and values beside it."""
    [built_in] = find_plans(["ake-tampere-2026"])
    for name in ("plan.toml", "rows.csv"):
        shutil.copy(built_in.path / name, tmp_path / name)
    (tmp_path / "indicators.csv").write_bytes(
        as_csv(
            [
                {**FIRST, "direction": "up", "method": "Osallistuneet / kaikki", "source": "Koulutusrekisteri"},
                {**WORDS, "measures": "Vaikutuspolku 4; OKM-polkujen vaikuttavuuskehikko 2026"},
                {"id": "asukkaat", "text": "Asukkaat", "unit": "count"},
            ]
        )
    )
    good = {"area": "Pirkanmaa", "completeness": "alaraja", "missing": "1", "text": ""}
    (tmp_path / "values.csv").write_bytes(
        as_csv(
            [
                {**AIM, **good, "period": "2026"},
                {**AIM, **good, "kind": "baseline", "period": "2025", "value": "20,5", "source": "https://example.org"},
                {**AIM, **good, "indicator": "tila", "value": "", "text": "Säännöllistä", "period": "2026"},
                {**AIM, **good, "indicator": "paid-fte", "kind": "actual", "value": "300", "period": "2026"},
            ]
        )
    )
    return PlanFolder(tmp_path)


def test_they_attach_to_goal_pathway_and_framework(folder: PlanFolder) -> None:
    graph = map_folder(folder, KNOWLEDGE)[1]
    share, state = ID["indicator/osuus"], ID["indicator/tila"]
    assert (ID["indicator-set/okm-2026-2"], AKE.hasMember, share) in graph
    assert (ID["pathway/okm-2026-4"], AKE.hasIndicator, state) in graph
    assert (ID["framework/okm-2026"], AKE.hasIndicator, state) in graph
    assert set(graph.objects(ID["indicator/asukkaat"], RDF.type)) == {AKE.ContextIndicator}
    assert set(graph.objects(share, RDF.type)) == {AKE.Indicator}
    assert graph.value(share, AKE.unit) == AKEV["unit/per-cent"]
    assert graph.value(share, AKE.direction) == AKEV["direction/up"]
    assert graph.value(share, DCTERMS.source) == Literal("Koulutusrekisteri", lang="fi")


def test_values_say_what_when_where_and_of_which_plan(folder: PlanFolder) -> None:
    graph = map_folder(folder, KNOWLEDGE)[1]
    plan = ID["plan/ake-tampere-2026"]
    aim, base = (
        ID[f"indicator-value/ake-tampere-2026-osuus-{kind}"]
        for kind in ("target-pirkanmaa-2026", "baseline-pirkanmaa-2025")
    )
    assert set(graph.objects(aim, RDF.type)) == {AKE.TargetValue}
    assert graph.value(base, AKE.numericValue) == Literal("20.5", datatype=XSD.decimal)
    assert graph.value(aim, AKE.refPeriod) == ID["period/2026"]
    assert graph.value(aim, AKE.refArea) == ID["area/pirkanmaa"]
    assert graph.value(aim, AKE.refPlan) == plan
    assert graph.value(aim, AKE.completeness) == AKEV["completeness/lower-bound"]
    assert graph.value(aim, AKE.missingTerritories) == Literal(1)
    assert str(graph.value(ID["period/2025"], DCAT.startDate)) == "2025-01-01"
    assert set(graph.objects(ID["period/2026"], RDF.type)) == {AKE.PlanningPeriod}
    words = ID["indicator-value/ake-tampere-2026-tila-target-pirkanmaa-2026"]
    assert graph.value(words, AKE.textValue) == Literal("Säännöllistä", lang="fi")
    assert (words, AKE.numericValue, None) not in graph
    context = ID["indicator-value/ake-tampere-2026-paid-fte-actual-pirkanmaa-2026"]
    assert (context, AKE.ofIndicator, ID["indicator/paid-fte"]) in graph
    assert (context, AKE.refPlan, None) not in graph


def test_every_one_is_stated_in_its_cell(folder: PlanFolder) -> None:
    graph = map_folder(folder, KNOWLEDGE)[1]
    record = graph.value(ID["indicator-value/ake-tampere-2026-osuus-baseline-pirkanmaa-2025"], AKE.statedIn)
    assert graph.value(record, AKE.verbatimText) == Literal("20,5", lang="fi")
    assert graph.value(record, AKE.rowNumber) == Literal(2)
    assert graph.value(record, AKE.columnName) == Literal("Luku")
    document = graph.value(record, AKE.fromDocument)
    assert document == ID["document/ake-tampere-2026-values"]
    assert (document, RDF.type, AKE.SourceDocument) in graph
    for kind in (AKE.Indicator, AKE.ContextIndicator, AKE.TargetValue, AKE.BaselineValue, AKE.ActualValue):
        for thing in graph.subjects(RDF.type, kind):
            assert graph.value(thing, AKE.statedIn) is not None, thing


def test_the_graph_conforms_and_the_set_has_a_member_now(folder: PlanFolder) -> None:
    done = CliRunner().invoke(main, ["validate", str(folder.path), "--format", "json", "--fail-on", "violation"])
    assert done.exit_code == 0, done.output
    findings = json.loads(done.stdout)["findings"]
    empty_sets = {one["focus"]["iri"] for one in findings if one["code"] == "AKE-207"}
    assert empty_sets == {str(ID[f"indicator-set/okm-2026-{path}"]) for path in (1, 3, 4)}


def test_a_synthetic_plan_has_synthetic_indicators(folder: PlanFolder) -> None:
    toml = (folder.path / "plan.toml").read_text(encoding="utf-8")
    toml = "synthetic = true\n" + toml.replace('document = "akepike-vuosisuunnitelma-2026"', 'document = "keksitty"')
    (folder.path / "plan.toml").write_text(toml, encoding="utf-8")
    (folder.path / "sources.toml").write_text(
        '[[document]]\nid = "keksitty"\ntitle = "t"\nkind = "k"\npublisher = "p"\nlanguage = "fi"\nissued = 2025-01-01\n'
        'first_page = 16\nlast_page = 17\nextraction = "e"\nrights = "r"\nsynthetic = true\n',
        encoding="utf-8",
    )
    graph = map_folder(folder, KNOWLEDGE)[1]
    for kind in (AKE.Indicator, AKE.TargetValue, AKE.SourceDocument, AKE.SourceRecord):
        for thing in graph.subjects(RDF.type, kind):
            assert (thing, AKE.isSynthetic, Literal(True)) in graph, thing
    assert (ID["period/2025"], AKE.isSynthetic, None) not in graph


def test_a_plan_without_them_has_the_same_graph_as_before() -> None:
    [built_in] = find_plans(["ake-tampere-2026"])
    graph = map_folder(built_in, KNOWLEDGE)[1]
    assert (None, RDF.type, AKE.Indicator) not in graph
    assert len(set(graph.subjects(RDF.type, AKE.SourceRecord))) == 136


def test_a_wrong_value_keeps_the_plan_out(folder: PlanFolder) -> None:
    path = folder.path / "values.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Pirkanmaa", "Pirkkanmaa", 1), encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", str(folder.path)])
    assert done.exit_code == 3
    assert "values.csv, row 1, column 'area': 'Pirkkanmaa' is no known area; did you mean 'Pirkanmaa'" in done.stderr
