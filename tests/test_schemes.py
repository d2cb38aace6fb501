"""The concept schemes and the reference data: complete, ordered, and each wording in one place only."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS
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


def test_the_ten_schemes() -> None:
    assert [path.stem for path in SCHEMES] == [
        "column", "completeness", "direction", "group", "method", "participation", "path", "task", "timing", "unit",
    ]  # fmt: skip


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
class TestScheme:
    def test_has_labels_and_description(self, path: Path) -> None:
        graph = parse(path)
        assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [AKEV[path.stem]]
        assert languages(graph, AKEV[path.stem]) == LANGUAGES
        for predicate in (DCTERMS.source, DCTERMS.license, SKOS.editorialNote):
            assert graph.value(AKEV[path.stem], predicate), predicate

    def test_concepts_are_complete(self, path: Path) -> None:
        graph = parse(path)
        assert set(graph.subjects(RDF.type, SKOS.Concept)) == set(graph.subjects(SKOS.notation)) != set()
        assert concept_faults(path) == []

    def test_notations_and_ranks_are_unique(self, path: Path) -> None:
        graph = parse(path)
        concepts = list(graph.subjects(RDF.type, SKOS.Concept))
        assert len({str(graph.value(concept, SKOS.notation)) for concept in concepts}) == len(concepts)
        ranks = [rank for concept in concepts for rank in graph.objects(concept, AKE.rank)]
        assert all(isinstance(rank, Literal) and rank.datatype == XSD.integer for rank in ranks)
        assert sorted(int(str(rank)) for rank in ranks) == list(range(1, len(concepts) + 1))

    def test_no_wording_belongs_to_two_concepts(self, path: Path) -> None:
        assert shared_wordings(parse(path)) == {}


def concept_faults(path: Path) -> list[str]:
    """Name the concepts of a scheme's file that are not wholly in it, or lack or double a text."""
    graph, scheme, faults = parse(path), AKEV[path.stem], []
    for concept in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
        assert isinstance(concept, URIRef)
        name = f"{path.name}: {concept.removeprefix(str(AKEV))}"
        for predicate in (SKOS.inScheme, SKOS.topConceptOf):
            if (found := list(graph.objects(concept, predicate))) != [scheme]:
                faults.append(f"{name}: {predicate.fragment} {[str(node).removeprefix(str(AKEV)) for node in found]}")
        if list(graph.objects(concept, RDF.type)) != [SKOS.Concept]:
            faults.append(f"{name}: has another type")
        notations = list(graph.objects(concept, SKOS.notation))
        if [concept] != [AKEV[f"{path.stem}/{notation}"] for notation in notations]:
            faults.append(f"{name}: notation {[str(notation) for notation in notations]}")
        if languages(graph, concept) != LANGUAGES:
            faults.append(f"{name}: prefLabel {languages(graph, concept)}")
    return faults


ONCE = (
    SKOS.prefLabel,
    SKOS.definition,
    DCTERMS.title,
    DCTERMS.description,
    AKE.organiserPart,
    AKE.libraryPart,
    AKE.goalText,
)
WHOLE = (SKOS.definition, AKE.organiserPart, AKE.libraryPart)


def doubled_texts(path: Path) -> list[str]:
    """Name what has two texts of a kind in one language, or one that is not in all languages."""
    graph, faults = parse(path), []
    for subject in sorted(set(graph.subjects()), key=str):
        for predicate in ONCE:
            found = sorted(
                str(text.language) for text in graph.objects(subject, predicate) if isinstance(text, Literal)
            )
            if len(set(found)) < len(found) or (predicate in WHOLE and found not in ([], LANGUAGES)):
                faults.append(
                    f"{path.name}: {str(subject).rpartition('akegraph/')[2]}: {predicate.n3(graph.namespace_manager)} {found}"
                )
    return faults


@pytest.mark.parametrize("path", [*SCHEMES, *sorted((ROOT / "data").rglob("*.ttl"))], ids=lambda path: path.stem)
def test_no_text_stands_twice_in_one_language(path: Path) -> None:
    assert doubled_texts(path) == []


def test_a_second_or_missing_text_is_named_with_its_file(tmp_path: Path) -> None:
    text = (ROOT / "ontology/schemes/unit.ttl").read_text(encoding="utf-8")
    spoilt = text.replace('"Sixty minutes."@en', '"Sixty minutes."@en , "An hour."@en').replace(
        '"En hundradel av helheten."@sv ,', ""
    )
    (tmp_path / "unit.ttl").write_text(spoilt, encoding="utf-8")
    assert doubled_texts(tmp_path / "unit.ttl") == [
        "unit.ttl: vocab/unit/hour: skos:definition ['en', 'en', 'fi', 'sv']",
        "unit.ttl: vocab/unit/per-cent: skos:definition ['en', 'fi']",
    ]


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        ("skos:inScheme akev:timing ; skos:topConceptOf akev:timing ;\n    skos:notation \"end\"",
         "skos:inScheme akev:path ; skos:topConceptOf akev:timing ;\n    skos:notation \"end\"",
         ["timing.ttl: timing/end: inScheme ['path']"]),
        ("timing:end a skos:Concept", "timing:close a skos:Concept", ["timing.ttl: timing/close: notation ['end']"]),
        ('"Efter prestationen"@sv', '"Efter prestationen"@sv , "Efteråt"@sv',
         ["timing.ttl: timing/after: prefLabel ['en', 'fi', 'sv', 'sv']"]),
        ("timing:end a skos:Concept", "timing:end a skos:Concept , ake:EvaluationTiming",
         ["timing.ttl: timing/end: has another type"]),
    ],
    ids=["outside its scheme", "notation", "second label", "type"],
)  # fmt: skip
def test_a_spoilt_concept_is_named_with_its_file(tmp_path: Path, before: str, after: str, faults: list[str]) -> None:
    text = (ROOT / "ontology/schemes/timing.ttl").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "timing.ttl").write_text(text.replace(before, after), encoding="utf-8")
    assert concept_faults(tmp_path / "timing.ttl") == faults


