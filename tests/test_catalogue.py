"""What the dataset says of itself: every graph, its size, and whose text it quotes."""

from __future__ import annotations

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, VOID

from akegraph.graph.catalogue import describe_graphs
from akegraph.graph.iris import BASE, graph_name, mint_resource
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.queries import load_queries
from akegraph.queries.publishing import describe_queries

PLAN = "ake-tampere-2026"


def test_each_graph_is_described_with_its_size_and_rights() -> None:
    graphs = dict(build_dataset(find_plans([PLAN])).graphs)
    catalogue = graphs.pop(graph_name("catalogue"))
    assert set(catalogue) == set(describe_graphs(graphs)) | set(describe_queries(load_queries()))
    described = set(catalogue.objects(URIRef(BASE + "graph/"), VOID.subset))
    assert described == set(graphs)
    for name, graph in graphs.items():
        assert (name, VOID.triples, Literal(len(graph))) in catalogue
        is_plan = name == graph_name("plan", PLAN)
        assert ((name, DCTERMS.license, None) in catalogue) is not is_plan
        assert ((name, DCTERMS.rights, None) in catalogue) is is_plan
    total = catalogue.value(URIRef(BASE + "graph/"), VOID.triples)
    assert total == Literal(sum(map(len, graphs.values())))
    assert catalogue.value(graph_name("plan", PLAN), DCTERMS.subject) == mint_resource("plan", PLAN)


def test_source_documents_carry_title_publisher_date_pages_and_checksum() -> None:
    reference = Knowledge().reference
    document = mint_resource("document", "akepike-vuosisuunnitelma-2026")
    for predicate in (DCTERMS.title, DCTERMS.publisher, DCTERMS.issued, DCTERMS.extent, DCTERMS.rights):
        assert reference.value(document, predicate) is not None, predicate
    assert "09ad41fb" in " ".join(map(str, reference.objects(URIRef(f"{document}#checksum"))))
