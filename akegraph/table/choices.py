"""What a planner chooses from: the lists of a workbook, and the names that indicators and details may use.

They come from the ontology, the schemes and the reference data; nothing here spells one out. A cell may hold a
choice's id or its label in any language.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile

from akegraph.table.columns import normalise


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen.

    :ivar id: what the data call it, ``tampere`` or ``goal/okm-2026-1``
    :ivar label: its Finnish name, as the lists show it
    :ivar spellings: its names in other languages
    """

    id: str
    label: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PathChoice:
    """One path with what the framework says at its end, each as a cell words it.

    :ivar path: ``Polku 1: henkilöstön osaamisen kehittäminen``
    :ivar impact: the whole cell of the impact column
    :ivar goals: the cells that the effectiveness column may have
    :ivar indicators: what the evaluation column says of indicators; empty where the framework has no set
    """

    path: str
    impact: str
    goals: tuple[str, ...]
    indicators: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that can be chosen, each list in its order.

    :ivar measured: what an indicator may measure: goals, pathways and the framework, with ``<kind>/<id>`` as id
    :ivar known_indicators: the indicators of the reference data, of which a plan may give values
    :ivar sources: data sets and documents that a ``source`` may name by id
    """

    organisations: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    frameworks: tuple[Choice, ...]
    tasks: tuple[Choice, ...]
    paths: tuple[PathChoice, ...]
    timings: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    units: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    completeness: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    measured: tuple[Choice, ...]
    known_indicators: tuple[Choice, ...]
    sources: tuple[Choice, ...]

    @property
    def timing_cells(self) -> tuple[str, ...]:
        """Every way to name one timing or more, all of them together first."""
        labels = [timing.label for timing in self.timings]
        sizes = [len(labels), *range(1, len(labels))]
        return tuple(join_wordings(chosen) for size in sizes for chosen in combinations(labels, size))


class Chooser:
    """A list of choices that many cells choose from: each is found by id or by name, an id before a name."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        """Take the choices; where two have one name, the first has it."""
        self.choices = tuple(choices)
        self._by_id = {choice.id: choice for choice in reversed(self.choices)}
        self._by_name = {
            normalise(name): choice
            for choice in reversed(self.choices)
            for name in (*reversed(choice.spellings), choice.label)
        }

    def find(self, text: str) -> Choice | None:
        """Find what a cell chooses; an id in any case."""
        return self._by_id.get(text) or self._by_name.get(normalise(text)) or self._by_id.get(text.casefold())


def find_choice(text: str, choices: Iterable[Choice]) -> Choice | None:
    """Find what one cell chooses, by id or by name."""
    return Chooser(choices).find(text)


def name_choices(text: str, choices: Iterable[Choice], *, most: int = 12) -> str:
    """Say for a message what could have been chosen: the closest names, else the first."""
    labels = [choice.label for choice in choices]
    near = difflib.get_close_matches(text, labels, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return f"known are {', '.join(labels[:most])}{more}" if labels else "none are known"


def join_wordings(wordings: Sequence[str]) -> str:
    """Join wordings, the words they begin with in common only once: ``Tuotoksen aikana/lopuksi/jälkeen``."""
    words = [wording.split(" ") for wording in wordings]
    shared = sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False)))
    if shared == 0 or len(words) == 1:
        return ", ".join(wordings)
    return " ".join([*words[0][:shared], "/".join(" ".join(rest[shared:]) for rest in words)])
