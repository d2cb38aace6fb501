"""Answers as tables to read, in terminals that are wide and narrow."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from akegraph.cli.answers import Readable, echo_readable, make_readable, make_table
from akegraph.graph.iris import AKEID, AKEV
from akegraph.store.base import Solutions, iri, literal

FOUND = Solutions(
    ("path", "pathLabel", "goal", "goalLabel", "element", "activities", "noteLabel"),
    (
        {
            "path": iri(str(AKEV["path/2"])),
            "pathLabel": literal("Palvelut"),
            "goalLabel": literal("Nimi ilman tavoitetta"),
            "element": iri(str(AKEID["goal/okm-2026-2"])),
            "activities": literal("5"),
            "noteLabel": literal("a\u202eb"),
        },
        {"path": iri("urn:x:path/2"), "pathLabel": literal("urn:x:path/2"), "activities": literal("")},
    ),
)
LONG = "Kirjaston palveluita päivitetään soveltuviksi alueellisiin erityispiirteisiin"

Print = Callable[[Readable, int | None], str]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Print:
    """Print in a terminal of a width, or for None to a pipe."""

    def print_table(table: Readable, width: int | None) -> str:
        if width is not None:
            monkeypatch.setenv("COLUMNS", str(width))
            monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        echo_readable(table)
        return capsys.readouterr().out

    return print_table


def test_a_thing_is_one_column_with_what_a_parameter_takes() -> None:
    table = make_readable(FOUND)
    assert table.headings == ("path", "goal", "element", "activities", "noteLabel")
    assert table.cells == (
        ("2 Palvelut", "Nimi ilman tavoitetta", "goal/okm-2026-2", "5", "a\ufffdb"),
        ("urn:x:path/2", "", "", "", ""),
    )
    plain = make_table(FOUND)
    assert plain.headings == FOUND.variables
    assert plain.cells[0][:2] == ("akev:path/2", "Palvelut")


def test_a_pipe_gets_every_row_in_one_line(show: Print) -> None:
    rows = tuple((f"{number} {LONG}", LONG, LONG, LONG, "1") for number in range(3))
    lines = show(Readable(("a", "b", "c", "d", "n"), rows), None).splitlines()
    assert sum(line.count(LONG) for line in lines) == 12
    assert [line.count(LONG) for line in lines if LONG in line] == [4, 4, 4]


def test_what_all_rows_share_is_said_once_where_there_is_no_room(show: Print) -> None:
    table = Readable(("plan", "gap", "none", "n"), tuple((LONG, f"{LONG} {number}", "", "7") for number in "12"))
    assert show(table, 200).count(LONG) == 4
    narrow = show(table, 50)
    assert "none: –" in narrow
    assert "n: 7" in narrow
    assert narrow.startswith("plan: Kirjaston")
    assert max(map(len, narrow.splitlines())) <= 50


def test_runs_of_rows_stand_under_what_they_share(show: Print) -> None:
    rows = tuple((f"{LONG} {group}", LONG[:30] + str(number), "x" * 20) for group in "ab" for number in range(3))
    narrow = show(Readable(("group", "name", "word"), (*rows, (rows[-1][0], "y", "z"))), 50)
    assert narrow.count("group: Kirjaston") == 2
    assert narrow.count("name") == 2


def test_rows_that_share_nothing_are_lists_with_whole_words(show: Print) -> None:
    rows = tuple(tuple(f"{LONG} {row}{column}" for column in range(6)) for row in range(2))
    narrow = show(Readable(tuple("abcdef"), rows), 60)
    assert narrow.count("── ") == 2
    assert "…" not in narrow
    for word in LONG.split():
        assert narrow.count(word) == 12
