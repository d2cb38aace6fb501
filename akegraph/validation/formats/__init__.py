"""A report in every form somebody reads it in: people, programs, spreadsheets, and other people's pipelines.

A format is a module with one function from a report to text; :data:`FORMATS` is the list of them. All are
deterministic: the same findings give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from akegraph.settings import Language
from akegraph.validation.findings import Finding, Severity, ValidationReport
from akegraph.validation.formats.csv import report_csv
from akegraph.validation.formats.github import report_github
from akegraph.validation.formats.html import report_html
from akegraph.validation.formats.json import dump_json, report_json
from akegraph.validation.formats.junit import report_junit
from akegraph.validation.formats.sarif import report_sarif
from akegraph.validation.formats.text import report_text
from akegraph.validation.formats.turtle import report_turtle
from akegraph.validation.messages import clip

__all__ = [
    "FORMATS",
    "Options",
    "report_csv",
    "report_github",
    "report_html",
    "report_json",
    "report_junit",
    "report_sarif",
    "report_text",
    "report_turtle",
    "write_report",
]


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is to be written.

    :param language: of messages and of the words around them
    :param matrix: show the matrix of cells where the format shows it only when asked
    :param fail_on: the mildest severity that counts as a failure
    """

    language: Language
    matrix: bool = False
    fail_on: Severity = Severity.VIOLATION


FORMATS: Mapping[str, Callable[[ValidationReport, Options], str]] = {
    "text": lambda report, options: report_text(report, options.language, matrix=options.matrix),
    "json": lambda report, options: dump_json(report_json(report, options.language)),
    "turtle": lambda report, options: report_turtle(report),
    "html": lambda report, options: report_html(report, options.language),
    "csv": lambda report, options: report_csv(report, options.language),
    "sarif": lambda report, options: dump_json(report_sarif(report, options.language)),
    "junit": lambda report, options: report_junit(report, options.language, options.fail_on),
    "github": lambda report, options: report_github(report, options.language),
}
"""The formats by name."""


def write_report(report: ValidationReport, format_: str, options: Options) -> bytes:
    """Write a report in one of :data:`FORMATS` as UTF-8."""
    # A lone surrogate, as a JSON escape can bring in, has no UTF-8.
    return FORMATS[format_](_clipped(report), options).encode("utf-8", "replace")


def _clipped(report: ValidationReport) -> ValidationReport:
    """Return the report without texts that nobody reads to their end, such as a number of a billion digits."""
    return replace(report, findings=tuple(_clipped_finding(finding) for finding in report.findings))


def _clipped_finding(finding: Finding) -> Finding:
    return replace(
        finding,
        label=clip(finding.label),
        path=finding.path and clip(finding.path),
        value_label=finding.value_label and clip(finding.value_label),
        message=clip(finding.message),
        messages={language: clip(text) for language, text in finding.messages.items()},
        details=tuple(_clipped_finding(detail) for detail in finding.details),
    )
