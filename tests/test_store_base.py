from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akegraph.errors import BadParameterError, EngineError, NotAcceptableError
from akegraph.store.base import (
    FORMATS,
    MEDIA_TYPES,
    Kind,
    Term,
    checked_graphs,
    choose_format,
    decode_solutions,
    iri,
    literal,
)
from akegraph.store.embedded import EmbeddedStore

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (iri("https://w3id.org/akegraph/id/activity/ä"), "<https://w3id.org/akegraph/id/activity/ä>"),
        (iri("urn:x"), "<urn:x>"),
        (literal("työ"), '"työ"'),
        (literal("työ", "fi"), '"työ"@fi'),
        (literal("7", datatype=INTEGER), f'"7"^^<{INTEGER}>'),
        (literal('a"b\\c\nd\te\x00'), '"a\\"b\\\\c\\nd\\te\\u0000"'),
        (Term("blank", "b1"), "_:b1"),
    ],
)
def test_terms_are_written_as_one_term(term: Term, written: str) -> None:
    assert term.to_ntriples() == written


@pytest.mark.parametrize(
    "value",
    [
        "",
        "relative",
        "/path",
        "x y:z",
        "http://e/ ",
        "http://e/\n",
        "http://e/a\ud800",
        "1a:b",
        "http://e/\x7f",
    ]
    + [f"http://e/{bad}" for bad in '<>"{}|^`\\ \t\x00'],
)
def test_what_is_no_absolute_iri_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an absolute IRI"):
        iri(value)
    with pytest.raises(ValueError, match="not an absolute IRI"):
        Term("iri", value).to_ntriples()
    with pytest.raises(BadParameterError, match="default-graph-uri"):
        checked_graphs("default-graph-uri", ["http://e/g", value])


@pytest.mark.parametrize(
    "term",
    [
        Term("literal", "x", "fi .", None),
        Term("literal", "x", "", None),
        Term("literal", "x", None, "integer"),
        Term("literal", "\ud800"),
        Term("blank", "a b"),
        Term("blank", ""),
    ],
)
def test_what_cannot_be_written_is_refused(term: Term) -> None:
    with pytest.raises(ValueError, match="not"):
        term.to_ntriples()


def test_a_literal_has_a_language_or_a_datatype() -> None:
    with pytest.raises(ValueError, match="not both"):
        literal("x", "fi", INTEGER)


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from([None, "fi", "sv-fi"]))
def test_any_text_comes_back_from_data_and_from_a_query(text: str, language: str | None) -> None:
    term = literal(text, language)
    with EmbeddedStore(f"<http://e/s> <http://e/p> {term.to_ntriples()} <http://e/g> .".encode()) as store:
        assert store.select("SELECT ?o { ?s ?p ?o }").rows == ({"o": term},)
        assert store.ask(f"ASK {{ ?s ?p {term.to_ntriples()} }}")


def test_format_names_and_media_types_are_as_agreed() -> None:
    assert MEDIA_TYPES == {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "turtle": "text/turtle",
        "ntriples": "application/n-triples",
        "rdfxml": "application/rdf+xml",
        "jsonld": "application/ld+json",
        "trig": "application/trig",
        "nquads": "application/n-quads",
    }
    assert len({known.name for known in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize(
    ("accept", "kind", "name", "media_type"),
    [
        (None, "select", "json", "application/sparql-results+json"),
        ([], "ask", "json", "application/sparql-results+json"),
        (None, "graph", "turtle", "text/turtle"),
        (["text/turtle", "text/csv"], "select", "csv", "text/csv"),
        (["text/csv", "text/turtle"], "graph", "turtle", "text/turtle"),
        (["TEXT/CSV; charset=utf-8"], "select", "csv", "text/csv"),
        (["application/json"], "select", "json", "application/json"),
        (["application/json"], "graph", "jsonld", "application/json"),
        (["text/html", "*/*"], "graph", "turtle", "text/turtle"),
        (["text/*"], "select", "csv", "text/csv"),
        (["application/*"], "ask", "json", "application/sparql-results+json"),
    ],
)
def test_the_first_wish_that_fits_is_fulfilled(
    accept: list[str] | None, kind: Kind, name: str, media_type: str
) -> None:
    found, label = choose_format(accept, kind)
    assert (found.name, label) == (name, media_type)


@pytest.mark.parametrize(
    ("accept", "kind", "offered"),
    [
        (["text/csv", "text/tab-separated-values"], "ask", "application/sparql-results+xml"),
        (["text/turtle"], "select", "text/csv"),
        (["text/csv"], "graph", "application/ld+json"),
        (["image/*"], "select", "text/csv"),
    ],
)
def test_what_fits_no_wish_names_what_is_offered(accept: list[str], kind: Kind, offered: str) -> None:
    with pytest.raises(NotAcceptableError, match=offered.replace("+", r"\+")):
        choose_format(accept, kind)


def test_solutions_are_decoded() -> None:
    solutions = decode_solutions(
        b'{"head":{"vars":["a","b"]},"results":{"bindings":[{"a":{"type":"uri","value":"http://e/a"}},'
        b'{"b":{"type":"literal","value":"x","xml:lang":"fi"},"a":{"type":"bnode","value":"b0"}}]}}'
    )
    assert solutions.variables == ("a", "b")
    assert solutions.rows == ({"a": iri("http://e/a")}, {"b": literal("x", "fi"), "a": Term("blank", "b0")})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"head":{}}',
        b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"triple"}}]}}',
    ],
)
def test_what_is_no_result_document_is_an_engine_error(body: bytes) -> None:
    with pytest.raises(EngineError, match="not SPARQL Query Results JSON"):
        decode_solutions(body)
