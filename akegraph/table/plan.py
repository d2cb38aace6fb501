"""What is known of a plan beside its table (``plan.toml``) and of the document it came in (``sources.toml``).

The documents of the built-in plans are described in ``data/source/``; a plan's folder may describe its own, in a
``sources.toml`` beside ``plan.toml``.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akegraph.errors import SourceError

LANGUAGE = "fi"
"""The language of the plans' wordings: that of the schemes' labels and of the questions."""
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_DOCUMENT_TEXTS = ("id", "title", "kind", "publisher", "language", "extraction", "rights")


def name_period(start: datetime.date, end: datetime.date) -> str:
    """Make the id of a period: the year, or both ends where it is not one calendar year."""
    if (start, end) == (datetime.date(start.year, 1, 1), datetime.date(start.year, 12, 31)):
        return str(start.year)
    return f"{start.isoformat()}-{end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: ids of what it belongs to, never labels.

    :ivar id: the plan's stable id, also the name of its folder and its named graph
    :ivar label: a short name
    :ivar title: the title as printed
    :ivar language: language of the cells (BCP 47)
    :ivar organisation: id of the organisation that prepared it
    :ivar areas: ids of the areas it covers
    :ivar framework: id of the framework of paths it follows
    :ivar document: id of the source document
    :ivar start: first day of the planning period
    :ivar end: last day of the planning period
    :ivar previous: id of the plan before, which this one follows
    :ivar synthetic: made up for tests and measurements, and never to be taken for a real plan
    """

    id: str
    label: str
    title: str
    language: str
    organisation: str
    areas: tuple[str, ...]
    framework: str
    document: str
    start: datetime.date
    end: datetime.date
    previous: str | None = None
    synthetic: bool = False

    @property
    def period(self) -> str:
        """The id of the planning period."""
        return name_period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as received, described in a ``sources.toml``.

    :ivar file: its name beside the description; None only where it is synthetic
    :ivar sha256: its checksum; None only where it is synthetic
    :ivar synthetic: there is no such document: what cites it was made up
    """

    id: str
    title: str
    kind: str
    publisher: str
    language: str
    issued: datetime.date
    first_page: int
    last_page: int
    extraction: str
    rights: str
    file: str | None = None
    sha256: str | None = None
    synthetic: bool = False


def read_plan(path: Path) -> Plan:
    """Read ``plan.toml``.

    :raises SourceError: if it is no TOML, lacks a key, has an unknown one, or a value is of another kind
    """
    values = _read_toml(path)
    period = values.pop("period", None)
    if not isinstance(period, dict) or set(period) != {"start", "end"}:
        raise SourceError("needs a table [period] with start and end, two dates", file=str(path))
    values |= period
    checked = _checked(
        values,
        {
            "id": str, "label": str, "title": str, "language": str, "organisation": str, "areas": list,
            "framework": str, "document": str, "start": datetime.date, "end": datetime.date,
        },
        str(path),
        {"previous": str, "synthetic": bool},
    )  # fmt: skip
    if checked["language"] != LANGUAGE:
        what = f"key 'language': {checked['language']!r} is not read yet; plans are read in {LANGUAGE!r}"
        raise SourceError(what, file=str(path))
    areas = checked.pop("areas")
    if not areas or not all(isinstance(area, str) for area in areas):
        raise SourceError("key 'areas': needs a list of one or more area ids", file=str(path))
    singles = ("id", "organisation", "framework", "document", "previous")
    for key, names in [("areas", areas), *((key, [checked[key]]) for key in singles if key in checked)]:
        for name in names:
            if not _ID.fullmatch(name):
                raise SourceError(
                    f"key {key!r}: {name!r} is not an id; use lower-case letters, digits and hyphens", file=str(path)
                )
    if checked.get("previous") == checked["id"]:
        raise SourceError("key 'previous': a plan cannot come before itself", file=str(path))
    return Plan(areas=tuple(sorted(areas)), **checked)


def read_documents(path: Path) -> Mapping[str, Document]:
    """Read ``sources.toml`` and verify each document beside it by its checksum; a synthetic one has no file.

    :returns: the documents by id
    :raises SourceError: if the description does not hold, a document is missing, or it was edited
    """
    documents: dict[str, Document] = {}
    for entry in _read_toml(path).get("document", []):
        kinds: dict[str, type] = dict.fromkeys(_DOCUMENT_TEXTS, str)
        kinds |= {"issued": datetime.date, "first_page": int, "last_page": int}
        if entry.get("synthetic") is not True:
            kinds |= {"file": str, "sha256": str}
        document = Document(**_checked(entry, kinds, str(path), {"synthetic": bool}))
        if not _ID.fullmatch(document.id):
            raise SourceError(f"key 'id': {document.id!r} is not an id", file=str(path))
        _verify(document, path)
        if document.id in documents:
            raise SourceError(f"two documents have the id {document.id!r}", file=str(path))
        documents[document.id] = document
    return documents


def _verify(document: Document, described_in: Path) -> None:
    """Refuse a document that is missing or is not what its checksum says."""
    if document.file is None:
        return
    source = described_in.parent / document.file
    if not source.is_file():
        raise SourceError(f"document {document.id!r}: {document.file} is missing", file=str(described_in))
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != document.sha256:
        raise SourceError(
            f"its SHA-256 is {found}, not the {document.sha256} of {described_in.name}: a source is never edited",
            file=str(source),
        )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError("no such file", file=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"is not TOML: {error}", file=str(path)) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error


def _checked(
    values: Mapping[str, Any], required: Mapping[str, type], file: str, optional: Mapping[str, type]
) -> dict[str, Any]:
    """Return the values if they are all required keys and no unknown one, each of its kind."""
    if missing := sorted(set(required) - set(values)):
        raise SourceError(f"lacks the key {missing[0]!r}", file=file)
    kinds = {**required, **optional}
    if unknown := sorted(set(values) - set(kinds)):
        raise SourceError(f"has an unknown key {unknown[0]!r}; known are {', '.join(sorted(kinds))}", file=file)
    for key, kind in kinds.items():
        if key in values and (type(values[key]) is not kind or values[key] == ""):
            raise SourceError(f"key {key!r}: {values[key]!r} is not a {kind.__name__} with content", file=file)
    return dict(values)
