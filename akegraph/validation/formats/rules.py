"""The rules that a report was made with, so that what was found fine can be told, too."""

from __future__ import annotations

from rdflib import DCTERMS, SH, BNode

from akegraph.validation.findings import ValidationReport
from akegraph.validation.shapes import Rule


def list_rules(report: ValidationReport) -> dict[str, Rule | None]:
    """List the rules of a report by code, sorted: those that have a code, and those that found something.

    Shapes without any code are listed as far as they are named and state something about a property.
    """
    graph = report.shapes.graph
    rules: dict[str, Rule | None] = {
        rule.code: rule for shape, rule in report.shapes.rules.items() if (shape, DCTERMS.identifier, None) in graph
    }
    if not rules:
        rules = {
            rule.code: rule
            for shape, rule in report.shapes.rules.items()
            if not isinstance(shape, BNode) and (shape, SH.path, None) in graph
        }
    for finding in report.findings:
        rules.setdefault(finding.code, report.rule(finding))
    return dict(sorted(rules.items()))
