"""The ready questions on the web: form, answer, formats, negotiation, and what is said when something is wrong."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from web_site import BROWSER, PLAN, make_site, open_client

from akegraph.graph.iris import BASE, PREFIXES
from akegraph.queries import QueryCatalogue, load_queries, parse_query
from akegraph.store.embedded import EmbeddedStore

QUESTION = "/queries/activities-by-path"
CAUTIOUS = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mitkä vaikutukset?", en = "Which impacts?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ caution = { fi = "Vertaa varoen.", sv = "Jämför varsamt.", en = "Compare with care." }
#+ tags = ["test"]
#+ [parameters.kind]
#+ type = "string"
#+ title = { fi = "Laji", en = "Kind" }
#+ description = { fi = "Laji.", en = "A kind." }
#+ [parameters.kind.choices]
#+ one = { fi = "Ensimmäinen", en = "The first" }
#+ two = { fi = "Toinen", en = "The second" }
#+ [parameters.level]
#+ type = "integer"
#+ minimum = 1
#+ maximum = 5
#+ title = { fi = "Taso", en = "Level" }
#+ description = { fi = "Taso.", en = "A level." }
#+ [columns]
#+ kind = { fi = "Laji", en = "The kind" }
#+ level = { fi = "Taso", en = "The level" }
SELECT ?kind ?level
WHERE {
  VALUES ?kind { UNDEF }
  VALUES ?level { UNDEF }
}
ORDER BY ?kind ?level
"""


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


