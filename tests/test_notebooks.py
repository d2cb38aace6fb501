"""The notebooks are what they show: executed again, each output is the one that is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "notebooks"
NAMES = ("comparing-plans", "impact-chains")
_SYNTHETIC = re.compile("synthetic|synteetti", re.IGNORECASE)


def read(name: str) -> Any:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def execute(notebook: Any) -> Any:
    """Execute a copy; what could differ from run to run (times, versions) is left out."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    pytest.importorskip("pandas", reason="pandas is not installed")
    from nbformat import from_dict

    done = from_dict(notebook)
    client = nbclient.NotebookClient(
        done,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    done.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in done.cells:
        cell.metadata = {}
    return done


def outputs(notebook: Any) -> Iterator[tuple[str, Any]]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.id, [dict(output) for output in cell.outputs]


def texts(notebook: Any) -> Iterator[str]:
    for _, shown in outputs(notebook):
        for output in shown:
            yield from (str(text) for text in output.get("data", {"text": output.get("text", "")}).values())


def test_these_are_all() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.ipynb"))) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("default")  # the libraries of Jupyter warn of each other
def test_every_output_is_the_one_that_is_kept(
    name: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    kept = read(name)
    done = execute(kept)
    if pytestconfig.getoption("--update-golden"):
        import nbformat

        nbformat.write(done, FOLDER / f"{name}.ipynb")
        kept = read(name)
    for (cell, shown), (same, wanted) in zip(outputs(done), outputs(kept), strict=True):
        assert (cell, shown) == (same, wanted)


@pytest.mark.parametrize("name", NAMES)
def test_a_kept_notebook_is_whole_and_tells_nothing_of_the_machine(name: str) -> None:
    notebook = read(name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(cell.id == f"cell-{number:02}" for number, cell in enumerate(notebook.cells, start=1))
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    everything = "\n".join(texts(notebook))
    assert str(ROOT) not in everything
    assert "/tmp/" not in everything


def test_every_table_of_synthetic_plans_says_so() -> None:
    notebook = read("comparing-plans")
    assert _SYNTHETIC.search(notebook.cells[0].source.splitlines()[0])
    named = re.compile("Rovaniemi|Joensuu|Lappi|Pohjois-Karjala")
    shown = [text for text in texts(notebook) if named.search(text)]
    assert len(shown) > 5
    assert not [text for text in shown if not _SYNTHETIC.search(text)]
