"""table → graph: a plan's folder as asserted triples, or a problem for every cell that has no place there."""

from __future__ import annotations

from rdflib import Graph
from rdflib.namespace import RDF

from akegraph.errors import SourceError
from akegraph.graph.framework import read_framework
from akegraph.graph.iris import Kind, mint_resource
from akegraph.graph.loading import union
from akegraph.graph.mapping import map_documents, map_plan
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, raise_problems
from akegraph.pipeline.measuring import map_folder_measurements
from akegraph.table.cells import check_ids, check_table, read_row
from akegraph.table.model import CellState, Table
from akegraph.table.plan import Document, Plan


def map_folder(folder: PlanFolder, knowledge: Knowledge, *, draft: bool = False) -> tuple[Plan, Graph]:
    """Read a plan's folder and map it to its graph of asserted triples.

    :param draft: leave out what cells do not say, or say in no known wording, instead of refusing the plan: for
        validation, whose rules then find it at its cell
    :raises SourceError: if plan or table cannot be read, or a cell is still in doubt
    :raises MappingError: if cells contradict each other, the schemes or the framework
    :raises ExceptionGroup: of those, if there is more than one
    """
    plan = folder.plan
    raise_problems(find_unknown_names(plan, str(folder.path / "plan.toml"), knowledge))
    document = _find_document(folder, plan, knowledge)
    graph = map_table(plan, document, folder.read_table(knowledge), knowledge, draft=draft)
    graph += map_folder_measurements(folder, plan, document, knowledge)
    return plan, graph


def map_table(plan: Plan, document: Document, table: Table, knowledge: Knowledge, *, draft: bool = False) -> Graph:
    """Map a plan that is held as values; see :func:`map_folder`.

    :param document: described in the plan's graph too, unless it is one of the built-in ones
    """
    lexicon, headings = knowledge.schemes.lexicon, dict(table.headings)
    unusable = check_ids(table) if draft else check_table(table, lexicon)
    raise_problems([*find_open_cells(table), *unusable, *find_wrong_pages(table, document)])
    contents = [read_row(row, lexicon, table.file, headings)[0] for row in table.rows]
    framework = read_framework(union((knowledge.reference, knowledge.schemes_graph)), plan.framework)
    graph = map_plan(plan, document, table, contents, knowledge.schemes, framework, draft=draft)
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
