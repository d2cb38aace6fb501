"""What names the data that a store holds: the same for the same data, another for others, none where it cannot tell."""

from __future__ import annotations

from akegraph.settings import Settings
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.workers import WorkerPool

ONE, TWO = b"<a:s> <a:p> <a:o> <a:g> .\n", b"<a:s> <a:p> <a:o2> <a:g> .\n"


def test_same_data_same_version() -> None:
    assert EmbeddedStore(ONE).version == EmbeddedStore(ONE).version is not None
    assert EmbeddedStore(ONE).version != EmbeddedStore(TWO).version


def test_loading_more_changes_it() -> None:
    store, other = EmbeddedStore(ONE), EmbeddedStore(ONE)
    versions = {store.version}
    store.load(TWO)
    versions.add(store.version)
    other.load(TWO[:-8] + b".\n", "a:h")
    versions.add(other.version)
    assert len(versions) == 3
    assert store.version != EmbeddedStore(TWO).version


def test_after_an_update_nobody_knows() -> None:
    store = EmbeddedStore(ONE)
    store.update("INSERT DATA { GRAPH <a:g> { <a:x> <a:p> <a:o> } }")
    assert store.version is None
    store.load(TWO)
    assert store.version is None
    assert EmbeddedStore().version is None


def test_a_pool_names_its_data() -> None:
    with WorkerPool(ONE, Settings()) as pool, WorkerPool(ONE, Settings()) as same, WorkerPool(TWO, Settings()) as other:
        assert pool.version == same.version is not None
        assert pool.version != other.version
