"""Chains through any element of the plan of AKE Tampere, up and down, filtered, as values, pictures and triples.

The rows are counted by hand in the source: rows 1-8 are on page 16, rows 9-17 on page 17.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from rdflib import RDF, SKOS, Graph, URIRef

from akegraph.chains import MOST_PATHS, Chain, find_chain, find_chains
from akegraph.chains.formats import chains_graph, chains_svg
from akegraph.cli import main
from akegraph.errors import AkegraphError, BadParameterError, ResultTooLargeError, UnknownResourceError
from akegraph.graph.iris import AKEID, AKEV, BASE, PREFIXES
from akegraph.pipeline.building import Dataset, build_dataset
from akegraph.pipeline.knowledge import find_plans
from akegraph.store.base import Solutions
from akegraph.store.embedded import EmbeddedStore
from akegraph.terms import AKE

PLAN = "ake-tampere-2026"
FOLDER = Path(__file__).parent / "chains"
EX = "http://example.org/"
WHOLE = ("activity", "output", "outcome", "impact", "goal")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return build_dataset(find_plans([PLAN]))


@pytest.fixture(scope="module")
def trig(dataset: Dataset) -> bytes:
    return dataset.to_trig()


@pytest.fixture(scope="module")
def store(trig: bytes) -> EmbeddedStore:
    return EmbeddedStore(trig, PREFIXES)


def store_of(turtle: bytes) -> EmbeddedStore:
    store = EmbeddedStore()
    store.load(turtle, f"{BASE}graph/test/x")
    return store


def rows(chains: tuple[Chain, ...]) -> list[int | None]:
    return [chain.row for chain in chains]


PATH_1, PATH_2, PATH_3, PATH_4 = [1, 5, 6, 7, 12], [2, 3, 8, 9, 15], [4, 16], [10, 11, 13, 14, 17]
SUPPORT, LEVEL_4 = [1, 4, 5, 7, 12, 16], [2, 6, 12, 13]
EVERY = list(range(1, 18))

THROUGH = {
    "goal/okm-2026-1": PATH_1, "goal/okm-2026-2": PATH_2, "goal/okm-2026-3-1": PATH_3, "goal/okm-2026-4": PATH_4,
    "impact/okm-2026-2": PATH_2, "path/4": PATH_4, "task/support": SUPPORT, "task/networking": [11, 17],
    "level/4": LEVEL_4, "participation/1": [17], "plan/ake-tampere-2026": EVERY, PLAN: EVERY,
    "timing/during": [row for row in EVERY if row not in (9, 15, 16, 17)],
    "indicator-set/okm-2026-3": PATH_3,
    "ake-tampere-2026/8": [8], "uvcd5635": [8], "activity/uvcd5635": [8], "output/uvcd5635": [8], "outcome/uvcd5635": [8],
    f"{AKEID}goal/okm-2026-2": PATH_2, "akeid:impact/okm-2026-4": PATH_4, f"{AKEV}path/3": PATH_3,
}  # fmt: skip


@pytest.mark.parametrize("name", THROUGH)
def test_chains_through_an_element(store: EmbeddedStore, name: str) -> None:
    chains = find_chains(store, through=name)
    assert rows(chains) == THROUGH[name]
    assert [chain.page for chain in chains] == [16 if row <= 8 else 17 for row in THROUGH[name]]
    assert {tuple(step.kind for step in chain.steps) for chain in chains} == {WHOLE}
    assert rows(find_chains(store, through=name, direction="up")) == THROUGH[name]


PARTS = {
    ("goal/okm-2026-2", "up"): (5, 1, WHOLE),
    ("goal/okm-2026-2", "down"): (1, 0, ("goal",)),
    ("impact/okm-2026-4", "up"): (5, 1, WHOLE[:4]),
    ("impact/okm-2026-4", "down"): (1, 0, ("impact", "goal")),
    ("outcome/uvcd5635", "up"): (1, 1, WHOLE[:3]),
    ("outcome/uvcd5635", "down"): (1, 0, WHOLE[2:]),
    ("uvcd5635", "up"): (1, 1, WHOLE[:1]),
    ("uvcd5635", "down"): (1, 0, WHOLE),
    ("ake-tampere-2026/8", "down"): (1, 0, WHOLE),
    ("task/support", "up"): (6, 1, WHOLE[:1]),
    ("task/support", "down"): (6, 1, WHOLE),
    ("path/3", "up"): (2, 1, WHOLE[:1]),
    ("path/3", "down"): (2, 0, WHOLE),
    ("level/5", "down"): (3, 0, WHOLE),
    (PLAN, "up"): (17, 1, WHOLE[:1]),
}


@pytest.mark.parametrize(("name", "direction"), PARTS)
def test_parts_of_chains(store: EmbeddedStore, name: str, direction: str) -> None:
    number, tasks, kinds = PARTS[name, direction]
    chains = find_chains(store, through=name, direction=direction)  # type: ignore[arg-type]
    assert len(chains) == number
    for chain in chains:
        assert len(chain.tasks) == tasks
        assert tuple(step.kind for step in chain.steps) == kinds
        assert {iri for step in chain.steps for iri in step.previous} <= {step.iri for step in chain.steps}


def test_what_chains_share_below_is_told_once_with_all_its_cells(store: EmbeddedStore) -> None:
    [chain] = find_chains(store, through="goal/okm-2026-2", direction="down")
    [goal] = chain.steps
    assert [(place.page, place.row) for place in goal.places] == [(16, 2), (16, 3), (16, 8), (17, 9), (17, 15)]
    assert (chain.path, chain.level, chain.gaps) == (None, None, ())
    [first] = find_chains(store, through="goal/okm-2026-1", direction="down")
    assert [gap.kind for gap in first.gaps] == ["goal-without-text"]


FILTERS = {
    "task": ("support", SUPPORT),
    "path": ("2", PATH_2),
    "level": ("4", LEVEL_4),
    "plan": (PLAN, EVERY),
    "area": ("pirkanmaa", EVERY),
    "year": ("2026", EVERY),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(store: EmbeddedStore, name: str) -> None:
    value, expected = FILTERS[name]
    assert rows(find_chains(store, **{name: value})) == expected  # type: ignore[arg-type]
    goal = find_chains(store, through="goal/okm-2026-2", **{name: value})  # type: ignore[arg-type]
    assert rows(goal) == [row for row in PATH_2 if row in expected]


def test_filters_together(store: EmbeddedStore) -> None:
    assert rows(find_chains(store, task="support", level="4", path="1", year=2026)) == [12]
    assert find_chains(store, through="goal/okm-2026-1", path="2") == ()
    assert find_chains(store, through=f"{PLAN}/8", path="1") == ()


MISTAKES = {
    "goal/okm-2026-9": ({"through": "goal/okm-2026-9"}, UnknownResourceError, "did you mean 'goal/okm-2026-"),
    "level/9": ({"through": "level/9"}, UnknownResourceError, "did you mean 'level/"),
    "activity": ({"through": "uvcd5634"}, UnknownResourceError, "did you mean 'uvcd5635'"),
    "name": ({"through": "pikeboksit"}, UnknownResourceError, "did you mean 'bqxv3m34'"),
    "row": ({"through": f"{PLAN}/99"}, UnknownResourceError, f"{PLAN}/99"),
    "no element": ({"through": "framework/okm-2026"}, UnknownResourceError, "framework/okm-2026"),
    "words": ({"through": "a b"}, BadParameterError, "'a b' is neither a stable id nor an IRI"),
    "IRI": ({"through": "http://example.org/a b> ?p ?o"}, BadParameterError, "is not an absolute IRI"),
    "task": ({"task": "suport"}, BadParameterError, "'task': nothing is known as 'suport'; did you mean 'support'"),
    "path": ({"path": "9", "through": "goal/okm-2026-2"}, BadParameterError, "'path': nothing is known as '9'"),
    "level": ({"level": "4} UNION {"}, BadParameterError, "'level'"),
    "plan": ({"plan": "ake-tampere-2025"}, UnknownResourceError, "did you mean 'ake-tampere-2026'"),
    "area": ({"area": "pirkanma"}, BadParameterError, "did you mean 'pirkanmaa'"),
    "year": ({"year": 2031}, BadParameterError, "'year': no plan covers 2031; known are 2026"),
    "no year": ({"year": "x"}, BadParameterError, "'year'"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_a_typed_error_with_what_comes_close(store: EmbeddedStore, case: str) -> None:
    arguments, kind, words = MISTAKES[case]
    with pytest.raises(kind, match=words.replace("?", r"\?")) as caught:
        find_chains(store, **arguments)  # type: ignore[arg-type]
    assert isinstance(caught.value, AkegraphError)


def test_a_goal_is_no_activity(store: EmbeddedStore) -> None:
    with pytest.raises(AkegraphError, match="goal/okm-2026-2"):
        find_chain(store, "goal/okm-2026-2")


class CountingStore(EmbeddedStore):
    """A store that counts what it is asked."""

    count = 0

    def select(self, text: str) -> Solutions:
        self.count += 1
        return super().select(text)


@pytest.mark.parametrize("name", [f"{PLAN}/8", "goal/okm-2026-2", "task/support", "plan/ake-tampere-2026"])
def test_the_number_of_selects_does_not_grow_with_the_chains(trig: bytes, name: str) -> None:
    with CountingStore(trig, PREFIXES) as counting:
        find_chains(counting, through=name, direction="up", year=2026)
        first = counting.count
        assert first == (5 if name == f"{PLAN}/8" else 6)
        find_chains(counting, through=name, statements=True)
        assert counting.count == first + first + 1


def test_all_triples_of_a_chain_are_asserted_and_none_is_missing(dataset: Dataset, store: EmbeddedStore) -> None:
    asserted = {triple for name, graph in dataset.graphs.items() if "/inferred/" not in name for triple in graph}
    for chain in (find_chain(store, f"{PLAN}/8", statements=True), find_chain(store, f"{PLAN}/17", statements=True)):
        graph = chain.to_graph()
        assert set(graph) <= asserted
        own = str(chain.activity).rpartition("/")[2]
        assert {URIRef(f"{AKEID}record/{own}-{column}") for column in (
            "task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation", "participation"
        )} == set(graph.subjects(RDF.type, AKE.SourceRecord))  # fmt: skip
        for record in graph.subjects(RDF.type, AKE.SourceRecord):
            for needed in (AKE.fromDocument, AKE.pageNumber, AKE.rowNumber, AKE.inColumn, AKE.verbatimText):
                assert (record, needed, None) in graph
        for element in (*chain.steps, *chain.facets):
            assert (URIRef(element.iri), RDF.type, None) in graph
            assert (URIRef(element.iri), SKOS.prefLabel, None) in graph
            assert (URIRef(element.iri), AKE.statedIn, None) in graph
        path = f"<{AKE.hasOutput}>/<{AKE.hasOutcome}>/<{AKE.hasImpact}>/<{AKE.contributesToGoal}>"
        assert graph.query(f"ASK {{ <{chain.activity}> {path} <{chain.of_kind('goal')[0].iri}> }}").askAnswer
        records = set(graph.objects(None, AKE.statedIn))
        assert records == set(graph.subjects(RDF.type, AKE.SourceRecord))
        assert set(graph.objects(None, AKE.fromDocument)) <= set(graph.subjects())


def test_a_turtle_of_many_chains_has_what_they_share_once(store: EmbeddedStore) -> None:
    chains = find_chains(store, through="goal/okm-2026-2", statements=True)
    graph = chains_graph(chains)
    assert len(set(graph.subjects(RDF.type, AKE.SourceRecord))) == 5 * 8
    assert set(graph.subjects(RDF.type, AKE.EffectivenessGoal)) == {AKEID["goal/okm-2026-2"]}
    assert set(graph) == {triple for chain in chains for triple in chain.to_graph()}


@pytest.mark.parametrize(
    ("name", "boxes", "lines"),
    [("uvcd5635", 1 + 5, 5), ("goal/okm-2026-2", 1 + 15 + 2, 5 * 4 + 1), (PLAN, 4 + 51 + 4 + 4, 17 * 4 + 4)],
)
def test_a_drawing_has_a_box_for_each_thing(store: EmbeddedStore, name: str, boxes: int, lines: int) -> None:
    """Of the plan: 4 tasks, 17 activities, outputs and outcomes each, 4 impacts, 4 goals."""
    root = ElementTree.fromstring(chains_svg(find_chains(store, through=name)))
    found = [element.get("class", "").split()[0] for element in root.iter() if element.get("class")]
    assert (found.count("box"), found.count("line")) == (boxes, lines)


def test_two_plans_of_one_document_keep_their_cells_apart() -> None:
    found = find_chains(store_of((FOLDER / "same-document.ttl").read_bytes()))
    cells = [(chain.page, [place.record for place in chain.of_kind("impact")[0].places]) for chain in found]
    assert cells == [(3, [f"{EX}ra-impact"]), (9, [f"{EX}rb-impact"])]


def test_a_thing_that_leads_to_itself_has_an_end() -> None:
    chain = find_chain(store_of((FOLDER / "foreign.ttl").read_bytes()), EX + "loop")
    assert [step.kind for step in chain.steps] == list(WHOLE)
    assert [[step.kind for step in path] for path in chain.paths()] == [list(WHOLE)]
    assert chain.upstream(EX + "loop").steps == chain.downstream(EX + "loop").steps == chain.steps


def test_every_way_through_a_chain() -> None:
    chain = find_chain(store_of((FOLDER / "foreign.ttl").read_bytes()), EX + "many")

    def names(through: str | None = None) -> list[str]:
        return [" ".join(step.iri.removeprefix(EX) for step in path) for path in chain.paths(through)]

    ways = ["o1 u1 m1 g1", "o1 u2 m1 g1", "o1 u2 m2", "o2 u2 m1 g1", "o2 u2 m2", "o2 u3"]
    assert names() == [f"{first} many {way}" for first in ("i1", "i2") for way in ways]
    assert names(EX + "u1") == ["i1 many o1 u1 m1 g1", "i2 many o1 u1 m1 g1"]
    assert names(EX + "m2") == [f"{first} many {way} u2 m2" for first in ("i1", "i2") for way in ("o1", "o2")]
    assert [step.iri.removeprefix(EX) for step in chain.upstream(EX + "u3").steps] == ["i1", "i2", "many", "o2", "u3"]
    assert [step.iri.removeprefix(EX) for step in chain.downstream(EX + "u2").steps] == ["u2", "m1", "m2", "g1"]
    assert [step.iri.removeprefix(EX) for step in chain.upstream(EX + "i1").steps] == ["i1"]
    with pytest.raises(UnknownResourceError):
        chain.upstream(EX + "nowhere")


def test_too_many_ways_are_refused_before_they_are_made() -> None:
    """12 outputs, outcomes and impacts, each joined to each, with 12 goals: 20,736 ways."""
    numbers = range(12)
    lines = [f":a a ake:Activity ; ake:inPlan :p ; ake:hasOutput {', '.join(f':o{n}' for n in numbers)} ."]
    for first, relation, second in (("o", "hasOutcome", "u"), ("u", "hasImpact", "m"), ("m", "contributesToGoal", "g")):
        joined = ", ".join(f":{second}{n}" for n in numbers)
        lines += [f":{first}{n} ake:{relation} {joined} ." for n in numbers]
    turtle = f"@prefix : <{EX}> . @prefix ake: <{AKE}> . {' '.join(lines)}"
    chain = find_chain(store_of(turtle.encode()), EX + "a")
    assert MOST_PATHS < 12**4
    with pytest.raises(ResultTooLargeError, match="20736 ways"):
        chain.to_rows()
    assert len(chain.to_text().splitlines()) < 1_000
    assert chain.to_svg().count('class="box') == 1 + 4 * 12 + 1


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["chain", *arguments], catch_exceptions=False)


def test_the_command_prints_every_format(tmp_path: Path) -> None:
    text = run("goal/okm-2026-2", "--up")
    assert text.exit_code == 0
    assert text.stdout.count("AKE Tampere 2026 · ") == 5
    assert "chains: 5" in text.stderr
    table = run("goal/okm-2026-2", "--up", "--format", "table", "--lang", "en").stdout
    assert re.findall(r"^ *(\d+/\d+) ", table, re.MULTILINE) == ["16/2", "16/3", "16/8", "17/9", "17/15"]
    found = json.loads(run("goal/okm-2026-2", "--level", "5", "--format", "json").stdout)
    assert [chain["row"] for chain in found] == [8, 15]
    assert json.loads(run("uvcd5635", "--format", "json").stdout)["row"] == 8
    assert json.loads(run("uvcd5635", "--path", "1", "--format", "json").stdout) == []
    assert run("path/3", "--format", "mermaid").stdout.startswith("flowchart LR\n")
    graph = Graph().parse(data=run("path/3", "--format", "turtle").stdout, format="turtle")
    assert len(set(graph.subjects(RDF.type, AKE.Activity))) == 2
    picture = tmp_path / "path-3.svg"
    assert "written" in run("path/3", "--format", "svg", "-o", str(picture)).stderr
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    assert run("path/4", "--format", "svg", "-o", str(picture)).exit_code == 2


def test_the_command_says_a_mistake() -> None:
    assert run("goal/okm-2026-2", "--up", "--down").exit_code == 2
    assert run("goal/okm-2026-9").exit_code == 3
    assert "did you mean" in run("goal/okm-2026-2", "--task", "suport").stderr
