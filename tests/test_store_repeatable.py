"""Which queries may be answered again from what was answered before."""

from __future__ import annotations

import pytest

from akegraph.store.repeatable import is_repeatable


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "PREFIX foaf: <http://xmlns.com/foaf/0.1/> SELECT * { ?a foaf:knows ?b }",
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> ASK { ?s a sd:Service }",
        "SELECT ?now ?brand { ?now <https://e/rand> ?brand }",
        "CONSTRUCT { [] <a:b> ?o } { ?s ?p ?o }",
    ],
)
def test_same_data_same_answer(text: str) -> None:
    assert is_repeatable(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (now () AS ?x) {}",
        "SELECT (NOW\n#)\n() AS ?x) {}",
        "SELECT (UUID\t\n() AS ?x) {}",
        "SELECT (StrUuid() AS ?x) {}",
        "SELECT (BNODE() AS ?x) {}",
        "SELECT * {} ORDER BYRAND()",
        "SELECT (\\u0052AND() AS ?x) {}",
        "SELECT (\\U00000052AND() AS ?x) {}",
        "SELECT * { SERVICE <https://e/> { ?s ?p ?o } }",
        "SELECT * {SERVICE SILENT ?x { ?s ?p ?o } }",
    ],
)
def test_what_varies_is_asked_anew(text: str) -> None:
    assert not is_repeatable(text)


@pytest.mark.parametrize("piece", ["NOW ", "NOW", " ", "NOW #", "RAND\n"])
def test_hostile_texts_take_no_time(piece: str) -> None:
    assert isinstance(is_repeatable(piece * 20_000), bool)
