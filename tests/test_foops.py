"""The tests of FOOPS! as far as they can be made without the network, on what a site serves.

One test of the same name for each of FOOPS!; ``docs/foops.md`` tells what each wants and what stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, VANN, Graph, Literal, Namespace, URIRef
from web_site import BROWSER, open_client

from akegraph.graph.iris import AKE_NS, BASE, ONTOLOGY

# rdflib's parser of JSON-LD uses what rdflib itself deprecates
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
PAGE = Path(__file__).resolve().parents[1] / "docs/foops.md"
BIBO = Namespace("http://purl.org/ontology/bibo/")
SERIALISATIONS = {
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
}
METADATA = {
    "backward compatibility": OWL.backwardCompatibleWith,
    "citation": DCTERMS.bibliographicCitation,
    "creation date": DCTERMS.created,
    "creator": DCTERMS.creator,
    "description": DCTERMS.description,
    "DOI": BIBO.doi,
    "issued date": DCTERMS.issued,
    "licence": DCTERMS.license,
    "logo": FOAF.logo,
    "modification date": DCTERMS.modified,
    "namespace IRI": VANN.preferredNamespaceUri,
    "prefix": VANN.preferredNamespacePrefix,
    "previous version": OWL.priorVersion,
    "publisher": DCTERMS.publisher,
    "source": DCTERMS.source,
    "status": BIBO.status,
    "title": DCTERMS.title,
    "version info": OWL.versionInfo,
    "version IRI": OWL.versionIRI,
}


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


@pytest.fixture(scope="module")
def ontology(client: FlaskClient) -> Graph:
    """The ontology as it is served."""
    return fetch(client, ONTOLOGY, "text/turtle")


def address(iri: str) -> str:
    """Where a site that stands for the base answers for one of its IRIs."""
    assert iri.startswith(BASE)
    return f"/{iri.removeprefix(BASE)}"


def fetch(client: FlaskClient, iri: str, media_type: str) -> Graph:
    response = client.get(address(iri), headers={"Accept": media_type}, follow_redirects=True)
    assert (response.status_code, response.mimetype) == (200, media_type)
    return Graph().parse(data=response.data, format=SERIALISATIONS[media_type], publicID="https://nowhere.invalid/")


def missing(ontology: Graph, *names: str) -> set[str]:
    return {name for name in names if not list(ontology.objects(ONTOLOGY, METADATA[name]))}


def terms(ontology: Graph) -> set[URIRef]:
    """Classes and properties of the namespace, wherever they stand: FOOPS! counts what is used, not only declared."""
    return {
        term for triple in ontology for term in triple if isinstance(term, URIRef) and term in AKE_NS and term != AKE_NS
    }


# --- identifiers and versions ---


def test_purl1(ontology: Graph) -> None:
    assert (ONTOLOGY, RDF.type, OWL.Ontology) in ontology
    assert urlsplit(ONTOLOGY).netloc == "w3id.org"


def test_uri1(client: FlaskClient) -> None:
    response = client.get(address(ONTOLOGY), headers={"Accept": "text/turtle"})
    assert response.status_code == 303
    assert client.get(response.headers["Location"]).status_code == 200


def test_uri2(client: FlaskClient) -> None:
    for media_type in SERIALISATIONS:
        assert set(fetch(client, ONTOLOGY, media_type).subjects(RDF.type, OWL.Ontology)) == {ONTOLOGY}, media_type


def test_ver1(ontology: Graph) -> None:
    [version] = ontology.objects(ONTOLOGY, OWL.versionIRI)
    [number] = ontology.objects(ONTOLOGY, OWL.versionInfo)
    assert version != ONTOLOGY
    assert str(version) == f"{ONTOLOGY}/{number}"


def test_ver2(client: FlaskClient, ontology: Graph) -> None:
    version = str(ontology.value(ONTOLOGY, OWL.versionIRI))
    assert (ONTOLOGY, OWL.versionIRI, URIRef(version)) in fetch(client, version, "text/turtle")
    assert client.get(f"{address(ONTOLOGY)}/0.0.0").status_code == 404, "a version there never was"


# --- metadata ---


def test_om1(ontology: Graph) -> None:
    wanted = ("title", "description", "licence", "version IRI", "creator", "namespace IRI")
    assert missing(ontology, *wanted) == set()


def test_om2(ontology: Graph) -> None:
    assert missing(ontology, "prefix", "version info", "creation date", "citation") == set()


def test_om3(ontology: Graph) -> None:
    wanted = ("DOI", "publisher", "logo", "status", "source", "issued date")
    here = missing(ontology, *wanted)
    named = re.search(r"open: ([^.|]*)", rows()["OM3"].state)
    assert here == (set(named[1].strip().split(", ")) if named else set()), "docs/foops.md names what is missing"
    assert missing(ontology, "previous version", "backward compatibility", "modification date") == set()


def test_om4_1(ontology: Graph) -> None:
    assert missing(ontology, "licence") == set()


def test_om4_2(ontology: Graph) -> None:
    """The address is the licence's own; that it answers needs the network."""
    assert set(ontology.objects(ONTOLOGY, DCTERMS.license)) == {
        URIRef("https://creativecommons.org/licenses/by/4.0/"),
    }


def test_om5_1(ontology: Graph) -> None:
    assert missing(ontology, "creator", "creation date", "previous version") == set()


def test_om5_2(ontology: Graph) -> None:
    assert missing(ontology, "issued date", "publisher") == set()


# --- access ---


