"""The half of ``akegraph explain`` that is about triples: why one holds, down to the cells it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import printable

if TYPE_CHECKING:
    from akegraph.pipeline.deriving import Reason
    from akegraph.settings import Language

_WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "inferred": "päätelty",
        "data": "perustiedoissa",
        "plan": "suunnitelmassa",
        "others": "Muita perusteluja: {}",
    },
    "sv": {"inferred": "härlett", "data": "i grunddata", "plan": "i planen", "others": "Andra grunder: {}"},
    "en": {"inferred": "inferred", "data": "in the reference data", "plan": "in the plan", "others": "Other ways: {}"},
}
_SHOWN = 110


def tell_triple(text: str, language: Language, *, as_json: bool) -> None:
    """Print why a triple holds in the built-in plans."""
    from akegraph.pipeline.deriving import explain_triple, reason_json
    from akegraph.pipeline.knowledge import find_plans

    ways = explain_triple(text, find_plans(), language)
    if as_json:
        click.echo(json.dumps([reason_json(way) for way in ways], ensure_ascii=False, indent=2))
        return
    lines = list(_lines(ways[0], language, 0))
    if len(ways) > 1:
        lines.append(_WORDS[language]["others"].format(len(ways) - 1))
    click.echo(printable("\n".join(lines)))


def _lines(reason: Reason, language: Language, depth: int) -> Iterator[str]:
    """Write a reason and, indented, what it rests on."""
    from akegraph.validation.formats.words import fold_places

    words, indent = _WORDS[language], "  " * depth
    yield f"{indent}{' → '.join(_short(label) for label in reason.labels)}"
    if reason.rule is not None:
        yield f"{indent}  {words['inferred']}: {reason.axiom}  ({reason.rule})"
    elif reason.place is not None:
        yield f"{indent}  {fold_places([reason.place], language)}: «{_short(reason.place.text or '')}»"
    else:
        plan = (reason.graph or "").removeprefix("plan/")
        yield f"{indent}  {words['data']}" if plan == reason.graph else f"{indent}  {words['plan']} {plan}"
    for premise in reason.premises:
        yield from _lines(premise, language, depth + 1)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
