"""Why a triple holds: every inferred triple of the real plan has an explanation whose premises are in the graph."""

from __future__ import annotations

import pytest
from rdflib import Graph

from akegraph.graph.closure import Triple
from akegraph.graph.derivation import Derivation, Derivations
from akegraph.graph.iris import graph_name
from akegraph.graph.loading import union
from akegraph.graph.rules import Atom, Rule, derive_rules
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans

PLAN = "ake-tampere-2026"
P, Q = "<p>", "<q>"
TRANSITIVE = Rule("prp-trp", Atom("?x0", P, "?x2"), (Atom("?x0", P, "?x1"), Atom("?x1", P, "?x2")))
SUB = Rule("prp-spo1", Atom("?s", P, "?o"), (Atom("?s", Q, "?o"),))
INVERSE = Rule("prp-inv1", Atom("?o", Q, "?s"), (Atom("?s", P, "?o"),))


def write(graph: Graph) -> set[Triple]:
    return {(s.n3(), p.n3(), o.n3()) for s, p, o in graph}


def test_every_inferred_triple_of_the_real_plan_is_explained_by_premises_in_the_graph() -> None:
    knowledge = Knowledge()
    graphs = build_dataset(find_plans([PLAN]), knowledge).graphs
    asserted = write(union((knowledge.schemes_graph, knowledge.reference, graphs[graph_name("plan", PLAN)])))
    inferred = write(union((graphs[graph_name("inferred", PLAN)], graphs[graph_name("inferred", "reference")])))
    derivations = Derivations(derive_rules(knowledge.ontology), asserted)

    def check(derivation: Derivation) -> int:
        assert (derivation.rule is None) == (derivation.triple in asserted)
        assert derivation.triple in asserted | inferred
        return 1 + sum(check(premise) for premise in derivation.premises)

    checked = sum(check(derivations.find(triple)[0]) for triple in inferred)
    assert len(inferred) > 900
    assert checked > 2 * len(inferred)


def test_the_shortest_way_comes_first() -> None:
    derivations = Derivations([SUB, TRANSITIVE], [("<a>", P, "<b>"), ("<b>", P, "<c>"), ("<a>", Q, "<c>")])
    ways = derivations.find(("<a>", P, "<c>"))
    assert [way.steps for way in ways] == [1, 1]
    assert {tuple(way.asserted()) for way in ways} == {
        (("<a>", Q, "<c>"),),
        (("<a>", P, "<b>"), ("<b>", P, "<c>")),
    }
    long = Derivations([SUB, TRANSITIVE], [("<a>", P, "<b>"), ("<b>", Q, "<c>")]).find(("<a>", P, "<c>"))
    assert [way.steps for way in long] == [2]


def test_what_is_asserted_is_its_own_reason_and_what_does_not_hold_has_none() -> None:
    derivations = Derivations([SUB, INVERSE], [("<a>", P, "<b>")])
    assert derivations.find(("<a>", P, "<b>")) == (Derivation(("<a>", P, "<b>")),)
    assert derivations.find(("<b>", P, "<b>")) == ()


def test_no_explanation_goes_in_circles() -> None:
    back = Rule("prp-inv2", Atom("?s", P, "?o"), (Atom("?o", Q, "?s"),))
    circle = [("<a>", P, "<b>"), ("<b>", P, "<a>")]
    derivations = Derivations([TRANSITIVE, INVERSE, back], circle)
    for triple in [("<a>", P, "<a>"), ("<b>", P, "<b>"), ("<a>", Q, "<a>"), ("<b>", Q, "<a>")]:
        ways = derivations.find(triple)
        assert ways
        assert all(set(way.asserted()) <= set(circle) for way in ways)


@pytest.mark.parametrize("subject", ["<b>", '"text"'])
def test_a_conjunction_needs_all_its_conditions(subject: str) -> None:
    both = Rule("cls-int1", Atom("?s", P, "<x>"), (Atom("?s", P, "<y>"), Atom("?s", Q, "<z>")))
    derivations = Derivations([both], [(subject, P, "<y>"), (subject, Q, "<z>"), ("<a>", P, "<y>")])
    [way] = derivations.find((subject, P, "<x>"))
    assert list(way.asserted()) == [(subject, P, "<y>"), (subject, Q, "<z>")]
    assert derivations.find(("<a>", P, "<x>")) == ()
