"""Documents of every kind that the importer must survive, made from the rows of the real plan and a seed."""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from akegraph.table.model import CellState, Column, Reading

GOLD = json.loads((Path(__file__).parent / "gold" / "plan-2026-rows.json").read_text(encoding="utf-8"))
HEADINGS = {
    "fi": [
        "Tehtävä (Lain 8 § ja OKM-polut)", "Panos ja prosessi", "Tuotos", "Tulos", "Vaikutus",
        "Vaikuttavuus (perustaso)", "Arviointi", "Osallisuustaso",
    ],
    "sv": [
        "Uppgift (8 § i lagen)", "Insats och process", "Prestation", "Resultat", "Effekt",
        "Genomslag (basnivå)", "Utvärdering", "Delaktighetsnivå",
    ],
    "en": [
        "Task", "Input and process", "Output", "Outcome", "Impact", "Effectiveness", "Evaluation",
        "Participation level",
    ],
    "varied": [
        "TEHTÄVÄ", "Panos & prosessi", "Tuotokset", "Tulokset", "Vaikutus:", "Vaikuttavuus", "Arviointi ",
        "Osallisuus-taso",
    ],
}  # fmt: skip
COLUMNS = [column.value for column in Column]


def gold_cells(row: dict) -> dict[str, str]:
    """Return the eight cells of a gold row as they belong in the table."""
    impact = row["impact_path"]
    return {
        "task": " ".join(row["tehtava_cell_printed"]),
        "activity": row["activity"],
        "output": row["output"],
        "outcome": row["outcome"],
        "impact": f"Vaikutuspolku {impact['number']}: {impact['text']}",
        "effectiveness": row["effectiveness_goal"],
        "evaluation": " ".join(f"+ {item}" for item in row["evaluation_items"]),
        "participation": row["participation_level"]["printed"],
    }


CELLS = [gold_cells(row) for row in GOLD]


@dataclass
class Layout:
    """How a document is laid out; drawn from a seed."""

    seed: int
    rows: list[int] = field(default_factory=lambda: list(range(17)))
    order: list[str] = field(default_factory=lambda: list(COLUMNS))
    extra: tuple[int, str] | None = None
    language: str = "fi"
    font: str = "Helvetica"
    size: float = 7
    leading: float = 1.2
    widths: list[float] = field(default_factory=list)
    rules: str = "grid"
    padding: tuple[float, float] = (4, 2)
    valign: str = "TOP"
    repeat: bool = True
    split: bool = False
    align: int = 0
    heading_align: int = 0
    before: float = 0
    furniture: bool = True
    others: bool = False
    wrap: str | None = None
    page: tuple[float, float] = (842, 595)

    @property
    def truth(self) -> list[dict[str, str]]:
        """Return the cells that the document has."""
        return [CELLS[at] for at in self.rows]


def draw_layout(seed: int, **fixed: object) -> Layout:
    """Draw a layout; what is fixed stays so."""
    rng = random.Random(seed)
    layout = Layout(seed)
    layout.rows = list(range(17)) if rng.random() < 0.5 else rng.sample(range(17), rng.randint(3, 17))
    if rng.random() < 0.3:
        rng.shuffle(layout.order)
    if rng.random() < 0.3:
        layout.extra = rng.randint(0, 8), rng.choice(["Vastuuhenkilö", "Aikataulu", "Nro", "Huomioita"])
    layout.language = rng.choice(["fi", "fi", "fi", "sv", "en", "varied"])
    layout.font = rng.choice(["Helvetica", "Times-Roman", "Courier"])
    layout.size = rng.choice([5, 6, 6.5, 7, 8]) if layout.font != "Courier" else rng.choice([4.5, 5, 5.5])
    layout.leading = rng.choice([1.0, 1.15, 1.2, 1.4])
    layout.widths = [rng.uniform(0.8, 1.5) for _ in range(9)]
    layout.rules = rng.choice(["grid", "grid", "horizontal", "header", "none", "zebra", "vertical", "box"])
    layout.padding = rng.choice([(3, 1), (4, 2), (6, 3), (6, 0)])
    layout.valign = rng.choice(["TOP", "TOP", "TOP", "MIDDLE", "BOTTOM"])
    layout.repeat = rng.random() < 0.8
    layout.split = rng.random() < 0.4
    layout.align = rng.choice([0, 0, 0, 1, 4])
    layout.heading_align = rng.choice([0, 0, 1])
    layout.before = rng.choice([0, 0, 40, 150, 300])
    layout.furniture = rng.random() < 0.8
    layout.others = rng.random() < 0.3
    layout.wrap = rng.choice([None, None, None, "CJK"])
    layout.page = rng.choice([(842, 595), (842, 595), (1191, 842)])
    for name, value in fixed.items():
        setattr(layout, name, value)
    if layout.wrap:
        layout.split = False  # reportlab loses spaces where it splits such a paragraph
    return layout


