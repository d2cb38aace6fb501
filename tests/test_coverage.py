"""What a validation did not look at: rules that checked nothing, and resources without a rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph

from akegraph.graph.loading import load_folder, load_turtle, union
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.resources import resource
from akegraph.validation.coverage import find_idle_rules, find_unwatched
from akegraph.validation.shapes import Shapes, load_shapes

SHAPES = Path(__file__).parent / "shapes"
HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://example.org/> .
"""
# The real plan is the first one, so nothing is continued, and its framework names no indicator.
IDLE_ON_THE_REAL_PLAN = [
    "AKE-117", "AKE-118", "AKE-181", "AKE-182", "AKE-183", "AKE-223", "AKE-311", "AKE-312", "AKE-313", "AKE-341",
]  # fmt: skip


@cache
def ontology() -> Graph:
    return load_turtle(resource("ontology", "akegraph.ttl"))


def read(text: str) -> Graph:
    return Graph().parse(data=HEAD + text, format="turtle")


def shapes(tmp_path: Path, text: str) -> Shapes:
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_shapes([path])


def idle(tmp_path: Path, rules: str, data: str) -> list[str]:
    return [rule.code for rule in find_idle_rules(read(data), shapes(tmp_path, rules))]


def test_the_real_plan() -> None:
    knowledge = Knowledge()
    (folder,) = find_plans(["ake-tampere-2026"])
    plan = map_folder(folder, knowledge)[1]
    everything = union((plan, knowledge.schemes_graph, knowledge.reference))
    found = find_idle_rules(everything, load_shapes(), ontology=knowledge.ontology)
    assert [rule.code for rule in found] == IDLE_ON_THE_REAL_PLAN
    assert find_unwatched(plan, load_shapes(), ontology=knowledge.ontology) == ()


def test_examples_leave_no_rule_idle() -> None:
    examples = union(load_turtle(path) for path in sorted(SHAPES.glob("**/*.ttl")))
    data = union((examples, load_folder(resource("ontology", "schemes"))))
    assert find_idle_rules(data, load_shapes(), ontology=ontology()) == ()


def test_subclasses_are_those_of_the_ontology() -> None:
    data = load_turtle(SHAPES / "context.ttl", SHAPES / "DatedValueShape" / "invalid-no-period.ttl")
    with_subclasses, without = (
        {rule.code for rule in find_idle_rules(data, load_shapes(), ontology=known)} for known in (ontology(), None)
    )
    assert "AKE-314" not in with_subclasses
    assert "AKE-314" in without


@pytest.mark.parametrize(
    ("target", "data", "checks"),
    [
        ("sh:targetClass ex:C", "ex:a a ex:C .", True),
        ("sh:targetClass ex:C", "ex:a a ex:D .", False),
        ("sh:targetClass ex:C", "ex:D rdfs:subClassOf ex:E . ex:E rdfs:subClassOf ex:C . ex:a a ex:D .", True),
        ("sh:targetSubjectsOf ex:p", "ex:a ex:p 1 .", True),
        ("sh:targetSubjectsOf ex:p", "ex:a ex:q 1 .", False),
        ("sh:targetObjectsOf ex:p", "ex:a ex:p ex:b .", True),
        ("sh:targetObjectsOf ex:p", "ex:a ex:q ex:b .", False),
        ("sh:targetNode ex:a", "ex:b ex:p ex:a .", True),
        ("sh:targetNode ex:a", "ex:b ex:p ex:c .", False),
        ("a rdfs:Class", "ex:x a ex:Rule .", True),
        ("a rdfs:Class", "ex:x a ex:C .", False),
        ("a owl:Class", "ex:x a ex:Rule .", True),
        ("a owl:Class", "ex:x a ex:C .", False),
    ],
)
def test_a_target_that_hits_no_node(tmp_path: Path, target: str, data: str, checks: bool) -> None:
    rules = f"ex:Rule a sh:NodeShape ; {target} ; sh:nodeKind sh:IRI . ex:Other a sh:NodeShape ; sh:targetClass ex:No ."
    assert idle(tmp_path, rules, data) == ["Other", *([] if checks else ["Rule"])]


