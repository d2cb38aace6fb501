"""Folders of a store as a whole: whether one is there, whether it is written to, a copy of one moment, an exchange.

What Oxigraph keeps is RocksDB's: sorted tables that are never changed once written, a manifest that names them, and a
log of what is not yet in a table. So a copy can share the tables by hard links; the manifest and the log are copied.
Oxigraph's own ``backup`` of a store opened for reading leaves the log out, and with it the latest triples.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Store as Oxigraph

from akegraph.errors import FileExistsRefusedError, OutputError, StoreError

MARK = "CURRENT"
"""The file by which a folder is known to be a store."""

_LOCK, _OWNER = "LOCK", "akegraph-owner"
# Not part of what is stored: the lock, and the words RocksDB writes for people.
_APART = ("LOCK", "LOG", _OWNER)
TABLES = (".sst", ".blob")
"""How the names of files end that are never changed once written."""
_ATTEMPTS, _PAUSE = 20, 0.1
_EXCHANGE, _HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of Linux

Copy = Callable[[Path, Path], object]


def is_store_folder(path: Path) -> bool:
    """Tell whether a folder looks like one that Oxigraph keeps."""
    return (path / MARK).is_file()


def check_folder(path: Path) -> None:
    """Refuse what is no folder of a store; nothing is opened or made.

    :raises StoreError: if it is missing or something else
    """
    try:
        if not path.is_dir():
            raise StoreError(f"{path}: is no folder; a store is a folder that Oxigraph keeps")
        if not is_store_folder(path):
            raise StoreError(f"{path}: holds no store of Oxigraph (it has no file {MARK})")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error


def open_read_only(path: Path) -> Oxigraph:
    """Open a store as it is at this moment, without writing to it.

    :raises StoreError: if it is no store, or one that cannot be read; nothing is changed then
    """
    check_folder(path)
    try:
        return Oxigraph.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"{path}: cannot be opened as a store of Oxigraph: {error}") from error


def list_stored(folder: Path) -> list[Path]:
    """List the files that make up a store, in order of their names."""
    found = sorted(path for path in folder.iterdir() if path.is_file())
    return [path for path in found if path.name not in _APART and not path.name.startswith("LOG.old")]


@contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Keep others from writing to a store, and from opening it for that.

    :raises StoreError: if somebody else has it open for writing
    """
    if sys.platform == "win32" or not (path / _LOCK).is_file():
        yield
        return
    import fcntl

    try:
        with (path / _LOCK).open("r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the lock that RocksDB itself takes
            yield
    except BlockingIOError as error:
        raise StoreError(f"{path}: is open for writing in another process; stop that one first") from error
    except PermissionError as error:
        raise StoreError(f"{path}: may not be written to: {error.strerror}") from error


def copy_store(source: Path, target: Path, copy: Copy = os.link) -> None:
    """Copy the files of a store as they are at one moment into a folder that is there and empty.

    :param copy: how a table is copied; by default it is shared
    :raises StoreError: if it is written to all the time, or the copy cannot be opened
    :raises OSError: if a file cannot be copied so
    """
    check_folder(source)
    for _ in range(_ATTEMPTS):
        try:
            before = _moment(source)
            for path in list_stored(source):
                if path.suffix in TABLES:
                    if not (target / path.name).exists():
                        copy(path, target / path.name)
                else:
                    shutil.copyfile(path, target / path.name)
        except FileNotFoundError:  # a table that was replaced by others meanwhile
            before = None
        if before is not None and before == _moment(source):
            _forget_replaced(source, target)
            del before
            open_read_only(target)
            return
        time.sleep(_PAUSE)
    raise StoreError(f"{source}: is written to all the time; a copy of one moment could not be made")


def _moment(folder: Path) -> list[tuple[str, int, int]]:
    """Describe the files as they are: two descriptions that are equal saw the same store."""
    return [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in list_stored(folder)]


def _forget_replaced(source: Path, target: Path) -> None:
    """Remove from a copy what an earlier attempt copied and the store has no more."""
    for path in list_stored(target):
        if not (source / path.name).exists():
            path.unlink()


class Pinned:
    """A store as it was at one moment, kept for as long as it is asked, whatever is written to its folder.

    It is a folder beside the store's own that shares its tables; where none can be made, the store's own is used, and
    then whoever asks may meet what was written later.

    :ivar path: the folder to open
    :raises StoreError: if there is no store
    """

    def __init__(self, folder: Path) -> None:
        check_folder(folder)
        folder = folder.resolve()
        self.path, self._own = folder, False
        self._owner: int | None = None
        _sweep(folder)
        try:
            made = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
        except OSError:
            return
        try:
            self._owner = _own(made)
            copy_store(folder, made)
        except OSError:  # another file system, or one without hard links
            self._remove(made)
        except StoreError as error:  # the copy is ours: whoever reads this knows the folder
            self._remove(made)
            raise StoreError(str(error).replace(str(made), str(folder))) from error
        except BaseException:
            self._remove(made)
            raise
        else:
            self.path, self._own = made, True

    @property
    def is_own(self) -> bool:
        """Whether the folder is a copy that nobody else uses."""
        return self._own

    def close(self) -> None:
        """Give the copy back; the store itself is left as it is."""
        if self._own:
            self._own = False
            self._remove(self.path)

    def _remove(self, made: Path) -> None:
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None
        shutil.rmtree(made, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f".{folder.name}.served-"


def _own(made: Path) -> int | None:
    """Mark a copy as used, for as long as this process lives."""
    handle = os.open(made / _OWNER, os.O_CREAT | os.O_RDWR, 0o600)
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _sweep(folder: Path) -> None:
    """Remove copies whose process was killed before it could."""
    if sys.platform == "win32":
        return
    import fcntl

    for left in folder.parent.glob(f"{_prefix(folder)}*"):
        with contextlib.suppress(OSError), (left / _OWNER).open("r+b") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def replacing(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give an empty folder to fill; at the end it takes the place of ``folder`` at once, through to the disk.

    What was there before is kept until then, and if anything is raised.

    :param force: replace a store that is there already
    :raises FileExistsRefusedError: if it is there and ``force`` is not set
    :raises OutputError: if it is no store, or the folder beside it may not be written to
    :raises StoreError: if another process writes to it
    """
    there = folder.exists()
    if there and not (is_store_folder(folder) or (folder.is_dir() and not any(folder.iterdir()))):
        raise OutputError(f"{folder}: is there and is no store; give the name of another folder")
    if there and not force and is_store_folder(folder):
        raise FileExistsRefusedError(str(folder))
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.resolve().parent))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    try:
        with lock_folder(folder) if there else contextlib.nullcontext():
            yield made
            try:
                made.chmod(folder.stat().st_mode & 0o777 if there else 0o755)
                sync_folder(made)
                _exchange(made, folder)
            except OSError as error:
                raise OutputError(f"{folder}: cannot be replaced: {error.strerror or error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """See that a folder and its files are on the disk; of folders, where they can be opened."""
    for path in [*(path for path in folder.iterdir() if path.is_file()), folder]:
        if os.name != "posix" and path == folder:
            return
        handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(made: Path, folder: Path) -> None:
    """Put a folder in the place of another; what was there is then where the new one was, to be removed."""
    if not folder.exists():
        made.rename(folder)
    elif not _swap(made, folder):
        aside = made.with_name(f"{made.name}.old")
        folder.rename(aside)
        try:
            made.rename(folder)
        except BaseException:
            aside.rename(folder)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    if os.name == "posix":
        handle = os.open(folder.resolve().parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    return rename is not None and rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0
