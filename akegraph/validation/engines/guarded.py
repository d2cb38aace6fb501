"""An engine in a process of its own, which is ended when its time is up.

Python cannot stop a regular expression or a query of rdflib that has gone astray. akegraph's own shapes are known to
end; somebody else's SPARQL and patterns are tried where they can be stopped.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import SH, Graph, Literal
from rdflib.term import Node

from akegraph import errors
from akegraph.graph.iris import AKESH
from akegraph.resources import resource
from akegraph.validation.engines.base import Engine

_SPARQL = (SH.select, SH.ask, SH.construct)
_START = (
    "import sys; sys.path[:0] = sys.argv[2:]; from akegraph.validation.engines.guarded import serve; serve(sys.argv[1])"
)


def is_foreign(shapes: Graph) -> bool:
    """Tell whether shapes have SPARQL or patterns that are not akegraph's own, whatever they are called."""
    return any(
        not str(subject).startswith(str(AKESH)) or not _is_own(str(text))
        for predicate in (*_SPARQL, SH.pattern)
        for subject, text in shapes.subject_objects(predicate)
        if isinstance(text, Literal)
    )


@cache
def _is_own(text: str) -> bool:
    """Tell whether a text stands in one of akegraph's own files of shapes."""
    spellings = (text, text.replace("\\", "\\\\"))
    return any(spelling in own for own in _own_files() for spelling in spellings)


@cache
def _own_files() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(resource("shapes").glob("*.ttl")))


def seconds_for(data: Graph) -> float:
    """Return how long a validation of these data may take: half a minute, and a second for each 1,000 triples."""
    return 30 + len(data) / 1000


class GuardedEngine:
    """Another engine, in a process of its own.

    :param engine: the engine
    :param seconds: the time it has; by default :func:`seconds_for` the data
    """

    def __init__(self, engine: Engine, seconds: float | None = None) -> None:
        self.name = engine.name
        self._seconds = seconds

    def run(self, data: Graph, shapes: Graph, focus: Collection[Node] | None) -> Graph:
        """Validate as :class:`Engine` says.

        :raises QueryTimeoutError: if the time is up
        """
        seconds = self._seconds if self._seconds is not None else seconds_for(data)
        work = pickle.dumps((list(data), dict(data.namespaces()), list(shapes), focus), pickle.HIGHEST_PROTOCOL)
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter and our own code
                [sys.executable, "-c", _START, self.name, *(str(Path(folder)) for folder in sys.path if folder)],
                input=work,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise errors.QueryTimeoutError(
                f"the validation was stopped after {seconds:g} s: a pattern or a query of the shapes does not come "
                "to an end on these data"
            ) from error
        if done.returncode:
            raise errors.EngineError(f"the engine {self.name!r} died: {done.stderr.decode(errors='replace')[-500:]}")
        answer: Any = pickle.loads(done.stdout)  # noqa: S301  # written by our own process
        if isinstance(answer, tuple):
            raise getattr(errors, answer[0])(answer[1])
        report = Graph(bind_namespaces="none")
        for triple in answer:
            report.add(triple)
        return report


def serve(name: str) -> None:
    """Validate what standard input holds, and write the report or the error to standard output."""
    from akegraph.validation.engines import get_engine

    output, sys.stdout = sys.stdout.buffer, sys.stderr
    triples, namespaces, shape_triples, focus = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own parent
    data, shapes = Graph(bind_namespaces="none"), Graph(bind_namespaces="none")
    for prefix, namespace in namespaces.items():
        data.bind(prefix, namespace)
    for triple in triples:
        data.add(triple)
    for triple in shape_triples:
        shapes.add(triple)
    answer: Any
    try:
        answer = list(get_engine(name).run(data, shapes, focus))
    except (errors.ShapesError, errors.EngineError) as error:
        answer = (type(error).__name__, str(error))
    pickle.dump(answer, output)
