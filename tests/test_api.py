"""akegraph from Python: figures of the real plan, forms of an answer, and misuse as typed errors."""

from __future__ import annotations

import csv
import datetime
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rdflib import RDF, Dataset, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from servers import serve_akegraph
from web_site import PLAN, make_site

import akegraph
from akegraph.api import Answer, Collection, Listing
from akegraph.api.answers import make_answer, to_value
from akegraph.api.showing import MOST_ROWS
from akegraph.errors import (
    AkegraphError,
    BadParameterError,
    MissingExtraError,
    QueryRefusedError,
    QuerySyntaxError,
    UnknownQueryError,
    UnknownResourceError,
    UnknownTripleError,
)
from akegraph.graph.iris import AKEID
from akegraph.store.base import MEDIA_TYPES, Solutions, Term, iri, literal
from akegraph.terms import AKE

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def collection() -> Iterator[Collection]:
    with akegraph.open(PLAN, settings=akegraph.Settings(workers=1)) as opened:
        yield opened


def parse(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{html}</div>")


# Pages 16 and 17 of the source, counted by hand: 17 rows.


def test_the_plan_is_listed_with_its_pages(collection: Collection) -> None:
    (plan,) = collection.plans
    assert (plan.identifier, plan.label, plan.year, plan.synthetic) == (PLAN, "AKE Tampere 2026", 2026, False)
    assert plan.areas == ("Keski-Suomi", "Pirkanmaa")
    assert plan.place is not None
    assert plan.place.endswith(", pp. 16–17")


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({}, list(range(1, 18))),
        ({"path": 3}, [4, 16]),
        ({"path": "2"}, [2, 3, 8, 9, 15]),
        ({"level": 1}, [17]),
        ({"level": 5}, [8, 14, 15]),
        ({"task": "networking"}, [11, 17]),
        ({"task": "networking", "level": 1}, [17]),
        ({"plan": PLAN, "area": "pirkanmaa", "year": 2026, "path": 3}, [4, 16]),
    ],
)
def test_activities_are_those_of_the_source(collection: Collection, filters: dict[str, Any], rows: list[int]) -> None:
    assert [activity.row for activity in collection.activities(**filters)] == rows


def test_an_activity_knows_its_cell(collection: Collection) -> None:
    activity = collection.activities()[7]
    assert (activity.label, activity.page, activity.path, activity.level) == ("PiKen osaamiskartoitus", 16, "2", "5")
    assert activity.place is not None
    assert activity.place.text == "PiKen osaamiskartoitus"


def test_a_chain_is_found_by_all_its_names(collection: Collection) -> None:
    activity = collection.activities()[7]
    names = [activity, activity.iri, activity.identifier, f"{PLAN}/8"]
    assert len({collection.chain(name).activity for name in names if name is not None}) == 1
    assert len(collection.chain(activity).to_graph()) > 10


def test_chains_go_through_an_element_of_another_chain(collection: Collection) -> None:
    goal = collection.chain(f"{PLAN}/9").of_kind("goal")[0]
    assert [chain.row for chain in collection.chains(through=goal)] == [2, 3, 8, 9, 15]
    assert [chain.row for chain in collection.chains(through="goal/okm-2026-2", level=5)] == [8, 15]


def test_an_answer_gives_a_row_by_place_and_a_column_by_name(collection: Collection) -> None:
    answer = collection.query("gaps", gap="no-evaluation-timing")
    assert answer[0] == next(iter(answer))
    assert answer[-1]["row"] == 17
    assert answer["row"] == answer.column("row") == (9, 15, 16, 17)
    with pytest.raises(IndexError):
        answer[4]
    with pytest.raises(BadParameterError, match="'rwo' is no column"):
        answer["rwo"]


def test_a_name_leads_to_its_thing_in_a_notebook(collection: Collection) -> None:
    table = parse(collection.query("activities-leading-to", target="goal/okm-2026-2")._repr_html_()).find("table")
    assert table is not None
    heads = [head.text for head in table.iter("th")]
    assert {"targetLabel", "plan", "activityLabel", "page"} <= set(heads)
    assert not {"target", "activity", "outcome"} & set(heads)
    link = list(table.iter("td"))[heads.index("activityLabel")].find("a")
    assert link is not None
    assert (link.text, link.get("href")) == (
        "Asiakkaan kohtaaminen: tilaa osaaminen kirjastoosi",
        str(AKEID["activity/gqouokqr"]),
    )


