"""``--store`` and ``--data``: where a command that asks questions looks; the built-in plans by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from akegraph.pipeline.opening import Opened

_F = TypeVar("_F", bound=Callable[..., Any])


def source_params() -> list[click.Option]:
    """Make the two options, for commands that are made from data; they arrive as ``store`` and ``data``."""
    return [
        click.Option(
            ["--store"],
            metavar="DIR|URL",
            help="Ask this store instead: the folder of an Oxigraph store, or the address of a SPARQL endpoint.",
        ),
        click.Option(
            ["--data"],
            multiple=True,
            metavar="FILE",
            help="Ask these data instead: files of RDF, their named graphs kept. May be given several times.",
        ),
    ]


def source_options(command: _F) -> _F:
    """Give a command the two options; they arrive as ``store`` and ``data``, for :func:`open_asked`."""
    options = list(reversed(source_params()))
    known: list[click.Parameter] = command.__dict__.setdefault("__click_params__", [])
    known.extend(options)
    return command


def open_asked(store: str | None, data: tuple[str, ...] = ()) -> Opened:
    """Open what the options name, or the built-in plans; for use in a ``with``.

    :raises BadParameterError: if both are given
    :raises AkegraphError: if it cannot be opened; see :func:`akegraph.pipeline.opening.open_source`
    """
    from akegraph.pipeline.opening import find_source, open_source
    from akegraph.settings import read_settings

    return open_source(find_source(store=store, data=data), read_settings())
