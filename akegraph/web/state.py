"""How the service fares: what outlives the site it serves at the moment, for ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from akegraph.web.metrics import Metrics

_EXTENSION = "akegraph.state"


@dataclass(slots=True)
class State:
    """How the service fares.

    :ivar is_loading: whether the store has yet to answer for the first time
    :ivar is_ending: whether no new request is taken
    :ivar reload_problem: why the last reload failed; empty if it did not
    """

    metrics: Metrics = field(default_factory=Metrics)
    is_loading: bool = False
    is_ending: bool = False
    reload_problem: str = ""


def hold_state(app: Flask, state: State) -> None:
    """Put the state into an application; :func:`get_state` finds it."""
    app.extensions[_EXTENSION] = state


def get_state() -> State:
    """Return the state of the service that the current application is part of."""
    return cast("State", current_app.extensions[_EXTENSION])
