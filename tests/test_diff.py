"""Two plans side by side: what is new, ended, continued, changed word by word, and what is only proposed."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from plan_tables import HEADINGS, KNOWLEDGE, free_text, real_table

from akegraph.cli import main
from akegraph.pipeline.comparing import compare_plans
from akegraph.table.diffing import Difference, compare_tables, mark_words
from akegraph.table.model import Cell, Row, Table
from akegraph.table.rows import write_rows

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from synthetic import generate_plans, write_plans

NAME = "ake-tampere-2026"
REAL = real_table()


def row(row_id: str, activity: str, *, continues: str | None = None, **cells: str) -> Row:
    base = {**REAL.rows[0].cells, "output": Cell("Toteutus"), "outcome": Cell("Osallistuminen")}
    own = {"activity": Cell(activity), **{column: Cell(text) for column, text in cells.items()}}
    return Row(row_id, 1, int(row_id[1:]), {**base, **own}, continues)


def compare(before: list[Row], after: list[Row], **how: object) -> Difference:
    tables = Table("a", HEADINGS, tuple(before)), Table("b", HEADINGS, tuple(after))
    return compare_tables(*tables, lambda one: {"level": one.text("participation")[:1]}, **how)  # type: ignore[arg-type]


def found(difference: Difference) -> list[tuple[str, str, str]]:
    return [(match.before.id, match.after.id, match.ground) for match in difference.matches]


# --- which rows belong together ---


def test_same_ids_are_the_same_rows_whatever_their_words() -> None:
    difference = compare([row("a1", "Verkkokurssi")], [row("a1", "Kirjastoauto")])
    assert found(difference) == [("a1", "a1", "id")]
    assert not difference.new
    assert not difference.ended


def test_a_stated_continuation_is_followed() -> None:
    before = [row("a1", "Verkkokurssi"), row("a2", "Kirjastoauto")]
    after = [row("b1", "Kirjastoauto", continues="a1"), row("b2", "Lukukampanja")]
    difference = compare(before, after)
    assert found(difference) == [("a1", "b1", "continues")], "what is stated wins over like words"
    assert [one.id for one in difference.new] == ["b2"]
    assert [one.id for one in difference.ended] == ["a2"]


def test_a_continuation_through_a_plan_between_is_followed() -> None:
    difference = compare([row("a1", "Verkkokurssi")], [row("c1", "Muu", continues="b1")], between={"b1": "a1"})
    assert found(difference) == [("a1", "c1", "continues")]
    circle = compare([row("a1", "Yksi")], [row("c1", "Muu", continues="b1")], between={"b1": "b2", "b2": "b1"})
    assert not circle.matches


def test_like_words_are_a_proposal_and_no_more() -> None:
    before = [row("a1", "Alueellisten työryhmien koulutukset"), row("a2", "Kaukolainauksen postimaksut")]
    after = [
        row("b1", "Alueellisten työryhmien koulutus"),
        row("b2", "Lukukampanja", output="Kampanja", outcome="Luku"),
    ]
    difference = compare(before, after)
    assert found(difference) == [("a1", "b1", "proposed")]
    assert difference.proposals == difference.matches
    assert [one.id for one in difference.new] == ["b2"]
    assert [one.id for one in difference.ended] == ["a2"]


def test_words_that_every_row_has_propose_nothing() -> None:
    before = [row(f"a{n}", f"Kirjastojen koulutus {w}") for n, w in enumerate(("auto", "kampanja", "kaukolaina"))]
    after = [row(f"b{n}", f"Kirjastojen koulutus {w}") for n, w in enumerate(("verkosto", "opas", "vierailu"))]
    assert not compare(before, after).proposals


def test_no_row_is_proposed_twice_and_none_that_is_matched() -> None:
    same = "Alueellisten työryhmien koulutukset"
    before = [row("a1", same), row("a2", same)]
    after = [row("b1", same, continues="a1"), row("b2", same), row("b3", same)]
    assert found(compare(before, after)) == [("a1", "b1", "continues"), ("a2", "b2", "proposed")]


def test_two_rows_that_continue_one_are_one_match() -> None:
    after = [row("b1", "Verkkokurssi", continues="a1"), row("b2", "Kirjastoauto", continues="a1")]
    difference = compare([row("a1", "Verkkokurssi")], after)
    assert found(difference) == [("a1", "b1", "continues")]
    assert [one.id for one in difference.new] == ["b2"]


def test_the_same_table_differs_in_nothing() -> None:
    difference = compare(list(REAL.rows), list(REAL.rows))
    assert len(difference.matches) == 17
    assert not difference.changed
    assert not difference.new
    assert not difference.ended


# --- words ---


@given(free_text, free_text)
def test_marks_give_both_texts_back(before: str, after: str) -> None:
    marks = mark_words(before, after)
    assert "".join(text for mark, text in marks if mark != "added") == before
    assert "".join(text for mark, text in marks if mark != "removed") == after


@given(st.lists(free_text, max_size=3).map(" ".join))
def test_a_text_against_itself_is_the_same(text: str) -> None:
    assert {mark for mark, _ in mark_words(text, text)} <= {"same"}


def test_words_are_marked_not_letters() -> None:
    assert mark_words("Koulutusten toteutukset ja materiaalit", "Koulutusten materiaalit ja toteutus") != ()
    assert mark_words("Henkilöstön osallistuminen kurssille", "Henkilöstön osallistuminen työpajaan") == (
        ("same", "Henkilöstön osallistuminen "),
        ("removed", "kurssille"),
        ("added", "työpajaan"),
    )


def test_texts_with_little_in_common_are_marked_whole() -> None:
    before, after = "1: Tiedotamme – Saan tiedoksi", "5: Päätämme yhdessä – Otan vastuun"
    assert mark_words(before, after) == (("removed", before), ("added", after))


def test_a_change_of_spelling_is_told_from_a_change_of_words() -> None:
    [match] = compare(
        [row("a1", "Työelämävaihto", outcome="henkilöstön  osallistuminen")],
        [row("a1", "Työelämävaihdot", outcome="Henkilöstön osallistuminen")],
    ).matches
    assert {change.column: change.only_spelling for change in match.changes} == {"activity": False, "outcome": True}


# --- plans ---


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three synthetic plans of one organisation, year after year."""
    made = generate_plans(3, 17, years=(2026, 2027, 2028), knowledge=KNOWLEDGE)
    return write_plans(made, tmp_path_factory.mktemp("years"), knowledge=KNOWLEDGE)


