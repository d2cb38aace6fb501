"""The concept schemes and the reference data: complete, ordered, and each wording in one place only."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from akegraph.terms import AKE

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT.parent / "shared/gold/plan-2026-rows.json"
AKEV = Namespace("https://w3id.org/akegraph/vocab/")
ID = Namespace("https://w3id.org/akegraph/id/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FINLEX = re.compile(r"http://data\.finlex\.fi/eli/sd/\d{4}/\d+(/pykala/\d+[a-z]?(/momentti/\d+)?)?")
SCHEMES = sorted((ROOT / "ontology/schemes").glob("*.ttl"))
LANGUAGES = ["en", "fi", "sv"]


def parse(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle", publicID="https://nowhere.invalid/")
    return graph


def label(graph: Graph, subject: URIRef, language: str = "fi", predicate: URIRef = SKOS.prefLabel) -> str | None:
    texts = [text for text in graph.objects(subject, predicate) if isinstance(text, Literal)]
    return next((str(text) for text in texts if text.language == language), None)


@pytest.fixture(scope="module")
def reference() -> Graph:
    return parse(*SCHEMES, *(ROOT / "data/reference").glob("*.ttl"))


def test_the_five_schemes() -> None:
    assert [path.stem for path in SCHEMES] == ["column", "participation", "path", "task", "timing"]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
class TestScheme:
    def test_has_labels_and_description(self, path: Path) -> None:
        graph = parse(path)
        assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [AKEV[path.stem]]
        assert languages(graph, AKEV[path.stem]) == LANGUAGES

    def test_concepts_are_complete(self, path: Path) -> None:
        graph = parse(path)
        concepts = set(graph.subjects(RDF.type, SKOS.Concept))
        assert concepts
        assert set(graph.subjects(SKOS.notation)) == concepts
        for concept in concepts:
            assert isinstance(concept, URIRef)
            assert list(graph.objects(concept, SKOS.inScheme)) == [AKEV[path.stem]], concept
            assert list(graph.objects(concept, SKOS.topConceptOf)) == [AKEV[path.stem]], concept
            assert list(graph.objects(concept, RDF.type)) == [SKOS.Concept], concept
            [notation] = graph.objects(concept, SKOS.notation)
            assert isinstance(notation, Literal)
            assert notation.datatype is None
            assert concept == AKEV[f"{path.stem}/{notation}"]
            assert languages(graph, concept) == LANGUAGES, concept

    def test_notations_and_ranks_are_unique(self, path: Path) -> None:
        graph = parse(path)
        concepts = list(graph.subjects(RDF.type, SKOS.Concept))
        assert len({str(graph.value(concept, SKOS.notation)) for concept in concepts}) == len(concepts)
        ranks = [rank for concept in concepts for rank in graph.objects(concept, AKE.rank)]
        assert all(isinstance(rank, Literal) and rank.datatype == XSD.integer for rank in ranks)
        assert sorted(int(str(rank)) for rank in ranks) == list(range(1, len(concepts) + 1))

    def test_no_wording_belongs_to_two_concepts(self, path: Path) -> None:
        assert shared_wordings(parse(path)) == {}


def languages(graph: Graph, subject: URIRef) -> list[str | None]:
    labels = [text for text in graph.objects(subject, SKOS.prefLabel) if isinstance(text, Literal)]
    assert all(str(text) and str(text) == " ".join(text.split()) for text in labels)
    return sorted((text.language for text in labels), key=str)


def shared_wordings(graph: Graph) -> dict[tuple[str | None, str], set[URIRef]]:
    """Find wordings, by language and without case, that stand on more than one concept."""
    concepts = defaultdict(set)
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
            for text in graph.objects(concept, predicate):
                assert isinstance(text, Literal)
                assert isinstance(concept, URIRef)
                concepts[text.language, text.casefold()].add(concept)
    return {wording: found for wording, found in concepts.items() if len(found) > 1}


def test_a_wording_on_two_concepts_is_found() -> None:
    graph = parse(ROOT / "ontology/schemes/timing.ttl")
    graph.add((AKEV["timing/end"], SKOS.hiddenLabel, Literal("Aikana", lang="fi")))
    assert list(shared_wordings(graph)) == [("fi", "aikana")]


def test_levels_are_ordered_the_same_three_ways(reference: Graph) -> None:
    levels = sorted(
        reference.subjects(SKOS.inScheme, AKEV.participation),
        key=lambda level: int(str(reference.value(level, AKE.rank))),
    )
    [collection] = reference.subjects(RDF.type, SKOS.OrderedCollection)
    members = reference.value(collection, SKOS.memberList)
    assert members is not None
    assert list(Collection(reference, members)) == levels
    pairs = set(reference.subject_objects(AKE.higherLevelThan))
    assert pairs == set(zip(levels[1:], levels, strict=False))


def test_level_wordings_are_their_two_parts(reference: Graph) -> None:
    for level in reference.subjects(SKOS.inScheme, AKEV.participation):
        assert isinstance(level, URIRef)
        for language in LANGUAGES:
            parts = [label(reference, level, language, part) for part in (AKE.organiserPart, AKE.libraryPart)]
            assert label(reference, level, language) == " – ".join(map(str, parts))
        hyphened = str(label(reference, level)).replace("–", "-")
        assert (level, SKOS.hiddenLabel, Literal(hyphened, lang="fi")) in reference


def test_legal_bases_are_provisions_in_the_law_file(reference: Graph) -> None:
    tasks = set(reference.subjects(SKOS.inScheme, AKEV.task))
    organisations = set(reference.subjects(RDF.type, AKE.DevelopmentOrganisation))
    assert set(reference.subjects(AKE.hasLegalBasis)) == tasks | organisations
    for basis in reference.objects(None, AKE.hasLegalBasis):
        assert (basis, RDF.type, ELI.LegalResourceSubdivision) in reference, basis


def test_law_iris_follow_the_pattern_and_hang_together(reference: Graph) -> None:
    provisions = set(reference.subjects(RDF.type, ELI.LegalResourceSubdivision))
    acts = set(reference.subjects(RDF.type, ELI.LegalResource))
    assert len(acts) == 2
    for resource in provisions | acts:
        assert isinstance(resource, URIRef)
        assert FINLEX.fullmatch(resource), resource
        assert languages(reference, resource) == LANGUAGES
    for provision in provisions:
        whole = reference.value(provision, ELI.is_part_of)
        assert whole in provisions | acts, provision
        assert str(provision).startswith(f"{whole}/")
    assert not FINLEX.fullmatch("http://data.finlex.fi/eli/sd/2016/1492/momentti/1")


def test_framework_is_whole(reference: Graph) -> None:
    [framework] = reference.subjects(RDF.type, AKE.ImpactFramework)
    pathways = set(reference.subjects(AKE.partOfFramework, framework))
    assert pathways == {ID[f"pathway/okm-2026-{number}"] for number in range(1, 5)}
    assert {pathway for _, pathway in reference.subject_objects(AKE.hasImpactPathway)} == pathways
    for path, pathway in reference.subject_objects(AKE.hasImpactPathway):
        assert reference.value(path, AKE.rank) == reference.value(pathway, AKE.rank)
        parts = list(reference.subjects(AKE.inPathway, pathway))
        [impact] = [part for part in parts if typed(reference, part, AKE.Impact)]
        goals = [part for part in parts if typed(reference, part, AKE.EffectivenessGoal)]
        assert set(reference.objects(impact, AKE.contributesToGoal)) == set(goals)
        for goal in goals:
            [indicators] = reference.objects(goal, AKE.hasIndicatorSet)
            assert typed(reference, indicators, AKE.IndicatorSet)


def typed(graph: Graph, subject: Node, class_: URIRef) -> bool:
    return (subject, RDF.type, class_) in graph


def test_nothing_is_invented_where_the_plan_is_silent(reference: Graph) -> None:
    with_text = set(reference.subjects(AKE.goalText))
    assert with_text == {ID["goal/okm-2026-2"], ID["goal/okm-2026-3-1"]}
    assert not list(reference.subjects(RDF.type, AKE.Indicator))
    assert not list(reference.triples((None, AKE.hasMember, None)))


def test_regional_libraries_share_the_areas_out(reference: Graph) -> None:
    areas = set(reference.subjects(RDF.type, AKE.OperatingArea))
    assert len(areas) == 18
    assert len(set(reference.objects(None, AKE.operatesIn))) == len(list(reference.objects(None, AKE.operatesIn)))
    assert set(reference.objects(None, AKE.operatesIn)) == areas
    assert len(set(reference.subjects(AKE.operatesIn))) == 9
    assert set(reference.objects(ID["organisation/tampere"], AKE.operatesIn)) == {
        ID["area/pirkanmaa"],
        ID["area/keski-suomi"],
    }
    for area in areas:
        assert isinstance(area, URIRef)
        assert re.fullmatch(r"FI-\d\d", str(reference.value(area, SKOS.notation)))
        assert languages(reference, area) == LANGUAGES


@pytest.mark.shared
@pytest.mark.skipif(not GOLD.exists(), reason="the reference material is not beside this checkout")
def test_wordings_equal_the_rows_read_by_hand(reference: Graph) -> None:
    rows = json.loads(GOLD.read_text(encoding="utf-8"))
    assert len(rows) == 17
    wordings: dict[Node | None, set[str]] = defaultdict(set)
    for predicate in (SKOS.prefLabel, SKOS.hiddenLabel):
        for concept, text in reference.subject_objects(predicate):
            wordings[reference.value(concept, SKOS.inScheme)].add(str(text))
    goals: dict[URIRef, set[str]] = {AKE.EffectivenessGoal: set(), AKE.IndicatorSet: set()}
    for kind, names in goals.items():
        for thing in reference.subjects(RDF.type, kind):
            assert isinstance(thing, URIRef)
            full = f"{label(reference, thing)}: {reference.value(thing, AKE.goalText)}"
            names |= {str(label(reference, thing)), full}
    for row in rows:
        number = row["impact_path"]["number"]
        assert row["path"]["label"] == label(reference, AKEV[f"path/{row['path']['number']}"])
        assert set(row["task_items"]) <= wordings[AKEV.task]
        assert row["participation_level"]["text"] in wordings[AKEV.participation]
        assert row["impact_path"]["text"] == label(reference, ID[f"impact/okm-2026-{number}"])
        assert row["effectiveness_goal"] in goals[AKE.EffectivenessGoal]
        assert row["evaluation_items"][-1] in goals[AKE.IndicatorSet]
