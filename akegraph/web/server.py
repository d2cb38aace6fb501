"""``akegraph serve``: make everything once, then answer with waitress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from akegraph.errors import SettingsError
from akegraph.graph.serialising import serialise_turtle
from akegraph.pipeline.building import build_dataset, open_store
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.validating import validate_inputs
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.validation.shapes import load_shapes
from akegraph.web.app import create_app
from akegraph.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

_THREADS = 8


@contextmanager
def open_site(folders: Iterable[PlanFolder], settings: Settings) -> Iterator[Site]:
    """Build, validate and load plans into a site; its store is closed at the end.

    :raises AkegraphError: if something cannot be read
    """
    plans, knowledge = tuple(folders), Knowledge()
    dataset = build_dataset(plans, knowledge)
    with open_store(dataset, settings) as store:
        yield Site(
            store=store,
            catalogue=load_queries(),
            plans={folder.plan.id: folder.plan.label for folder in plans},
            reports={folder.plan.id: validate_inputs([str(folder.path)], knowledge=knowledge) for folder in plans},
            trig=dataset.to_trig(),
            shapes=serialise_turtle(load_shapes().graph),
        )


def serve_site(host: str, port: int, settings: Settings, *, say: Callable[[str], Any]) -> None:
    """Serve the built-in plans until interrupted.

    :param port: 0 takes a free one
    :param say: is told what is loaded and, once the address is open, the address
    :raises SettingsError: if the address cannot be opened
    """
    from waitress.server import create_server

    with open_site(find_plans(), settings) as site:
        try:
            server = create_server(create_app(site, settings), host=host, port=port, threads=_THREADS, ident="akegraph")
        except (OSError, ValueError) as error:  # waitress turns an unknown host into a ValueError
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SettingsError(f"{host} port {port}: cannot be served: {reason}; --port chooses another") from error
        shown = f"[{host}]" if ":" in host else host
        say(f"loaded: {', '.join(site.plans.values())}")
        say(f"http://{shown}:{getattr(server, 'effective_port', port)}/")
        try:
            server.run()
        finally:
            server.close()
