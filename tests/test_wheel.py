"""The wheel is whole: unpacked into an empty folder it answers and serves from any other folder."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

PLAN = "ake-tampere-2026"
ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that sees the wheel's akegraph and no checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return os.environ | {"PYTHONPATH": str(folder / "site")}


def akegraph(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "akegraph", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def test_it_is_the_wheels_package_that_runs(environment: dict[str, str], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "import akegraph, akegraph.resources as r; print(akegraph.__file__, r.resource('data'))",
    ]
    found = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout
    assert found.count(environment["PYTHONPATH"]) == 2


def test_it_answers_checks_and_builds(environment: dict[str, str], tmp_path: Path) -> None:
    answer = akegraph(environment, tmp_path, "query", "activities-by-path", "--plan", PLAN, "--format", "csv")
    assert [row["activities"] for row in csv.DictReader(answer.splitlines())] == ["5", "5", "2", "5"]
    assert "10 warnings" in akegraph(environment, tmp_path, "validate", PLAN, "--lang", "en")
    akegraph(environment, tmp_path, "build", "-o", "out.trig")
    assert (tmp_path / "out.trig").stat().st_size > 100_000


def test_it_serves(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "akegraph", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            said = ""
            while (address := re.search(r"http://127\.0\.0\.1:\d+/", said)) is None:
                line = server.stderr.readline()
                assert line, f"the server stopped: {said}"
                said += line
            assert "AKE Tampere 2026" in said
            for path in ("", "plan/ake-tampere-2026", "static/style.css"):
                with urllib.request.urlopen(address[0] + path, timeout=20) as response:
                    assert response.status == 200
        finally:
            server.terminate()
