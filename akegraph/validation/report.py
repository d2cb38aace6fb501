"""A report for people, as plain text, and for programs, as JSON. Turtle is :attr:`ValidationReport.graph`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from rdflib.term import Node

from akegraph.settings import Language
from akegraph.validation.findings import ActivityRow, Finding, Place, ValidationReport

_CELL_LENGTH = 100


def report_text(report: ValidationReport, language: Language) -> str:
    """Write a report as plain text: by activity in the order of the rows, then what many rows share.

    :param language: of the messages and of the words around them
    :returns: lines that end in a newline; the last one counts the findings
    """
    words = _Words(language)
    lines: list[str] = []
    for heading, findings in _groups(report, words):
        lines.append(heading)
        for finding in findings:
            lines.extend(_finding_lines(report, finding, words))
        lines.append("")
    if not report.findings:
        lines.append(words["nothing"])
    lines.append(f"{words['total']}: {_counts(report, words)}.")
    return "\n".join(lines) + "\n"


def report_json(report: ValidationReport, language: Language) -> dict[str, Any]:
    """Return a report as values for JSON.

    :param language: of the messages; codes, IRIs and severities are the same in every language
    :returns: ``conforms`` as SHACL means it (nothing was found), ``counts`` by severity, ``findings``
    """
    return {
        "conforms": report.conforms(),
        "language": language,
        "counts": {severity.word: count for severity, count in report.counts.items()},
        "findings": [_finding_json(report, finding, language) for finding in report.findings],
    }


class _Words:
    """The words of the interface in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = load_words()[language]

    def __getitem__(self, key: str) -> str:
        return str(self._words[key])

    def count(self, key: str, number: int) -> str:
        """Return a word in the singular or plural."""
        one, many = self._words[key]
        return str(one if number == 1 else many)


@cache
def load_words() -> dict[str, dict[str, Any]]:
    """Read ``words.toml`` beside this module: the words by language."""
    return tomllib.loads(files("akegraph.validation").joinpath("words.toml").read_text(encoding="utf-8"))


def _groups(report: ValidationReport, words: _Words) -> Iterator[tuple[str, list[Finding]]]:
    """Group findings: the plan as a whole, each activity in row order, what rows share, and the rest."""
    alone = [finding for finding in report.findings if not finding.activities]
    yield from _named(words["plan"], [finding for finding in alone if not finding.places])
    several = len({place.document for finding in report.findings for place in finding.places}) > 1
    rows: dict[ActivityRow, list[Finding]] = {}
    for finding in report.findings:
        if finding.activities and not finding.shared:
            rows.setdefault(finding.activities[0], []).append(finding)
    for activity in sorted(rows, key=lambda row: row.order):
        yield _activity_heading(activity, words, named=several), rows[activity]
    yield from _named(words["shared"], [finding for finding in report.findings if finding.shared])
    yield from _named(words["other"], [finding for finding in alone if finding.places])


def _named(heading: str, findings: list[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    if findings:
        yield heading, findings


def _activity_heading(activity: ActivityRow, words: _Words, *, named: bool) -> str:
    """Head an activity's findings; ``named`` adds the document's title, where there are several."""
    row, page = activity.place.row, activity.place.page
    where = [f"{words.count('row', 1)} {row}"] if row is not None else []
    where += [f"{words['page']} {page}"] if page is not None else []
    where += [activity.place.title] if named and activity.place.title is not None else []
    return _capital(f"{', '.join(where)}: {activity.label}" if where else activity.label)


def _finding_lines(report: ValidationReport, finding: Finding, words: _Words) -> Iterator[str]:
    severity = words.count(finding.severity.word, 1)
    where = fold_places(finding.places, words.language)
    # A row's own finding stands under its name; anything else is named here.
    named = "" if finding.activities and not finding.shared else f" – {finding.label}"
    yield f"  {severity} {finding.code}  {where or finding.label}{named if where else ''}"
    yield f"    {report.message(finding, words.language)}"
    if finding.value_label is not None:
        yield f"    {words['value']}: {_short(finding.value_label)}"
    if not finding.shared:
        texts = dict.fromkeys(place.text for place in finding.places if place.text or place.record is None)
        for text in texts:
            yield f"    «{_short(text)}»" if text is not None else f"    ({words['empty']})"


def fold_places(places: Iterable[Place], language: Language) -> str:
    """Say where places are, rows of one page and column together: ``s. 16, rivit 1, 5–7, Arviointi``.

    The document's title comes first where places lie in several documents.
    """
    words = _Words(language)
    places = list(places)
    several = len({place.document for place in places}) > 1
    groups: dict[tuple[str | None, int | None, str | None], list[int]] = {}
    for place in places:
        heading = place.heading if place.heading is not None else place.column
        rows = groups.setdefault((place.title if several else None, place.page, heading), [])
        if place.row is not None and place.row not in rows:
            rows.append(place.row)
    parts: list[str] = []
    for key, following in pairwise([*groups, None]):
        assert key is not None
        title, page, heading = key
        rows = groups[key]
        piece = [title] if title is not None else []
        piece += [f"{words['page']} {page}"] if page is not None else []
        piece += [f"{words.count('row', len(rows))} {_fold(sorted(rows))}"] if rows else []
        # A heading that the next page repeats is said once, at the end.
        piece += [heading] if heading is not None and (following is None or following[2] != heading) else []
        parts.append(", ".join(piece))
    return "; ".join(parts)


def _fold(numbers: Sequence[int]) -> str:
    """Write numbers with runs of three or more as ranges: ``1, 5–7, 12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(str(number) for number in run) for run in runs
    )


def _counts(report: ValidationReport, words: _Words) -> str:
    return ", ".join(f"{count} {words.count(severity.word, count)}" for severity, count in report.counts.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CELL_LENGTH else line[: _CELL_LENGTH - 1].rstrip() + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _finding_json(report: ValidationReport, finding: Finding, language: Language) -> dict[str, Any]:
    rule = report.shapes.rules.get(finding.shape)
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "name": rule.name(language) if rule is not None else None,
        "message": report.message(finding, language),
        "shape": str(finding.shape),
        "component": str(finding.component),
        "focus": {"iri": str(finding.focus), "label": finding.label},
        "path": finding.path,
        "value": _value_json(finding.value, finding.value_label),
        "places": [_place_json(place) for place in finding.places],
        "activities": [
            {"iri": row.activity, "label": row.label, "page": row.place.page, "row": row.place.row}
            for row in finding.activities
        ],
        "shared": finding.shared,
    }


def _value_json(value: Node | None, label: str | None) -> dict[str, str | None] | None:
    return None if value is None else {"value": str(value), "label": label}


def _place_json(place: Place) -> dict[str, Any]:
    return {
        "document": place.document,
        "title": place.title,
        "page": place.page,
        "row": place.row,
        "column": place.column,
        "heading": place.heading,
        "text": place.text,
        "record": place.record,
    }
