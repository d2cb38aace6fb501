"""Repeated queries: answered from what is kept or by 304, and only where that is right."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_site import make_site

from akegraph.settings import Settings
from akegraph.store.base import Answer, Store
from akegraph.store.embedded import EmbeddedStore
from akegraph.web import create_app
from akegraph.web.caching import AnswerCache, Request, hold_answers

DATA = b"<a:s> <a:p> <a:o> <a:g> .\n<a:s> <a:p> <a:o2> <a:h> .\n"
ROWS = "SELECT * { ?s ?p ?o }"
LONG = "SELECT ?s ?x { ?s ?p ?o VALUES ?x { " + " ".join(map(str, range(200))) + " } }"


class CountingStore(Store):
    """A store that counts what it is asked."""

    def __init__(self, data: bytes = DATA) -> None:
        self.inner = EmbeddedStore(data)
        self.version = self.inner.version
        self.asked = 0

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        self.asked += 1
        return self.inner.query(text, accept=accept, default_graphs=default_graphs, named_graphs=named_graphs)

    def close(self) -> None:
        self.inner.close()


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def client(store: CountingStore) -> FlaskClient:
    return create_app(replace(make_site(), store=store), Settings()).test_client()


def ask(client: FlaskClient, text: str = ROWS, method: str = "GET", headers: Any = None, **more: Any) -> Any:
    return client.open("/sparql", method=method, query_string={"query": text, **more}, headers=headers or {})


def test_a_repeated_query_is_evaluated_once(client: FlaskClient, store: CountingStore) -> None:
    first, again, head = ask(client), ask(client), ask(client, method="HEAD")
    direct = client.post("/sparql", data=ROWS, content_type="application/sparql-query")
    form = client.post("/sparql", data={"query": ROWS})
    assert store.asked == 1
    assert first.data == again.data == direct.data == form.data
    assert dict(first.headers) == dict(again.headers) == dict(head.headers)
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(first.data)
    assert "ETag" not in direct.headers
    assert first.headers["Cache-Control"] == "no-cache"


def test_304_without_any_evaluation(client: FlaskClient, store: CountingStore) -> None:
    tag = ask(client).headers["ETag"]
    cold_store = CountingStore()
    cold = create_app(replace(make_site(), store=cold_store), Settings()).test_client()
    for header in (tag, tag.removeprefix("W/"), f'"x", {tag}', f'{tag}, W/"y"'):
        response = ask(cold, headers={"If-None-Match": header})
        assert response.status_code == 304
        assert response.data == b""
        assert response.headers["ETag"] == tag
        assert response.headers["Vary"] == "Accept, Accept-Encoding"
        assert "Content-Type" not in response.headers
        warm = ask(client, headers={"If-None-Match": header})
        assert (warm.status_code, dict(warm.headers)) == (304, dict(response.headers))
    assert cold_store.asked == 0
    assert store.asked == 1


def test_no_304_where_there_may_be_no_answer(client: FlaskClient, store: CountingStore) -> None:
    assert ask(client, "SELECT nonsense", headers={"If-None-Match": "*"}).status_code == 400
    assert ask(client, headers={"If-None-Match": "*"}).status_code == 304
    assert store.asked == 2
    assert ask(client, headers={"If-None-Match": '"other"'}).status_code == 200
    tag = ask(client).headers["ETag"]
    posted = client.post("/sparql", data={"query": ROWS}, headers={"If-None-Match": tag})
    assert posted.status_code == 200


def test_each_request_has_its_own_answer(client: FlaskClient, store: CountingStore) -> None:
    requests: list[dict[str, Any]] = [
        {},
        {"headers": {"Accept": "text/csv"}},
        {"headers": {"Accept": "text/csv, */*"}},
        {"format": "xml"},
        {"text": f"{ROWS} "},
        {"default-graph-uri": "a:g"},
        {"default-graph-uri": ["a:g", "a:h"]},
        {"named-graph-uri": "a:g"},
    ]
    tags = {ask(client, **request).headers["ETag"] for request in requests}
    assert len(tags) == len(requests) == store.asked
    other = create_app(replace(make_site(), store=CountingStore(DATA + b'<a:x> <a:p> "1" <a:g> .\n')), Settings())
    assert ask(other.test_client()).headers["ETag"] not in tags
    for request in requests:
        ask(client, **request)
    assert store.asked == len(requests)


def test_new_data_are_seen_at_once(client: FlaskClient, store: CountingStore) -> None:
    before = ask(client)
    store.inner.load(b"<a:new> <a:p> <a:o> <a:g> .")
    store.version = store.inner.version
    after = ask(client, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert b"a:new" in after.data
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_store_that_may_change_unseen_is_always_asked(client: FlaskClient, store: CountingStore) -> None:
    store.version = None
    first = ask(client)
    assert ask(client).data == first.data
    assert store.asked == 2
    assert not first.headers["ETag"].startswith("W/")
    assert ask(client, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("call", ["RAND()", "UUID()", "STRUUID()", "rand ()", "RAND\n#\n()"])
def test_what_varies_is_never_kept(client: FlaskClient, store: CountingStore, call: str) -> None:
    text = f"SELECT ({call} AS ?x) {{}}"
    first, second = ask(client, text), ask(client, text)
    assert first.data != second.data
    assert first.headers["ETag"] != second.headers["ETag"]
    assert ask(client, text, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert store.asked == 3


def test_errors_are_not_kept(client: FlaskClient, store: CountingStore) -> None:
    assert [ask(client, "SELECT nonsense").status_code for _ in range(2)] == [400, 400]
    assert store.asked == 2


@pytest.mark.parametrize("text", [LONG, LONG.replace("SELECT ?s", "SELECT (RAND() AS ?r) ?s")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_gzip_where_it_is_wished_for(client: FlaskClient, text: str, method: str) -> None:
    def get(coding: str) -> Any:
        headers = {"Accept-Encoding": coding, "Accept": "text/csv"}
        if method == "GET":
            return ask(client, text, headers=headers)
        return client.post("/sparql", data={"query": text}, headers=headers)

    plain, zipped = get("identity"), get("br, gzip;q=0.5")
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) == len(zipped.data) < len(plain.data)
    assert len(gzip.decompress(zipped.data).splitlines()) == len(plain.data.splitlines()) == 401
    for response in (plain, zipped):
        assert {"accept", "accept-encoding"} <= {name.strip().lower() for name in response.headers["Vary"].split(",")}
    assert "Content-Encoding" not in get("gzip;q=0, *").headers


def test_small_answers_are_not_compressed(client: FlaskClient) -> None:
    assert "Content-Encoding" not in ask(client, "ASK {}", headers={"Accept-Encoding": "gzip"}).headers


def test_strong_tags_differ_by_coding(client: FlaskClient) -> None:
    plain = client.get("/", headers={"Accept": "text/html"})
    zipped = client.get("/", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    tags = plain.headers["ETag"], zipped.headers["ETag"]
    assert tags[0] != tags[1]
    assert not any(tag.startswith("W/") for tag in tags)
    for tag, status in zip(tags, (200, 304), strict=True):
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip", "If-None-Match": tag}
        assert client.get("/", headers=headers).status_code == status


def request(number: int, size: int = 1) -> tuple[Request, Answer]:
    return Request("v", f"q{number}", (), (), ()), Answer(b"x" * size, "text/csv", "select")


def test_the_longest_unused_go_first() -> None:
    cache = AnswerCache(100_000)
    for number in range(100):
        cache.keep(*request(number, 1000), {})
        assert cache.find(request(0)[0]) is not None
    kept = [number for number in range(100) if cache.find(request(number)[0])]
    assert kept[0] == 0
    assert kept[1:] == list(range(101 - len(kept), 100))
    assert 15 < len(kept) < 30


def test_what_would_drive_out_the_rest_is_not_kept() -> None:
    cache = AnswerCache(100_000)
    cache.keep(*request(1), {})
    assert cache.keep(*request(2, 10_000), {}).body
    assert cache.find(request(2)[0]) is None
    assert cache.find(request(1)[0]) is not None


def test_keeping_again_counts_once() -> None:
    cache = AnswerCache(100_000)
    for _ in range(1000):
        cache.keep(*request(1, 5000), {})
    cache.keep(*request(2, 5000), {})
    assert cache.find(request(1)[0]) is not None
    assert cache.find(request(2)[0]) is not None


def test_threads_share_a_cache(store: CountingStore) -> None:
    app = create_app(replace(make_site(), store=store), Settings())
    hold_answers(app, AnswerCache(60_000))
    wrong: list[str] = []

    def work() -> None:
        with app.test_client() as client:
            for number in range(150):
                answer = ask(client, f"SELECT ({number % 40} AS ?x) {{}}", headers={"Accept": "text/csv"})
                if answer.get_data(as_text=True).split() != ["x", str(number % 40)]:
                    wrong.append(answer.get_data(as_text=True))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
