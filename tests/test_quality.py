"""The quality rules of ontology/quality.ttl: each works, and what is published keeps them.

``tests/quality/<rule>.ttl`` are small faulty ontologies; lines ``# expect: <rule> <term at fault>`` say what is found
when one is read together with ``tests/quality/context.ttl``, which is sound. Rules run here as what they are made of:
their SPARQL over their targets, in Oxigraph, which is quick. That an engine of SHACL finds the same is tested as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store
from rdflib import DCTERMS, RDF, RDFS, SH, Literal, URIRef
from rdflib.term import Node

from akegraph.graph.loading import load_turtle, new_graph
from akegraph.validation import Shapes, load_shapes, validate_graph
from akegraph.validation.findings import Finding
from akegraph.validation.shapes import find_rules

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "ontology/quality.ttl"
NAMESPACE = "https://w3id.org/akegraph/quality#"
FOLDER = Path(__file__).parent / "quality"
EXAMPLES = sorted(FOLDER.glob("Q-*.ttl"))
ACCEPTED = tomllib.loads((FOLDER / "accepted.toml").read_text(encoding="utf-8"))["accepted"]
BASE = "https://w3id.org/akegraph/"
NAMES = {
    "ake": f"{BASE}ontology#",
    "akev": f"{BASE}vocab/",
    "ex": "https://example.org/test/",
    "org": "http://www.w3.org/ns/org#",
    "size": f"{BASE}vocab/size/",
}

Fault = tuple[str, str]


@cache
def rules() -> Shapes:
    return load_shapes([RULES])


def codes() -> list[str]:
    return sorted(str(shape).removeprefix(NAMESPACE) for shape in rules().graph.subjects(RDF.type, SH.NodeShape))


def text(subject: Node, predicate: URIRef) -> str:
    [found] = rules().graph.objects(subject, predicate)
    assert isinstance(found, Literal), (subject, predicate)
    return str(found)


def constraint(code: str) -> Node:
    [found] = rules().graph.objects(URIRef(NAMESPACE + code), SH.sparql)
    return found


def targets(code: str) -> str:
    """Write the targets of a rule as a graph pattern."""
    shape, graph = URIRef(NAMESPACE + code), rules().graph
    nodes = [f"BIND(<{node}> AS ?this)" for node in graph.objects(shape, SH.targetNode)]
    nodes += [f"?this a <{kind}>" for kind in graph.objects(shape, SH.targetClass)]
    nodes += [f"?this <{name}> ?any" for name in graph.objects(shape, SH.targetSubjectsOf)]
    nodes += [f"?any <{name}> ?this" for name in graph.objects(shape, SH.targetObjectsOf)]
    assert nodes, f"{code} has no target"
    return " UNION ".join(f"{{ {pattern} }}" for pattern in sorted(nodes))


@cache
def query(code: str) -> str:
    """Turn a rule into one query that finds its focus nodes by itself."""
    graph = rules().graph
    head, body = text(constraint(code), SH.select).split("WHERE {", 1)
    [declared] = graph.objects(constraint(code), SH.prefixes)
    prefixes = "".join(
        f"PREFIX {graph.value(one, SH.prefix)}: <{graph.value(one, SH.namespace)}>\n"
        for one in graph.objects(declared, SH.declare)
    )
    return f"{prefixes}{head} WHERE {{ {{ SELECT DISTINCT ?this WHERE {{ {targets(code)} }} }} {body}"


def at_fault(code: str) -> str:
    """Name the variable that holds the term at fault: the focus, unless that is the same node every time."""
    return "value" if (URIRef(NAMESPACE + code), SH.targetNode, None) in rules().graph else "this"


def open_store(*paths: Path) -> Store:
    store = Store()
    for path in paths:
        store.load(path.read_bytes(), RdfFormat.TURTLE, base_iri=BASE)
    return store


def find(store: Store, wanted: list[str]) -> set[Fault]:
    found = set()
    for code in wanted:
        solutions = store.query(query(code))
        assert isinstance(solutions, QuerySolutions)
        found |= {(code, str(solution[at_fault(code)]).strip("<>")) for solution in solutions}
    return found


def reported(findings: Iterable[Finding]) -> set[Fault]:
    return {(one.code, str(one.value if at_fault(one.code) == "value" else one.focus)) for one in findings}


def expected(path: Path) -> set[Fault]:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = (line.removeprefix("# expect: ").split() for line in lines if line.startswith("# expect: "))
    return {(code, expand(focus)) for code, focus in marked}


def expand(name: str) -> str:
    if name.startswith("<"):
        inside = name.strip("<>")
        return inside if ":" in inside else BASE + inside
    prefix, local = name.split(":", 1)
    return NAMES[prefix] + local


def part(code: str) -> Shapes:
    """Return one rule alone."""
    graph = new_graph()
    graph += rules().graph.cbd(URIRef(NAMESPACE + code))
    for declared in set(graph.objects(None, SH.prefixes)):
        graph += rules().graph.cbd(declared)
    return Shapes(graph, find_rules(graph))


# --- the rules ---


def test_number_of_rules_and_examples() -> None:
    assert len(codes()) == 52
    assert len(EXAMPLES) == 52


@pytest.mark.parametrize("code", codes())
def test_a_rule_is_told_whole(code: str) -> None:
    shape, graph = URIRef(NAMESPACE + code), rules().graph
    assert text(shape, DCTERMS.identifier) == code
    assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning)
    assert len(text(shape, RDFS.comment).split()) > 5
    message, select = text(constraint(code), SH.message), text(constraint(code), SH.select)
    names = set(re.findall(r"\{[$?](\w+)\}", message))
    assert names & {"this", "value"}, "the message names the term"
    projected = set(re.findall(r"[$?](\w+)", select.split("WHERE {", 1)[0]))
    assert names <= projected
    assert message.endswith(".")
    number = re.match(r"Q-(P\d\d)", code)
    if number is not None:
        assert f"OOPS! {number[1]}," in text(shape, RDFS.comment)


def test_the_context_is_sound() -> None:
    assert find(open_store(FOLDER / "context.ttl"), codes()) == set()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_caught_by_its_rule_alone(path: Path) -> None:
    wanted = expected(path)
    assert {code for code, _ in wanted} == {path.stem}
    store = open_store(FOLDER / "context.ttl", path)
    assert find(store, codes()) == wanted
    assert find(store, [code for code in codes() if code != path.stem]) == set(), "missed without the rule"


def test_every_rule_has_an_example() -> None:
    assert [path.stem for path in EXAMPLES] == codes()


def test_no_target_can_be_removed_unnoticed() -> None:
    unnoticed = set()
    for path in EXAMPLES:
        code, store = path.stem, open_store(FOLDER / "context.ttl", path)
        parts = targets(code).split(" UNION ")
        for part in parts if len(parts) > 1 else ():
            fewer = " UNION ".join(other for other in parts if other != part)
            solutions = store.query(query(code).replace(targets(code), fewer))
            assert isinstance(solutions, QuerySolutions)
            if len({str(solution["this"]) for solution in solutions}) == len(expected(path)):
                unnoticed.add(code)
    # what these look for has two of their targets, so that either finds it
    assert unnoticed == {"Q-D02", "Q-L03", "Q-P19"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_engine_of_shacl_finds_the_same_and_names_it(path: Path) -> None:
    report = validate_graph(load_turtle(FOLDER / "context.ttl", path), part(path.stem), new_graph())
    assert reported(report.findings) == expected(path)
    for finding in report.findings:
        assert any(term in finding.message for _, term in expected(path))
        assert "{" not in finding.message


# --- what is published ---


def published() -> list[Path]:
    """Everything that states terms: the ontology, its schemes and alignments, the shapes, the reference data."""
    files = [path for folder in ("ontology", "shapes", "data/reference") for path in (ROOT / folder).rglob("*.ttl")]
    return sorted(set(files) - {RULES})


@cache
def faults() -> frozenset[Fault]:
    return frozenset(find(open_store(*published()), codes()))


def accepted() -> set[Fault]:
    return {(entry["rule"], expand(term)) for entry in ACCEPTED for term in entry["terms"]}


def test_all_kinds_of_files_are_looked_at() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in published()}
    assert names >= {
        "ontology/akegraph.ttl",
        "ontology/schemes/task.ttl",
        "shapes/core.ttl",
        "shapes/recommended.ttl",
        "data/reference/law.ttl",
    }


@pytest.mark.parametrize("code", codes())
def test_what_is_published_keeps_the_rule(code: str) -> None:
    found = {focus for rule, focus in faults() if rule == code}
    assert found == {focus for rule, focus in accepted() if rule == code}


def test_only_warnings_are_accepted_each_once_and_with_a_reason() -> None:
    for entry in ACCEPTED:
        assert rules().graph.value(URIRef(NAMESPACE + entry["rule"]), SH.severity) == SH.Warning, entry["rule"]
        assert len(entry["reason"].split()) > 5, entry["rule"]
    listed = [(entry["rule"], term) for entry in ACCEPTED for term in entry["terms"]]
    assert len(listed) == len(set(listed))
    assert listed == sorted(listed, key=lambda pair: pair[0]), "in the order of the rules"


def test_every_rule_has_something_to_look_at() -> None:
    """A target that nothing has would let everything pass; these have nothing yet, and mean to."""
    store = open_store(*published())
    idle = {code for code in codes() if not store.query(f"ASK {{ {targets(code)} }}")}
    assert idle == {"Q-D03", "Q-D04", "Q-P26", "Q-P28"}


def test_the_engine_agrees_about_the_ontology() -> None:
    files = [path for path in published() if path.is_relative_to(ROOT / "ontology")]
    report = validate_graph(load_turtle(*files), rules(), new_graph())
    found = reported(report.findings)
    assert found == find(open_store(*files), codes())
    assert found
