"""One door to data of every kind: what a source is, what is held when it is open, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from servers import serve_akegraph
from web_site import PLAN, make_site

from akegraph.errors import (
    AkegraphError,
    BadParameterError,
    GraphSyntaxError,
    RemoteStoreError,
    SourceError,
    StoreError,
    UnknownResourceError,
)
from akegraph.graph.iris import AKE_NS, graph_name
from akegraph.pipeline.asking import ask_sparql
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.dumping import dump_graphs
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.opening import Opened, Source, find_source, open_source
from akegraph.settings import Settings

KNOWLEDGE = Knowledge()
ONE_WORKER = Settings(workers=1)
TRIPLE = f"akeid:activity/uvcd5635 ake:inPlan akeid:plan/{PLAN}"
FILES = {
    "a.ttl": "@prefix x: <urn:x:> . x:turtle x:in [ x:is 1 ] .",
    "b.trig": "@prefix x: <urn:x:> . x:g { x:trig x:in _:b } x:nameless x:in _:b .",
    "c.nq": '<urn:x:nquads> <urn:x:in> "two\\nlines"@fi <urn:x:h> .',
    "d.nt": "<urn:x:ntriples> <urn:x:in> _:b .",
    "e.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
    '<rdf:Description rdf:about="urn:x:rdfxml"><x:in>1</x:in></rdf:Description></rdf:RDF>',
    "f.jsonld": '{"@id": "urn:x:i", "@graph": [{"@id": "urn:x:jsonld", "urn:x:in": "1"}]}',
}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in FILES]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump.trig"
    path.write_bytes(make_site().trig)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    Oxigraph(str(path)).load(make_site().trig, RdfFormat.TRIG)
    return path


def open_(*arguments: object, **named: object) -> Opened:
    return open_source(find_source(*arguments, **named), ONE_WORKER, KNOWLEDGE)  # type: ignore[arg-type]  # misuse too


def names(opened: Opened) -> list[str]:
    return sorted(str(name) for name in opened.copy_graphs() if name is not None)


def test_a_source_is_known_by_its_look(tmp_path: Path, files: list[Path], folder: Path) -> None:
    assert find_source() == Source("plans")
    assert find_source(PLAN) == Source("plans", (PLAN,))
    assert find_source("http://host/sparql") == Source("endpoint", ("http://host/sparql",))
    assert find_source(store="https://host/") == Source("endpoint", ("https://host/",))
    assert find_source(folder) == find_source(store=folder) == Source("folder", (str(folder),))
    assert find_source(files[0]) == Source("files", (str(files[0]),))
    assert find_source(files) == find_source(data=files) == Source("files", tuple(map(str, files)))


def test_a_folder_of_plans_is_all_of_them() -> None:
    plans = find_plans([PLAN])[0].path.parent
    assert find_source(plans) == Source("plans", (str(plans / PLAN),))
    assert find_source(plans / PLAN) == Source("plans", (str(plans / PLAN),))


@pytest.mark.parametrize(
    "named", [{"source": PLAN, "store": "x"}, {"store": "x", "data": ["y"]}, {"source": PLAN, "data": "y"}]
)
def test_only_one_place_can_be_named(named: dict[str, object]) -> None:
    with pytest.raises(BadParameterError, match="only one"):
        find_source(**named)  # type: ignore[arg-type]  # each is one of them


def test_plans_and_files_are_not_mixed(files: list[Path], folder: Path) -> None:
    for mixed in ([PLAN, files[0]], [folder, files[0]], [folder, folder]):
        with pytest.raises(SourceError, match="all plans or all files"):
            find_source(mixed)
    with pytest.raises(StoreError, match="alone"):
        find_source([files[0], "http://host/"])
    with pytest.raises(BadParameterError, match="empty"):
        find_source([])


def test_files_of_every_form_are_read_with_their_named_graphs(files: list[Path]) -> None:
    with open_(files) as opened:
        assert names(opened) == ["urn:x:g", "urn:x:h", "urn:x:i"]
        found = ask_sparql(opened.store, "SELECT ?s WHERE { ?s <urn:x:in> ?o } ORDER BY ?s", ["text/csv"]).body.decode()
        words = ["jsonld", "nameless", "nquads", "ntriples", "rdfxml", "trig", "turtle"]
        assert found.split() == ["s", *(f"urn:x:{word}" for word in words)]


def test_blank_nodes_are_shared_within_a_file_and_not_between_files(files: list[Path]) -> None:
    with open_(files) as opened:
        shared = "SELECT ?a WHERE { GRAPH ?g { <urn:x:trig> <urn:x:in> ?a } <urn:x:nameless> <urn:x:in> ?a }"
        assert len(opened.store.select(shared).rows) == 1
        assert not opened.store.ask("ASK { <urn:x:ntriples> <urn:x:in> ?a . <urn:x:trig> <urn:x:in> ?a }")


def test_every_kind_of_source_holds_the_same(dump: Path, folder: Path) -> None:
    built = build_dataset(find_plans([PLAN]), KNOWLEDGE).graphs
    with serve_akegraph() as url:
        for source in (PLAN, dump, folder, url):
            with open_(source) as opened:
                copied = dump_graphs(opened.store)
                assert set(copied) == set(built)
                # Oxigraph writes numbers and dates in canonical form: the plan has no other.
                plan = graph_name("plan", PLAN)
                assert set(copied[plan]) == set(built[plan])
                if source in (PLAN, dump):
                    held = opened.copy_graphs()
                    assert all(isomorphic(held[name], graph) for name, graph in built.items())


def test_every_kind_of_source_is_validated_and_explained_alike(dump: Path, folder: Path) -> None:
    with open_(PLAN) as opened:
        wanted = {(finding.code, finding.focus) for finding in opened.validate().findings}
        reasons = opened.explain(TRIPLE, "fi")
    assert len(wanted) > 10
    assert [reason.place and reason.place.row for reason in reasons] == [8]
    for source in (dump, folder):
        with open_(source) as opened:
            assert {(finding.code, finding.focus) for finding in opened.validate(PLAN).findings} == wanted
            assert opened.explain(TRIPLE, "fi") == reasons
    with open_(folder) as opened:
        places = [place for finding in opened.validate().findings for place in finding.places]
    assert places
    assert not [place for place in places if place.file or place.line or not place.page]


def test_what_is_inferred_is_no_reason_of_itself(dump: Path) -> None:
    with open_(dump) as opened:
        ways = opened.explain("akeid:activity/uvcd5635 ake:leadsTo akeid:goal/okm-2026-2", "fi")
        assert all(way.rule is not None for way in ways)
        with pytest.raises(UnknownResourceError):
            opened.explain("akeid:activity/uvcd5635 ake:leadsTo akeid:goal/okm-2026-1", "fi")


def test_nameless_triples_are_copied_once(tmp_path: Path) -> None:
    path = tmp_path / "both.nq"
    path.write_text("<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:c> <urn:p> <urn:d> .\n")
    with open_(path) as opened:
        graphs = dump_graphs(opened.store)
    assert {name: len(graph) for name, graph in graphs.items()} == {URIRef("urn:g"): 1, None: 1}


def test_a_plan_of_foreign_data_is_copied_from_the_graph_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.trig"
    path.write_text(f"<urn:g> {{ <urn:plan> a <{AKE_NS}Plan> . }} <urn:h> {{ <urn:x> <urn:x> <urn:x> }}")
    with open_(path) as opened:
        assert isomorphic(opened.copy_plan(URIRef("urn:plan")), Graph().parse(data=f"<urn:plan> a <{AKE_NS}Plan> ."))


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("no-such-plan", UnknownResourceError),
        ("missing.ttl", GraphSyntaxError),
        (Path(__file__).parent, SourceError),
        (Path(__file__), GraphSyntaxError),
        ("ftp://host/x", StoreError),
        ("http://127.0.0.1:9/sparql", RemoteStoreError),
    ],
)
def test_what_cannot_be_opened_is_a_typed_error(source: str | Path, error: type[AkegraphError]) -> None:
    with pytest.raises(error):
        open_(source)


def test_a_store_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no store"):
        open_(store=tmp_path)
    with pytest.raises(GraphSyntaxError, match="is a URL"):
        open_(data=["http://host/data.ttl"])


def test_a_remote_context_is_not_fetched(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonld"
    path.write_text('{"@context": "http://127.0.0.1:9/context", "@id": "urn:x"}')
    with pytest.raises(GraphSyntaxError, match="not fetched"):
        open_(path)
