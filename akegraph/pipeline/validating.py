"""graph → findings: plans and files of RDF against shapes, asserted triples only, every finding with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from akegraph.errors import EmptyCellError, GraphSyntaxError, MappingError, UnknownResourceError, VocabularyError, close
from akegraph.graph.iris import AKE_NS, graph_name, mint_resource
from akegraph.graph.loading import RDF_FORMATS, is_url, load_graphs, union
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans, raise_problems
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.mending import mark_fixable
from akegraph.resources import resource
from akegraph.table.decoding import decode
from akegraph.terms import AKE
from akegraph.validation import Severity, ValidationReport, load_shapes, validate_graph
from akegraph.validation.completeness import locate_rows, measure_plans
from akegraph.validation.coverage import find_idle_rules, find_unwatched, has_targets
from akegraph.validation.engines import DEFAULT_ENGINE
from akegraph.validation.mentions import Mentions, find_row_lines, locate, prefixes_of
from akegraph.validation.view import view_of
from akegraph.validation.wording import word_findings

_PLAN_GRAPHS = str(graph_name("plan", "x")).removesuffix("x")
_INFERRED_GRAPHS = str(graph_name("inferred", "x")).removesuffix("x")


def validate_inputs(
    inputs: Iterable[str],
    shapes: Iterable[Path] = (),
    knowledge: Knowledge | None = None,
    *,
    engine: str = DEFAULT_ENGINE,
    plan: str | None = None,
    standard_input: bytes = b"",
    in_full: bool = False,
) -> ValidationReport:
    """Validate plans or files of RDF, asserted triples only.

    A plan is validated with the schemes and the reference data it uses. So is a file, unless shapes are given: then
    both are somebody else's, and only they count. Of a dataset as ``akegraph build`` writes it, the graphs of plans are
    validated, the inferred ones left out.

    :param inputs: names of built-in plans, plan folders, files of RDF, or ``-``; all built-in plans by default
    :param shapes: files of shapes instead of akegraph's own
    :param engine: name of the engine, or ``all`` to compare them
    :param plan: id of the only plan to report on; the others are what it is validated among
    :param standard_input: what ``-`` stands for
    :param in_full: find out, too, which rules checked nothing, which resources no rule looked at, and which findings a
        safe fix would settle
    :raises SourceError, MappingError, GraphSyntaxError, ShapesError: if an input cannot be read
    :raises UnknownResourceError: if a plan is not among the inputs
    """
    knowledge, names, shape_files = knowledge or Knowledge(), list(inputs), list(shapes)
    # Shapes are refused before anything long begins.
    tried = load_shapes(shape_files or None)
    read = _read_inputs(names, knowledge, standard_input, own=not shape_files)
    focus = read.focus_of(plan) if plan is not None else None
    data = read.graphs[0] if len(read.graphs) == 1 else union(read.graphs)
    common = [*read.context, *_map_earlier(read.folders, knowledge)]
    if not shape_files or read.folders:
        common += [knowledge.schemes_graph, knowledge.reference]
    context = union(common) if common else None
    report = validate_graph(data, tried, knowledge.ontology, context=context, engine=engine, focus=focus)
    report = locate(report, data, read.mentions, read.rows, read.homes, read.cells)
    raise_problems(_find_unseen(read.problems, report))
    unreadable = (problem for problem in read.problems if not isinstance(problem, EmptyCellError))
    report = replace(report, unreadable=tuple(unreadable))
    if shape_files:
        report = word_findings(report, prefixes_of(read.mentions))
    tables = [locate_rows(table, read.rows) for table in measure_plans(data, context, report.findings)]
    if plan is not None:
        tables = [table for table in tables if table.plan == str(mint_resource("plan", plan))]
    report = replace(report, tables=tuple(tables))
    if not in_full:
        return report
    return mark_fixable(_cover(report, data, context, knowledge.ontology), names, knowledge)


def _find_unseen(problems: Iterable[MappingError], report: ValidationReport) -> list[MappingError]:
    """Return the problems of cells that no finding points at: what a draft left out must not pass unseen."""
    seen = {
        (place.file, place.row, place.heading)
        for finding in report.findings
        if finding.severity >= Severity.WARNING
        for place in finding.places
    }
    return [one for one in problems if (_show(Path(one.file or "")), one.row, one.column) not in seen]


def _cover(report: ValidationReport, data: Graph, context: Graph | None, ontology: Graph) -> ValidationReport:
    """Return the report with what was not looked at."""
    everything = data if context is None else view_of((data, context))
    idle = find_idle_rules(everything, report.shapes, ontology=ontology)
    unwatched = find_unwatched(data, report.shapes, ontology=ontology)
    names = sorted({str(node) for node in unwatched if isinstance(node, URIRef)})
    blind = not has_targets(everything, report.shapes, ontology=ontology)
    return replace(report, idle=idle, unwatched=tuple(names), blind=blind)


@dataclass(slots=True)
class _Inputs:
    """What was read, and where everything stands."""

    graphs: list[Graph] = field(default_factory=list)
    context: list[Graph] = field(default_factory=list)
    folders: list[PlanFolder] = field(default_factory=list)
    plans: dict[str, Graph] = field(default_factory=dict)
    mentions: list[Mentions] = field(default_factory=list)
    rows: dict[tuple[str, int], tuple[str, int | None]] = field(default_factory=dict)
    homes: dict[Node, str] = field(default_factory=dict)
    cells: dict[tuple[str, int, str], str] = field(default_factory=dict)
    problems: list[MappingError] = field(default_factory=list)

    def focus_of(self, plan: str) -> set[Node]:
        """Return the resources of one plan.

        :raises UnknownResourceError: if there is no such plan
        """
        if plan not in self.plans:
            raise UnknownResourceError(plan, difflib.get_close_matches(plan, self.plans) or sorted(self.plans)[:3])
        return set(self.plans[plan].subjects())


def _read_inputs(names: Sequence[str], knowledge: Knowledge, standard_input: bytes, *, own: bool) -> _Inputs:
    """Read every input.

    :param own: the shapes are akegraph's own, so the data must be such that they can see it
    """
    read = _Inputs()
    files = [name for name in names if _is_file(name)]
    plans = [name for name in names if not _is_file(name)]
    for folder in find_plans(plans) if plans or not files else ():
        _read_folder(folder, knowledge, read)
    for name in files:
        _read_file(name, standard_input if name == "-" else None, read, own=own)
    return read


def _is_file(name: str) -> bool:
    return name == "-" or is_url(name) or Path(name).suffix.lower() in RDF_FORMATS or Path(name).is_file()


def _read_folder(folder: PlanFolder, knowledge: Knowledge, read: _Inputs) -> None:
    try:
        plan, graph = map_folder(folder, knowledge)
    except (MappingError, ExceptionGroup) as error:
        problems = list(error.exceptions) if isinstance(error, ExceptionGroup) else [error]
        if not all(isinstance(problem, MappingError) for problem in problems):
            raise
        plan, graph = map_folder(folder, knowledge, draft=True)
        read.problems += [problem for problem in problems if isinstance(problem, MappingError)]
    read.folders.append(folder)
    read.graphs.append(graph)
    read.plans[plan.id] = graph
    path = folder.path / "rows.csv"
    numbers = _row_numbers(graph)
    lines = find_row_lines(decode(path.read_bytes(), str(path))[0], (row for row, _ in numbers))
    document = str(mint_resource("document", plan.document))
    for row, number in numbers:
        read.rows[document, number] = (_show(path), lines.get(row))
    for one in folder.read_table(knowledge).rows:
        for column, cell in one.cells.items():
            if cell.sheet_cell:
                read.cells[document, one.number, column] = cell.sheet_cell
    for subject in (mint_resource("plan", plan.id), mint_resource("period", plan.period)):
        read.homes[subject] = _show(folder.path / "plan.toml")


def _show(path: Path) -> str:
    """Name a file as people and tools look for it: from the current folder, where it is below that."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _row_numbers(graph: Graph) -> list[tuple[str, int]]:
    """List the id and the number of each row of a plan's graph."""
    prefix = str(mint_resource("activity", "x")).removesuffix("x")
    return sorted(
        {
            (str(activity).removeprefix(prefix), int(str(number)))
            for activity, record in graph.subject_objects(AKE.statedIn)
            if str(activity).startswith(prefix)
            for number in graph.objects(record, AKE.rowNumber)
        }
    )


