"""The alignments: each file by itself, about declared terms only, and outside of everything that is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from akegraph.graph.loading import load_turtle
from akegraph.graph.vocabulary import read_alignment
from akegraph.pipeline.knowledge import Knowledge
from akegraph.resources import resource
from akegraph.terms import AKE

FILES = sorted(resource("ontology", "alignments").glob("*.ttl"))
AKE_NS = Namespace("https://w3id.org/akegraph/ontology#")
BASE = "https://w3id.org/akegraph/ontology"
LINKS = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso)


def parse(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID="https://nowhere.invalid/")


def links(graph: Graph) -> list[tuple[URIRef, URIRef, URIRef]]:
    """The statements that are not about the file itself."""
    return [(s, p, o) for s, p, o in graph if not str(s).startswith(f"{BASE}/alignment/")]  # type: ignore[misc]


def test_the_ten_files() -> None:
    names = ["cids", "cpsv", "dcat", "eli", "iati", "org", "p-plan", "prov", "qb", "skos"]
    assert [path.stem for path in FILES] == names


def declared() -> set[str]:
    ontology = parse(resource("ontology", "akegraph.ttl"))
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    return {
        str(term) for kind in kinds for term in ontology.subjects(RDF.type, kind) if str(term).startswith(str(AKE_NS))
    }


def alignment_faults(path: Path, known: set[str]) -> list[str]:
    """Name the links whose subject is no declared term of ours, whose object is ours, or whose predicate says too much."""
    faults = []
    for subject, predicate, target in sorted(links(parse(path))):
        name = f"{path.name}: {str(subject).replace(str(AKE_NS), 'ake:')}"
        if str(subject) not in known:
            faults.append(f"{name} is not declared")
        if predicate not in LINKS:
            faults.append(f"{name} uses {predicate}")
        if str(target).startswith(BASE) or not isinstance(target, URIRef):
            faults.append(f"{name} points to {target}")
    return faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestAlignment:
    def test_has_a_header_with_licence(self, path: Path) -> None:
        graph = parse(path)
        [header] = graph.subjects(RDF.type, OWL.Ontology)
        assert header == URIRef(f"{BASE}/alignment/{path.stem}")
        assert graph.value(header, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
        assert graph.value(header, OWL.versionInfo) == Literal("0.2.0")
        assert {text.language for text in graph.objects(header, DCTERMS.title) if isinstance(text, Literal)} == {
            "en", "fi", "sv",
        }  # fmt: skip
        assert not list(graph.objects(header, OWL.imports))

    def test_links_declared_terms_outwards(self, path: Path) -> None:
        assert links(parse(path))
        assert alignment_faults(path, declared()) == []

    def test_says_which_version_was_meant(self, path: Path) -> None:
        second = path.read_text(encoding="utf-8").splitlines()[1]
        assert second.startswith("# ")
        assert "not fetched" in second


def test_a_misspelt_term_is_named_with_its_file(tmp_path: Path) -> None:
    text = next(path for path in FILES if path.stem == "prov").read_text(encoding="utf-8")
    (tmp_path / "prov.ttl").write_text(text.replace("ake:preparedBy", "ake:perparedBy"), encoding="utf-8")
    assert alignment_faults(tmp_path / "prov.ttl", declared()) == ["prov.ttl: ake:perparedBy is not declared"]


def test_no_alignment_is_loaded() -> None:
    knowledge = Knowledge()
    loaded = set(knowledge.ontology) | set(knowledge.schemes_graph) | set(knowledge.reference)
    for path in FILES:
        repeated = {link for link in links(parse(path)) if link in loaded}
        # two sub-class statements stand in the ontology itself
        assert repeated <= {
            (AKE.DevelopmentOrganisation, RDFS.subClassOf, URIRef("http://www.w3.org/ns/org#Organization")),
            (AKE.IndicatorValue, RDFS.subClassOf, URIRef("http://purl.org/linked-data/cube#Observation")),
        }
        assert (URIRef(f"{BASE}/alignment/{path.stem}"), None, None) not in knowledge.ontology


def test_each_model_has_a_name_and_every_link_is_read() -> None:
    models = set()
    for path in FILES:
        found = read_alignment(load_turtle(path), path.stem)
        read = [link for of in found.values() for link in of]
        assert len(read) == len(links(parse(path)))
        assert {link.file for link in read} == {path.stem}
        models |= {link.model for link in read}
        assert all(":" in link.name and not link.name.startswith("ns") for link in read), path.name
    assert len(models) == len(FILES)
    assert {"PROV-O", "P-Plan", "Data Cube", "CPSV-AP"} <= models
