"""Data and reports that are not akegraph's own: forms of RDF, lines, blank nodes, and reports of other engines."""

from __future__ import annotations

import re
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef

from akegraph.errors import GraphSyntaxError, ShapesError
from akegraph.graph.loading import RDF_FORMATS, load_graphs
from akegraph.pipeline.reporting import read_foreign_report
from akegraph.pipeline.validating import validate_inputs
from akegraph.settings import LANGUAGES
from akegraph.validation import Finding, Severity, ValidationReport
from akegraph.validation.baseline import make_baseline, write_baseline
from akegraph.validation.formats import FORMATS, Options, report_json, report_text, write_report
from akegraph.validation.mentions import Mentions, find_row_lines
from akegraph.validation.wording import load_wording

SHAPES = """\
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:PersonShape a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:message "Nimi puuttuu"@fi , "No name"@en ] ;
    sh:property [ sh:path ex:age ; sh:datatype xsd:integer ; sh:severity sh:Warning ] ;
    sh:property [ sh:path ex:address ; sh:node ex:AddressShape ] .
ex:AddressShape a sh:NodeShape ; sh:property [ sh:path ex:city ; sh:minCount 1 ; sh:message "No city" ] .
"""
DATA = """\
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
# ex:Bo is told of below

ex:Anna a ex:Person ; rdfs:label "Anna" ; ex:knows ex:Bo ;
    ex:age "old" ; ex:address [ ex:street "Katu 1" ] .

ex:Bo a ex:Person ; ex:age 3 .
<http://example.org/Cid> a ex:Person ; ex:name "Cid" .
ex:Rex a ex:Dog .
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    return tmp_path


def validate(folder: Path, name: str = "data.ttl", **how: bool) -> ValidationReport:
    return validate_inputs([str(folder / name)], [folder / "shapes.ttl"], **how)


def seen(report: ValidationReport) -> list[tuple[str, str, int | None]]:
    return [(one.code, one.label, one.places[0].line if one.places else None) for one in report.findings]


FOUND = [
    ("PersonShape-address", "Anna", 5),
    ("PersonShape-age", "Anna", 5),
    ("PersonShape-name", "Anna", 5),
    ("PersonShape-name", "ex:Bo", 8),
]


def test_foreign_data_point_at_file_and_line(files: Path) -> None:
    report = validate(files)
    assert seen(report) == FOUND
    assert {place.file for one in report.findings for place in one.places} == {str(files / "data.ttl")}
    assert report.tables == ()
    text = report_text(report, "fi")
    assert f"virhe PersonShape-name  2 kohtaa\n    Nimi puuttuu\n    {files}/data.ttl:5 – Anna" in text
    assert "No name" in report_text(report, "en")
    assert "suunnitelma" not in text.lower()


def test_blank_nodes_have_names_that_last(files: Path) -> None:
    first, second = (write_report(validate(files), name, Options("fi")) for name in ("json", "json"))
    assert first == second
    for name in FORMATS:
        assert write_report(validate(files), name, Options("en")) == write_report(validate(files), name, Options("en"))
    value = next(one.value_label for one in validate(files).findings if one.code == "PersonShape-address")
    assert value == "[ex:street Katu 1]"


def test_a_rule_and_a_resource_that_nothing_looked_at_are_told(files: Path) -> None:
    (files / "shapes.ttl").write_text(
        SHAPES + "ex:CarShape a sh:NodeShape ; sh:targetClass ex:Car ; sh:class ex:Vehicle .", encoding="utf-8"
    )
    report = validate(files, in_full=True)
    assert "CarShape" in [rule.code for rule in report.idle]
    assert report.unwatched == ("http://example.org/Rex",)
    assert report_json(report, "en")["coverage"]["unwatched"] == ["http://example.org/Rex"]


# Turtle is TriG, and N-Triples are N-Quads.
FORMS = {".ttl": "turtle", ".nt": "nt", ".nq": "nt", ".trig": "turtle", ".rdf": "pretty-xml", ".jsonld": "json-ld"}


@pytest.mark.parametrize("suffix", FORMS)
def test_every_form_of_rdf_gives_the_same_findings_with_lines(suffix: str, files: Path) -> None:
    path = files / f"other{suffix}"
    Graph().parse(data=DATA, format="turtle").serialize(path, format=FORMS[suffix], encoding="utf-8")
    report = validate(files, path.name)
    names = {(code, re.split("[:/]", label)[-1]) for code, label, _ in seen(report)}
    assert names == {(code, re.split("[:/]", label)[-1]) for code, label, _ in FOUND}
    lines = path.read_text(encoding="utf-8").splitlines()
    for one in report.findings:
        place = one.places[0]
        assert place.line is not None
        assert str(one.focus).rpartition("/")[2] in lines[place.line - 1]


def test_named_graphs_are_read_together(files: Path) -> None:
    path = files / "parts.trig"
    path.write_text(
        "@prefix ex: <http://example.org/> .\nex:g1 { ex:Dan a ex:Person }\nex:g2 { ex:Dan ex:name 'Dan' , 'Danny' }\n",
        encoding="utf-8",
    )
    assert {str(name) for name in load_graphs(str(path))} == {"http://example.org/g1", "http://example.org/g2"}
    assert seen(validate(files, path.name)) == [("PersonShape-name", "ex:Dan", 2)]


@pytest.mark.parametrize("suffix", FORMS)
def test_standard_input_may_be_any_form(suffix: str, files: Path) -> None:
    data = Graph().parse(data=DATA, format="turtle").serialize(format=FORMS[suffix], encoding="utf-8")
    report = validate_inputs(["-"], [files / "shapes.ttl"], standard_input=data)
    assert len(report.findings) == len(FOUND)
    assert {place.file for one in report.findings for place in one.places} == {"standard input"}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("empty.ttl", "", "holds no triples"),
        ("empty.trig", "  \n", "holds no triples"),
        ("empty.jsonld", "{}", "holds no triples"),
        ("words.ttl", "Hei vain!\n", "line 1: is not Turtle"),
        ("bad.nt", '<urn:a> <urn:b> "x" .\n<urn:a> <urn:b .\n', "line 2: is not N-Triples"),
        ("bad.nq", "<urn:a> <urn:b> .\n", "line 1: is not N-Quads"),
        ("bad.trig", "<urn:g> {\n<urn:a> <urn:b> }", "line 2: is not TriG"),
        ("bad.rdf", "<?xml version='1.0'?>\n<a>\n</b>", "line 3: is not XML"),
        ("other.rdf", "<html/>", "holds no triples|is not RDF/XML"),
        ("bad.jsonld", '{"@id": "urn:a",\n "urn:b": }', "line 2: is not JSON"),
        ("far.jsonld", '{"@id": "urn:a",\n"@context": "http://127.0.0.1:9/c"}', "line 2: has the context http://127"),
        ("far2.jsonld", '{"@context": [{}, "context.json"]}', "has the context context.json"),
        ("far3.jsonld", '[{"urn:b": {"@context": {"@import": "http://127.0.0.1:9/"}}}]', "has the context http"),
        ("bytes.nt", b"\xff\xfe\x00".decode("latin-1"), "is not N-Triples|not UTF-8"),
        ("notes.txt", "<urn:a> <urn:b> <urn:c> .", "known by its name"),
    ],
)
def test_what_is_no_rdf_is_refused_with_its_line(name: str, text: str, says: str, files: Path) -> None:
    (files / name).write_text(text, encoding="utf-8")
    with pytest.raises(GraphSyntaxError, match=says) as caught:
        validate(files, name)
    assert name in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/data.ttl", "https://example.org/x", "ftp://example.org/x.ttl"])
def test_a_url_is_not_fetched(url: str, files: Path) -> None:
    with pytest.raises(GraphSyntaxError, match="is a URL, which is not fetched"):
        validate_inputs([url], [files / "shapes.ttl"])
    with pytest.raises(ShapesError, match="URL"):
        validate_inputs([str(files / "data.ttl")], [Path(url)])
    with pytest.raises(GraphSyntaxError, match="is a URL"):
        read_foreign_report(url)


def test_a_missing_file_is_said(files: Path) -> None:
    with pytest.raises(GraphSyntaxError, match=r"none\.nq: cannot be read"):
        validate(files, "none.nq")


def test_every_form_is_known_by_its_name() -> None:
    assert set(FORMS) <= set(RDF_FORMATS)


def test_shapes_without_words_are_told_in_every_language(files: Path) -> None:
    report = validate(files)
    (age,) = (one for one in report.findings if one.code == "PersonShape-age")
    assert [report.message(age, language) for language in LANGUAGES] == [
        "Kohdan ex:age arvo ei ole tyyppiä xsd:integer.",
        "Värdet i ex:age är inte av typen xsd:integer.",
        "The value of ex:age is not of the datatype xsd:integer.",
    ]
    (address,) = (one for one in report.findings if one.code == "PersonShape-address")
    assert [report.message(one, "sv") for one in address.details] == ["No city"]
    assert "    · No city\n" in report_text(report, "sv")


def test_there_are_words_for_every_component_in_every_language() -> None:
    wording = load_wording()
    components = {str(kind).removeprefix(str(SH)) for kind in dir(SH) if str(kind).endswith("ConstraintComponent")}
    components -= {"ConstraintComponent", "sourceConstraintComponent", "PropertyConstraintComponent"}
    # Neither is known to any engine here.
    silent = {"JS", "Expression"}
    assert {f"{name}ConstraintComponent" for name in (*wording, *silent)} == components
    sentences = dict(wording) | {
        f"{name} itself": texts["itself"] for name, texts in wording.items() if "itself" in texts
    }
    for name, texts in sentences.items():
        texts = {language: text for language, text in texts.items() if language != "itself"}
        assert set(texts) == set(LANGUAGES), name
        assert not name.endswith("itself") or "{path}" not in "".join(texts.values())
        slots = {frozenset(re.findall(r"\{(\w+)\}", text)) for text in texts.values()}
        assert len(slots) == 1, name
        for slot in next(iter(slots)) - {"path", "in", "class"}:
            assert URIRef(f"{SH}{slot}") in SH, name


# Lines


def test_the_line_that_begins_with_a_node_goes_before_a_mention() -> None:
    mentions = Mentions("f", DATA, {"ex": "http://example.org/"})
    graph = Graph().parse(data=DATA, format="turtle")
    names = {str(subject).rpartition("/")[2]: mentions.find(subject) for subject in set(graph.subjects())}
    assert {name: found for name, found in names.items() if found} == {
        "Anna": (5, True), "Bo": (8, True), "Cid": (9, True), "Rex": (10, True),
    }  # fmt: skip


def test_rows_are_found_by_their_id_wherever_the_column_stands() -> None:
    text = 'page;id;text\n\n1;aaa;"x ""y"""\n\n2;"bbb";aaa\n'
    assert find_row_lines(text, ["aaa", "bbb", "ccc"]) == {"aaa": 3, "bbb": 5}