def test_the_next_year_is_compared_by_what_it_continues(years: list[Path]) -> None:
    comparison = compare_plans(str(years[0]), str(years[1]), knowledge=KNOWLEDGE)
    difference = comparison.difference
    stated = [match for match in difference.matches if match.ground == "continues"]
    assert len(stated) == 11
    assert len(stated) + len(difference.proposals) + len(difference.new) == 17
    assert len(stated) + len(difference.proposals) + len(difference.ended) == 17
    assert {change.column for match in stated for change in match.changes} == {"participation"}
    for before, after in difference.profiles.values():
        assert sum(before.values()) == sum(after.values()) == 17


def test_the_year_after_next_is_compared_through_the_one_between(years: list[Path]) -> None:
    difference = compare_plans(str(years[0]), str(years[2]), knowledge=KNOWLEDGE).difference
    assert len([match for match in difference.matches if match.ground == "continues"]) == 8


def test_profiles_of_the_real_plan() -> None:
    profiles = compare_plans(NAME, NAME, knowledge=KNOWLEDGE).difference.profiles
    assert profiles["path"][0] == {"1": 5, "2": 5, "3": 2, "4": 5}
    assert profiles["participation"][1] == {"1": 1, "2": 3, "3": 6, "4": 4, "5": 3}
    assert profiles["task"][0] == {"cooperation": 3, "networking": 2, "strengthening": 6, "support": 6}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


def test_a_version_is_compared_with_the_one_before(tmp_path: Path) -> None:
    changed = replace(REAL.rows[13], cells={**REAL.rows[13].cells, "activity": Cell("Työelämävaihdot")})
    rows = (*REAL.rows[:13], changed, *REAL.rows[14:16])
    path = tmp_path / "rows.csv"
    path.write_bytes(write_rows(replace(REAL, rows=rows), KNOWLEDGE.schemes.lexicon))
    done = run(NAME, str(path), "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "[-Työelämävaihto-]{+Työelämävaihdot+}" in done.stdout
    assert "- Kaukolainauksen postimaksut  [ksincqkc, row 17]" in done.stdout
    assert "New (" not in done.stdout
    assert re.search(r"4: Yhteistoiminta|4: Coop|4: .*5 → 4 +\(-1\)", done.stdout)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_form_tells_the_same(years: list[Path], language: str) -> None:
    names = [str(years[0]), str(years[1]), "--lang", language]
    data = json.loads(run(*names, "--format", "json").stdout)
    text, page = run(*names).stdout, run(*names, "--format", "html").stdout
    for one in (*data["new"], *data["ended"]):
        assert one["activity"] in text
        assert one["activity"] in page
    assert page.count("<article") == len(data["proposed"]) + sum(bool(m["changes"]) for m in data["continued"])
    assert text.count("    ") > 0
    for match in data["proposed"]:
        assert f"{match['before']['id']} → {match['after']['id']}" in page
        assert 0.6 <= match["likeness"] <= 1
    assert data["before"]["synthetic"]
    assert "SYNT" in text
    assert "SYNT" in page
    assert f'<html lang="{language}">' in page
    assert not re.findall(r"<(?:script|link|img)\b|url\(", page)


def test_the_answer_is_the_same_on_every_run(years: list[Path]) -> None:
    for kind in ("text", "html", "json"):
        one, two = (run(str(years[0]), str(years[1]), "--format", kind).stdout for _ in range(2))
        assert one == two


def test_markup_and_commands_in_cells_do_no_harm(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    rows = (replace(REAL.rows[0], cells={**REAL.rows[0].cells, "output": Cell(evil)}), *REAL.rows[1:])
    path = tmp_path / "rows.csv"
    path.write_bytes(write_rows(replace(REAL, rows=rows), KNOWLEDGE.schemes.lexicon))
    assert evil not in run(NAME, str(path), "--format", "html").stdout


def test_files_are_not_written_over_and_unknown_plans_are_told(tmp_path: Path) -> None:
    target = tmp_path / "changes.html"
    target.write_text("mine")
    done = run(NAME, NAME, "--format", "html", "-o", str(target))
    assert (done.exit_code, target.read_text()) == (2, "mine")
    assert run(NAME, NAME, "--format", "html", "-o", str(target), "--force").exit_code == 0
    unknown = run(NAME, "ake-tampere-2062")
    assert unknown.exit_code == 3
    assert "did you mean 'ake-tampere-2026'" in unknown.stderr
    assert run(NAME, str(tmp_path / "none.csv")).exit_code == 3


@pytest.mark.slow
def test_a_thousand_rows_without_ids_in_common_are_compared_in_time() -> None:
    one, two = (generate_plans(1, 1000, years=(2026,), seed=seed, knowledge=KNOWLEDGE)[0].table for seed in (1, 2))
    others = tuple(replace(r, id=f"z{r.number}") for r in two.rows)
    started = time.process_time()
    difference = compare_tables(one, replace(two, rows=others), lambda _: {})
    assert len(difference.matches) + len(difference.new) == 1000
    assert time.process_time() - started < 20
