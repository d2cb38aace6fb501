"""Requests per second of ``akegraph serve`` beside rdflib-endpoint, ``oxigraph serve`` and an empty Flask handler.

    python benchmarks/service.py [--cache FOLDER] [--rdflib-endpoint PROGRAM] [--connections 8] [--rounds 3]

Needs wrk, and ``oxigraph`` in the environment or the path. Without a program, rdflib-endpoint is installed into an
environment of its own beside the data. All servers hold the same data, plans of 17 activities each with what they
stand on; they run at the same time and are asked in turn, so that what else the machine does meets all; a figure is
the median of the rounds. ``akegraph serve`` runs as it is by default: limits, log and all. Each look-up and table has
a text of its own, so that nothing is answered from a cache; a repeated query is one text, answered from it. Then the
cost of being killable: the median of a query through the pool of workers less that of the same in this process.
Returns 1 where a figure is less than it is to be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from repeated import EMPTY, empty
from validation import make

from akegraph.graph.iris import PREFIXES
from akegraph.settings import Settings
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.workers import WorkerPool
from benchmarks.hostile import serving

ACTIVITIES = 1000
OURS, RDFLIB, OXIGRAPH = "akegraph serve", "rdflib-endpoint", "oxigraph serve"
LOOKUP, TABLE, REPEATED = "chain look-up", "table of 17 rows", "repeated look-up"
MOST_OVERHEAD = 0.1
"""Milliseconds that being killable may cost."""
BARS = (
    (LOOKUP, RDFLIB, 2.0),
    (LOOKUP, EMPTY, 0.5),
    (TABLE, RDFLIB, 20.0),
    (TABLE, OXIGRAPH, 1.0),
    (REPEATED, EMPTY, 0.8),
)
"""Of what, of whose requests per second, ours are to be at least so many times."""
_PORT = 18760
_RESULTS = "application/sparql-results+json"
_PREFIXES = "PREFIX ake: <https://w3id.org/akegraph/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
_LOOKUP = _PREFIXES + (
    "SELECT ?output ?outcome ?impact ?goal WHERE { <%s> ake:hasOutput ?output . ?output ake:hasOutcome ?outcome . "
    "?outcome ake:hasImpact ?impact . OPTIONAL { ?impact ake:contributesToGoal ?goal } } LIMIT 1"
)
_TABLE = _PREFIXES + (
    "SELECT ?activity ?name ?task ?path ?output ?outcome ?impact ?level WHERE { ?activity ake:inPlan <%s> ; "
    "skos:prefLabel ?name ; ake:underTask/skos:prefLabel ?task ; ake:onPath/skos:prefLabel ?path ; ake:hasOutput ?o ; "
    "ake:hasParticipationLevel/skos:prefLabel ?level . ?o skos:prefLabel ?output ; ake:hasOutcome ?c . "
    "?c skos:prefLabel ?outcome ; ake:hasImpact/skos:prefLabel ?impact "
    'FILTER(LANG(?task) = "fi" && LANG(?path) = "fi" && LANG(?level) = "fi" && LANG(?impact) = "fi") } '
    "ORDER BY ?activity"
)
_SCRIPT = """
local names = {%s}
local count = 0
request = function()
  count = count + 1
  local path = "%s" .. names[math.random(#names)] .. "%s" .. count
  return wrk.format("GET", path, {["Accept"] = "%s"})
end
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A server that runs.

    :param address: of its queries
    """

    name: str
    address: str


@contextmanager
def running(name: str, command: Sequence[str], address: str) -> Iterator[Peer]:
    """Run a server until the end; wait until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=10).close()  # noqa: S310  # ours
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{name} did not start: {' '.join(command)}") from None
                time.sleep(0.2)
        yield Peer(name, address)
    finally:
        process.terminate()
        process.wait()


def find_rdflib_endpoint(folder: Path) -> str:
    """Install rdflib-endpoint into an environment of its own; return its program."""
    place = folder / "rdflib-endpoint"
    program = place / "bin" / "rdflib-endpoint"
    if not program.exists():
        venv.create(place, with_pip=True)
        subprocess.run([place / "bin" / "pip", "install", "-q", "rdflib-endpoint[cli]"], check=True)
    return str(program)


def find_oxigraph() -> str:
    """Find Oxigraph's own server."""
    found = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if found is None:
        raise SystemExit("oxigraph is needed: pip install oxigraph")
    return found


@contextmanager
def peers(files: Sequence[Path], folder: Path, rdflib_endpoint: str) -> Iterator[list[Peer]]:
    """Run all servers over the same files."""
    names = [str(file) for file in files]
    store = folder / "store"
    load = [find_oxigraph(), "load", "--location", str(store), *(part for name in names for part in ("--file", name))]
    subprocess.run(load, check=True, capture_output=True)
    host, ports = "127.0.0.1", iter(range(_PORT, _PORT + 10))
    with ExitStack() as stack:
        port, _ = stack.enter_context(serving(["--store", str(store)]))
        found = [Peer(OURS, f"http://{host}:{port}/sparql")]
        port = next(ports)
        command = [rdflib_endpoint, "serve", "--host", host, "--port", str(port), *names]
        found.append(stack.enter_context(running(RDFLIB, command, f"http://{host}:{port}/")))
        port = next(ports)
        command = [find_oxigraph(), "serve-read-only", "--location", str(store), "--bind", f"{host}:{port}"]
        found.append(stack.enter_context(running(OXIGRAPH, command, f"http://{host}:{port}/query")))
        port = next(ports)
        command = [sys.executable, __file__, "--empty", str(port)]
        found.append(stack.enter_context(running(EMPTY, command, f"http://{host}:{port}/sparql")))
        yield found


def count_rows(peer: Peer, text: str) -> int:
    """Ask once, and count the rows."""
    request = urllib.request.Request(f"{peer.address}?query={quote(text)}", headers={"Accept": _RESULTS})  # noqa: S310  # ours
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # ours
        return len(json.load(answer)["results"]["bindings"])


def measure(peer: Peer, text: str, names: Sequence[str], given: argparse.Namespace, folder: Path) -> float:
    """Measure requests per second; every answer must be 2xx. Without names, one text is asked again and again."""
    path = "/" + peer.address.split("/", 3)[3] + "?query="
    if names:
        before, after = (quote(part, safe="") for part in text.split("%s"))
        after += quote(f" # {time.time_ns()} ", safe="")
        script = _SCRIPT % (",".join(f'"{quote(name, safe="")}"' for name in names), path + before, after, _RESULTS)
    else:
        script = f'wrk.headers["Accept"] = "{_RESULTS}"\n'
    file = folder / "request.lua"
    file.write_text(script)
    address = peer.address + (f"?query={quote(text, safe='')}" if not names else "")
    command = ["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}s", "-s", str(file), address]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{peer.name}: {said}")
    return float(re.findall(r"Requests/sec:\s+([0-9.]+)", said)[0])


def measure_overhead(data: bytes, text: str, number: int = 1500) -> tuple[float, float]:
    """Return the milliseconds of a query in this process, and in a worker that can be killed."""
    with EmbeddedStore(data, PREFIXES) as store, WorkerPool(data, Settings(workers=1), PREFIXES) as pool:
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(number):
            for which, asked in enumerate((store, pool)):
                before = time.perf_counter()
                asked.query(text, accept=[_RESULTS])
                taken[which].append(time.perf_counter() - before)
        in_process, in_worker = (statistics.median(times[number // 5 :]) * 1000 for times in taken)
    return in_process, in_worker


def compare(found: Sequence[Peer], store: EmbeddedStore, given: argparse.Namespace, folder: Path) -> bool:
    """Measure everything in turn, print, and tell whether every bar is met."""
    activities = [
        row["a"].value for row in store.select(f"{_PREFIXES} SELECT ?a {{ ?a a ake:Activity }} ORDER BY ?a").rows
    ]
    plans = [row["p"].value for row in store.select(f"{_PREFIXES} SELECT ?p {{ ?p a ake:Plan }} ORDER BY ?p").rows]
    for peer in found:
        if peer.name != EMPTY:
            rows = [count_rows(peer, _LOOKUP % activities[7]), count_rows(peer, _TABLE % plans[0])]
            if rows != [1, 17]:
                raise SystemExit(f"{peer.name} answers {rows} rows")
    cases: Mapping[str, tuple[str, Sequence[str]]] = {
        LOOKUP: (_LOOKUP, activities),
        TABLE: (_TABLE, plans),
        REPEATED: (_LOOKUP % activities[7], ()),
        "repeated table": (_TABLE % plans[0], ()),
    }
    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(given.rounds):
        for case, (text, names) in cases.items():
            for peer in found:
                rates.setdefault((case, peer.name), []).append(measure(peer, text, names, given, folder))
    median = {key: statistics.median(values) for key, values in rates.items()}
    print(f"{'':18}" + "".join(f"{peer.name:>17}" for peer in found) + "   requests/s")
    for case in cases:
        print(f"{case:18}" + "".join(f"{median[case, peer.name]:17.0f}" for peer in found))
    is_met = True
    for case, other, least in BARS:
        share = median[case, OURS] / median[case, other]
        is_met &= share >= least
        print(f"{case}: {share:.2f} × {other}, at least {least:g}{'' if share >= least else '   NOT MET'}")
    return is_met


def serve_empty(port: int) -> None:
    """Serve the empty handler with waitress as it comes."""
    from waitress import serve

    serve(empty(), host="127.0.0.1", port=port, threads=8)


def main() -> int:
    """Measure and print; returns 1 where a bar is not met."""
    parser = argparse.ArgumentParser(description="Compare SPARQL services.")
    parser.add_argument("--cache", type=Path, help="folder that keeps the data (default: a temporary one)")
    parser.add_argument("--rdflib-endpoint", help="its program (default: installed beside the data)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--empty", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.empty:
        serve_empty(given.empty)
        return 0
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed")
    with tempfile.TemporaryDirectory() as temporary:
        cache = given.cache or Path(temporary)
        plans = make(cache, ACTIVITIES)
        files = [plans, plans.parent / "context.nt"]
        data = b"".join(file.read_bytes() for file in files)
        program = given.rdflib_endpoint or find_rdflib_endpoint(cache)
        began = os.getloadavg()[0]
        with EmbeddedStore(data, PREFIXES) as store:
            with peers(files, Path(temporary), program) as found:
                is_met = compare(found, store, given, Path(temporary))
            text = _LOOKUP % store.select(f"{_PREFIXES} SELECT ?a {{ ?a a ake:Activity }} LIMIT 1").rows[0]["a"].value
        in_process, in_worker = measure_overhead(data, text)
        overhead = in_worker - in_process
        print(
            f"killable: {in_worker:.3f} ms in a worker, {in_process:.3f} ms in process, {overhead:.3f} ms more,"
            f" at most {MOST_OVERHEAD:g}{'' if overhead <= MOST_OVERHEAD else '   NOT MET'}"
        )
        print(f"{given.connections} connections, {given.rounds} rounds of {given.seconds} s, load average {began:.1f}")
    return 0 if is_met and overhead <= MOST_OVERHEAD else 1


if __name__ == "__main__":
    raise SystemExit(main())
