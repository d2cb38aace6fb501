"""findings → fixes: which of the inputs can be mended safely, and which findings that would settle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from akegraph.errors import AkegraphError
from akegraph.graph.iris import BASE
from akegraph.graph.loading import RDF_FORMATS, is_url
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.validation import Finding, Shapes, ValidationReport
from akegraph.validation.fixing import Fix, find_fixes

_MENDED = (".ttl", ".nt", ".csv")


def find_input_fixes(inputs: Iterable[str], shapes: Shapes, knowledge: Knowledge) -> tuple[Fix, ...]:
    """Find the safe fixes for plans and files.

    :param inputs: names of built-in plans, plan folders or files; what is of a form that is never mended is passed over
    :raises SourceError, GraphSyntaxError: if one cannot be read
    """
    paths = []
    for name in inputs:
        if Path(name).suffix.lower() in _MENDED and Path(name).is_file():
            paths.append(Path(name))
        elif name != "-" and not is_url(name) and Path(name).suffix.lower() not in RDF_FORMATS:
            paths += [folder.path for folder in find_plans([name])]
    return tuple(fix for path in paths for fix in find_fixes(path, shapes, knowledge.schemes))


def mark_fixable(report: ValidationReport, inputs: Sequence[str], knowledge: Knowledge) -> ValidationReport:
    """Return the report with every finding marked that a safe fix of its file would settle."""
    if not any((rule := report.rule(finding)) and rule.fix for finding in report.findings):
        return report
    try:
        fixes = find_input_fixes(inputs, report.shapes, knowledge)
    except AkegraphError:
        # What cannot be mended by machine is reported all the same.
        return report
    settled = {(kind, *_spot(fix)) for fix in fixes for kind in fix.kinds}
    findings = tuple(replace(finding, fixable=_is_settled(finding, report, settled)) for finding in report.findings)
    return replace(report, findings=findings)


def _spot(fix: Fix) -> tuple[Path, str]:
    """Say what a fix is about: a line of ``rows.csv``, or a subject of Turtle."""
    about = str(fix.line) if fix.file.suffix.lower() == ".csv" else fix.where.rpartition(" ")[0]
    return fix.file.resolve(), about


def _is_settled(finding: Finding, report: ValidationReport, settled: set[tuple[str, Path, str]]) -> bool:
    rule = report.rule(finding)
    if rule is None:
        return False
    focus = str(finding.focus).removeprefix(BASE)
    return any(
        (rule.fix, Path(place.file).resolve(), about) in settled
        for place in finding.places
        if place.file is not None
        for about in (str(place.line), focus)
    )
