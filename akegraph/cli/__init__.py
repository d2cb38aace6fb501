"""The terminal door: options, one call, print. Data go to standard output, words to standard error.

What is heavy (rdflib, pyshacl, Flask, rich) is imported inside the commands, so ``akegraph --help`` is quick.
"""

from __future__ import annotations

import click

from akegraph import __version__
from akegraph.cli.asking import query, sparql
from akegraph.cli.building import build
from akegraph.cli.chaining import chain
from akegraph.cli.checking import validate
from akegraph.cli.diffing import diff
from akegraph.cli.explaining import explain
from akegraph.cli.exporting import export
from akegraph.cli.failing import ErrorGroup
from akegraph.cli.importing import import_
from akegraph.cli.reporting import report
from akegraph.cli.reviewing import review
from akegraph.cli.serving import serve
from akegraph.cli.storing import store

__all__ = ["main"]


@click.group(cls=ErrorGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="akegraph")
def main() -> None:
    """Library development plans as a graph: ask, check, browse and cite their impact chains.

    \b
    Example:
      akegraph serve                 # the built-in plan at http://127.0.0.1:8000
      akegraph query --list          # ready questions
      akegraph validate              # what the built-in plan lacks, cell by cell
    """


for command in (import_, review, build, validate, report, explain, query, sparql, chain, serve, store, export, diff):
    main.add_command(command)
