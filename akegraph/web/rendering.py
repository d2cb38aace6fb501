"""What every view needs: the site, the reader's language, addresses of IRIs, links that keep the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request

from akegraph.graph.iris import BASE, shorten_iri
from akegraph.settings import Settings
from akegraph.web.lookups import find_labels
from akegraph.web.negotiation import choose_language
from akegraph.web.site import Site
from akegraph.web.texts import LANGUAGES, Label, Language, Texts, as_language, load_texts

_IRI_SAFE = "/:@!$&'()*+,;=-._~%"
_EXTENSION = "akegraph"


@dataclass(frozen=True, slots=True)
class Held:
    """What an application holds."""

    site: Site
    settings: Settings


def hold(app: Flask, site: Site, settings: Settings) -> None:
    """Put the site into an application; :func:`get_site` finds it."""
    app.extensions[_EXTENSION] = Held(site, settings)


def get_site() -> Site:
    """Return the site of the current application."""
    return cast("Held", current_app.extensions[_EXTENSION]).site


def get_settings() -> Settings:
    """Return the settings of the current application."""
    return cast("Held", current_app.extensions[_EXTENSION]).settings


def get_texts() -> Texts:
    """Return the words in the reader's language: ``?lang=``, else ``Accept-Language``, else the setting."""
    if "texts" not in g:
        header = request.headers.get("Accept-Language")
        g.texts = load_texts(
            _explicit_language()
            or as_language(choose_language(header, LANGUAGES))
            or as_language(get_settings().language)
            or "fi"
        )
    return cast("Texts", g.texts)


def _explicit_language() -> Language | None:
    return as_language(request.args.get("lang"))


def get_names(things: set[str]) -> dict[str, Label]:
    """Find names in the reader's language."""
    return find_labels(get_site().store, things, get_texts())


def make_local(path: str) -> str:
    """Return the address of a path of this service, under the prefix that it is served under."""
    return quote(request.environ.get("SCRIPT_NAME", ""), safe=_IRI_SAFE) + path


def make_link(path: str, /, **parameters: object) -> str:
    """Return a local address that keeps a language chosen by hand; empty parameters are left out."""
    address, hash_, fragment = make_local(path).partition("#")
    chosen = {key: str(value) for key, value in parameters.items() if value not in (None, "", False)}
    if (language := _explicit_language()) and "lang" not in chosen:
        chosen["lang"] = language
    return address + (f"?{urlencode(chosen)}" if chosen else "") + hash_ + fragment


def make_href(iri: str, fragment: str = "") -> str | None:
    """Return where a page about an IRI is: here or elsewhere; None if it is no web address."""
    if not iri.startswith(BASE):
        return iri if urlsplit(iri).scheme in {"http", "https"} else None
    path, hash_, own = iri.removeprefix(BASE).partition("#")
    if path == "shape":
        path = "shapes"
    anchor = fragment or own
    return make_link(f"/{quote(path, safe=_IRI_SAFE)}" + (f"#{quote(anchor)}" if hash_ or fragment else ""))


def is_local(iri: str) -> bool:
    """Tell whether an IRI has its page here."""
    return iri.startswith(BASE)


def switch_language(language: str) -> str:
    """Return the address of the same page in another language."""
    arguments = {key: value for key, value in request.args.items() if key != "lang"}
    return f"{make_local(quote(request.path, safe=_IRI_SAFE))}?{urlencode({**arguments, 'lang': language})}"


def render(template: str, **values: Any) -> Response:
    """Render a page in the reader's language."""
    response = make_response(render_template(template, **values))
    response.headers["Content-Language"] = get_texts().language
    response.vary.update(["Accept", "Accept-Language"])
    return response


def register_words(app: Flask) -> None:
    """Give the templates their few words: ``t``, ``link``, ``local``, ``href`` and the like."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        link=make_link,
        local=make_local,
        href=make_href,
        is_local=is_local,
        shorten=shorten_iri,
        switch_language=switch_language,
    )

    @app.context_processor
    def words() -> dict[str, Any]:
        texts = get_texts()
        return {"t": texts, "language": texts.language, "languages": LANGUAGES, "site": get_site()}
