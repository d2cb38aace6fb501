"""The AKE Tampere plan of 2026, end to end: counts by query, cells found again, gaps exactly where the source is silent.

The figures are counted by hand in the source: rows 1-8 are on page 16, rows 9-17 on page 17.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from rdflib import OWL, RDF, Literal, URIRef

from akegraph.graph.inference import infer_triples
from akegraph.graph.iris import PREFIXES, graph_name
from akegraph.graph.loading import union
from akegraph.pipeline.building import Dataset, build_dataset, open_store
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.validating import validate_inputs
from akegraph.resources import resource
from akegraph.settings import Settings
from akegraph.store.workers import WorkerPool
from akegraph.terms import AKE
from akegraph.validation.findings import Severity, ValidationReport

PLAN = "ake-tampere-2026"
PREFIX = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return build_dataset(find_plans([PLAN]))


@pytest.fixture(scope="module")
def store(dataset: Dataset) -> Iterator[WorkerPool]:
    with open_store(dataset, Settings(workers=1)) as pool:
        yield pool


@pytest.fixture(scope="module")
def report() -> ValidationReport:
    return validate_inputs([PLAN])


def rows(store: WorkerPool, text: str) -> list[tuple[str, ...]]:
    found = store.select(PREFIX + text)
    return [tuple(row[name].value for name in found.variables) for row in found.rows]


def source_cells() -> dict[tuple[int, int, str], str]:
    """Every cell of rows.csv that is not empty, by page, row and heading."""
    with (resource("data", "plans", PLAN, "rows.csv")).open(encoding="utf-8", newline="") as stream:
        return {
            (int(line["page"]), int(line["row"]), heading): text
            for line in csv.DictReader(stream)
            for heading, text in line.items()
            if text and heading not in ("id", "page", "row") and not heading.startswith("state: ")
        }


COUNTS = {
    "paths": (
        "SELECT ?n (COUNT(?a) AS ?c) { ?a ake:onPath/skos:notation ?n } GROUP BY ?n ORDER BY ?n",
        [("1", "5"), ("2", "5"), ("3", "2"), ("4", "5")],
    ),
    "levels": (
        "SELECT ?n (COUNT(?a) AS ?c) { ?a ake:hasParticipationLevel/skos:notation ?n } GROUP BY ?n ORDER BY ?n",
        [("1", "1"), ("2", "3"), ("3", "6"), ("4", "4"), ("5", "3")],
    ),
    "tasks": (
        "SELECT ?n (COUNT(?a) AS ?c) { ?a ake:underTask/skos:notation ?n } GROUP BY ?n ORDER BY ?n",
        [("cooperation", "3"), ("networking", "2"), ("strengthening", "6"), ("support", "6")],
    ),
    "task × path": (
        "SELECT ?t ?p (COUNT(?a) AS ?c) { ?a ake:underTask/skos:notation ?t ; ake:onPath/skos:notation ?p }"
        " GROUP BY ?t ?p ORDER BY ?t ?p",
        [
            ("cooperation", "4", "3"), ("networking", "4", "2"), ("strengthening", "1", "1"),
            ("strengthening", "2", "5"), ("support", "1", "4"), ("support", "3", "2"),
        ],
    ),
    "pages": (
        "SELECT ?p (MIN(?r) AS ?first) (MAX(?r) AS ?last) (COUNT(DISTINCT ?r) AS ?c)"
        " { ?cell ake:pageNumber ?p ; ake:rowNumber ?r } GROUP BY ?p ORDER BY ?p",
        [("16", "1", "8", "8"), ("17", "9", "17", "9")],
    ),
    "evaluations without timing": (
        "SELECT DISTINCT ?r { ?e a ake:Evaluation ; ake:statedIn/ake:rowNumber ?r"
        " FILTER NOT EXISTS { ?e ake:hasTiming ?t } } ORDER BY ?r",
        [("9",), ("15",), ("16",), ("17",)],
    ),
}  # fmt: skip

INFERRED = {
    "ake:onImpactPathway": 17,  # a path's pathway, by chain
    "ake:hasLegalBasis": 17,  # a task's legal basis, by chain
    "ake:inPlan": 42,  # 17 outputs, 17 outcomes, 4 impacts and 4 goals, by chain; asserted for activities
    "ake:directlyResultsFrom": 55,  # 17 outputs + 17 outcomes + 17 outcome-impact steps + 4 goals
    "ake:hasElement": 59,
    "ake:isOutputOf": 17,
}


@pytest.mark.parametrize("predicate", INFERRED)
def test_what_each_axiom_adds_to_the_plan(dataset: Dataset, predicate: str) -> None:
    graphs = [graph_name("inferred", PLAN), graph_name("inferred", "reference")]
    term = AKE[predicate.removeprefix("ake:")]
    assert sum(1 for name in graphs for _ in dataset.graphs[name].triples((None, term, None))) == INFERRED[predicate]


def test_a_plans_inferred_graph_holds_only_what_the_plan_adds(dataset: Dataset) -> None:
    own, common = (set(dataset.graphs[graph_name("inferred", name)]) for name in (PLAN, "reference"))
    assert len(common) > 50
    assert not own & common


@pytest.mark.parametrize("what", COUNTS)
def test_counts_by_query(store: WorkerPool, what: str) -> None:
    query, expected = COUNTS[what]
    assert rows(store, query) == expected


def test_every_cell_is_found_again_as_a_source_record(store: WorkerPool) -> None:
    found = rows(
        store,
        "SELECT ?page ?row ?heading ?text { ?record a ake:SourceRecord ; ake:pageNumber ?page ; ake:rowNumber ?row ;"
        " ake:columnName ?heading ; ake:verbatimText ?text }",
    )
    assert len(found) == 136
    assert {(int(page), int(row), heading): text for page, row, heading, text in found} == source_cells()


def test_every_resource_of_the_plan_reaches_a_cell(dataset: Dataset) -> None:
    asserted = dataset.graphs[graph_name("plan", PLAN)]
    everything = union(dataset.graphs.values())
    kinds = {"Activity": 17, "Output": 17, "Outcome": 17, "Impact": 4, "EffectivenessGoal": 4, "Evaluation": 17,
             "IndicatorSet": 4, "ImpactPathway": 4}  # fmt: skip
    for kind, count in kinds.items():
        resources = {s for s in everything.subjects(RDF.type, AKE[kind]) if isinstance(s, URIRef)}
        assert len(resources) == count, kind
        for found in resources:
            assert any(
                (cell, RDF.type, AKE.SourceRecord) in asserted for cell in asserted.objects(found, AKE.statedIn)
            ), found
    for predicate in (AKE.underTask, AKE.onPath, AKE.hasParticipationLevel, AKE.hasTiming):
        for concept in set(asserted.objects(None, predicate)):
            assert (concept, AKE.statedIn, None) in asserted


def test_every_chain_reaches_output_outcome_impact_and_goal(store: WorkerPool) -> None:
    for path in (
        "ake:leadsTo+",
        "ake:leadsTo",
        "(ake:hasOutput|ake:hasOutcome|ake:hasImpact|ake:contributesToGoal)+",
    ):
        found = rows(
            store,
            f"SELECT ?a (COUNT(DISTINCT ?kind) AS ?n) {{ ?a a ake:Activity ; {path} ?x . ?x a ?kind"
            " VALUES ?kind { ake:Output ake:Outcome ake:Impact ake:EffectivenessGoal } } GROUP BY ?a",
        )
        assert [n for _, n in found] == ["4"] * 17


def test_outputs_and_outcomes_are_never_shared(store: WorkerPool) -> None:
    # Rows 5 and 12 print the same output and the same outcome.
    assert rows(
        store,
        "SELECT (COUNT(?o) AS ?n) { ?o a ake:Output ; skos:prefLabel ?l } GROUP BY ?l HAVING(COUNT(?o) > 1)",
    )
    assert not rows(store, "SELECT ?o { ?a ake:hasOutput ?o . ?b ake:hasOutput ?o FILTER(?a != ?b) }")
    assert not rows(store, "SELECT ?o { ?a ake:hasOutcome ?o . ?b ake:hasOutcome ?o FILTER(?a != ?b) }")


def test_closure_adds_no_noise_and_equals_owlrl(dataset: Dataset) -> None:
    inferred = union(
        (dataset.graphs[graph_name("inferred", PLAN)], dataset.graphs[graph_name("inferred", "reference")])
    )
    assert len(inferred) > 500
    assert not [triple for triple in inferred if isinstance(triple[0], Literal)]
    assert not list(inferred.triples((None, OWL.sameAs, None)))
    knowledge = Knowledge()
    asserted = union((knowledge.schemes_graph, knowledge.reference, dataset.graphs[graph_name("plan", PLAN)]))
    assert not set(inferred) & set(asserted)
    assert set(inferred) == set(infer_triples(knowledge.ontology, asserted, reasoner="owlrl"))


def test_no_violation_and_warnings_exactly_where_the_source_is_silent(report: ValidationReport) -> None:
    assert report.conforms(Severity.VIOLATION)
    assert not report.conforms(Severity.WARNING)
    silent = sorted(
        (f.severity.word, f.places[0].column, tuple(p.row for p in f.places))
        for f in report.findings
        if f.severity >= Severity.WARNING
    )
    assert silent == sorted(
        [("warning", "evaluation", (row,)) for row in (9, 15, 16, 17)]
        + [("warning", "effectiveness", rows) for rows in ((1, 5, 6, 7, 12), (10, 11, 13, 14, 17))]
        + [
            ("warning", "evaluation", rows)
            for rows in ((1, 5, 6, 7, 12), (2, 3, 8, 9, 15), (4, 16), (10, 11, 13, 14, 17))
        ]
    )


def test_two_builds_differ_in_no_byte(dataset: Dataset) -> None:
    assert build_dataset(find_plans([PLAN])).to_trig() == dataset.to_trig()


def test_the_store_holds_the_named_graphs(store: WorkerPool) -> None:
    names = {
        name.removeprefix(PREFIXES["akev"].replace("vocab/", "graph/"))
        for (name,) in rows(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    }
    assert names == {
        "ontology", "schemes", "reference", f"plan/{PLAN}", "inferred/reference", f"inferred/{PLAN}", "catalogue",
    }  # fmt: skip
