"""Content negotiation: a table of headers."""

from __future__ import annotations

import pytest
from web_site import BROWSER

from akegraph.web.negotiation import choose_language, negotiate, rank

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
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None),
        ('application/ld+json;profile="a", application/ld+json;q=0.2', JSONLD),
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
