"""Content negotiation: a table of headers."""

from __future__ import annotations

from time import process_time

import pytest
from web_site import BROWSER

from akegraph.web.negotiation import accepts_gzip, choose_language, negotiate, rank

TURTLE, JSONLD, HTML = "text/turtle", "application/ld+json", "text/html"
OFFERS = (TURTLE, JSONLD, HTML)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        ("application/*", JSONLD),
        (HTML, HTML),
        ("TEXT/HTML", HTML),
        (BROWSER, HTML),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", JSONLD),
        ("text/turtle;q=0.5, */*;q=0.1", TURTLE),
        ("text/turtle;q=0, */*", JSONLD),
        ("text/*;q=0, application/ld+json;q=0.1", JSONLD),
        ("text/turtle;charset=utf-8", TURTLE),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSONLD),
        ('application/ld+json;profile="a, text/turtle;q=1";q=0.5, text/html;q=0.4', JSONLD),
        ('text/turtle;version="1.1"', TURTLE),
        ("text/turtle;level=1", None),
        ("text/turtle;level=1, text/html;q=0.1", HTML),
        ("text/turtle;q=0.2, text/*;q=0.9, */*;q=0.3", HTML),
        ("application/*;q=0.9, text/turtle;q=0.91", TURTLE),
        ("text/html, image/gif, *; q=.2, */*; q=.2", HTML),
        ("image/gif, *; q=.2", TURTLE),
        ("text/turtle;q=0.12345, text/html;q=0.12344", TURTLE),
        ("text/turtle;q=-1", None),
        ('"unclosed, text/turtle', None),
        ("application/pdf", None),
        ("text/turtle;q=0", None),
        ("text/turtle;q=1.5, text/html;q=0.1", HTML),
        ("text/turtle;q=, text/html", HTML),
        ("no such thing, text/html", HTML),
        (",,;q=1,text/html", HTML),
    ],
)
def test_negotiate(accept: str | None, wanted: str | None) -> None:
    assert negotiate(accept, OFFERS) == wanted


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle;q=0, */*", "a/b;q=0.3, text/html;q=0, */*;q=0.2", ";;;"])
def test_nothing_excluded_is_ever_chosen(accept: str | None) -> None:
    chosen = rank(accept, OFFERS)
    assert set(chosen) <= set(OFFERS)
    for offer in OFFERS:
        if accept and f"{offer};q=0," in f"{accept},":
            assert offer not in chosen


def test_rank_is_best_first_and_keeps_the_order_of_offers_in_ties() -> None:
    assert rank("application/ld+json, text/*;q=0.5", OFFERS) == (JSONLD, TURTLE, HTML)
    assert rank("text/*, */*", OFFERS) == (TURTLE, HTML, JSONLD)


def test_of_equally_welcome_offers_the_one_named_comes_first() -> None:
    assert rank("*/*, text/html", OFFERS) == (HTML, TURTLE, JSONLD)
    assert rank("application/*, */*, text/html;q=0.9", OFFERS) == (JSONLD, TURTLE, HTML)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("*", None),
        ("sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        ("de,en-GB;q=0.4,fi;q=0.2", "en"),
        ("fi;q=0, en;q=0.1", "en"),
        ("de", None),
    ],
)
def test_choose_language(header: str | None, wanted: str | None) -> None:
    assert choose_language(header, ("fi", "sv", "en")) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("GZIP;q=0.1, br", True),
        ("x-gzip", True),
        ("*", True),
        ("*;q=0, gzip;q=0.2", True),
        ("identity;q=0, *", True),
        ("", False),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.5", False),
    ],
)
def test_accepts_gzip(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted


@pytest.mark.parametrize("piece", [",", ";", '"', "\\", '"\\', "a/b;q=0.1,", 'a;b="', "*"])
def test_hostile_headers_are_read_in_no_time(piece: str) -> None:
    header = piece * (60_000 // len(piece))
    before = process_time()
    rank(header, OFFERS)
    assert process_time() - before < 2
