"""source → store: plans, files of RDF, a store on disk or an endpoint, opened through one door.

Plans are built, with what follows from them. Of files nothing is added and nothing is left out: what a question finds
is what they say, in the named graphs that they have.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from rdflib import Graph, URIRef

from akegraph.errors import BadParameterError, SourceError, StoreError
from akegraph.graph.iris import GRAPHS, PREFIXES
from akegraph.graph.loading import RDF_FORMATS, is_url, load_graphs, union
from akegraph.graph.serialising import serialise_trig
from akegraph.pipeline.building import build_dataset, open_store
from akegraph.pipeline.deriving import Reason, explain_among
from akegraph.pipeline.dumping import dump_graph, dump_graphs
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.validating import validate_inputs
from akegraph.settings import Language, Settings
from akegraph.store.base import Store
from akegraph.store.federation import federate
from akegraph.store.workers import WorkerPool
from akegraph.terms import AKE
from akegraph.validation import Finding, ValidationReport

Place = str | os.PathLike[str]
Graphs = Mapping[URIRef | None, Graph]
SourceKind = Literal["plans", "files", "folder", "endpoint"]

_NOT_ASSERTED = tuple(str(GRAPHS[kind]) for kind in ("inferred/", "ontology", "catalogue"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where data come from.

    :ivar kind: plans (folders, or names of built-in ones), files of RDF, the folder of a store, or an endpoint
    :ivar places: their names, paths or address; for plans none stands for all built-in ones
    """

    kind: SourceKind
    places: tuple[str, ...] = ()


def find_source(
    source: Place | Iterable[Place] | None = None, *, store: Place | None = None, data: Place | Iterable[Place] = ()
) -> Source:
    """Tell what a source is: by its look, or by what it is called where it is given by name.

    :param source: nothing for the built-in plans; a plan's name or folder, a folder of such folders, a file of RDF,
        several of these, the folder of a store, or an address that begins with ``http://`` or ``https://``
    :param store: the folder of a store or an address
    :param data: files of RDF
    :raises BadParameterError: if more than one of the three is given
    :raises SourceError: if a folder is neither, or plans are mixed with files
    """
    files = _list(data)
    if (source is not None) + (store is not None) + bool(files) > 1:
        raise BadParameterError("store", "give a source, a store or data: only one of them says where to look")
    if store is not None:
        name = os.fspath(store)
        return Source("endpoint" if is_url(name) else "folder", (name,))
    if files:
        return Source("files", tuple(files))
    if source is None:
        return Source("plans")
    names = _list(source)
    if not names:
        raise BadParameterError("source", "is an empty list; leave it out for the built-in plans")
    if len(names) == 1 and is_url(names[0]):
        return Source("endpoint", tuple(names))
    kinds = {_look_at(name) for name in names}
    if kinds == {"folder"} and len(names) == 1:
        return Source("folder", tuple(names))
    if kinds == {"files"}:
        return Source("files", tuple(names))
    if kinds == {"plans"}:
        return Source("plans", tuple(plan for name in names for plan in _plans_in(name)))
    raise SourceError("several sources are all plans or all files of RDF", file=", ".join(names))


class Opened:
    """A store, and what it was opened from; gives the store back at the end of a ``with``.

    :ivar store: answers queries
    :ivar source: where the data come from
    :param folders: of plans, where these are the source
    :param graphs: what the store was made from, where that is known here
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        knowledge: Knowledge,
        folders: Sequence[PlanFolder] = (),
        graphs: Graphs | None = None,
    ) -> None:
        self.store, self.source = store, source
        self._knowledge, self._folders, self._graphs = knowledge, tuple(folders), graphs

    def close(self) -> None:
        """Close the store; no question is answered afterwards."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def copy_graphs(self) -> dict[URIRef | None, Graph]:
        """Copy all graphs, None for the triples that are in no named one.

        Of a store on disk or an endpoint the copy is what it answers; see :func:`dump_graphs`.
        """
        if self._graphs is None:
            return dump_graphs(self.store)
        return {name: union([graph]) for name, graph in self._graphs.items()}

    def copy_plan(self, plan: URIRef) -> Graph:
        """Copy the graph that holds a plan: named or, in foreign data, perhaps not."""
        held = f"SELECT ?g WHERE {{ GRAPH ?g {{ {plan.n3()} a {AKE.Plan.n3()} }} }} ORDER BY ?g"
        names = [row["g"].value for row in self.store.select(held).rows]
        name = URIRef(names[0]) if names else None
        return dump_graph(self.store, name) if self._graphs is None else union([self._graphs[name]])

    def validate(self, plan: str | None = None) -> ValidationReport:
        """Validate what is asserted; see :func:`validate_inputs`.

        :param plan: id of the only plan to report on
        :raises UnknownResourceError: if there is no such plan
        """
        if self.source.kind == "plans":
            return validate_inputs([str(folder.path) for folder in self._folders], plan=plan, knowledge=self._knowledge)
        if self.source.kind == "files":
            return validate_inputs(self.source.places, plan=plan, knowledge=self._knowledge)
        trig = serialise_trig(self._copy_asserted())
        report = validate_inputs(["-"], plan=plan, knowledge=self._knowledge, standard_input=trig)
        return _forget_lines(report)

    def explain(self, triple: str, language: Language) -> tuple[Reason, ...]:
        """Explain why a triple holds; see :func:`explain_among`."""
        return explain_among(triple, self._copy_asserted(), self._knowledge.ontology, language)

    def _copy_asserted(self) -> Mapping[URIRef, Graph]:
        held = dump_graphs(self.store) if self._graphs is None else self._graphs
        graphs = {name or GRAPHS["default"]: graph for name, graph in held.items()}
        return {name: graph for name, graph in graphs.items() if not str(name).startswith(_NOT_ASSERTED)}


