"""The guide to Python says what is so: its examples are run, and nothing public is left out."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import akegraph
from akegraph import errors

GUIDE = Path(__file__).parents[1] / "docs" / "python.md"
_BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_gives_what_the_guide_says() -> None:
    pytest.importorskip("pandas")
    text = GUIDE.read_text(encoding="utf-8")
    # All that is no example becomes empty lines, so that a failure names the line of the guide.
    kept, end = [], 0
    for block in _BLOCK.finditer(text):
        kept += ["\n" * text[end : block.start(1)].count("\n"), block[1]]
        end = block.end(1)
    test = doctest.DocTestParser().get_doctest("".join(kept), {}, GUIDE.name, str(GUIDE), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    try:
        result = runner.run(test, out=said.append, clear_globs=False)
    finally:
        if "collection" in test.globs:
            test.globs["collection"].close()
    assert result.failed == 0, "".join(said)
    assert result.attempted > 25


def test_every_method_and_error_it_speaks_of_is_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+Error)`", text):
        assert issubclass(getattr(errors, name), errors.AkegraphError)
    methods = {name for name in vars(akegraph.Collection) if not name.startswith("_")}
    assert not [name for name in methods if f".{name}" not in text and f"`{name}" not in text]
