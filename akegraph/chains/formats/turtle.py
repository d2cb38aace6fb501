"""Chains as RDF: the asserted triples of their elements and of the cells they were read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.chains.model import Chain, Element
from akegraph.graph.loading import new_graph
from akegraph.graph.serialising import serialise_turtle
from akegraph.store.base import Term
from akegraph.terms import AKE

_WITHIN = frozenset(
    str(term)
    for term in (
        AKE.aimsAtGoal, AKE.contributesToGoal, AKE.hasEvaluation, AKE.hasImpact, AKE.hasOutcome, AKE.hasOutput,
        AKE.hasParticipationLevel, AKE.hasTiming, AKE.inputTo, AKE.onPath, AKE.statedIn, AKE.underTask,
        AKE.usesIndicatorSet, AKE.usesInput,
    )
)  # fmt: skip
"""Relations that are left out where they lead to what is not in the chain: shared things have other chains' too."""


def chains_turtle(chains: Sequence[Chain]) -> str:
    """Write chains as one Turtle document, the same text on every run; shared things stand in it once.

    :raises ValueError: if a chain was found without its statements
    """
    return serialise_turtle(chains_graph(chains)).decode()


def chains_graph(chains: Sequence[Chain]) -> Graph:
    """Return the asserted triples of chains as a new graph.

    Of each element, of its plan, its documents and the ``ake:SourceRecord``s of its places all that is asserted. A
    relation of the chain is in the graph if both its ends are.

    :raises ValueError: if a chain was found without its statements
    """
    kept = {iri for chain in chains for iri in _things(chain)}
    graph = new_graph()
    for chain in chains:
        if chain.statements is None:
            raise ValueError(f"{chain.activity}: was found without its statements; find it with statements=True")
        for subject, predicate, value in chain.statements:
            if subject.value in kept and (predicate.value not in _WITHIN or value.value in kept):
                graph.add((_node(subject), _node(predicate), _node(value)))
    return graph


def _things(chain: Chain) -> Iterable[str]:
    """Return the IRIs of what a chain, or a part of one, is made of and was read from."""
    elements: tuple[Element, ...] = (*chain.steps, *chain.facets)
    yield chain.plan
    for element in elements:
        yield element.iri
        for place in element.places:
            yield place.record
            yield place.document
    if not chain.of_kind("activity"):
        return
    own = {chain.activity}
    for subject, predicate, value in chain.statements or ():
        if subject.value == chain.activity and predicate.value == str(AKE.hasEvaluation):
            own.add(value.value)
    yield from own
    for subject, predicate, value in chain.statements or ():
        is_period = subject.value == chain.plan and predicate.value == str(AKE.coversPeriod)
        if is_period or (subject.value in own and predicate.value == str(AKE.statedIn)):
            yield value.value


def _node(term: Term) -> Node:
    if term.kind == "iri":
        return URIRef(term.value)
    if term.kind == "blank":
        return BNode(term.value)
    datatype = None if term.datatype is None else URIRef(term.datatype)
    # normalize would rewrite "016" to "16", which the store does not hold
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
