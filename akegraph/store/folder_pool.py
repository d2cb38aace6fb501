"""A store on disk over worker processes: killable, limited, and the same for each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad
from pyoxigraph import Store as Oxigraph

from akegraph.errors import StoreError
from akegraph.settings import Settings
from akegraph.store.embedded import IS_SHARED
from akegraph.store.folders import TABLES, Pinned, list_stored, open_read_only
from akegraph.store.workers import WorkerPool

_NOTE = "akegraph.json"
"""Beside the store's own files: what a load found out about it, and of which state of the files that was true."""
_TRIED = 10_000


class FolderPool(WorkerPool):
    """A store on disk over worker processes, each of which reads the same pinned copy of one moment.

    The limits are those of :class:`WorkerPool`; see ``confinement`` for the files.

    :param path: the folder of the store
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    :raises StoreError: if it is no store, or one that cannot be read; nothing is changed then
    """

    def __init__(self, path: Path, settings: Settings, prefixes: Mapping[str, str] | None = None) -> None:
        self._pinned = Pinned(path)
        try:
            version = _digest(self._pinned.path)
            merged = _make_merged(self._pinned, path)
        except BaseException:
            self._pinned.close()
            raise
        super().__init__(b"", settings, prefixes)
        # Where others may write to what is read here, nothing can be said of how long an answer holds.
        self.version = version if self._pinned.is_own else None
        self._setup = replace(self._setup, folder=str(self._pinned.path), merged=merged)

    def close(self) -> None:
        """End the workers, and give the copy back."""
        super().close()
        self._pinned.close()


def write_note(folder: Path) -> None:
    """Note of a folder that was just made whether its graphs share triples: whoever serves it need not look.

    :raises StoreError: if it cannot be read
    """
    note = {"shared": _is_shared(open_read_only(folder), folder), "state": _digest(folder)}
    (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")


def _make_merged(pinned: Pinned, path: Path) -> bool:
    """Put the merge of all graphs into the copy where their union would hold triples twice; say whether it is there."""
    noted = _read_note(pinned.path)
    try:
        store = open_read_only(pinned.path)
    except StoreError as error:  # the copy is ours: whoever reads this knows the folder
        raise StoreError(str(error).replace(str(pinned.path), str(path))) from error
    _try_reading(store, path)
    shared = _is_shared(store, path) if noted is None else noted
    del store
    if not shared or not pinned.is_own:
        return False
    try:
        store = Oxigraph(str(pinned.path))
        store.bulk_extend(
            Quad(quad.subject, quad.predicate, quad.object)
            for quad in store.quads_for_pattern(None, None, None)
            if not isinstance(quad.graph_name, DefaultGraph)
        )
        store.flush()
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error
    return True


def _try_reading(store: Oxigraph, path: Path) -> None:
    """Read a few triples: a store that opens may still be broken.

    :raises StoreError: if it is
    """
    try:
        for _ in islice(store.quads_for_pattern(None, None, None), _TRIED):
            pass
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error


def _is_shared(store: Oxigraph, path: Path) -> bool:
    try:
        return bool(store.query(IS_SHARED))
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path}: is broken, restore a backup: {error}")


def _digest(folder: Path) -> str:
    """Name what a folder holds: its tables by name and size, what says of them and what is not in one by content."""
    state = hashlib.sha256()
    for file in list_stored(folder):
        if file.name == _NOTE or file.name.startswith(("OPTIONS", "IDENTITY")):
            continue
        state.update(f"{file.name} {file.stat().st_size}\n".encode())
        if file.suffix not in TABLES:
            state.update(file.read_bytes())
    return state.hexdigest()


def _read_note(folder: Path) -> bool | None:
    """Return whether the graphs share triples, or None if nobody noted it of the store as it is now."""
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        return bool(note["shared"]) if note["state"] == _digest(folder) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
