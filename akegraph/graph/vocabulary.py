"""The terms of the ontology and the concepts of the schemes as values: what documentation is made from.

Nothing here names a term of the ontology: a term that is added, changed or deprecated in ``ontology/`` changes the
documentation, the context and the export without any code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as Choice

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from akegraph.graph.iris import AKE_NS, ONTOLOGY
from akegraph.graph.loading import new_graph
from akegraph.terms import AKE

TermKind = Choice["Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"]
KINDS: tuple[TermKind, ...] = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")

_CHARACTERS = ("Transitive", "Symmetric", "Asymmetric", "Reflexive", "Irreflexive", "Functional", "InverseFunctional")
_FACETS = (
    "hasValue", "allValuesFrom", "someValuesFrom", "cardinality", "minCardinality", "maxCardinality",
    "qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality", "hasSelf",
)  # fmt: skip
_CHANGES = (SKOS.changeNote, SKOS.historyNote)
_NOTES = (SKOS.scopeNote, SKOS.note, SKOS.editorialNote, RDFS.comment)


@dataclass(frozen=True, slots=True)
class Value:
    """What an annotation says: a text with its language, ``""`` where it has none, or an IRI."""

    text: str
    language: str = ""
    is_iri: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a class expression: a named class, or what a property of its members must be.

    :ivar facet: ``class``, or the local name of OWL's term such as ``hasValue``
    :ivar property: the property's IRI; empty for a class
    """

    facet: str
    value: Value
    property: str = ""


Chain = tuple[str, ...]
"""The properties of a property chain in order, by IRI."""


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of the ontology; other terms by their IRIs, sorted.

    :ivar supers: the named classes or properties directly above it
    :ivar subs: those of the ontology directly below it
    :ivar conditions: what else its superclasses ask of its members
    :ivar equivalent: the parts of the expression that defines it
    :ivar domain_of: for a class, the properties that describe it; ``range_of``, those that lead to it
    :ivar characters: ``Transitive``, ``Functional`` and the like, in OWL's order
    :ivar chains: the property chains that entail it
    :ivar in_chains: the properties whose chains it is part of, each with the chain
    """

    iri: str
    name: str
    kind: TermKind
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    examples: tuple[Value, ...]
    notes: tuple[Value, ...]
    sources: tuple[Value, ...]
    see_also: tuple[Value, ...]
    changes: tuple[Value, ...]
    supers: tuple[str, ...]
    subs: tuple[str, ...]
    conditions: tuple[Condition, ...]
    equivalent: tuple[Condition, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    domain_of: tuple[str, ...]
    range_of: tuple[str, ...]
    inverses: tuple[str, ...]
    names_inverse: bool
    characters: tuple[str, ...]
    chains: tuple[Chain, ...]
    in_chains: tuple[tuple[str, Chain], ...]
    disjoint: tuple[str, ...]
    is_deprecated: bool
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme, or the scheme itself; ``variants`` are other labels and spellings, by property."""

    iri: str
    notation: str
    rank: int | None
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    variants: Mapping[str, tuple[Value, ...]]
    notes: tuple[Value, ...]
    examples: tuple[Value, ...]
    changes: tuple[Value, ...]
    is_deprecated: bool
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with its concepts, by rank and notation; ``head`` is the scheme's own description."""

    name: str
    head: Concept
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A link from a term of ours to another model's.

    :ivar model: the other model's name
    :ivar file: the name of the alignment that states it
    :ivar relation: ``rdfs:subClassOf`` and the like, by IRI
    :ivar name: the other term with the alignment's own prefix, where it has one
    """

    model: str
    file: str
    relation: str
    target: str
    name: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Ontology and schemes.

    :ivar header: what the ontology says of itself, by the property's IRI
    :ivar version: ``owl:versionInfo``
    :ivar terms: by local name, in the order of their names
    :ivar schemes: by name, in the order of their names
    """

    header: Mapping[str, tuple[Value, ...]]
    version: str
    terms: Mapping[str, Term]
    schemes: Mapping[str, Scheme]

    def find_term(self, iri: str) -> Term | None:
        """Return the term with this IRI, None if it is not ours."""
        return self.terms.get(iri.removeprefix(str(AKE_NS))) if iri.startswith(str(AKE_NS)) else None


