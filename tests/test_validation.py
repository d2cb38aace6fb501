"""From a graph to findings and reports: places, activities, order, languages, and shapes that are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from akegraph.errors import ShapesError
from akegraph.graph.iris import AKE_NS, AKESH, AKEV, mint_resource
from akegraph.graph.loading import load_folder, load_turtle, new_graph, union
from akegraph.resources import resource
from akegraph.settings import LANGUAGES, Language
from akegraph.validation import (
    Finding,
    Place,
    Severity,
    Shapes,
    ValidationReport,
    load_shapes,
    report_json,
    report_text,
    validate_graph,
)
from akegraph.validation.formats.words import fold_places, load_words

PREFIXES = """
@prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix column: <https://w3id.org/akegraph/vocab/column/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id: <https://w3id.org/akegraph/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vocab: <https://w3id.org/akegraph/vocab/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PLAN = """
<id/plan/koe-2026> a ake:Plan ; skos:prefLabel "Koesuunnitelma 2026"@fi ;
    ake:preparedBy <id/organisation/koe> ; ake:coversPeriod <id/period/2026> ;
    ake:coversArea <id/area/koe> ; ake:followsFramework <id/framework/koe> .
<id/organisation/koe> a ake:DevelopmentOrganisation ; skos:prefLabel "Koekirjasto"@fi .
<id/area/koe> a ake:OperatingArea ; skos:prefLabel "Koealue"@fi .
<id/period/2026> a ake:PlanningPeriod ; skos:prefLabel "2026" ;
    dcat:startDate "2026-01-01"^^xsd:date ; dcat:endDate "2026-12-31"^^xsd:date .
<id/document/koe> a ake:SourceDocument ; dcterms:title "Koesuunnitelma"@fi .
<id/framework/koe> a ake:ImpactFramework ; skos:prefLabel "Koekehikko"@fi .
<id/pathway/koe-1> a ake:ImpactPathway ; skos:prefLabel "Vaikutuspolku 1"@fi ;
    ake:partOfFramework <id/framework/koe> .
<id/impact/koe-1> a ake:Impact ; skos:prefLabel "Osaaminen paranee"@fi ; ake:inPathway <id/pathway/koe-1> ;
    ake:contributesToGoal <id/goal/koe-1> .
<id/goal/koe-1> a ake:EffectivenessGoal ; skos:prefLabel "Vaikutuspolun 1 tavoitteet"@fi ;
    ake:inPathway <id/pathway/koe-1> ; ake:hasIndicatorSet <id/indicator-set/koe-1> .
<id/indicator-set/koe-1> a ake:IndicatorSet ; skos:prefLabel "Vaikutuspolun 1 mittarit"@fi .
<vocab/path/1> ake:hasImpactPathway <id/pathway/koe-1> .
"""
FINNISH_REPORT = """\
Suunnitelman perustiedot ja sanastot
  virhe AKE-123  Koesuunnitelma 2026
    Suunnitelmalla pitää olla ainakin yksi toimialue. Lisää maakunnat, joita suunnitelma koskee.

Rivi 2, s. 3: Toimenpide 2
  virhe AKE-103  s. 3, rivi 2, Sarake output
    Toimenpiteellä pitää olla tuotos. Kirjoita sarakkeeseen Tuotos, mitä toimenpide tuottaa.
    (solu on tyhjä)

Rivi 5, s. 4: Toimenpide 5
  virhe AKE-102  s. 4, rivi 5, Sarake task
    Toimenpiteen pitää olla tasan yhdellä OKM-polulla. Kirjoita sarakkeeseen Tehtävä yksi polku \
polkuluettelosta.
    «task 5»

Koskee monta riviä
  varoitus AKE-206  Sarake effectiveness, 4 riviä
    Tavoite on vain nimetty, sen sanamuoto puuttuu. Kirjoita sarakkeeseen Vaikuttavuus, mitä tavoitellaan.
    s. 3, rivit 1–3; s. 4, rivi 5 – Vaikutuspolun 1 tavoitteet
  varoitus AKE-207  Sarake evaluation, 4 riviä
    Mittareihin viitataan, mutta yhtään mittaria ei ole nimetty. Nimeä mittarit, joilla tavoitteen \
toteutumista seurataan.
    s. 3, rivit 1–3; s. 4, rivi 5 – Vaikutuspolun 1 mittarit

