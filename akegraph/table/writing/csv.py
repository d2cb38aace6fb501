"""The table as CSV, and what its columns mean as CSV on the Web (https://www.w3.org/TR/tabular-data-primer/).

Cells are written as they are, every field in quotes. The tasks and the evaluation always begin with ``+``, so the
usual cures against formulas (an apostrophe, a space or a tab before the text) would change two cells of every row and
come back as other words; they are not used. A spreadsheet that opens CSV may take such a cell for a formula: for
spreadsheets there is XLSX, where every cell is typed as text. :func:`find_risky_cells` names the cells that could do
more than look wrong.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping

from akegraph.table.model import Column, Table
from akegraph.table.writing.printout import Printout
from akegraph.table.writing.words import load_words

PLACES = ("id", "page", "row")
SYNTHETIC = "synthetic"
"""The column that says of every row that it is made up; only synthetic plans have it."""

_RISKY = re.compile(r"\s*(?:[=@-]|\+(?! ?\w))")
_PLACE_TITLES = {
    "id": {"fi": "id", "description": "The stable id of the row, the last part of its activity's IRI."},
    "page": {"fi": "page", "description": "The page of the source document on which the row begins."},
    "row": {"fi": "row", "description": "The number of the row in the source, counted from 1."},
    "continues": {"fi": "continues", "description": "The id of the row of an earlier plan that this one continues."},
    SYNTHETIC: {"fi": SYNTHETIC, "description": "The row is made up, for tests and measurements; nobody planned it."},
}


def write_csv(printout: Printout) -> bytes:
    """Write UTF-8 CSV with the columns ``id``, ``page``, ``row`` and the eight headings, all fields quoted."""
    table = printout.table
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([title for _, title in _columns(printout)])
    for row in table.rows:
        own = {"id": row.id, "page": row.page, "row": row.number, "continues": row.continues or "", SYNTHETIC: "true"}
        cells = {column.value: row.text(column) for column in Column}
        writer.writerow([({**own, **cells})[name] for name, _ in _columns(printout)])
    return stream.getvalue().encode()


def find_risky_cells(table: Table) -> list[tuple[int, str]]:
    """List the cells (row, column notation) that a spreadsheet opening CSV could take for a formula or a command.

    ``+ word`` is how the plans write lists and is not among them.
    """
    return [(row.number, column.value) for row in table.rows for column in Column if _RISKY.match(row.text(column))]


def write_csvw(
    printout: Printout, url: str, titles: Mapping[str, Mapping[str, str]], definitions: Mapping[str, str]
) -> bytes:
    """Describe a written CSV: its columns, their headings in three languages, what a row is, and its source.

    :param url: the name of the CSV beside the description
    :param titles: the columns' labels by notation and language
    :param definitions: what the columns hold, in the printout's language, by notation
    """
    plan, document = printout.plan, printout.document
    columns: list[dict[str, object]] = []
    for name, title in _columns(printout):
        if name in _PLACE_TITLES:
            about = _PLACE_TITLES[name]
            datatype = {"page": "integer", "row": "integer", SYNTHETIC: "boolean"}.get(name, "string")
            entry: dict[str, object] = {"name": name, "titles": title, "datatype": datatype}
            entry["dc:description"] = {"@value": about["description"], "@language": "en"}
            entry["required"] = name != "continues"
        else:
            others = {language: [text] for language, text in sorted(titles[name].items())}
            own = printout.heading_language
            others[own] = list(dict.fromkeys([title, *others.get(own, [])]))
            entry = {"name": name, "titles": others, "datatype": "string", "lang": printout.language_of(name)}
            entry["dc:description"] = {"@value": definitions[name], "@language": printout.language}
        columns.append(entry)
    described: dict[str, object] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": printout.language}],
        "url": url,
        "dc:title": {"@value": plan.title, "@language": plan.language},
        "dc:identifier": plan.id,
        "dc:source": list(printout.notes),
        "dc:temporal": f"{plan.start.isoformat()}/{plan.end.isoformat()}",
        "dc:rights": {"@value": document.rights, "@language": "en"},
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "tableSchema": {"columns": columns, "primaryKey": "id"},
    }
    if plan.synthetic:
        described["dc:description"] = [
            {"@value": around["synthetic"], "@language": language}
            for language, around in sorted(load_words("table").items())
        ]
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _columns(printout: Printout) -> list[tuple[str, str]]:
    """List the columns by name and heading."""
    follows = any(row.continues is not None for row in printout.table.rows)
    names = [*PLACES, *(["continues"] if follows else [])]
    cells = [(column.value, printout.table.headings[column]) for column in Column]
    marked = [(SYNTHETIC, SYNTHETIC)] if printout.plan.synthetic else []
    return [*((name, name) for name in names), *cells, *marked]