def table_of(layout: Layout) -> list[list[str]]:
    """Return the table as texts, the headings first."""
    headings = dict(zip(COLUMNS, HEADINGS[layout.language], strict=True))
    table = [[headings[column] for column in layout.order]]
    table += [[CELLS[at][column] for column in layout.order] for at in layout.rows]
    if layout.extra:
        at, name = layout.extra
        rng = random.Random(layout.seed)
        for number, row in enumerate(table):
            words = ["Anna", "Liisa Virtanen", "syksy 2026", "1-6/2026", "toteutuu", str(number)]
            row.insert(at, name if number == 0 else rng.choice(words))
    return table


def make_pdf(layout: Layout) -> bytes:
    """Make a PDF."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

    style = ParagraphStyle("cell", fontName=layout.font, fontSize=layout.size, leading=layout.size * layout.leading)
    style.alignment, style.wordWrap = layout.align, layout.wrap
    head = ParagraphStyle("head", parent=style, alignment=layout.heading_align, wordWrap=None)
    table = table_of(layout)
    cells = [
        [Paragraph(escape(text).replace(" + ", "<br/>+ "), head if number == 0 else style) for text in row]
        for number, row in enumerate(table)
    ]
    shares = layout.widths[: len(table[0])] or [1.0] * len(table[0])
    if layout.extra:
        shares[layout.extra[0]] = 0.7
    inside = layout.page[0] - 60
    widths = [share / sum(shares) * inside for share in shares]
    commands = [
        ("VALIGN", (0, 0), (-1, -1), layout.valign),
        ("LEFTPADDING", (0, 0), (-1, -1), layout.padding[0]),
        ("RIGHTPADDING", (0, 0), (-1, -1), layout.padding[0]),
        ("TOPPADDING", (0, 0), (-1, -1), layout.padding[1]),
        ("BOTTOMPADDING", (0, 0), (-1, -1), layout.padding[1]),
    ]
    line = (0.5, colors.black)
    commands += {
        "grid": [("GRID", (0, 0), (-1, -1), *line)],
        "horizontal": [("LINEBELOW", (0, 0), (-1, -1), *line), ("LINEABOVE", (0, 0), (-1, -1), *line)],
        "header": [("LINEBELOW", (0, 0), (-1, 0), *line)],
        "none": [],
        "zebra": [("ROWBACKGROUNDS", (0, 0), (-1, -1), [colors.whitesmoke, colors.lightgrey])],
        "vertical": [("LINEBEFORE", (0, 0), (-1, -1), *line), ("LINEAFTER", (0, 0), (-1, -1), *line)],
        "box": [("BOX", (0, 0), (-1, -1), *line)],
    }[layout.rules]
    plan = LongTable(
        cells, colWidths=widths, repeatRows=1 if layout.repeat else 0, style=commands, splitInRow=int(layout.split)
    )
    story: list = []
    if layout.before:
        story += [Spacer(1, layout.before)]
    if layout.others:
        budget = [["Menot", "Euroa"], ["Matkat", "1200"], ["Tilat", "300"]]
        story += [Table(budget, style=[("GRID", (0, 0), (-1, -1), *line)]), Spacer(1, 30)]
    story.append(plan)

    def furnish(canvas: object, document: object) -> None:
        if not layout.furniture:
            return
        canvas.setFont("Helvetica", 8)
        canvas.drawString(30, layout.page[1] - 20, "Tampere")
        canvas.drawRightString(layout.page[0] - 30, layout.page[1] - 20, "6.11.2025")
        title = "AKE Tampere (Pirkanmaa ja Keski-Suomi) – Akepiken vuosisuunnitelma 2026"
        canvas.drawString(30, 15, title)
        canvas.drawRightString(layout.page[0] - 30, 15, str(document.page + 15))

    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=layout.page, leftMargin=30, rightMargin=30, topMargin=40, bottomMargin=40
    )
    document.build(story, onFirstPage=furnish, onLaterPages=furnish)
    return stream.getvalue()


def find_silent(reading: Reading, truth: list[dict[str, str]]) -> list[str]:
    """Return what is wrong without being in doubt."""
    wrong = []
    if len(reading.table.rows) != len(truth):
        wrong.append(f"{len(reading.table.rows)} rows instead of {len(truth)}")
    for row, cells in zip(reading.table.rows, truth, strict=False):
        for column, cell in row.cells.items():
            if cell.state is CellState.SURE and cell.text != cells[column]:
                wrong.append(f"row {row.number}, {column}: {cell.text!r} is not {cells[column]!r}")
    doubted = {(doubt.row_id, str(doubt.column)) for doubt in reading.doubts}
    unsure = {(r.id, c) for r in reading.table.rows for c, cell in r.cells.items() if cell.state is CellState.REVIEW}
    if unsure - doubted:
        wrong.append(f"in review without a doubt: {sorted(unsure - doubted)}")
    return wrong
