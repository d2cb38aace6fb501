"""The header of a query file, checked against the SPARQL below it.

``title``, ``question`` and ``description`` are wordings by language, ``fi`` and ``en`` always and ``sv`` where there is
one; so is ``caution``, for questions whose rows must not be compared without a thought. ``tags`` is a list.
``parameters.<name>`` has ``type``, ``title``, ``description`` and, where they apply, ``required``, ``default``,
``example``, ``scheme`` (of a concept), ``class`` (of a resource), ``choices`` (of a string, each a wording), and
``minimum`` and ``maximum`` (of an integer). ``columns.<name>`` is what a column means, by language.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast, get_args

from akegraph.errors import BadParameterError, QueryError, close
from akegraph.graph import iris
from akegraph.queries.binding import find_places
from akegraph.queries.named import NamedQuery
from akegraph.queries.parameters import NOTATION, Parameter, ParameterKind, Text

_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_FILE_STEM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

_QUERY_KEYS = {"title", "question", "description", "caution", "tags", "parameters", "columns"}
_PARAMETER_KEYS = {
    "type", "title", "description", "required", "default", "example", "scheme", "class", "choices",
    "minimum", "maximum",
}  # fmt: skip
_RESERVED = {"data", "force", "format", "help", "lang", "output", "store"}
"""What every question's command or page has besides its own parameters."""
_BOUNDS = (("minimum", "integer"), ("maximum", "integer"))
_LANGUAGES = {"fi", "sv", "en"}
_REQUIRED_LANGUAGES = ("fi", "en")


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
        caution=reader.text(header, "caution") if "caution" in header else MappingProxyType({}),
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
        if name in _RESERVED:
            raise self.problem(f"{where} has a name that is taken at every door")
        self.check_keys(where, table, _PARAMETER_KEYS)
        kind = table.get("type")
        if kind not in get_args(ParameterKind):
            raise self.problem(f"{where}: type {kind!r} is none of {', '.join(get_args(ParameterKind))}")
        for key, wanted in (("scheme", "concept"), ("class", "resource"), ("choices", "string"), *_BOUNDS):
            if key in table and kind != wanted:
                raise self.problem(f"{where}: {key!r} belongs to the type {wanted!r}")
        scheme = table.get("scheme")
        if kind == "concept" and not (isinstance(scheme, str) and NOTATION.fullmatch(scheme)):
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
            minimum=self._bound(where, table, "minimum"),
            maximum=self._bound(where, table, "maximum"),
        )
        for text in (parameter.default, parameter.example):
            try:
                if text is not None:
                    parameter.to_term(text)
            except BadParameterError as error:
                raise self.problem(str(error)) from error
        return parameter

    def check_placeholders(self, query: NamedQuery) -> None:
        found = find_places(query.text)
        for name in query.parameters:
            if name not in found:
                raise self.problem(f"parameter {name!r} needs a line 'VALUES ?{name} {{ UNDEF }}'")
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

    def _bound(self, where: str, table: Mapping[str, Any], key: str) -> int | None:
        value = table.get(key)
        if value is not None and type(value) is not int:
            raise self.problem(f"{where}: {key!r} must be a whole number")
        return value

    def _optional(self, where: str, table: Mapping[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self.problem(f"{where}: {key!r} must be written as a text")
        return value
