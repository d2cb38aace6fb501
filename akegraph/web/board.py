"""The board of a plan as values for its template: bands of paths, groups of rows that share impact and goals.

Pure functions: chains and names in, values out. What is missing is content here: a gap has words and a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from akegraph.chains import STEP_KINDS, Chain, Facet, Step, StepKind, path_colour
from akegraph.web.texts import Label, Texts

LEVELS = 5

_OWN_GAPS = frozenset(
    {
        "no-task", "no-path", "no-output", "no-outcome", "no-impact", "no-goal",
        "goal-not-named", "no-evaluation", "no-evaluation-timing", "no-indicators-named", "no-participation-level",
    }
)  # fmt: skip
"""Gaps of a row itself; others belong to what rows share."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a page of its own."""

    iri: str
    label: Label


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap: words in the place of the text, and the resource whose page tells the finding."""

    words: str
    iri: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal; its text or the gap that stands for it."""

    thing: Thing
    text: Label | None
    gap: Missing | None


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """The indicators named for goals; a gap where nobody defined them."""

    thing: Thing
    gap: Missing | None


@dataclass(frozen=True, slots=True)
class Level:
    """A participation level as a measure, with both halves of its wording."""

    iri: str
    rank: int
    label: Label
    organiser: Label
    library: Label


@dataclass(frozen=True, slots=True)
class Row:
    """An activity with what is its own."""

    anchor: str
    thing: Thing
    tasks: tuple[Thing, ...]
    record: str | None
    page: int | None
    row: int | None
    outputs: tuple[Thing, ...]
    outcomes: tuple[Thing, ...]
    level: Level | None
    timings: tuple[Thing, ...]
    gaps: Mapping[str, Missing]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that run into the same impacts and goals."""

    impacts: tuple[Thing, ...]
    goals: tuple[Goal, ...]
    indicator_sets: tuple[IndicatorSet, ...]
    gaps: Mapping[str, Missing]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A path with its groups; ``path`` is None for rows whose path the source does not say."""

    path: Thing | None
    notation: str
    colour: int
    groups: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many activities the band has."""
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to see; the values of the query string."""

    path: str = ""
    task: str = ""
    level: int | None = None
    gaps: bool = False
    text: str = ""

    def admits(self, chain: Chain) -> bool:
        """Tell whether the row of a chain is shown."""
        return (
            (not self.path or (chain.path is not None and chain.path.notation == self.path))
            and (not self.task or any(task.notation == self.task for task in chain.tasks))
            and (self.level is None or (chain.level is not None and (chain.level.rank or 0) >= self.level))
            and (not self.gaps or any(gap.kind in _OWN_GAPS for gap in chain.gaps))
            and (not self.text or any(self.text.casefold() in words.casefold() for words in _words(chain)))
        )


def named_things(chains: Iterable[Chain]) -> set[str]:
    """Return the IRIs that a board of these chains needs names for."""
    things: set[str] = set()
    for chain in chains:
        facets = (*chain.tasks, chain.path, chain.level, *chain.timings, *chain.indicator_sets)
        things |= {chain.activity, chain.plan}
        things |= {step.iri for step in chain.steps} | {facet.iri for facet in facets if facet is not None}
    return things


def make_bands(
    chains: Sequence[Chain], names: Mapping[str, Label], halves: Mapping[str, tuple[Label, Label]], texts: Texts
) -> tuple[Band, ...]:
    """Arrange chains as bands of paths, in the order of the paths, then of the rows.

    :param names: a name for each of :func:`named_things`
    :param halves: of each participation level what the organiser does and what the library does
    """
    writer = _Writer(names, halves, texts, many_plans=len({chain.plan for chain in chains}) > 1)
    ordered = sorted(chains, key=lambda chain: (_rank(chain.path), _shared(chain), chain.plan, chain.row or 0))
    bands = []
    for path, of_path in groupby(ordered, key=lambda chain: chain.path and chain.path.iri):
        rows = list(of_path)
        rank = _rank(rows[0].path)
        groups = [list(group) for _, group in groupby(rows, key=_shared)]
        groups.sort(key=lambda group: min(chain.row or 0 for chain in group))
        bands.append(
            Band(
                path=writer.thing(path) if path else None,
                notation=(rows[0].path.notation or "") if rows[0].path else "",
                colour=path_colour(rank) if path else 0,
                groups=tuple(writer.group(group) for group in groups),
            )
        )
    return tuple(bands)


