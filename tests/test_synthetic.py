"""Synthetic plans: the same on every run, marked in everything, in the real plan's shape; and faults that are all found."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal
from rdflib.term import Node

from akegraph.errors import FileExistsRefusedError, SourceError
from akegraph.graph.iris import graph_name, mint_resource
from akegraph.graph.loading import union
from akegraph.pipeline.building import Dataset, build_dataset
from akegraph.pipeline.importing import import_document
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.validating import validate_inputs
from akegraph.queries import Parameter, load_queries
from akegraph.resources import resource
from akegraph.store.embedded import EmbeddedStore
from akegraph.table.cells import RowContent, parse_row
from akegraph.table.model import Table
from akegraph.table.rows import read_rows, write_rows
from akegraph.terms import AKE
from akegraph.validation import Severity, load_shapes, validate_graph
from benchmarks.faults import KINDS, seed_faults
from benchmarks.synthetic import SyntheticPlan, generate_plans, write_plans

ROOT = Path(__file__).parents[1]
REAL = "ake-tampere-2026"
UNSTATED = {"activities-by-subject", "broken-chains", "causal-links"}
"""Questions about what no plan states yet: subjects, chains that break, causes. tests/queries has graphs that do."""
KNOWLEDGE = Knowledge()
LEXICON = KNOWLEDGE.schemes.lexicon
CONTEXT = union((KNOWLEDGE.schemes_graph, KNOWLEDGE.reference))
MADE = generate_plans(3, seed=1, knowledge=KNOWLEDGE)
REAL_TABLE = find_plans([REAL])[0].read_table(KNOWLEDGE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("synthetic")
    write_plans(MADE, written, knowledge=KNOWLEDGE)
    return written


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    """The real plan and the synthetic ones."""
    return build_dataset(find_plans([REAL, *paths(folder)]), KNOWLEDGE)


def paths(folder: Path) -> list[str]:
    return [str(folder / made.plan.id) for made in MADE]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# The same on every run


def test_one_seed_gives_one_result_and_another_seed_another() -> None:
    assert generate_plans(3, seed=1, knowledge=KNOWLEDGE) == MADE
    assert generate_plans(3, seed=2, knowledge=KNOWLEDGE) != MADE


def test_a_plan_does_not_depend_on_how_many_others_are_made() -> None:
    assert generate_plans(1, seed=1, knowledge=KNOWLEDGE) == MADE[:1]
    assert generate_plans(9, years=[2026, 2027], seed=1, knowledge=KNOWLEDGE)[:3] == MADE


def test_the_terminal_writes_the_same_bytes_under_another_hash_seed(folder: Path, tmp_path: Path) -> None:
    script = ROOT / "benchmarks" / "synthetic.py"
    arguments = ["--plans", "3", "--activities", "17", "--seed", "1", "-o", str(tmp_path)]
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(script), *arguments], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == paths(tmp_path), done.stderr
    assert files(tmp_path) == files(folder)
    assert len(files(folder)) == 3 * len(MADE)


def test_what_is_written_maps_to_what_was_made(folder: Path) -> None:
    for made in MADE:
        plan, graph = map_folder(PlanFolder(folder / made.plan.id), KNOWLEDGE)
        assert plan == made.plan
        assert set(graph) == set(made.map(KNOWLEDGE))


def test_nothing_that_is_there_is_replaced_unasked(tmp_path: Path) -> None:
    write_plans(MADE[:1], tmp_path, knowledge=KNOWLEDGE)
    other = generate_plans(1, seed=2, knowledge=KNOWLEDGE)
    with pytest.raises(FileExistsRefusedError):
        write_plans(other, tmp_path, knowledge=KNOWLEDGE)
    write_plans(other, tmp_path, knowledge=KNOWLEDGE, force=True)
    assert map_folder(PlanFolder(tmp_path / other[0].plan.id), KNOWLEDGE)[0] == other[0].plan


# Marked in everything


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.plan.id)
def test_everything_that_is_a_plans_own_says_it_is_synthetic(made: SyntheticPlan) -> None:
    graph = made.map(KNOWLEDGE)
    described = set(graph.subjects(RDF.type))
    period = mint_resource("period", made.plan.period)
    assert set(graph.subjects(AKE.isSynthetic, Literal(True))) == described - {period}
    assert len(described) > 10 * len(made.table.rows)
    # What the graph does not describe is the framework's and the schemes', which are real.
    for shared in set(graph.subjects()) - described:
        assert (shared, RDF.type, None) in CONTEXT
        assert {predicate for predicate, _ in graph.predicate_objects(shared)} == {AKE.statedIn}


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.plan.id)
def test_every_name_says_it_is_synthetic(made: SyntheticPlan) -> None:
    graph = made.map(KNOWLEDGE)
    names = [*graph.subject_objects(SKOS.prefLabel), *graph.subject_objects(DCTERMS.title)]
    assert len(names) > 3 * len(made.table.rows)
    for subject, name in names:
        assert "synteetti" in str(name).casefold() or (subject, RDF.type, AKE.PlanningPeriod) in graph


def test_nothing_real_says_it_is_synthetic(dataset: Dataset) -> None:
    synthetic = {graph_name(kind, made.plan.id) for made in MADE for kind in ("plan", "inferred")}
    assert synthetic < set(dataset.graphs)
    for name, graph in dataset.graphs.items():
        assert name in synthetic or (None, AKE.isSynthetic, Literal(True)) not in graph


# In the real plan's shape


def contents(table: Table) -> list[RowContent]:
    return [parse_row(row, LEXICON, table.file) for row in table.rows]


def shares(values: Iterable[object]) -> dict[object, float]:
    counted = Counter(values)
    return {value: count / counted.total() for value, count in counted.items()}


@pytest.mark.parametrize(
    "of",
    [
        lambda row: (row.task, row.path),
        lambda row: row.level,
        lambda row: row.timings,
        lambda row: (row.goal_pathway, row.goal_text is None),
    ],
    ids=["task × path", "level", "timing", "goal"],
)
def test_shares_are_those_of_the_real_plan(of: Callable[[RowContent], object]) -> None:
    [large] = generate_plans(1, 2000, seed=3, knowledge=KNOWLEDGE)
    real, made = (shares(map(of, contents(table))) for table in (REAL_TABLE, large.table))
    assert set(made) == set(real)
    assert made == pytest.approx(real, abs=0.05)


def test_two_thirds_of_the_activities_continue() -> None:
    first, second, other = MADE
    assert (first.plan.previous, second.plan.previous, other.plan.previous) == (None, first.plan.id, None)
    before = {row.id: row for row in first.table.rows}
    continued = [row for row in second.table.rows if row.continues]
    assert len(continued) == 11  # of 17
    for row in continued:
        assert row.text("activity") == before[str(row.continues)].text("activity")
        assert row.id not in before
    new = {row.text("activity") for row in second.table.rows if not row.continues}
    assert not new & {row.text("activity") for row in before.values()}
    assert not any(row.continues for row in first.table.rows + other.table.rows)


def test_succession_is_in_the_graph() -> None:
    first, second, _ = (made.map(KNOWLEDGE) for made in MADE)
    plans = [mint_resource("plan", made.plan.id) for made in MADE]
    assert list(second.subject_objects(AKE.previousPlan)) == [(plans[1], plans[0])]
    links = list(second.subject_objects(AKE.continuesActivity))
    assert len(links) == 11
    for later, earlier in links:
        assert (later, AKE.inPlan, plans[1]) in second
        assert (earlier, AKE.inPlan, plans[0]) in first


def test_plans_spread_over_areas_and_years() -> None:
    made = generate_plans(20, seed=1, knowledge=KNOWLEDGE)
    assert len({one.plan.id for one in made}) == 20
    assert {one.plan.period for one in made} == {"2026", "2027", "2028"}
    for one in made:
        operates = set(
            KNOWLEDGE.reference.objects(mint_resource("organisation", one.plan.organisation), AKE.operatesIn)
        )
        assert {mint_resource("area", area) for area in one.plan.areas} <= operates
    ids = [row.id for one in made for row in one.table.rows]
    assert len(set(ids)) == len(ids)


def test_the_real_plans_organisation_gets_none_unless_asked() -> None:
    made = generate_plans(16, seed=1, knowledge=KNOWLEDGE)
    assert "tampere" not in {one.plan.organisation for one in made}
    [asked] = generate_plans(1, areas=["pirkanmaa"], seed=1, knowledge=KNOWLEDGE)
    assert (asked.plan.organisation, asked.plan.areas) == ("tampere", ("pirkanmaa",))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"plans": 0}, "at least one"),
        ({"activities": 0}, "at least one"),
        ({"areas": ["ruritania"]}, "'ruritania'; known are"),
        ({"areas": []}, "no organisation"),
        ({"plans": 9, "years": [2026]}, "8 organisations × 1 years hold no 9 plans"),
    ],
)
def test_what_cannot_be_made_is_said(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        generate_plans(**arguments, knowledge=KNOWLEDGE)


# Beside the real plan


def store_of(dataset: Dataset) -> EmbeddedStore:
    store = EmbeddedStore()
    store.load(dataset.to_trig())
    return store


def fits(parameter: Parameter, value: str) -> bool:
    return not parameter.choices or value in parameter.choices


def test_every_question_is_answered_and_the_real_plans_figures_stay(dataset: Dataset) -> None:
    alone, beside = store_of(build_dataset(find_plans([REAL]), KNOWLEDGE)), store_of(dataset)
    unanswered = set()
    for query in load_queries().values():
        needed = {name: of.example for name, of in query.parameters.items() if of.required and of.example}
        if not beside.select(query.bind(needed)).rows:
            unanswered.add(query.name)
        # Without a plan to ask for, a question is about real plans, about an activity of the real plan, or its area.
        real = {"plan": REAL, "origin": "real", "activity": "uvcd5635", "area": "pirkanmaa"}
        taken = {name: real[name] for name, of in query.parameters.items() if name in real and fits(of, real[name])}
        restricted = taken | needed
        assert beside.select(query.bind(restricted)) == alone.select(query.bind(restricted)), query.name
    assert unanswered == UNSTATED


def test_clean_plans_have_no_violation(folder: Path) -> None:
    report = validate_inputs(paths(folder), knowledge=KNOWLEDGE)
    assert report.counts[Severity.VIOLATION] == 0
    untimed = sum(not row.timings for made in MADE for row in contents(made.table))
    assert sum(finding.code == "AKE-202" for finding in report.findings) == untimed > 0


def test_a_plan_is_validated_with_those_it_follows(tmp_path: Path) -> None:
    small = generate_plans(2, 6, seed=1, knowledge=KNOWLEDGE)
    write_plans(small, tmp_path / "both", knowledge=KNOWLEDGE)
    write_plans(small[1:], tmp_path / "alone", knowledge=KNOWLEDGE)
    both, alone = (
        validate_inputs([str(tmp_path / to / small[1].plan.id)], knowledge=KNOWLEDGE) for to in ("both", "alone")
    )
    assert both.counts[Severity.VIOLATION] == 0
    # The plan before, and the 4 of 6 activities that continue one of its.
    dangling = [finding.code for finding in alone.findings if finding.severity is Severity.VIOLATION]
    assert dangling == ["AKE-151"] * 5


# Faults


@pytest.mark.parametrize("seed", [1, 2])
def test_every_fault_is_found_where_it_is_and_nothing_else(seed: int) -> None:
    [made] = generate_plans(1, 34, seed=seed, knowledge=KNOWLEDGE)
    clean = made.map(KNOWLEDGE)
    faulty, expected = seed_faults(clean, seed=seed, share=0.95, context=CONTEXT)
    assert {fault.kind for fault in expected} == set(KINDS)
    assert len(KINDS) == 29
    assert findings(faulty) == findings(clean) | {(fault.code, fault.focus) for fault in expected}
    assert len(expected) > len(KINDS)


def findings(graph: Graph) -> set[tuple[str, Node]]:
    report = validate_graph(graph, load_shapes(), KNOWLEDGE.ontology, context=CONTEXT)
    return {(finding.code, finding.focus) for finding in report.findings}


def test_faults_are_the_same_on_every_run_and_leave_the_clean_graph_alone() -> None:
    [made] = generate_plans(1, 60, seed=1, knowledge=KNOWLEDGE)
    clean = made.map(KNOWLEDGE)
    before = set(clean)
    faulty, expected = seed_faults(clean, seed=5, share=0.8, context=CONTEXT)
    again, expected_again = seed_faults(made.map(KNOWLEDGE), seed=5, share=0.8, context=CONTEXT)
    assert set(clean) == before != set(faulty)
    assert (set(again), expected_again) == (set(faulty), expected)
    assert seed_faults(clean, seed=6, share=0.8, context=CONTEXT)[1] != expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_fault_can_be_asked_for_alone(kind: str) -> None:
    clean = MADE[0].map(KNOWLEDGE)
    faulty, expected = seed_faults(clean, [kind], seed=1, context=CONTEXT)
    assert {fault.kind for fault in expected} == {kind}
    assert set(faulty) != set(clean)


def test_faults_that_cannot_be_put_in_are_said() -> None:
    clean = generate_plans(1, 3, seed=1, knowledge=KNOWLEDGE)[0].map(KNOWLEDGE)
    with pytest.raises(ValueError, match="'no-tsk'; known are"):
        seed_faults(clean, ["no-tsk"], context=CONTEXT)
    with pytest.raises(ValueError, match="no activity is left"):
        seed_faults(clean, ["no-task", "no-path", "no-level", "no-label"], context=CONTEXT)


# A folder that declares its own document, and rows that continue others


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("plan.toml", "synthetic = true", "synthetic = false", "'synthetic' differs"),
        ("plan.toml", "synthetic = true", 'synthetic = "yes"', "key 'synthetic': 'yes'"),
        ("plan.toml", 'document = "synteettinen-joensuu-2027"', 'document = "akepike-vuosisuunnitelma-2026"', "differs"),
        ("plan.toml", 'document = "synteettinen-joensuu-2027"', 'document = "nowhere"', "'nowhere' is neither in"),
        ("plan.toml", 'previous = "synteettinen-joensuu-2026"', 'previous = "a/b"', "'a/b' is not an id"),
        ("plan.toml", 'previous = "synteettinen-joensuu-2026"', 'previous = "synteettinen-joensuu-2027"', "before itself"),
        ("sources.toml", "synthetic = true", "synthetic = false", "lacks the key 'file'"),
        ("sources.toml", "synthetic = true", 'synthetic = true\nfile = "x.txt"', "unknown key 'file'"),
        ("sources.toml", 'id = "synteettinen-joensuu-2027"', 'id = "akepike-vuosisuunnitelma-2026"', "two documents"),
        ("sources.toml", 'id = "synteettinen-joensuu-2027"', 'id = "Ä"', "'Ä' is not an id"),
    ],
)  # fmt: skip
def test_a_folder_that_contradicts_itself_is_refused(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    [path] = write_plans(MADE[1:2], tmp_path, knowledge=KNOWLEDGE)
    text = (path / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (path / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        map_folder(PlanFolder(path), KNOWLEDGE)


def test_rows_that_continue_others_are_written_and_read() -> None:
    written = write_rows(MADE[1].table, LEXICON)
    assert next(csv.reader([written.decode().partition("\n")[0]]))[:4] == ["id", "page", "row", "continues"]
    assert read_rows(written, LEXICON, MADE[1].table.file) == MADE[1].table
    assert b"continues" not in write_rows(MADE[0].table, LEXICON)


@pytest.mark.parametrize("continues", ["A", "a b", "activity/k1", MADE[1].table.rows[0].id])
def test_a_row_continues_another_row(continues: str) -> None:
    first, *rest = MADE[1].table.rows
    table = replace(MADE[1].table, rows=(replace(first, continues=continues), *rest))
    with pytest.raises(SourceError, match=r"row 1, column 'continues': '.+' is not the id of another row"):
        read_rows(write_rows(table, LEXICON), LEXICON)


def test_an_import_keeps_what_continues_what(tmp_path: Path) -> None:
    first, *rest = REAL_TABLE.rows
    rows = tmp_path / "rows.csv"
    rows.write_bytes(write_rows(replace(REAL_TABLE, rows=(replace(first, continues="k2345678"), *rest)), LEXICON))
    plan = resource("data", "plans", REAL)
    source = resource("data", "source", "akepike-vuosisuunnitelma-2026-s16-17.txt")
    done = import_document(
        source.read_bytes(), source.name, plan_file=plan / "plan.toml", rows_file=rows,
        review_file=plan / "review.toml", knowledge=KNOWLEDGE,
    )  # fmt: skip
    assert done.rows == rows.read_bytes()
