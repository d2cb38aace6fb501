"""Faults put into a plan's graph on purpose, each with the findings it must cause, for tests of validation.

    python benchmarks/faults.py PLAN --seed 1 --share 0.2 -o faulty.ttl

PLAN is a plan's folder or the name of a built-in plan. Every fault has an activity of its own (a shared output or
outcome takes two), so none hides or changes another. What should be found is printed: kind, finding code, focus node.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, RDF, SKOS
from rdflib.term import Node

from akegraph.errors import AkegraphError
from akegraph.files import write_file
from akegraph.graph.iris import AKEV
from akegraph.graph.loading import union
from akegraph.graph.serialising import serialise_turtle
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.terms import AKE


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """A finding that a fault must cause.

    :ivar kind: the fault's kind, a key of :data:`KINDS`
    :ivar code: the finding code
    :ivar focus: the focus node
    """

    kind: str
    code: str
    focus: URIRef


def seed_faults(
    graph: Graph, kinds: Sequence[str] | None = None, *, seed: int = 0, share: float = 0.0, context: Graph
) -> tuple[Graph, tuple[Expected, ...]]:
    """Put faults into a plan's graph.

    Every kind is there at least once; more are added in turn until ``share`` of the activities have one. A kind about
    the plan as a whole is there once.

    :param graph: asserted triples of one or more plans without a finding above Warning; not changed
    :param kinds: keys of :data:`KINDS`; by default all
    :param share: of the activities, 0 to 1
    :param context: schemes and reference data; not changed
    :returns: a new graph, and the findings that come on top of those of ``graph``, sorted
    :raises ValueError: if a kind is unknown, or there are too few activities for the kinds
    """
    wanted = list(kinds) if kinds is not None else sorted(KINDS)
    if unknown := sorted(set(wanted) - set(KINDS)):
        raise ValueError(f"no kind of fault is {unknown[0]!r}; known are {', '.join(sorted(KINDS))}")
    seeder = _Seeder(union((graph,)), context, seed)
    plan_wide = [kind for kind in wanted if kind in _PLAN_WIDE]
    # Those that need a second activity choose first, while there are most left.
    by_activity = sorted((kind for kind in wanted if kind not in _PLAN_WIDE), key=lambda kind: kind not in _PAIRED)
    for kind in plan_wide + by_activity:
        seeder.apply(kind)
    at = 0
    while by_activity and seeder.count < share * seeder.activities:
        seeder.apply(by_activity[-1 - at % len(by_activity)])
        at += 1
    return seeder.graph, tuple(sorted(seeder.expected))


class _Seeder:
    """Applies faults to one graph, each at activities that have none yet."""

    def __init__(self, graph: Graph, context: Graph, seed: int) -> None:
        self.graph = graph
        self.expected: list[Expected] = []
        self.context = context
        # S311: chance that can be repeated is what is wanted; nothing here is a secret.
        self.chance = random.Random(seed)  # noqa: S311
        self._free = sorted(_iris(graph.subjects(RDF.type, AKE.Activity)))
        self.activities = len(self._free)
        self.chance.shuffle(self._free)
        self._kind = ""

    @property
    def count(self) -> int:
        """How many activities have a fault or part in one."""
        return self.activities - len(self._free)

    def apply(self, kind: str) -> None:
        """Put in one fault of a kind."""
        self._kind = kind
        KINDS[kind](self)

    def take(self, fits: Callable[[URIRef], bool] = lambda activity: True) -> URIRef:
        """Take an activity that has no fault yet and that the fault can be put into."""
        for activity in self._free:
            if fits(activity):
                self._free.remove(activity)
                return activity
        raise ValueError(f"no activity is left for the fault {self._kind!r}; give more activities or fewer faults")

    def take_two(self) -> tuple[URIRef, URIRef]:
        """Take two activities of one path, so that nothing but what they share is wrong."""
        paths = [self.one(activity, AKE.onPath) for activity in self._free]
        one = self.take(lambda activity: paths.count(self.one(activity, AKE.onPath)) > 1)
        return one, self.take(lambda other: self.one(other, AKE.onPath) == self.one(one, AKE.onPath))

    def one(self, subject: URIRef, predicate: URIRef) -> URIRef:
        """Return the first of a subject's values."""
        return sorted(_iris(self.graph.objects(subject, predicate)))[0]

    def output(self, activity: URIRef) -> URIRef:
        """Return the activity's output."""
        return self.one(activity, AKE.hasOutput)

    def outcome(self, activity: URIRef) -> URIRef:
        """Return the outcome of the activity's output."""
        return self.one(self.output(activity), AKE.hasOutcome)

    def record(self, element: URIRef) -> URIRef:
        """Return a source record that the element is stated in."""
        return self.one(element, AKE.statedIn)

    def is_evaluated(self, activity: URIRef) -> bool:
        """Tell whether the activity has an evaluation that names indicators."""
        found = self.graph.objects(activity, AKE.hasEvaluation)
        return any((evaluation, AKE.usesIndicatorSet, None) in self.graph for evaluation in found)

    def other_pathway(self, activity: URIRef, predicate: URIRef) -> URIRef:
        """Choose a value that the property has elsewhere in the plans, of another impact pathway than here."""
        here = self.pathways_of(self.one(self.outcome(activity), AKE.hasImpact))
        values = sorted(set(_iris(self.graph.objects(None, predicate))))
        others = [value for value in values if not self.pathways_of(value) & here]
        if not others:
            raise ValueError(f"all activities are on one pathway, so there is no other for the fault {self._kind!r}")
        return self.chance.choice(others)

    def pathways_of(self, element: URIRef) -> set[Node]:
        """Find the pathways of an impact, or of the goals that an indicator set is for."""
        goals = self.context.subjects(AKE.hasIndicatorSet, element)
        return {found for node in (element, *goals) for found in self.context.objects(node, AKE.inPathway)}

    def other_concept(self, scheme: str, than: URIRef) -> URIRef:
        """Choose another concept of a scheme."""
        return self.chance.choice(sorted(set(_iris(self.context.subjects(SKOS.inScheme, AKEV[scheme]))) - {than}))

    def expect(self, focus: URIRef, *codes: str) -> None:
        """Note what the fault must cause."""
        self.expected += (Expected(self._kind, code, focus) for code in codes)


