"""The ontology: its terms are declared, labelled and defined, and no file uses others."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

import akegraph.terms
from akegraph.graph.namespace import render
from akegraph.terms import AKE

ROOT = Path(__file__).resolve().parents[1]
AKE_NS = Namespace("https://w3id.org/akegraph/ontology#")
ONTOLOGY = URIRef("https://w3id.org/akegraph/ontology")
NOWHERE = "https://nowhere.invalid/"
LANGUAGES = ("en", "fi", "sv")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


def parse(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID=NOWHERE)


def turtle_files() -> list[Path]:
    return sorted(path for folder in ("ontology", "shapes", "data") for path in (ROOT / folder).rglob("*.ttl"))


def own_terms(ontology: Graph) -> set[URIRef]:
    return {
        term
        for kind in KINDS
        for term in ontology.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term in AKE_NS
    }


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parse(ROOT / "ontology/akegraph.ttl")


# --- terms.py ---


def test_terms_are_those_of_the_ontology(ontology: Graph) -> None:
    committed = Path(akegraph.terms.__file__).read_text(encoding="utf-8")
    assert committed == render(ontology), "run python -m akegraph.graph.namespace"


def test_rendering_sees_a_renamed_term(ontology: Graph) -> None:
    source = (ROOT / "ontology/akegraph.ttl").read_text(encoding="utf-8").replace("ake:hasOutput ", "ake:yields ")
    assert render(Graph().parse(data=source, format="turtle")) != render(ontology)


def test_a_misspelt_term_raises() -> None:
    with pytest.raises(AttributeError):
        _ = AKE.hasOutptu


# --- every file ---


def test_all_files_are_looked_at() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in turtle_files()}
    schemes = {f"ontology/schemes/{name}.ttl" for name in ("column", "participation", "path", "task", "timing")}
    reference = {f"data/reference/{name}.ttl" for name in ("areas", "framework", "law", "organisations")}
    assert found >= {"ontology/akegraph.ttl", *schemes, *reference}


@pytest.mark.parametrize("path", turtle_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_turtle_has_triples_and_no_relative_iri(path: Path) -> None:
    graph = parse(path)
    assert len(graph) > 0
    relative = {term for triple in graph for term in triple if str(term).startswith((NOWHERE, "file:"))}
    assert not relative


COMMENT_OR_STRING = re.compile(
    r'<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\\n]|\\.)*'|#[^\n]*",
    re.DOTALL,
)
CURIE = re.compile(r"(?<![\w:])ake:(\w+)")


def terms_in_sparql(text: str) -> set[str]:
    """Names of own terms in SPARQL, as CURIE or in full; comments and strings do not count."""
    names = {token.removeprefix(f"<{AKE_NS}").rstrip(">") for token in re.findall(f"<{AKE_NS}\\w+>", text)}
    kept = COMMENT_OR_STRING.sub(lambda token: " ", text)
    return names | set(CURIE.findall(kept))


def terms_in_turtle(path: Path) -> set[str]:
    """Names of own terms in Turtle, those inside embedded SPARQL as well."""
    graph = parse(path)
    used = {term for triple in graph for term in triple if isinstance(term, URIRef) and term in AKE_NS}
    names = {term.removeprefix(str(AKE_NS)) for term in used} - {""}
    for predicate in (SH.select, SH.ask, SH.construct):
        for query in graph.objects(None, predicate):
            names |= terms_in_sparql(str(query))
    return names


def undeclared(ontology: Graph, files: list[Path]) -> list[str]:
    known = {term.removeprefix(str(AKE_NS)) for term in own_terms(ontology)}
    faults = []
    for path in files:
        sparql = path.suffix == ".rq"
        used = terms_in_sparql(path.read_text(encoding="utf-8")) if sparql else terms_in_turtle(path)
        faults += [f"{path.name}: ake:{name} is not declared in ontology/akegraph.ttl" for name in sorted(used - known)]
    return faults


def test_every_term_used_is_declared(ontology: Graph) -> None:
    assert undeclared(ontology, [*turtle_files(), *sorted((ROOT / "queries").rglob("*.rq"))]) == []


def test_a_misspelt_term_is_named_with_its_file(ontology: Graph, tmp_path: Path) -> None:
    prefix = f"@prefix ake: <{AKE_NS}> ."
    (tmp_path / "data.ttl").write_text(f"{prefix} <x> ake:hasOutptu <y> ; a ake:Plan .")
    (tmp_path / "shape.ttl").write_text(
        f'{prefix} <x> <http://www.w3.org/ns/shacl#select> "SELECT $this {{ $this ake:onPaht ?x }}" .'
    )
    (tmp_path / "query.rq").write_text(
        f"# ake:comment\nPREFIX ake: <{AKE_NS}>\n"
        f"SELECT ?x {{ ?x ake:onPath+/ake:missing 'ake:text' ; <{AKE_NS}alsoMissing> \"it's ake:text\" }}"
    )
    assert undeclared(ontology, sorted(tmp_path.iterdir())) == [
        "data.ttl: ake:hasOutptu is not declared in ontology/akegraph.ttl",
        "query.rq: ake:alsoMissing is not declared in ontology/akegraph.ttl",
        "query.rq: ake:missing is not declared in ontology/akegraph.ttl",
        "shape.ttl: ake:onPaht is not declared in ontology/akegraph.ttl",
    ]


# --- labels and definitions ---


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=["label", "definition"])
def test_every_term_has_one_text_in_each_language(ontology: Graph, predicate: URIRef) -> None:
    faults = text_faults(ontology, predicate)
    assert faults == []


def text_faults(ontology: Graph, predicate: URIRef) -> list[str]:
    """Name the terms that lack a text in a language, have two in one, or have one with stray space."""
    faults = []
    for term in sorted(own_terms(ontology)):
        texts = [text for text in ontology.objects(term, predicate) if isinstance(text, Literal)]
        if sorted(str(text.language) for text in texts) != list(LANGUAGES):
            faults.append(f"{term.removeprefix(str(AKE_NS))}: {sorted(str(text.language) for text in texts)}")
        faults += [f"{term}: {str(text)!r}" for text in texts if str(text) != " ".join(str(text).split())]
    return faults


def test_a_missing_or_second_label_is_named() -> None:
    ontology = parse(ROOT / "ontology/akegraph.ttl")
    ontology.remove((AKE.Plan, RDFS.label, Literal("plan", lang="sv")))
    ontology.add((AKE.Path, RDFS.label, Literal("track", lang="en")))
    assert text_faults(ontology, RDFS.label) == ["Path: ['en', 'en', 'fi', 'sv']", "Plan: ['en', 'fi']"]


def test_definitions_are_sentences_and_no_labels(ontology: Graph) -> None:
    for term in own_terms(ontology):
        for text in ontology.objects(term, SKOS.definition):
            assert str(text).endswith("."), text
            assert len(str(text).split()) > 3, text


def test_no_two_terms_share_a_label(ontology: Graph) -> None:
    terms = defaultdict(set)
    for term in own_terms(ontology):
        for label in ontology.objects(term, RDFS.label):
            assert isinstance(label, Literal)
            terms[label.language, label.lower()].add(term)
    assert {label: found for label, found in terms.items() if len(found) > 1} == {}


def test_terms_are_named_and_defined_here(ontology: Graph) -> None:
    for term in own_terms(ontology):
        name = term.removeprefix(str(AKE_NS))
        pattern = r"[A-Z][A-Za-z]+" if (term, RDF.type, OWL.Class) in ontology else r"[a-z][A-Za-z]+"
        assert re.fullmatch(pattern, name), name
        assert ontology.value(term, RDFS.isDefinedBy) == ONTOLOGY, name


def test_outside_terms_are_declared_and_never_redefined(ontology: Graph) -> None:
    outside = {subject for subject in ontology.subjects() if isinstance(subject, URIRef) and subject not in AKE_NS} - {
        ONTOLOGY
    }
    for term in outside:
        assert {predicate for predicate, _ in ontology.predicate_objects(term)} == {RDF.type}, term
    built_in = tuple(map(str, (OWL, RDF, RDFS, XSD)))
    used = {predicate for predicate in ontology.predicates() if not str(predicate).startswith(built_in)}
    used |= set(ontology.objects(None, RDFS.subClassOf)) | set(ontology.objects(None, RDFS.range))
    assert {term for term in used if not str(term).startswith((*built_in, str(AKE_NS)))} <= outside


# Those without domain speak of things of several classes, and OWL 2 RL has no union there; those without
# range hold texts with a language tag, which OWL 2 RL cannot ask for.
def test_properties_have_domain_and_range(ontology: Graph) -> None:
    without_domain = {term for term in properties(ontology) if ontology.value(term, RDFS.domain) is None}
    assert without_domain == {
        AKE.hasLegalBasis,
        AKE.hasIndicator,
        AKE.hasIndicatorSet,
        AKE.statedIn,
        AKE.rank,
    }
    without_range = {term for term in properties(ontology) if ontology.value(term, RDFS.range) is None}
    assert without_range == {
        AKE.goalText,
        AKE.libraryPart,
        AKE.organiserPart,
        AKE.textValue,
        AKE.verbatimText,
    }
    for one, other in ontology.subject_objects(OWL.inverseOf):
        assert ontology.value(one, RDFS.domain) == ontology.value(other, RDFS.range)
        assert ontology.value(one, RDFS.range) == ontology.value(other, RDFS.domain)


def properties(ontology: Graph) -> set[URIRef]:
    return {term for term in own_terms(ontology) if (term, RDF.type, OWL.Class) not in ontology}


def test_header(ontology: Graph) -> None:
    assert ontology.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/0.1.0")
    assert ontology.value(ONTOLOGY, OWL.versionInfo) == Literal("0.1.0")
    assert ontology.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    for predicate in (DCTERMS.title, DCTERMS.description):
        texts = [text for text in ontology.objects(ONTOLOGY, predicate) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == list(LANGUAGES)
