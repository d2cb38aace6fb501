from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from akegraph.errors import (
    BadParameterError,
    EngineError,
    GraphSyntaxError,
    NotAcceptableError,
    QueryError,
    QueryRefusedError,
    QuerySyntaxError,
    ResultTooLargeError,
)
from akegraph.store.base import MEDIA_TYPES, decode_solutions, iri, literal
from akegraph.store.embedded import EmbeddedStore

DATA = """
@prefix ex: <http://e/> .
ex:g1 { ex:a a ex:Activity ; ex:label "työ"@fi ; ex:rank 2 . }
ex:g2 { ex:b a ex:Activity ; ex:label "arki, \\"rivi\\"\\n2" . ex:b ex:part [ ex:rank 1 ] , [ ex:rank 3 ] . }
""".encode()
PREFIXES = {"ex": "http://e/", "unused": "http://unused/"}
ALL = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
LABELS = "SELECT ?s ?label { ?s <http://e/label> ?label } ORDER BY ?s"


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore(DATA, PREFIXES)


def subjects(store: EmbeddedStore, text: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> set[str]:
    answer = store.query(text, default_graphs=default, named_graphs=named)
    return {row["s"]["value"] for row in json.loads(answer.body)["results"]["bindings"]}


def test_select_and_ask_give_values(store: EmbeddedStore) -> None:
    solutions = store.select(LABELS)
    assert solutions.variables == ("s", "label")
    assert solutions.rows == (
        {"s": iri("http://e/a"), "label": literal("työ", "fi")},
        {"s": iri("http://e/b"), "label": literal('arki, "rivi"\n2')},
    )
    assert store.ask("ASK { ?s <http://e/rank> 2 }")
    assert not store.ask("ASK { ?s <http://e/rank> 9 }")


def test_values_of_another_kind_are_refused(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="'select' is wanted"):
        store.select("ASK {}")
    with pytest.raises(QueryError, match="'ask' is wanted"):
        store.ask(ALL)


def test_tables_in_every_form(store: EmbeddedStore) -> None:
    def body(name: str) -> str:
        answer = store.query(LABELS, accept=[MEDIA_TYPES[name]])
        assert (answer.kind, answer.media_type) == ("select", MEDIA_TYPES[name])
        return answer.body.decode()

    assert len(json.loads(body("json"))["results"]["bindings"]) == 2
    assert len(ElementTree.fromstring(body("xml")).findall(".//{*}result")) == 2  # our own output
    assert list(csv.reader(body("csv").splitlines(keepends=True))) == [
        ["s", "label"],
        ["http://e/a", "työ"],
        ["http://e/b", 'arki, "rivi"\n2'],
    ]
    assert body("tsv") == '?s\t?label\n<http://e/a>\t"työ"@fi\n<http://e/b>\t"arki, \\"rivi\\"\\n2"\n'


def test_truth_in_json_and_xml_only(store: EmbeddedStore) -> None:
    answer = store.query("ASK {}", accept=["text/csv", "application/sparql-results+json"])
    assert (answer.kind, json.loads(answer.body)) == ("ask", {"head": {}, "boolean": True})
    assert b"<boolean>true</boolean>" in store.query("ASK {}", accept=[MEDIA_TYPES["xml"]]).body
    with pytest.raises(NotAcceptableError):
        store.query("ASK {}", accept=["text/csv"])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib 7.6 warns of its own JSON-LD parser
@pytest.mark.parametrize(
    ("name", "parser"), [("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml"), ("jsonld", "json-ld")]
)
def test_graphs_in_every_form(store: EmbeddedStore, name: str, parser: str) -> None:
    answer = store.query(ALL, accept=[MEDIA_TYPES[name]])
    assert (answer.kind, answer.media_type) == ("graph", MEDIA_TYPES[name])
    expected = Graph()
    for graph in store.graphs():
        expected.parse(data=store.dump(graph), format="nt")
    assert isomorphic(Graph().parse(data=answer.body, format=parser), expected)


def test_turtle_is_sorted_and_prefixed(store: EmbeddedStore) -> None:
    text = "CONSTRUCT { ?s ?p ?o } FROM <http://e/g1> { ?s ?p ?o }"
    assert store.query(text).body.decode() == (
        '@prefix ex: <http://e/> .\nex:a a ex:Activity ;\n\tex:label "työ"@fi ;\n\tex:rank 2 .\n'
    )


def test_graphs_with_blank_nodes_are_the_same_bytes_from_any_copy() -> None:
    bodies = {EmbeddedStore(DATA).query("DESCRIBE <http://e/b>").body for _ in range(3)}
    assert len(bodies) == 1
    assert b"_:c14n0" in bodies.pop()


def test_the_default_graph_is_the_union(store: EmbeddedStore) -> None:
    assert subjects(store, "SELECT ?s { ?s a ?c }") == {"http://e/a", "http://e/b"}
    assert subjects(store, "SELECT ?s { GRAPH <http://e/g1> { ?s a ?c } }") == {"http://e/a"}
    assert subjects(store, "SELECT ?s { GRAPH ?g { ?s a ?c } }") == {"http://e/a", "http://e/b"}


@pytest.mark.parametrize(
    ("clause", "default", "named"),
    [
        ("FROM <http://e/g1>", {"a"}, set()),
        ("FROM <http://e/g1> FROM <http://e/g2>", {"a", "b"}, set()),
        ("FROM NAMED <http://e/g1>", set(), {"a"}),
        ("FROM <http://e/g2> FROM NAMED <http://e/g1>", {"b"}, {"a"}),
        ("FROM <http://e/absent>", set(), set()),
        ("FROM <file:///etc/passwd>", set(), set()),
        ("FROM <http://127.0.0.1:9/>", set(), set()),
    ],
)
def test_a_dataset_clause_is_over_our_graphs_only(
    store: EmbeddedStore, clause: str, default: set[str], named: set[str]
) -> None:
    assert subjects(store, f"SELECT ?s {clause} {{ ?s a ?c }}") == {f"http://e/{name}" for name in default}
    assert subjects(store, f"SELECT ?s {clause} {{ GRAPH ?g {{ ?s a ?c }} }}") == {f"http://e/{name}" for name in named}


def test_the_dataset_of_the_protocol_wins_over_the_text(store: EmbeddedStore) -> None:
    plain, inside = "SELECT ?s FROM <http://e/g1> { ?s a ?c }", "SELECT ?s { GRAPH ?g { ?s a ?c } }"
    assert subjects(store, plain, default=("http://e/g2",)) == {"http://e/b"}
    assert subjects(store, plain, named=("http://e/g1",)) == set()
    assert subjects(store, inside, default=("http://e/g2",)) == set()
    assert subjects(store, inside, named=("http://e/g1", "http://e/absent")) == {"http://e/a"}
    with pytest.raises(BadParameterError, match="named-graph-uri"):
        store.query(plain, named_graphs=["relative"])


def test_bad_sparql_says_line_and_column(store: EmbeddedStore) -> None:
    with pytest.raises(QuerySyntaxError, match=r"^line 2, column 9: expected") as caught:
        store.query("SELECT ?s {\n ?s ?p }")
    assert "\n" not in str(caught.value)
    with pytest.raises(QuerySyntaxError) as caught:
        store.query("SELECT ?x { ?s ?p ?x } ORDER BY")
    assert len(str(caught.value)) < 300


def test_nothing_is_written_by_a_query(store: EmbeddedStore) -> None:
    for text in ("INSERT DATA { <http://e/x> a <http://e/y> }", "CLEAR ALL", "LOAD <file:///etc/passwd>"):
        with pytest.raises(QueryRefusedError):
            store.query(text)
    with pytest.raises(QuerySyntaxError):
        store.query("SELECT * { ?s ?p ?o } ; CLEAR ALL")
    assert store.count("http://e/g1") == 3


def test_service_does_not_evaluate_even_unchecked(store: EmbeddedStore) -> None:
    # Port 9 is among those that Oxigraph's client never connects to.
    with pytest.raises(EngineError, match="cannot evaluate"):
        store.evaluate("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", None, [], [], dataset=False)


def test_an_answer_has_a_size_limit() -> None:
    store = EmbeddedStore(DATA, result_size=200)
    assert store.query("ASK {}").body
    for text in ("SELECT * { ?s ?p ?o . ?a ?b ?c }", ALL):
        with pytest.raises(ResultTooLargeError, match="200 bytes"):
            store.query(text)


def test_rules_of_our_own_are_run(store: EmbeddedStore) -> None:
    store.load(b"<http://e/a> <http://e/next> <http://e/b> .", "http://e/g3")
    store.update(
        "INSERT { GRAPH <http://e/new> { ?o <http://e/previous> ?s } }"
        " WHERE { GRAPH <http://e/g3> { ?s <http://e/next> ?o } }"
    )
    assert store.graphs() == ("http://e/g1", "http://e/g2", "http://e/g3", "http://e/new")
    assert store.dump("http://e/new") == b"<http://e/b> <http://e/previous> <http://e/a> .\n"
    assert store.count("http://e/new") == 1
    assert store.count() == 3 + 6 + 1 + 1


def test_a_dump_is_sorted() -> None:
    lines = [f"<http://e/{name}> <http://e/p> <http://e/o> <http://e/g> .\n" for name in "dacb"]
    dumped = EmbeddedStore("".join(lines).encode()).dump("http://e/g").decode().splitlines()
    assert [line[10] for line in dumped] == list("abcd")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"<http://e/a> <http://e/p> <b> <http://e/g> .", 1),
        (b'<http://e/a> <http://e/p> "1" <http://e/g> .\n<http://e/a> <http://e/p> "1 .\n', 2),
        (b"@prefix ex: <http://e/> .\nex:g {\n ex:a ex:b }\n", 3),
        (b"\xff", 1),
    ],
)
def test_data_that_do_not_parse_name_the_line(data: bytes, line: int) -> None:
    with pytest.raises(GraphSyntaxError) as caught:
        EmbeddedStore(data)
    assert caught.value.line == line


