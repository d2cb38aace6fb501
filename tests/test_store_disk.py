"""A store on disk: read as it is, never written to, and refused in plain words where it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from akegraph.errors import QueryRefusedError, StoreError
from akegraph.store.disk import DiskStore, is_store_folder

DATA = b'<urn:a> <urn:p> "1" <urn:g> .\n<urn:b> <urn:p> "2" <urn:h> .\n<urn:c> <urn:p> "3" .\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Oxigraph(str(tmp_path))
    store.load(DATA, RdfFormat.N_QUADS)
    store.flush()
    del store
    return tmp_path


def test_its_default_graph_is_the_union(folder: Path) -> None:
    with DiskStore(folder) as store:
        found = store.select("SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s")
        assert [row["s"].value for row in found.rows] == ["urn:a", "urn:b", "urn:c"]
        assert store.query("ASK { <urn:b> ?p ?o }", default_graphs=["urn:g"]).body == b'{"head":{},"boolean":false}'


def test_nothing_is_written(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with DiskStore(folder) as store, pytest.raises(QueryRefusedError):
        store.query("INSERT DATA { <urn:x> <urn:x> <urn:x> }")
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.name in before}
    assert after == before


def test_a_store_that_is_written_to_elsewhere_is_read_as_it_was(folder: Path) -> None:
    writer = Oxigraph(str(folder))
    with DiskStore(folder) as store:
        writer.load(b"<urn:d> <urn:p> <urn:o> .", RdfFormat.N_QUADS)
        assert len(store.select("SELECT ?s WHERE { ?s ?p ?o }").rows) == 3


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no folder"):
        DiskStore(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert not is_store_folder(tmp_path)
    with pytest.raises(StoreError, match="holds no store of Oxigraph"):
        DiskStore(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_broken_store_is_refused_and_left_as_it_is(folder: Path) -> None:
    (folder / "CURRENT").write_text("junk")
    with pytest.raises(StoreError, match="cannot be opened"):
        DiskStore(folder)
    assert (folder / "CURRENT").read_text() == "junk"
    assert StoreError.exit_code == 3