@pytest.fixture(scope="module")
def cautious() -> Iterator[FlaskClient]:
    catalogue = QueryCatalogue([parse_query("echo", CAUTIOUS, "echo.rq")])
    with open_client(replace(make_site(), catalogue=catalogue)) as client:
        yield client


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept": BROWSER})
    assert answer.status_code == status, address
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_suffix_parameter_and_accept_give_the_same_bytes(client: FlaskClient, name: str, content_type: str) -> None:
    answers = [
        client.get(f"{QUESTION}.{name}?path=1"),
        client.get(f"{QUESTION}?path=1&format={name}"),
        client.get(f"{QUESTION}?path=1", headers={"Accept": content_type}),
        client.get(f"{QUESTION}.{name}?path=1", headers={"Accept": BROWSER}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content_type for answer in answers} == {content_type}
    assert len({answer.data for answer in answers}) == 1
    assert all("Accept" in answer.headers["Vary"] for answer in answers)
    assert answers[0].headers["Content-Disposition"] == f"inline; filename=activities-by-path.{name}"
    head = client.head(f"{QUESTION}.{name}?path=1")
    assert (head.status_code, head.content_type, head.data) == (200, content_type, b"")
    assert head.headers["ETag"] == answers[0].headers["ETag"]


def test_every_format_has_the_same_cells(client: FlaskClient) -> None:
    bindings = client.get(f"{QUESTION}.json").json["results"]["bindings"]
    expected = [{name: term["value"] for name, term in row.items()} for row in bindings]
    assert len(expected) == 4
    assert list(csv.DictReader(io.StringIO(client.get(f"{QUESTION}.csv").text))) == expected
    space = "{http://www.w3.org/2005/sparql-results#}"
    root = ElementTree.fromstring(client.get(f"{QUESTION}.xml").data)
    in_xml = [
        {one.attrib["name"]: "".join(one.itertext()) for one in row.iter(f"{space}binding")}
        for row in root.iter(f"{space}result")
    ]
    assert in_xml == expected
    head, *lines = client.get(f"{QUESTION}.tsv").text.splitlines()
    assert head.split("\t") == [f"?{name}" for name in expected[0]]
    assert len(lines) == 4
    page = read(client, QUESTION)
    assert len(re.findall(r"<tr>", page.split("<tbody>")[1])) == 4


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        (BROWSER, "text/html"),
        ("text/*", "text/html"),
        ("text/csv;q=0.8, application/json;q=0.9", "application/json"),
        ("text/csv;q=0.9, text/html;q=0.8", "text/csv"),
        ("text/html;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("application/sparql-results+json;charset=utf-8", "application/sparql-results+json"),
        ("application/xml", "application/xml"),
    ],
)
def test_negotiation(client: FlaskClient, accept: str | None, media_type: str) -> None:
    assert client.get(QUESTION, headers={"Accept": accept} if accept else {}).mimetype == media_type


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "text/turtle"])
def test_nothing_acceptable_is_406_and_says_what_is(client: FlaskClient, accept: str) -> None:
    for address in (QUESTION, "/queries/"):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
        assert "text/html" in answer.json["detail"]
    assert client.get(f"{QUESTION}.csv", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (f"{QUESTION}.json?path=9", 400, "parameter 'path': nothing is known as '9'"),
        (f"{QUESTION}.json?pth=1", 400, "did you mean 'path'"),
        (f"{QUESTION}.json?path=1&path=2", 400, "given twice"),
        (f"{QUESTION}?format=word", 400, "none of html, json"),
        (f"{QUESTION}.json?format=csv", 400, "by the suffix"),
        (f"{QUESTION}?format=csv&path=%ff", 400, "UTF-8"),
        ("/queries/whole-chain.json", 400, "'activity': is missing"),
        ("/queries/whole-chain.json?activity=uvcd5653", 400, "did you mean 'uvcd5635'"),
        ("/queries/participating-activities.json?level=four", 400, "is not a whole number"),
        (f"{QUESTION}.doc", 404, "activities-by-path.csv"),
        ("/queries/nothing.json", 404, "no question is named"),
        ("/queries/?tag=chan", 400, "did you mean 'chain'"),
    ],
)
def test_what_is_wrong_is_a_problem_for_programs_and_a_page_for_people(
    client: FlaskClient, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert words in answer.json["detail"]
    assert words in html.unescape(read(client, address, status))


def test_close_matches_are_addresses_that_answer(client: FlaskClient) -> None:
    answer = client.get("/queries/whole-chain.json?activity=uvcd5653")
    [match, *_] = answer.json["matches"]
    assert client.get(match).status_code == 200
    page = read(client, f"{QUESTION}?path=9&plan=ake-tampere-2026", 400)
    alert = re.findall(r'role="alert">(.*?)</div>', page, re.DOTALL)[0]
    offered = [html.unescape(where) for where in re.findall(r'<a href="([^"]*)"', alert)]
    assert len(offered) == 4
    assert all("plan=ake-tampere-2026" in where and client.get(where).status_code == 200 for where in offered)


def test_the_form_offers_what_the_data_have_and_keeps_what_was_given(client: FlaskClient) -> None:
    page = read(client, f"{QUESTION}?path=3&lang=en")
    assert '<option value="3" selected>' in page
    assert re.findall(r'<option value="([^"]*)"', page) == ["", "1", "2", "3", "4", "", "ake-tampere-2026"]
    assert f'<form class="ask narrow" method="get" action="{QUESTION}">' in page
    assert "<script" not in page
    permalink = html.unescape(re.findall(r'<a href="([^"]*)" rel="bookmark">', page)[0])
    assert permalink == f"{QUESTION}?path=3&lang=en"
    assert read(client, permalink) == page


def test_the_sparql_is_shown_with_the_values_and_runs_elsewhere(client: FlaskClient) -> None:
    page = read(client, f"{QUESTION}?path=3")
    shown = html.unescape(re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)[0])
    assert "VALUES ?path { <https://w3id.org/akegraph/vocab/path/3> }" in shown
    answer = client.post("/sparql", data=shown.encode(), content_type="application/sparql-query")
    assert answer.json == client.get(f"{QUESTION}.json?path=3").json


def test_an_answer_says_where_it_is_described_and_had_otherwise(client: FlaskClient) -> None:
    links = client.get(f"{QUESTION}.csv?path=1").headers.getlist("Link")
    assert f'<{QUESTION}>; rel="describedby"; type="text/html"' in links
    for link in links:
        where, kind = re.findall(r'<(.*)>;.*type="(.*)"', link)[0]
        assert client.get(where, headers={"Accept": kind}).mimetype == kind


