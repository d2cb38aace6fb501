import pytest

from akegraph.table.hyphens import bare, is_open, join, join_lines

CONJUNCTIONS = ("ja", "tai", "sekä")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["AVI-", "yhteistyö"], "AVI-yhteistyö"),
        (["AKE- ja AVI-", "yhteistyö ja"], "AKE- ja AVI-yhteistyö ja"),
        (["tavoite-", "ja kehityskeskusteluissa"], "tavoite- ja kehityskeskusteluissa"),
        (["kirja\u00ad", "stossa"], "kirjastossa"),
        (["yhdessä -", "Hyväksyn"], "yhdessä - Hyväksyn"),
        (["palautetta –", "Annan"], "palautetta – Annan"),
        (["yksi", "kaksi"], "yksi kaksi"),
    ],
)
def test_sure_joins(lines, text):
    assert join_lines(lines, set(), CONJUNCTIONS) == (text, ())


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["johtamis-", "verkosto"], "johtamisverkosto"),
        (["linja-", "auto"], "linja-auto"),
        (["Keski-", "Suomi"], "Keski-Suomi"),
        (["2026-", "2027"], "2026-2027"),
        (["KIRJASTO-", "palvelut"], "KIRJASTOpalvelut"),
    ],
)
def test_unattested_joins_are_in_doubt(lines, text):
    joined, reasons = join_lines(lines, set(), CONJUNCTIONS)
    assert joined == text
    assert len(reasons) == 1


@pytest.mark.parametrize(
    ("attested", "text", "sure"),
    [
        ({"johtamisverkosto"}, "johtamisverkosto,", True),
        ({"johtamis-verkosto"}, "johtamis-verkosto,", True),
        ({"johtamisverkosto", "johtamis-verkosto"}, "johtamisverkosto,", False),
    ],
)
def test_the_rest_of_the_document_decides(attested, text, sure):
    joined, reasons = join_lines(["johtamis-", "verkosto,"], attested, CONJUNCTIONS)
    assert joined == text
    assert (reasons == ()) is sure


def test_more_than_a_line_break_between_is_in_doubt_even_if_attested():
    assert join("kirjasto-", "alan", {"kirjastoalan"}, CONJUNCTIONS, adjacent=False).why


def test_a_dash_alone_or_an_endless_word_waits_for_nothing():
    assert not is_open("-")
    assert not is_open("–-")
    assert not is_open("a" * 200 + "-")


def test_bare_strips_punctuation_and_case():
    assert bare("(Kirjastot,") == "kirjastot"
    assert bare("...") == ""
