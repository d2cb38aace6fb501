"""Writing files so that bad input or a power cut never costs what was there before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from akegraph.errors import FileExistsRefusedError, OutputError


def write_file(path: Path, content: bytes, *, force: bool = False) -> bool:
    """Write ``content`` to ``path`` whole or not at all: temporary name, fsync, rename.

    :param force: replace a file that is there already
    :returns: False if the file was there with the same bytes, so nothing was done
    :raises FileExistsRefusedError: if the file is there, differs and ``force`` is not set
    :raises OutputError: if the folder is missing or may not be written
    """
    return write_files([(path, content, force)])[0]


def write_files(files: Sequence[tuple[Path, bytes, bool]]) -> list[bool]:
    """Write files that belong together: none is renamed into place before all are whole on the disk.

    :param files: path, content, and whether a file that is there may be replaced
    :returns: for each whether it was written, as :func:`write_file` does
    :raises FileExistsRefusedError, OutputError: before any of the files has changed
    """
    waiting: list[tuple[Path, Path]] = []
    done: list[bool] = []
    path = Path()
    try:
        for path, content, force in files:
            done.append(_differs(path, content, force=force))
            if done[-1]:
                waiting.append((_write_temporary(path, content), path))
        for temporary, path in waiting:
            temporary.replace(path)
        for folder in {path.parent for _, path in waiting}:
            _sync_folder(folder)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
    return done


def _differs(path: Path, content: bytes, *, force: bool) -> bool:
    """Tell whether there is anything to write; refuse to replace what is there, and ever a folder or a device."""
    if not path.exists():
        return True
    if path.is_file() and path.read_bytes() == content:
        return False
    if not path.is_file():
        raise OutputError(f"{path}: is no file; give the name of one")
    if not force:
        raise FileExistsRefusedError(str(path))
    return True


def _write_temporary(path: Path, content: bytes) -> Path:
    """Write beside ``path``, through to the disk, with the rights the file has or a new one gets."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync_folder(folder: Path) -> None:
    """Make the rename last; a no-op where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
