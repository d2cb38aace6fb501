"""The application: blueprints by audience, errors in one place, and the headers every answer carries."""

from __future__ import annotations

from flask import Flask, Response, request

from akegraph.settings import Settings
from akegraph.web import pages, protocol, resources, vocabulary_pages
from akegraph.web.problems import register_problems
from akegraph.web.rendering import hold, register_words
from akegraph.web.site import Site

_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_ENCODED = 12
"""Bytes that one character of a query may take in the body of a form."""


def create_app(site: Site, settings: Settings) -> Flask:
    """Make the application over values made before; nothing but the package's own files is read."""
    app = Flask("akegraph.web", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.query_size * _ENCODED
    hold(app, site, settings)
    register_words(app)
    register_problems(app)
    for blueprint in (pages.blueprint, protocol.blueprint, vocabulary_pages.blueprint, resources.blueprint):
        app.register_blueprint(blueprint)
    app.after_request(_finish)
    return app


def _finish(response: Response) -> Response:
    """Add what every answer carries: security, access from other origins, an ETag."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        response.headers.setdefault("Cache-Control", "no-cache")
        response.add_etag()
        response.make_conditional(request)
    return response
