"""``plan.toml`` and ``sources.toml``: a source is never edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from akegraph.errors import SourceError
from akegraph.resources import resource
from akegraph.table.plan import read_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in resource("data", "source").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_an_edited_source_is_refused(folder: Path) -> None:
    document = read_documents(folder / "sources.toml")["akepike-vuosisuunnitelma-2026"]
    source = folder / document.file
    source.write_bytes(source.read_bytes().replace(b"Pikeboksit", b"Pikeboksi"))
    with pytest.raises(SourceError, match="never edited"):
        read_documents(folder / "sources.toml")


def test_a_missing_source_is_refused(folder: Path) -> None:
    next(folder.glob("*.txt")).unlink()
    with pytest.raises(SourceError, match="missing"):
        read_documents(folder / "sources.toml")


def test_two_documents_with_one_id_are_refused(folder: Path) -> None:
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[document]]") :], encoding="utf-8")
    with pytest.raises(SourceError, match="two documents"):
        read_documents(path)
