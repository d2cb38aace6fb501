"""CPU milliseconds of every question of the catalogue, in Oxigraph and in rdflib's own engine, as one table.

    python benchmarks/queries.py [--cache FOLDER] [--sizes 17 1000 10000] [--only NAME …] [--without-reference]

Size 17 is the real plan; the others are plans of 17 activities as ``synthetic.py`` makes them, with the schemes, the
reference data and all that follows from them, kept in a folder as N-Triples. A question is asked as it stands, with its
defaults; a parameter that must be given gets the first value that the data know. "store" is the engine in this
process, from text to serialised answer; "pool" adds the processor time of a worker to that of this process; both were
asked once before. "rdflib" is ``Graph.query`` to the last row, in a process of its own that is stopped at the limit:
"> 2000" is slower than what took less, however long it would have taken. The whole run takes about ten minutes, of
which reading 10,000 activities into rdflib is the longest part, and four gigabytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rdflib import Dataset, URIRef
from validation import PLAN, make

from akegraph.graph.closure import Closure
from akegraph.graph.iris import BASE, PREFIXES
from akegraph.graph.rules import derive_rules
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.queries import NamedQuery, load_queries
from akegraph.queries.choosing import find_values
from akegraph.settings import Settings
from akegraph.store.base import Store
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.workers import WorkerPool

MOST = {PLAN: 5.0, 10_000: 500.0}
"""At most so many milliseconds at a size; what lies between two sizes has the bar of the larger."""
LEAST_TIME, MOST_RUNS = 0.1, 21
_LINE = re.compile(rb" \.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one question took at one size; milliseconds, None where it was not measured or ran into the limit."""

    query: str
    size: int
    rows: int
    store: float
    pool: float | None
    rdflib: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code, 1 where a figure is worse than it is to be."""
    parser = argparse.ArgumentParser(description="Measure the questions of the catalogue.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[PLAN, 1000, 10_000], help="activities")
    parser.add_argument("--only", nargs="+", metavar="NAME", default=list(load_queries()), help="these questions only")
    parser.add_argument("--limit", type=int, default=2, help="seconds that rdflib gets for a question (default: 2)")
    parser.add_argument("--cache", type=Path, help="folder that keeps the data (default: a temporary one)")
    parser.add_argument("--without-reference", action="store_true", help="leave rdflib out: it takes minutes")
    given = parser.parse_args(arguments)
    queries = [load_queries().get_query(name) for name in given.only]
    limit = 0 if given.without_reference else given.limit
    print(f"{'question':24} {'activities':>10} {'rows':>7} {'store ms':>9} {'pool ms':>9} {'rdflib ms':>9}")
    missed = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in sorted(given.sizes):
            for figure in measure(queries, size, limit, given.cache or Path(temporary)):
                faults = find_faults(figure, limit)
                missed += [f"{figure.query} at {size}: {fault}" for fault in faults]
                print(line_of(figure, limit), "  NOT MET" if faults else "", flush=True)
    print()
    print("\n".join(missed) or "Every question is within its bars.")
    return int(bool(missed))


def find_faults(figure: Figure, limit: int) -> list[str]:
    """Say what of a figure is worse than it is to be."""
    most = next((bar for size, bar in sorted(MOST.items()) if figure.size <= size), None)
    reference = figure.rdflib if figure.rdflib is not None else limit * 1000.0
    faults = []
    for name, taken in (("store", figure.store), ("pool", figure.pool)):
        if taken is not None and most is not None and taken > most:
            faults.append(f"{name} {taken:.1f} ms, at most {most:.0f}")
        if taken is not None and limit and taken > reference:
            faults.append(f"{name} {taken:.1f} ms, rdflib {reference:.1f}")
    return faults


def line_of(figure: Figure, limit: int) -> str:
    """Write a figure as a line of the table."""
    pool = "-" if figure.pool is None else f"{figure.pool:.1f}"
    reference = f"{figure.rdflib:.1f}" if figure.rdflib is not None else (f"> {limit * 1000}" if limit else "-")
    start = f"{figure.query:24} {figure.size:10} {figure.rows:7} {figure.store:9.1f}"
    return f"{start} {pool:>9} {reference:>9}"


def measure(queries: Sequence[NamedQuery], size: int, limit: int, folder: Path) -> list[Figure]:
    """Measure all questions at one size: first the two stores, then rdflib, so that one of them is in memory."""
    graphs = read_real() if size == PLAN else read_synthetic(size, folder)
    data = b"".join(_LINE.sub(b" <%sgraph/%s> ." % (BASE.encode(), name.encode()), graph) for name, graph in graphs)
    store = EmbeddedStore(data)
    texts = {query.name: query.bind(required_values(query, store)) for query in queries}
    rows, in_store, in_pool = {}, {}, {}
    for name, text in texts.items():
        answer = store.query(text, accept=["text/csv"])
        rows[name] = sum(1 for _ in csv.reader(io.StringIO(answer.body.decode()))) - 1
        in_store[name] = timed(store, text, time.process_time)
    store.close()
    # More than a server gives its workers, so that the largest data fit; that is for the one who sets the server up.
    with closing(WorkerPool(data, Settings(workers=1, memory=8192, timeout=60), PREFIXES)) as pool:
        pool.query("ASK {}")
        worker = find_children()
        for name, text in texts.items():
            pool.query(text)
            in_pool[name] = timed(pool, text, lambda: time.process_time() + seconds_of(worker)) if worker else None
    reference = ask_rdflib(graphs, texts, limit) if limit else {}
    return [
        Figure(name, size, rows[name], in_store[name], in_pool[name], reference.get(name)) for name in texts
    ]  # fmt: skip


def read_real() -> list[tuple[str, bytes]]:
    """Build the real plan: every named graph as N-Triples."""
    dataset = build_dataset(find_plans(["ake-tampere-2026"]))
    graphs = [(str(name), graph.serialize(format="nt", encoding="utf-8")) for name, graph in dataset.graphs.items()]
    return [(name.removeprefix(f"{BASE}graph/"), content) for name, content in graphs]


def read_synthetic(size: int, folder: Path) -> list[tuple[str, bytes]]:
    """Read plans of 17 activities each, what they stand on, and all that follows; made once and kept."""
    plans, context, inferred = make(folder, size), folder / "context.nt", folder / f"inferred-{size}.nt"
    if not inferred.exists():
        closure = Closure(derive_rules(Knowledge().ontology))
        new = [closure.add(read_triples(path.read_text(encoding="utf-8"))) for path in (context, plans)]
        lines = sorted(f"{' '.join(triple)} .\n" for part in new for triple in part)
        inferred.write_text("".join(lines), encoding="utf-8")
    parts = {"reference": context, "plans": plans, "inferred": inferred}
    return [(name, path.read_bytes()) for name, path in parts.items()]


def read_triples(text: str) -> list[tuple[str, str, str]]:
    """Split N-Triples into terms as the closure takes them, equal terms as one string."""
    same: dict[str, str] = {}
    triples = []
    for line in text.splitlines():
        if line:
            subject, predicate, value = line.removesuffix(" .").split(" ", 2)
            triples.append((sys.intern(subject), sys.intern(predicate), same.setdefault(value, value)))
    return triples


def required_values(query: NamedQuery, store: Store) -> dict[str, str]:
    """Give each parameter that must have a value the first one that the data know, or its example."""
    required = {name: parameter for name, parameter in query.parameters.items() if parameter.required}
    return {name: next(iter(find_values(store, known)), known.example or "") for name, known in required.items()}


def timed(store: Store, text: str, clock: Callable[[], float]) -> float:
    """Ask until it has taken a tenth of a second or 21 times; returns the median in milliseconds."""
    taken: list[float] = []
    while not taken or (sum(taken) < LEAST_TIME and len(taken) < MOST_RUNS):
        before = clock()
        store.query(text)
        taken.append(clock() - before)
    return 1000 * statistics.median(taken)


def find_children() -> list[int]:
    """Find the processes that this one started, where the system shows them as files."""
    own = str(os.getpid())
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if state[1] == own and (path.parent / "schedstat").exists():
            found.append(int(path.parent.name))
    return found


def seconds_of(processes: Sequence[int]) -> float:
    """Return the processor time of all threads of the processes, to the nanosecond."""
    threads = (path for number in processes for path in Path(f"/proc/{number}/task").glob("*/schedstat"))
    return sum(int(path.read_text(encoding="utf-8").split()[0]) for path in threads) / 1e9


def ask_rdflib(graphs: Sequence[tuple[str, bytes]], texts: dict[str, str], limit: int) -> dict[str, float]:
    """Ask rdflib each question in a copy of this process; what ran into the limit is left out."""
    dataset = Dataset(default_union=True)
    for name, content in graphs:
        dataset.graph(URIRef(f"{BASE}graph/{name}")).parse(data=content, format="nt")
    # Its first question compiles its grammar; that is not of any one question.
    list(dataset.query("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"))
    found = {}
    for name, text in texts.items():
        reading, writing = os.pipe()
        if not (child := os.fork()):
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            try:
                os.write(writing, f"{time_rdflib(dataset, text)}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        if answer:
            found[name] = float(answer)
        elif not os.WIFSIGNALED(status):
            raise RuntimeError(f"rdflib cannot answer {name}")
    return found


def time_rdflib(graph: Dataset, text: str) -> float:
    """Ask up to three times, each to the last row; returns the least time in milliseconds."""
    taken: list[float] = []
    while len(taken) < 3 and sum(taken) < LEAST_TIME:
        before = time.process_time()
        for _ in graph.query(text):
            pass
        taken.append(time.process_time() - before)
    return 1000 * min(taken)


if __name__ == "__main__":
    sys.exit(main())
