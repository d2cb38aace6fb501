"""Running rules to a fixpoint: triples and SPARQL updates in, the new triples out."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import RdfFormat, Store, serialize

from akegraph.errors import InferenceError

ROUNDS = 64
"""More rounds than any chain of a plan is long: each round at least doubles what a transitive rule has reached."""


def run_rules(triples: bytes, rules: Sequence[str]) -> bytes:
    """Run updates over N-Triples until a whole round adds nothing.

    :param triples: N-Triples, all in one graph
    :param rules: updates that only insert; our own text, never a user's
    :returns: the triples that the rules added, as sorted N-Triples
    :raises InferenceError: if there is no fixpoint within :data:`ROUNDS`
    """
    store = Store()
    store.bulk_load(triples, format=RdfFormat.N_TRIPLES)
    asserted = {quad.triple for quad in store}
    for _ in range(ROUNDS):
        before = len(store)
        for rule in rules:
            store.update(rule)
        if len(store) == before:
            break
    else:
        raise InferenceError(f"the rules reach no fixpoint within {ROUNDS} rounds")
    added = sorted((quad.triple for quad in store if quad.triple not in asserted), key=str)
    return serialize(added, format=RdfFormat.N_TRIPLES) or b""
