"""What the dataset says of itself: DCAT and VoID, one description per named graph."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID, XSD

from akegraph.graph.iris import BASE, ONTOLOGY, graph_name
from akegraph.graph.loading import new_graph
from akegraph.terms import AKE

_DATASET = URIRef(BASE + "graph/")
_LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
_PLANS = str(graph_name("plan")) + "/"
_RIGHTS = Literal(
    "The text of the plan remains its publisher's, quoted with page, row and column; all else is CC BY 4.0.", lang="en"
)
_TITLES = {
    "en": "Library development plans as a knowledge graph",
    "fi": "Kirjastojen kehittämissuunnitelmat tietämysgraafina",
    "sv": "Bibliotekens utvecklingsplaner som kunskapsgraf",
}


def describe_graphs(graphs: Mapping[URIRef, Graph]) -> Graph:
    """Describe the dataset and each of its named graphs.

    Adds a ``dcat:Dataset`` that is also a ``void:Dataset``, with ``void:subset`` per graph, ``void:triples`` and, for a
    plan's graph, ``dcterms:subject`` the plan, ``dcterms:source`` its document and ``dcterms:rights`` instead of a
    licence, since it quotes the document. Says nothing of itself.

    :param graphs: the graphs by name; not changed
    """
    catalogue = new_graph()
    for kind in (DCAT.Dataset, VOID.Dataset):
        catalogue.add((_DATASET, RDF.type, kind))
    for language, title in _TITLES.items():
        catalogue.add((_DATASET, DCTERMS.title, Literal(title, lang=language)))
    catalogue.add((_DATASET, DCTERMS.conformsTo, ONTOLOGY))
    catalogue.add((_DATASET, VOID.vocabulary, ONTOLOGY))
    catalogue.add((_DATASET, VOID.triples, _count(sum(len(graph) for graph in graphs.values()))))
    for name, graph in graphs.items():
        catalogue.add((_DATASET, VOID.subset, name))
        catalogue.add((name, RDF.type, VOID.Dataset))
        catalogue.add((name, VOID.triples, _count(len(graph))))
        if not str(name).startswith(_PLANS):
            catalogue.add((name, DCTERMS.license, _LICENCE))
        for plan in graph.subjects(RDF.type, AKE.Plan):
            if str(name).startswith(_PLANS):
                catalogue.add((name, DCTERMS.subject, plan))
                catalogue.add((name, DCTERMS.rights, _RIGHTS))
                for document in graph.objects(plan, DCTERMS.source):
                    catalogue.add((name, DCTERMS.source, document))
    return catalogue


def _count(number: int) -> Literal:
    return Literal(number, datatype=XSD.integer)
