"""``akegraph review``."""

from __future__ import annotations

import datetime
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_table, printable

if TYPE_CHECKING:
    from akegraph.pipeline.reviewing import ReviewSession
    from akegraph.table.review import ReviewItem

_CHOICES = {"a": "accept", "e": "edit", "m": "empty", "s": "skip", "q": "quit"}
_LISTED = ("row", "number", "column", "place", "reason", "why", "read", "proposed")


@click.command()
@click.argument("plan", required=False)
@click.option("--rows", type=click.Path(path_type=Path), help="The rows. [default: rows.csv beside the review]")
@click.option("--by", help="Who decides. [default: the name you are logged in by]")
@click.option("--list", "only_list", is_flag=True, help="List what is in doubt, and ask nothing.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="Form of the list.")
@click.pass_context
def review(ctx: click.Context, plan: str | None, rows: Path | None, by: str | None, only_list: bool, form: str) -> None:
    """Settle what an import left in doubt: accept, edit, skip, or quit and go on later.

    PLAN is a plan, its folder, or a review.toml; by default the one in the current folder. Every answer is saved at
    once in review.toml, with name and day, and in rows.csv. The exit code is 1 while something is in doubt.

    \b
    Example:
      akegraph review --list
      akegraph review plans/my-plan --by "Liisa Virtanen"
    """
    from akegraph.pipeline.reviewing import ReviewSession, find_review

    review_file, rows_file = find_review(plan)
    session = ReviewSession(review_file, rows or rows_file)
    waited = bool(session.open_items)
    if only_list:
        _list(session, form)
    elif waited:
        _walk(session, by)
    left = len(session.open_items)
    click.echo(f"{review_file}: {left or 'no'} cells wait for an answer", err=True)
    if waited and not left:
        _tell_next(review_file.parent)
    ctx.exit(1 if left else 0)


def _tell_next(folder: Path) -> None:
    """Say what comes after the last doubt."""
    if (folder / "plan.toml").is_file():
        click.echo(f"next: 'akegraph validate {folder}' says what the plan lacks", err=True)
    else:
        click.echo("next: write plan.toml, which tells whose plan this is; docs/documents.md shows one", err=True)


def _list(session: ReviewSession, form: str) -> None:
    items = session.open_items
    if form == "json":
        listed = [{key: getattr(item, key) for key in _LISTED} for item in items]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    cells = [(str(i.number), i.heading, i.place, i.read, i.proposed, i.why) for i in items]
    echo_table(("row", "column", "place", "read", "proposed", "why"), [[printable(c) for c in row] for row in cells])


def _walk(session: ReviewSession, by: str | None) -> None:
    """Ask about one doubt after the other; the end of the input is a quit."""
    name = " ".join((by or _user()).split())
    items = session.open_items
    for at, item in enumerate(items, start=1):
        _show(session, item, f"{at}/{len(items)}")
        try:
            if not _ask(session, item, name):
                return
        except click.Abort:
            click.echo(err=True)
            return


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(click.prompt("Your name", err=True))


def _show(session: ReviewSession, item: ReviewItem, which: str) -> None:
    lines = [f"[{which}] row {item.number} ({item.row}), column {item.heading!r}, {item.place}"]
    if row := session.row(item):
        headings = session.table.headings if session.table else {}
        lines += [
            f"  {'>' if column == item.column else ' '} {headings.get(column, column)}: {cell.text or '-'}"
            for column, cell in row.cells.items()
        ]
    lines += [f"  why:      {item.why}", f"  read:     {item.read}", f"  proposed: {session.propose(item)}"]
    for line in ["", *lines]:
        click.echo(printable(line), err=True)


def _edit(proposed: str) -> str:
    """Ask for a text; on a terminal that can, the proposal stands there to be changed."""
    try:
        import readline
    except ImportError:  # Windows has none
        editable = False
    else:
        editable = sys.stdin.isatty() and sys.stdout.isatty()
    if not editable:
        return str(click.prompt("text", default=proposed, err=True))
    readline.set_startup_hook(lambda: readline.insert_text(proposed))
    try:
        return str(click.prompt("text", default="", show_default=False))
    finally:
        readline.set_startup_hook(None)


def _ask(session: ReviewSession, item: ReviewItem, by: str) -> bool:
    """Ask until there is an answer that can be kept; return whether to go on."""
    while True:
        words = ", ".join(f"[{key}] {word}" for key, word in _CHOICES.items())
        choice = click.prompt(words, type=click.Choice(list(_CHOICES)), default="s", show_choices=False, err=True)
        if choice in "sq":
            return bool(choice == "s")
        proposed = session.propose(item)
        answer = {"a": proposed, "m": ""}.get(choice)
        if answer is None:
            answer = session.complete(item, " ".join(_edit(proposed).split()))
        elif choice == "a" and not answer:
            click.echo("nothing is proposed; edit it, or say that the cell is empty", err=True)
            continue
        if problems := session.find_problems(item, answer):
            click.echo(printable("\n".join(f"  cannot be: {problem}" for problem in problems)), err=True)
            continue
        session.answer(item, answer, by=by, on=datetime.date.today())
        return True
