"""Users' texts never become SPARQL: at every door and in both engines they are refused or stay one literal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from web_site import make_site, open_client

from akegraph.cli import asking, main
from akegraph.errors import BadParameterError
from akegraph.queries import NamedQuery, load_queries, parse_query
from akegraph.queries.binding import bind_terms, find_places, write_term
from akegraph.store.base import Term
from akegraph.store.embedded import EmbeddedStore

HEADER = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mikä?", en = "What?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ tags = ["test"]
#+ [parameters.text]
#+ type = "KIND"
#+ title = { fi = "Teksti", en = "Text" }
#+ description = { fi = "Teksti.", en = "A text." }
#+ [columns]
#+ thing = { fi = "Asia", en = "The thing" }
#+ text = { fi = "Teksti", en = "The text" }
"""
# The value is in the place itself, in a filter and in a subquery that does not project it.
SPARQL = """SELECT ?thing ?text
WHERE {
  VALUES ?text { UNDEF }
  ?thing <http://example.org/secret> ?secret .
  { SELECT ?thing WHERE { ?thing <http://example.org/open> true } }
  FILTER(BOUND(?text))
}
ORDER BY ?thing ?text
"""
DATA = b"""<http://example.org/a> <http://example.org/secret> "hidden 1" ; <http://example.org/open> true .
<http://example.org/b> <http://example.org/secret> "hidden 2" ; <http://example.org/open> false .
"""
HOSTILE = {
    "closes the literal": '"} UNION {?thing ?p ?text',
    "closes the group": "x } UNION { ?thing <http://example.org/secret> ?text",
    "closes the values": "UNDEF } ?thing ?p ?text . VALUES ?other { UNDEF",
    "a line of its own": "a\n  VALUES ?text { UNDEF }\nb",
    "single quotes": "' } UNION { ?thing ?p ?text #",
    "three quotes": '""" } UNION { ?thing ?p ?text #',
    "three single quotes": "''' } #",
    "ends in a backslash": "x\\",
    "backslash and quote": '\\" } UNION { ?thing ?p ?text #',
    "two backslashes and quote": '\\\\" } #',
    "escape of a quote": "\\u0022 } UNION { ?thing ?p ?text #",
    "escape behind a backslash": "\\\\u0022 } UNION { ?thing ?p ?text #",
    "long escape": "\\U00000022 } #",
    "escape of a backslash": "\\u005Cu0022 } #",
    "half an escape": "\\u00",
    "not an escape": "\\uD800",
    "braces": "{{{}}}",
    "placeholders of other formats": "{0} %s %(text)s $text ?text @text",
    "a group reference": "\\g<0> \\1 $1",
    "line ends": "a\r\nb\rc\nd",
    "other line ends": "a\u2028b\u2029c",
    "a tab": "\t",
    "a comment": "x # y",
    "an IRI": "<http://example.org/b>",
    "a datatype": '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "a service": "x } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o",
    "an update": '" . } ; DROP ALL ; #',
    "beyond the first plane": "\U0001f4da\u0301",
    "right to left": "\u202e}",
    "long": "x\"'\\}{" * 2000,
}
UNWRITABLE = {"null": "a\x00b", "escape character": "\x1b[31m", "delete": "a\x7f", "surrogate": "a\ud800"}


def make_query(kind: str) -> NamedQuery:
    return parse_query("echo", HEADER.replace("KIND", kind) + SPARQL, "echo.rq")


def rows_of(text: str) -> list[tuple[str, str]]:
    """Evaluate in both engines, which must agree."""
    with EmbeddedStore() as store:
        store.load(DATA, "http://example.org/graph")
        found = [(row["thing"].value, row["text"].value) for row in store.select(text).rows]
    other = [(str(thing), str(value)) for thing, value in Graph().parse(data=DATA, format="turtle").query(text)]
    assert found == other
    return found


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["string", "langString"])
def test_a_hostile_text_is_one_literal_and_the_answer_has_the_same_rows(kind: str, name: str) -> None:
    value, query = HOSTILE[name], make_query(kind)
    bound = query.bind({"text": f"{value}@fi" if kind == "langString" else value})
    assert rows_of(bound) == [("http://example.org/a", value)]
    harmless = query.bind({"text": "x@fi"})
    assert prepareQuery(bound).algebra.keys() == prepareQuery(harmless).algebra.keys()
    assert bound.count("\n") == harmless.count("\n")
    assert find_places(bound) == []


PIECES = st.sampled_from(
    [
        "\\",
        '"',
        "'",
        "u",
        "U",
        "u0022",
        "\\u0022",
        "\\U00000022",
        "005C",
        "{",
        "}",
        "\n",
        "\r",
        "\t",
        "UNDEF",
        "?text",
        "<",
        ">",
        "@",
        "^^",
        "#",
    ]
)


