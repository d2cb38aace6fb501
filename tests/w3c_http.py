"""Requests as the W3C's manifests write them (HTTP in RDF), and two ways to send them: to the application, to a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

from conftest import SHARED
from flask import Flask
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from web_site import make_site

from akegraph.settings import Settings
from akegraph.store.base import Store
from akegraph.web import create_app
from akegraph.web.channels import use_channels

SUITES = SHARED / "w3c"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}


@dataclass(frozen=True)
class Request:
    """A request and what is to come back.

    :param statuses: codes, or classes of codes as their first digit
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    statuses: frozenset[int]
    boolean: bool | None
    format: str | None
    response_type: str | None
    response_body: str | None


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


Send = Callable[[Request], Reply]


@dataclass(frozen=True)
class Test:
    """A test: requests in order, over graphs by name."""

    name: str
    requests: tuple[Request, ...]
    graphs: Mapping[str, bytes]

    __test__ = False


@cache
def read_tests(suite: str, kind: str) -> Mapping[str, Test]:
    """Read the tests of one kind of a suite, by name."""
    found: dict[str, Test] = {}
    for path in sorted((SUITES / suite).glob("*.ttl")):
        manifest = Graph().parse(path, format="turtle", publicID=path.as_uri())
        for test in sorted(manifest.subjects(RDF.type, MF[kind]), key=str):
            name = str(test).rpartition("#")[2]
            requests = manifest.value(manifest.value(test, MF.action), HT.requests)
            found[name] = Test(
                name,
                tuple(_request(manifest, one) for one in Collection(manifest, requests)) if requests else (),
                {
                    str(manifest.value(data, RDFS_LABEL)): Path(
                        str(manifest.value(data, UT.graph)).removeprefix("file://")
                    ).read_bytes()
                    for data in manifest.objects(test, UT.graphData)
                },
            )
    return found


def _request(manifest: Graph, node: Node) -> Request:
    response = manifest.value(node, HT.resp)
    body, reply = _body(manifest, node), _body(manifest, response)
    boolean, wanted = manifest.value(response, MF.expectedBoolean), manifest.value(response, MF.expectedFormat)
    return Request(
        method=str(manifest.value(node, HT.methodName)),
        target=str(manifest.value(node, HT.absolutePath)),
        headers=_headers(manifest, node),
        body=None if body is None else body[0].encode(body[1]),
        statuses=frozenset(_status(status) for status in manifest.objects(response, MF.expectedStatus)),
        boolean=None if boolean is None else boolean == Literal(True),
        format=None if wanted is None else str(wanted),
        response_type=_headers(manifest, response).get("content-type"),
        response_body=None if reply is None else reply[0],
    )


def _headers(manifest: Graph, node: Node | None) -> Mapping[str, str]:
    headers = manifest.value(node, HT.headers)
    return {
        str(manifest.value(header, HT.fieldName)).lower(): str(manifest.value(header, HT.fieldValue))
        for header in (Collection(manifest, headers) if headers else ())
    }


def _body(manifest: Graph, node: Node | None) -> tuple[str, str] | None:
    body = manifest.value(node, HT.body)
    return body and (str(manifest.value(body, CNT.chars)), str(manifest.value(body, CNT.characterEncoding)))


def _status(term: Node) -> int:
    name = str(term).rpartition("#")[2]
    return STATUSES[name] if name in STATUSES else int(name.removeprefix("StatusCode")[0])


def is_expected(status: int, expected: frozenset[int]) -> bool:
    return bool({status, status // 100} & expected)


def application(store: Store) -> Flask:
    """Make the application over another store."""
    return create_app(replace(make_site(), store=store), Settings())


def by_client(app: Flask) -> Send:
    """Send to the application itself."""

    def send(request: Request) -> Reply:
        with app.test_client() as client:
            response = client.open(
                request.target, method=request.method, headers=dict(request.headers), data=request.body
            )
            return Reply(
                response.status_code, {key.lower(): value for key, value in response.headers}, response.get_data()
            )

    return send


def by_socket(port: int) -> Send:
    """Send over a socket, a connection for each request."""

    def send(request: Request) -> Reply:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(request.method, request.target, request.body, dict(request.headers))
            response = connection.getresponse()
            return Reply(response.status, {key.lower(): value for key, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    return send


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve an application as ``akegraph serve`` does; gives the port."""
    from waitress.server import create_server

    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident="akegraph")
    use_channels(server)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()
