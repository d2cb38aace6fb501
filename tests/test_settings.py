"""Settings: read once from a file and the environment, each name and value checked, each documented."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from akegraph.errors import SettingsError
from akegraph.settings import Settings, make_table, read_settings

ROOT = Path(__file__).parents[1]
VALUES: dict[str, Any] = {
    "workers": 3, "timeout": 0.5, "memory": 512, "result_size": 1, "query_size": 10, "queue": 5, "patience": 0.2,
    "slow": 9.0, "language": "sv", "host": "::1", "port": 0, "store": "shop", "data": ("a.ttl", "b.trig"),
    "prefix": "/a/b", "proxies": 2, "client_queries": 4, "client_rate": 2.5, "client_burst": 3, "log": "json",
    "result_rows": 4, "services": ("http://a.example/sparql", "http://b.example/"), "service_timeout": 1.5, "service_size": 9,
}  # fmt: skip


def test_defaults() -> None:
    assert read_settings({}) == Settings()
    assert set(VALUES) == {field.name for field in fields(Settings)}
    assert all(value != getattr(Settings(), name) for name, value in VALUES.items())


def test_every_field_from_the_environment() -> None:
    texts = {name: str(value) for name, value in VALUES.items()}
    texts |= {"data": os.pathsep.join(VALUES["data"]), "services": " ".join(VALUES["services"])}
    assert read_settings({f"AKEGRAPH_{name.upper()}": text for name, text in texts.items()}) == Settings(**VALUES)


def write(folder: Path, text: str) -> Path:
    file = folder / "akegraph.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_field_from_a_file_and_the_environment_wins(tmp_path: Path) -> None:
    lines = [f"{name} = {list(value) if isinstance(value, tuple) else value!r}" for name, value in VALUES.items()]
    file = write(tmp_path, "\n".join(lines))
    assert read_settings({}, file) == Settings(**VALUES)
    assert read_settings({"AKEGRAPH_CONFIG": str(file)}) == Settings(**VALUES)
    mixed = read_settings({"AKEGRAPH_CONFIG": str(file), "AKEGRAPH_WORKERS": "7"})
    assert (mixed.workers, mixed.queue) == (7, 5)
    other = tmp_path / "other.toml"
    other.write_text("workers = 9\ntimeout = 3")
    assert read_settings({"AKEGRAPH_CONFIG": str(file)}, other) == Settings(workers=9, timeout=3.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [("worker = 3", "did you mean 'workers'"), ("workers = '3'", "kind of 2"), ("workers = true", "kind of 2"),
     ("timeout = nan", "above 0"), ("data = 'a.ttl'", "kind of"), ("data = [1]", "kind of"), ("[server]\nport = 1", "'server'"),
     ("workers = ", "no TOML"), ("log = 'xml'", "text, json, none")],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        read_settings({}, write(tmp_path, text))
    assert "akegraph.toml" in str(refused.value)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing\.toml: cannot be read"):
        read_settings({}, tmp_path / "missing.toml")
    (tmp_path / "akegraph.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="no TOML"):
        read_settings({}, tmp_path / "akegraph.toml")


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "two"), ("WORKERS", "-5"), ("WORKERS", "0"), ("TIMEOUT", "nan"), ("TIMEOUT", "inf"), ("TIMEOUT", "-1"),
     ("MEMORY", "1.5"), ("LANGUAGE", "de"), ("PORT", "65536"), ("PORT", "tcp://10.0.0.1:8000"), ("CLIENT_RATE", "-1"),
     ("PROXIES", "-1"), ("PREFIX", "/a b"), ("PREFIX", "//evil.example"), ("PREFIX", '/"x'), ("PREFIX", "/a/.."), ("LOG", "loud")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    if value == "//evil.example":  # read as a path of one name: no other host
        assert read_settings({"AKEGRAPH_PREFIX": value}).prefix == "/evil.example"
        return
    with pytest.raises(SettingsError, match=f"AKEGRAPH_{name}"):
        read_settings({f"AKEGRAPH_{name}": value})


def test_a_variable_is_spelled_right_or_somebody_elses() -> None:
    with pytest.raises(SettingsError, match="AKEGRAPH_WORKER: is no setting; did you mean 'AKEGRAPH_WORKERS'"):
        read_settings({"AKEGRAPH_WORKER": "3"})
    others = {"AKEGRAPH_SERVICE_HOST": "10.0.0.1", "AKEGRAPH_PORT_8000_TCP_PROTO": "tcp", "WORKERS": "9"}
    assert read_settings(others) == Settings()


@pytest.mark.parametrize(("given", "wanted"), [("/a", "/a"), ("a/", "/a"), ("/a/b/", "/a/b"), ("/", ""), ("", "")])
def test_a_prefix_begins_with_a_slash_and_ends_without(given: str, wanted: str) -> None:
    assert read_settings({"AKEGRAPH_PREFIX": given}).prefix == wanted


def test_the_documentation_has_the_table_as_it_is() -> None:
    table = make_table()
    assert all(field.metadata["help"] in table for field in fields(Settings))
    assert table in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