def _iris(nodes: Iterable[Node]) -> list[URIRef]:
    return [node for node in nodes if isinstance(node, URIRef)]


def _drop(predicate: URIRef, code: str) -> Callable[[_Seeder], None]:
    """Make the fault of an activity that lacks a property."""

    def fault(on: _Seeder) -> None:
        activity = on.take()
        on.graph.remove((activity, predicate, None))
        on.expect(activity, code)

    return fault


def _task_outside_scheme(on: _Seeder) -> None:
    activity = on.take()
    on.graph.set((activity, AKE.underTask, on.other_concept("participation", activity)))
    on.expect(activity, "AKE-101")
    # Whatever stands as a task is asked for its legal basis.
    on.expect(on.one(activity, AKE.underTask), "AKE-203")


def _path_outside_scheme(on: _Seeder) -> None:
    activity = on.take()
    on.graph.set((activity, AKE.onPath, on.other_concept("timing", activity)))
    # The pathway of the impact and of the goal is not that of what stands as the path.
    on.expect(activity, "AKE-102", "AKE-106", "AKE-113")


def _two_paths(on: _Seeder) -> None:
    activity = on.take()
    on.graph.add((activity, AKE.onPath, on.other_concept("path", on.one(activity, AKE.onPath))))
    on.expect(activity, "AKE-102", "AKE-106", "AKE-113")


def _two_levels(on: _Seeder) -> None:
    activity = on.take()
    level = on.one(activity, AKE.hasParticipationLevel)
    on.graph.add((activity, AKE.hasParticipationLevel, on.other_concept("participation", level)))
    on.expect(activity, "AKE-108")