def test_rdf1(client: FlaskClient) -> None:
    sizes = {media_type: len(fetch(client, ONTOLOGY, media_type)) for media_type in SERIALISATIONS}
    assert len(set(sizes.values())) == 1, sizes
    assert min(sizes.values()) > 500


def test_cn1(client: FlaskClient) -> None:
    for media_type in (*SERIALISATIONS, "text/html"):
        response = client.get(address(ONTOLOGY), headers={"Accept": media_type})
        assert "Accept" in {name.strip() for name in response.headers["Vary"].split(",")}, media_type
        assert client.get(response.headers["Location"]).mimetype == media_type
    for wanted in ("application/pdf", "text/turtle;q=0"):
        assert client.get(address(ONTOLOGY), headers={"Accept": wanted}).status_code == 406, wanted


def test_doc1(client: FlaskClient, ontology: Graph) -> None:
    response = client.get(address(ONTOLOGY), headers={"Accept": BROWSER}, follow_redirects=True)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    text = response.get_data(as_text=True)
    declared = {str(term).removeprefix(str(AKE_NS)) for term in terms(ontology)}
    assert len(declared) > 80
    assert {name for name in declared if name not in text} == set()


def test_http1(client: FlaskClient) -> None:
    assert urlsplit(ONTOLOGY).scheme == "https"
    response = client.get(address(ONTOLOGY))
    assert "WWW-Authenticate" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"


# --- findability ---


def test_find1(client: FlaskClient, ontology: Graph) -> None:
    [prefix] = ontology.objects(ONTOLOGY, VANN.preferredNamespacePrefix)
    [namespace] = ontology.objects(ONTOLOGY, VANN.preferredNamespaceUri)
    assert str(namespace) == str(AKE_NS)
    turtle = client.get(address(ONTOLOGY), headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert f"@prefix {prefix}: <{namespace}> ." in turtle.get_data(as_text=True)


# --- vocabularies ---


def test_voc1(ontology: Graph) -> None:
    used = {str(predicate) for predicate in ontology.predicates(ONTOLOGY)}
    for vocabulary in (DCTERMS, VANN, OWL):
        assert any(predicate.startswith(str(vocabulary)) for predicate in used), vocabulary


def test_voc2(ontology: Graph) -> None:
    above = {
        str(term)
        for place in (RDFS.subClassOf, RDFS.range)
        for term in ontology.objects(None, place)
        if isinstance(term, URIRef)
    }
    reused = (
        "http://www.w3.org/ns/prov#",
        "http://www.w3.org/ns/org#",
        str(DCTERMS),
        "http://data.europa.eu/eli/ontology#",
    )
    for vocabulary in reused:
        assert any(term.startswith(vocabulary) for term in above), vocabulary
    assert not list(ontology.objects(ONTOLOGY, OWL.imports)), "reused by name, so that nothing need be fetched"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_voc3(ontology: Graph, language: str) -> None:
    assert without(ontology, RDFS.label, language) == set()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_voc4(ontology: Graph, language: str) -> None:
    assert without(ontology, SKOS.definition, language) == set()


def without(ontology: Graph, predicate: URIRef, language: str) -> set[URIRef]:
    return {
        term
        for term in terms(ontology)
        if not any(
            isinstance(text, Literal) and text.language == language and str(text).strip()
            for text in ontology.objects(term, predicate)
        )
    }


# --- the page ---


class Row:
    """A line of the table in docs/foops.md."""

    def __init__(self, line: str) -> None:
        name, _, _, self.state, tested = (cell.strip() for cell in line.strip().strip("|").split("|"))
        found = re.fullmatch(r"\[([A-Z0-9_.]+)\]\(https://w3id\.org/foops/test/([A-Z0-9_.]+)\)", name)
        assert found, line
        assert found[1] == found[2], line
        self.name = found[1]
        self.test = tested.strip("`")


@cache
def rows() -> dict[str, Row]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found = [Row(line) for line in lines if line.startswith("| [")]
    assert len({row.name for row in found}) == len(found)
    return {row.name: row for row in found}


def test_the_page_has_every_test_of_foops() -> None:
    access, metadata = {"CN1", "DOC1", "HTTP1", "RDF1"}, {"OM1", "OM2", "OM3", "OM4.1", "OM4.2", "OM5.1", "OM5.2"}
    names = {"PURL1", "URI1", "URI2", "VER1", "VER2", "FIND1", "FIND2", "FIND3", "FIND_3_BIS"}
    assert set(rows()) == access | metadata | names | {f"VOC{number}" for number in range(1, 5)}


def test_every_row_names_its_test_and_every_test_has_a_row() -> None:
    here = {name for name in globals() if re.fullmatch(r"test_[a-z]+\d(_\d)?", name)}
    named = {row.test for row in rows().values()} - {"—"}
    assert named == here
    for row in rows().values():
        assert row.test in ("—", f"test_{row.name.lower().replace('.', '_')}")


def test_what_needs_a_person_or_the_network_is_said_to_be_open() -> None:
    for row in rows().values():
        assert re.match(r"holds|in part|open", row.state), row.name
        if row.test == "—":
            assert row.state.startswith("open: "), row.name
    for name in ("PURL1", "URI1", "VER2", "OM4.2", "CN1", "DOC1", "RDF1", "HTTP1"):
        assert "open: " in rows()[name].state, name
    for name in ("URI2", "VER1", "OM1", "OM2", "OM4.1", "OM5.1", "OM5.2", "FIND1", "VOC1", "VOC2", "VOC3", "VOC4"):
        assert rows()[name].state == "holds", name
