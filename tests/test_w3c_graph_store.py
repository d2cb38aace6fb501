"""The W3C's tests of the Graph Store Protocol on a service that only reads, at the application and over a socket.

Whatever would write is refused: 405, with the methods there are. The test then does itself what was refused, as an
import of data would, and what is read afterwards must be what the W3C says: status, type, and an isomorphic graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from urllib.parse import parse_qs, urlsplit

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from w3c_http import SUITES, Request, Send, application, by_client, by_socket, is_expected, read_tests, served

from akegraph.graph.iris import BASE
from akegraph.store.base import Answer, Store
from akegraph.store.embedded import EmbeddedStore

pytestmark = pytest.mark.shared

COUNT = 14
READS = {"GET", "HEAD"}
ALLOWED = {"GET", "HEAD", "OPTIONS"}
DEFAULT, NEW = "urn:x-default", f"{BASE}graph/new"
TESTS = read_tests("graph-store-protocol", "GraphStoreProtocolTest") if SUITES.is_dir() else {}


class ChangingStore(Store):
    """A store over graphs that the test changes."""

    def __init__(self) -> None:
        self.graphs: dict[str, Graph] = {}

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        store = EmbeddedStore()
        for name, graph in self.graphs.items():
            store.load(graph.serialize(format="nt").encode(), name)
        return store.query(text, accept=accept, default_graphs=default_graphs, named_graphs=named_graphs)

    def close(self) -> None:
        self.graphs.clear()


def write(store: ChangingStore, request: Request, name: str) -> None:
    """Do what a request asks for."""
    if request.method in ("PUT", "DELETE"):
        store.graphs.pop(name, None)
    content_type, body = request.headers.get("content-type", ""), request.body or b""
    if content_type.startswith("multipart/"):
        message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
        parts = [part.get_payload(decode=True) for part in message.get_payload()]
    else:
        parts = [body] if request.method != "DELETE" else []
    for part in parts:
        graph = Graph().parse(data=part, format="turtle")
        store.graphs[name] = store.graphs.get(name, Graph()) + graph


def place(target: str) -> tuple[str, str]:
    """Return where a request goes here, and the name of its graph."""
    parts = urlsplit(target.replace("$LOCATION$", NEW))
    path = parts.path.removeprefix("/gsp")
    if path:
        return f"/graph{path}", f"{BASE}graph{path}"
    query = parse_qs(parts.query, keep_blank_values=True)
    return f"/graph-store?{parts.query}" if parts.query else "/graph-store", query.get(
        "graph", [DEFAULT if "default" in query else NEW]
    )[0]


def check(name: str, store: ChangingStore, send: Send) -> None:
    store.graphs.clear()
    for request in TESTS[name].requests:
        target, graph = place(request.target)
        reply = send(replace(request, target=target))
        if request.method not in READS:
            assert reply.status == 405
            assert set(reply.headers["allow"].replace(" ", "").split(",")) == ALLOWED
            write(store, request, graph)
            continue
        assert is_expected(reply.status, request.statuses), reply.body
        if request.response_type:
            assert reply.headers["content-type"] == request.response_type
        if request.method == "HEAD":
            assert not reply.body
        if request.response_body is not None:
            found = Graph().parse(data=reply.body, format="turtle")
            assert len(found)
            assert isomorphic(found, Graph().parse(data=request.response_body, format="turtle"))


@pytest.fixture(scope="module")
def store() -> ChangingStore:
    return ChangingStore()


@pytest.fixture(scope="module")
def client(store: ChangingStore) -> Send:
    return by_client(application(store))


@pytest.fixture(scope="module")
def socket(store: ChangingStore) -> Iterator[Send]:
    with served(application(store)) as port:
        yield by_socket(port)


def test_whole_suite_is_there() -> None:
    assert len(TESTS) == COUNT
    reads = [request for test in TESTS.values() for request in test.requests if request.method in READS]
    assert len(reads) == 19


@pytest.mark.parametrize("name", TESTS)
def test_of_the_application(name: str, store: ChangingStore, client: Send) -> None:
    check(name, store, client)


@pytest.mark.parametrize("name", TESTS)
def test_over_a_socket(name: str, store: ChangingStore, socket: Send) -> None:
    check(name, store, socket)
