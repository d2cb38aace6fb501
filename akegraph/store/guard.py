"""A look at a query before any engine sees it: size, depth, SERVICE, updates.

An engine's parser is recursive and may die on what is nested deep, and its SERVICE opens connections. This
lexer is neither recursive nor slower than linear. It reads tokens as SPARQL 1.1 section 19.8 has them, the
text as it stands and with its codepoint escapes decoded (section 19.2), since engines differ in which of
the two they read. Where Oxigraph's parser is laxer than the grammar (no space is needed after a keyword:
``SERVICEex:x{}`` is a SERVICE to it), what either would take for one is refused. Where ``<`` could begin an
IRI or mean *less than*, and the two readings differ in what they hide, a space is asked for. This is the
first fence; the worker's limits are the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from akegraph.errors import QueryRefusedError, QuerySyntaxError

_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<string>\"{3}(?:[^"\\]|\\[tbnrf"'\\uU]|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\[tbnrf"'\\uU]|'(?!''))*'{3}
        | "(?!"")(?:[^"\\\r\n]|\\[tbnrf"'\\uU])*" | '(?!'')(?:[^'\\\r\n]|\\[tbnrf"'\\uU])*')
    | (?P<unclosed>["'])
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+[A-Za-z0-9-]*)
    | (?P<name>[^\W\d_][\w.-]*(?P<local>:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)?)
    | (?P<label>_?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<mark><<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_HIDING = re.compile(r"['#()!]")

_OPENING = frozenset({"{", "(", "[", "<<"})
_CLOSING = frozenset({"}", ")", "]", ">>"})
_UNARY = frozenset("!+-^")
_OPERANDS = frozenset({"string", "iri", "variable", "language", "label"})
_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})


def read_tokens(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Read the tokens of a text: kind, text, beginning and end; comments and spaces are left out."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "skip":
            yield token.lastgroup or "", token[0], token.start(), token.end()


# A text without any of these, in whatever place, has nothing of what is looked for but depth and signs.
_TELLING = ("\\", "'", '"""', "service", "from", "union", "construct", "describe", *map(str.lower, sorted(_UPDATES)))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may hold.

    :param size: characters
    :param depth: brackets within brackets, of all kinds together
    :param unary: operators in a row before one operand
    :param unions: UNIONs
    """

    size: int = 100_000
    depth: int = 100
    unary: int = 16
    unions: int = 200


@dataclass(frozen=True, slots=True)
class Outline:
    """What was seen of a query.

    :param dataset: whether it has a dataset clause (FROM, FROM NAMED)
    :param operation: its first word after the prologue, in upper case; empty for plain SELECT and ASK
    """

    dataset: bool
    operation: str = ""


DEFAULT_LIMITS = Limits()


def check_query(text: str, limits: Limits = DEFAULT_LIMITS) -> Outline:
    """Look at a query and refuse what no engine here shall see.

    :raises QueryRefusedError: if it asks for what is never done here; says what and the limit
    :raises QuerySyntaxError: if it cannot be SPARQL
    """
    if len(text) > limits.size:
        raise QueryRefusedError(f"the query has {len(text)} characters; at most {limits.size} are read")
    return _check_short(text, limits) if len(text) <= _SHORT else _check(text, limits)


_SHORT = 8_000


@lru_cache(maxsize=256)
def _check_short(text: str, limits: Limits) -> Outline:
    """Remember what was seen of texts short enough to be kept; most come again."""
    return _check(text, limits)


def _check(text: str, limits: Limits) -> Outline:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuerySyntaxError("the query is not Unicode text: it holds half of a surrogate pair") from error
    if _is_plain(text, limits):
        return Outline(dataset=False)
    outline = _Scan(limits, strict=True).read(text)
    if "\\u" in text or "\\U" in text:
        _Scan(limits, strict=False).read(_ESCAPE.sub(_decode, text))
    return outline


def _is_plain(text: str, limits: Limits) -> bool:
    """Tell whether a text holds so little of anything that no reading of it could be refused: most are like that."""
    lowered = text.lower()
    return (
        not any(word in lowered for word in _TELLING)
        and text.count('"') % 2 == 0
        and sum(map(text.count, ("{", "(", "[", "<<"))) <= limits.depth
        and sum(map(text.count, _UNARY)) <= limits.unary
    )


def _decode(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number <= 0x10FFFF else escape[0]


class _Scan:
    """One reading of a text, token by token.

    :param strict: refuse a string without an end, rather than stop: the rest could be read in two ways
    """

    def __init__(self, limits: Limits, *, strict: bool) -> None:
        self._limits = limits
        self._strict = strict
        self._open: list[str] = []
        self._unary = 0
        self._unions = 0
        self._operation = ""
        self._dataset = False
        # What came before: an operand, a word, a prefixed name that Oxigraph could take for SERVICE.
        self._operand = False
        self._word = ""
        self._lookalike = False

    def read(self, text: str) -> Outline:
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup or ""
            if kind == "skip":
                continue
            value = token[0]
            if kind == "unclosed":
                if not self._strict:
                    break
                line, column = (
                    text.count("\n", 0, token.start()) + 1,
                    token.start() - text.rfind("\n", 0, token.start()),
                )
                raise QuerySyntaxError(
                    f"line {line}, column {column}: a string begins here that has no end or holds a backslash"
                    " before what is no escape"
                )
            if kind == "mark":
                self._mark(value)
                continue
            self._unary = 0
            self._lookalike = False
            operand = kind in _OPERANDS
            if kind == "name":
                operand = self._name(value, token["local"] is not None)
            elif kind == "iri" and self._operand:
                self._angle(value)
            self._operand = operand
            if kind != "name":
                self._word = ""
        return Outline(self._dataset, self._operation)

    def _mark(self, mark: str) -> None:
        """Take in one mark of punctuation."""
        if mark in _OPENING:
            if mark == "{" and self._lookalike:
                raise _service()
            self._open.append(mark)
            if len(self._open) > self._limits.depth:
                raise QueryRefusedError(f"the query nests brackets more than {self._limits.depth} deep")
        elif mark in _CLOSING and self._open and (mark != ">>" or self._open[-1] == "<<"):
            self._open.pop()
        self._unary = self._unary + 1 if mark in _UNARY else 0
        if self._unary > self._limits.unary:
            raise QueryRefusedError(f"the query has more than {self._limits.unary} unary operators in a row")
        # Digits are marks too, one by one.
        self._operand = mark in _CLOSING or mark.isdigit()
        self._lookalike = False
        self._word = ""

    def _name(self, name: str, prefixed: bool) -> bool:
        """Take in a word or a prefixed name; say whether it is an operand."""
        words = re.split(r"[.-]", name.partition(":")[0].upper())
        served = any(word.startswith("SERVICE") for word in words)
        if prefixed:
            self._lookalike = served and self._word not in ("GRAPH", "FROM", "NAMED")
            self._word = ""
            return True
        if served:
            raise _service()
        self._unions += words.count("UNION")
        if self._unions > self._limits.unions:
            raise QueryRefusedError(f"the query has more than {self._limits.unions} UNIONs")
        self._dataset = self._dataset or "FROM" in words or "FROMNAMED" in words
        self._word = words[-1]
        if not self._operation and words[0] not in _PROLOGUE:
            self._operation = words[0]
            if self._operation in _UPDATES:
                raise QueryRefusedError(f"{self._operation} is an update; only queries are answered here")
        return self._word in ("TRUE", "FALSE")

    def _angle(self, candidate: str) -> None:
        """Take in ``<…>`` after an operand: in an expression its ``<`` means less than."""
        if (
            self._strict
            and self._open[-1:] == ["("]
            and not _HIERARCHICAL.match(candidate)
            and _HIDING.search(candidate)
        ):
            raise QueryRefusedError(
                f"{candidate[:40]!r} can be read in two ways; write a space after '<' if it means less than"
            )


def _service() -> QueryRefusedError:
    return QueryRefusedError("SERVICE is not answered here: no other endpoint is ever asked")
