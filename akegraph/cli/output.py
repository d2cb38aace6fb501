"""How answers are shown and written: options that several commands share, tables, files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from akegraph.errors import SourceError
from akegraph.files import write_file

force_option = click.option("--force", is_flag=True, help="Replace a file that is there already.")

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["fi", "sv", "en"]),
    default=None,
    help="Language (default: settings, fi).",
)


def read_input(file: str) -> bytes:
    """Read a file, or standard input for ``-``.

    :raises SourceError: if it cannot be read
    """
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=file) from error


def echo_bytes(body: bytes) -> None:
    """Write an answer to standard output as it is, ending with one line end."""
    stream = sys.stdout.buffer
    stream.write(body if body.endswith(b"\n") else body + b"\n")
    stream.flush()


def echo_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: fitted to the terminal, or unwrapped where the output is read by a program."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 10_000, highlight=False)
    console.print(table)


def write_output(target: str, content: bytes, *, force: bool) -> str:
    """Write to a file, or to standard output for ``-``; return what was done, in words.

    :raises FileExistsRefusedError: if the file is there, differs and ``force`` is not set
    """
    if target == "-":
        echo_bytes(content)
        return "written to standard output"
    return f"{target}: {'written' if write_file(Path(target), content, force=force) else 'unchanged'}"


def shorten_iri(value: str, prefixes: dict[str, str]) -> str:
    """Write an IRI with a prefix where one fits, for people to read."""
    fits = [(prefix, space) for prefix, space in prefixes.items() if value.startswith(space)]
    if not fits:
        return value
    prefix, space = max(fits, key=lambda fit: len(fit[1]))
    return f"{prefix}:{value[len(space) :]}"


def shorten_terms(row: Any, variables: Sequence[str], prefixes: dict[str, str]) -> list[str]:
    """Turn one solution into the cells of a table; an unbound variable is an empty cell."""
    return [
        ""
        if (term := row.get(name)) is None
        else shorten_iri(term.value, prefixes)
        if term.kind == "iri"
        else term.value
        for name in variables
    ]