Yhteensä: 3 virhettä, 2 varoitusta, 0 huomautusta.
"""
CELLS = ("task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation", "participation")
SHARED = (
    ("impact/koe-1", "impact"),
    ("pathway/koe-1", "impact"),
    ("goal/koe-1", "effectiveness"),
    ("indicator-set/koe-1", "evaluation"),
)
TITLE = "Koesuunnitelma"


def row(number: int, page: int) -> str:
    """One row of a plan as the mapping makes it."""
    x = f"rivi{number:04}"
    records = "".join(
        f"""
<id/record/{x}-{cell}> a ake:SourceRecord ; ake:fromDocument <id/document/koe> ; ake:pageNumber {page} ;
    ake:rowNumber {number} ; ake:inColumn <vocab/column/{cell}> ; ake:columnName "Sarake {cell}" ;
    ake:verbatimText "{cell} {number}"@fi ."""
        for cell in CELLS
    )
    shared = "".join(f"<id/{thing}> ake:statedIn <id/record/{x}-{cell}> .\n" for thing, cell in SHARED)
    return f"""
<id/activity/{x}> a ake:Activity ; skos:prefLabel "Toimenpide {number}"@fi ; ake:inPlan <id/plan/koe-2026> ;
    ake:aimsAtGoal <id/goal/koe-1> ; ake:underTask <vocab/task/support> ; ake:onPath <vocab/path/1> ; ake:hasOutput <id/output/{x}> ;
    ake:hasEvaluation <id/evaluation/{x}> ; ake:hasParticipationLevel <vocab/participation/2> ;
    ake:statedIn <id/record/{x}-task> , <id/record/{x}-activity> , <id/record/{x}-participation> .
<id/output/{x}> a ake:Output ; skos:prefLabel "Tuotos {number}"@fi ; ake:hasOutcome <id/outcome/{x}> ;
    ake:statedIn <id/record/{x}-output> .
<id/outcome/{x}> a ake:Outcome ; skos:prefLabel "Tulos {number}"@fi ; ake:hasImpact <id/impact/koe-1> ;
    ake:statedIn <id/record/{x}-outcome> .
<id/evaluation/{x}> a ake:Evaluation ; ake:hasTiming <vocab/timing/during> ;
    ake:usesIndicatorSet <id/indicator-set/koe-1> ; ake:statedIn <id/record/{x}-evaluation> .
{shared}{records}
"""


def parse(text: str) -> Graph:
    graph = new_graph()
    graph.parse(data=PREFIXES + text, format="turtle", publicID="https://w3id.org/akegraph/")
    return graph


@cache
def ontology() -> Graph:
    return load_turtle(resource("ontology", "akegraph.ttl"))


@cache
def schemes() -> Graph:
    return load_folder(resource("ontology", "schemes"))


@pytest.fixture
def plan() -> Graph:
    return small_plan()


def small_plan() -> Graph:
    """A plan of four rows on two pages, complete but for the goal's wording and the indicators."""
    text = PLAN + "".join(row(number, page) for number, page in ((1, 3), (2, 3), (3, 3), (5, 4)))
    graph = union((schemes(), parse(text)))
    document = mint_resource("document", "akepike-vuosisuunnitelma-2026")
    graph.add((document, RDF.type, AKE_NS.SourceDocument))
    graph.add((document, DCTERMS.title, Literal("Vuosisuunnitelma", lang="fi")))
    return graph


@cache
def shapes() -> Shapes:
    """What must and what should be; what would be good to have is all missing in so small a plan."""
    return load_shapes([resource("shapes", "core.ttl"), resource("shapes", "recommended.ttl")])


def validate(graph: Graph) -> ValidationReport:
    return validate_graph(graph, shapes(), ontology())


def only(report: ValidationReport, code: str) -> Finding:
    findings = [finding for finding in report.findings if finding.code == code]
    assert len(findings) == 1, [(finding.code, finding.label) for finding in report.findings]
    return findings[0]


def remove(graph: Graph, subject: URIRef, *names: str) -> None:
    for name in names:
        assert (subject, AKE_NS[name], None) in graph
        graph.remove((subject, AKE_NS[name], None))


def activity(number: int) -> URIRef:
    return mint_resource("activity", f"rivi{number:04}")


def where(finding: Finding) -> list[tuple[int | None, int | None, str | None, str | None]]:
    return [(place.page, place.row, place.column, place.text) for place in finding.places]


