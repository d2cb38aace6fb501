"""The questions as resources of the graph, so that questions can be asked for by SPARQL too.

The terms are those that endpoints publish their example queries with: ``sh:SPARQLSelectExecutable`` with
``sh:select`` (SHACL Advanced Features, section 5), ``rdfs:comment`` for the question in each language,
``schema:keywords`` and ``schema:target``. The text is the file's, every parameter unbound.
"""

from __future__ import annotations

from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS, XSD

from akegraph.graph.iris import BASE, PREFIXES, graph_name, mint_resource
from akegraph.graph.loading import new_graph
from akegraph.queries.catalogue import QueryCatalogue
from akegraph.queries.parameters import Text

_SCHEMA = "https://schema.org/"
_KEYWORDS = URIRef(_SCHEMA + "keywords")
_TARGET = URIRef(_SCHEMA + "target")
_ENDPOINT = URIRef(BASE + "sparql")
_PREFIXES = URIRef(f"{graph_name('catalogue')}#prefixes")


def describe_queries(catalogue: QueryCatalogue) -> Graph:
    """Describe each question as a ``sh:SPARQLSelectExecutable``.

    Adds ``rdfs:label`` (title), ``rdfs:comment`` (question), ``dcterms:description``, ``skos:scopeNote`` (caution),
    ``schema:keywords``, ``schema:target``, ``rdfs:seeAlso`` (its page), ``sh:select`` and ``sh:prefixes``, and the
    prefixes of the project by ``sh:declare``. No blank nodes. The IRIs are ``id/query/<name>``, minted from the names.
    """
    graph = new_graph()
    for name, query in catalogue.items():
        subject = mint_resource("query", name)
        graph.add((subject, RDF.type, SH.SPARQLExecutable))
        graph.add((subject, RDF.type, SH.SPARQLSelectExecutable))
        for predicate, text in (
            (RDFS.label, query.title),
            (RDFS.comment, query.question),
            (DCTERMS.description, query.description),
            (SKOS.scopeNote, query.caution),
        ):
            _add_text(graph, subject, predicate, text)
        for tag in query.tags:
            graph.add((subject, _KEYWORDS, Literal(tag)))
        graph.add((subject, SH.select, Literal(query.text)))
        graph.add((subject, SH.prefixes, _PREFIXES))
        graph.add((subject, _TARGET, _ENDPOINT))
        graph.add((subject, RDFS.seeAlso, URIRef(f"{BASE}queries/{quote(name)}")))
    for prefix, namespace in PREFIXES.items():
        declaration = URIRef(f"{graph_name('catalogue')}#prefix-{prefix}")
        graph.add((_PREFIXES, SH.declare, declaration))
        graph.add((declaration, RDF.type, SH.PrefixDeclaration))
        graph.add((declaration, SH.prefix, Literal(prefix)))
        graph.add((declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI)))
    return graph


def _add_text(graph: Graph, subject: URIRef, predicate: URIRef, text: Text) -> None:
    for language, wording in text.items():
        graph.add((subject, predicate, Literal(wording, lang=language)))
