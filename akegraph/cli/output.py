"""How answers are shown and written: options that several commands share, tables, files."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

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


def echo_words(text: str) -> None:
    """Say something beside an answer, on standard error; whole words to a line where that is a terminal."""
    lines = textwrap.wrap(text, shutil.get_terminal_size().columns) if sys.stderr.isatty() else [text]
    click.echo("\n".join(lines), err=True)


def echo_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    stream: TextIO | None = None,
    *,
    numbers: Collection[int] = (),
) -> None:
    """Print a table: fitted to the terminal, or unwrapped where the output is read by a program.

    :param stream: where to; by default standard output
    :param numbers: the columns, counted from 0, that stand to the right
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", justify="right" if place in numbers else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    stream = stream or sys.stdout
    Console(file=stream, width=None if stream.isatty() else 10_000, highlight=False).print(table)


def format_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[int] = ()) -> bytes:
    """Return a table as unwrapped text, for a file."""
    stream = StringIO()
    echo_table(columns, rows, stream, numbers=numbers)
    return stream.getvalue().encode()


def write_output(target: str, content: bytes, *, force: bool) -> str:
    """Write to a file, or to standard output for ``-``; return what was done, in words.

    :raises FileExistsRefusedError: if the file is there, differs and ``force`` is not set
    """
    if target == "-":
        echo_bytes(content)
        return "written to standard output"
    return f"{target}: {'written' if write_file(Path(target), content, force=force) else 'unchanged'}"


def printable(text: str) -> str:
    """Replace what would command a terminal (control and direction characters) by a visible mark."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t" else c for c in text)