def test_plan_is_complete_but_for_what_it_does_not_say(plan: Graph) -> None:
    report = validate(plan)
    assert [finding.code for finding in report.findings] == ["AKE-206", "AKE-207"]
    assert report.counts == {Severity.VIOLATION: 0, Severity.WARNING: 2, Severity.INFO: 0}
    assert report.conforms(Severity.VIOLATION)
    assert not report.conforms(Severity.WARNING)
    assert not report.conforms()


def test_nothing_given_is_changed(plan: Graph) -> None:
    before = set(plan), set(shapes().graph), set(ontology())
    validate(plan)
    assert (set(plan), set(shapes().graph), set(ontology())) == before


def test_shared_element_points_at_every_row(plan: Graph) -> None:
    finding = only(validate(plan), "AKE-206")
    assert finding.shared
    assert where(finding) == [
        (page, number, "effectiveness", f"effectiveness {number}") for page, number in ((3, 1), (3, 2), (3, 3), (4, 5))
    ]
    assert [one.label for one in finding.activities] == [f"Toimenpide {number}" for number in (1, 2, 3, 5)]
    assert finding.focus == mint_resource("goal", "koe-1")
    assert finding.component == SH.MinCountConstraintComponent
    assert (finding.severity, finding.path, finding.value) == (Severity.WARNING, "ake:goalText", None)


def test_missing_cell_is_pointed_at_by_row_and_heading(plan: Graph) -> None:
    remove(plan, activity(2), "hasOutput")
    for kind in ("output", "outcome"):
        plan.remove((mint_resource(kind, "rivi0002"), None, None))
    plan.remove((mint_resource("record", "rivi0002-output"), None, None))
    finding = only(validate(plan), "AKE-103")
    assert finding.places == (
        Place(
            document=str(mint_resource("document", "koe")),
            title=TITLE,
            page=3,
            row=2,
            column="output",
            rank=3,
            heading="Sarake output",
            text=None,
            record=None,
        ),
    )
    assert not finding.shared
    assert [one.label for one in finding.activities] == ["Toimenpide 2"]


def test_missing_cell_of_a_column_without_cells_is_headed_by_the_scheme(plan: Graph) -> None:
    for record in list(plan.subjects(AKE_NS.inColumn, AKEV["column/participation"])):
        plan.remove((record, None, None))
        plan.remove((None, None, record))
    for number in (1, 2, 3, 5):
        remove(plan, activity(number), "hasParticipationLevel")
    findings = [finding for finding in validate(plan).findings if finding.code == "AKE-108"]
    assert [place.heading for finding in findings for place in finding.places] == ["Osallisuustaso"] * 4


@pytest.mark.parametrize(
    ("kind", "name", "code", "column"),
    [
        ("output", "hasOutcome", "AKE-104", "outcome"),
        ("outcome", "hasImpact", "AKE-105", "impact"),
        ("evaluation", "hasTiming", "AKE-202", "evaluation"),
        ("activity", "hasEvaluation", "AKE-201", "evaluation"),
        ("activity", "onPath", "AKE-102", "task"),
        ("output", "statedIn", "AKE-141", "output"),
        ("record", "pageNumber", "AKE-144", "output"),
    ],
)
def test_element_points_at_its_row_and_activity(plan: Graph, kind: str, name: str, code: str, column: str) -> None:
    focus = mint_resource(kind, "rivi0005" if kind != "record" else "rivi0005-output")  # type: ignore[arg-type]
    remove(plan, focus, name)
    finding = only(validate(plan), code)
    assert finding.focus == focus
    assert [(place.row, place.column, place.text) for place in finding.places] == [(5, column, f"{column} 5")]
    assert [one.label for one in finding.activities] == ["Toimenpide 5"]
    assert not finding.shared


def test_name_points_at_the_column_that_words_it(plan: Graph) -> None:
    plan.set((activity(1), SKOS.prefLabel, Literal("Kirjasto- keskustelut", lang="fi")))
    plan.set((mint_resource("outcome", "rivi0001"), SKOS.prefLabel, Literal("", lang="fi")))
    report = validate(plan)
    assert where(only(report, "AKE-134")) == [(3, 1, "activity", "activity 1")]
    assert only(report, "AKE-134").value_label == "Kirjasto- keskustelut"
    assert where(only(report, "AKE-133")) == [(3, 1, "outcome", "outcome 1")]
    assert only(report, "AKE-133").label == "akeid:outcome/rivi0001"


