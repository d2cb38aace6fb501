"""A report as annotations for GitHub Actions: one workflow command for each cause, at the first line it stands on.

GitHub shows ten annotations of a kind for a step, so what has one cause is one annotation.
"""

from __future__ import annotations

from akegraph.settings import Language
from akegraph.validation.findings import Severity, ValidationReport
from akegraph.validation.formats.arranging import Entry, arrange
from akegraph.validation.formats.physical import physical_places
from akegraph.validation.formats.words import Words, fold_places

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def report_github(report: ValidationReport, language: Language) -> str:
    """Write a report as workflow commands; what the baseline knows is left out."""
    lines = [
        _command(entry, Words(language))
        for section in arrange(report, language, known=False)
        for group in section.groups
        for entry in group.entries
    ]
    return "".join(f"{line}\n" for line in lines)


def _command(entry: Entry, words: Words) -> str:
    where = next(iter(physical_places(entry.places)), None)
    name = entry.rule.name(words.language) if entry.rule is not None else None
    properties = {"title": f"{entry.code} {name}" if name else entry.code}
    if where is not None:
        properties = {"file": where.file or "", **({"line": str(where.line)} if where.line else {}), **properties}
    written = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    said = _escape(f"{_about(entry, words)}: {entry.message}")
    return f"::{_COMMANDS[entry.severity]} {written}::{said}"


def _about(entry: Entry, words: Words) -> str:
    """Say where it is, and of one thing what it is."""
    cells = [place for place in entry.places if place.page or place.row or place.heading]
    where = fold_places(cells, words.language, columns=entry.heading is not None)
    finding = entry.spots[0].finding
    label = finding.activities[0].label if len(finding.activities) == 1 else finding.label
    parts = [where] if len(entry.spots) > 1 else [where, label]
    return " – ".join(part for part in parts if part) or label


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
