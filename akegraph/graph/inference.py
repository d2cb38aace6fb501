"""Graph → closure: the triples that the ontology's own axioms entail.

Rules are derived from the axioms (sub-property, inverse, symmetric, transitive, property chain, sub-class, equivalent
class, domain, range), so a new axiom of these kinds needs no code; a class defined in a way that no rule reads is an
error. They run in Oxigraph to a fixpoint. ``reasoner="owlrl"`` gives the
same triples slowly and is the oracle of the tests. Both leave out what says nothing: literals as subjects, things
equal to themselves, and axioms about axioms.

Source: OWL 2 RL rules prp-spo1, prp-inv1/2, prp-symp, prp-trp, prp-spo2, cax-sco, cax-eqc, cls-int1/2, cls-hv1/2,
prp-dom, prp-rng (OWL 2 Profiles, section 4.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal as Choice

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from akegraph.errors import InferenceError
from akegraph.graph.loading import new_graph, union
from akegraph.store.rules import run_rules

Reasoner = Choice["rules", "owlrl"]

_OWLRL_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
"""How owlrl reports a contradiction: a blank node with this property, in the closure itself."""


def infer_triples(ontology: Graph, asserted: Graph, *, reasoner: Reasoner = "rules") -> Graph:
    """Derive what the ontology entails about the asserted data.

    :param ontology: the axioms; not changed
    :param asserted: the data, without blank nodes; not changed
    :returns: a new graph with only the new triples: no blank node, no literal subject, no reflexive ``owl:sameAs``
    :raises InferenceError: if there is no fixpoint, or owlrl finds a contradiction
    """
    return _infer_by_owlrl(ontology, asserted) if reasoner == "owlrl" else _infer_by_rules(ontology, asserted)


def derive_rules(ontology: Graph) -> tuple[str, ...]:
    """Derive one SPARQL update per axiom, sorted.

    Reads the axioms named in the module's docstring; others (disjointness, asymmetry …) entail no triple.
    """
    rules = {
        f"INSERT {{ {head} }} WHERE {{ {body} }}"
        for derive in (_property_rules, _chain_rules, _class_rules, _domain_and_range_rules)
        for head, body in derive(ontology)
    }
    return tuple(sorted(rules))


def _infer_by_rules(ontology: Graph, asserted: Graph) -> Graph:
    new = run_rules(asserted.serialize(format="nt", encoding="utf-8"), derive_rules(ontology))
    return _parse_triples(new)


def _parse_triples(triples: bytes) -> Graph:
    graph = new_graph()
    graph.parse(data=triples.decode(), format="nt")
    return graph


def _property_rules(ontology: Graph) -> Iterator[tuple[str, str]]:
    for sub, sup in _named(ontology, RDFS.subPropertyOf):
        yield f"?s {sup} ?o", f"?s {sub} ?o"
    for one, other in _named(ontology, OWL.inverseOf):
        yield f"?o {other} ?s", f"?s {one} ?o FILTER(!isLiteral(?o))"
        yield f"?o {one} ?s", f"?s {other} ?o FILTER(!isLiteral(?o))"
    for kind in ontology.subjects(RDF.type, OWL.SymmetricProperty):
        yield f"?o {kind.n3()} ?s", f"?s {kind.n3()} ?o FILTER(!isLiteral(?o))"
    for kind in ontology.subjects(RDF.type, OWL.TransitiveProperty):
        yield f"?s {kind.n3()} ?o", f"?s {kind.n3()} ?between . ?between {kind.n3()} ?o"


def _chain_rules(ontology: Graph) -> Iterator[tuple[str, str]]:
    for prop, chain in ontology.subject_objects(OWL.propertyChainAxiom):
        links = [link.n3() for link in Collection(ontology, chain)]
        body = " . ".join(f"?x{number} {link} ?x{number + 1}" for number, link in enumerate(links))
        yield f"?x0 {prop.n3()} ?x{len(links)}", body


def _class_rules(ontology: Graph) -> Iterator[tuple[str, str]]:
    for sub, sup in _named(ontology, RDFS.subClassOf):
        yield f"?s a {sup}", f"?s a {sub}"
    for one, other in _named(ontology, OWL.equivalentClass):
        yield f"?s a {other}", f"?s a {one}"
        yield f"?s a {one}", f"?s a {other}"
    for named, expression in ontology.subject_objects(OWL.equivalentClass):
        if not isinstance(expression, BNode):
            continue
        conditions = _conditions(ontology, expression)
        yield f"?s a {named.n3()}", " . ".join(conditions)
        for condition in conditions:
            yield condition, f"?s a {named.n3()}"


def _conditions(ontology: Graph, expression: Node) -> list[str]:
    """Translate a class, a hasValue restriction or an intersection of them into triple patterns about ``?s``."""
    if isinstance(expression, URIRef):
        return [f"?s a {expression.n3()}"]
    if (members := ontology.value(expression, OWL.intersectionOf)) is not None:
        return [found for member in Collection(ontology, members) for found in _conditions(ontology, member)]
    prop, value = ontology.value(expression, OWL.onProperty), ontology.value(expression, OWL.hasValue)
    if prop is None or value is None:
        raise InferenceError("the ontology defines a class by an expression that no rule reads; use hasValue")
    return [f"?s {prop.n3()} {value.n3()}"]


def _domain_and_range_rules(ontology: Graph) -> Iterator[tuple[str, str]]:
    for prop, domain in _named(ontology, RDFS.domain):
        yield f"?s a {domain}", f"?s {prop} ?o"
    datatypes = {prop.n3() for prop in ontology.subjects(RDF.type, OWL.DatatypeProperty)}
    for prop, target in _named(ontology, RDFS.range):
        if prop not in datatypes:
            yield f"?o a {target}", f"?s {prop} ?o FILTER(!isLiteral(?o))"


def _named(ontology: Graph, predicate: URIRef) -> Iterator[tuple[str, str]]:
    """Iterate over the axioms between two named terms, as SPARQL text."""
    for one, other in ontology.subject_objects(predicate):
        if isinstance(one, URIRef) and isinstance(other, URIRef):
            yield one.n3(), other.n3()


def _infer_by_owlrl(ontology: Graph, asserted: Graph) -> Graph:
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
