"""The ontology: its terms are declared, labelled and defined, and no file uses others."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, VANN

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
    schemes = {f"ontology/schemes/{name}.ttl" for name in ("column", "group", "participation", "path", "task", "unit")}
    reference = {f"data/reference/{name}.ttl" for name in ("areas", "framework", "indicators", "law", "organisations")}
    assert found >= {"ontology/akegraph.ttl", "ontology/alignments/prov.ttl", "shapes/core.ttl", *schemes, *reference}


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
    queries = [path for folder in ("queries", "akegraph/web/sparql") for path in (ROOT / folder).rglob("*.rq")]
    # what tests are made of: a slip there would make a test pass for a reason that nobody meant
    made_up = [
        path
        for folder in ("shapes", "queries", "chains", "golden")
        for path in (ROOT / "tests" / folder).rglob("*.ttl")
    ]
    assert len(made_up) > 50
    assert undeclared(ontology, [*turtle_files(), *sorted(queries), *sorted(made_up)]) == []


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


# --- use ---


def competency_questions() -> list[dict[str, Any]]:
    text = (ROOT / "ontology/competency-questions.toml").read_text(encoding="utf-8")
    questions: list[dict[str, Any]] = tomllib.loads(text)["question"]
    return questions


def unused(ontology: Graph, questions: list[dict[str, Any]]) -> set[str]:
    """Names of the terms that no data, query, shape or competency question uses."""
    used = {term.removeprefix("ake:") for question in questions for term in question["terms"]}
    for path in turtle_files():
        if not path.is_relative_to(ROOT / "ontology") or path.parent.name == "schemes":
            used |= terms_in_turtle(path)
    for path in (ROOT / "queries").rglob("*.rq"):
        used |= terms_in_sparql(path.read_text(encoding="utf-8"))
    return {term.removeprefix(str(AKE_NS)) for term in own_terms(ontology)} - used


def test_every_term_is_used(ontology: Graph) -> None:
    assert unused(ontology, competency_questions()) == set()


def test_an_unused_term_is_named(ontology: Graph) -> None:
    spoilt = Graph() + ontology
    spoilt.add((AKE_NS["Unheard"], RDF.type, OWL.Class))
    assert unused(spoilt, competency_questions()) == {"Unheard"}
    assert "isAimedAtBy" in unused(ontology, [])


def test_competency_questions_are_whole(ontology: Graph) -> None:
    questions = competency_questions()
    assert [question["number"] for question in questions] == list(range(1, 25))
    known = {f"ake:{term.removeprefix(str(AKE_NS))}" for term in own_terms(ontology)}
    for question in questions:
        assert set(question) - {"query"} == {"number", *LANGUAGES, "terms"}
        for language in LANGUAGES:
            assert question[language].endswith("?"), question
        assert question["terms"], question
        misspelt = set(question["terms"]) - known
        assert not misspelt, f"competency-questions.toml: question {question['number']}: {sorted(misspelt)}"
        assert len(set(question["terms"])) == len(question["terms"]), question
        assert "query" not in question or (ROOT / f"queries/{question['query']}.rq").is_file(), question


# --- labels and definitions ---


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=["label", "definition"])
def test_every_term_has_one_text_in_each_language(predicate: URIRef) -> None:
    assert text_faults(ROOT / "ontology/akegraph.ttl", predicate) == []


def text_faults(path: Path, predicate: URIRef) -> list[str]:
    """Name the terms that lack a text in a language, have two in one, or have one with stray space."""
    ontology, faults = parse(path), []
    for term in sorted(own_terms(ontology)):
        name = f"{path.name}: ake:{term.removeprefix(str(AKE_NS))}"
        texts = [text for text in ontology.objects(term, predicate) if isinstance(text, Literal)]
        if sorted(str(text.language) for text in texts) != list(LANGUAGES):
            faults.append(f"{name}: {sorted(str(text.language) for text in texts)}")
        faults += [f"{name}: {str(text)!r}" for text in texts if str(text) != " ".join(str(text).split())]
    return faults


def test_a_missing_or_second_label_is_named_with_its_file(tmp_path: Path) -> None:
    text = (ROOT / "ontology/akegraph.ttl").read_text(encoding="utf-8")
    spoilt = tmp_path / "spoilt.ttl"
    text = text.replace('"suunnitelma"@fi , "plan"@sv , ', '"suunnitelma"@fi , ').replace(
        '"path"@en', '"path"@en , "track"@en'
    )
    spoilt.write_text(text, encoding="utf-8")
    assert text_faults(spoilt, RDFS.label) == [
        "spoilt.ttl: ake:Path: ['en', 'en', 'fi', 'sv']",
        "spoilt.ttl: ake:Plan: ['en', 'fi']",
    ]


MADE_UP = "Keksitty esimerkki: "


def test_every_term_has_a_finnish_example(ontology: Graph) -> None:
    for term in own_terms(ontology):
        [example] = ontology.objects(term, SKOS.example)
        assert isinstance(example, Literal)
        assert example.language == "fi", term


def test_examples_quote_the_real_plan_or_say_that_they_are_made_up(ontology: Graph) -> None:
    words = {str(text) for path in turtle_files() if "ontology/akegraph" not in str(path) for text in literals(path)}
    words |= {path.read_text(encoding="utf-8") for path in (ROOT / "data/plans").glob("ake-tampere-2026/*.*")}
    corpus = "\n".join(sorted(words))
    made_up = set()
    for term in own_terms(ontology):
        [example] = ontology.objects(term, SKOS.example)
        if str(example).startswith(MADE_UP):
            made_up.add(term)
            continue
        for quotation in re.findall("”(.+?)…?”", str(example)):
            assert quotation in corpus, f"{term}: {quotation}"
    assert {AKE.CausalLink, AKE.Execution, AKE.previousPlan, AKE.hasTargetGroup} <= made_up
    assert not made_up & {AKE.Activity, AKE.Output, AKE.ContextIndicator}


def literals(path: Path) -> set[Literal]:
    return {text for text in parse(path).objects() if isinstance(text, Literal)}


def test_every_term_has_a_source(ontology: Graph) -> None:
    known = {subject for path in turtle_files() for subject in parse(path).subjects() if isinstance(subject, URIRef)}
    outside = ("http://www.w3.org/TR/", "http://purl.org/linked-data/sdmx/2009/dimension#")
    for term in own_terms(ontology):
        sources = list(ontology.objects(term, DCTERMS.source))
        assert sources, term
        for source in sources:
            if isinstance(source, URIRef):
                assert source in known or str(source).startswith(outside), f"{term}: {source}"
            else:
                assert re.fullmatch(r"akegraph editors|ISO 16439:2014(, 3\.28)?|ISO 11620", str(source)), (
                    f"{term}: {source}"
                )


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
    used |= {term for place in (RDFS.subClassOf, RDFS.range) for term in ontology.objects(None, place)}
    named = {term for term in used if isinstance(term, URIRef)}
    assert {term for term in named if not str(term).startswith((*built_in, str(AKE_NS)))} <= outside


# Those without domain speak of things of several classes, and OWL 2 RL has no union there; those without
# range hold texts with a language tag, which OWL 2 RL cannot ask for.
def test_properties_have_domain_and_range(ontology: Graph) -> None:
    without_domain = {term for term in properties(ontology) if ontology.value(term, RDFS.domain) is None}
    assert without_domain == {
        AKE.hasLegalBasis,
        AKE.hasIndicator,
        AKE.hasIndicatorSet,
        AKE.isSynthetic,
        AKE.statedIn,
        AKE.rank,
    }
    without_range = {term for term in properties(ontology) if ontology.value(term, RDFS.range) is None}
    assert without_range == {
        AKE.assumption,
        AKE.calculationMethod,
        AKE.evidence,
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
    assert ontology.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/0.2.0")
    assert ontology.value(ONTOLOGY, OWL.versionInfo) == Literal("0.2.0")
    assert ontology.value(ONTOLOGY, OWL.priorVersion) == URIRef(f"{ONTOLOGY}/0.1.0")
    assert ontology.value(ONTOLOGY, OWL.backwardCompatibleWith) == URIRef(f"{ONTOLOGY}/0.1.0")
    assert ontology.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    for predicate in (DCTERMS.created, DCTERMS.modified, DCTERMS.issued):
        assert ontology.value(ONTOLOGY, predicate) == Literal("2026-11-22", datatype=XSD.date), predicate
    for predicate in (DCTERMS.creator, DCTERMS.publisher, SKOS.changeNote, SKOS.historyNote):
        assert ontology.value(ONTOLOGY, predicate), predicate
    assert ontology.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("ake")
    assert ontology.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal(str(AKE_NS))
    assert "0.2.0" in str(ontology.value(ONTOLOGY, DCTERMS.bibliographicCitation))
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.rights):
        texts = [text for text in ontology.objects(ONTOLOGY, predicate) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == list(LANGUAGES)


def test_nothing_is_imported_and_the_changelog_knows_the_version(ontology: Graph) -> None:
    assert not list(ontology.objects(ONTOLOGY, OWL.imports))
    assert not list(ontology.subjects(RDF.type, OWL.NamedIndividual))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 0.2.0" in changes
    for heading in ("Ontology", "Data", "Shapes", "Queries", "Code"):
        assert f"### {heading}" in changes
