"""A folder → quads: what a store on disk holds at one moment, to be asked elsewhere."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from akegraph.errors import StoreError
from akegraph.store.disk import DiskStore


def read_quads(folder: Path) -> bytes:
    """Read all that a store on disk holds, as N-Quads.

    :raises StoreError: if the folder is no store, or one that cannot be read; nothing is changed then
    """
    with DiskStore(folder) as store:
        inner: Oxigraph = store._store  # a part of this package, which has no other way to all quads
        try:
            return inner.dump(format=RdfFormat.N_QUADS) or b""
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"{folder}: cannot be read as a store of Oxigraph: {error}") from error
