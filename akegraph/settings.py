"""What can be set from outside: one frozen value, read once at the rim from ``AKEGRAPH_*``."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from akegraph.errors import SettingsError

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, each with its default and, in ``metadata``, its help."""

    workers: int = field(default=2, metadata={"help": "processes that evaluate queries"})
    timeout: float = field(default=10.0, metadata={"help": "seconds of wall clock for one query"})
    memory: int = field(default=1024, metadata={"help": "megabytes of memory for one worker"})
    result_size: int = field(default=64, metadata={"help": "megabytes of answer for one query"})
    query_size: int = field(default=100_000, metadata={"help": "characters of one query"})
    queue: int = field(default=64, metadata={"help": "queries that may wait for a worker; further ones get 503"})
    patience: float = field(
        default=1.0, metadata={"help": "seconds a query may run while others wait and every worker is held so long"}
    )
    slow: float = field(default=2.0, metadata={"help": "seconds after which a query is logged as slow"})
    language: Language = field(default="fi", metadata={"help": "language of reports and pages: fi, sv or en"})


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``AKEGRAPH_<FIELD>`` variables over the defaults.

    :raises SettingsError: if a value is not of its field's type
    """
    environment = os.environ if environment is None else environment
    values: dict[str, int | float | str] = {}
    for known in fields(Settings):
        variable = f"AKEGRAPH_{known.name.upper()}"
        if (text := environment.get(variable)) is None:
            continue
        kind: Callable[[str], int | float | str] = type(getattr(Settings(), known.name))
        try:
            values[known.name] = kind(text)
        except ValueError as error:
            raise SettingsError(f"{variable}: {text!r} is not of the kind of {known.default!r}") from error
    for name, value in values.items():
        if isinstance(value, int | float) and not (math.isfinite(value) and value > 0):
            raise SettingsError(f"AKEGRAPH_{name.upper()}: {value} is not a number above 0")
    if (language := values.get("language")) is not None and language not in LANGUAGES:
        raise SettingsError(f"AKEGRAPH_LANGUAGE: {language!r} is not one of {', '.join(LANGUAGES)}")
    return Settings(**values)  # type: ignore[arg-type]  # each value was made with its field's type
