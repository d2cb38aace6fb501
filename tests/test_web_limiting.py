"""Each client's share: at once, in the long run, of the right client, and not of what is kept."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic, sleep

import pytest
from flask.testing import FlaskClient
from web_site import make_site

from akegraph.errors import ClientBusyError
from akegraph.settings import Settings
from akegraph.store.base import Answer, Store
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.leaving import get_has_left
from akegraph.web import create_app
from akegraph.web import limiting as module
from akegraph.web.limiting import ClientLimits, SharedStore, name_client


class GatedStore(Store):
    """A store whose answers wait for a gate."""

    def __init__(self) -> None:
        self.inner = EmbeddedStore(b"<a:s> <a:p> <a:o> <a:g> .\n")
        self.version = self.inner.version
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0
        self.could_leave: list[bool] = []

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        self.asked += 1
        self.could_leave.append(get_has_left() is not None)
        assert self.gate.wait(20)
        return self.inner.query(text, accept=accept, default_graphs=default_graphs, named_graphs=named_graphs)

    def close(self) -> None:
        self.inner.close()


def open_shared(store: Store, settings: Settings) -> FlaskClient:
    site = replace(make_site(), store=SharedStore(store, ClientLimits(settings)))
    return create_app(site, settings).test_client()


def ask(client: FlaskClient, number: int, address: str = "192.0.2.1") -> tuple[int, str | None]:
    text = f"SELECT ({number} AS ?x) {{}}"
    answer = client.get("/sparql", query_string={"query": text}, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.headers.get("Retry-After")


def test_queries_at_once_are_limited_for_each_client() -> None:
    store = GatedStore()
    client = open_shared(store, Settings(client_queries=2))
    store.gate.clear()
    found: list[tuple[int, str | None]] = []
    threads = [threading.Thread(target=lambda n=n: found.append(ask(client, n))) for n in range(2)]
    for thread in threads:
        thread.start()
    until = monotonic() + 10
    while store.asked < 2 and monotonic() < until:
        sleep(0.01)
    assert ask(client, 2) == (429, "1")
    other = threading.Thread(target=lambda: found.append(ask(client, 3, "192.0.2.2")))
    other.start()
    while store.asked < 3 and monotonic() < until:
        sleep(0.01)
    store.gate.set()
    for thread in (*threads, other):
        thread.join()
    assert found == [(200, None)] * 3
    assert ask(client, 4) == (200, None)


def test_a_rate_has_a_burst_and_says_when_to_come_again() -> None:
    client = open_shared(GatedStore(), Settings(client_rate=0.25, client_burst=3))
    assert [ask(client, n) for n in range(4)] == [(200, None)] * 3 + [(429, "4")]
    assert ask(client, 4, "192.0.2.2") == (200, None)


def test_a_rate_fills_up_again() -> None:
    limits = ClientLimits(Settings(client_rate=20, client_burst=1))
    with limits.asking("a"):
        pass
    with pytest.raises(ClientBusyError), limits.asking("a"):
        pass
    sleep(0.06)
    with limits.asking("a"):
        pass


def test_what_is_kept_and_what_operators_ask_costs_nothing() -> None:
    client = open_shared(GatedStore(), Settings(client_rate=0.001, client_burst=1))
    assert [ask(client, 1)[0] for _ in range(5)] == [200] * 5
    assert ask(client, 2)[0] == 429
    for path in ("/readyz", "/healthz", "/metrics", "/dump.trig"):
        assert client.get(path).status_code == 200


def test_a_refusal_is_a_problem_that_says_why() -> None:
    client = open_shared(GatedStore(), Settings(client_rate=0.001, client_burst=1))
    ask(client, 1)
    answer = client.get("/sparql?query=ASK%7B%7D", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json["title"] == "Too Many Requests"
    assert "0.001 queries per second" in answer.json["detail"]
    assert int(answer.headers["Retry-After"]) > 900


def test_a_failed_query_gives_its_place_back() -> None:
    client = open_shared(GatedStore(), Settings(client_queries=1))
    for _ in range(3):
        assert client.get("/sparql?query=nonsense").status_code == 400
    assert ask(client, 1)[0] == 200


def test_the_store_can_tell_whether_the_client_has_left_where_the_server_can() -> None:
    store = GatedStore()
    client = open_shared(store, Settings())
    ask(client, 1)
    client.get("/sparql?query=ASK%7B%7D", environ_base={"waitress.client_disconnected": lambda: False})
    assert store.could_leave == [False, True]


@pytest.mark.parametrize(
    ("address", "name"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::ffff:192.0.2.1", "192.0.2.1"),
     ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix:", "unix:")],
)  # fmt: skip
def test_a_client_of_ipv6_is_its_network(address: str, name: str) -> None:
    assert name_client(address) == name


def test_clients_of_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_CLIENTS", 10)
    limits = ClientLimits(Settings(client_rate=0.001, client_burst=1))
    with limits.asking("running"):
        for number in range(100):
            with limits.asking(f"client {number}"):
                pass
        assert len(limits._clients) <= 11
        assert "running" in limits._clients
    with pytest.raises(ClientBusyError), limits.asking("client 99"):
        pass
    unlimited = ClientLimits(Settings())
    with unlimited.asking("a"):
        pass
    assert not unlimited._clients
