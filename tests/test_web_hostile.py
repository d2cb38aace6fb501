"""A server process of its own under attack, and what it is made of: connections that have a time, queries by rank."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator

import pytest

from akegraph.store.history import History, Rank, find_shape

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and holds a pipe of POSIX")

HEAVY = ("product", "bomb", "clique", "rows", "triples")


@pytest.mark.slow
def test_a_server_withstands_everything_at_once() -> None:
    from benchmarks.hostile import attack, find_faults
    from benchmarks.hostile_cases import find_cases

    cases = find_cases()
    heavy = [case for case in cases if any(word in case.name for word in HEAVY)]
    chosen = [case for case in cases if case not in heavy and not case.name.startswith(("endless", "long"))]
    tally = attack([*chosen, *heavy[::4]], clients=24, idle=200, pause=0.2)
    assert not find_faults(tally)


@pytest.mark.slow
def test_no_answer_is_wrong_or_lost_while_the_workers_of_a_server_are_killed() -> None:
    from benchmarks.endurance import endure

    course = endure(12, clients=3, pause=0.05)
    assert course.killed >= 8
    assert course.asked > 50
    assert not course.wrong


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    from benchmarks.hostile import serving

    with serving() as (port, _):
        yield port


def exchange(port: int, *parts: bytes, ends: bool = False) -> tuple[bytes, dict[str, object]]:
    """Send parts, read all that comes; return the head and the problem of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        read = b""
        while part := connection.recv(65536):
            read += part
    head, _, body = read.partition(b"\r\n\r\n")
    return head, json.loads(body)


def test_a_body_that_is_too_large_is_refused_and_the_client_reads_why(port: int) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: l\r\nContent-Type: application/sparql-query\r\nContent-Length: 60000000\r\n\r\n"
    said, problem = exchange(port, head, *[b"x" * 1_000_000] * 60)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in said
    assert problem["status"] == 413


def test_a_request_that_ends_before_it_is_complete_is_answered(port: int) -> None:
    for part in (b"GET /sp", b"POST /sparql HTTP/1.1\r\nHost: l\r\nContent-Length: 9\r\n\r\nASK"):
        said, problem = exchange(port, part, ends=True)
        assert b" 400 " in said.splitlines()[0]
        assert "complete" in str(problem["detail"])


def test_a_request_that_does_not_come_is_answered_in_time(port: int) -> None:
    before = time.monotonic()
    said, problem = exchange(port, b"GET /sparql HTTP/1.1\r\nHost:")
    assert b" 408 " in said.splitlines()[0]
    assert problem["detail"] == "the request did not come whole within 10 s"
    assert 9 < time.monotonic() - before < 11


def test_what_is_no_http_is_refused(port: int) -> None:
    assert exchange(port, b"\x16\x03\x01\x02\r\n\r\n")[1]["status"] == 400


def test_shapes_are_told_apart_by_all_but_their_values() -> None:
    one = find_shape("SELECT * { <http://e/a> ?p 'x' FILTER(?p > 17) } # one")
    assert one == find_shape('SELECT *\n{ <http://e/b>   ?p "y z" FILTER(?p > 1.5e3) }# two')
    assert one != find_shape("SELECT * { <http://e/a> ?q 'x' FILTER(?q > 17) } # one")
    assert find_shape("SELECT ?x1 {}") != find_shape("SELECT ?x2 {}")


def test_what_was_quick_goes_first_and_what_was_slow_last() -> None:
    history = History()
    assert history.get_rank(1) is Rank.NEW
    assert history.get_rank(1, Rank.QUICK) is Rank.QUICK
    history.note(1, 0.01)
    assert history.get_rank(1) is Rank.QUICK
    history.note(1, float("inf"))
    assert history.get_rank(1, Rank.QUICK) is Rank.SLOW
    for shape in range(2, 3_000):
        history.note(shape, 0.0)
    assert history.get_rank(1) is Rank.NEW
