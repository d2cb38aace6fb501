"""The words around a chain, and how its elements, places and gaps are said in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from akegraph.chains.model import Chain, Element, Facet, Gap, Place, Step
from akegraph.queries import load_queries
from akegraph.settings import Language

HARD_SPACE = "\u00a0"


@cache
def load_words() -> Mapping[str, Mapping[str, str]]:
    """Read ``words.toml`` beside this module: the words by language."""
    return tomllib.loads(files("akegraph.chains.formats").joinpath("words.toml").read_text(encoding="utf-8"))


def one_line(text: str) -> str:
    """Keep a text on its line, and from steering what shows it: a terminal, or the direction of other text."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def element_text(element: Element) -> str:
    """Name an element; a goal by its wording too, a path and a level by their number too."""
    if isinstance(element, Step):
        return one_line(f"{element.label}: {element.text}" if element.text else element.label)
    is_numbered = element.kind in ("path", "level") and element.notation
    return one_line(f"{element.notation} {element.label}" if is_numbered else element.label)


def places_text(places: Iterable[Place], language: Language) -> str:
    """Say where something stands: ``s. 16, rivi 1``; nothing where the source does not state it.

    Its spaces do not break.
    """
    words = load_words()[language]
    found = dict.fromkeys(
        ", ".join(f"{words[word]} {number}" for word, number in (("page", place.page), ("row", place.row)) if number)
        for place in places
    )
    return "; ".join(place.replace(" ", HARD_SPACE) for place in found if place)


def gap_text(gap: Gap, language: Language) -> str:
    """Say what is missing, in the words of the question ``gaps``."""
    wordings = load_queries().get_query("gaps").parameters["gap"].choices
    wording = wordings.get(gap.kind, {})
    return wording.get(language) or wording.get("en") or gap.kind


def chains_title(chains: Sequence[Chain], language: Language) -> str:
    """Name some chains: the plan and the activity of one, the plans of several."""
    words = load_words()[language]
    if len(chains) == 1:
        chain = chains[0]
        ends: Sequence[Element] = chain.of_kind("activity") or chain.steps[:1]
        return one_line(" · ".join([words["chain"], chain.plan_label, *(end.label for end in ends[:1])]))
    plans = dict.fromkeys(chain.plan_label for chain in chains)
    return one_line(" · ".join([words["chains"], *plans]))


def facet_list(chain: Chain) -> tuple[Facet, ...]:
    """Return what stands beside the chain, the tasks left out: they lead to it."""
    return tuple(facet for facet in chain.facets if facet.kind != "task")
