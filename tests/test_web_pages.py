"""Pages for people: the board, resources, questions; safe, linked, in three languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from web_site import BROWSER, PLAN, make_site, open_client

from akegraph.chains import find_chains
from akegraph.graph.iris import BASE
from akegraph.store.embedded import EmbeddedStore
from akegraph.web import Site

RDF_FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
VOID = {"meta", "link", "input", "br", "path", "circle", "img", "hr"}


class Page(HTMLParser):
    """A page as its elements; unbalanced tags are noticed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without its start"
        start = self.open.pop()
        while start != tag and start in {"p", "li", "dd", "dt", "tr", "td", "th", "tbody", "option"}:
            start = self.open.pop()
        assert start == tag, f"<{start}> is closed by </{tag}>"

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag
            and all(value in (attributes.get(key.rstrip("_")) or "").split() for key, value in wanted.items())
        ]


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


def read(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address, headers={"Accept": BROWSER}, follow_redirects=True)
    assert response.status_code == status, address
    return Page(response.get_data(as_text=True))


def test_board_is_a_table_of_all_activities_with_shared_cells(client: FlaskClient) -> None:
    page = read(client, f"/plan/{PLAN}")
    assert len(page.all("table", class_="board")) == 1
    assert [row["id"] for row in page.all("tbody")] == ["polku-1", "polku-2", "polku-3", "polku-4"]
    rows = page.all("tr", class_="row")
    assert len(rows) == 17
    assert {row["id"] for row in rows} == {f"toimenpide-{number}" for number in range(1, 18)}
    assert [cell["rowspan"] for cell in page.all("td", class_="c-impact")] == ["5", "5", "2", "5"]
    assert [cell["rowspan"] for cell in page.all("td", class_="c-effectiveness")] == ["5", "5", "2", "5"]
    assert len(page.all("th", scope="row")) == 17
    assert len(page.all("th", scope="col")) == 6
    assert not page.all("script")


def test_board_says_every_step_and_its_place(client: FlaskClient) -> None:
    text = unescape(client.get(f"/plan/{PLAN}?lang=fi").get_data(as_text=True))
    for chain in find_chains(make_site().store, PLAN):
        assert f"s. {chain.page}, rivi {chain.row}" in text
        for step in chain.steps:
            assert (step.text or step.label) in text


def test_board_figures_and_gaps(client: FlaskClient) -> None:
    text = client.get(f"/plan/{PLAN}?lang=fi").get_data(as_text=True)
    assert re.findall(r"<dd>(?:<a[^>]*>)?(\d+)", text)[:4] == ["17", "4", "136", "10"]
    assert text.count("Arvioinnin ajankohta puuttuu</a>") == 4
    page = Page(text)
    # seven in shared cells are seen once there and, for narrow windows, goals in each of the ten rows
    assert len(page.all("a", class_="gap")) == 4 + 2 + 4 + 10
    assert len(page.all("li", class_="warning")) == 10


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 17), ("path=1", 5), ("path=3", 2), ("level=4", 7), ("level=5", 3), ("task=support", 6), ("gaps=1", 4),
        ("path=1&level=4", 2), ("q=kaukolaina", 1), ("q=KAUKOLAINA", 1), ("q=zzz", 0), ("path=9", 0), ("level=x", 17),
    ],
)  # fmt: skip
def test_filters_are_links_that_the_server_answers(client: FlaskClient, query: str, number: int) -> None:
    page = read(client, f"/plan/{PLAN}?{query}")
    assert len(page.all("tr", class_="row")) == number


def test_a_chip_keeps_the_other_filters_and_turns_itself_off(client: FlaskClient) -> None:
    text = unescape(client.get(f"/plan/{PLAN}?path=1&level=4").get_data(as_text=True))
    assert f'href="/plan/{PLAN}?level=4" title="henkilöstön osaamisen kehittäminen" aria-current="true"' in text
    assert f'href="/plan/{PLAN}?path=2&level=4"' in text
    assert f'href="/plan/{PLAN}?path=1"' in text


def test_path_page_shows_its_activities(client: FlaskClient) -> None:
    assert len(read(client, "/path/2").all("tr", class_="row")) == 5
    read(client, "/path/9", 404)


