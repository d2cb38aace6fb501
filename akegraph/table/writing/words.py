"""The words around what is written, by language: ``words.toml`` beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal


@cache
def load_words(about: Literal["table", "comparison"]) -> Mapping[str, Mapping[str, str]]:
    """Read the words around a plan's table, or around a comparison of two plans."""
    document = tomllib.loads(files("akegraph.table.writing").joinpath("words.toml").read_text(encoding="utf-8"))
    words: Mapping[str, Mapping[str, str]] = document[about]
    return words
