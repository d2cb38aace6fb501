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
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.query import ResultRow
from rdflib.term import Node

from akegraph.errors import ShapesError
from akegraph.graph.iris import AKE_NS, AKESH, AKEV
from akegraph.graph.loading import load_folder, load_turtle, union
from akegraph.resources import resource
from akegraph.settings import LANGUAGES
from akegraph.validation import Severity, Shapes, load_shapes, validate_graph
from akegraph.validation.refusals import is_known
from akegraph.validation.shapes import FILES as SHAPE_FILES
from akegraph.validation.shapes import find_rules

FOLDER = Path(__file__).parent / "shapes"
FILES = sorted(FOLDER.glob("*/*.ttl"))
NAMES = {"akesh": str(AKESH), "ex": "https://example.org/test/", "sh": str(SH)} | {
    prefix: f"{AKEV}{scheme}/" for prefix, scheme in (("level", "participation"), ("task", "task"))
}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)

Result = tuple[str, str, str]
Triple = tuple[Node, Node, Node]


@cache
def shapes() -> Shapes:
    return load_shapes()


@cache
def must_and_should() -> Shapes:
    return load_shapes([resource("shapes", "core.ttl"), resource("shapes", "recommended.ttl")])


def tried_on(path: Path) -> Shapes:
    """All rules; but what must and should be is shown without the advice, which asks more of every activity."""
    own = shapes().graph.objects(AKESH[path.parent.name], SH.property)
    advice = all(shapes().graph.value(rule, SH.severity) == SH.Info for rule in own)
    return shapes() if advice else must_and_should()


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
    assert len(FILES) == 202
    assert len([path for path in FILES if path.stem.startswith("valid")]) == 53


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_example(path: Path) -> None:
    wanted = expected(path)
    assert found(example(path), tried_on(path)) == wanted
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
        removed
        for removed, changed in mutations(part)
        if not any(changes(changed, path, before[path]) for path in paths)
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


def mutations(graph: Graph) -> Iterator[tuple[Triple, Graph]]:
    """The shapes without each triple that makes a difference to an engine, and with each step of a path led astray."""
    parameters = {*ALL_CONSTRAINT_PARAMETERS, *TARGETS, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.select}
    for triple in graph:
        if triple[1] in parameters:
            yield triple, with_other(graph, triple, None)
        elif isinstance(triple[2], URIRef) and triple[1] in (RDF.first, SH.inversePath):
            yield triple, with_other(graph, triple, (triple[0], triple[1], URIRef("https://example.org/test/nothing")))


def with_other(graph: Graph, triple: Triple, other: Triple | None) -> Graph:
    changed = Graph()
    for kept in graph:
        if kept != triple:
            changed.add(kept)
    return changed if other is None else changed.add(other)


def changes(changed: Graph, path: Path, before: set[Result]) -> bool:
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
    data += ontology().triples((None, RDFS.subClassOf, None))
    rules += tried_on(path).graph
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


def test_every_target_hits_a_node() -> None:
    """A target that hits nothing anywhere is misspelt, or its rule was never seen at work."""
    seen = union(example(path) for path in FILES)
    classes = {kind for _, kind in seen.subject_objects(RDF.type)}
    classes |= {above for kind in classes for above in ontology().transitive_objects(kind, RDFS.subClassOf)}
    graph = shapes().graph
    assert set(graph.objects(None, SH.targetClass)) <= classes
    for predicate in {*graph.objects(None, SH.targetSubjectsOf), *graph.objects(None, SH.targetObjectsOf)}:
        assert (None, predicate, None) in seen, predicate


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
    for predicate in (SH.name, SH.message, SH.description, DCTERMS.source):
        texts = list(graph.objects(rule, predicate))
        assert sorted(str(text.language) for text in texts if isinstance(text, Literal)) == sorted(LANGUAGES)
    for name in ("name", "message", "description"):
        assert len({str(text) for text in graph.objects(rule, SH[name])}) == len(LANGUAGES) or name == "name"
    # What is wrong, then what to do.
    assert all(re.fullmatch(r".+\. .+\.", str(message)) for message in graph.objects(rule, SH.message))
    assert len(list(graph.objects(rule, SH.severity))) == 1
    assert len(list(graph.objects(rule, AKESH.exampleWrong))) == len(list(graph.objects(rule, AKESH.exampleRight))) == 1
    assert graph.value(rule, AKESH.exampleWrong) != graph.value(rule, AKESH.exampleRight)
    assert len(list(graph.objects(rule, AKE_NS.inColumn))) <= 1
    assert any(rule == AKESH[f"{str(shape).removeprefix(str(AKESH))}-{rest}"] for shape, rest in owners(rule))


