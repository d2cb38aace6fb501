"""Chains as indented trees for the terminal, each step with its place and, where it breaks, with what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from akegraph.chains.formats.words import (
    HARD_SPACE,
    element_text,
    facet_list,
    gap_text,
    load_words,
    one_line,
    places_text,
)
from akegraph.chains.model import FACET_KINDS, Chain, Element, FacetKind, Gap, Key, Step, StepKind, key_of
from akegraph.settings import Language

_LEAST_WIDTH = 40
"""A narrower terminal is not fitted to: a tree seven levels deep would leave no room for words."""


def chains_text(chains: Sequence[Chain], language: Language = "fi", width: int | None = None) -> str:
    """Write chains as trees, one after another, task to goal, each step with its page, its row and its gaps.

    :param width: wrap lines longer than this below their own beginning; None for one line a step
    """
    trees = ("".join(f"{line}\n" for line in _Tree(chain, language, width).lines()) for chain in chains)
    return "\n".join(trees)


@dataclass(frozen=True, slots=True)
class _Tree:
    """Writes one chain."""

    chain: Chain
    language: Language
    width: int | None

    def lines(self) -> Iterator[str]:
        chain = self.chain
        has_activity = bool(chain.of_kind("activity"))
        heading = [chain.plan_label, chain.identifier or chain.activity] if has_activity else [chain.plan_label]
        yield from self._fold(one_line(" · ".join(heading)))
        for task in chain.tasks:
            yield from self._fold(self._line(task))
        yield from self._absent("task")
        ends = {key_of(second) for first, second in chain.links if isinstance(first, Step) and first.kind != "input"}
        roots = [step for step in chain.steps if key_of(step) not in ends]
        seen: set[Key] = set()
        for number, root in enumerate(roots):
            yield from self._branch(root, "", number == len(roots) - 1, seen)
        beside = facet_list(chain)
        for kind in FACET_KINDS[1:]:
            for facet in beside:
                if facet.kind == kind:
                    yield from self._fold(self._line(facet))
            yield from self._absent(kind)
        for gap in self._others():
            yield from self._fold(f"{self._word('gap')}: {gap_text(gap, self.language)}")

    def _branch(self, step: Step, indent: str, last: bool, seen: set[Key]) -> Iterator[str]:
        """Write a step and, below it, what it leads to; a step reached twice is followed once."""
        again = key_of(step) in seen
        seen.add(key_of(step))
        following = [
            second
            for first, second in self.chain.links
            if first is step and isinstance(second, Step) and step.kind != "input" and not again
        ]
        breaks = [gap for gap in self.chain.gaps_of(step.iri) if gap.breaks and not again and not following]
        below = indent + ("   " if last else "│  ")
        yield from self._fold(
            self._line(step) + (f" {self._word('above')}" if again and self._leads_on(step) else ""),
            indent + ("└─ " if last else "├─ "),
            below + ("│  " if following or breaks else "   "),
        )
        for number, after in enumerate(following):
            yield from self._branch(after, below, number == len(following) - 1 and not breaks, seen)
        for number, gap in enumerate(breaks):
            twig = "└─ " if number == len(breaks) - 1 else "├─ "
            yield from self._fold(self._lacking(gap), below + twig, below + "   ")

    def _leads_on(self, step: Step) -> bool:
        return any(first is step for first, _ in self.chain.links)

    def _line(self, element: Element) -> str:
        """Write an element with its place and with what it lacks itself."""
        place = places_text(element.places, self.language)
        own = () if element.iri == self.chain.activity else self.chain.gaps_of(element.iri)
        gaps = "".join(f" [{gap_text(gap, self.language)}]" for gap in own if gap.missing is None)
        return f"{self._word(element.kind)}: {element_text(element)}{f' ({place})' if place else ''}{gaps}"

    def _absent(self, kind: StepKind | FacetKind) -> Iterable[str]:
        """Write what is missing beside the chain in the place where it would stand."""
        for gap in self.chain.gaps:
            if gap.missing == kind:
                yield from self._fold(self._lacking(gap))

    def _others(self) -> Iterator[Gap]:
        """Find the gaps that have no line of their own in the tree."""
        every: tuple[Element, ...] = (*self.chain.steps, *self.chain.facets)
        elements = {element.iri for element in every} - {self.chain.activity}
        return (gap for gap in self.chain.gaps if gap.missing is None and gap.element not in elements)

    def _lacking(self, gap: Gap) -> str:
        return f"{self._word(gap.missing or 'gap')}: [{gap_text(gap, self.language)}]"

    def _word(self, key: str) -> str:
        return load_words()[self.language][key]

    def _fold(self, text: str, first: str = "", rest: str = "   ") -> Sequence[str]:
        if self.width is None or self.width < _LEAST_WIDTH:
            lines = [first + text]
        else:
            lines = textwrap.wrap(
                text, self.width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
            )
        return [line.replace(HARD_SPACE, " ") for line in lines or [first]]
