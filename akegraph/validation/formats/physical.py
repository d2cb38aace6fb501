"""Where a finding is in a file, as machines want it: a path as part of a URI, and a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from akegraph.validation.findings import Place


def file_uri(file: str) -> str:
    """Write a file's name as a URI: relative as it was given, else absolute; below the current folder relative."""
    path = Path(file)
    if not path.is_absolute():
        return quote(path.as_posix())
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.as_uri()


def physical_places(places: Sequence[Place]) -> list[Place]:
    """Return the places that are in a file, one for each line of it."""
    found: dict[tuple[str, int | None], Place] = {}
    for place in places:
        if place.file is not None:
            found.setdefault((place.file, place.line), place)
    return list(found.values())