def owners(rule: Node) -> Iterator[tuple[Node, str]]:
    for shape in shapes().graph.subjects(SH.property, rule):
        yield shape, str(rule).removeprefix(f"{shape}-")


@pytest.mark.parametrize("rule", reported(), ids=lambda rule: str(rule).removeprefix(str(AKESH)))
def test_variables_of_messages_are_bound(rule: Node) -> None:
    graph = shapes().graph
    bound = {"$this"}
    for constraint in graph.objects(rule, SH.sparql):
        head = str(graph.value(constraint, SH.select)).partition("WHERE")[0]
        bound |= set(re.findall(r"\?\w+", head))
    used = [set(re.findall(r"\{([^}]*)\}", str(message))) for message in graph.objects(rule, SH.message)]
    assert all(variables == used[0] and variables <= bound for variables in used)


def test_fixes_and_terms_of_rules_are_told() -> None:
    codes = load_turtle(resource("shapes", "codes.ttl"))
    graph = shapes().graph
    fixes = set(graph.objects(None, AKESH.fix))
    assert fixes == set(codes.subjects(RDF.type, AKESH.Fix))
    for fix in fixes:
        for predicate in (RDFS.label, RDFS.comment):
            texts = list(codes.objects(fix, predicate))
            assert sorted(str(text.language) for text in texts if isinstance(text, Literal)) == sorted(LANGUAGES)
    own = {predicate for predicate in graph.predicates() if str(predicate).startswith(str(AKESH))}
    assert own == set(codes.subjects(RDF.type, RDF.Property))


