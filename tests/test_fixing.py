"""Safe fixes: what is offered, what is left alone, and that nothing else in a file changes."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from akegraph.errors import GraphSyntaxError, SourceError
from akegraph.graph.iris import BASE
from akegraph.graph.loading import load_folder, load_turtle
from akegraph.graph.schemes import Schemes, read_schemes
from akegraph.resources import resource
from akegraph.table.rows import read_rows
from akegraph.validation.fixing import Fix, applied, apply_fixes, diff_of, find_fixes, find_level, tidy
from akegraph.validation.literals import read_literals
from akegraph.validation.shapes import Shapes, load_shapes

PLAN = resource("data", "plans", "ake-tampere-2026")
LEVEL = "2: Kysymme palautetta – Annan palautetta"
HEAD = """@prefix ake: <https://w3id.org/akegraph/ontology#> .
@prefix akeid: <https://w3id.org/akegraph/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


@cache
def shapes() -> Shapes:
    return load_shapes()


@cache
def schemes() -> Schemes:
    return read_schemes(load_folder(resource("ontology", "schemes")), resource("data", "reference", "anchors.toml"))


def fixes(path: Path) -> tuple[Fix, ...]:
    return find_fixes(path, shapes(), schemes())


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAN, tmp_path / "plan"))


def edit(path: Path, old: str, new: str) -> None:
    before = path.read_bytes()
    assert before.count(old.encode()) >= 1
    path.write_bytes(before.replace(old.encode(), new.encode(), 1))


def turtle(folder: Path, body: str) -> Path:
    path = folder / "data.ttl"
    path.write_bytes((HEAD + body).encode())
    return path


def fixed(path: Path) -> str:
    apply_fixes(fixes(path))
    return path.read_bytes().decode().removeprefix(HEAD)


def test_what_is_right_is_left_alone() -> None:
    files = [
        PLAN,
        *sorted(resource("data", "reference").glob("*.ttl")),
        *sorted(resource("ontology", "schemes").glob("*.ttl")),
        *sorted(resource("shapes").glob("*.ttl")),
        resource("ontology", "akegraph.ttl"),
    ]
    assert len(files) > 15
    assert [fix for path in files for fix in fixes(path)] == []
    assert diff_of([]) == ""
    assert apply_fixes([]) == ()


def test_printed_spellings_of_a_level_are_kept() -> None:
    """``4: Kehitämme yhdessä - Hyväksyn`` is what the document prints, and it is understood."""
    assert "- Hyväksyn" in (PLAN / "rows.csv").read_text(encoding="utf-8")
    assert fixes(PLAN) == ()


def test_white_space_of_a_cell(plan: Path) -> None:
    rows = plan / "rows.csv"
    before = rows.read_bytes()
    edit(rows, ",Asiakkaan kohtaaminen: koulutustarjotin,", ',"  Asiakkaan kohtaaminen:\n  koulutustarjotin ",')
    edit(rows, "gqouokqr,16,2,", "gqouokqr, 16,2 ,")
    (cell, page, row) = found = fixes(plan)
    assert [fix.kinds for fix in found] == [("whiteSpace",)] * 3
    assert cell.where == "row 1, Panos ja prosessi"
    assert (cell.line, page.line, row.line) == (2, 4, 4)
    with pytest.raises(SourceError):
        read_rows(rows, schemes().lexicon)
    assert apply_fixes(found) == (rows,)
    read_rows(rows, schemes().lexicon)
    # The quotes were somebody's, and stay.
    wanted = before.replace(
        b",Asiakkaan kohtaaminen: koulutustarjotin,", b',"Asiakkaan kohtaaminen: koulutustarjotin",'
    )
    assert rows.read_bytes() == wanted
    assert fixes(plan) == ()


@pytest.mark.parametrize(
    "written",
    [
        "Kysymme palautetta – Annan palautetta",
        "kysymme palautetta - annan palautetta",
        "2) Kysymme palautetta – ANNAN PALAUTETTA",
        "2",
        "2.",
        "02: kysymme palautetta-annan palautetta",
    ],
)
def test_spelling_of_a_level(plan: Path, written: str) -> None:
    before = (plan / "rows.csv").read_bytes()
    edit(plan / "rows.csv", LEVEL, written)
    (fix,) = fixes(plan)
    assert fix.kinds == ("levelSpelling",)
    assert (fix.before, fix.after) == (written, LEVEL)
    apply_fixes([fix])
    assert (plan / "rows.csv").read_bytes() == before


@pytest.mark.parametrize(
    "written", ["3: Kysymme palautetta – Annan palautetta", "6", "taso 2", "Kysymme", "", ":", "–"]
)
def test_a_level_in_doubt_is_nobodys_to_fix(plan: Path, written: str) -> None:
    edit(plan / "rows.csv", LEVEL, written)
    assert fixes(plan) == ()
    assert find_level(written, schemes().lexicon) is None