@pytest.mark.parametrize(("language", "word"), [("fi", "Toimenpide"), ("sv", "Åtgärd"), ("en", "Activity")])
def test_languages(client: FlaskClient, language: str, word: str) -> None:
    by_address = client.get(f"/plan/{PLAN}?lang={language}", headers={"Accept-Language": "de"})
    by_header = client.get(f"/plan/{PLAN}", headers={"Accept-Language": f"{language}-FI, de;q=0.1"})
    for response in (by_address, by_header):
        text = response.get_data(as_text=True)
        assert Page(text).all("html")[0]["lang"] == response.headers["Content-Language"] == language
        assert f">{word}<" in text
    if language != "fi":
        assert 'lang="fi"' in by_address.get_data(as_text=True)


def test_a_language_chosen_by_hand_stays(client: FlaskClient) -> None:
    links = [link["href"] or "" for link in read(client, "/?lang=sv").all("a")]
    inside = [link for link in links if link.startswith("/") and "lang=" not in link]
    assert not inside
    assert not [link for link in (a["href"] for a in read(client, "/").all("a")) if "lang=" in (link or "")][3:]
    moved = client.get(f"/id/plan/{PLAN}?lang=sv", headers={"Accept": "text/html"})
    assert moved.headers["Location"].endswith(f"/doc/id/plan/{PLAN}?lang=sv")


def test_every_link_of_the_site_answers(client: FlaskClient) -> None:
    waiting, seen = ["/"], {"/"}
    fragments: set[tuple[str, str]] = set()
    anchors: dict[str, set[str]] = {}
    while waiting:
        address = waiting.pop()
        response = client.get(address, headers={"Accept": BROWSER}, buffered=True)
        assert response.status_code in (200, 303), address
        found: list[str] = []
        if response.status_code == 303:
            found = [response.headers["Location"]]
        elif response.mimetype == "text/html":
            page = Page(response.get_data(as_text=True))
            anchors[address] = {attributes["id"] or "" for _, attributes in page.elements if "id" in attributes}
            found = [attributes.get("href") or "" for tag, attributes in page.elements if tag in {"a", "link"}]
            assert not [tag for tag, attributes in page.elements if tag == "script" or "style" in attributes]
            outside = [a for a in page.all("a") if urlsplit(a["href"] or "").netloc]
            assert all("noopener" in (a.get("rel") or "") for a in outside)
        for link in found:
            target = urlsplit(urljoin(f"http://localhost{address}", link))
            if target.netloc != "localhost":
                continue
            local = target.path + (f"?{target.query}" if target.query else "")
            if target.fragment and address in anchors and local == address:
                fragments.add((address, target.fragment))
            # one language, one filter at a time and the formats of one answer stand for all
            if local not in seen and "lang=" not in local and local.count("=") < 2 and "query=" not in local:
                seen.add(local)
                waiting.append(local)
    assert len(seen) > 400
    assert not [(address, name) for address, name in fragments if name not in anchors[address]]


def test_every_resource_answers_as_page_and_rdf(client: FlaskClient) -> None:
    rows = (
        make_site()
        .store.select(
            "SELECT DISTINCT ?x { { ?x ?p ?o } UNION { ?s ?p ?x } UNION { GRAPH ?x { ?s ?p ?o } } "
            f'FILTER(isIRI(?x) && STRSTARTS(STR(?x), "{BASE}") && !CONTAINS(STR(?x), "#")) }}'
        )
        .rows
    )
    names = sorted(row["x"].value.removeprefix(BASE) for row in rows)
    pictures = [name for name in names if name.startswith("static/")]
    for name in pictures:
        with client.get(f"/{name}") as picture:
            assert picture.mimetype == "image/svg+xml", "the ontology's logo"
    documents = [name for name in names if name == "sparql" or name.startswith("queries/")]
    assert len(documents) == len(make_site().catalogue) + 1, "the questions name their pages and the endpoint"
    for name in documents:
        assert client.get(f"/{name}", headers={"Accept": "text/html"}).mimetype == "text/html", name
    names = [name for name in names if name not in (*pictures, *documents)]
    assert len(names) > 200
    for name in names:
        page = client.get(f"/{name}", headers={"Accept": "text/html"})
        data = client.get(f"/{name}", headers={"Accept": "text/turtle"})
        is_graph = name.startswith("graph/") and name != "graph/"
        assert (page.status_code, data.status_code) == (303, 200 if is_graph else 303), name
        assert client.get(page.headers["Location"]).mimetype == "text/html", name
        assert (data if is_graph else client.get(data.headers["Location"])).mimetype == "text/turtle"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser
