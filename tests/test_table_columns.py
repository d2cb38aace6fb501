import pytest

from akegraph.errors import VocabularyError
from akegraph.resources import resource
from akegraph.table.columns import Wording, find, match_at, match_broken_at, normalise, read_anchors

LEVELS = (
    Wording("3", "Kuulemme eri vaiheissa – Vaikutan", (), 3),
    Wording("4", "Kehitämme yhdessä – Hyväksyn", ("Kehitetään yhdessä",), 4),
)


@pytest.mark.parametrize(
    "text",
    [
        "Kuulemme eri vaiheissa – Vaikutan",
        "kuulemme eri\u00a0vaiheissa  -  Vaikutan",
        "Kuulemme eri vaiheissa\u2014Vaikutan",
        "Kuulemme eri vaiheissa \u2011 Vaikutan",
    ],
)
def test_white_space_dashes_and_the_initial_do_not_matter(text):
    assert find(text, LEVELS) is LEVELS[0]


@pytest.mark.parametrize("text", ["Kuulemme eri vaiheissa", "Kuulemme Eri vaiheissa – Vaikutan", ""])
def test_anything_else_does(text):
    assert find(text, LEVELS) is None


def test_variants_count():
    assert find("Kehitetään yhdessä", LEVELS) is LEVELS[1]


def test_composed_and_decomposed_letters_are_one():
    assert normalise("Ka\u0308si") == normalise("käsi")


def test_match_at_takes_the_longest_and_says_where_it_ends():
    words = ["3:", "Kuulemme", "eri", "vaiheissa", "-", "Vaikutan", "+", "Toinen"]
    assert match_at(words, 1, LEVELS) == (LEVELS[0], 6)
    assert match_at(words, 2, LEVELS) is None


def test_match_broken_at_sees_through_broken_words():
    assert match_broken_at(["Kuulem", "me", "eri", "vaiheissa", "Vaikutan", "x"], 0, LEVELS) == (LEVELS[0], 5)


def test_the_shipped_anchors_are_whole():
    assert read_anchors(resource("data", "reference", "anchors.toml")).pathway == ("Vaikutuspolku",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("path = [", "cannot be read as TOML"),
        ('path = "Polku"', "'path' must be a list"),
        ("path = []", "'path' must be a list"),
        (None, "cannot be read"),
    ],
)
def test_bad_anchors_are_refused(tmp_path, content, says):
    file = tmp_path / "anchors.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError, match=says):
        read_anchors(file)


def test_an_unknown_anchor_is_refused(tmp_path):
    text = resource("data", "reference", "anchors.toml").read_text(encoding="utf-8")
    file = tmp_path / "anchors.toml"
    file.write_text(f'polku = ["x"]\n{text}', encoding="utf-8")
    with pytest.raises(VocabularyError, match="unknown key 'polku'"):
        read_anchors(file)
