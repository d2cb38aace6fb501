"""Baselines: what makes a finding the same, what a baseline may hold, and files that are none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import BNode, Literal, URIRef
from test_validation import activity, remove, small_plan, validate

from akegraph.errors import SourceError
from akegraph.graph.iris import AKE_NS, mint_resource
from akegraph.validation import Severity, ValidationReport
from akegraph.validation.baseline import (
    Baseline,
    count_gone,
    key_of,
    make_baseline,
    mark_known,
    read_baseline,
    write_baseline,
)


def known(report: ValidationReport) -> list[bool]:
    return [finding.known for finding in report.findings]


def test_what_was_known_fails_no_more() -> None:
    before = validate(small_plan())
    plan = small_plan()
    remove(plan, activity(2), "onPath")
    after = mark_known(validate(plan), make_baseline(before.findings))
    assert [finding.code for finding in after.findings if not finding.known] == ["AKE-102"]
    assert after.fails(Severity.VIOLATION)
    assert not mark_known(before, make_baseline(before.findings)).fails(Severity.INFO)
    # What SHACL means by conforming is another matter.
    assert not mark_known(before, make_baseline(before.findings)).conforms()


def test_rows_may_move() -> None:
    before = validate(small_plan())
    plan = small_plan()
    for cell in ("task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation", "participation"):
        record = mint_resource("record", f"rivi0001-{cell}")
        plan.set((record, AKE_NS.rowNumber, Literal(9)))
        plan.set((record, AKE_NS.pageNumber, Literal(7)))
    after = validate(plan)
    assert after.findings[0].places != before.findings[0].places
    assert all(known(mark_known(after, make_baseline(before.findings))))


def test_findings_that_are_alike_are_counted() -> None:
    finding = replace(validate(small_plan()).findings[0], focus=BNode(), value=BNode())
    twice = [finding, replace(finding, focus=BNode(), value=BNode())]
    report = ValidationReport((*twice, replace(finding, focus=BNode())), validate(small_plan()).shapes, small_plan())
    assert known(mark_known(report, make_baseline(twice))) == [True, True, False]
    assert count_gone(replace(report, findings=(finding,)), make_baseline(twice)) == 1


def test_every_part_of_the_key_counts() -> None:
    finding = validate(small_plan()).findings[0]
    others = [
        replace(finding, code="AKE-999"),
        replace(finding, focus=activity(1)),
        replace(finding, component=AKE_NS.other),
        replace(finding, path="ake:other"),
        replace(finding, value=Literal("x", lang="fi")),
        replace(finding, value=Literal("x", lang="sv")),
    ]
    assert len({key_of(one) for one in (finding, *others)}) == 7
    assert len({key_of(one).digest for one in (finding, *others)}) == 7
    assert key_of(replace(finding, label="toinen", message="toinen", places=())) == key_of(finding)


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    baseline = make_baseline(validate(small_plan()).findings * 2)
    path = tmp_path / "known.json"
    path.write_bytes(write_baseline(baseline))
    assert dict(read_baseline(path).counts) == dict(baseline.counts)
    assert read_baseline(path).size == 4
    assert write_baseline(read_baseline(path)) == path.read_bytes()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert lines[1:3] == sorted(lines[1:3])
    path.write_bytes(write_baseline(Baseline({})))
    assert read_baseline(path).size == 0


GOOD = {"code": "AKE-1", "focus": "<a>", "component": "c", "path": "", "value": "", "severity": "info", "count": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ("{", "line 1"),
        ("[]", "is no baseline"),
        ("[" * 100_000, "is no baseline"),
        ('{"akegraph-baseline": 2, "findings": []}', "is no baseline"),
        ('{"akegraph-baseline": 1}', "'findings'"),
        (json.dumps({"akegraph-baseline": 1, "findings": ["x"]}), "finding 1"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD, GOOD | {"count": 0}]}), "finding 2"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD | {"count": True}]}), "finding 1"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD | {"value": None}]}), "finding 1"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD | {"more": "x"}]}), "finding 1"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD | {"severity": "grave"}]}), "finding 1"),
        (json.dumps({"akegraph-baseline": 1, "findings": [GOOD | {"severity": 3}]}), "finding 1"),
        ("\ud800", "is no baseline"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(SourceError, match=says) as caught:
        read_baseline(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.json: cannot be read"):
        read_baseline(tmp_path / "none.json")


def test_a_finding_that_has_become_graver_is_new() -> None:
    report = validate(small_plan())
    mild = replace(report.findings[0], severity=Severity.INFO)
    grave = replace(mild, severity=Severity.VIOLATION)
    assert known(mark_known(replace(report, findings=(grave,)), make_baseline([mild]))) == [False]
    assert known(mark_known(replace(report, findings=(mild,)), make_baseline([grave]))) == [True]
    # The graver one takes the place that only it can take.
    assert known(mark_known(replace(report, findings=(mild, grave)), make_baseline([mild, grave]))) == [True, True]
    assert known(mark_known(replace(report, findings=(mild, grave)), make_baseline([grave]))) == [False, True]
    assert count_gone(replace(report, findings=(mild,)), make_baseline([grave])) == 0


def test_a_shape_without_a_code_is_known_by_its_iri() -> None:
    finding = replace(validate(small_plan()).findings[0], code="PersonShape")
    one = replace(finding, shape=URIRef("http://a.example/PersonShape"))
    other = replace(finding, shape=URIRef("http://b.example/PersonShape"))
    assert key_of(one) != key_of(other)
    assert key_of(replace(one, code="X-1")) == key_of(replace(other, code="X-1"))
