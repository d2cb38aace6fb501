"""Documents of every kind against the rows they were made from: each cell is right, or in doubt, and none is lost."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from conftest import SHARED
from plan_documents import CELLS, COLUMNS, GOLD, HEADINGS, Layout, draw_layout, find_silent, make_pdf, table_of

from akegraph.errors import SourceError
from akegraph.pipeline.importing import read_spelling
from akegraph.pipeline.knowledge import Knowledge
from akegraph.table.documents import Wanted, read_document
from akegraph.table.geometry import Box, Page, Word
from akegraph.table.grids import Line
from akegraph.table.joining import Joiner
from akegraph.table.model import CellState, Reading
from akegraph.table.ruled import Drawn, DrawnRow, DrawnTable, read_rest
from akegraph.table.spelling import Spelling

KNOWLEDGE = Knowledge()
LEXICON = KNOWLEDGE.schemes.lexicon
LISTED = replace(read_spelling(KNOWLEDGE), speller=None)
PLAN = "ake-tampere-2026"


def read(data: bytes, file: str = "plan", **wanted: object) -> Reading:
    return read_document(data, LEXICON, LISTED, file=file, plan_id=PLAN, wanted=Wanted(**wanted))


def texts(reading: Reading) -> list[dict[str, str]]:
    return [{column: cell.text for column, cell in row.cells.items()} for row in reading.table.rows]


# the documents that the plan was rebuilt as


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["plan-2026-ruled.pdf", "plan-2026-word.pdf", "plan-2026.docx", "plan-2026.xlsx", "plan-2026.csv"]
)
def test_every_cell_of_the_plan_is_read(name: str) -> None:
    reading = read((SHARED / "documents" / name).read_bytes(), name)
    assert texts(reading) == CELLS
    assert find_silent(reading, CELLS) == []
    assert len(reading.doubts) <= 5


@pytest.mark.shared
def test_pages_of_a_pdf_are_those_printed_on_it() -> None:
    reading = read((SHARED / "documents" / "plan-2026-ruled.pdf").read_bytes())
    pages = [row.page for row in reading.table.rows]
    assert pages == sorted(pages)
    assert set(pages) == {16, 17}
    assert reading.table.headings == dict(zip(COLUMNS, HEADINGS["fi"], strict=True))


@pytest.mark.shared
def test_all_readers_give_the_rows_the_same_ids() -> None:
    folder = SHARED / "documents"
    ids = {tuple(row.id for row in read(path.read_bytes()).table.rows) for path in folder.iterdir()}
    assert len(ids) == 1


@pytest.mark.shared
def test_sheet_cells_are_kept() -> None:
    reading = read((SHARED / "documents" / "plan-2026.xlsx").read_bytes())
    assert [cell.sheet_cell for cell in reading.table.rows[4].cells.values()] == [f"Sheet!{c}6" for c in "ABCDEFGH"]


# PDF


@pytest.mark.parametrize("rules", ["grid", "horizontal", "header", "none", "zebra", "vertical", "box"])
def test_rules_are_not_needed(rules: str) -> None:
    reading = read(make_pdf(Layout(1, rules=rules, size=6.5)))
    assert find_silent(reading, CELLS) == []
    assert texts(reading) == CELLS


@pytest.mark.parametrize("language", HEADINGS)
@pytest.mark.parametrize("rules", ["grid", "none"])
def test_headings_in_other_words_and_languages(language: str, rules: str) -> None:
    reading = read(make_pdf(Layout(2, language=language, rules=rules, size=6.5, rows=[0, 4, 8, 12])))
    assert texts(reading) == [CELLS[at] for at in (0, 4, 8, 12)]


@pytest.mark.parametrize("rules", ["grid", "none"])
def test_columns_in_another_order_and_one_more(rules: str) -> None:
    order = [*reversed(COLUMNS)]
    layout = Layout(3, order=order, extra=(3, "Vastuuhenkilö"), rules=rules, size=6, rows=[1, 2, 3, 9])
    reading = read(make_pdf(layout))
    assert texts(reading) == layout.truth
    assert any("'Vastuuhenkilö'" in note for note in reading.notes)
    assert any("another order" in note for note in reading.notes)


@pytest.mark.parametrize("before", [0, 35, 70, 105, 140, 300])
@pytest.mark.parametrize("rules", ["grid", "none"])
def test_rows_split_over_pages_are_put_together(before: float, rules: str) -> None:
    reading = read(make_pdf(Layout(4, split=True, before=before, rules=rules, size=7)))
    assert len(reading.table.rows) == 17
    assert find_silent(reading, CELLS) == []


@pytest.mark.parametrize("repeat", [True, False])
def test_headings_are_repeated_or_not(repeat: bool) -> None:
    reading = read(make_pdf(Layout(5, repeat=repeat, size=8)))
    assert len(reading.table.rows) == 17
    assert find_silent(reading, CELLS) == []
    assert len({row.page for row in reading.table.rows}) > 1


def test_other_tables_are_listed() -> None:
    data = make_pdf(Layout(6, others=True, rows=[0, 1, 2]))
    for reading in (read(data), read(data, table=2)):
        assert len(reading.table.rows) == 3
        assert find_silent(reading, CELLS[:3]) == []
        assert any("another table was left out: 1: page 1" in note for note in reading.notes)
    with pytest.raises(SourceError, match="table 1 has not the headings"):
        read(make_pdf(Layout(6, others=True, rows=[0])), table=1)
    with pytest.raises(SourceError, match="there is no table 9"):
        read(make_pdf(Layout(6, others=True, rows=[0])), table=9)


@pytest.mark.parametrize("seed", range(300, 312))
def test_no_layout_is_silently_wrong(seed: int) -> None:
    layout = draw_layout(seed)
    try:
        reading = read(make_pdf(layout))
    except SourceError as error:
        assert "would be in doubt" in str(error)  # noqa: PT017
        return
    assert find_silent(reading, layout.truth) == []


# DOCX


def make_docx(table: list[list[str]], change: object = None) -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph("Toimintasuunnitelma 2026")
    budget = document.add_table(rows=2, cols=2)
    budget.cell(0, 0).text, budget.cell(0, 1).text = "Menot", "Euroa"
    document.add_paragraph("")
    made = document.add_table(rows=len(table), cols=len(table[0]))
    for at, row in enumerate(table):
        for column, text in enumerate(row):
            made.cell(at, column).text = text
    if callable(change):
        change(document, made)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_word_table_is_found_among_others() -> None:
    layout = draw_layout(7, rows=[0, 3, 5], language="sv", extra=(2, "Aikataulu"))
    reading = read(make_docx(table_of(layout)))
    assert texts(reading) == layout.truth
    assert all(cell.state is CellState.SURE for row in reading.table.rows for cell in row.cells.values())
    assert any("'Menot | Euroa'" in note for note in reading.notes)
    assert [line.text for line in reading.dropped] == ["Toimintasuunnitelma 2026"]


def test_merged_cells_of_a_word_table() -> None:
    table = table_of(Layout(8, rows=[1, 2]))

    def merge(_: object, made: object) -> None:
        for column, text in ((0, table[1][0]), (1, "Yhteinen toimenpide")):
            made.cell(2, column).text = ""
            made.cell(1, column).text = text
            made.cell(1, column).merge(made.cell(2, column))

    reading = read(make_docx(table, merge))
    assert [row.text("task") for row in reading.table.rows] == [CELLS[1]["task"]] * 2
    assert reading.table.rows[1].cells["task"].state is CellState.SURE
    assert [(d.row, str(d.column), d.reason) for d in reading.doubts] == [(2, "activity", "merged-cell")]


def test_a_cell_over_two_columns_is_in_doubt() -> None:
    table = table_of(Layout(8, rows=[1, 2, 3]))

    def merge(_: object, made: object) -> None:
        made.cell(1, 3).text = ""
        made.cell(1, 2).merge(made.cell(1, 3))

    reading = read(make_docx(table, merge))
    assert {(d.row, str(d.column)) for d in reading.doubts} >= {(1, "outcome")}


def test_tracked_changes_lists_and_nested_tables_are_in_doubt() -> None:
    from docx.oxml import OxmlElement

    table = table_of(Layout(9, rows=list(range(6))))

    def change(_: object, made: object) -> None:
        paragraph = made.cell(1, 1).paragraphs[0]._p
        inserted = OxmlElement("w:ins")
        inserted.append(paragraph.r_lst[0])
        paragraph.append(inserted)
        made.cell(2, 1).paragraphs[0].style = "List Bullet"
        properties = made.cell(2, 1).paragraphs[0]._p.get_or_add_pPr()
        properties.append(OxmlElement("w:numPr"))
        made.cell(3, 2).add_table(1, 1).cell(0, 0).text = "sisempi"

    reading = read(make_docx(table, change))
    found = {(d.row, str(d.column)): d.reason for d in reading.doubts}
    assert found == {(1, "activity"): "tracked-change", (2, "activity"): "list-mark", (3, "output"): "nested-table"}
    assert reading.table.rows[0].text("activity") == CELLS[0]["activity"]
    assert reading.table.rows[2].text("output").endswith("sisempi")


# XLSX


def make_xlsx(table: list[list[object]], change: object = None, skip: int = 0) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Ohjeet"
    book.active.append(["Täytä taulukko toiselle välilehdelle."])
    sheet = book.create_sheet("Plan 2026")
    for _ in range(skip):
        sheet.append(["AKE Tampere"])
    for row in table:
        sheet.append(row)
    if callable(change):
        change(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_is_found_among_others_and_its_header_below_a_title() -> None:
    layout = draw_layout(10, rows=[0, 3, 5], language="en", extra=(0, "Nro"))
    reading = read(make_xlsx(table_of(layout), skip=4))
    assert texts(reading) == layout.truth
    first = reading.table.rows[0].cells[layout.order[0]]
    assert first.sheet_cell == "'Plan 2026'!B6"
    assert any("Ohjeet" in note for note in reading.notes)


def test_formulas_are_never_evaluated() -> None:
    table = table_of(Layout(11, rows=[0, 1, 2]))
    table[1][1] = '="Kirjasto"&"talo"'
    reading = read(make_xlsx(table))
    (doubt,) = reading.doubts
    assert (doubt.row, str(doubt.column), doubt.reason) == (1, "activity", "formula")
    assert doubt.place.endswith("cell 'Plan 2026'!B2")
    assert any("1 formulas" in note for note in reading.notes)


def test_numbers_and_dates_become_text() -> None:
    import datetime

    table = table_of(Layout(12, rows=[0, 1, 2]))
    table[1][1], table[2][1], table[3][1] = 2026, datetime.datetime(2026, 3, 9), True
    reading = read(make_xlsx(table))
    assert [row.text("activity") for row in reading.table.rows] == ["2026", "9.3.2026", "TRUE"]
    assert [(d.row, d.reason) for d in reading.doubts] == [(2, "no-text"), (3, "no-text")]


def test_a_merged_range_costs_nothing_and_fills_its_cells() -> None:
    table = table_of(Layout(13, rows=[1, 2, 5]))

    def merge(_: object, sheet: object) -> None:
        sheet["A3"] = None
        sheet.merge_cells("A2:A3")

    reading = read(make_xlsx(table, merge))
    assert reading.table.rows[1].cells["task"].text == CELLS[1]["task"]
    assert reading.table.rows[1].cells["task"].sheet_cell == "'Plan 2026'!A3"
    assert reading.doubts == ()


def test_ids_in_the_table_are_kept_and_two_alike_are_refused() -> None:
    table = table_of(Layout(14, rows=[0, 1, 2]))
    with_ids = [[name, *row] for name, row in zip(["id", "k1", "", "k3"], table, strict=True)]
    ids = [row.id for row in read(make_xlsx(with_ids)).table.rows]
    assert (ids[0], ids[2]) == ("k1", "k3")
    assert len(ids[1]) == 8
    with_ids[3][0] = "k1"
    with pytest.raises(SourceError, match="the id 'k1' is that of row 1 already") as caught:
        read(make_xlsx(with_ids))
    assert (caught.value.row, caught.value.column) == (3, "id")


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_in_every_dress(delimiter: str, encoding: str) -> None:
    layout = draw_layout(15, rows=[0, 6, 11], language="fi", extra=None)
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([["AKE"], *table_of(layout)])
    reading = read(stream.getvalue().encode(encoding))
    assert texts(reading) == layout.truth
    assert reading.doubts == ()


def test_a_row_with_moved_fields_is_in_doubt() -> None:
    table = table_of(Layout(16, rows=list(range(8))))
    lines = [";".join(f'"{field}"' for field in row) for row in table]
    lines[3] = lines[3].replace("tilaa osaaminen", 'tilaa";"osaaminen')
    reading = read("\n".join(lines).encode())
    assert {doubt.row for doubt in reading.doubts} == {3}
    assert len(reading.doubts) == 8


def test_rows_csv_itself_comes_back() -> None:
    from akegraph.resources import resource
    from akegraph.table.rows import read_rows

    source = resource("data", "plans", PLAN, "rows.csv")
    table = read_rows(source, LEXICON)
    reading = read(source.read_bytes())
    assert [(row.id, row.page, row.number) for row in reading.table.rows] == [
        (row.id, row.page, row.number) for row in table.rows
    ]
    assert texts(reading) == CELLS
    assert len(GOLD) == len(CELLS)


def test_long_work_is_told_and_the_last_answer_is_right() -> None:
    table = table_of(Layout(17, rows=[at % 17 for at in range(400)]))
    told: list[tuple[str, int, int]] = []
    reading = read_document(
        make_xlsx(table),
        LEXICON,
        LISTED,
        file="plan",
        plan_id=PLAN,
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    assert len(reading.table.rows) == 400
    assert reading.table.rows[-1].text("activity") == CELLS[399 % 17]["activity"]
    assert len({row.id for row in reading.table.rows}) == 400
    assert {what for what, _, _ in told} == {"sheet 'Plan 2026'", "rows"}


def test_text_is_still_read_as_text() -> None:
    from akegraph.resources import resource

    source = resource("data", "source", "akepike-vuosisuunnitelma-2026-s16-17.txt").read_bytes()
    assert texts(read(source)) == CELLS
    with pytest.raises(SourceError, match="--table chooses among several"):
        read(source, table=2)


@pytest.mark.parametrize(
    ("lines", "text", "code"),
    [
        (("aikana/lopuksi/", "jälkeen"), "aikana/lopuksi/jälkeen", "broken-word"),
        (("Kirjastopäivät 12.–", "13.5.2026"), "Kirjastopäivät 12.–13.5.2026", "broken-word"),
        (("ovat tietoisia kir\u2010",), "ovat tietoisia kir\u2010", "cut-off"),
        (("Tiedotamme –", "Saan tiedoksi"), "Tiedotamme – Saan tiedoksi", None),
    ],
)
def test_line_that_ends_unfinished_is_never_sure(lines: tuple[str, ...], text: str, code: str | None) -> None:
    joined = Joiner(Counter(), Spelling(), ()).join([Line(line) for line in lines])
    assert joined.text == text
    assert [known for known, _ in joined.reasons] == ([code] if code else [])


def test_hyphen_between_two_words_is_in_doubt_though_the_speller_knows_their_compound() -> None:
    words = {"omatoimi", "ohjeensa", "omatoimiohjeensa", "osaamista", "osaa"}
    joiner = Joiner(Counter(), Spelling(speller=words.__contains__), ())
    assert joiner.join([Line("omatoimi-"), Line("ohjeensa")]).reasons
    assert not joiner.join([Line("osaa-"), Line("mista")]).reasons


def test_rest_of_a_row_on_a_page_without_a_closed_cell_is_read() -> None:
    table = DrawnTable(0, (0.0, 50.0, 100.0), [DrawnRow([Drawn(), Drawn()])], set())
    words = (Word("jastoista", 5, 40, 10, 20, 4), Word("riaalit", 55, 90, 10, 20, 4), Word("Huom.", 5, 40, 80, 90, 4))
    rules = tuple(Box(x, 0, x, 40) for x in (0.0, 50.0, 100.0))
    rest = read_rest(Page(1, 100, 100, words, (), (), rules), table, set())
    assert rest is not None
    assert [[word.text for line in cell.lines for word in line] for cell in rest.rows[0].cells] == [
        ["jastoista"],
        ["riaalit"],
    ]
    assert read_rest(Page(1, 100, 100, words, (), (), ()), table, set()) is None