# Reports of others


def test_a_report_of_pyshacl_is_rendered(files: Path) -> None:
    data, shapes = (Graph().parse(files / name) for name in ("data.ttl", "shapes.ttl"))
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes)
    path = files / "report.ttl"
    results.serialize(path, format="turtle")
    bare = read_foreign_report(str(path))
    assert len(bare.findings) == len(FOUND)
    named = read_foreign_report(str(path), None, [files / "shapes.ttl"], [str(files / "data.ttl")])
    assert {(one.label, one.places[0].line) for one in named.findings} == {("Anna", 5), ("ex:Bo", 8)}
    (address,) = (one for one in named.findings if one.details)
    assert [(detail.path, detail.message) for detail in address.details] == [("http://example.org/city", "No city")]
    for name in FORMATS:
        assert write_report(named, name, Options("fi"))
    assert "    · No city\n" in report_text(bare, "fi")


PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix ex: <http://example.org/> .\n"
REPORTS = {
    "several messages": (
        "[] a sh:ValidationReport ; sh:conforms false ; sh:result [ a sh:ValidationResult ; sh:focusNode ex:a ;"
        ' sh:sourceShape ex:S ; sh:resultSeverity sh:Warning ; sh:resultMessage "yksi"@fi , "kaksi"@fi , "one"@en-GB ] .',
        [("S", Severity.WARNING, "kaksi yksi", "one")],
    ),
    "a shape that is a blank node": (
        "[] a sh:ValidationReport ; sh:result [ sh:focusNode ex:a ; sh:sourceShape [ sh:path ex:p ] ;"
        ' sh:sourceConstraintComponent sh:MinCountConstraintComponent ; sh:resultMessage "x" ] .',
        [("MinCountConstraintComponent", Severity.VIOLATION, "x", "x")],
    ),
    "hardly anything": (
        "[] a sh:ValidationReport ; sh:result [ a sh:ValidationResult ] .",
        [("result", Severity.VIOLATION, "", "")],
    ),
    "several reports": (
        '[] a sh:ValidationReport ; sh:result [ sh:sourceShape ex:A ; sh:resultMessage "a" ] .\n'
        '[] a sh:ValidationReport ; sh:result [ sh:sourceShape ex:B ; sh:resultMessage "b" ] .',
        [("A", Severity.VIOLATION, "a", "a"), ("B", Severity.VIOLATION, "b", "b")],
    ),
    "a result inside itself": (
        'ex:r sh:detail ex:r ; sh:sourceShape ex:A ; sh:resultMessage "a" .\n[] a sh:ValidationReport ; sh:result ex:r .',
        [("A", Severity.VIOLATION, "a", "a")],
    ),
    "results inside each other": (
        'ex:r sh:detail ex:s ; sh:sourceShape ex:A ; sh:resultMessage "a" . ex:s sh:detail ex:r ; sh:sourceShape ex:B .'
        "\n[] a sh:ValidationReport ; sh:result ex:r .",
        [("A", Severity.VIOLATION, "a", "a")],
    ),
    "a severity of one's own": (
        '[] a sh:ValidationReport ; sh:result [ sh:sourceShape ex:A ; sh:resultSeverity ex:Bad ; sh:resultMessage "a" ] .',
        [("A", Severity.VIOLATION, "a", "a")],
    ),
    "nothing found": ("[] a sh:ValidationReport ; sh:conforms true .", []),
}


