"""Writing: whole or not at all, and never over what is there unless told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from akegraph.errors import FileExistsRefusedError, OutputError
from akegraph.files import write_file, write_files


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
    with pytest.raises(OutputError, match="no file"):
        write_file(tmp_path, b"", force=True)


def test_files_that_belong_together_are_written_all_or_none(tmp_path: Path) -> None:
    one, other = tmp_path / "rows.csv", tmp_path / "gone" / "review.toml"
    with pytest.raises(OutputError, match="gone"):
        write_files([(one, b"1", False), (other, b"2", False)])
    assert list(tmp_path.iterdir()) == []
    two = tmp_path / "review.toml"
    two.write_bytes(b"old")
    with pytest.raises(FileExistsRefusedError):
        write_files([(one, b"1", False), (two, b"2", False)])
    assert not one.exists()
    assert write_files([(one, b"1", False), (two, b"2", True)]) == [True, True]
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
