"""Findings of validation as values for pages: words in the reader's language, places, what they concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akegraph.validation.findings import Severity
from akegraph.web.texts import Label, Texts

if TYPE_CHECKING:
    from akegraph.validation.findings import Finding, Place, ValidationReport


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as a reader meets it; ``anchor`` names it on the page of its focus."""

    code: str
    severity: str
    anchor: str
    message: str
    focus: str
    label: Label
    places: tuple[Place, ...]
    activities: tuple[tuple[str, str, int | None], ...]
    shared: bool


def find_gaps(report: ValidationReport) -> list[Finding]:
    """Return what is wrong or missing in a plan; what could be added besides (``sh:Info``) is no gap."""
    return [finding for finding in report.findings if finding.severity >= Severity.WARNING]


def make_findings(report: ValidationReport, names: Mapping[str, Label], texts: Texts) -> tuple[FindingView, ...]:
    """Turn the gaps of a report into words, the gravest first, else in the report's order."""
    ordered = sorted(find_gaps(report), key=lambda finding: -finding.severity)
    return tuple(_view(report, finding, names, texts) for finding in ordered)


def find_findings(
    reports: Mapping[str, ValidationReport], resource: str, names: Mapping[str, Label], texts: Texts
) -> tuple[FindingView, ...]:
    """Return the findings about a resource, then those about what it shares with others."""
    own: dict[tuple[str, str], FindingView] = {}
    near: dict[tuple[str, str], FindingView] = {}
    for report in reports.values():
        for view in make_findings(report, names, texts):
            key = view.code, view.focus
            if view.focus == resource or any(place.record == resource for place in view.places):
                own.setdefault(key, view)
            elif any(activity == resource for activity, _, _ in view.activities):
                near.setdefault(key, view)
    others = [view for key, view in near.items() if key not in own]
    return (*own.values(), *sorted(others, key=lambda view: view.shared))


def _view(report: ValidationReport, finding: Finding, names: Mapping[str, Label], texts: Texts) -> FindingView:
    focus = str(finding.focus)
    return FindingView(
        code=finding.code,
        severity=finding.severity.word,
        anchor=f"finding-{finding.code}",
        message=report.message(finding, texts.language),
        focus=focus,
        label=names.get(focus) or Label(finding.label),
        places=finding.places,
        activities=tuple((row.activity, row.label, row.place.row) for row in finding.activities),
        shared=finding.shared,
    )
