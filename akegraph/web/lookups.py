"""What pages ask of the store: the queries of ``web/sparql``, and their answers as values.

A query is a constant text with lines ``VALUES ?name { UNDEF }``; terms take the place of UNDEF, never text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from akegraph.graph.iris import BASE, PREFIXES, shorten_iri
from akegraph.queries import binding
from akegraph.store.base import Term, iri
from akegraph.web.texts import Label, Texts, choose_label

if TYPE_CHECKING:
    from akegraph.store.base import Store

_LABEL_ORDER = tuple(
    PREFIXES[prefix] + name for prefix, name in (("skos", "prefLabel"), ("rdfs", "label"), ("dcterms", "title"))
)
_AT_ONCE = 500
"""How many things one query of labels asks about: its text stays far below the limit of a query's size."""


@cache
def _text(name: str) -> str:
    return files("akegraph.web").joinpath("sparql", f"{name}.rq").read_text(encoding="utf-8")


def bind_terms(name: str, **terms: Iterable[Term]) -> str:
    """Return a query of ``web/sparql`` with terms for its variables.

    :raises ValueError: if a variable has no place in the query, or a place no terms
    """
    places = set(binding.find_places(_text(name)))
    if places != set(terms):
        raise ValueError(f"{name}.rq binds {sorted(places)}, not {sorted(terms)}")
    return binding.bind_terms(_text(name), {key: tuple(values) for key, values in terms.items()})


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple seen from one of its ends; ``inward`` if the resource is its object."""

    property: str
    other: Term
    inward: bool
    inferred: bool


def find_statements(store: Store, resource: str) -> tuple[Statement, ...]:
    """Find every triple about a resource, asserted and inferred."""
    rows = store.select(bind_terms("statements", resource=[iri(resource)])).rows
    return tuple(
        Statement(
            property=row["property"].value,
            other=row["other"],
            inward=row["direction"].value == "in",
            inferred=row["inferred"].value == "1",
        )
        for row in rows
        if "property" in row
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the source as printed; ``own`` if the resource is stated in it."""

    record: str
    place: str
    column: str
    verbatim: Label
    own: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the source's table, whole."""

    document: str
    title: Label
    page: int
    row: int
    cells: tuple[Cell, ...]


def find_source_rows(store: Store, resource: str) -> tuple[SourceRow, ...]:
    """Find the rows of the source in which a resource is stated."""
    cells: dict[tuple[str, int], dict[str, Cell]] = defaultdict(dict)
    heads: dict[tuple[str, int], Mapping[str, Term]] = {}
    for row in store.select(bind_terms("rows", resource=[iri(resource)])).rows:
        key = row["document"].value, int(row["row"].value)
        heads.setdefault(key, row)
        record = row["record"].value
        earlier = cells[key].get(record)
        cells[key][record] = Cell(
            record=record,
            place=row["place"].value,
            column=row["column"].value,
            verbatim=to_label(row["verbatim"]),
            own=row["own"].value == "1" or (earlier is not None and earlier.own),
        )
    return tuple(
        SourceRow(
            document=document,
            title=to_label(head["title"]) if "title" in head else Label(document),
            page=int(head["page"].value),
            row=number,
            cells=tuple(cells[document, number].values()),
        )
        for (document, number), head in heads.items()
    )


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a plan's card and heading tell; cells are counted in the source's table."""

    activities: int = 0
    paths: int = 0
    cells: int = 0
    columns: int = 0
    organisations: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    synthetic: bool = False


def find_plan_facts(store: Store) -> dict[str, PlanFacts]:
    """Find the facts of every plan, by its IRI."""
    covers: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in store.select(bind_terms("covers")).rows:
        for key in ("organisation", "area", "period", "synthetic"):
            if key in row and row[key].value not in covers[row["plan"].value][key]:
                covers[row["plan"].value][key].append(row[key].value)
    counts = {row["plan"].value: row for row in store.select(bind_terms("plans")).rows}
    return {
        plan: PlanFacts(
            **{key: int(counts[plan][key].value) for key in ("activities", "paths", "cells", "columns")}
            if plan in counts
            else {},
            organisations=tuple(of["organisation"]),
            areas=tuple(of["area"]),
            periods=tuple(of["period"]),
            synthetic=of["synthetic"] == ["true"],
        )
        for plan, of in covers.items()
    }


@dataclass(frozen=True, slots=True)
class PathCount:
    """How many activities a plan has on a path."""

    path: str
    notation: str
    rank: int
    activities: int


def find_path_counts(store: Store) -> dict[str, list[PathCount]]:
    """Count the activities of each plan on each path, in the order of the paths, by the plan's IRI."""
    counts: dict[str, list[PathCount]] = defaultdict(list)
    for row in store.select(bind_terms("paths")).rows:
        counts[row["plan"].value].append(
            PathCount(row["path"].value, row["notation"].value, int(row["rank"].value), int(row["activities"].value))
        )
    return counts


