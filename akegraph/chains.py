"""Impact chains as values: from the statutory task through an activity to the goals it leads to.

The SPARQL lies in ``queries/internal``; the gaps are those of the question ``gaps``, so a chain and the
catalogue cannot disagree. However many activities a plan has, its chains are read in a constant number of
SELECTs. The steps follow asserted relations only; nothing here needs the closure.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from akegraph.errors import UnknownResourceError
from akegraph.graph.iris import is_stable_id
from akegraph.queries import load_queries
from akegraph.resources import resource
from akegraph.store.base import Solutions, Term

StepKind = Literal["input", "activity", "output", "outcome", "impact", "goal"]
FacetKind = Literal["task", "path", "level", "timing", "indicator-set"]
STEP_KINDS: tuple[StepKind, ...] = ("input", "activity", "output", "outcome", "impact", "goal")
_FACET_KINDS: tuple[FacetKind, ...] = ("task", "path", "level", "timing", "indicator-set")

_NUMBER = re.compile(r"[0-9]{1,9}")
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


class Selecting(Protocol):
    """What a chain needs of a store."""

    def select(self, text: str) -> Solutions:
        """Answer a SELECT over the union of all graphs."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a source document.

    :param record: the IRI of its ``ake:SourceRecord``
    :param page: the page as printed
    :param row: the row of the plan counted from 1
    :param column: the column's heading as printed
    :param notation: the column's notation in the scheme ``column``, such as ``outcome``
    :param text: the text of the cell as it stands
    """

    record: str
    document: str
    page: int | None
    row: int | None
    column: str
    notation: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain.

    :param label: its Finnish name; the IRI where it has none
    :param text: the wording of a goal; None for other steps, and where the source gives none
    :param previous: the IRIs of the steps that lead directly to it, sorted
    :param places: the cells of the activity's own row that state it
    """

    kind: StepKind
    iri: str
    label: str
    text: str | None = None
    previous: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """What an activity belongs to beside its chain: a task, a path, a level, a timing or an indicator set.

    :param notation: its notation in its scheme; None for an indicator set
    :param rank: its order in the scheme
    :param organiser: for a level, what the organiser does
    :param library: for a level, what the library does
    """

    kind: FacetKind
    iri: str
    label: str
    notation: str | None = None
    rank: int | None = None
    organiser: str | None = None
    library: str | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the source does not say.

    :param kind: a code word of the question ``gaps``
    :param element: the IRI of what lacks it
    :param column: the heading of the column where it would stand
    """

    kind: str
    element: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one activity, from its tasks to its goals.

    :param activity: the activity's IRI
    :param identifier: its stable id; None in foreign data without one
    :param plan: the plan's IRI
    :param row: the activity's row in the source
    :param steps: in the order of the chain; within a kind by rank and IRI
    """

    activity: str
    identifier: str | None
    label: str
    plan: str
    plan_label: str
    row: int | None
    tasks: tuple[Facet, ...] = ()
    path: Facet | None = None
    level: Facet | None = None
    timings: tuple[Facet, ...] = ()
    indicator_sets: tuple[Facet, ...] = ()
    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def task(self) -> Facet | None:
        """The first task; a plan's row may name several."""
        return self.tasks[0] if self.tasks else None

    @property
    def page(self) -> int | None:
        """The page on which the activity stands."""
        return next((place.page for step in self.of_kind("activity") for place in step.places), None)

    def of_kind(self, kind: StepKind) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.kind == kind)

    def gaps_of(self, iri: str) -> tuple[Gap, ...]:
        """Return what an element of the chain lacks."""
        return tuple(gap for gap in self.gaps if gap.element == iri)


def find_chain(store: Selecting, activity: str) -> Chain:
    """Find the chain of one activity.

    :param activity: a stable id, an IRI, or a plan's id and a row as in ``ake-tampere-2026/8``
    :raises BadParameterError: if it is none of them
    :raises UnknownResourceError: if no activity has it; with the ids that come close
    """
    chains = _read_chains(store, {"activity": _activity_of_row(store, activity) or activity})
    if not chains:
        raise UnknownResourceError(activity, _close_ids(store, activity))
    return chains[0]


