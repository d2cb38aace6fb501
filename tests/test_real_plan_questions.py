"""What the questions of the catalogue answer on the AKE Tampere plan of 2026, beside what its rows say.

The figures are counted by hand in the source. Rows 1-8 are on page 16, rows 9-17 on page 17. As printed:
path 1 rows 1, 5, 6, 7, 12; path 2 rows 2, 3, 8, 9, 15; path 3 rows 4, 16; path 4 rows 10, 11, 13, 14, 17;
task "tukeminen" rows 1, 4, 5, 7, 12, 16, "vahvistuminen" rows 2, 3, 6, 8, 9, 15, "yhteistoiminta" rows 10, 13, 14,
"yhteistyö" rows 11, 17; level 1 row 17, level 2 rows 1, 7, 16, level 3 rows 3, 4, 5, 9, 10, 11, level 4 rows 2, 6, 12,
13, level 5 rows 8, 14, 15; no time of evaluation on rows 9, 15, 16, 17.
"""

from __future__ import annotations

import pytest
from rdflib import RDF, URIRef

from akegraph.graph.iris import BASE, graph_name
from akegraph.pipeline.building import Dataset, build_dataset
from akegraph.pipeline.knowledge import find_plans
from akegraph.queries import load_queries
from akegraph.store.embedded import EmbeddedStore
from akegraph.terms import AKE

PLAN = "ake-tampere-2026"
ROW_8 = "uvcd5635"  # page 16, row 8: PiKen osaamiskartoitus

Answer = list[dict[str, str]]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return build_dataset(find_plans([PLAN]))


@pytest.fixture(scope="module")
def store(dataset: Dataset) -> EmbeddedStore:
    return EmbeddedStore(dataset.to_trig())


def ask(store: EmbeddedStore, name: str, **values: str) -> Answer:
    found = store.select(load_queries()[name].bind(values))
    return [{key: term.value.removeprefix(BASE) for key, term in row.items() if term is not None} for row in found.rows]


def columns(answer: Answer, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row.get(name, "") for name in names) for row in answer]


def places(answer: Answer) -> list[tuple[int, int]]:
    return [(int(row["page"]), int(row["row"])) for row in answer]


def on_pages(*rows: int) -> list[tuple[int, int]]:
    """Give each row the page it is printed on."""
    return [(16 if row <= 8 else 17, row) for row in rows]


def test_activities_by_path(store: EmbeddedStore) -> None:
    found = columns(ask(store, "activities-by-path"), "path", "activities")
    assert found == [("vocab/path/1", "5"), ("vocab/path/2", "5"), ("vocab/path/3", "2"), ("vocab/path/4", "5")]
    shares = [float(row["share"]) for row in ask(store, "activities-by-path")]
    assert shares == [29.4, 29.4, 11.8, 29.4]  # of 17


@pytest.mark.parametrize(
    ("task", "rows"),
    [
        ("strengthening", (2, 3, 6, 8, 9, 15)),
        ("support", (1, 4, 5, 7, 12, 16)),
        ("cooperation", (10, 13, 14)),
        ("networking", (11, 17)),
    ],
)
def test_activities_by_task(store: EmbeddedStore, task: str, rows: tuple[int, ...]) -> None:
    assert places(ask(store, "activities-by-task", task=task)) == on_pages(*rows)


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        ("goal/okm-2026-1", (1, 5, 6, 7, 12)),
        ("impact/okm-2026-2", (2, 3, 8, 9, 15)),
        ("goal/okm-2026-3-1", (4, 16)),
        ("goal/okm-2026-4", (10, 11, 13, 14, 17)),
    ],
)
def test_activities_leading_to(store: EmbeddedStore, target: str, rows: tuple[int, ...]) -> None:
    assert places(ask(store, "activities-leading-to", target=target)) == on_pages(*rows)


def test_evaluation_timing(store: EmbeddedStore) -> None:
    found = columns(ask(store, "evaluation-timing"), "activities", "during", "end", "after", "none")
    assert found == [
        ("5", "5", "5", "5", "0"),
        ("5", "3", "3", "3", "2"),  # rows 9 and 15, page 17
        ("2", "1", "1", "1", "1"),  # row 16, page 17
        ("5", "4", "4", "4", "1"),  # row 17, page 17
    ]


