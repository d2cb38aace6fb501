"""Several engines on the same data: they find the same, or something is wrong with one of them."""

from __future__ import annotations

from collections.abc import Collection

from rdflib import SH, BNode, Graph
from rdflib.term import Node

from akegraph.errors import EngineDifferenceError
from akegraph.graph.iris import shorten_iri
from akegraph.validation.engines.base import Engine
from akegraph.validation.engines.guarded import GuardedEngine

Key = tuple[str, str, str, str, str]
"""Focus node, source shape, constraint component, value and path of a result, as text."""

_PARTS = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.value, SH.resultPath)


def run_all(data: Graph, shapes: Graph, focus: Collection[Node] | None, *, guard: bool = False) -> Graph:
    """Run every installed engine and return the report of the default one.

    :param guard: run each in a process of its own that is ended when its time is up

    :raises EngineDifferenceError: if another engine has a result that it has not, or lacks one that it has
    """
    from akegraph.validation.engines import engine_names, get_engine

    engines: list[Engine] = [get_engine(name) for name in engine_names()]
    first, *others = [GuardedEngine(engine) for engine in engines] if guard else engines
    report = first.run(data, shapes, focus)
    for other in others:
        compare_reports((first, other), (report, other.run(data, shapes, focus)))
    return report


def compare_reports(engines: tuple[Engine, Engine], reports: tuple[Graph, Graph]) -> None:
    """Compare the sets of focus node, shape, component, value and path.

    :raises EngineDifferenceError: if they are not the same
    """
    one, other = (result_keys(report) for report in reports)
    differences = [
        f"only {engine.name}: {_tell(key)}"
        for engine, keys in zip(engines, (one - other, other - one), strict=True)
        for key in sorted(keys)
    ]
    if differences:
        raise EngineDifferenceError([engine.name for engine in engines], differences)


def result_keys(report: Graph) -> set[Key]:
    """Return what tells one result from another, for every result of a report.

    A path that is a blank node is the same as any other of the same shape: the shape has only one.
    """
    return {
        (keys[0], keys[1], keys[2], keys[3], keys[4])
        for result in report.objects(None, SH.result)
        for keys in [[_name(report.value(result, part), part) for part in _PARTS]]
    }


def _name(term: Node | None, part: Node) -> str:
    if term is None:
        return ""
    return "path" if part == SH.resultPath and isinstance(term, BNode) else term.n3()


def _tell(key: Key) -> str:
    focus, shape, component, value, path = (shorten_iri(text[1:-1]) if text.startswith("<") else text for text in key)
    return f"{focus} by {shape}, {component}{f', value {value}' if value else ''}{f', path {path}' if path else ''}"
