"""CPU seconds of the closure: the axioms' rules over plans of 17 activities, all in one closure.

    python benchmarks/closure.py 1000 10000

The clock runs while triples, already read, are added and everything that follows is found; nothing is parsed or written
in it. The reference data are in the closure before.
"""

from __future__ import annotations

import argparse
import resource as limits
import time
from collections.abc import Iterator

from rdflib import Graph
from synthetic import generate_plans

from akegraph.graph.closure import Closure, Triple
from akegraph.graph.loading import union
from akegraph.graph.rules import derive_rules
from akegraph.pipeline.knowledge import Knowledge

ACTIVITIES = 17
FIRST_YEAR, ORGANISATIONS = 2000, 8


def read_triples(graph: Graph, same: dict[str, str]) -> Iterator[Triple]:
    """Write triples as inference hands them to the closure: equal terms as one string, across graphs too.

    :param same: the strings by themselves; filled
    """
    for triple in graph:
        subject, predicate, value = (same.setdefault(token, token) for token in (term.n3() for term in triple))
        yield subject, predicate, value


def measure(activities: int, knowledge: Knowledge) -> None:
    """Print triples in and out and the CPU seconds for so many activities."""
    plans = -(-activities // ACTIVITIES)
    years = range(FIRST_YEAR, FIRST_YEAR + max(2, -(-plans // ORGANISATIONS)))
    closure = Closure(derive_rules(knowledge.ontology))
    same: dict[str, str] = {}
    closure.add(read_triples(union((knowledge.schemes_graph, knowledge.reference)), same))
    triples: list[Triple] = []
    for one in generate_plans(plans, ACTIVITIES, years=list(years), knowledge=knowledge):
        triples += read_triples(one.map(knowledge), same)
    before = time.process_time()
    new = closure.add(triples)
    spent = time.process_time() - before
    peak = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{plans * ACTIVITIES:10} {len(triples):9} {len(new):9} {spent:8.2f} {peak:8}")


def main() -> None:
    """Measure the sizes given on the command line."""
    parser = argparse.ArgumentParser(description="Measure the closure.")
    parser.add_argument("sizes", type=int, nargs="*", default=[1000, 10000], help="activities (default: 1000 10000)")
    knowledge = Knowledge()
    print(f"{'activities':>10} {'asserted':>9} {'inferred':>9} {'CPU s':>8} {'peak MB':>8}")
    for size in parser.parse_args().sizes:
        measure(size, knowledge)


if __name__ == "__main__":
    main()
