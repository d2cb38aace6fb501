"""graph → closure → store: all named graphs, and the worker processes that answer from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from akegraph.errors import SourceError
from akegraph.graph.catalogue import describe_graphs
from akegraph.graph.inference import Inference, Reasoner, open_inference
from akegraph.graph.iris import PREFIXES, graph_name
from akegraph.graph.loading import union
from akegraph.graph.serialising import serialise_trig
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, raise_problems
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.measuring import find_clashes
from akegraph.queries import load_queries
from akegraph.queries.publishing import describe_queries
from akegraph.settings import Settings
from akegraph.store.workers import WorkerPool
from akegraph.table.plan import Plan
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
    """Build every named graph from the data files: asserted, inferred, and the catalogue of them and of the questions.

    What follows from the reference data alone is in ``graph/inferred/reference``. A plan's inferred graph holds what
    the plan adds to that, by itself and together with the plans it follows, whatever other plans there are.

    :raises SourceError, MappingError, ExceptionGroup: see :func:`map_folder`
    """
    knowledge = knowledge or Knowledge()
    inference = open_inference(knowledge.ontology, reasoner)
    inferred_common = inference.add(union((knowledge.schemes_graph, knowledge.reference)))
    graphs = {
        graph_name("ontology"): knowledge.ontology,
        graph_name("schemes"): knowledge.schemes_graph,
        graph_name("reference"): knowledge.reference,
        graph_name("inferred", "reference"): inferred_common,
    }
    rows: dict[Node, PlanFolder] = {}
    measured: dict[Node, tuple[PlanFolder, Graph]] = {}
    plans: list[Plan] = []
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
        raise_problems(find_clashes(folder, asserted, measured))
        graphs[graph_name("plan", plan.id)] = asserted
        plans.append(plan)
    lineages: dict[str, Inference] = {}
    for plan in sorted(plans, key=lambda plan: (plan.start, plan.id)):
        asserted, own = graphs[graph_name("plan", plan.id)], inference.copy()
        inferred = own.add(asserted)
        if plan.previous in lineages:
            own = lineages[plan.previous].copy()
            inferred += own.add(asserted)
        lineages[plan.id] = own
        graphs[graph_name("inferred", plan.id)] = inferred
    graphs[graph_name("catalogue")] = describe_graphs(graphs) + describe_queries(load_queries())
    return Dataset(graphs)


def open_store(dataset: Dataset, settings: Settings) -> WorkerPool:
    """Open a store of worker processes over a built dataset; the caller closes it."""
    return WorkerPool(dataset.to_trig(), settings, PREFIXES)
