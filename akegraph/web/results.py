"""Solutions as a table for people: names instead of IRIs, links, each text in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from akegraph.graph.iris import shorten_iri
from akegraph.store.base import Solutions, Term
from akegraph.web.rendering import get_names, make_href
from akegraph.web.texts import Label

SYNTHETIC = "isSynthetic"
"""The column of every question that says whether a row is about something made up."""
_NUMBERS = ("integer", "decimal", "double", "float")


@dataclass(frozen=True, slots=True)
class Value:
    """A cell of the table; ``href`` if there is a page about it, ``is_mark`` if it says that a row is made up."""

    label: Label
    href: str | None = None
    is_number: bool = False
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; an unbound variable is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value | None, ...], ...]


def make_table(solutions: Solutions, wordings: Mapping[str, Mapping[str, Label]] | None = None) -> Table:
    """Make a table of solutions.

    A column ``xLabel`` beside a column ``x`` is left out: its name is what ``x`` shows anyway.

    :param wordings: by column, what the texts in it mean
    """
    shown = [
        name
        for name in solutions.variables
        if not (name.endswith("Label") and name.removesuffix("Label") in solutions.variables)
    ]
    things = {term.value for row in solutions.rows for term in row.values() if term.kind == "iri"}
    names = get_names(things)

    def value(name: str, term: Term | None) -> Value | None:
        if term is None:
            return None
        if (label := (wordings or {}).get(name, {}).get(term.value)) is not None and term.kind == "literal":
            return Value(label, is_mark=name == SYNTHETIC and term.value == "true")
        if term.kind == "iri":
            return Value(names.get(term.value) or Label(shorten_iri(term.value)), make_href(term.value))
        number = (term.datatype or "").rpartition("#")[2] in _NUMBERS
        return Value(Label(term.value, term.language or ""), None, number)

    return Table(tuple(shown), tuple(tuple(value(name, row.get(name)) for name in shown) for row in solutions.rows))
