"""What every store speaks: terms, solutions, answers, result formats and the protocol itself.

Formats: SPARQL 1.1 Query Results JSON, XML, CSV and TSV for SELECT; JSON and XML for ASK; RDF syntaxes for
CONSTRUCT and DESCRIBE. Nothing here evaluates or imports an engine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from akegraph.errors import BadParameterError, EngineError, NotAcceptableError, QueryError

Kind = Literal["select", "ask", "graph"]

QUERY_BASE = "https://w3id.org/akegraph/"
"""What a relative IRI in a query is relative to, where the query has no BASE; the same for every store."""

_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\x9f<>"{}|^`\\\ud800-\udfff]*')
_BLANK = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPES = str.maketrans(
    {number: f"\\u{number:04X}" for number in (*range(0x20), 0x7F)}
    | {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term in a solution.

    :param kind: ``iri``, ``literal`` or ``blank``
    :param value: the IRI, the lexical form, or the blank node's label
    :param language: the language tag of a literal that has one
    :param datatype: the datatype IRI of a literal that has one; None for plain strings
    """

    kind: Literal["iri", "literal", "blank"]
    value: str
    language: str | None = None
    datatype: str | None = None

    def to_ntriples(self) -> str:
        """Write the term so that it is one term in N-Triples, Turtle and SPARQL, whatever it holds.

        :raises ValueError: if no escape can make it one
        """
        if self.kind == "iri":
            return f"<{_checked_iri(self.value)}>"
        if self.kind == "blank":
            if not _BLANK.fullmatch(self.value):
                raise ValueError(f"{self.value!r} is not a blank node label")
            return f"_:{self.value}"
        if _SURROGATE.search(self.value):
            raise ValueError(f"{self.value!r} is not Unicode text")
        text = f'"{self.value.translate(_ESCAPES)}"'
        if self.language is not None:
            if not _LANGUAGE.fullmatch(self.language):
                raise ValueError(f"{self.language!r} is not a language tag")
            return f"{text}@{self.language}"
        return text if self.datatype is None else f"{text}^^<{_checked_iri(self.datatype)}>"


def iri(value: str) -> Term:
    """Make an IRI.

    :raises ValueError: if it is not absolute or holds what no IRI may hold
    """
    return Term("iri", _checked_iri(value))


def literal(value: str, language: str | None = None, datatype: str | None = None) -> Term:
    """Make a literal.

    :raises ValueError: if it has a language tag and a datatype
    """
    if language is not None and datatype is not None:
        raise ValueError("a literal has a language tag or a datatype, not both")
    return Term("literal", value, language, datatype)


def _checked_iri(value: str) -> str:
    """Return ``value`` if it is an absolute IRI."""
    if not _IRI.fullmatch(value):
        raise ValueError(f'{value!r} is not an absolute IRI without spaces, controls or any of <>"{{}}|^`\\')
    return value