@pytest.mark.parametrize(
    ("path", "data", "checks"),
    [
        ("ex:p", "ex:a ex:p 1 .", True),
        ("ex:p", "ex:b ex:p 1 .", False),
        ("ex:p", "", False),
        ("[ sh:inversePath ex:p ]", "ex:b ex:p ex:a .", True),
        ("[ sh:inversePath ex:p ]", "ex:a ex:p ex:b .", False),
        ("( ex:p ex:q )", "ex:a ex:p ex:b . ex:b ex:q 1 .", True),
        ("( ex:p ex:q )", "ex:a ex:p ex:b . ex:c ex:q 1 .", False),
        ("[ sh:inversePath ( ex:p ex:q ) ]", "ex:c ex:p ex:b . ex:b ex:q ex:a .", True),
        ("[ sh:inversePath ( ex:p ex:q ) ]", "ex:c ex:q ex:b . ex:b ex:p ex:a .", False),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", "ex:a ex:q 1 .", True),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", "ex:b ex:q 1 .", False),
        ("[ sh:zeroOrMorePath ex:p ]", "", True),
        ("[ sh:zeroOrOnePath ex:p ]", "", True),
        ("[ sh:oneOrMorePath ex:p ]", "ex:a ex:p ex:a .", True),
        ("[ sh:oneOrMorePath ex:p ]", "ex:b ex:p ex:c .", False),
        ("( [ sh:oneOrMorePath ex:p ] ex:q )", "ex:a ex:p ex:b . ex:b ex:p ex:a , ex:c . ex:c ex:q 1 .", True),
        ("( [ sh:zeroOrOnePath ex:p ] ex:q )", "ex:a ex:p ex:b . ex:b ex:p ex:c . ex:c ex:q 1 .", False),
    ],
)
def test_a_path_that_leads_to_no_value(tmp_path: Path, path: str, data: str, checks: bool) -> None:
    rules = f"ex:S sh:targetClass ex:C ; sh:property ex:Rule . ex:Rule a sh:PropertyShape ; sh:path {path} ; sh:class ex:D ."
    assert idle(tmp_path, rules, f"ex:a a ex:C . {data}") == ([] if checks else ["Rule"])


@pytest.mark.parametrize(
    ("constraint", "checks"),
    [
        ("sh:minCount 1", True),
        ("sh:minCount 0", False),
        ("sh:maxCount 1", False),
        ("sh:maxCount 0", True),
        ("sh:hasValue 1", True),
        ("sh:equals ex:q", True),
        ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1", True),
        ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 1", False),
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o }" ]', True),
        ("sh:minCount 1 ; sh:deactivated true", False),
        ("sh:minCount 1 ; sh:deactivated false", True),
    ],
)
def test_a_rule_that_needs_no_value(tmp_path: Path, constraint: str, checks: bool) -> None:
    rules = (
        f"ex:S sh:targetClass ex:C ; sh:property ex:Rule . ex:Rule a sh:PropertyShape ; sh:path ex:p ; {constraint} ."
    )
    assert idle(tmp_path, rules, "ex:a a ex:C .") == ([] if checks else ["Rule"])


def test_shapes_without_a_name_count_for_the_one_they_are_part_of(tmp_path: Path) -> None:
    rules = """ex:Rule a sh:NodeShape ; sh:targetClass ex:C ;
        sh:property [ sh:path ex:p ; sh:class ex:D ] , [ sh:path ex:q ; sh:class ex:D ] ."""
    assert idle(tmp_path, rules, "ex:a a ex:C .") == ["Rule"]
    assert idle(tmp_path, rules, "ex:a a ex:C ; ex:q ex:b .") == []


def test_a_rule_shared_by_shapes_is_at_work_if_one_uses_it(tmp_path: Path) -> None:
    rules = """ex:S sh:targetClass ex:C ; sh:property ex:Rule . ex:T sh:targetClass ex:No ; sh:property ex:Rule .
        ex:Rule a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 ."""
    assert idle(tmp_path, rules, "ex:a a ex:C .") == []