def test_rows_as_a_spreadsheet_saves_them(plan: Path) -> None:
    rows = plan / "rows.csv"
    text = rows.read_text(encoding="utf-8")
    table = read_rows(rows, schemes().lexicon)
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(csv.reader(io.StringIO(text)))
    saved = "\ufeff" + stream.getvalue().replace("Pikeboksit", "Pikeboksit ", 1)
    rows.write_bytes(saved.encode())
    apply_fixes(fixes(plan))
    assert rows.read_bytes().decode() == saved.replace("Pikeboksit ", "Pikeboksit", 1)
    assert [row.cells for row in read_rows(rows, schemes().lexicon).rows] == [row.cells for row in table.rows]


def test_diff_shows_the_lines(plan: Path) -> None:
    edit(plan / "rows.csv", LEVEL, "2")
    lines = diff_of(fixes(plan)).splitlines()
    assert lines[0] == f"--- {plan / 'rows.csv'}"
    assert [line[:1] for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")] == ["-", "+"]
    assert any(line.startswith("+") and LEVEL in line for line in lines)


def test_nothing_is_written_over_a_later_change(plan: Path) -> None:
    edit(plan / "rows.csv", LEVEL, "2")
    found = fixes(plan)
    edit(plan / "rows.csv", "gqrirt6y", "gqrirt6yy")
    changed = (plan / "rows.csv").read_bytes()
    with pytest.raises(SourceError, match="line 2 has changed"):
        apply_fixes(found)
    assert (plan / "rows.csv").read_bytes() == changed


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("rows.csv", b"id,page\n\xe4,1\n", "is not UTF-8"),
        ("rows.csv", b'id,page\na"b,"c"d\n', "is no CSV"),
        ("rows.csv", b'id,page\n"a,1\n', "CSV"),
        ("none.csv", None, "cannot be read"),
        ("plan.xlsx", b"PK", "fixes are made in rows.csv and in Turtle files"),
    ],
)
def test_files_that_cannot_be_fixed(tmp_path: Path, name: str, content: bytes | None, what: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=what):
        fixes(tmp_path / name)


def test_turtle_that_does_not_parse(tmp_path: Path) -> None:
    with pytest.raises(GraphSyntaxError, match="line 4"):
        fixes(turtle(tmp_path, "akeid:x a ."))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        # White space: between words and around them, as characters and as escapes; quotes as they were.
        ('akeid:x skos:prefLabel " Verkko  kurssi "@fi .', 'akeid:x skos:prefLabel "Verkko kurssi"@fi .'),
        ("akeid:x skos:prefLabel '''a\n b'''@sv .", "akeid:x skos:prefLabel '''a b'''@sv ."),
        (r'akeid:x skos:prefLabel "a\t\n b \"c\" \\n d "@fi .', r'akeid:x skos:prefLabel "a b \"c\" \\n d"@fi .'),
        ('[] skos:prefLabel " a"@fi , [ skos:prefLabel "b "@fi ] .', '[] skos:prefLabel "a"@fi , [ skos:prefLabel "b"@fi ] .'),
        # A language tag: on the one text without, of what needs a Finnish name.
        ('akeid:x a ake:Output ; skos:prefLabel "Kurssi" .', 'akeid:x a ake:Output ; skos:prefLabel "Kurssi"@fi .'),
        ('akeid:x a ake:Output;skos:prefLabel" Kurssi","Kurs"@sv.', 'akeid:x a ake:Output;skos:prefLabel"Kurssi"@fi,"Kurs"@sv.'),
        # A level: the concept in place of its name.
        (
            '@prefix level: <https://w3id.org/akegraph/vocab/participation/> .\nakeid:x ake:hasParticipationLevel "4"@fi .',
            "@prefix level: <https://w3id.org/akegraph/vocab/participation/> .\nakeid:x ake:hasParticipationLevel level:4 .",
        ),
        (
            'akeid:x ake:hasParticipationLevel "4: kehitämme yhdessä - hyväksyn" .',
            "akeid:x ake:hasParticipationLevel <https://w3id.org/akegraph/vocab/participation/4> .",
        ),
    ],
)  # fmt: skip
def test_fixes_of_turtle(tmp_path: Path, body: str, wanted: str) -> None:
    path = turtle(tmp_path, f'# a "comment"\n{body}\nakeid:other ake:rank 1.5 . # end')
    assert fixed(path) == f'# a "comment"\n{wanted}\nakeid:other ake:rank 1.5 . # end'
    assert fixes(path) == ()


