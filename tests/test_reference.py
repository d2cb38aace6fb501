"""The reference data: counts, codes, texts of the law, the national indicators, and what is said of none."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import OWL, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, ORG, PROV

from akegraph.terms import AKE

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
AKEV = Namespace("https://w3id.org/akegraph/vocab/")
ID = Namespace("https://w3id.org/akegraph/id/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
DECREE = "http://data.finlex.fi/eli/sd/2017/660"
LANGUAGES = {"en", "fi", "sv"}


@pytest.fixture(scope="module")
def reference() -> Graph:
    graph = Graph()
    for path in [*(ROOT / "ontology/schemes").glob("*.ttl"), *(ROOT / "data/reference").glob("*.ttl")]:
        graph.parse(path, format="turtle", publicID="https://nowhere.invalid/")
    return graph


def texts(graph: Graph, subject: URIRef, predicate: URIRef) -> dict[str | None, str]:
    found = [text for text in graph.objects(subject, predicate) if isinstance(text, Literal)]
    assert len({text.language for text in found}) == len(found), f"{subject}: a second text in one language"
    return {text.language: str(text) for text in found}


# --- organisations and areas ---


def test_ten_libraries_hold_a_task(reference: Graph) -> None:
    organisations = set(reference.subjects(RDF.type, AKE.DevelopmentOrganisation))
    assert len(organisations) == 10
    national = [found for found in organisations if (found, AKE.operatesIn, None) not in reference]
    assert national == [ID["organisation/helsinki"]]
    bases = set(reference.objects(national[0], AKE.hasLegalBasis))
    assert bases == {URIRef("http://data.finlex.fi/eli/sd/2016/1492/pykala/7"), URIRef(f"{DECREE}/pykala/1")}


def test_every_area_is_in_exactly_one_librarys_hands(reference: Graph) -> None:
    areas = set(reference.subjects(RDF.type, AKE.OperatingArea))
    assert len(areas) == 18
    for area in areas:
        assert len(list(reference.subjects(AKE.operatesIn, area))) == 1, area
    assert ID["area/mainland-finland"] not in areas


def test_the_points_of_the_decree_are_the_ranks(reference: Graph) -> None:
    regional = {found for found, _ in reference.subject_objects(AKE.operatesIn)}
    ranks = {int(str(reference.value(found, AKE.rank))): found for found in regional}
    assert sorted(ranks) == list(range(1, 10))
    assert ranks[7] == ID["organisation/tampere"]
    for found in regional:
        assert isinstance(found, URIRef)
        point = texts(reference, found, DCTERMS.description)
        assert point["fi"].startswith(texts(reference, found, SKOS.prefLabel)["fi"])
        areas = {
            texts(reference, URIRef(str(area)), SKOS.prefLabel)["sv"]
            for area in reference.objects(found, AKE.operatesIn)
        }
        assert all(area in point["sv"] for area in areas), found


def codes(graph: Graph, area: URIRef) -> dict[str, str]:
    found = [code for code in graph.objects(area, DCTERMS.identifier) if isinstance(code, Literal)]
    return {str(code.datatype).removeprefix(str(ID["code/"])): str(code) for code in found}


def test_codes_of_areas_are_typed_and_unique(reference: Graph) -> None:
    areas = [area for area in reference.subjects(RDF.type, AKE.OperatingArea) if isinstance(area, URIRef)]
    found = [codes(reference, area) for area in areas]
    for kind, pattern in (("iso-3166-2", r"FI-\d\d"), ("statistics-finland-region", r"\d\d")):
        assert len({code[kind] for code in found}) == 18
        assert all(re.fullmatch(pattern, code[kind]) for code in found)
    for area in areas:
        assert reference.value(area, SKOS.notation) == Literal(codes(reference, area)["iso-3166-2"])
    matches = list(reference.objects(None, SKOS.exactMatch))
    assert len(set(matches)) == len(matches)


@pytest.mark.shared
def test_codes_and_names_equal_the_table_of_regions(reference: Graph) -> None:
    with (SHARED / "vocabularies/regions.csv").open(encoding="utf-8", newline="") as stream:
        lines = {line["iso3166_2"]: line for line in csv.DictReader(stream)}
    assert len(lines) == 18
    for area in reference.subjects(RDF.type, AKE.OperatingArea):
        assert isinstance(area, URIRef)
        line = lines[codes(reference, area)["iso-3166-2"]]
        names = texts(reference, area, SKOS.prefLabel)
        assert (names["fi"], names["sv"]) == (line["maakunta_fi"], line["sv"])
        assert codes(reference, area)["statistics-finland-region"] == line["statfi_maakunta_code"]
        known = {line[key] for key in ("yso_place", "wikidata") if re.fullmatch(r"http\S+", line[key])}
        assert {str(match) for match in reference.objects(area, SKOS.exactMatch)} == known
        [library] = reference.subjects(AKE.operatesIn, area)
        assert str(library).endswith(f"/{line['ake_library_city'].lower()}")


def test_lvv_replaces_the_avis_and_holds_no_task(reference: Graph) -> None:
    avi, lvv = ID["organisation/avi"], ID["organisation/lvv"]
    [event] = reference.subjects(RDF.type, ORG.ChangeEvent)
    assert reference.value(event, DCTERMS.date) == Literal(date(2026, 1, 1))
    assert (event, ORG.originalOrganization, avi) in reference
    assert (event, ORG.resultingOrganization, lvv) in reference
    assert (lvv, DCTERMS.replaces, avi) in reference
    assert (avi, DCTERMS.isReplacedBy, lvv) in reference
    for body in (avi, lvv):
        assert set(reference.objects(body, RDF.type)) == {ORG.Organization}
        assert set(texts(reference, body, SKOS.prefLabel)) == LANGUAGES


def test_the_framework_says_its_version(reference: Graph) -> None:
    assert reference.value(ID["framework/okm-2026"], OWL.versionInfo) == Literal("2026")


# --- law ---


def law_text(name: str) -> str:
    """Return the running text of a statute, spaces made one."""
    root = ElementTree.parse(SHARED / f"law/{name}.xml").getroot()
    return " ".join(" ".join(root.itertext()).split())


@pytest.mark.shared
@pytest.mark.parametrize("language", ["fi", "sv"])
def test_quoted_provisions_stand_in_the_statutes(reference: Graph, language: str) -> None:
    quoted = 0
    for act, name in (("2016/1492", "asd20161492"), ("2017/660", "asd20170660")):
        text = law_text(f"{name}.{language}")
        for provision in reference.subjects():
            if str(provision).startswith(f"http://data.finlex.fi/eli/sd/{act}/") and isinstance(provision, URIRef):
                words = texts(reference, provision, DCTERMS.description)
                assert words.get(language, "") in text, provision
                quoted += bool(words) and (provision, RDF.type, None) in reference
        if name == "asd20170660":
            for library, _ in reference.subject_objects(AKE.operatesIn):
                assert isinstance(library, URIRef)
                point = texts(reference, library, DCTERMS.description)[language]
                assert f"{reference.value(library, AKE.rank)}) {point}" in text
    assert quoted > 0


SECTION = "{http://www.vn.fi/skeemat/saadoskooste/2010/04/27}Pykala"
MONTHS = (
    "tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta", "elokuuta",
    "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta",
)  # fmt: skip


def law_sections(name: str) -> dict[str, tuple[str, list[str]]]:
    """Return the heading and the subsections of each section of a statute, by its number."""
    found = {}
    for section in ElementTree.parse(SHARED / f"law/{name}.xml").getroot().iter(SECTION):
        parts: dict[str, list[str]] = {}
        for part in section:
            kind = part.tag.rpartition("}")[2]
            parts.setdefault(kind, []).append(" ".join(" ".join(part.itertext()).split()))
        # the last one of a decree, on its entry into force, may have no number
        for number in parts.get("PykalaTunnusKooste", []):
            found[number.removesuffix(" §")] = (
                parts["SaadosOtsikkoKooste"][0],
                [*parts.get("MomenttiKooste", []), *parts.get("KohdatMomentti", [])],
            )
    return found


@pytest.mark.shared
@pytest.mark.parametrize("language", ["fi", "sv"])
def test_headings_and_words_are_those_of_the_very_provision(reference: Graph, language: str) -> None:
    headings = words = 0
    for act, name in (("2016/1492", "asd20161492"), ("2017/660", "asd20170660")):
        sections = law_sections(f"{name}.{language}")
        for provision in set(reference.subjects(RDF.type, ELI.LegalResourceSubdivision)):
            assert isinstance(provision, URIRef)
            place = re.fullmatch(rf"http://data\.finlex\.fi/eli/sd/{act}/pykala/(\w+)(?:/momentti/(\d+))?", provision)
            if place is None:
                continue
            heading, subsections = sections[place[1]]
            if title := texts(reference, provision, DCTERMS.title).get(language):
                assert title == heading, provision
                headings += 1
            if text := texts(reference, provision, DCTERMS.description).get(language):
                assert text == subsections[int(place[2]) - 1] if place[2] else subsections[0].startswith(text), (
                    provision
                )
                words += 1
    assert (headings, words) == (5, 8)


@pytest.mark.shared
def test_dates_are_those_of_the_statutes(reference: Graph) -> None:
    for act, name in (("2016/1492", "asd20161492"), ("2017/660", "asd20170660")):
        whole = URIRef(f"http://data.finlex.fi/eli/sd/{act}")
        text = law_text(f"{name}.fi")
        found = [
            date(int(year), MONTHS.index(month) + 1, int(day))
            for day, month, year in re.findall(r"(\d+) päivänä (\w+) (\d{4})", text)
        ]
        signed = reference.value(whole, ELI.date_document)
        begins = reference.value(whole, ELI.first_date_entry_in_force)
        later = {
            str(section).rpartition("/")[2]: reference.value(section, ELI.first_date_entry_in_force)
            for section in reference.subjects(ELI.is_part_of, whole)
        }
        later = {number: day for number, day in later.items() if day is not None and day != begins}
        assert signed in {Literal(found[-1])}
        if name == "asd20161492":
            assert (begins, later) == (Literal(found[0]), {"7": Literal(found[1]), "8": Literal(found[1])})
            assert "Lain 7 ja 8 § tulevat kuitenkin voimaan vasta" in text
        else:
            assert (begins, later) == (Literal(found[0]), {})


def test_the_named_provisions_have_their_words(reference: Graph) -> None:
    act = "http://data.finlex.fi/eli/sd/2016/1492/pykala"
    for provision in (f"{act}/7/momentti/1", f"{act}/8/momentti/1", f"{act}/8/momentti/2", f"{act}/12/momentti/1"):
        assert set(texts(reference, URIRef(provision), DCTERMS.description)) == {"fi", "sv"}, provision
    for provision in (f"{DECREE}/pykala/1", f"{DECREE}/pykala/2"):
        assert set(texts(reference, URIRef(provision), DCTERMS.description)) == {"fi", "sv"}, provision


# --- national indicators ---


def test_sixteen_values_of_four_context_indicators(reference: Graph) -> None:
    indicators = set(reference.subjects(RDF.type, AKE.ContextIndicator))
    assert len(indicators) == 4
    values = set(reference.subjects(RDF.type, AKE.ActualValue))
    assert len(values) == 16
    for value in values:
        number, missing = reference.value(value, AKE.numericValue), reference.value(value, AKE.missingTerritories)
        assert isinstance(number, Literal)
        assert isinstance(missing, Literal)
        assert number.datatype == XSD.decimal
        assert missing.datatype == XSD.integer
        assert reference.value(value, AKE.ofIndicator) in indicators
        assert reference.value(value, AKE.refArea) == ID["area/mainland-finland"]
        complete = reference.value(value, AKE.completeness) == AKEV["completeness/complete"]
        assert complete == (int(missing) == 0), value
        source = reference.value(value, DCTERMS.source)
        assert reference.value(source, PROV.wasDerivedFrom) == ID["dataset/public-libraries-statistics"]
    for indicator in indicators:
        assert isinstance(indicator, URIRef)
        assert set(texts(reference, indicator, SKOS.prefLabel)) == LANGUAGES
        assert (reference.value(indicator, AKE.unit), SKOS.inScheme, AKEV.unit) in reference
        assert reference.value(indicator, SKOS.definition) is None
        assert reference.value(indicator, AKE.direction) is None


def test_the_years_are_whole_years_and_no_planning_periods(reference: Graph) -> None:
    periods = set(reference.objects(None, AKE.refPeriod))
    assert periods == {ID[f"period/{year}"] for year in range(2022, 2026)}
    for period in periods:
        year = int(str(period)[-4:])
        assert reference.value(period, DCAT.startDate) == Literal(date(year, 1, 1))
        assert reference.value(period, DCAT.endDate) == Literal(date(year, 12, 31))
        assert set(reference.objects(period, RDF.type)) == {DCTERMS.PeriodOfTime}
    assert set(reference.objects(ID["area/mainland-finland"], RDF.type)) == {DCTERMS.Location}


@pytest.mark.shared
def test_values_equal_the_statistics(reference: Graph) -> None:
    with (SHARED / "statistics/public-libraries-mainland-2022-2025.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == 16
    for line in lines:
        indicator, value = (
            ID[f"indicator/{line['indicator']}"],
            ID[f"indicator-value/{line['indicator']}-{line['year']}"],
        )
        names = texts(reference, indicator, SKOS.prefLabel)
        assert (names["fi"], names["en"]) == (line["label_fi"], line["label_en"])
        assert reference.value(indicator, AKE.unit) == AKEV[f"unit/{line['unit']}"]
        assert reference.value(value, AKE.ofIndicator) == indicator
        assert reference.value(value, AKE.refPeriod) == ID[f"period/{line['year']}"]
        number = reference.value(value, AKE.numericValue)
        assert isinstance(number, Literal)
        assert str(number) == line["value"]
        assert number.value == Decimal(line["value"])
        completeness = AKEV[f"completeness/{line['completeness'].replace(' ', '-')}"]
        assert reference.value(value, AKE.completeness) == completeness
        assert str(reference.value(value, AKE.missingTerritories)) == line["territories_missing"]


def test_no_plans_indicator_set_has_a_context_indicator(reference: Graph) -> None:
    for indicator in reference.subjects(RDF.type, AKE.ContextIndicator):
        for predicate in (AKE.hasMember, AKE.hasIndicator, AKE.monitoredThrough):
            assert (None, predicate, indicator) not in reference
        assert (indicator, AKE.isMemberOf, None) not in reference
    for value in reference.subjects(RDF.type, AKE.ActualValue):
        assert (value, AKE.refPlan, None) not in reference


# --- what the plan names ---

MENTION = re.compile(r"(?P<column>[^,]+), s\. (?P<page>\d+), riv(?:i|it) (?P<rows>\d+(?:, \d+)*): ”(?P<words>.+)”")


def test_groups_and_methods_stand_in_a_plan_where_they_say(reference: Graph) -> None:
    cells: dict[tuple[str, str, str, str], str] = {}
    for path in sorted((ROOT / "data/plans").glob("*/rows.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for line in csv.DictReader(stream):
                cells |= {(path.parent.name, line["page"], line["row"], column): text for column, text in line.items()}
    plans = {plan for plan, *_ in cells}
    noted = 0
    for scheme in (AKEV.group, AKEV.method):
        for concept in reference.subjects(SKOS.inScheme, scheme):
            for note in reference.objects(concept, SKOS.note):
                mention = MENTION.fullmatch(str(note))
                assert mention, f"{concept}: {note}"
                column, page, words = mention["column"], mention["page"], mention["words"]
                for row in mention["rows"].split(", "):
                    found = [plan for plan in plans if words in cells.get((plan, page, row, column), "")]
                    assert found, f"{concept}: {note}"
                noted += 1
    assert noted >= 18
