"""A report as JUnit XML: one test case for each rule and plan, so that what is fine is counted, too.

A rule fails where it found something new at or above the threshold; milder findings stand in the case's output. A rule
that had nothing to look at is skipped, not passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from akegraph.settings import Language
from akegraph.validation.findings import Finding, Severity, ValidationReport
from akegraph.validation.formats.arranging import Homes
from akegraph.validation.formats.lines import tame
from akegraph.validation.formats.rules import list_rules
from akegraph.validation.formats.words import Words, fold_places
from akegraph.validation.shapes import Rule

# Characters that XML 1.0 cannot hold.
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_junit(report: ValidationReport, language: Language, fail_on: Severity) -> str:
    """Write a report as JUnit XML.

    :param fail_on: the mildest severity that is a failure
    """
    words = Words(language)
    rules = list_rules(report)
    names = [table.label or words["plan"] for table in report.tables] or ["akegraph"]
    found: list[dict[str, list[Finding]]] = [{} for _ in names]
    homes = Homes(report.tables)
    for finding in report.findings:
        for home in homes.find(finding) or range(len(names)):
            found[home].setdefault(finding.code, []).append(finding)
    root = ET.Element("testsuites", name="akegraph validate")
    for name, findings in zip(names, found, strict=True):
        _suite(root, _clean(name), rules, findings, report, words, fail_on)
    for count in ("tests", "failures", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(
    root: ET.Element,
    name: str,
    rules: dict[str, Rule | None],
    findings: dict[str, list[Finding]],
    report: ValidationReport,
    words: Words,
    fail_on: Severity,
) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    idle = {rule.code for rule in report.idle}
    for code, rule in rules.items():
        label = rule.name(words.language) if rule is not None else None
        case = ET.SubElement(suite, "testcase", classname=name, name=_clean(f"{code} {label}" if label else code))
        failing = [one for one in findings.get(code, []) if one.severity >= fail_on and not one.known]
        mild = [one for one in findings.get(code, []) if one not in failing]
        if failing:
            message = report.message(failing[0], words.language)
            failure = ET.SubElement(case, "failure", type=failing[0].severity.word, message=_clean(message))
            failure.text = _clean("\n".join(_lines(failing, report, words)))
        elif code in idle:
            ET.SubElement(case, "skipped", message=_clean(words["idle"]))
        if mild:
            ET.SubElement(case, "system-out").text = _clean("\n".join(_lines(mild, report, words)))
    for count, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        suite.set(count, str(sum(1 for _ in suite.iter(tag))))


def _lines(findings: Sequence[Finding], report: ValidationReport, words: Words) -> list[str]:
    return [
        f"{words.severity(one.severity)}: {fold_places(one.places, words.language) or one.label}: "
        f"{report.message(one, words.language)}"
        for one in findings
    ]


def _clean(text: str) -> str:
    return tame(_ILLEGAL.sub("\ufffd", text))
