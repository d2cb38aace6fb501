"""A store on disk served by workers, loaded meanwhile, backed up and put back; and everything that may be wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph
from web_site import make_site

from akegraph.errors import (
    AkegraphError,
    EngineError,
    FileExistsRefusedError,
    GraphSyntaxError,
    OutputError,
    QueryTimeoutError,
    StoreError,
)
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.store import wire
from akegraph.store.backups import SUMS, back_up, restore
from akegraph.store.filling import Part, fill_folder
from akegraph.store.folder_pool import FolderPool
from akegraph.store.folders import Pinned, copy_store, lock_folder
from akegraph.store.process import WorkerProcess
from akegraph.store.snapshots import read_quads

ONE = Settings(workers=1, timeout=5.0)
QUADS = b'<urn:a> <urn:p> "1" <urn:g> .\n<urn:b> <urn:p> "2" <urn:h> .\n<urn:c> <urn:p> "3" .\n'
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def ignore(*_: object) -> None:
    pass


def fill(folder: Path, quads: bytes = QUADS) -> Path:
    fill_folder(folder, [Part(quads, "nquads", "quads")], ignore)
    return folder


def count(folder: Path) -> int:
    with FolderPool(folder, ONE) as store:
        return int(store.select(COUNT).rows[0]["n"].value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "store")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir())


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_every_question_has_the_same_answer_as_in_memory(name: str, plans: FolderPool) -> None:
    question = load_queries()[name]
    text = question.bind({key: p.example for key, p in question.parameters.items() if p.required and p.example})
    assert plans.query(text).body == make_site().store.query(text).body


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("plans") / "store"
    fill_folder(folder, [Part(make_site().trig, "trig", "plans")], ignore)
    with FolderPool(folder, Settings(workers=2)) as store:
        yield store


def test_a_triple_that_two_graphs_hold_is_one(tmp_path: Path) -> None:
    shared = fill(tmp_path / "store", QUADS + b'<urn:a> <urn:p> "1" <urn:h> .\n')
    before = contents(shared)
    assert count(shared) == 3
    assert contents(shared) == before


def test_what_is_loaded_meanwhile_is_seen_by_who_opens_it_then(folder: Path) -> None:
    with FolderPool(folder, ONE) as store:
        assert len(store.select("SELECT * { ?s ?p ?o }").rows) == 3
        version = store.version
        fill(folder, b"<urn:d> <urn:p> <urn:o> <urn:new> .\n")
        store._running.clear()
        for worker in list(store._members):
            worker.kill()  # one that replaces it sees what the first one saw
        assert len(store.select("SELECT * { ?s ?p ?o }").rows) == 3
        assert (store.version, beside(folder)[-1]) == (version, "store")
    assert beside(folder) == ["store"]
    with FolderPool(folder, ONE) as store:
        assert len(store.select("SELECT * { ?s ?p ?o }").rows) == 4
        assert store.version != version


def test_a_graph_takes_the_place_of_its_namesake_and_others_stay(folder: Path) -> None:
    fill(folder, b"<urn:x> <urn:p> <urn:y> <urn:g> .\n<urn:x> <urn:p> <urn:z> <urn:g> .\n")
    assert sorted(read_quads(folder).splitlines()) == [
        b'<urn:b> <urn:p> "2" <urn:h> .',
        b'<urn:c> <urn:p> "3" .',
        b"<urn:x> <urn:p> <urn:y> <urn:g> .",
        b"<urn:x> <urn:p> <urn:z> <urn:g> .",
    ]


def test_what_does_not_parse_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(GraphSyntaxError, match="line 2"):
        fill(folder, b"<urn:x> <urn:p> <urn:y> <urn:g> .\n<urn:x> nonsense\n")
    assert contents(folder) == before
    assert beside(folder) == ["store"]


def test_the_limits_hold(folder: Path) -> None:
    fill(folder, b"".join(b"<urn:%d> <urn:p> <urn:%d> <urn:many> .\n" % (n, n) for n in range(1000)))
    with FolderPool(folder, Settings(workers=1, timeout=0.5)) as store:
        store.ask("ASK {}")
        began = time.monotonic()
        with pytest.raises(QueryTimeoutError):
            store.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }")
        assert time.monotonic() - began < 1.6
        assert store.ask("ASK { ?s ?p ?o }")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux refuses sockets to a worker over a folder")
def test_a_worker_over_a_folder_cannot_call_out(folder: Path) -> None:
    worker = WorkerProcess()
    try:
        worker.start(wire.Setup(1 << 30, 5.0, 1 << 20, 1000, {}, str(folder)), b"")
        text = "SELECT * { SERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }"
        response = worker.ask(wire.encode(wire.Request(text, None, [], [], False)), 1 << 20)
        with pytest.raises(EngineError, match=r"(?i)permission denied"):
            wire.decode_response(response)
    finally:
        worker.dispose()


def test_a_copy_holds_what_is_in_no_table_yet(tmp_path: Path) -> None:
    store = Oxigraph(str(tmp_path / "store"))
    store.load(QUADS, RdfFormat.N_QUADS)
    (tmp_path / "copy").mkdir()
    copy_store(tmp_path / "store", tmp_path / "copy")
    assert len(Oxigraph.read_only(str(tmp_path / "copy"))) == 3
    assert len(store) == 3


def test_copies_left_by_killed_processes_are_swept(folder: Path) -> None:
    script = "import os,sys; from pathlib import Path; from akegraph.store.folders import Pinned;"
    script += "Pinned(Path(sys.argv[1])); os._exit(9)"
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=Path(__file__).parents[1], timeout=30)
    assert len(beside(folder)) == 2
    first = Pinned(folder)
    second = Pinned(folder)
    assert len(beside(folder)) == 3
    first.close()
    second.close()
    assert beside(folder) == ["store"]


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_a_store_that_is_open_elsewhere_is_served_but_not_replaced(folder: Path) -> None:
    script = (
        "import sys; from pyoxigraph import Store; s = Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    run = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert count(folder) == 3
        with pytest.raises(StoreError, match="open for writing in another process"):
            fill(folder)
        back_up(folder, folder.with_name("backup"), ignore, force=False)
        with pytest.raises(StoreError, match="open for writing"):
            restore(folder.with_name("backup"), folder, ignore, force=True)
        assert count(folder) == 3
        writer.communicate()
    with lock_folder(folder):
        pass


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda folder: (folder / "CURRENT").write_text("junk"), "cannot be opened"),
        (lambda folder: next(folder.glob("MANIFEST*")).write_bytes(b"\0" * 500), "cannot be opened"),
        (lambda folder: max(folder.glob("*.sst"), key=lambda path: path.stat().st_size).unlink(), "cannot be opened"),
        (lambda folder: [os.truncate(path, 200) for path in folder.glob("*.sst")], "cannot be opened|is broken"),
    ],
)
def test_a_broken_store_is_refused_at_the_start_and_left_as_it_is(folder: Path, harm: object, words: str) -> None:
    harm(folder)  # type: ignore[operator]
    before = contents(folder)
    with pytest.raises(StoreError, match=words) as caught:
        FolderPool(folder, ONE)
    assert caught.value.exit_code == 3
    assert contents(folder) == before
    assert beside(folder) == ["store"]


def test_a_missing_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no folder"):
        FolderPool(tmp_path / "none", ONE)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_put_back_whole(folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert back_up(folder, backup, ignore, force=False) > 0
    fill(folder, b"<urn:x> <urn:p> <urn:y> <urn:g> .\n")
    with pytest.raises(FileExistsRefusedError):
        back_up(folder, backup, ignore, force=False)
    with pytest.raises(FileExistsRefusedError):
        restore(backup, folder, ignore, force=False)
    restore(backup, folder, ignore, force=True)
    restore(backup, tmp_path / "other", ignore, force=False)
    for place in (folder, tmp_path / "other"):
        assert sorted(read_quads(place).splitlines()) == sorted(QUADS.splitlines())
    assert beside(folder) == ["backup", "other", "store"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda backup: (backup / SUMS).unlink(), "is no backup"),
        (lambda backup: (backup / SUMS).write_text("x"), "is broken"),
        (lambda backup: (backup / SUMS).write_text(f"{'0' * 64}  ../../CURRENT\n"), "is broken"),
        (lambda backup: next(backup.glob("*.sst")).unlink(), "is missing"),
        (lambda backup: (backup / "more.sst").write_bytes(b""), "not in"),
        (lambda backup: next(backup.glob("*.sst")).write_bytes(b"x"), "not what it was"),
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(folder: Path, tmp_path: Path, harm: object, words: str) -> None:
    backup = tmp_path / "backup"
    back_up(folder, backup, ignore, force=False)
    harm(backup)  # type: ignore[operator]
    before = contents(folder)
    with pytest.raises(StoreError, match=words):
        restore(backup, folder, ignore, force=True)
    assert contents(folder) == before
    assert beside(folder) == ["backup", "store"]


def test_nothing_else_is_ever_replaced(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "letters"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    attempts = (
        lambda: fill(other),
        lambda: back_up(folder, other, ignore, force=True),
        lambda: back_up(folder, folder, ignore, force=True),
    )
    for attempt in attempts:
        with pytest.raises((OutputError, AkegraphError)):
            attempt()
    assert contents(other) == {"mine.txt": b"mine"}
