"""What a picture of chains shows, before it is laid out: each thing once as a node, and what leads to what.

Mermaid and SVG draw the same nodes and edges. Where a chain breaks, a node stands for the missing step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from akegraph.chains.formats.words import chains_title, gap_text, load_words, one_line, places_text
from akegraph.chains.model import Chain, Element, Gap, Key, Step, key_of, path_colour
from akegraph.settings import Language

NodeKind = Literal["task", "input", "activity", "output", "outcome", "impact", "goal"]
COLUMNS: Mapping[str, int] = {
    "task": 0, "input": 0, "activity": 1, "output": 2, "outcome": 3, "impact": 4, "goal": 5,
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """A box.

    :param kind: what it is, or would be
    :param iri: None where it stands for what is missing
    :param label: its name, or what is missing
    :param text: the wording of a goal
    :param notes: where it stands and what it belongs to, in short
    :param gaps: what it lacks itself
    :param colours: the colours of the paths whose chains it is in
    """

    kind: NodeKind
    iri: str | None
    label: str
    text: str = ""
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    colours: set[int] = field(default_factory=set)

    @property
    def colour(self) -> int:
        """The colour of its path; 0 where it is in chains of several, or of none."""
        return next(iter(self.colours)) if len(self.colours) == 1 else 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one node to another, by their places in the list; dashed to what is missing."""

    before: int
    after: int
    is_dashed: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of one or more chains.

    :param lanes: of each activity, in the order they are drawn, the nodes that no activity before it has
    :param remarks: what every chain lacks, where there are several
    """

    title: str
    about: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    lanes: tuple[tuple[int, ...], ...]
    remarks: tuple[str, ...]


def draw_chains(chains: Sequence[Chain], language: Language) -> Drawing:
    """Make the picture of chains, ordered by path, task, plan and row, so that what is shared lies together."""
    ordered = sorted(chains, key=_order)
    return _Drawer(ordered, language).draw()


def _order(chain: Chain) -> tuple[object, ...]:
    return (
        chain.path is None,
        (chain.path.rank or 0, chain.path.iri) if chain.path else (0, ""),
        (chain.task.rank or 0, chain.task.iri) if chain.task else (0, ""),
        chain.plan,
        chain.row or 0,
        chain.activity,
    )


class _Drawer:
    """Collects nodes and edges chain by chain."""

    def __init__(self, chains: Sequence[Chain], language: Language) -> None:
        self._chains, self._language = chains, language
        self._nodes: dict[Key, Node] = {}
        self._edges: dict[tuple[Key, Key], bool] = {}
        self._has_plans = len({chain.plan for chain in chains}) > 1
        self._common = self._find_common()

    def draw(self) -> Drawing:
        lanes: list[tuple[Key, ...]] = []
        for chain in self._chains:
            before = set(self._nodes)
            self._add(chain)
            lanes.append(tuple(key for key in self._nodes if key not in before))
        places = {key: number for number, key in enumerate(self._nodes)}
        words = load_words()[self._language]
        return Drawing(
            title=chains_title(self._chains, self._language),
            about=words["about"],
            nodes=tuple(self._nodes.values()),
            edges=tuple(Edge(places[first], places[second], dashed) for (first, second), dashed in self._edges.items()),
            lanes=tuple(tuple(places[key] for key in lane) for lane in lanes if lane),
            remarks=tuple(f"{words['all']}: {wording}" for wording in self._common),
        )

    def _add(self, chain: Chain) -> None:
        colour = path_colour(chain.path.rank or 1) if chain.path else 0
        for element in chain.elements:
            node = self._nodes.get(key_of(element))
            if node is None:
                node = self._nodes[key_of(element)] = self._node(chain, element)
            node.colours.add(colour)
        for first, second in chain.links:
            self._edges.setdefault((key_of(first), key_of(second)), False)
        for gap in chain.gaps:
            self._add_missing(chain, gap, colour)

    def _add_missing(self, chain: Chain, gap: Gap, colour: int) -> None:
        """Add a node for a step that is missing, where it is to follow a step or to lead to the activity."""
        steps = [step for step in chain.steps if step.iri == gap.element]
        if gap.missing is None or gap.missing not in COLUMNS:
            return
        column = COLUMNS[gap.missing]
        # of a thing in two places of a chain, the one beside the missing
        ends = [step for step in steps if abs(COLUMNS[step.kind] - column) == 1]
        missing: Key = (gap.kind, gap.element)
        for step in ends[:1]:
            wording = one_line(gap_text(gap, self._language))
            node = self._nodes.setdefault(missing, Node(_node_kind(gap.missing), None, wording))
            node.colours.add(colour)
            edge = (missing, key_of(step)) if gap.missing == "task" else (key_of(step), missing)
            self._edges.setdefault(edge, True)

    def _node(self, chain: Chain, element: Element) -> Node:
        is_activity = key_of(element) == ("activity", chain.activity)
        gaps = (
            [gap for gap in chain.gaps if _is_beside(gap, chain)]
            if is_activity
            else [gap for gap in chain.gaps_of(element.iri) if gap.missing is None and not _is_beside(gap, chain)]
        )
        wordings = dict.fromkeys(one_line(gap_text(gap, self._language)) for gap in gaps)
        return Node(
            kind=_node_kind(element.kind),
            iri=element.iri,
            label=one_line(element.label),
            text=one_line(element.text or "") if isinstance(element, Step) else "",
            notes=self._notes(chain) if is_activity else (),
            gaps=tuple(wording for wording in wordings if not is_activity or wording not in self._common),
        )

    def _notes(self, chain: Chain) -> tuple[str, ...]:
        """Say in short where an activity stands and what it belongs to."""
        words = load_words()[self._language]
        facets = [
            f"{words[facet.kind]} {facet.notation}"
            for facet in (chain.path, chain.level)
            if facet is not None and facet.notation
        ]
        place = places_text((place for step in chain.of_kind("activity") for place in step.places), self._language)
        plan = [chain.plan_label] if self._has_plans else []
        return tuple(one_line(note) for note in (*plan, place, *facets) if note)

    def _find_common(self) -> tuple[str, ...]:
        """Find what all activities lack, where there are several: it is said once then."""
        whole = [chain for chain in self._chains if chain.of_kind("activity")]
        if len(whole) < 2:
            return ()
        lacking = [
            dict.fromkeys(one_line(gap_text(gap, self._language)) for gap in chain.gaps if _is_beside(gap, chain))
            for chain in whole
        ]
        return tuple(wording for wording in lacking[0] if all(wording in other for other in lacking))


def _is_beside(gap: Gap, chain: Chain) -> bool:
    """Tell whether a gap is of no step's: the evaluation's, an indicator set's, or the activity's as a whole."""
    if gap.missing in COLUMNS:
        return False
    return gap.element == chain.activity or gap.element not in {step.iri for step in chain.steps}


def _node_kind(kind: str) -> NodeKind:
    known: Iterable[NodeKind] = ("task", "input", "activity", "output", "outcome", "impact", "goal")
    return next(one for one in known if one == kind)
