"""Patterns that would backtrack without end are found; others, and akegraph's own, are not."""

from __future__ import annotations

import pytest
from rdflib import SH

from akegraph.validation import load_shapes
from akegraph.validation import patterns as module
from akegraph.validation.patterns import find_runaway_pattern

RUNAWAY = [r"^(a+)+$", r"^(a|a)*$", r"(x+x+)+y", r"^(\w+\s?)*$", r"^((ab)*)*$", r"^([a-z0-9]+)*@x$", r"^(a?a?)+$"]
RUNAWAY += [r"^(a{1,13}){1,13}$", r"(a+){13}$"]
POLYNOMIAL = [r"a*a*a*a*a*a*a*a*b", r"a*a*b", r"^(\s*)(\s+)(\s*)x$", r"^\w*\d*-?\w*\d*$", r"^.*a.*a.*a.*b$"]
HARMLESS = [r"^abc$", r"^\S(.*\S)?$", r"^\S+@\S+$", r"^(\d{4}-\d\d)*$", r"([^/]+/?)+$", r"^[A-Z]{2,5}(-\d+)?$", r"("]
HARMLESS += [
    r"^\s*[a-z]+\s*$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^[\w.%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
    r"^\s*(.*?)\s*$",
]
HARMLESS += [r"^https?://[^\s/]+(/\S*)?$", r"^(urn|https?):\S+$", r"^\d{4}-\d{2}-\d{2}$", r"^(\d{1,3}\.){3}\d{1,3}$"]
HARMLESS += [r"^\s*\s*$", r"^[+-]?\d*\.?\d+$", r"^.*foo.*bar.*$", r"^\w+([.-]\w+)*@\w+([.-]\w+)*\.\w{2,}$"]


@pytest.mark.parametrize("pattern", RUNAWAY + POLYNOMIAL)
def test_runaway_pattern_is_found(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIAL_SECONDS", 1.0)
    assert find_runaway_pattern(["^a$", pattern]) == pattern


@pytest.mark.parametrize("pattern", HARMLESS)
def test_harmless_pattern_is_let_in(pattern: str) -> None:
    assert find_runaway_pattern([pattern]) is None


def test_own_patterns_are_let_in() -> None:
    patterns = [str(pattern) for pattern in load_shapes().graph.objects(None, SH.pattern)]
    assert len(patterns) > 2
    assert find_runaway_pattern(patterns) is None
