"""The diagram of the results chain: found in the ontology by its form, laid out as boxes and arrows.

The chain is the longest row of classes that the sub-properties of one property join, domain to range; what is
transitive among that property and its super-properties spans the whole row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from akegraph.graph.vocabulary import Term, Vocabulary

_LETTER = 7.4
"""The width of a letter of a box, about: the reader's own font is not known here."""
_LINE = 13
_MOST_LETTERS = 11
_BOX_HEIGHT, _GAP, _SPAN = 58, 86, 40


@dataclass(frozen=True, slots=True)
class Box:
    """A class."""

    iri: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A property, from one box to the next; each line of its label with its place."""

    iri: str
    path: str
    lines: tuple[tuple[str, float, float], ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Span:
    """A property over the whole row; its label is turned where the row runs downwards."""

    iri: str
    path: str
    x: float
    y: float
    is_turned: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing, in units that are pixels at its natural size."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    spans: tuple[Span, ...]


def find_row(vocabulary: Vocabulary) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Find the chain: its properties in order, and the properties above all of them, nearest first."""
    best: tuple[tuple[Term, ...], Term | None] = ((), None)
    for prop in vocabulary.terms.values():
        # of a property and its inverse, the one that states the inverse leads forwards
        if prop.kind == "ObjectProperty" and prop.names_inverse:
            row = _longest([term for sub in prop.subs if (term := vocabulary.find_term(sub)) is not None])
            best = max(best, (row, prop), key=lambda found: len(found[0]))
    row, above = best
    overall: list[Term] = []
    while above is not None and above not in overall:
        overall.append(above)
        above = next((term for sup in above.supers if (term := vocabulary.find_term(sup)) is not None), None)
    return row, tuple(overall)


def draw_across(vocabulary: Vocabulary, names: Callable[[str], str]) -> Diagram | None:
    """Lay the chain out from left to right; None if the ontology has none."""
    row, above = find_row(vocabulary)
    spanning = _spanning(above)
    if len(row) < 2:
        return None
    boxes, arrows = [], []
    x, middle = 1.0, _BOX_HEIGHT * 0.62
    for number, iri in enumerate(_classes(row)):
        width = len(names(iri)) * _LETTER + 26
        if number:
            lines = _wrap(names(row[number - 1].iri))
            first = middle - 9 - (len(lines) - 1) * _LINE
            places = tuple((line, x + _GAP / 2 - 3, first + place * _LINE) for place, line in enumerate(lines))
            arrows.append(Arrow(row[number - 1].iri, _arrow(x + 4, middle, x + _GAP - 5, middle), places, "middle"))
            x += _GAP
        boxes.append(Box(iri, x, 1, width, _BOX_HEIGHT))
        x += width
    start, end = boxes[0].x + boxes[0].width / 2, boxes[-1].x + boxes[-1].width / 2
    spans = []
    for number, iri in enumerate(spanning):
        y = _BOX_HEIGHT + 8.0
        low = y + 20 + number * _SPAN
        spans.append(
            Span(iri, f"M{start:g} {y:g}V{low:g}H{end:g}V{y + 3:g}m-4 6l4-7l4 7", (start + end) / 2, low - 6, False)
        )
    return Diagram(x + 1, _BOX_HEIGHT + 12 + _SPAN * len(spanning), tuple(boxes), tuple(arrows), tuple(spans))


def draw_downwards(vocabulary: Vocabulary, names: Callable[[str], str]) -> Diagram | None:
    """Lay the chain out from top to bottom, for narrow windows; None if the ontology has none."""
    row, above = find_row(vocabulary)
    spanning = _spanning(above)
    if len(row) < 2:
        return None
    classes, height, gap = _classes(row), 38, 40
    width = max(len(names(iri)) for iri in classes) * _LETTER + 26
    boxes = tuple(Box(iri, 1, 1 + number * (height + gap), width, height) for number, iri in enumerate(classes))
    arrows = tuple(
        Arrow(
            prop.iri,
            _arrow(24, box.y + height + 4, 24, box.y + height + gap - 5),
            ((names(prop.iri), 38, box.y + height + gap / 2 + 4),),
            "start",
        )
        for prop, box in zip(row, boxes, strict=False)
    )
    top, bottom = boxes[0].y + height / 2, boxes[-1].y + height / 2
    spans = tuple(
        Span(
            iri,
            f"M{width + 8:g} {top:g}H{width + 26 + number * 32:g}V{bottom:g}H{width + 11:g}m6-4l-7 4l7 4",
            width + 12 + number * 32,
            (top + bottom) / 2,
            True,
        )
        for number, iri in enumerate(spanning)
    )
    return Diagram(width + 32 * len(spanning) + 6, bottom + height / 2 + 1, boxes, arrows, spans)


def _spanning(above: tuple[Term, ...]) -> tuple[str, ...]:
    """Return what holds from the first class to the last: only a transitive property does."""
    return tuple(prop.iri for prop in above if "Transitive" in prop.characters)


def _classes(row: tuple[Term, ...]) -> tuple[str, ...]:
    return (row[0].domains[0], *(prop.ranges[0] for prop in row))


def _longest(props: list[Term]) -> tuple[Term, ...]:
    """Return the longest row of properties, each beginning where the one before ends; no class twice."""
    leaving: Mapping[str, list[Term]] = {
        prop.domains[0]: [other for other in props if other.domains == prop.domains and len(other.ranges) == 1]
        for prop in props
        if len(prop.domains) == 1
    }

    def onward(start: str, seen: frozenset[str]) -> tuple[Term, ...]:
        rows = [
            (prop, *onward(prop.ranges[0], seen | {start}))
            for prop in leaving.get(start, ())
            if prop.ranges[0] not in seen | {start}
        ]
        return max(rows, key=len, default=())

    return max((onward(start, frozenset()) for start in sorted(leaving)), key=len, default=())


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    head = "m-7-4l7 4l-7 4" if y1 == y2 else "m-4-7l4 7l4-7"
    return f"M{x1:g} {y1:g}L{x2:g} {y2:g}{head}"


def _wrap(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= _MOST_LETTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
