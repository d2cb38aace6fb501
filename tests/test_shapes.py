"""Every rule against small graphs that say what is expected of it, and guards against shapes that fail open.

``tests/shapes/<Shape>/*.ttl`` say what is wrong in lines ``# expect: <focus node> <shape> <component>``; each
file is read together with ``tests/shapes/context.ttl`` and validated against all shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from rdflib import DCTERMS, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.query import ResultRow
from rdflib.term import Node

from akegraph.errors import ShapesError
from akegraph.graph.iris import AKE_NS, AKESH, AKEV
from akegraph.graph.loading import load_folder, load_turtle, union
from akegraph.resources import resource
from akegraph.settings import LANGUAGES
from akegraph.validation import Severity, Shapes, load_shapes, validate_graph
from akegraph.validation.shapes import find_rules, is_known

FOLDER = Path(__file__).parent / "shapes"
FILES = sorted(FOLDER.glob("*/*.ttl"))
NAMES = {"akesh": str(AKESH), "ex": "https://example.org/test/", "sh": str(SH)} | {
    prefix: f"{AKEV}{scheme}/" for prefix, scheme in (("level", "participation"), ("task", "task"))
}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)

Result = tuple[str, str, str]


@cache
def shapes() -> Shapes:
    return load_shapes()


@cache
def ontology() -> Graph:
    return load_turtle(resource("ontology", "akegraph.ttl"))


@cache
def example(path: Path) -> Graph:
    return load_turtle(FOLDER / "context.ttl", path)


def found(data: Graph, tried: Shapes) -> set[Result]:
    report = validate_graph(data, tried, ontology())
    return {(str(one.focus), str(one.shape), str(one.component)) for one in report.findings}


def expected(path: Path) -> set[Result]:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = (line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: "))
    return {(focus, shape, component) for focus, shape, component in (map(expand, line.split()) for line in marked)}


def expand(curie: str) -> str:
    prefix, name = curie.split(":", 1)
    return NAMES[prefix] + name


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def node_shapes() -> list[Node]:
    return sorted({shape for target in TARGETS for shape in shapes().graph.subjects(target)}, key=str)


def reported() -> list[Node]:
    """The rules: property shapes of node shapes that have a target."""
    return sorted({rule for shape in node_shapes() for rule in shapes().graph.objects(shape, SH.property)}, key=str)


def test_number_of_examples() -> None:
    assert len(FILES) == 119
    assert len([path for path in FILES if path.stem.startswith("valid")]) == 24


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_example(path: Path) -> None:
    wanted = expected(path)
    assert found(example(path), shapes()) == wanted
    assert bool(wanted) is path.stem.startswith("invalid")


def test_examples_are_filed_under_their_shape() -> None:
    for path in FILES:
        assert (AKESH[path.parent.name], RDF.type, SH.NodeShape) in shapes().graph, path
        wanted = {shape for _, shape, _ in expected(path)}
        own = {str(rule) for rule in shapes().graph.objects(AKESH[path.parent.name], SH.property)}
        assert wanted <= own, path


def test_every_node_shape_has_a_valid_example() -> None:
    assert {path.parent.name for path in FILES if path.name == "valid.ttl"} == {
        str(shape).removeprefix(str(AKESH)) for shape in node_shapes()
    }


def test_every_rule_has_an_example_that_only_it_catches() -> None:
    alone = {next(iter(caught)) for path in FILES if len(caught := {shape for _, shape, _ in expected(path)}) == 1}
    assert alone == {str(rule) for rule in reported()}


@pytest.mark.parametrize("shape", node_shapes(), ids=lambda shape: str(shape).removeprefix(str(AKESH)))
def test_no_constraint_and_no_target_can_be_removed_unnoticed(shape: Node) -> None:
    part = closure(shape)
    paths = [path for path in FILES if path.parent.name == str(shape).removeprefix(str(AKESH))]
    before = {path: expected(path) for path in paths}
    for path in paths:
        assert found(example(path), Shapes(part, find_rules(part))) == before[path], path
    unnoticed = [
        triple for triple in constraints(part) if not any(changes(part, triple, path, before[path]) for path in paths)
    ]
    assert unnoticed == []


def closure(shape: Node) -> Graph:
    """All that the shapes graph says of a node shape and of what it is made of."""
    graph = Graph()
    waiting, seen = [shape], set[Node]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for triple in shapes().graph.triples((node, None, None)):
            graph.add(triple)
            waiting.append(triple[2])
    return graph


def constraints(graph: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """The triples that make a difference to an engine: constraint parameters and targets."""
    parameters = {*ALL_CONSTRAINT_PARAMETERS, *TARGETS, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.select}
    yield from (triple for triple in graph if triple[1] in parameters)


def changes(graph: Graph, triple: tuple[Node, Node, Node], path: Path, before: set[Result]) -> bool:
    changed = Graph()
    for kept in graph:
        if kept != triple:
            changed.add(kept)
    try:
        return found(example(path), Shapes(changed, find_rules(changed))) != before
    except ShapesError:
        return True


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if any("SPARQL" in component for *_, component in expected(path))],
    ids=name_of,
)
def test_preparing_a_query_changes_nothing(path: Path) -> None:
    data, rules = Graph(), Graph()
    data += example(path)
    rules += shapes().graph
    _, results, _ = pyshacl.validate(data_graph=data, shacl_graph=rules, inference="none")
    assert {
        tuple(str(results.value(result, key)) for key in (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent))
        for result in results.subjects(RDF.type, SH.ValidationResult)
    } == expected(path)


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if any("SPARQL" in component for *_, component in expected(path))],
    ids=name_of,
)
def test_a_query_run_once_finds_the_same_nodes(path: Path) -> None:
    """Each SELECT binds ``$this`` by a triple pattern, so an engine may run it once for all focus nodes."""
    graph = shapes().graph
    for rule, constraint in graph.subject_objects(SH.sparql):
        prefixes = {
            str(graph.value(one, SH.prefix)): str(graph.value(one, SH.namespace))
            for one in graph.objects(graph.value(constraint, SH.prefixes), SH.declare)
        }
        rows = example(path).query(str(graph.value(constraint, SH.select)), initNs=prefixes)
        wanted = {focus for focus, shape, _ in expected(path) if shape == str(rule)}
        assert {str(row["this"]) for row in rows if isinstance(row, ResultRow)} == wanted


def test_every_shacl_term_is_known() -> None:
    terms = {term for triple in shapes().graph for term in triple if str(term).startswith(str(SH))}
    assert len(terms) > 20
    assert all(is_known(str(term).removeprefix(str(SH))) for term in terms)


def test_every_term_of_ours_is_declared() -> None:
    declared = set(ontology().subjects(RDF.type))
    graph = union((shapes().graph, *(example(path) for path in FILES)))
    terms = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    assert {term for term in terms if term.startswith(str(AKE_NS))} - declared == set()


def test_terms_in_queries_are_declared() -> None:
    declared = {str(term).removeprefix(str(AKE_NS)) for term in ontology().subjects(RDF.type)}
    for query in shapes().graph.objects(None, SH.select):
        words = str(query).replace("(", " ").replace(")", " ").replace("|", " ").replace("/", " ").split()
        assert {word.removeprefix("ake:").rstrip("+;.") for word in words if word.startswith("ake:")} <= declared


def test_columns_and_schemes_of_the_shapes_exist() -> None:
    schemes = load_folder(resource("ontology", "schemes"))
    used = {term for triple in shapes().graph for term in triple if str(term).startswith(str(AKEV))}
    assert used
    assert all((term, RDF.type, None) in schemes for term in used)
    columns = set(shapes().graph.objects(None, AKE_NS.inColumn))
    assert all((column, SKOS.inScheme, AKEV.column) in schemes for column in columns)


@pytest.mark.parametrize("rule", reported(), ids=lambda rule: str(rule).removeprefix(str(AKESH)))
def test_every_rule_is_told_whole(rule: Node) -> None:
    graph = shapes().graph
    for predicate in (SH.name, SH.message):
        texts = list(graph.objects(rule, predicate))
        assert sorted(str(text.language) for text in texts if isinstance(text, Literal)) == sorted(LANGUAGES)
    # What is wrong, then what to do.
    assert all(re.fullmatch(r".+\. .+\.", str(message)) for message in graph.objects(rule, SH.message))
    assert len(list(graph.objects(rule, SH.severity))) == 1
    assert (rule, DCTERMS.source, None) in graph or (rule, RDFS.seeAlso, None) in graph
    assert len(list(graph.objects(rule, AKE_NS.inColumn))) <= 1
    assert any(rule == AKESH[f"{str(shape).removeprefix(str(AKESH))}-{rest}"] for shape, rest in owners(rule))


def owners(rule: Node) -> Iterator[tuple[Node, str]]:
    for shape in shapes().graph.subjects(SH.property, rule):
        yield shape, str(rule).removeprefix(f"{shape}-")


def test_codes_are_stable() -> None:
    codes = {
        str(rule).removeprefix(str(AKESH)): str(shapes().graph.value(rule, DCTERMS.identifier)) for rule in reported()
    }
    assert len(set(codes.values())) == len(codes)
    assert codes == CODES


@pytest.mark.parametrize(
    ("file", "severity", "series", "number"),
    [("core.ttl", Severity.VIOLATION, "AKE-1", 34), ("recommended.ttl", Severity.WARNING, "AKE-2", 9)],
)
def test_files_keep_to_their_severity(file: str, severity: Severity, series: str, number: int) -> None:
    rules = load_shapes([resource("shapes", file)]).rules
    coded = [rule for rule in rules.values() if rule.code.startswith("AKE-")]
    assert len(coded) == number
    assert all(rule.severity is severity and rule.code.startswith(series) for rule in coded)


def test_shapes_and_rules_are_iris() -> None:
    graph = shapes().graph
    for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint):
        assert all(isinstance(shape, URIRef) for shape in graph.subjects(RDF.type, kind))
    assert all((rule, RDF.type, SH.PropertyShape) in graph for rule in graph.objects(None, SH.property))


# A code is quoted in mails, baselines and pipelines: it never moves to another rule, and none is used again.
CODES = {
    "ActivityShape-underTask": "AKE-101",
    "ActivityShape-onPath": "AKE-102",
    "ActivityShape-hasOutput": "AKE-103",
    "OutputShape-hasOutcome": "AKE-104",
    "OutcomeShape-hasImpact": "AKE-105",
    "ActivityShape-onImpactPathway": "AKE-106",
    "EvaluationShape-usesIndicatorSet": "AKE-107",
    "ActivityShape-hasParticipationLevel": "AKE-108",
    "ActivityShape-inPlan": "AKE-109",
    "OutputShape-isOutputOf": "AKE-110",
    "OutcomeShape-isOutcomeOf": "AKE-111",
    "ChainShape-leadsTo": "AKE-112",
    "PlanShape-preparedBy": "AKE-121",
    "PlanShape-coversPeriod": "AKE-122",
    "PlanShape-coversArea": "AKE-123",
    "PlanShape-followsFramework": "AKE-124",
    "PeriodShape-startDate": "AKE-125",
    "PeriodShape-endDate": "AKE-126",
    "PeriodShape-order": "AKE-127",
    "NamedShape-prefLabel": "AKE-131",
    "NamedShape-prefLabel-unique": "AKE-132",
    "NamedShape-prefLabel-trimmed": "AKE-133",
    "NamedShape-prefLabel-hyphen": "AKE-134",
    "StatedShape-statedIn": "AKE-141",
    "AimingActivityShape-aimsAtGoal": "AKE-142",
    "AimingActivityShape-onImpactPathway": "AKE-113",
    "AimedActivityShape-aimsAtGoal": "AKE-208",
    "MeasuredEvaluationShape-usesIndicatorSet": "AKE-209",
    "SourceRecordShape-fromDocument": "AKE-143",
    "SourceRecordShape-pageNumber": "AKE-144",
    "SourceRecordShape-rowNumber": "AKE-145",
    "SourceRecordShape-inColumn": "AKE-146",
    "SourceRecordShape-verbatimText": "AKE-147",
    "LinkedShape-link": "AKE-151",
    "LevelShape-rank": "AKE-161",
    "LevelShape-rank-unique": "AKE-162",
    "EvaluatedActivityShape-hasEvaluation": "AKE-201",
    "TimedEvaluationShape-hasTiming": "AKE-202",
    "TaskShape-hasLegalBasis": "AKE-203",
    "ImpactShape-contributesToGoal": "AKE-204",
    "PathwayShape-hasGoal": "AKE-205",
    "GoalShape-goalText": "AKE-206",
    "IndicatorSetShape-hasMember": "AKE-207",
}
