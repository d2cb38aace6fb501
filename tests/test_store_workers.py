from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest

import akegraph
from akegraph.errors import (
    BadParameterError,
    EngineError,
    NotAcceptableError,
    QueryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultTooLargeError,
    StoreBusyError,
    WorkerCrashedError,
)
from akegraph.settings import Settings
from akegraph.store import workers
from akegraph.store.base import FORMATS, Store
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.guard import Outline
from akegraph.store.leaving import asking_until
from akegraph.store.workers import WorkerPool

DATA = "\n".join(
    f'<http://e/a{number}> <http://e/p> "arvo {number}"@fi <http://e/g{number % 2}> .' for number in range(3_000)
).encode()
PREFIXES = {"ex": "http://e/"}
SETTINGS = Settings(workers=2, timeout=0.8, memory=256, result_size=1)
ONE = "SELECT ?o { <http://e/a7> <http://e/p> ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

posix = pytest.mark.skipif(os.name != "posix", reason="needs the limits of POSIX")


@pytest.fixture(scope="module")
def shared_pool() -> Iterator[WorkerPool]:
    with WorkerPool(DATA, SETTINGS, PREFIXES) as pool:
        pool.ask("ASK {}")
        yield pool


@pytest.fixture
def pool(shared_pool: WorkerPool) -> Iterator[WorkerPool]:
    """Whatever a test did to it, the pool answers afterwards."""
    yield shared_pool
    assert shared_pool.select(ONE).rows[0]["o"].value == "arvo 7"


