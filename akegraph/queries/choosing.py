"""What a parameter's value may be, as the data have it: for the lists of a form and for words that come close."""

from __future__ import annotations

import difflib

from akegraph.graph.iris import AKEID, AKEV, Kind
from akegraph.queries.binding import bind_terms
from akegraph.queries.parameters import LONGEST, Parameter
from akegraph.store.base import Store, Term, iri, literal

_CONCEPTS = """PREFIX ake: <https://w3id.org/akegraph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?rank ?notation
WHERE {
  VALUES ?scheme { UNDEF }
  ?thing skos:inScheme ?scheme .
  OPTIONAL { ?thing ake:rank ?rank }
  OPTIONAL { ?thing skos:notation ?notation }
}
ORDER BY ?rank ?notation ?thing
"""
_THINGS = """SELECT DISTINCT ?thing
WHERE {
  VALUES ?start { UNDEF }
  ?thing a ?type .
  FILTER(STRSTARTS(STR(?thing), ?start))
}
ORDER BY ?thing
"""
_CLOSE = 4
_ALL = 8
"""Of so many values at most, all are named where none comes close."""


def find_concepts(store: Store, scheme: str) -> dict[str, str]:
    """Find the concepts of a scheme in their order: the IRIs by what a parameter calls them."""
    start = f"{AKEV}{scheme}"
    found = _find(store, bind_terms(_CONCEPTS, {"scheme": [iri(start)]}))
    return {thing.removeprefix(f"{start}/"): thing for thing in found}


def find_things(store: Store, kind: Kind) -> dict[str, str]:
    """Find the things of a kind in the order of their IRIs: the IRIs by stable id."""
    start = f"{AKEID}{kind}/"
    found = _find(store, bind_terms(_THINGS, {"start": [literal(start)]}))
    return {thing.removeprefix(start): thing for thing in found}


def find_values(store: Store, parameter: Parameter) -> dict[str, str]:
    """Find the values that the data offer for a concept or a resource, each with its IRI, in the order to show them."""
    if parameter.kind == "concept":
        return find_concepts(store, parameter.scheme or "")
    if len(parameter.classes) == 1:
        return find_things(store, parameter.classes[0])
    return {
        f"{kind}/{stable_id}": thing
        for kind in parameter.classes
        for stable_id, thing in find_things(store, kind).items()
    }


def find_close(store: Store, parameter: Parameter, text: str, term: Term) -> list[str]:
    """Find the values of a parameter that come close to one nobody knows, the closest first; all of a few.

    A text that is too long to repeat is no slip of the pen, and comparing it would take its time.
    """
    if len(text) > LONGEST:
        return []
    known = find_values(store, parameter)
    if close := difflib.get_close_matches(text, known, n=_CLOSE):
        return close
    if len(known) <= _ALL:
        return list(known)
    values = {thing: value for value, thing in known.items()}
    return [values[thing] for thing in difflib.get_close_matches(term.value, values, n=_CLOSE, cutoff=0.9)]


def _find(store: Store, text: str) -> list[str]:
    """Return the things of an answer as IRIs without repetition, in order."""
    return list(dict.fromkeys(row["thing"].value for row in store.select(text).rows))
