"""Compare the engines of validation on plans with faults: over kinds of faults and seeds, they must find the same.

    python benchmarks/engines.py [--activities 340] [--seeds 1 2 3] [--kinds KIND ...] [--apart]

Compared are the sets of focus node, source shape, constraint component, value and path. By default all kinds are put
into one graph for each seed; with ``--apart`` each kind has a graph of its own, which takes plain pyshacl as many times
as long. The exit code is 4 where there is a difference.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from faults import KINDS, seed_faults
from rdflib import Graph
from rdflib.namespace import RDFS
from synthetic import generate_plans

from akegraph.graph.loading import union
from akegraph.pipeline.knowledge import Knowledge
from akegraph.validation import load_shapes
from akegraph.validation.engines import engine_names, get_engine
from akegraph.validation.engines.comparing import result_keys

SELECTED = (
    "circle",
    "dangling-link",
    "impact-of-other-path",
    "indicators-of-other-path",
    "label-not-trimmed",
    "no-output",
    "shared-outcome",
    "task-outside-scheme",
    "two-finnish-labels",
    "two-paths",
)
"""Ten kinds: faults that core constraints find, and faults that SPARQL constraints find."""


def make_faulty(activities: int, kinds: Sequence[str], seed: int, knowledge: Knowledge) -> Graph:
    """Return a plan with faults in a fifth of its activities, with all that it rests on."""
    [plan] = generate_plans(1, activities, seed=seed, knowledge=knowledge)
    context = union((knowledge.schemes_graph, knowledge.reference))
    faulty, _ = seed_faults(plan.map(knowledge), kinds, seed=seed, share=0.2, context=context)
    return union((faulty, context, subclasses(knowledge.ontology)))


def subclasses(ontology: Graph) -> Graph:
    """Return the triples of an ontology that validation reads."""
    graph = Graph()
    for triple in ontology.triples((None, RDFS.subClassOf, None)):
        graph.add(triple)
    return graph


def count_differences(data: Graph, names: Sequence[str]) -> tuple[int, int]:
    """Return how many results the first engine has, and in how many the others differ from it."""
    shapes = load_shapes().graph
    found = {}
    for name in names:
        begun = time.process_time()
        found[name] = result_keys(get_engine(name).run(data, shapes, None))
        print(f"    {name:9} {len(found[name]):5} results {time.process_time() - begun:7.1f} s CPU", flush=True)
    reference = found[names[0]]
    differences = {(name, key) for name in names[1:] for key in found[name] ^ reference}
    for name, key in sorted(differences):
        print(f"    {names[0]} and {name} differ: {' '.join(key)}")
    return len(reference), len(differences)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; returns the exit code."""
    parser = argparse.ArgumentParser(description="Compare the engines of validation on plans with faults.")
    parser.add_argument("--activities", type=int, default=340)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(SELECTED), metavar="KIND")
    parser.add_argument("--apart", action="store_true", help="a graph for each kind")
    parser.add_argument("--engines", nargs="+", choices=engine_names(), default=None, help="the first is the reference")
    given = parser.parse_args(arguments)
    knowledge = Knowledge()
    names = given.engines or ["pyshacl", *(name for name in engine_names() if name != "pyshacl")]
    groups = [[kind] for kind in given.kinds] if given.apart else [given.kinds]
    results = differences = 0
    for seed in given.seeds:
        for kinds in groups:
            print(f"seed {seed}, {', '.join(kinds)}:", flush=True)
            more, different = count_differences(make_faulty(given.activities, kinds, seed, knowledge), names)
            results += more
            differences += different
    print(f"{len(given.seeds) * len(groups)} graphs, {results} results, {differences} differences")
    return 4 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
