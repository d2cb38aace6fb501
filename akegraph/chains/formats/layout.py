"""Where the boxes and lines of a drawing lie: columns from task to goal, a lane for each activity.

What several activities share (tasks, impacts, goals) lies in the middle of what it is joined to, as near as the other
boxes of its column let it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from akegraph.chains.formats.drawing import COLUMNS, Drawing, Node
from akegraph.chains.formats.lettering import text_width, wrap_text

Style = Literal["label", "text", "note", "gap"]
WIDTH, BETWEEN = 212.0, 46.0
"""How wide a box is, and the room for lines between two columns."""
MARGIN, HEAD, PADDING = 20.0, 76.0, 11.0
_INSIDE = WIDTH - 2 * PADDING - 3
_APART, _LANES_APART, _PATHS_APART = 12.0, 14.0, 16.0
_MOST_LINES: Mapping[Style, int] = {"label": 14, "text": 16, "note": 3, "gap": 3}
SIZES: Mapping[Style, float] = {"label": 13.0, "text": 13.0, "note": 11.0, "gap": 11.5}
_HEIGHTS: Mapping[Style, float] = {"label": 17.0, "text": 17.0, "note": 15.0, "gap": 15.0}
_ACROSS = 4.0
"""Room between two styles of a box."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words, by its base line from the top of its box."""

    text: str
    style: Style
    y: float


@dataclass(slots=True)
class Box:
    """A node in its place."""

    node: Node
    column: int
    lines: tuple[Line, ...]
    height: float
    x: float = 0.0
    y: float = 0.0

    @property
    def middle(self) -> float:
        """Where lines meet it."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing in units that are pixels at its natural size.

    :param columns: the kind that heads each column, and where it begins
    :param height: without remarks below the boxes
    """

    boxes: tuple[Box, ...]
    columns: tuple[tuple[str, float], ...]
    width: float
    height: float


def lay_out(drawing: Drawing) -> Layout:
    """Give every box of a drawing its place; empty columns are left out."""
    boxes = [_make_box(node) for node in drawing.nodes]
    used = sorted({box.column for box in boxes})
    for box in boxes:
        box.x = MARGIN + used.index(box.column) * (WIDTH + BETWEEN)
    _place_lanes(boxes, drawing.lanes)
    before: dict[int, list[Box]] = {}
    after: dict[int, list[Box]] = {}
    for edge in drawing.edges:
        before.setdefault(edge.after, []).append(boxes[edge.before])
        after.setdefault(edge.before, []).append(boxes[edge.after])
    for column, beside in ((COLUMNS["impact"], before), (COLUMNS["goal"], before), (COLUMNS["task"], after)):
        _settle([(box, beside.get(number, ())) for number, box in enumerate(boxes) if box.column == column])
    top = min((box.y for box in boxes), default=0.0)
    for box in boxes:
        box.y += HEAD - top
    heads = {column: min((box.node.kind for box in boxes if box.column == column), key=_is_input) for column in used}
    return Layout(
        boxes=tuple(boxes),
        columns=tuple((heads[column], MARGIN + number * (WIDTH + BETWEEN)) for number, column in enumerate(used)),
        width=2 * MARGIN + max(len(used), 1) * (WIDTH + BETWEEN) - BETWEEN,
        height=max((box.y + box.height for box in boxes), default=HEAD) + MARGIN,
    )


def _is_input(kind: str) -> bool:
    """Put inputs last: where tasks stand in the column too, they head it."""
    return kind == "input"


def _make_box(node: Node) -> Box:
    lines: list[Line] = []
    y = PADDING
    parts: list[tuple[Style, Iterable[str]]] = [
        ("label" if node.iri else "gap", [node.label]),
        ("text", [node.text]),
        ("note", _join_notes(node.notes)),
        ("gap", node.gaps),
    ]
    for style, texts in parts:
        wrapped = [line for text in texts for line in wrap_text(text, _INSIDE, SIZES[style], _MOST_LINES[style])]
        if wrapped and lines:
            y += _ACROSS
        for line in wrapped:
            y += _HEIGHTS[style]
            lines.append(Line(line, style, y - _HEIGHTS[style] * 0.27))
    return Box(node, COLUMNS[node.kind], tuple(lines), y + PADDING)


def _join_notes(notes: Iterable[str]) -> list[str]:
    """Join notes that find room on one line."""
    lines: list[str] = []
    for note in notes:
        if lines and text_width(f"{lines[-1]} · {note}", SIZES["note"]) <= _INSIDE:
            lines[-1] += f" · {note}"
        else:
            lines.append(note)
    return lines


def _place_lanes(boxes: Sequence[Box], lanes: Sequence[Sequence[int]]) -> None:
    """Stack what is an activity's own (activity, outputs, outcomes) in its lane, lane below lane."""
    top, colour = 0.0, None
    for lane in lanes:
        stacks = [
            [boxes[number] for number in lane if boxes[number].column == column]
            for column in (COLUMNS["activity"], COLUMNS["output"], COLUMNS["outcome"])
        ]
        height = max(sum(box.height + _APART for box in stack) - _APART for stack in stacks)
        if height < 0:
            continue
        first = next(box.node.colour for stack in stacks for box in stack)
        if colour is not None and colour != first:
            top += _PATHS_APART
        colour = first
        for stack in stacks:
            y = top + (height - sum(box.height + _APART for box in stack) + _APART) / 2
            for box in stack:
                box.y = y
                y += box.height + _APART
        top += height + _LANES_APART


def _settle(column: Sequence[tuple[Box, Sequence[Box]]]) -> None:
    """Place the boxes of a column as near as they can be to the middle of what they are joined to, none over another.

    Boxes that would overlap move together, to where the sum of squares of their distances is least.
    """
    wanted = [
        ((sum(other.middle for other in joined) / len(joined) if joined else 0.0), number)
        for number, (_, joined) in enumerate(column)
    ]
    groups: list[tuple[float, list[Box], float]] = []  # where the group wants its top, its boxes, its height
    for middle, number in sorted(wanted):
        box = column[number][0]
        group = (middle - box.height / 2, [box], box.height)
        while groups and groups[-1][0] + groups[-1][2] + _APART > group[0]:
            top, above, height = groups.pop()
            shift = height + _APART
            number_above, number_below = len(above), len(group[1])
            both = (top * number_above + (group[0] - shift) * number_below) / (number_above + number_below)
            group = (both, [*above, *group[1]], shift + group[2])
        groups.append(group)
    for top, boxes, _ in groups:
        y = top
        for box in boxes:
            box.y = y
            y += box.height + _APART
