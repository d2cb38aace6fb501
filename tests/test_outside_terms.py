"""Terms of other vocabularies: each one that a file uses exists there, so that a misspelt one is named with its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SH, SKOS, VANN, VOID, XSD, Graph, Literal, URIRef

from akegraph.graph.serialising import serialise_turtle
from akegraph.queries import load_queries
from akegraph.queries.publishing import describe_queries

ROOT = Path(__file__).resolve().parents[1]
BASE = "https://w3id.org/akegraph/"
LISTED = (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SH, SKOS, VANN, VOID, XSD)
"""Vocabularies whose terms rdflib lists."""
NEWER = {"http://www.w3.org/ns/dcat#prev"}
"""Terms of a listed vocabulary that are younger than the list: DCAT 3."""
OTHERS = {
    "http://data.europa.eu/eli/ontology#": {
        "LegalResource", "LegalResourceSubdivision", "based_on", "date_document", "first_date_entry_in_force",
        "is_part_of", "number",
    },
    "http://purl.org/ontology/bibo/": {"status", "status/draft"},
    "http://purl.org/linked-data/sdmx/2009/dimension#": {"refArea", "refPeriod"},
    "http://purl.org/linked-data/sdmx/2009/measure#": {"obsValue"},
    "http://purl.org/linked-data/sdmx/2009/attribute#": {"obsStatus", "unitMeasure"},
    "http://purl.org/net/p-plan#": {
        "Activity", "Plan", "Step", "Variable", "correspondsToStep", "isOutputVarOf", "isStepOfPlan",
    },
    "http://purl.org/vocab/cpsv#": {"PublicService"},
    "https://schema.org/": {"keywords", "target"},
}  # fmt: skip
"""What is used of vocabularies that rdflib does not list: another name of these is new here or misspelt."""
SKIPPED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*')
CURIE = re.compile(r"(?<![\w:?$])([A-Za-z][\w-]*):([A-Za-z][\w-]*)")


def exists(iri: str) -> bool:
    """Tell whether a term exists; True for what is of no vocabulary known here."""
    if iri in NEWER:
        return True
    for namespace in LISTED:
        if iri.startswith(str(namespace)) and iri != str(namespace):
            return iri in namespace
    for other, names in OTHERS.items():
        if iri.startswith(other) and iri != other:
            return iri.removeprefix(other) in names
    return True


def read_sparql(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Read the IRIs of a query; comments and strings do not count."""
    bare = re.sub(r"<([^<>\s]*)>|" + SKIPPED.pattern, lambda found: f"<{found[1]}>" if found[1] else " ", text)
    known = {**prefixes, **dict(re.findall(r"PREFIX\s+([\w-]*):\s*<([^>]*)>", bare, re.IGNORECASE))}
    full = set(re.findall(r"<([^>]*)>", bare))
    return full | {
        known[prefix] + name for prefix, name in CURIE.findall(re.sub(r"<[^>]*>", " ", bare)) if prefix in known
    }


def read_turtle(path: Path) -> set[str]:
    """Read the IRIs of a Turtle file, those of the SPARQL in it as well."""
    graph = Graph().parse(path, format="turtle", publicID=BASE)
    prefixes = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(None, SH.declare)
    }
    prefixes = {prefix: str(namespace) for prefix, namespace in graph.namespaces()} | prefixes
    found = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    found |= {str(term.datatype) for term in graph.objects() if isinstance(term, Literal) and term.datatype}
    for predicate in (SH.select, SH.ask, SH.construct):
        for query in graph.objects(None, predicate):
            found |= read_sparql(str(query), prefixes)
    return found


def misspelt(path: Path) -> list[str]:
    used = read_turtle(path) if path.suffix == ".ttl" else read_sparql(path.read_text(encoding="utf-8"), {})
    return [f"{path.name}: {iri} is no term of its vocabulary" for iri in sorted(used) if not exists(iri)]


# the examples of tests/quality are faulty on purpose, and some invent a term of another vocabulary
FOLDERS = ("ontology", "shapes", "data", "tests/shapes", "tests/queries", "tests/chains", "tests/golden")
FILES = sorted(
    [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ttl")]
    + [path for folder in ("queries", "akegraph/web/sparql") for path in (ROOT / folder).rglob("*.rq")]
)


def test_all_folders_are_looked_at() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert names >= {
        "ontology/akegraph.ttl", "ontology/schemes/unit.ttl", "ontology/alignments/qb.ttl", "ontology/quality.ttl",
        "shapes/core.ttl", "data/reference/law.ttl", "queries/gaps.rq", "akegraph/web/sparql/labels.rq",
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_outside_term_exists(path: Path) -> None:
    assert misspelt(path) == []


def test_the_published_questions_use_terms_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "questions.ttl"
    path.write_bytes(serialise_turtle(describe_queries(load_queries())))
    assert misspelt(path) == []
    path.write_bytes(path.read_bytes().replace(b"https://schema.org/target", b"https://schema.org/traget", 1))
    assert misspelt(path) == ["questions.ttl: https://schema.org/traget is no term of its vocabulary"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("ontology/schemes/unit.ttl", "skos:definition", "skos:defintion"),
        ("ontology/schemes/group.ttl", "skos:altLabel", "skos:altLable"),
        ("ontology/akegraph.ttl", "owl:FunctionalProperty", "owl:FuntionalProperty"),
        ("ontology/akegraph.ttl", "dcterms:source", "dcterms:sorce"),
        ("ontology/alignments/qb.ttl", "sdmx-measure:obsValue", "sdmx-measure:obsVaule"),
        ("ontology/quality.ttl", "$this rdfs:label ?value", "$this rdfs:lable ?value"),
        ("data/reference/law.ttl", "eli:is_part_of", "eli:is_partof"),
        ("data/reference/indicators.ttl", "^^xsd:decimal", "^^xsd:decmial"),
        ("queries/gaps.rq", "skos:prefLabel", "skos:preflabel"),
    ],
)
def test_a_misspelt_outside_term_is_named_with_its_file(tmp_path: Path, name: str, before: str, after: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert before in text
    spoilt = tmp_path / Path(name).name
    spoilt.write_text(text.replace(before, after, 1), encoding="utf-8")
    [fault] = misspelt(spoilt)
    wrong = re.split(r"[:\s]", after.removeprefix("$this "))[1]
    assert fault.startswith(f"{spoilt.name}: ")
    assert wrong in fault
