"""The engines that try shapes on data, by name.

``pyshacl`` is the reference; ``akegraph``, the default, runs each SPARQL constraint once where that is provably the
same; ``fast`` needs the extra ``akegraph[fast]``. None passes over a constraint it cannot do: it hands it to the next
slower one, or raises.
"""

from __future__ import annotations

import importlib.util

from akegraph.errors import UnknownEngineError
from akegraph.validation.engines.base import Engine
from akegraph.validation.engines.default import AkegraphEngine
from akegraph.validation.engines.reference import PyshaclEngine

DEFAULT_ENGINE = AkegraphEngine.name
ALL_ENGINES = "all"
"""Not an engine: runs every installed one and compares them."""

__all__ = ["ALL_ENGINES", "DEFAULT_ENGINE", "Engine", "engine_names", "get_engine"]


def engine_names() -> tuple[str, ...]:
    """Return the names of the installed engines, the default one first."""
    names = (DEFAULT_ENGINE, PyshaclEngine.name)
    return (*names, "fast") if _has_fast() else names


def get_engine(name: str) -> Engine:
    """Return the engine of this name.

    :raises UnknownEngineError: if there is none, or it is not installed
    """
    if name == AkegraphEngine.name:
        return AkegraphEngine()
    if name == PyshaclEngine.name:
        return PyshaclEngine()
    if name == "fast":
        if _has_fast():
            from akegraph.validation.engines.fast import FastEngine

            return FastEngine()
        raise UnknownEngineError(name, engine_names(), "; pip install 'akegraph[fast]' adds it")
    raise UnknownEngineError(name, (*engine_names(), ALL_ENGINES))


def _has_fast() -> bool:
    return importlib.util.find_spec("shacl") is not None
