"""The lines of a cell put on one line: what is sure, what is in doubt, and what is proposed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from plan_tables import KNOWLEDGE

from akegraph.table.bands import _part_headings
from akegraph.table.geometry import Word as Printed
from akegraph.table.geometry import text_of
from akegraph.table.grids import Line
from akegraph.table.joining import Joined, Joiner, count_words, make_joiner
from akegraph.table.lineends import mend_line_ends
from akegraph.table.spelling import Spelling
from akegraph.table.words import Word

FINNISH = frozenset({"kirjasto", "auto", "kirjastoauto", "linja", "linja-auto", "tieto", "palvelu", "yhteistyö"})


def joiner(attested: dict[str, int] | None = None, *, listed: str = "", speller: bool = False) -> Joiner:
    spelling = Spelling(frozenset(listed.split()), FINNISH.__contains__ if speller else None)
    return Joiner(Counter(attested or {}), spelling, ("ja", "tai"))


def join(known: Joiner, *lines: Line) -> tuple[str, list[str]]:
    joined = known.join(lines)
    return joined.text, [code for code, _ in joined.reasons]


def full(text: str, *, fits: bool = False) -> Line:
    return Line(text, full=True, fits=fits)


# hyphens


@pytest.mark.parametrize(
    ("known", "lines", "text", "sure"),
    [
        (joiner(), ["kirjasto-", "auto"], "kirjastoauto", False),
        (joiner(listed="kirjastoauto"), ["kirjasto-", "auto"], "kirjastoauto", True),
        (joiner(listed="kirjasto-auto"), ["kirjasto-", "auto"], "kirjasto-auto", True),
        (joiner(listed="kirjasto-auto kirjastoauto"), ["kirjasto-", "auto"], "kirjasto-auto", False),
        (joiner(speller=True), ["kirjasto-", "auto"], "kirjastoauto", False),  # both parts are words
        (joiner(speller=True), ["kirjas-", "to"], "kirjasto", True),
        (joiner(speller=True), ["Kirjas-", "To"], "KirjasTo", False),
        (joiner(speller=True), ["linja-", "auto"], "linja-auto", True),
        (joiner(speller=True), ["tieta-", "auto"], "tieta-auto", False),
        (joiner(speller=True), ["xyz-", "abc"], "xyzabc", False),
        (joiner({"kirjasto": 1, "kirjas-to": 1}, speller=True), ["kirjas-", "to"], "kirjas-to", False),
        (joiner({"kirjasto": 1, "kirjas-to": 1}), ["kirjas-", "to"], "kirjas-to", False),
        (joiner(), ["kirjasto- ja", "tieto"], "kirjasto- ja tieto", True),
        (joiner(), ["loppu-", "+ seuraava"], "loppu- + seuraava", True),
    ],
)
def test_a_hyphen_at_a_line_end(known: Joiner, lines: list[str], text: str, sure: bool) -> None:
    assert join(known, *map(Line, lines)) == (text, [] if sure else ["line-end-hyphen"])


def test_a_hyphen_inside_a_line_is_not_the_spellers_to_judge() -> None:
    assert join(joiner(speller=True), Line("kirjas- to")) == ("kirjasto", ["line-end-hyphen"])


def test_a_cell_that_ends_in_a_hyphen_is_cut_off() -> None:
    assert join(joiner(), Line("koko kirjasto-")) == ("koko kirjasto-", ["cut-off"])
    assert join(joiner()) == ("", [])


# words broken without a hyphen


@pytest.mark.parametrize(
    ("known", "line", "after", "text", "sure"),
    [
        (joiner(listed="kirjasto"), full("kirjas"), "to", "kirjasto", True),
        (joiner(speller=True), full("kirjas"), "to", "kirjasto", True),
        (joiner({"kirjasto": 1}), full("kirjas"), "to", "kirjasto", True),
        (joiner({"kirjasto": 1}), full("kirjas", fits=True), "to", "kirjasto", True),
        (joiner({"kirjasto": 1}), Line("kirjas"), "to", "kirjasto", False),
        (joiner(), Line("kirjas"), "to", "kirjas to", True),
        (joiner(listed="kirjastoauto kirjasto auto"), full("kirjasto"), "auto", "kirjastoauto", False),
        (joiner(speller=True), full("kirjasto", fits=True), "auto", "kirjasto auto", True),
        (joiner(speller=True), full("kirjasto"), "auto", "kirjasto auto", False),
        (joiner(speller=True), full("kirjasto"), "palvelu", "kirjasto palvelu", True),
        (joiner(listed="kirjasto palvelu"), full("kirjasto"), "palvelu", "kirjasto palvelu", False),
        (joiner(), full("toiminta"), "suunnitel", "toiminta suunnitel", False),
        (joiner(), full("toiminta", fits=True), "suunnitel", "toiminta suunnitel", True),
        (joiner(), full("toimin"), "nan", "toiminnan", False),
        (joiner(), full("toimin"), "nassa", "toiminnassa", False),
        (joiner(), full("suuri toimin"), "nassa", "suuri toimin nassa", False),
        (joiner(), full("toiminta"), "Suunnitelma", "toiminta Suunnitelma", True),
        (joiner(), full("KIRJAS"), "TO", "KIRJASTO", False),
        (joiner(), full("vuosi 2026"), "alkaa", "vuosi 2026 alkaa", True),
    ],
)
def test_a_word_at_a_full_line(known: Joiner, line: Line, after: str, text: str, sure: bool) -> None:
    joined, codes = join(known, line, Line(after))
    assert codes == ([] if sure else ["broken-word"])
    assert joined == text


def test_what_is_doubted_offers_the_other_reading() -> None:
    joined = joiner().join([full("toimin"), Line("nan")])
    assert (joined.text, joined.others, joined.settled) == ("toiminnan", ("toimin nan",), True)
    hyphened = joiner().join([Line("kirjasto-"), Line("auto")])
    assert (hyphened.raw, hyphened.others) == ("kirjasto- auto", ("kirjasto-auto",))
    assert joiner().join([Line("yksi"), Line("kaksi")]) == Joined("yksi kaksi", "yksi kaksi")


def test_of_several_readings_that_with_most_known_letters_is_proposed() -> None:
    known = joiner(listed="kirjastoauto kirjasto auto tieto")
    joined = known.join([full("kirjasto"), full("auto"), Line("tieto")])
    assert joined.text.startswith("kirjasto")
    assert set(joined.others) | {joined.text} >= {"kirjastoauto tieto", "kirjasto auto tieto"}


@pytest.mark.parametrize(
    ("line", "after", "text", "sure"),
    [
        (Line("aikana/"), "lopuksi", "aikana/lopuksi", False),
        (full("aikana/"), "lopuksi", "aikana/lopuksi", False),
        (Line("aikana /"), "lopuksi", "aikana / lopuksi", True),
        (Line("2026–"), "2027", "2026–2027", False),
        (full("Tiedot:"), "https", "Tiedot: https", False),
        (full("Loppu."), "Uusi", "Loppu. Uusi", True),
        (full("www.kirjasto."), "fi", "www.kirjasto. fi", False),
        (full("Loppu:", fits=True), "uusi", "Loppu: uusi", True),
        (full("kirjastot"), ", museot", "kirjastot, museot", False),
        (full("kirjastot"), "/ museot", "kirjastot / museot", True),
    ],
)
def test_signs_at_a_line_end(line: Line, after: str, text: str, sure: bool) -> None:
    assert join(joiner(), line, Line(after)) == (text, [] if sure else ["broken-word"])


def test_signs_are_joined_for_sure_where_the_document_has_them_so() -> None:
    for line, after, whole in (
        (full("aikana/"), "lopuksi", "aikana/lopuksi"),
        (full("tieto@"), "kirjasto", "tieto@kirjasto"),
        (full("kirjasto"), ",x", "kirjasto,x"),
    ):
        assert join(joiner({whole: 1}), line, Line(after)) == (whole, [])


def test_two_words_inside_a_line_are_one_only_if_one_is_known_and_both_are_not() -> None:
    assert join(joiner({"kirjastoauto": 1}), Line("kirjasto auto")) == ("kirjastoauto", ["broken-word"])
    assert join(joiner({"kirjastoauto": 1, "kirjasto": 2, "auto": 2}), Line("kirjasto auto")) == ("kirjasto auto", [])
    assert join(joiner({"kirjastoauto": 1, "kirjasto": 1, "auto": 1}), Line("kirjasto auto"))[1] == ["broken-word"]
    assert join(joiner({"kirjastoauto": 1, "kirjasto": 2}), Line("kirjasto auto"))[1] == ["broken-word"]
    assert join(joiner({"jalka": 1}), Line("jal ka")) == ("jal ka", [])
    assert join(joiner({"kirjastoauto": 1}), Line("kirjasto Auto")) == ("kirjasto Auto", [])


def test_a_document_that_breaks_words_anywhere_is_noticed() -> None:
    whole, broken = [Line("kirjasto")], [full("kirjas", fits=True), Line("to")]
    known = make_joiner([whole, whole, broken], Spelling(frozenset()), ("ja",))
    assert known.anywhere
    torn = full("kirjasto", fits=True), Line("auto")
    assert join(replace(joiner(speller=True), anywhere=True), *torn) == ("kirjasto auto", ["broken-word"])
    assert not make_joiner([whole, [full("koko", fits=True), Line("talo")]], Spelling(frozenset()), ("ja",)).anywhere


def test_words_are_counted_where_no_line_end_can_have_broken_them() -> None:
    counted = count_words([[full("yksi kak"), Line("si kirjasto-"), Line("auto loppu")], [full("viimeinen")]])
    assert counted == {"yksi": 1, "loppu": 1, "viimeinen": 1}
    assert count_words([[Line("kirjasto- ja"), Line("tieto")]]) == {"ja": 1, "tieto": 1}


# flattened text


def words(*lines: str) -> list[Word]:
    return [
        Word(text, text, number, 0, starts_line=at == 0)
        for number, line in enumerate(lines)
        for at, text in enumerate(line.split())
    ]


def doubted(*lines: str, listed: str = "") -> list[str]:
    mended = mend_line_ends(words(*lines), Spelling(frozenset(listed.split())), ("ja", "tai"))
    return [word.text for word in mended if word.doubt]


def test_a_letter_alone_on_the_next_line_may_be_the_end_of_a_word() -> None:
    assert doubted("alku kirjasto", "n loppu") == ["kirjasto"]
    assert doubted("alku kirjasto", "on loppu") == []
    assert doubted("alku kirjasto", "n loppu", listed="n") == []


def test_a_word_of_capitals_and_letters_that_comes_often_lost_no_hyphen() -> None:
    assert doubted("alku AVIyhteistyö loppu") == ["AVIyhteistyö"]
    assert doubted("alku AVIyhteistyö loppu", "alku AVIyhteistyö loppu") == []
    assert doubted("alku AVIyhteistyö", "ja sana- loppu", "sana-", "toinen") == []


# headings


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("Tuotos Tulos", ["Tuotos", "Tulos"]),
        ("Panos ja prosessi", ["Panos ja prosessi"]),
        ("Tuotos Tuotos", ["Tuotos Tuotos"]),
        ("Tuotos tuleva", ["Tuotos tuleva"]),
        ("Tulos", ["Tulos"]),
    ],
)
def test_headings_that_stand_close_are_parted(printed: str, parts: list[str]) -> None:
    boxed = [Printed(text, 10.0 * at, 10.0 * at + 9, 0, 10, 5) for at, text in enumerate(printed.split())]
    assert [text_of(part) for part in _part_headings(boxed, KNOWLEDGE.schemes.lexicon)] == parts