def test_nothing_is_loaded_of_what_does_not_parse(store: EmbeddedStore) -> None:
    before = store.count()
    with pytest.raises(GraphSyntaxError):
        store.load(b"<http://e/x> <http://e/p> <http://e/y> .\n<http://e/x> .", "http://e/g9")
    assert store.count() == before


SHARED = b"""
<http://e/a> <http://e/p> "1" <http://e/g> .
<http://e/a> <http://e/p> "1" <http://e/h> .
<http://e/a> <http://e/p> "2" <http://e/h> .
<http://e/a> <http://e/p> "1" .
"""
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def counted(store: EmbeddedStore, text: str = COUNT, **graphs: list[str]) -> int:
    return int(decode_solutions(store.query(text, **graphs).body).rows[0]["n"].value)


def test_a_triple_of_two_graphs_is_one_triple_of_the_default_graph() -> None:
    store = EmbeddedStore(SHARED)
    assert counted(store) == 2
    assert counted(store, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == 3
    assert store.graphs() == ("http://e/g", "http://e/h")
    assert counted(store, default_graphs=["http://e/g", "http://e/h"]) == 2
    assert counted(store, default_graphs=["http://e/h"]) == 2
    both = {"default_graphs": ["http://e/g", "http://e/h"], "named_graphs": ["http://e/h"]}
    assert counted(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }", **both) == 2


def test_what_is_loaded_later_is_merged_too() -> None:
    store = EmbeddedStore(SHARED)
    store.load(b'<http://e/a> <http://e/p> "3" <http://e/g> .')
    assert counted(store) == 3
    store.load(b'<http://e/a> <http://e/p> "3" <http://e/new> .')
    assert counted(store) == 3
    assert store.count() == 5


def test_graphs_that_share_nothing_are_not_held_twice() -> None:
    store = EmbeddedStore(b'<http://e/a> <http://e/p> "1" <http://e/g> .')
    assert counted(store) == 1
    assert store.count() == len(store._store) == 1
