"""One place where akegraph's errors become words on standard error and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from akegraph.errors import AkegraphError


class ErrorGroup(click.Group):
    """A group whose commands may raise :class:`AkegraphError`, alone or grouped; its exit code is the error's."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours is said on standard error, a bug keeps its traceback."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the reader of a pipe has gone, as in "| head"
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except AkegraphError as error:
            _say([error])
            ctx.exit(error.exit_code)
        except ExceptionGroup as group:
            ours, others = group.split(AkegraphError)
            if others is not None or ours is None:
                raise
            errors = list(_flatten(ours))
            _say(errors)
            ctx.exit(max(error.exit_code for error in errors))


def _flatten(group: ExceptionGroup[AkegraphError]) -> Iterator[AkegraphError]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _flatten(error)
        else:
            yield error


def _say(errors: list[AkegraphError]) -> None:
    for error in errors:
        click.echo(f"Error: {error}", err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} errors", err=True)
