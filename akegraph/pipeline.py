"""The one place that knows the order: source → table → graph → closure → store, and validation beside it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF
from rdflib.term import Node

from akegraph.errors import SourceError, UnknownResourceError, VocabularyError, close
from akegraph.graph.catalogue import describe_graphs
from akegraph.graph.framework import read_framework
from akegraph.graph.inference import Reasoner, infer_triples
from akegraph.graph.iris import AKE_NS, PREFIXES, Kind, graph_name, mint_resource
from akegraph.graph.loading import load_folder, load_turtle, union
from akegraph.graph.mapping import map_documents, map_plan
from akegraph.graph.schemes import Schemes, read_schemes
from akegraph.graph.serialising import serialise_trig
from akegraph.resources import resource
from akegraph.settings import Settings
from akegraph.store.workers import WorkerPool
from akegraph.table.cells import check_table, parse_row
from akegraph.table.model import CellState, Reading, Table
from akegraph.table.plan import Document, Plan, read_documents, read_plan
from akegraph.table.review import Review, apply_review, merge_review, read_review
from akegraph.table.rows import read_rows, write_rows
from akegraph.table.text import read_text
from akegraph.terms import AKE
from akegraph.validation import ValidationReport, load_shapes, validate_graph


class Knowledge:
    """What akegraph knows before any plan: ontology, schemes, reference data. Each is loaded once, when asked for."""

    @cached_property
    def ontology(self) -> Graph:
        """The classes and properties."""
        return load_turtle(resource("ontology", "akegraph.ttl"))

    @cached_property
    def schemes_graph(self) -> Graph:
        """The concept schemes as a graph."""
        return load_folder(resource("ontology", "schemes"))

    @cached_property
    def reference(self) -> Graph:
        """Law, organisations, areas, the framework, and the documents that all of it was read from."""
        return union((load_folder(resource("data", "reference")), map_documents(self.documents.values())))

    @cached_property
    def schemes(self) -> Schemes:
        """The concept schemes as values."""
        return read_schemes(self.schemes_graph, resource("data", "reference", "anchors.toml"))

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The source documents by id, their checksums verified."""
        return read_documents(resource("data", "source", "sources.toml"))


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A plan's folder: ``plan.toml`` and ``rows.csv``.

    Beside them ``review.toml`` where something was in doubt, and ``sources.toml`` where the plan's document is not one
    of the built-in ones.
    """

    path: Path

    @property
    def plan(self) -> Plan:
        """What is known of the plan beside its table."""
        return read_plan(self.path / "plan.toml")

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents that the folder describes itself, by id, their checksums verified; mostly none."""
        sources = self.path / "sources.toml"
        return read_documents(sources) if sources.is_file() else {}

    def read_table(self, knowledge: Knowledge) -> Table:
        """Read ``rows.csv``."""
        rows = self.path / "rows.csv"
        return read_rows(rows, knowledge.schemes.lexicon)


@dataclass(frozen=True, slots=True)
class Dataset:
    """All named graphs of a build."""

    graphs: Mapping[URIRef, Graph]

    def to_trig(self) -> bytes:
        """Serialise, the same bytes on every run."""
        return serialise_trig(self.graphs)


@dataclass(frozen=True, slots=True)
class Import:
    """What an import made, not written anywhere yet.

    :ivar reading: the table with answers applied, and what is still in doubt
    :ivar review: all doubts with their answers
    :ivar rows: ``rows.csv``
    :ivar problems: contradictions and unknown wordings, which no proposal settles
    """

    reading: Reading
    review: Review
    rows: bytes
    problems: tuple[SourceError, ...]


def import_document(
    data: bytes,
    file: str,
    *,
    plan_file: Path | None = None,
    rows_file: Path | None = None,
    review_file: Path | None = None,
    knowledge: Knowledge | None = None,
) -> Import:
    """Read a document as a plan's table and apply the answers that a review holds.

    :param plan_file: the plan's ``plan.toml``, which tells its id and the first page of its document
    :param rows_file: rows of an earlier import, whose ids are kept; may be missing
    :param review_file: doubts answered before; may be missing
    :returns: rows and review, which the caller writes
    :raises SourceError: if the document or one of the files cannot be read
    """
    knowledge = knowledge or Knowledge()
    lexicon = knowledge.schemes.lexicon
    plan = read_plan(plan_file) if plan_file else None
    documents = {**knowledge.documents, **(PlanFolder(plan_file.parent).documents if plan_file else {})}
    document = documents.get(plan.document) if plan else None
    earlier = read_rows(rows_file, lexicon) if rows_file and rows_file.exists() else None
    reading = read_text(
        data,
        lexicon,
        file=file,
        plan_id=plan.id if plan else "",
        first_page=document.first_page if document else None,
        earlier=earlier,
    )
    if earlier:
        reading = _keep_continues(reading, earlier)
    existing = read_review(review_file) if review_file and review_file.exists() else None
    review = merge_review(existing, reading)
    settled = apply_review(reading, review)
    problems: tuple[SourceError, ...] = tuple(check_table(settled.table, lexicon))
    if document:
        problems += tuple(find_wrong_pages(settled.table, document))
        if settled.table.rows and max(row.page for row in settled.table.rows) < document.last_page:
            note = f"no row is read on page {document.last_page}, the last of the document; check the pages of the rows"
            settled = replace(settled, notes=(*settled.notes, note))
    return Import(settled, review, write_rows(settled.table, lexicon), problems)


