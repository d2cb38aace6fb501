"""What is tried without pyshacl, what is not, and the look-ups it rests on."""

from __future__ import annotations

import pytest
from rdflib import RDF, SH, Graph, Literal, URIRef

from akegraph.graph.compact import CompactStore
from akegraph.validation import load_shapes
from akegraph.validation.engines import get_engine
from akegraph.validation.engines.comparing import result_keys
from akegraph.validation.engines.direct import take_direct
from akegraph.validation.engines.selects import take_selects
from akegraph.validation.engines.targets import aim_at
from akegraph.validation.view import Lookup, view_of

EX = "http://example.org/"
HEAD = (
    "@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> ."
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
)
DATA = """
ex:a a ex:Thing ; ex:p ex:b , ex:c ; ex:name "A"@fi , "B"@fi , "C"@sv ; ex:size 0 .
ex:b a ex:Thing , ex:Part ; ex:p "b" ; ex:name "x" ; ex:size 7 .
ex:c a ex:Thing ; ex:q ex:a ; ex:size "x"^^xsd:integer , 1.5 .
"""
TAKEN = {
    "counts": "sh:path ex:p ; sh:minCount 1 ; sh:maxCount 1",
    "inverse": "sh:path [ sh:inversePath ex:p ] ; sh:minCount 1",
    "alternative": "sh:path [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ; sh:minCount 2",
    "sequence": "sh:path ( ex:q ex:p ) ; sh:maxCount 1",
    "alternative of a sequence": "sh:path [ sh:alternativePath ( ex:name ( ex:q ex:p ) ) ] ; sh:maxCount 1",
    "class": "sh:path ex:p ; sh:class ex:Part",
    "node": "sh:path ex:p ; sh:node ex:Named",
    "or": "sh:path ex:p ; sh:or ( ex:Named ex:Big )",
    "value": "sh:path ex:p ; sh:hasValue ex:b",
    "range": "sh:path ex:size ; sh:minInclusive 1",
    "datatype": "sh:path ex:size ; sh:datatype xsd:integer",
    "languages": "sh:path ex:name ; sh:uniqueLang true",
    "qualified": "sh:path ex:name ; sh:qualifiedValueShape ex:Swedish ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1",
    "pattern": "sh:path ex:name ; sh:pattern '^[A-B]$' ; sh:minLength 1",
    "severity": "sh:path ex:q ; sh:minCount 1 ; sh:severity sh:Info ; sh:message 'm'@en",
}
LEFT = {
    "closed parent": ("sh:path ex:p ; sh:minCount 1", "sh:closed true"),
    "used by another": ("sh:path ex:p ; sh:minCount 1", "sh:property [ sh:path ex:q ; sh:node ex:S ]"),
    "unknown parameter": ("sh:path ex:p ; sh:minCount 1 ; sh:flags 'i'", ""),
    "deactivated": ("sh:path ex:p ; sh:minCount 3 ; sh:deactivated true", ""),
    "many steps": ("sh:path [ sh:oneOrMorePath ex:p ] ; sh:maxCount 0", ""),
    "compared with another": ("sh:path ex:p ; sh:equals ex:q", ""),
    "disjoint siblings": (
        "sh:path ex:p ; sh:qualifiedValueShape ex:Named ; sh:qualifiedMinCount 1 ; "
        "sh:qualifiedValueShapesDisjoint true",
        "",
    ),
}
USED = """
ex:Named a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
ex:Big a sh:NodeShape ; sh:property [ sh:path ex:size ; sh:minInclusive 5 ] .
ex:Swedish a sh:NodeShape ; sh:languageIn ( 'sv' ) .
"""


def shapes_of(constraint: str, more: str = "") -> Graph:
    text = f"{HEAD} ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:P ; {more} . ex:P {constraint} ."
    return Graph().parse(data=text + USED, format="turtle")


def data() -> Graph:
    return Graph(CompactStore()).parse(data=HEAD + DATA, format="turtle")


@pytest.mark.parametrize("constraint", TAKEN.values(), ids=TAKEN)
def test_taken_shapes_mean_the_same(constraint: str) -> None:
    shapes = shapes_of(constraint)
    assert URIRef(f"{EX}P") in {rule.shape for rule in take_direct(aim_at(shapes, data(), None), data())}
    expected = result_keys(get_engine("pyshacl").run(data(), shapes, None))
    assert expected
    assert result_keys(get_engine("akegraph").run(data(), shapes, None)) == expected
    focus = {URIRef(f"{EX}b")}
    some = {key for key in expected if key[0] == f"<{EX}b>"}
    assert result_keys(get_engine("akegraph").run(data(), shapes, focus)) == some


@pytest.mark.parametrize(("constraint", "more"), LEFT.values(), ids=LEFT)
def test_shapes_that_say_more_are_left(constraint: str, more: str) -> None:
    shapes = shapes_of(constraint, more)
    assert URIRef(f"{EX}P") not in {rule.shape for rule in take_direct(aim_at(shapes, data(), None), data())}
    expected = result_keys(get_engine("pyshacl").run(data(), shapes, None))
    assert result_keys(get_engine("akegraph").run(data(), shapes, None)) == expected


def test_parent_that_is_deactivated_reports_nothing() -> None:
    shapes = shapes_of("sh:path ex:p ; sh:minCount 5", "sh:deactivated true")
    assert not result_keys(get_engine("akegraph").run(data(), shapes, None))


def test_nearly_all_own_rules_are_tried_directly() -> None:
    shapes = aim_at(load_shapes().graph, Graph(), None)
    take_selects(shapes)
    rules = len(set(shapes.subjects(SH.path)))
    taken = len(take_direct(shapes, Graph()))
    assert taken > 60
    assert rules - taken < 20  # parts of others, and sh:lessThanOrEquals


def test_failed_node_tells_why() -> None:
    report = get_engine("akegraph").run(data(), shapes_of("sh:path ex:p ; sh:node ex:Named"), None)
    inside = {report.value(detail, SH.sourceConstraintComponent) for detail in report.objects(None, SH.detail)}
    assert inside == {SH.MinCountConstraintComponent}


@pytest.mark.parametrize("second", ["compact", "memory"])
def test_lookup_answers_as_the_graph_does(second: str) -> None:
    other = Graph(CompactStore()) if second == "compact" else Graph()
    other.parse(data=HEAD + 'ex:a ex:p ex:b , ex:d . ex:d a ex:Thing ; ex:name "d" .', format="turtle")
    for graph in (view_of((data(), other)), view_of((other, data())), data(), other):
        lookup = Lookup(graph)
        terms = {*graph.all_nodes(), URIRef(f"{EX}nobody")}
        for predicate in {*graph.predicates(), RDF.first}:
            assert lookup.having(predicate) == set(graph.subjects(predicate))
            assert lookup.values(predicate) == set(graph.objects(None, predicate))
            for term in terms:
                assert sorted(lookup.objects(term, predicate)) == sorted(set(graph.objects(term, predicate)))
                assert sorted(lookup.subjects(predicate, term)) == sorted(set(graph.subjects(predicate, term)))
                assert all(lookup.has(term, predicate, value) for value in graph.objects(term, predicate))
                assert not lookup.has(term, predicate, Literal("never"))
                assert (lookup.value(term, predicate) is None) == ((term, predicate, None) not in graph)
        assert len(graph) == len(set(graph))
