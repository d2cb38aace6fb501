"""The catalogue of questions: its files, its one door for user texts, and what it answers on small graphs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from akegraph.errors import BadParameterError, QueryError, UnknownQueryError
from akegraph.graph.inference import infer_triples
from akegraph.graph.iris import AKE_NS, AKEV, BASE, PREFIXES
from akegraph.graph.loading import load_turtle
from akegraph.queries import NamedQuery, QueryCatalogue, load_queries, parse_query
from akegraph.resources import resource
from akegraph.store.base import Term
from akegraph.store.embedded import EmbeddedStore

# rdflib warns of what its own Dataset does.
pytestmark = pytest.mark.filterwarnings(r"ignore:(Dataset\.|ConjunctiveGraph):DeprecationWarning")

CASES = Path(__file__).parent / "queries"
NAMES = tuple(sorted(path.name for path in CASES.iterdir() if path.is_dir()))
INTERNAL = (
    "chain-activities", "chain-elements", "chain-facets", "chain-places", "chain-statements", "chain-steps", "chain-through",
    "chain-years",
)  # fmt: skip
EVERY = [*load_queries().values(), *load_queries(resource("queries", "internal")).values()]
SCHEMES = tuple(path.stem for path in resource("ontology", "schemes").glob("*.ttl"))
ARGUMENTS = [(query.name, parameter) for query in load_queries().values() for parameter in query.parameters]

Rows = list[tuple[str, ...]]


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return load_turtle(resource("ontology", "akegraph.ttl"))


def cell(text: str | None) -> str:
    """Write a value as CSV has it, numbers in one form whatever the engine."""
    if text is None:
        return ""
    try:
        return str(Decimal(text).normalize() + 0) if re.fullmatch(r"-?[0-9.]+", text) else text
    except InvalidOperation:
        return text


def store_of(*graphs: bytes) -> EmbeddedStore:
    store = EmbeddedStore()
    for number, graph in enumerate(graphs):
        store.load(graph, None if has_named_graphs(graph) else f"{BASE}graph/test/{number}")
    return store


def has_named_graphs(data: bytes) -> bool:
    """Tell whether data is TriG: a question that looks at the graphs themselves has its case so."""
    return b"\nGRAPH " in data


def graph_of(data: bytes) -> Graph:
    """Read Turtle or TriG; whatever the graphs, a pattern sees all of them."""
    return Dataset(default_union=True).parse(data=data, format="trig") if has_named_graphs(data) else turtle_of(data)


def turtle_of(data: bytes) -> Graph:
    return Graph().parse(data=data, format="turtle")


def rows_of(store: EmbeddedStore, query: NamedQuery, text: str) -> Rows:
    solutions = store.select(text)
    assert solutions.variables == tuple(query.columns)
    values = ([row.get(name) for name in solutions.variables] for row in solutions.rows)
    return [tuple(cell(term and term.value) for term in row) for row in values]


def rdflib_rows(data: bytes, text: str) -> Rows:
    graph = graph_of(data)
    return [tuple(cell(None if term is None else str(term)) for term in row) for row in graph.query(text)]


def read_case(name: str) -> tuple[bytes, dict[str, str], dict[str, str], Rows]:
    """Read data, values, one other value per parameter, and the answer expected of the values."""
    folder = CASES / name
    params = json.loads((folder / "params.json").read_text(encoding="utf-8"))
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == list(load_queries()[name].columns)
    return (
        next(folder.glob("data.*")).read_bytes(),
        params["values"],
        params["others"],
        [tuple(cell(text) for text in row) for row in rows],
    )


def test_every_file_is_here() -> None:
    """A question without a case is not tested, and a case without a question tests nothing."""
    assert set(load_queries()) - set(NAMES) == set()
    assert set(NAMES) - set(load_queries()) == set()
    assert tuple(load_queries(resource("queries", "internal"))) == INTERNAL
    for name in NAMES:
        data, *others = sorted(path.name for path in (CASES / name).iterdir())
        assert data in ("data.ttl", "data.trig")
        assert others == ["expected.csv", "params.json"]


@pytest.mark.parametrize("name", NAMES)
def test_answer_is_the_expected_one(name: str) -> None:
    data, values, _, expected = read_case(name)
    query = load_queries()[name]
    assert rows_of(store_of(data), query, query.bind(values)) == expected
    assert expected


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_same_answer(name: str) -> None:
    data, values, _, expected = read_case(name)
    assert rdflib_rows(data, load_queries()[name].bind(values)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_inferred_and_repeated_triples_change_no_answer(name: str, ontology: Graph) -> None:
    data, values, _, expected = read_case(name)
    query = load_queries()[name]
    asserted = Graph()
    for triple in graph_of(data).triples((None, None, None)):
        asserted.add(triple)
    inferred = infer_triples(ontology, asserted)
    assert len(inferred) > 10
    store = store_of(data, data, inferred.serialize(format="nt", encoding="utf-8"))
    assert rows_of(store, query, query.bind(values)) == expected


@pytest.mark.parametrize(("name", "parameter"), ARGUMENTS)
def test_each_parameter_changes_the_answer(name: str, parameter: str) -> None:
    data, values, others, expected = read_case(name)
    query = load_queries()[name]
    text = query.bind({**values, parameter: others[parameter]})
    changed = rows_of(store_of(data), query, text)
    assert changed != expected
    assert changed
    assert rdflib_rows(data, text) == changed


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_without_another_value(name: str) -> None:
    assert set(read_case(name)[2]) == set(load_queries()[name].parameters)


@pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)
def test_text_runs_as_it_stands(query: NamedQuery) -> None:
    """Unbound, a parameter means all: the file can be pasted into any endpoint."""
    assert rows_of(store_of(b""), query, query.text) == []
    assert [str(variable) for variable in prepareQuery(query.text).algebra["PV"]] == list(query.columns)


@pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)
def test_text_uses_known_terms_and_prefixes(query: NamedQuery, ontology: Graph) -> None:
    prefixes = dict(re.findall(r"^PREFIX (\w+): <(.+)>$", query.text, re.MULTILINE))
    for prefix, namespace in prefixes.items():
        known = {**PREFIXES, **{scheme: f"{AKEV}{scheme}/" for scheme in SCHEMES}}
        assert namespace == known[prefix]
        assert re.search(rf"\b{prefix}:", query.text.split("\n\n", 1)[1]), f"{prefix}: is not used"
    concepts = load_turtle(*sorted(resource("ontology", "schemes").glob("*.ttl")))
    for term in set(iris_in(prepareQuery(query.text).algebra)):
        if term.startswith(AKE_NS):
            assert (term, None, None) in ontology, f"{term} is not declared"
        elif term.startswith(AKEV):
            assert (term, None, None) in concepts, f"{term} is in no scheme"


def iris_in(part: object) -> Iterable[URIRef]:
    """Walk a parsed query: patterns, property paths, filters, aggregates."""
    if isinstance(part, URIRef):
        yield part
    elif isinstance(part, CompValue):
        for value in part.values():
            yield from iris_in(value)
    elif isinstance(part, PropertyPath):
        for value in vars(part).values():
            yield from iris_in(value)
    elif isinstance(part, (list, tuple, set, frozenset)):
        for value in part:
            yield from iris_in(value)


@pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)
def test_order_decides_every_tie(query: NamedQuery) -> None:
    """Under an order that leaves ties, the rows would come as the store happens to hold them."""
    data = (Path(__file__).parent / "chains" / "plans.ttl").read_bytes()
    lines = Graph().parse(data=data, format="turtle").serialize(format="nt", encoding="utf-8").splitlines()
    forward, backward = (b"\n".join(order) for order in (sorted(lines), sorted(lines, reverse=True)))
    rows = rows_of(store_of(forward), query, query.text)
    assert rows == rows_of(store_of(backward), query, query.text)
    assert "ORDER BY" in query.text


def test_set_without_members_is_an_answer() -> None:
    data, _, _, _ = read_case("indicators-of-activity")
    query = load_queries()["indicators-of-activity"]
    [row] = store_of(data).select(query.bind({"activity": "aaaa1111"})).rows
    assert row["members"].value == "0"
    assert row["indicatorSetLabel"].value == "Vaikutuspolun 1 mittarit"
    assert "indicator" not in row
    assert "indicatorLabel" not in row


TARGET = "https://w3id.org/akegraph/id/goal/okm-2026-2"


@pytest.mark.parametrize(
    ("name", "parameter", "text", "term"),
    [
        ("whole-chain", "activity", "k3f7qd2a", f"<{BASE}id/activity/k3f7qd2a>"),
        ("whole-chain", "activity", f"{BASE}id/activity/x", f"<{BASE}id/activity/x>"),
        ("whole-chain", "activity", "akeid:activity/x", f"<{BASE}id/activity/x>"),
        ("whole-chain", "activity", "activity/x", f"<{BASE}id/activity/x>"),
        ("activities-leading-to", "target", "goal/okm-2026-2", f"<{TARGET}>"),
        ("activities-leading-to", "target", TARGET, f"<{TARGET}>"),
        ("activities-by-task", "path", "1", f"<{BASE}vocab/path/1>"),
        ("activities-by-task", "path", "akev:path/1", f"<{BASE}vocab/path/1>"),
        ("activities-by-task", "path", f"{BASE}vocab/path/1", f"<{BASE}vocab/path/1>"),
        ("participating-activities", "level", "+03", '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("gaps", "gap", "no-goal", '"no-goal"'),
    ],
)
def test_text_becomes_a_term(name: str, parameter: str, text: str, term: str) -> None:
    assert load_queries()[name].parameters[parameter].to_term(text).to_ntriples() == term


INJECTIONS = (
    '"} UNION {?s ?p ?o',
    "UNDEF } ?s ?p ?o . VALUES ?x { UNDEF", "x> ?p ?o . <x", '\'""', '"""', "1 OR 1", "", " ",
    "http://example.org/a b", "http://example.org/\n", "http://example.org/\u00a0", "http://example.org/\\u003E",
    "http://example.org/{x}", "http://example.org/`", "http://example.org/%zz", "http://example.org/\ud800",
    "http://a/#b#c", "http://[", "k3f7qd2a\n", "K3F7", "\x00", "\ud800", "#", "a/b", "../x",
    "goal/../x", "\u0661",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