def test_empty_fields_say_nothing_and_a_form_without_its_required_field_is_no_error(client: FlaskClient) -> None:
    assert client.get(f"{QUESTION}.csv?path=&plan=+").data == client.get(f"{QUESTION}.csv").data
    page = read(client, "/queries/whole-chain?activity=")
    assert 'role="alert"' not in page
    assert '<table class="answer">' not in page


def test_the_list_is_a_page_and_json_and_can_be_had_by_tag(client: FlaskClient) -> None:
    listed = client.get("/queries/", headers={"Accept": "application/json"}).json
    assert [question["name"] for question in listed] == sorted(load_queries())
    assert all(client.get(question["href"]).status_code == 200 for question in listed)
    tagged = client.get("/queries/?tag=chain&format=json").json
    assert [question["name"] for question in tagged] == [
        question["name"] for question in listed if "chain" in question["tags"]
    ]
    page = read(client, "/queries/?tag=chain")
    assert "/queries/whole-chain" in page
    assert QUESTION not in page


def test_a_question_names_the_competency_questions_it_answers(client: FlaskClient) -> None:
    described = {question["name"]: question for question in client.get("/queries/?format=json").json}
    assert described["whole-chain"]["competencyQuestions"] == [1]
    assert "Question 1 of the ontology" in read(client, "/queries/whole-chain?lang=en")


def test_writing_is_not_allowed(client: FlaskClient) -> None:
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(client, method)(f"{QUESTION}.csv")
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]


def test_words_stand_for_the_codes_of_an_answer(client: FlaskClient) -> None:
    shown = client.get("/queries/areas-compared?by=path&lang=fi", headers={"Accept": BROWSER}).text
    assert "<td>Poluittain</td>" in shown.replace(' lang="fi"', "")
    assert "<td>oikea</td>" in shown
    assert "<mark>" not in shown
    assert ",path," in client.get("/queries/areas-compared.csv?by=path").text


def test_what_is_made_up_is_marked(client: FlaskClient) -> None:
    site, note = make_site(), "tells nothing about any area"
    pages = ("/", f"/plan/{PLAN}", f"/doc/id/plan/{PLAN}", "/queries/areas-compared?by=path")
    made_up = f"<{BASE}graph/plan/{PLAN}> {{ <{BASE}id/plan/{PLAN}> <{BASE}ontology#isSynthetic> true }}\n"
    trig = site.trig + made_up.encode()
    with open_client(replace(site, trig=trig, store=EmbeddedStore(trig, PREFIXES))) as other:
        shown = [other.get(address, headers={"Accept": "text/html", "Accept-Language": "en"}).text for address in pages]
    assert all(note in page for page in shown[:3])
    assert shown[3].count("<mark>synthetic</mark>") == 8
    plain = [client.get(address, headers={"Accept": "text/html", "Accept-Language": "en"}).text for address in pages]
    assert not any(note in page for page in plain[:3])


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "Vertaa varoen."), ("sv", "Jämför varsamt."), ("en", "Compare with care.")]
)
def test_a_caution_stands_above_the_answer(cautious: FlaskClient, language: str, words: str) -> None:
    page = read(cautious, f"/queries/echo?lang={language}")
    assert page.index(words) < page.index('<table class="answer">')
    assert json.loads(cautious.get("/queries/?format=json").data)[0]["caution"][language] == words


def test_choices_are_named_and_limits_are_in_the_form(cautious: FlaskClient) -> None:
    page = read(cautious, "/queries/echo?kind=two&lang=en")
    assert '<option value="two" selected>The second</option>' in page
    assert re.search(r'<input id="f-level" name="level" type="number" min="1" max="5"', page)
    for wrong in ("level=0", "level=6", "kind=thre", "kind=three"):
        assert cautious.get(f"/queries/echo.json?{wrong}").status_code == 400
    assert cautious.get("/queries/echo.csv?kind=two&level=5").text.split() == ["kind,level", "two,5"]
