"""Words for findings whose shapes bring none, so that somebody else's shapes are read in one's own language, too.

``wording.toml`` holds a sentence for each constraint component of SHACL. A finding is only worded so if its shape has
no message and every parameter that the sentence needs is known; otherwise the engine's words stay.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.graph.iris import shorten_iri
from akegraph.validation.findings import Finding, ValidationReport
from akegraph.validation.messages import clip
from akegraph.validation.naming import name_shape

_SLOT = re.compile(r"\{(\w+)\}")
_IRI = re.compile(r"https?://[^\s|/^*+?()<>]+(?:/[^\s|/^*+?()<>]+)*[/#]?")


def word_findings(report: ValidationReport, prefixes: Mapping[str, str]) -> ValidationReport:
    """Return the report with words in every language for the findings whose shapes have none.

    :param prefixes: how the files that were read shorten IRIs
    """
    return replace(report, findings=tuple(_word(report, finding, prefixes) for finding in report.findings))


def shorten(text: str, prefixes: Mapping[str, str]) -> str:
    """Shorten every IRI of a text, such as a property path, by the prefixes of files, else by akegraph's own."""
    return _IRI.sub(lambda found: _short(found[0], prefixes), text)


@cache
def load_wording() -> Mapping[str, Mapping[str, Any]]:
    """Read ``wording.toml`` beside this module: a sentence by component and language.

    Under ``itself`` are those for a shape without a path.
    """
    return tomllib.loads(files("akegraph.validation").joinpath("wording.toml").read_text(encoding="utf-8"))


def _word(report: ValidationReport, finding: Finding, prefixes: Mapping[str, str]) -> Finding:
    details = tuple(_word(report, detail, prefixes) for detail in finding.details)
    rule = report.rule(finding)
    if finding.messages or (rule is not None and rule.messages):
        return replace(finding, details=details)
    name = str(finding.component).removeprefix(str(SH)).removesuffix("ConstraintComponent")
    texts = load_wording().get(name, {})
    if finding.path is None and "itself" in texts:
        texts = texts["itself"]
    found = {
        language: _fill(text, report, finding, prefixes) for language, text in texts.items() if isinstance(text, str)
    }
    messages = {language: text for language, text in found.items() if text is not None}
    return replace(finding, details=details, messages=messages)


def _fill(text: str, report: ValidationReport, finding: Finding, prefixes: Mapping[str, str]) -> str | None:
    """Fill in a sentence; None if one of its values is not known."""
    values: dict[str, str | None] = {"path": finding.path and shorten(finding.path, prefixes)}
    for slot in _SLOT.findall(text):
        if slot not in values:
            parameter = report.shapes.graph.value(finding.shape, URIRef(f"{SH}{slot}"))
            values[slot] = None if parameter is None else _say(report.shapes.graph, parameter, prefixes)
        if values[slot] is None:
            return None
    return _SLOT.sub(lambda found: values[found[1]] or "", text)


def _say(shapes: Graph, node: Node, prefixes: Mapping[str, str]) -> str:
    if isinstance(node, BNode):
        return name_shape(shapes, node)
    return clip(str(node)) if isinstance(node, Literal) else _short(str(node), prefixes)


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    fits = [(space, prefix) for prefix, space in prefixes.items() if space and iri.startswith(space) and iri != space]
    if not fits:
        return shorten_iri(iri)
    space, prefix = max(fits, key=lambda fit: (len(fit[0]), fit[1]))
    return f"{prefix}:{iri.removeprefix(space)}"
