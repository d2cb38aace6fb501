"""The national indicators: their tables, their graph, and the question that returns them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from plan_tables import CHOICES, KNOWLEDGE
from rdflib import RDF, SKOS, Graph, Namespace, URIRef

from akegraph.cli import main
from akegraph.errors import SourceError
from akegraph.graph.loading import load_turtle
from akegraph.pipeline.measuring import map_reference_measurements
from akegraph.resources import resource
from akegraph.terms import AKE

ID = Namespace("https://w3id.org/akegraph/id/")


def test_the_tables_of_the_reference_data_are_what_its_graph_says() -> None:
    """``indicators.csv`` and ``values.csv`` are where the national figures are corrected; the Turtle follows them."""
    mapped = map_reference_measurements(KNOWLEDGE)
    stated = load_turtle(resource("data", "reference", "indicators.ttl"))
    assert not set(mapped) - set(stated), "indicators.ttl lacks what the tables say"
    others = {str(subject).removeprefix(str(ID)).partition("/")[0] for subject, _, _ in set(stated) - set(mapped)}
    assert others == {"area", "dataset"}, "indicators.ttl says more than the tables"
    assert len(set(mapped.subjects(RDF.type, AKE.ActualValue))) == 16


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2022,mainland-finland,3811.92,person-year", "2022,mainland-finland,3811.92,hour", "row 1, column 'unit'"),
        ("actual,2023,mainland-finland,3797.25", "actual,20230,mainland-finland,3797.25", "row 2, column 'period'"),
        ("lower-bound,1", "complete,1", "column 'completeness'"),
    ],
)
def test_a_national_value_with_the_wrong_unit_or_period_is_refused_by_row(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    for name in ("indicators.csv", "values.csv"):
        text = resource("data", "reference", name).read_text(encoding="utf-8")
        assert name == "indicators.csv" or old in text
        (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        map_reference_measurements(KNOWLEDGE, tmp_path)
    assert words in str(caught.value)


def test_a_question_returns_them_by_year_with_unit_source_and_completeness() -> None:
    done = CliRunner().invoke(main, ["query", "indicator-values", "--format", "csv", "--indicator", "no-staff-hours"])
    assert done.exit_code == 0, done.output
    lines = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(line["start"][:4], line["number"], line["completeness"], line["missing"]) for line in lines] == [
        ("2022", "1131955.76", "alaraja", "1"),
        ("2023", "1246864.5", "alaraja", "2"),
        ("2024", "1325722.5", "täydellinen", "0"),
        ("2025", "1400652.25", "alaraja", "1"),
    ]
    assert {line["unit"] for line in lines} == {"tunti"}
    assert {line["source"] for line in lines} == {str(ID["dataset/public-libraries-annual-totals"])}
    assert {line["areaLabel"] for line in lines} == {"Manner-Suomi"}


def test_labels_of_the_kinds_are_the_ontologys() -> None:
    graph = Graph() + KNOWLEDGE.ontology
    assert {choice.id for choice in CHOICES.kinds} == {"baseline", "target", "actual"}
    assert all(any(str(o) == choice.label for o in graph.objects()) for choice in CHOICES.kinds)
    assert (URIRef(ID["indicator/paid-fte"]), SKOS.prefLabel, None) in KNOWLEDGE.reference
