"""The framework that plans share: which impact, goals and indicators stand at the end of each path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from akegraph.errors import VocabularyError
from akegraph.graph.iris import mint_resource
from akegraph.terms import AKE


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a pathway.

    :ivar number: its printed number, or None where the source does not number it
    :ivar text: its wording, or None where the source has only its name
    """

    iri: URIRef
    number: int | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Pathway:
    """The impact side of one path: one impact, its goals and their indicator sets."""

    iri: URIRef
    impact: URIRef
    impact_text: str
    goals: tuple[Goal, ...]
    indicator_sets: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A versioned framework: its pathways by the notation of their path."""

    iri: URIRef
    pathways: Mapping[str, Pathway]


def read_framework(graph: Graph, framework_id: str) -> Framework:
    """Read a framework's pathways.

    Reads ``ake:partOfFramework``, ``ake:hasImpactPathway``, ``ake:inPathway``, ``ake:hasIndicatorSet``,
    ``ake:goalText``, ``ake:rank`` and ``skos:prefLabel``.

    :param graph: reference data and schemes; not changed
    :raises VocabularyError: if the framework is unknown or a pathway has not exactly one path and one impact
    """
    framework = mint_resource("framework", framework_id)
    if (framework, RDF.type, AKE.ImpactFramework) not in graph:
        raise VocabularyError(f"framework {framework_id!r}: not in data/reference")
    pathways: dict[str, Pathway] = {}
    for pathway in sorted(graph.subjects(AKE.partOfFramework, framework), key=str):
        elements = sorted(graph.subjects(AKE.inPathway, pathway), key=str)
        notation = _one(
            graph.objects(_one(graph.subjects(AKE.hasImpactPathway, pathway), pathway), SKOS.notation),
            pathway,
        )
        impact = _one((e for e in elements if (e, RDF.type, AKE.Impact) in graph), pathway)
        goals = [_goal(graph, e) for e in elements if (e, RDF.type, AKE.EffectivenessGoal) in graph]
        sets = {URIRef(str(found)) for goal in goals for found in graph.objects(goal.iri, AKE.hasIndicatorSet)}
        text = _one(graph.objects(impact, SKOS.prefLabel), impact)
        pathways[str(notation)] = Pathway(
            URIRef(str(pathway)), URIRef(str(impact)), str(text), tuple(goals), tuple(sorted(sets))
        )
    return Framework(framework, pathways)


def _goal(graph: Graph, goal: Node) -> Goal:
    rank, text = graph.value(goal, AKE.rank), graph.value(goal, AKE.goalText)
    return Goal(URIRef(str(goal)), None if rank is None else int(str(rank)), None if text is None else str(text))


def _one(found: Iterable[Node], about: Node) -> Node:
    nodes = list(found)
    if len(nodes) != 1:
        raise VocabularyError(f"{about}: needs exactly one path, impact and label, has {len(nodes)}")
    return nodes[0]
