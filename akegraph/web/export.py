"""The pages about the vocabulary as files: the application's own pages, with links that need no server.

Pages in the site's language lie at the root, those in the others in folders ``sv/``, ``en/``. A link to what is not
exported, such as a plan's board, becomes plain text. Classes and properties have folders of their own, since some
differ only in the case of a letter, which not every file system can tell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from akegraph.graph.context import serialise_context
from akegraph.graph.exchange import EXTENSIONS, serialise_graph
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.web.app import create_app
from akegraph.web.reference import serialise_alignment, serialise_ontology
from akegraph.web.texts import LANGUAGES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from akegraph.settings import Settings
    from akegraph.web.site import Site

_ONTOLOGY = "/doc/ontology"
_ANCHOR = re.compile(r'<a\b([^>]*?) href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_LINK = re.compile(r'(<link\b[^>]*? href=")([^"]*)(")')
_OF_A_LINK = re.compile(r' (?:rel|hreflang|aria-current)="[^"]*"')


def export_ontology(site: Site, settings: Settings) -> dict[str, bytes]:
    """Make every file of the documentation, by its path with slashes; the same bytes on every run."""
    vocabulary = site.reference.vocabulary
    app = create_app(site, settings)
    app.jinja_env.globals["exporting"] = True
    static = files("akegraph.web").joinpath("static")
    made = {
        "context.jsonld": serialise_context(vocabulary),
        "shapes.ttl": site.shapes,
        "style.css": static.joinpath("style.css").read_bytes(),
        "favicon.svg": static.joinpath("favicon.svg").read_bytes(),
    }
    with app.test_client() as client:
        made |= {f"akegraph.{extension}": serialise_ontology(extension) for extension in EXTENSIONS}
        made |= {f"alignments/{name}.ttl": serialise_alignment(name, "ttl") for name in site.reference.alignments}
        for name in vocabulary.schemes:
            made |= _export_rdf(client, f"vocab/{name}", f"schemes/{name}")
        places = dict(_places(site))
        for language in LANGUAGES:
            folder = "" if language == settings.language else f"{language}/"
            for address, place in places.items():
                page = client.get(address, query_string={"lang": language}, headers={"Accept": "text/html"})
                target = _Localiser(places, settings.language, language, f"{folder}{place}")
                made[f"{folder}{place}"] = target.localise(page.get_data(as_text=True)).encode()
    return made


def _places(site: Site) -> Iterator[tuple[str, str]]:
    """Iterate over the pages to export: the address of each and the path of its file."""
    yield _ONTOLOGY, "index.html"
    if site.reference.questions:
        yield "/ontology/questions", "questions.html"
    for name, term in site.reference.vocabulary.terms.items():
        yield f"{_ONTOLOGY}/{name}", f"{'classes' if term.kind == 'Class' else 'properties'}/{name}.html"
    for name, scheme in site.reference.vocabulary.schemes.items():
        yield f"/doc/vocab/{name}", f"vocab/{name}.html"
        for concept in scheme.concepts:
            notation = concept.iri.rpartition("/")[2]
            yield f"/doc/vocab/{name}/{notation}", f"vocab/{name}/{notation}.html"


def _export_rdf(client: FlaskClient, name: str, place: str) -> dict[str, bytes]:
    graph = new_graph()
    parse_turtle(graph, client.get(f"/data/{name}.ttl").data, name)
    return {f"{place}.{extension}": serialise_graph(graph, extension) for extension in EXTENSIONS}


class _Localiser:
    """Turns the addresses in one page into paths from its file to others."""

    def __init__(self, places: Mapping[str, str], default: str, language: str, here: str) -> None:
        self._places, self._default, self._language, self._here = places, default, language, here

    def localise(self, page: str) -> str:
        return _ANCHOR.sub(self._anchor, _LINK.sub(self._link, page))

    def _anchor(self, found: re.Match[str]) -> str:
        before, address, after, inner = found.groups()
        path = self._path(unescape(address))
        if path is None:
            return f"<span{_OF_A_LINK.sub('', before + after)}>{inner}</span>"
        return f'<a{before} href="{escape(path)}"{after}>{inner}</a>'

    def _link(self, found: re.Match[str]) -> str:
        return f"{found[1]}{escape(self._path(unescape(found[2])) or '#')}{found[3]}"

    def _path(self, address: str) -> str | None:
        """Return the path to what an address leads to, the address itself if it is elsewhere, None if not exported."""
        parts = urlsplit(address)
        if parts.netloc or not parts.path:
            return address
        query = dict(parse_qsl(parts.query))
        language = query.pop("lang", self._language)
        target = None if query else self._target(unquote(parts.path), language)
        if target is None:
            return None
        path = posixpath.relpath(target, posixpath.dirname(self._here) or ".")
        return quote(path) + (f"#{parts.fragment}" if parts.fragment else "")

    def _target(self, path: str, language: str) -> str | None:
        if path.startswith("/static/"):
            return path.removeprefix("/static/")
        if path.startswith("/data/"):
            stem, _, extension = path.removeprefix("/data/").rpartition(".")
            scheme = stem.removeprefix("vocab/").partition("/")[0]
            return f"akegraph.{extension}" if stem.partition("/")[0] == "ontology" else f"schemes/{scheme}.{extension}"
        if path in ("/context.jsonld", "/shapes"):
            return {"/context.jsonld": "context.jsonld", "/shapes": "shapes.ttl"}[path]
        if path.startswith("/ontology/alignment/"):
            return f"alignments/{path.removeprefix('/ontology/alignment/')}.ttl"
        page = {"/": _ONTOLOGY, "/ontology": _ONTOLOGY}.get(path, path)
        place = self._places.get(page) or self._places.get(f"/doc{page}")
        return place and (place if language == self._default else f"{language}/{place}")
