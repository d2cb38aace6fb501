"""The benchmark of the questions runs, and says where a bar is missed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "queries.py"), "--sizes", "17", *arguments],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_smallest_size_gives_a_whole_line_for_each_question() -> None:
    done = run("--only", "activities-by-path", "whole-chain")
    assert done.stderr == ""
    _, *lines = done.stdout.partition("\n\n")[0].splitlines()
    figures = [re.split(r" +", line.removesuffix("  NOT MET").strip()) for line in lines]
    assert [(name, size, rows) for name, size, rows, *_ in figures] == [
        ("activities-by-path", "17", "4"), ("whole-chain", "17", "6"),
    ]  # fmt: skip
    for _, _, _, store, _, rdflib in figures:
        assert 0 < float(store) < float(rdflib)


def test_without_reference_rdflib_is_left_out() -> None:
    done = run("--only", "activities-by-path", "--without-reference")
    assert done.stdout.splitlines()[1].split()[-1] == "-"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import queries

    return queries


def test_what_is_slower_than_its_bar_or_than_rdflib_is_a_fault(benchmark) -> None:  # type: ignore[no-untyped-def]
    figure = benchmark.Figure
    assert benchmark.find_faults(figure("x", 17, 1, 4.9, 4.9, 5.0), 2) == []
    assert len(benchmark.find_faults(figure("x", 17, 1, 5.1, None, 9.0), 2)) == 1
    assert len(benchmark.find_faults(figure("x", 10_000, 1, 450.0, 501.0, 400.0), 2)) == 3
    # What ran into the limit is slower than what stayed below it, and than nothing else.
    assert benchmark.find_faults(figure("x", 10_000, 1, 450.0, 450.0, None), 2) == []
    assert len(benchmark.find_faults(figure("x", 1000, 1, 2100.0, None, None), 2)) == 2
