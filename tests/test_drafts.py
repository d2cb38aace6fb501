"""A plan that cannot be built yet is validated all the same: what its cells do not say is found at its cell."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from akegraph.errors import MappingError
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.validating import validate_inputs
from akegraph.validation import Severity

KNOWLEDGE = Knowledge()
COLUMNS = ("task", "activity", "output", "outcome", "impact", "effectiveness", "evaluation", "participation")
TASK = "+ Toimialueen kirjastojen toiminnan vahvistuminen"

# what is written into a column of row 2 (path 2), and the rules that must point at that cell
FAULTS: dict[str, tuple[str, str, set[str]]] = {
    "no task cell": ("task", "", {"AKE-101", "AKE-102"}),
    "no activity": ("activity", "", {"AKE-131"}),
    "no output": ("output", "", {"AKE-103"}),
    "no outcome": ("outcome", "", {"AKE-104"}),
    "no impact": ("impact", "", {"AKE-105"}),
    "no level": ("participation", "", {"AKE-108"}),
    "unknown level": ("participation", "7: Jotain muuta", {"AKE-108"}),
    "level worded wrongly": ("participation", "2: Päätämme yhdessä – Otan vastuun", {"AKE-108"}),
    "unknown task": ("task", "+ Jotain muuta + Polku 2: Kirjaston palvelujen päivittäminen ja kehittäminen", {"AKE-101"}),
    "a task and something": (
        "task", f"{TASK} + Jotain muuta + Polku 2: Kirjaston palvelujen päivittäminen ja kehittäminen", {"AKE-101"}
    ),
    "unknown path": ("task", f"{TASK} + Polku 9: Jotain muuta", {"AKE-102"}),
    "path worded wrongly": ("task", f"{TASK} + Polku 2: Jotain muuta", {"AKE-102"}),
    "impact of no framework": ("impact", "Vaikutuspolku 2: Jotain muuta", {"AKE-105"}),
    "goal not readable": ("effectiveness", "Jotain muuta", {"AKE-208"}),
    "unknown timing": (
        "evaluation", "+ Tuotoksen aikana/joskus + Vaikutuspolun 2 tavoitteen mittari", {"AKE-202"}
    ),
    "evaluation not readable": ("evaluation", "Jotain muuta", {"AKE-202", "AKE-209"}),
    "goal of another path": ("effectiveness", "Vaikutuspolun 1 tavoitteet", {"AKE-113"}),
}  # fmt: skip


@pytest.fixture
def change(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copy the real plan with other words in a column of row 2."""

    def make(column: str, text: str) -> Path:
        [real] = find_plans(["ake-tampere-2026"])
        folder = tmp_path / "plan"
        shutil.copytree(real.path, folder)
        with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[2][3 + COLUMNS.index(column)] = text
        with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return folder

    return make


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_at_its_cell(fault: str, change: Callable[[str, str], Path]) -> None:
    column, text, codes = FAULTS[fault]
    folder = change(column, text)
    with pytest.raises((MappingError, ExceptionGroup)):
        map_folder(PlanFolder(folder), KNOWLEDGE)
    report = validate_inputs([str(folder)], knowledge=KNOWLEDGE)
    found = {
        finding.code
        for finding in report.findings
        if finding.severity >= Severity.WARNING and not finding.shared
        for place in finding.places
        if (place.row, place.column) == (2, column)
    }
    assert codes <= found


def test_a_plan_without_faults_is_the_same_as_a_draft() -> None:
    [real] = find_plans(["ake-tampere-2026"])
    assert set(map_folder(real, KNOWLEDGE)[1]) == set(map_folder(real, KNOWLEDGE, draft=True)[1])


def test_what_no_rule_can_see_is_refused(change: Callable[[str, str], Path], tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:S a sh:NodeShape ; sh:targetClass <https://w3id.org/akegraph/ontology#Plan> ; sh:nodeKind sh:IRI .",
        encoding="utf-8",
    )
    with pytest.raises(MappingError, match="row 2, column 'Tuotos'"):
        validate_inputs([str(change("output", ""))], [shapes], KNOWLEDGE)
