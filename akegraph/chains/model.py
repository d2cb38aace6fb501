"""A chain as a value: its steps, what stands beside them, what is missing, and the ways through it.

Steps are of kinds in a fixed order, and a step leads only to steps of the next kind; so whatever foreign data say, a
chain has no cycle, and every walk through it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from akegraph.errors import ResultTooLargeError, UnknownResourceError
from akegraph.store.base import Term

if TYPE_CHECKING:
    from rdflib import Graph

    from akegraph.settings import Language

StepKind = Literal["input", "activity", "output", "outcome", "impact", "goal"]
FacetKind = Literal["task", "path", "level", "timing", "indicator-set"]
Direction = Literal["up", "down"]
STEP_KINDS: tuple[StepKind, ...] = ("input", "activity", "output", "outcome", "impact", "goal")
FACET_KINDS: tuple[FacetKind, ...] = ("task", "path", "level", "timing", "indicator-set")
MOST_PATHS = 10_000
"""More ways than these through one chain are a mistake in the data, and nobody could read them."""

COLOURS = 6
"""How many path colours there are; further paths begin again."""

_MISSING: Mapping[str, StepKind | FacetKind] = {
    "no-task": "task",
    "no-path": "path",
    "no-output": "output",
    "no-outcome": "outcome",
    "no-impact": "impact",
    "no-goal": "goal",
    "no-evaluation": "timing",
    "no-evaluation-timing": "timing",
    "no-indicators-named": "indicator-set",
    "no-participation-level": "level",
}

Key = tuple[str, str]
"""The kind and the IRI of an element: foreign data may have one thing in two places of a chain."""
Triple = tuple[Term, Term, Term]


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
    :param previous: the IRIs of the steps of the kind before that lead directly to it, sorted
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


Element = Step | Facet


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

    @property
    def missing(self) -> StepKind | FacetKind | None:
        """The kind of element that is not there at all; None where one is there and lacks something itself."""
        return _MISSING.get(self.kind)

    @property
    def breaks(self) -> bool:
        """Whether the chain ends here although a step should follow."""
        return self.missing in STEP_KINDS


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one activity from its tasks to its goals, or a part of it.

    :param activity: the activity's IRI
    :param identifier: its stable id; None in foreign data without one
    :param plan: the plan's IRI
    :param row: the activity's row in the source
    :param tasks: what leads to the activity; the other facets stand beside the chain
    :param steps: in the order of the chain; within a kind by rank and IRI
    :param statements: the asserted triples it was read from; None where they were not asked for
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
    statements: tuple[Triple, ...] | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        name = f"{self.label} ({self.identifier or self.activity})"
        return f"<Chain: {name}, {len(self.steps)} steps, {len(self.gaps)} gaps>"

    @property
    def task(self) -> Facet | None:
        """The first task; a plan's row may name several."""
        return self.tasks[0] if self.tasks else None

    @property
    def page(self) -> int | None:
        """The page on which the activity stands."""
        return next((place.page for step in self.of_kind("activity") for place in step.places), None)

    @property
    def facets(self) -> tuple[Facet, ...]:
        """Everything that stands beside the steps: tasks, path, level, timings, indicator sets."""
        found = (*self.tasks, self.path, self.level, *self.timings, *self.indicator_sets)
        return tuple(facet for facet in found if facet is not None)

    @property
    def elements(self) -> tuple[Element, ...]:
        """The tasks and the steps, in the order of the chain."""
        return (*self.tasks, *self.steps)

    @property
    def links(self) -> tuple[tuple[Element, Element], ...]:
        """Each two elements of which the first leads directly to the second, in the order of the chain."""
        activities = self.of_kind("activity")
        found: list[tuple[Element, Element]] = [(task, activity) for activity in activities for task in self.tasks]
        steps = {key_of(step): step for step in self.steps}
        for step in self.steps:
            before = _kind_before(step.kind)
            found += [(steps[before, iri], step) for iri in step.previous if (before, iri) in steps]
        return tuple(found)

    def of_kind(self, kind: StepKind) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.kind == kind)

    def gaps_of(self, iri: str) -> tuple[Gap, ...]:
        """Return what an element of the chain lacks."""
        return tuple(gap for gap in self.gaps if gap.element == iri)

    def upstream(self, iri: str) -> Chain:
        """Return the part of the chain that leads to an element, with the element.

        What stands beside the chain (path, level, timing, indicator set), the tasks and the plan are the activity's:
        what leads to them is what leads to the activity.

        :raises UnknownResourceError: if the element is not in the chain
        """
        return self.part(iri, "up")

    def downstream(self, iri: str) -> Chain:
        """Return the part of the chain that an element leads to, with the element.

        :raises UnknownResourceError: if the element is not in the chain
        """
        return self.part(iri, "down")

    def part(self, iri: str, direction: Direction | None = None) -> Chain:
        """Return the part of the chain that goes through an element: both ways, or one.

        :raises UnknownResourceError: if the element is not in the chain
        """
        start, beside = self._find(iri)
        kept = set(start)
        before: dict[Key, list[Key]] = {}
        after: dict[Key, list[Key]] = {}
        for first, second in self.links:
            before.setdefault(key_of(second), []).append(key_of(first))
            after.setdefault(key_of(first), []).append(key_of(second))
        if direction != "down":
            kept |= _reach(start, before)
        if direction != "up":
            kept |= _reach(start, after)
        if beside is not None:
            kept.add(beside)
        return self._keep(kept, start, direction)

    def paths(self, through: str | None = None) -> tuple[tuple[Step, ...], ...]:
        """Return every way through the chain, each from its first step to the last that is there.

        :param through: the IRI of an element that each of them has to pass
        :raises UnknownResourceError: if that element is not in the chain
        :raises ResultTooLargeError: if there are more than :data:`MOST_PATHS`
        """
        whole = self if through is None else self.part(through)
        after: dict[Key, list[Step]] = {}
        ends: set[Key] = set()
        for first, second in whole.links:
            if isinstance(first, Step) and isinstance(second, Step):
                after.setdefault(key_of(first), []).append(second)
                ends.add(key_of(second))
        numbers: dict[Key, int] = {}
        for step in reversed(whole.steps):
            numbers[key_of(step)] = sum(numbers[key_of(one)] for one in after.get(key_of(step), ())) or 1
        firsts = [step for step in whole.steps if key_of(step) not in ends]
        if (number := sum(numbers[key_of(step)] for step in firsts)) > MOST_PATHS:
            raise ResultTooLargeError(f"{self.activity}: has {number} ways through its chain, more than {MOST_PATHS}")

        def onward(step: Step) -> Iterator[tuple[Step, ...]]:
            following = after.get(key_of(step), ())
            if not following:
                yield (step,)
            for one in following:
                yield from ((step, *rest) for rest in onward(one))

        return tuple(path for step in firsts for path in onward(step))

    def to_text(self, language: Language = "fi") -> str:
        """Write the chain as an indented tree."""
        from akegraph.chains.formats.text import chains_text

        return chains_text([self], language)

    def to_json(self) -> str:
        """Write the chain as a JSON object with the keys of this class."""
        from akegraph.chains.formats.json import chain_json

        return chain_json(self)

    def to_mermaid(self, language: Language = "fi") -> str:
        """Write the chain as a Mermaid flow chart."""
        from akegraph.chains.formats.mermaid import chains_mermaid

        return chains_mermaid([self], language)

    def to_svg(self, language: Language = "fi") -> str:
        """Draw the chain as an SVG document."""
        from akegraph.chains.formats.svg import chains_svg

        return chains_svg([self], language)

    def _repr_svg_(self) -> str:
        """Draw the chain in a notebook."""
        return self.to_svg()

    def to_graph(self) -> Graph:
        """Return the asserted triples of the chain and of the cells it was read from as a new graph.

        :raises ValueError: if the chain was found without ``statements=True``
        """
        from akegraph.chains.formats.turtle import chains_graph

        return chains_graph([self])

    def to_turtle(self) -> str:
        """Write :meth:`to_graph` as Turtle, the same text on every run.

        :raises ValueError: if the chain was found without ``statements=True``
        """
        from akegraph.chains.formats.turtle import chains_turtle

        return chains_turtle([self])

    def to_rows(self) -> list[dict[str, str | int | None]]:
        """Return the chain as a table: a row for each way through it, flat values under the same keys in each."""
        from akegraph.chains.formats.table import chain_rows

        return chain_rows([self])

    def _find(self, iri: str) -> tuple[set[Key], Key | None]:
        """Find where to start from: elements of the chain; and the task, where one was asked for."""
        if found := {key_of(step) for step in self.steps if step.iri == iri}:
            return found, None
        own: set[Key] = {key_of(step) for step in self.of_kind("activity")}
        for facet in self.facets:
            if facet.iri == iri:
                return own, key_of(facet) if facet.kind == "task" else None
        if iri == self.plan:
            return own, None
        raise UnknownResourceError(iri)

    def _keep(self, kept: set[Key], start: set[Key], direction: Direction | None) -> Chain:
        """Return the chain without the elements that are not kept, and without the gaps that are theirs."""
        steps = tuple(
            replace(step, previous=tuple(iri for iri in step.previous if (_kind_before(step.kind), iri) in kept))
            for step in self.steps
            if key_of(step) in kept
        )
        left_out = {step.iri for step in self.steps} - {step.iri for step in steps}
        starts = {iri for _, iri in start}
        has_activity = any(step.kind == "activity" for step in steps)

        def is_kept(gap: Gap) -> bool:
            if gap.element in left_out or (not has_activity and gap.element not in {step.iri for step in steps}):
                return False
            return not (gap.element in starts and gap.missing and _leaves(gap, direction))

        return replace(
            self,
            tasks=tuple(task for task in self.tasks if key_of(task) in kept),
            path=self.path if has_activity else None,
            level=self.level if has_activity else None,
            timings=self.timings if has_activity else (),
            indicator_sets=self.indicator_sets if has_activity else (),
            steps=steps,
            gaps=tuple(gap for gap in self.gaps if is_kept(gap)),
        )


def key_of(element: Element) -> Key:
    """Return what tells an element from the others of a chain."""
    return element.kind, element.iri


def path_colour(rank: int) -> int:
    """Return the number of a path's colour; 0 is for no path."""
    return (rank - 1) % COLOURS + 1


def _kind_before(kind: StepKind) -> str:
    number = STEP_KINDS.index(kind)
    return STEP_KINDS[number - 1] if number else ""


def _leaves(gap: Gap, direction: Direction | None) -> bool:
    """Tell whether what is missing would stand on the side that a part leaves out."""
    return (direction == "up" and gap.breaks) or (direction == "down" and gap.missing == "task")


def _reach(start: Iterable[Key], following: Mapping[Key, Sequence[Key]]) -> set[Key]:
    reached: set[Key] = set()
    waiting = list(start)
    while waiting:
        for key in following.get(waiting.pop(), ()):
            if key not in reached:
                reached.add(key)
                waiting.append(key)
    return reached