def _keep_continues(reading: Reading, earlier: Table) -> Reading:
    """Keep which row continues which: a person's answer that stands in no document."""
    known = {row.id: row.continues for row in earlier.rows}
    rows = tuple(replace(row, continues=known.get(row.id)) for row in reading.table.rows)
    return replace(reading, table=replace(reading.table, rows=rows))


def find_plans(names: Iterable[str] = ()) -> tuple[PlanFolder, ...]:
    """Find plans: folders with a ``plan.toml``, by path or, among the built-in ones, by name; all of these by default.

    :raises UnknownResourceError: if a name is neither
    """
    built_in = {path.parent.name: path.parent for path in sorted(resource("data", "plans").glob("*/plan.toml"))}
    folders = []
    for name in names:
        if (Path(name) / "plan.toml").is_file():
            folders.append(Path(name))
        elif name in built_in:
            folders.append(built_in[name])
        elif Path(name).exists():
            raise SourceError("is neither Turtle (.ttl) nor a plan's folder (plan.toml and rows.csv)", file=name)
        else:
            matches = difflib.get_close_matches(name, built_in) or sorted(built_in)[:3]
            raise UnknownResourceError(name, matches)
    return tuple(PlanFolder(path) for path in folders or built_in.values())


def map_folder(folder: PlanFolder, knowledge: Knowledge) -> tuple[Plan, Graph]:
    """Read a plan's folder and map it to its graph of asserted triples.

    :raises SourceError: if plan or table cannot be read, or a cell is still in doubt
    :raises MappingError: if cells contradict each other, the schemes or the framework
    :raises ExceptionGroup: of those, if there is more than one
    """
    plan = folder.plan
    raise_problems(find_unknown_names(plan, str(folder.path / "plan.toml"), knowledge))
    return plan, map_table(plan, _find_document(folder, plan, knowledge), folder.read_table(knowledge), knowledge)


def map_table(plan: Plan, document: Document, table: Table, knowledge: Knowledge) -> Graph:
    """Map a plan that is held as values; see :func:`map_folder`.

    :param document: described in the plan's graph too, unless it is one of the built-in ones
    """
    lexicon = knowledge.schemes.lexicon
    raise_problems([*find_open_cells(table), *check_table(table, lexicon), *find_wrong_pages(table, document)])
    contents = [parse_row(row, knowledge.schemes.lexicon, table.file) for row in table.rows]
    framework = read_framework(union((knowledge.reference, knowledge.schemes_graph)), plan.framework)
    graph = map_plan(plan, document, table, contents, knowledge.schemes, framework)
    if document.id not in knowledge.documents:
        graph += map_documents((document,))
    return graph


def find_unknown_names(plan: Plan, file: str, knowledge: Knowledge) -> list[SourceError]:
    """Return a problem for every organisation or area of ``plan.toml`` that the reference data do not hold."""
    names: list[tuple[str, Kind, str]] = [("organisation", "organisation", plan.organisation)]
    names += [("areas", "area", area) for area in plan.areas]
    return [
        SourceError(f"key {key!r}: no {kind} {name!r} is in data/reference/", file=file)
        for key, kind, name in names
        if (mint_resource(kind, name), RDF.type, None) not in knowledge.reference
    ]


def _find_document(folder: PlanFolder, plan: Plan, knowledge: Knowledge) -> Document:
    """Find the plan's document among those of its folder and the built-in ones."""
    file, own = str(folder.path / "plan.toml"), folder.documents
    if twice := sorted(set(own) & set(knowledge.documents)):
        raise SourceError(f"two documents have the id {twice[0]!r}", file=str(folder.path / "sources.toml"))
    document = own.get(plan.document) or knowledge.documents.get(plan.document)
    if document is None:
        what = f"key 'document': {plan.document!r} is neither in data/source/sources.toml nor in one beside this file"
        raise SourceError(what, file=file)
    if plan.synthetic != document.synthetic:
        what = "a synthetic plan has a synthetic document, and a real plan a real one; 'synthetic' differs"
        raise SourceError(what, file=file)
    return document