@given(
    st.lists(st.one_of(PIECES, st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])), min_size=1, max_size=12)
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_whatever_the_text_it_is_one_literal(pieces: list[str]) -> None:
    value = "".join(pieces)
    assert rows_of(make_query("string").bind({"text": value})) == [("http://example.org/a", value)]


@pytest.mark.parametrize("name", UNWRITABLE)
@pytest.mark.parametrize("kind", ["string", "langString", "iri"])
def test_what_no_text_may_hold_is_refused(kind: str, name: str) -> None:
    with pytest.raises(BadParameterError, match="parameter 'text'"):
        make_query(kind).bind({"text": UNWRITABLE[name] + "@fi"})


@pytest.mark.parametrize("name", sorted({*HOSTILE, *UNWRITABLE} - {"beyond the first plane"}))
@pytest.mark.parametrize("start", ["", "http://example.org/", "ake:", "akev:path/"])
def test_no_iri_is_made_of_it(start: str, name: str) -> None:
    with pytest.raises(BadParameterError, match="absolute IRI") as refused:
        make_query("iri").bind({"text": start + {**HOSTILE, **UNWRITABLE}[name]})
    assert len(str(refused.value)) < 1000


def test_values_with_the_words_of_a_place_are_not_filled_again() -> None:
    text = "SELECT * {\n  VALUES ?a { UNDEF }\n  VALUES ?b { UNDEF }\n}"
    hostile = Term("literal", "x\n  VALUES ?b { UNDEF }\n", None, None)
    bound = bind_terms(text, {"a": [hostile]})
    assert find_places(bound) == ["b"]
    assert bind_terms(text, {"a": []}).splitlines()[1] == "  VALUES ?a {  }"
    assert write_term(hostile).count("\n") == 0


REQUIRED = {
    query.name: {key: found.example or "" for key, found in query.parameters.items() if found.required}
    for query in load_queries().values()
}
ARGUMENTS = [(query.name, parameter) for query in load_queries().values() for parameter in query.parameters]
AT_THE_DOORS = ("closes the literal", "a line of its own", "escape of a quote", "an IRI", "long")


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


@pytest.mark.parametrize("name", [*AT_THE_DOORS, "null"])
@pytest.mark.parametrize(("query", "parameter"), ARGUMENTS)
def test_the_web_refuses_it(client: FlaskClient, query: str, parameter: str, name: str) -> None:
    """No parameter of a question is a free text, so nothing hostile is ever a value."""
    value = {**HOSTILE, **UNWRITABLE}[name]
    answer = client.get(f"/queries/{query}", query_string={**REQUIRED[query], parameter: value, "format": "json"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert f"parameter '{parameter}'" in problem["detail"]
    assert len(answer.data) < 5000
    page = client.get(
        f"/queries/{query}",
        query_string={**REQUIRED[query], parameter: value},
        headers={"Accept": "text/html"},
    )
    assert page.status_code == 400
    assert "<table" not in page.text


def test_hostile_names_are_refused_too(client: FlaskClient) -> None:
    before = client.get("/queries/activities-by-path?format=csv").data
    for value in HOSTILE.values():
        answer = client.get("/queries/activities-by-path", query_string={value[:200]: "1", "format": "csv"})
        assert answer.status_code == 400
        assert client.get(f"/queries/{quote(value[:200], safe='')}").status_code == 404
    for long in ({"x" * 20000: "1"}, {"plan": f"https://w3id.org/akegraph/id/plan/{'x' * 20000}"}):
        answer = client.get("/queries/activities-by-path", query_string={**long, "format": "csv"})
        assert answer.status_code == 400
        assert len(answer.data) < 2000
    assert client.get("/queries/activities-by-path?format=csv").data == before


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("name", AT_THE_DOORS)
def test_the_terminal_refuses_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question with a concept, a thing, a number and a choice stand for all kinds of parameter."""
    cases = (
        ("activities-by-path", "path"), ("whole-chain", "activity"),
        ("participating-activities", "level"), ("gaps", "gap"),
    )  # fmt: skip
    opened = SimpleNamespace(store=make_site().store)
    monkeypatch.setattr(asking, "open_asked", lambda *where: nullcontext(opened))
    for query, parameter in cases:
        result = run("query", query, f"--{parameter}={HOSTILE[name]}", "--format", "csv")
        assert result.exit_code == 2
        assert f"parameter '{parameter}'" in result.stderr
        assert "Traceback" not in result.stderr
        assert result.stdout == ""


def test_a_form_field_shows_the_text_and_makes_no_markup(client: FlaskClient) -> None:
    page = client.get(
        "/queries/whole-chain", query_string={"activity": '"><script>x</script>'}, headers={"Accept": "text/html"}
    )
    assert page.status_code == 400
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text


def test_the_site_is_whole_afterwards() -> None:
    assert make_site().store.ask("ASK { ?plan a <https://w3id.org/akegraph/ontology#Plan> }")
