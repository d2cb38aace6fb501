"""The questions as resources of the graph: their SPARQL is the file's, and it runs as it is found there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS
from web_site import make_site, open_client

from akegraph.graph.iris import BASE, PREFIXES, mint_resource
from akegraph.graph.serialising import serialise_turtle
from akegraph.queries import QueryCatalogue, load_queries, parse_query
from akegraph.queries.publishing import describe_queries

SCHEMA = Namespace("https://schema.org/")
FIND = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?query ?select
WHERE {
  GRAPH <https://w3id.org/akegraph/graph/catalogue> {
    ?query a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;
           sh:select ?select ;
           schema:target <https://w3id.org/akegraph/sparql> ;
           rdfs:comment ?comment .
    FILTER(LANG(?comment) = "en")
  }
}
ORDER BY ?query
"""


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


def test_every_question_is_found_by_sparql_and_its_text_answers_as_found() -> None:
    store = make_site().store
    found = {row["query"].value: row["select"].value for row in store.select(FIND).rows}
    assert found == {str(mint_resource("query", name)): query.text for name, query in load_queries().items()}
    for name, query in load_queries().items():
        text = found[str(mint_resource("query", name))]
        assert store.select(text).variables == tuple(query.columns)


def test_the_header_is_all_there_in_each_language() -> None:
    graph = describe_queries(load_queries())
    for name, query in load_queries().items():
        subject = mint_resource("query", name)
        for predicate, text in (
            (RDFS.label, query.title),
            (RDFS.comment, query.question),
            (DCTERMS.description, query.description),
            (SKOS.scopeNote, query.caution),
        ):
            said = {(value.language, str(value)) for value in graph.objects(subject, predicate)}
            assert said == set(text.items())
        assert {str(tag) for tag in graph.objects(subject, SCHEMA.keywords)} == set(query.tags)
        assert graph.value(subject, RDFS.seeAlso) == URIRef(f"{BASE}queries/{name}")
    assert {"fi", "en"} <= {value.language for value in graph.objects(None, RDFS.label)}


def test_a_caution_is_a_note() -> None:
    content = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mikä?", en = "What?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ caution = { fi = "Varo.", en = "Mind." }
#+ tags = ["test"]
#+ [columns]
#+ a = { fi = "A", en = "A" }
SELECT ?a WHERE { ?a ?b ?c }
"""
    graph = describe_queries(QueryCatalogue([parse_query("echo", content, "echo.rq")]))
    assert set(graph.objects(mint_resource("query", "echo"), SKOS.scopeNote)) == {
        Literal("Varo.", lang="fi"),
        Literal("Mind.", lang="en"),
    }


def test_prefixes_are_declared_once_and_are_the_projects() -> None:
    graph = describe_queries(load_queries())
    [holder] = set(graph.objects(None, SH.prefixes))
    declared = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(holder, SH.declare)
    }
    assert declared == PREFIXES
    assert len(set(graph.subjects(RDF.type, SH.PrefixDeclaration))) == len(PREFIXES)


def test_the_same_bytes_every_time_and_no_blank_nodes() -> None:
    first, again = (describe_queries(load_queries()) for _ in range(2))
    assert serialise_turtle(first) == serialise_turtle(again)
    assert not [term for triple in first for term in triple if isinstance(term, BNode)]
    assert set(Graph().parse(data=serialise_turtle(first), format="turtle")) == set(first)


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_its_iri_leads_to_a_page_and_to_rdf(client: FlaskClient, name: str) -> None:
    page = client.get(f"/id/query/{name}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert load_queries()[name].title["fi"] in page.text
    data = client.get(f"/id/query/{name}", headers={"Accept": "application/ld+json"}, follow_redirects=True)
    assert f"{BASE}id/query/{name}" in json.dumps(json.loads(data.data))
    assert client.get(f"/queries/{name}").status_code == 200
