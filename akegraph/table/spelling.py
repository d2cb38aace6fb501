"""Which words there are: a list that the project keeps, the controlled wordings, and Voikko where it is installed."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from akegraph.errors import VocabularyError
from akegraph.table.columns import Lexicon
from akegraph.table.hyphens import bare

Speller = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words that are known without looking at the document.

    :param listed: known words, as :func:`~akegraph.table.hyphens.bare` makes them
    :param speller: tells whether a word is Finnish; None where nothing is installed that could
    """

    listed: frozenset[str] = frozenset()
    speller: Speller | None = field(default=None, compare=False)

    def knows(self, word: str) -> bool:
        """Tell whether a word, bare, is known."""
        return word in self.listed or (self.speller is not None and self.speller(word))


def read_word_list(path: Path) -> frozenset[str]:
    """Read a word list: one word to a line, ``#`` opens a comment.

    :raises VocabularyError: if the file cannot be read
    """
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{path}: cannot be read as a word list: {error}") from error
    return frozenset(bare(word) for line in text.splitlines() for word in line.partition("#")[0].split())


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts, bare."""
    return frozenset(bare(word) for text in texts for word in text.split()) - {""}


def make_spelling(listed: frozenset[str], lexicon: Lexicon) -> Spelling:
    """Put together the word list, the words of the controlled wordings, and the speller."""
    wordings = (*lexicon.tasks, *lexicon.paths, *lexicon.levels, *lexicon.timings)
    known = words_of(text for wording in wordings for text in (wording.label, *wording.variants))
    return Spelling(listed | known, find_speller())


@cache
def find_speller() -> Speller | None:
    """Return Voikko's check of a Finnish word, or None where Voikko or its dictionary is not installed."""
    try:
        voikko = importlib.import_module("libvoikko").Voikko("fi")
    except Exception:  # the binding raises an exception of its own, which cannot be named without it
        return None
    return cache(lambda word: bool(word) and bool(voikko.spell(word)))
