"""A store on disk: a folder that Oxigraph keeps, read as it was when it was opened.

Like :mod:`~akegraph.store.embedded` it evaluates in this process, without limits of time and memory. Nothing is ever
written to the folder, so a server or a load that writes to it at the same time is not disturbed, and not seen either.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import Store as Oxigraph

from akegraph.errors import StoreError
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.guard import DEFAULT_LIMITS, Limits

_MARK = "CURRENT"
"""The file by which a folder is known to be a store."""


def is_store_folder(path: Path) -> bool:
    """Tell whether a folder looks like one that Oxigraph keeps."""
    return (path / _MARK).is_file()


class DiskStore(EmbeddedStore):
    """Named graphs in a folder.

    :param path: the folder; it is not made if it is missing
    :param prefixes: prefix → namespace IRI for Turtle and RDF/XML
    :param result_size: bytes of one answer, where there is to be a limit
    :raises StoreError: if it is no store, or one that cannot be read; nothing is changed then
    """

    def __init__(
        self,
        path: Path,
        prefixes: Mapping[str, str] | None = None,
        *,
        limits: Limits = DEFAULT_LIMITS,
        result_size: int | None = None,
    ) -> None:
        super().__init__(b"", prefixes, limits=limits, result_size=result_size)
        if not path.is_dir():
            raise StoreError(f"{path}: is no folder; a store is a folder that Oxigraph keeps")
        if not is_store_folder(path):
            raise StoreError(f"{path}: holds no store of Oxigraph (it has no file {_MARK})")
        try:
            self._store = Oxigraph.read_only(str(path))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"{path}: cannot be opened as a store of Oxigraph: {error}") from error
