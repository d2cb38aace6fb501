"""Where each text of a Turtle document stands, so that a text can be changed and every other byte stays.

A reader of the grammar's outer form only (https://www.w3.org/TR/turtle/#sec-grammar): which subject and property a
literal belongs to, and from where to where it is written. What the document means, rdflib's parser says; a document is
read here only after that parser took it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

_TOKEN = re.compile(
    r"""
    (?P<space>(?:\s|\#[^\r\n]*)+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*(?:\\[uU][0-9A-Fa-f]{4,8}[^<>"{}|^`\\\x00-\x20]*)*>)
  | (?P<string>\"{3}(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"{3} | '{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<mark>\^\^|[\[\]();,])
  | (?P<word>(?:\\.|[^\s<>"'\[\]();,\#\\^@])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class WrittenLiteral:
    """A literal as it is written.

    :param subject: IRI of its subject; None for a blank node
    :param predicate: IRI of the property
    :param start: where it begins, in characters, the opening quote included
    :param end: where it ends, after its language tag or datatype
    :param quote: the quote before and after its text
    :param source: its text as written between the quotes
    :param language: its language tag as written; None without one
    :param typed: it has a datatype
    """

    subject: str | None
    predicate: str
    start: int
    end: int
    quote: str
    source: str
    language: str | None
    typed: bool

    @property
    def text(self) -> str:
        """The text that it means, escapes resolved."""
        return unescape(self.source)


def unescape(source: str) -> str:
    """Resolve the escapes of a Turtle string."""

    def resolve(match: re.Match[str]) -> str:
        number = match[1] or match[2]
        return chr(int(number, 16)) if number else _ESCAPES.get(match[3], match[0])

    return _ESCAPE.sub(resolve, source)


def read_literals(text: str, base: str) -> tuple[list[WrittenLiteral], Mapping[str, str]]:
    """List the literals that are objects in a Turtle document, in the order they are written, and its prefixes.

    Literals of collections are left out.

    :param base: what relative IRIs are resolved against
    :raises ValueError: if the document is not of the form a parser would have taken
    """
    reader = _Reader(text, base)
    return list(reader.statements()), reader.prefixes


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _Reader:
    def __init__(self, text: str, base: str) -> None:
        self.prefixes: dict[str, str] = {}
        self._base = base
        self._tokens = _tokens(text)
        self._next: _Token | None = None
        self._advance()

    def statements(self) -> Iterator[WrittenLiteral]:
        """Read to the end."""
        while self._next is not None:
            word = self._next.text.lower()
            if word in ("@prefix", "prefix"):
                at = self._take().kind == "at"
                name = self._take().text.removesuffix(":")
                self.prefixes[name] = self._iri(self._take()) or ""
                self._skip_dot(at)
            elif word in ("@base", "base"):
                at = self._take().kind == "at"
                self._base = self._iri(self._take()) or self._base
                self._skip_dot(at)
            else:
                yield from self._statement()

    def _statement(self) -> Iterator[WrittenLiteral]:
        subject = None
        if self._peek() == "[":
            yield from self._bracket()
        elif self._peek() == "(":
            yield from self._collection()
        else:
            subject = self._iri(self._take())
        if self._peek() != ".":
            yield from self._properties(subject)
        self._expect(".")

    def _properties(self, subject: str | None) -> Iterator[WrittenLiteral]:
        """Read predicates and objects up to the ``.`` or ``]`` after them."""
        while self._peek() not in (".", "]"):
            if self._peek() == ";":
                self._take()
                continue
            verb = self._take()
            predicate = _TYPE if verb.text == "a" else self._iri(verb)
            yield from self._object(subject, predicate)
            while self._peek() == ",":
                self._take()
                yield from self._object(subject, predicate)

    def _object(self, subject: str | None, predicate: str | None) -> Iterator[WrittenLiteral]:
        if self._peek() == "[":
            yield from self._bracket()
        elif self._peek() == "(":
            yield from self._collection()
        else:
            token = self._take()
            if token.kind != "string":
                return
            quote = token.text[:3] if token.text.startswith(('"""', "'''")) and len(token.text) > 5 else token.text[:1]
            language, typed, end = None, False, token.end
            if self._next is not None and self._next.kind == "at" and self._next.start == end:
                end, language = self._next.end, self._take().text[1:]
            elif self._peek() == "^^":
                self._take()
                end, typed = self._take().end, True
            if predicate is not None:
                source = token.text[len(quote) : -len(quote)]
                yield WrittenLiteral(subject, predicate, token.start, end, quote, source, language, typed)

    def _bracket(self) -> Iterator[WrittenLiteral]:
        self._expect("[")
        yield from self._properties(None)
        self._expect("]")

    def _collection(self) -> Iterator[WrittenLiteral]:
        self._expect("(")
        while self._peek() != ")":
            yield from self._object(None, None)
        self._expect(")")

    def _iri(self, token: _Token) -> str | None:
        """Return the IRI that a token stands for; None if it is something else."""
        if token.kind == "iri":
            iri = unescape(token.text[1:-1])
            # An absolute IRI as it is: urljoin would drop the "#" that a namespace ends with.
            return iri if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri) else urljoin(self._base, iri)
        prefix, colon, local = token.text.partition(":")
        if token.kind != "word" or not colon or prefix == "_" or prefix not in self.prefixes:
            return None
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

    def _peek(self) -> str | None:
        return None if self._next is None else self._next.text if self._next.kind in ("mark", "word") else ""

    def _take(self) -> _Token:
        token = self._next
        if token is None:
            raise ValueError("ends too early")
        self._advance()
        return token

    def _expect(self, mark: str) -> None:
        token = self._take()
        if token.text != mark:
            raise ValueError(f"{token.text!r} at {token.start} where {mark!r} is expected")

    def _skip_dot(self, expected: bool) -> None:
        if expected:
            self._expect(".")

    def _advance(self) -> None:
        self._next = next(self._tokens, None)


def _tokens(text: str) -> Iterator[_Token]:
    """Iterate the tokens; full stops that end a statement come off the word they stand after."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text[at]!r} at {at}")
        at = match.end()
        kind, found = str(match.lastgroup), match[0]
        if kind == "space":
            continue
        if kind == "word" and found.endswith(".") and found != ".":
            word = found.rstrip(".")
            if word and not word.endswith("\\"):
                yield _Token(kind, word, match.start(), match.start() + len(word))
            for dot in range(match.start() + len(word), at):
                yield _Token("word", ".", dot, dot + 1)
            continue
        yield _Token(kind, found, match.start(), at)
