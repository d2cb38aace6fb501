"""graph → findings: plans and Turtle files against shapes, asserted triples only."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from akegraph.errors import VocabularyError, close
from akegraph.graph.iris import AKE_NS
from akegraph.graph.loading import load_turtle, union
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans, raise_problems
from akegraph.pipeline.mapping import map_folder
from akegraph.resources import resource
from akegraph.terms import AKE
from akegraph.validation import ValidationReport, load_shapes, validate_graph


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