def test_a_report_is_short_in_words_and_a_page_in_a_notebook(collection: Collection) -> None:
    report = replace(collection.validate(), language="en")
    assert repr(report) == "<ValidationReport: 10 warnings, 75 infos>"
    frame = parse(report._repr_html_()).find("iframe")
    assert frame is not None
    assert frame.get("sandbox") == ""
    assert frame.get("srcdoc", "").split() == report.to_html().split()
    assert '<html lang="en">' in report.to_html()
    assert "varoitus AKE-202  s. 17, rivi 9" in report.to_text("fi")


def test_values_are_short_in_words(collection: Collection) -> None:
    assert repr(collection.chain("uvcd5635")) == "<Chain: PiKen osaamiskartoitus (uvcd5635), 5 steps, 2 gaps>"
    assert repr(collection.questions[0]) == "<NamedQuery: activities-by-path(path, plan)>"
    (reason, *_) = collection.explain("akeid:activity/uvcd5635 ake:leadsTo akeid:goal/okm-2026-2")
    assert repr(reason).endswith("by prp-trp from 4 asserted triples>")
    text = replace(reason, language="en").to_text().splitlines()
    assert text[0].startswith("PiKen osaamiskartoitus → ")
    assert text[1].startswith("  inferred: ?x0 ake:leadsTo ?x2 <= ")
    assert sum("p. 16" in line for line in text) == 4


def test_a_triple_that_does_not_hold_names_what_nobody_knows(collection: Collection) -> None:
    with pytest.raises(UnknownTripleError, match=r"nor follows from them$") as known:
        collection.explain("akeid:activity/uvcd5635 ake:leadsTo akeid:goal/okm-2026-1")
    assert known.value.strangers == ()
    with pytest.raises(UnknownTripleError, match=r"nothing is known of akeid:activity/uvcd563x, ake:leadTo$"):
        collection.explain("akeid:activity/uvcd563x ake:leadTo akeid:goal/okm-2026-1")


def test_a_language_is_one_of_three() -> None:
    with pytest.raises(BadParameterError, match="'de' is none of fi, sv, en"):
        akegraph.open(language="de")  # type: ignore[arg-type]


def test_a_question_takes_numbers_texts_and_things(collection: Collection) -> None:
    name, path = "participating-activities", collection.chain(f"{PLAN}/8").path
    by_number = collection.query(name, level=1, path=2)
    assert len(by_number) == 5
    assert collection.query(name, level="1", path="2") == by_number
    assert collection.query(name, level=1, path=path) == by_number
    assert collection.query(name, level=1, path=2, plan=collection.plans[0]) == by_number
    assert collection.query(name, level=1, path=2, plan=None) == by_number


def test_every_question_that_needs_nothing_is_answered_and_shown(collection: Collection) -> None:
    assert len(collection.questions) >= 20
    for question in collection.questions:
        if any(parameter.required for parameter in question.parameters.values()):
            continue
        answer = collection.query(question.name)
        shown = parse(answer._repr_html_())
        assert len(shown.findall(".//tbody/tr")) == min(len(answer), MOST_ROWS)
        assert answer.title


def test_an_answer_is_the_same_as_at_the_other_doors(collection: Collection) -> None:
    answer = collection.query("whole-chain", activity="uvcd5635")
    question = next(question for question in collection.questions if question.name == "whole-chain")
    text = question.bind({"activity": "uvcd5635"})
    store = make_site().store
    assert json.loads(answer.to_json()) == json.loads(store.query(text, accept=[MEDIA_TYPES["json"]]).body)
    assert answer.to_csv() == store.query(text, accept=[MEDIA_TYPES["csv"]]).body.decode()


def test_sparql_gives_a_table_a_truth_or_a_graph(collection: Collection) -> None:
    table = collection.sparql("SELECT ?plan WHERE { ?plan a ake:Plan }")
    assert isinstance(table, Answer)
    assert table.rows == ((f"{AKEID}plan/{PLAN}",),)
    assert collection.sparql("ASK { ?plan a ake:Plan }") is True
    graph = collection.sparql("CONSTRUCT WHERE { ?plan a ake:Plan }")
    assert isinstance(graph, Graph)
    assert set(graph) == {(AKEID[f"plan/{PLAN}"], RDF.type, AKE.Plan)}


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # rdflib 7.6 warns of itself
def test_a_copy_for_rdflib_belongs_to_whoever_asked(collection: Collection) -> None:
    plan = collection.to_rdflib(PLAN)
    size = len(plan)
    plan.remove((None, None, None))
    assert len(collection.to_rdflib(collection.plans[0])) == size > 1_000
    dataset = collection.to_rdflib()
    assert isinstance(dataset, Dataset)
    assert len(list(dataset.subjects(RDF.type, AKE.Activity))) == 17
    label = dataset.value(URIRef(f"{AKEID}plan/{PLAN}"), SKOS.prefLabel)
    assert label == Literal("AKE Tampere 2026", lang="fi")


