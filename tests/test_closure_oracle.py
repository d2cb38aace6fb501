"""owlrl as the oracle of the rules: synthetic plans that use every property of the ontology, piece by piece and at once."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from akegraph.graph.derivation import Derivations
from akegraph.graph.inference import infer_triples, open_inference
from akegraph.graph.iris import AKEID, graph_name
from akegraph.graph.loading import new_graph, union
from akegraph.graph.rules import derive_rules
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.terms import AKE
from benchmarks.synthetic import generate_plans

KNOWLEDGE = Knowledge()
ONTOLOGY = KNOWLEDGE.ontology
COMMON = union((KNOWLEDGE.schemes_graph, KNOWLEDGE.reference))
PLANS = generate_plans(3, 4, areas=("uusimaa", "lappi"), seed=7, knowledge=KNOWLEDGE)
ONTOLOGY_SPACE = Namespace(str(AKE))
PROPERTIES = sorted(prop for prop in ONTOLOGY.subjects(RDF.type, OWL.ObjectProperty) if str(prop).startswith(str(AKE)))


def resources_by_class(data: Graph) -> dict[URIRef, list[URIRef]]:
    """List what the data hold of each class, the super-classes too."""
    found: defaultdict[URIRef, set[URIRef]] = defaultdict(set)
    for resource, kind in union((data, infer_triples(ONTOLOGY, data))).subject_objects(RDF.type):
        found[kind].add(resource)
    # A context indicator is an indicator, but a contradiction in an indicator set.
    apart = found.pop(AKE.ContextIndicator, set())
    return {kind: sorted(resources - apart) for kind, resources in found.items() if resources - apart}


def enrich(data: Graph, seed: int) -> Graph:
    """Add a statement with every object property of the ontology, between resources it may hold between."""
    chance = random.Random(seed)
    held = resources_by_class(union((COMMON, data)))
    richer = union((data,))
    for number, prop in enumerate(PROPERTIES):
        domain, target = ONTOLOGY.value(prop, RDFS.domain), ONTOLOGY.value(prop, RDFS.range)
        made_up = AKEID[f"made-up/{seed}-{number}"]
        alone = any(
            (one, RDF.type, kind) in ONTOLOGY
            for one in (prop, *ONTOLOGY.objects(prop, OWL.inverseOf), *ONTOLOGY.subjects(OWL.inverseOf, prop))
            for kind in (OWL.FunctionalProperty, OWL.InverseFunctionalProperty)
        )
        # A second value of a functional property makes two things the same, which says nothing here.
        # What is between things of one kind may be asymmetric: a thing of its own is never led back to.
        start = [AKEID[f"made-up/{seed}-{number}-start"]]
        starts = start if alone else held.get(domain, start)
        fitting = [made_up] if alone or domain == target or number % 3 == seed % 3 else held.get(target, [made_up])
        subject, value = chance.choice(starts), chance.choice(fitting)
        richer.add((subject, prop, value))
    return richer


@pytest.mark.slow
@pytest.mark.parametrize("at", range(3))
def test_rules_give_owlrl_s_useful_triples_on_synthetic_plans(at: int) -> None:
    data = enrich(PLANS[at].map(KNOWLEDGE), at)
    used = {prop for prop in data.predicates() if prop in PROPERTIES}
    assert len(used) > len(PROPERTIES) - 5
    asserted = union((COMMON, data))
    by_rules = set(infer_triples(ONTOLOGY, asserted))
    assert len(by_rules) > 500
    assert by_rules == set(infer_triples(ONTOLOGY, asserted, reasoner="owlrl"))
    assert not [triple for triple in by_rules if isinstance(triple[0], Literal) or triple[1] == OWL.sameAs]
    grown = open_inference(ONTOLOGY)
    assert set(grown.add(COMMON)) | set(grown.add(data)) | set(asserted) == by_rules | set(asserted)


def test_the_synthetic_statements_reach_every_kind_of_rule() -> None:
    kinds = {rule.name for rule in derive_rules(ONTOLOGY)}
    asserted = union((COMMON, *(enrich(plan.map(KNOWLEDGE), at) for at, plan in enumerate(PLANS))))
    written = {(s.n3(), p.n3(), o.n3()) for s, p, o in asserted}
    derivations = Derivations(derive_rules(ONTOLOGY), written)
    seen: set[str] = set()
    for s, p, o in infer_triples(ONTOLOGY, asserted):
        seen.update(way.rule.name for way in derivations.find((s.n3(), p.n3(), o.n3())) if way.rule)
    assert seen == kinds


def test_a_property_chain_is_added_to_the_ontology_and_nowhere_else() -> None:
    knowledge = Knowledge()
    chain, axiom = ONTOLOGY_SPACE["outcomeOfTheActivity"], BNode()
    Collection(knowledge.ontology, axiom, [AKE.hasOutput, AKE.hasOutcome])
    knowledge.ontology.add((chain, RDF.type, OWL.ObjectProperty))
    knowledge.ontology.add((chain, OWL.propertyChainAxiom, axiom))
    graphs = build_dataset(find_plans(["ake-tampere-2026"]), knowledge).graphs
    plan, inferred = graphs[graph_name("plan", "ake-tampere-2026")], graphs[graph_name("inferred", "ake-tampere-2026")]
    followed = {(activity, outcome) for activity, outcome in inferred.subject_objects(chain)}
    assert len(followed) == 17  # one outcome in each row, pages 16 and 17
    assert followed == {
        (activity, outcome)
        for activity, output in plan.subject_objects(AKE.hasOutput)
        for outcome in plan.objects(output, AKE.hasOutcome)
    }


def test_nothing_is_said_of_an_empty_graph() -> None:
    assert len(infer_triples(ONTOLOGY, new_graph())) == 0
