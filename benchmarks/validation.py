"""CPU seconds and memory of validation by each engine, in one run on one machine.

    python benchmarks/validation.py [--small 1000] [--large 10000] [--cache FOLDER] [--without-reference]

Each measurement has a process of its own. In the clock is ``validate_graph``: from a graph that is loaded to all
findings, with their places and messages, and the report graph; not in it are the start of Python, reading the data and
the shapes. Seconds are user and system time of that process (``resource.getrusage``); memory is the most that it ever
held, so with the loaded graph in it. The graph is a ``CompactStore`` for every engine. The data are plans of 17
activities as ``synthetic.py`` makes them, kept in a folder as N-Triples; one plan is validated by its nodes as focus.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rdflib import Graph
from synthetic import generate_plans

from akegraph.graph.compact import CompactStore
from akegraph.graph.loading import union
from akegraph.pipeline.knowledge import Knowledge
from akegraph.validation import load_shapes, validate_graph
from akegraph.validation.engines import engine_names

PLAN = 17
"""Activities of one plan, as the real one has."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code, 1 where a figure is worse than it is to be."""
    parser = argparse.ArgumentParser(description="Measure the engines of validation.")
    parser.add_argument("--small", type=int, default=1000, help="activities of the small dataset (default: 1000)")
    parser.add_argument("--large", type=int, default=10_000, help="activities of the large dataset (default: 10000)")
    parser.add_argument("--cache", type=Path, help="folder that keeps the data (default: a temporary one)")
    parser.add_argument("--without-reference", action="store_true", help="leave plain pyshacl out: it takes minutes")
    parser.add_argument("--one", nargs=4, metavar=("DATA", "PLAN", "CONTEXT", "ENGINE"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        print(json.dumps(measure(*given.one)))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        return compare(given, given.cache or Path(temporary))


def compare(given: argparse.Namespace, folder: Path) -> int:
    """Measure every engine in processes of their own and hold the figures against the wanted ones."""
    files = {size: make(folder, size) for size in (PLAN, given.small, given.large)}
    seconds: dict[tuple[str, int, bool], float] = {}

    def child(engine: str, size: int, *, one_plan: bool = False) -> tuple[float, float]:
        plan = str(files[PLAN]) if one_plan else ""
        command = [sys.executable, __file__, "--one", str(files[size]), plan, str(folder / "context.nt"), engine]
        figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        seconds[engine, size, one_plan] = figures["seconds"]
        what = f"one plan of {size}" if one_plan else f"{size} activities"
        print(
            f"{engine:9} {what:24} {figures['findings']:6} findings {figures['seconds']:8.2f} s CPU "
            f"{figures['memory']:6.0f} MB (loaded: {figures['loaded']:.0f} MB)",
            flush=True,
        )
        return figures["seconds"], figures["memory"]

    wanted = []
    fast = "fast" in engine_names()
    default_small, _ = child("akegraph", given.small)
    if fast:
        fast_small, _ = child("fast", given.small)
        fast_large, memory = child("fast", given.large)
        wanted.append((f"{given.large} activities with fast, seconds", fast_large, 6))
        wanted.append((f"{given.large} activities with fast, MB", memory, 700))
        wanted.append((f"growth from {given.small} to {given.large}", fast_large / fast_small, 12))
    one_small, _ = child("akegraph", given.small, one_plan=True)
    one_large, _ = child("akegraph", given.large, one_plan=True)
    wanted.append((f"one plan of {given.large}, seconds", one_large, 0.4))
    wanted.append((f"one plan of {given.large} against one of {given.small}", one_large / one_small, 1.5))
    if not given.without_reference:
        plain, _ = child("pyshacl", given.small)
        wanted.append(("default engine against plain pyshacl", default_small / plain, 1 / 12))
        if fast:
            wanted.append(("fast engine against plain pyshacl", fast_small / plain, 1 / 40))
    print()
    for what, figure, most in wanted:
        print(f"{'met   ' if figure <= most else 'NOT MET'} {what}: {figure:.3g}, at most {most:.3g}")
    return int(any(figure > most for _, figure, most in wanted))


def make(folder: Path, activities: int) -> Path:
    """Write plans of 17 activities each as N-Triples, unless they are there; the smallest is part of the others."""
    path = folder / f"plans-{activities}.nt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        knowledge = Knowledge()
        # The same number of years each time, so that the plans of a small dataset are among those of a large one.
        count = -(-activities // PLAN)
        with path.open("wb") as file:
            for plan in generate_plans(count, PLAN, years=range(2026, 2126), seed=1, knowledge=knowledge):
                file.write(plan.map(knowledge).serialize(format="nt", encoding="utf-8"))
        context = union((knowledge.schemes_graph, knowledge.reference))
        (folder / "context.nt").write_bytes(context.serialize(format="nt", encoding="utf-8"))
    return path


def measure(data: str, plan: str, context: str, engine: str) -> dict[str, float]:
    """Load, validate once, and return the figures of this process."""
    knowledge, shapes = Knowledge(), load_shapes()
    ontology, loaded = knowledge.ontology, read(data)
    around = read(context)
    focus = set(read(plan).subjects()) if plan else None
    before = resource.getrusage(resource.RUSAGE_SELF)
    report = validate_graph(loaded, shapes, ontology, context=around, engine=engine, focus=focus)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "memory": after.ru_maxrss / 1024,
        "loaded": before.ru_maxrss / 1024,
        "findings": len(report.findings),
    }


def read(path: str) -> Graph:
    """Read N-Triples into a graph that takes little memory."""
    return Graph(CompactStore(), bind_namespaces="none").parse(path, format="nt")


if __name__ == "__main__":
    sys.exit(main())
