"""A store on disk: a folder that Oxigraph keeps, read as it was when it was opened.

Nothing is ever written to the folder, so a server or a load that writes to it at the same time is not disturbed, and
not seen either.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from akegraph.store.embedded import EmbeddedStore
from akegraph.store.folders import is_store_folder, open_read_only
from akegraph.store.guard import DEFAULT_LIMITS, Limits

__all__ = ["DiskStore", "is_store_folder"]


class DiskStore(EmbeddedStore):
    """Named graphs in a folder, evaluated in this process, without limits of time and memory.

    :param path: the folder; it is not made if it is missing
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    :param result_size: bytes of one answer, where there is to be a limit
    :param result_rows: rows, or triples, of one answer, likewise
    :param merged: whether its default graph holds the merge of all graphs; else it is their union, in which a triple
        that two graphs hold counts twice
    :raises StoreError: if it is no store, or one that cannot be read; nothing is changed then
    """

    def __init__(
        self,
        path: Path,
        prefixes: Mapping[str, str] | None = None,
        *,
        limits: Limits = DEFAULT_LIMITS,
        result_size: int | None = None,
        result_rows: int | None = None,
        merged: bool = False,
    ) -> None:
        super().__init__(b"", prefixes, limits=limits, result_size=result_size, result_rows=result_rows)
        self._store = open_read_only(path)
        self._merged = merged
