"""Chains as a table: a row for each way through a chain, flat values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from akegraph.chains.formats.words import element_text, gap_text, load_words, one_line
from akegraph.chains.model import STEP_KINDS, Chain, Element, Gap, Step
from akegraph.settings import Language

_AND = "; "
_SHOWN = ("activity", "output", "outcome", "impact", "goal")


def chain_rows(chains: Sequence[Chain]) -> list[dict[str, str | int | None]]:
    """Return chains as rows, one for each way through: what a step is called under its kind, and its IRI beside it.

    A step that is not there is None, and ``gaps`` says by code word what the row lacks.

    :raises ResultTooLargeError: if a chain has too many ways through it
    """
    return [_row(chain, path) for chain in chains for path in _ways(chain)]


def table_cells(chains: Sequence[Chain], language: Language = "fi") -> tuple[list[str], list[list[str]]]:
    """Return headings and cells of a table to read: in the place of a missing step stands what is missing.

    :raises ResultTooLargeError: if a chain has too many ways through it
    """
    words = load_words()[language]
    has_plans = len({chain.plan for chain in chains}) > 1
    columns = [*(["plan"] if has_plans else []), "page", "path", "task", *_SHOWN, "gap"]
    cells = []
    for chain in chains:
        for path in _ways(chain):
            steps = {step.kind: step for step in path}
            place = "/".join(str(number) for number in (chain.page, chain.row) if number is not None)
            gaps = _gaps(chain, path)
            row = [one_line(chain.plan_label)] if has_plans else []
            row += [place, chain.path.notation or "" if chain.path else _absent(gaps, "path", language)]
            row.append(_join(chain.tasks) or _absent(gaps, "task", language))
            for kind in _SHOWN:
                found = next((step for step in path if step.kind == kind), None)
                row.append(element_text(found) if found else _absent(gaps, kind, language))
            shown = {"path", "task", *(kind for kind in _SHOWN if kind not in steps)}
            row.append(_AND.join(gap_text(gap, language) for gap in gaps if gap.missing not in shown))
            cells.append(row)
    headings = [f"{words['page']}/{words['row']}" if column == "page" else words[column] for column in columns]
    return headings, cells


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of a table that agree in some columns: what they agree in is said once, above them."""

    heads: tuple[str, ...]
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def table_sections(chains: Sequence[Chain], language: Language = "fi") -> list[Section]:
    """Return the table of :func:`table_cells` in sections of one plan, path, impact and goal, for narrow terminals.

    :raises ResultTooLargeError: if a chain has too many ways through it
    """
    words = load_words()[language]
    headings, cells = table_cells(chains, language)
    shared = [
        headings.index(words[column]) for column in ("plan", "path", "impact", "goal") if words[column] in headings
    ]
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for row in cells:
        groups.setdefault(tuple(row[number] for number in shared), []).append(row)
    sections = []
    for rows in groups.values():
        common = _take_common(rows)
        columns = range(len(headings))
        same = {number for number in columns if len(rows) > 1 and len({row[number] for row in rows}) == 1}
        said = [number for number in columns if number in shared or number in same]
        kept = [number for number in columns if number not in said]
        heads = [f"{headings[number]}: {rows[0][number]}" for number in said if rows[0][number]]
        if common:
            heads.append(f"{words['all']}: {_AND.join(common)}")
        sections.append(
            Section(
                heads=tuple(heads),
                headings=tuple(headings[number] for number in kept),
                cells=tuple(tuple(row[number] for number in kept) for row in rows),
            )
        )
    return sections


def _take_common(rows: Sequence[list[str]]) -> list[str]:
    """Take out of the last cells, and return, what several rows all lack."""
    if len(rows) < 2:
        return []
    lacking = [row[-1].split(_AND) for row in rows]
    common = [wording for wording in lacking[0] if wording and all(wording in other for other in lacking)]
    for row, wordings in zip(rows, lacking, strict=True):
        row[-1] = _AND.join(wording for wording in wordings if wording not in common)
    return common


def _row(chain: Chain, path: Sequence[Step]) -> dict[str, str | int | None]:
    steps = {step.kind: step for step in path}
    row: dict[str, str | int | None] = {
        "plan": chain.plan_label,
        "plan_iri": chain.plan,
        "id": chain.identifier,
        "page": chain.page,
        "row": chain.row,
        "task": "; ".join(task.label for task in chain.tasks) or None,
        "path": chain.path.notation if chain.path else None,
        "path_label": chain.path.label if chain.path else None,
        "level": chain.level.notation if chain.level else None,
        "level_label": chain.level.label if chain.level else None,
        "input": "; ".join(step.label for step in chain.of_kind("input")) or None,
    }
    for kind in STEP_KINDS[1:]:
        row[kind] = steps[kind].label if kind in steps else None
        row[f"{kind}_iri"] = steps[kind].iri if kind in steps else None
    row["goal_text"] = steps["goal"].text if "goal" in steps else None
    row["timing"] = "; ".join(timing.label for timing in chain.timings) or None
    row["indicator_set"] = "; ".join(found.label for found in chain.indicator_sets) or None
    row["gaps"] = "; ".join(dict.fromkeys(gap.kind for gap in _gaps(chain, path))) or None
    return row


def _ways(chain: Chain) -> Iterable[tuple[Step, ...]]:
    """Return the ways through a chain without its inputs: they go into the activity together."""
    ways = (tuple(step for step in path if step.kind != "input") for path in chain.paths())
    return dict.fromkeys(ways)


def _gaps(chain: Chain, path: Sequence[Step]) -> list[Gap]:
    """Return what a way through a chain lacks: gaps of its steps, and of the chain as a whole."""
    others = {step.iri for step in chain.steps} - {step.iri for step in path}
    return [gap for gap in chain.gaps if gap.element not in others]


def _absent(gaps: Sequence[Gap], kind: str, language: Language) -> str:
    return "; ".join(f"[{gap_text(gap, language)}]" for gap in gaps if gap.missing == kind)


def _join(elements: Iterable[Element]) -> str:
    return "; ".join(element_text(element) for element in elements)