def test_nested_rules_look_at_the_values_of_the_outer(tmp_path: Path) -> None:
    rules = """ex:S sh:targetClass ex:C ; sh:property ex:Outer .
        ex:Outer a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 ; sh:property ex:Inner , ex:Outer .
        ex:Inner a sh:PropertyShape ; sh:path ex:q ; sh:minCount 1 ."""
    assert idle(tmp_path, rules, "ex:a a ex:C .") == ["Inner"]
    assert idle(tmp_path, rules, "ex:a a ex:C ; ex:p ex:b .") == []


def test_resources_no_rule_looks_at(tmp_path: Path) -> None:
    rules = """ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
        ex:T sh:targetSubjectsOf rdf:type ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .
        ex:U sh:targetObjectsOf ex:p ; sh:nodeKind sh:IRI ."""
    data = """ex:a a ex:C ; ex:p ex:b . ex:b a ex:D . ex:c a ex:D . ex:d ex:q 1 . ex:D a rdfs:Class .
        ex:e a ex:Sub . ex:Sub rdfs:subClassOf ex:C . ex:f a ex:D , ex:C ."""
    found = find_unwatched(read(data), shapes(tmp_path, rules))
    assert [str(node).removeprefix("https://example.org/") for node in found] == ["c"]


def test_a_target_without_a_rule_is_told(tmp_path: Path) -> None:
    rules = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; ex:minCount 1 . ex:T sh:targetClass ex:C ; sh:nodeKind sh:IRI ."
    )
    assert idle(tmp_path, rules, "ex:a a ex:C .") == ["S"]


@pytest.mark.parametrize(
    "use",
    ["sh:node ex:Used", "sh:or ( ex:Used )", "sh:not ex:Used", "sh:property [ sh:path ex:p ; sh:node ex:Used ]"],
)
def test_a_shape_that_nobody_uses_is_told(tmp_path: Path, use: str) -> None:
    rules = f"""ex:S sh:targetClass ex:C ; {use} .
        ex:Used a sh:NodeShape ; sh:nodeKind sh:IRI .
        ex:Orphan a sh:NodeShape ; sh:node ex:Too ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .
        ex:Too sh:class ex:D ."""
    assert idle(tmp_path, rules, "ex:a a ex:C ; ex:p ex:b .") == ["Orphan", "Too"]


def test_what_a_component_is_given_is_used(tmp_path: Path) -> None:
    rules = """ex:Component a sh:ConstraintComponent ;
            sh:parameter [ sh:path ex:like ; sh:nodeKind sh:IRI ] , [ sh:path ex:most ; sh:optional true ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:message "no"@en ; sh:ask "ASK { FILTER ($value != $like) }" ] .
        ex:S sh:targetClass ex:C ; ex:like ex:Used . ex:Used sh:nodeKind sh:IRI ."""
    assert idle(tmp_path, rules, "ex:a a ex:C .") == []
    assert idle(tmp_path, rules, "ex:a a ex:D .") == ["S"]


QUERY = 'sh:select "SELECT $this WHERE { $this ?p ?o }"'


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (f"ex:S sh:targetClass ex:C ; sh:sparql [ sh:deactivated true ; {QUERY} ] .", ["S"]),
        (f"ex:S sh:targetClass ex:C ; sh:sparql [ sh:deactivated false ; {QUERY} ] .", []),
        (f"ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ; sh:sparql ex:Off . ex:Off sh:deactivated true ; {QUERY} .", ["Off"]),
        (f"ex:S sh:targetClass ex:C ; sh:sparql [ {QUERY} ] , ex:Off . ex:Off sh:deactivated true ; {QUERY} .", ["Off"]),
        ("ex:S sh:targetClass ex:C ; sh:node ex:Off . ex:Off sh:deactivated true ; sh:nodeKind sh:IRI .", ["Off"]),
        ("ex:S sh:targetClass ex:C ; sh:deactivated true ; sh:nodeKind sh:IRI .", ["S"]),
    ],
)  # fmt: skip
def test_what_is_switched_off_is_told(tmp_path: Path, rules: str, told: list[str]) -> None:
    assert idle(tmp_path, rules, "ex:a a ex:C .") == told