@pytest.mark.parametrize("case", REPORTS)
def test_a_report_of_any_engine_is_read(case: str, tmp_path: Path) -> None:
    body, expected = REPORTS[case]
    path = tmp_path / "report.ttl"
    path.write_text(PREFIXES + body, encoding="utf-8")
    report = read_foreign_report(str(path))

    def summary(one: Finding) -> tuple[str, Severity, str, str]:
        return one.code, one.severity, report.message(one, "fi"), report.message(one, "en")

    assert [summary(one) for one in report.findings] == expected
    assert report.conforms() == (not expected)
    for name in FORMATS:
        assert write_report(report, name, Options("sv")) or name == "github"


RESULT = "[] a sh:ValidationReport ; sh:conforms false ; sh:result [ sh:focusNode ex:a ;"
TWICE = (
    "\n".join(f"_:p{n} sh:alternativePath ( _:p{n + 1} _:p{n + 1} ) ." for n in range(40))
    + "_:p40 sh:inversePath ex:p ."
)
DEEP = "\n".join(f"_:p{n} sh:inversePath _:p{n + 1} ." for n in range(3000))
CHAIN = "\n".join(f"_:d{n} sh:detail _:d{n + 1} ." for n in range(3000))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("ex:a ex:b ex:c .", "holds no sh:ValidationReport"),
        ("[] a sh:ValidationReport ; sh:conforms false .", "holds no sh:result"),
        ("[] a sh:ValidationReport .", "without sh:conforms"),
        ('[] a sh:ValidationReport ; sh:conforms "maybe" .', "neither true nor false"),
        ('[] a sh:ValidationReport ; sh:conforms "false" .', "neither true nor false"),
        ("[] a sh:ValidationReport ; sh:conforms true, false .", "both"),
        ("[] a sh:ValidationReport ; sh:conforms true ; sh:result [ sh:resultSeverity sh:Violation ] .", "Violation"),
        ("[] a sh:ValidationReport ; sh:conforms true ; sh:result [ a sh:ValidationResult ] .", "Violation"),
        ("[] a sh:ValidationReport ; sh:conforms true . [] a sh:ValidationReport ; sh:conforms false .", "sh:result"),
        ("[] a sh:ValidationReport ; sh:conforms true . [] a sh:ValidationResult .", "1 results that no report names"),
        ("[] a sh:ValidationReport ; sh:conforms true ; ex:result [ sh:resultMessage 'x' ] .", "1 results that no"),
        (f"{RESULT} sh:resultPath _:p ] . _:p sh:inversePath _:p .", "part of itself"),
        (f"{RESULT} sh:resultPath _:p ] . _:p <{RDF.first}> ex:a ; <{RDF.rest}> _:p .", "has no end"),
        (f"{RESULT} sh:resultPath _:p0 ] . {DEEP}", "nested deeper than 100"),
        (f"{RESULT} sh:resultPath _:p0 ] . {TWICE}", "more than 1000 parts"),
        (f"{RESULT} sh:detail _:d0 ] . {CHAIN}", "deeper than 100"),
        ("", "holds no triples"),
    ],
)
def test_what_is_no_report_is_refused(body: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "report.ttl"
    path.write_text(PREFIXES + body, encoding="utf-8")
    with pytest.raises(GraphSyntaxError, match=says):
        read_foreign_report(str(path))


def test_what_results_share_is_told_once(tmp_path: Path) -> None:
    shared = " ".join(
        f"_:a{n} sh:detail _:b{n} , _:c{n} . _:b{n} sh:detail _:a{n + 1} . _:c{n} sh:detail _:a{n + 1} .\n"
        for n in range(30)
    )
    path = tmp_path / "report.ttl"
    path.write_text(f'{PREFIXES}{RESULT} sh:detail _:a0 ] .\n{shared}_:a30 sh:resultMessage "last" .', encoding="utf-8")
    report = read_foreign_report(str(path))
    for name in FORMATS:
        assert len(write_report(report, name, Options("fi"))) < 500_000
    assert report_text(report, "fi").count("last") == 1


def test_a_warning_does_not_contradict_that_data_conform(tmp_path: Path) -> None:
    path = tmp_path / "report.ttl"
    body = "[] a sh:ValidationReport ; sh:conforms true ; sh:result [ sh:resultSeverity sh:Warning ] ."
    path.write_text(PREFIXES + body, encoding="utf-8")
    assert [one.severity for one in read_foreign_report(str(path)).findings] == [Severity.WARNING]


def test_no_format_writes_a_text_without_end(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxLength 5 ] .",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text(
        f'<urn:a> a <http://example.org/C> ; <http://example.org/p> "{"a" * 1_000_000}" .',
        encoding="utf-8",
    )
    report = validate(tmp_path)
    assert len(report.findings) == 1
    for name in set(FORMATS) - {"turtle"}:
        assert len(write_report(report, name, Options("fi"))) < 100_000, name
    assert len(write_baseline(make_baseline(report.findings))) < 2000


