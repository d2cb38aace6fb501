"""Library development plans as a knowledge graph.

Data flow one way: source → table → graph → closure → store → questions → terminal, web and Python.

What Python code uses is loaded when it is first named, so that ``import akegraph`` costs nothing; ``__init__.pyi``
tells type checkers of it.
"""

import importlib
from typing import Any

__version__ = "0.2.0"

_HOMES = {
    "Activity": ("akegraph.api", "Activity"),
    "AkegraphError": ("akegraph.errors", "AkegraphError"),
    "Answer": ("akegraph.api", "Answer"),
    "Chain": ("akegraph.chains", "Chain"),
    "Collection": ("akegraph.api", "Collection"),
    "Listing": ("akegraph.api", "Listing"),
    "Plan": ("akegraph.api", "Plan"),
    "Settings": ("akegraph.settings", "Settings"),
    "Term": ("akegraph.store.base", "Term"),
    "ValidationReport": ("akegraph.validation", "ValidationReport"),
    "open": ("akegraph.api", "open_collection"),
}
"""Where each public name lives, and what it is called there."""

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives.

    :raises AttributeError: if there is no such name
    """
    if name not in _HOMES:
        raise AttributeError(f"module 'akegraph' has no attribute {name!r}")
    module, own_name = _HOMES[name]
    return getattr(importlib.import_module(module), own_name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
