"""One data set, four stores: how long loading takes, and what the same questions cost in each of them.

    python benchmarks/stores.py [--activities 1000] [--seconds 2]

Every store is asked through akegraph (``open_source``), one query at a time, and every answer is compared with the
first store's. The plan is synthetic. Virtuoso and ``oxigraph serve`` are measured where they are installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from servers import find_oxigraph, serve_writable_oxigraph  # noqa: E402
from synthetic import generate_plans, write_plans  # noqa: E402
from virtuoso import PASSWORD, USER, find_virtuoso, serve_virtuoso  # noqa: E402

from akegraph.pipeline.opening import find_source, open_source  # noqa: E402
from akegraph.pipeline.storing import load_store  # noqa: E402
from akegraph.queries import load_queries  # noqa: E402
from akegraph.settings import Settings  # noqa: E402

SETTINGS = Settings(workers=1, timeout=60.0)
QUESTIONS = ("whole-chain", "participation-levels", "activities-by-path")


def main() -> None:
    """Load and ask every store, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--activities", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=2.0, help="for one question in one store")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_:
        folder = Path(name)
        plans = folder / "plans"
        write_plans(list(generate_plans(1, wanted.activities)), plans)
        dump = folder / "plans.nq"
        # Loaded from one file, so that building the plan is no part of what is measured.
        load_store(find_source(plans), str(folder / "built"), SETTINGS, lambda *_: None)
        dump.write_bytes(_dump(folder / "built"))
        print(f"{wanted.activities} activities, {len(dump.read_bytes().splitlines())} triples")
        stores = {"memory": (str(dump), 0.0), "folder": (*_load(dump, str(folder / "store")),)}
        if find_oxigraph():
            (folder / "oxigraph").mkdir()
            address = open_.enter_context(serve_writable_oxigraph(folder / "oxigraph"))
            stores["oxigraph serve"] = (f"{address}/query", _load(dump, f"{address}/store")[1])
        if find_virtuoso():
            (folder / "virtuoso").mkdir()
            address = open_.enter_context(serve_virtuoso(folder / "virtuoso"))
            os.environ.update(AKEGRAPH_STORE_USER=USER, AKEGRAPH_STORE_PASSWORD=PASSWORD)
            stores["Virtuoso"] = (f"{address}/sparql", _load(dump, f"{address}/sparql-graph-crud-auth")[1])
        _ask(stores, wanted.seconds)


def _dump(store: Path) -> bytes:
    from akegraph.pipeline.storing import dump_store

    return dump_store(find_source(store=store), SETTINGS, "nquads")


def _load(dump: Path, target: str) -> tuple[str, float]:
    began = time.perf_counter()
    load_store(find_source(dump), target, SETTINGS, lambda *_: None)
    return target, time.perf_counter() - began


def _ask(stores: dict[str, tuple[str, float]], seconds: float) -> None:
    answers: dict[str, bytes] = {}
    print(f"{'store':16} {'load s':>8} {'open s':>8}", *(f"{question:>22}" for question in QUESTIONS), "  (ms a query)")
    for label, (place, loaded) in stores.items():
        began = time.perf_counter()
        with open_source(find_source(place), SETTINGS) as opened:
            activity = (
                opened.store.select(
                    "SELECT ?a { ?a a <https://w3id.org/akegraph/ontology#Activity> } ORDER BY ?a LIMIT 1"
                )
                .rows[0]["a"]
                .value
            )
            opening = time.perf_counter() - began
            costs = []
            for question in QUESTIONS:
                text = load_queries()[question].bind({"activity": activity} if question == "whole-chain" else {})
                body = opened.store.query(text).body
                same = answers.setdefault(question, body) == body
                count, began = 0, time.perf_counter()
                while (spent := time.perf_counter() - began) < seconds:
                    opened.store.query(text)
                    count += 1
                costs.append(f"{1000 * spent / count:20.2f}{'  ' if same else ' !'}")
        print(f"{label:16} {loaded:8.2f} {opening:8.2f}", *costs)
    print("! an answer that differs from memory's")


if __name__ == "__main__":
    main()