def test_finding_without_a_place_names_the_thing(plan: Graph) -> None:
    remove(plan, mint_resource("plan", "koe-2026"), "coversArea")
    finding = only(validate(plan), "AKE-123")
    assert (finding.places, finding.activities, finding.shared) == ((), (), False)
    assert finding.label == "Koesuunnitelma 2026"


def test_wrongly_shared_output_concerns_both_activities(plan: Graph) -> None:
    plan.add((activity(1), AKE_NS.hasOutput, mint_resource("output", "rivi0002")))
    finding = only(validate(plan), "AKE-110")
    assert [one.place.row for one in finding.activities] == [1, 2]
    assert where(finding) == [(3, 2, "output", "output 2")]


def test_path_of_a_sparql_result_is_the_property_at_fault(plan: Graph) -> None:
    missing = mint_resource("activity", "puuttuu")
    plan.add((activity(1), DCTERMS.relation, missing))
    finding = only(validate(plan), "AKE-151")
    assert (finding.path, finding.value, finding.value_label) == (
        "dcterms:relation",
        missing,
        "akeid:activity/puuttuu",
    )


@pytest.mark.parametrize(
    ("code", "path"),
    [("AKE-110", "^ake:hasOutput"), ("AKE-162", "ake:rank/^ake:rank"), ("AKE-205", "^ake:inPathway")],
)
def test_paths_are_written_as_in_sparql(plan: Graph, code: str, path: str) -> None:
    plan.add((activity(1), AKE_NS.hasOutput, mint_resource("output", "rivi0002")))
    plan.add((AKEV["participation/2"], AKE_NS.rank, Literal(1)))
    remove(plan, mint_resource("goal", "koe-1"), "inPathway")
    assert {finding.path for finding in validate(plan).findings if finding.code == code} == {path}


def test_order_is_by_row_column_and_code(plan: Graph) -> None:
    remove(plan, activity(5), "onPath", "hasParticipationLevel")
    remove(plan, activity(1), "hasEvaluation")
    remove(plan, activity(3), "underTask", "onPath")
    remove(plan, mint_resource("plan", "koe-2026"), "preparedBy")
    report = validate(plan)
    assert [(finding.places[0].row if finding.places else None, finding.code) for finding in report.findings] == [
        (None, "AKE-121"),
        (1, "AKE-206"),
        (1, "AKE-201"),
        (1, "AKE-207"),
        (3, "AKE-101"),
        (3, "AKE-102"),
        (5, "AKE-102"),
        (5, "AKE-108"),
    ]


def test_text_is_grouped_by_activity_and_folds_shared_rows(plan: Graph) -> None:
    remove(plan, activity(5), "onPath")
    remove(plan, activity(2), "hasOutput")
    plan.remove((mint_resource("output", "rivi0002"), None, None))
    plan.remove((mint_resource("outcome", "rivi0002"), None, None))
    plan.remove((mint_resource("record", "rivi0002-output"), None, None))
    remove(plan, mint_resource("plan", "koe-2026"), "coversArea")
    text = report_text(validate(plan), "fi")
    assert text == FINNISH_REPORT


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fi",
            [
                "varoitus AKE-206",
                "s. 3, rivit 1–3; s. 4, rivi 5",
                "Yhteensä: 0 virhettä, 2 varoitusta, 0 huom",
            ],
        ),
        (
            "sv",
            [
                "varning AKE-206",
                "s. 3, rader 1–3; s. 4, rad 5 – Vaiku",
                "Sammanlagt: 0 fel, 2 varningar, 0 anmärkningar",
            ],
        ),
        ("en", ["warning AKE-206", "p. 3, rows 1–3; p. 4, row 5", "Total: 0 errors, 2 warnings, 0 notes"]),
    ],
)
def test_text_speaks_each_language(plan: Graph, language: Language, words: list[str]) -> None:
    text = report_text(validate(plan), language)
    assert all(word in text for word in words), text


def test_text_of_a_report_without_findings() -> None:
    report = ValidationReport((), load_shapes(), Graph())
    assert report_text(report, "fi") == "Ei huomautettavaa.\nYhteensä: 0 virhettä, 0 varoitusta, 0 huomautusta.\n"


def test_words_are_the_same_in_every_language() -> None:
    words = load_words()
    assert set(words) == set(LANGUAGES)
    assert len({tuple(sorted(words[language])) for language in LANGUAGES}) == 1
    assert all(severity.word in words["fi"] for severity in Severity)


