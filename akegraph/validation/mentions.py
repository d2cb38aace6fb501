"""Where things stand in files: the line of a node in a file of RDF, the line of a row in ``rows.csv``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from akegraph.graph.iris import BASE
from akegraph.validation.findings import Finding, Place, ValidationReport
from akegraph.validation.naming import find_named_owner
from akegraph.validation.wording import shorten

# What can be the name of a node in any form of RDF: an IRI in brackets or quotes, or a name with a prefix.
_NAME = re.compile(r"""<([^<>"\s]*)>|"([^"\s]+)"|'([^'\s]+)'|([\w.-]*:[\w.%~/#-]*[\w%~/#-]|[\w.-]*:)""")

RowLines = Mapping[tuple[str, int], tuple[str, int | None]]
"""File and line of a row, by the IRI of its document and its number."""
SheetCells = Mapping[tuple[str, int, str], str]
"""The cell of the spreadsheet that a cell was read from, by document, row and column."""


_NONE: Mapping[Any, Any] = MappingProxyType({})


class Mentions:
    """Finds the line on which a file first mentions a node, preferring a line that begins with it.

    :param file: the file's name as the user gave it
    :param text: what it holds
    :param prefixes: what its prefixes stand for
    """

    def __init__(self, file: str, text: str, prefixes: Mapping[str, str]) -> None:
        self.file = file
        self._text = text
        self.prefixes = prefixes
        self._lines: tuple[dict[str, int], dict[str, int]] | None = None

    def find(self, node: Node) -> tuple[int, bool] | None:
        """Return the line, and whether it begins with the node as the description of one does."""
        if not isinstance(node, URIRef):
            return None
        if self._lines is None:
            self._lines = self._index()
        for lines, begins in zip(self._lines, (True, False), strict=True):
            found = [lines[spelling] for spelling in self._spellings(str(node)) if spelling in lines]
            if found:
                return min(found), begins
        return None

    def _index(self) -> tuple[dict[str, int], dict[str, int]]:
        """List the names of the file with the line where they first stand, those that begin a line apart."""
        first: dict[str, int] = {}
        anywhere: dict[str, int] = {}
        for number, line in enumerate(self._text.split("\n"), start=1):
            for match in _NAME.finditer(line):
                name = next(group for group in match.groups() if group is not None)
                anywhere.setdefault(name, number)
                if match.start() == 0 or line[: match.start()].rstrip().endswith(("about=", '"@id":', "ID=")):
                    first.setdefault(name, number)
        return first, anywhere

    def _spellings(self, iri: str) -> list[str]:
        names = [iri]
        names += [iri.removeprefix(BASE)] if iri.startswith(BASE) else []
        for prefix, namespace in self.prefixes.items():
            if namespace and iri.startswith(namespace):
                names.append(f"{prefix}:{iri.removeprefix(namespace)}")
        return names


def prefixes_of(files: Iterable[Mentions]) -> dict[str, str]:
    """Return what the prefixes of files stand for; the first file decides."""
    return {prefix: space for mentions in reversed(list(files)) for prefix, space in mentions.prefixes.items()}


def locate(
    report: ValidationReport,
    graph: Graph,
    files: Sequence[Mentions] = (),
    rows: RowLines = _NONE,
    homes: Mapping[Node, str] = _NONE,
    cells: SheetCells = _NONE,
) -> ValidationReport:
    """Return the report with the file, line and spreadsheet cell of every place, sorted again.

    :param graph: what was validated; not changed
    :param files: files of RDF that were read
    :param rows: where the rows of plans stand
    :param homes: the file that tells of a node that stands in no row, such as ``plan.toml`` of a plan
    :param cells: where the cells of plans stand in a spreadsheet
    """
    prefixes = prefixes_of(files)
    findings = [
        replace(
            finding,
            label=_shorten(finding.focus, finding.label, prefixes) or finding.label,
            value_label=_shorten(finding.value, finding.value_label, prefixes),
            places=tuple(_in_sheet(place, cells) for place in _locate(finding, graph, files, rows, homes)),
        )
        for finding in report.findings
    ]
    findings.sort(key=lambda finding: finding.order)
    return replace(report, findings=tuple(findings))


def _shorten(node: Node | None, label: str | None, prefixes: Mapping[str, str]) -> str | None:
    """Shorten the IRIs in the label of what has no name of its own by the prefixes of the files."""
    nameless = isinstance(node, BNode) or (isinstance(node, URIRef) and label == str(node))
    return shorten(label, prefixes) if label is not None and nameless else label


def _locate(
    finding: Finding, graph: Graph, files: Sequence[Mentions], rows: RowLines, homes: Mapping[Node, str]
) -> Iterable[Place]:
    if not finding.places:
        where = _mention(finding.focus, graph, files) or (
            (homes[finding.focus], None) if finding.focus in homes else None
        )
        yield from [Place(file=where[0], line=where[1])] if where else ()
        return
    for place in finding.places:
        file, line = rows.get((place.document or "", place.row or 0), (None, None))
        if file is None and files:
            node = URIRef(place.record) if place.record is not None else finding.focus
            file, line = _mention(node, graph, files) or _mention(finding.focus, graph, files) or (None, None)
        yield replace(place, file=file, line=line)


def _in_sheet(place: Place, cells: SheetCells) -> Place:
    """Return the place with its cell in the spreadsheet, where the plan came in one."""
    found = cells.get((place.document or "", place.row or 0, place.column or ""))
    return replace(place, cell=found) if found else place


def _mention(node: Node, graph: Graph, files: Sequence[Mentions]) -> tuple[str, int] | None:
    """Find a node in the files; of one without a name, what it belongs to."""
    owner = find_named_owner(graph, node)
    found = [(mentions.file, *where) for mentions in files if owner is not None and (where := mentions.find(owner))]
    best = min(found, key=lambda where: not where[2], default=None)
    return best[:2] if best is not None else None


def find_row_lines(text: str, ids: Iterable[str]) -> dict[str, int]:
    """Find the line on which each row of a ``rows.csv`` begins, by the row's id."""
    wanted = set(ids)
    lines: dict[str, int] = {}
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for fields in reader:
            for field in fields:
                if field in wanted and field not in lines:
                    lines[field] = before + 1
                    break
            before = reader.line_num
    except csv.Error:  # the table itself was read, so this is a spelling that only costs the line
        return lines
    return lines
