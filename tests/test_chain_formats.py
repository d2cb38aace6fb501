"""Every form a chain is written in: what it shows, that it is the same on every run, and that texts stay texts."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import Graph

from akegraph.chains import Chain, find_chain, find_chains
from akegraph.chains.formats import (
    FORMATS,
    chain_json,
    chains_graph,
    chains_mermaid,
    chains_svg,
    chains_text,
    table_cells,
    table_sections,
)
from akegraph.chains.formats.lettering import clip_text, text_width, wrap_text
from akegraph.chains.formats.palette import load_palette
from akegraph.chains.formats.words import load_words
from akegraph.graph.iris import AKEID, BASE
from akegraph.settings import LANGUAGES
from akegraph.store.embedded import EmbeddedStore
from akegraph.terms import AKE

FOLDER = Path(__file__).parent / "chains"
SVG = "{http://www.w3.org/2000/svg}"
EX = "http://example.org/"


def store_of(name: str) -> EmbeddedStore:
    store = EmbeddedStore()
    store.load((FOLDER / name).read_bytes(), f"{BASE}graph/test/{name}")
    return store


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return store_of("plans.ttl")


@pytest.fixture(scope="module")
def foreign() -> EmbeddedStore:
    return store_of("foreign.ttl")


@pytest.fixture(scope="module")
def chain(store: EmbeddedStore) -> Chain:
    return find_chain(store, "bbbb2222", statements=True)


def drawn(*chains: Chain, kind: str = "box") -> list[ElementTree.Element]:
    root = ElementTree.fromstring(chains_svg(chains))
    return [element for element in root.iter() if kind in element.get("class", "").split()]


def test_text_is_a_tree(store: EmbeddedStore, chain: Chain) -> None:
    assert chains_text([chain]) == (
        "Esimerkki 2026 · bbbb2222\n"
        "tehtävä: Yhteistoiminnan edistäminen (s. 4, rivi 2)\n"
        "├─ panos: Postikulut\n"
        "└─ toimenpide: Työpajat (s. 4, rivi 2)\n"
        "   └─ tuotos: Työpajojen materiaalit (s. 4, rivi 2)\n"
        "      └─ tulos: Materiaalit ovat käytössä (s. 4, rivi 2)\n"
        "         └─ vaikutus: Palvelut uudistuvat (s. 4, rivi 2)\n"
        "            └─ tavoite: Vaikutuspolun 2 tavoite: Uudet palvelut syntyvät tarpeesta (s. 4, rivi 2)\n"
        "polku: 2 palvelujen kehittäminen (s. 4, rivi 2)\n"
        "osallisuustaso: 4 Kehitämme yhdessä – Hyväksyn (s. 4, rivi 2)\n"
        "ajankohta: [Arvioinnilla ei ole ajankohtaa]\n"
        "mittaristo: Vaikutuspolun 2 mittarit (s. 4, rivi 2)\n"
    )
    first = chains_text([find_chain(store, "aaaa1111")], "sv")
    assert "mål: Vaikutuspolun 1 tavoitteet (s. 3, rad 1) [Målet har ingen ordalydelse]\n" in first


def test_json_reads_back(chain: Chain) -> None:
    document = json.loads(chain_json(chain))
    assert document["activity"] == str(AKEID["activity/bbbb2222"])
    assert [step["kind"] for step in document["steps"]] == [step.kind for step in chain.steps]
    assert document["gaps"] == [
        {
            "kind": "no-evaluation-timing",
            "element": str(AKEID["evaluation/bbbb2222"]),
            "column": "Arviointi",
        }
    ]


def test_mermaid_draws_every_step(chain: Chain) -> None:
    lines = chains_mermaid([chain], "en").splitlines()
    assert lines[0] == "flowchart LR"
    assert '  n2["activity: Työpajat<br>missing: The evaluation has no timing"]' in lines
    assert sum("-->" in line for line in lines) == 6


def test_a_tree_is_folded_to_the_terminal_and_loses_nothing(chain: Chain) -> None:
    folded = chains_text([chain], "fi", 80)
    assert max(map(len, folded.splitlines())) <= 80
    assert max(map(len, chains_text([chain]).splitlines())) > 80

    def words(text: str) -> list[str]:
        return text.replace("│", " ").split()

    assert words(folded) == words(chains_text([chain]))
    assert "s. 4, rivi 2" in folded


def test_chains_come_one_after_another(store: EmbeddedStore) -> None:
    chains = find_chains(store)
    assert chains_text(chains) == "\n".join(chains_text([chain]) for chain in chains)
    assert json.loads(FORMATS["json"](chains, "fi")) == [json.loads(chain_json(chain)) for chain in chains]
    assert json.loads(FORMATS["json"]([], "fi")) == []
    assert [FORMATS[name]([], "fi") for name in ("text", "mermaid")] == ["", "flowchart LR\n"]
    assert ElementTree.fromstring(chains_svg([])).tag == f"{SVG}svg"


def test_what_chains_share_is_one_node(store: EmbeddedStore) -> None:
    """Rows 2 and 3 of the two plans lead to the same impact and goal; the tasks, levels and texts differ."""
    chains = find_chains(store, through="goal/okm-2026-2")
    assert len(chains) == 2
    iris = [box.get("data-iri") for box in drawn(*chains)]
    assert len(iris) == len(set(iris))
    assert iris.count(str(AKEID["impact/okm-2026-2"])) == iris.count(str(AKEID["goal/okm-2026-2"])) == 1
    kinds = [box.get("class", "").split()[1] for box in drawn(*chains)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "task": 2, "input": 1, "activity": 2, "output": 2, "outcome": 2, "impact": 1, "goal": 1,
    }  # fmt: skip
    assert len(drawn(*chains, kind="line")) == 2 + 1 + 2 + 2 + 2 + 1
    mermaid = chains_mermaid(chains)
    assert mermaid.count("vaikutus: Palvelut uudistuvat") == 1
    assert mermaid.count("-->") == 10


def test_boxes_lie_in_columns_and_do_not_overlap(store: EmbeddedStore, foreign: EmbeddedStore) -> None:
    for chains in (find_chains(store), find_chains(foreign)):
        places = []
        for box in drawn(*chains):
            x, y = map(float, re.findall(r"[-\d.]+", box.get("transform", "")))
            rect = box.find(f"{SVG}rect")
            assert rect is not None
            places.append((x, y, y + float(rect.get("height", ""))))
        for x, top, bottom in places:
            assert top >= 0
            for other, above, below in places:
                assert x != other or (above, below) == (top, bottom) or below <= top or above >= bottom


def test_a_drawing_says_what_it_is_in_the_language_asked_for(chain: Chain) -> None:
    root = ElementTree.fromstring(chains_svg([chain], "sv"))
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "Effektkedja · Esimerkki 2026 · Työpajat"
    assert root[1].tag == f"{SVG}desc"
    assert root.get("lang") == "sv"
    heads = [element.text for element in root.iter() if element.get("class") == "head"]
    assert heads == ["uppgift", "åtgärd", "prestation", "resultat", "effekt", "mål"]
    labels = [element for element in root.iter() if element.get("class") == "label"]
    assert {label.get("lang") for label in labels} == {"fi"}
    gaps = ["".join(element.itertext()) for element in root.iter() if element.get("class") == "gap"]
    assert gaps == ["Utvärderingen har ingen tidpunkt"]
    assert "prefers-color-scheme:dark" in chains_svg([chain])
    assert "http" not in re.sub(r'(xmlns|data-iri)="[^"]*"', "", chains_svg([chain]))


def test_colours_are_those_of_the_site() -> None:
    css = (Path(__file__).parents[1] / "akegraph" / "web" / "static").glob("*.css")
    text = "\n".join(path.read_text(encoding="utf-8") for path in css)
    found = [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{(.*?)\}", text, re.S)
    ]
    day, night = [block for block in found if "p6" in block]
    for name, colour in load_palette()["light"].items():
        assert day[name] == colour
    for name, colour in load_palette()["dark"].items():
        assert night[name] == colour


def test_words_are_there_in_every_language() -> None:
    words = load_words()
    assert tuple(words) == LANGUAGES
    assert len({frozenset(words[language]) for language in LANGUAGES}) == 1


def test_rows_are_flat_and_alike(store: EmbeddedStore, foreign: EmbeddedStore) -> None:
    [row] = find_chain(store, "aaaa1111").to_rows()
    assert (row["page"], row["row"], row["path"], row["level"]) == (3, 1, "1", "2")
    assert (row["goal"], row["goal_text"]) == ("Vaikutuspolun 1 tavoitteet", None)
    assert row["gaps"] == "goal-without-text; indicator-set-without-members; no-indicator-value"
    rows = find_chain(foreign, EX + "many").to_rows()
    assert {tuple(other) for other in rows} == {tuple(row)}
    found = [
        tuple(str(other[kind]).removeprefix(EX) for kind in ("output", "outcome", "impact", "goal")) for other in rows
    ]
    assert found == [
        ("o1", "u1", "m1", "g1"), ("o1", "u2", "m1", "g1"), ("o1", "u2", "m2", "None"),
        ("o2", "u2", "m1", "g1"), ("o2", "u2", "m2", "None"), ("o2", "u3", "None", "None"),
    ]  # fmt: skip
    assert {other["input"] for other in rows} == {f"{EX}i1; {EX}i2"}
    assert [("no-impact" in str(other["gaps"]), "no-goal" in str(other["gaps"])) for other in rows] == [
        (False, False), (False, False), (False, True), (False, False), (False, True), (True, False),
    ]  # fmt: skip


def test_a_table_says_what_is_missing_in_its_place(foreign: EmbeddedStore) -> None:
    headings, cells = table_cells([find_chain(foreign, EX + "many")], "en")
    impacts = [row[headings.index("impact")] for row in cells]
    assert impacts[-1] == "[The outcome has no impact]"
    assert "The outcome has no impact" not in cells[-1][-1]


def test_sections_of_a_table_hold_all_of_it(store: EmbeddedStore) -> None:
    chains = find_chains(store)
    _, cells = table_cells(chains)
    said = " ".join(
        " ".join([*part.heads, *(cell for row in part.cells for cell in row)]) for part in table_sections(chains)
    )
    assert all(wording in said for row in cells for cell in row for wording in cell.split("; "))


BREAKS = {
    "no-output": (":a a ake:Activity ; ake:inPlan :p .", "output", "The activity has no output"),
    "no-outcome": (":a a ake:Activity ; ake:inPlan :p ; ake:hasOutput :o .", "outcome", "The output has no outcome"),
    "no-impact": (
        ":a a ake:Activity ; ake:inPlan :p ; ake:hasOutput :o . :o ake:hasOutcome :u .",
        "impact",
        "The outcome has no impact",
    ),
    "no-goal": (
        ":a a ake:Activity ; ake:inPlan :p ; ake:hasOutput :o . :o ake:hasOutcome :u . :u ake:hasImpact :i .",
        "goal",
        "The impact has no goal",
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_every_format_shows_where_a_chain_breaks_and_why(kind: str) -> None:
    turtle, missing, words = BREAKS[kind]
    store = EmbeddedStore()
    store.load(f"@prefix : <{EX}> . @prefix ake: <{AKE}> . {turtle}".encode(), f"{BASE}graph/test/x")
    chain = find_chain(store, EX + "a")
    [gap] = [gap for gap in chain.gaps if gap.breaks]
    assert (gap.kind, gap.missing) == (kind, missing)
    lines = chains_text([chain], "en").splitlines()
    last = max(number for number, line in enumerate(lines) if "─" in line)
    assert lines[last].endswith(f"└─ {missing}: [{words}]")
    assert lines[last].index("└") == lines[last - 1].index("└") + 3
    headings, [cells] = table_cells([chain], "en")
    assert cells[headings.index(missing)] == f"[{words}]"
    document = json.loads(chain_json(chain))
    assert {"kind": kind, "element": gap.element, "column": None} in document["gaps"]
    mermaid = chains_mermaid([chain], "en")
    assert f'["{missing} missing: {words}"]' in mermaid
    assert len(re.findall(r"-\.->", mermaid)) == 1 + ("no-task" in {other.kind for other in chain.gaps})
    boxes = [box for box in drawn(chain, kind="missing") if missing in box.get("class", "").split()]
    assert len(boxes) == 1
    assert boxes[0].get("data-iri") is None
    assert kind in str(chain.to_rows()[0]["gaps"])
    assert kind not in {other.kind for other in chain.upstream(gap.element).gaps}


def test_turtle_reads_back_and_is_the_same_on_every_run(chain: Chain, store: EmbeddedStore) -> None:
    text = chain.to_turtle()
    assert text == find_chain(store, "bbbb2222", statements=True).to_turtle()
    assert set(Graph().parse(data=text, format="turtle")) == set(chain.to_graph())
    with pytest.raises(ValueError, match="statements=True"):
        find_chain(store, "bbbb2222").to_turtle()


def test_a_part_of_a_chain_has_its_own_triples_only(chain: Chain) -> None:
    goal = AKEID["goal/okm-2026-2"]
    down, up = chain.downstream(str(goal)).to_graph(), chain.upstream(str(AKEID["output/bbbb2222"])).to_graph()
    assert (goal, AKE.goalText, None) in down
    assert (None, AKE.contributesToGoal, goal) not in down
    assert (AKEID["activity/bbbb2222"], AKE.hasOutput, AKEID["output/bbbb2222"]) in up
    assert not set(up.triples((None, AKE.hasOutcome, None)))
    assert set(up) < set(chain.to_graph())


HOSTILE = ("text", "json", "mermaid", "svg", "turtle")


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_of_the_data_stay_texts(name: str, foreign: EmbeddedStore) -> None:
    chain = find_chain(foreign, EX + "hostile", statements=True)
    assert {"\x1b", "\u202e", "\u2066", "\n", '"', "<"} <= set(chain.label)
    written = FORMATS[name]([chain], "fi")
    written.encode()
    if name != "turtle":  # which keeps what is said, and is data
        assert not {character for character in written if unicodedata.category(character) in ("Cc", "Cf")} - {"\n"}
    match name:
        case "text":
            assert len(written.splitlines()) == len(chains_text([chain]).split("\n")) - 1
        case "json":
            assert json.loads(written)[0]["label"] == chain.label
        case "mermaid":
            nodes = [line for line in written.splitlines() if '["' in line]
            assert all(line.count('"') == 2 and line.endswith('"]') for line in nodes)
            assert not set("<>`&\\{}") & set("".join(nodes).replace("<br>", ""))
            assert not [line for line in written.splitlines() if line.strip().startswith(("click", "%%", "end"))]
        case "svg":
            root = ElementTree.fromstring(written)
            assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
                "svg", "title", "desc", "style", "rect", "text", "g", "path",
            }  # fmt: skip
            assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
            assert "<script>alert('1')</script>" in "".join(root.itertext())
        case "turtle":
            read = Graph().parse(data=written, format="turtle")
            assert set(read) == set(chains_graph([chain]))
            assert chain.label in {str(value) for value in read.objects()}


@pytest.mark.parametrize("name", FORMATS)
def test_foreign_data_are_written_alike_on_every_run(name: str, foreign: EmbeddedStore) -> None:
    """A thing that leads to itself, several outputs with several outcomes, nothing named."""
    first = FORMATS[name](find_chains(foreign, statements=True), "en")
    again = FORMATS[name](find_chains(store_of("foreign.ttl"), statements=True), "en")
    assert first == again
    assert len(first) < 40_000


def test_a_step_reached_twice_is_followed_once(foreign: EmbeddedStore) -> None:
    text = chains_text([find_chain(foreign, EX + "many")], "en")
    assert text.count(f"outcome: {EX}u2") == 2
    assert text.count(f"outcome: {EX}u2 ↑ above") == 1
    assert text.count(f"impact: {EX}m2") == 1


@pytest.mark.parametrize(
    "text",
    ["toimintaympäristölähtöisesti", "a" * 300, "lyhyt", "", "一" * 90, "tavoite- ja kehityskeskustelut/kehitys" * 9],
)
def test_lines_are_no_wider_than_asked_for(text: str) -> None:
    lines = wrap_text(text, 120, 13, 5)
    assert len(lines) <= 5
    assert all(text_width(line, 13) <= 120 for line in lines)
    assert text_width(clip_text(text, 120, 13), 13) <= 120
    if len(lines) < 5 and "-" not in text:
        assert "".join(line.removesuffix("-") for line in lines) == text


def test_a_long_word_breaks_between_syllables() -> None:
    assert wrap_text("toimintaympäristölähtöisesti", 130, 13, 5) == ["toimintaympäristö-", "lähtöisesti"]