def open_source(source: Source, settings: Settings, knowledge: Knowledge | None = None) -> Opened:
    """Open a source; the caller closes it.

    Data that are held in memory and a store on disk are asked in worker processes.

    :raises AkegraphError: if something cannot be read
    :raises StoreError: if there is no store, or it is broken
    :raises RemoteStoreError: if an endpoint cannot be reached
    """
    knowledge = knowledge or Knowledge()
    if source.kind == "plans":
        folders = find_plans(source.places)
        dataset = build_dataset(folders, knowledge)
        return Opened(
            federate(lambda settings: open_store(dataset, settings), settings),
            source,
            knowledge,
            folders,
            dict[URIRef | None, Graph](dataset.graphs.items()),
        )
    if source.kind == "files":
        graphs = _read_files(source.places)
        quads = write_quads(graphs)
        store = federate(lambda settings: WorkerPool(quads, settings, PREFIXES), settings)
        return Opened(store, source, knowledge, graphs=graphs)
    open_ = _open_folder if source.kind == "folder" else _open_endpoint
    return Opened(open_(source.places[0], settings), source, knowledge)


def _forget_lines(report: ValidationReport) -> ValidationReport:
    """Leave out the lines of a text that was made for validation only: nobody could look there."""

    def cells(finding: Finding) -> Finding:
        kept = (place for place in finding.places if place.document is not None)
        return replace(finding, places=tuple(replace(place, file=None, line=None) for place in kept))

    return replace(report, findings=tuple(cells(finding) for finding in report.findings))


def _open_folder(name: str, settings: Settings) -> Store:
    from akegraph.store.folder_pool import FolderPool

    return federate(lambda settings: FolderPool(Path(name), settings, PREFIXES), settings)


def _open_endpoint(address: str, settings: Settings) -> Store:
    from akegraph.store.remote import RemoteStore

    store = RemoteStore(address, settings, PREFIXES)
    try:
        store.ask("ASK {}")
    except BaseException:
        store.close()
        raise
    return store


def _read_files(names: Iterable[str]) -> Graphs:
    """Read files of RDF into their named graphs; a blank node of one file is none of another's."""
    graphs: dict[URIRef | None, Graph] = {}
    for file in names:
        for name, graph in load_graphs(file).items():
            graphs[name] = union((graphs[name], graph)) if name in graphs else graph
    return graphs


def write_quads(graphs: Graphs) -> bytes:
    """Write graphs as N-Quads; a blank node that two of them share stays one."""
    lines: list[bytes] = []
    for name, graph in graphs.items():
        end = b" .\n" if name is None else f" {name.n3()} .\n".encode()
        triples = graph.serialize(format="nt", encoding="utf-8").splitlines()
        lines += (line.removesuffix(b" .") + end for line in triples if line)
    return b"".join(lines)


def _look_at(name: str) -> SourceKind:
    from akegraph.store.disk import is_store_folder

    if is_url(name):
        raise StoreError("an endpoint is opened alone")
    path = Path(name)
    if path.suffix.lower() in RDF_FORMATS or path.is_file():
        return "files"
    if path.is_dir() and is_store_folder(path):
        return "folder"
    return "plans"


def _plans_in(name: str) -> Iterable[str]:
    """Return a plan, or the plans of a folder that holds folders of plans."""
    path = Path(name)
    if not path.is_dir() or (path / "plan.toml").is_file():
        return (name,)
    inner = sorted(str(found.parent) for found in path.glob("*/plan.toml"))
    if not inner:
        what = "holds no plan (plan.toml and rows.csv, here or one folder below) and is no store of Oxigraph"
        raise SourceError(what, file=name)
    return inner


def _list(places: Place | Iterable[Place]) -> list[str]:
    one_or_more = (places,) if isinstance(places, str | os.PathLike) else places
    return [os.fspath(place) for place in one_or_more]
