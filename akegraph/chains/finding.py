"""Chains from a store, in a constant number of SELECTs however many there are.

The SPARQL lies in ``queries/internal``; the gaps are those of the question ``gaps``, so a chain and the catalogue
cannot disagree. The steps follow asserted relations only; nothing here needs the closure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rdflib import URIRef

from akegraph.chains.filtering import Name, check_element, check_filters, find_close, internal_query, parse_name
from akegraph.chains.model import (
    FACET_KINDS,
    STEP_KINDS,
    Chain,
    Direction,
    Element,
    Facet,
    FacetKind,
    Gap,
    Place,
    Step,
    StepKind,
    Triple,
)
from akegraph.errors import BadParameterError, UnknownResourceError
from akegraph.graph.iris import AKEID, graph_name
from akegraph.queries import NamedQuery, load_queries
from akegraph.queries.binding import bind_terms
from akegraph.store.base import Store, Term, iri
from akegraph.terms import AKE

_NUMBER = re.compile(r"[0-9]{1,9}")
_INFERRED = str(graph_name("inferred")) + "/"
_MOST_CHARACTERS = 50_000
"""So long may the IRIs be that one query names; it stays below the limit of a query's size."""
_HOME_COLUMNS = {
    "task": "task",
    "path": "task",
    "input": "activity",
    "activity": "activity",
    "output": "output",
    "outcome": "outcome",
    "impact": "impact",
    "goal": "effectiveness",
    "timing": "evaluation",
    "indicator-set": "evaluation",
    "level": "participation",
}


def find_chain(store: Store, activity: str, *, statements: bool = False) -> Chain:
    """Find the chain of one activity.

    :param activity: a stable id, an IRI, or a plan's id and a row as in ``ake-tampere-2026/8``
    :param statements: read the asserted triples too, for :meth:`Chain.to_graph`
    :raises BadParameterError: if it is none of them
    :raises UnknownResourceError: if no activity has it; with the ids that come close
    """
    name = parse_name(activity)
    heads = _find_heads(store, name, {}) if name.row is not None else _find_heads(store, None, {"activity": name.iri})
    if not heads:
        raise UnknownResourceError(activity, [] if name.row is not None else find_close(store, name))
    return _read_chains(store, heads[:1], statements=statements)[0]


def find_chains(
    store: Store,
    plan: str | None = None,
    *,
    through: str | None = None,
    direction: Direction | None = None,
    task: str | None = None,
    path: str | None = None,
    level: str | None = None,
    area: str | None = None,
    year: str | int | None = None,
    statements: bool = False,
) -> tuple[Chain, ...]:
    """Find the chains of all activities, or of those that are wanted, in the order of plan, row and IRI.

    Every filter is a text as the parameters of the catalogue take it: a notation, a stable id or an IRI.

    :param plan: chains of this plan only
    :param through: chains that go through this element only, and of each the part that does: whatever
        :func:`find_chain` takes, ``kind/id`` as in ``goal/okm-2026-2`` or ``task/support``, or an IRI
    :param direction: of that part, only what leads to the element (up) or what it leads to (down)
    :param level: activities with exactly this participation level
    :param year: plans that cover this year
    :param statements: read the asserted triples too, for :meth:`Chain.to_graph`
    :returns: nothing where all values are known and no chain has them
    :raises BadParameterError: if a value is not of its kind, or nothing is known of it
    :raises UnknownResourceError: if the plan or the element is not known; with what comes close
    """
    wanted = {"plan": plan, "task": task, "path": path, "level": level, "area": area, "year": year}
    values = {key: str(value) for key, value in wanted.items() if value is not None}
    name = None if through is None else parse_name(through)
    heads = _find_heads(store, name, values)
    if not heads and name is not None and "/" not in name.text and ":" not in name.text:
        name = Name(name.text, str(AKEID[f"plan/{name.text}"]))  # a plan's id, alone
        heads = _find_heads(store, name, values)
        if not heads and not store.select(internal_query("chain-elements").bind({"element": name.iri})).rows:
            name = parse_name(name.text)
    if not heads:
        check_filters(store, values)
        if name is not None and name.row is None:
            check_element(store, name)
        elif name is not None and not values:
            raise UnknownResourceError(name.text)
        return ()
    chains = _read_chains(store, heads, statements=statements)
    if name is None:
        return chains
    return _merge([chain.part(chain.activity if name.row is not None else name.iri, direction) for chain in chains])


