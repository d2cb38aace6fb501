"""The catalogue of questions: one ``.rq`` file each, its header the one source for terminal, web and docs.

A header is TOML in comment lines that start ``#+``, so the file stays plain SPARQL for every other tool. A
parameter is a variable that the text binds in one line ``VALUES ?name { UNDEF }``: as it stands the file asks
about everything, on any endpoint. :meth:`NamedQuery.bind` puts a term in the place of UNDEF; a user's text
becomes that term through one door, :meth:`Parameter.to_term`, and never reaches the query as text.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from akegraph.errors import BadParameterError, QueryError, UnknownQueryError, close
from akegraph.graph import iris
from akegraph.resources import resource
from akegraph.store.base import Store, Term

ParameterKind = Literal["iri", "concept", "resource", "string", "langString", "integer", "date"]
Text = Mapping[str, str]
"""A wording by language tag; Finnish and English are always there."""

_XSD = iris.PREFIXES["xsd"]
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_FILE_STEM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NOTATION = re.compile(r"[A-Za-z0-9-]+")
# RFC 3987 without IP literals and private-use characters; white space beyond ASCII is left out on purpose.
_IRI_CHARACTER = (
    r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=\-\u00a1-\u167f\u1681-\u1fff\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd\U00020000-\U0002fffd]|%[0-9A-Fa-f]{2})"
)
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_IRI_CHARACTER}+(?:#{_IRI_CHARACTER}*)?")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_ESCAPE = re.compile(r"\\\\([uU])|\\.")
_PLACEHOLDER = re.compile(r"^([ \t]*VALUES \?(\w+) \{ )UNDEF( \})[ \t]*$", re.MULTILINE)

_QUERY_KEYS = {"title", "question", "description", "tags", "parameters", "columns"}
_PARAMETER_KEYS = {
    "type", "title", "description", "required", "default", "example", "scheme", "class", "choices",
}  # fmt: skip
_LANGUAGES = {"fi", "sv", "en"}
_REQUIRED_LANGUAGES = ("fi", "en")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a query that a user may bind.

    :param name: the variable's name, and the option's and form field's
    :param kind: what the user's text must be
    :param default: the text that stands for none given; without it none given means all
    :param scheme: for a concept, the name of its scheme
    :param classes: for a resource, the kinds of thing it may be, as in ``id/<kind>/<id>``
    :param choices: for a string, the only texts allowed and what each means; empty if any is
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
                if not _INTEGER.fullmatch(text):
                    raise self._bad("is not a whole number", text)
                return Term("literal", str(int(text)), None, _XSD + "integer")
            case "date":
                return Term("literal", self._date(text), None, _XSD + "date")
            case "langString":
                value, _, language = text.rpartition("@")
                if not value or not _LANGUAGE.fullmatch(language):
                    raise self._bad("has no language; write it as text@fi", text)
                return Term("literal", self._string(value), language.lower(), None)
            case "string":
                if self.choices and text not in self.choices:
                    raise self._bad(f"is none of {', '.join(self.choices)}", text)
                return Term("literal", self._string(text), None, None)

    def _iri(self, text: str) -> Term:
        prefix, _, rest = text.partition(":")
        expanded = iris.PREFIXES[prefix] + rest if prefix in iris.PREFIXES else text
        if not _IRI.fullmatch(expanded):
            raise self._bad("is not an absolute IRI", text)
        return Term("iri", expanded, None, None)

    def _concept(self, text: str) -> Term:
        scheme = f"{iris.AKEV}{self.scheme}/"
        if _NOTATION.fullmatch(text):
            return Term("iri", scheme + text, None, None)
        term = self._iri(text)
        if not term.value.startswith(scheme) or not _NOTATION.fullmatch(term.value.removeprefix(scheme)):
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
        return self._iri(text)

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

    def _bad(self, what: str, text: str) -> BadParameterError:
        return BadParameterError(self.name, f"{text!r} {what}")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question of the catalogue.

    :param name: the stem of its file, in every door
    :param question: the question it answers, as a sentence
    :param columns: what each column of the answer means
    :param text: the SPARQL without the header; every parameter unbound
    """

    name: str
    title: Text
    question: Text
    description: Text
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, Text]
    text: str

    def bind(self, values: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the SPARQL with the users' texts as terms in their places.

        :param values: texts by parameter name; what is not given takes its default or stays unbound
        :raises BadParameterError: if a value is missing, not asked for, or not of its parameter's kind
        """
        terms = self.to_terms(values)

        def fill(line: re.Match[str]) -> str:
            term = terms.get(line[2])
            return line[0] if term is None else f"{line[1]}{_write_term(term)}{line[3]}"

        return _PLACEHOLDER.sub(fill, self.text)

    def check_known(self, store: Store, values: Mapping[str, str]) -> None:
        """Refuse a concept or a resource that the data do not know: a slip would look like an empty answer.

        :raises BadParameterError: if a value is not of its parameter's kind, or nothing is known of it
        """
        for name, term in self.to_terms(values).items():
            if self.parameters[name].kind not in ("concept", "resource") or name not in values:
                continue
            if not store.ask(f"ASK {{ {term.to_ntriples()} ?p ?o }}"):
                raise BadParameterError(name, f"nothing is known as {values[name]!r}", query=self.name)

    def to_terms(self, values: Mapping[str, str]) -> dict[str, Term]:
        """Turn the users' texts, and the defaults of what is not given, into terms by parameter name.

        :raises BadParameterError: if a value is missing, not asked for, or not of its parameter's kind
        """
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "no parameters"
                matches = difflib.get_close_matches(name, self.parameters)
                raise BadParameterError(name, f"is unknown{close(matches)}; known: {known}", query=self.name)
        terms: dict[str, Term] = {}
        for name, parameter in self.parameters.items():
            text = values.get(name, parameter.default)
            if text is None:
                if parameter.required:
                    what = f"is missing: {parameter.description['en'].rstrip('.')}"
                    example = f", for example {parameter.example}" if parameter.example else ""
                    raise BadParameterError(name, what + example, query=self.name)
                continue
            try:
                terms[name] = parameter.to_term(text)
            except BadParameterError as error:
                raise BadParameterError(error.name, error.what, query=self.name) from error
        return terms


def _write_term(term: Term) -> str:
    """Write a term so that it is that term under every reading of SPARQL.

    SPARQL 1.1 section 19.2 has code point escapes replaced before the grammar is applied, and rdflib 7.6 does
    so even behind an escaped backslash; so a letter u there becomes an escape itself, of eight digits, as
    rdflib takes eight where it finds them.
    """
    return _ESCAPE.sub(lambda found: f"\\\\\\U{ord(found[1]):08X}" if found[1] else found[0], term.to_ntriples())


class QueryCatalogue(Mapping[str, NamedQuery]):
    """The questions by name, in the order of their names. Never empty."""

    def __init__(self, queries: Iterable[NamedQuery]) -> None:
        self._queries = {query.name: query for query in sorted(queries, key=lambda query: query.name)}
        if not self._queries:
            raise QueryError("the catalogue of questions is empty")

    def __getitem__(self, name: str) -> NamedQuery:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def get_query(self, name: str) -> NamedQuery:
        """Return the question of this name.

        :raises UnknownQueryError: with the names that come close
        """
        if name not in self._queries:
            raise UnknownQueryError(name, difflib.get_close_matches(name, self._queries))
        return self._queries[name]


@cache
def load_queries(folder: Path | None = None) -> QueryCatalogue:
    """Load the questions of a folder, by default those that ship with akegraph; its subfolders are not read.

    :raises QueryError: if there is none, or a header is not complete; the file is named
    """
    folder = resource("queries") if folder is None else folder
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise QueryError(f"{folder}: holds no file *.rq")
    return QueryCatalogue(_read_query(path) for path in paths)


def _read_query(path: Path) -> NamedQuery:
    try:
        return parse_query(path.stem, path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path.name}: cannot be read as UTF-8: {error}") from error


def parse_query(name: str, content: str, file: str) -> NamedQuery:
    """Parse a query file: the header's TOML, then SPARQL.

    :param file: the file's name, for messages
    :raises QueryError: if the header is not TOML, has an unknown key, lacks a required one, or does not fit
        the SPARQL
    """
    lines = content.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("#+")), len(lines))
    text = "".join(lines[end:])
    try:
        header = tomllib.loads("".join(line[2:].removeprefix(" ") for line in lines[:end]))
    except tomllib.TOMLDecodeError as error:
        raise QueryError(f"{file}: the header is not TOML: {error}") from error
    reader = _Header(file, header)
    if not _FILE_STEM.fullmatch(name):
        raise reader.problem("the name must be lower-case words joined by hyphens")
    reader.check_keys("the header", header, _QUERY_KEYS)
    parameters = reader.table(header, "parameters") if "parameters" in header else {}
    columns = reader.table(header, "columns")
    query = NamedQuery(
        name=name,
        title=reader.text(header, "title"),
        question=reader.text(header, "question"),
        description=reader.text(header, "description"),
        tags=reader.strings(header, "tags"),
        parameters=MappingProxyType({key: reader.parameter(key, table) for key, table in parameters.items()}),
        columns=MappingProxyType({key: reader.text(columns, key, "column ") for key in columns}),
        text=text,
    )
    reader.check_placeholders(query)
    return query


class _Header:
    """Reads the values of one header; every complaint names the file."""

    def __init__(self, file: str, header: Mapping[str, Any]) -> None:
        self._file, self._header = file, header

    def problem(self, what: str) -> QueryError:
        return QueryError(f"{self._file}: {what}")

    def check_keys(self, where: str, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.problem(f"{where} has an unknown key {key!r}{close(difflib.get_close_matches(key, known))}")

    def table(self, table: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
        value = table.get(key)
        if not isinstance(value, dict) or not value:
            raise self.problem(f"{where}{key!r} is missing or not a table")
        return value

    def text(self, table: Mapping[str, Any], key: str, where: str = "") -> Text:
        value = self.table(table, key, where)
        self.check_keys(f"{where}{key!r}", value, _LANGUAGES)
        for language in _REQUIRED_LANGUAGES:
            if language not in value:
                raise self.problem(f"{where}{key!r} has no {language!r}")
        for language, wording in value.items():
            if not isinstance(wording, str) or not wording or wording != wording.strip():
                raise self.problem(f"{where}'{key}.{language}' must be a text without spaces around it")
        return MappingProxyType(dict(value))

    def strings(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            raise self.problem(f"{key!r} must be a list of texts")
        return tuple(value)

    def parameter(self, name: str, table: object) -> Parameter:
        where = f"parameter {name!r}"
        if not _NAME.fullmatch(name) or not isinstance(table, dict):
            raise self.problem(f"{where} must be a table whose name is a lowerCamelCase word")
        self.check_keys(where, table, _PARAMETER_KEYS)
        kind = table.get("type")
        if kind not in get_args(ParameterKind):
            raise self.problem(f"{where}: type {kind!r} is none of {', '.join(get_args(ParameterKind))}")
        for key, wanted in (("scheme", "concept"), ("class", "resource"), ("choices", "string")):
            if key in table and kind != wanted:
                raise self.problem(f"{where}: {key!r} belongs to the type {wanted!r}")
        scheme = table.get("scheme")
        if kind == "concept" and not (isinstance(scheme, str) and _NOTATION.fullmatch(scheme)):
            raise self.problem(f"{where}: a concept needs the name of its scheme")
        required = table.get("required", False)
        if not isinstance(required, bool) or (required and "default" in table):
            raise self.problem(f"{where}: 'required' must be true or false, and true only without a default")
        parameter = Parameter(
            name=name,
            kind=cast("ParameterKind", kind),
            title=self.text(table, "title", f"{where}: "),
            description=self.text(table, "description", f"{where}: "),
            required=required,
            default=self._optional(where, table, "default"),
            example=self._optional(where, table, "example"),
            scheme=scheme,
            classes=self._classes(where, table) if kind == "resource" else (),
            choices=self._choices(where, table) if "choices" in table else {},
        )
        for text in (parameter.default, parameter.example):
            try:
                if text is not None:
                    parameter.to_term(text)
            except BadParameterError as error:
                raise self.problem(str(error)) from error
        return parameter

    def check_placeholders(self, query: NamedQuery) -> None:
        found = [line[2] for line in _PLACEHOLDER.finditer(query.text)]
        for name in query.parameters:
            if found.count(name) != 1:
                raise self.problem(f"parameter {name!r} needs exactly one line 'VALUES ?{name} {{ UNDEF }}'")
        for name in found:
            if name not in query.parameters:
                raise self.problem(f"the line 'VALUES ?{name} {{ UNDEF }}' has no parameter in the header")

    def _classes(self, where: str, table: Mapping[str, Any]) -> tuple[iris.Kind, ...]:
        value = table.get("class")
        classes = self.strings(table, "class") if isinstance(value, list) else (value,)
        known = get_args(iris.Kind)
        if not all(name in known for name in classes):
            raise self.problem(f"{where}: class {value!r} must be among {', '.join(known)}")
        return cast("tuple[iris.Kind, ...]", classes)

    def _choices(self, where: str, table: Mapping[str, Any]) -> Mapping[str, Text]:
        choices = self.table(table, "choices", f"{where}: ")
        return MappingProxyType({key: self.text(choices, key, f"{where}: choice ") for key in choices})

    def _optional(self, where: str, table: Mapping[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self.problem(f"{where}: {key!r} must be written as a text")
        return value
