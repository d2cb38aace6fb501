"""The controlled wordings of a plan, and how a text is compared with them.

The wordings live in the concept schemes and in ``data/reference/anchors.toml``; nothing here spells one out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from akegraph.errors import VocabularyError
from akegraph.table.model import Column

HYPHENS = "-\u2010\u2011"
DASHES = HYPHENS + "\u2012\u2013\u2014\u2015\u2212"
_AROUND_DASH = re.compile(f" ?[{re.escape(DASHES)}] ?")


@dataclass(frozen=True, slots=True)
class Wording:
    """One concept as it may be worded: its label, and other spellings that mean it."""

    notation: str
    label: str
    variants: tuple[str, ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Anchors:
    """The words that open the items of a cell; see ``data/reference/anchors.toml``."""

    path: tuple[str, ...]
    pathway: tuple[str, ...]
    pathway_genitive: tuple[str, ...]
    goal: tuple[str, ...]
    goal_genitive: tuple[str, ...]
    indicator: tuple[str, ...]
    timing: tuple[str, ...]
    conjunction: tuple[str, ...]
    document: tuple[str, ...]
    page: tuple[str, ...]
    headings: tuple[tuple[str, str], ...] = ()
    """Other headings of the columns, each with the notation of its column."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that a plan words from a list, each list ordered by rank."""

    columns: tuple[Wording, ...]
    tasks: tuple[Wording, ...]
    paths: tuple[Wording, ...]
    levels: tuple[Wording, ...]
    timings: tuple[Wording, ...]
    anchors: Anchors

    def heading(self, column: str) -> str:
        """Return the label of a column."""
        return next((known.label for known in self.columns if known.notation == column), column)


def read_anchors(path: Path) -> Anchors:
    """Read the anchor words.

    :raises VocabularyError: if the file is no TOML, or a word is missing or no text
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VocabularyError(f"{path}: cannot be read as TOML: {error}") from error
    words: dict[str, tuple[str, ...]] = {}
    headings = _read_headings(content.pop("headings", {}), path)
    for known in fields(Anchors):
        if known.name == "headings":
            continue
        value = content.pop(known.name, None)
        if not isinstance(value, list) or not value or not all(isinstance(w, str) and w.strip() for w in value):
            raise VocabularyError(f"{path}: {known.name!r} must be a list of one word or more")
        words[known.name] = tuple(unicodedata.normalize("NFC", word) for word in value)
    if content:
        raise VocabularyError(f"{path}: unknown key {min(content)!r}; known: {', '.join(words)}")
    return Anchors(**words, headings=headings)


def _read_headings(table: object, path: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, dict) or not all(isinstance(texts, list) for texts in table.values()):
        raise VocabularyError(f"{path}: 'headings' must be a table of lists, one for each column")
    if unknown := sorted(set(table) - set(Column)):
        raise VocabularyError(f"{path}: 'headings' knows no column {unknown[0]!r}; known: {', '.join(Column)}")
    return tuple((text, column) for column, texts in table.items() for text in texts)


def normalise(text: str) -> str:
    """Make texts equal that differ in white space, kind of dash, spaces around it, or case of the initial."""
    text = _AROUND_DASH.sub("-", " ".join(unicodedata.normalize("NFC", text).split()))
    return text[:1].lower() + text[1:]


def squeeze(text: str) -> str:
    """Make texts equal that differ in how words are broken, too: no spaces, no hyphens."""
    return normalise(text).replace(" ", "").replace("-", "")


def find(text: str, wordings: Sequence[Wording]) -> Wording | None:
    """Find the concept that a text words."""
    return _by_spelling(tuple(wordings)).get(normalise(text))


def match_at(words: Sequence[str], start: int, wordings: Sequence[Wording]) -> tuple[Wording, int] | None:
    """Find the concept worded by the words from ``start`` on, the longest wording first.

    :returns: the concept and the index after its last word
    """
    return _longest(words, start, _by_spelling(tuple(wordings)), normalised=True)


def match_broken_at(words: Sequence[str], start: int, wordings: Sequence[Wording]) -> tuple[Wording, int] | None:
    """Find the concept worded from ``start`` on if only breaks inside words keep it from :func:`match_at`."""
    return _longest(words, start, _by_letters(tuple(wordings)), normalised=False)


def known(wordings: Iterable[Wording], *, numbered: bool = False) -> str:
    """List the known wordings for a message."""
    return "; ".join(f"{w.notation}: {w.label}" if numbered else w.label for w in wordings)


def _longest(
    words: Sequence[str], start: int, spellings: Mapping[str, Wording], *, normalised: bool
) -> tuple[Wording, int] | None:
    found = None
    text = ""
    for end in range(start, len(words)):
        text = f"{text} {words[end]}"
        key = normalise(text) if normalised else squeeze(text)
        if not any(spelling.startswith(key) for spelling in spellings):
            break
        if key in spellings:
            found = spellings[key], end + 1
    return found


@cache
def _by_spelling(wordings: tuple[Wording, ...]) -> Mapping[str, Wording]:
    return {normalise(text): wording for wording in reversed(wordings) for text in (*wording.variants, wording.label)}


@cache
def _by_letters(wordings: tuple[Wording, ...]) -> Mapping[str, Wording]:
    return {squeeze(text): wording for wording in reversed(wordings) for text in (*wording.variants, wording.label)}
