"""``akegraph explain``: a rule's story for people, in three languages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rdflib import Graph

from akegraph.cli.explaining import explain
from akegraph.cli.failing import ErrorGroup
from akegraph.errors import UnknownResourceError
from akegraph.graph.iris import AKESH
from akegraph.graph.loading import load_folder, load_turtle
from akegraph.resources import resource
from akegraph.settings import LANGUAGES, Language
from akegraph.validation.explaining import (
    Explanation,
    explain_rule,
    explanation_text,
    get_rule,
    list_rules,
    load_words,
)
from akegraph.validation.shapes import Shapes, load_shapes


@cache
def shapes() -> Shapes:
    return load_shapes()


@cache
def knowledge() -> tuple[Graph, Graph]:
    return load_folder(resource("ontology", "schemes")), load_turtle(resource("shapes", "codes.ttl"))


def told(code: str, language: Language = "fi") -> Explanation:
    schemes, codes = knowledge()
    return explain_rule(get_rule(shapes(), code), shapes(), language, schemes=schemes, codes=codes)


def run(*arguments: str) -> Result:
    group = ErrorGroup(commands={"explain": explain})
    assert isinstance(group, click.Group)
    return CliRunner().invoke(group, ["explain", *arguments], catch_exceptions=False)


def test_a_rule_as_a_planner_reads_it() -> None:
    result = run("AKE-108", "--lang", "fi")
    assert result.exit_code == 0
    assert (
        result.output
        == """AKE-108  osallisuustaso  (virhe)
────────────────────────────────

Toimenpiteellä pitää olla tasan yksi osallisuustaso. Kirjoita sarakkeeseen Osallisuustaso yksi
tasoista 1–5.

Miksi ja mitä tehdä
  Osallisuustaso kertoo, kuinka paljon kirjastot pääsevät vaikuttamaan toimenpiteeseen. Tasoja
  verrataan vuosien ja alueiden välillä, joten niitä on yksi riviä kohti ja ne valitaan viidestä
  sovitusta.

Väärin: Osallisuustaso: Kehitämme yhdessä – HYVÄKSYN
Oikein: Osallisuustaso: 4: Kehitämme yhdessä – Hyväksyn

Korjaus: tason kirjoitusasu
  Vaihtaa osallisuustason, joka on kirjoitettu toisin, luettelon kirjoitusasuun, kun taso on
  varmasti sama: vain kirjainkoko, välit, viiva tai numeron merkintä poikkeavat. Turtlessa
  teksti vaihtuu tason tunnukseen. (akegraph validate --fix näyttää, mitä muuttuisi)

Sarake: Osallisuustaso

Perustuu
  Suunnitelman sarake 'Osallisuustaso': tasot 1–5

Teknisesti
  sääntö: akesh:ActivityShape-hasParticipationLevel
  katsoo: ake:Activity
  ominaisuus: ake:hasParticipationLevel
  ehdot: sh:maxCount 1; sh:minCount 1; sh:node akesh:LevelConceptShape
"""
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_told_whole(language: Language) -> None:
    rules = list_rules(shapes())
    assert len(rules) == 75
    for rule in rules:
        one = told(rule.code, language)
        assert one.message == rule.messages[language]
        assert one.description == rule.descriptions[language]
        assert one.target, rule.code
        assert one.path is not None
        assert one.constraints
        assert one.column is None or one.column
        text = explanation_text(one, language)
        assert "None" not in text
        for word in (load_words()[language][key] for key in ("why", "wrong", "right", "based", "details")):
            assert word in text


def test_words_are_the_same_in_every_language() -> None:
    words = load_words()
    assert set(words) == set(LANGUAGES)
    assert len({frozenset(of) for of in words.values()}) == 1


@pytest.mark.parametrize(
    "wanted",
    [
        "AKE-103",
        "ake-103",
        " 103 ",
        "akesh:ActivityShape-hasOutput",
        f"{AKESH}ActivityShape-hasOutput",
        "tuotos",
        "Prestation",
    ],
)
def test_a_rule_is_found_by_any_of_its_names(wanted: str) -> None:
    assert get_rule(shapes(), wanted).code == "AKE-103"


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [("AKE-1033", ["AKE-103"]), ("tuotoss", ["AKE-103"]), ("osallisuus", ["AKE-108"]), ("", []), ("qqqq", [])],
)
def test_an_unknown_code(wanted: str, matches: list[str]) -> None:
    with pytest.raises(UnknownResourceError) as caught:
        get_rule(shapes(), wanted)
    assert list(caught.value.matches[:1]) == matches


def test_an_unknown_code_at_the_terminal() -> None:
    result = run("AKE-1O3")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "nothing is known as 'AKE-1O3'; did you mean 'AKE-103'" in result.stderr


def test_all_rules_in_a_table() -> None:
    result = run("--lang", "fi")
    assert result.exit_code == 0
    lines = [line.split() for line in result.output.splitlines() if line.strip().startswith("AKE-")]
    assert [line[0] for line in lines] == sorted(rule.code for rule in list_rules(shapes()))
    assert lines[2] == ["AKE-103", "virhe", "tuotos", "Tuotos"]


def test_json() -> None:
    one = json.loads(run("AKE-172", "--lang", "en", "--format", "json").output)
    assert one["code"] == "AKE-172"
    assert one["severity"] == "violation"
    assert one["target"] == ["ake:IndicatorValue"]
    assert one["path"] == "ake:numericValue"
    assert one["constraints"] == ["sh:maxCount 1", "sh:node akesh:NumberShape"]
    assert one["fix"] is None
    every = json.loads(run("--format", "json").output)
    assert len(every) == 75
    assert all(set(other) == set(one) for other in every)


def test_rules_of_other_shapes(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> .
        <S> a sh:NodeShape ; sh:targetSubjectsOf <q> ; sh:targetObjectsOf <r> ; sh:property <Rule> .
        <Rule> a sh:PropertyShape ; sh:path [ sh:inversePath <p> ] ; sh:in ( 1 "a" <b> ) ; sh:pattern "^x" ;
            sh:minCount 2 ; sh:message "Two are needed." .""",
        encoding="utf-8",
    )
    one = json.loads(run("Rule", "--shapes", str(path), "--format", "json", "--lang", "sv").output)
    base = "https://w3id.org/akegraph/"
    assert one["message"] == "Two are needed."
    assert one["target"] == [f"{base}q →", f"→ {base}r"]
    assert one["path"] == f"^{base}p"
    assert one["constraints"] == [f'sh:in ( 1 "a" {base}b )', "sh:minCount 2", 'sh:pattern "^x"']
    text = run("Rule", "--shapes", str(path), "--lang", "sv").output
    assert "Two are needed." in text
    assert "None" not in text
    assert load_words()["sv"]["wrong"] + ":" not in text


def test_bad_shapes(tmp_path: Path) -> None:
    result = run("AKE-103", "--shapes", str(tmp_path / "none.ttl"))
    assert result.exit_code == 3
    assert "cannot be read" in result.stderr