def test_a_triple_is_explained_from_things_and_from_text(collection: Collection) -> None:
    activity, plan = collection.activities()[7], collection.plans[0]
    text = f"<{activity.iri}> ake:inPlan akeid:plan/{PLAN}"
    terms = (URIRef(activity.iri), "ake:inPlan", plan.iri)
    ways = collection.explain(text)
    assert collection.explain((activity, AKE.inPlan, plan)) == collection.explain(terms) == ways
    assert ways[0].place is not None
    assert (ways[0].place.page, ways[0].place.row) == (16, 8)


def test_validation_reports_without_raising(collection: Collection) -> None:
    report = collection.validate()
    assert sum(finding.severity.name == "WARNING" for finding in report.findings) == 10
    assert collection.validate(PLAN).findings == report.findings


def test_an_endpoint_answers_as_the_built_in_data_do(collection: Collection) -> None:
    with serve_akegraph() as url, akegraph.open(url.replace("//", "//me:secret@")) as remote:
        assert remote.plans == collection.plans
        assert remote.activities() == collection.activities()
        assert remote.query("gaps") == collection.query("gaps")
        assert "secret" not in repr(remote)


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda c: c.query("gasp"), UnknownQueryError, "'gaps'"),
        (lambda c: c.query("activities-by-path", path=9), BadParameterError, "nothing is known as '9'"),
        (lambda c: c.query("participating-activities", levle=4), BadParameterError, "did you mean 'level'"),
        (lambda c: c.query("participating-activities", level=True), BadParameterError, "is a bool"),
        (lambda c: c.query("participating-activities", level=4.0), BadParameterError, "is a float"),
        (lambda c: c.query("participating-activities", level=[4]), BadParameterError, "is a list"),
        (lambda c: c.query("whole-chain"), BadParameterError, "is missing"),
        (lambda c: c.query("whole-chain", activity='x" } #'), BadParameterError, "activity"),
        (lambda c: c.activities(plan="ake-tampere-2062"), UnknownResourceError, f"did you mean '{PLAN}'"),
        (lambda c: c.activities(level="http://x/a b"), BadParameterError, "level"),
        (lambda c: c.activities(year="next"), BadParameterError, "year"),
        (lambda c: c.chain("uvcd5636"), UnknownResourceError, "uvcd5635"),
        (lambda c: c.chain(8), UnknownResourceError, "'8'"),
        (lambda c: c.chain(datetime.datetime(2026, 1, 1)), BadParameterError, "datetime"),
        (lambda c: c.sparql("SELECT ?x WHERE {\n ?x }"), QuerySyntaxError, "line 2"),
        (lambda c: c.sparql(" "), QueryRefusedError, "no query"),
        (lambda c: c.sparql("DROP ALL"), QueryRefusedError, "update"),
        (lambda c: c.validate("ake-tampere-2062"), UnknownResourceError, f"did you mean '{PLAN}'"),
        (lambda c: c.to_rdflib("other"), UnknownResourceError, PLAN),
        (lambda c: c.explain("a b"), BadParameterError, "triple"),
        (lambda c: c.explain((1.5, "a", "b")), BadParameterError, "is a float"),
        (lambda c: c.query("gaps").column("x"), BadParameterError, "is no column"),
        (lambda c: c.query("gaps").only("gap", "x"), BadParameterError, "'x' is no column"),
    ],
)
def test_misuse_is_a_typed_error(collection: Collection, ask: Any, error: type[AkegraphError], words: str) -> None:
    with pytest.raises(error, match=words):
        ask(collection)


@pytest.mark.parametrize("misuse", [{"source": 5}, {"data": [None]}, {"langauge": "fi"}])
def test_what_is_no_source_at_all_is_a_type_error(misuse: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        akegraph.open(**misuse)


def test_a_closed_collection_answers_nothing() -> None:
    opened = akegraph.open(PLAN, settings=akegraph.Settings(workers=1))
    opened.close()
    with pytest.raises(AkegraphError, match="closed"):
        opened.query("gaps")


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (iri("urn:x"), "urn:x"),
        (Term("blank", "b0"), "_:b0"),
        (literal("ä", "fi"), "ä"),
        (literal("7", datatype=XSD + "integer"), 7),
        (literal("7", datatype=XSD + "unsignedByte"), 7),
        (literal("7.50", datatype=XSD + "decimal"), Decimal("7.5")),
        (literal("7.5e0", datatype=XSD + "double"), 7.5),
        (literal("true", datatype=XSD + "boolean"), True),
        (literal("2026-01-31", datatype=XSD + "date"), datetime.date(2026, 1, 31)),
        (
            literal("2026-01-31T10:00:00Z", datatype=XSD + "dateTime"),
            datetime.datetime(2026, 1, 31, 10, tzinfo=datetime.UTC),
        ),
        (literal("seven", datatype=XSD + "integer"), "seven"),
        (literal("many", datatype=XSD + "decimal"), "many"),
        (literal("maybe", datatype=XSD + "boolean"), "maybe"),
        (literal("2026-02-31", datatype=XSD + "date"), "2026-02-31"),
        (literal("2026", datatype=XSD + "gYear"), "2026"),
        (literal("7", datatype="urn:mine"), "7"),
    ],
)
def test_a_term_becomes_the_value_it_is(term: Term | None, value: object) -> None:
    found = to_value(term)
    assert (found, type(found)) == (value, type(value))


