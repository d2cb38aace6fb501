"""The W3C's test suite of SHACL core and SHACL-SPARQL, for every engine.

A test passes where the report is the expected one: the same results by focus node, path, value, component, shape and
severity, no more and no fewer; and where a failure is expected, the shapes are refused.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from pathlib import Path

import pytest
from conftest import SHARED
from rdflib import RDF, SH, BNode, Graph, Namespace
from rdflib.term import Node

from akegraph.errors import AkegraphError
from akegraph.validation.engines import engine_names, get_engine

pytestmark = pytest.mark.shared

SUITE = SHARED / "w3c" / "data-shapes"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
PARTS = (SH.focusNode, SH.resultPath, SH.value, SH.sourceConstraintComponent, SH.sourceShape, SH.resultSeverity)
COUNTS = {"core": 98, "sparql": 23}
PASSED = {"core": 96, "sparql": 22}
"""By plain pyshacl 0.40.1."""
KNOWN_FAILURES = {
    "uniqueLang-002": 'rdflib makes "1"^^xsd:boolean the literal true, and only that one turns sh:uniqueLang on',
    "shapesGraph-001": "$shapesGraph is optional in SHACL, and pyshacl has none; the constraint is refused, not skipped",
}


@cache
def files_of(part: str) -> tuple[Path, ...]:
    """List the files of a part that hold a test."""
    found = [path for path in sorted((SUITE / part).rglob("*.ttl")) if path.name != "manifest.ttl"]
    return tuple(path for path in found if (None, RDF.type, SHT.Validate) in parse(path))


def label(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


@cache
def parse(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID=path.as_uri())


def term(graph: Graph, node: Node | None) -> str:
    """Name a term so that a blank node is told by what it says, as a path or a shape in two reports."""
    if not isinstance(node, BNode):
        return "" if node is None else node.n3()
    said = sorted(f"{predicate.n3()} {term(graph, value)}" for predicate, value in graph.predicate_objects(node))
    return f"[{' ; '.join(said)}]"


def results(graph: Graph, names: Graph, report: Node) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(
            term(graph if (value, None, None) in graph else names, value)
            for value in map(partial(graph.value, result), PARTS)
        )
        for result in graph.objects(report, SH.result)
    )


def passes(path: Path, name: str) -> bool:
    """Tell whether an engine does as a test says."""
    manifest = parse(path)
    test = next(manifest.subjects(RDF.type, SHT.Validate))
    action, expected = manifest.value(test, MF.action), manifest.value(test, MF.result)
    data, shapes = (
        parse(Path(str(manifest.value(action, place)).removeprefix("file://")))
        for place in (SHT.dataGraph, SHT.shapesGraph)
    )
    try:
        report = get_engine(name).run(data, shapes, None)
    except AkegraphError:
        return expected == SHT.Failure
    if expected == SHT.Failure:
        return False
    [found] = report.subjects(RDF.type, SH.ValidationReport)
    return results(report, shapes, found) == results(manifest, shapes, expected) and (
        report.value(found, SH.conforms) == manifest.value(expected, SH.conforms)
    )


@pytest.mark.parametrize("part", COUNTS)
def test_whole_suite_is_there(part: str) -> None:
    assert len(files_of(part)) == COUNTS[part]


TESTS = [path for part in COUNTS for path in files_of(part)] if SUITE.is_dir() else []


@pytest.mark.filterwarnings("ignore")  # the suite has literals that are not of their datatype, on purpose
@pytest.mark.parametrize("engine", engine_names())
@pytest.mark.parametrize("path", TESTS, ids=label)
def test_engine_does_as_the_suite_says(path: Path, engine: str) -> None:
    assert passes(path, engine) is (path.stem not in KNOWN_FAILURES), KNOWN_FAILURES.get(path.stem)


@pytest.mark.parametrize("part", COUNTS)
def test_no_fewer_pass_than_by_plain_pyshacl(part: str) -> None:
    assert sum(path.stem not in KNOWN_FAILURES for path in files_of(part)) >= PASSED[part]
