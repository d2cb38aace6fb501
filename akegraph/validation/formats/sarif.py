"""A report as SARIF 2.1.0, which code hosts and editors read.

The rules carry their help; a result is at the line of the file that was validated, and its logical location is the
cell. Fingerprints are made as the keys of a baseline, so a result stays the same when rows move.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from rdflib import BNode

from akegraph import __version__
from akegraph.graph.iris import BASE
from akegraph.settings import Language
from akegraph.validation.baseline import key_of
from akegraph.validation.findings import Finding, Place, Severity, ValidationReport
from akegraph.validation.formats.physical import file_uri, physical_places
from akegraph.validation.formats.rules import list_rules
from akegraph.validation.formats.words import Words, fold_places
from akegraph.validation.messages import clip
from akegraph.validation.shapes import Rule

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report_sarif(report: ValidationReport, language: Language) -> dict[str, Any]:
    """Return a report as values of a SARIF log with one run."""
    rules = list_rules(report)
    places = {code: number for number, code in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        digest = key_of(finding).digest
        seen[digest] += 1
        results.append(_result(report, finding, language, places[finding.code], f"{digest}:{seen[digest]}"))
    driver = {
        "name": "akegraph",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": BASE,
        "language": language,
        "rules": [_rule(code, rule, language) for code, rule in rules.items()],
    }
    run = {"tool": {"driver": driver}, "language": language, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, rule: Rule | None, language: Language) -> dict[str, Any]:
    """Describe a rule; of one that is only known from a report there is nothing but its code."""
    if rule is None:
        return {"id": code}
    message, name, description = rule.message(language), rule.name(language), rule.description(language)
    values: dict[str, Any] = {"id": code, "defaultConfiguration": {"level": _LEVELS[rule.severity]}}
    if name or message:
        values["shortDescription"] = {"text": name or message}
    if description or message:
        values["fullDescription"] = {"text": description or message}
    parts = [part for part in (message, description, *rule.reason_in(language)) if part]
    if parts:
        values["help"] = {"text": "\n\n".join(dict.fromkeys(parts))}
    if link := next((link for link in rule.see_also if link.startswith(("http://", "https://"))), None):
        values["helpUri"] = link
    return values


def _result(
    report: ValidationReport, finding: Finding, language: Language, rule: int, fingerprint: str
) -> dict[str, Any]:
    where = fold_places(finding.places, language) or finding.label
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{where}: {report.message(finding, language)}"},
        "partialFingerprints": {"akegraphFinding/v1": fingerprint},
    }
    # SARIF tells new from known only where something was compared.
    if any(one.known for one in report.findings):
        result["baselineState"] = "unchanged" if finding.known else "new"
    locations = [_location(finding, place, language) for place in physical_places(finding.places)]
    locations = locations or [_location(finding, place, language) for place in finding.places[:1] or (Place(),)]
    result["locations"] = locations[:1]
    if locations[1:]:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(locations[1:], start=1)]
    return result


def _location(finding: Finding, place: Place, language: Language) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place.file is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": file_uri(place.file)}}
        if place.line is not None:
            location["physicalLocation"]["region"] = {"startLine": place.line}
    words = Words(language)
    named = place.heading or place.column or finding.label
    qualified = fold_places([place], language) if place.row is not None or place.page is not None else ""
    focus = finding.label if isinstance(finding.focus, BNode) else clip(str(finding.focus))
    logical: dict[str, Any] = {"name": named, "fullyQualifiedName": qualified or focus, "kind": "element"}
    if place.cell is not None:
        logical["properties"] = {"cell": place.cell}
    location["logicalLocations"] = [logical]
    if place.text is not None:
        location["message"] = {"text": f"«{place.text}»"}
    elif place.heading is not None:
        location["message"] = {"text": words["empty"]}
    return location
