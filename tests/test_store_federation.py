"""SERVICE for named endpoints: asked from the parent, joined as values, and refused in every other case."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from servers import Reply, Request, serve_script

from akegraph.errors import EngineError, QueryRefusedError, QuerySyntaxError, QueryTimeoutError, ResultTooLargeError
from akegraph.settings import Settings, read_settings
from akegraph.store.federation import FederatedStore, federate
from akegraph.store.workers import WorkerPool

DATA = b'<urn:a> <urn:p> "1" <urn:g> .\n<urn:b> <urn:p> "2" <urn:g> .\n'
RESULTS = {"Content-Type": "application/sparql-results+json"}
TYPES = {"u": "uri", "l": "literal", "b": "bnode"}


def table(variables: str, *rows: dict[str, str]) -> bytes:
    bindings = [{name: {"type": TYPES[value[0]], "value": value[2:]} for name, value in row.items()} for row in rows]
    return json.dumps({"head": {"vars": variables.split()}, "results": {"bindings": bindings}}).encode()


LABELS = table(
    "s label", {"s": "u:urn:a", "label": 'l:one "\\'}, {"s": "u:urn:c", "label": "l:three"}, {"label": "l:any"}
)


class Federation:
    """A store that may ask one endpoint, which says whatever it is told."""

    def __init__(self, url: str, asked: list[Request], store: Any) -> None:
        self.url, self.asked, self.store = url, asked, store
        self.reply: Any = (200, RESULTS, LABELS)

    def ask(self, text: str) -> list[dict[str, str]]:
        rows = self.store.select(text.replace("<E>", f"<{self.url}>")).rows
        return [{name: term.value for name, term in row.items()} for row in rows]


@pytest.fixture
def federation() -> Iterator[Federation]:
    made: list[Federation] = []

    def answer(_: Request) -> Reply:
        return made[0].reply

    with serve_script(answer) as (url, asked):
        settings = Settings(workers=1, services=(url,), service_timeout=0.5, query_size=1000)
        with federate(lambda longer: WorkerPool(DATA, longer), settings) as store:
            made.append(Federation(url, asked, store))
            yield made[0]


def test_what_an_endpoint_finds_is_joined(federation: Federation) -> None:
    text = "PREFIX x: <urn:x#> SELECT ?s ?label { ?s <urn:p> ?o SERVICE <E> { ?s x:label ?label } } ORDER BY ?s ?label"
    assert federation.ask(text) == [
        {"s": "urn:a", "label": "any"},
        {"s": "urn:a", "label": 'one "\\'},
        {"s": "urn:b", "label": "any"},
    ]
    (request,) = federation.asked
    assert request.fields == {"query": ["PREFIX x: <urn:x#> \nSELECT * WHERE { ?s x:label ?label }"]}
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <http://127.0.0.1:9/other> { ?s ?p ?o }",
        "SERVICE ?g { ?s ?p ?o }",
        "SERVICE x:e { ?s ?p ?o }",
        "SERVICE <E> { SERVICE <E> { ?s ?p ?o } }",
        "SERVICE <E> { SERVICE <http://127.0.0.1:9/other> { ?s ?p ?o } }",
        "\\u0053ERVICE <E> { ?s ?p ?o }",
        "SERVICE <E> { ?s ?p ?o } . SERVICEx:e { ?s ?p ?o }",
        "SERVICE <E> { ?s ?p ?o } SERVICE SILENT <urn:other> { }",
        "SERVICE <E> " + "{" * 200 + "}" * 200,
    ],
)
def test_everything_else_is_refused_before_anybody_is_asked(federation: Federation, clause: str) -> None:
    with pytest.raises((QueryRefusedError, QuerySyntaxError)):
        federation.ask(f"PREFIX x: <urn:x#> SELECT * {{ ?s ?p ?o {clause} }}")
    assert federation.asked == []


def test_updates_and_long_texts_are_refused_as_ever(federation: Federation) -> None:
    with pytest.raises(QueryRefusedError, match="is an update"):
        federation.ask("INSERT { ?s ?p ?o } WHERE { SERVICE <E> { ?s ?p ?o } }")
    with pytest.raises(QueryRefusedError, match="at most 1000"):
        federation.ask(f"SELECT * {{ ?s ?p ?o }} #{'x' * 1000}")
    assert federation.asked == []


def test_a_word_in_a_string_or_a_comment_is_no_clause(federation: Federation) -> None:
    assert (
        len(federation.ask('SELECT * { ?s <urn:p> ?o FILTER(?o != "SERVICE <E> { ?s ?p ?o }") } # SERVICE <E> { }'))
        == 2
    )
    assert federation.asked == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((500, {}, b""), EngineError),
        ((200, {"Content-Type": "text/html"}, b"<html>"), EngineError),
        ((200, RESULTS, table("s", {"s": "b:x"})), EngineError),
        ((200, RESULTS, table("s)_{}_VALUES(?x")), EngineError),
        ((200, RESULTS, b" " * (2 << 20)), ResultTooLargeError),
        (lambda stream: time.sleep(1.5), QueryTimeoutError),
    ],
)
def test_an_endpoint_that_fails_fails_the_query_unless_it_is_silent(
    federation: Federation, reply: Any, error: type[Exception]
) -> None:
    federation.reply = reply
    with pytest.raises(error):
        federation.ask("SELECT * { ?s <urn:p> ?o SERVICE <E> { ?s ?q ?label } }")
    assert len(federation.ask("SELECT * { ?s <urn:p> ?o SERVICE SILENT <E> { ?s ?q ?label } }")) == 2


def test_an_endpoint_cannot_write_into_the_query(federation: Federation) -> None:
    federation.reply = (200, RESULTS, table("s", {"s": "u:urn:a> ) } ?x ?y ?z #"}))
    with pytest.raises(EngineError):
        federation.ask("SELECT * { ?s <urn:p> ?o SERVICE <E> { ?s ?q ?label } }")


def test_without_a_list_nothing_is_changed() -> None:
    settings = Settings(workers=1)
    with federate(lambda same: WorkerPool(DATA, replace(same)), settings) as store:
        assert not isinstance(store, FederatedStore)
        with pytest.raises(QueryRefusedError, match="SERVICE"):
            store.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_the_list_is_set_by_spaces() -> None:
    listed = read_settings({"AKEGRAPH_SERVICES": "https://a.example/sparql  https://b.example/sparql"})
    assert listed.services == ("https://a.example/sparql", "https://b.example/sparql")
