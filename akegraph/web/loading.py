"""source → site: what is served, from plans, files, the folder of a store or an endpoint."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef

from akegraph.errors import EngineError, StoreError
from akegraph.graph.iris import BASE, GRAPHS, PREFIXES
from akegraph.graph.serialising import serialise_trig, serialise_turtle
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.dumping import dump_graphs
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.opening import Opened, Source, open_source
from akegraph.pipeline.validating import validate_inputs
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.store.base import Store
from akegraph.store.federation import federate
from akegraph.store.workers import WorkerPool
from akegraph.validation.shapes import load_shapes
from akegraph.web.limiting import ClientLimits, SharedStore
from akegraph.web.lookups import bind_terms, find_labels
from akegraph.web.site import Site
from akegraph.web.texts import load_texts

_PLAN = f"{BASE}id/plan/"


def load_site(source: Source, settings: Settings) -> Site:
    """Load what a source holds into a site; whoever asked for it closes its store.

    :raises AkegraphError: if something cannot be read
    :raises StoreError: if there is no store, or it is broken
    :raises RemoteStoreError: if an endpoint cannot be reached
    """
    if source.kind == "plans":
        return make_site(find_plans(source.places), settings)
    return _make_found(open_source(source, settings), settings)


def make_site(folders: Iterable[PlanFolder], settings: Settings) -> Site:
    """Build and validate plans and load them into a site.

    :raises AkegraphError: if something cannot be read
    """
    plans, knowledge = tuple(folders), Knowledge()
    trig = build_dataset(plans, knowledge).to_trig()
    reports = {folder.plan.id: validate_inputs([str(folder.path)], knowledge=knowledge) for folder in plans}
    store = federate(lambda settings: WorkerPool(trig, settings, PREFIXES), settings)
    return Site(
        store=_share(store, settings),
        catalogue=load_queries(),
        plans={folder.plan.id: folder.plan.label for folder in plans},
        reports=reports,
        trig=trig,
        shapes=serialise_turtle(load_shapes().graph),
    )


def _make_found(opened: Opened, settings: Settings) -> Site:
    """Make a site of a store whose plans have to be looked for; there may be none."""
    store = opened.store
    try:
        plans = _find_plans(store, settings)
        if opened.source.kind == "files":
            reports = {plan: opened.validate(plan) for plan in plans}
            trig: bytes | None = _write(opened.copy_graphs())
        else:
            reports, trig = {}, None
    except EngineError as error:
        store.close()
        if opened.source.kind == "folder":
            raise StoreError(f"{opened.source.places[0]}: cannot be read as a store: {error}") from error
        raise
    except BaseException:
        store.close()
        raise
    return Site(
        store=_share(store, settings),
        catalogue=load_queries(),
        plans=plans,
        reports=reports,
        trig=trig if trig is not None else lambda: _write(dump_graphs(store)),
        shapes=serialise_turtle(load_shapes().graph),
    )


def _share(store: Store, settings: Settings) -> SharedStore:
    return SharedStore(store, ClientLimits(settings))


def _find_plans(store: Store, settings: Settings) -> dict[str, str]:
    """Find the plans that a store holds under our own IRIs: label by id."""
    held = [row["plan"].value for row in store.select(bind_terms("plan-names")).rows]
    ours = sorted(plan for plan in held if plan.startswith(_PLAN))
    labels = find_labels(store, ours, load_texts(settings.language))
    return {plan.removeprefix(_PLAN): labels[plan].text for plan in ours}


def _write(graphs: dict[URIRef | None, Graph]) -> bytes:
    return serialise_trig({name or GRAPHS["default"]: graph for name, graph in graphs.items()})