def test_every_file_says_what_it_is() -> None:
    for name in (*SHAPE_FILES, "codes.ttl"):
        graph = load_turtle(resource("shapes", name))
        (header,) = graph.subjects(RDF.type, OWL.Ontology)
        for predicate in (DCTERMS.title, DCTERMS.description):
            texts = list(graph.objects(header, predicate))
            assert sorted(str(text.language) for text in texts if isinstance(text, Literal)) == sorted(LANGUAGES), name
        assert str(graph.value(header, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
        assert re.fullmatch(r"\d+\.\d+\.\d+", str(graph.value(header, OWL.versionInfo)))


def test_columns_of_the_plan_are_headed_as_in_the_messages() -> None:
    """A message that sends the planner to a column names it as the column is called."""
    schemes = load_folder(resource("ontology", "schemes"))
    for rule in shapes().rules.values():
        for language, message in rule.messages.items():
            for named in re.findall(
                r"(?:sarakkeeseen|kolumnen|the column) ([A-ZÅÄÖ]\w+(?: (?:och|level)\w*)?)", message
            ):
                labels = {
                    word
                    for column in schemes.subjects(SKOS.inScheme, AKEV.column)
                    for kind in (SKOS.prefLabel, SKOS.altLabel)
                    for label in schemes.objects(column, kind)
                    if isinstance(label, Literal) and label.language == language
                    for word in (str(label), str(label).split(" (")[0])
                }
                assert named in labels, (rule.code, named)


def test_codes_are_stable() -> None:
    codes = {
        str(rule).removeprefix(str(AKESH)): str(shapes().graph.value(rule, DCTERMS.identifier)) for rule in reported()
    }
    assert len(set(codes.values())) == len(codes)
    assert codes == CODES


@pytest.mark.parametrize(
    ("file", "severity", "series", "number"),
    [
        ("core.ttl", Severity.VIOLATION, "AKE-1", 47),
        ("recommended.ttl", Severity.WARNING, "AKE-2", 17),
        ("evaluation.ttl", Severity.INFO, "AKE-3", 11),
    ],
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


SHAPE = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<s> a sh:NodeShape ; sh:targetClass <c> .\n"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", ": is empty; shapes in Turtle are expected"),
        (b"# only words\n", ": is empty; shapes in Turtle are expected"),
        (b"<a> <b> <c> .", ": has no shape; a sh:NodeShape with a target is expected"),
        (b"<a> <b> <c> .\n<d> <e> .", " line 2: is not Turtle"),
        (b'{"@id": "a"}', " line 1: is not Turtle"),
        (b"<a> <b> <c> .\n\x89PNG\xff", " line 2: is not UTF-8"),
        (f"{SHAPE}# sh:minCont\n<s> sh:minCont 1 .".encode(), " line 4: sh:minCont: no such term in SHACL"),
        (b"@prefix x: <http://www.w3.org/ns/shacl#> .\n<s> a x:NodeShape ;\n x:targetClas <c> .", " line 3: sh:targetClas"),
        (
            f"{SHAPE}<s>\n <http://www.w3.org/ns/shacl#minCont> 1 .".encode(),
            " line 4: sh:minCont: no such term in SHACL",
        ),
        (
            b"<a> <http://www.w3.org/2002/07/owl#imports> <http://example.org/more.ttl> .",
            " line 1: imports http://example.org/more.ttl, which is not fetched; name its file as well",
        ),
    ],
)  # fmt: skip
def test_shapes_that_cannot_be_used(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_bytes(content)
    with pytest.raises(ShapesError, match=f"^{re.escape(str(path) + what)}"):
        load_shapes([path])


@pytest.mark.parametrize(
    "url", ["https://example.org/shapes.ttl", "http://localhost:1/shapes", "urn:/shapes", "ftp://example.org/a"]
)
def test_a_url_is_not_fetched(url: str) -> None:
    with pytest.raises(ShapesError, match="is a URL, which is not fetched; save the shapes as a file"):
        load_shapes([Path(url)])


def test_shapes_without_a_target_check_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n<s> a sh:NodeShape .", encoding="utf-8")
    with pytest.raises(ShapesError, match="no shape has a target, so nothing would be checked"):
        load_shapes([path])
    other = tmp_path / "other.ttl"
    other.write_text(SHAPE, encoding="utf-8")
    assert len(load_shapes([path, other]).rules) == 1
    other.write_text(f"{SHAPE.partition(chr(10))[0]}\n<c> a sh:NodeShape , <{RDFS.Class}> .", encoding="utf-8")
    assert len(load_shapes([path, other]).rules) == 2


def test_a_rule_knows_its_story() -> None:
    (rule,) = (rule for rule in shapes().rules.values() if rule.code == "AKE-101")
    assert rule.reason == ("The plan's column 'Tehtävä (Lain 8 § ja OKM-polut)'; Act 1492/2016, section 8",)
    assert rule.reason_in("sv") == ("Planens kolumn 'Tehtävä (Lain 8 § ja OKM-polut)'; lag 1492/2016, 8 §",)
    assert rule.see_also == ("http://data.finlex.fi/eli/sd/2016/1492/pykala/8",)
    assert str(rule.description("fi")).startswith("Tehtävä kertoo, mitä lain tehtävää")
    assert rule.fix is None
    fixes = {rule.code: rule.fix for rule in shapes().rules.values() if rule.fix is not None}
    assert fixes == {"AKE-108": "levelSpelling", "AKE-131": "languageTag", "AKE-133": "whiteSpace"}


def test_reasons_without_a_language_are_told_in_every_language() -> None:
    shape = f"{SHAPE}<s> <{DCTERMS.source}> <http://example.org/law> , 'Laki'@fi , 'Lag'@sv ."
    rules = find_rules(Graph().parse(data=shape, format="turtle", publicID="http://example.org/"))
    (rule,) = rules.values()
    assert rule.reason_in("fi") == ("Laki", "http://example.org/law")
    assert rule.reason_in("sv") == ("Lag", "http://example.org/law")
    assert rule.reason == ("Laki", "http://example.org/law")


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
    "AimingActivityShape-onImpactPathway": "AKE-113",
    "AdvancingShape-inPathway": "AKE-114",
    "PlacedShape-inPathway": "AKE-115",
    "FramedPathwayShape-partOfFramework": "AKE-116",
    "SuccessorShape-continuesActivity": "AKE-117",
    "SucceedingPlanShape-previousPlan": "AKE-118",
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
    "SourceRecordShape-fromDocument": "AKE-143",
    "SourceRecordShape-pageNumber": "AKE-144",
    "SourceRecordShape-rowNumber": "AKE-145",
    "SourceRecordShape-inColumn": "AKE-146",
    "SourceRecordShape-verbatimText": "AKE-147",
    "SourceDocumentShape-title": "AKE-148",
    "LinkedShape-link": "AKE-151",
    "LevelShape-rank": "AKE-161",
    "LevelShape-rank-unique": "AKE-162",
    "IndicatorValueShape-value": "AKE-171",
    "IndicatorValueShape-numericValue": "AKE-172",
    "IndicatorValueShape-ofIndicator": "AKE-173",
    "ContextIndicatorShape-isMemberOf": "AKE-174",
    "CausalLinkShape-cause": "AKE-181",
    "CausalLinkShape-effect": "AKE-182",
    "ExecutionShape-executes": "AKE-183",
    "EvaluatedActivityShape-hasEvaluation": "AKE-201",
    "TimedEvaluationShape-hasTiming": "AKE-202",
    "TaskShape-hasLegalBasis": "AKE-203",
    "ImpactShape-contributesToGoal": "AKE-204",
    "PathwayShape-hasGoal": "AKE-205",
    "GoalShape-goalText": "AKE-206",
    "IndicatorSetShape-hasMember": "AKE-207",
    "AimedActivityShape-aimsAtGoal": "AKE-208",
    "MeasuredEvaluationShape-usesIndicatorSet": "AKE-209",
    "CurrentLinkShape-link": "AKE-210",
    "FrameworkActivityShape-inPlan": "AKE-211",
    "OneFrameworkShape-followsFramework": "AKE-212",
    "IndicatorShape-definition": "AKE-221",
    "IndicatorShape-unit": "AKE-222",
    "MeasuringIndicatorShape-direction": "AKE-223",
    "IndicatorShape-calculationMethod": "AKE-224",
    "IndicatorShape-source": "AKE-225",
    "TranslatedShape-prefLabel-sv": "AKE-301",
    "TranslatedShape-prefLabel-en": "AKE-302",
    "MonitoredIndicatorShape-baseline": "AKE-311",
    "MonitoredIndicatorShape-target": "AKE-312",
    "MonitoredIndicatorShape-comparable": "AKE-313",
    "DatedValueShape-refPeriod": "AKE-314",
    "EquippedActivityShape-input": "AKE-321",
    "EquippedActivityShape-hasTargetGroup": "AKE-322",
    "EquippedActivityShape-subject": "AKE-323",
    "ContinuingActivityShape-continuesActivity": "AKE-331",
    "ReasonedLinkShape-assumption": "AKE-341",
}


