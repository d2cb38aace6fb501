"""The board as values: bands, groups, gaps and filters, without Flask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from akegraph.chains import Chain, Facet, Gap, Step, path_colour
from akegraph.web.board import Filter, make_bands, make_steps, named_things, row_anchor
from akegraph.web.texts import Label, load_texts

TEXTS = load_texts("fi")


def path(rank: int) -> Facet:
    return Facet("path", f"x:path/{rank}", f"polku {rank}", str(rank), rank)


def chain(row: int, of_path: int = 1, impact: str = "x:i", **changes: object) -> Chain:
    made = Chain(
        activity=f"x:a{row}",
        identifier=f"a{row}",
        label=f"toimenpide {row}",
        plan="x:plan",
        plan_label="suunnitelma",
        row=row,
        tasks=(Facet("task", "x:task", "tehtävä", "support", 2),),
        path=path(of_path),
        level=Facet("level", "x:level", "A – B", "4", 4),
        steps=(
            Step("activity", f"x:a{row}", f"toimenpide {row}"),
            Step("output", f"x:o{row}", "tuotos"),
            Step("outcome", f"x:u{row}", "tulos"),
            Step("impact", impact, "vaikutus"),
            Step("goal", f"{impact}-goal", "tavoite"),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def names(*chains: Chain) -> dict[str, Label]:
    return {thing: Label(thing, "fi") for thing in named_things(chains)}


def test_rows_that_share_impact_and_goals_are_one_group() -> None:
    chains = [chain(3, 2, "x:j"), chain(2), chain(1), chain(4, 1, "x:k")]
    bands = make_bands(chains, names(*chains), {}, TEXTS)
    assert [band.notation for band in bands] == ["1", "2"]
    assert [[row.row for row in group.rows] for band in bands for group in band.groups] == [[1, 2], [4], [3]]
    assert bands[0].size == 3


def test_a_chain_without_a_path_comes_last_and_nothing_is_lost() -> None:
    chains = [chain(1, path=None, steps=(Step("activity", "x:a1", "toimenpide"),)), chain(2)]
    bands = make_bands(chains, names(*chains), {}, TEXTS)
    assert [band.path is None for band in bands] == [False, True]
    assert bands[1].groups[0].rows[0].outputs == ()


@pytest.mark.parametrize(
    "kind", ["no-output", "no-outcome", "no-evaluation", "no-evaluation-timing", "no-participation-level", "no-task"]
)
def test_a_gap_of_a_row_has_words_and_a_place(kind: str) -> None:
    one = chain(1, gaps=(Gap(kind, "x:lacking"),))
    row = make_bands([one], names(one), {}, TEXTS)[0].groups[0].rows[0]
    assert row.gaps[kind].words == TEXTS(f"gap.{kind}")
    assert row.gaps[kind].iri == "x:lacking"


def test_gaps_of_goals_and_indicator_sets_stand_in_the_shared_cell() -> None:
    sets = (Facet("indicator-set", "x:set", "mittarit"),)
    gaps = (Gap("goal-without-text", "x:i-goal"), Gap("indicator-set-without-members", "x:set"))
    one = chain(1, indicator_sets=sets, gaps=gaps)
    group = make_bands([one], names(one), {}, TEXTS)[0].groups[0]
    assert group.goals[0].gap is not None
    assert group.indicator_sets[0].gap is not None


def test_filters_combine() -> None:
    one = chain(1)
    assert Filter().admits(one)
    assert Filter(path="1", task="support", level=4, text="TOIMENPIDE 1").admits(one)
    assert not Filter(path="2").admits(one)
    assert not Filter(task="networking").admits(one)
    assert not Filter(level=5).admits(one)
    assert not Filter(gaps=True).admits(one)
    assert not Filter(gaps=True).admits(replace(one, gaps=(Gap("goal-without-text", "x:g"),)))
    assert Filter(gaps=True).admits(replace(one, gaps=(Gap("no-evaluation-timing", "x:e"),)))
    assert not Filter(level=1).admits(replace(one, level=None))


def test_rows_of_many_plans_have_different_anchors() -> None:
    chains = [chain(1), chain(1, plan="x:other", identifier="b1", activity="x:b1")]
    rows = make_bands(chains, names(*chains), {}, TEXTS)[0].groups[0].rows
    assert len({row.anchor for row in rows}) == 2
    assert row_anchor(chains[0]) == "toimenpide-1"


def test_steps_of_a_chain_go_from_task_to_goal() -> None:
    one = chain(1)
    assert [kind for kind, _ in make_steps(one, names(one), TEXTS)] == [
        "task", "activity", "output", "outcome", "impact", "goal",
    ]  # fmt: skip


def test_colours_begin_again() -> None:
    assert [path_colour(rank) for rank in (1, 4, 6, 7)] == [1, 4, 6, 1]
