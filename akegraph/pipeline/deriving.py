"""closure → reason: why a triple holds, from the rule that gives it down to the cells it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib import RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node
from rdflib.util import from_n3

from akegraph.errors import BadParameterError, GraphSyntaxError, UnknownTripleError
from akegraph.graph.closure import Triple
from akegraph.graph.derivation import Derivation, Derivations
from akegraph.graph.iris import GRAPHS, PREFIXES, graph_name, shorten_iri
from akegraph.graph.loading import new_graph, parse_turtle, union
from akegraph.graph.rules import derive_rules
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.pipeline.mapping import map_folder
from akegraph.settings import Language
from akegraph.terms import AKE
from akegraph.validation.findings import Place
from akegraph.validation.formats.words import fold_places
from akegraph.validation.places import Locator

_WORDS: dict[str, dict[str, str]] = {
    "fi": {"inferred": "päätelty", "data": "perustiedoissa", "plan": "suunnitelmassa"},
    "sv": {"inferred": "härlett", "data": "i grunddata", "plan": "i planen"},
    "en": {"inferred": "inferred", "data": "in the reference data", "plan": "in the plan"},
}
_SHOWN = 110
"""So many characters of a name or a cell are shown."""
_PREFIXED = re.compile(r"^([A-Za-z][\w-]*):([^\s<>\"]*)$")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one triple holds, in words of one language.

    :param triple: its terms as N-Triples writes them
    :param labels: the names of subject, property and object, else their IRIs shortened by prefixes, or the text
    :param graph: where it is asserted, such as ``plan/ake-tampere-2026``; None for an inferred triple
    :param place: the cell it was read from, for an asserted triple that a cell states
    :param rule: the rule of OWL 2 RL that gives an inferred triple
    :param axiom: that rule as ``head <= body``, IRIs shortened by prefixes
    :param premises: the reasons of what the rule needs
    :param language: of the labels, and of the words around them
    """

    triple: Triple
    labels: tuple[str, str, str]
    graph: str | None = None
    place: Place | None = None
    rule: str | None = None
    axiom: str | None = None
    premises: tuple[Reason, ...] = ()
    language: Language = "fi"

    def __repr__(self) -> str:
        how = f"by {self.rule} from {self.cells} asserted triples" if self.rule else f"asserted in {self.graph}"
        return f"<Reason: {' → '.join(self.labels)}, {how}>"

    def to_text(self) -> str:
        """Write it as lines: what holds, then, indented, why, down to the cells."""
        return "\n".join(_lines(self, self.language, 0))

    @property
    def cells(self) -> int:
        """How many asserted triples it rests on, each counted where it is used."""
        return sum(premise.cells for premise in self.premises) if self.premises else 1


def parse_triple(text: str) -> tuple[Node, Node, Node]:
    """Read one triple as Turtle writes it, with akegraph's prefixes.

    :raises BadParameterError: if the text is anything else
    """
    wanted = "one triple is wanted, such as '<s> <p> <o>' or 'akeid:activity/x ake:leadsTo akeid:goal/y'"
    graph = new_graph()
    # Reports write akeid:activity/x, which Turtle knows only with the slash escaped.
    full = " ".join(_PREFIXED.sub(_expand, part) for part in text.strip().removesuffix(" .").split(None, 2))
    try:
        parse_turtle(graph, f"{full} .".encode(), "triple")
    except GraphSyntaxError as error:
        raise BadParameterError("triple", f"{text!r} is not readable as Turtle; {wanted}") from error
    if len(graph) != 1:
        raise BadParameterError("triple", f"{text!r} holds {len(graph)} triples; {wanted}")
    return next(iter(graph))


def _expand(name: re.Match[str]) -> str:
    return f"<{PREFIXES.get(name[1], f'{name[1]}:')}{name[2]}>"


def explain_triple(
    text: str, folders: Iterable[PlanFolder], language: Language, knowledge: Knowledge | None = None
) -> tuple[Reason, ...]:
    """Explain why a triple holds in plans with the reference data.

    :param text: see :func:`parse_triple`
    :returns: the ways in which it holds, the shortest first
    :raises BadParameterError: if ``text`` is no triple
    :raises UnknownTripleError: if it neither stands in the data nor follows from them
    """
    knowledge = knowledge or Knowledge()
    graphs = {graph_name("schemes"): knowledge.schemes_graph, graph_name("reference"): knowledge.reference}
    for folder in folders:
        plan, graph = map_folder(folder, knowledge)
        graphs[graph_name("plan", plan.id)] = graph
    return explain_among(text, graphs, knowledge.ontology, language)


