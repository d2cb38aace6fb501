"""``--store`` and ``--data``: where a command that asks questions looks; the built-in plans by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from akegraph.errors import BadParameterError

if TYPE_CHECKING:
    from akegraph.pipeline.opening import Opened, Source

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
            metavar="FILE|PLAN",
            help=(
                "Ask these data instead: files of RDF, their named graphs kept, or plans by folder or name. May be "
                "given several times."
            ),
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

    :param data: files of RDF; or plans, as :func:`akegraph.pipeline.opening.find_source` takes them
    :raises BadParameterError: if both are given
    :raises AkegraphError: if it cannot be opened; see :func:`akegraph.pipeline.opening.open_source`
    """
    from akegraph.pipeline.opening import open_source
    from akegraph.settings import read_settings

    return open_source(find_asked(store, data), read_settings())


def find_asked(store: str | None, data: tuple[str, ...] = ()) -> Source:
    """Tell what the options name; see :func:`open_asked`.

    :raises BadParameterError: if both are given, or a password stands in an address
    """
    from akegraph.pipeline.opening import find_source

    refuse_secrets(store)
    return find_source(data or None, store=store)


def refuse_secrets(address: str | None) -> None:
    """Refuse an address with a password: others on this machine can read what a command was started with.

    :raises BadParameterError: if it has one
    """
    from urllib.parse import urlsplit

    try:
        secret = urlsplit(address or "").password is not None
    except ValueError:
        return  # no address at all, as whoever opens it will say
    if secret:
        raise BadParameterError(
            "store",
            "no password on a command line, where others can read it; AKEGRAPH_STORE_USER and"
            " AKEGRAPH_STORE_PASSWORD, AKEGRAPH_STORE_TOKEN or a netrc file say who asks",
        )
