"""The closure: each axiom kind by a small example, and owlrl as the oracle over the real data."""

from __future__ import annotations

import pytest
from rdflib import OWL, Graph, Literal

from akegraph.errors import InferenceError
from akegraph.graph.inference import derive_rules, infer_triples
from akegraph.graph.loading import load_folder, load_turtle, new_graph, parse_turtle, union
from akegraph.resources import resource

PREFIX = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty . :v a owl:DatatypeProperty .
:C a owl:Class . :D a owl:Class . :E a owl:Class .
"""

# axioms, data, exactly the triples that follow
AXIOMS = {
    "sub-property": (":p rdfs:subPropertyOf :q .", ":a :p :b .", ":a :q :b ."),
    "sub-property of sub-property": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":a :p :b .", ":a :q :b ; :r :b ."
    ),
    "inverse": (":p owl:inverseOf :q .", ":a :p :b . :c :q :d .", ":b :q :a . :d :p :c ."),
    "symmetric": (":p a owl:SymmetricProperty .", ":a :p :b .", ":b :p :a ."),
    "transitive": (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c . :c :p :d .", ":a :p :c, :d . :b :p :d ."),
    "chain of two": (":r owl:propertyChainAxiom ( :p :q ) .", ":a :p :b . :b :q :c .", ":a :r :c ."),
    "chain of three": (
        ":r owl:propertyChainAxiom ( :p :q :p ) .", ":a :p :b . :b :q :c . :c :p :d .", ":a :r :d ."
    ),
    "sub-class": (":C rdfs:subClassOf :D .", ":a a :C .", ":a a :D ."),
    "equivalent class": (":C owl:equivalentClass :D .", ":a a :C . :b a :D .", ":a a :D . :b a :C ."),
    "defined class": (
        ":C owl:equivalentClass [ owl:intersectionOf ( :D [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :x ] ) ] .",
        ":a a :D ; :p :x . :b a :D ; :p :y . :c a :C .",
        ":a a :C . :c a :D ; :p :x .",
    ),
    "domain": (":p rdfs:domain :C .", ":a :p :b .", ":a a :C ."),
    "range": (":p rdfs:range :C .", ":a :p :b .", ":b a :C ."),
    "range of a datatype property": (":v rdfs:range rdfs:Literal .", ':a :v "text" .', ""),
}  # fmt: skip


def turtle(text: str) -> Graph:
    graph = new_graph()
    parse_turtle(graph, (PREFIX.split(":p a", 1)[0] + text).encode(), "test")
    return graph


def ontology(axioms: str) -> Graph:
    return turtle(":p a" + PREFIX.split(":p a", 1)[1] + axioms)


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
@pytest.mark.parametrize("case", AXIOMS)
def test_each_kind_of_axiom_gives_exactly_its_triples(case: str, reasoner: str) -> None:
    axioms, data, expected = AXIOMS[case]
    asserted = turtle(data)
    before = set(asserted)
    assert set(infer_triples(ontology(axioms), asserted, reasoner=reasoner)) == set(turtle(expected))
    assert set(asserted) == before, "the asserted graph is the caller's and stays as it was"


def test_every_axiom_of_the_ontology_has_a_rule() -> None:
    loaded = load_turtle(resource("ontology", "akegraph.ttl"))
    rules = derive_rules(loaded)
    assert len(rules) == len(set(rules))
    for chain in loaded.subjects(OWL.propertyChainAxiom):
        assert any(f"INSERT {{ ?x0 {chain.n3()} ?x2 }}" in rule for rule in rules)


def test_a_class_that_no_rule_can_read_is_an_error() -> None:
    axioms = ":C owl:equivalentClass [ a owl:Class ; owl:unionOf ( :D :E ) ] ."
    with pytest.raises(InferenceError, match="hasValue"):
        derive_rules(ontology(axioms))


def test_owlrl_finds_a_contradiction() -> None:
    with pytest.raises(InferenceError, match="contradict"):
        infer_triples(ontology(":C owl:disjointWith :D ."), turtle(":a a :C, :D ."), reasoner="owlrl")


def test_rules_equal_owlrl_on_the_reference_data() -> None:
    loaded = load_turtle(resource("ontology", "akegraph.ttl"))
    common = union((load_folder(resource("ontology", "schemes")), load_folder(resource("data", "reference"))))
    by_rules = infer_triples(loaded, common)
    assert len(by_rules) > 50
    assert set(by_rules) == set(infer_triples(loaded, common, reasoner="owlrl"))
    assert not any(isinstance(s, Literal) or (p == OWL.sameAs and s == o) for s, p, o in by_rules)
