from dataclasses import replace

import pytest

from akegraph.errors import SourceError
from akegraph.table.identity import stable_ids
from akegraph.table.model import Cell, CellState, Column, Doubt, Reading, Row, Table
from akegraph.table.review import (
    Review,
    apply_review,
    merge_review,
    read_review,
    write_review,
)


def doubt(row=1, column="output", read="Kirjasto- talo", proposed="Kirjastotalo"):
    return Doubt(row, f"row{row}", column, read, proposed, "line-end-hyphen", 'it is "so"', "page 16, line 3")


def reading(*doubts, count=2):
    cells = {column.value: Cell("teksti") for column in Column}
    rows = [Row(f"row{n}", 16, n, cells) for n in range(1, count + 1)]
    for found in doubts:
        row = rows[found.row - 1]
        rows[found.row - 1] = replace(row, cells={**row.cells, found.column: Cell(found.proposed, CellState.REVIEW)})
    return Reading(Table("data/plan.txt", {c.value: c.value.title() for c in Column}, tuple(rows)), doubts)


def decide(review, at=0, answer="Kirjastotalo", by="akegraph editors", on="2026-11-22"):
    items = list(review.items)
    items[at] = replace(items[at], answer=answer, decided_by=by, decided_on=on)
    return replace(review, items=tuple(items))


def test_a_new_review_is_open_and_survives_its_file():
    review = merge_review(None, reading(doubt(2), doubt(1)))
    assert [item.number for item in review.items] == [1, 2]
    assert len(review.open_items) == 2
    assert review.source == "plan.txt"
    assert read_review(write_review(review)) == review
    assert write_review(Review("plan.txt")).endswith(b'source = "plan.txt"\n')


def test_open_doubts_keep_their_cells_in_review():
    before = reading(doubt())
    after = apply_review(before, merge_review(None, before))
    assert after == before


def test_an_answer_makes_its_cell_sure():
    before = reading(doubt(), doubt(2))
    after = apply_review(before, decide(merge_review(None, before), answer="Kirjasto-talo"))
    assert after.table.rows[0].cells["output"] == Cell("Kirjasto-talo", CellState.SURE)
    assert after.table.rows[1].cells["output"].state is CellState.REVIEW
    assert [left.row for left in after.doubts] == [2]


def test_an_empty_answer_says_that_the_cell_is_empty():
    before = reading(doubt())
    after = apply_review(before, decide(merge_review(None, before), answer=""))
    assert after.table.rows[0].cells["output"] == Cell("", CellState.MISSING)
    assert after.doubts == ()


def test_an_answer_to_another_text_is_stale():
    answered = decide(merge_review(None, reading(doubt())))
    changed = reading(doubt(read="Kirjasto- talot", proposed="Kirjastotalot"))
    after = apply_review(changed, answered)
    assert after.table == changed.table
    assert len(after.doubts) == 1
    assert any("row 1, column 'Output': the answer is stale" in note for note in after.notes)

    merged = merge_review(answered, changed)
    assert [(item.read, item.arises, item.is_open) for item in merged.items] == [
        ("Kirjasto- talot", True, True),
        ("Kirjasto- talo", False, False),
    ]
    assert read_review(write_review(merged)) == merged
    # the document goes back, and so does the answer
    again = merge_review(merged, reading(doubt()))
    assert [(item.read, item.is_open) for item in again.items] == [("Kirjasto- talo", False)]


def test_merging_keeps_answers_and_drops_what_nobody_answered():
    review = decide(merge_review(None, reading(doubt(), doubt(2))))
    merged = merge_review(review, reading(doubt(), doubt(1, "task", "x", "x")))
    assert [(item.number, item.column, item.is_open) for item in merged.items] == [
        (1, "task", True),
        (1, "output", False),
    ]


GOOD = write_review(decide(merge_review(None, reading(doubt())))).decode()


def test_a_day_may_be_a_toml_date():
    text = GOOD.replace('decided_on = "2026-11-22"', "decided_on = 2026-11-22")
    assert read_review(text.encode()) == read_review(GOOD.encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[[doubt]\n", "no TOML: .*line 1"),
        (b"\xff", "not UTF-8"),
        (b"", "no review"),
        (b'source = "x"\ndoubt = 3\n', "no review"),
        (b'source = "x"\ndoubt = [3]\n', "doubt 1: is no table"),
        (GOOD.replace("number = 1", 'number = "1"').encode(), "doubt 1: 'number' is '1', no int"),
        (GOOD.replace("number = 1\n", "").encode(), "doubt 1: 'number' is missing"),
        (GOOD.replace("read =", "raed =").encode(), "unknown key 'raed'"),
        (GOOD.replace('column = "output"', 'column = "tulos"').encode(), "unknown column 'tulos'"),
        (GOOD.replace("akegraph editors", "").encode(), "not who decided"),
        (GOOD.replace('2026-11-22"\n', 'eilen"\n').encode(), "no day like"),
        (GOOD.replace('answer = "Kirjastotalo"', 'answer = "Kirjasto\\ntalo"').encode(), "one line"),
        ((GOOD + GOOD[GOOD.index("[[") :]).encode(), "doubt 2 is about the same cell"),
    ],
)
def test_bad_reviews_are_refused(data, says):
    with pytest.raises(SourceError, match=says) as caught:
        read_review(data, "review.toml")
    assert caught.value.file == "review.toml"


def test_a_review_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_review(tmp_path / "review.toml")


# stable ids


def cells(activity, output="tuotos"):
    return {column.value: "x" for column in Column} | {"activity": activity, "output": output}


def as_table(rows, ids):
    made = [
        Row(row_id, 1, n, {column: Cell(text) for column, text in row.items()})
        for n, (row_id, row) in enumerate(zip(ids, rows, strict=True), start=1)
    ]
    return Table("x", {}, tuple(made))


def test_ids_depend_on_plan_and_text_only():
    rows = [cells("a"), cells("b"), cells("a")]
    ids = stable_ids("plan", rows)
    assert len(set(ids)) == 3
    assert all(len(row_id) == 8 and row_id[0].isalpha() and row_id.isalnum() for row_id in ids)
    assert stable_ids("plan", rows) == ids
    assert stable_ids("plan", rows[::-1]) == ids
    assert not set(stable_ids("other", rows)) & set(ids)


def test_rows_keep_their_ids_by_text_then_by_activity():
    rows = [cells("a"), cells("b"), cells("c"), cells("c", "toinen")]
    earlier = as_table(rows, ["first", "second", "third", "fourth"])
    corrected = [cells("c"), cells("b", "uusi"), cells("d"), cells("c", "kolmas"), cells("a")]
    ids = stable_ids("plan", corrected, earlier)
    assert (ids[0], ids[1], ids[4]) == ("third", "second", "first")
    assert ids[2] not in {"first", "second", "third", "fourth"}
    assert len(set(ids)) == 5


def test_a_row_whose_doubts_were_settled_keeps_its_id():
    read = [cells("Pikeboksit Viestintä")]
    ids = stable_ids("plan", read)
    settled = as_table([cells("Pikeboksit")], ids)
    assert stable_ids("plan", read, settled) == ids
