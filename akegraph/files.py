"""Writing files so that bad input or a power cut never costs what was there before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from akegraph.errors import FileExistsRefusedError, OutputError


def write_file(path: Path, content: bytes, *, force: bool = False) -> bool:
    """Write ``content`` to ``path`` whole or not at all: temporary name, fsync, rename.

    :param force: replace a file that is there already
    :returns: False if the file was there with the same bytes, so nothing was done
    :raises FileExistsRefusedError: if the file is there, differs and ``force`` is not set
    :raises OutputError: if the folder is missing or may not be written
    """
    try:
        if path.exists():
            if path.is_file() and path.read_bytes() == content:
                return False
            if not force or not path.is_file():
                raise FileExistsRefusedError(str(path))
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    return True


def _sync_folder(folder: Path) -> None:
    """Make the rename last; a no-op where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