def find_wrong_pages(table: Table, document: Document) -> list[SourceError]:
    """Return a problem for every row on a page that its document does not have, or before the row above it."""
    problems, page = [], document.first_page
    for row in table.rows:
        if not page <= row.page <= document.last_page:
            what = f"page {row.page} is not between {page} and {document.last_page}, the pages left in the document"
            problems.append(SourceError(what, file=table.file, page=row.page, row=row.number, column="page"))
        else:
            page = row.page
    return problems


def find_open_cells(table: Table) -> list[SourceError]:
    """Return a problem for every cell that still waits for a person: nothing in doubt reaches the graph."""
    what = "is in doubt; settle it in review.toml and import again, or correct it here and set its state to sure"
    return [
        SourceError(what, file=table.file, page=row.page, row=row.number, column=table.headings[column])
        for row in table.rows
        for column, cell in row.cells.items()
        if cell.state is CellState.REVIEW
    ]


def raise_problems(problems: Iterable[Exception]) -> None:
    """Raise nothing, the one problem, or all of them as a group."""
    found = list(problems)
    if len(found) == 1:
        raise found[0]
    if found:
        raise ExceptionGroup(f"{len(found)} problems", found)


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


def validate_inputs(
    inputs: Iterable[str], shapes: Iterable[Path] = (), knowledge: Knowledge | None = None
) -> ValidationReport:
    """Validate plans or Turtle files, asserted triples only.

    A plan is validated with the schemes and the reference data it uses. So is a Turtle file, unless shapes are given:
    then both are somebody else's, and only they count.

    :param inputs: names of built-in plans, plan folders, or files that end in ``.ttl``; all built-in plans by default
    :param shapes: files of shapes instead of akegraph's own
    :raises SourceError, MappingError, GraphSyntaxError, ShapesError: if an input cannot be read
    """
    knowledge, names, shape_files = knowledge or Knowledge(), list(inputs), list(shapes)
    files = [Path(name) for name in names if name.lower().endswith(".ttl")]
    plans = [name for name in names if not name.lower().endswith(".ttl")]
    folders = find_plans(plans) if plans or not files else ()
    graphs = [map_folder(folder, knowledge)[1] for folder in folders]
    if files:
        graphs.append(load_turtle(*files))
        if not shape_files:
            raise_problems(find_unknown_terms(graphs[-1], ", ".join(map(str, files))))
    common = (knowledge.schemes_graph, knowledge.reference, *_map_earlier(folders, knowledge))
    context = union(common) if folders or not shape_files else None
    return validate_graph(union(graphs), load_shapes(shape_files or None), knowledge.ontology, context=context)


def find_unknown_terms(graph: Graph, file: str) -> list[VocabularyError]:
    """Return a problem for every term that is written as akegraph's but is none, and one where no term is.

    Shapes look at what they know: a misspelt class or property would pass unseen, and so would a file about other
    things.
    """
    used = {term for triple in graph for term in triple if str(term).startswith(str(AKE_NS))}
    if not used:
        return [VocabularyError(f"{file}: uses no term of the ontology, so nothing in it can be checked")]
    known = {str(term).removeprefix(str(AKE_NS)) for term in dir(AKE)}
    problems = []
    for name in sorted(str(term).removeprefix(str(AKE_NS)) for term in used):
        if name not in known:
            matches = [f"ake:{match}" for match in difflib.get_close_matches(name, known)]
            problems.append(VocabularyError(f"{file}: ake:{name} is no term of the ontology{close(matches)}"))
    return problems


def _map_earlier(folders: Iterable[PlanFolder], knowledge: Knowledge) -> list[Graph]:
    """Map the plans that plans follow, where they lie beside them or are built in: links lead to them."""
    waiting = list(folders)
    known = {folder.plan.id for folder in waiting}
    graphs = []
    while waiting:
        folder = waiting.pop()
        previous = folder.plan.previous
        if previous is None or previous in known:
            continue
        known.add(previous)
        places = (folder.path.parent / previous, resource("data", "plans") / previous)
        if found := next((path for path in places if (path / "plan.toml").is_file()), None):
            waiting.append(PlanFolder(found))
            graphs.append(map_folder(waiting[-1], knowledge)[1])
    return graphs
