"""A question's parameters: what a user's text must be, and the RDF term it becomes."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from akegraph.errors import BadParameterError, close
from akegraph.graph import iris
from akegraph.store.base import Term

ParameterKind = Literal["iri", "concept", "resource", "string", "langString", "integer", "date"]
Text = Mapping[str, str]
"""A wording by language tag; Finnish and English are always there."""

_XSD = iris.PREFIXES["xsd"]
NOTATION = re.compile(r"[A-Za-z0-9-]+")
"""What a concept or a scheme may be called in its IRI."""

# RFC 3987 without IP literals and private-use characters; white space beyond ASCII is left out on purpose.
_IRI_CHARACTER = (
    r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=\-\u00a1-\u167f\u1681-\u1fff\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd\U00020000-\U0002fffd]|%[0-9A-Fa-f]{2})"
)
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_IRI_CHARACTER}+(?:#{_IRI_CHARACTER}*)?")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
LONGEST = 200
"""So many characters of a value are repeated in a message; a longer one is cut."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def shorten(text: str) -> str:
    """Quote a user's text for a message, cut where it is long."""
    return repr(text) if len(text) <= LONGEST else f"{text[:LONGEST]!r}… ({len(text)} characters)"


def say(text: Text, language: str) -> str:
    """Return a wording in a language, else in English, which is always there."""
    return text.get(language) or text["en"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a query that a user may bind.

    :param name: the variable's name, and the option's and form field's
    :param kind: what the user's text must be
    :param default: the text that stands for none given; without it none given means all
    :param scheme: for a concept, the name of its scheme
    :param classes: for a resource, the kinds of thing it may be, as in ``id/<kind>/<id>``
    :param choices: for a string, the only texts allowed and what each means; empty if any is
    :param minimum: for an integer, the least that has a meaning; None if any has
    :param maximum: likewise the greatest
    """

    name: str
    kind: ParameterKind
    title: Text
    description: Text
    required: bool = False
    default: str | None = None
    example: str | None = None
    scheme: str | None = None
    classes: tuple[iris.Kind, ...] = ()
    choices: Mapping[str, Text] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None

    def to_term(self, text: str) -> Term:
        """Turn a user's text into an RDF term of the parameter's kind.

        :raises BadParameterError: if the text is not of that kind
        """
        match self.kind:
            case "iri":
                return self._iri(text)
            case "concept":
                return self._concept(text)
            case "resource":
                return self._resource(text)
            case "integer":
                return Term("literal", self._integer(text), None, _XSD + "integer")
            case "date":
                return Term("literal", self._date(text), None, _XSD + "date")
            case "langString":
                value, _, language = text.rpartition("@")
                if not value or not _LANGUAGE.fullmatch(language):
                    raise self._bad("has no language; write it as text@fi", text)
                return Term("literal", self._string(value), language.lower(), None)
            case "string":
                if self.choices and text not in self.choices:
                    matches = difflib.get_close_matches(text[:LONGEST], self.choices)
                    raise self._bad(f"is none of {', '.join(self.choices)}{close(matches)}", text, matches)
                return Term("literal", self._string(text), None, None)

    def _iri(self, text: str) -> Term:
        prefix, _, rest = text.partition(":")
        expanded = iris.PREFIXES[prefix] + rest if prefix in iris.PREFIXES else text
        if not _IRI.fullmatch(expanded):
            raise self._bad("is not an absolute IRI", text)
        return Term("iri", expanded, None, None)

    def _concept(self, text: str) -> Term:
        scheme = f"{iris.AKEV}{self.scheme}/"
        if NOTATION.fullmatch(text):
            return Term("iri", scheme + text, None, None)
        term = self._iri(text)
        if not term.value.startswith(scheme) or not NOTATION.fullmatch(term.value.removeprefix(scheme)):
            raise self._bad(f"is neither a notation nor an IRI of the scheme {self.scheme!r}", text)
        return term

    def _resource(self, text: str) -> Term:
        kind, slash, stable_id = text.partition("/")
        if not slash and len(self.classes) == 1:
            kind, stable_id = self.classes[0], text
        if kind in self.classes and iris.is_stable_id(stable_id):
            return Term("iri", str(iris.mint_resource(kind, stable_id)), None, None)
        if ":" not in text:
            wanted = "a stable id" if len(self.classes) == 1 else " or ".join(f"{name}/<id>" for name in self.classes)
            raise self._bad(f"is neither {wanted} nor an IRI", text)
        term = self._iri(text)
        starts = tuple(f"{iris.AKEID}{name}/" for name in self.classes)
        if term.value.startswith(str(iris.AKEID)) and not term.value.startswith(starts):
            raise self._bad(f"is the IRI of another kind of thing; wanted is one of {', '.join(starts)}", text)
        return term

    def _date(self, text: str) -> str:
        what = "is not a date; write it as 2026-12-31"
        if not _DATE.fullmatch(text):
            raise self._bad(what, text)
        try:
            return datetime.date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise self._bad(what, text) from error

    def _string(self, text: str) -> str:
        if _NOT_IN_TEXT.search(text):
            raise self._bad("holds a character that no text may hold", text)
        return text

    def _integer(self, text: str) -> str:
        if not _INTEGER.fullmatch(text):
            raise self._bad("is not a whole number", text)
        number = int(text)
        if self.minimum is not None and number < self.minimum:
            raise self._bad(f"is below {self.minimum}", text)
        if self.maximum is not None and number > self.maximum:
            raise self._bad(f"is above {self.maximum}", text)
        return str(number)

    def _bad(self, what: str, text: str, matches: Sequence[str] = ()) -> BadParameterError:
        return BadParameterError(self.name, f"{shorten(text)} {what}", matches=matches)
