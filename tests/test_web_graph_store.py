"""The Graph Store Protocol and the descriptions of service and data, over the real plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, VOID, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from web_site import BROWSER, PLAN, make_site, open_client

from akegraph.graph.iris import BASE
from akegraph.settings import Settings
from akegraph.store.base import FORMATS, QUERY_BASE
from akegraph.store.embedded import EmbeddedStore
from akegraph.web import create_app

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PARSERS = {
    "turtle": "turtle",
    "trig": "turtle",
    "ntriples": "nt",
    "nquads": "nt",
    "rdfxml": "xml",
    "jsonld": "json-ld",
}
"""Without names of graphs, TriG is Turtle and N-Quads are N-Triples."""
GRAPH_FORMATS = {known.name: known.media_type for known in FORMATS if "graph" in known.kinds}
PLAN_GRAPH = f"{BASE}graph/plan/{PLAN}"

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)  # of rdflib's parsers


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


def store() -> EmbeddedStore:
    found = make_site().store
    assert isinstance(found, EmbeddedStore)
    return found


def parse(data: bytes, name: str = "turtle") -> Graph:
    return Graph().parse(data=data, format=PARSERS[name])


def test_every_form_is_tested() -> None:
    assert set(PARSERS) == set(GRAPH_FORMATS)


@pytest.mark.parametrize("name", PARSERS)
def test_a_graph_is_the_same_in_every_form_and_at_every_address(client: FlaskClient, name: str) -> None:
    wanted = parse(store().dump(PLAN_GRAPH), "ntriples")
    assert len(wanted) > 1000
    accept = {"Accept": GRAPH_FORMATS[name]}
    answers = [
        client.get("/graph-store", query_string={"graph": PLAN_GRAPH}, headers=accept),
        client.get(f"/graph/plan/{PLAN}", headers=accept),
        client.get("/graph-store", query_string={"graph": PLAN_GRAPH, "format": name}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (200, GRAPH_FORMATS[name])
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert len({answer.data for answer in answers}) == 1
    assert isomorphic(parse(answers[0].data, name), wanted)


def test_every_graph_is_there_with_its_triples(client: FlaskClient) -> None:
    names = store().graphs()
    assert len(names) >= 7
    for name in names:
        answer = client.get("/graph-store", query_string={"graph": name}, headers={"Accept": "application/n-triples"})
        assert len(answer.data.splitlines()) == store().count(name)
        assert client.head("/graph-store", query_string={"graph": name}).status_code == 200


def test_the_default_graph_is_all_of_them(client: FlaskClient) -> None:
    answer = client.get("/graph-store?default", headers={"Accept": "application/n-triples"})
    assert len(answer.data.splitlines()) == store().count()
    assert client.get("/graph-store?default=").data == client.get("/graph-store?default").data


def test_a_graph_without_triples_is_one_if_the_catalogue_says_so() -> None:
    empty = EmbeddedStore(f"<a:d> <{VOID.subset}> <{BASE}graph/empty> <a:catalogue> .".encode())
    with open_client(replace(make_site(), store=empty)) as client:
        for address in (f"/graph-store?graph={BASE}graph/empty", "/graph/empty"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert not len(parse(answer.data))
        assert client.get(f"/graph-store?graph={BASE}graph/other").status_code == 404


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("", None, 400),
        ("graph=", None, 400),
        ("graph=relative", None, 400),
        ("graph=https://e.example/a%20b", None, 400),
        (f"graph={PLAN_GRAPH}&default", None, 400),
        (f"graph={PLAN_GRAPH}&graph={PLAN_GRAPH}", None, 400),
        ("graph=https://e.example/%FF", None, 400),
        (f"graph={PLAN_GRAPH}&format=word", None, 400),
        ("graph=https://e.example/none", None, 404),
        (f"graph={PLAN_GRAPH}x", None, 404),
        (f"graph={PLAN_GRAPH}", "image/png", 406),
        (f"graph={PLAN_GRAPH}", "application/sparql-results+json", 406),
        (f"graph={PLAN_GRAPH}&unknown=1", None, 200),
    ],
)
def test_what_cannot_be_read(client: FlaskClient, query: str, accept: str | None, status: int) -> None:
    answer = client.get(f"/graph-store?{query}", headers={"Accept": accept} if accept else {})
    assert answer.status_code == status
    assert status == 200 or answer.mimetype == "application/problem+json"
    assert client.head(f"/graph-store?{query}", headers={"Accept": accept} if accept else {}).status_code == status


def test_an_unknown_graph_is_answered_with_those_that_come_close(client: FlaskClient) -> None:
    answer = client.get("/graph-store", query_string={"graph": f"{BASE}graph/ontologi"})
    assert answer.json is not None
    assert "/graph/ontology" in answer.json["matches"]
    assert client.get("/graph/ontologi").status_code == 404
    assert client.get("/graph/ontology").status_code == 200


def test_a_name_of_no_graph_that_something_is_said_of_has_its_description() -> None:
    said = EmbeddedStore(f"<{BASE}graph/gone> <{VOID.triples}> <a:o> <a:g> .".encode())
    with open_client(replace(make_site(), store=said)) as client:
        answer = client.get("/graph/gone", headers={"Accept": "text/turtle"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/data/graph/gone.ttl")
        assert client.get("/graph-store", query_string={"graph": f"{BASE}graph/gone"}).status_code == 404


def test_a_reader_of_a_graph_gets_its_page(client: FlaskClient) -> None:
    answer = client.get(f"/graph/plan/{PLAN}", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/graph/plan/{PLAN}")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["/graph-store?default", f"/graph-store?graph={PLAN_GRAPH}", "/graph/new"])
def test_nothing_can_be_written(client: FlaskClient, method: str, address: str) -> None:
    answer = client.open(address, method=method, data="<a:a> <a:a> <a:a> .", content_type="text/turtle")
    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def counts(graph: Graph, names: dict[str, URIRef]) -> dict[str, int]:
    return {name: int(str(graph.value(node, VOID.triples))) for name, node in names.items()}


def test_service_and_data_are_described_with_the_right_counts(client: FlaskClient) -> None:
    wanted = {name: store().count(name) for name in store().graphs()}
    service, void = parse(client.get("/sparql").data), parse(client.get("/void").data)
    named = {
        str(service.value(node, SD.name)): service.value(node, SD.graph) for node in service[: RDF.type : SD.NamedGraph]
    }
    assert counts(service, named) == wanted
    assert counts(void, {str(graph): graph for graph in void.objects(URIRef(f"{BASE}graph/"), VOID.subset)}) == wanted
    [default] = service.objects(None, SD.defaultGraph)
    for graph, node in ((service, default), (void, URIRef(f"{BASE}graph/"))):
        assert [int(str(number)) for number in graph.objects(node, VOID.triples)] == [sum(wanted.values())]


def test_void_tells_where_the_data_are_and_what_they_hold(client: FlaskClient) -> None:
    void = parse(client.get("/void").data)
    dataset = URIRef(f"{BASE}graph/")
    assert (URIRef("http://localhost/void"), RDF.type, VOID.DatasetDescription) in void
    assert void.value(dataset, VOID.sparqlEndpoint) == URIRef("http://localhost/sparql")
    dump = str(void.value(dataset, VOID.dataDump))
    assert client.get(dump.removeprefix("http://localhost")).mimetype == "application/trig"
    assert len(list(void.objects(dataset, VOID.feature))) == len(GRAPH_FORMATS)
    classes = {str(void.value(part, VOID["class"])): part for part in void.objects(dataset, VOID.classPartition)}
    activities = store().select(f"SELECT (COUNT(DISTINCT ?a) AS ?n) {{ ?a a <{BASE}ontology#Activity> }}").rows[0]["n"]
    assert str(void.value(classes[f"{BASE}ontology#Activity"], VOID.entities)) == activities.value
    assert int(str(void.value(dataset, VOID.classes))) == len(classes)
    assert int(str(void.value(dataset, VOID.properties))) == len(list(void.objects(dataset, VOID.propertyPartition)))
    catalogue = parse(store().dump(f"{BASE}graph/catalogue"), "ntriples")
    assert {triple for triple in catalogue if triple[1] != VOID.triples} <= set(void)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("address", ["/void", "/sparql"])
def test_descriptions_are_the_same_in_every_form_and_every_time(client: FlaskClient, address: str, name: str) -> None:
    answer = client.get(address, headers={"Accept": GRAPH_FORMATS[name]})
    assert answer.mimetype == GRAPH_FORMATS[name]
    assert isomorphic(parse(answer.data, name), parse(client.get(address).data))
    assert client.get(address, query_string={"format": name}).data == answer.data


@pytest.mark.parametrize("address", ["/void", "/sparql"])
def test_descriptions_are_the_same_of_a_store_loaded_anew(client: FlaskClient, address: str) -> None:
    site = replace(make_site(), store=EmbeddedStore(make_site().trig))
    other = create_app(site, Settings()).test_client()
    accept = {"Accept": "application/n-triples"}
    first, again = client.get(address, headers=accept), other.get(address, headers=accept)
    assert first.data == again.data
    assert first.headers["ETag"] == again.headers["ETag"]


def test_an_empty_store_is_described_too() -> None:
    with open_client(replace(make_site(), store=EmbeddedStore())) as client:
        service = parse(client.get("/sparql").data)
        assert (None, RDF.type, SD.Service) in service
        assert not list(service.objects(None, SD.namedGraph))
        assert client.get("/void").status_code == 200
        assert client.get("/void", headers={"Accept": BROWSER}).status_code == 200


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_page_about_what_is_held(client: FlaskClient, language: str) -> None:
    page = client.get(f"/void?lang={language}", headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = page.get_data(as_text=True)
    for name in store().graphs():
        assert name in text
        assert f">{store().count(name)}<" in text
    assert client.get("/.well-known/void").headers["Location"] == "/void"
    assert client.get("/.well-known/void").status_code == 302
    assert client.get("/void", headers={"Accept": "image/png"}).status_code == 406


def test_relative_iris_of_queries_are_relative_to_the_base() -> None:
    assert QUERY_BASE == BASE
    assert store().ask(f"ASK {{ <id/plan/{PLAN}> a <ontology#Plan> }}")