def _read_file(name: str, data: bytes | None, read: _Inputs, *, own: bool) -> None:
    shown = "standard input" if name == "-" else name
    if data is None and Path(name).is_file():
        data = Path(name).read_bytes()
        if Path(name).suffix.lower() not in RDF_FORMATS:
            what = f"is neither a plan's folder nor RDF known by its name ({', '.join(RDF_FORMATS)})"
            raise GraphSyntaxError(what, file=name)
    graphs = load_graphs(shown, data)
    plans = {name: graph for name, graph in graphs.items() if str(name).startswith(_PLAN_GRAPHS)}
    for graph_iri, graph in plans.items():
        read.plans[str(graph_iri).removeprefix(_PLAN_GRAPHS)] = graph
    asserted = {name: graph for name, graph in graphs.items() if not str(name).startswith(_INFERRED_GRAPHS)}
    tried = plans or asserted
    read.graphs += tried.values()
    read.context += (graph for name, graph in asserted.items() if name not in tried)
    if own:
        raise_problems(find_unknown_terms(union(tried.values()), shown))
    prefixes = {prefix: str(space) for graph in graphs.values() for prefix, space in graph.namespaces()}
    read.mentions.append(Mentions(shown, (data or b"").decode("utf-8-sig", "replace"), prefixes))


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
