"""The service around the application: ids, log, figures, prefix and proxies, and loading anew beneath it."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, sleep
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from test_web_limiting import GatedStore
from web_site import BROWSER, PLAN, make_site
from werkzeug.test import Client, TestResponse

from akegraph.errors import StoreError
from akegraph.settings import Settings
from akegraph.web.logs import TextFormatter, logging_to_stderr
from akegraph.web.service import Service
from akegraph.web.site import Site


class Browser(Client):
    """A client that ends each request, as a server does."""

    def open(self, *arguments: Any, **values: Any) -> TestResponse:
        return super().open(*arguments, **{"buffered": True, "environ_base": {"REMOTE_ADDR": "127.0.0.1"}, **values})


def serve(settings: Settings | None = None, load: Callable[[], Site] = make_site) -> tuple[Service, Client]:
    service = Service(load, settings or Settings())
    return service, Browser(service, TestResponse)


@pytest.fixture(scope="module")
def client() -> Client:
    return serve()[1]


def wait_until(holds: Callable[[], bool]) -> None:
    until = monotonic() + 10
    while not holds():
        assert monotonic() < until
        sleep(0.01)


# --- request ids and the log


@contextmanager
def logged(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[tuple[Client, io.StringIO]]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with logging_to_stderr(Settings(**settings)):
        yield serve(Settings(**settings))[1], stream


def test_an_id_is_taken_over_if_it_is_sane_and_made_otherwise(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123/x=."}).headers["X-Request-ID"] == "abc-123/x=."
    for wrong in ("", "a b", "a\tb", "x" * 129, "ä", '"', "a;b"):
        answer = client.get("/healthz", headers={"X-Request-ID": wrong})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-ID"])
    ids = {client.get("/nothing").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_each_request_is_one_line_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, log="json") as (client, stream):
        answer = client.get("/sparql?query=SELECT%20(1%20AS%20%3Fsecret)%20%7B%7D", headers={"X-Request-ID": "r1"})
        client.head("/nothing")
    first, second = map(json.loads, stream.getvalue().splitlines())
    wanted = {"level": "INFO", "method": "GET", "path": "/sparql", "status": 200, "id": "r1", "client": "127.0.0.1"}
    assert first | wanted == first
    assert first["bytes"] == len(answer.data)
    assert first["ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["time"])
    assert "secret" not in stream.getvalue()
    assert (second["status"], second["bytes"], second["method"]) == (404, 0, "HEAD")


def test_an_evaluated_query_is_logged_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    from akegraph.web.limiting import ClientLimits, SharedStore

    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    site = replace(make_site(), store=SharedStore(make_site().store, ClientLimits(Settings())))
    with logging_to_stderr(Settings(log="json")):
        client = serve(load=lambda: site)[1]
        for text in ("ASK {}", "ASK { }", "ASK {}"):
            client.post("/sparql", data={"query": text})
    digests = [json.loads(line).get("query") for line in stream.getvalue().splitlines()]
    assert [bool(digest) for digest in digests] == [True, True, False]  # the third is kept
    assert len(set(digests)) == 3


def test_each_request_is_one_line_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch) as (client, stream):
        client.get("/healthz", headers={"X-Request-ID": "r2"})
    pattern = r"\S+Z INFO request method=GET path=/healthz status=200 ms=\S+ bytes=\d+ client=127.0.0.1 id=r2\n"
    assert re.fullmatch(pattern, stream.getvalue())


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_request_can_forge_a_line(monkeypatch: pytest.MonkeyPatch, log: str) -> None:
    forged = "/a%0a2026-01-01T00:00:00.000Z%20INFO%20forged%20status=200%1b[2J%22%e2%80%a8%c2%85"
    with logged(monkeypatch, log=log) as (client, stream):
        client.get(forged)
    text = stream.getvalue()
    assert len(text.splitlines()) == 1
    assert text[:-1].isprintable()
    if log == "text":
        assert 'path="/a\\n2026' in text
        assert len(re.findall(r'(?<!\\)"', text)) == 2  # the path is one quoted value
        assert text.count("status=404") == 1


def test_requests_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, log="none") as (client, stream):
        client.get("/healthz")
        logging.getLogger("akegraph.store").warning("slow\nquery")
    assert re.fullmatch(r"\S+ WARNING slow\\nquery\n", stream.getvalue())


def test_an_error_in_the_log_has_the_request_id_and_its_trace_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch) as (client, stream):
        monkeypatch.setattr(Site, "dump", lambda self: 1 / 0)
        assert client.get("/dump.trig", headers={"X-Request-ID": "r3"}).status_code == 500
    error, request = stream.getvalue().splitlines()
    assert "ERROR" in error
    assert "ZeroDivisionError" in error
    assert error.count("id=r3") == request.count("id=r3") == 1


def test_text_quotes_what_could_be_taken_for_another_key() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "m", (), None)
    record.akegraph_fields = {"path": "/a status=200", "empty": ""}
    assert TextFormatter().format(record).endswith(' m path="/a status=200" empty=""')


# --- health and figures


def figures(client: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def sample(found: dict[Any, float], metric: str, **labels: str) -> float | None:
    return found.get((metric, frozenset(labels.items())))


def test_figures_are_by_route_and_status_and_belong_to_one_service() -> None:
    client, other = serve()[1], serve()[1]
    for path in ("/queries/gaps", "/queries/gaps.csv", "/nothing", "/nothing/else", "/static/style.css"):
        client.get(path, headers={"Accept": "*/*"})
    client.open("/healthz", method="BREW")
    for _ in range(3):
        client.get("/sparql?query=ASK%7B%7D")
    found = figures(client)
    assert sample(found, "akegraph_requests_total", route="/queries/<name>", method="GET", status="200") == 2
    assert sample(found, "akegraph_requests_total", route="none", method="GET", status="404") == 2
    assert sample(found, "akegraph_requests_total", route="none", method="other", status="405") == 1
    assert sample(found, "akegraph_requests_total", route="/static/<path:filename>", method="GET", status="200") == 1
    assert sample(found, "akegraph_request_seconds_count", route="/sparql") == 3
    assert sample(found, "akegraph_answers_found_total") == 2
    assert sample(found, "akegraph_requests_running") == 1
    version = make_site().store.version
    assert version is not None
    assert any(name == "akegraph_info" and ("data", version[:12]) in labels for name, labels in found)
    assert sample(figures(other), "akegraph_request_seconds_count", route="/sparql") is None


def test_the_counts_of_the_pool_and_the_triples_are_told() -> None:
    from akegraph.graph.iris import PREFIXES
    from akegraph.store.workers import WorkerPool

    site = replace(make_site(), store=WorkerPool(b"<a:s> <a:p> <a:o> <a:g> .\n", Settings(workers=1), PREFIXES))
    service, client = serve(load=lambda: site)
    with site.store:
        service.warm()
        wait_until(lambda: sample(figures(client), "akegraph_triples") == 1)
        found = figures(client)
    assert sample(found, "akegraph_pool_asked_total") == 2
    assert sample(found, "akegraph_pool_running") == 0
    assert (sample(found, "akegraph_pool_started_total") or 0) >= 1


def test_health_asks_nothing_and_readiness_asks_the_store() -> None:
    store = GatedStore()
    service, client = serve(load=lambda: replace(make_site(), store=store))
    service._warmed_by = 0
    assert client.get("/healthz").json == {"status": "ok", "plans": [PLAN]}
    wait_until(lambda: not service.state.is_loading)
    asked = store.asked
    assert client.get("/healthz").status_code == 200
    assert store.asked == asked
    assert client.get("/readyz").json == {"status": "ok"}
    assert store.asked == asked + 1
    store.inner.update("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }")
    empty = client.get("/readyz")
    assert (empty.status_code, empty.json) == (503, {"status": "empty"})


def test_it_is_not_ready_before_its_store_has_answered() -> None:
    store = GatedStore()
    store.gate.clear()
    _, client = serve(load=lambda: replace(make_site(), store=store))
    loading = client.get("/readyz")
    assert (loading.status_code, loading.json) == (503, {"status": "loading"})
    assert client.get("/healthz").status_code == 200
    store.gate.set()
    wait_until(lambda: client.get("/readyz").status_code == 200)


def test_nothing_new_is_taken_while_it_ends() -> None:
    service, client = serve()
    service.state.is_ending = True
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["detail"] == "the service is ending"


# --- a prefix, and proxies


def links(page: str) -> set[str]:
    return set(re.findall(r'(?:href|action|src)="([^"#]+)', page))


PAGES = (
    "/", f"/plan/{PLAN}?level=4", "/path/1", "/queries/", "/queries/gaps", "/queries/activities-by-path?path=9",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20a%20%3Fo%7D%20LIMIT%203", "/void", "/doc/ontology", "/doc/ontology/Activity",
    "/doc/vocab/path", "/doc/vocab/path/1", "/ontology/questions", f"/doc/id/plan/{PLAN}", "/nothing", "/querie?lang=sv",
)  # fmt: skip


@pytest.mark.parametrize("cuts", [False, True], ids=["kept", "cut-off"])
@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_is_under_the_prefix(page: str, cuts: bool) -> None:
    client = serve(Settings(prefix="/a/b"))[1]
    answer = client.get(page if cuts else f"/a/b{page}", headers={"Accept": BROWSER})
    assert answer.mimetype == "text/html"
    assert answer.status_code in (200, 400, 404)
    local = {link for link in links(answer.get_data(as_text=True)) if link.startswith("/")}
    assert local
    assert all(link.startswith("/a/b/") and not link.startswith("/a/b/a/b") for link in local), local
    headers = re.findall(r"<(/[^>]*)>", ", ".join(answer.headers.getlist("Link")))
    assert all(link.startswith("/a/b/") and not link.startswith("/a/b/a/b") for link in headers)
    for link in local:
        if "?" not in link:
            assert client.get(link, headers={"Accept": "*/*"}).status_code in (200, 303), link


@pytest.mark.parametrize(
    ("path", "location"),
    [(f"/a/b/id/plan/{PLAN}", f"/a/b/doc/id/plan/{PLAN}"), ("/a/b/ontology", "/a/b/doc/ontology"),
     ("/a/b/queries", "http://localhost/a/b/queries/"), ("/a/b/.well-known/void", "/a/b/void")],
)  # fmt: skip
def test_redirects_stay_under_the_prefix(path: str, location: str) -> None:
    answer = serve(Settings(prefix="/a/b"))[1].get(path, headers={"Accept": BROWSER})
    assert answer.headers["Location"] == location


def test_what_programs_read_names_the_prefix() -> None:
    client = serve(Settings(prefix="/a/b"))[1]
    assert client.get("/a/b/openapi.json").json["servers"] == [{"url": "/a/b"}]
    assert serve()[1].get("/openapi.json").json["servers"] == [{"url": "/"}]
    assert client.get("/a/b/queries/?format=json").json[0]["href"].startswith("/a/b/queries/")
    service = client.get("/a/b/sparql", headers={"Accept": "text/turtle"}).get_data(as_text=True)
    assert "<http://localhost/a/b/sparql>" in service
    assert "<http://localhost/a/b/dump.trig>" in client.get("/a/b/void?format=turtle").get_data(as_text=True)
    data = client.get(f"/a/b/data/id/plan/{PLAN}.ttl")
    assert f"</a/b/doc/id/plan/{PLAN}>" in data.headers["Link"]
    assert client.get("/a/bc/").status_code == 404


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org",
    "X-Forwarded-Prefix": "/ake",
}  # fmt: skip


def test_a_trusted_proxy_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, proxies=1) as (client, stream):
        service = client.get("/sparql", headers={"Accept": "text/turtle", **FORWARDED}).get_data(as_text=True)
        page = client.get("/", headers={"Accept": BROWSER, **FORWARDED}).get_data(as_text=True)
    assert "<https://data.example.org/ake/sparql>" in service
    assert "/ake/queries/" in links(page)
    assert "client=198.51.100.7 " in stream.getvalue()


def test_two_proxies_are_counted_from_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, proxies=2) as (client, stream):
        client.get("/healthz", headers=FORWARDED)
    assert "client=203.0.113.9 " in stream.getvalue()


def test_nobody_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch) as (client, stream):
        service = client.get("/sparql", headers={"Accept": "text/turtle", **FORWARDED}).get_data(as_text=True)
    assert "<http://localhost/sparql>" in service
    assert "client=127.0.0.1 " in stream.getvalue()


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a\\b", "https://evil.example", '/"><script>', "/a b", "/.", "/a/..", "x"]
)
def test_a_prefix_that_is_no_path_is_not_believed(prefix: str) -> None:
    page = serve(Settings(proxies=1))[1].get("/", headers={"Accept": BROWSER, "X-Forwarded-Prefix": prefix})
    found = links(page.get_data(as_text=True))
    assert "/queries/" in found
    assert not any("evil" in link or "script" in link for link in found)


def test_a_prefix_that_is_set_is_not_changed_by_a_header() -> None:
    client = serve(Settings(proxies=1, prefix="/set"))[1]
    page = client.get("/set/", headers={"Accept": BROWSER, "X-Forwarded-Prefix": "/other"})
    assert "/set/queries/" in links(page.get_data(as_text=True))


# --- loading anew


class Loads:
    """Loads one site after another, or fails."""

    def __init__(self) -> None:
        self.stores: list[GatedStore] = []
        self.error: Exception | None = None

    def __call__(self) -> Site:
        if self.error is not None:
            raise self.error
        store = GatedStore()
        store.inner.load(f'<a:s> <a:p> "{len(self.stores)}" <a:h> .'.encode())
        store.version = store.inner.version
        store.closed = False  # type: ignore[attr-defined]  # told by close
        close = store.close

        def told() -> None:
            store.closed = True  # type: ignore[attr-defined]
            close()

        store.close = told  # type: ignore[method-assign]
        self.stores.append(store)
        return replace(make_site(), store=store)


VALUES = "/sparql?format=csv&query=SELECT%20%3Fo%20%7B%20GRAPH%20%3Ca%3Ah%3E%20%7B%3Fs%20%3Fp%20%3Fo%7D%20%7D"


def test_a_reload_is_seen_by_the_next_request_and_waits_for_the_running_one() -> None:
    loads = Loads()
    service, client = serve(load=loads)
    assert client.get(VALUES).get_data(as_text=True).split() == ["o", "0"]
    first = loads.stores[0]
    first.gate.clear()
    running: list[str] = []
    slow = threading.Thread(target=lambda: running.append(client.get(VALUES + "%20").get_data(as_text=True)))
    slow.start()
    wait_until(lambda: service.running == 1)
    assert service.reload()
    assert client.get(VALUES).get_data(as_text=True).split() == ["o", "1"]
    assert not first.closed  # type: ignore[attr-defined]
    first.gate.set()
    slow.join()
    assert running[0].split() == ["o", "0"]
    assert first.closed  # type: ignore[attr-defined]
    assert not loads.stores[1].closed  # type: ignore[attr-defined]
    assert sample(figures(client), "akegraph_reloads_total", result="ok") == 1


def test_answers_are_kept_over_a_reload_of_the_same_data() -> None:
    stores = [GatedStore(), GatedStore()]
    waiting = list(stores)
    service, client = serve(load=lambda: replace(make_site(), store=waiting.pop(0)))
    client.get("/sparql?query=ASK%7B%7D")
    wait_until(lambda: not service.state.is_loading)
    service.reload()
    asked = stores[1].asked
    tag = client.get("/sparql?query=ASK%7B%7D").headers["ETag"]
    assert stores[1].asked == asked
    assert client.get("/sparql?query=ASK%7B%7D", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("error", "words"),
    [(StoreError("data.ttl: is broken"), "failed: data.ttl: is broken"),
     (ExceptionGroup("", [StoreError("one"), StoreError("two")]), "failed: one; two"),
     (KeyError("inside"), "failed: an error of the program; the log has its trace")],
)  # fmt: skip
def test_a_failed_reload_keeps_what_was_served(error: Exception, words: str, caplog: pytest.LogCaptureFixture) -> None:
    loads = Loads()
    service, client = serve(load=loads)
    loads.error = error
    assert not service.reload()
    assert client.get(VALUES).get_data(as_text=True).split() == ["o", "0"]
    wait_until(lambda: not service.state.is_loading)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"status": "ok", "reload": words})
    assert "reload failed" in caplog.text
    assert sample(figures(client), "akegraph_reloads_total", result="failed") == 1
    loads.error = None
    assert service.reload()
    assert client.get("/readyz").json == {"status": "ok"}


def test_a_reload_whose_store_does_not_answer_is_a_failed_one() -> None:
    loads = Loads()
    service, client = serve(load=loads)

    def load_dead() -> Site:
        site = loads()
        site.store.query = lambda *_, **__: (_ for _ in ()).throw(StoreError("dead"))  # type: ignore[method-assign]
        return site

    service._load = load_dead
    assert not service.reload()
    assert [store.closed for store in loads.stores] == [False, True]  # type: ignore[attr-defined]
    assert client.get(VALUES).status_code == 200


def test_requests_go_on_through_many_reloads() -> None:
    loads = Loads()
    service, _ = serve(load=loads)
    wrong: list[str] = []
    ends = threading.Event()

    def work() -> None:
        last = 0
        own = Browser(service, TestResponse)
        while not ends.is_set():
            answer = own.get(VALUES)
            rows = answer.get_data(as_text=True).split()
            if answer.status_code != 200 or rows[0] != "o" or int(rows[1]) < last:
                wrong.append(answer.get_data(as_text=True))
            last = int(rows[1])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        assert service.reload()
    ends.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert [store.closed for store in loads.stores] == [True] * 15 + [False]  # type: ignore[attr-defined]
