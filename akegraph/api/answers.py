"""The answer to a question: its columns, its rows as values of Python, and the forms it can take."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, overload

from akegraph.api.showing import Shown, show_table
from akegraph.errors import BadParameterError, MissingExtraError
from akegraph.graph.iris import PREFIXES, shorten_iri
from akegraph.store.base import Solutions, Term

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | float | bool | Decimal | datetime.date | datetime.datetime | None
"""What a cell holds: an IRI is text, and so is a literal of a type that Python has no value for; None is no value."""

_XSD = PREFIXES["xsd"]
_WHOLE = frozenset(
    _XSD + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A table: the answer to a ready question or to a SELECT query.

    ``len`` counts its rows; iterating gives each as a mapping from column to value.

    :ivar columns: the names of the columns
    :ivar terms: the rows as RDF terms; None where a variable is unbound
    :ivar title: what it is the answer to
    :ivar meanings: what a column holds, for columns of ready questions
    :ivar caution: what to know before comparing its rows; empty where nothing need be said
    """

    columns: tuple[str, ...]
    terms: tuple[tuple[Term | None, ...], ...] = field(repr=False)
    title: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict, repr=False)
    caution: str = ""

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The rows as values of Python."""
        return tuple(tuple(to_value(term) for term in row) for row in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    @overload
    def __getitem__(self, wanted: int) -> dict[str, Value]: ...

    @overload
    def __getitem__(self, wanted: str) -> tuple[Value, ...]: ...

    def __getitem__(self, wanted: int | str) -> dict[str, Value] | tuple[Value, ...]:
        """Return one row by its place, counted from 0, or one column by its name.

        :raises BadParameterError: if there is no such column
        :raises IndexError: if there is no such row
        """
        if isinstance(wanted, str):
            return self.column(wanted)
        return dict(zip(self.columns, map(to_value, self.terms[wanted]), strict=True))

    def __repr__(self) -> str:
        return f"<Answer: {len(self)} rows of {', '.join(self.columns)}>"

    def column(self, name: str) -> tuple[Value, ...]:
        """Return the values of one column, in the order of the rows.

        :raises BadParameterError: if there is no such column
        """
        place = self._place(name)
        return tuple(to_value(row[place]) for row in self.terms)

    def only(self, *names: str) -> Answer:
        """Return the same rows with these columns only, in this order.

        :raises BadParameterError: if there is no such column
        """
        places = [self._place(name) for name in names]
        return replace(self, columns=names, terms=tuple(tuple(row[place] for place in places) for row in self.terms))

    def _place(self, name: str) -> int:
        if name not in self.columns:
            raise BadParameterError("name", f"{name!r} is no column; the columns are {', '.join(self.columns)}")
        return self.columns.index(name)

    def _is_name(self, column: str) -> bool:
        """Tell whether a column names what is in another, as ``planLabel`` does for ``plan``."""
        return column.endswith("Label") and column.removesuffix("Label") in self.columns

    def to_csv(self) -> str:
        """Write the rows as CSV, as SPARQL 1.1 Query Results CSV has it: a heading, then plain values."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows([_write(term) for term in row] for row in self.terms)
        return text.getvalue()

    def to_json(self) -> str:
        """Write the rows as SPARQL 1.1 Query Results JSON, types and languages with them."""
        import json

        bindings = [
            {name: _describe(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.terms
        ]
        document = {"head": {"vars": self.columns}, "results": {"bindings": bindings}}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    def to_pandas(self) -> pd.DataFrame:
        """Make a DataFrame of the values, each column of the type that fits it; decimals become floats.

        :raises MissingExtraError: if pandas is not installed
        """
        return make_frame(self.columns, self.rows)

    def _repr_html_(self) -> str:
        """Show the table in a notebook; a column ``x`` beside ``xLabel`` is what the names link to."""
        things = {name: self._place(name.removesuffix("Label")) for name in self.columns if self._is_name(name)}
        shown = [name for name in self.columns if f"{name}Label" not in things]

        def cell(row: tuple[Term | None, ...], name: str) -> Shown:
            text, address = _show(row[self._place(name)])
            if name not in things:
                return text, address
            other, address = _show(row[things[name]])
            return text or other, address

        return show_table(
            shown,
            [[cell(row, name) for name in shown] for row in self.terms],
            title=self.title,
            meanings=self.meanings,
            note=self.caution,
        )


def make_answer(
    found: Solutions, title: str = "", meanings: Mapping[str, str] | None = None, caution: str = ""
) -> Answer:
    """Make an answer of solutions."""
    rows = tuple(tuple(row.get(name) for name in found.variables) for row in found.rows)
    return Answer(found.variables, rows, title, meanings or {}, caution)


def make_frame(columns: tuple[str, ...], rows: tuple[tuple[Value, ...], ...]) -> pd.DataFrame:
    """Make a DataFrame of values.

    :raises MissingExtraError: if pandas is not installed
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("pandas", "pandas") from error
    plain = [[float(value) if isinstance(value, Decimal) else value for value in row] for row in rows]
    return pd.DataFrame(plain, columns=list(columns)).convert_dtypes()


def to_value(term: Term | None) -> Value:
    """Turn a term into a value of Python; one whose text is none of its type stays text."""
    if term is None:
        return None
    if term.kind == "blank":
        return f"_:{term.value}"
    if term.datatype is None or not term.datatype.startswith(_XSD):
        return term.value
    try:
        return _read(term.value, term.datatype)
    except (ValueError, InvalidOperation):
        return term.value


def _read(text: str, datatype: str) -> Value:
    if datatype in _WHOLE:
        return int(text)
    match datatype.removeprefix(_XSD):
        case "decimal":
            return Decimal(text)
        case "double" | "float":
            return float(text)
        case "boolean":
            return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        case "date":
            return datetime.date.fromisoformat(text)
        case "dateTime":
            return datetime.datetime.fromisoformat(text)
    return text


def _write(term: Term | None) -> str:
    if term is None:
        return ""
    return f"_:{term.value}" if term.kind == "blank" else term.value


def _describe(term: Term) -> dict[str, str]:
    """Write a term as SPARQL 1.1 Query Results JSON has it."""
    described = {"type": {"iri": "uri", "blank": "bnode", "literal": "literal"}[term.kind], "value": term.value}
    if term.language is not None:
        described["xml:lang"] = term.language
    if term.datatype is not None:
        described["datatype"] = term.datatype
    return described


def _show(term: Term | None) -> tuple[str, str | None]:
    """Return what a cell shows and, for an IRI, where it leads."""
    if term is None:
        return "", None
    if term.kind == "iri":
        return shorten_iri(term.value), term.value
    return _write(term), None
