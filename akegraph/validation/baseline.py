"""What was found before and is known: with a baseline only new findings fail.

A finding is the same as long as its code, focus node, constraint component, path and value are the same, so a plan's
rows can move; one that has become graver is new. Findings that are alike are counted. A baseline may shrink; that it
grows has to be said.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from akegraph.errors import SourceError
from akegraph.validation.findings import Finding, Severity, ValidationReport
from akegraph.validation.messages import MOST
from akegraph.validation.naming import local_name

_VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class FindingKey:
    """What makes a finding the same finding on another day."""

    code: str
    focus: str
    component: str
    path: str
    value: str

    @property
    def digest(self) -> str:
        """A short name of the key, the same on every machine."""
        return hashlib.sha256("\x1f".join(astuple(self)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that are known, by key and severity, each with how many there may be."""

    counts: Mapping[tuple[FindingKey, Severity], int]

    @property
    def size(self) -> int:
        """How many findings are known."""
        return sum(self.counts.values())


def key_of(finding: Finding) -> FindingKey:
    """Return what a finding is known by. A blank node has no name that lasts, so all of them count as one.

    A shape without a code of its own is known by its IRI: its local name may be another's, too.
    """
    named = isinstance(finding.shape, URIRef) and finding.code == local_name(finding.shape)
    code = str(finding.shape) if named else finding.code
    return FindingKey(code, _text(finding.focus), str(finding.component), finding.path or "", _text(finding.value))


def make_baseline(findings: Iterable[Finding]) -> Baseline:
    """Make the baseline that knows exactly these findings."""
    return Baseline(Counter((key_of(finding), finding.severity) for finding in findings))


def mark_known(report: ValidationReport, baseline: Baseline) -> ValidationReport:
    """Return the report with every finding that the baseline knows marked so, as often as it knows it."""
    left = Counter(baseline.counts)
    known: set[int] = set()
    # The gravest first, so that a mild finding takes no place that a graver one needs.
    for number, finding in sorted(enumerate(report.findings), key=lambda one: -one[1].severity):
        key = key_of(finding)
        fitting = [one for one in reversed(Severity) if one >= finding.severity and left[key, one] > 0]
        if fitting:
            left[key, fitting[0]] -= 1
            known.add(number)
    findings = (replace(finding, known=number in known) for number, finding in enumerate(report.findings))
    return replace(report, findings=tuple(findings))


def count_gone(report: ValidationReport, baseline: Baseline) -> int:
    """Count the findings of a baseline that are no longer there."""
    before: Counter[FindingKey] = Counter()
    for (key, _), count in baseline.counts.items():
        before[key] += count
    return (before - Counter(key_of(finding) for finding in report.findings)).total()


def write_baseline(baseline: Baseline) -> bytes:
    """Write a baseline as JSON, sorted, one finding a line, so that a difference shows what changed."""
    lines = [
        json.dumps({**_values(key), "severity": severity.word, "count": count}, ensure_ascii=False)
        for (key, severity), count in sorted(baseline.counts.items())
        if count > 0
    ]
    body = ",\n".join(f"  {line}" for line in lines)
    return f'{{"akegraph-baseline": {_VERSION}, "findings": [\n{body}\n]}}\n'.encode()


def read_baseline(path: Path) -> Baseline:
    """Read what :func:`write_baseline` wrote.

    :raises SourceError: if the file cannot be read or is no baseline
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"is no baseline: {error}", file=str(path)) from error
    except json.JSONDecodeError as error:
        raise SourceError(f"is no baseline: line {error.lineno}: {error.msg}", file=str(path)) from error
    if not isinstance(content, dict) or content.get("akegraph-baseline") != _VERSION:
        what = f"is no baseline; 'akegraph validate --baseline {path.name} --write-baseline' writes one"
        raise SourceError(what, file=str(path))
    findings = content.get("findings")
    if not isinstance(findings, list):
        raise SourceError("is no baseline: 'findings' is not a list", file=str(path))
    counts: Counter[tuple[FindingKey, Severity]] = Counter()
    for number, entry in enumerate(findings, start=1):
        counts[_read_key(entry, number, path), Severity[entry["severity"].upper()]] += entry["count"]
    return Baseline(counts)


def _read_key(entry: Any, number: int, path: Path) -> FindingKey:
    names = [known.name for known in fields(FindingKey)]
    if (
        not isinstance(entry, dict)
        or set(entry) != {*names, "severity", "count"}
        or not all(isinstance(entry[name], str) for name in (*names, "severity"))
        or entry["severity"] not in {severity.word for severity in Severity}
        or type(entry["count"]) is not int
        or entry["count"] < 1
    ):
        texts = ", ".join([*names, "severity"])
        what = f"finding {number} is not as a baseline has it: {texts} are texts, count is a number above 0"
        raise SourceError(what, file=str(path))
    return FindingKey(**{name: entry[name] for name in names})


def _values(key: FindingKey) -> dict[str, str]:
    return {known.name: getattr(key, known.name) for known in fields(key)}


def _text(node: Node | None) -> str:
    if node is None:
        return ""
    if isinstance(node, Literal) and len(node) > MOST:
        digest = hashlib.sha256(node.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return f"{node[:100]}…{digest}@{node.language or ''}^^{node.datatype or ''}"
    return "_:" if isinstance(node, BNode) else node.n3()
