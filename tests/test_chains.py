"""Impact chains as values: what is found in a store, one at a time and all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from akegraph.chains import Chain, find_chain, find_chains
from akegraph.chains.formats import chains_text
from akegraph.errors import BadParameterError, UnknownResourceError
from akegraph.graph.inference import infer_triples
from akegraph.graph.iris import BASE
from akegraph.graph.loading import load_turtle
from akegraph.queries import load_queries
from akegraph.resources import resource
from akegraph.store.base import Solutions
from akegraph.store.embedded import EmbeddedStore

PLANS = Path(__file__).parent / "chains" / "plans.ttl"
PREFIXES = """@prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."""


class CountingStore:
    """A store that counts what it is asked."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store, self.count = store, 0

    def select(self, text: str) -> Solutions:
        self.count += 1
        return self.store.select(text)


def store_of(*graphs: bytes) -> EmbeddedStore:
    store = EmbeddedStore()
    for number, graph in enumerate(graphs):
        store.load(graph, f"{BASE}graph/test/{number}")
    return store


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return store_of(PLANS.read_bytes())


@pytest.fixture(scope="module")
def chain(store: EmbeddedStore) -> Chain:
    return find_chain(store, "bbbb2222")


def foreign(turtle: str) -> EmbeddedStore:
    return store_of(f"{PREFIXES} @prefix : <http://example.org/> . {turtle}".encode())


def test_chain_runs_from_input_to_goal(chain: Chain) -> None:
    assert [(step.kind, step.label) for step in chain.steps] == [
        ("input", "Postikulut"),
        ("activity", "Työpajat"),
        ("output", "Työpajojen materiaalit"),
        ("outcome", "Materiaalit ovat käytössä"),
        ("impact", "Palvelut uudistuvat"),
        ("goal", "Vaikutuspolun 2 tavoite"),
    ]
    assert [step.text for step in chain.steps if step.text] == ["Uudet palvelut syntyvät tarpeesta"]
    for before, after in zip(chain.steps, chain.steps[1:], strict=False):
        assert after.previous == (before.iri,)


def test_chain_says_where_it_was_read(chain: Chain) -> None:
    """A shared impact is stated in the cells of three rows; only the activity's own row is its place here."""
    places = {step.kind: step.places for step in chain.steps}
    assert places.pop("input") == ()
    assert [len(found) for found in places.values()] == [1] * 5
    assert {(place.page, place.row) for found in places.values() for place in found} == {(4, 2)}
    assert [found[0].column for found in places.values()] == [
        "Panos ja prosessi", "Tuotos", "Tulos", "Vaikutus", "Vaikuttavuus",
    ]  # fmt: skip
    assert places["impact"][0].text == "Vaikutuspolku 2: Palvelut uudistuvat"
    assert (chain.page, chain.row) == (4, 2)


def test_chain_knows_what_stands_beside_it(chain: Chain) -> None:
    assert (chain.identifier, chain.plan_label) == ("bbbb2222", "Esimerkki 2026")
    assert chain.task is not None
    assert (chain.task.notation, chain.task.label) == ("cooperation", "Yhteistoiminnan edistäminen")
    assert chain.path is not None
    assert (chain.path.notation, chain.path.rank) == ("2", 2)
    assert chain.level is not None
    assert (chain.level.organiser, chain.level.library) == ("Kehitämme yhdessä", "Hyväksyn")
    assert chain.level.places[0].text == "4: Kehitämme yhdessä – Hyväksyn"
    assert [indicators.label for indicators in chain.indicator_sets] == ["Vaikutuspolun 2 mittarit"]
    assert chain.timings == ()


def test_gaps_are_those_of_the_question(store: EmbeddedStore) -> None:
    found = [(chain.activity, gap.kind, gap.element) for chain in find_chains(store) for gap in chain.gaps]
    rows = store.select(load_queries()["gaps"].bind()).rows
    assert found == [(row["activity"].value, row["gap"].value, row["element"].value) for row in rows]
    first = find_chain(store, "aaaa1111")
    [goal] = first.of_kind("goal")
    assert [gap.kind for gap in first.gaps_of(goal.iri)] == ["goal-without-text"]
    assert goal.text is None


def test_chains_come_in_the_order_of_plans_and_rows(store: EmbeddedStore) -> None:
    assert [chain.identifier for chain in find_chains(store)] == ["aaaa1111", "bbbb2222", "cccc3333"]
    assert [chain.identifier for chain in find_chains(store, "vertailu-2026")] == ["cccc3333"]
    assert find_chains(EmbeddedStore()) == ()