def _no_output(on: _Seeder) -> None:
    activity = on.take()
    output = on.output(activity)
    on.graph.remove((activity, AKE.hasOutput, None))
    on.expect(activity, "AKE-103")
    on.expect(output, "AKE-110")


def _no_outcome(on: _Seeder) -> None:
    output = on.output(on.take())
    outcome = on.one(output, AKE.hasOutcome)
    on.graph.remove((output, AKE.hasOutcome, None))
    on.expect(output, "AKE-104")
    on.expect(outcome, "AKE-111")


def _no_impact(on: _Seeder) -> None:
    outcome = on.outcome(on.take())
    on.graph.remove((outcome, AKE.hasImpact, None))
    on.expect(outcome, "AKE-105")


def _impact_of_other_path(on: _Seeder) -> None:
    activity = on.take(on.is_evaluated)
    on.graph.set((on.outcome(activity), AKE.hasImpact, on.other_pathway(activity, AKE.hasImpact)))
    on.expect(activity, "AKE-106")
    on.expect(on.one(activity, AKE.hasEvaluation), "AKE-107")


def _indicators_of_other_path(on: _Seeder) -> None:
    activity = on.take(on.is_evaluated)
    evaluation = on.one(activity, AKE.hasEvaluation)
    on.graph.set((evaluation, AKE.usesIndicatorSet, on.other_pathway(activity, AKE.usesIndicatorSet)))
    on.expect(evaluation, "AKE-107")


def _shared_output(on: _Seeder) -> None:
    one, other = on.take_two()
    on.graph.add((one, AKE.hasOutput, on.output(other)))
    on.expect(on.output(other), "AKE-110")


def _shared_outcome(on: _Seeder) -> None:
    one, other = on.take_two()
    on.graph.add((on.output(one), AKE.hasOutcome, on.outcome(other)))
    on.expect(on.outcome(other), "AKE-111")


def _circle(on: _Seeder) -> None:
    activity = on.take()
    output, outcome = on.output(activity), on.outcome(activity)
    on.graph.add((outcome, AKE.directlyLeadsTo, output))
    on.expect(output, "AKE-112")
    on.expect(outcome, "AKE-112")


def _dangling_link(on: _Seeder) -> None:
    activity = on.take(on.is_evaluated)
    evaluation = on.one(activity, AKE.hasEvaluation)
    on.graph.set((evaluation, AKE.hasTiming, AKEV["timing/whenever"]))
    on.expect(evaluation, "AKE-151", "AKE-202")


def _no_timing(on: _Seeder) -> None:
    evaluation = on.one(on.take(on.is_evaluated), AKE.hasEvaluation)
    on.graph.remove((evaluation, AKE.hasTiming, None))
    on.expect(evaluation, "AKE-202")


def _no_label(on: _Seeder) -> None:
    outcome = on.outcome(on.take())
    on.graph.remove((outcome, SKOS.prefLabel, None))
    on.expect(outcome, "AKE-131")


def _relabel(change: Callable[[str], str], code: str, *, keep: bool = False) -> Callable[[_Seeder], None]:
    """Make the fault of an output whose Finnish name is changed, or has a second one."""

    def fault(on: _Seeder) -> None:
        output = on.output(on.take())
        label = str(on.graph.value(output, SKOS.prefLabel))
        if not keep:
            on.graph.remove((output, SKOS.prefLabel, None))
        on.graph.add((output, SKOS.prefLabel, Literal(change(label), lang="fi")))
        on.expect(output, code)

    return fault


def _not_stated(on: _Seeder) -> None:
    output = on.output(on.take())
    on.graph.remove((output, AKE.statedIn, None))
    on.expect(output, "AKE-141")


def _record_without(predicate: URIRef, code: str) -> Callable[[_Seeder], None]:
    """Make the fault of an output's source record that lacks a property."""

    def fault(on: _Seeder) -> None:
        record = on.record(on.output(on.take()))
        on.graph.remove((record, predicate, None))
        on.expect(record, code)

    return fault


