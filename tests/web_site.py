"""The site of the real plan for the web's tests: built once, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask.testing import FlaskClient

from akegraph.graph.iris import PREFIXES
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.validating import validate_inputs
from akegraph.queries import load_queries
from akegraph.settings import Settings
from akegraph.store.embedded import EmbeddedStore
from akegraph.web import Site, create_app

PLAN = "ake-tampere-2026"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@cache
def make_site() -> Site:
    knowledge = Knowledge()
    folders = find_plans([PLAN])
    trig = build_dataset(folders, knowledge).to_trig()
    return Site(
        store=EmbeddedStore(trig, PREFIXES),
        catalogue=load_queries(),
        plans={PLAN: "AKE Tampere 2026"},
        reports={PLAN: validate_inputs([PLAN], knowledge=knowledge)},
        trig=trig,
        shapes=b"@prefix sh: <http://www.w3.org/ns/shacl#> .\n",
    )


@contextmanager
def open_client(site: Site | None = None, settings: Settings | None = None) -> Iterator[FlaskClient]:
    app = create_app(site or make_site(), settings or Settings())
    with app.test_client() as client:
        yield client
