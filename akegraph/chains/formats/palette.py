"""The colours of drawn chains, by day and by night."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def load_palette() -> Mapping[str, Mapping[str, str]]:
    """Read ``palette.toml`` beside this module: the colours by ``light`` and ``dark``."""
    return tomllib.loads(files("akegraph.chains.formats").joinpath("palette.toml").read_text(encoding="utf-8"))