def test_places_in_several_documents_are_named() -> None:
    places = [
        Place(document="a", title="Suunnitelma 2026", page=1, row=1, heading="Tuotos"),
        Place(document="b", title="Suunnitelma 2027", page=7, row=2, heading="Tuotos"),
    ]
    assert fold_places(places, "fi") == "Suunnitelma 2026, s. 1, rivi 1; Suunnitelma 2027, s. 7, rivi 2, Tuotos"


def test_rows_are_folded() -> None:
    places = [Place(page=1, row=number, heading="Tuotos") for number in (1, 2, 5, 6, 7, 12)]
    assert fold_places(places, "en") == "p. 1, rows 1, 2, 5–7, 12, Tuotos"


def test_rows_that_go_on_over_many_pages_are_said_at_once() -> None:
    places = [Place(page=page, row=3 * page + at, heading="Tuotos") for page in range(1, 9) for at in (1, 2, 3)]
    assert fold_places(places, "fi") == "s. 1–8, rivit 4–27, Tuotos"
    gap = [place for place in places if place.row != 12]
    assert fold_places(gap, "fi") == "s. 1–3, rivit 4–11; s. 4–8, rivit 13–27, Tuotos"
    assert fold_places(places[:6], "fi") == "s. 1, rivit 4–6; s. 2, rivit 7–9, Tuotos"


def test_json_holds_all_of_a_finding(plan: Graph) -> None:
    remove(plan, mint_resource("evaluation", "rivi0005"), "hasTiming")
    answer = report_json(validate(plan), "sv")
    assert json.loads(json.dumps(answer)) == answer
    assert answer["conforms"] is False
    assert answer["counts"] == {"violation": 0, "warning": 3, "info": 0}
    finding = next(one for one in answer["findings"] if one["code"] == "AKE-202")
    record = str(mint_resource("record", "rivi0005-evaluation"))
    assert finding == {
        "code": "AKE-202",
        "severity": "warning",
        "name": "tidpunkt för utvärdering",
        "message": finding["message"],
        "advice": finding["advice"],
        "fix": None,
        "fixable": False,
        "shape": str(AKESH["TimedEvaluationShape-hasTiming"]),
        "component": str(SH.MinCountConstraintComponent),
        "focus": {"iri": str(mint_resource("evaluation", "rivi0005")), "label": "akeid:evaluation/rivi0005"},
        "path": "ake:hasTiming",
        "value": None,
        "places": [
            {
                "document": str(mint_resource("document", "koe")),
                "title": TITLE,
                "page": 4,
                "row": 5,
                "column": "evaluation",
                "heading": "Sarake evaluation",
                "text": "evaluation 5",
                "record": record,
                "cell": None,
                "file": None,
                "line": None,
            }
        ],
        "activities": [{"iri": str(activity(5)), "label": "Toimenpide 5", "page": 4, "row": 5}],
        "shared": False,
        "known": False,
        "key": finding["key"],
        "details": [],
    }
    assert finding["message"].startswith("Tidpunkten för utvärderingen saknas")


def test_graph_is_a_validation_report_with_messages_in_every_language(plan: Graph) -> None:
    plan.add((activity(1), DCTERMS.relation, mint_resource("activity", "puuttuu")))
    report = validate(plan)
    graph = report.graph
    assert graph.value(None, SH.conforms) is None or len(list(graph.subjects(RDF.type, SH.ValidationReport))) == 1
    results = list(graph.objects(None, SH.result))
    assert len(results) == len(report.findings) == 3
    for result in results:
        messages = [one for one in graph.objects(result, SH.resultMessage) if isinstance(one, Literal)]
        assert sorted(str(one.language) for one in messages) == sorted(LANGUAGES)
        for predicate in (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity):
            assert graph.value(result, predicate) is not None


def test_reports_are_the_same_on_every_run() -> None:
    program = """
import sys, json
sys.path.insert(0, "tests")
import test_validation as t
plan = t.small_plan()
plan.add((t.activity(1), t.AKE_NS.hasOutput, t.mint_resource("output", "rivi0002")))
t.remove(plan, t.activity(5), "onPath", "hasEvaluation")
report = t.validate(plan)
print(t.report_text(report, "fi"), json.dumps(t.report_json(report, "en")))
print(report.graph.serialize(format="turtle"))
"""
    folder = Path(__file__).parents[1]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
            cwd=folder,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert b"AKE-110" in outputs.pop()


