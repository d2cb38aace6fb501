"""The W3C's tests of the SPARQL 1.1 Protocol and Service Description, sent to the application and over a socket.

The service only reads. Of an update, a test passes where it is refused with the status that :data:`REFUSED` says and
the query after it finds that nothing was written; where the W3C wants a refusal too, by a status that it allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, Namespace, URIRef
from w3c_http import SUITES, Reply, Request, Send, application, by_client, by_socket, is_expected, read_tests, served
from web_site import make_site, open_client

from akegraph.store.base import FORMATS
from akegraph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.shared

ENDPOINT = "/sparql"
COUNT, DESCRIPTIONS = 34, 3
REFUSED = {
    "update_dataset_default_graph": 403,
    "update_dataset_default_graphs": 403,
    "update_dataset_named_graphs": 403,
    "update_dataset_full": 403,
    "update_post_form": 403,
    "update_post_direct": 403,
    "update_base_uri": 403,
    "bad_update_get": 400,
    "bad_multiple_updates": 400,
    "bad_update_wrong_media_type": 415,
    "bad_update_missing_form_type": 415,
    "bad_update_non_utf8": 415,
    "bad_update_syntax": 403,
    "bad_update_dataset_conflict": 403,
}
"""Updates and their status. 403: understood, and refused whatever it says, so what it says is not looked at; 400 and
415: no update could be sent so."""
REFUSED_QUERIES = {
    "bad_query_method": 405,
    "bad_multiple_queries": 400,
    "bad_query_wrong_media_type": 415,
    "bad_query_missing_form_type": 415,
    "bad_query_missing_direct_type": 415,
    "bad_query_non_utf8": 415,
    "bad_query_syntax": 400,
}
TESTS = read_tests("protocol", "ProtocolTest") if SUITES.is_dir() else {}
TABULAR = {known.media_type for known in FORMATS if "select" in known.kinds}
GRAPHS = {known.media_type for known in FORMATS if "graph" in known.kinds}


def store_of(*names: str) -> EmbeddedStore:
    store = EmbeddedStore()
    for name in names:
        for graph, data in TESTS[name].graphs.items():
            store.load(data, graph)
    return store


@pytest.fixture(scope="module")
def socket() -> Iterator[Send]:
    with served(application(store_of(*TESTS))) as port:
        yield by_socket(port)


def check_answer(request: Request, reply: Reply) -> None:
    if request.format == "boolean":
        assert reply.media_type in TABULAR
        assert json.loads(reply.body)["boolean"] is (True if request.boolean is None else request.boolean)
    elif request.format == "tabular":
        assert reply.media_type in TABULAR
        assert [row["value"]["value"] for row in json.loads(reply.body)["results"]["bindings"]] == ["1"]
    elif request.format == "RDF":
        assert reply.media_type in GRAPHS
        Graph().parse(data=reply.body, format=reply.media_type, publicID="http://example.org/")


def check(name: str, send: Send) -> None:
    for number, request in enumerate(TESTS[name].requests):
        if name in REFUSED and number:
            # the query after an update: what it would have written is not there
            request = replace(request, boolean=False)
        reply = send(replace(request, target=request.target.replace("/sparql/", ENDPOINT, 1)))
        if name in REFUSED and not number:
            assert reply.status == REFUSED[name], reply.body
            assert name.startswith("update_") or is_expected(reply.status, request.statuses)
        else:
            assert is_expected(reply.status, request.statuses), reply.body
            assert reply.status == REFUSED_QUERIES.get(name, 200)
        if reply.status >= 400:
            assert reply.media_type == "application/problem+json"
        else:
            check_answer(request, reply)


def test_whole_suite_is_there() -> None:
    assert len(TESTS) == COUNT
    assert len(read_tests("service-description", "ServiceDescriptionTest")) == DESCRIPTIONS
    assert {name for name in TESTS if "update" in name} == set(REFUSED)
    assert {name for name in TESTS if name.startswith("bad_") and "update" not in name} == set(REFUSED_QUERIES)


@pytest.mark.parametrize("name", TESTS)
def test_of_the_application(name: str) -> None:
    check(name, by_client(application(store_of(name))))


@pytest.mark.parametrize("name", TESTS)
def test_over_a_socket(name: str, socket: Send) -> None:
    check(name, socket)


SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
RESULT = "http://www.w3.org/ns/formats/"
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", {SD.UnionDefaultGraph, SD.DereferencesURIs, SD.RequiresDataset, SD.EmptyGraphs}),
    "supportedLanguage": ("Service", {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}),
    "defaultEntailmentRegime": ("Service", None),
    "resultFormat": ("Service", None),
    "availableGraphs": ("Service", "GraphCollection"),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
    "entailmentRegime": ("NamedGraph", None),
    "supportedEntailmentProfile": ("NamedGraph", None),
}
"""Of the vocabulary, what is used: the class of a subject, and that of an object or what it can be."""


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


@pytest.fixture(scope="module")
def description(client: FlaskClient) -> Graph:
    return Graph().parse(data=client.get(ENDPOINT).data, format="turtle")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own parsers
@pytest.mark.parametrize("media_type", sorted(GRAPHS) if GRAPHS else [])
def test_returns_rdf(client: FlaskClient, description: Graph, media_type: str) -> None:
    response = client.get(ENDPOINT, headers={"Accept": media_type})
    assert response.mimetype == media_type
    # without names of graphs, N-Quads are N-Triples and TriG is Turtle
    parser = {"application/ld+json": "json-ld", "application/trig": "turtle", "application/n-quads": "nt"}
    graph = Graph().parse(data=response.data, format=parser.get(media_type, media_type))
    assert set(graph) == set(description)


def test_has_endpoint_triple(description: Graph) -> None:
    address = URIRef(f"http://localhost{ENDPOINT}")
    assert list(description.subject_objects(SD.endpoint)) == [(address, address)]


def test_conforms_to_schema(description: Graph) -> None:
    assert (None, RDF.type, SD.Service) in description
    used = {predicate for predicate in description.predicates() if predicate.startswith(SD)}
    assert used == {SD[name] for name in SCHEMA}
    for name, (subject_class, wanted) in SCHEMA.items():
        for subject, value in description.subject_objects(SD[name]):
            assert (subject, RDF.type, SD[subject_class]) in description
            assert isinstance(value, URIRef)
            if isinstance(wanted, str):
                assert (value, RDF.type, SD[wanted]) in description
            elif wanted is not None:
                assert value in wanted


def test_description_lists_the_formats_that_are_given(description: Graph) -> None:
    listed = {str(value).removeprefix(RESULT) for value in description.objects(None, SD.resultFormat)}
    assert len(listed) == len(FORMATS)


def test_entailment_is_told_of_each_graph(description: Graph) -> None:
    regimes = {
        str(description.value(named, SD.name)): str(description.value(named, SD.entailmentRegime)).rpartition("/")[2]
        for named in description.subjects(RDF.type, SD.NamedGraph)
    }
    assert set(regimes) == set(make_site().store.graphs())  # type: ignore[attr-defined]  # an embedded store
    for name, regime in regimes.items():
        assert regime == ("OWL-RDF-Based" if "/graph/inferred/" in name else "Simple")
    profiles = {
        str(description.value(named, SD.name)): profile
        for named, profile in description.subject_objects(SD.supportedEntailmentProfile)
    }
    assert set(profiles) == {name for name, regime in regimes.items() if regime != "Simple"}
    assert set(profiles.values()) == {URIRef("http://www.w3.org/ns/owl-profile/RL")}
