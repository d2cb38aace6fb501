"""The table as Markdown with pipes (GitHub Flavored Markdown, section 4.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from akegraph.table.model import Column
from akegraph.table.writing.printout import Printout

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&$#])")


def write_markdown(printout: Printout) -> bytes:
    """Write title, source and table; what Markdown would read as markup is escaped."""
    table = printout.table
    lines = [f"# {_escape(printout.plan.title)}", ""]
    if printout.notice:
        lines += [f"**{_escape(printout.notice)}**", ""]
    lines += [line for note in printout.notes for line in (_escape(note), "")]
    lines += [_line(table.headings[column] for column in Column), "|" + " --- |" * len(Column)]
    lines += [_line(row.text(column) for column in Column) for row in table.rows]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
