"""``akegraph review``: doubts settled one by one, each answer saved at once."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from akegraph.cli import main
from akegraph.errors import SourceError
from akegraph.pipeline.reviewing import ReviewSession, find_review
from akegraph.resources import resource
from akegraph.table.hyphens import bare

SOURCE = resource("data", "source", "akepike-vuosisuunnitelma-2026-s16-17.txt")
BUILT_IN = resource("data", "plans", "ake-tampere-2026")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.toml").write_bytes((BUILT_IN / "plan.toml").read_bytes())
    assert run("import", str(SOURCE), "--plan", str(tmp_path / "plan.toml")).exit_code == 0
    return tmp_path


def answers(folder: Path) -> list[dict]:
    doubts = tomllib.loads((folder / "review.toml").read_text(encoding="utf-8"))["doubt"]
    return [doubt for doubt in doubts if doubt["decided_by"]]


def test_accepting_all_gives_the_rows_of_the_plan(folder: Path) -> None:
    result = run("review", str(folder), "--by", "Liisa", text="a\n" * 13)
    assert result.exit_code == 0, result.output
    assert (folder / "rows.csv").read_bytes() == (BUILT_IN / "rows.csv").read_bytes()
    assert {(doubt["decided_by"], doubt["answer"] == doubt["proposed"]) for doubt in answers(folder)} == {
        ("Liisa", True)
    }
    again = run("import", str(SOURCE), "--plan", str(folder / "plan.toml"))
    assert again.exit_code == 0
    assert "rows.csv: unchanged" in again.stderr
    assert run("review", str(folder)).exit_code == 0


def test_each_doubt_is_shown_with_its_place_and_row(folder: Path) -> None:
    shown = run("review", str(folder), text="q\n").stderr
    for words in (
        "[1/13]",
        "row 4",
        "'Panos ja prosessi'",
        "page 16, lines 130-133",
        "mediasivistys- ",
        "Tuotos: PiKen",
    ):
        assert words in shown


def test_edit_empty_skip_and_quit(folder: Path) -> None:
    text = "e\nKirjastojen  uusi\nm\ns\ns\ne\n\nq\n"
    result = run("review", str(folder), "--by", "Liisa", text=text)
    assert result.exit_code == 1
    assert "every row needs this cell" in result.stderr
    decided = [(doubt["number"], doubt["column"], doubt["answer"]) for doubt in answers(folder)]
    assert decided[0] == (4, "activity", "Kirjastojen uusi")
    assert len(decided) == 2
    assert "Kirjastojen uusi" in (folder / "rows.csv").read_text(encoding="utf-8")
    later = run("review", str(folder), text="q\n")
    assert "[1/11]" in later.stderr
    assert later.exit_code == 1


def test_the_end_of_the_input_is_a_quit(folder: Path) -> None:
    assert run("review", str(folder), text="a\n").exit_code == 1
    assert len(answers(folder)) == 1


def test_the_list_asks_nothing(folder: Path) -> None:
    before = (folder / "review.toml").read_bytes()
    result = run("review", str(folder), "--list", "--format", "json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)) == 13
    assert "row 4" not in run("review", str(folder), "--list").stderr
    assert (folder / "review.toml").read_bytes() == before
    assert run("review", "ake-tampere-2026", "--list").exit_code == 0


def test_an_answer_that_no_scheme_knows_is_refused(folder: Path) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8").replace('column = "activity"', 'column = "participation"', 1)
    path.write_text(text, encoding="utf-8")
    result = run("review", str(folder), text="a\ne\n9: Ei mikään\ne\n3: Kuulemme eri vaiheissa - Vaikutan\nq\n")
    assert result.stderr.count("cannot be:") == 2
    assert [doubt["answer"] for doubt in answers(folder)] == ["3: Kuulemme eri vaiheissa - Vaikutan"]


@pytest.mark.parametrize("told", ["4", "4.", "Kehitämme yhdessä - Hyväksyn", "kehitämme yhdessä – Hyväksyn"])
def test_a_level_told_by_number_or_words_is_proposed_whole(folder: Path, told: str) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8").replace('column = "activity"', 'column = "participation"', 1)
    first, proposed, rest = text.partition('proposed = "Kirjastojen mediasivistysprojektiryhmän lopputuotokset"')
    assert proposed
    path.write_text(f'{first}proposed = "{told}"{rest}', encoding="utf-8")
    shown = run("review", str(folder), text="a\nq\n").stderr
    assert "proposed: 4: Kehitämme yhdessä – Hyväksyn" in shown
    assert [doubt["answer"] for doubt in answers(folder)] == ["4: Kehitämme yhdessä – Hyväksyn"]


def test_a_level_may_be_answered_by_its_number(folder: Path) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8").replace('column = "activity"', 'column = "participation"', 1)
    path.write_text(text, encoding="utf-8")
    run("review", str(folder), text="e\n6\ne\n5\nq\n")
    assert [doubt["answer"] for doubt in answers(folder)] == ["5: Päätämme yhdessä – Otan vastuun"]


def read_terminal(terminal: int, wanted: bytes) -> None:
    """Read until the words stand there; fail where they do not come."""
    shown = b""
    while wanted not in shown:
        assert select.select([terminal], [], [], 60)[0], shown.decode()
        shown += os.read(terminal, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no terminals of this kind")
def test_on_a_terminal_the_proposal_is_there_to_be_changed(folder: Path) -> None:
    """Typed words go behind the proposal, and Ctrl-D is a quit."""
    pty = pytest.importorskip("pty")
    command = [sys.executable, "-m", "akegraph", "review", str(folder), "--by", "Liisa"]
    terminal, other = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
    )
    os.close(other)
    try:
        for wanted, keys in (
            (b"[s]: ", b"e\n"),
            (b"text: Kirjastojen", b" 2026\n"),
            (b"[2/13]", b""),
            (b"[s]: ", b"\x04"),
        ):
            read_terminal(terminal, wanted)
            os.write(terminal, keys)
        read_terminal(terminal, b"12 cells wait")
        assert process.wait(timeout=60) == 1
    finally:
        process.kill()
        os.close(terminal)
    [answer] = answers(folder)
    assert answer["answer"] == "Kirjastojen mediasivistysprojektiryhmän lopputuotokset 2026"
    assert answer["decided_by"] == "Liisa"


def test_what_somebody_changed_meanwhile_is_not_written_over(folder: Path) -> None:
    session = ReviewSession(folder / "review.toml", folder / "rows.csv")
    item = session.open_items[0]
    with (folder / "rows.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    import datetime

    with pytest.raises(SourceError, match="changed the file meanwhile"):
        session.answer(item, item.proposed, by="x", on=datetime.date(2026, 11, 22))
    assert answers(folder) == []


def test_comments_of_a_person_are_kept(folder: Path) -> None:
    path = folder / "review.toml"
    path.write_text("# ask Liisa\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    run("review", str(folder), text="a\n")
    assert path.read_text(encoding="utf-8").startswith("# ask Liisa\n")
    assert len(answers(folder)) == 1


def test_a_folder_without_a_review_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no review\.toml"):
        find_review(str(tmp_path))


# a second import


def test_a_corrected_document_keeps_ids_and_answers_and_tells_what_changed(folder: Path) -> None:
    assert run("review", str(folder), "--by", "Liisa", text="a\n" * 13).exit_code == 0
    text = SOURCE.read_text(encoding="utf-8").replace("koulutustarjotin", "koulutuskalenteri", 1)
    corrected = folder / "plan.txt"
    corrected.write_text(text, encoding="utf-8")
    command = ("import", str(corrected), "--plan", str(folder / "plan.toml"))
    told = run(*command)
    assert told.exit_code == 2
    assert "--force" in told.stderr
    assert "changed: row 1 (gqrirt6y), column 'Panos ja prosessi'" in told.stderr
    assert (
        "was: Asiakkaan kohtaaminen: koulutustarjotin\n    is:  Asiakkaan kohtaaminen: koulutuskalenteri" in told.stderr
    )
    assert told.stderr.count("changed:") == 1
    assert "0 cells wait for an answer in review.toml, 13 are answered" in told.stderr
    assert run(*command, "--force").exit_code == 0


def test_answers_written_by_hand_need_no_force(folder: Path) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        'answer = ""\ndecided_by = ""\ndecided_on = ""',
        'answer = "Uusi"\ndecided_by = "L"\ndecided_on = "2026-11-22"',
        1,
    )
    path.write_text(text, encoding="utf-8")
    result = run("import", str(SOURCE), "--plan", str(folder / "plan.toml"))
    assert result.exit_code == 0, result.stderr
    assert ",Uusi," in (folder / "rows.csv").read_text(encoding="utf-8")


def test_the_word_list_is_sorted_and_has_no_word_twice() -> None:
    lines = resource("data", "reference", "words.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    assert words == sorted(set(words))
    assert words == [bare(word) for word in words]
