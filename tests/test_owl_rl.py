"""The ontology keeps inside OWL 2 RL, and what it excludes is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Literal

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from akegraph.graph.inference import infer_triples
from akegraph.graph.iris import graph_name
from akegraph.graph.loading import union
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import find_plans

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "https://nowhere.invalid/"
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
PREFIXES = f"""
@base <{NOWHERE}> .
@prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix akev: <https://w3id.org/akegraph/vocab/> .
@prefix owl: <{OWL}> .
@prefix rdf: <{RDF}> .
@prefix rdfs: <{RDFS}> .
@prefix xsd: <{XSD}> .
"""


def parse(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle", publicID=NOWHERE)
    return graph


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parse(ROOT / "ontology/akegraph.ttl")


# --- the profile ---

Place = Literal["subclass", "superclass", "equivalent"]
"""Where a class expression stands; each place has a grammar of its own (OWL 2 Profiles, 4.2.3)."""
ALLOWED: dict[Place, tuple[URIRef, ...]] = {
    "subclass": (OWL.intersectionOf, OWL.unionOf, OWL.oneOf, OWL.someValuesFrom, OWL.hasValue),
    "superclass": (
        OWL.intersectionOf, OWL.complementOf, OWL.allValuesFrom, OWL.hasValue, OWL.maxCardinality,
        OWL.maxQualifiedCardinality,
    ),
    "equivalent": (OWL.intersectionOf, OWL.hasValue),
}  # fmt: skip
CONSTRUCTS: tuple[URIRef, ...] = (
    OWL.intersectionOf, OWL.unionOf, OWL.complementOf, OWL.oneOf, OWL.someValuesFrom, OWL.allValuesFrom, OWL.hasValue,
    OWL.hasSelf, OWL.cardinality, OWL.minCardinality, OWL.maxCardinality, OWL.qualifiedCardinality,
    OWL.minQualifiedCardinality, OWL.maxQualifiedCardinality,
)  # fmt: skip
DATA_RANGES = {XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.anyURI, XSD.dateTime, RDFS.Literal}
SIMPLE_ONLY = (
    OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.AsymmetricProperty, OWL.IrreflexiveProperty,
)  # fmt: skip
COUNTING = (
    OWL.cardinality, OWL.minCardinality, OWL.maxCardinality,
    OWL.qualifiedCardinality, OWL.minQualifiedCardinality, OWL.maxQualifiedCardinality,
)  # fmt: skip


def outside_rl(graph: Graph) -> list[str]:
    """Name the constructs that leave the OWL 2 RL profile; empty if there are none."""
    return sorted({*class_faults(graph), *property_faults(graph)})


def class_faults(graph: Graph) -> Iterator[str]:
    for axiom, expression, place in expressions(graph):
        if expression == OWL.Thing:
            yield f"Thing in {short(axiom)}"
        for fault in faults_in(graph, expression, place):
            yield f"{fault} in {short(axiom)}"
    for construct in CONSTRUCTS:
        for subject in graph.subjects(construct):
            if isinstance(subject, URIRef):
                yield f"{short(construct)} on the named {short(subject)}"
    if (None, OWL.disjointUnionOf, None) in graph:
        yield "disjointUnionOf"


def expressions(graph: Graph) -> Iterator[tuple[URIRef, Node, Place]]:
    """Iterate over the class expressions of all axioms, with the place where each stands."""
    for below, above in graph.subject_objects(RDFS.subClassOf):
        yield RDFS.subClassOf, below, "subclass"
        yield RDFS.subClassOf, above, "superclass"
    for place in (RDFS.domain, RDFS.range):
        for expression in graph.objects(None, place):
            yield place, expression, "superclass"
    for one, other in graph.subject_objects(OWL.equivalentClass):
        yield OWL.equivalentClass, one, "equivalent"
        yield OWL.equivalentClass, other, "equivalent"
    for one, other in graph.subject_objects(OWL.disjointWith):
        yield OWL.disjointWith, one, "subclass"
        yield OWL.disjointWith, other, "subclass"
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for members in graph.objects(axiom, OWL.members):
            for member in Collection(graph, members):
                yield OWL.AllDisjointClasses, member, "subclass"


def faults_in(graph: Graph, expression: Node, place: Place) -> Iterator[str]:
    """Name what an expression without a name may not be made of where it stands."""
    if isinstance(expression, URIRef):
        return
    for construct in CONSTRUCTS:
        for value in graph.objects(expression, construct):
            if construct not in ALLOWED[place]:
                yield short(construct)
            elif construct in (OWL.maxCardinality, OWL.maxQualifiedCardinality):
                if str(value) not in ("0", "1"):
                    yield f"{short(construct)} {value}"
                for inner in graph.objects(expression, OWL.onClass):
                    yield from faults_in(graph, inner, "subclass")
            elif construct in (OWL.intersectionOf, OWL.unionOf):
                for member in Collection(graph, value):
                    yield from faults_in(graph, member, place)
            elif construct in (OWL.allValuesFrom, OWL.someValuesFrom, OWL.complementOf):
                yield from faults_in(graph, value, "subclass" if construct == OWL.complementOf else place)
                if str(value).startswith(str(XSD)) and value not in DATA_RANGES:
                    yield f"data range {short(value)}"


def property_faults(graph: Graph) -> Iterator[str]:
    if (None, RDF.type, OWL.ReflexiveProperty) in graph:
        yield "ReflexiveProperty"
    for term in graph.subjects(RDF.type, OWL.DatatypeProperty):
        for data_range in graph.objects(term, RDFS.range):
            if data_range not in DATA_RANGES:
                yield f"data range {short(data_range)}"
    for term in non_simple(graph):
        for kind in SIMPLE_ONLY:
            if (term, RDF.type, kind) in graph:
                yield f"{short(kind)} on non-simple {short(term)}"
        for restriction in graph.subjects(OWL.onProperty, term):
            if any((restriction, counting, None) in graph for counting in COUNTING):
                yield f"cardinality on non-simple {short(term)}"


def non_simple(graph: Graph) -> set[Node]:
    """Find the properties that are transitive or made by a chain, their super-properties and inverses."""
    found: set[Node] = set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    found |= set(graph.subjects(OWL.propertyChainAxiom))
    todo = list(found)
    while todo:
        term = todo.pop()
        above = {
            *graph.objects(term, RDFS.subPropertyOf),
            *graph.objects(term, OWL.inverseOf),
            *graph.subjects(OWL.inverseOf, term),
        }
        todo += above - found
        found |= above
    return found


def short(term: Node) -> str:
    return re.split("[#/]", str(term))[-1]


def test_the_ontology_is_inside_owl_2_rl(ontology: Graph) -> None:
    assert outside_rl(ontology) == []


@pytest.mark.parametrize(
    ("axiom", "fault"),
    [
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:someValuesFrom ake:Path ]",
         "someValuesFrom in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:hasSelf true ]", "hasSelf in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:unionOf ( ake:Path ake:Input ) ]", "unionOf in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:maxCardinality 2 ]",
         "maxCardinality 2 in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:maxQualifiedCardinality 2 ; owl:onClass ake:Unit ]",
         "maxQualifiedCardinality 2 in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:minQualifiedCardinality 1 ; owl:onClass ake:Unit ]",
         "minQualifiedCardinality in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:qualifiedCardinality 1 ; owl:onClass ake:Unit ]",
         "qualifiedCardinality in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:complementOf [ owl:complementOf ake:Path ] ]", "complementOf in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:rank ; owl:allValuesFrom xsd:date ]",
         "data range date in subClassOf"),
        ("[ owl:onProperty ake:unit ; owl:allValuesFrom ake:Path ] rdfs:subClassOf ake:Plan",
         "allValuesFrom in subClassOf"),
        ("[ owl:onProperty ake:unit ; owl:maxCardinality 1 ] rdfs:subClassOf ake:Plan",
         "maxCardinality in subClassOf"),
        ("[ owl:complementOf ake:Path ] rdfs:subClassOf ake:Plan", "complementOf in subClassOf"),
        ("owl:Thing rdfs:subClassOf ake:Plan", "Thing in subClassOf"),
        ("ake:Plan owl:equivalentClass owl:Thing", "Thing in equivalentClass"),
        ("ake:Plan owl:equivalentClass [ owl:onProperty ake:unit ; owl:someValuesFrom ake:Path ]",
         "someValuesFrom in equivalentClass"),
        ("ake:Plan owl:equivalentClass [ owl:onProperty ake:unit ; owl:allValuesFrom ake:Path ]",
         "allValuesFrom in equivalentClass"),
        ("ake:Plan owl:equivalentClass [ owl:onProperty ake:unit ; owl:maxCardinality 1 ]",
         "maxCardinality in equivalentClass"),
        ("ake:Plan owl:disjointWith [ owl:complementOf ake:Path ]", "complementOf in disjointWith"),
        ("[] a owl:AllDisjointClasses ; owl:members ( ake:Plan [ owl:onProperty ake:unit ; owl:allValuesFrom ake:Path ] )",
         "allValuesFrom in AllDisjointClasses"),
        ("ake:unit rdfs:domain [ owl:onProperty ake:unit ; owl:someValuesFrom ake:Path ]", "someValuesFrom in domain"),
        ("ake:Plan owl:unionOf ( ake:Path ake:Input )", "unionOf on the named Plan"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:minCardinality 1 ]",
         "minCardinality in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:unit ; owl:cardinality 1 ]",
         "cardinality in subClassOf"),
        ("ake:Plan rdfs:subClassOf [ owl:intersectionOf ( ake:Path [ owl:oneOf ( akev:path ) ] ) ]",
         "oneOf in subClassOf"),
        ("ake:Plan owl:equivalentClass [ owl:oneOf ( akev:path ) ]", "oneOf in equivalentClass"),
        ("ake:Plan owl:equivalentClass [ owl:unionOf ( ake:Path ake:Input ) ]", "unionOf in equivalentClass"),
        ("ake:Plan owl:equivalentClass [ owl:complementOf ake:Path ]", "complementOf in equivalentClass"),
        ("ake:unit rdfs:domain [ owl:unionOf ( ake:Plan ake:Path ) ]", "unionOf in domain"),
        ("ake:unit rdfs:range [ owl:unionOf ( ake:Plan ake:Path ) ]", "unionOf in range"),
        ("ake:Plan owl:disjointUnionOf ( ake:Path ake:Input )", "disjointUnionOf"),
        ("ake:leadsTo a owl:ReflexiveProperty", "ReflexiveProperty"),
        ("ake:goalText rdfs:range xsd:date", "data range date"),
        ("ake:goalText rdfs:range rdf:langString", "data range langString"),
        ("ake:leadsTo a owl:FunctionalProperty", "FunctionalProperty on non-simple leadsTo"),
        ("ake:leadsTo a owl:AsymmetricProperty", "AsymmetricProperty on non-simple leadsTo"),
        ("ake:resultsFrom a owl:IrreflexiveProperty", "IrreflexiveProperty on non-simple resultsFrom"),
        ("ake:hasElement a owl:InverseFunctionalProperty",
         "InverseFunctionalProperty on non-simple hasElement"),
        ("ake:Plan rdfs:subClassOf [ owl:onProperty ake:hasIndicator ; owl:maxCardinality 1 ]",
         "cardinality on non-simple hasIndicator"),
    ],
)  # fmt: skip
def test_what_leaves_owl_2_rl_is_named(ontology: Graph, axiom: str, fault: str) -> None:
    graph = ontology + Graph().parse(data=f"{PREFIXES} {axiom} .", format="turtle")
    assert outside_rl(graph) == [fault]


@pytest.mark.parametrize(
    "axiom",
    [
        "ake:Plan rdfs:subClassOf [ owl:onProperty ake:coversArea ; owl:allValuesFrom ake:OperatingArea ]",
        "ake:Plan rdfs:subClassOf [ owl:onProperty ake:coversArea ; owl:maxCardinality 1 ]",
        "ake:Plan rdfs:subClassOf [ owl:complementOf [ owl:unionOf ( ake:Path ake:Input ) ] ]",
        "[ owl:onProperty ake:coversArea ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf ake:Plan",
        "[ owl:unionOf ( ake:BaselineValue ake:TargetValue ) ] rdfs:subClassOf ake:IndicatorValue",
        "ake:Plan owl:disjointWith [ owl:oneOf ( akev:path ) ]",
    ],
)
def test_what_owl_2_rl_allows_is_let_through(ontology: Graph, axiom: str) -> None:
    assert outside_rl(ontology + Graph().parse(data=f"{PREFIXES} {axiom} .", format="turtle")) == []


# --- contradictions ---


def contradictions(graph: Graph) -> list[str]:
    closure = Graph()
    closure += graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    return sorted(map(str, closure.objects(None, ERROR)))


@pytest.fixture(scope="module")
def known() -> Graph:
    """Ontology, schemes, reference data and the real plan."""
    dataset = build_dataset(find_plans(["ake-tampere-2026"]))
    parts = [
        graph_name("ontology"),
        graph_name("schemes"),
        graph_name("reference"),
        graph_name("plan", "ake-tampere-2026"),
    ]
    return union(dataset.graphs[name] for name in parts)


def test_ontology_schemes_reference_data_and_plan_agree(known: Graph) -> None:
    assert contradictions(known) == []


def test_the_alignments_contradict_nothing(ontology: Graph) -> None:
    assert contradictions(ontology + parse(*(ROOT / "ontology/alignments").glob("*.ttl"))) == []


SCHEME_OF = {
    "StatutoryTask": "task", "Path": "path", "EvaluationTiming": "timing", "EvaluationMethod": "method",
    "ParticipationLevel": "participation", "TargetGroup": "group", "PlanColumn": "column", "Unit": "unit",
    "Direction": "direction", "Completeness": "completeness",
}  # fmt: skip


def disjoint_classes(graph: Graph) -> list[list[URIRef]]:
    return [
        [member for member in Collection(graph, members) if isinstance(member, URIRef)]
        for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses)
        for members in graph.objects(axiom, OWL.members)
    ]


def test_every_list_of_disjoint_classes_is_known(ontology: Graph) -> None:
    lists = disjoint_classes(ontology)
    assert sorted(map(len, lists)) == [3, 6, 25]
    largest = {short(member) for member in max(lists, key=len)}
    assert set(SCHEME_OF) <= largest
    classes = {term for term in ontology.subjects(RDF.type, OWL.Class) if "akegraph" in str(term)}
    below = {
        short(term) for term in classes if list(ontology.objects(term, RDFS.subClassOf)) and term in sum_of(ontology)
    }
    assert {short(term) for term in classes} - largest == below


def sum_of(ontology: Graph) -> set[Node]:
    """Find the own classes below another own class: what excludes that excludes them too."""
    return {
        term
        for term, above in ontology.subject_objects(RDFS.subClassOf)
        if isinstance(above, URIRef) and "akegraph" in above
    }


def test_a_thing_of_two_disjoint_classes_is_a_contradiction(ontology: Graph) -> None:
    """Every pair of every list: a thing of both is found."""
    for members in disjoint_classes(ontology):
        graph = Graph() + ontology
        pairs = list(combinations(members, 2))
        for one, other in pairs:
            both = URIRef(f"{NOWHERE}{short(one)}-{short(other)}")
            graph.add((both, RDF.type, one))
            graph.add((both, RDF.type, other))
        found = " ".join(contradictions(graph))
        for one, other in pairs:
            assert f"{NOWHERE}{short(one)}-{short(other)}" in found, found


@pytest.mark.parametrize(
    "statements",
    [
        "<a> ake:directlyLeadsTo <a>",
        "<a> ake:directlyLeadsTo <b> . <b> ake:directlyLeadsTo <a>",
        "<a> ake:directlyResultsFrom <b> . <b> ake:directlyResultsFrom <a>",
        "<a> a ake:Output , ake:Outcome",
        "<a> ake:hasOutput <b> . <c> ake:hasImpact <b>",
        "<a> a ake:BaselineValue , ake:TargetValue",
        "<a> ake:hasParticipationLevel <https://w3id.org/akegraph/vocab/path/1>",
        "<a> ake:hasTargetGroup <https://w3id.org/akegraph/vocab/path/1>",
        "<a> ake:hasOutput <https://w3id.org/akegraph/vocab/path/1>",
        "<a> ake:previousPlan <a>",
        "<a> ake:previousPlan <b> . <b> ake:previousPlan <a>",
        "<a> ake:continuesActivity <a>",
        "<a> ake:continuesActivity <b> . <b> ake:continuesActivity <a>",
        "<a> ake:executes <b> . <b> ake:executes <c>",
        "<a> ake:cause <b> . <c> ake:effect <a>",
        "<a> a ake:ContextIndicator . <b> ake:hasMember <a>",
        "<a> ake:completeness <https://w3id.org/akegraph/vocab/path/1>",
        "<a> ake:unit <https://w3id.org/akegraph/vocab/path/1>",
    ],
)
def test_a_contradiction_is_found(ontology: Graph, statements: str) -> None:
    graph = ontology + parse(ROOT / "ontology/schemes/path.ttl")
    assert contradictions(graph.parse(data=f"{PREFIXES} {statements} .", format="turtle")) != []


def test_every_asymmetric_property_is_among_the_examples(ontology: Graph) -> None:
    asymmetric = {short(term) for term in ontology.subjects(RDF.type, OWL.AsymmetricProperty)}
    assert asymmetric == {"directlyLeadsTo", "directlyResultsFrom", "previousPlan", "continuesActivity"}
    assert {short(term) for term in ontology.subjects(RDF.type, OWL.IrreflexiveProperty)} == asymmetric


@pytest.mark.parametrize(
    ("data", "conclusion"),
    [
        ("<a> ake:causeOf <l> . <l> ake:effect <b>", "<a> ake:leadsTo <b>"),
        ("<l> ake:cause <a> . <b> ake:effectOf <l>", "<b> ake:resultsFrom <a>"),
        ("<c> ake:previousPlan <b> . <b> ake:previousPlan <a>", "<c> ake:earlierPlan <a>"),
        ("<c> ake:continuesActivity <b> . <b> ake:continuesActivity <a>", "<c> ake:earlierActivity <a>"),
        ("<e> ake:executes <a>", "<a> ake:executedBy <e>"),
        ("<s> ake:hasMember <i>", "<i> ake:isMemberOf <s>"),
    ],
)
@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
def test_what_follows(ontology: Graph, data: str, conclusion: str, reasoner: Literal["rules", "owlrl"]) -> None:
    asserted, expected = (Graph().parse(data=f"{PREFIXES} {text} .", format="turtle") for text in (data, conclusion))
    assert set(expected) <= set(infer_triples(ontology, asserted, reasoner=reasoner))
