"""The concept schemes as values: wordings for the table layer, IRIs for the mapping."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Node

from akegraph.errors import VocabularyError
from akegraph.graph.iris import AKEV
from akegraph.settings import LANGUAGES
from akegraph.table.columns import Lexicon, Wording, read_anchors
from akegraph.table.plan import LANGUAGE
from akegraph.terms import AKE


@dataclass(frozen=True, slots=True)
class Schemes:
    """The concepts by scheme and notation, and the wordings the table layer knows them by."""

    concepts: Mapping[tuple[str, str], URIRef]
    lexicon: Lexicon

    def concept(self, scheme: str, notation: str) -> URIRef:
        """Return the concept's IRI.

        :raises VocabularyError: if the scheme has no such notation
        """
        try:
            return self.concepts[scheme, notation]
        except KeyError:
            known = ", ".join(sorted(found for name, found in self.concepts if name == scheme))
            raise VocabularyError(f"scheme {scheme!r}: no concept {notation!r}; known are {known or 'none'}") from None


def read_schemes(graph: Graph, anchors: Path) -> Schemes:
    """Read ``skos:Concept``s with ``skos:inScheme``, ``skos:notation``, ``ake:rank`` and Finnish labels.

    ``skos:prefLabel`` gives the wording, ``skos:altLabel`` and ``skos:hiddenLabel`` its variants; for columns, the
    labels in other languages are variants too.

    :param graph: the schemes; not changed
    :param anchors: the file of the words that open the parts of a cell
    :raises VocabularyError: if a scheme is missing or a concept lacks notation, rank or label
    """
    concepts: dict[tuple[str, str], URIRef] = {}
    wordings: dict[str, tuple[Wording, ...]] = {}
    for scheme in ("column", "task", "path", "participation", "timing"):
        found: list[Wording] = []
        for concept in graph.subjects(SKOS.inScheme, AKEV[scheme]):
            # a plan in Finnish may be headed in another language, and then its headings alone are
            wording = _wording(graph, concept, LANGUAGES if scheme == "column" else (LANGUAGE,))
            concepts[scheme, wording.notation] = URIRef(str(concept))
            found.append(wording)
        if not found:
            raise VocabularyError(f"scheme {AKEV[scheme]}: has no concepts")
        wordings[scheme] = tuple(sorted(found, key=lambda wording: wording.rank))
    lexicon = Lexicon(
        columns=wordings["column"],
        tasks=wordings["task"],
        paths=wordings["path"],
        levels=wordings["participation"],
        timings=wordings["timing"],
        anchors=read_anchors(anchors),
    )
    return Schemes(concepts, lexicon)


def _wording(graph: Graph, concept: Node, languages: Collection[str]) -> Wording:
    notation = graph.value(concept, SKOS.notation)
    rank = graph.value(concept, AKE.rank)
    labels = _texts(graph, concept, SKOS.prefLabel, (LANGUAGE,))
    if notation is None or not isinstance(rank, Literal) or len(labels) != 1:
        raise VocabularyError(f"concept {concept}: needs one skos:notation, ake:rank and skos:prefLabel@{LANGUAGE}")
    names = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
    variants = {text for predicate in names for text in _texts(graph, concept, predicate, languages)} - {labels[0]}
    return Wording(str(notation), labels[0], tuple(sorted(variants)), int(rank))


def _texts(graph: Graph, concept: Node, predicate: URIRef, languages: Collection[str]) -> list[str]:
    return [
        str(value)
        for value in graph.objects(concept, predicate)
        if isinstance(value, Literal) and value.language in languages
    ]