@pytest.mark.parametrize(
    "body",
    [
        'akeid:x ake:verbatimText "  as printed "@fi .',
        'akeid:x skos:prefLabel "   "@fi .',
        'akeid:x skos:prefLabel "1\u00a0000 kirjaa"@fi .',
        'akeid:x skos:prefLabel " 2"^^<http://www.w3.org/2001/XMLSchema#string> .',
        'akeid:x a ake:PlanningPeriod ; skos:prefLabel "2026" .',
        'akeid:x a ake:Output ; skos:prefLabel "Kurssi", "Kurs" .',
        'akeid:x a ake:Output ; skos:prefLabel "Kurssi"@fi, "Toinen" .',
        'akeid:x skos:prefLabel "Kurssi" .',
        'akeid:x ake:hasParticipationLevel "jokin taso" .',
    ],
)
def test_what_is_not_for_a_machine_to_fix(tmp_path: Path, body: str) -> None:
    assert fixes(turtle(tmp_path, body)) == ()


def test_a_fix_that_would_lose_a_triple_is_not_offered(tmp_path: Path) -> None:
    """Both names are there once they are tidy, so one of the two would vanish."""
    body = 'akeid:x skos:prefLabel "Kurssi"@fi , " Kurssi"@fi .\nakeid:y skos:prefLabel " Muu"@fi .'
    found = fixes(turtle(tmp_path, body))
    assert [fix.where for fix in found] == ["id/y prefLabel"]


def test_no_fix_without_a_rule_that_offers_it(tmp_path: Path, plan: Path) -> None:
    edit(plan / "rows.csv", LEVEL, " 2")
    data = turtle(tmp_path, 'akeid:x a ake:Output ; skos:prefLabel " Kurssi" .')
    foreign = tmp_path / "shapes.ttl"
    foreign.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<s> a sh:NodeShape ; sh:targetClass <c> ; sh:property <p> .\n"
        "<p> a sh:PropertyShape ; sh:path <q> ; sh:minCount 1 .",
        encoding="utf-8",
    )
    for path in (plan, data):
        assert find_fixes(path, load_shapes([foreign]), schemes()) == ()


def literal_files() -> Iterator[Path]:
    yield from sorted(resource("ontology", "schemes").glob("*.ttl"))
    yield from sorted(resource("data", "reference").glob("*.ttl"))
    yield from sorted(resource("shapes").glob("*.ttl"))
    yield from sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))


def test_every_literal_is_found_where_it_stands() -> None:
    """Emptied at the places found, a document has lost its texts and nothing else."""
    files = list(literal_files())
    assert len(files) > 100
    for path in files:
        text = path.read_text(encoding="utf-8")
        literals, _ = read_literals(text, BASE)
        graph = load_turtle(path)
        outside = {
            (str(s), str(p), str(o), getattr(o, "language", None))
            for s, p, o in graph
            if not s.n3().startswith("_:") and any(str(o) == one.text for one in literals)
        }
        found = {(one.subject, one.predicate, one.text, one.language) for one in literals if one.subject is not None}
        assert found <= outside, path
        assert all(text[one.start] == one.quote[0] for one in literals)


def test_reading_literals_agrees_with_the_parser(tmp_path: Path) -> None:
    body = """BASE <https://example.org/a#>
prefix p: <https://example.org/p/>
<x> a p:C ; p:q 'one', "two"@en-GB , "3"^^p:t , \"\"\"fo"ur\\u00e4\"\"\" , 5.0e1, -1 , false .
p:y. p:z p:q ( "in" [ p:q "deep" ] ) ; ; p:r [] .
[ p:q "blank" ] .
""".replace("p:y. ", "p:y p:r p:z. ")
    literals, prefixes = read_literals(body, BASE)
    assert [(one.subject, one.text) for one in literals] == [
        ("https://example.org/x", "one"),
        ("https://example.org/x", "two"),
        ("https://example.org/x", "3"),
        ("https://example.org/x", 'fo"urä'),
        (None, "deep"),
        (None, "blank"),
    ]
    assert prefixes == {"p": "https://example.org/p/"}
    with pytest.raises(ValueError, match="too early"):
        read_literals("<x> <y> ", BASE)


def test_tidy() -> None:
    assert tidy(" a \n b\u00a0c ") == "a b\u00a0c"


def test_fixing_changes_only_what_the_fix_says(tmp_path: Path) -> None:
    path = turtle(
        tmp_path, 'akeid:x a ake:Output ; skos:prefLabel " Kurssi" ; ake:hasOutcome [ skos:prefLabel "a"@fi ] .'
    )
    before = load_turtle(path)
    apply_fixes(fixes(path))
    after = Graph().parse(data=path.read_text().replace('"Kurssi"@fi', '" Kurssi"'), format="turtle")
    assert isomorphic(before, after)


def test_what_is_done_with_an_error_is_taken_back(tmp_path: Path, plan: Path) -> None:
    edit(plan / "rows.csv", "PiKen osaamiskartoitus", "  PiKen osaamiskartoitus")
    before = (plan / "rows.csv").read_bytes()
    seen = []

    def fail() -> None:
        with applied(fixes(plan)) as changed:
            seen.append((changed, (plan / "rows.csv").read_bytes() != before))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [((plan / "rows.csv",), True)]
    assert (plan / "rows.csv").read_bytes() == before
    with applied(fixes(plan)):
        pass
    assert fixes(plan) == ()