def unknown_concepts(paths: list[Path]) -> list[str]:
    """Name the concepts and schemes that a file mentions and no scheme declares."""
    declared = set(parse(*SCHEMES).subjects())
    faults = []
    for path in paths:
        if path.suffix == ".ttl":
            used = {str(node) for triple in parse(path) for node in triple if str(node).startswith(str(AKEV))}
        else:
            text = path.read_text(encoding="utf-8")
            spaces = dict(re.findall(rf"PREFIX (\w+): <({AKEV}[^>]*)>", text))
            names = re.findall(r"(?<![\w:?])(\w+):([\w-]+)", re.sub(r"<[^>]*>|#[^\n]*", " ", text))
            used = {spaces[prefix] + name for prefix, name in names if prefix in spaces}
        unknown = {iri for iri in used if URIRef(iri) not in declared} - {str(AKEV)}
        faults += [f"{path.name}: {iri.removeprefix(str(AKEV))}" for iri in sorted(unknown)]
    return faults


def test_every_concept_mentioned_is_in_a_scheme(tmp_path: Path) -> None:
    files = [path for folder in ("ontology", "data", "shapes") for path in (ROOT / folder).rglob("*.ttl")]
    assert unknown_concepts([*files, *(ROOT / "queries").rglob("*.rq")]) == []
    (tmp_path / "a.ttl").write_text(f"<x> <y> <{AKEV}timing/befroe> .")
    (tmp_path / "b.rq").write_text(f"PREFIX timing: <{AKEV}timing/>\nSELECT * {{ ?x ?y timing:ende }} # timing:no")
    assert unknown_concepts(sorted(tmp_path.iterdir())) == ["a.ttl: timing/befroe", "b.rq: timing/ende"]


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


def eli_faults(paths: list[Path]) -> list[str]:
    """Name the IRIs of Finlex that are not of the ELI pattern."""
    return [
        f"{path.name}: {iri}"
        for path in paths
        for iri in sorted({str(node) for triple in parse(path) for node in triple if isinstance(node, URIRef)})
        if "finlex.fi" in iri.lower()
        if not FINLEX.fullmatch(iri)
    ]


def test_eli_iris_follow_the_pattern_in_every_file(tmp_path: Path) -> None:
    files = [path for folder in ("ontology", "data", "shapes") for path in (ROOT / folder).rglob("*.ttl")]
    assert eli_faults(files) == []
    text = (
        (ROOT / "ontology/schemes/task.ttl")
        .read_text(encoding="utf-8")
        .replace("pykala/8/momentti/2", "pykälä/8/mom/2")
    )
    (tmp_path / "task.ttl").write_text(text, encoding="utf-8")
    assert eli_faults([tmp_path / "task.ttl"]) == ["task.ttl: http://data.finlex.fi/eli/sd/2016/1492/pykälä/8/mom/2"]


def unknown_things(paths: list[Path]) -> list[str]:
    """Name the things of the data that a file mentions and no reference data describe; documents are a plan's."""
    described = {str(subject) for subject in parse(*SCHEMES, *(ROOT / "data/reference").glob("*.ttl")).subjects()}
    documents = str(ID["document/"])
    return [
        f"{path.name}: {iri.removeprefix(str(ID))}"
        for path in paths
        for iri in sorted({str(node) for triple in parse(path) for node in triple if str(node).startswith(str(ID))})
        if iri not in described and not iri.startswith(documents) and iri != str(ID)
    ]


def test_every_thing_mentioned_is_described(tmp_path: Path) -> None:
    files = [path for folder in ("ontology", "data", "shapes") for path in (ROOT / folder).rglob("*.ttl")]
    assert unknown_things(files) == []
    text = (ROOT / "data/reference/indicators.ttl").read_text(encoding="utf-8")
    spoilt = text.replace(
        "dcterms:source dataset:public-libraries-statistics", "dcterms:source dataset:public-statistics"
    )
    (tmp_path / "indicators.ttl").write_text(spoilt, encoding="utf-8")
    assert unknown_things([tmp_path / "indicators.ttl"]) == ["indicators.ttl: dataset/public-statistics"]


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
    for predicate in (AKE.hasMember, AKE.isMemberOf, AKE.hasTargetGroup, AKE.hasMethod, AKE.direction):
        assert not list(reference.subject_objects(predicate)), predicate


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
