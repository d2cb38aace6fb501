"""A report in every format: what is folded, what stays at its row, and that no format breaks on hostile text."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from test_validation import activity, parse, remove, row, shapes, small_plan, validate

from akegraph.cli.reports import FORMATS as NAMED_FORMATS
from akegraph.cli.reports import SEVERITIES
from akegraph.graph.iris import mint_resource
from akegraph.settings import LANGUAGES, Language
from akegraph.validation import Finding, Place, Severity, ValidationReport
from akegraph.validation.baseline import make_baseline, mark_known
from akegraph.validation.completeness import measure_plans
from akegraph.validation.formats import FORMATS, Options, write_report
from akegraph.validation.formats.arranging import MANY, GroupKind, arrange
from akegraph.validation.formats.csv import defuse
from akegraph.validation.formats.lines import tame
from akegraph.validation.mentions import locate

ROWS_FILE = "plans/koe, 2026/rows%.csv"
NASTY = "=HYPERLINK(\"x\")<script>alert('1')</script>&amp;\x1b[31m\u202e\x00%0A::error::\n]]>"
DOCUMENT = str(mint_resource("document", "koe"))


def located(graph: Graph) -> ValidationReport:
    """Validate a plan as if its rows stood in a file from line 2 on."""
    report = validate(graph)
    rows = {(DOCUMENT, number): (ROWS_FILE, number + 1) for number in range(1, 30)}
    report = locate(report, graph, (), rows, {mint_resource("plan", "koe-2026"): "plan.toml"})
    return replace(report, tables=measure_plans(graph, None, report.findings))


def spoiled_plan() -> Graph:
    """A plan with something wrong with the plan, with a row, with many rows and with what rows share."""
    graph = small_plan()
    graph += parse("".join(row(number, 4) for number in (6, 7, 8)))
    for number in (1, 2, 3, 5, 6):
        remove(graph, activity(number), "hasParticipationLevel")
    remove(graph, activity(7), "onPath")
    remove(graph, activity(8), "hasOutput")
    remove(graph, mint_resource("plan", "koe-2026"), "coversArea")
    graph.remove((mint_resource("output", "rivi0008"), None, None))
    graph.remove((mint_resource("outcome", "rivi0008"), None, None))
    graph.remove((mint_resource("record", "rivi0008-output"), None, None))
    return graph


@cache
def spoiled() -> ValidationReport:
    return located(spoiled_plan())


def write(report: ValidationReport, format_: str, language: Language = "fi", **options: Any) -> str:
    return write_report(report, format_, Options(language, **options)).decode()


def hostile() -> ValidationReport:
    """A report in which every text that comes from data is hostile."""
    first = spoiled().findings[0]
    place = Place(document="d", title=NASTY, page=1, row=2, column="x", heading=NASTY, text=NASTY, cell=NASTY)
    findings = [
        replace(
            first,
            code=NASTY,
            shape=URIRef("urn:x"),
            focus=Literal(NASTY),
            label=NASTY,
            path=NASTY,
            value=Literal(NASTY),
            value_label=NASTY,
            message=NASTY,
            places=places,
            details=(replace(first, message=NASTY, path=NASTY, shape=BNode(), code=NASTY),),
        )
        for places in ((place, replace(place, file=f"{NASTY}.csv", line=3)), ())
    ]
    return replace(spoiled(), findings=tuple(findings), unwatched=(NASTY,))


# What is folded


def test_a_finding_stays_at_its_row_and_a_cause_of_many_rows_is_told_once() -> None:
    (section,) = arrange(spoiled(), "fi")
    groups = {
        (group.kind, group.activity.label if group.activity else None): [
            (entry.code, entry.rows, len(entry.spots)) for entry in group.entries
        ]
        for group in section.groups
    }
    assert groups == {
        (GroupKind.PLAN, None): [("AKE-123", 0, 1)],
        (GroupKind.ROW, "Toimenpide 7"): [("AKE-102", 1, 1)],
        (GroupKind.ROW, "Toimenpide 8"): [("AKE-103", 1, 1)],
        (GroupKind.MANY, None): [("AKE-108", 5, 5), ("AKE-206", 7, 1), ("AKE-207", 7, 1)],
    }


def test_one_row_fewer_is_not_many() -> None:
    graph = small_plan()
    for number in (1, 2, 3, 5):
        remove(graph, activity(number), "hasParticipationLevel")
    assert MANY == 5
    (section,) = arrange(located(graph), "fi")
    rows = [group for group in section.groups if group.kind is GroupKind.ROW]
    assert [entry.code for group in rows for entry in group.entries] == ["AKE-108"] * 4


def test_causes_that_differ_are_not_folded() -> None:
    report = spoiled()
    same = [finding for finding in report.findings if finding.code == "AKE-108"]
    other = replace(same[0], severity=Severity.INFO)
    (section,) = arrange(replace(report, findings=(other, *same[1:])), "fi")
    assert {group.kind for group in section.groups} == {GroupKind.ROW}


def test_text_tells_a_folded_cause_on_three_lines() -> None:
    text = write(spoiled(), "text")
    assert "  virhe AKE-108  Sarake participation, 5 riviä\n" in text
    assert "\n    s. 3, rivit 1–3; s. 4, rivit 5, 6\n" in text
    assert text.count("AKE-108") == 1
    assert f"Rivi 8, s. 4: Toimenpide 8  ({ROWS_FILE}:9)\n  virhe AKE-103  s. 4, rivi 8, Sarake output\n" in text
    assert "    (solu on tyhjä)\n" in text
    assert "  virhe AKE-123  plan.toml – Koesuunnitelma 2026\n" in text


def test_a_folded_cause_says_that_all_its_cells_are_empty() -> None:
    graph = spoiled_plan()
    for number in (1, 2, 3, 5, 6):
        graph.remove((mint_resource("record", f"rivi{number:04}-participation"), None, None))
    text = write(located(graph), "text")
    assert "    s. 3, rivit 1–3; s. 4, rivit 5, 6 (solut ovat tyhjiä)\n" in text


def test_plans_have_sections_and_what_they_share_has_its_own() -> None:
    graph = spoiled_plan()
    other = mint_resource("plan", "toinen-2026")
    graph += parse(
        '<id/plan/toinen-2026> a ake:Plan ; skos:prefLabel "Toinen 2026"@fi ; ake:preparedBy <id/organisation/koe> ;'
        " ake:coversPeriod <id/period/2026> ; ake:coversArea <id/area/koe> ; ake:followsFramework <id/framework/koe> ."
    )
    graph.set((activity(7), URIRef("https://w3id.org/akegraph/ontology#inPlan"), other))
    sections = arrange(located(graph), "fi")
    assert [section.table.label if section.table else None for section in sections] == [
        "Koesuunnitelma 2026", "Toinen 2026", None,
    ]  # fmt: skip
    assert [entry.code for group in sections[1].groups for entry in group.entries] == ["AKE-102"]
    assert [entry.code for group in sections[2].groups for entry in group.entries] == ["AKE-206", "AKE-207"]
    text = write(located(graph), "text")
    assert "\nToinen 2026\n===========\n" in text
    assert "Kaikille suunnitelmille yhteistä" in text


def test_known_findings_are_left_out_of_text_and_counted() -> None:
    report = spoiled()
    marked = mark_known(report, make_baseline(one for one in report.findings if one.code != "AKE-102"))
    text = write(marked, "text")
    assert re.findall(r"AKE-\d+", text) == ["AKE-102"]
    assert f"(--baseline): {len(report.findings) - 1}\n" in text
    assert "Ei uutta" in write(mark_known(report, make_baseline(report.findings)), "text")


# Every format


def test_the_command_names_the_formats_and_severities_there_are() -> None:
    assert tuple(FORMATS) == NAMED_FORMATS
    assert [severity.word for severity in sorted(Severity, reverse=True)] == list(SEVERITIES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format_", NAMED_FORMATS)
def test_every_format_is_the_same_on_every_run_and_ends_in_one_newline(format_: str, language: Language) -> None:
    first = write(spoiled(), format_, language)
    assert first == write(located(spoiled_plan()), format_, language)
    assert first.endswith("\n")
    assert "AKE-103" in first or format_ == "turtle"


@pytest.mark.parametrize("format_", NAMED_FORMATS)
def test_every_format_writes_a_report_without_findings(format_: str) -> None:
    empty = ValidationReport((), shapes(), Graph())
    body = write(empty, format_)
    assert "AKE-103" not in body or format_ in ("junit", "sarif")


def test_formats_are_the_same_under_every_hash_seed() -> None:
    program = """
