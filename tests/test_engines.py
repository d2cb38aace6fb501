"""The engines: one interface, the same results, and nothing passed over in silence."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest
from rdflib import SH, Graph, Literal, URIRef

from akegraph import errors
from akegraph.graph.loading import load_turtle
from akegraph.resources import resource
from akegraph.validation import load_shapes, validate_graph
from akegraph.validation.engines import DEFAULT_ENGINE, engine_names, get_engine
from akegraph.validation.engines.comparing import compare_reports, result_keys, run_all
from akegraph.validation.engines.guarded import GuardedEngine, is_foreign
from akegraph.validation.engines.selects import take_selects
from akegraph.validation.engines.targets import aim_at
from akegraph.validation.messages import fill_message
from akegraph.validation.shapes import Shapes, find_rules

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from engines import SELECTED, count_differences, make_faulty

HEAD = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = """
ex:a a ex:Thing ; ex:p ex:b , ex:c ; ex:name "Aa"@fi , "Bb"@fi , "A a"@en ; ex:size 3 .
ex:b a ex:Part ; ex:p ex:a ; ex:name "x" ; ex:size 12 .
ex:c a ex:SubThing ; ex:q "c" , "d" ; ex:size "3.5"^^xsd:decimal .
ex:SubThing rdfs:subClassOf ex:Thing .
"""
OTHERS = [name for name in engine_names() if name != "pyshacl"]


@cache  # so that the blank nodes of shapes are the same for every engine, none of which changes what it is given
def parse(text: str) -> Graph:
    return Graph().parse(data=HEAD + text, format="turtle")


@cache
def ontology() -> Graph:
    return load_turtle(resource("ontology", "akegraph.ttl"))


def run(name: str, data: str, shapes: str) -> set[tuple[str, ...]]:
    return result_keys(get_engine(name).run(parse(data), parse(shapes), None))


def select(query: str, *, property_shape: bool = False) -> str:
    inner = f'sh:sparql [ sh:select "{query}" ; sh:prefixes ex: ]'
    prefixes = 'ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .\n'
    target = "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; "
    if property_shape:
        return f"{prefixes}{target} sh:property ex:P . ex:P a sh:PropertyShape ; sh:path ex:p ; {inner} ."
    return f"{prefixes}{target} {inner} ."


def test_default_engine_comes_first() -> None:
    assert engine_names()[:2] == (DEFAULT_ENGINE, "pyshacl")
    assert [get_engine(name).name for name in engine_names()] == list(engine_names())


def test_fast_engine_is_installed_for_the_tests() -> None:
    assert "fast" in engine_names()


def test_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(errors.UnknownEngineError, match="akegraph, pyshacl") as caught:
        get_engine("swift")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_engines_find_the_same_in_plans_with_faults(seed: int) -> None:
    from akegraph.pipeline.knowledge import Knowledge

    data = make_faulty(20, SELECTED, seed, Knowledge())
    names = ["pyshacl", *OTHERS] if seed == 1 else OTHERS
    results, differences = count_differences(data, names)
    assert differences == 0
    assert results > 60


def test_kinds_of_faults_are_ten() -> None:
    assert len(set(SELECTED)) == 10


CORE = {
    "counts": "sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:maxCount 2 ]",
    "datatype": "sh:property [ sh:path ex:size ; sh:datatype xsd:integer ]",
    "class": "sh:property [ sh:path ex:p ; sh:class ex:Thing ]",
    "kind": "sh:property [ sh:path ex:p ; sh:nodeKind sh:Literal ]",
    "pattern": "sh:property [ sh:path ex:name ; sh:pattern '^[A-Z]+$' ]",
    "pattern with a flag": "sh:property [ sh:path ex:name ; sh:pattern '^a' ; sh:flags 'i' ]",
    "digits": "sh:property [ sh:path ex:name ; sh:pattern '^\\\\w+$' ]",
    "lengths": "sh:property [ sh:path ex:name ; sh:minLength 2 ; sh:maxLength 2 ]",
    "range": "sh:property [ sh:path ex:size ; sh:minInclusive 4 ; sh:maxExclusive 12 ]",
    "unique languages": "sh:property [ sh:path ex:name ; sh:uniqueLang true ]",
    "languages": "sh:property [ sh:path ex:name ; sh:languageIn ( 'en' ) ]",
    "value": "sh:property [ sh:path ex:p ; sh:hasValue ex:b ]",
    "in": "sh:property [ sh:path ex:p ; sh:in ( ex:b ex:d ) ]",
    "inverse": "sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 0 ]",
    "sequence": "sh:property [ sh:path ( ex:p ex:p ) ; sh:maxCount 0 ]",
    "alternative": "sh:property [ sh:path [ sh:alternativePath ( ex:name ex:q ) ] ; sh:maxCount 0 ]",
    "more steps": "sh:property [ sh:path [ sh:oneOrMorePath ex:p ] ; sh:maxCount 0 ]",
    "qualified": "sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:Part ] ; sh:qualifiedMinCount 2 ]",
    "equals": "sh:property [ sh:path ex:name ; sh:equals ex:q ]",
    "disjoint": "sh:property [ sh:path ex:p ; sh:disjoint ex:p ]",
    "less than": "sh:property [ sh:path ex:size ; sh:lessThan ex:size ]",
    "closed": "sh:closed true ; sh:ignoredProperties ( ex:p )",
    "not": "sh:not [ sh:class ex:Thing ]",
    "or": "sh:or ( [ sh:class ex:Part ] [ sh:nodeKind sh:Literal ] )",
    "node": "sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ]",
    "deactivated": "sh:deactivated true ; sh:class ex:Part",
    "two severities below": "sh:property [ sh:path ex:q ; sh:minCount 1 ; sh:severity sh:Info ]",
}


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("constraint", CORE.values(), ids=CORE)
@pytest.mark.parametrize("target", ["sh:targetClass ex:Thing", "sh:targetSubjectsOf ex:p", "sh:targetObjectsOf ex:p"])
def test_core_constraints_mean_the_same(engine: str, constraint: str, target: str) -> None:
    shapes = f"ex:S a sh:NodeShape ; {target} ; {constraint} ."
    assert run(engine, DATA, shapes) == run("pyshacl", DATA, shapes)


ODD_DATA = {
    "blank node": "[] a ex:Thing ; ex:name 'b' . ex:d a ex:Thing ; ex:p [ ex:name 'x' ] .",
    "line end": 'ex:d a ex:Thing ; ex:name "Aa\\n" , "A\\r" , "A\\u001c" .',
    "language in capitals": "ex:d a ex:Thing ; ex:name 'Aa'@en-GB , 'Bb'@EN .",
    "string": 'ex:d a ex:Thing ; ex:name "Aa"^^xsd:string , "Aa" .',
    "number with zeros": 'ex:d a ex:Thing ; ex:name "007"^^xsd:integer , 7.50 , "1e3"^^xsd:double .',
    "not a number": 'ex:d a ex:Thing ; ex:size "many"^^xsd:integer .',
    "signs": 'ex:d a ex:Thing ; ex:name "\\"q\\" \\\\ äö€ \\U0001F600 \\t"@fi .',
    "time": 'ex:d a ex:Thing ; ex:name "2026-01-01T00:00:00+00:00"^^xsd:dateTime .',
}


@pytest.mark.filterwarnings("ignore:Failed to convert")
@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("more", ODD_DATA.values(), ids=ODD_DATA)
def test_odd_terms_are_not_changed(engine: str, more: str) -> None:
    shapes = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:name ; sh:maxLength 0 ] , "
        "[ sh:path ex:name ; sh:pattern '^[A-Z]\\\\S*$' ] , [ sh:path ex:size ; sh:datatype xsd:integer ] , "
        "[ sh:path ex:p ; sh:nodeKind sh:IRI ] ."
    )
    data = DATA + more
    graph = parse(data)
    expected = result_keys(get_engine("pyshacl").run(graph, tried := parse(shapes), None))
    assert len(expected) > 4
    assert result_keys(get_engine(engine).run(graph, tried, None)) == expected


SOUND = {
    "pattern": "SELECT $this ?value WHERE { $this ex:p ?value }",
    "filter": "SELECT $this ?value WHERE { $this ex:p ?value . FILTER (?value != $this && isIRI(?value)) }",
    "not exists": "SELECT $this WHERE { $this ex:p ?v . FILTER NOT EXISTS { ?v ex:p $this } }",
    "cycle": "SELECT $this WHERE { $this ex:p+ ?end . FILTER (?end = $this) }",
    "path and value": "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER (isLiteral(?value)) }",
    "sequence": "SELECT $this ?value WHERE { $this ex:p/ex:p ?value }",
    "object": "SELECT $this WHERE { ?other ex:p $this }",
    "union": "SELECT $this WHERE { { $this ex:p ?x } UNION { $this ex:q ?x } }",
    "optional": "SELECT $this ?value WHERE { $this ex:p ?x OPTIONAL { ?x ex:q ?value } }",
    "bind": "SELECT $this ?value WHERE { $this ex:size ?x . BIND (?x + 1 AS ?value) }",
    "regex": "SELECT $this ?value WHERE { $this ?p ?value . FILTER REGEX(STR(?value), '^http') }",
}
UNSOUND = {
    "not bound by a pattern": "SELECT $this WHERE { FILTER ($this != ex:b) }",
    "path of no steps": "SELECT $this ?value WHERE { $this ex:nothing* ?value }",
    "in one branch": "SELECT $this WHERE { { $this ex:p ?x } UNION { ?x ex:q ?y } }",
    "optional only": "SELECT $this WHERE { ?x ex:q ?y OPTIONAL { $this ex:p ?x } }",
    "filter in a group": "SELECT $this WHERE { $this ex:p ?x . { ?x ex:q ?y . FILTER (?x != $this) } }",
    "sub-select": "SELECT $this WHERE { { SELECT $this WHERE { $this ex:p ?value } LIMIT 1 } }",
    "limit": "SELECT $this WHERE { $this ex:p ?value } LIMIT 1",
    "aggregate": "SELECT $this (COUNT(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)",
    "path of the shape": "SELECT $this ?value WHERE { $this $PATH ?value }",
    "this not projected": "SELECT ?value WHERE { $this ex:p ?value }",
}


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("property_shape", [False, True])
@pytest.mark.parametrize("query", [*SOUND.values(), *UNSOUND.values()], ids=[*SOUND, *UNSOUND])
def test_sparql_constraints_mean_the_same(engine: str, query: str, *, property_shape: bool) -> None:
    if "$PATH" in query and not property_shape:
        pytest.skip("a node shape has no path")
    # A target that the data do not know: only pre-binding reaches it.
    shapes = select(query, property_shape=property_shape) + "ex:S sh:targetNode ex:unknown ."
    assert run(engine, DATA, shapes) == run("pyshacl", DATA, shapes)


@pytest.mark.parametrize("query", SOUND.values(), ids=SOUND)
def test_sound_queries_are_run_once(query: str) -> None:
    assert len(take_selects(parse(select(query)))) == 1


@pytest.mark.parametrize("query", UNSOUND.values(), ids=UNSOUND)
def test_unsound_queries_are_left_to_the_reference(query: str) -> None:
    shapes = parse(select(query))
    assert take_selects(shapes) == ()
    assert (None, SH.sparql, None) in shapes


@pytest.mark.parametrize(
    "use",
    ["sh:node ex:S", "sh:not ex:S", "sh:or ( ex:S )", "sh:property [ sh:path ex:p ; sh:node ex:S ]"],
)
@pytest.mark.parametrize("engine", OTHERS)
def test_shape_that_decides_for_another_is_not_taken_apart(engine: str, use: str) -> None:
    shapes = select(SOUND["pattern"]) + f"ex:T a sh:NodeShape ; sh:targetClass ex:Part , ex:Thing ; {use} ."
    assert take_selects(parse(shapes)) == ()
    assert run(engine, DATA, shapes) == run("pyshacl", DATA, shapes)


def test_own_constraints_are_all_run_once() -> None:
    shapes = aim_at(load_shapes().graph, Graph(), None)
    constraints = len(list(shapes.subject_objects(SH.sparql)))
    assert len(take_selects(shapes)) == constraints > 5


@pytest.mark.parametrize("engine", engine_names())
@pytest.mark.parametrize("nodes", [["a"], ["b", "c"], ["c", "unknown"], []])
def test_focus_gives_the_results_of_these_nodes(engine: str, nodes: list[str]) -> None:
    shapes = parse(
        select(SOUND["pattern"])
        + "ex:T a sh:NodeShape ; sh:targetSubjectsOf ex:size ; sh:property [ sh:path ex:q ; sh:minCount 1 ] . "
        "ex:U a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:targetNode ex:b ; sh:class ex:Nothing . ex:Thing a sh:NodeShape , rdfs:Class ; sh:nodeKind sh:Literal ."
    )
    data, focus = parse(DATA), {URIRef(f"http://example.org/{node}") for node in nodes}
    everything = get_engine("pyshacl").run(data, shapes, None)
    wanted = {key for key in result_keys(everything) if URIRef(key[0][1:-1]) in focus}
    assert result_keys(get_engine(engine).run(data, shapes, focus)) == wanted


@pytest.mark.parametrize("engine", engine_names())
def test_nothing_given_is_changed(engine: str) -> None:
    data, shapes = (
        parse(DATA),
        parse(select(SOUND["pattern"]) + "ex:T a sh:NodeShape ; sh:targetNode ex:a ; sh:nodeKind sh:Literal ."),
    )
    before = set(data), set(shapes)
    get_engine(engine).run(data, shapes, None)
    get_engine(engine).run(data, shapes, {URIRef("http://example.org/a")})
    assert (set(data), set(shapes)) == before


def test_difference_names_engines_and_results() -> None:
    one, other = get_engine("akegraph"), get_engine("pyshacl")
    shapes = parse("ex:S a sh:NodeShape ; sh:targetClass ex:Part ; sh:nodeKind sh:Literal .")
    report = other.run(parse(DATA), shapes, None)
    empty = one.run(Graph(), shapes, None)
    with pytest.raises(errors.EngineDifferenceError, match=r"only pyshacl: .*ex.*/b by .*NodeKind") as caught:
        compare_reports((one, other), (empty, report))
    assert caught.value.exit_code == 4
    compare_reports((one, other), (report, report))


def test_all_engines_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from akegraph.validation.engines.reference import PyshaclEngine

    shapes = parse("ex:S a sh:NodeShape ; sh:targetClass ex:Part ; sh:nodeKind sh:Literal .")
    assert len(result_keys(run_all(parse(DATA), shapes, None))) == 1
    monkeypatch.setattr(PyshaclEngine, "run", lambda *_: Graph())
    with pytest.raises(errors.EngineDifferenceError, match="akegraph and pyshacl"):
        run_all(parse(DATA), shapes, None)


def as_shapes(text: str) -> Shapes:
    graph = parse(text)
    return Shapes(graph, find_rules(graph))


@pytest.mark.parametrize("engine", engine_names())
def test_messages_have_values_in_every_language(engine: str) -> None:
    messages = (
        'sh:message "{$this} ei saa: {?value}"@fi , "{$this} får inte: {?value}"@sv , "{$this} must not: {?value}"@en'
    )
    shapes = as_shapes(select(SOUND["pattern"]).replace("sh:prefixes", f"{messages} ; sh:prefixes"))
    report = validate_graph(parse(DATA), shapes, ontology(), engine=engine)
    finding = next(found for found in report.findings if str(found.value) == "http://example.org/c")
    assert finding.messages == {
        "fi": "http://example.org/a ei saa: http://example.org/c",
        "sv": "http://example.org/a får inte: http://example.org/c",
        "en": "http://example.org/a must not: http://example.org/c",
    }


def test_message_keeps_its_language_and_what_has_no_value() -> None:
    filled = fill_message(Literal("{?a} ja {$b}", lang="fi"), {"a": URIRef("urn:x")})
    assert filled == Literal("urn:x ja {$b}", lang="fi")


def test_own_shapes_are_not_foreign() -> None:
    assert not is_foreign(load_shapes().graph)
    assert is_foreign(parse(select(SOUND["pattern"])))


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:name ; sh:pattern '^(a+)+$' ] .",
        select("SELECT $this WHERE { $this ex:name ?n . FILTER REGEX(?n, '^(a+)+$') }"),
    ],
)
def test_what_does_not_end_is_stopped(shapes: str) -> None:
    data = parse(f'ex:d a ex:Thing ; ex:name "{"a" * 60}b" .')
    with pytest.raises(errors.QueryTimeoutError, match="stopped after 2 s"):
        GuardedEngine(get_engine(DEFAULT_ENGINE), 2).run(data, parse(shapes), None)


def test_guarded_engine_finds_the_same_and_passes_errors_on() -> None:
    shapes = parse(
        select(SOUND["pattern"]) + "ex:T a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:node [ sh:class ex:No ] ."
    )
    data = parse(DATA + "[] ex:p ex:a .")
    engine = get_engine(DEFAULT_ENGINE)
    assert result_keys(GuardedEngine(engine).run(data, shapes, None)) == result_keys(engine.run(data, shapes, None))
    with pytest.raises(errors.ShapesError, match="MINUS"):
        GuardedEngine(engine).run(
            data, parse(select("SELECT $this WHERE { $this ex:p ?o MINUS { ?o a ex:Part } }")), None
        )
