"""Virtuoso as the store: loaded by Graph Store Protocol, it gives the answers of a store of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from virtuoso import PASSWORD, USER, find_virtuoso, serve_virtuoso
from web_site import PLAN, make_site

from akegraph.chains import find_chains
from akegraph.errors import RemoteStoreError
from akegraph.graph.iris import PREFIXES
from akegraph.pipeline.opening import Source
from akegraph.pipeline.storing import load_store
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.store.base import MEDIA_TYPES
from akegraph.store.graph_store import GraphStore
from akegraph.store.remote import RemoteStore
from akegraph.store.virtuoso import leave_out_unbound, read_results, read_triples

PATIENT = Settings(timeout=60)


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if find_virtuoso() is None:
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource)")
    with serve_virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AKEGRAPH_STORE_USER", USER)
            environment.setenv("AKEGRAPH_STORE_PASSWORD", PASSWORD)
            for _ in range(2):  # what is loaded again takes the place of what was there
                load_store(Source("plans", (PLAN,)), f"{address}/sparql-graph-crud-auth", PATIENT, lambda *_: None)
        yield address


@pytest.fixture
def remote(virtuoso: str) -> Iterator[RemoteStore]:
    with RemoteStore(f"{virtuoso}/sparql", PATIENT, PREFIXES) as store:
        yield store


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(load_queries()))
def test_every_question_has_the_same_answer_as_in_memory(remote: RemoteStore, name: str) -> None:
    question = load_queries()[name]
    examples = {key: p.example for key, p in question.parameters.items() if p.required and p.example}
    text = question.bind(examples)
    for format_ in ("json", "csv"):
        accept = [MEDIA_TYPES[format_]]
        assert remote.query(text, accept=accept) == make_site().store.query(text, accept=accept)


@pytest.mark.slow
def test_chains_and_graphs_are_the_same(remote: RemoteStore) -> None:
    assert find_chains(remote) == find_chains(make_site().store)
    graph = f"https://w3id.org/akegraph/graph/plan/{PLAN}"
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    accept = [MEDIA_TYPES["ntriples"]]
    assert remote.query(text, accept=accept) == make_site().store.query(text, accept=accept)


@pytest.mark.slow
def test_who_is_nobody_may_not_load(virtuoso: str) -> None:
    store = GraphStore(f"{virtuoso}/sparql-graph-crud-auth", PATIENT)
    try:
        with pytest.raises(RemoteStoreError, match="may not be written"):
            store.replace("urn:g", b"<urn:a> <urn:b> <urn:c> .\n")
    finally:
        store.close()


def test_its_words_are_read_as_those_of_others() -> None:
    table = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": {}}]}}
    assert json.loads(read_results(json.dumps(table).encode()))["boolean"] is True
    table["results"] = {"bindings": []}
    assert json.loads(read_results(json.dumps(table).encode()))["boolean"] is False
    kind = "http://www.w3.org/2001/XMLSchema#boolean"
    row = {"x": {"type": "typed-literal", "datatype": kind, "value": "0"}, "y": {"type": "literal", "value": "0"}}
    said = json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": [row]}}).encode()
    (read,) = json.loads(read_results(said))["results"]["bindings"]
    assert (read["x"]["value"], read["y"]["value"]) == ("false", "0")
    assert read_triples(f'<a> <b> "1"^^<{kind}> .\n<a> <b> "\\"1\\"^^<{kind}>" .'.encode()) == (
        f'<a> <b> "true"^^<{kind}> .\n<a> <b> "\\"1\\"^^<{kind}>" .'.encode()
    )


def test_only_lines_that_bind_nothing_are_left_out() -> None:
    assert leave_out_unbound("SELECT ?a {\n VALUES ?a { UNDEF }\n ?a ?b 2 }") == "SELECT ?a {\n\n ?a ?b 2 }"
    for kept in (
        "SELECT * {\n VALUES ?a { UNDEF }\n ?a ?b 2 }",
        'SELECT ?a { ?a ?b """\nVALUES ?a { UNDEF }\n""" }',
        "SELECT ?a {\n VALUES ?a { 1 }\n ?a ?b 2 }",
    ):
        assert leave_out_unbound(kept) == kept