@pytest.fixture
def unguarded(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> WorkerPool:
    """A pool whose first fence is down."""
    monkeypatch.setattr(workers, "check_query", lambda text, limits: Outline(dataset=False))
    return pool


def pids(pool: WorkerPool) -> set[int]:
    with pool._changed:
        return {member._process.pid for member in pool._members if member._process is not None}


def wait_until(condition: object, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def answer(store: Store, text: str, accept: str) -> object:
    try:
        return store.query(text, accept=[accept])
    except (QueryError, EngineError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("accept", [known.media_type for known in FORMATS])
def test_the_pool_answers_as_the_embedded_store(pool: WorkerPool, accept: str) -> None:
    with EmbeddedStore(DATA, PREFIXES) as embedded:
        for text in (
            "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 20",
            "SELECT ?s FROM <http://e/g1> { ?s ?p ?o } ORDER BY ?s LIMIT 20",
            "SELECT (COUNT(*) AS ?n) { GRAPH <http://e/g1> { ?s ?p ?o } }",
            "SELECT (STRLEN(STR(NOW())) > 9 AS ?now) (ISIRI(UUID()) AS ?uuid) (RAND() < 1 AS ?random) {}",
            "ASK { ?s ?p 'arvo 7'@fi }",
            "CONSTRUCT { ?s ?p ?o } FROM <http://e/g0> { ?s ?p ?o . FILTER(CONTAINS(?o, '99')) }",
            "DESCRIBE <http://e/a7>",
            "SELECT {",
            "CLEAR ALL",
        ):
            assert answer(pool, text, accept) == answer(embedded, text, accept)


def test_errors_keep_their_class(pool: WorkerPool) -> None:
    with pytest.raises(QuerySyntaxError, match="line 1, column"):
        pool.query("SELECT ?s { ?s ?p }")
    with pytest.raises(NotAcceptableError, match="text/turtle"):
        pool.query("DESCRIBE <http://e/a7>", accept=["text/csv"])
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        pool.query(r"SELECT * { \u0053ERVICE <http://127.0.0.1/> {} }")
    with pytest.raises(QueryRefusedError, match="deep"):
        pool.query("SELECT * " + "{" * 10_000)
    with pytest.raises(BadParameterError, match="default-graph-uri"):
        pool.query(ONE, default_graphs=["g"])


def test_the_dataset_of_the_protocol_reaches_the_worker(pool: WorkerPool) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert b'"3000"' in pool.query(count).body
    assert b'"1500"' in pool.query(count, default_graphs=["http://e/g0"]).body
    assert b'"0"' in pool.query(count, named_graphs=["http://e/g0"]).body


def test_a_query_without_end_is_killed_in_time(pool: WorkerPool) -> None:
    before = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.8 s"):
        pool.query(ENDLESS)
    assert time.monotonic() - before < 0.8 + 1


def test_others_go_on_beside_a_query_without_end(pool: WorkerPool) -> None:
    with ThreadPoolExecutor(1) as executor:
        endless = executor.submit(pool.query, ENDLESS)
        answered = 0
        while not endless.done():
            pool.query(ONE)
            answered += 1
    assert isinstance(endless.exception(), QueryTimeoutError)
    assert answered > 20


def test_a_query_that_finds_every_worker_busy_is_told_so_in_time() -> None:
    with WorkerPool(DATA, Settings(workers=1, timeout=0.4)) as pool, ThreadPoolExecutor(3) as executor:
        pool.query(ONE)
        before = time.monotonic()
        asked = [executor.submit(pool.query, ENDLESS) for _ in range(3)]
        errors = [future.exception() for future in asked]
        assert time.monotonic() - before < 0.4 + 1
    # All have one deadline: who gets the worker in its last moment is stopped, the others were never begun.
    assert any(isinstance(error, QueryTimeoutError) for error in errors)
    others = [error for error in errors if not isinstance(error, QueryTimeoutError)]
    assert all(isinstance(error, StoreBusyError) and "no worker was free" in str(error) for error in others)


@posix
@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
        "SELECT (STRLEN(GROUP_CONCAT(CONCAT(?c, ?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
        "SELECT (REPLACE(?k, 'a', ?k) AS ?z) { BIND('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' AS ?x)"
        " BIND(REPLACE(?x, 'a', ?x) AS ?y) BIND(REPLACE(?y, 'a', ?y) AS ?k) }",
    ],
)
def test_a_query_that_eats_memory_is_stopped(text: str) -> None:
    with WorkerPool(DATA, Settings(workers=1, timeout=8, memory=160)) as pool:
        with pytest.raises(QueryTimeoutError, match="more than 160 MB of memory"):
            pool.query(text)
        assert pool.ask("ASK {}")


@pytest.mark.parametrize("text", ["SELECT * { ?a ?b ?c . ?d ?e ?f }", "CONSTRUCT { ?a ?e ?f } { ?a ?b ?c . ?d ?e ?f }"])
def test_an_answer_that_grows_too_large_is_stopped(pool: WorkerPool, text: str) -> None:
    before = pids(pool)
    with pytest.raises(ResultTooLargeError, match="1048576 bytes"):
        pool.query(text)
    assert pids(pool) == before


def test_long_queries_and_answers_pass_the_pipes(pool: WorkerPool) -> None:
    # Longer than any pipe's buffer, both ways.
    text = "# " + "x" * 90_000 + "\nSELECT * { ?s ?p ?o }"
    assert len(pool.select(text).rows) == 3_000


@posix
def test_a_worker_killed_while_idle_is_not_missed(pool: WorkerPool) -> None:
    for _ in range(3):
        for pid in pids(pool):
            os.kill(pid, signal.SIGKILL)
        assert pool.select(ONE).rows
    wait_until(lambda: len(pids(pool)) == 3)


@posix
def test_a_query_is_asked_again_when_its_worker_is_killed_from_outside() -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with WorkerPool(DATA, Settings(workers=1, timeout=20)) as pool, ThreadPoolExecutor(1) as executor:
        pool.query(ONE)
        (victim,) = pids(pool)
        asked = executor.submit(pool.query, slow)
        time.sleep(0.15)
        assert not asked.done()
        os.kill(victim, signal.SIGKILL)
        assert b'"9000000"' in asked.result().body


@posix
def test_a_worker_that_dies_over_a_query_is_replaced(unguarded: WorkerPool) -> None:
    with pytest.raises(WorkerCrashedError, match=r"SIG(SEGV|BUS|ABRT)"):
        unguarded.query("SELECT * " + "{" * 45_000 + "}" * 45_000)


@posix
def test_a_worker_opens_no_connection(unguarded: WorkerPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        with pytest.raises(EngineError):
            unguarded.query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
        assert unguarded.query(f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}").body
        assert b'"bindings":[]' in unguarded.query(f"SELECT * FROM <{url}> {{ ?s ?p ?o }}", default_graphs=[url]).body
        with pytest.raises(TimeoutError):
            canary.accept()


def test_no_file_is_read(pool: WorkerPool, unguarded: WorkerPool, tmp_path: Path) -> None:
    (tmp_path / "secret.nt").write_text("<http://e/secret> <http://e/p> 'secret' .")
    url = (tmp_path / "secret.nt").as_uri()
    for text in (f"SELECT * FROM <{url}> {{ ?s ?p ?o }}", f"SELECT * {{ GRAPH <{url}> {{ ?s ?p ?o }} }}"):
        assert b"secret" not in unguarded.query(text, default_graphs=[url], named_graphs=[url]).body
    for text in (f"LOAD <{url}>", f"SELECT * {{ SERVICE <{url}> {{}} }}"):
        with pytest.raises((QuerySyntaxError, EngineError)):
            unguarded.query(text)


def test_threads_ask_at_the_same_time(pool: WorkerPool) -> None:
    def ask(number: int) -> bool:
        solutions = pool.select(f"SELECT ?o {{ <http://e/a{number}> <http://e/p> ?o }}")
        return [row["o"].value for row in solutions.rows] == [f"arvo {number}"]

    with ThreadPoolExecutor(8) as executor:
        assert all(executor.map(ask, range(400)))


@posix
def test_no_answer_is_wrong_or_lost_while_workers_are_killed() -> None:
    with WorkerPool(DATA, Settings(workers=2, timeout=10)) as pool, ThreadPoolExecutor(4) as executor:
        pool.query(ONE)
        stop = threading.Event()

        def kill() -> None:
            while not stop.wait(0.2):
                for pid in list(pids(pool))[:1]:
                    os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        numbers = [number % 3_000 for number in range(4_000)]
        texts = (f"SELECT ?o {{ <http://e/a{number}> <http://e/p> ?o }}" for number in numbers)
        found = list(executor.map(lambda text: pool.select(text).rows[0]["o"].value, texts))
        stop.set()
        killer.join()
    assert found == [f"arvo {number}" for number in numbers]


def test_data_that_do_not_parse_fail_each_query_and_no_more() -> None:
    with WorkerPool(b"<http://e/a> nonsense", SETTINGS) as pool:
        for _ in range(2):
            with pytest.raises(EngineError, match="cannot start: data of the store line 1"):
                pool.query("ASK {}")


@posix
def test_data_that_do_not_fit_name_the_setting() -> None:
    with (
        WorkerPool((DATA + b"\n") * 500, Settings(workers=1, memory=120)) as pool,
        pytest.raises(EngineError, match="do not fit into 120 MB; AKEGRAPH_MEMORY"),
    ):
        pool.query("ASK {}")


def test_a_closed_pool_answers_nothing_and_leaves_no_process() -> None:
    pool = WorkerPool(DATA, Settings(workers=2, timeout=20))
    pool.query(ONE)
    with ThreadPoolExecutor(1) as executor:
        asked = executor.submit(pool.query, ENDLESS)
        wait_until(lambda: len(pool._members) == 3)
        time.sleep(0.1)
        members = [member._process for member in pool._members]
        pool.close()
        assert isinstance(asked.exception(), EngineError)
    wait_until(lambda: all(process is None or process.poll() is not None for process in members))
    with pytest.raises(EngineError, match="closed"):
        pool.query(ONE)
    pool.close()


@pytest.fixture
def crowded() -> Iterator[WorkerPool]:
    """A pool of two workers that lets a query run half a second while others wait."""
    with WorkerPool(DATA, Settings(workers=2, timeout=20, patience=0.5, queue=4)) as pool:
        pool.query(ONE)
        pool.query(ONE)
        wait_until(lambda: len(pool._idle) == 3)
        yield pool


def test_quick_queries_are_answered_beside_any_number_of_slow_ones(crowded: WorkerPool) -> None:
    with ThreadPoolExecutor(4) as executor:
        slow = [executor.submit(crowded.query, ENDLESS) for _ in range(3)]
        wait_until(lambda: crowded.count().running == 2)
        before = time.monotonic()
        assert crowded.select(ONE).rows
        assert time.monotonic() - before < 3
        wait_until(lambda: any(query.done() for query in slow))
        crowded.close()
        errors = [future.exception() for future in slow]
    stopped = [error for error in errors if isinstance(error, StoreBusyError)]
    assert stopped
    assert "others waited" in str(stopped[0])
    assert stopped[0].retry_after >= 1


def test_a_slow_query_runs_on_while_nobody_waits(crowded: WorkerPool) -> None:
    with ThreadPoolExecutor(1) as executor:
        slow = executor.submit(crowded.query, ENDLESS)
        time.sleep(1.2)
        assert crowded.select(ONE).rows
        assert not slow.done()
        crowded.close()


def test_what_the_queue_cannot_hold_is_told_to_come_again(crowded: WorkerPool) -> None:
    with ThreadPoolExecutor(12) as executor:
        asked = [executor.submit(crowded.query, ENDLESS) for _ in range(10)]
        wait_until(lambda: crowded.count().refused == 4)
        crowded.close()
        errors = [str(future.exception()) for future in asked]
    assert sum("4 queries wait for a worker already" in error for error in errors) == 4


def test_a_query_that_nobody_waits_for_is_stopped(crowded: WorkerPool) -> None:
    left = threading.Event()
    with asking_until(left.is_set), ThreadPoolExecutor(1) as executor:
        asked = executor.submit(copy_context().run, crowded.query, ENDLESS)
        time.sleep(0.5)
        assert not asked.done()
        left.set()
        assert "nobody waited" in str(asked.exception(2))
    assert crowded.select(ONE).rows


def test_slow_queries_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with WorkerPool(DATA, Settings(workers=1, timeout=0.5, slow=0.3)) as pool:
        pool.query(ONE)
        with pytest.raises(QueryTimeoutError):
            pool.query(ENDLESS.replace(" . ", "\n. "))
    [record] = [record for record in caplog.records if record.name == "akegraph.store"]
    assert record.levelname == "WARNING"
    assert "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f" in record.getMessage()


def test_a_spare_worker_stands_in_at_once(crowded: WorkerPool) -> None:
    for pid in list(pids(crowded))[:2]:
        os.kill(pid, signal.SIGKILL)
    before = time.monotonic()
    assert crowded.select(ONE).rows
    assert time.monotonic() - before < 0.2
    assert crowded.count().started > 3


def test_a_pool_never_asked_starts_nothing() -> None:
    with WorkerPool(DATA, SETTINGS) as pool:
        assert not pool._members


@posix
def test_workers_die_with_their_parent_in_the_middle_of_a_query(tmp_path: Path) -> None:
    # Started from another folder with nothing but the path to the package, as from a checkout.
    script = (
        "import sys, threading, time\n"
        "from akegraph.settings import Settings\n"
        "from akegraph.store.workers import WorkerPool\n"
        f"pool = WorkerPool(sys.stdin.buffer.read(), Settings(workers=2, timeout=60)); pool.query({ONE!r})\n"
        f"threading.Thread(target=pool.query, args=({ENDLESS!r},), daemon=True).start()\n"
        "while len(pool._members) < 3 or not all(member._process for member in list(pool._members)): time.sleep(0.01)\n"
        "print(*(member._process.pid for member in pool._members), flush=True); threading.Event().wait()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(akegraph.__file__).parents[1])},
    )
    with parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(DATA)
        parent.stdin.close()
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) == 3
        time.sleep(0.2)
        parent.kill()
    wait_until(lambda: not any(is_running(pid) for pid in children), 2)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except FileNotFoundError:
        return not Path("/proc/self").exists()
