"""The half of ``akegraph explain`` that is about triples: why one holds, down to the cells it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import printable
from akegraph.cli.sources import open_asked

if TYPE_CHECKING:
    from akegraph.settings import Language

_OTHERS = {"fi": "Muita perusteluja: {}", "sv": "Andra grunder: {}", "en": "Other ways: {}"}


def tell_triple(text: str, language: Language, *, store: str | None, data: tuple[str, ...], as_json: bool) -> None:
    """Print why a triple holds in the built-in plans, or where the options say."""
    from akegraph.pipeline.deriving import explain_triple, reason_json
    from akegraph.pipeline.knowledge import find_plans

    if store is None and not data:  # no store is needed
        ways = explain_triple(text, find_plans(), language)
    else:
        with open_asked(store, data) as opened:
            ways = opened.explain(text, language)
    if as_json:
        click.echo(json.dumps([reason_json(way) for way in ways], ensure_ascii=False, indent=2))
        return
    click.echo(printable(ways[0].to_text()))
    if len(ways) > 1:
        click.echo(_OTHERS[language].format(len(ways) - 1))