@pytest.mark.parametrize(("name", "parameter"), ARGUMENTS)
def test_hostile_text_is_refused(name: str, parameter: str, text: str) -> None:
    query = load_queries()[name]
    required = {key: value.example or "" for key, value in query.parameters.items() if value.required}
    if query.parameters[parameter].kind == "concept" and text == "K3F7":
        return  # a notation may be written so; which exist, the graph says
    with pytest.raises(BadParameterError, match=re.escape(name)):
        query.bind({**required, parameter: text})


HEADER = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mikä?", en = "What?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ tags = ["test"]
#+ [parameters.text]
#+ type = "TYPE"
#+ title = { fi = "Teksti", en = "Text" }
#+ description = { fi = "Teksti.", en = "A text." }
#+ [columns]
#+ text = { fi = "Teksti", en = "The text" }
"""
SPARQL = """SELECT ?text
WHERE {
  VALUES ?text { UNDEF }
}
ORDER BY ?text
"""


def query_of(kind: str) -> NamedQuery:
    return parse_query("echo", HEADER.replace("TYPE", kind) + SPARQL, "echo.rq")


@pytest.mark.parametrize(
    "text",
    [
        '"} UNION {?s ?p ?o',
        "line\nVALUES ?text { UNDEF }\nline",
        "a\\",
        'a\\"',
        "\\u0022",
        "\\\\u0022",
        "\\U0001F4DA",
        "'''",
        "ä\u2028\t\r\n",
        " ",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("kind", ["string", "langString"])
def test_any_text_stays_a_literal(kind: str, text: str) -> None:
    given = f"{text}@fi" if kind == "langString" else text
    bound = query_of(kind).bind({"text": given})
    language = "fi" if kind == "langString" else None
    [row] = store_of(b"").select(bound).rows
    assert (row["text"].value, row["text"].language) == (text, language)
    [(term,)] = Graph().query(bound)
    assert str(term) == text


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("iri", "urn:x:y", "<urn:x:y>"),
        ("iri", "https://example.org/ä#b", "<https://example.org/ä#b>"),
        ("iri", "ake:Activity", f"<{AKE_NS}Activity>"),
        ("date", "2026-12-31", '"2026-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("integer", "-7", '"-7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("langString", "a@b@SV", '"a@b"@sv'),
    ],
)
def test_each_kind_has_its_terms(kind: str, text: str, term: str) -> None:
    assert query_of(kind).parameters["text"].to_term(text).to_ntriples() == term


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("iri", "example.org"),
        ("iri", "http:"),
        ("date", "2026-02-30"),
        ("date", "20261231"),
        ("date", "2026-12-31 "),
        ("integer", "1.0"),
        ("integer", "1" * 30),
        ("langString", "text"),
        ("langString", "@fi"),
        ("langString", "text@"),
        ("langString", "text@fi en"),
        ("string", "\x00"),
        ("string", "\x1f"),
    ],
)
def test_each_kind_refuses(kind: str, text: str) -> None:
    with pytest.raises(BadParameterError, match="parameter 'text'"):
        query_of(kind).parameters["text"].to_term(text)


def test_bind_complains() -> None:
    chain = load_queries().get_query("whole-chain")
    with pytest.raises(BadParameterError, match=r"whole-chain: parameter 'activity': is missing.*for example"):
        chain.bind()
    with pytest.raises(BadParameterError, match="did you mean 'activity'"):
        chain.bind({"activty": "x"})
    with pytest.raises(BadParameterError, match="'9 9' is not an absolute IRI"):
        load_queries()["activities-by-path"].bind({"path": "9 9"})
    with pytest.raises(BadParameterError, match="of the scheme 'path'"):
        load_queries()["activities-by-path"].bind({"path": "akev:task/support"})
    with pytest.raises(BadParameterError, match="another kind of thing"):
        chain.bind({"activity": f"{BASE}id/plan/ake-tampere-2026"})
    with pytest.raises(BadParameterError, match="impact/<id> or goal/<id>"):
        load_queries()["activities-leading-to"].bind({"target": "okm-2026-2"})


def test_default_is_bound_and_can_be_changed() -> None:
    query = load_queries()["participating-activities"]
    assert query.to_terms({}) == {"level": Term("literal", "4", None, PREFIXES["xsd"] + "integer")}
    assert '"4"^^' in query.bind()
    assert '"2"^^' in query.bind({"level": "2"})


def test_unknown_query_names_what_comes_close() -> None:
    with pytest.raises(UnknownQueryError, match="did you mean 'whole-chain'"):
        load_queries().get_query("whole-chains")
    with pytest.raises(KeyError):
        load_queries()["whole-chains"]


def lines_of(content: str) -> Sequence[str]:
    return content.splitlines(keepends=True)


@pytest.mark.parametrize("number", range(len(HEADER.splitlines())), ids=lambda n: HEADER.splitlines()[n][3:20])
def test_every_line_of_a_header_is_needed(number: int) -> None:
    lines = list(lines_of(HEADER.replace("TYPE", "string") + SPARQL))
    del lines[number]
    with pytest.raises(QueryError, match=r"^echo\.rq: "):
        parse_query("echo", "".join(lines), "echo.rq")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("tags = [", "tags = ", "not TOML"),
        ("tags", "tagz", "unknown key 'tagz'; did you mean 'tags'"),
        ('["test"]', "[]", "'tags' must be a list"),
        ('["test"]', "[1]", "'tags' must be a list"),
        ('en = "Title"', 'de = "Titel"', "unknown key 'de'"),
        ('fi = "Otsikko", ', "", "'title' has no 'fi'"),
        ('"Otsikko"', '" Otsikko"', "without spaces around"),
        ('"Otsikko"', '""', "without spaces around"),
        ('"Otsikko"', "1", "must be a text"),
        ('"string"', '"text"', "type 'text' is none of"),
        ('"string"', '"concept"', "needs the name of its scheme"),
        ('"string"', '"resource"', "class None must be among"),
        ('"string"', '"resource"\n#+ class = "thing"', "class 'thing' must be among"),
        ('"string"', '"string"\n#+ scheme = "path"', "'scheme' belongs to the type 'concept'"),
        ('"string"', '"string"\n#+ minimum = 1', "'minimum' belongs to the type 'integer'"),
        ('"string"', '"integer"\n#+ maximum = "5"', "'maximum' must be a whole number"),
        ('"string"', '"integer"\n#+ maximum = 5\n#+ example = "6"', "'6' is above 5"),
        ("#+ tags", '#+ caution = "Mind."\n#+ tags', "'caution' is missing or not a table"),
        ("#+ tags", '#+ caution.fi = "Varo."\n#+ tags', "'caution' has no 'en'"),
        ('"string"', '"string"\n#+ default = 1', "'default' must be written as a text"),
        ('"string"', '"integer"\n#+ default = "x"', "'x' is not a whole number"),
        ('"string"', '"integer"\n#+ example = "x"', "'x' is not a whole number"),
        ('"string"', '"string"\n#+ choices = {}', "'choices' is missing or not a table"),
        ('"string"', '"string"\n#+ required = 1', "'required' must be true or false"),
        ('"string"', '"string"\n#+ required = true\n#+ default = "x"', "true only without a default"),
        ("parameters.text", "parameters.Text", "lowerCamelCase"),
        ("parameters.text", "parameters.other", "needs a line"),
        ("  VALUES ?text { UNDEF }\n", "", "needs a line"),
        ("WHERE {\n", "WHERE {\n  VALUES ?more { UNDEF }\n", "has no parameter in the header"),
    ],
)
def test_bad_header_is_refused(old: str, new: str, what: str) -> None:
    content = (HEADER.replace("TYPE", "string") + SPARQL).replace(old, new)
    with pytest.raises(QueryError, match=re.escape(what)):
        parse_query("echo", content, "echo.rq")


def test_a_caution_is_read_and_none_is_needed() -> None:
    content = HEADER.replace("TYPE", "string") + SPARQL
    assert parse_query("echo", content, "echo.rq").caution == {}
    cautioned = content.replace("#+ tags", '#+ caution = { fi = "Varo.", sv = "Akta.", en = "Mind." }\n#+ tags')
    assert parse_query("echo", cautioned, "echo.rq").caution == {"fi": "Varo.", "sv": "Akta.", "en": "Mind."}


@pytest.mark.parametrize(("text", "what"), [("0", "is below 1"), ("6", "is above 5"), ("-3", "is below 1")])
def test_a_number_outside_its_range_is_refused(text: str, what: str) -> None:
    content = HEADER.replace('"TYPE"', '"integer"\n#+ minimum = 1\n#+ maximum = 5') + SPARQL
    parameter = parse_query("echo", content, "echo.rq").parameters["text"]
    with pytest.raises(BadParameterError, match=what):
        parameter.to_term(text)
    assert [parameter.to_term(str(number)).value for number in (1, 5)] == ["1", "5"]


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="holds no file"):
        load_queries(tmp_path)
    with pytest.raises(QueryError, match="empty"):
        QueryCatalogue([])
    with pytest.raises(QueryError, match="hyphens"):
        parse_query("Two_Words", HEADER.replace("TYPE", "string") + SPARQL, "Two_Words.rq")
    (tmp_path / "latin.rq").write_bytes("#+ title = 'ä'".encode("latin-1"))
    with pytest.raises(QueryError, match=r"latin\.rq: cannot be read as UTF-8"):
        load_queries(tmp_path)
