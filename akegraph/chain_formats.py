"""A chain as text for the terminal, as JSON and as a Mermaid diagram: pure functions, without RDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from akegraph.chains import STEP_KINDS, Chain, Facet, Gap, Place, Step
from akegraph.queries import load_queries
from akegraph.settings import Language

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fi": {
        "task": "tehtävä", "path": "polku", "level": "osallisuustaso", "timing": "ajankohta",
        "indicator-set": "mittaristo", "input": "panos", "activity": "toimenpide", "output": "tuotos",
        "outcome": "tulos", "impact": "vaikutus", "goal": "tavoite",
        "page": "s.", "row": "rivi", "gap": "puuttuu",
    },
    "sv": {
        "task": "uppgift", "path": "stig", "level": "delaktighetsnivå", "timing": "tidpunkt",
        "indicator-set": "indikatoruppsättning", "input": "insats", "activity": "åtgärd",
        "output": "prestation", "outcome": "resultat", "impact": "effekt", "goal": "mål",
        "page": "s.", "row": "rad", "gap": "saknas",
    },
    "en": {
        "task": "task", "path": "path", "level": "participation level", "timing": "timing",
        "indicator-set": "indicator set", "input": "input", "activity": "activity", "output": "output",
        "outcome": "outcome", "impact": "impact", "goal": "goal",
        "page": "p.", "row": "row", "gap": "missing",
    },
}  # fmt: skip

# A label in quotes still reads entities and Markdown, so what begins either becomes an entity itself.
_MERMAID_ESCAPES = str.maketrans({character: f"#{ord(character)};" for character in '#"&<>`\\;'})


def chain_text(chain: Chain, language: Language = "fi") -> str:
    """Write a chain as an indented tree, task to goal, each step with its page, its row and its gaps."""
    words = _WORDS[language]
    lines = [_line(f"{chain.plan_label} · {chain.identifier or chain.activity}")]
    lines += [f"{words['task']}: {_wording(task)}{_where(task.places, words)}" for task in chain.tasks]
    roots = [step for step in chain.steps if not step.previous or step.kind == "activity"]
    for number, root in enumerate(roots):
        lines += _branch(chain, root, "", number == len(roots) - 1, language)
    beside = [chain.path, chain.level, *chain.timings, *chain.indicator_sets]
    lines += [_facet_line(facet, words) for facet in beside if facet is not None]
    lines += [f"{words['gap']}: {wording}" for wording in _wordings(_shared_gaps(chain), language)]
    return "\n".join(lines) + "\n"


def chain_json(chain: Chain) -> str:
    """Write a chain as JSON, its keys those of :class:`akegraph.chains.Chain`."""
    return json.dumps(asdict(chain), ensure_ascii=False, indent=2) + "\n"


def chain_mermaid(chain: Chain, language: Language = "fi") -> str:
    """Write a chain as a Mermaid flow chart, left to right; what lacks something is drawn dashed."""
    words = _WORDS[language]
    elements: list[Facet | Step] = [*chain.tasks, *chain.steps]
    names = {element.iri: f"n{number}" for number, element in enumerate(elements)}
    lines = ["flowchart LR"]
    for element in elements:
        label = f"{words[element.kind]}: {_wording(element)}".translate(_MERMAID_ESCAPES)
        lines.append(f'  {names[element.iri]}["{label}"]')
    lines += [f"  {names[task.iri]} --> {names[chain.activity]}" for task in chain.tasks]
    lines += [f"  {names[before]} --> {names[step.iri]}" for step in chain.steps for before in step.previous]
    lacking = [names[element.iri] for element in elements if _own_gaps(chain, element.iri)]
    if lacking:
        lines += ["  classDef gap stroke-dasharray: 4 3", f"  class {','.join(lacking)} gap"]
    return "\n".join(lines) + "\n"


def _branch(chain: Chain, step: Step, indent: str, last: bool, language: Language) -> Iterator[str]:
    """Write a step and, below it, what it leads to; a step reached twice stands twice."""
    words = _WORDS[language]
    missing = "".join(f" [{wording}]" for wording in _wordings(_own_gaps(chain, step.iri), language))
    twig = indent + ("└─ " if last else "├─ ")
    yield f"{twig}{words[step.kind]}: {_wording(step)}{_where(step.places, words)}{missing}"
    if step.kind == "input":
        return
    later = STEP_KINDS[STEP_KINDS.index(step.kind) + 1 :]  # bounds the tree where foreign data lead back
    following = [after for after in chain.steps if step.iri in after.previous and after.kind in later]
    for number, after in enumerate(following):
        yield from _branch(chain, after, indent + ("   " if last else "│  "), number == len(following) - 1, language)


def _own_gaps(chain: Chain, iri: str) -> Sequence[Gap]:
    """Return what an element itself lacks; what the activity as a whole lacks stands below the tree."""
    return () if iri == chain.activity else chain.gaps_of(iri)


def _shared_gaps(chain: Chain) -> Sequence[Gap]:
    steps = {step.iri for step in chain.steps if step.iri != chain.activity}
    return tuple(gap for gap in chain.gaps if gap.element not in steps)


def _wordings(gaps: Sequence[Gap], language: Language) -> Iterator[str]:
    wordings = load_queries().get_query("gaps").parameters["gap"].choices
    return (wordings[gap.kind].get(language, wordings[gap.kind]["en"]) for gap in gaps)


def _wording(element: Step | Facet) -> str:
    text = element.text if isinstance(element, Step) else None
    return _line(f"{element.label}: {text}" if text else element.label)


def _line(text: str) -> str:
    """Keep a text on its line, and from steering a terminal."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _facet_line(facet: Facet, words: Mapping[str, str]) -> str:
    number = f"{facet.notation} " if facet.kind in ("path", "level") and facet.notation else ""
    return f"{words[facet.kind]}: {number}{_wording(facet)}{_where(facet.places, words)}"


def _where(places: Sequence[Place], words: Mapping[str, str]) -> str:
    """Say where something stands: `` (s. 16, rivi 1)``; nothing where the source does not state it."""
    found = dict.fromkeys(
        ", ".join(f"{words[word]} {number}" for word, number in (("page", place.page), ("row", place.row)) if number)
        for place in places
    )
    return f" ({'; '.join(found)})" if any(found) else ""
