"""Content negotiation (RFC 9110, 12.4 and 12.5): pure functions over header texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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
    """Sort the offers that are acceptable, the most welcome first; ties keep the order of the offers."""
    ranges = parse_header(accept)
    if ranges is None:
        return tuple(offers)
    qualities = {offer: _quality(offer, ranges) for offer in offers}
    return tuple(sorted((offer for offer in offers if qualities[offer] > 0), key=lambda offer: -qualities[offer]))


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


def parse_header(header: str | None) -> tuple[Range, ...] | None:
    """Parse ``Accept`` or ``Accept-Language`` into ranges; None where it says nothing.

    A malformed element is left out: it can be neither honoured nor blamed on what else was asked for.
    """
    if header is None or not header.strip():
        return None
    ranges = []
    for element in header.split(","):
        name, *parts = (part.strip() for part in element.lower().split(";"))
        if not name or not all(_TOKEN.fullmatch(part) for part in name.split("/")) or name.count("/") > 1:
            continue
        parameters: list[str] = []
        quality: float | None = 1.0
        for part in parts:
            key, _, value = (piece.strip() for piece in part.partition("="))
            if key == "q":
                quality = float(value) if _QUALITY.fullmatch(value) else None
                break
            if key:
                value = value.strip('"')
                parameters.append(f"{key}={value}")
        if quality is not None:
            ranges.append(Range(name, frozenset(parameters), quality))
    return tuple(ranges)


def _quality(offer: str, ranges: Sequence[Range]) -> float:
    """Return the quality that the most specific matching range gives an offer."""
    name, *parts = (part.strip() for part in offer.lower().split(";"))
    parameters = frozenset(parts)
    best: tuple[int, float] = (-1, 0.0)
    for candidate in ranges:
        # charset is no property of the formats offered: all of them are UTF-8
        wanted = frozenset(part for part in candidate.parameters if not part.startswith("charset="))
        if candidate.name == name and wanted <= parameters:
            specificity = 2 + len(wanted)
        elif candidate.name == f"{name.split('/')[0]}/*":
            specificity = 1
        elif candidate.name == "*/*":
            specificity = 0
        else:
            continue
        best = max(best, (specificity, candidate.quality))
    return best[1] if best[0] >= 0 else 0.0
