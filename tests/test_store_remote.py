"""A store that is another server: the same answers as one's own, and a typed error for whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from servers import Reply, Request, find_oxigraph, serve_akegraph, serve_oxigraph, serve_script
from web_site import make_site

from akegraph.chains import find_chains
from akegraph.errors import (
    AkegraphError,
    EngineError,
    NotAcceptableError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    RemoteStoreError,
    ResultTooLargeError,
    StoreError,
)
from akegraph.graph.iris import PREFIXES
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.store.base import MEDIA_TYPES
from akegraph.store.remote import RemoteStore

QUICK = Settings(timeout=2.0, result_size=1)
RESULTS = {"Content-Type": "application/sparql-results+json"}
FALSE = json.dumps({"head": {}, "boolean": False}).encode()
ONE = json.dumps(
    {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "1"}}]}}
).encode()


def is_probe(request: Request) -> bool:
    return "FILTER NOT EXISTS" in request.fields["query"][0]


def script(reply: Reply | Callable[[Any], None]) -> Any:
    """Serve one reply for all but the question whether the default graph is a union."""
    return serve_script(lambda request: (200, RESULTS, FALSE) if is_probe(request) else reply)


def ask_one(reply: Reply | Callable[[Any], None], settings: Settings = QUICK) -> Any:
    with script(reply) as (url, _), RemoteStore(url, settings) as store:
        return store.select("SELECT ?x WHERE { ?x ?y ?z }")


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with serve_akegraph() as own:
        if find_oxigraph() is None:
            yield {"akegraph": own}
            return
        with serve_oxigraph(make_site().trig, tmp_path_factory.mktemp("oxigraph")) as other:
            yield {"akegraph": own, "oxigraph": other}


@pytest.fixture(params=["akegraph", "oxigraph"])
def remote(request: pytest.FixtureRequest, endpoints: dict[str, str]) -> Iterator[RemoteStore]:
    if request.param not in endpoints:
        pytest.skip("Oxigraph's server is not installed (pip install oxigraph)")
    with RemoteStore(endpoints[request.param], Settings(timeout=60), PREFIXES) as store:
        yield store


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_every_question_has_the_same_answer_as_in_a_store_of_ones_own(remote: RemoteStore, name: str) -> None:
    question = load_queries()[name]
    examples = {key: p.example for key, p in question.parameters.items() if p.required and p.example}
    text = question.bind(examples)
    for format_ in ("json", "csv"):
        accept = [MEDIA_TYPES[format_]]
        assert remote.query(text, accept=accept) == make_site().store.query(text, accept=accept)


def test_chains_are_the_same(remote: RemoteStore) -> None:
    assert find_chains(remote) == find_chains(make_site().store)


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"])
def test_graphs_have_the_same_bytes(remote: RemoteStore, format_: str) -> None:
    text = "DESCRIBE <https://w3id.org/akegraph/id/plan/ake-tampere-2026>"
    accept = [MEDIA_TYPES[format_]]
    assert remote.query(text, accept=accept) == make_site().store.query(text, accept=accept)


def test_named_graphs_are_seen_and_can_be_chosen(remote: RemoteStore) -> None:
    text = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    graphs = [row["g"].value for row in remote.select(text).rows]
    assert graphs == [row["g"].value for row in make_site().store.select(text).rows]
    some = {"default_graphs": graphs[:1], "named_graphs": graphs[1:2]}
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert remote.query(count, **some) == make_site().store.query(count, **some)
    assert remote.query(text, **some) == make_site().store.query(text, **some)
    chosen = f"SELECT (COUNT(*) AS ?n) FROM <{graphs[0]}> WHERE {{ ?s ?p ?o }}"
    assert remote.query(chosen) == make_site().store.query(chosen)


def test_what_is_no_sparql_is_said_with_the_servers_reason(remote: RemoteStore) -> None:
    with pytest.raises(QuerySyntaxError, match=r"does not take the query: .*1"):
        remote.query("SELECT ?x WHERE { ?x }")


@pytest.mark.parametrize("text", ["DELETE WHERE { ?s ?p ?o }", "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"])
def test_what_is_refused_here_is_not_even_sent(text: str) -> None:
    with script((200, RESULTS, ONE)) as (url, asked), RemoteStore(url, QUICK) as store:
        with pytest.raises(QueryRefusedError):
            store.query(text)
        assert asked == []


def test_a_query_is_sent_once_as_the_protocol_has_it() -> None:
    text = 'SELECT ?x WHERE { ?x ?y "ä & +" }'
    with script((200, RESULTS, ONE)) as (url, asked), RemoteStore(url, QUICK) as store:
        for _ in range(2):
            assert store.query(text, default_graphs=["urn:a", "urn:b"], named_graphs=["urn:c"]).kind == "select"
    assert [request.method for request in asked] == ["POST", "POST"]
    assert asked[0].fields == {
        "query": [text],
        "default-graph-uri": ["urn:a", "urn:b"],
        "named-graph-uri": ["urn:c"],
    }
    assert asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked[0].headers["accept"].startswith("application/sparql-results+json")


def test_a_server_that_takes_no_forms_is_asked_by_its_address() -> None:
    def answer(request: Request) -> Reply:
        if request.method == "POST":
            return 405, {}, b""
        return 200, RESULTS, FALSE if is_probe(request) else ONE

    with serve_script(answer) as (url, asked), RemoteStore(f"{url}?key=1", QUICK) as store:
        store.select("SELECT ?x WHERE { ?x ?y ?z }")
        store.select("SELECT ?x WHERE { ?x ?y ?z }")
    assert [request.method for request in asked] == ["POST", "GET", "GET", "GET"]
    assert asked[-1].fields == {"key": ["1"], "query": ["SELECT ?x WHERE { ?x ?y ?z }"]}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_a_few_times(status: int) -> None:
    replies = iter([(status, {}, b"")] * 2)

    def answer(request: Request) -> Reply:
        return (200, RESULTS, FALSE) if is_probe(request) else next(replies, (200, RESULTS, ONE))

    with serve_script(answer) as (url, asked), RemoteStore(url, QUICK) as store:
        assert len(store.select("SELECT ?x WHERE { ?x ?y ?z }").rows) == 1
    assert len(asked) == 4


def test_a_server_that_stays_busy_is_left_alone() -> None:
    with script((503, {"Retry-After": "0"}, b"")) as (url, asked), RemoteStore(url, QUICK) as store:
        with pytest.raises(RemoteStoreError, match="is busy"):
            store.select("SELECT ?x WHERE { ?x ?y ?z }")
        assert len(asked) == 5


def test_nobody_waits_longer_than_the_time_limit_for_a_busy_server() -> None:
    began = time.monotonic()
    with pytest.raises(RemoteStoreError, match="is busy"):
        ask_one((503, {"Retry-After": "3600"}, b""))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, QuerySyntaxError, "does not take the query: no such thing"),
        (401, RemoteStoreError, "not open to you"),
        (403, RemoteStoreError, "not open to you"),
        (404, RemoteStoreError, "nothing at this address"),
        (406, NotAcceptableError, "knows none of the forms"),
        (413, ResultTooLargeError, "too large"),
        (414, QueryRefusedError, "too long"),
        (418, RemoteStoreError, "status 418"),
        (500, EngineError, "the server failed"),
        (504, QueryTimeoutError, "stopped the query"),
    ],
)
def test_every_status_has_its_error(status: int, error: type[AkegraphError], words: str) -> None:
    with pytest.raises(error, match=words):
        ask_one((status, {"Content-Type": "text/plain"}, b"no such \x1b\n thing" if status == 400 else b""))


def test_a_servers_reason_cannot_steer_a_terminal_or_fill_it() -> None:
    with pytest.raises(EngineError) as caught:
        ask_one(
            (
                500,
                {"Content-Type": "application/problem+json"},
                json.dumps({"detail": "\x1b[2J" + "a" * 9_000}).encode(),
            )
        )
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    reply = (status, {"Location": "http://user:secret@127.0.0.1:1/x?key=secret"}, b"")
    with script(reply) as (url, asked), RemoteStore(url, QUICK) as store:
        with pytest.raises(RemoteStoreError, match=r"redirects to http://127\.0\.0\.1:1/x,") as caught:
            store.select("SELECT ?x WHERE { ?x ?y ?z }")
        assert "secret" not in str(caught.value)
        assert len(asked) == 2


@pytest.mark.parametrize(
    ("media_type", "body", "words"),
    [
        ("text/html", b"<html>hello</html>", "sends text/html"),
        ("", b"", "nothing known"),
        ("application/sparql-results+json", b"<html>", "broken or cut off"),
        ("application/sparql-results+json", ONE[:-3], "broken or cut off"),
        ("application/sparql-results+json", ONE.replace(b'"literal"', b'"uri"'), "broken or cut off"),
        ("application/sparql-results+json", b"[" * 100_000, "broken or cut off"),
        ("text/turtle", b"<a> <b>", "broken or cut off"),
    ],
)
def test_what_is_no_answer_is_refused(media_type: str, body: bytes, words: str) -> None:
    with pytest.raises(RemoteStoreError, match=words):
        ask_one((200, {"Content-Type": media_type}, body))


def test_a_large_answer_is_stopped() -> None:
    with pytest.raises(ResultTooLargeError):
        ask_one((200, RESULTS, b" " * 2_000_000))


def test_a_small_answer_that_unpacks_to_a_large_one_is_stopped() -> None:
    packed = gzip.compress(b" " * 50_000_000)
    assert len(packed) < 100_000
    with pytest.raises(ResultTooLargeError):
        ask_one((200, RESULTS | {"Content-Encoding": "gzip"}, packed))


def test_a_packed_answer_is_read() -> None:
    assert len(ask_one((200, RESULTS | {"Content-Encoding": "gzip"}, gzip.compress(ONE))).rows) == 1


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    with pytest.raises(RemoteStoreError, match="broke off"):
        ask_one((200, RESULTS | {"Content-Length": "9999", "Connection": "close"}, ONE))


def test_a_server_that_says_nothing_is_given_up() -> None:
    def silent(stream: Any) -> None:
        time.sleep(3)

    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"within 0\.5 s"):
        ask_one(silent, Settings(timeout=0.5))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nContent-Length: 500\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    ],
    ids=["body", "headers"],
)
def test_a_server_that_drips_is_given_up(head: bytes, drop: bytes) -> None:
    def drip(stream: Any) -> None:
        stream.write(head)
        for _ in range(60):
            stream.write(drop)
            stream.flush()
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        ask_one(drip, Settings(timeout=0.5))
    assert time.monotonic() - began < 2


def test_nobody_there_is_said_with_exit_code_4() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/sparql"
        with RemoteStore(url, QUICK) as store, pytest.raises(RemoteStoreError, match="cannot be reached") as caught:
            store.ask("ASK {}")
    assert caught.value.exit_code == 4
    assert url in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/x",
        "file:///etc/passwd",
        "http://",
        "https:///x",
        "http://ho st/",
        "http://host:port/",
        "http://\nx",
        "//x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        RemoteStore(url, QUICK)


def test_a_password_is_sent_and_never_said() -> None:
    with script((403, {}, b"")) as (url, asked):
        address = url.replace("http://", "http://me:s%C3%A4cret@") + "?token=hidden"
        with RemoteStore(address, QUICK) as store:
            with pytest.raises(RemoteStoreError) as caught:
                store.select("SELECT ?x WHERE { ?x ?y ?z }")
            said = f"{caught.value}{caught.value.__cause__}{store.name}"
    assert asked[0].headers["authorization"] == "Basic bWU6c8OkY3JldA=="
    assert asked[0].path.endswith("?token=hidden")
    assert not any(word in said for word in ("me:", "cret", "hidden"))


def test_graphs_are_named_where_the_default_graph_is_not_their_union() -> None:
    names = [{"g": {"type": "uri", "value": f"urn:{name}"}} for name in "ba"]
    listed = json.dumps({"head": {"vars": ["g"]}, "results": {"bindings": names}}).encode()

    def answer(request: Request) -> Reply:
        if is_probe(request):
            return 200, RESULTS, FALSE.replace(b"false", b"true")
        return 200, RESULTS, listed if "?g" in request.fields["query"][0] else ONE

    with serve_script(answer) as (url, asked), RemoteStore(url, QUICK) as store:
        for _ in range(2):
            store.select("SELECT ?x WHERE { ?x ?y ?z }")
        store.select("SELECT ?x FROM <urn:a> WHERE { ?x ?y ?z }")
    assert len(asked) == 5
    assert asked[2].fields["default-graph-uri"] == asked[3].fields["named-graph-uri"] == ["urn:a", "urn:b"]
    assert set(asked[4].fields) == {"query"}


def test_threads_may_ask_at_the_same_time() -> None:
    with serve_akegraph() as url, RemoteStore(url, Settings()) as store:
        counts: list[int] = []

        def ask() -> None:
            counts.append(
                len(store.select("SELECT ?a WHERE { ?a a <https://w3id.org/akegraph/ontology#Activity> }").rows)
            )

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == [17] * 8


def test_a_closed_store_answers_nothing(tmp_path: Path) -> None:
    store = RemoteStore("http://127.0.0.1:1/", QUICK)
    store.close()
    with pytest.raises(EngineError, match="closed"):
        store.ask("ASK {}")
