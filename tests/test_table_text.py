"""Reading flattened text: the real source against the gold, then sources mutated in every way feared."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_documents import CELLS, GOLD

from akegraph.errors import SourceError
from akegraph.graph.loading import load_folder
from akegraph.graph.schemes import read_schemes
from akegraph.resources import resource
from akegraph.table.cells import check_table
from akegraph.table.model import CellState, Column
from akegraph.table.review import apply_review, read_review
from akegraph.table.rows import read_rows, write_rows
from akegraph.table.text import read_text

PLAN = "ake-tampere-2026"
SOURCE = resource("data", "source", "akepike-vuosisuunnitelma-2026-s16-17.txt").read_bytes()
LINES = SOURCE.decode().split("\n")
HEADINGS, FURNITURE = LINES[0], LINES[297:301]
LEXICON = read_schemes(
    load_folder(resource("ontology", "schemes")), resource("data", "reference", "anchors.toml")
).lexicon

BLOCKS = [LINES[row["source_lines"][0] - 1 : row["source_lines"][1]] for row in GOLD]


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return read_text(data, LEXICON, file="plan.txt", plan_id=PLAN, **options)


def assert_nothing_silently_wrong(reading, truth):
    assert len(reading.table.rows) == len(truth)
    for row, cells in zip(reading.table.rows, truth, strict=True):
        for column, cell in row.cells.items():
            assert cell.state is not CellState.SURE or cell.text == cells[column]
    doubted = {(doubt.row_id, doubt.column) for doubt in reading.doubts}
    unsure = {(r.id, c) for r in reading.table.rows for c, cell in r.cells.items() if cell.state != "sure"}
    assert doubted == unsure


def flow(cells, width=28):
    """Print cells as a flattened table does: wrapped lines, a blank line behind each cell."""
    lines = []
    for text in cells.values():
        line = ""
        for word in text.split():
            if line and len(line) + len(word) > width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        lines += [line, ""]
    return lines


# the real source


def test_all_cells_of_the_source_are_proposed_right():
    reading = read(SOURCE)
    assert [{c: cell.text for c, cell in row.cells.items()} for row in reading.table.rows] == CELLS
    assert [row.page for row in reading.table.rows] == [row["page"] for row in GOLD]
    assert_nothing_silently_wrong(reading, CELLS)
    assert check_table(reading.table, LEXICON) == []


def test_the_doubts_of_the_source():
    reading = read(SOURCE)
    assert [(doubt.row, str(doubt.column), doubt.reason) for doubt in reading.doubts] == [
        (4, "activity", "line-end-hyphen"),
        (7, "activity", "line-end-hyphen"),
        (9, "activity", "line-end-hyphen"),
        (13, "activity", "line-end-hyphen"),
        (14, "activity", "run-together"),
        (14, "output", "run-together"),
        (15, "activity", "line-end-hyphen"),
        (16, "activity", "run-together"),
        (16, "output", "run-together"),
        (16, "outcome", "run-together"),
        (17, "activity", "capital-inside"),
        (17, "output", "capital-inside"),
        (17, "outcome", "capital-inside"),
    ]
    assert {line.number for line in reading.dropped} == {1, 298, 299, 300, 301}
    assert dict(reading.table.headings) == {column: LEXICON.heading(column) for column in Column}


def test_the_shipped_rows_are_the_source_with_the_answers_applied():
    folder = resource("data", "plans", PLAN)
    shipped = (folder / "rows.csv").read_bytes()
    settled = apply_review(read(SOURCE), read_review(folder / "review.toml"))
    assert settled.doubts == ()
    assert write_rows(settled.table, LEXICON) == shipped
    table = read_rows(shipped, LEXICON)
    cells = [(cell.text, cell.state) for row in table.rows for cell in row.cells.values()]
    assert cells == [(text, CellState.SURE) for row in CELLS for text in row.values()]
    assert len(cells) == 136
    assert [row.page for row in table.rows] == [row["page"] for row in GOLD]
    assert [row.number for row in table.rows] == [row["row"] for row in GOLD]
    assert check_table(table, LEXICON) == []


def test_reading_twice_gives_the_same_and_earlier_rows_keep_their_ids():
    first = read(SOURCE)
    assert read(SOURCE) == first
    settled = read_rows(resource("data", "plans", PLAN, "rows.csv"), LEXICON)
    assert [r.id for r in read(SOURCE, earlier=settled).table.rows] == [r.id for r in settled.rows]


# other documents


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace(" ", "\t").encode(),
        lambda text: text.replace(" ", "\u00a0").encode(),
        lambda text: text.replace("ä", "a\u0308").encode(),
        lambda text: text.replace("Kirjasto-\n", "Kirjasto\u00ad\n").encode(),
        lambda text: text.replace("toteutukset", "toteu\u00adtukset\u200b").encode(),
        lambda text: text.replace("osallisuustaso", "x").replace(HEADINGS, "").encode(),
    ],
)
def test_encodings_and_white_space_do_not_matter(change):
    reading = read(change(SOURCE.decode()))
    assert [{c: cell.text for c, cell in row.cells.items()} for row in reading.table.rows] == CELLS
    assert [row.page for row in reading.table.rows] == [row["page"] for row in GOLD]


def test_windows_1252_is_noted():
    assert any("Windows-1252" in note for note in read(SOURCE.decode().encode("cp1252")).notes)


def test_a_control_character_puts_its_cell_in_doubt():
    reading = read(SOURCE.decode().replace("Kirjastokesk", "x").replace("koulutustarjotin", "koulutus\x07tarjotin"))
    (doubt,) = [doubt for doubt in reading.doubts if doubt.row == 1]
    assert (doubt.reason, doubt.proposed) == (
        "unreadable-character",
        "Asiakkaan kohtaaminen: koulutustarjotin",
    )


def test_the_first_page_can_be_given():
    pages = [row.page for row in read(SOURCE, first_page=4).table.rows]
    assert pages == [4] * 8 + [17] * 9
    plain = "\n".join(line for block in BLOCKS for line in [*block, ""])
    assert {row.page for row in read(plain, first_page=4).table.rows} == {4}
    assert {row.page for row in read(plain).table.rows} == {1}


def test_numbers_at_the_foot_of_pages_belong_to_the_page_they_end():
    foot = ["", "Toimintasuunnitelma 2026 {}", "\f"]
    lines = []
    for at, block in enumerate(BLOCKS):
        lines += [*block, ""]
        if at in {7, 16}:
            lines += [line.format(16 if at == 7 else 17) for line in foot]
    assert [row.page for row in read("\n".join(lines)).table.rows] == [row["page"] for row in GOLD]


def test_headings_repeated_inside_a_row_are_dropped_and_leave_a_doubt():
    lines = [HEADINGS, *BLOCKS[0][:9], HEADINGS, *BLOCKS[0][9:]]
    lines += [line for block in BLOCKS[1:] for line in ["", *block]]
    reading = read("\n".join(lines))
    assert_nothing_silently_wrong(reading, CELLS)
    assert {str(d.column) for d in reading.doubts if d.row == 1} == {"activity", "output", "outcome"}


@pytest.mark.parametrize(
    ("column", "text", "reason", "is_problem"),
    [
        ("task", "+ Uusi tehtävä + Polku 1: henkilöstön osaamisen kehittäminen", "unknown-wording", True),
        (
            "task",
            "+ Toimialueen kirjastojen toiminnan vahvistuminen + Polku 9: Uusi",
            "unknown-wording",
            True,
        ),
        ("participation", "6: Uusi taso – Olen mukana", "unknown-wording", True),
        ("participation", "2: Kuulemme eri vaiheissa - Vaikutan", "unknown-wording", True),
        ("impact", "Vaikutuspolku 1: Jotain aivan muuta", "text-differs", False),
        ("impact", "Vaikutuspolku 2: Kirjastojen henkilökunnan osaaminen paranee", "text-differs", True),
        ("evaluation", "+ Joskus muulloin + Vaikutuspolun 1 tavoitteiden mittarit", "unknown-wording", True),
        ("evaluation", "Tuotoksen aikana + Vaikutuspolun 1 tavoitteiden mittarit", "run-together", False),
        ("effectiveness", "Vaikutuspolun 1 tavoite 7", "text-differs", False),
        ("outcome", "Henkilöstön osallistuminen osallistuminen toteutuksiin", "repeated-words", False),
        ("effectiveness", "", "missing-cell", False),
        ("participation", "", "missing-cell", True),
    ],
)
def test_what_does_not_fit_is_in_doubt_or_a_problem(column, text, reason, is_problem):
    truth = [*CELLS[1:4], CELLS[0] | {column: text}, *CELLS[4:]]
    lines = [line for cells in truth for line in flow({c: t for c, t in cells.items() if t})]
    reading = read("\n".join(lines))
    assert_nothing_silently_wrong(reading, truth)
    assert reason in {doubt.reason for doubt in reading.doubts if doubt.row == 4 and doubt.column == column}
    assert any(error.row == 4 for error in check_table(reading.table, LEXICON)) is is_problem


def test_wordings_with_broken_words_are_mended_and_in_doubt():
    broken = CELLS[1] | {"task": CELLS[1]["task"].replace("vahvistuminen", "vahvistu minen")}
    reading = read("\n".join(line for cells in [CELLS[0], broken] for line in flow(cells)))
    (doubt,) = [doubt for doubt in reading.doubts if doubt.row == 2 and doubt.column == "task"]
    assert (doubt.proposed, doubt.read) == (CELLS[1]["task"], broken["task"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04", "a zip file"),
        (b"abc\x00def", "binary"),
        (b"\xff\xfea", "UTF-16"),
        ("Kirjasto ä ".encode() + b"\xe4", "mixes encodings"),
        (b"\x81\x8d", "neither UTF-8 nor Windows-1252"),
        (b"Hyva lukija, tama ei ole suunnitelma.", "no plan: every row should have"),
        (b"Vaikutuspolku 1: yksi\n", "no plan"),
    ],
)
def test_what_is_no_plan_is_refused(data, says):
    with pytest.raises(SourceError, match=says) as caught:
        read(data)
    assert caught.value.file == "plan.txt"


def test_text_in_another_order_is_refused():
    by_columns = "\n\n".join(cells[column] for column in Column for cells in CELLS)
    with pytest.raises(SourceError, match=r"cells would be in doubt, more than 40%"):
        read(by_columns)
    level_first = [{"participation": cells["participation"]} | cells for cells in CELLS]
    with pytest.raises(SourceError, match="begin with column 'participation'"):
        read("\n".join(line for cells in level_first for line in flow(cells)))
    headings = " ".join(LEXICON.heading(column) for column in reversed(Column))
    with pytest.raises(SourceError, match="headings stand in another order"):
        read("\n".join([headings, *LINES[1:]]))


def test_long_nonsense_is_refused_in_linear_time():
    for piece in ["+ ", "a- ", "Polku 1: ", "Vaikutuspolku 1: ", "1: ", "A ", "(" * 50 + " ", "–"]:
        with pytest.raises(SourceError):
            read(piece * 5_000)


# the same source, mutated

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@st.composite
def documents(draw):
    """Rows in any order and number, other line ends, other blank lines, furniture anywhere."""
    order = draw(st.lists(st.sampled_from(range(17)), min_size=2, max_size=17, unique=True))
    lines = []
    for at in order:
        block = draw(st.sampled_from([BLOCKS[at], flow(CELLS[at], draw(st.integers(8, 70)))]))
        lose = draw(st.sets(st.sampled_from([n for n, line in enumerate(block) if not line.strip()]), max_size=2))
        gain = draw(st.sets(st.integers(0, len(block) - 1), max_size=2))
        for n, line in enumerate(block):
            lines += [line] if n not in lose else []
            lines += [""] if n in gain else []
        lines += [""] * draw(st.integers(1, 3))
    for page in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(lines)))
        title = FURNITURE[0].replace(" 17", f" {17 + page}")
        padding = [""] * draw(st.integers(0, 3))
        lines[place:place] = [*padding, draw(st.sampled_from(["", "\f"])) + title, *FURNITURE[1:], *padding]
    return "\n".join([HEADINGS, *lines]), [CELLS[at] for at in order]


@many
@given(documents())
def test_no_mutation_of_the_source_is_silently_wrong(document):
    text, truth = document
    try:
        reading = read(text)
    except SourceError:
        return
    assert_nothing_silently_wrong(reading, truth)


@many
@given(st.integers(1, 16), st.integers(0, 3))
def test_furniture_between_any_rows_moves_the_pages_only(after, padding):
    lines = [HEADINGS]
    for at, block in enumerate(BLOCKS):
        lines += [*([""] * padding + FURNITURE if at == after else []), *block, ""]
    reading = read("\n".join(lines))
    assert [row.page for row in reading.table.rows] == [16] * after + [17] * (17 - after)
    assert [(d.row, d.column) for d in reading.doubts] == [(d.row, d.column) for d in read(SOURCE).doubts]


WORDS = (
    *("Kirjastojen", "osaamisen", "verkosto", "Tampereen", "Keski-Suomen", "AKE-kirjaston", "koulutus", "3"),
    *("kokemuksia,", "(Pirkanmaa)", "PiKen", "lasten", "ja", "sekä", "–", "esim.", "65+", "2026", "uudet"),
)
words = st.sampled_from(WORDS)


@many
@given(st.lists(st.lists(words, min_size=1, max_size=8).map(" ".join), min_size=9, max_size=9))
def test_other_activities_outputs_and_outcomes_are_not_silently_wrong(texts):
    middle = ["activity", "output", "outcome"]
    truth = [CELLS[at] | {column: texts[3 * at + n] for n, column in enumerate(middle)} for at in range(3)] + CELLS[3:8]
    try:
        reading = read("\n".join(line for cells in truth for line in flow(cells)))
    except SourceError:
        return
    assert_nothing_silently_wrong(reading, truth)
