"""The reference: pyshacl as it is.

Semantics: https://www.w3.org/TR/shacl/ as pyshacl reads it. The other engines hand to it what they cannot do.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import cast

from rdflib import Graph
from rdflib.term import Node

from akegraph.errors import ShapesError
from akegraph.validation.engines.targets import aim_at


class PyshaclEngine:
    """Plain pyshacl on a copy of the data and of the shapes."""

    name = "pyshacl"

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate as :class:`Engine` says."""
        copy = Graph(bind_namespaces="none")
        for prefix, namespace in data.namespaces():
            copy.bind(prefix, namespace)
        for triple in data:
            copy.add(triple)
        return run_pyshacl(copy, aim_at(shapes, data, focus))


def run_pyshacl(data: Graph, shapes: Graph) -> Graph:
    """Return pyshacl's validation report as a graph.

    :param data: not changed
    :param shapes: changed in place: pyshacl adds to the shapes graph it is given
    :raises ShapesError: if pyshacl cannot use the shapes
    """
    # Here and not above: it is heavy, and whoever asks akegraph for anything else need not wait for it.
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure

    try:
        _, results, text = pyshacl.validate(
            data_graph=data,
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            inplace=True,
            do_owl_imports=False,
            meta_shacl=False,
        )
    except (
        ReportableRuntimeError,
        ShapeLoadError,
        ConstraintLoadError,
        ParseBaseException,
        NotImplementedError,
        re.error,
    ) as error:
        raise ShapesError(f"shapes: cannot be used: {error}") from error
    except Exception as error:
        if type(error) is Exception:  # what rdflib raises for an unknown prefix
            raise ShapesError(f"shapes: cannot be used: {error}") from error
        raise
    if isinstance(results, ValidationFailure):
        raise ShapesError(f"shapes: cannot be used: {text}")
    return cast(Graph, results)
