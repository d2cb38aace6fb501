"""Chains as an SVG drawing that stands alone: its colours, by day and by night, its title and its description with it.

Every text of the data is escaped for XML; nothing in the drawing refers to anything outside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from akegraph.chains.formats.drawing import Drawing, Node, draw_chains
from akegraph.chains.formats.layout import HEAD, MARGIN, PADDING, SIZES, WIDTH, Box, lay_out
from akegraph.chains.formats.lettering import clip_text, wrap_text
from akegraph.chains.formats.palette import load_palette
from akegraph.chains.formats.words import load_words, one_line
from akegraph.chains.model import COLOURS, Chain
from akegraph.settings import Language

_FONT = "Inter,'Segoe UI',Roboto,'Helvetica Neue','Liberation Sans',Arial,sans-serif"
_REMARK_LINE = 17.0
_DATA_LANGUAGE = "fi"
"""The language of names and wordings that chains are read in."""


def chains_svg(chains: Sequence[Chain], language: Language = "fi") -> str:
    """Draw chains as one SVG document; what they share is one box."""
    drawing = draw_chains(chains, language)
    layout = lay_out(drawing)
    width = layout.width
    remarks = [line for text in drawing.remarks for line in wrap_text(text, width - 2 * MARGIN, SIZES["gap"], 4)]
    height = layout.height + (len(remarks) * _REMARK_LINE + MARGIN / 2 if remarks else 0)
    size = f'width="{width:g}" height="{height:.10g}" viewBox="0 0 {width:g} {height:.10g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="akegraph-chain" {size} role="group" {_lang(language)}>',
        f"<title>{escape(drawing.title)}</title>",
        f"<desc>{escape(drawing.about)}</desc>",
        f"<style>{_style()}</style>",
        f'<rect class="ground" width="{width:g}" height="{height:.10g}"/>',
        f'<text class="title" x="{MARGIN:g}" y="32" {_lang(_DATA_LANGUAGE)}>'
        f"{escape(clip_text(drawing.title, width - 2 * MARGIN, 16))}</text>",
    ]
    words = load_words()[language]
    lines += [
        f'<text class="head" x="{x:g}" y="{HEAD - 14:g}">{escape(words[kind])}</text>' for kind, x in layout.columns
    ]
    lines += _edges(drawing, layout.boxes)
    for box in layout.boxes:
        lines += _box(box, language)
    for number, remark in enumerate(remarks):
        y = layout.height + number * _REMARK_LINE
        lines.append(f'<text class="gap" x="{MARGIN:g}" y="{y:.10g}">{escape(remark)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _edges(drawing: Drawing, boxes: Sequence[Box]) -> Iterator[str]:
    for edge in drawing.edges:
        first, second = boxes[edge.before], boxes[edge.after]
        x1, y1, x2, y2 = first.x + WIDTH, first.middle, second.x - 3, second.middle
        bend = (x2 - x1) / 2
        # of the two the one that fewer chains share gives the colour
        colour = first.node.colour or second.node.colour
        classes = f"line p{colour}{' missing' if edge.is_dashed else ''}"
        curve = f"M{_n(x1)} {_n(y1)}C{_n(x1 + bend)} {_n(y1)} {_n(x2 - bend)} {_n(y2)} {_n(x2)} {_n(y2)}"
        yield f'<path class="{classes}" d="{curve}"/>'
        yield f'<path class="tip p{colour}" d="M{_n(x2 - 6)} {_n(y2 - 4)}l6 4l-6 4"/>'


def _box(box: Box, language: Language) -> Iterator[str]:
    node = box.node
    classes = f"box {node.kind} p{node.colour}{'' if node.iri else ' missing'}{' lacking' if node.gaps else ''}"
    named = f" data-iri={quoteattr(one_line(node.iri))}" if node.iri else ""
    yield f'<g class="{classes}"{named} transform="translate({_n(box.x)} {_n(box.y)})">'
    yield f"<title>{escape(_say(node, language))}</title>"
    yield f'<rect width="{WIDTH:g}" height="{_n(box.height)}" rx="7"/>'
    if node.iri:
        yield f'<path class="edge" d="M1.5 8V{_n(box.height - 8)}"/>'
    for line in box.lines:
        lang = f" {_lang(_DATA_LANGUAGE)}" if line.style in ("label", "text") else ""
        yield f'<text class="{line.style}" x="{PADDING + 2:g}" y="{_n(line.y)}"{lang}>{escape(line.text)}</text>'
    yield "</g>"


def _say(node: Node, language: Language) -> str:
    """Say a box whole: what its lines may have cut."""
    words = load_words()[language]
    wording = f"{node.label}: {node.text}" if node.text else node.label
    parts = [f"{words[node.kind]}{'' if node.iri else ' ' + words['gap']}: {wording}", *node.notes]
    return " · ".join([*parts, *(f"{words['gap']}: {gap}" for gap in node.gaps)])


def _style() -> str:
    palette = load_palette()
    day, night = _colours(palette["light"]), _colours(palette["dark"])
    shape = (
        f".akegraph-chain text{{font-family:{_FONT};font-size:13px}}"
        ".akegraph-chain .title{font-size:16px;font-weight:650}"
        ".akegraph-chain .head{font-size:12px;font-weight:650;letter-spacing:.04em}"
        ".akegraph-chain .activity .label{font-weight:650}"
        ".akegraph-chain .note{font-size:11px}.akegraph-chain .gap{font-size:11.5px}"
        ".akegraph-chain .box rect{stroke-width:1}.akegraph-chain .edge{stroke-width:3;stroke-linecap:round}"
        ".akegraph-chain .line{fill:none;stroke-width:1.4;stroke-opacity:.75}"
        ".akegraph-chain .tip{fill:none;stroke-width:1.4;stroke-linejoin:round}"
        ".akegraph-chain .missing rect,.akegraph-chain .lacking rect,.akegraph-chain .line.missing"
        "{stroke-dasharray:5 4}"
    )
    return f"{shape}{day}@media (prefers-color-scheme:dark){{{night}}}"


def _colours(colours: Mapping[str, str]) -> str:
    """Write rules without variables, which not every viewer of SVG knows."""
    rules = [
        f".akegraph-chain .ground{{fill:{colours['paper']}}}",
        f".akegraph-chain text{{fill:{colours['ink']}}}",
        f".akegraph-chain .head,.akegraph-chain .note{{fill:{colours['soft']}}}",
        f".akegraph-chain .box rect{{fill:{colours['card']};stroke:{colours['line']}}}",
    ]
    for number in range(COLOURS + 1):
        parts = (f".line.p{number}", f".tip.p{number}", f".p{number} .edge")
        selector = ",".join(f".akegraph-chain {part}" for part in parts)
        rules.append(f"{selector}{{stroke:{colours[f'p{number}']}}}")
    rules += [
        f".akegraph-chain .lacking rect{{stroke:{colours['gap']}}}",
        f".akegraph-chain .missing rect{{fill:{colours['gap-ground']};stroke:{colours['gap']}}}",
        f".akegraph-chain .line.missing{{stroke:{colours['gap']}}}",
        f".akegraph-chain .gap{{fill:{colours['gap']}}}",
    ]
    return "".join(rules)


def _lang(language: str) -> str:
    """Write the language for SVG in HTML and for SVG as XML."""
    return f'lang="{language}" xml:lang="{language}"'


def _n(number: float) -> str:
    return f"{round(number, 1):g}"