def find_chains(store: Selecting, plan: str | None = None) -> tuple[Chain, ...]:
    """Find the chains of all activities of one plan or of all plans, in the order of plan, row and IRI.

    :param plan: a plan's id or IRI
    :raises BadParameterError: if it is neither
    :raises UnknownResourceError: if the plan has no activity
    """
    chains = _read_chains(store, {} if plan is None else {"plan": plan})
    if not chains and plan is not None:
        raise UnknownResourceError(plan)
    return chains


@dataclass(slots=True)
class _Parts:
    """What the SELECTs say of one activity, before it is frozen into a chain."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    facets: dict[str, list[Mapping[str, Term]]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[tuple[str, str], Mapping[str, Term]] = field(default_factory=dict)
    previous: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    gaps: list[Gap] = field(default_factory=list)


def _read_chains(store: Selecting, values: Mapping[str, str]) -> tuple[Chain, ...]:
    heads = _first_rows(_ask(store, "chain-activities", values))
    if not heads:
        return ()
    parts: dict[str, _Parts] = defaultdict(_Parts)
    for row in _ask(store, "chain-places", values):
        parts[row["activity"].value].places[row["element"].value].append(_place(row))
    for row in _ask(store, "chain-facets", values):
        parts[row["activity"].value].facets[row["facet"].value].append(row)
    for row in _ask(store, "chain-steps", values):
        part_of, iri = row["activity"].value, row["element"].value
        part = parts[part_of]
        part.steps.setdefault((row["kind"].value, iri), row)
        before, after = (iri, part_of) if row["kind"].value == "input" else (row["previous"].value, iri)
        part.previous[after].add(before)
    for row in store.select(load_queries().get_query("gaps").bind(values)).rows:
        gap = Gap(row["gap"].value, row["element"].value, _text(row, "column"))
        parts[row["activity"].value].gaps.append(gap)
    return tuple(_chain(head, parts[head["activity"].value]) for head in heads)


def _activity_of_row(store: Selecting, text: str) -> str | None:
    """Return the IRI of the activity that a plan's id and a row name, if that is what a text holds."""
    plan, _, row = text.partition("/")
    if not _NUMBER.fullmatch(row) or not is_stable_id(plan) or plan == "activity":
        return None
    for found in _ask(store, "chain-activities", {"plan": plan}):
        if _integer(found, "row") == int(row):
            return found["activity"].value
    raise UnknownResourceError(text)


def _ask(store: Selecting, name: str, values: Mapping[str, str]) -> Sequence[Mapping[str, Term]]:
    internal = load_queries(resource("queries", "internal"))
    return store.select(internal.get_query(name).bind(values)).rows


def _first_rows(rows: Iterable[Mapping[str, Term]]) -> list[Mapping[str, Term]]:
    """Keep the first row of each activity: foreign data may give one two labels or two cells."""
    first: dict[str, Mapping[str, Term]] = {}
    for row in rows:
        first.setdefault(row["activity"].value, row)
    return list(first.values())


def _chain(head: Mapping[str, Term], parts: _Parts) -> Chain:
    activity, plan = head["activity"].value, head["plan"].value
    steps = [
        Step(
            kind=kind,
            iri=iri,
            label=_text(row, "label") or iri,
            text=_text(row, "text"),
            previous=tuple(sorted(parts.previous[iri])),
            places=_home_places(kind, iri, parts),
        )
        for kind in STEP_KINDS
        for (found, iri), row in {**parts.steps, ("activity", activity): head}.items()
        if found == kind
    ]
    facets = {kind: _facets(kind, parts) for kind in _FACET_KINDS}
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
    places = parts.places[iri]
    own = tuple(place for place in places if place.notation == _HOME_COLUMNS[kind])
    return own or tuple(places)


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


def _close_ids(store: Selecting, text: str) -> list[str]:
    """Return the ids of activities whose id or name resembles a text, the closest first."""
    wanted, names = text.casefold(), {}
    for row in _ask(store, "chain-activities", {}):
        if identifier := _text(row, "identifier"):
            names[identifier] = (_text(row, "label") or "").casefold()
    by_id = difflib.get_close_matches(wanted, names)
    by_name = [identifier for identifier, name in names.items() if len(wanted) > 2 and wanted in name]
    return list(dict.fromkeys([*by_id, *by_name]))[:3]


def _text(row: Mapping[str, Term], variable: str) -> str | None:
    term = row.get(variable)
    return None if term is None else term.value


def _integer(row: Mapping[str, Term], variable: str) -> int | None:
    text = _text(row, variable)
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None
