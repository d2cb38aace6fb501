"""The questions across plans, on the real plan and on the synthetic ones of the notebooks.

What the real plan must answer is counted by hand in its source, pages 16 and 17. What the others must answer is
counted here in their ``rows.csv``, from the words of the cells alone: nothing of the package reads them.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from akegraph.graph.iris import BASE
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import find_plans
from akegraph.queries import load_queries
from akegraph.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[1]
MADE = ROOT / "docs" / "notebooks" / "plans"
REAL = "ake-tampere-2026"
FOLDERS = [ROOT / "data" / "plans" / REAL, *sorted(path for path in MADE.iterdir() if path.is_dir())]
ACROSS = (
    "areas-compared", "broken-chains", "carried-out", "continuing-activities", "participation-by-plan",
    "profiles-over-years", "shared-by-areas",
)  # fmt: skip

# Rows of the real plan: 1-8 on page 16, 9-17 on page 17, by the notation of what they name.
TASK_ROWS = {
    "strengthening": [2, 3, 6, 8, 9, 15],
    "support": [1, 4, 5, 7, 12, 16],
    "cooperation": [10, 13, 14],
    "networking": [11, 17],
}
PATH_ROWS = {"1": [1, 5, 6, 7, 12], "2": [2, 3, 8, 9, 15], "3": [4, 16], "4": [10, 11, 13, 14, 17]}
LEVEL_ROWS = {"1": [17], "2": [1, 7, 16], "3": [3, 4, 5, 9, 10, 11], "4": [2, 6, 12, 13], "5": [8, 14, 15]}
GOALS = {"okm-2026-1": "1", "okm-2026-2": "2", "okm-2026-3-1": "3", "okm-2026-4": "4"}

Answer = list[dict[str, str]]


@dataclass(frozen=True)
class Line:
    """What a row of a plan says, in the words of its cells."""

    id: str
    page: str
    row: str
    continues: str
    task: str
    path: str
    level: str


@dataclass(frozen=True)
class Folder:
    """A plan as its folder has it."""

    id: str
    areas: list[str]
    year: str
    previous: str | None
    synthetic: str
    lines: list[Line]


TASK_WORDS = {
    "vahvistuminen": "strengthening", "tukeminen": "support", "Yleisten kirjastojen": "cooperation",
    "Yhteistyö AKEjen": "networking",
}  # fmt: skip


def read_folder(path: Path) -> Folder:
    settings = tomllib.loads((path / "plan.toml").read_text(encoding="utf-8"))
    with (path / "rows.csv").open(encoding="utf-8", newline="") as stream:
        lines = [read_line(row) for row in csv.DictReader(stream)]
    return Folder(
        settings["id"], settings["areas"], str(settings["period"]["start"].year), settings.get("previous"),
        "true" if settings.get("synthetic") else "false", lines,
    )  # fmt: skip


def read_line(row: dict[str, str]) -> Line:
    heading = row["Tehtävä (Lain 8 § ja OKM-polut)"]
    [task] = [notation for words, notation in TASK_WORDS.items() if words in heading.partition("Polku")[0]]
    [path] = re.findall(r"Polku (\d)", heading)
    [impact] = re.findall(r"Vaikutuspolku (\d)", row["Vaikutus"])
    [goal] = re.findall(r"Vaikutuspolun (\d)", row["Vaikuttavuus (perustaso)"])
    assert path == impact == goal
    return Line(
        row["id"], row["page"], row["row"], row.get("continues", ""), task, path, row["Osallisuustaso"][0]
    )  # fmt: skip


PLANS = [read_folder(path) for path in FOLDERS]


@pytest.fixture(scope="module")
def ask() -> Callable[..., Answer]:
    store = EmbeddedStore(build_dataset(find_plans([REAL, *map(str, FOLDERS[1:])])).to_trig())

    def answer(name: str, **values: str) -> Answer:
        query = load_queries()[name]
        solutions = store.select(query.bind(values))
        assert solutions.variables == tuple(query.columns)
        return [{key: short(term.value) for key, term in row.items()} for row in solutions.rows]

    return answer


def short(text: str) -> str:
    """Write an IRI of ours as its last part, so that it can be compared with words of a table."""
    return text.rpartition("/")[2] if text.startswith(BASE) else text


def per_cent(part: int, whole: int) -> float:
    return round(100 * part / whole + 1e-9, 1)


# The plans of the notebooks


def test_the_command_of_the_readme_makes_the_same_bytes(tmp_path: Path) -> None:
    [command] = re.findall(r"^python (benchmarks/synthetic\.py .+) -o (\S+)$", (MADE / "README.md").read_text(), re.M)
    script, *arguments = command[0].split()
    assert command[1] == "docs/notebooks/plans"
    done = subprocess.run(
        [sys.executable, str(ROOT / script), *arguments, "-o", str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == {name: content for name, content in files(MADE).items() if name != "README.md"}
    assert len(files(tmp_path)) == 12


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_areas_have_two_years_each_and_say_they_are_synthetic() -> None:
    assert [(plan.areas, plan.year) for plan in PLANS[1:]] == [
        (["pohjois-karjala"], "2026"), (["pohjois-karjala"], "2027"), (["lappi"], "2026"), (["lappi"], "2027"),
    ]  # fmt: skip
    for plan in PLANS:
        assert (plan.synthetic == "true") is (plan.id != REAL) is plan.id.startswith("synteettinen-")


# The real plan, counted by hand


def test_profiles_of_the_real_plan(ask: Callable[..., Answer]) -> None:
    answer = ask("profiles-over-years", area="pirkanmaa")
    expected = {**{("path", group): rows for group, rows in PATH_ROWS.items()}}
    expected |= {("participation", group): rows for group, rows in LEVEL_ROWS.items()}
    assert {(row["by"], row["group"]): int(row["activities"]) for row in answer} == {
        key: len(rows) for key, rows in expected.items()
    }
    shares = {(row["by"], row["group"]): float(row["share"]) for row in answer}
    # Of 17: five 29.4, two 11.8; one 5.9, three 17.6, six 35.3, four 23.5
    assert [shares["path", path] for path in "1234"] == [29.4, 29.4, 11.8, 29.4]
    assert [shares["participation", level] for level in "12345"] == [5.9, 17.6, 35.3, 23.5, 17.6]
    assert {(row["start"], row["plan"], row["isSynthetic"], row["planActivities"]) for row in answer} == {
        ("2026-01-01", REAL, "false", "17")
    }


def test_tasks_and_paths_of_the_real_plan_are_the_same_in_both_of_its_areas(ask: Callable[..., Answer]) -> None:
    answer = ask("areas-compared", origin="real")
    assert [(row["by"], row["group"], row["area"], int(row["activities"])) for row in answer] == [
        (by, group, area, len(rows))
        for by, expected in (("task", TASK_ROWS), ("path", PATH_ROWS))
        for group, rows in expected.items()
        for area in ("keski-suomi", "pirkanmaa")
    ]
    assert [float(row["share"]) for row in answer][:8:2] == [35.3, 35.3, 17.6, 11.8]


def test_participation_of_the_real_plan(ask: Callable[..., Answer]) -> None:
    answer = ask("participation-by-plan", plan=REAL)
    assert {row["level"]: int(row["activities"]) for row in answer} == {k: len(v) for k, v in LEVEL_ROWS.items()}
    # 1 × 1 + 3 × 2 + 6 × 3 + 4 × 4 + 3 × 5 = 56, of 17
    assert {float(row["meanLevel"]) for row in answer} == {3.29}


def test_nothing_is_known_before_the_real_plan_and_nothing_of_it_is_recorded_as_done(
    ask: Callable[..., Answer],
) -> None:
    pages = [(str(16 if row <= 8 else 17), str(row)) for row in range(1, 18)]
    for name, status in (("continuing-activities", "no-plan-before"), ("carried-out", "nothing-recorded")):
        answer = ask(name, plan=REAL)
        assert [(row["page"], row["row"]) for row in answer] == pages
        assert {row["status"] for row in answer} == {status}
    assert {(row["planCarriedOut"], row["planActivities"], float(row["share"])) for row in answer} == {("0", "17", 0)}


def test_the_real_plan_leads_to_everything_and_shares_it_between_its_two_areas(ask: Callable[..., Answer]) -> None:
    assert ask("broken-chains", plan=REAL) == []
    answer = ask("shared-by-areas", origin="real")
    assert {row["use"] for row in answer} == {"shared"}
    found = [(row["kind"], row["element"], row["area"], int(row["activities"]), row["plans"]) for row in answer]
    assert found == [
        (kind, element, area, len(PATH_ROWS[path]), "1")
        for kind, elements in (
            ("goal", GOALS),
            ("impact", {f"okm-2026-{path}": path for path in PATH_ROWS}),
            ("indicator-set", {f"okm-2026-{path}": path for path in PATH_ROWS}),
        )
        for element, path in elements.items()
        for area in ("keski-suomi", "pirkanmaa")
    ]


# All of them, counted in their rows


def counted(lines: Iterable[Line], what: str, groups: Iterable[str]) -> dict[str, int]:
    counts = Counter(getattr(line, what) for line in lines)
    return {group: counts[group] for group in groups}


NAMES = {"task": TASK_ROWS, "path": PATH_ROWS, "level": LEVEL_ROWS}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("areas-compared", {"task": "task", "path": "path"}),
        ("profiles-over-years", {"path": "path", "participation": "level"}),
    ],
)
def test_profiles_are_those_of_the_rows(ask: Callable[..., Answer], name: str, kinds: dict[str, str]) -> None:
    answer = ask(name)
    found = {
        (row["plan"], row["area"], row["start"][:4], row["isSynthetic"], row["by"], row["group"]):
        (int(row["activities"]), float(row["share"]), int(row["planActivities"]))
        for row in answer
    }  # fmt: skip
    expected = {
        (plan.id, area, plan.year, plan.synthetic, by, group): (
            count,
            per_cent(count, len(plan.lines)),
            len(plan.lines),
        )
        for plan in PLANS
        for area in plan.areas
        for by, what in kinds.items()
        for group, count in counted(plan.lines, what, NAMES[what]).items()
    }
    assert found == expected
    assert len(answer) == len(found)
    assert any(count == 0 for count, _, _ in found.values())


def test_areas_of_a_year_stand_beside_each_other(ask: Callable[..., Answer]) -> None:
    answer = ask("areas-compared", period="2026", by="path")
    areas = ["keski-suomi", "lappi", "pirkanmaa", "pohjois-karjala"]
    assert [(row["group"], row["area"]) for row in answer] == [(path, area) for path in PATH_ROWS for area in areas]


def test_years_of_an_area_stand_after_each_other(ask: Callable[..., Answer]) -> None:
    answer = ask("profiles-over-years", area="lappi", by="participation")
    years = ["2026-01-01", "2027-01-01"]
    assert [(row["group"], row["start"]) for row in answer] == [(level, year) for level in LEVEL_ROWS for year in years]


def test_participation_is_that_of_the_rows(ask: Callable[..., Answer]) -> None:
    found = {
        (row["plan"], row["isSynthetic"], row["level"]):
        (int(row["activities"]), float(row["share"]), float(row["meanLevel"]))
        for row in ask("participation-by-plan")
    }  # fmt: skip
    expected = {}
    for plan in PLANS:
        mean = round(sum(int(line.level) for line in plan.lines) / len(plan.lines) + 1e-9, 2)
        for level, count in counted(plan.lines, "level", LEVEL_ROWS).items():
            expected[plan.id, plan.synthetic, level] = (count, per_cent(count, len(plan.lines)), mean)
    assert found == expected


def test_what_continues_is_what_the_rows_say(ask: Callable[..., Answer]) -> None:
    expected = set()
    lines = {plan.id: plan.lines for plan in PLANS}
    for plan in PLANS:
        before = lines[plan.previous] if plan.previous else []
        continued = {line.continues for line in plan.lines if line.continues}
        alone = "new" if plan.previous else "no-plan-before"
        for line in plan.lines:
            expected.add(
                (plan.id, "continuing" if line.continues else alone, line.id, line.continues, line.page, line.row)
            )
        expected |= {
            (plan.id, "ended", "", line.id, line.page, line.row) for line in before if line.id not in continued
        }
    answer = ask("continuing-activities")
    found = [
        (row["plan"], row["status"], row.get("activity", ""), row.get("earlierActivity", ""), row["page"], row["row"])
        for row in answer
    ]
    assert set(found) == expected
    assert len(found) == len(expected)
    counts = Counter((plan, status) for plan, status, *_ in found)
    for plan in ("synteettinen-joensuu-2027", "synteettinen-rovaniemi-2027"):
        assert [counts[plan, status] for status in ("continuing", "new", "ended")] == [8, 4, 4]  # two thirds of 12


def test_what_areas_share_is_what_their_rows_name(ask: Callable[..., Answer]) -> None:
    uses: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    totals: Counter[tuple[str, str]] = Counter()
    for plan in PLANS:
        for area in plan.areas:
            totals[plan.synthetic, area] += len(plan.lines)
            for line in plan.lines:
                [goal] = [goal for goal, path in GOALS.items() if path == line.path]
                for kind, element in (("impact", f"okm-2026-{line.path}"), ("goal", goal)):
                    uses[kind, element, plan.synthetic][area] += 1
    expected = {
        (*key, area): (
            count,
            len(areas),
            "shared" if len(areas) > 1 else "single",
            per_cent(count, totals[key[2], area]),
        )
        for key, areas in uses.items()
        for area, count in areas.items()
    }
    answer = [row for kind in ("impact", "goal") for row in ask("shared-by-areas", kind=kind)]
    assert expected == {
        (row["kind"], row["element"], row["isSynthetic"], row["area"]):
        (int(row["activities"]), int(row["areas"]), row["use"], float(row["share"]))
        for row in answer
    }  # fmt: skip
    assert len(answer) == len(expected)


def test_what_nothing_leads_to_is_what_no_row_names(ask: Callable[..., Answer]) -> None:
    expected = set()
    for plan in PLANS:
        missing = set(PATH_ROWS) - {line.path for line in plan.lines}
        expected |= {(plan.id, "impact-not-led-to", f"okm-2026-{path}") for path in missing}
        expected |= {(plan.id, "goal-not-led-to", goal) for goal, path in GOALS.items() if path in missing}
    answer = ask("broken-chains")
    assert len(expected) == 4  # Lapland leads to neither the impact nor the goal of path 3, in neither year
    assert {(row["plan"], row["gap"], row["element"]) for row in answer} == expected
    assert len(answer) == len(expected)


MARKED = sorted(name for name, query in load_queries().items() if "plan" in query.columns)
TARGETS = {"activities-leading-to": {"target": "goal/okm-2026-2"}}


@pytest.mark.parametrize("name", MARKED)
def test_every_answer_that_names_plans_marks_the_synthetic_ones(ask: Callable[..., Answer], name: str) -> None:
    query = load_queries()[name]
    assert "isSynthetic" in query.columns
    required = {key: known.example or "" for key, known in query.parameters.items() if known.required}
    synthetic = {plan.id: plan.synthetic for plan in PLANS}
    for row in ask(name, **{**required, **TARGETS.get(name, {})}):
        if "plan" in row:
            assert row["isSynthetic"] == synthetic[row["plan"]]


@pytest.mark.parametrize("name", ["whole-chain", "indicators-of-activity"])
def test_what_is_asked_of_one_activity_says_whether_its_plan_is_synthetic(
    ask: Callable[..., Answer], name: str
) -> None:
    for plan in PLANS:
        assert {row["isSynthetic"] for row in ask(name, activity=plan.lines[0].id)} == {plan.synthetic}


def by_origin() -> dict[str, list[Line]]:
    return {
        mark: [line for plan in PLANS if plan.synthetic == mark for line in plan.lines] for mark in ("false", "true")
    }


def test_real_and_synthetic_activities_are_counted_apart(ask: Callable[..., Answer]) -> None:
    origins = by_origin()
    assert {mark: len(lines) for mark, lines in origins.items()} == {"false": 17, "true": 48}
    crossed = {(row["task"], row["path"], row["isSynthetic"]): int(row["activities"]) for row in ask("tasks-by-paths")}
    assert crossed == Counter((line.task, line.path, mark) for mark, lines in origins.items() for line in lines)
    timed = {(row["path"], row["isSynthetic"]): int(row["activities"]) for row in ask("evaluation-timing")}
    assert timed == Counter((line.path, mark) for mark, lines in origins.items() for line in lines)


def test_participation_of_real_and_synthetic_plans_is_counted_apart(ask: Callable[..., Answer]) -> None:
    expected = {}
    for mark, lines in by_origin().items():
        for by, what in (("all", None), ("path", "path"), ("task", "task")):
            for group in {getattr(line, what) if what else "" for line in lines}:
                levels = [int(line.level) for line in lines if not what or getattr(line, what) == group]
                mean = round(sum(levels) / len(levels) + 1e-9, 2)
                expected[by, group, mark] = (len(levels), mean, [levels.count(level) for level in range(1, 6)])
    found = {
        (row["by"], row.get("group", ""), row["isSynthetic"]):
        (int(row["activities"]), float(row["meanLevel"]), [int(row[f"level{level}"]) for level in range(1, 6)])
        for row in ask("participation-levels")
        if row["by"] != "plan"
    }  # fmt: skip
    assert found == expected
    marks = {row["group"]: row["isSynthetic"] for row in ask("participation-levels", by="plan")}
    assert marks == {plan.id: plan.synthetic for plan in PLANS}


def test_outputs_of_real_and_synthetic_plans_do_not_recur_together(ask: Callable[..., Answer]) -> None:
    answer = ask("recurring-outputs", minimum="1")
    totals = {(row["kindLabel"], row["isSynthetic"]): int(row["total"]) for row in answer if row["by"] == "text"}
    counted = {mark: sum(total for (_, its), total in totals.items() if its == mark) for mark in ("false", "true")}
    assert counted == {mark: len(lines) for mark, lines in by_origin().items()}


@pytest.mark.parametrize(
    "name", ["areas-compared", "indicator-values", "participation-by-plan", "profiles-over-years", "shared-by-areas"]
)
def test_what_compares_says_how_far_it_can(name: str) -> None:
    caution = load_queries()[name].caution
    assert set(caution) == {"fi", "sv", "en"}
    assert all("ISO 11620" in text for text in caution.values())


@pytest.mark.parametrize("name", ACROSS)
def test_every_text_is_there_in_three_languages(name: str) -> None:
    query = load_queries()[name]
    texts = [query.title, query.question, query.description, *query.columns.values()]
    for parameter in query.parameters.values():
        texts += [parameter.title, parameter.description, *parameter.choices.values()]
    assert all(set(text) == {"fi", "sv", "en"} for text in texts)
