"""A store's folder ⇄ a copy with the checksum of every file, whole or not at all.

The copy holds the files of the store and ``SHA256SUMS``, which ``sha256sum -c`` reads too.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from akegraph.errors import FileExistsRefusedError, OutputError, StoreError
from akegraph.store.folders import MARK, Pinned, is_store_folder, list_stored, open_read_only, replacing

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._-]+)")
_CHUNK = 1 << 20

Told = Callable[[str, int], object]
"""Is told of each file copied: its name and its bytes."""


def back_up(folder: Path, target: Path, told: Told, *, force: bool) -> int:
    """Copy a store as it is at one moment into a folder of its own; return the bytes copied.

    The store may be served or loaded meanwhile.

    :param force: replace a backup that is there already
    :raises StoreError: if there is no store, or a broken one
    :raises FileExistsRefusedError, OutputError: if the target cannot be taken; nothing has changed then
    """
    if target.exists() and not force and any(target.iterdir() if target.is_dir() else [target]):
        raise FileExistsRefusedError(str(target))
    if target.resolve() == folder.resolve():
        raise OutputError(f"{target}: is the store itself; a backup needs a folder of its own")
    pinned = Pinned(folder)
    try:
        open_read_only(pinned.path)
        with replacing(target, force=force) as made:
            sums = {path.name: _copy(path, made / path.name, told) for path in list_stored(pinned.path)}
            lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
            (made / SUMS).write_text(lines, encoding="ascii")
            size = sum(path.stat().st_size for path in made.iterdir())
    finally:
        pinned.close()
    return size


def restore(backup: Path, folder: Path, told: Told, *, force: bool) -> int:
    """Put a backup in the place of a store; return the bytes copied. What is there stays until the new one is whole.

    :param force: replace a store that is there already
    :raises StoreError: if the backup is none, is not whole, or has changed since it was made
    :raises FileExistsRefusedError, OutputError: if the folder cannot be taken; nothing has changed then
    """
    sums = _read_sums(backup)
    with replacing(folder, force=force) as made:
        for name, wanted in sums.items():
            try:
                digest = _copy(backup / name, made / name, told)
            except FileNotFoundError as error:
                raise StoreError(f"{backup}: {name} is missing; nothing was restored") from error
            if digest != wanted:
                raise StoreError(f"{backup}: {name} is not what it was when the backup was made; nothing was restored")
        open_read_only(made)
        return sum(path.stat().st_size for path in made.iterdir())


def _read_sums(backup: Path) -> dict[str, str]:
    try:
        lines = (backup / SUMS).read_text(encoding="ascii").splitlines()
    except FileNotFoundError as error:
        hint = "; it is a store itself" if is_store_folder(backup) else ""
        raise StoreError(f"{backup}: is no backup, it has no file {SUMS}{hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{backup}: {SUMS} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found = [_LINE.fullmatch(line) for line in lines]
    sums = {one[2]: one[1] for one in found if one}
    if None in found or MARK not in sums or SUMS in sums:
        raise StoreError(f"{backup}: {SUMS} is broken; nothing was restored")
    unknown = {path.name for path in list_stored(backup)} - sums.keys() - {SUMS}
    if unknown:
        raise StoreError(f"{backup}: {min(unknown)} is not in {SUMS}; nothing was restored")
    return sums


def _copy(source: Path, target: Path, told: Told) -> str:
    """Copy a file through to the disk; return the SHA-256 of what was read."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as written:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
            size += len(chunk)
        written.flush()
        os.fsync(written.fileno())
    shutil.copymode(source, target)
    told(source.name, size)
    return digest.hexdigest()
