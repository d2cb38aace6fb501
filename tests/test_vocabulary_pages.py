"""Pages about the vocabulary: every term and concept has one, whole, in three languages, at its own IRI."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from rdflib import OWL, RDF, Graph, URIRef
from rdflib.compare import isomorphic
from test_web_pages import Page, read
from web_site import BROWSER, make_site, open_client

from akegraph.graph.iris import AKE_NS, BASE
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.graph.serialising import serialise_turtle
from akegraph.graph.vocabulary import Condition, Value, Vocabulary, read_vocabulary
from akegraph.pipeline.knowledge import Knowledge
from akegraph.queries.competency import load_questions
from akegraph.validation.shapes import load_shapes
from akegraph.web.chain_diagram import draw_across, draw_downwards, find_row
from akegraph.web.reference import find_rule_uses, find_terms
from akegraph.web.texts import LANGUAGES, load_texts

KNOWLEDGE = Knowledge()
VOCABULARY = read_vocabulary(KNOWLEDGE.ontology, KNOWLEDGE.schemes_graph)
FORMATS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}
HEAD = """
@base <https://w3id.org/akegraph/> . @prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix akev: <https://w3id.org/akegraph/vocab/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
"""


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    site = replace(make_site(), shapes=serialise_turtle(load_shapes().graph))
    with open_client(site) as client:
        yield client


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers={"Accept": BROWSER})
    assert response.status_code == 200, address
    return unescape(response.get_data(as_text=True))


def vocabulary(turtle: str) -> Vocabulary:
    graph = new_graph()
    parse_turtle(graph, (HEAD + turtle).encode(), "test.ttl")
    return read_vocabulary(graph, graph)


# --- reading ---


def test_every_term_and_concept_is_read() -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    own = {
        str(term)
        for kind in kinds
        for term in KNOWLEDGE.ontology.subjects(RDF.type, kind)
        if str(term).startswith(AKE_NS)
    }
    assert {term.iri for term in VOCABULARY.terms.values()} == own
    assert len(own) > 80
    assert sum(len(scheme.concepts) for scheme in VOCABULARY.schemes.values()) >= 24


def test_axioms_are_read() -> None:
    found = vocabulary("""
        ake:A a owl:Class ; rdfs:subClassOf ake:B , [ a owl:Restriction ; owl:onProperty ake:p ; owl:maxCardinality 1 ] ;
            owl:deprecated true ; dcterms:isReplacedBy ake:B ; skos:changeNote "0.3: gone"@en .
        ake:B a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( skos:Concept
            [ a owl:Restriction ; owl:onProperty skos:inScheme ; owl:hasValue akev:b ] ) ] .
        ake:p a owl:ObjectProperty , owl:TransitiveProperty , owl:FunctionalProperty ; owl:inverseOf ake:q ;
            owl:propertyChainAxiom ( ake:q ake:p ) ; rdfs:domain ake:A ; rdfs:range ake:B .
        ake:q a owl:ObjectProperty ; rdfs:subPropertyOf ake:p .
        [] a owl:AllDisjointClasses ; owl:members ( ake:A ake:B ) .
    """).terms
    ake = str(AKE_NS)
    a, b, p, q = (found[name] for name in ("A", "B", "p", "q"))
    assert (a.supers, b.subs, a.disjoint, b.disjoint) == ((ake + "B",), (ake + "A",), (ake + "B",), (ake + "A",))
    assert a.conditions == (Condition("maxCardinality", Value("1"), ake + "p"),)
    assert (a.is_deprecated, a.replaced_by, [change.text for change in a.changes]) == (
        True,
        (ake + "B",),
        ["0.3: gone"],
    )
    assert [(part.facet, part.value.text.rpartition("/")[2]) for part in b.equivalent] == [
        ("class", "core#Concept"), ("hasValue", "b"),
    ]  # fmt: skip
    assert p.characters == ("Transitive", "Functional")
    assert (p.chains, q.in_chains) == (((ake + "q", ake + "p"),), ((ake + "p", (ake + "q", ake + "p")),))
    assert (p.inverses, q.inverses, p.names_inverse, q.names_inverse) == ((ake + "q",), (ake + "p",), True, False)
    assert (a.domain_of, b.range_of) == ((ake + "p",), (ake + "p",))


CHAIN = """
    ake:A a owl:Class . ake:B a owl:Class . ake:C a owl:Class . ake:far a owl:ObjectProperty , owl:TransitiveProperty .
    ake:near a owl:ObjectProperty ; rdfs:subPropertyOf ake:far ; owl:inverseOf ake:back .
    ake:back a owl:ObjectProperty . ake:ba a owl:ObjectProperty ; rdfs:subPropertyOf ake:back ; rdfs:domain ake:B ; rdfs:range ake:A .
    ake:ab a owl:ObjectProperty ; rdfs:subPropertyOf ake:near ; rdfs:domain ake:A ; rdfs:range ake:B .
    ake:bc a owl:ObjectProperty ; rdfs:subPropertyOf ake:near ; rdfs:domain ake:B ; rdfs:range ake:C .