@pytest.mark.parametrize("name", ["id/goal/okm-2026-1", "vocab/participation", f"id/plan/{PLAN}", "ontology"])
def test_formats_hold_the_same_triples(client: FlaskClient, name: str) -> None:
    sizes = set()
    for extension, parser in RDF_FORMATS.items():
        response = client.get(f"/data/{name}.{extension}")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        graph = Graph().parse(data=response.data, format=parser)
        sizes.add(len(graph))
        assert (URIRef(BASE + name), None, None) in graph
    assert len(sizes) == 1
    assert sizes.pop() > 5


def test_rdf_is_asserted_only_both_ways(client: FlaskClient) -> None:
    goal = URIRef(f"{BASE}id/goal/okm-2026-1")
    graph = Graph().parse(data=client.get("/data/id/goal/okm-2026-1.nt").data, format="nt")
    predicates = {str(predicate).rpartition("#")[2] for predicate in graph.predicates(None, goal)}
    assert predicates == {"aimsAtGoal", "contributesToGoal"}
    assert "resultsFrom" not in {str(predicate).rpartition("#")[2] for predicate in graph.predicates(goal)}


def test_resource_page_tells_chain_source_findings_statements_and_data(client: FlaskClient) -> None:
    chain = next(chain for chain in find_chains(make_site().store, PLAN) if chain.row == 16)
    name = chain.activity.removeprefix(BASE)
    response = client.get(f"/doc/{name}?lang=fi")
    text, page = unescape(response.get_data(as_text=True)), Page(response.get_data(as_text=True))
    for step in chain.steps:
        assert (step.text or step.label) in text
    assert len(page.all("ol", class_="chain")) == 1
    assert len(page.all("div", class_="own")) == 3
    assert len(re.findall(r"<dt>[^<]+</dt>\s*<dd[^>]*><a href=\"/id/record/", text)) == 8
    assert "AKE-202" in text
    assert "päätelty" in text
    assert f'href="/plan/{PLAN}?lang=fi#toimenpide-16"' in text
    assert {link.get("type") for link in page.all("link", rel="alternate")} == {
        "text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml",
    }  # fmt: skip
    assert response.headers.getlist("Link")


def test_negotiation_of_a_thing(client: FlaskClient) -> None:
    for accept, ending in (
        (BROWSER, f"/doc/id/plan/{PLAN}"),
        ("*/*", f"/doc/id/plan/{PLAN}"),
        ("text/turtle", f"/data/id/plan/{PLAN}.ttl"),
        ("application/ld+json, text/html;q=0.5", f"/data/id/plan/{PLAN}.jsonld"),
        ("application/n-triples", f"/data/id/plan/{PLAN}.nt"),
        ("application/rdf+xml", f"/data/id/plan/{PLAN}.rdf"),
    ):
        response = client.get(f"/id/plan/{PLAN}", headers={"Accept": accept})
        assert (response.status_code, urlsplit(response.headers["Location"]).path) == (303, ending)
    assert client.get(f"/id/plan/{PLAN}", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("address", "match"),
    [
        ("/plan/ake-tampere-2025", f"/plan/{PLAN}"),
        ("/id/goal/okm-2026-11", "/id/goal/okm-2026-1"),
        ("/doc/id/goal/okm-2026-11", "/id/goal/okm-2026-1"),
        ("/data/id/goal/okm-2026-11.ttl", "/id/goal/okm-2026-1"),
        ("/data/id/goal/okm-2026-1.docx", "/data/id/goal/okm-2026-1.ttl"),
        ("/vocab/task/suport", "/vocab/task/support"),
        ("/queries/activities-by-paths", "/queries/activities-by-path"),
        ("/querys", "/queries/"),
    ],
)
def test_404_has_near_matches(client: FlaskClient, address: str, match: str) -> None:
    links = [link["href"] for link in read(client, address, 404).all("a")]
    assert match in links
    problem = client.get(address, headers={"Accept": "application/json"})
    assert problem.mimetype == "application/problem+json"
    assert match in json.loads(problem.data)["matches"]


