"""graph → closure → store: all named graphs, and the worker processes that answer from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from akegraph.errors import SourceError
from akegraph.graph.catalogue import describe_graphs
from akegraph.graph.inference import Reasoner, infer_triples
from akegraph.graph.iris import PREFIXES, graph_name
from akegraph.graph.loading import union
from akegraph.graph.serialising import serialise_trig
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.pipeline.mapping import map_folder
from akegraph.settings import Settings
from akegraph.store.workers import WorkerPool
from akegraph.terms import AKE


@dataclass(frozen=True, slots=True)
class Dataset:
    """All named graphs of a build."""

    graphs: Mapping[URIRef, Graph]

    def to_trig(self) -> bytes:
        """Serialise, the same bytes on every run."""
        return serialise_trig(self.graphs)


def build_dataset(
    folders: Iterable[PlanFolder], knowledge: Knowledge | None = None, *, reasoner: Reasoner = "rules"
) -> Dataset:
    """Build every named graph from the data files: asserted, inferred, and the catalogue of them.

    What follows from the reference data alone is in ``graph/inferred/reference``; a plan's inferred graph holds only
    what the plan adds to that.

    :raises SourceError, MappingError, ExceptionGroup: see :func:`map_folder`
    """
    knowledge = knowledge or Knowledge()
    common = union((knowledge.schemes_graph, knowledge.reference))
    inferred_common = infer_triples(knowledge.ontology, common, reasoner=reasoner)
    graphs = {
        graph_name("ontology"): knowledge.ontology,
        graph_name("schemes"): knowledge.schemes_graph,
        graph_name("reference"): knowledge.reference,
        graph_name("inferred", "reference"): inferred_common,
    }
    rows: dict[Node, PlanFolder] = {}
    for folder in folders:
        plan, asserted = map_folder(folder, knowledge)
        if graph_name("plan", plan.id) in graphs:
            raise SourceError(f"two plans have the id {plan.id!r}", file=str(folder.path / "plan.toml"))
        for activity in sorted(asserted.subjects(AKE.inPlan), key=str):
            if (other := rows.setdefault(activity, folder)) is not folder:
                row_id = asserted.value(activity, DCTERMS.identifier)
                raise SourceError(
                    f"the id {row_id!s} stands in {other.path / 'rows.csv'} too; every row of every plan needs its own",
                    file=str(folder.path / "rows.csv"),
                    column="id",
                )
        inferred = infer_triples(knowledge.ontology, union((common, asserted)), reasoner=reasoner)
        graphs[graph_name("plan", plan.id)] = asserted
        graphs[graph_name("inferred", plan.id)] = inferred - inferred_common
    graphs[graph_name("catalogue")] = describe_graphs(graphs)
    return Dataset(graphs)


def open_store(dataset: Dataset, settings: Settings) -> WorkerPool:
    """Open a store of worker processes over a built dataset; the caller closes it."""
    return WorkerPool(dataset.to_trig(), settings, PREFIXES)