def test_one_and_all_are_the_same_value(store: EmbeddedStore) -> None:
    for chain in find_chains(store):
        assert find_chain(store, chain.activity) == chain
        assert find_chain(store, chain.identifier or "") == chain


def test_a_plan_and_a_row_name_an_activity(store: EmbeddedStore, chain: Chain) -> None:
    assert find_chain(store, "esimerkki-2026/2") == chain
    with pytest.raises(UnknownResourceError, match="esimerkki-2026/9"):
        find_chain(store, "esimerkki-2026/9")
    with pytest.raises(UnknownResourceError, match="activity/2"):
        find_chain(store, "activity/2")


def test_inferred_and_repeated_triples_change_no_chain(store: EmbeddedStore) -> None:
    ontology, asserted = load_turtle(resource("ontology", "akegraph.ttl")), load_turtle(PLANS)
    inferred = infer_triples(ontology, asserted).serialize(format="nt", encoding="utf-8")
    assert find_chains(store_of(PLANS.read_bytes(), PLANS.read_bytes(), inferred)) == find_chains(store)


def test_number_of_selects_is_constant(store: EmbeddedStore) -> None:
    one, every = CountingStore(store), CountingStore(store)
    find_chain(one, "aaaa1111")
    find_chains(every)
    assert one.count == every.count == 5


def test_unknown_activity_names_what_comes_close(store: EmbeddedStore) -> None:
    with pytest.raises(UnknownResourceError, match="did you mean 'bbbb2222'"):
        find_chain(store, "bbbb2223")
    with pytest.raises(UnknownResourceError, match="did you mean 'aaaa1111'"):
        find_chain(store, "koulutus")
    with pytest.raises(UnknownResourceError):
        find_chain(store, "https://example.org/none")
    with pytest.raises(UnknownResourceError):
        find_chains(store, "vertailu-2027")
    with pytest.raises(BadParameterError, match="neither a stable id nor an IRI"):
        find_chain(store, "x> ?p ?o")


def test_foreign_data_without_names_and_cells_is_a_chain() -> None:
    store = foreign(
        """:a a ake:Activity ; ake:inPlan :p ; ake:hasOutput :o1, :o2 .
        :o1 ake:hasOutcome :r . :o2 ake:hasOutcome :r . :r ake:hasImpact :i ."""
    )
    chain = find_chain(store, "http://example.org/a")
    assert (chain.identifier, chain.label, chain.page, chain.task) == (
        None,
        "http://example.org/a",
        None,
        None,
    )
    [outcome] = chain.of_kind("outcome")
    assert outcome.previous == ("http://example.org/o1", "http://example.org/o2")
    assert "no-goal" in {gap.kind for gap in chain.gaps}
    assert chains_text([chain], "en").count("outcome: http://example.org/r") == 2


def test_foreign_cycle_ends() -> None:
    chain = find_chain(
        foreign(":a a ake:Activity ; ake:inPlan :p ; ake:hasOutput :a ; ake:hasOutcome :a ; ake:hasImpact :a ."),
        "http://example.org/a",
    )
    assert [step.kind for step in chain.steps] == ["activity", "output", "outcome", "impact"]
    assert len(chains_text([chain]).splitlines()) < 20


def test_data_are_whole() -> None:
    """Three activities in two plans, each with eight cells: what the other tests count on."""
    graph = Graph().parse(PLANS, format="turtle")
    ake = "https://w3id.org/akegraph/ontology#"
    [(number,)] = graph.query(f"SELECT (COUNT(?r) AS ?n) {{ ?r a <{ake}SourceRecord> }}")
    assert number.toPython() == 24


def test_of_several_goals_of_an_impact_a_chain_leads_to_the_one_its_row_names() -> None:
    more = f"""{PREFIXES}
    <{BASE}id/impact/okm-2026-2> ake:contributesToGoal <{BASE}id/goal/okm-2026-2-2> .
    <{BASE}id/goal/okm-2026-2-2> a ake:EffectivenessGoal ; skos:prefLabel "Toinen tavoite"@fi ."""
    with store_of(PLANS.read_bytes(), more.encode()) as both:
        goals = [step.iri for step in find_chain(both, "bbbb2222").of_kind("goal")]
        assert goals == [f"{BASE}id/goal/okm-2026-2"]
        led = load_queries()["activities-leading-to"]
        assert both.select(led.bind({"target": "goal/okm-2026-2"})).rows
        assert not both.select(led.bind({"target": "goal/okm-2026-2-2"})).rows
        chain = load_queries()["whole-chain"].bind({"activity": "bbbb2222"})
        assert {row["element"].value for row in both.select(chain).rows if row["kind"].value == "goal"} == set(goals)