class _Writer:
    """Turns chains into the values of the board."""

    def __init__(
        self,
        names: Mapping[str, Label],
        halves: Mapping[str, tuple[Label, Label]],
        texts: Texts,
        *,
        many_plans: bool,
    ) -> None:
        self._names, self._halves, self._texts, self._many_plans = names, halves, texts, many_plans

    def thing(self, iri: str) -> Thing:
        return Thing(iri, self._names.get(iri) or Label(iri))

    def group(self, chains: Sequence[Chain]) -> Group:
        first = chains[0]
        sets = {facet.iri: facet for chain in chains for facet in chain.indicator_sets}
        return Group(
            impacts=self._things(first, "impact"),
            goals=tuple(self.goal(first, step) for step in first.of_kind("goal")),
            indicator_sets=tuple(self._set(chains, facet) for facet in sets.values()),
            gaps=self._gaps(first, "no-impact", "no-goal"),
            rows=tuple(self._row(chain) for chain in chains),
        )

    def _row(self, chain: Chain) -> Row:
        place = next((place for step in chain.of_kind("activity") for place in step.places), None)
        return Row(
            anchor=row_anchor(chain, by_row=not self._many_plans),
            thing=self.thing(chain.activity),
            tasks=tuple(self.thing(task.iri) for task in chain.tasks),
            record=place.record if place else None,
            page=chain.page,
            row=chain.row,
            outputs=self._things(chain, "output"),
            outcomes=self._things(chain, "outcome"),
            level=self._level(chain.level) if chain.level else None,
            timings=tuple(self._timing(timing) for timing in chain.timings),
            gaps=self._gaps(chain, *_OWN_GAPS),
        )

    def _timing(self, timing: Facet) -> Thing:
        """Name a timing by a word that is short enough for a row, where the interface has one."""
        short = self._texts.find(f"timing.{timing.notation}")
        return Thing(timing.iri, Label(short, self._texts.language)) if short else self.thing(timing.iri)

    def _things(self, chain: Chain, kind: StepKind) -> tuple[Thing, ...]:
        return tuple(self.thing(step.iri) for step in chain.of_kind(kind))

    def goal(self, chain: Chain, step: Step) -> Goal:
        gap = self._gaps_of(chain, step.iri).get("goal-without-text")
        return Goal(self.thing(step.iri), Label(step.text, "fi") if step.text else None, gap)

    def _set(self, chains: Sequence[Chain], facet: Facet) -> IndicatorSet:
        found = (self._gaps_of(chain, facet.iri).get("indicator-set-without-members") for chain in chains)
        return IndicatorSet(self.thing(facet.iri), next((gap for gap in found if gap), None))

    def _level(self, level: Facet) -> Level:
        label = self._names.get(level.iri) or Label(level.label, "fi")
        organiser, library = self._halves.get(level.iri) or (label, Label(""))
        return Level(level.iri, level.rank or 0, label, organiser, library)

    def _gaps(self, chain: Chain, *kinds: str) -> dict[str, Missing]:
        return {gap.kind: self._missing(gap.kind, gap.element) for gap in chain.gaps if gap.kind in kinds}

    def _gaps_of(self, chain: Chain, iri: str) -> dict[str, Missing]:
        return {gap.kind: self._missing(gap.kind, iri) for gap in chain.gaps_of(iri)}

    def _missing(self, kind: str, iri: str) -> Missing:
        return Missing(self._texts.find(f"gap.{kind}") or self._texts("gap.other"), iri)


def make_steps(chain: Chain, names: Mapping[str, Label], texts: Texts) -> tuple[tuple[str, tuple[Goal, ...]], ...]:
    """Return one chain from task to goal: each kind of step with its things, none where there is a gap."""
    writer = _Writer(names, {}, texts, many_plans=False)
    steps: list[tuple[str, tuple[Goal, ...]]] = [
        ("task", tuple(Goal(writer.thing(task.iri), None, None) for task in chain.tasks))
    ]
    for kind in STEP_KINDS:
        found = tuple(writer.goal(chain, step) for step in chain.of_kind(kind))
        if found or kind != "input":
            steps.append((kind, found))
    return tuple(steps)


def row_anchor(chain: Chain, *, by_row: bool = True) -> str:
    """Return the anchor of an activity's row, ``toimenpide-8``; by its stable id where rows of many plans meet."""
    own = chain.identifier or chain.activity.rsplit("/", 1)[-1]
    return f"toimenpide-{chain.row if by_row and chain.row is not None else own}"


def _rank(path: Facet | None) -> int:
    return path.rank or 0 if path is not None else 1_000


def _shared(chain: Chain) -> tuple[str, ...]:
    return tuple(step.iri for step in chain.steps if step.kind in {"impact", "goal"})


def _words(chain: Chain) -> Iterable[str]:
    for step in chain.steps:
        yield step.label
        if step.text:
            yield step.text
    facets = (*chain.tasks, chain.path, chain.level, *chain.timings)
    yield from (facet.label for facet in facets if facet is not None)
