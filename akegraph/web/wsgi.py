"""For servers of others: ``gunicorn 'akegraph.web.wsgi:create()'``."""

from __future__ import annotations

from contextlib import ExitStack

from akegraph.settings import read_settings
from akegraph.web.loading import load_site
from akegraph.web.logs import logging_to_stderr
from akegraph.web.server import find_served
from akegraph.web.service import Service

_OPEN = ExitStack()
"""What lasts as long as the process."""


def create() -> Service:
    """Make the application of what the environment and its file of settings name.

    May be called before a server forks: workers start with the first request, in the process that answers it.

    :raises AkegraphError: if something cannot be read
    """
    settings = read_settings()
    _OPEN.enter_context(logging_to_stderr(settings))
    source = find_served(settings)
    return Service(lambda: load_site(source, settings), settings)