RUNAWAY = {
    'sh:property [ sh:path ex:p ;\n sh:pattern "^(a+)+$" ]': (6, "sh:pattern '^(a+)+$'"),
    'sh:property [ sh:path ex:p ;\n\n sh:pattern "^(\\\\w+|\\\\d)*!$" ]': (7, "sh:pattern"),
    "sh:sparql [ sh:select '''SELECT $this WHERE {\n $this ex:p ?v FILTER regex(str(?v), \"(x+x+)+y\") }''' ]": (
        6,
        "REGEX",
    ),
}


@pytest.mark.parametrize("constraint", RUNAWAY)
def test_a_pattern_that_would_never_end_is_refused_with_its_line(constraint: str, tmp_path: Path) -> None:
    line, what = RUNAWAY[constraint]
    file = tmp_path / "shapes.ttl"
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix ex: <http://example.org/> .\n\n"
    file.write_text(f"{head}ex:S a sh:NodeShape ;\n{constraint} ; sh:targetClass ex:C .\n", encoding="utf-8")
    with pytest.raises(ShapesError, match=re.escape(f"shapes.ttl line {line}: {what}")):
        load_shapes([file])


def test_a_harmless_pattern_is_not_refused(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "^([0-9]{4}-[0-9]{2})?$" ] .',
        encoding="utf-8",
    )
    assert load_shapes([file]).rules


HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <http://example.org/> .
"""
COMPONENT = "ex:K {} sh:parameter [ sh:path ex:most ] ; {}\n"
ASK = "sh:validator [ a sh:SPARQLAskValidator ; sh:ask 'ASK { FILTER ($value < $most) }' ] ."
TYPED = "a sh:ConstraintComponent ;"
VALIDATED = COMPONENT.format(TYPED, ASK)
NO_ASK = COMPONENT.format(TYPED, ASK.replace("ASK {", "ASC {"))
USE = "ex:S a sh:NodeShape ; sh:targetClass ex:C ;\n"
ALMOST: tuple[str, ...] = ("https://www.w3.org/ns/shacl#", "http://www.w3.org/ns/shacl/", "http://www.w3.org/ns/SHACL#")
ALMOST += (
    "http://w3.org/ns/shacl#",
    "http://www.w3.org/ns/shacl",
    "http://www.w3.org/shacl#",
    "http://www.w3.org/ns/sh#",
)
FAIL_OPEN = [
    # what asks nothing of a node
    (f"{USE} sh:property [ sh:path ex:p ;\n ex:minCount 1 ] .", 7, "the shape of ex:p checks nothing: it has no constraint; is one of ex:minCount misspelt?"),
    (f"{USE} sh:property ex:P .\nex:P sh:path ex:p .", 7, "ex:P checks nothing: it has no constraint"),
    (f"{USE} sh:or ( [ sh:class ex:D ]\n [ ex:class ex:E ] ) .", 7, "a shape without a name checks nothing"),
    (f"{USE} sh:node ex:D .\nex:D a owl:Class .", 7, "ex:D checks nothing"),
    (f"{USE} sh:property [ sh:path ex:p ; sh:uniqueLang false ] .", 6, "the shape of ex:p checks nothing"),
    (f"{VALIDATED}{USE} sh:property [ sh:path ex:p ;\n ex:msot 3 ] .", 8, "the shape of ex:p checks nothing: it has no constraint; is one of ex:msot misspelt?"),
    (f"{COMPONENT.format('', ASK)}{USE} ex:most 3 .", 5, "ex:K has a parameter or validator and so no effect; a sh:ConstraintComponent is expected"),
    (f"{COMPONENT.format(TYPED, 'ex:validator 1 .')}{USE} ex:most 3 .", 5, "ex:K is a component without sh:validator"),
    (f"ex:K {TYPED} {ASK}\n{USE} sh:nodeKind sh:IRI .", 5, "ex:K is a component without sh:parameter"),
    # what is nowhere
    *((f"{USE} sh:nodeKind sh:IRI ;\n sh:{use} ex:Missing .", 7, f"sh:{use} names ex:Missing, which is not defined; check the spelling, or name its file as well") for use in ("node", "not", "property")),
    *((f"{USE} sh:{use} (\n [ sh:class ex:C ] ex:Missing ) .", 7, f"sh:{use} names ex:Missing, which is not defined") for use in ("and", "or", "xone")),
    (f"{USE} sh:property [ sh:path ex:p ;\n sh:qualifiedValueShape ex:Missing ; sh:qualifiedMinCount 1 ] .", 7, "sh:qualifiedValueShape names ex:Missing"),
    (f"{USE} sh:not [ ] .", 6, "sh:not names a shape without a name, which is not defined"),
    # what engines here do not do
    (f"{USE} sh:js [ sh:jsFunctionName 'f' ] .", 6, "sh:js, sh:jsFunctionName: not supported"),
    (f"{USE} sh:nodeKind sh:IRI ;\n sh:expression [ sh:path ex:p ] .", 7, "sh:expression: not supported"),
    (f"{USE} sh:nodeKind sh:IRI ;\n sh:rule [ a sh:TripleRule ] .", 7, "sh:TripleRule, sh:rule: not supported"),
    (f"{USE} sh:nodeKind sh:IRI .\nex:T sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this WHERE {{ ?this a ex:C }}' ] .", 7, "sh:SPARQLTarget, sh:target: not supported; write the rule in SHACL Core or as sh:sparql"),
    # switches
    (f"{USE} sh:nodeKind sh:IRI ;\n sh:deactivated 'false' .", 7, 'sh:deactivated is "false"; true or false is expected'),
    (f"{USE} sh:property [ sh:path ex:p ; sh:minCount 1 ;\n sh:deactivated 'no'^^xsd:string ] .", 7, "sh:deactivated is"),
    (f"{USE} sh:nodeKind sh:IRI ;\n sh:closed 1 .", 7, "sh:closed is"),
    # SPARQL
    (f"{USE} sh:sparql [\n sh:select 'SELECT ?that WHERE {{ $this ex:p ?that }}' ] .", 7, "sh:select does not give $this, so no finding has a node"),
    (f"{USE} sh:sparql [\n sh:select 'SELECT $This WHERE {{ $This ex:p ?that }}' ] .", 7, "sh:select does not give $this"),
    (f"{USE} sh:sparql [\n sh:select 'SELECT ($this AS ?that) WHERE {{ $this ex:p 1 }}' ] .", 7, "sh:select does not give $this"),
    (f"{USE} sh:sparql [\n sh:select 'ASK {{ $this ex:p 1 }}' ] .", 7, "sh:select is another kind of query; SELECT is expected"),
    (f"{USE} sh:sparql [\n sh:select 'SELECT $this WHERE {{ $this ex:p }}' ] .", 7, "sh:select is no SPARQL that can be run: "),
    (f"{USE} sh:sparql [\n sh:select 'SELECT $this WHERE {{ $this foo:p 1 }}' ] .", 7, "sh:select is no SPARQL that can be run: Unknown namespace prefix : foo"),
    (f"{USE} sh:sparql [\n sh:ask 'ASK {{ $this ex:p 1 }}' ] .", 6, "sh:sparql has no sh:select, so it checks nothing"),
    (f"{NO_ASK}{USE} ex:most 3 .", 5, "sh:ask is no SPARQL that can be run: "),
    # namespaces that are almost SHACL's
    *((f"@prefix s: <{like}> .\n{USE} s:property [ s:path ex:p ; s:minCount 1 ] ; sh:nodeKind sh:IRI .", 7, f"<{like}minCount>: not a term of SHACL, whose namespace is http://www.w3.org/ns/shacl#") for like in ALMOST),
    # regular expressions
    *((f"{USE} sh:property [ sh:path ex:p ; sh:pattern 'a.b' ;\n sh:flags '{flags}' ] .", 7, f"sh:flags '{flags}': only i and m are heeded") for flags in ("q", "zz", "ix", "I")),
    (f"{USE} sh:property [ sh:path ex:p ;\n sh:pattern '^(a' ] .", 7, "sh:pattern '^(a' is no regular expression: missing )"),
    (f"{USE} sh:property [ sh:path ex:p ;\n sh:pattern '^\\\\p{{L}}$' ] .", 7, "sh:pattern '^\\\\p{L}$' is no regular expression: bad escape"),
    (f"{USE} sh:property [ sh:path ex:p ;\n sh:pattern 'a*a*a*a*a*a*a*a*b' ] .", 7, "sh:pattern 'a*a*a*a*a*a*a*a*b' may try for ever"),
    (f"{USE} sh:sparql [ sh:select '''SELECT $this WHERE {{ $this ex:p ?v\n FILTER regex(?v, \"(\") }}''' ] .", 7, "REGEX '(' is no regular expression"),
    (f"{USE} sh:sparql [\n sh:select 'SELECT $this WHERE {{ $this ex:p ?v FILTER NOT EXISTS {{ ?v ex:q ?w FILTER regex(?w, \"a\", \"q\") }} }}' ] .", 7, "the flags of REGEX 'q': only i, m and s are heeded"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "line", "what"), FAIL_OPEN)
def test_what_engines_would_pass_over_is_refused(content: str, line: int, what: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + content, encoding="utf-8")
    with pytest.raises(ShapesError, match=f"^{re.escape(f'{path} line {line}: {what}')}"):
        load_shapes([path])


@pytest.mark.parametrize(
    "content",
    [
        f"{USE} sh:closed true ; sh:property [ sh:path ex:p ] .",
        f"{USE} sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ] .",
        f"{USE} sh:property [ sh:path ex:p ; sh:qualifiedValueShape ex:V ; sh:qualifiedMinCount 1 ] . ex:V sh:path ex:q ; sh:minCount 1 .",
        f"{USE} sh:deactivated true ; sh:property [ sh:path ex:p ; sh:deactivated true ] .",
        f"{USE} sh:deactivated '1'^^xsd:boolean ; sh:nodeKind sh:IRI .",
        f"{VALIDATED}{USE} ex:most 3 .",
        f"{USE} sh:sparql [ sh:select 'SELECT * WHERE {{ $this $PATH ?value . ?value $PATH/ex:q ?w }}' ] .",
        f"{USE} sh:nodeKind sh:IRI ; ex:see <http://www.w3.org/ns/shacl> , <https://www.w3.org/ns/shacl#> , <http://www.w3.org/ns/shacl-shacl#A> .",
        f"{USE} sh:property [ sh:path ex:p ; sh:pattern '^a$' ; sh:flags 'im' ] .",
        "ex:C a sh:NodeShape , owl:Class ; sh:nodeKind sh:IRI .",
        f"{USE} sh:node [ sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:name 'p' ; sh:order 1 ; ex:note 'n' ] ] .",
    ],
)  # fmt: skip
def test_what_engines_heed_is_let_in(content: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(HEAD + content, encoding="utf-8")
    assert load_shapes([path]).rules


def test_a_shape_may_stand_in_another_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one.ttl", tmp_path / "other.ttl"
    one.write_text(f"{HEAD}{USE} sh:node ex:N .", encoding="utf-8")
    other.write_text(f"{HEAD}ex:N a sh:NodeShape ; sh:nodeKind sh:IRI .", encoding="utf-8")
    assert len(load_shapes([one, other]).rules) == 2
    with pytest.raises(ShapesError, match="sh:node names ex:N, which is not defined"):
        load_shapes([one])


def test_own_shapes_are_as_strict_as_others_must_be() -> None:
    """They are loaded without the longer checks, to save time."""
    assert set(load_shapes([resource("shapes", name) for name in SHAPE_FILES]).rules) == set(shapes().rules)


def test_a_constraint_with_a_message_is_no_rule(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    query = "sh:sparql [ sh:message 'a'@en ; sh:severity sh:Info ; sh:select 'SELECT $this WHERE { $this ?p ?o }' ]"
    path.write_text(f"{HEAD}{VALIDATED}{USE} ex:most 3 ; {query} .", encoding="utf-8")
    assert [rule.code for rule in load_shapes([path]).rules.values()] == ["S"]


def test_messages_are_in_words_a_planner_knows() -> None:
    for rule in shapes().rules.values():
        for message in rule.messages.values():
            assert not re.search(r"\b(skos|ake|dcterms):\w|\b(sarake|sarakkeeseen|kolumnen|column) continues", message)


@pytest.mark.parametrize(
    ("code", "language", "words"),
    [
        ("AKE-112", "fi", "Tulosketju kiertää kehää: osa johtaa lopulta takaisin itseensä. "),
        ("AKE-115", "sv", "Ange i ramverket vilken stig det är."),
        ("AKE-223", "fi", "pitäisikö arvon kasvaa, pienentyä vai pysyä ennallaan."),
        ("AKE-313", "fi", "Lähtötaso ja tavoitearvo on annettu eri tavoin: toinen on luku, toinen teksti. "),
        (
            "AKE-313",
            "sv",
            "Utgångsläget och målvärdet är angivna på olika sätt: det ena är ett tal, det andra en text. ",
        ),
        ("AKE-331", "fi", "ei jatka yhtäkään sen toimenpidettä."),
        ("AKE-341", "fi", "minkä on pidettävä paikkansa"),
    ],
)
def test_messages_that_were_hard_to_read(code: str, language: str, words: str) -> None:
    (rule,) = (rule for rule in shapes().rules.values() if rule.code == code)
    assert words in rule.messages[language]
