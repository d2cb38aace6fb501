"""Graph → closure: the triples that the ontology's own axioms entail.

The rules are derived from the axioms (:mod:`akegraph.graph.rules`) and run to a fixpoint
(:mod:`akegraph.graph.closure`). ``reasoner="owlrl"`` gives the same triples slowly and is the oracle of the tests. Both
leave out what says nothing: literals as subjects, things equal to themselves, and axioms about axioms.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Literal as Choice
from typing import Protocol, cast

from rdflib import OWL, RDF, BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from akegraph.errors import InferenceError
from akegraph.graph.closure import Closure, Triple
from akegraph.graph.loading import new_graph, union
from akegraph.graph.rules import derive_rules

Reasoner = Choice["rules", "owlrl"]

_OWLRL_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
"""How owlrl reports a contradiction: a blank node with this property, in the closure itself."""


class Inference(Protocol):
    """A closure that grows graph by graph."""

    def add(self, asserted: Graph) -> Graph:
        """Add asserted data, without blank nodes, and derive what they entail together with all that was added before.

        :param asserted: not changed
        :returns: a new graph with only the new triples: no blank node, no literal subject, no reflexive ``owl:sameAs``
        :raises InferenceError: if owlrl finds a contradiction
        """

    def copy(self) -> Inference:
        """Make one that holds the same and grows by itself."""


def open_inference(ontology: Graph, reasoner: Reasoner = "rules") -> Inference:
    """Open an empty closure under the ontology's axioms.

    :param ontology: the axioms; not changed
    :raises InferenceError: if an axiom defines a class in a way that no rule reads
    """
    return _ByOwlrl(ontology) if reasoner == "owlrl" else _ByRules(ontology)


def infer_triples(ontology: Graph, asserted: Graph, *, reasoner: Reasoner = "rules") -> Graph:
    """Derive what the ontology entails about the asserted data; see :meth:`Inference.add`."""
    return open_inference(ontology, reasoner).add(asserted)


class _ByRules:
    """The axioms as rules."""

    def __init__(self, ontology: Graph) -> None:
        self._closure = Closure(derive_rules(ontology))
        self._tokens: dict[Node, str] = {}
        self._terms: dict[str, Node] = {}

    def copy(self) -> _ByRules:
        """See :meth:`Inference.copy`."""
        twin = copy(self)
        twin._closure = self._closure.copy()
        return twin

    def add(self, asserted: Graph) -> Graph:
        """See :meth:`Inference.add`."""
        inferred = new_graph()
        for subject, predicate, value in self._closure.add(self._write(asserted)):
            inferred.add((self._read(subject), self._read(predicate), self._read(value)))
        return inferred

    def _write(self, graph: Graph) -> Iterable[Triple]:
        """Write triples as the closure takes them, one string for each term."""
        for subject, predicate, value in graph:
            yield self._token(subject), self._token(predicate), self._token(value)

    def _token(self, term: Node) -> str:
        if term not in self._tokens:
            token = f"<{term}>" if isinstance(term, URIRef) else cast(IdentifiedNode | Literal, term).n3()
            self._tokens[term], self._terms[token] = token, term
        return self._tokens[term]

    def _read(self, token: str) -> Node:
        # What is not a term of the data is one of the ontology: an IRI.
        return self._terms.setdefault(token, URIRef(token[1:-1]))


class _ByOwlrl:
    """OWL 2 RL as owlrl knows it, over everything again whenever something is added."""

    def __init__(self, ontology: Graph) -> None:
        self._ontology = ontology
        self._asserted = new_graph()
        self._inferred = new_graph()

    def copy(self) -> _ByOwlrl:
        """See :meth:`Inference.copy`."""
        return copy(self)

    def add(self, asserted: Graph) -> Graph:
        """See :meth:`Inference.add`."""
        self._asserted = union((self._asserted, asserted))
        new = _close_by_owlrl(self._ontology, self._asserted) - self._inferred
        self._inferred = union((self._inferred, new))
        return new


def _close_by_owlrl(ontology: Graph, asserted: Graph) -> Graph:
    """Close with owlrl and keep what the rules would give: facts about the data, in the ontology's vocabulary."""
    import owlrl

    closed = union((ontology, asserted))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False).expand(closed)
    if contradictions := sorted(str(found) for found in closed.objects(None, _OWLRL_ERROR)):
        raise InferenceError(f"the data contradict the ontology: {'; '.join(contradictions)}")
    terms = set(ontology.subjects())
    inferred = new_graph()
    for s, p, o in closed:
        if (s, p, o) in asserted or s in terms or isinstance(s, Literal | BNode) or isinstance(o, BNode):
            continue
        if p in (OWL.sameAs, OWL.differentFrom) or (p == RDF.type and o not in terms):
            continue
        if p in (RDF.type, *terms):
            inferred.add((s, p, o))
    return inferred
