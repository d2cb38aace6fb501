"""Minutes of mixed load on ``akegraph serve`` while a worker is killed every second: every answer is compared.

    python benchmarks/endurance.py [--minutes 10] [--clients 4] [--pause 0.02] [--every 1.0]

Questions of several kinds and forms, each with a text of its own so that none is answered from the cache, go to a
server process. What each has to answer is asked of the engine in this process before. An answer that differs, that
does not come, or that has another status than 200 is wrong. The memory of the server is read from the end of the first
tenth to the end. Linux only. Returns 1 where an answer was wrong or lost, or the memory grew by more than 5 %.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import Popen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from akegraph.graph.iris import PREFIXES
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.store.embedded import EmbeddedStore
from benchmarks.hostile import memory_of, serving

GROWTH = 0.05
"""By which the memory may grow."""
_SHOWN = 5
_AKE = "PREFIX ake: <https://w3id.org/akegraph/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
_CHAIN = "?a ake:hasOutput ?b . ?b ake:hasOutcome ?c . ?c ake:hasImpact ?d . ?a ake:onPath ?p ."
_TABLE = "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"
_GRAPH = "application/n-triples", "text/turtle", "application/ld+json"


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the form asked for and the only right answer."""

    text: str
    accept: str
    answer: bytes


@dataclass(slots=True)
class Course:
    """What happened so far.

    :ivar memory: megabytes of the server, second by second
    """

    asked: int = 0
    killed: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def make_questions() -> list[Question]:
    """Make questions over the built-in plans with their answers."""
    with EmbeddedStore(build_dataset(find_plans(), Knowledge()).to_trig(), PREFIXES) as store:
        activities = [
            row["a"].value for row in store.select(f"{_AKE} SELECT ?a {{ ?a a ake:Activity }} ORDER BY ?a").rows
        ]
        texts = {f"{_AKE} SELECT * {{ {_CHAIN} FILTER(?a = <{name}>) }} ORDER BY ?p ?d": _TABLE for name in activities}
        texts |= {f"CONSTRUCT {{ <{name}> ?p ?o }} {{ <{name}> ?p ?o }}": _GRAPH for name in activities}
        texts |= {f"ASK {{ <{name}> ?p ?o }}": _TABLE[:1] for name in activities[:5]}
        texts[f"{_AKE} SELECT * {{ {_CHAIN} }} ORDER BY ?a ?b ?c ?d ?p"] = _TABLE
        named = "GRAPH ?g { ?s ?p ?o } FILTER(!ISBLANK(?s) && !ISBLANK(?o))"
        texts[f"SELECT * {{ {named} }} ORDER BY ?g ?s ?p ?o LIMIT 2000"] = _TABLE[:1]
        texts["SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?o ?q ?r . ?r ?t ?u }"] = _TABLE
        texts["SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"] = _TABLE
        return [
            Question(text, accept, store.query(text, accept=[accept]).body)
            for text, forms in texts.items()
            for accept in forms
        ]


def ask_on(port: int, questions: Sequence[Question], ended: threading.Event, course: Course, pause: float) -> None:
    """Ask until the end, and compare."""
    chance = random.Random(threading.get_ident())  # noqa: S311  # no secret
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while not ended.wait(pause * chance.uniform(0.5, 1.5)):
        question = chance.choice(questions)
        text = f"{question.text} # {chance.random()}"
        headers = {"Content-Type": "application/sparql-query", "Accept": question.accept}
        began = time.monotonic()
        try:
            connection.request("POST", "/sparql", text.encode(), headers)
            answer = connection.getresponse()
            body = answer.read()
            fault = "" if answer.status == 200 and body == question.answer else f"{answer.status} {body[:200]!r}"
        except (OSError, HTTPException) as error:
            connection.close()
            fault = repr(error)
        course.asked += 1
        course.seconds.append(time.monotonic() - began)
        if fault:
            course.wrong.append(f"{question.text[:100]} as {question.accept}: {fault}")
    connection.close()


def find_workers(process: Popen[bytes]) -> list[int]:
    """Return the process ids of the workers of a server."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process.pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def endure(
    seconds: float, *, clients: int = 4, pause: float = 0.02, every: float = 1.0, say: Callable[[str], object] = print
) -> Course:
    """Ask for so many seconds while workers are killed."""
    course, questions = Course(), make_questions()
    with serving() as (port, process), ThreadPoolExecutor(clients) as askers:
        ended = threading.Event()
        asking = [askers.submit(ask_on, port, questions, ended, course, pause) for _ in range(clients)]
        until = time.monotonic() + seconds
        told = time.monotonic() + 60
        while time.monotonic() < until:
            time.sleep(every)
            if workers := find_workers(process):
                os.kill(random.choice(workers), signal.SIGKILL)  # noqa: S311  # no secret
                course.killed += 1
            course.memory.append(memory_of(process))
            if time.monotonic() >= told:
                told += 60
                say(f"{course.asked} asked, {len(course.wrong)} wrong, {course.memory[-1]:.0f} MB")
        ended.set()
        for one in asking:
            one.result()
    return course


def growth_of(course: Course) -> float:
    """Return by which share the memory grew after the first tenth, between medians of a tenth."""
    tenth = max(len(course.memory) // 10, 1)
    before = statistics.median(course.memory[tenth : 2 * tenth] or course.memory)
    return statistics.median(course.memory[-tenth:]) / before - 1


def main() -> int:
    """Endure and print; returns 1 where something was wrong."""
    parser = argparse.ArgumentParser(description="Ask while workers are killed.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two questions of a client")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two kills")
    given = parser.parse_args()
    course = endure(given.minutes * 60, clients=given.clients, pause=given.pause, every=given.every)
    times, growth = sorted(course.seconds), growth_of(course)
    print(f"{course.asked} questions, {course.killed} workers killed, {len(course.wrong)} answers wrong or lost")
    print(
        f"p50 {times[len(times) // 2] * 1000:.1f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms,"
        f" longest {times[-1]:.2f} s"
    )
    print(
        f"memory of the server: {course.memory[0]:.0f} MB at first, {course.memory[-1]:.0f} MB at last,"
        f" growth {growth:+.1%}"
    )
    for fault in course.wrong[:_SHOWN]:
        print("  WRONG ", fault)
    return 1 if course.wrong or growth > GROWTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