def checked_graphs(parameter: str, names: Sequence[str]) -> list[str]:
    """Return graph names given by a client, each an absolute IRI.

    :raises BadParameterError: if one is not
    """
    try:
        return [_checked_iri(name) for name in names]
    except ValueError as error:
        raise BadParameterError(parameter, str(error)) from error


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solutions of a SELECT query; an unbound variable is absent from its row."""

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A serialised answer.

    :param body: the bytes to send
    :param media_type: what they are, without parameters; text is UTF-8
    :param kind: ``select``, ``ask`` or ``graph``
    """

    body: bytes
    media_type: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A form an answer can take.

    :param name: its short name, as ``--format`` takes it
    :param aliases: other media types it may be asked for by, and is then labelled with
    """

    name: str
    media_type: str
    kinds: frozenset[Kind]
    aliases: tuple[str, ...] = ()


_TABLE: frozenset[Kind] = frozenset({"select"})
_RESULT: frozenset[Kind] = frozenset({"select", "ask"})
_GRAPH: frozenset[Kind] = frozenset({"graph"})

# The first that fits a kind of query is what a client gets that has no wish.
FORMATS: tuple[ResultFormat, ...] = (
    ResultFormat("json", "application/sparql-results+json", _RESULT, ("application/json",)),
    ResultFormat("xml", "application/sparql-results+xml", _RESULT, ("application/xml", "text/xml")),
    ResultFormat("csv", "text/csv", _TABLE),
    ResultFormat("tsv", "text/tab-separated-values", _TABLE),
    ResultFormat("turtle", "text/turtle", _GRAPH, ("application/x-turtle",)),
    ResultFormat("ntriples", "application/n-triples", _GRAPH, ("text/plain",)),
    ResultFormat("rdfxml", "application/rdf+xml", _GRAPH, ("application/xml", "text/xml")),
    ResultFormat("jsonld", "application/ld+json", _GRAPH, ("application/json",)),
    ResultFormat("trig", "application/trig", _GRAPH, ("application/x-trig",)),
    ResultFormat("nquads", "application/n-quads", _GRAPH),
)
MEDIA_TYPES: Mapping[str, str] = {known.name: known.media_type for known in FORMATS}


def choose_format(accept: Sequence[str] | None, kind: Kind) -> tuple[ResultFormat, str]:
    """Find the first wish that an answer of this kind can fulfil, and the media type to label it with.

    :param accept: media types or ranges (``text/*``), best first; None or empty for no wish
    :raises NotAcceptableError: if no wish fits; names what is offered
    """
    offered = [known for known in FORMATS if kind in known.kinds]
    for wish in accept or ("*/*",):
        media_type = wish.partition(";")[0].strip().lower()
        for known in offered:
            if media_type in (known.media_type, *known.aliases):
                return known, media_type
            if media_type == "*/*" or (media_type.endswith("/*") and known.media_type.startswith(media_type[:-1])):
                return known, known.media_type
    what = {"select": "a SELECT query", "ask": "an ASK query", "graph": "a CONSTRUCT or DESCRIBE query"}[kind]
    raise NotAcceptableError(
        f"{', '.join(accept or ())}: {what} cannot be answered so; offered are "
        + ", ".join(known.media_type for known in offered)
    )


class Store(Protocol):
    """Named graphs that answer SPARQL 1.1 queries; their union is the default graph.

    :ivar version: names what is held, the same for the same data; None where it can change unseen or be anything
    """

    version: str | None = None

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate one query.

        :param accept: media types, best first; None for JSON or Turtle
        :param default_graphs: graphs whose merge is the default graph, as SPARQL 1.1 Protocol section 2.1.4
            has it: with these or ``named_graphs`` the dataset is these graphs only, whatever the text says
        :param named_graphs: graphs that ``GRAPH`` can see
        :raises QueryError: if it cannot be asked so
        :raises EngineError: if it could not be answered
        """
        ...

    def close(self) -> None:
        """Give back processes and memory; no query is answered afterwards."""
        ...

    def select(self, text: str) -> Solutions:
        """Evaluate a SELECT query to values."""
        return decode_solutions(self._expect(text, "select"))

    def ask(self, text: str) -> bool:
        """Evaluate an ASK query to its truth."""
        return bool(json.loads(self._expect(text, "ask"))["boolean"])

    def _expect(self, text: str, kind: Kind) -> bytes:
        answer = self.query(text)
        if answer.kind != kind:
            raise QueryError(f"a query of the kind {kind!r} is wanted here, this one is of {answer.kind!r}")
        return answer.body

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def decode_solutions(body: bytes) -> Solutions:
    """Read SPARQL 1.1 Query Results JSON.

    :raises EngineError: if it is not that
    """
    try:
        document = json.loads(body)
        return Solutions(
            tuple(document["head"]["vars"]),
            tuple(
                {variable: _decode_term(value) for variable, value in row.items()}
                for row in document["results"]["bindings"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"the engine's answer is not SPARQL Query Results JSON: {error!r}") from error


def _decode_term(value: Mapping[str, Any]) -> Term:
    """Make a term of one binding."""
    kind = value["type"]
    if kind == "uri":
        return Term("iri", value["value"])
    if kind == "bnode":
        return Term("blank", value["value"])
    if kind in ("literal", "typed-literal"):
        return Term("literal", value["value"], value.get("xml:lang"), value.get("datatype"))
    raise ValueError(f"a term of the type {kind!r}")
