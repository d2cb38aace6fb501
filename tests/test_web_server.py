"""The served site: real plans, worker processes, one address."""

from __future__ import annotations

import threading
import urllib.request
from queue import Queue
from typing import Any

import pytest
from web_site import PLAN

from akegraph.pipeline.knowledge import find_plans
from akegraph.settings import Settings
from akegraph.web import create_app
from akegraph.web.server import open_site, serve_site


def test_an_opened_site_answers_from_workers() -> None:
    settings = Settings(workers=1)
    with open_site(find_plans([PLAN]), settings) as site:
        assert list(site.plans) == list(site.reports) == [PLAN]
        assert b"sh:NodeShape" in site.shapes
        with create_app(site, settings).test_client() as client:
            assert client.get(f"/plan/{PLAN}").status_code == 200
            answer = client.get("/sparql", query_string={"query": "SELECT (1 AS ?x) {}", "format": "csv"})
            assert answer.get_data(as_text=True).split() == ["x", "1"]


def test_serving_says_what_is_loaded_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    import waitress.server

    said: list[str] = []
    fetched: Queue[bytes] = Queue()
    make = waitress.server.create_server

    def create_and_ask_once(*arguments: Any, **values: Any) -> Any:
        server = make(*arguments, **values)

        def ask() -> None:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.effective_port}/healthz", timeout=30) as answer:
                fetched.put(answer.read())
            server.asyncore.close_all(server._map)

        asking = threading.Thread(target=ask, daemon=True)
        serve = server.run

        def run() -> None:
            asking.start()
            serve()
            asking.join(30)

        server.run = run
        return server

    monkeypatch.setattr(waitress.server, "create_server", create_and_ask_once)
    serve_site("127.0.0.1", 0, Settings(workers=1), say=said.append)
    assert b'"ok"' in fetched.get(timeout=30)
    assert any("AKE Tampere 2026" in words for words in said)
    assert any(words.startswith("http://127.0.0.1:") for words in said)
