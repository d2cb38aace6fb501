"""The answer to a question as a table to read: a thing is one column, its id and its name; what is long has room.

CSV and the other forms of an answer keep every column as the question has it.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_table, format_table, printable

if TYPE_CHECKING:
    from akegraph.store.base import Solutions, Term

_LABEL = "Label"
_OURS = re.compile(r"^ake(?:id|v):(?=[a-z-]+/)")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_LONG, _TEXT_WIDTH = 40, 18
"""A cell of more characters is a text to read, and a column of such has so many at least."""
_PADDING, _GAP = 3, 2


@dataclass(frozen=True, slots=True)
class Readable:
    """A table of words: the headings, and the cells row by row."""

    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    def keep(self, columns: Sequence[int]) -> Readable:
        """Return the same rows with these columns only."""
        return Readable(
            tuple(self.headings[number] for number in columns),
            tuple(tuple(row[number] for number in columns) for row in self.cells),
        )


def make_table(found: Solutions) -> Readable:
    """Write solutions as a table, a column for each variable and an IRI as SPARQL can have it: ``akev:path/1``."""
    names = found.variables
    return Readable(tuple(names), tuple(tuple(_write(row.get(name)) for name in names) for row in found.rows))


def make_readable(found: Solutions) -> Readable:
    """Write the answer to a ready question as words.

    A column ``xLabel`` beside a column ``x`` joins it: ``uvcd5635 PiKen osaamiskartoitus``. The id is what a parameter
    takes, with its kind (``goal/okm-2026-2``) where the column does not name it.
    """
    labelled = {name for name in found.variables if f"{name}{_LABEL}" in found.variables}
    shown = [name for name in found.variables if name.removesuffix(_LABEL) not in labelled or name in labelled]

    def cell(row: Mapping[str, Term], name: str) -> str:
        words = [_shorten(_write(row.get(name)), name)]
        if name in labelled:
            words.append(_write(row.get(f"{name}{_LABEL}")))
        return " ".join(dict.fromkeys(word for word in words if word))

    return Readable(tuple(shown), tuple(tuple(cell(row, name) for name in shown) for row in found.rows))


def write_table(table: Readable) -> bytes:
    """Return a table as unwrapped text, for a file."""
    return format_table(table.headings, table.cells, numbers=_find_numbers(table))


def echo_readable(table: Readable) -> None:
    """Print a table; in a terminal that is too narrow, what rows share stands above them, or each row is a list."""
    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or _fits(table, width):
        _echo(table)
        return
    if len(table.cells) > 1:
        table = _echo_shared(table, width)
    for count in range(len(table.headings) - 1):
        runs = len(list(groupby(row[:count] for row in table.cells)))
        if runs * 2 <= len(table.cells) and _fits(table.keep(range(count, len(table.headings))), width):
            _echo_sections(table, count, width)
            return
    _echo_lists(table, width)


def _write(term: Term | None) -> str:
    from akegraph.graph.iris import shorten_iri

    if term is None:
        return ""
    return printable(shorten_iri(term.value) if term.kind == "iri" else term.value)


def _shorten(text: str, column: str) -> str:
    """Leave out what only SPARQL needs: ``akev:path/1`` is 1 in the column of paths, and else ``path/1``."""
    return _OURS.sub("", text).removeprefix(f"{column}/")


def _find_numbers(table: Readable) -> frozenset[int]:
    """Find the columns that hold numbers only."""
    columns = enumerate(zip(*table.cells, strict=True))
    return frozenset(
        number for number, cells in columns if any(cells) and all(not cell or _NUMBER.fullmatch(cell) for cell in cells)
    )


def _fits(table: Readable, width: int) -> bool:
    """Tell whether every column has room for its words, and for its texts to be read."""
    needed = 1
    for number, heading in enumerate(table.headings):
        cells = [row[number] for row in table.cells]
        words = (len(word) for text in (heading, *cells) for word in text.split())
        room = min(max(words, default=0), _LONG)
        if any(len(cell) > _LONG for cell in cells):
            room = max(room, _TEXT_WIDTH)
        needed += room + _PADDING
    return needed <= width


def _echo(table: Readable) -> None:
    echo_table(table.headings, table.cells, numbers=_find_numbers(table))


def _echo_shared(table: Readable, width: int) -> Readable:
    """Print what all rows have in common, once; return the other columns."""
    shared = [number for number in range(len(table.headings)) if len({row[number] for row in table.cells}) == 1]
    _echo_heads(table.keep(shared), width)
    return table.keep([number for number in range(len(table.headings)) if number not in shared])


def _echo_heads(table: Readable, width: int) -> None:
    """Print the first row as lines."""
    for heading, cell in zip(table.headings, table.cells[0], strict=True):
        click.echo(textwrap.fill(f"{heading}: {cell or '–'}", width, subsequent_indent="  "))


def _echo_sections(table: Readable, count: int, width: int) -> None:
    """Print a table for each run of rows that agree in the first columns, so many as are said above it."""
    columns = range(len(table.headings))
    for head, rows in groupby(table.cells, key=lambda row: row[:count]):
        _echo_heads(Readable(table.headings[:count], (head,)), width)
        _echo(Readable(table.headings, tuple(rows)).keep(columns[count:]))


def _echo_lists(table: Readable, width: int) -> None:
    """Print each row as a list of what it has; what it has not is not there."""
    indent = max(map(len, table.headings)) + _GAP
    for number, row in enumerate(table.cells, 1):
        click.echo(f"── {number} ".ljust(width, "─"))
        for heading, cell in zip(table.headings, row, strict=True):
            if cell:
                lines = textwrap.wrap(cell, max(width - indent, _TEXT_WIDTH)) or [""]
                click.echo(f"{heading:<{indent}}{lines[0]}")
                for line in lines[1:]:
                    click.echo(" " * indent + line)