@pytest.mark.parametrize(
    ("gap", "rows"),
    [
        ("no-evaluation-timing", (9, 15, 16, 17)),
        ("goal-without-text", (1, 5, 6, 7, 10, 11, 12, 13, 14, 17)),  # "Vaikutuspolun 1 tavoitteet", "… 4 tavoitteet"
        ("indicator-set-without-members", tuple(range(1, 18))),
        ("no-indicator-value", tuple(range(1, 18))),
    ],
)
def test_gaps(store: EmbeddedStore, gap: str, rows: tuple[int, ...]) -> None:
    assert places(ask(store, "gaps", gap=gap)) == on_pages(*rows)


def test_there_are_no_other_gaps(store: EmbeddedStore) -> None:
    assert len(ask(store, "gaps")) == 4 + 10 + 17 + 17


def test_indicator_values(store: EmbeddedStore) -> None:
    found = ask(store, "indicator-values")
    assert len(found) == 4 * 4  # four indicators, 2022-2025
    assert {row["kind"] for row in found} == {"actual"}
    assert not [row for row in found if "plan" in row]


def test_indicators_of_activity(store: EmbeddedStore) -> None:
    # Page 16, row 8, Arviointi: "… + Vaikutuspolun 2 tavoitteen mittari", none of which the plan names.
    [row] = ask(store, "indicators-of-activity", activity=ROW_8)
    assert (row["indicatorSetLabel"], row["members"]) == ("Vaikutuspolun 2 tavoitteen mittari", "0")
    assert places([row]) == [(16, 8)]
    assert "indicator" not in row


def test_participating_activities(store: EmbeddedStore) -> None:
    found = ask(store, "participating-activities")
    assert places(found) == on_pages(8, 14, 15, 2, 6, 12, 13)
    assert [row["levelRank"] for row in found] == ["5"] * 3 + ["4"] * 4


def test_participation_levels(store: EmbeddedStore) -> None:
    levels = ("activities", "level1", "level2", "level3", "level4", "level5")
    assert columns(ask(store, "participation-levels", by="all"), *levels) == [("17", "1", "3", "6", "4", "3")]
    assert columns(ask(store, "participation-levels", by="path"), *levels) == [
        ("5", "0", "2", "1", "2", "0"),  # rows 1, 7; 5; 6, 12
        ("5", "0", "0", "2", "1", "2"),  # rows 3, 9; 2; 8, 15
        ("2", "0", "1", "1", "0", "0"),  # rows 16; 4
        ("5", "1", "0", "2", "1", "1"),  # rows 17; 10, 11; 13; 14
    ]
    assert float(ask(store, "participation-levels", by="all")[0]["meanLevel"]) == 3.29  # 56 / 17


def test_tasks_by_paths(store: EmbeddedStore) -> None:
    found = [
        (row["task"].rpartition("/")[2], row["path"].rpartition("/")[2], int(row["activities"]))
        for row in ask(store, "tasks-by-paths")
    ]
    assert found == [
        ("strengthening", "1", 1), ("strengthening", "2", 5), ("support", "1", 4), ("support", "3", 2),
        ("cooperation", "4", 3), ("networking", "4", 2),
    ]  # fmt: skip


def test_whole_chain(store: EmbeddedStore) -> None:
    found = ask(store, "whole-chain", activity=ROW_8)
    assert places(found) == on_pages(8) * 6
    assert columns(found, "kind", "verbatim")[1:4] == [
        ("activity", "PiKen osaamiskartoitus"),
        ("output", "Työkalu osaamisen johtamiseen, suunnitelmapohja"),
        ("outcome", "Kirjastojen osallistuminen kartoitukseen, hyödyntäminen tavoite- ja kehityskeskusteluissa"),
    ]
    # The cell of row 8 only names the goal; its wording is on rows 2, 3, 9 and 15.
    assert found[-1]["verbatim"] == "Vaikutuspolun 2 tavoite"
    assert found[-1]["text"].startswith("Nykyisten palvelujen ja käytänteiden kehittäminen")


def test_indicator_gaps(store: EmbeddedStore) -> None:
    # The cells of Arviointi name sets of indicators and no indicator: only the four national statistics are there.
    assert ask(store, "indicator-gaps", kind="plan") == []
    found = ask(store, "indicator-gaps")
    assert len({row["indicator"] for row in found}) == 4
    assert [row["gap"] for row in found] == ["no-baseline", "no-direction", "no-target"] * 4


def test_target_groups(store: EmbeddedStore) -> None:
    # The table has no column for target groups, so none of the seven groups of the scheme is given for anything.
    found = ask(store, "target-groups")
    assert len(found) == 7
    assert {row["reach"] for row in found} == {"none"}


