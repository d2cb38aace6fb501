"""The application: blueprints by audience, errors in one place, and the headers every answer carries."""

from __future__ import annotations

from flask import Flask

from akegraph.settings import Settings
from akegraph.web import (
    description,
    graph_store,
    machine,
    openapi,
    pages,
    protocol,
    questions,
    resources,
    vocabulary_pages,
)
from akegraph.web.caching import AnswerCache, hold_answers
from akegraph.web.finishing import finish
from akegraph.web.noting import note_route
from akegraph.web.parameters import check_address
from akegraph.web.problems import register_problems
from akegraph.web.rendering import hold, register_words
from akegraph.web.site import Site
from akegraph.web.state import State, hold_state

ENCODED = 12
"""Bytes that one character of a query may take in the body of a form."""


def create_app(site: Site, settings: Settings, state: State | None = None, answers: AnswerCache | None = None) -> Flask:
    """Make the application over values made before; nothing but the package's own files is read.

    :param state: of the service that the application is part of, where it is part of one
    :param answers: those kept so far, where others were served before
    """
    app = Flask("akegraph.web", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.query_size * ENCODED
    hold(app, site, settings)
    hold_answers(app, answers or AnswerCache())
    hold_state(app, state or State())
    register_words(app)
    register_problems(app)
    for part in (pages, questions, protocol, description, graph_store, machine, openapi, vocabulary_pages, resources):
        app.register_blueprint(part.blueprint)
    app.before_request(note_route)
    app.before_request(check_address)
    app.after_request(finish)
    return app