"""


def test_the_chain_is_found_by_its_form() -> None:
    row, above = find_row(vocabulary(CHAIN))
    assert [prop.name for prop in row] == ["ab", "bc"]
    assert [prop.name for prop in above] == ["near", "far"]


@pytest.mark.parametrize("draw", [draw_across, draw_downwards])
def test_the_diagram_has_the_chain_within_its_edges(draw: object) -> None:
    assert callable(draw)
    drawing = draw(vocabulary(CHAIN), lambda iri: iri.rpartition("#")[2])
    assert [box.iri.rpartition("#")[2] for box in drawing.boxes] == ["A", "B", "C"]
    assert [arrow.iri.rpartition("#")[2] for arrow in drawing.arrows] == ["ab", "bc"]
    assert [span.iri.rpartition("#")[2] for span in drawing.spans] == ["far"]
    assert all(box.x + box.width <= drawing.width and box.y + box.height <= drawing.height for box in drawing.boxes)
    assert draw(vocabulary("ake:A a owl:Class ."), str) is None


def test_a_circle_of_properties_draws_no_endless_chain() -> None:
    circle = CHAIN + (
        "ake:ca a owl:ObjectProperty ; rdfs:subPropertyOf ake:near ; rdfs:domain ake:C ; rdfs:range ake:A ."
        "ake:far rdfs:subPropertyOf ake:near ."
    )
    assert len(find_row(vocabulary(circle))[0]) == 2


def test_terms_in_comments_and_texts_are_no_uses() -> None:
    text = f'# ake:no\nSELECT * {{ ?x ake:yes/^ake:too \'ake:no\' ; <{AKE_NS}full> """ake:no""" ; <x#ake:no> ?y }}'
    assert find_terms(text) == {"yes", "too", "full"}


def test_rules_are_found_by_path_condition_target_and_sparql() -> None:
    graph = new_graph()
    parse_turtle(
        graph,
        (
            HEAD
            + """
        ake:S a sh:NodeShape ; sh:targetClass ake:Target ; sh:property ake:P .
        ake:P sh:path ( ake:one [ sh:inversePath ake:two ] ) ; sh:class ake:Kind ; sh:message "x"@en ;
            dcterms:identifier "AKE-1" ; ake:inColumn ake:column ; sh:sparql [ sh:select "SELECT $this { $this ake:three ?x }" ] .
        """
        ).encode(),
        "test.ttl",
    )
    uses = find_rule_uses(graph)
    assert set(uses) == {"Target", "one", "two", "Kind", "three"}
    assert {rule.code for rules in uses.values() for rule in rules} == {"AKE-1"}


# --- pages ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ontology_is_one_page_with_an_anchor_for_each_term(client: FlaskClient, language: str) -> None:
    page = read(client, f"/ontology?lang={language}")
    anchors = {attributes.get("id") for _, attributes in page.elements}
    assert set(VOCABULARY.terms) <= anchors
    assert not page.all("script")
    links = {link["href"] or "" for link in page.all("a")}
    assert {f"/doc/ontology/{name}?lang={language}" for name in VOCABULARY.terms} <= links
    assert not {link for link in links if link.startswith("#") and link[1:] not in anchors}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_ontology_page_tells_version_licence_citation_and_draws_the_chain(client: FlaskClient) -> None:
    text = text_of(client, "/doc/ontology?lang=en")
    for wanted in (
        VOCABULARY.version,
        "https://creativecommons.org/licenses/by/4.0/",
        f"{BASE}ontology",
        "/context.jsonld",
    ):
        assert wanted in text
    row, above = find_row(VOCABULARY)
    assert len(row) >= 4
    assert any("Transitive" in prop.characters for prop in above)
    assert text.count("<svg class=") == 2
    for prop in row:
        assert f'href="#{prop.name}" class="arrow"' in text


@pytest.mark.parametrize("name", sorted(VOCABULARY.terms))
def test_every_term_has_a_page_in_three_languages(client: FlaskClient, name: str) -> None:
    term = VOCABULARY.terms[name]
    address = f"/doc/ontology/{name}?lang=sv"
    text = text_of(client, address)
    read(client, address)
    for language in LANGUAGES:
        assert f'<div lang="{language}">' in text
        assert term.labels[language] in text
        assert term.definitions[language] in text
    for other in (*term.supers, *term.domains, *term.ranges, *term.inverses):
        if other.startswith(AKE_NS):
            assert f'href="/doc/ontology/{other.removeprefix(AKE_NS)}?lang=sv"' in text
    for prop, chain in ((term.iri, chain) for chain in term.chains):
        names = [iri.removeprefix(AKE_NS) for iri in (*chain, prop)]
        assert f"{' ∘ '.join(names[:-1])} → {names[-1]}" in text
    assert "None" not in re.sub(r"<[^>]*>", "", text)


def test_a_term_page_tells_rules_questions_and_an_example_with_its_cell(client: FlaskClient) -> None:
    site = make_site()
    (name,) = {find for find in find_terms(site.catalogue["whole-chain"].text) if find == "hasOutput"}
    text = text_of(client, f"/doc/ontology/{name}?lang=fi")
    assert 'href="/queries/whole-chain?lang=fi"' in text
    assert "AKE-103" in text
    assert "s. 16, rivi 1<" in text
    assert "Aineistosta" in text
    assert "päätelty" in text_of(client, "/doc/ontology/leadsTo?lang=fi")


@pytest.mark.parametrize("name", sorted(VOCABULARY.terms))
def test_a_term_page_links_to_every_model_it_is_aligned_with(client: FlaskClient, name: str) -> None:
    links = make_site().reference.aligned.get(VOCABULARY.terms[name].iri, ())
    text = text_of(client, f"/doc/ontology/{name}?lang=en")
    for link in links:
        assert f'<a href="{link.target}" rel="noopener external"><code>{link.name}</code></a>' in text
        assert f'href="/ontology/alignment/{link.file}">{link.model}</a>' in text
    assert ("in other models" in text) == bool(links)


def test_alignments_are_found_for_many_terms_and_every_model() -> None:
    reference = make_site().reference
    assert sorted(reference.alignments) == [
        "cids", "cpsv", "dcat", "eli", "iati", "org", "p-plan", "prov", "qb", "skos",
    ]  # fmt: skip
    assert len(reference.aligned) > 30
    assert {link.name for link in reference.aligned[AKE_NS + "preparedBy"]} == {"prov:wasAttributedTo"}


def test_every_scheme_and_concept_has_a_page_in_three_languages(client: FlaskClient) -> None:
    for name, scheme in VOCABULARY.schemes.items():
        listed = text_of(client, f"/doc/vocab/{name}?lang=en")
        for concept in scheme.concepts:
            page = text_of(client, "/doc" + concept.iri.removeprefix(BASE.rstrip("/")))
            for language in LANGUAGES:
                assert concept.labels[language] in listed, concept.iri
                assert concept.labels[language] in page, concept.iri
            for values in concept.variants.values():
                assert all(value.text in page for value in values), concept.iri


def test_activities_are_counted_by_concept(client: FlaskClient) -> None:
    text = text_of(client, "/doc/vocab/participation?lang=en")
    assert re.findall(r">(\d+) activit", text) == ["1", "3", "6", "4", "3"]
    assert re.findall(r">(\d+) activit", text_of(client, "/doc/vocab/path?lang=en")) == ["5", "5", "2", "5"]


@pytest.mark.skipif(not load_questions(), reason="the ontology has no competency questions yet")
def test_the_competency_questions_have_a_page(client: FlaskClient) -> None:
    page = read(client, "/ontology/questions?lang=fi")
    text = text_of(client, "/ontology/questions?lang=fi")
    for question in load_questions():
        assert page.all("li", id=f"q{question.number}")
        assert question.texts["fi"] in text
        assert question.texts["en"] in text
        assert set(question.terms) <= set(VOCABULARY.terms), question.number
        assert question.query is None or question.query in make_site().catalogue


# --- addresses ---


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    "address", ["/ontology", f"/ontology/{VOCABULARY.version}", "/vocab/task", "/vocab/task/support"]
)
def test_each_iri_answers_in_each_format(client: FlaskClient, address: str) -> None:
    subject = URIRef(BASE + ("ontology" if address.startswith("/ontology") else address[1:]))
    for media_type, parser in FORMATS.items():
        response = client.get(address, headers={"Accept": media_type}, follow_redirects=True)
        assert (response.status_code, response.mimetype) == (200, media_type)
        assert (subject, None, None) in Graph().parse(data=response.data, format=parser)
    page = client.get(address, headers={"Accept": BROWSER}, follow_redirects=True)
    assert page.mimetype == "text/html"
    assert len([link for link in page.headers.getlist("Link") if 'rel="alternate"' in link]) == 4
    assert len(Page(page.get_data(as_text=True)).all("link", rel="alternate")) == 4


def parsed(client: FlaskClient, address: str, media_type: str) -> Graph:
    response = client.get(address, headers={"Accept": media_type}, follow_redirects=True)
    assert (response.status_code, response.mimetype) == (200, media_type)
    return Graph().parse(data=response.data, format=FORMATS[media_type])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["leadsTo", "StatutoryTask", "ContextIndicator"])
def test_the_data_of_a_term_are_what_the_ontology_states_of_it_alone(client: FlaskClient, name: str) -> None:
    term = URIRef(AKE_NS + name)
    page = client.get(f"/doc/ontology/{name}")
    for media_type, extension in zip(FORMATS, ("ttl", "jsonld", "rdf", "nt"), strict=True):
        address = f"/data/ontology/{name}.{extension}"
        assert f'href="{address}"' in page.get_data(as_text=True)
        found = parsed(client, address, media_type)
        assert isomorphic(found, KNOWLEDGE.ontology.cbd(term))
        assert {subject for subject in found.subjects() if isinstance(subject, URIRef)} == {term}
        assert f'<{term}>; rel="describes"' in client.get(address).headers.getlist("Link")
    assert client.get("/data/ontology/Nothing.ttl").status_code == 404


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["prov", "p-plan"])
def test_an_alignment_answers_at_its_own_iri_and_version(client: FlaskClient, name: str) -> None:
    head = URIRef(f"{BASE}ontology/alignment/{name}")
    for address in (f"/ontology/alignment/{name}", f"/ontology/{VOCABULARY.version}/alignment/{name}"):
        for media_type in FORMATS:
            found = parsed(client, address, media_type)
            assert (head, RDF.type, OWL.Ontology) in found
            assert found.value(head, OWL.versionIRI) == URIRef(f"{BASE}ontology/{VOCABULARY.version}/alignment/{name}")
        assert client.get(address, headers={"Accept": BROWSER}).mimetype == "text/turtle"
        assert client.get(address, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"/ontology/9.9.9/alignment/{name}").status_code == 404
    problem = client.get("/ontology/alignment/prv", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert "/ontology/alignment/prov" in json.loads(problem.data)["matches"]


def test_a_concept_page_shows_no_nodes_without_a_name(client: FlaskClient) -> None:
    assert "rdf:first" not in text_of(client, "/doc/vocab/participation/2?lang=en")


def test_another_version_is_not_here_and_the_answer_says_which_is(client: FlaskClient) -> None:
    problem = client.get("/ontology/9.9.9", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert VOCABULARY.version in json.loads(problem.data)["detail"]
    assert f"/ontology/{VOCABULARY.version}" in json.loads(problem.data)["matches"]
    assert "/ontology" in {link["href"] for link in read(client, "/ontology/9.9.9", 404).all("a")}


def test_a_slash_for_the_hash_is_understood(client: FlaskClient) -> None:
    problem = client.get("/ontology/Activty", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert "/doc/ontology/Activity" in json.loads(problem.data)["matches"]


@pytest.mark.parametrize("address", ["/doc/ontology/Nothing", "/doc/vocab/nothing", "/doc/vocab/task/nothing"])
def test_what_is_not_in_the_vocabulary_has_no_page(client: FlaskClient, address: str) -> None:
    read(client, address, 404)


def test_markup_in_the_ontology_is_text() -> None:
    evil = '"<script>alert(1)</script>"@fi'
    found = vocabulary(f"ake:Evil a owl:Class ; rdfs:label {evil} ; skos:definition {evil} ; skos:changeNote {evil} .")
    site = replace(make_site())
    site.__dict__["reference"] = replace(make_site().reference, vocabulary=found)
    with open_client(site) as client:
        for address in ("/doc/ontology", "/doc/ontology/Evil"):
            text = client.get(address).get_data(as_text=True)
            assert "<script" not in text
            assert "&lt;script&gt;" in text


def test_every_wording_made_in_code_exists() -> None:
    words = load_texts("fi").words
    for character in ("Transitive", "Symmetric", "Asymmetric", "Irreflexive", "Functional", "InverseFunctional"):
        assert f"character.{character}" in words
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        assert {f"kind-of-term.{kind}", f"ontology.{kind}"} <= set(words)
    for facet in ("hasValue", "allValuesFrom", "maxCardinality"):
        assert f"facet.{facet}" in words
