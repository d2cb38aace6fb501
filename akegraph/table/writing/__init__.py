"""A plan's table as a document again: one module per format, each importing its library only when it writes.

The same input gives the same bytes on every run: archives carry a fixed time, documents no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Literal, get_args

from akegraph.table.writing.printout import Printout

Format = Literal["xlsx", "docx", "html", "csv", "markdown"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: Mapping[Format, str] = {
    "xlsx": ".xlsx", "docx": ".docx", "html": ".html", "csv": ".csv", "markdown": ".md",
}  # fmt: skip


def write_table(printout: Printout, kind: Format) -> bytes:
    """Write a table in one of the formats.

    :raises OutputError: if a text is longer than the format can hold
    """
    module = import_module(f"akegraph.table.writing.{kind}")
    writer: Callable[[Printout], bytes] = getattr(module, f"write_{kind}")
    return writer(printout)