def _period_reversed(on: _Seeder) -> None:
    period = sorted(_iris(on.graph.subjects(RDF.type, AKE.PlanningPeriod)))[0]
    start, end = on.graph.value(period, DCAT.startDate), on.graph.value(period, DCAT.endDate)
    if start is None or end is None:
        raise ValueError("the period has no start or no end to be reversed")
    on.graph.set((period, DCAT.startDate, end))
    on.graph.set((period, DCAT.endDate, start))
    on.expect(period, "AKE-127")


def _no_area(on: _Seeder) -> None:
    plan = sorted(_iris(on.graph.subjects(RDF.type, AKE.Plan)))[0]
    on.graph.remove((plan, AKE.coversArea, None))
    on.expect(plan, "AKE-123")


KINDS: dict[str, Callable[[_Seeder], None]] = {
    "circle": _circle,
    "dangling-link": _dangling_link,
    "impact-of-other-path": _impact_of_other_path,
    "indicators-of-other-path": _indicators_of_other_path,
    "label-hyphenated": _relabel(lambda label: f"{label[:3]}- {label[3:]}", "AKE-134"),
    "label-not-trimmed": _relabel(lambda label: f"{label} ", "AKE-133"),
    "no-area": _no_area,
    "no-evaluation": _drop(AKE.hasEvaluation, "AKE-201"),
    "no-impact": _no_impact,
    "no-label": _no_label,
    "no-level": _drop(AKE.hasParticipationLevel, "AKE-108"),
    "no-outcome": _no_outcome,
    "no-output": _no_output,
    "no-path": _drop(AKE.onPath, "AKE-102"),
    "no-plan": _drop(AKE.inPlan, "AKE-109"),
    "no-task": _drop(AKE.underTask, "AKE-101"),
    "no-timing": _no_timing,
    "not-stated": _not_stated,
    "path-outside-scheme": _path_outside_scheme,
    "period-reversed": _period_reversed,
    "record-without-document": _record_without(AKE.fromDocument, "AKE-143"),
    "record-without-page": _record_without(AKE.pageNumber, "AKE-144"),
    "record-without-text": _record_without(AKE.verbatimText, "AKE-147"),
    "shared-outcome": _shared_outcome,
    "shared-output": _shared_output,
    "task-outside-scheme": _task_outside_scheme,
    "two-finnish-labels": _relabel(lambda label: f"{label} toisin", "AKE-132", keep=True),
    "two-levels": _two_levels,
    "two-paths": _two_paths,
}
"""The faults by kind; each puts itself in once and says what it must cause."""

_PLAN_WIDE = frozenset({"no-area", "period-reversed"})
_PAIRED = frozenset({"shared-outcome", "shared-output"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a plan with faults as Turtle; returns the exit code."""
    parser = argparse.ArgumentParser(description="Put faults into a plan and say what validation must find.")
    parser.add_argument("plan", help="a plan's folder or the name of a built-in plan")
    parser.add_argument("--kinds", nargs="+", metavar="KIND", help=f"default: all of {', '.join(KINDS)}")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same faults (default: 0)")
    parser.add_argument("--share", type=float, default=0.0, help="share of activities that get a fault (default: 0)")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("-o", "--output", type=Path, required=True, help="Turtle file to write")
    given = parser.parse_args(arguments)
    knowledge = Knowledge()
    try:
        [folder] = find_plans([given.plan])
        graph = map_folder(folder, knowledge)[1]
        context = union((knowledge.schemes_graph, knowledge.reference))
        faulty, expected = seed_faults(graph, given.kinds, seed=given.seed, share=given.share, context=context)
        write_file(given.output, serialise_turtle(faulty), force=given.force)
    except ValueError as error:
        parser.error(str(error))
    except AkegraphError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for finding in expected:
        print(f"{finding.kind:26} {finding.code}  {finding.focus}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
