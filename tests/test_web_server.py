"""The served site: worker processes, one address, real sockets and signals."""

from __future__ import annotations

import importlib.util
import json
import signal
import socket
import struct
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import DATA, SLOW, Served, free_port, read_all, running, serving
from web_site import PLAN

from akegraph.errors import SettingsError
from akegraph.pipeline.knowledge import find_plans
from akegraph.settings import Settings
from akegraph.web import create_app
from akegraph.web.connections import is_closed
from akegraph.web.loading import load_site
from akegraph.web.server import Server, find_served, open_site
from akegraph.web.service import Service

ONE = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_an_opened_site_answers_from_workers() -> None:
    settings = Settings(workers=1)
    with open_site(find_plans([PLAN]), settings) as site:
        assert list(site.plans) == list(site.reports) == [PLAN]
        assert b"sh:NodeShape" in site.shapes
        with create_app(site, settings).test_client() as client:
            assert client.get(f"/plan/{PLAN}").status_code == 200
            answer = client.get("/sparql", query_string={"query": "SELECT (1 AS ?x) {}", "format": "csv"})
            assert answer.get_data(as_text=True).split() == ["x", "1"]


def test_a_server_runs_in_any_thread_and_ends_when_it_is_told() -> None:
    settings = Settings(workers=1, port=0)
    service = Service(lambda: load_site(find_served(settings), settings), settings)
    server = Server(service, settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    with urllib.request.urlopen(f"{server.address}/healthz", timeout=30) as answer:
        assert json.load(answer)["plans"] == [PLAN]
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
    server.close()
    service.close()


def test_an_address_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1 port {port}: cannot be served"):
            Server(None, Settings(port=port))  # type: ignore[arg-type]  # never asked


def test_a_connection_tells_whether_the_other_side_has_closed_it() -> None:
    for linger in (None, struct.pack("ii", 1, 0)):  # closed in order, or reset
        with socket.create_server(("127.0.0.1", 0)) as listening:
            ours = socket.create_connection(listening.getsockname())
            theirs, _ = listening.accept()
            with ours, theirs:
                assert not is_closed(ours)
                theirs.sendall(b"more")
                assert not is_closed(ours)
                assert ours.recv(10) == b"more"
                if linger is not None:
                    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                theirs.close()
                time.sleep(0.05)
                assert is_closed(ours)
    assert not is_closed(ours)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "data.ttl").write_text(DATA)
    with serving(folder, ["--data", "data.ttl"], workers=1, timeout=8, patience=60, log="json") as served:
        yield served


def test_a_slow_query_whose_client_closes_frees_its_worker(served: Served) -> None:
    connection = served.send(SLOW)
    served.wait_for("akegraph_pool_running", 1)
    connection.close()
    assert served.wait_for("akegraph_pool_running", 0) < 1
    assert served.get("/sparql?query=ASK%7B%7D")[0] == 200


def test_a_client_that_waits_in_the_queue_and_leaves_is_no_harm(served: Served) -> None:
    first, second = served.send(SLOW), served.send(SLOW + " ")
    served.wait_for("akegraph_pool_waiting", 1)
    second.close()
    first.close()
    served.wait_for("akegraph_pool_running", 0)
    assert served.get("/sparql?query=ASK%7B%20%7D")[0] == 200


def test_a_client_that_closes_only_its_side_is_answered(served: Served) -> None:
    with served.send(f"{ONE} # half") as connection:
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 200")
    with served.send(f"{SLOW} # half") as connection:
        connection.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        assert read_all(connection).startswith(b"HTTP/1.1 504")
        assert time.monotonic() - began < 9


def test_health_and_kept_answers_are_given_while_every_worker_is_busy(served: Served) -> None:
    kept = "/sparql?query=ASK%7B%20%20%7D"
    assert served.get(kept)[0] == 200
    connections = [served.send(f"{SLOW} # {number}") for number in range(12)]
    served.wait_for("akegraph_pool_waiting", 11)
    for path in ("/healthz", kept, "/shapes"):
        began = time.monotonic()
        assert served.get(path)[0] == 200
        assert time.monotonic() - began < 2
    for connection in connections:
        connection.close()
    served.wait_for("akegraph_pool_running", 0)


