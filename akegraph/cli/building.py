"""``akegraph build``."""

from __future__ import annotations

import click

from akegraph.cli.output import force_option, write_output


@click.command()
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@click.option("-o", "--output", default="akegraph.trig", show_default=True, help="File to write; - is standard output.")
@click.option(
    "--reasoner",
    type=click.Choice(["rules", "owlrl"]),
    default="rules",
    show_default=True,
    help="What computes the closure; both give the same triples, owlrl slowly.",
)
@force_option
def build(plans: tuple[str, ...], output: str, reasoner: str, force: bool) -> None:
    """Build the dataset: every named graph, asserted and inferred, as TriG.

    PLAN is the name of a built-in plan or a folder with plan.toml and rows.csv; all built-in plans by default.
    The same input gives the same bytes on every run.

    \b
    Example:
      akegraph build -o akegraph.trig
    """
    from akegraph.pipeline.building import build_dataset
    from akegraph.pipeline.knowledge import find_plans

    dataset = build_dataset(find_plans(plans), reasoner="owlrl" if reasoner == "owlrl" else "rules")
    done = write_output(output, dataset.to_trig(), force=force)
    for name in sorted(dataset.graphs):
        click.echo(f"{len(dataset.graphs[name]):7} triples  {name}", err=True)
    click.echo(done, err=True)
