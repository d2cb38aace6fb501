"""``akegraph explain``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.deriving import tell_triple
from akegraph.cli.output import echo_table, language_option, printable
from akegraph.cli.sources import source_options

if TYPE_CHECKING:
    from akegraph.settings import Language


@click.command()
@click.argument("what", required=False, metavar="[CODE | TRIPLE]")
@click.option(
    "--shapes",
    "shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Shapes whose rules are meant (Turtle); akegraph's own by default.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the explanation.",
)
@source_options
@language_option
def explain(
    what: str | None,
    shapes: tuple[Path, ...],
    format_: str,
    store: str | None,
    data: tuple[str, ...],
    language: Language | None,
) -> None:
    """Tell what a finding's CODE means, or why a TRIPLE holds in the built-in plans. Without either, list all codes.

    CODE is a code of a report such as AKE-103, the name of a rule or its IRI. TRIPLE is "<s> <p> <o>", as Turtle
    writes it, in one argument; it was read from a cell, or it follows by a rule from others that were.

    \b
    Example:
      akegraph explain AKE-103
      akegraph explain AKE-103 --lang en --format json
      akegraph explain "akeid:activity/ywx3rq3o ake:leadsTo akeid:goal/okm-2026-3-1"
    """
    from akegraph.graph.loading import load_folder, load_turtle
    from akegraph.resources import resource
    from akegraph.settings import read_settings
    from akegraph.validation.explaining import (
        explain_rule,
        explanation_json,
        explanation_text,
        get_rule,
        list_rules,
        load_words,
    )
    from akegraph.validation.shapes import load_shapes

    chosen = language or read_settings().language
    if what is not None and len(what.split()) > 1 and re.search("[:<]", what):
        tell_triple(what, chosen, store=store, data=data, as_json=format_ == "json")
        return
    if store is not None or data:
        raise click.UsageError("--store and --data say where a TRIPLE is looked for; there is none.")
    known = load_shapes(shapes or None)
    schemes = load_folder(resource("ontology", "schemes"))
    codes = load_turtle(resource("shapes", "codes.ttl"))
    wanted = [get_rule(known, what)] if what is not None else list_rules(known)
    told = [explain_rule(rule, known, chosen, schemes=schemes, codes=codes) for rule in wanted]
    if format_ == "json":
        values = [explanation_json(one) for one in told]
        click.echo(json.dumps(values if what is None else values[0], ensure_ascii=False, indent=2))
    elif what is not None:
        click.echo(printable(explanation_text(told[0], chosen)), nl=False)
    else:
        words = load_words()[chosen]
        columns = [words[key] for key in ("code", "severity", "name", "column", "fixes")]
        rows = ((one.code, words[one.severity], one.name, one.column or "", one.fix or "") for one in told)
        echo_table([column.capitalize() for column in columns], rows)
