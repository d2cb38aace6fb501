"""Chains as a Mermaid flow chart, left to right; what is missing is drawn dashed."""

from __future__ import annotations

from collections.abc import Sequence

from akegraph.chains.formats.drawing import Node, draw_chains
from akegraph.chains.formats.palette import load_palette
from akegraph.chains.formats.words import load_words
from akegraph.chains.model import Chain
from akegraph.settings import Language

# A label in quotes still reads entities and Markdown, so what begins either becomes an entity itself.
_ESCAPES = str.maketrans({character: f"#{ord(character)};" for character in '#"&<>`\\;{}'})


def chains_mermaid(chains: Sequence[Chain], language: Language = "fi") -> str:
    """Write chains as one flow chart; what they share is one node."""
    drawing = draw_chains(chains, language)
    lines = ["flowchart LR"]
    lines += [f'  n{number}["{_label(node, language)}"]' for number, node in enumerate(drawing.nodes)]
    lines += [f'  r{number}["{_escape(remark)}"]' for number, remark in enumerate(drawing.remarks)]
    for edge in drawing.edges:
        lines.append(f"  n{edge.before} {'-.->' if edge.is_dashed else '-->'} n{edge.after}")
    colours = load_palette()["light"]
    for colour in sorted({node.colour for node in drawing.nodes} - {0}):
        inside = [f"n{number}" for number, node in enumerate(drawing.nodes) if node.colour == colour]
        lines += [f"  classDef p{colour} stroke:{colours[f'p{colour}']}", f"  class {','.join(inside)} p{colour}"]
    lacking = [f"n{number}" for number, node in enumerate(drawing.nodes) if node.iri is None or node.gaps]
    lacking += [f"r{number}" for number in range(len(drawing.remarks))]
    if lacking:
        lines += ["  classDef gap stroke-dasharray: 4 3", f"  class {','.join(lacking)} gap"]
    return "\n".join(lines) + "\n"


def _label(node: Node, language: Language) -> str:
    """Write a node's words, what it lacks on lines of its own."""
    words = load_words()[language]
    wording = f"{node.label}: {node.text}" if node.text else node.label
    missing = "" if node.iri else f" {words['gap']}"
    lines = [f"{words[node.kind]}{missing}: {wording}", *(f"{words['gap']}: {gap}" for gap in node.gaps)]
    return "<br>".join(_escape(line) for line in lines)


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)
