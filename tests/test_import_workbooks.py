"""What a spreadsheet shows and what it holds: numbers in their forms, formulas, notes beside the table."""

from __future__ import annotations

import datetime
import re

import pytest
from plan_documents import CELLS, Layout, table_of
from test_import_documents import make_docx, make_xlsx, read
from test_import_refusals import repack
from test_template import TEMPLATE, activity, fill_all

from akegraph.errors import SourceError
from akegraph.pipeline.authoring import read_authored
from akegraph.table.numberformats import form_of, show_number

SHEET_PART = "xl/worksheets/sheet2.xml"
TABLE = table_of(Layout(1, rows=[0, 1, 2]))


@pytest.mark.parametrize(
    ("value", "form", "shown", "code"),
    [
        ("5", "General", "5", None),
        ("-5", "@", "-5", None),
        ("0.1", "General", "0,1", "number-format"),
        ("0.28999999999999998", "General", "0,29", "number-format"),
        ("0.45", "0%", "45%", "number-format"),
        ("0.45", "0 %", "45 %", "number-format"),
        ("0.456", "0 %", "46 %", "rounded"),
        ("1234.5", "#,##0.0", "1 234,5", "number-format"),
        ("1234567", "#,##0", "1 234 567", "number-format"),
        ("1234.5", "#,##0.00 [$€-40B]", "1 234,50 €", "number-format"),
        ("12", '_-* #,##0\\ "€"_-;\\-* #,##0\\ "€"_-', "12 €", "number-format"),
        ("12", '0 "htv"', "12 htv", "number-format"),
        ("-5", "0;(0)", "(5)", "number-format"),
        ("-5", "0;0", "5", "rounded"),
        ("-5", "#,##0.00;[Red]-#,##0.00", "-5,00", "number-format"),
        ("0", '0;-0;"-"', "-", "rounded"),
        ("5", ";;;", "", "rounded"),
        ("1000000", "0,", "1000", "number-format"),
        ("5", "000", "005", "number-format"),
        ("5", '[>3]"yli";0', "5", "no-text"),
        ("1.5", "# ?/?", "1,5", "no-text"),
        ("15", "0.00E+00", "15", "no-text"),
        ("5", None, "5", "no-text"),
        ("46143", "yyyy\\-mm\\-dd", "2026-05-01", "number-format"),
        ("46143", "[$-40B]d.m.yyyy;@", "1.5.2026", "number-format"),
        ("46143", "m.d.yyyy", "5.1.2026", "number-format"),
        ("46143", "d/m/yyyy", "1.5.2026", "no-text"),
        ("46143", '"viikko" d', "1.5.2026", "no-text"),
        ("46143.5", "yyyy-mm-dd", "1.5.2026 12.00", "no-text"),
        ("0.5", "[h]:mm", "12.00", "no-text"),
        ("1e400", "0", "1e400", "no-text"),
        ("99999999", "d.m.yyyy", "99999999", "no-text"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(value: str, form: str | None, shown: str, code: str | None) -> None:
    text, doubts = show_number(value, form)
    assert (text, [code for code, _ in doubts]) == (shown, [code] if code else [])


def test_forms_are_known_by_number_or_by_what_the_workbook_says() -> None:
    assert form_of(9, {}) == "0 %"
    assert form_of(9, {9: "0.0%"}) == "0.0%"
    assert form_of(164, {}) is None
    assert show_number("46143", form_of(14, {}))[0] == "1.5.2026"
    assert show_number("44681", "d.m.yyyy", since_1904=True)[0] == "1.5.2026"


def test_numbers_in_cells_of_a_plan_are_shown_and_asked_about() -> None:
    def change(_: object, sheet: object) -> None:
        for cell, value, form in (("B2", 0.45, "0%"), ("C3", 1234.5, "#,##0.0"), ("D4", 45, "General")):
            sheet[cell] = value
            sheet[cell].number_format = form

    reading = read(make_xlsx(TABLE, change))
    assert [(d.row, str(d.column), d.proposed) for d in reading.doubts] == [
        (1, "activity", "45 %"),
        (2, "output", "1 234,5"),
    ]
    assert reading.table.rows[2].text("outcome") == "45"


def test_a_value_is_the_number_that_its_cell_shows_and_never_another() -> None:
    def change(value: object, form: str) -> bytes:
        def values(book: object) -> None:
            cell = book["Arvot"]["F2"]
            cell.value, cell.number_format = value, form

        return book_with_values(values)

    assert csv_of(change(0.45, "0%")).endswith(",45 %\n")
    assert csv_of(change(0.455, "0.0 %")).endswith(',"45,5 %"\n')
    assert csv_of(change(0.45, "General")).endswith(',"0,45"\n')
    with pytest.raises(SourceError, match=r"shows '46 %', but holds 45,6 %.*\(cell Arvot!F2\)") as caught:
        csv_of(change(0.456, "0%"))
    assert caught.value.row == 2
    with pytest.raises(SourceError, match=r"how the workbook shows it cannot be told \(cell Arvot!F2\)"):
        csv_of(change(15, "0.0E+0"))


def book_with_values(change: object) -> bytes:
    import io

    import openpyxl

    book = openpyxl.load_workbook(
        io.BytesIO(
            fill_all(
                TEMPLATE,
                [
                    ("Suunnitelma", 2, activity()),
                    ("Mittarit", 2, {"Tunnus": "osuus", "Mittari": "Osuus", "Yksikkö": "prosentti"}),
                    (
                        "Arvot",
                        2,
                        {"Mittari": "osuus", "Laji": "tavoitearvo", "Ajanjakso": "2027", "Alue": "Kainuu"},
                    ),
                ],
            )
        )
    )
    assert callable(change)
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_of(data: bytes) -> str:
    return read_authored(data, "plan.xlsx").files["values.csv"].decode()


def test_what_stands_beside_the_table_is_told_with_its_cell() -> None:
    def change(_: object, sheet: object) -> None:
        sheet["L3"], sheet["L9"], sheet["A10"] = "Muista tarkistaa", "Alaviite", "Huomautus"

    reading = read(make_xlsx(TABLE, change))
    assert len(reading.table.rows) == 3
    assert [(line.place, line.text) for line in reading.dropped] == [
        ("sheet cell 'Plan 2026'!L3", "Muista tarkistaa"),
        ("sheet cell 'Plan 2026'!L9", "Alaviite"),
        ("sheet 'Plan 2026', row 10", "Huomautus"),
    ]
    assert reading.doubts == ()


def test_fields_of_a_csv_under_no_heading_are_told_with_their_line() -> None:
    table = [[*row] for row in TABLE]
    table[2].append("lisähuomio")
    table.append([""] * 8 + ["alla"])
    reading = read("\n".join(";".join(row) for row in table).encode())
    assert [(line.place, line.text) for line in reading.dropped] == [
        ("line 3, field 9", "lisähuomio"),
        ("line 5, field 9", "alla"),
    ]
    assert {doubt.row for doubt in reading.doubts} == {2}


def test_cells_of_a_word_table_under_no_heading_are_told() -> None:
    table = [[*row, ""] for row in TABLE]
    table[1][8] = "lisähuomio"
    reading = read(make_docx(table))
    assert ("table 2, row 2, row 2, column 9", "lisähuomio") in [(line.place, line.text) for line in reading.dropped]


def test_content_far_to_the_right_is_refused_with_its_cell() -> None:
    def change(_: object, sheet: object) -> None:
        sheet["KA2"] = "kaukana"

    with pytest.raises(SourceError, match=r"right of column GR.*\(cell 'Plan 2026'!KA2\)"):
        read(make_xlsx(TABLE, change))


def test_a_formula_has_the_value_that_was_stored_with_it() -> None:
    def stored(kind: bytes, value: bytes) -> bytes:
        def put(part: bytes) -> bytes:
            cell = b'<c r="B2"' + kind + b"><f>1/0</f>" + value + b"</c>"
            return re.sub(rb'<c r="B2".*?</c>', cell.replace(b"\\", b"\\\\"), part, count=1)

        return repack(make_xlsx(TABLE), SHEET_PART, put)

    reading = read(stored(b' t="str"', b"<v>Kirjastotalo</v>"))
    assert (reading.table.rows[0].text("activity"), reading.doubts) == ("Kirjastotalo", ())
    for kind, value, reason in (
        (b"", b"<v></v>", "formula"),
        (b' t="str"', b"<v></v>", "missing-cell"),
        (b' t="e"', b"<v>#DIV/0!</v>", "no-text"),
        (b' t="s"', b"<v>99999</v>", "no-text"),
    ):
        (doubt,) = read(stored(kind, value)).doubts
        assert (doubt.row, str(doubt.column), doubt.reason) == (1, "activity", reason)


def test_a_row_of_formulas_without_values_is_not_lost() -> None:
    def put(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b'<row r="9"><c r="B9"><f>A1</f></c></row></sheetData>')

    reading = read(repack(make_xlsx(TABLE), SHEET_PART, put))
    assert len(reading.table.rows) == 4
    assert ("activity", "formula") in [(str(d.column), d.reason) for d in reading.doubts if d.row == 4]


@pytest.mark.parametrize("typed", ["4", "4.", "Kehitämme yhdessä - Hyväksyn"])
def test_a_level_typed_in_short_is_proposed_whole(typed: str) -> None:
    table = [[*row] for row in TABLE]
    table[1][7] = typed
    (doubt,) = read(make_xlsx(table)).doubts
    assert (doubt.read, doubt.proposed) == (typed, "4: Kehitämme yhdessä – Hyväksyn")
    assert doubt.reason == "short-wording"


def test_merged_columns_are_in_doubt_and_merged_rows_are_told() -> None:
    def change(_: object, sheet: object) -> None:
        sheet["D2"] = sheet["B4"] = None
        sheet.merge_cells("C2:D2")
        sheet.merge_cells("B3:B4")

    reading = read(make_xlsx(TABLE, change))
    assert [(d.row, str(d.column), d.reason) for d in reading.doubts] == [
        (1, "outcome", "merged-cell"),
        (3, "activity", "merged-cell"),
    ]
    assert reading.doubts[0].place.endswith("cell 'Plan 2026'!D2, merged with C2")
    assert reading.table.rows[2].text("activity") == CELLS[1]["activity"]


def test_a_date_typed_as_one_is_a_doubt_beside_its_day() -> None:
    table: list[list[object]] = [[*row] for row in TABLE]
    table[1][1] = datetime.date(2026, 5, 1)
    (doubt,) = read(make_xlsx(table)).doubts
    assert (doubt.proposed, doubt.reason) == ("2026-05-01", "number-format")


def test_a_page_that_is_no_number_is_told() -> None:
    table = [["page" if at == 0 else "x", *row] for at, row in enumerate(TABLE)]
    reading = read(make_xlsx(table))
    assert sum("the page 'x' is no number" in note for note in reading.notes) == 3