@dataclass(slots=True)
class _Parts:
    """What the SELECTs say of one activity, before it is frozen into a chain."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    facets: dict[str, list[Mapping[str, Term]]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[tuple[str, str], Mapping[str, Term]] = field(default_factory=dict)
    previous: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    gaps: list[Gap] = field(default_factory=list)


def _find_heads(store: Store, name: Name | None, values: Mapping[str, str]) -> list[Mapping[str, Term]]:
    """Return a row for each activity that is wanted: the first of each, as foreign data may give one two labels."""
    query = internal_query("chain-activities")
    try:
        terms: dict[str, Sequence[Term]] = {key: [term] for key, term in query.to_terms(values).items()}
    except BadParameterError as error:
        raise BadParameterError(error.name, error.what, matches=error.matches) from error
    through: set[Term] | None = None
    if name is not None and name.row is None:
        through = {row["activity"] for row in _ask(store, "chain-through", {"element": [iri(name.iri)]})}
        if not through:
            return []
        terms |= _fitting(through)
    elif name is not None:
        if terms.get("plan", [iri(name.iri)]) != [iri(name.iri)]:
            return []
        terms["plan"] = [iri(name.iri)]
    first: dict[str, Mapping[str, Term]] = {}
    for row in _ask(store, "chain-activities", terms):
        if through is None or row["activity"] in through:
            first.setdefault(row["activity"].value, row)
    return [row for row in first.values() if name is None or name.row is None or _integer(row, "row") == name.row]


def _ask(store: Store, query: str, terms: Mapping[str, Sequence[Term]]) -> Sequence[Mapping[str, Term]]:
    return store.select(bind_terms(internal_query(query).text, terms)).rows


def _fitting(activities: Iterable[Term]) -> Mapping[str, Sequence[Term]]:
    """Bind activities by name, if there are not too many."""
    named = sorted(activities, key=lambda activity: activity.value)
    fits = sum(len(activity.value) + 3 for activity in named) <= _MOST_CHARACTERS
    return {"activity": named} if fits else {}


def _read_chains(store: Store, heads: Sequence[Mapping[str, Term]], *, statements: bool) -> tuple[Chain, ...]:
    terms = _choose_terms(heads)

    def ask(query: NamedQuery) -> Iterable[tuple[_Parts, Mapping[str, Term]]]:
        for row in store.select(bind_terms(query.text, terms)).rows:
            if row["activity"].value in parts:
                yield parts[row["activity"].value], row

    parts = {head["activity"].value: _Parts() for head in heads}
    for part, row in ask(internal_query("chain-places")):
        part.places[row["element"].value].append(_place(row))
    for part, row in ask(internal_query("chain-facets")):
        part.facets[row["facet"].value].append(row)
    for part, row in ask(internal_query("chain-steps")):
        kind, element = row["kind"].value, row["element"].value
        part.steps.setdefault((kind, element), row)
        if kind == "input":
            part.previous["activity", row["activity"].value].add(element)
        else:
            part.previous[kind, element].add(row["previous"].value)
    for part, row in ask(load_queries().get_query("gaps")):
        part.gaps.append(Gap(row["gap"].value, row["element"].value, _text(row, "column")))
    chains = tuple(_chain(head, parts[head["activity"].value]) for head in heads)
    return _read_statements(store, chains, terms) if statements else chains


def _choose_terms(heads: Sequence[Mapping[str, Term]]) -> Mapping[str, Sequence[Term]]:
    """Say by which terms the other queries are bound: the activities, else their plan, else none if there are many."""
    plans = list({head["plan"] for head in heads})
    return _fitting(head["activity"] for head in heads) or ({"plan": plans} if len(plans) == 1 else {})


def _read_statements(store: Store, chains: Sequence[Chain], terms: Mapping[str, Sequence[Term]]) -> tuple[Chain, ...]:
    """Give each chain the asserted triples about what it is made of and was read from."""
    asserted: dict[str, dict[Triple, None]] = defaultdict(dict)
    for row in _ask(store, "chain-statements", terms):
        if "graph" not in row or not row["graph"].value.startswith(_INFERRED):
            asserted[row["subject"].value][row["subject"], row["predicate"], row["object"]] = None

    def leads(subject: str, predicate: URIRef) -> list[str]:
        return [value.value for _, found, value in asserted.get(subject, ()) if found.value == str(predicate)]

    def about(chain: Chain) -> Iterable[str]:
        own = [chain.activity, *leads(chain.activity, AKE.hasEvaluation)]
        yield from (*own, chain.plan, *leads(chain.plan, AKE.coversPeriod))
        yield from (record for subject in own for record in leads(subject, AKE.statedIn))
        elements: tuple[Element, ...] = (*chain.steps, *chain.facets)
        for element in elements:
            yield element.iri
            yield from (thing for place in element.places for thing in (place.record, place.document))

    return tuple(
        replace(
            chain,
            statements=tuple(triple for subject in sorted(set(about(chain))) for triple in asserted.get(subject, ())),
        )
        for chain in chains
    )


def _merge(chains: Sequence[Chain]) -> tuple[Chain, ...]:
    """Join parts without an activity that are the same steps of one plan: they only differ in the cells."""
    merged: dict[object, Chain] = {}
    for chain in chains:
        if chain.of_kind("activity"):
            merged[chain.activity] = chain
            continue
        key = chain.plan, tuple((step.kind, step.iri) for step in chain.steps)
        first = merged.setdefault(key, chain)
        merged[key] = replace(
            first,
            steps=tuple(
                replace(step, places=tuple(dict.fromkeys([*step.places, *other.places])))
                for step, other in zip(first.steps, chain.steps, strict=True)
            ),
            statements=_join(first.statements, chain.statements),
        )
    return tuple(merged.values())


def _join(first: tuple[Triple, ...] | None, second: tuple[Triple, ...] | None) -> tuple[Triple, ...] | None:
    return None if first is None or second is None else tuple(dict.fromkeys([*first, *second]))


def _chain(head: Mapping[str, Term], parts: _Parts) -> Chain:
    activity, plan = head["activity"].value, head["plan"].value
    steps = [
        Step(
            kind=kind,
            iri=iri,
            label=_text(row, "label") or iri,
            text=_text(row, "text"),
            previous=tuple(sorted(parts.previous[kind, iri])),
            places=_home_places(kind, iri, parts),
        )
        for kind in STEP_KINDS
        for (found, iri), row in {**parts.steps, ("activity", activity): head}.items()
        if found == kind
    ]
    facets = {kind: _facets(kind, parts) for kind in FACET_KINDS}
    return Chain(
        activity=activity,
        identifier=_text(head, "identifier"),
        label=_text(head, "label") or activity,
        plan=plan,
        plan_label=_text(head, "planLabel") or plan,
        row=_integer(head, "row"),
        tasks=facets["task"],
        path=next(iter(facets["path"]), None),
        level=next(iter(facets["level"]), None),
        timings=facets["timing"],
        indicator_sets=facets["indicator-set"],
        steps=tuple(steps),
        gaps=tuple(parts.gaps),
    )


def _facets(kind: FacetKind, parts: _Parts) -> tuple[Facet, ...]:
    first: dict[str, Mapping[str, Term]] = {}
    for row in parts.facets[kind]:
        first.setdefault(row["thing"].value, row)
    return tuple(
        Facet(
            kind=kind,
            iri=iri,
            label=_text(row, "label") or iri,
            notation=_text(row, "notation"),
            rank=_integer(row, "rank"),
            organiser=_text(row, "organiser"),
            library=_text(row, "library"),
            places=_home_places(kind, iri, parts),
        )
        for iri, row in first.items()
    )


def _home_places(kind: StepKind | FacetKind, iri: str, parts: _Parts) -> tuple[Place, ...]:
    """Return the cells of the element's own column, or all that state it where none is of that column.

    An activity is stated in the cells of its task and its level too.
    """
    places = tuple(dict.fromkeys(parts.places[iri]))
    own = tuple(place for place in places if place.notation == _HOME_COLUMNS[kind])
    return own or places


def _place(row: Mapping[str, Term]) -> Place:
    return Place(
        record=row["record"].value,
        document=row["document"].value,
        page=_integer(row, "page"),
        row=_integer(row, "row"),
        column=_text(row, "column") or "",
        notation=_text(row, "place") or "",
        text=_text(row, "verbatim") or "",
    )


def _text(row: Mapping[str, Term], variable: str) -> str | None:
    term = row.get(variable)
    return None if term is None else term.value


def _integer(row: Mapping[str, Term], variable: str) -> int | None:
    text = _text(row, variable)
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None
