"""Everything hostile at once against ``akegraph serve`` with its default settings, while ordinary queries go on.

    python benchmarks/hostile.py [--clients 16] [--rounds 1] [--idle 500] [--data FILE …] [--only TEXT …] [--log FILE]

Starts the server as a process of its own; a canary, an HTTP server and a named pipe neither of which is ever to be
touched; connections that stay open and say nothing; ordinary clients whose every answer is compared; and hostile
clients, which send each case of ``hostile_cases`` once a round. A case must be answered by one of its statuses within
the limit of the service and a second. Prints what was not so, the latencies of the ordinary queries and the memory of
the server before and after; returns 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import errno
import http.server
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hostile_cases import LIMIT, SLACK, Case, Target, find_cases

ROOT = Path(__file__).resolve().parents[1]
MOST_FAILURES = 0
SLOWEST = 2.0
"""Seconds within which 99 of 100 ordinary queries are to be answered."""
MOST_GROWTH = 64
"""Megabytes by which the server may grow: of them, 32 are of answers kept."""
_SECRET = b"canary-secret"
_QUESTIONS = """PREFIX ake: <https://w3id.org/akegraph/ontology#>
SELECT ?activity ?output ?outcome ?impact WHERE {
  ?activity ake:hasOutput ?output . ?output ake:hasOutcome ?outcome . ?outcome ake:hasImpact ?impact
} ORDER BY ?activity LIMIT 200"""


@dataclass(slots=True)
class Tally:
    """What came of it.

    :ivar ordinary: seconds of each ordinary query
    :ivar failures: ordinary queries that were not answered right
    """

    wrong: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    statuses: Counter[int] = field(default_factory=Counter)
    ordinary: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)


@contextmanager
def serving(arguments: Sequence[str] = (), log: Path | None = None) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run ``akegraph serve`` on a free port; yield the port and the process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AKEGRAPH_")}
    environment["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        said = log or Path(folder) / "log"
        with said.open("wb") as stream:
            command = [sys.executable, "-m", "akegraph", "serve", "--port", "0", *arguments]
            process = subprocess.Popen(command, stderr=stream, stdout=stream, env=environment, cwd=ROOT)
        try:
            until = time.monotonic() + 120
            while not (found := re.search(rb"http://127\.0\.0\.1:(\d+)", said.read_bytes())):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the server did not start: {said.read_text()}")
                time.sleep(0.1)
            yield int(found[1]), process
        finally:
            process.terminate()
            try:
                process.wait(LIMIT + 5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def canary(touched: list[str]) -> Iterator[tuple[str, str]]:
    """Serve what nobody is to ask for, and hold a pipe that nobody is to open; yield their IRIs."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            touched.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<a:b> <a:b> '" + _SECRET + b"' .")

        do_POST = do_HEAD = do_GET  # noqa: N815  # http.server finds methods by these names

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    ended = threading.Event()

    def watch_pipe(pipe: Path) -> None:
        while not ended.wait(0.02):
            try:
                writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:  # that is: nobody reads
                    raise
            else:
                touched.append("the file was opened")
                os.write(writer, b"<a:b> <a:b> '" + _SECRET + b"' .\n")
                os.close(writer)

    with tempfile.TemporaryDirectory() as folder, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pipe = Path(folder) / "canary.nt"
        os.mkfifo(pipe)
        threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=watch_pipe, args=(pipe,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/canary", pipe.as_uri()
        finally:
            ended.set()
            server.shutdown()
            for thread in threads:
                thread.join()


@contextmanager
def idling(port: int, number: int) -> Iterator[None]:
    """Hold connections open: some never say a word, others half a line."""
    with ExitStack() as stack:
        for which in range(number):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            if which % 2:
                with suppress(OSError):
                    connection.sendall(b"GET /sparql?query=")
        yield


def ask(connection: HTTPConnection, text: str) -> tuple[int, bytes]:
    """Ask one query by GET."""
    connection.request(
        "GET", "/sparql?" + urlencode({"query": text}), headers={"Accept": "application/sparql-results+json"}
    )
    answer = connection.getresponse()
    return answer.status, answer.read()


def learn(port: int) -> list[tuple[str, int]]:
    """Find ordinary questions, and how many rows each has."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    rows = json.loads(ask(connection, _QUESTIONS)[1])["results"]["bindings"]
    counts = Counter(row["activity"]["value"] for row in rows)
    connection.close()
    text = _QUESTIONS.partition("} ORDER")[0]
    return [
        (text.replace("?activity ake", f"VALUES ?activity {{ <{name}> }} ?activity ake"), n)
        for name, n in counts.items()
    ]


def go_on(port: int, questions: Sequence[tuple[str, int]], ended: threading.Event, tally: Tally, pause: float) -> None:
    """Ask ordinary questions, a new text each time, and compare every answer."""
    chance = random.Random(threading.get_ident())  # noqa: S311  # no secret
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while not ended.wait(pause * chance.uniform(0.5, 1.5)):
        text, count = chance.choice(questions)
        began = time.monotonic()
        try:
            status, body = ask(connection, f"{text}}} # {chance.random()}")
            fault = (
                ""
                if status == 200 and len(json.loads(body)["results"]["bindings"]) == count
                else f"{status} {body[:150]!r}"
            )
        except (OSError, HTTPException, ValueError) as error:
            fault = repr(error)
            connection.close()
        seconds = time.monotonic() - began
        tally.ordinary.append(seconds)
        if fault:
            tally.failures.append(f"after {seconds:.1f} s: {fault}")
    connection.close()


def send(case: Case, target: Target, tally: Tally) -> None:
    """Send one case, and hold what comes against what should."""
    began = time.monotonic()
    try:
        status, body = case.send(target)
    except TimeoutError:
        status, body = -1, b""
    except OSError as error:
        status, body = -1, repr(error).encode()
    seconds = time.monotonic() - began
    tally.statuses[status] += 1
    tally.slowest = max(tally.slowest, (seconds, case.name))
    if status not in case.statuses:
        wanted = " ".join(map(str, sorted(case.statuses)))
        tally.wrong.append(f"{case.name}: {status} in place of {wanted} after {seconds:.1f} s: {body[-200:]!r}")
    elif seconds > case.seconds:
        tally.wrong.append(f"{case.name}: {status}, but after {seconds:.1f} s")
    if _SECRET in body or b"root:x:" in body:
        tally.wrong.append(f"{case.name}: shows what it was not to read")


def memory_of(process: subprocess.Popen[bytes]) -> float:
    """Return the megabytes that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def attack(
    cases: Sequence[Case],
    *,
    clients: int = 16,
    rounds: int = 1,
    idle: int = 500,
    ordinary: int = 4,
    pause: float = 0.1,
    arguments: Sequence[str] = (),
    log: Path | None = None,
    say: Callable[[str], object] = print,
) -> Tally:
    """Send the cases to a server of its own, and tell what came of it."""
    tally = Tally()
    with serving(arguments, log) as (port, process), canary(tally.touched) as (url, file):
        target = Target(port, url, file)
        questions = learn(port)
        for seconds, words in ((2.0, "alone"), (0.0, "under attack")):
            ended, quiet = threading.Event(), tally if not seconds else Tally()
            with ThreadPoolExecutor(ordinary) as askers:
                asking = [askers.submit(go_on, port, questions, ended, quiet, pause) for _ in range(ordinary)]
                before = memory_of(process)
                began = time.monotonic()
                if seconds:
                    time.sleep(seconds)
                else:
                    with idling(port, idle), ThreadPoolExecutor(clients) as senders:
                        for _ in range(rounds):
                            for case in random.Random(rounds).sample(cases, len(cases)):  # noqa: S311  # no secret
                                senders.submit(send, case, target, tally)
                ended.set()
            for one in asking:
                one.result()
            say(f"ordinary queries {words}: {describe(quiet)}")
        took = time.monotonic() - began
        time.sleep(1)
        after = memory_of(process)
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        if process.poll() is not None or ask(connection, "ASK {}")[0] != 200:
            tally.wrong.append("the server does not answer any more")
        connection.close()
    say(
        f"{sum(tally.statuses.values())} hostile requests in {took:.0f} s;"
        f" statuses: {dict(sorted(tally.statuses.items()))}"
    )
    say(f"slowest: {tally.slowest[0]:.2f} s, {tally.slowest[1]} (at most {LIMIT + SLACK:g} s)")
    say(f"memory of the server: {before:.0f} MB before, {after:.0f} MB after")
    say(f"connections and files: {len(tally.touched)}")
    if after - before > MOST_GROWTH:
        tally.wrong.append(f"the server grew by {after - before:.0f} MB")
    return tally


def describe(tally: Tally) -> str:
    """Say how ordinary queries fared."""
    if not (times := sorted(tally.ordinary)):
        return "none"
    shares = ", ".join(
        f"p{share} {times[min(len(times) * share // 100, len(times) - 1)] * 1000:.0f} ms" for share in (50, 95, 99)
    )
    return f"{len(times)}, {len(tally.failures)} failed, {shares}, longest {times[-1]:.2f} s"


def find_faults(tally: Tally) -> list[str]:
    """Return everything that is not as it should be."""
    faults = [*tally.wrong, *(f"touched: {words}" for words in tally.touched)]
    if len(tally.failures) > MOST_FAILURES:
        faults += [f"ordinary query {words}" for words in tally.failures]
    times = sorted(tally.ordinary)
    if times and (longest := times[len(times) * 99 // 100]) > SLOWEST:
        faults.append(f"1 of 100 ordinary queries took {longest:.1f} s or more")
    return faults


def main() -> int:
    """Attack and print; returns 1 where something is wrong."""
    parser = argparse.ArgumentParser(description="Send everything hostile at once.")
    parser.add_argument("--clients", type=int, default=16, help="hostile requests at once")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--idle", type=int, default=500, help="connections that stay open and say nothing")
    parser.add_argument("--data", nargs="*", default=[], help="RDF to serve; the built-in plans by default")
    parser.add_argument("--only", nargs="*", default=[], help="cases whose names have one of these in them")
    parser.add_argument("--log", type=Path, help="keeps the log of the server")
    given = parser.parse_args()
    cases = [case for case in find_cases() if not given.only or any(words in case.name for words in given.only)]
    arguments = [part for file in given.data for part in ("--data", file)]
    print(f"{len(cases)} cases, {given.clients} at once, {given.rounds} rounds; load average {os.getloadavg()[0]:.1f}")
    tally = attack(
        cases, clients=given.clients, rounds=given.rounds, idle=given.idle, arguments=arguments, log=given.log
    )
    faults = find_faults(tally)
    for fault in faults:
        print("  NOT MET ", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
