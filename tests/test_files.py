"""Writing: whole or not at all, and never over what is there unless told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from akegraph.errors import FileExistsRefusedError, OutputError
from akegraph.files import write_file


def test_writes_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    assert write_file(tmp_path / "a.csv", b"one")
    assert (tmp_path / "a.csv").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_refuses_to_replace_without_force(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with pytest.raises(FileExistsRefusedError, match="--force"):
        write_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert write_file(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_the_same_bytes_need_no_force(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"same")
    before = target.stat().st_mtime_ns
    assert not write_file(target, b"same")
    assert target.stat().st_mtime_ns == before


def test_a_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_file(target, b"new", force=True)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"gone.*cannot be written"):
        write_file(tmp_path / "gone" / "a.csv", b"")


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileExistsRefusedError):
        write_file(tmp_path, b"", force=True)