def find_column(store: Store, query: str, variable: str, **terms: Iterable[Term]) -> tuple[str, ...]:
    """Return one column of a query's answer, as texts without repetition."""
    rows = store.select(bind_terms(query, **terms)).rows
    return tuple(dict.fromkeys(row[variable].value for row in rows if variable in row))


@dataclass(slots=True)
class _Naming:
    """What a name can be made of."""

    labels: dict[str, list[Label]] = field(default_factory=lambda: defaultdict(list))
    owners: list[Label] = field(default_factory=list)
    cell: Mapping[str, Term] | None = None


def find_labels(store: Store, things: Iterable[str], texts: Texts) -> dict[str, Label]:
    """Find a name for each thing: in the reader's language, else the best there is, else from its IRI."""
    wanted = sorted({thing for thing in things if ":" in thing})
    naming: dict[str, _Naming] = defaultdict(_Naming)
    for start in range(0, len(wanted), _AT_ONCE):
        part = [iri(thing) for thing in wanted[start : start + _AT_ONCE]]
        for row in store.select(bind_terms("labels", thing=part)).rows:
            found = naming[row["thing"].value]
            if "label" in row:
                found.labels[row["property"].value].append(to_label(row["label"]))
            elif "owner" in row:
                found.owners.append(to_label(row["owner"]))
            elif "page" in row:
                found.cell = row
    return {thing: _name(thing, naming[thing], texts) for thing in wanted}


def _name(thing: str, naming: _Naming, texts: Texts) -> Label:
    for predicate in _LABEL_ORDER:
        if found := choose_label(naming.labels[predicate], texts.language):
            return found
    if naming.cell is not None:
        row = naming.cell
        place = texts("place.cell", page=row["page"].value, row=row["row"].value, column=row["column"].value)
        return Label(place, texts.language)
    if owner := choose_label(naming.owners, texts.language):
        return Label(texts("name.evaluation", activity=owner.text), owner.language)
    curie = shorten_iri(thing)
    if words := texts.find(f"term.{curie}"):
        return Label(words, texts.language)
    if curie != thing and not thing.startswith(BASE):
        return Label(curie)
    return Label(thing if not thing.startswith(BASE) else re.split(r"[/#]", thing.rstrip("/#"))[-1])


def to_label(term: Term) -> Label:
    """Return a literal as a wording with its language."""
    return Label(term.value, term.language or "")


def find_halves(store: Store, texts: Texts) -> dict[str, tuple[Label, Label]]:
    """Find both halves of each participation level's wording, in the reader's language."""
    found: dict[str, list[tuple[Label, Label]]] = defaultdict(list)
    for row in store.select(bind_terms("levels")).rows:
        found[row["level"].value].append((to_label(row["organiser"]), to_label(row["library"])))
    chosen = {}
    for level, halves in found.items():
        organiser = choose_label((half for half, _ in halves), texts.language)
        chosen[level] = next(pair for pair in halves if pair[0] == organiser)
    return chosen
