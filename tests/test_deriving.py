"""``akegraph explain "<s> <p> <o>"``: from a triple to the cells it rests on, and what is no triple."""

from __future__ import annotations

import pytest

from akegraph.errors import BadParameterError, UnknownResourceError
from akegraph.graph.iris import AKEID
from akegraph.pipeline.deriving import Reason, explain_triple, parse_triple
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.terms import AKE

KNOWLEDGE = Knowledge()
ACTIVITY = "akeid:activity/ywx3rq3o"


def explain(text: str, language: str = "fi") -> tuple[Reason, ...]:
    return explain_triple(text, find_plans(["ake-tampere-2026"]), language, KNOWLEDGE)  # type: ignore[arg-type]


def cells(reason: Reason) -> set[tuple[int | None, int | None, str | None]]:
    if not reason.premises:
        return {(reason.place.page, reason.place.row, reason.place.column)} if reason.place else set()
    return set().union(*map(cells, reason.premises))


def test_a_chain_rests_on_the_cells_of_its_row() -> None:
    [way, *_] = explain(f"{ACTIVITY} ake:leadsTo akeid:goal/okm-2026-3-1")
    assert cells(way) == {(16, 4, column) for column in ("output", "outcome", "impact", "effectiveness")}
    assert way.rule == "prp-trp"
    assert way.cells == 4


@pytest.mark.parametrize(
    ("text", "graph", "cell"),
    [
        (f"{ACTIVITY} ake:underTask akev:task/support .", "plan/ake-tampere-2026", (16, 4, "task")),
        (f"<{AKEID}activity/ywx3rq3o> a ake:Activity", "plan/ake-tampere-2026", (16, 4, "activity")),
        ("akeid:goal/okm-2026-3-1 ake:inPathway akeid:pathway/okm-2026-3", "reference", (16, 4, "impact")),
    ],
)
def test_what_is_asserted_is_found_in_its_cell(text: str, graph: str, cell: tuple[int, int, str]) -> None:
    [way] = explain(text)
    assert (way.graph, way.rule) == (graph, None)
    assert cells(way) == {cell}


def test_no_cell_is_named_for_what_no_cell_says() -> None:
    [way] = explain(f"{ACTIVITY} ake:hasLegalBasis <http://data.finlex.fi/eli/sd/2016/1492/pykala/8/momentti/1>", "en")
    task, law = way.premises
    assert task.place is not None
    assert (law.graph, law.place) == ("schemes", None)
    assert way.labels[1] == "has legal basis"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a b c",
        "<a b> <c> <d>",
        'ake:x ake:y "a',
        "ake:a ake:b ake:c . ake:d ake:e ake:f",
        "@base <file:///> .",
    ],
)
def test_what_is_no_triple_is_refused(text: str) -> None:
    with pytest.raises(BadParameterError, match="one triple is wanted"):
        explain(text)


def test_a_triple_that_does_not_hold_is_unknown() -> None:
    with pytest.raises(UnknownResourceError):
        explain(f"{ACTIVITY} ake:leadsTo akeid:goal/okm-2026-1")


def test_a_colon_in_a_text_or_an_iri_is_no_prefix() -> None:
    assert str(parse_triple('ake:Goal rdfs:label "ake:x ake:y b: c"')[2]) == "ake:x ake:y b: c"
    assert parse_triple("<urn:ake:x> ake:leadsTo <urn:x>")[1] == AKE.leadsTo
