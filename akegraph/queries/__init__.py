"""The catalogue of questions: one ``.rq`` file each, its header the one source for terminal, web and docs.

A header is TOML in comment lines that start ``#+``, so the file stays plain SPARQL for every other tool. A
parameter is a variable that the text binds in a line ``VALUES ?name { UNDEF }``: as it stands the file asks
about everything, on any endpoint. :meth:`NamedQuery.bind` puts a term in the place of UNDEF; a user's text
becomes that term through one door, :meth:`Parameter.to_term`, and never reaches the query as text.
"""

from akegraph.queries.catalogue import QueryCatalogue, load_queries
from akegraph.queries.header import parse_query
from akegraph.queries.named import NamedQuery
from akegraph.queries.parameters import Parameter, ParameterKind, Text, say

__all__ = ["NamedQuery", "Parameter", "ParameterKind", "QueryCatalogue", "Text", "load_queries", "parse_query", "say"]