import sys
sys.path.insert(0, "tests")
import test_report_formats as t
for name in t.NAMED_FORMATS:
    sys.stdout.write(t.write(t.spoiled(), name, "sv"))
"""
    folder = Path(__file__).parents[1]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
            cwd=folder,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outputs) == 1


# Turtle


def test_turtle_is_a_standard_report() -> None:
    graph = Graph().parse(data=write(spoiled(), "turtle"), format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(spoiled().findings)
    for result in results:
        assert (result, RDF.type, SH.ValidationResult) in graph
        assert graph.value(result, SH.resultSeverity) in (SH.Violation, SH.Warning, SH.Info)


# CSV


def rows_of(report: ValidationReport, language: Language = "fi") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(report, "csv", language), newline="")))


def test_csv_has_a_row_for_each_finding_and_place() -> None:
    rows = rows_of(spoiled())
    assert len(rows) == sum(max(len(finding.places), 1) for finding in spoiled().findings)
    (found,) = (one for one in rows if one["code"] == "AKE-102")
    assert found["message"].startswith("Toimenpiteen pitää olla")
    assert {key: found[key] for key in ("severity", "activity", "page", "row", "column", "text", "file", "line")} == {
        "severity": "violation", "activity": "Toimenpide 7", "page": "4", "row": "7", "column": "Sarake task",
        "text": "task 7", "file": ROWS_FILE, "line": "8",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+ Toimialueen kirjastot",
        "-a",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "'x",
        "'=1",
        " =1",
        "\n@x",
        "\u00a0+1",
        "＝1",
        "－1",
        " ＠x",
    ],
)
def test_a_text_is_no_formula_and_can_be_had_back(text: str) -> None:
    assert defuse(text) == f"'{text}"
    assert defuse(text).removeprefix("'") == text


@pytest.mark.parametrize("text", ["", "Tuotos", "-5", "+3,5", "-1.25", "a=b", "«x»", "2: Kysymme palautetta"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert defuse(text) == text


def test_no_field_of_csv_is_a_formula() -> None:
    for one in rows_of(hostile()):
        assert not any(re.match(r"[=+\-@\t\r]", field) for field in one.values())
        assert one["about"] == f"'{tame(NASTY)}"
        assert "HYPERLINK" in one["about"]
        assert not re.search("[\x1b\u202e]", "".join(one.values()))


# SARIF


def sarif_run(report: ValidationReport) -> dict[str, Any]:
    log = json.loads(write(report, "sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_points_at_the_line_and_names_the_cell() -> None:
    run = sarif_run(spoiled())
    (result,) = (one for one in run["results"] if one["ruleId"] == "AKE-103")
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("s. 4, rivi 8, Sarake output: Toimenpiteellä pitää olla tuotos")
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "plans/koe%2C%202026/rows%25.csv"},
        "region": {"startLine": 9},
    }
    assert location["logicalLocations"] == [
        {"name": "Sarake output", "fullyQualifiedName": "s. 4, rivi 8, Sarake output", "kind": "element"}
    ]
    (shared,) = (one for one in run["results"] if one["ruleId"] == "AKE-206")
    assert len(shared["locations"]) == 1
    assert [place["physicalLocation"]["region"]["startLine"] for place in shared["relatedLocations"]] == [
        3,
        4,
        6,
        7,
        8,
        9,
    ]


def test_sarif_describes_every_rule_that_was_tried() -> None:
    run = sarif_run(spoiled())
    rules = run["tool"]["driver"]["rules"]
    codes = [rule["id"] for rule in rules]
    assert codes == sorted(set(codes))
    assert len(codes) == len({rule.code for rule in shapes().rules.values() if rule.code.startswith("AKE-")})
    for result in run["results"]:
        assert codes[result["ruleIndex"]] == result["ruleId"]
    for rule in rules:
        assert rule["help"]["text"].strip()
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule.get("helpUri", "https://").startswith(("http://", "https://"))


def test_fingerprints_stay_when_rows_move_and_tell_findings_apart() -> None:
    before = [one["partialFingerprints"] for one in sarif_run(spoiled())["results"]]
    assert len({json.dumps(one) for one in before}) == len(before)
    moved = spoiled().findings
    moved = tuple(replace(one, places=tuple(replace(place, row=99, line=200) for place in one.places)) for one in moved)
    assert [one["partialFingerprints"] for one in sarif_run(replace(spoiled(), findings=moved))["results"]] == before


def test_sarif_tells_new_from_known() -> None:
    marked = mark_known(spoiled(), make_baseline(spoiled().findings[:1]))
    states = [one["baselineState"] for one in sarif_run(marked)["results"]]
    assert (states[0], set(states[1:])) == ("unchanged", {"new"})


# JUnit


def cases(report: ValidationReport, fail_on: Severity = Severity.VIOLATION) -> Iterator[ET.Element]:
    root = ET.fromstring(write(report, "junit", fail_on=fail_on))
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite)
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        yield from suite


def test_junit_counts_what_is_fine_too() -> None:
    every = list(cases(spoiled()))
    failing = {(case.get("name") or "")[:7] for case in every if case.find("failure") is not None}
    assert failing == {"AKE-102", "AKE-103", "AKE-108", "AKE-123"}
    assert len(every) == len({rule.code for rule in shapes().rules.values() if rule.code.startswith("AKE-")})
    assert {case.get("classname") for case in every} == {"Koesuunnitelma 2026"}
    (output,) = (case for case in every if (case.get("name") or "").startswith("AKE-108"))
    assert (output.find("failure").text or "").count("\n") == 4  # type: ignore[union-attr]


def test_junit_fails_by_the_threshold_and_not_for_what_is_known() -> None:
    def failures(report: ValidationReport, at: Severity) -> int:
        return sum(case.find("failure") is not None for case in cases(report, at))

    assert failures(spoiled(), Severity.WARNING) == 6
    marked = mark_known(spoiled(), make_baseline(spoiled().findings))
    assert failures(marked, Severity.INFO) == 0
    assert sum(case.find("system-out") is not None for case in cases(marked)) == 6


def test_a_rule_that_checked_nothing_is_skipped() -> None:
    idle = next(rule for rule in shapes().rules.values() if rule.code == "AKE-111")
    skipped = [case for case in cases(replace(spoiled(), idle=(idle,))) if case.find("skipped") is not None]
    assert [(case.get("name") or "")[:7] for case in skipped] == ["AKE-111"]


# GitHub


def test_github_has_one_annotation_for_each_cause() -> None:
    lines = write(spoiled(), "github").splitlines()
    assert len(lines) == 6
    (output,) = (line for line in lines if "AKE-103" in line)
    assert output.startswith(
        "::error file=plans/koe%2C 2026/rows%25.csv,line=9,title=AKE-103 tuotos::s. 4, rivi 8, Sarake output – Toimenpide 8: "
    )
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 4 + ["::warning"] * 2


def test_github_cannot_be_made_to_say_another_command() -> None:
    body = write(hostile(), "github")
    assert all(re.match(r"::(error|warning|notice) [^\n]*$", line) for line in body.split("\n")[:-1])
    # What was in the data stands escaped twice: "%0A" is not a line break.
    assert "%250A" in body


def test_github_leaves_out_what_is_known() -> None:
    assert write(mark_known(spoiled(), make_baseline(spoiled().findings)), "github") == ""


# HTML


class _Reader(HTMLParser):
    """Collects what a page would ask for or run, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "br", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read_html(report: ValidationReport, language: Language = "fi") -> _Reader:
    reader = _Reader()
    reader.feed(write(report, "html", language))
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_asks_for_nothing_and_runs_nothing(language: Language) -> None:
    page = read_html(spoiled(), language)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "srcset", "style", "action", "background", "poster"}
    assert not [name for name in names if name.startswith("on")]
    assert ("lang", language) in page.attributes
    assert all(value.startswith(("#", "http://", "https://")) for name, value in page.attributes if name == "href")
    style = re.search(r"<style>(.*?)</style>", write(spoiled(), "html", language), re.S)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_html_shows_every_cell_and_links_a_doubtful_one_to_its_finding() -> None:
    page = read_html(spoiled())
    marks = [value for name, value in page.attributes if name == "class" and value.startswith("mark ")]
    assert len(marks) == 7 * 8 + 3
    targets = {value for name, value in page.attributes if name == "id"}
    links = [value[1:] for name, value in page.attributes if name == "href" and value.startswith("#")]
    assert len(links) > 10
    assert set(links) <= targets
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert page.text.count("Toimenpiteellä pitää olla tuotos.") == 1
    assert "Rivi 8, s. 4" in page.text
    assert "100" in page.text


