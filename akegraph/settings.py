"""What can be set from outside: one frozen value, read once at the rim from ``AKEGRAPH_*`` and a TOML file."""

from __future__ import annotations

import difflib
import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from akegraph.errors import SettingsError, close

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Log = Literal["text", "json", "none"]
LOGS: tuple[Log, ...] = get_args(Log)

_VARIABLE = "AKEGRAPH_"
_FILE = "AKEGRAPH_CONFIG"
_PREFIX = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9._~-]+)*")
_PORTS = 65535

Value = int | float | str | tuple[str, ...]


def _setting(default: Any, words: str, **more: Any) -> Any:
    """Declare a setting.

    :param words: what it is, for the documentation
    :param more: ``zero`` where 0 has a meaning; ``choices``; ``most``
    """
    return field(default=default, metadata={"help": words, **more})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, each with its default and, in ``metadata``, its help."""

    workers: int = _setting(2, "processes that evaluate queries")
    timeout: float = _setting(10.0, "seconds of wall clock for one query")
    memory: int = _setting(1024, "megabytes of memory for one worker")
    result_size: int = _setting(64, "megabytes of answer for one query")
    result_rows: int = _setting(1_000_000, "rows, or triples, of answer for one query")
    query_size: int = _setting(100_000, "characters of one query")
    queue: int = _setting(64, "queries that may wait for a worker; further ones get 503")
    patience: float = _setting(0.5, "seconds a query may run while others wait and every worker is held so long")
    slow: float = _setting(2.0, "seconds after which a query is logged as slow")
    language: Language = _setting("fi", "language of reports and pages: fi, sv or en", choices=LANGUAGES)  # noqa: RUF009  # makes a field, as for the others
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on; 0 takes a free one", zero=True, most=_PORTS)
    store: str = _setting("", "what is served: the folder of an Oxigraph store, or the address of a SPARQL endpoint")
    data: tuple[str, ...] = _setting(
        (), f"what is served: files of RDF; a list in TOML, joined by {os.pathsep!r} in the environment"
    )
    services: tuple[str, ...] = _setting(
        (),
        "SPARQL endpoints that a query may ask by SERVICE; without, none; a list in TOML, by spaces in the environment",
        separator=" ",
    )
    service_timeout: float = _setting(5.0, "seconds for the answer of such an endpoint")
    service_size: int = _setting(1, "megabytes of such an answer")
    prefix: str = _setting("", "path under which everything is served, such as /akegraph")
    proxies: int = _setting(
        0, "reverse proxies in front, whose X-Forwarded-For, -Proto, -Host and -Prefix are believed", zero=True
    )
    client_queries: int = _setting(32, "queries of one client that may run or wait at once; further ones get 429")
    client_rate: float = _setting(
        0.0, "queries of one client evaluated per second in the long run, or 0 for any number; more get 429", zero=True
    )
    client_burst: int = _setting(50, "queries of one client that may come at once before its rate holds")
    log: Log = _setting("text", "lines of the log: text or json; none leaves out those of requests", choices=LOGS)  # noqa: RUF009


def read_settings(environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Read ``AKEGRAPH_<FIELD>`` variables over a TOML file over the defaults.

    :param file: the TOML file; without, the one that ``AKEGRAPH_CONFIG`` names, if it does
    :raises SettingsError: if the file cannot be read, a name is unknown, or a value is not of its field's kind
    """
    environment = os.environ if environment is None else environment
    if file is None and (named := environment.get(_FILE)):
        file = Path(named)
    known = {one.name: one for one in fields(Settings)}
    values: dict[str, Value] = {}
    if file is not None:
        for name, value in _read_file(file).items():
            if name not in known:
                matches = difflib.get_close_matches(name, known, n=2)
                raise SettingsError(f"{file}: no setting is named {name!r}{close(matches)}")
            values[name] = _check(f"{file}: {name}", known[name], value)
    for variable, text in environment.items():
        name = variable.removeprefix(_VARIABLE).lower()
        if variable == _FILE or not variable.startswith(_VARIABLE):
            continue
        if name in known:
            values[name] = _check(variable, known[name], _parse(variable, known[name], text))
        elif matches := difflib.get_close_matches(name, known, n=1, cutoff=0.85):
            # what is not close to any is somebody else's: container platforms make such names of a service's
            raise SettingsError(f"{variable}: is no setting{close([_VARIABLE + matches[0].upper()])}")
    return Settings(**values)  # type: ignore[arg-type]  # each value was made with its field's type


def make_table() -> str:
    """Write the settings as a table in Markdown, for the documentation."""
    lines = ["| Setting | Variable | Default | What it is |", "|---|---|---|---|"]
    for one in fields(Settings):
        default = "" if one.default in ("", ()) else f"`{one.default}`"
        lines.append(f"| `{one.name}` | `{_VARIABLE}{one.name.upper()}` | {default} | {one.metadata['help']} |")
    return "\n".join(lines) + "\n"


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise SettingsError(f"{file}: is no TOML: {error}") from error


def _parse(where: str, one: Field[Any], text: str) -> Value:
    """Read a value from a variable's text."""
    if isinstance(one.default, tuple):
        return tuple(part for part in text.split(one.metadata.get("separator", os.pathsep)) if part)
    kind: Any = type(one.default)
    try:
        read: Value = kind(text)
    except ValueError as error:
        raise _wrong_kind(where, one, text) from error
    return read


def _check(where: str, one: Field[Any], value: Any) -> Value:
    """Return a value as its field has it.

    :raises SettingsError: if it cannot be one
    """
    kind = type(one.default)
    if kind is tuple and isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise _wrong_kind(where, one, value)
    if isinstance(value, int | float):
        least, most = one.metadata.get("zero", False), one.metadata.get("most", math.inf)
        if not (math.isfinite(value) and (value > 0 or (least and value == 0)) and value <= most):
            limits = f"{'0 or more' if least else 'above 0'}{'' if most == math.inf else f' and at most {most}'}"
            raise SettingsError(f"{where}: {value} is not a number {limits}")
    elif (choices := one.metadata.get("choices")) and value not in choices:
        raise SettingsError(f"{where}: {value!r} is not one of {', '.join(choices)}")
    elif one.name == "prefix":
        path = str(value).strip("/")
        value = f"/{path}" if path else ""
        if not _PREFIX.fullmatch(value):
            raise SettingsError(
                f"{where}: {value!r} is no path of letters, digits and any of - . _ ~ such as /akegraph"
            )
    checked: Value = value
    return checked


def _wrong_kind(where: str, one: Field[Any], value: object) -> SettingsError:
    default = list(one.default) if isinstance(one.default, tuple) else one.default
    return SettingsError(f"{where}: {value!r} is not of the kind of {default!r}")