def test_what_an_answer_shows_is_escaped() -> None:
    rows = (
        {"a<b": literal("<script>alert(1)</script>"), "c": iri("javascript:alert(1)")},
        {"a<b": literal('" onclick="x'), "c": iri("http://host/?a&b")},
    )
    answer = make_answer(Solutions(("a<b", "c"), rows), "<i>", {"a<b": '"><b>'}, "<u>")
    html = answer._repr_html_()
    shown = parse(html)
    assert not [one for one in ("<script", "<i>", "<u>", "<b>", ' onclick="', 'href="javascript') if one in html]
    assert [link.get("href") for link in shown.iter("a")] == ["http://host/?a&b"]
    assert [cell.text for cell in shown.iter("th")] == ["a<b", "c"]


def test_a_long_table_says_that_it_is_cut() -> None:
    answer = make_answer(Solutions(("x",), tuple({"x": literal(str(n))} for n in range(MOST_ROWS + 1))))
    html = answer._repr_html_()
    assert len(parse(html).findall(".//tbody/tr")) == MOST_ROWS
    assert f"{MOST_ROWS} of {MOST_ROWS + 1} rows" in html
    assert len(answer.rows) == MOST_ROWS + 1


def test_csv_survives_commas_quotes_and_lines() -> None:
    text = 'a,"b"\nc'
    answer = make_answer(Solutions(("x", "y"), ({"x": literal(text)},)))
    assert list(csv.reader(io.StringIO(answer.to_csv()))) == [["x", "y"], [text, ""]]


def test_an_answer_is_iterated_by_name(collection: Collection) -> None:
    answer = collection.query("participation-levels")
    assert [dict(zip(answer.columns, row, strict=True)) for row in answer.rows] == list(answer)
    assert next(iter(answer))["activities"] == 17
    assert answer.column("activities")[0] == 17
    assert answer.only("meanLevel", "activities").rows[0] == (Decimal("3.29"), 17)


def test_pandas_gets_types_that_fit(collection: Collection) -> None:
    pandas = pytest.importorskip("pandas")
    frame = collection.query("participation-levels").to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert [str(frame.dtypes[name]) for name in ("activities", "meanLevel")] == ["Int64", "Float64"]
    assert frame["meanLevel"].max() == 4.0
    assert collection.activities().to_pandas()["row"].tolist() == list(range(1, 18))
    assert list(make_answer(Solutions(("x",), ())).to_pandas().columns) == ["x"]


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, collection: Collection) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for table in (collection.query("gaps"), collection.plans):
        with pytest.raises(MissingExtraError, match=r"pip install 'akegraph\[pandas\]'"):
            table.to_pandas()


def test_a_listing_is_a_sequence(collection: Collection) -> None:
    activities = collection.activities()
    assert isinstance(activities[:2], Listing)
    assert list(activities[:2]) == [activities[0], activities[1]]
    assert repr(activities[:2]) == "<Activities: 2>"
    assert len({activities, collection.activities()}) == 1
    assert len(parse(activities._repr_html_()).findall(".//tbody/tr")) == 17


def test_a_chain_draws_itself(collection: Collection) -> None:
    svg = collection.chain(f"{PLAN}/8")._repr_svg_()
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, akegraph; heavy = {'rdflib', 'pyoxigraph', 'pyshacl', 'flask', 'pandas', 'urllib3', 'click'};"
        "print(sorted(heavy & set(sys.modules)), callable(akegraph.open), 'rdflib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[] True True"


def test_public_names_are_there_and_told_to_type_checkers() -> None:
    stub = Path(akegraph.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    for name in akegraph.__all__:
        assert getattr(akegraph, name) is not None
        assert f'"{name}",' in stub
    assert set(dir(akegraph)) == set(akegraph.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        akegraph.nothing  # noqa: B018 - asking for it is the test
