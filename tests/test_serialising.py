"""Serialisation: the same graph, the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from akegraph.graph.loading import load_turtle, new_graph
from akegraph.graph.serialising import serialise_trig, serialise_turtle
from akegraph.resources import resource

NAME = URIRef("http://example.org/graph")
SCRIPT = """
import hashlib
from rdflib import URIRef
from akegraph.graph.loading import load_turtle
from akegraph.graph.serialising import serialise_trig
from akegraph.resources import resource
graph = load_turtle(resource("ontology", "akegraph.ttl"))
print(hashlib.sha256(serialise_trig({URIRef("http://example.org/graph"): graph})).hexdigest())
"""


def test_the_ontology_with_its_blank_nodes_comes_back_the_same() -> None:
    graph = load_turtle(resource("ontology", "akegraph.ttl"))
    quads = pyoxigraph.parse(serialise_trig({NAME: graph}), format=pyoxigraph.RdfFormat.TRIG)
    triples = [quad.triple for quad in quads if str(quad.graph_name) == NAME.n3()]
    again = Graph().parse(data=pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES), format="nt")
    assert isomorphic(again, graph)
    assert isomorphic(Graph().parse(data=serialise_turtle(graph), format="turtle"), graph)


def test_the_same_graph_with_other_blank_nodes_gives_the_same_bytes() -> None:
    axiom = (
        "[] a <urn:Axiom> ; <urn:members> ( [ <urn:p> <urn:a> ] [ <urn:p> <urn:b> ] ) ; <urn:of> [ <urn:p> <urn:c> ] ."
    )
    one, other = (Graph().parse(data=axiom, format="turtle") for _ in range(2))
    assert set(one) != set(other), "the parser names blank nodes afresh"
    assert serialise_turtle(one) == serialise_turtle(other)
    assert serialise_trig({NAME: one}) == serialise_trig({NAME: other})


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(digests) == 1


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["fi", "sv-FI", None]))
def test_any_text_survives(text: str, language: str | None) -> None:
    graph = new_graph()
    graph.add((NAME, URIRef("http://example.org/p"), Literal(text, lang=language)))
    (found,) = Graph().parse(data=serialise_turtle(graph), format="turtle").objects()
    assert found == Literal(text, lang=language)
