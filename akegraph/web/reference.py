"""What the pages about terms are made of: vocabulary, shapes, questions, and which of them uses which term."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import rdflib
from rdflib import SH, BNode, Graph, URIRef
from rdflib.term import Node

from akegraph.graph.exchange import serialise_graph
from akegraph.graph.iris import AKE_NS
from akegraph.graph.loading import load_folder, load_turtle, new_graph, parse_turtle
from akegraph.graph.vocabulary import Alignment, Vocabulary, describe_term, read_alignment, read_vocabulary
from akegraph.queries.competency import Question, load_questions
from akegraph.resources import resource
from akegraph.terms import AKE
from akegraph.validation.shapes import Rule, find_rules

if TYPE_CHECKING:
    from akegraph.queries import QueryCatalogue

_FULL = re.compile(rf"<{re.escape(str(AKE_NS))}(\w+)>")
_NOT_A_TERM = re.compile(
    r'<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\\n]|\\.)*'|#[^\n]*",
    re.DOTALL,
)
_CURIE = re.compile(r"(?<![\w:])ake:(\w+)")


@dataclass(frozen=True, slots=True)
class Reference:
    """The vocabulary, and by a term's local name what uses it.

    :ivar alignments: the models it is aligned with, by the name of the alignment
    :ivar aligned: the links to them, by the IRI of our term
    """

    vocabulary: Vocabulary
    alignments: Mapping[str, str]
    aligned: Mapping[str, tuple[Alignment, ...]]
    rules: Mapping[str, tuple[Rule, ...]]
    queries: Mapping[str, tuple[str, ...]]
    questions: tuple[Question, ...]


def make_reference(catalogue: QueryCatalogue, shapes: bytes) -> Reference:
    """Gather everything: the vocabulary that ships with akegraph, and a site's questions and shapes."""
    queries: dict[str, list[str]] = defaultdict(list)
    for name, query in catalogue.items():
        for term in find_terms(query.text):
            queries[term].append(name)
    aligned: dict[str, list[Alignment]] = defaultdict(list)
    for name in alignment_names():
        for term, links in read_alignment(load_alignment(name), name).items():
            aligned[term].extend(links)
    return Reference(
        alignments={link.file: link.model for links in aligned.values() for link in links},
        aligned={term: tuple(links) for term, links in aligned.items()},
        vocabulary=read_vocabulary(load_ontology(), load_folder(resource("ontology", "schemes"))),
        rules=find_rule_uses(_parse(shapes, "shapes")),
        queries={term: tuple(names) for term, names in queries.items()},
        questions=load_questions(),
    )


@cache
def load_ontology() -> Graph:
    """Load the ontology from its file, not to be changed: a store may write a datatype of its axioms otherwise."""
    return load_turtle(resource("ontology", "akegraph.ttl"))


@cache
def serialise_ontology(extension: str) -> bytes:
    """Write the ontology in the format of an extension, once."""
    return serialise_graph(load_ontology(), extension)


def serialise_term(term: str, extension: str) -> bytes:
    """Write what the ontology states of one term, in the format of an extension."""
    return serialise_graph(describe_term(load_ontology(), term), extension)


def alignment_names() -> tuple[str, ...]:
    """Return the names of the alignments that ship with the ontology, sorted."""
    return tuple(sorted(path.stem for path in resource("ontology", "alignments").glob("*.ttl")))


def load_alignment(name: str) -> Graph:
    """Load an alignment from its file; it is no part of any dataset."""
    return load_turtle(resource("ontology", "alignments", f"{name}.ttl"))


def serialise_alignment(name: str, extension: str) -> bytes:
    """Write an alignment in the format of an extension; as Turtle it is the file itself, with its comments."""
    if extension == "ttl":
        return resource("ontology", "alignments", f"{name}.ttl").read_bytes()
    return serialise_graph(load_alignment(name), extension)


def find_terms(sparql: str) -> frozenset[str]:
    """Find the local names of the ontology's terms in SPARQL; those in comments and texts do not count."""
    kept = _NOT_A_TERM.sub(lambda found: found[0] if _FULL.fullmatch(found[0]) else " ", sparql)
    return frozenset({*_FULL.findall(kept), *_CURIE.findall(kept)})


def find_rule_uses(shapes: Graph) -> dict[str, tuple[Rule, ...]]:
    """Find the rules that constrain each term: those with the term in path, condition or target."""
    found: dict[str, list[Rule]] = defaultdict(list)
    rules = [rule for rule in find_rules(shapes).values() if rule.messages]
    for rule in sorted(rules, key=lambda rule: (rule.code, str(rule.shape))):
        for term in _terms_of(shapes, rule.shape):
            found[term].append(rule)
    return {term: tuple(of) for term, of in found.items()}


def _terms_of(shapes: Graph, shape: Node) -> set[str]:
    """Follow a shape through its blank nodes and SPARQL constraints, and up to the targets of shapes that hold it."""
    holders = set(shapes.subjects(SH.property, shape))
    waiting: list[Node] = [shape]
    seen: set[Node] = set()
    names: set[str] = set()
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    names |= _names(value for holder in holders for target in targets for value in shapes.objects(holder, target))
    while waiting:
        node = waiting.pop()
        seen.add(node)
        for predicate, value in shapes.predicate_objects(node):
            if predicate in (AKE.inColumn, SH.property):
                continue
            names |= _names([value])
            if isinstance(value, rdflib.Literal) and predicate in (SH.select, SH.ask):
                names |= find_terms(str(value))
            if value not in seen and (isinstance(value, BNode) or predicate == SH.sparql):
                waiting.append(value)
    return names


def _names(nodes: Iterable[Node]) -> set[str]:
    return {str(node).removeprefix(str(AKE_NS)) for node in nodes if isinstance(node, URIRef) and node in AKE_NS}


def _parse(turtle: bytes, name: str) -> Graph:
    graph = new_graph()
    parse_turtle(graph, turtle, name)
    return graph
