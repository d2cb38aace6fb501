import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akegraph.errors import SourceError
from akegraph.graph.loading import load_folder
from akegraph.graph.schemes import read_schemes
from akegraph.resources import resource
from akegraph.table.model import Cell, CellState, Column, Row, Table
from akegraph.table.rows import read_rows, write_rows

LEXICON = read_schemes(
    load_folder(resource("ontology", "schemes")), resource("data", "reference", "anchors.toml")
).lexicon
HEADINGS = {column.value: LEXICON.heading(column) for column in Column}


def make_row(number, text="teksti", row_id=None):
    state = CellState.SURE if text else CellState.MISSING
    return Row(row_id or f"row{number}", 16, number, {c.value: Cell(text, state) for c in Column})


def as_csv(*rows, delimiter=",", drop=(), header=None):
    names = ["id", "page", "row", *HEADINGS.values()] if header is None else header
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow([name for name in names if name not in drop])
    writer.writerows(rows)
    return stream.getvalue().encode()


GOOD = ["k1", "16", "1", *"abcdefgh"]


def test_the_header_is_the_contract():
    header = write_rows(Table("x", HEADINGS, ()), LEXICON).decode().splitlines()[0]
    fields = next(csv.reader([header]))
    assert fields == ["id", "page", "row", *HEADINGS.values(), *(f"state: {h}" for h in HEADINGS.values())]


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)


@given(st.lists(st.tuples(texts, st.sampled_from(CellState)), min_size=8, max_size=8), st.sampled_from(",;\t"))
def test_writing_and_reading_is_the_identity(cells, delimiter):
    def cell(text, state):
        if state is CellState.REVIEW:
            return Cell(text, state)
        return Cell(text, CellState.SURE if text else CellState.MISSING)

    row = Row("kabc2345", 17, 9, {c.value: cell(*drawn) for c, drawn in zip(Column, cells, strict=True)})
    table = Table("rows.csv", HEADINGS, (row,))
    written = write_rows(table, LEXICON)
    assert read_rows(written, LEXICON) == table

    resaved = io.StringIO()
    csv.writer(resaved, delimiter=delimiter, lineterminator="\r\n").writerows(
        csv.reader(io.StringIO(written.decode(), newline=""))
    )
    assert read_rows(b"\xef\xbb\xbf" + resaved.getvalue().encode(), LEXICON) == table


def test_states_are_optional_and_follow_the_text():
    table = read_rows(as_csv([*GOOD[:3], "", *GOOD[4:]]), LEXICON)
    assert table.rows[0].cells["task"].state is CellState.MISSING
    assert table.rows[0].cells["output"] == Cell("c", CellState.SURE)


def test_columns_may_stand_in_another_order():
    header = [*list(HEADINGS.values())[::-1], "row", "page", "id"]
    table = read_rows(as_csv(GOOD[::-1], header=header), LEXICON)
    assert (table.rows[0].id, table.rows[0].page, table.rows[0].text("task")) == ("k1", 16, "a")


@pytest.mark.parametrize(
    ("data", "says", "row", "column"),
    [
        (b"", "empty", None, None),
        (b" \n", "empty", None, None),
        (b"PK\x03\x04...", "zip file", None, None),
        (as_csv(), "no row", None, None),
        (as_csv(GOOD, drop=["page", "Tuotos"]), "missing: page; Tuotos", None, None),
        (as_csv(GOOD[:-1]), "10 fields under 11", 1, None),
        (as_csv([*GOOD, ""]), "12 fields under 11", 1, None),
        (as_csv(GOOD, GOOD), "that of row 1 already", 2, "id"),
        (as_csv(["", *GOOD[1:]]), "needs its id", 1, "id"),
        (as_csv(["k1", "xvi", *GOOD[2:]]), "'xvi' is no whole number", 1, "page"),
        (as_csv(["k1", "16.0", *GOOD[2:]]), "no whole number", 1, "page"),
        (as_csv(["k1", "16", "0", *GOOD[3:]]), "no whole number", 1, "row"),
        (as_csv([*GOOD[:-1], "a\nb"]), r"U\+000A", 1, "Osallisuustaso"),
        (as_csv([*GOOD[:-1], "a\x07b"]), r"U\+0007", 1, "Osallisuustaso"),
        (
            as_csv(GOOD, header=["id", "page", "row", *list(HEADINGS.values())[:-1], "Muu"]),
            "known",
            None,
            "Muu",
        ),
        (as_csv(GOOD, header=["id", "page", "row", *["Tuotos"] * 8]), "twice", None, "Tuotos"),
        (b'id,"page\n', "no CSV", None, None),
    ],
)
def test_bad_rows_are_refused_with_their_place(data, says, row, column):
    with pytest.raises(SourceError, match=says) as caught:
        read_rows(data, LEXICON, "plan.csv")
    assert (caught.value.file, caught.value.row, caught.value.column) == ("plan.csv", row, column)


@pytest.mark.parametrize(
    ("text", "state", "says"),
    [("a", "kenties", "no state"), ("a", "missing", "reads 'a'")],
)
def test_states_that_cannot_be_are_refused(text, state, says):
    header = ["id", "page", "row", *HEADINGS.values(), "state: Tuotos"]
    cells = [*GOOD[:5], text, *GOOD[6:]]
    with pytest.raises(SourceError, match=says):
        read_rows(as_csv([*cells, state], header=header), LEXICON)


def test_a_cell_that_was_emptied_is_missing_whatever_its_state_said():
    header = ["id", "page", "row", *HEADINGS.values(), "state: Tuotos"]
    table = read_rows(as_csv([*GOOD[:5], "", *GOOD[6:], "sure"], header=header), LEXICON)
    assert table.rows[0].cells["output"].state is CellState.MISSING


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_rows(tmp_path / "rows.csv", LEXICON)
