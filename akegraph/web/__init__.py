"""The HTTP door: pages for people, a SPARQL endpoint and RDF for machines."""

from akegraph.web.app import create_app
from akegraph.web.site import Site

__all__ = ["Site", "create_app"]
