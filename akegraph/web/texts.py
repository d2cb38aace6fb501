"""The words of the interface in Finnish, Swedish and English: one TOML file of flat keys per language.

Words of the data are not here: they come from the graph with their own language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = ("fi", "sv", "en")
_FALLBACKS = ("fi", "en", "sv")


@dataclass(frozen=True, slots=True)
class Label:
    """A wording with its language tag; ``""`` where the data give none."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """The interface's words in one language."""

    language: Language
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the wording of a key, its ``{names}`` filled in.

        :raises KeyError: if there is no such key, which is a mistake in a template
        """
        return self.words[key].format(**values) if values else self.words[key]

    def count(self, key: str, number: int) -> str:
        """Return ``<key>.one`` or ``<key>.other`` with the number in it."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", number=number)

    def find(self, key: str) -> str | None:
        """Return the wording of a key that need not exist."""
        return self.words.get(key)


@cache
def load_texts(language: Language) -> Texts:
    """Load the words of one language, once."""
    path = files("akegraph.web").joinpath("translations", f"{language}.toml")
    return Texts(language, tomllib.loads(path.read_text(encoding="utf-8")))


def as_language(text: str | None) -> Language | None:
    """Return the text as a language of the interface, or None."""
    return next((language for language in LANGUAGES if language == text), None)


def choose_label(labels: Iterable[Label], language: str) -> Label | None:
    """Choose the best wording: in the reader's language, else Finnish, English, Swedish, any."""
    order = (language, *(other for other in _FALLBACKS if other != language), "")

    def rank(label: Label) -> tuple[int, str, str]:
        known = label.language in order
        return (order.index(label.language) if known else len(order), label.language, label.text)

    return min(labels, key=rank, default=None)


def choose_text(texts: Mapping[str, str], language: str) -> Label:
    """Choose among wordings by language tag, as :func:`choose_label` does."""
    found = choose_label((Label(text, tag) for tag, text in texts.items()), language)
    return found or Label("")
