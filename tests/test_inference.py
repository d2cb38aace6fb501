"""The closure: each axiom kind by a small example, and owlrl as the oracle over the real data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import OWL, Graph, Literal

from akegraph.errors import InferenceError
from akegraph.graph.closure import Closure
from akegraph.graph.inference import Reasoner, infer_triples, open_inference
from akegraph.graph.loading import load_folder, load_turtle, new_graph, parse_turtle, union
from akegraph.graph.rules import Atom, Rule, derive_rules
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
    "equivalent property": (":p owl:equivalentProperty :q .", ":a :p :b . :c :q :d .", ":a :q :b . :c :p :d ."),
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
    "below a restriction": (
        ":C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :x ] .", ":a a :C .", ":a :p :x ."
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
        assert any(rule.name == "prp-spo2" and rule.head.predicate == chain.n3() for rule in rules)


@pytest.mark.parametrize("relation", ["owl:equivalentClass", "rdfs:subClassOf"])
@pytest.mark.parametrize(
    "expression",
    [
        "[ a owl:Class ; owl:unionOf ( :D :E ) ]",
        "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :D ]",
        "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ]",
    ],
)
def test_a_class_that_no_rule_can_read_is_an_error(relation: str, expression: str) -> None:
    axioms = f":C {relation} {expression} ."
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


# --- a closure that grows ---

GROWING = """
:p rdfs:subPropertyOf :q ; owl:inverseOf :r . :q a owl:TransitiveProperty ; rdfs:domain :C ; rdfs:range :D .
:s owl:propertyChainAxiom ( :q :v ) . :v rdfs:domain :E .
:E owl:equivalentClass [ owl:intersectionOf ( :D [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :x ] ) ] .
"""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcx"), st.sampled_from("pqrsv"), st.sampled_from(["a", "b", "c", "x", '"a"'])),
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_what_is_added_piece_by_piece_entails_what_it_entails_at_once(
    triples: list[tuple[str, str, str]], cut: int
) -> None:
    def write(some: list[tuple[str, str, str]]) -> Graph:
        return turtle(" ".join(f":{s} :{p} {o if o[0] == chr(34) else ':' + o} ." for s, p, o in some))

    axioms = ontology(GROWING)
    inference = open_inference(axioms)
    parts = [write(triples[:cut]), write(triples[cut:])]
    grown = set().union(*(inference.add(part) for part in parts), *parts)
    whole = write(triples)
    assert grown == set(infer_triples(axioms, whole)) | set(whole)


def test_a_copy_of_a_closure_grows_by_itself() -> None:
    closure = Closure(derive_rules(ontology(":p a owl:TransitiveProperty .")))
    p = "<http://example.org/p>"
    assert closure.add([("<a>", p, "<b>")]) == []
    copy = closure.copy()
    assert copy.add([("<b>", p, "<c>")]) == [("<a>", p, "<c>")]
    assert closure.add([("<b>", p, "<d>")]) == [("<a>", p, "<d>")]


def test_a_rule_of_no_known_form_is_refused() -> None:
    across = Rule("own", Atom("?a", "<p>", "?b"), (Atom("?a", "<q>", "?b"), Atom("?a", "<r>", "?b")))
    with pytest.raises(InferenceError, match="<q>"):
        Closure([across])


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
def test_a_closure_entails_what_two_graphs_say_together(reasoner: Reasoner) -> None:
    inference = open_inference(ontology(":p a owl:TransitiveProperty ."), reasoner)
    assert set(inference.add(turtle(":a :p :b ."))) == set()
    assert set(inference.add(turtle(":b :p :c ."))) == set(turtle(":a :p :c ."))