def read_vocabulary(ontology: Graph, schemes: Graph) -> Vocabulary:
    """Read every class and property of the ``ake:`` namespace and every ``skos:ConceptScheme``; changes nothing."""
    found = {
        URIRef(str(term)): kind
        for kind in reversed(KINDS)
        for term in ontology.subjects(RDF.type, OWL[kind])
        if str(term).startswith(str(AKE_NS))
    }
    header = {
        predicate: _values(ontology, ONTOLOGY, URIRef(predicate))
        for predicate in sorted({str(predicate) for predicate in ontology.predicates(ONTOLOGY)})
    }
    heads = sorted(schemes.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    return Vocabulary(
        header=header,
        version=str(ontology.value(ONTOLOGY, OWL.versionInfo) or ""),
        terms={_local(term): _read_term(ontology, term, found[term]) for term in sorted(found)},
        schemes={_local(head): _read_scheme(schemes, head) for head in heads},
    )


def read_alignment(graph: Graph, file: str) -> Mapping[str, tuple[Alignment, ...]]:
    """Read an alignment's links by the IRI of our term; its prefixes name the other model's terms."""
    [head] = graph.subjects(RDF.type, OWL.Ontology)
    model = str(graph.value(head, RDFS.label) or file)
    prefixes = [(prefix, str(namespace)) for prefix, namespace in graph.namespaces()]

    def shorten(target: str) -> str:
        fits = [bound for bound in prefixes if target.startswith(bound[1])]
        prefix, namespace = max(fits, key=lambda bound: len(bound[1]), default=("", ""))
        return f"{prefix}:{target.removeprefix(namespace)}" if prefix else target

    terms = {str(subject) for subject in graph.subjects() if str(subject).startswith(str(AKE_NS))}
    return {
        term: tuple(
            Alignment(model, file, str(relation), str(target), shorten(str(target)))
            for relation, target in sorted(graph.predicate_objects(URIRef(term)))
        )
        for term in sorted(terms)
    }


def describe_term(ontology: Graph, term: str) -> Graph:
    """Return what the ontology states of one term, the nodes without a name that it leads to included."""
    found = new_graph()
    for triple in ontology.cbd(URIRef(term)):
        found.add(triple)
    return found


def _read_term(graph: Graph, term: URIRef, kind: TermKind) -> Term:
    above = RDFS.subClassOf if kind == "Class" else RDFS.subPropertyOf
    chains = {prop: _chains(graph, prop) for prop in graph.subjects(OWL.propertyChainAxiom)}
    return Term(
        iri=str(term),
        name=_local(term),
        kind=kind,
        labels=_texts(graph, term, RDFS.label),
        definitions=_texts(graph, term, SKOS.definition),
        examples=_values(graph, term, SKOS.example),
        notes=_values(graph, term, *_NOTES),
        sources=_values(graph, term, DCTERMS.source),
        see_also=_values(graph, term, RDFS.seeAlso),
        changes=_values(graph, term, *_CHANGES),
        supers=_named(graph.objects(term, above)),
        subs=_named(graph.subjects(above, term)),
        conditions=_anonymous(graph, term, RDFS.subClassOf),
        equivalent=_anonymous(graph, term, OWL.equivalentClass),
        domains=_named(graph.objects(term, RDFS.domain)),
        ranges=_named(graph.objects(term, RDFS.range)),
        domain_of=_named(graph.subjects(RDFS.domain, term)),
        range_of=_named(graph.subjects(RDFS.range, term)),
        inverses=_named([*graph.objects(term, OWL.inverseOf), *graph.subjects(OWL.inverseOf, term)]),
        names_inverse=(term, OWL.inverseOf, None) in graph,
        characters=tuple(
            character for character in _CHARACTERS if (term, RDF.type, OWL[f"{character}Property"]) in graph
        ),
        chains=chains.get(term, ()),
        in_chains=tuple(
            (str(prop), chain) for prop in sorted(chains, key=str) for chain in chains[prop] if str(term) in chain
        ),
        disjoint=_disjoint(graph, term),
        is_deprecated=_is_deprecated(graph, term),
        replaced_by=_named(graph.objects(term, DCTERMS.isReplacedBy)),
    )


def _read_scheme(graph: Graph, head: Node) -> Scheme:
    concepts = [_read_concept(graph, concept) for concept in set(graph.subjects(SKOS.inScheme, head))]

    def order(concept: Concept) -> tuple[bool, int, str, str]:
        return concept.rank is None, concept.rank or 0, concept.notation, concept.iri

    return Scheme(_local(head), _read_concept(graph, head), tuple(sorted(concepts, key=order)))


def _read_concept(graph: Graph, concept: Node) -> Concept:
    rank, notation = graph.value(concept, AKE.rank), graph.value(concept, SKOS.notation)
    variants = {str(kind): _values(graph, concept, kind) for kind in (SKOS.altLabel, SKOS.hiddenLabel)}
    return Concept(
        iri=str(concept),
        notation=str(notation or _local(concept)),
        rank=int(str(rank)) if isinstance(rank, Literal) and str(rank).isdecimal() else None,
        labels=_texts(graph, concept, SKOS.prefLabel),
        definitions=_texts(graph, concept, SKOS.definition) or _texts(graph, concept, DCTERMS.description),
        variants={kind: values for kind, values in variants.items() if values},
        notes=_values(graph, concept, *_NOTES),
        examples=_values(graph, concept, SKOS.example),
        changes=_values(graph, concept, *_CHANGES),
        is_deprecated=_is_deprecated(graph, concept),
        replaced_by=_named(graph.objects(concept, DCTERMS.isReplacedBy)),
    )


def _local(node: Node) -> str:
    return str(node).replace("#", "/").rpartition("/")[2]


def _texts(graph: Graph, subject: Node, predicate: URIRef) -> dict[str, str]:
    """Return one text per language, the first in the order of the texts."""
    found = [value for value in graph.objects(subject, predicate) if isinstance(value, Literal)]
    return {value.language or "": str(value) for value in sorted(found, key=str, reverse=True)}


def _values(graph: Graph, subject: Node, *predicates: URIRef) -> tuple[Value, ...]:
    found = {_value(value) for predicate in predicates for value in graph.objects(subject, predicate)}
    return tuple(sorted(found, key=lambda value: (value.is_iri, value.language, value.text)))


def _value(node: Node) -> Value:
    language = node.language if isinstance(node, Literal) else None
    return Value(str(node), language or "", isinstance(node, URIRef))


def _named(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(sorted({str(node) for node in nodes if isinstance(node, URIRef)}))


def _chains(graph: Graph, prop: Node) -> tuple[Chain, ...]:
    lists = graph.objects(prop, OWL.propertyChainAxiom)
    return tuple(sorted(tuple(str(link) for link in Collection(graph, found)) for found in lists))


def _anonymous(graph: Graph, term: URIRef, predicate: URIRef) -> tuple[Condition, ...]:
    """Read the expressions without a name of a class, and for ``owl:equivalentClass`` the named ones too."""
    nodes = [
        node for node in graph.objects(term, predicate) if isinstance(node, BNode) or predicate == OWL.equivalentClass
    ]
    found = {condition for node in nodes for condition in _conditions(graph, node)}
    return tuple(sorted(found, key=lambda condition: (condition.property, condition.facet, condition.value.text)))


def _conditions(graph: Graph, node: Node) -> list[Condition]:
    if isinstance(node, URIRef):
        return [Condition("class", _value(node))]
    if (members := graph.value(node, OWL.intersectionOf)) is not None:
        return [found for member in Collection(graph, members) for found in _conditions(graph, member)]
    prop = graph.value(node, OWL.onProperty)
    return [
        Condition(facet, _value(value), str(prop))
        for facet in _FACETS
        if (value := graph.value(node, OWL[facet])) is not None
    ]


def _disjoint(graph: Graph, term: URIRef) -> tuple[str, ...]:
    found: set[Node] = set()
    for predicate in (OWL.disjointWith, OWL.propertyDisjointWith):
        found |= {*graph.objects(term, predicate), *graph.subjects(predicate, term)}
    for axiom in (OWL.AllDisjointClasses, OWL.AllDisjointProperties):
        for node in graph.subjects(RDF.type, axiom):
            members = list(Collection(graph, graph.value(node, OWL.members) or RDF.nil))
            found |= set(members) if term in members else set()
    return _named(found - {term})


def _is_deprecated(graph: Graph, node: Node) -> bool:
    return any(str(value) in ("true", "1") for value in graph.objects(node, OWL.deprecated))
