"""The interface's words: the same keys in three languages, every key that is used is there."""

from __future__ import annotations

import re
import string
from importlib.resources import files

import pytest

from akegraph.web.texts import LANGUAGES, Label, choose_label, load_texts

PACKAGE = files("akegraph.web")
TEMPLATES = sorted(path.name for path in PACKAGE.joinpath("templates").iterdir() if path.name.endswith(".html"))
# Keys made in templates and code of a fixed part and what the data or a loop give.
MADE = {
    "kind.": ("task", "input", "activity", "output", "outcome", "impact", "goal"),
    "board.column.": ("activity", "output", "outcome", "impact", "effectiveness", "participation"),
    "board.hint.": (
        "task", "activity", "output", "outcome", "impact", "goal", "effectiveness", "participation",
    ),
    "gap.no-": ("task", "activity", "output", "outcome", "impact", "goal"),
    "severity.": ("violation", "warning", "info"),
    "ontology.": ("Class", "ObjectProperty", "DatatypeProperty", "within", "domain", "range", "inverse"),
    "sentence.": ("Activity", "Plan"),
}  # fmt: skip


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_three_languages_have_the_same_keys_and_the_same_places() -> None:
    finnish, *others = (load_texts(language).words for language in LANGUAGES)
    for other in others:
        assert set(other) == set(finnish)
        assert {key: fields(text) for key, text in other.items()} == {
            key: fields(text) for key, text in finnish.items()
        }
    assert all(text.strip() == text and text for text in finnish.values())


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 10


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_key_of_a_template_exists(name: str) -> None:
    source = PACKAGE.joinpath("templates", name).read_text(encoding="utf-8")
    words = load_texts("fi").words
    for counted, key, is_made in re.findall(r"\bt(\.count)?\('([^']+)'( ~)?", source):
        if is_made:
            assert key in MADE, f"{name} makes keys of {key!r}, which the table MADE does not know"
        elif counted:
            assert {f"{key}.one", f"{key}.other"} <= set(words)
        else:
            assert key in words


@pytest.mark.parametrize("start", MADE)
def test_every_key_that_is_made_exists(start: str) -> None:
    assert {start + end for end in MADE[start]} <= set(load_texts("fi").words)


@pytest.mark.parametrize("path", sorted(path.name for path in PACKAGE.iterdir() if path.name.endswith(".py")))
def test_every_key_of_the_code_exists(path: str) -> None:
    source = PACKAGE.joinpath(path).read_text(encoding="utf-8")
    for key in re.findall(r"\btexts\(\"([^\"]+)\"", source):
        assert key in load_texts("fi").words


def test_choose_label_falls_back_in_order() -> None:
    labels = [Label("c", "de"), Label("b", "en"), Label("a", "fi")]
    assert choose_label(labels, "en") == Label("b", "en")
    assert choose_label(labels, "sv") == Label("a", "fi")
    assert choose_label(labels[:1], "sv") == Label("c", "de")
    assert choose_label([], "sv") is None