def test_html_escapes_everything() -> None:
    body = write(hostile(), "html")
    page = read_html(hostile())
    assert "<script" not in body
    assert not any(c in body for c in "\x1b\x00\u202e")
    assert "script" not in page.tags
    assert "alert('1')" in page.text


def test_html_says_what_was_not_looked_at() -> None:
    page = read_html(replace(spoiled(), unwatched=("https://example.org/x",)))
    assert "Kohteet, joita mikään sääntö ei katsonut: 1" in page.text
    assert "https://example.org/x" in page.text


# Hostile text in the others


def test_xml_and_json_hold_hostile_text() -> None:
    ET.fromstring(write(hostile(), "junit"))
    assert json.loads(write(hostile(), "sarif"))["runs"][0]["results"][0]["ruleId"] == NASTY
    assert json.loads(write(hostile(), "json"))["findings"][0]["places"][0]["text"] == NASTY


def test_a_lone_surrogate_stops_no_format() -> None:
    finding: Finding = replace(spoiled().findings[0], label="\ud800", message="\ud800", places=(), shape=BNode())
    for name in NAMED_FORMATS:
        write_report(replace(spoiled(), findings=(finding,)), name, Options("fi"))


def test_names_in_the_plans_language_are_marked_so_on_pages_in_another() -> None:
    assert ("lang", "fi") in read_html(spoiled(), "sv").attributes


# The documentation


def test_the_documentation_names_every_format_and_key() -> None:
    text = (Path(__file__).parents[1] / "docs" / "reports.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w-]+)`", text))
    answer = json.loads(write(spoiled(), "json"))
    finding = answer["findings"][0]
    keys = {*NAMED_FORMATS, *answer, *finding, *next(one["places"][0] for one in answer["findings"] if one["places"])}
    assert keys <= named, keys - named
