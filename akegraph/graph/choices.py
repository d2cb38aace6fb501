"""Reference data → what a planner chooses from: the lists of a workbook and the names indicators may use."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS, SKOS
from rdflib.term import Node

from akegraph.graph.framework import Framework, Pathway
from akegraph.graph.iris import AKEID, AKEV
from akegraph.graph.schemes import Schemes
from akegraph.table.choices import Choice, Choices, PathChoice
from akegraph.table.plan import LANGUAGE
from akegraph.terms import AKE


def read_choices(context: Graph, schemes: Schemes, framework: Framework) -> Choices:
    """Read what can be chosen within one framework.

    Reads the labels of organisations, areas, frameworks, indicators, sources and concepts; of the framework its
    pathways, their impact, goals and indicator sets. Lists are ordered by ``ake:rank``, then by label.

    :param context: ontology, schemes and reference data; not changed
    """
    lexicon = schemes.lexicon
    paths = [
        _path(context, framework.pathways[path.notation], f"{lexicon.anchors.path[0]} {path.notation}: {path.label}")
        for path in lexicon.paths
        if path.notation in framework.pathways
    ]
    goals = [goal.iri for pathway in framework.pathways.values() for goal in pathway.goals]
    pathways = [pathway.iri for pathway in framework.pathways.values()]
    measured = [_choice(context, iri, str(AKEID)) for iri in (*goals, *pathways, framework.iri)]
    kinds = {"baseline": AKE.BaselineValue, "target": AKE.TargetValue, "actual": AKE.ActualValue}
    places = {*context.subjects(RDF.type, AKE.OperatingArea), *context.subjects(RDF.type, DCTERMS.Location)}
    sources = {*context.subjects(RDF.type, DCAT.Dataset), *context.subjects(RDF.type, AKE.SourceDocument)}
    return Choices(
        organisations=_things(context, set(context.subjects(RDF.type, AKE.DevelopmentOrganisation)), "organisation"),
        areas=_things(context, places, "area"),
        frameworks=_things(context, set(context.subjects(RDF.type, AKE.ImpactFramework)), "framework"),
        tasks=_concepts(context, "task"),
        paths=tuple(paths),
        timings=_concepts(context, "timing"),
        levels=_concepts(context, "participation"),
        units=_concepts(context, "unit"),
        directions=_concepts(context, "direction"),
        completeness=_concepts(context, "completeness"),
        kinds=tuple(_named(kind, _labels(context, iri, RDFS.label)) for kind, iri in kinds.items()),
        measured=tuple(measured),
        known_indicators=_things(context, set(context.subjects(RDF.type, AKE.ContextIndicator)), "indicator"),
        sources=tuple(_choice(context, source, str(AKEID)) for source in sorted(sources, key=str)),
    )


def list_frameworks(context: Graph) -> tuple[str, ...]:
    """List the ids of the frameworks there are."""
    base = str(AKEID["framework/"])
    return tuple(sorted(str(f).removeprefix(base) for f in context.subjects(RDF.type, AKE.ImpactFramework)))


def _path(context: Graph, pathway: Pathway, path: str) -> PathChoice:
    name = _labels(context, pathway.iri).get(LANGUAGE, "")
    goals = [
        ": ".join(filter(None, (_labels(context, goal.iri).get(LANGUAGE), goal.text)))
        for goal in sorted(pathway.goals, key=lambda goal: (goal.number or 0, str(goal.iri)))
    ]
    sets = [_labels(context, found).get(LANGUAGE, "") for found in pathway.indicator_sets]
    return PathChoice(path, f"{name}: {pathway.impact_text}", tuple(goals), next(iter(sets), ""))


def _things(context: Graph, found: set[Node], kind: str) -> tuple[Choice, ...]:
    base = str(AKEID[f"{kind}/"])
    choices = [_choice(context, thing, base) for thing in found if str(thing).startswith(base)]
    return tuple(sorted(choices, key=lambda choice: (choice.label, choice.id)))


def _concepts(context: Graph, scheme: str) -> tuple[Choice, ...]:
    concepts = sorted(
        context.subjects(SKOS.inScheme, AKEV[scheme]), key=lambda c: (int(str(context.value(c, AKE.rank) or 0)), str(c))
    )
    return tuple(_choice(context, concept, str(AKEV[f"{scheme}/"])) for concept in concepts)


def _choice(context: Graph, thing: Node, base: str) -> Choice:
    return _named(str(thing).removeprefix(base), _labels(context, thing))


def _named(choice_id: str, labels: dict[str, str]) -> Choice:
    spoken = labels.get(LANGUAGE) or next((labels[key] for key in sorted(labels)), choice_id)
    return Choice(choice_id, spoken, tuple(text for _, text in sorted(labels.items()) if text != spoken))


def _labels(context: Graph, thing: Node, predicate: URIRef = SKOS.prefLabel) -> dict[str, str]:
    return {
        label.language or "": str(label) for label in context.objects(thing, predicate) if isinstance(label, Literal)
    }
