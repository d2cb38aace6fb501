"""The competency questions that ship with the ontology, and which ready question answers which."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from akegraph.resources import resource


@dataclass(frozen=True, slots=True)
class Question:
    """A competency question: what the ontology must be able to answer.

    :ivar texts: the question by language
    :ivar terms: the local names of the terms that the answer needs
    :ivar query: the ready question that answers it, None where there is none yet
    """

    number: int
    texts: Mapping[str, str]
    terms: tuple[str, ...]
    query: str | None


@cache
def load_questions() -> tuple[Question, ...]:
    """Load the competency questions that ship with the ontology; none where it has no such file."""
    path = resource("ontology") / "competency-questions.toml"
    if not path.is_file():
        return ()
    return tuple(
        Question(
            number=int(table["number"]),
            texts={key: str(table[key]) for key in ("fi", "sv", "en") if key in table},
            terms=tuple(str(term).removeprefix("ake:") for term in table.get("terms", ())),
            query=table.get("query"),
        )
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    )


def find_numbers(query: str) -> tuple[int, ...]:
    """Find the numbers of the competency questions that a ready question answers."""
    return tuple(question.number for question in load_questions() if question.query == query)
