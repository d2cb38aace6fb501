"""Where ontology/, shapes/, queries/ and data/ lie: in a checkout or inside the wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

Folder = Literal["ontology", "shapes", "queries", "data"]


@cache
def _root() -> Path:
    """Find the folder that holds the four, the wheel's own copy first."""
    package = Path(__file__).resolve().parent
    shipped = package / "_resources"
    return shipped if shipped.is_dir() else package.parent


def resource(folder: Folder, *parts: str) -> Path:
    """Return the path of a file or folder that ships with akegraph.

    :raises FileNotFoundError: if it is missing, which means a broken installation
    """
    path = _root().joinpath(folder, *parts)
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: akegraph is not installed whole")
    return path