@pytest.mark.parametrize(
    "name", ["a b", "%3Cscript%3E", "x%22y", "%00", "a%7Cb", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A9"]
)
def test_odd_addresses_are_not_found(client: FlaskClient, name: str) -> None:
    for start in ("/id/", "/doc/", "/vocab/", "/graph/", "/plan/", "/path/", "/queries/"):
        response = client.get(start + name, headers={"Accept": BROWSER})
        assert response.status_code == 404
        assert "<script>" not in response.get_data(as_text=True)


def test_query_page_has_a_form_and_an_answer(client: FlaskClient) -> None:
    page = read(client, "/queries/activities-by-path?lang=fi")
    assert {field["name"] for field in page.all("select")} == {"path", "plan"}
    assert {option["value"] for option in page.all("option")} == {"", "1", "2", "3", "4", PLAN}
    assert len(page.all("table", class_="answer")) == 1
    data = client.get("/queries/activities-by-path?path=3&format=json").json
    assert data is not None
    assert [row["activities"]["value"] for row in data["results"]["bindings"]] == ["2"]
    assert client.get("/queries/activities-by-path?format=csv").mimetype == "text/csv"


@pytest.mark.parametrize("name", sorted(make_site().catalogue))
def test_every_question_has_a_page_that_answers_its_examples(client: FlaskClient, name: str) -> None:
    question = make_site().catalogue[name]
    read(client, f"/queries/{name}")
    examples = {key: parameter.example for key, parameter in question.parameters.items() if parameter.required}
    page = client.get(f"/queries/{name}", query_string=examples, headers={"Accept": BROWSER})
    assert page.status_code == 200
    answer = client.get(f"/queries/{name}", query_string={**examples, "format": "json"}).json
    assert answer is not None
    has_rows = bool(answer["results"]["bindings"])
    assert bool(Page(page.get_data(as_text=True)).all("table", class_="answer")) is has_rows


def test_a_bad_parameter_is_said_on_the_page(client: FlaskClient) -> None:
    page = read(client, "/queries/activities-by-path?path=a%20b", 400)
    assert page.all("div", role="alert")
    assert client.get("/queries/activities-by-path?path=a%20b&format=json").status_code == 400
    assert client.get("/queries/activities-by-path?format=word").status_code == 400
    read(client, "/queries/activities-by-path?nonsense=1", 400)


MARKUP = '<script>alert(1)</script> & "quotes"'


def test_markup_is_text_everywhere() -> None:
    whole = make_site()
    triples = (
        f"<{BASE}graph/plan/x> {{ <{BASE}id/activity/evil> a <{BASE}ontology#Activity> ; "
        f"<http://www.w3.org/2004/02/skos/core#prefLabel> {json.dumps(MARKUP)}@fi ; <{BASE}ontology#inPlan> "
        f"<{BASE}id/plan/{PLAN}> ; <http://www.w3.org/2000/01/rdf-schema#seeAlso> <javascript:alert(1)> . }}"
    )
    store = EmbeddedStore(whole.trig + triples.encode())
    site = Site(store, whole.catalogue, {PLAN: MARKUP}, whole.reports, whole.trig, whole.shapes)
    with open_client(site) as client:
        for address in (
            "/", f"/plan/{PLAN}", "/doc/id/activity/evil", f"/plan/{PLAN}?q={MARKUP}", f"/plan/{PLAN}?path={MARKUP}",
            "/queries/gaps", f"/queries/gaps?gap={MARKUP}", f"/queries/{MARKUP}", f"/sparql?query={MARKUP}",
            '/sparql?query=SELECT ("<script>alert(1)</script>" AS ?x) {}', f"/nothing/{MARKUP}", f"/?lang={MARKUP}",
        ):  # fmt: skip
            text = client.get(address, headers={"Accept": BROWSER}).get_data(as_text=True)
            assert "<script" not in text, address
            assert 'href="javascript:' not in text, address
        assert "&lt;script&gt;" in client.get("/doc/id/activity/evil").get_data(as_text=True)


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for address in ("/", f"/plan/{PLAN}", "/sparql", "/nothing", "/static/style.css", "/data/ontology.ttl"):
        headers = client.get(address, headers={"Accept": BROWSER}, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers


def test_pages_are_kept_by_etag(client: FlaskClient) -> None:
    first = client.get(f"/plan/{PLAN}")
    again = client.get(f"/plan/{PLAN}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/plan/{PLAN}?lang=en").headers["ETag"] != first.headers["ETag"]
