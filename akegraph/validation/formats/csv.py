"""A report as CSV: one row for each finding and place, for spreadsheets and for sorting.

A spreadsheet takes a field that begins with ``=``, ``+``, ``-``, ``@`` (also a wide one, also after white space), a tab
or a carriage return for a formula, and the cells of a plan do begin so ("+ Toimialueen kirjastojen …"). Such a field
gets an apostrophe in front, and so does one that begins with an apostrophe itself: take one apostrophe off, and the
text is as it was. Numbers stay numbers. Characters that command a terminal or turn the direction of a text are replaced
by a mark.
"""

from __future__ import annotations

import csv
import io
import re

from rdflib import BNode

from akegraph.settings import Language
from akegraph.validation.baseline import key_of
from akegraph.validation.findings import Place, ValidationReport
from akegraph.validation.formats.lines import tame
from akegraph.validation.messages import clip

COLUMNS = (
    "code", "severity", "message", "activity", "about", "title", "page", "row", "column", "text", "cell", "file",
    "line", "value", "path", "focus", "shape", "component", "known", "key",
)  # fmt: skip
_RISKY = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212']|[\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def report_csv(report: ValidationReport, language: Language) -> str:
    """Write a report as CSV with the header :data:`COLUMNS`; a finding without a place has one row."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in report.findings:
        key = key_of(finding).digest
        for place in finding.places or (Place(),):
            activity = next((row.label for row in finding.activities if row.place.row == place.row), None)
            fields = {
                "code": finding.code,
                "severity": finding.severity.word,
                "message": report.message(finding, language),
                "activity": activity,
                "about": finding.label,
                "title": place.title,
                "page": place.page,
                "row": place.row,
                "column": place.heading,
                "text": place.text,
                "cell": place.cell,
                "file": place.file,
                "line": place.line,
                "value": finding.value_label,
                "path": finding.path,
                "focus": None if isinstance(finding.focus, BNode) else clip(str(finding.focus)),
                "shape": None if isinstance(finding.shape, BNode) else str(finding.shape),
                "component": str(finding.component),
                "known": "yes" if finding.known else "no",
                "key": key,
            }
            writer.writerow([defuse(fields[column]) for column in COLUMNS])
    return stream.getvalue()


def defuse(value: str | int | None) -> str:
    """Keep a spreadsheet from taking a text for a formula; see this module's first lines for the way back."""
    text = "" if value is None else tame(str(value))
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text
