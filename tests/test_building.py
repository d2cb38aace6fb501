"""Building every named graph: what follows from one plan, and from plans together."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from akegraph.errors import SourceError
from akegraph.graph.inference import Reasoner
from akegraph.graph.iris import graph_name, mint_resource
from akegraph.pipeline.building import Dataset, build_dataset
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.terms import AKE
from benchmarks.synthetic import generate_plans, write_plans

KNOWLEDGE = Knowledge()


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> list[PlanFolder]:
    """Three years of one organisation's synthetic plans."""
    folder = tmp_path_factory.mktemp("years")
    made = generate_plans(3, 6, years=(2026, 2027, 2028), areas=("uusimaa",), seed=2, knowledge=KNOWLEDGE)
    write_plans(made, folder, knowledge=KNOWLEDGE)
    return [PlanFolder(path) for path in sorted(folder.iterdir())]


def inferred(dataset: Dataset, folder: PlanFolder) -> set[tuple[object, ...]]:
    return set(dataset.graphs[graph_name("inferred", folder.plan.id)])


def plan_iri(folder: PlanFolder) -> URIRef:
    return mint_resource("plan", folder.plan.id)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_a_plan_follows_all_earlier_ones(years: list[PlanFolder], order: Sequence[int]) -> None:
    dataset = build_dataset([years[at] for at in order], KNOWLEDGE)
    first, second, third = years
    assert (plan_iri(third), AKE.earlierPlan, plan_iri(first)) in inferred(dataset, third)
    assert (plan_iri(third), AKE.earlierPlan, plan_iri(second)) in inferred(dataset, third)
    assert all(o != plan_iri(first) for _, p, o in inferred(dataset, second) if p == AKE.directlyLeadsTo)
    assert not [triple for triple in inferred(dataset, first) if triple[1] == AKE.earlierPlan]


def test_what_a_plan_entails_does_not_depend_on_plans_it_does_not_follow(years: list[PlanFolder]) -> None:
    alone, together = build_dataset(years[:1], KNOWLEDGE), build_dataset(years, KNOWLEDGE)
    assert inferred(alone, years[0]) == inferred(together, years[0])
    assert len(inferred(alone, years[0])) > 200


@pytest.mark.slow
def test_both_reasoners_build_the_same(years: list[PlanFolder]) -> None:
    def all_inferred(reasoner: Reasoner) -> set[tuple[object, ...]]:
        dataset = build_dataset(years, KNOWLEDGE, reasoner=reasoner)
        return set().union(*(inferred(dataset, folder) for folder in years))

    by_rules = all_inferred("rules")
    assert by_rules == all_inferred("owlrl")
    assert not any(isinstance(s, Literal) for s, _, _ in by_rules)


def test_the_folders_are_three(years: list[PlanFolder], tmp_path: Path) -> None:
    assert [folder.plan.previous for folder in years] == [None, years[0].plan.id, years[1].plan.id]


# --- what plans measure ---

INDICATORS = "id,text,measures,unit,direction\nosuus,Osallistuneiden osuus,Vaikutuspolku 1,prosentti,kasvaa\n"
VALUES = "id,indicator,kind,period,area,value\n{id},osuus,target,{year},uusimaa,40\n"


@pytest.fixture
def two(years: list[PlanFolder], tmp_path: Path) -> list[PlanFolder]:
    """Two years that follow the same indicator, each with its own value."""
    folders = []
    for folder, year in zip(years[:2], (2026, 2027), strict=True):
        copy = tmp_path / folder.path.name
        shutil.copytree(folder.path, copy)
        (copy / "indicators.csv").write_text(INDICATORS, encoding="utf-8")
        (copy / "values.csv").write_text(VALUES.format(id=f"tavoite-{year}", year=year), encoding="utf-8")
        folders.append(PlanFolder(copy))
    return folders


def test_two_plans_may_follow_one_indicator(two: list[PlanFolder]) -> None:
    dataset = build_dataset(two, KNOWLEDGE)
    indicator = mint_resource("indicator", "osuus")
    graphs = [graph for name, graph in dataset.graphs.items() if "/graph/plan/" in name]
    assert all((indicator, AKE.unit, None) in graph for graph in graphs)
    assert {str(value) for graph in graphs for value in graph.subjects(AKE.ofIndicator, indicator)} == {
        str(mint_resource("indicator-value", f"tavoite-{year}")) for year in (2026, 2027)
    }


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("kasvaa", "vähenee", "direction"),
        ("prosentti", "lukumäärä", "unit"),
        ("Osallistuneiden osuus", "Osuus", "text"),
        ("Vaikutuspolku 1", "Vaikutuspolku 2", "measures"),
        ("Vaikutuspolku 1", "", "kind, measures"),
    ],
)
def test_one_indicator_is_the_same_in_all_plans(two: list[PlanFolder], old: str, new: str, field: str) -> None:
    (two[1].path / "indicators.csv").write_text(INDICATORS.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_dataset(two, KNOWLEDGE)
    error = caught.value
    assert (error.file, error.row, error.column) == (str(two[1].path / "indicators.csv"), 1, "id")
    assert f"'osuus' is in {two[0].path / 'indicators.csv'}, row 1, too, but differs in {field};" in str(error)


def test_two_values_are_not_one(two: list[PlanFolder]) -> None:
    (two[1].path / "values.csv").write_text(VALUES.format(id="tavoite-2026", year=2027), encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"'tavoite-2026' is in .*2026.*values.csv, row 1, too, but differs in period"
    ):
        build_dataset(two, KNOWLEDGE)
