from __future__ import annotations

import contextlib
import time

import pytest

from akegraph.errors import QueryRefusedError, QuerySyntaxError
from akegraph.store.guard import Limits, check_query


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://e/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . { SERVICE ?x { ?s ?p ?o } } }",
        r"SELECT * { \u0053ERVICE <http://e/> { ?s ?p ?o } }",
        r"SELECT * { S\U00000045RVICE <http://e/> { ?s ?p ?o } }",
        "SELECT * { #\nSERVICE#\n<http://e/> {} }",
        # Oxigraph needs no space after a keyword.
        "PREFIX : <http://e/> SELECT * { SERVICE:x {} }",
        "PREFIX ex: <http://e/> SELECT * { SERVICEex:x {} }",
        "PREFIX ex: <http://e/> SELECT * { SERVICESILENTex:x #\n{} }",
        "SELECT * { SERVICE?x{} }",
        "SELECT * { ?s ?p true.SERVICE<http://e/>{} }",
        "SELECT * { ?s ?p true.SERVICE:x{} }",
        "SELECT * { ?s ?p 1SERVICE<http://e/>{} }",
        # Each hides SERVICE from one reading of the text.
        "SELECT * { ?s ?p ?o FILTER(?s<'x>' || true) SERVICE <http://e/> {} FILTER('a'='a') }",
        "SELECT * { ?s ?p ?o FILTER(?s<?p)SERVICE#>\n<http://e/> {} }",
        r'SELECT * { FILTER("\u0022" = "") SERVICE <http://e/> {} FILTER("" = "\u0022") }',
        r'SELECT * { FILTER(\u0022a" = "b\u0022) SERVICE <http://e/> {} }',
    ],
)
def test_service_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(QueryRefusedError):
        check_query(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { VALUES ?x { """a" } SERVICE <http://e/> {} }',
        'SELECT * { VALUES ?x { """a" } SERVICE <http://e/> {} FILTER("\\q""") }',
        "SELECT * { ?s ?p 'a }",
        "SELECT * { ?s ?p '''a'' }",
        "SELECT ?x { ?s ?p '\ud800' }",
    ],
)
def test_a_string_that_two_parsers_could_end_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        check_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "# SERVICE <http://e/> {}\nSELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://e/> {', \"INSERT\", '''LOAD ' ''', \"\"\"CLEAR \" \"\"\", '' }",
        "SELECT * { ?s <http://e/SERVICE#INSERT> ?service ; ?load $insert }",
        "PREFIX service: <http://e/> ASK { ?s a service:T ; ex:service ?o GRAPH service:g { ?a ex:add ?b } }",
        "PREFIX insert: <http://e/> PREFIX load: <http://e/> SELECT ?x { ?x load:delete insert:drop }",
        "BASE <http://e/> PREFIX add: <x> ASK { ?x add:copy <move> }",
        "ASK { FILTER(?a<?b && ?c>?d) }",
        "ASK { FILTER(?a<?b&&?c>?d) }",
        "ASK { FILTER(?a < '>' && ?c > '<') }",
        "SELECT * { VALUES (?a ?b) { (<http://e/a#b> <http://e/x(y)!'z>) } }",
        r'ASK { ?s ?p "\u0022", "\\", "\"", "a\\" }',
        r"ASK { ?s a ex:a\'b, ex:b\#c, ex:%41.b }",
        'ASK { ?s ?p "1"^^xsd:integer, "x"@fi-FI }',
        "ASK { " + "{ } " * 300 + "}",
        "not SPARQL at all",
        "",
    ],
)
def test_what_only_looks_alike_passes(text: str) -> None:
    check_query(text)


@pytest.mark.parametrize(
    "operation", ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)
def test_updates_are_refused_by_name(operation: str) -> None:
    for head in ("", "PREFIX ex: <http://e/>\n", "BASE <http://e/> # SELECT\n", 'VERSION "1.2" '):
        with pytest.raises(QueryRefusedError, match=f"{operation} is an update"):
            check_query(f"{head}{operation.lower()} <http://e/a>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * " + "{" * 10_000 + "}" * 10_000, "nests brackets more than 100 deep"),
        ("SELECT (" + "(" * 10_000 + "1", "nests brackets more than 100 deep"),
        ("SELECT * { ?s ?p " + "[ ?p " * 10_000, "nests brackets more than 100 deep"),
        ("SELECT * { " + "<< ?s ?p " * 10_000, "nests brackets more than 100 deep"),
        ("SELECT * " + "{(" * 51, "nests brackets more than 100 deep"),
        ("SELECT (" + "!" * 10_000 + "true AS ?x) {}", "more than 16 unary operators"),
        ("SELECT (" + "- + ! # ?\n" * 6 + "1 AS ?x) {}", "more than 16 unary operators"),
        ("SELECT * { {} " + "UNION {} " * 201 + "}", "more than 200 UNIONs"),
        ("SELECT * {} #" + "x" * 100_000, "has 100013 characters; at most 100000"),
    ],
)
def test_limits_are_named(text: str, message: str) -> None:
    with pytest.raises(QueryRefusedError, match=message):
        check_query(text)


def test_limits_can_be_set() -> None:
    limits = Limits(size=40, depth=2, unary=1, unions=1)
    check_query("ASK { {} UNION {} FILTER(!?a) }", limits)
    for text in (
        "ASK { { {} } }",
        "ASK { {} UNION {} UNION {} }",
        "ASK { FILTER(!!?a) }",
        "ASK {}" + " " * 40,
    ):
        with pytest.raises(QueryRefusedError):
            check_query(text, limits)


@pytest.mark.parametrize(
    ("text", "dataset"),
    [
        ("SELECT * { ?s ?p ?o }", False),
        ("SELECT * FROM <http://e/g> { ?s ?p ?o }", True),
        ("SELECT * from named <http://e/g> { ?s ?p ?o }", True),
        ("SELECT ?from { ?s from:x 'FROM', ex:from } # FROM", False),
    ],
)
def test_a_dataset_clause_is_seen(text: str, dataset: bool) -> None:
    assert check_query(text).dataset is dataset


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        '"""\\',
        "<a",
        '"\\"',
        "'''a''",
        "a:",
        "\\u0022",
        " ",
        "@a",
        ">>",
        "[]",
        "?",
        "<<",
        "a-",
        "#\n",
        "()",
    ],
)
def test_the_time_is_linear_in_the_size(unit: str) -> None:
    text = (unit * 100_000)[:99_999]
    before = time.process_time()
    with contextlib.suppress(QueryRefusedError, QuerySyntaxError):
        check_query(text)
    # Measured 0.05 s; what is quadratic takes ten seconds and more.
    assert time.process_time() - before < 2
