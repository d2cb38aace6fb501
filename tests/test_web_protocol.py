"""SPARQL 1.1 Protocol: a table of requests with the status and type each must get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from web_site import BROWSER, PLAN, make_site, open_client

from akegraph.errors import EngineError, QueryTimeoutError, ResultTooLargeError
from akegraph.settings import Settings
from akegraph.store.base import Answer, Store

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON = "application/sparql-results+json"
SELECT = "SELECT * WHERE { ?plan a <https://w3id.org/akegraph/ontology#Plan> }"
CONSTRUCT = "CONSTRUCT WHERE { ?plan a <https://w3id.org/akegraph/ontology#Plan> }"
COUNT_GRAPHS = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
ONTOLOGY = "https://w3id.org/akegraph/graph/ontology"
SCHEMES = "https://w3id.org/akegraph/graph/schemes"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


def get(query: str | None = None, accept: str | None = None, **more: str) -> dict[str, Any]:
    arguments = ({"query": query} if query is not None else {}) | more
    headers = {"Accept": accept} if accept else {}
    return {"method": "GET", "query_string": urlencode(arguments), "headers": headers}


def post(body: str | bytes, content_type: str | None = FORM, query: str = "", accept: str = JSON) -> dict[str, Any]:
    request = {"method": "POST", "data": body, "query_string": query, "headers": {"Accept": accept}}
    return request | ({"content_type": content_type} if content_type else {})


@pytest.mark.parametrize(
    ("request_", "status", "media_type"),
    [
        (get(SELECT), 200, JSON),
        (get(SELECT, "*/*"), 200, JSON),
        (get(SELECT, "application/json"), 200, "application/json"),
        (get(SELECT, "application/sparql-results+xml"), 200, "application/sparql-results+xml"),
        (get(SELECT, "text/csv"), 200, "text/csv"),
        (get(SELECT, "text/tab-separated-values"), 200, "text/tab-separated-values"),
        (get(SELECT, "text/csv;q=0.3, application/sparql-results+xml;q=0.8"), 200, "application/sparql-results+xml"),
        (get(SELECT, "text/turtle, text/csv;q=0.1"), 200, "text/csv"),
        (get(SELECT, "text/turtle"), 406, "application/problem+json"),
        (get(SELECT, "image/png"), 406, "application/problem+json"),
        (get(SELECT, BROWSER), 200, "text/html"),
        (get(SELECT, BROWSER, format="csv"), 200, "text/csv"),
        (get(SELECT, format="word"), 400, "application/problem+json"),
        (get(CONSTRUCT), 200, "text/turtle"),
        (get(CONSTRUCT, "application/n-triples"), 200, "application/n-triples"),
        (get(CONSTRUCT, "application/rdf+xml"), 200, "application/rdf+xml"),
        (get(CONSTRUCT, "application/ld+json"), 200, "application/ld+json"),
        (get(CONSTRUCT, BROWSER), 200, "text/html"),
        (get(CONSTRUCT, "text/csv"), 406, "application/problem+json"),
        (get("ASK { ?s ?p ?o }"), 200, JSON),
        (get("ASK { ?s ?p ?o }", BROWSER), 200, "text/html"),
        (get("ASK { ?s ?p ?o }", "application/sparql-results+xml"), 200, "application/sparql-results+xml"),
        (get("ASK { ?s ?p ?o }", "text/csv"), 406, "application/problem+json"),
        (get("ASK { ?s ?p ?o }", "text/csv, application/xml;q=0.1"), 200, "application/xml"),
        (get(CONSTRUCT, "application/trig"), 200, "application/trig"),
        (get(CONSTRUCT, "application/n-quads"), 200, "application/n-quads"),
        (get(SELECT, "application/trig"), 406, "application/problem+json"),
        (get(CONSTRUCT, format="json"), 200, "application/ld+json"),
        (get(CONSTRUCT, format="json-ld"), 200, "application/ld+json"),
        (get(CONSTRUCT, format="xml"), 200, "application/rdf+xml"),
        (get(CONSTRUCT, format="rdf+xml"), 200, "application/rdf+xml"),
        (get(CONSTRUCT, format="n3"), 200, "text/turtle"),
        (get(CONSTRUCT, format="application/n-quads"), 200, "application/n-quads"),
        (get(SELECT, format="json"), 200, JSON),
        (get(SELECT, format="application/json"), 200, "application/json"),
        (get(SELECT, format="image/png"), 400, "application/problem+json"),
        (get(SELECT, format="turtle"), 406, "application/problem+json"),
        (get(SELECT, format=""), 200, JSON),
        (get(SELECT, "*/*, text/csv"), 200, "text/csv"),
        (get(accept=JSON), 400, "application/problem+json"),
        (get(), 200, "text/turtle"),
        (get(accept=BROWSER), 200, "text/html"),
        (get(accept="application/ld+json"), 200, "application/ld+json"),
        (get("SELECT nonsense"), 400, "application/problem+json"),
        (get("SELECT nonsense", BROWSER), 400, "text/html"),
        (get(""), 400, "application/problem+json"),
        (get("INSERT DATA { <a:a> <a:a> <a:a> }"), 400, "application/problem+json"),
        (get("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), 400, "application/problem+json"),
        (get(update="CLEAR ALL"), 400, "application/problem+json"),
        (get(SELECT, **{"default-graph-uri": "not an IRI"}), 400, "application/problem+json"),
        (
            {"method": "GET", "query_string": urlencode([("query", SELECT), ("query", SELECT)])},
            400,
            "application/problem+json",
        ),
        ({"method": "GET", "query_string": "query=%ff"}, 400, "application/problem+json"),
        (post(urlencode({"query": SELECT})), 200, JSON),
        (post(urlencode({"query": SELECT}), f"{FORM}; charset=UTF-8"), 200, JSON),
        (post(urlencode([("query", SELECT), ("query", SELECT)])), 400, "application/problem+json"),
        (post(""), 400, "application/problem+json"),
        (post(urlencode({"update": "CLEAR ALL"})), 403, "application/problem+json"),
        (post(urlencode([("update", "CLEAR ALL"), ("update", "CLEAR ALL")])), 400, "application/problem+json"),
        (post(urlencode({"update": "CLEAR ALL", "query": SELECT})), 400, "application/problem+json"),
        (post(SELECT, DIRECT), 200, JSON),
        (post(SELECT, f"{DIRECT}; charset=utf-8"), 200, JSON),
        (post(SELECT.encode("utf-16"), f"{DIRECT}; charset=utf-16"), 415, "application/problem+json"),
        (post(b"SELECT * { ?s ?p '\xff' }", DIRECT), 400, "application/problem+json"),
        (post(SELECT, DIRECT, urlencode({"query": SELECT})), 400, "application/problem+json"),
        (post(SELECT, "text/plain"), 415, "application/problem+json"),
        (post("CLEAR ALL", "application/sparql-update"), 403, "application/problem+json"),
        (post("CLEAR ALL", "application/sparql-update; charset=utf-16"), 415, "application/problem+json"),
        (post(SELECT, "multipart/form-data; boundary=x"), 415, "application/problem+json"),
        (post(SELECT, f"{FORM}; charset=iso-8859-1"), 415, "application/problem+json"),
        (post(SELECT, None), 415, "application/problem+json"),
        (post(urlencode({"query": "#" * 2_000_000})), 413, "application/problem+json"),
        ({"method": "PUT", "data": SELECT}, 405, "application/problem+json"),
        ({"method": "DELETE"}, 405, "application/problem+json"),
        ({"method": "PROPFIND"}, 405, "application/problem+json"),
        ({"method": "TRACE"}, 405, "application/problem+json"),
    ],
)
def test_request(client: FlaskClient, request_: dict[str, Any], status: int, media_type: str) -> None:
    response = client.open("/sparql", **request_)
    assert response.status_code == status
    assert response.mimetype == media_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers
    if status != 200:
        assert b"Traceback" not in response.data
    if media_type == "application/problem+json":
        assert json.loads(response.data)["status"] == status


def test_method_not_allowed_names_the_methods(client: FlaskClient) -> None:
    assert {"GET", "POST"} <= set(client.put("/sparql").headers["Allow"].replace(" ", "").split(","))


def test_an_iri_with_escapes_is_decoded_once(client: FlaskClient) -> None:
    query = "SELECT (STR(<https://e/a%20b+c>) AS ?x) {}"
    for response in (
        client.get("/sparql", query_string={"query": query}),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", data=query, content_type=DIRECT),
    ):
        assert response.json is not None
        assert response.json["results"]["bindings"][0]["x"]["value"] == "https://e/a%20b+c"


@pytest.mark.parametrize(
    ("graphs", "wanted"),
    [({}, None), ({"named-graph-uri": [ONTOLOGY, SCHEMES]}, 2), ({"default-graph-uri": ONTOLOGY}, 0)],
)
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_dataset_of_the_request(client: FlaskClient, graphs: dict[str, str], wanted: int | None, way: str) -> None:
    if way == "get":
        response = client.get("/sparql", query_string={"query": COUNT_GRAPHS, **graphs})
    elif way == "form":
        response = client.post("/sparql", data={"query": COUNT_GRAPHS, **graphs})
    else:
        response = client.post("/sparql", data=COUNT_GRAPHS, content_type=DIRECT, query_string=graphs)
    assert response.json is not None
    number = int(response.json["results"]["bindings"][0]["n"]["value"])
    assert number == wanted if wanted is not None else number >= 6


def test_the_graphs_of_a_form_may_stand_in_its_address(client: FlaskClient) -> None:
    for query, form in (
        ({"named-graph-uri": [ONTOLOGY, SCHEMES]}, {}),
        ({"named-graph-uri": ONTOLOGY}, {"named-graph-uri": SCHEMES}),
    ):
        response = client.post("/sparql", data={"query": COUNT_GRAPHS, **form}, query_string=query)
        assert response.json is not None
        assert response.json["results"]["bindings"][0]["n"]["value"] == "2"


def test_a_graph_that_is_not_held_is_empty(client: FlaskClient) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        response = client.get("/sparql", query_string={"query": COUNT_GRAPHS, name: "https://e.example/none"})
        assert response.json is not None
        assert response.json["results"]["bindings"][0]["n"]["value"] == "0"


def test_service_description_counts_the_graphs(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/sparql").data, format="turtle")
    names = {str(name) for name in graph.objects(None, URIRef("http://www.w3.org/ns/sparql-service-description#name"))}
    held = make_site().store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows
    assert names == {row["g"].value for row in held}


def test_vary_tells_caches_that_answers_are_negotiated(client: FlaskClient) -> None:
    for address in (f"/sparql?{urlencode({'query': SELECT})}", "/id/plan/" + PLAN, "/ontology", "/"):
        assert "accept" in client.get(address).headers["Vary"].lower()


class FailingStore(Store):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, text: str, **_: object) -> Answer:
        raise self.error

    def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryTimeoutError("stopped after 10 s"), 504),
        (ResultTooLargeError("stopped"), 413),
        (RuntimeError("secret"), 500),
        (EngineError("a worker cannot start: /secret/python"), 500),
    ],
)
def test_engine_failures_are_answers_without_insides(error: Exception, status: int) -> None:
    whole = make_site()
    site = replace(whole, store=FailingStore(error))
    with open_client(site, Settings()) as client:
        for accept in (JSON, BROWSER):
            response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})
            assert response.status_code == status
            assert b"secret" not in response.data
            assert b"Traceback" not in response.data


def test_dump_shapes_and_health(client: FlaskClient) -> None:
    assert client.get("/dump.trig").data == make_site().trig
    assert client.get("/dump.trig").mimetype == "application/trig"
    assert client.get("/shapes").mimetype == "text/turtle"
    assert client.get("/healthz").json == {"status": "ok", "plans": [PLAN]}