def test_the_log_is_json_and_tells_no_query(served: Served) -> None:
    served.get("/sparql?query=SELECT%20(7%20AS%20%3Fsecret)%20%7B%7D")
    lines = [json.loads(line) for line in served.log.read_text().splitlines()[2:]]
    requests = [line for line in lines if line["logger"] == "akegraph.requests"]
    assert requests
    assert not any("secret" in json.dumps(line) for line in requests)


def test_a_store_without_a_plan_says_so_and_answers(served: Served) -> None:
    status, page = served.get("/?lang=en")
    assert status == 200
    assert "holds no plan" in page
    assert served.get("/queries/")[0] == 200
    assert '"300"' in served.get(f"/sparql?query={ONE.replace(' ', '%20').replace('?', '%3F')}")[1]
    assert "a:s299" in served.get("/dump.trig")[1]


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_the_running_requests_have(tmp_path: Path, which: signal.Signals) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    with serving(tmp_path, ["--data", "data.ttl"], workers=1, timeout=2) as served:
        idle = socket.create_connection(("127.0.0.1", served.port))
        running_one = served.send(SLOW)
        served.wait_for("akegraph_pool_running", 1)
        began = time.monotonic()
        served.tell(which)
        time.sleep(0.5)
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system likes
            urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=5)
        assert read_all(running_one).startswith(b"HTTP/1.1 504")
        assert served.wait(10) == 0
        assert time.monotonic() - began < 3
        running_one.close()
        idle.close()
    assert "Traceback" not in served.log.read_text()


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    with serving(tmp_path, ["--data", "data.ttl"], workers=1, timeout=60) as served, served.send(SLOW):
        served.wait_for("akegraph_pool_running", 1)
        served.tell(signal.SIGTERM)
        time.sleep(0.3)
        served.tell(signal.SIGTERM)
        assert served.wait(10) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_sighup_loads_anew_without_losing_a_request(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(DATA)
    wrong: list[object] = []
    ends = threading.Event()

    def ask() -> None:
        number = 0
        while not ends.is_set():
            number += 1
            try:
                status, text = served.get(f"/sparql?query={ONE.replace(' ', '%20').replace('?', '%3F')}%20%23{number}")
            except OSError as error:
                wrong.append(error)
            else:
                if status != 200 or not any(f'"{count}"' in text for count in (300, 301)):
                    wrong.append((status, text))

    with serving(tmp_path, ["--data", "data.ttl"], workers=2, log="none") as served:
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        data.write_text(DATA + '<a:new> <a:p> "new" .\n')
        served.tell(signal.SIGHUP)
        served.wait_for("akegraph_triples", 301, 30)
        data.write_text("broken")
        served.tell(signal.SIGHUP)
        until = time.monotonic() + 30
        while "reload" not in served.get("/readyz")[1]:
            assert time.monotonic() < until
            time.sleep(0.1)
        status, text = served.get("/readyz")
        ends.set()
        for thread in threads:
            thread.join()
        assert not wrong
        assert (status, json.loads(text)["status"]) == (200, "ok")
        assert "data.ttl" in json.loads(text)["reload"]
        assert '"301"' in served.get(f"/sparql?query={ONE.replace(' ', '%20').replace('?', '%3F')}")[1]
        assert "reload failed" in served.log.read_text()


@pytest.mark.skipif(importlib.util.find_spec("gunicorn") is None, reason="gunicorn is not installed")
@pytest.mark.parametrize("options", [(), ("--preload",), ("--worker-class=gthread", "--threads=4")])
def test_gunicorn_serves_it(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    port = free_port()
    program = [
        sys.executable, "-m", "gunicorn", "-w2", f"-b127.0.0.1:{port}", "--timeout=60", *options,
        "akegraph.web.wsgi:create()",
    ]  # fmt: skip
    with running(tmp_path, program, port, data="data.ttl", workers=1, prefix="/a") as served:
        assert {served.get("/a/sparql?query=ASK%7B%7D")[0] for _ in range(8)} == {200}
        assert "/a/queries/" in served.get("/a/")[1]
        if "gthread" in str(options):
            with served.send(SLOW):
                time.sleep(0.5)
            time.sleep(1.2)
            assert '"status":504' in served.log.read_text() or "status=504" in served.log.read_text()
        served.tell(signal.SIGTERM)
        assert served.wait(15) == 0