def explain_among(text: str, graphs: Mapping[URIRef, Graph], ontology: Graph, language: Language) -> tuple[Reason, ...]:
    """Explain why a triple holds in graphs of asserted triples.

    :param text: see :func:`parse_triple`
    :param graphs: the graphs by name, none of them inferred
    :returns: the ways in which it holds, the shortest first
    :raises BadParameterError: if ``text`` is no triple
    :raises UnknownTripleError: if it neither stands in the graphs nor follows from them
    """
    triple = parse_triple(text)
    asserted = union(graphs.values())
    written = (_write(one) for one in asserted)
    ways = Derivations(derive_rules(ontology), written).find(_write(triple))
    if not ways:
        known = {term for graph in (asserted, ontology) for one in graph for term in one}
        strangers = [term for term in triple if isinstance(term, URIRef) and term not in known]
        raise UnknownTripleError(text, [shorten_iri(str(term)) for term in strangers])
    teller = _Teller(graphs, asserted, ontology, language)
    return tuple(teller.tell(way) for way in ways)


def _lines(reason: Reason, language: Language, depth: int) -> Iterator[str]:
    words, indent = _WORDS[language], "  " * depth
    yield f"{indent}{' → '.join(_clip(label) for label in reason.labels)}"
    if reason.rule is not None:
        yield f"{indent}  {words['inferred']}: {reason.axiom}  ({reason.rule})"
    elif reason.place is not None:
        yield f"{indent}  {fold_places([reason.place], language)}: «{_clip(reason.place.text or '')}»"
    else:
        plan = (reason.graph or "").removeprefix("plan/")
        yield f"{indent}  {words['data']}" if plan == reason.graph else f"{indent}  {words['plan']} {plan}"
    for premise in reason.premises:
        yield from _lines(premise, language, depth + 1)


def _clip(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as values for JSON."""
    return {
        "triple": dict(zip(("subject", "predicate", "object"), reason.triple, strict=True)),
        "labels": dict(zip(("subject", "predicate", "object"), reason.labels, strict=True)),
        "asserted": reason.rule is None,
        "graph": reason.graph,
        "cell": _cell_json(reason.place) if reason.place is not None else None,
        "rule": reason.rule,
        "axiom": reason.axiom,
        "premises": [reason_json(premise) for premise in reason.premises],
    }


def _cell_json(place: Place) -> dict[str, Any]:
    return {"page": place.page, "row": place.row, "column": place.heading, "text": place.text, "record": place.record}


class _Teller:
    """Puts derivations into words and finds the cells of what is asserted."""

    def __init__(self, graphs: Mapping[URIRef, Graph], asserted: Graph, ontology: Graph, language: Language) -> None:
        self._graphs, self._asserted, self._ontology, self._language = graphs, asserted, ontology, language
        self._locator = Locator(asserted)

    def tell(self, derivation: Derivation) -> Reason:
        """Tell a derivation with its premises."""
        terms = _read(derivation.triple)
        labels = (self._label(terms[0]), self._label(terms[1]), self._label(terms[2]))
        if derivation.rule is None:
            names = sorted(name.removeprefix(str(GRAPHS)) for name, graph in self._graphs.items() if terms in graph)
            in_plan = names[0].startswith("plan/")
            place = self._find_cell(terms, in_plan=in_plan)
            return Reason(derivation.triple, labels, graph=names[0], place=place, language=self._language)
        rule = derivation.rule
        return Reason(
            derivation.triple,
            labels,
            rule=rule.name,
            axiom=" ".join(_shorten(token) for token in str(rule).split(" ")),
            premises=tuple(self.tell(premise) for premise in derivation.premises),
            language=self._language,
        )

    def _find_cell(self, terms: tuple[Node, Node, Node], *, in_plan: bool) -> Place | None:
        """Find the cell that states a triple: one that both its ends are stated in, else one in the row of either."""
        ends = [
            list(self._asserted.objects(end, AKE.statedIn)) if isinstance(end, URIRef) else []
            for end in (terms[0], terms[2])
        ]
        both = set(ends[0]) & set(ends[1])
        rows = {(place.document, place.row) for record in ends[0] for place in self._places(record)}
        beside = [r for r in ends[1] if any((place.document, place.row) in rows for place in self._places(r))]
        # What a plan says of a thing alone, its name or its class, stands in the cell that words it.
        alone = self._places(terms[0]) if in_plan and not ends[1] else ()
        found = (place for record in both or beside for place in self._places(record))
        return min((*found, *alone), key=lambda place: place.order, default=None)

    def _places(self, node: Node) -> tuple[Place, ...]:
        return self._locator.find_places(node, None)

    def _label(self, term: Node) -> str:
        if isinstance(term, URIRef):
            for graph, predicate in ((self._ontology, RDFS.label), (self._asserted, SKOS.prefLabel)):
                for label in graph.objects(term, predicate):
                    if isinstance(label, Literal) and label.language == self._language:
                        return str(label)
        return self._locator.label(term)


def _write(triple: tuple[Node, Node, Node]) -> Triple:
    subject, predicate, value = (term.n3() for term in triple)
    return subject, predicate, value


def _read(triple: Triple) -> tuple[Node, Node, Node]:
    subject, predicate, value = (from_n3(token) for token in triple)
    assert isinstance(subject, Node)
    assert isinstance(predicate, Node)
    assert isinstance(value, Node)
    return subject, predicate, value


def _shorten(token: str) -> str:
    return shorten_iri(token[1:-1]) if token.startswith("<") and token.endswith(">") else token
