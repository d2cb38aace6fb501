"""The JSON-LD context: it is the ontology's, and documents that use it mean what the Turtle says."""

from __future__ import annotations

import json

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic, to_isomorphic
from web_site import PLAN, make_site, open_client

from akegraph.errors import VocabularyError
from akegraph.graph.context import make_context, serialise_context
from akegraph.graph.iris import PREFIXES
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.graph.vocabulary import Vocabulary, read_vocabulary
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.resources import resource

KNOWLEDGE = Knowledge()
VOCABULARY = read_vocabulary(KNOWLEDGE.ontology, new_graph())
# rdflib's own JSON-LD reader and writer use a class that rdflib has deprecated
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def with_term(turtle: str) -> Vocabulary:
    graph = new_graph()
    head = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    parse_turtle(graph, (head + turtle).encode(), "test.ttl")
    return read_vocabulary(graph, new_graph())


def test_the_file_is_made_from_the_ontology() -> None:
    committed = resource("ontology", "context.jsonld").read_bytes()
    assert committed == serialise_context(VOCABULARY), "run python -m akegraph.graph.context"


def test_every_term_is_in_it() -> None:
    context = make_context(VOCABULARY)["@context"]
    assert set(VOCABULARY.terms) <= set(context)


def test_a_new_term_changes_it() -> None:
    context = make_context(with_term("ake:p a owl:DatatypeProperty ; rdfs:range xsd:integer ."))["@context"]
    assert context["p"] == {"@id": "ake:p", "@type": "xsd:integer"}


@pytest.mark.parametrize(
    ("axioms", "entry"),
    [
        ("a owl:Class", "ake:x"),
        ("a owl:ObjectProperty", {"@id": "ake:x", "@type": "@id"}),
        ("a owl:DatatypeProperty", {"@id": "ake:x", "@container": "@language"}),
        ("a owl:DatatypeProperty ; rdfs:range xsd:string", "ake:x"),
        ("a owl:DatatypeProperty ; rdfs:range xsd:boolean", {"@id": "ake:x", "@type": "xsd:boolean"}),
    ],
)
def test_a_term_is_coerced_as_its_axioms_say(axioms: str, entry: object) -> None:
    assert make_context(with_term(f"ake:x {axioms} ."))["@context"]["x"] == entry


@pytest.mark.parametrize("name", ["id", "type", "skos", "ake"])
def test_a_term_named_like_a_keyword_or_a_prefix_is_refused(name: str) -> None:
    with pytest.raises(VocabularyError, match=name):
        make_context(with_term(f"ake:{name} a owl:Class ."))


def test_a_document_means_what_the_turtle_says() -> None:
    document = {
        **make_context(VOCABULARY),
        "id": "akeid:activity/x",
        "type": "Activity",
        "prefLabel": {"fi": "Lukupiiri", "sv": "Läsecirkel"},
        "identifier": "x",
        "underTask": "akev:task/support",
        "onPath": "akev:path/1",
        "hasOutput": {"id": "akeid:output/x", "type": "Output", "prefLabel": {"fi": "Tuotos"}},
        "statedIn": {"id": "akeid:record/x", "pageNumber": 16, "columnName": "Tuotos", "verbatimText": {"fi": "Näin"}},
    }
    wanted = new_graph()
    head = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    turtle = """
        <https://w3id.org/akegraph/id/activity/x> a ake:Activity ; skos:prefLabel "Lukupiiri"@fi , "Läsecirkel"@sv ;
            dcterms:identifier "x" ; ake:underTask <https://w3id.org/akegraph/vocab/task/support> ;
            ake:onPath <https://w3id.org/akegraph/vocab/path/1> ; ake:hasOutput <https://w3id.org/akegraph/id/output/x> ;
            ake:statedIn <https://w3id.org/akegraph/id/record/x> .
        <https://w3id.org/akegraph/id/output/x> a ake:Output ; skos:prefLabel "Tuotos"@fi .
        <https://w3id.org/akegraph/id/record/x> ake:pageNumber 16 ; ake:columnName "Tuotos" ; ake:verbatimText "Näin"@fi .
    """
    parse_turtle(wanted, (head + turtle).encode(), "test.ttl")
    assert isomorphic(Graph().parse(data=json.dumps(document), format="json-ld"), wanted)


def test_the_real_plan_survives_writing_and_reading_with_it() -> None:
    (folder,) = find_plans([PLAN])
    plan = map_folder(folder, KNOWLEDGE)[1]
    context = make_context(VOCABULARY)
    written = json.loads(plan.serialize(format="json-ld", context=context["@context"]))
    assert "underTask" in json.dumps(written["graph"])
    again = Graph().parse(data=json.dumps({**context, "@graph": written["graph"]}), format="json-ld")
    assert len(again) == len(plan) > 500
    assert set(to_isomorphic(again)) == set(to_isomorphic(plan))


@pytest.mark.parametrize("address", ["/context.jsonld", "/ontology/context.jsonld"])
def test_it_is_served(address: str) -> None:
    with open_client(make_site()) as client:
        response = client.get(address)
    assert response.mimetype == "application/ld+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.data == resource("ontology", "context.jsonld").read_bytes()
