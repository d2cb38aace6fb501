"""``akegraph export ontology``: a folder that is whole by itself, the same every time, and never written over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from rdflib import Graph
from rdflib.compare import isomorphic
from test_web_pages import Page
from web_site import make_site

from akegraph.cli import exporting, main
from akegraph.graph.exchange import EXTENSIONS, serialise_graph
from akegraph.graph.serialising import serialise_turtle
from akegraph.pipeline.knowledge import Knowledge
from akegraph.resources import resource
from akegraph.settings import Settings
from akegraph.validation.shapes import load_shapes
from akegraph.web.export import export_ontology

PARSERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
SLOW_START = """
import sys
sys.path[:0] = ["tests"]
from akegraph.graph.exchange import EXTENSIONS, serialise_graph
from akegraph.pipeline.knowledge import Knowledge
for extension in EXTENSIONS:
    sys.stdout.buffer.write(serialise_graph(Knowledge().ontology, extension))
"""


@pytest.fixture(scope="module")
def made() -> Mapping[str, bytes]:
    site = replace(make_site(), shapes=serialise_turtle(load_shapes().graph))
    return export_ontology(site, Settings())


def test_it_has_pages_in_three_languages_and_the_data(made: Mapping[str, bytes]) -> None:
    vocabulary = make_site().reference.vocabulary
    assert {"index.html", "sv/index.html", "en/index.html", "style.css", "context.jsonld", "shapes.ttl"} <= set(made)
    assert {f"akegraph.{extension}" for extension in EXTENSIONS} <= set(made)
    assert {f"alignments/{name}.ttl" for name in make_site().reference.alignments} <= set(made)
    assert b'href="../alignments/prov.ttl"' in made["properties/preparedBy.html"]
    for name in vocabulary.schemes:
        assert {f"schemes/{name}.{extension}" for extension in EXTENSIONS} | {f"vocab/{name}.html"} <= set(made)
    pages = [place for place in made if place.startswith(("classes/", "properties/"))]
    assert len(pages) == len(vocabulary.terms)
    assert made["context.jsonld"] == resource("ontology", "context.jsonld").read_bytes()
    for place, language in (("index.html", "fi"), ("sv/index.html", "sv"), ("en/index.html", "en")):
        assert Page(made[place].decode()).all("html")[0]["lang"] == language


def test_no_two_files_differ_only_in_case(made: Mapping[str, bytes]) -> None:
    assert len({place.lower() for place in made}) == len(made)


def test_every_link_is_relative_and_leads_to_a_file_with_the_anchor(made: Mapping[str, bytes]) -> None:
    pages = {place: Page(content.decode()) for place, content in made.items() if place.endswith(".html")}
    anchors = {
        place: {attributes["id"] for _, attributes in page.elements if "id" in attributes}
        for place, page in pages.items()
    }
    links = 0
    for place, page in pages.items():
        assert not page.all("script")
        for tag, attributes in page.elements:
            if tag not in ("a", "link"):
                continue
            target = urlsplit(attributes["href"] or "")
            if target.netloc:
                continue
            assert not target.path.startswith("/"), (place, attributes)
            assert not target.query, (place, attributes)
            path = str(PurePosixPath(os.path.normpath(PurePosixPath(place).parent / unquote(target.path))))
            found = path if target.path else place
            assert found in made, (place, attributes)
            if target.fragment and found.endswith(".html"):
                assert target.fragment in anchors[found], (place, attributes)
            links += 1
    assert links > 5000


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser
def test_the_four_formats_hold_the_ontology(made: Mapping[str, bytes]) -> None:
    ontology = Knowledge().ontology
    for extension, parser in PARSERS.items():
        assert isomorphic(Graph().parse(data=made[f"akegraph.{extension}"], format=parser), ontology)
        assert len(Graph().parse(data=made[f"schemes/task.{extension}"], format=parser)) > 20


def test_an_extension_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="docx"):
        serialise_graph(Knowledge().schemes_graph, "docx")


def test_two_runs_give_the_same_bytes(made: Mapping[str, bytes]) -> None:
    site = replace(make_site(), shapes=serialise_turtle(load_shapes().graph))
    assert export_ontology(site, Settings()) == made


@pytest.mark.slow
def test_no_hash_seed_changes_the_data() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SLOW_START],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_the_default_language_lies_at_the_root() -> None:
    made = export_ontology(make_site(), Settings(language="en"))
    assert Page(made["index.html"].decode()).all("html")[0]["lang"] == "en"
    assert "fi/index.html" in made


# --- the command ---


FILES = {"index.html": b"one", "classes/A.html": b"two"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command with two files to write, so that a test is about the writing."""
    monkeypatch.setattr("akegraph.web.export.export_ontology", lambda site, settings: dict(FILES))
    monkeypatch.setattr("akegraph.pipeline.knowledge.find_plans", lambda names=(): ())
    return CliRunner()


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_into_a_new_folder_and_again_changes_nothing(quick: CliRunner, tmp_path: Path) -> None:
    target = tmp_path / "new" / "docs"
    result = quick.invoke(main, ["export", "ontology", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert held(target) == FILES
    assert "2 files, 0 written" in quick.invoke(main, ["export", "ontology", "-o", str(target)]).output


def test_a_file_that_differs_stops_everything_unless_forced(quick: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"mine")
    result = quick.invoke(main, ["export", "ontology", "-o", str(tmp_path)])
    assert (result.exit_code, held(tmp_path)) == (2, {"index.html": b"mine"})
    assert "index.html" in result.output
    assert "--force" in result.output
    assert quick.invoke(main, ["export", "ontology", "-o", str(tmp_path), "--force"]).exit_code == 0
    assert held(tmp_path) == FILES


def test_what_is_no_folder_is_refused(quick: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "classes").write_bytes(b"mine")
    result = quick.invoke(main, ["export", "ontology", "-o", str(tmp_path)])
    assert result.exit_code == 3
    assert held(tmp_path) == {"classes": b"mine"}


def test_a_target_is_needed() -> None:
    assert CliRunner().invoke(main, ["export", "ontology"]).exit_code == 2


def test_the_command_tells_of_itself() -> None:
    text = CliRunner().invoke(main, ["export", "ontology", "--help"]).output
    assert "--force" in text
    assert "ontology" in exporting.export.commands
