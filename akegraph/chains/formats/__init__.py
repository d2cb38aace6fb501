"""Chains in every form they are read in: by people, by programs and as pictures.

A format is a module with functions from chains to text; :data:`FORMATS` is the list of them. All are deterministic, and
each keeps what a text of the data holds from being more than text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from akegraph.chains.formats.json import chain_json, chains_json
from akegraph.chains.formats.mermaid import chains_mermaid
from akegraph.chains.formats.svg import chains_svg
from akegraph.chains.formats.table import chain_rows, table_cells, table_sections
from akegraph.chains.formats.text import chains_text
from akegraph.chains.formats.turtle import chains_graph, chains_turtle
from akegraph.chains.model import Chain
from akegraph.settings import Language

__all__ = [
    "FORMATS",
    "chain_json",
    "chain_rows",
    "chains_graph",
    "chains_json",
    "chains_mermaid",
    "chains_svg",
    "chains_text",
    "chains_turtle",
    "table_cells",
    "table_sections",
]

FORMATS: Mapping[str, Callable[[Sequence[Chain], Language], str]] = {
    "text": chains_text,
    "json": lambda chains, language: chains_json(chains),
    "mermaid": chains_mermaid,
    "svg": chains_svg,
    "turtle": lambda chains, language: chains_turtle(chains),
}
"""The formats that are one text, by name; a table is :func:`table_cells`, for whoever sets it."""
