"""A report as values for JSON. The keys are a contract: they may become more, never fewer or other.

``conforms`` (nothing was found, as SHACL means it), ``language``, ``counts`` by severity, ``new`` (findings that no
baseline knows), ``findings``, ``completeness`` (one for each plan) and ``coverage`` (``idle`` rules, ``unwatched``
resources, and whether it was ``blind``: no rule had anything to look at). Each finding has ``code``, ``severity``,
``name``, ``message``, ``advice``, ``fix``, ``fixable``, ``shape``, ``component``, ``focus``, ``path``, ``value``,
``places``, ``activities``, ``shared``, ``known``, ``key`` (the same on every run, for baselines of your own) and
``details``. A place has ``document``, ``title``, ``page``, ``row``, ``column``, ``heading``, ``text``, ``record``,
``cell``, ``file`` and ``line``; what is not known is null.
"""

from __future__ import annotations

import json
from typing import Any

from rdflib import BNode
from rdflib.term import Node

from akegraph.settings import Language
from akegraph.validation.baseline import key_of
from akegraph.validation.completeness import Filling, PlanTable
from akegraph.validation.findings import Finding, Place, ValidationReport
from akegraph.validation.messages import clip


def report_json(report: ValidationReport, language: Language) -> dict[str, Any]:
    """Return a report as values for JSON.

    :param language: of the messages; codes, IRIs and severities are the same in every language
    """
    return {
        "conforms": report.conforms(),
        "language": language,
        "counts": {severity.word: count for severity, count in report.counts.items()},
        "new": sum(not finding.known for finding in report.findings),
        "findings": [_finding(report, finding, language) for finding in report.findings],
        # Where nothing was checked, nothing is known to be in order.
        "completeness": [] if report.blind else [_table(table) for table in report.tables],
        "coverage": {
            "blind": report.blind,
            "idle": [{"code": rule.code, "name": rule.name(language)} for rule in report.idle],
            "unwatched": list(report.unwatched),
        },
    }


def dump_json(values: Any) -> str:
    """Write values as JSON that people can read, too."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _finding(report: ValidationReport, finding: Finding, language: Language) -> dict[str, Any]:
    rule = report.rule(finding)
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "name": rule.name(language) if rule is not None else None,
        "message": report.message(finding, language),
        "advice": rule.description(language) if rule is not None else None,
        "fix": rule.fix if rule is not None else None,
        "fixable": finding.fixable,
        "shape": None if isinstance(finding.shape, BNode) else str(finding.shape),
        "component": str(finding.component),
        "focus": {"iri": _name(finding.focus), "label": finding.label},
        "path": finding.path,
        "value": None if finding.value is None else {"value": _name(finding.value), "label": finding.value_label},
        "places": [_place(place) for place in finding.places],
        "activities": [
            {"iri": row.activity, "label": row.label, "page": row.place.page, "row": row.place.row}
            for row in finding.activities
        ],
        "shared": finding.shared,
        "known": finding.known,
        "key": key_of(finding).digest,
        "details": [_finding(report, detail, language) for detail in finding.details],
    }


def _name(node: Node) -> str | None:
    """Return an IRI or a text; a blank node has neither, and its label changes from run to run."""
    return None if isinstance(node, BNode) else clip(str(node))


def _place(place: Place) -> dict[str, Any]:
    return {
        "document": place.document,
        "title": place.title,
        "page": place.page,
        "row": place.row,
        "column": place.column,
        "heading": place.heading,
        "text": place.text,
        "record": place.record,
        "cell": place.cell,
        "file": place.file,
        "line": place.line,
    }


def _table(table: PlanTable) -> dict[str, Any]:
    return {
        "plan": table.plan,
        "label": table.label,
        "rows": len(table.rows),
        "cells": table.cells,
        **{filling.value: table.count(filling) for filling in Filling},
        "percent": table.percent(),
        "columns": [
            {
                "column": column.notation,
                "heading": column.heading,
                **{filling.value: table.count(filling, number) for filling in Filling},
                "percent": table.percent(number),
            }
            for number, column in enumerate(table.columns)
        ],
        "matrix": [
            {
                "activity": row.activity,
                "label": row.label,
                "page": row.place.page,
                "row": row.place.row,
                "cells": {
                    column.notation: {"filling": cell.filling.value, "codes": list(cell.codes)}
                    for column, cell in zip(table.columns, row.cells, strict=True)
                },
            }
            for row in table.rows
        ],
    }