def test_subclasses_of_the_ontology_count(plan: Graph) -> None:
    own = URIRef("https://example.org/OwnOutput")
    plan.remove((mint_resource("output", "rivi0001"), RDF.type, None))
    plan.add((mint_resource("output", "rivi0001"), RDF.type, own))
    assert only(validate(plan), "AKE-103").value == mint_resource("output", "rivi0001")
    wider = union((ontology(),))
    wider.add((own, RDFS.subClassOf, AKE_NS.Output))
    assert {one.code for one in validate_graph(plan, shapes(), wider).findings} == {"AKE-206", "AKE-207"}


SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://example.org/> .
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (SHAPE + "ex:S a sh:NodeShape ;\n sh:targetClass ake:Plan", ": is not Turtle"),
        (SHAPE + "ex:S a nope:NodeShape .", "line 6: is not Turtle"),
        (SHAPE + "ex:S ake:rank 1 .", "has no shape"),
        (
            SHAPE + "ex:S a sh:NodeShape ;\n sh:property [\n sh:path ake:rank ;\n sh:minCont 1 ] .",
            "line 9: sh:minCont: no",
        ),
        (
            SHAPE + "ex:S a sh:NodeShape ; <http://www.w3.org/ns/shacl#targetKlass> ake:Plan .",
            "line 6: sh:targetKlass",
        ),
        (SHAPE + "ex:S a sh:NodeShape ; sh:targetClass ake:Plan ; sh:and1 () .", "sh:and1"),
        (
            SHAPE + "ex: owl:imports ex:more .\nex:S a sh:NodeShape ; sh:targetClass ake:Plan .",
            "line 6: imports",
        ),
    ],
)
def test_shapes_that_cannot_be_used_are_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ShapesError, match=says) as caught:
        load_shapes([path])
    assert str(caught.value).startswith(str(path))


def test_missing_file_and_other_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match=r"none\.ttl: cannot be read"):
        load_shapes([tmp_path / "none.ttl"])
    path = tmp_path / "own.ttl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ShapesError, match="UTF-8"):
        load_shapes([path])
    with pytest.raises(ShapesError, match="no shapes were given"):
        load_shapes([])


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:sparql [ a sh:SPARQLConstraint ; sh:select 'SELECT $this WHERE { $this ?p' ]",
        "sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?o MINUS { ?o a ?r } }' ]",
        "sh:property [ sh:path ake:rank ; sh:minCount 'one' ]",
        "sh:property [ sh:minCount 1 ]",
    ],
)
def test_shapes_the_engine_cannot_work_with_are_refused(tmp_path: Path, plan: Graph, constraint: str) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(f"{SHAPE}ex:S a sh:NodeShape ; sh:targetClass ake:Plan ; {constraint} .", encoding="utf-8")
    with pytest.raises(ShapesError, match=r"cannot be used|can be run"):
        validate_graph(plan, load_shapes([path]), ontology())


def test_foreign_shapes_are_told_in_the_engines_words(tmp_path: Path, plan: Graph) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(
        f"""{SHAPE}
ex:PlanShape a sh:NodeShape ; sh:targetClass ake:Plan ;
    sh:property
        [ sh:maxCount 0 ; sh:severity sh:Info ; sh:path [ sh:zeroOrOnePath ( ake:preparedBy ake:rank ) ] ] ,
        [ sh:minCount 1 ; sh:path [ sh:alternativePath ( ake:rank [ sh:oneOrMorePath ake:rank ] ) ] ] ,
        [ sh:maxCount 0 ; sh:message "liikaa" ; sh:path [ sh:zeroOrMorePath ake:rank ] ] .
""",
        encoding="utf-8",
    )
    report = validate_graph(plan, load_shapes([path]), ontology())
    found = sorted((one.path or "", one.severity.word, report.message(one, "fi")) for one in report.findings)
    assert [(path, severity) for path, severity, _ in found] == [
        ("(ake:preparedBy/ake:rank)?", "info"),
        ("(ake:rank)*", "violation"),
        ("(ake:rank|(ake:rank)+)", "violation"),
    ]
    assert found[1][2] == "liikaa"
    assert all(message for *_, message in found)
    assert report_text(report, "fi").startswith("Havainnot\n")
    assert report_json(report, "fi")["findings"][0]["name"] is None


def test_pyshacl_is_imported_only_when_something_is_validated() -> None:
    program = "import sys, akegraph.validation; sys.exit('pyshacl' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])