@pytest.mark.parametrize("name", ["data.ttl", "data.nt"])
def test_a_number_that_cannot_be_written_out_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(
        '<urn:a> <urn:p> "1.5e3"^^<http://www.w3.org/2001/XMLSchema#double> .\n'
        '<urn:a> <urn:p> "1e999999999"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n',
        encoding="utf-8",
    )
    with pytest.raises(GraphSyntaxError, match=f"{name} line 2: .*1e999999999"):
        load_graphs(str(tmp_path / name))


def test_shapes_of_any_kind_are_told_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        """@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:OrShape a sh:NodeShape ; sh:targetClass ex:C ; sh:or ( [ sh:class ex:D ] [ sh:class ex:E ] ) .
ex:AndShape a sh:NodeShape ; sh:targetClass ex:C ; sh:and ( [ sh:class ex:D ] ) .
ex:NotShape a sh:NodeShape ; sh:targetClass ex:C ; sh:not [ sh:class ex:C ] .
ex:XoneShape a sh:NodeShape ; sh:targetClass ex:C ; sh:xone ( [ sh:class ex:C ] [ sh:class ex:C ] ) .
ex:KindShape a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:Literal .
ex:LengthShape a sh:NodeShape ; sh:targetClass ex:C ; sh:maxLength 2 .
ex:QueryShape a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this a ?c }" ] .
ex:DateShape a sh:NodeShape ; sh:targetClass ex:C ;
    sh:property [ sh:path ex:date ; sh:minInclusive "2026-01-01"^^xsd:date ] .
""",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text(
        '@prefix ex: <http://example.org/> . ex:a a ex:C ; ex:date "2025-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .',
        encoding="utf-8",
    )
    report = validate(tmp_path)
    said = {one.code: [report.message(one, language) for language in LANGUAGES] for one in report.findings}
    assert len(said) == 8
    for code, texts in said.items():
        assert len(set(texts)) == 3, code
        assert not any("sh:" in text.replace("sh:Literal", "") or "Shape" in text or "rdflib" in text for text in texts)
    assert said["KindShape"][0] == "Kohde ei ole lajia sh:Literal."
    assert said["DateShape-date"][0] == "Kohdan ex:date arvo ei ole vähintään 2026-01-01."


def test_a_message_has_no_variable_and_no_name_of_a_blank_node(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        """@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:sparql [
    sh:message "{$this} {$PATH} {?n}"@en ; sh:select "SELECT $this ?n WHERE { $this $PATH ?v BIND(1/0 AS ?n) }" ] ] .
""",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text("@prefix ex: <http://example.org/> . [] a ex:C ; ex:p 1 .", encoding="utf-8")
    report = validate(tmp_path)
    (finding,) = report.findings
    words = report.message(finding, "en")
    assert re.fullmatch(r"\[.*\] http://example\.org/p –", words), words
    assert not re.search(r"[nN][0-9a-f]{20}", words)


def test_our_own_report_is_read_back(files: Path) -> None:
    path = files / "report.ttl"
    report = validate(files)
    path.write_bytes(write_report(report, "turtle", Options("fi")))
    again = read_foreign_report(str(path), None, [files / "shapes.ttl"], [str(files / "data.ttl")])
    assert sorted((str(one.focus), one.component, one.path) for one in again.findings) == sorted(
        (str(one.focus), one.component, one.path) for one in report.findings
    )
    graph = Graph().parse(path)
    assert len(list(graph.subjects(RDF.type, SH.ValidationReport))) == 1