def test_recurring_outputs(store: EmbeddedStore) -> None:
    found = columns(ask(store, "recurring-outputs"), "kindLabel", "total", "plans", "path", "outputs")
    workshops = (
        "Työpajatarjottimen koulutusten toteutukset ja materiaalit"  # page 16, rows 2, 3 (path 2) and 6 (path 1)
    )
    learning = "Oppimistilaisuuksien toteutukset ja materiaalit"  # page 16, row 5, and page 17, row 12, both path 1
    assert found == [
        (workshops, "3", "1", "vocab/path/1", "1"),
        (workshops, "3", "1", "vocab/path/2", "2"),
        (learning, "2", "1", "vocab/path/1", "2"),
    ]


def test_statement_sources(store: EmbeddedStore) -> None:
    found = ask(store, "statement-sources", resource=f"activity/{ROW_8}", origin="stated")
    assert [(row["property"].rpartition("#")[2], row["column"]) for row in found] == [
        ("prefLabel", "Panos ja prosessi"),
        ("aimsAtGoal", "Vaikuttavuus (perustaso)"),
        ("hasEvaluation", "Arviointi"),
        ("hasOutput", "Tuotos"),
        ("hasParticipationLevel", "Osallisuustaso"),
        ("onPath", "Tehtävä (Lain 8 § ja OKM-polut)"),
        ("underTask", "Tehtävä (Lain 8 § ja OKM-polut)"),
    ]
    assert places(found) == on_pages(8) * 7
    # The wording of the goal of path 2 is on rows 2 and 3 of page 16 and rows 9 and 15 of page 17.
    wording = ask(store, "statement-sources", resource="goal/okm-2026-2", property="ake:goalText")
    assert places(wording) == on_pages(2, 3, 9, 15)


KINDS = ("Activity", "Output", "Outcome", "Evaluation", "Impact", "EffectivenessGoal", "IndicatorSet", "ImpactPathway")


@pytest.mark.parametrize("kind", KINDS)
def test_every_statement_has_one_origin(store: EmbeddedStore, dataset: Dataset, kind: str) -> None:
    inferred = [dataset.graphs[graph_name("inferred", name)] for name in (PLAN, "reference")]
    asserted = [dataset.graphs[name] for name in (graph_name("plan", PLAN), graph_name("reference"))]
    subjects = {s for graph in asserted for s in graph.subjects(RDF.type, AKE[kind]) if isinstance(s, URIRef)}
    assert subjects
    for subject in subjects:
        found = ask(store, "statement-sources", resource=str(subject))
        origins: dict[tuple[str, str], set[str]] = {}
        for row in found:
            origins.setdefault((row["property"], row["value"]), set()).add(row["origin"])
            assert ("page" in row) == (row["origin"] == "stated")
        assert all(len(these) == 1 for these in origins.values())
        for graphs, these in ((asserted, {"stated", "given"}), (inferred, {"inferred"})):
            wanted = {
                (str(p).removeprefix(BASE), str(o).removeprefix(BASE))
                for graph in graphs
                for p, o in graph.predicate_objects(subject)
                if p != AKE.statedIn
            }
            assert {statement for statement, origin in origins.items() if origin <= these} == wanted


def test_nothing_has_a_subject_or_a_causal_link_yet(store: EmbeddedStore) -> None:
    assert ask(store, "activities-by-subject", concept="http://www.yso.fi/onto/yso/p23845") == []
    assert ask(store, "causal-links") == []


def test_organisations(store: EmbeddedStore) -> None:
    found = ask(store, "organisations")
    names = {role: [row["organisation"] for row in found if row["role"] == role] for role in ("national", "other")}
    assert names == {
        "national": ["id/organisation/helsinki"],  # decree 660/2017, 1 §
        "other": ["id/organisation/avi", "id/organisation/lvv"],
    }
    areas: dict[str, int] = {}
    for row in ask(store, "organisations", role="regional"):
        name = row["organisation"].rpartition("/")[2]
        areas[name] = areas.get(name, 0) + 1
    assert areas == {
        "joensuu": 1, "kuopio": 2, "lahti": 4, "oulu": 2, "porvoo": 1, "rovaniemi": 1, "tampere": 2, "turku": 2, "vaasa": 3,
    }  # decree 660/2017, 2 §, points 1-9  # fmt: skip
    [row] = ask(store, "organisations", area="pirkanmaa")
    # Seventeen rows, of which rows 11 and 17 of page 17 are under the task of cooperation.
    assert columns([row], "organisation", "plans", "activities", "cooperation") == [
        ("id/organisation/tampere", "1", "17", "2")
    ]
