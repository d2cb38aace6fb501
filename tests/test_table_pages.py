"""Pages of a PDF as words and rules: what belongs to the plan's table where not all of it is ruled."""

import pytest
from test_table_text import LEXICON

from akegraph.table.bands import find_heading
from akegraph.table.geometry import Box, Page, Word
from akegraph.table.margins import find_furniture
from akegraph.table.pages import read_pages
from akegraph.table.ruled import close_gaps, read_ruled

HEADINGS = ["Tehtävä", "Panos", "Tuotos", "Tulos", "Vaikutus", "Vaikuttavuus", "Arviointi", "Osallisuustaso"]
ROW = ["+ Toimialueen", "Rinki", "Opas", "Osaa", "Vaikutuspolku 1:", "Vaikutuspolun 1", "+ Tuotoksen", "2: Kysymme"]
WIDTH = 100


def line(texts, top, width=5.0):
    """Set texts at the left edges of their columns."""
    words = []
    for at, text in enumerate(texts):
        x = 10.0 + at * WIDTH
        for word in text.split():
            words.append(Word(word, x, x + width * len(word), top, top + 10, width))
            x += width * (len(word) + 0.6)
    return words


def page(sheet, lines, **parts):
    words = tuple(word for top, texts in lines for word in line(texts, top))
    return Page(sheet, 820, 600, words, **parts)


def cells(top, bottom, count=8):
    return tuple(Box(5 + at * WIDTH, top, 5 + (at + 1) * WIDTH, bottom) for at in range(count))


def texts_of(sheaf):
    return [[cell.text for cell in row.cells] for grid in sheaf.grids for row in grid.rows]


REST = ["kirjastojen", "", "henkilöstölle", "", "Kirjastot", "", "", ""]


@pytest.mark.parametrize(
    ("lines", "belongs"),
    [
        ([(50, REST)], True),
        ([(50, ROW)], True),
        ([(50, ["kirjastojen", "", "", "", "", "", "", ""])], False),
        ([(50, ["x", "", ""]), (62, ROW)], True),
        ([(50, ["Lisätietoja antaa aluekoordinaattori arkisin puhelimitse ja sähköpostitse"])], False),
    ],
)
def test_a_page_without_headings_goes_on_with_the_table_if_it_stands_in_its_columns(lines, belongs):
    first = page(0, [(100, HEADINGS), (130, ROW), (142, ["x"] * 8)])
    sheaf = read_pages([first, page(1, lines)], LEXICON)
    assert any(grid.name == "page 2" for grid in sheaf.grids) is belongs
    assert any(dropped.place == "page 2" for dropped in sheaf.dropped) is not belongs


def test_a_page_after_one_without_the_table_does_not_go_on_with_it():
    pages = [page(0, [(100, HEADINGS), (130, ROW)]), page(1, []), page(2, [(50, REST)])]
    assert [grid.name for grid in read_pages(pages, LEXICON).grids] == ["page 1"]


def test_last_lines_of_cells_that_come_again_are_no_footer():
    last = [(535, ["kehittäminen", "", "", "", "systemaattisesti", "", "", ""])]
    pages = [page(at, [(100, HEADINGS), (510, ROW), (522, ROW), *last]) for at in range(3)]
    assert find_furniture(pages, LEXICON.anchors) == [set(), set(), set()]
    apart = [page(at, [(100, HEADINGS), (500, ROW), (560, ["Kirjastot yhdessä"])]) for at in range(3)]
    assert [{word.text for word in found} for found in find_furniture(apart, LEXICON.anchors)] == [
        {"Kirjastot", "yhdessä"}
    ] * 3


def test_what_comes_again_on_few_pages_is_no_footer():
    often = [
        page(at, [(100, ROW), (560, ["Kirjastot yhdessä" if at < 2 else f"sivun loppu {'x' * at}"])]) for at in range(9)
    ]
    assert find_furniture(often, LEXICON.anchors)[0] == set()


def test_headings_as_near_as_words_are_parted():
    near = [*line(["Tehtävä (Lain 8"], 100, 5.8), *line(["", *HEADINGS[1:]], 100)]
    found = find_heading([*near, *line(["§ ja polut)"], 112)], LEXICON)
    assert found is not None
    assert list(found.columns)[:2] == ["task", "activity"]
    assert found.texts[0] == ("Tehtävä (Lain 8", "§ ja polut)")


def test_rows_between_shaded_ones_are_of_the_same_table():
    lines = [(12, HEADINGS), (32, ROW), (52, ROW), (72, ROW)]
    shaded = (cells(10, 50), cells(70, 90))
    (boxes,) = close_gaps(page(0, lines, tables=shaded))
    assert len(boxes) == 24
    sheaf = read_pages([page(0, lines, tables=shaded)], LEXICON)
    assert len(sheaf.grids) == 1
    assert sum(row[1] == "Rinki" for row in texts_of(sheaf)) >= 1


@pytest.mark.parametrize(
    ("between", "below"),
    [
        (["Toinen taulukko kertoo, mitä resursseja suunnitelmaan käytetään vuonna 2026"], cells(70, 90)),
        ([""], cells(70, 90)),
        (["Mittarit", "Arvot"], cells(70, 90)),
        (ROW, cells(70, 90, 7)),
    ],
)
def test_tables_with_something_else_between_them_stay_apart(between, below):
    lines = [(12, HEADINGS), (32, ROW), (52, between), (72, ROW)]
    assert len(close_gaps(page(0, lines, tables=(cells(10, 50), below)))) == 2


def test_a_row_without_rules_between_its_cells_is_no_title():
    boxes = [*cells(10, 30), Box(5, 30, 805, 50), *cells(50, 70)]
    drawn = read_ruled(page(0, [(12, HEADINGS), (32, ROW), (52, ROW)]), boxes)
    assert [cell.spanned for cell in drawn.rows[1].cells] == [""] * 8
    assert [word.text for word in drawn.rows[1].cells[4].lines[0]] == ["Vaikutuspolku", "1:"]
    for title in (
        ["Akepiken suunnitelma vuodelle 2026"],
        ["Akepike"],
        ["Akepike", "", "", "vuosi", "", "", "", "2026"],
    ):
        drawn = read_ruled(page(0, [(12, HEADINGS), (32, title), (52, ROW)]), boxes)
        assert [cell.spanned for cell in drawn.rows[1].cells] == ["", *["right"] * 7]
