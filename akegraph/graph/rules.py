"""The ontology's axioms as rules: what follows from what.

A rule is derived from each axiom, so a new axiom of a kind that is known here needs no code; a class defined in a way
that no rule reads is an error.

Source: OWL 2 RL rules prp-spo1, prp-eqp1/2, prp-inv1/2, prp-symp, prp-trp, prp-spo2, cax-sco, cax-eqc, cls-int1/2,
cls-hv1/2, prp-dom, prp-rng (OWL 2 Profiles, section 4.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from akegraph.errors import InferenceError

TYPE = f"<{RDF.type}>"
_FORBIDDING = (OWL.complementOf, OWL.maxCardinality, OWL.maxQualifiedCardinality)
"""What a class above another may say that entails contradictions and equalities, but no triple."""


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """A triple pattern: variables begin with ``?``, all else is as N-Triples writes it; the predicate is constant."""

    subject: str
    predicate: str
    object: str

    def __str__(self) -> str:
        """Write the pattern as SPARQL does."""
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """The head follows where every pattern of the body holds; a literal never becomes a subject.

    :param name: the rule of OWL 2 RL that it is an instance of, ``prp-spo1``
    """

    name: str
    head: Atom
    body: tuple[Atom, ...]

    def __str__(self) -> str:
        """Write the rule as ``head <= body``."""
        return f"{self.head} <= {' . '.join(map(str, self.body))}"


def derive_rules(ontology: Graph) -> tuple[Rule, ...]:
    """Derive a rule from each axiom, sorted.

    Reads the axioms that the module's docstring names; others (disjointness, cardinality …) entail no triple.

    :raises InferenceError: if a class is defined, or is below one defined, by an expression that no rule reads
    """
    deriving = (_property_rules, _chain_rules, _class_rules, _domain_and_range_rules)
    return tuple(sorted({rule for derive in deriving for rule in derive(ontology)}))


def _property_rules(ontology: Graph) -> Iterator[Rule]:
    for sub, sup in _named(ontology, RDFS.subPropertyOf):
        yield Rule("prp-spo1", Atom("?s", sup, "?o"), (Atom("?s", sub, "?o"),))
    for one, other in _named(ontology, OWL.equivalentProperty):
        yield Rule("prp-eqp1", Atom("?s", other, "?o"), (Atom("?s", one, "?o"),))
        yield Rule("prp-eqp2", Atom("?s", one, "?o"), (Atom("?s", other, "?o"),))
    for one, other in _named(ontology, OWL.inverseOf):
        yield Rule("prp-inv1", Atom("?o", other, "?s"), (Atom("?s", one, "?o"),))
        yield Rule("prp-inv2", Atom("?o", one, "?s"), (Atom("?s", other, "?o"),))
    for prop in _of_kind(ontology, OWL.SymmetricProperty):
        yield Rule("prp-symp", Atom("?o", prop, "?s"), (Atom("?s", prop, "?o"),))
    for prop in _of_kind(ontology, OWL.TransitiveProperty):
        yield Rule("prp-trp", Atom("?x0", prop, "?x2"), (Atom("?x0", prop, "?x1"), Atom("?x1", prop, "?x2")))


def _chain_rules(ontology: Graph) -> Iterator[Rule]:
    for prop, chain in ontology.subject_objects(OWL.propertyChainAxiom):
        links = [link.n3() for link in Collection(ontology, chain)]
        body = tuple(Atom(f"?x{at}", link, f"?x{at + 1}") for at, link in enumerate(links))
        yield Rule("prp-spo2", Atom("?x0", prop.n3(), f"?x{len(links)}"), body)


def _class_rules(ontology: Graph) -> Iterator[Rule]:
    for sub, sup in _named(ontology, RDFS.subClassOf):
        yield Rule("cax-sco", Atom("?s", TYPE, sup), (Atom("?s", TYPE, sub),))
    for one, other in _named(ontology, OWL.equivalentClass):
        yield Rule("cax-eqc1", Atom("?s", TYPE, other), (Atom("?s", TYPE, one),))
        yield Rule("cax-eqc2", Atom("?s", TYPE, one), (Atom("?s", TYPE, other),))
    for named, expression in ontology.subject_objects(OWL.equivalentClass):
        if not isinstance(expression, BNode):
            continue
        conditions = tuple(_conditions(ontology, expression))
        member = Atom("?s", TYPE, named.n3())
        yield Rule("cls-int1", member, conditions)
        for condition in conditions:
            yield Rule("cls-int2", condition, (member,))
    for below, expression in ontology.subject_objects(RDFS.subClassOf):
        if isinstance(expression, BNode) and not any((expression, kind, None) in ontology for kind in _FORBIDDING):
            for condition in _conditions(ontology, expression):
                yield Rule("cls-hv1", condition, (Atom("?s", TYPE, below.n3()),))


def _conditions(ontology: Graph, expression: Node) -> list[Atom]:
    """Translate a class, a hasValue restriction or an intersection of them into patterns about ``?s``."""
    if isinstance(expression, URIRef):
        return [Atom("?s", TYPE, expression.n3())]
    if (members := ontology.value(expression, OWL.intersectionOf)) is not None:
        return [found for member in Collection(ontology, members) for found in _conditions(ontology, member)]
    prop, value = ontology.value(expression, OWL.onProperty), ontology.value(expression, OWL.hasValue)
    if prop is None or value is None:
        raise InferenceError("the ontology defines a class by an expression that no rule reads; use hasValue")
    return [Atom("?s", prop.n3(), value.n3())]


def _domain_and_range_rules(ontology: Graph) -> Iterator[Rule]:
    for prop, domain in _named(ontology, RDFS.domain):
        yield Rule("prp-dom", Atom("?s", TYPE, domain), (Atom("?s", prop, "?o"),))
    datatypes = set(_of_kind(ontology, OWL.DatatypeProperty))
    for prop, target in _named(ontology, RDFS.range):
        if prop not in datatypes:
            yield Rule("prp-rng", Atom("?o", TYPE, target), (Atom("?s", prop, "?o"),))


def _of_kind(ontology: Graph, kind: URIRef) -> Iterator[str]:
    """Iterate over the named properties of a kind, as N-Triples writes them."""
    return (prop.n3() for prop in ontology.subjects(RDF.type, kind) if isinstance(prop, URIRef))


def _named(ontology: Graph, predicate: URIRef) -> Iterator[tuple[str, str]]:
    """Iterate over the axioms between two named terms, as N-Triples writes them."""
    for one, other in ontology.subject_objects(predicate):
        if isinstance(one, URIRef) and isinstance(other, URIRef):
            yield one.n3(), other.n3()
