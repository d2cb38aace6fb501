"""Content negotiation (RFC 9110, 12.4 and 12.5): pure functions over header texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_QUALITY = re.compile(r"0?\.[0-9]+|0\.?|1(?:\.0*)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?$))+', re.DOTALL)
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*(?:"|\\?$))+', re.DOTALL)
_HINTS = ("charset=", "profile=", "version=")
"""Parameters that rule nothing out: every form is UTF-8, and a profile or a version is honoured where it can be."""
_REMEMBERED = 500
"""Characters of a header that is short enough to be remembered; those of browsers and clients are."""


@dataclass(frozen=True, slots=True)
class Range:
    """One element of a header: what it accepts, with which parameters, how gladly."""

    name: str
    parameters: frozenset[str]
    quality: float


def negotiate(accept: str | None, offers: Sequence[str]) -> str | None:
    """Choose the media type to answer with, or None where nothing fits (406).

    :param accept: the ``Accept`` header; missing or empty accepts anything
    :param offers: media types that can be made; among equally welcome ones the first wins
    """
    return next(iter(rank(accept, offers)), None)


def rank(accept: str | None, offers: Sequence[str]) -> tuple[str, ...]:
    """Sort the offers that are acceptable, the most welcome first.

    Of equally welcome ones those come first that were asked for by name, then by kind; other ties keep the order of the
    offers.
    """
    if accept is None:
        return tuple(offers)
    return (_rank_known if len(accept) <= _REMEMBERED else _rank)(accept, tuple(offers))


def _rank(accept: str, offers: tuple[str, ...]) -> tuple[str, ...]:
    ranges = parse_header(accept)
    if ranges is None:
        return offers
    welcome = {offer: _welcome(offer, ranges) for offer in offers}
    acceptable = (offer for offer in offers if welcome[offer][0] > 0)
    return tuple(sorted(acceptable, key=lambda offer: welcome[offer], reverse=True))


_rank_known = lru_cache(maxsize=256)(_rank)


def choose_language(accept_language: str | None, offers: Sequence[str]) -> str | None:
    """Choose a language by ``Accept-Language``: ``sv-FI`` finds ``sv`` (RFC 4647); None where nothing fits."""
    ranges = parse_header(accept_language)
    if ranges is None:
        return None
    best: tuple[float, str | None] = (0.0, None)
    for wanted in ranges:
        found = next((offer for offer in offers if wanted.name.split("-")[0] == offer), None)
        if found is not None and wanted.quality > best[0]:
            best = (wanted.quality, found)
    return best[1]


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether a client would rather have a gzipped answer than a plain one, by ``Accept-Encoding``."""
    qualities = {known.name: known.quality for known in parse_header(accept_encoding) or ()}
    anything = qualities.get("*", 0.0)
    gzip = max((qualities[name] for name in ("gzip", "x-gzip") if name in qualities), default=anything)
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def parse_header(header: str | None) -> tuple[Range, ...] | None:
    """Parse ``Accept``, ``Accept-Language`` or ``Accept-Encoding`` into ranges; None where it says nothing.

    A malformed element is left out: it can be neither honoured nor blamed on what else was asked for.
    """
    if header is None or not header.strip():
        return None
    return tuple(known for element in _ELEMENT.findall(header) if (known := _parse_range(element)) is not None)


def _parse_range(element: str) -> Range | None:
    name, *parts = (part.strip() for part in _split(element.strip().lower()))
    if not name or not all(_TOKEN.fullmatch(part) for part in name.split("/")) or name.count("/") > 1:
        return None
    parameters: list[str] = []
    quality = 1.0
    for part in parts:
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key == "q":
            if not _QUALITY.fullmatch(value):
                return None
            quality = float(value)
            break
        if key:
            parameters.append(f"{key}={value.strip(chr(34))}")
    return Range(name, frozenset(parameters), quality)


def _split(element: str) -> Iterator[str]:
    """Split an element at its semicolons, but for those within quotes."""
    return iter(_PART.findall(element)) if '"' in element else iter(element.split(";"))


def _welcome(offer: str, ranges: Sequence[Range]) -> tuple[float, int]:
    """Return the quality that the most specific matching range gives an offer, and how specific that is."""
    name, *parts = (part.strip() for part in offer.lower().split(";"))
    parameters = frozenset(parts)
    best: tuple[int, float] = (-1, 0.0)
    for candidate in ranges:
        wanted = frozenset(part for part in candidate.parameters if not part.startswith(_HINTS))
        if candidate.name == name and wanted <= parameters:
            specificity = 2 + len(wanted)
        elif candidate.name == f"{name.split('/')[0]}/*":
            specificity = 1
        elif candidate.name in ("*/*", "*"):  # the second is no range by the RFC, and what old Java clients send
            specificity = 0
        else:
            continue
        best = max(best, (specificity, candidate.quality))
    return best[1], best[0]
