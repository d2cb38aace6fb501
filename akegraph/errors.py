"""Everything that can go wrong and that a caller can do something about.

::

    AkegraphError               anything a caller can fix
    ├── SourceError             a document, row or cell cannot be read        (file, page, row, column)
    ├── MappingError            a cell has no place in the graph              (file, row, column, text)
    │   └── EmptyCellError      a cell that every row needs is empty
    ├── VocabularyError         a scheme or a reference file is incomplete    (IRI or file)
    ├── GraphSyntaxError        RDF does not parse                            (file, line)
    ├── InferenceError          entailment cannot finish
    ├── ShapesError             shapes cannot be used (not: data do not conform)
    ├── UnknownEngineError      no engine of validation has this name         (name, known names)
    ├── QueryError              a question cannot be asked
    │   ├── UnknownQueryError   no such question                              (name, close matches)
    │   ├── UnknownResourceError  nothing is known under this id or IRI       (id, close matches)
    │   │   ├── UnknownTripleError   a triple neither stands in the data nor follows  (text, terms nobody knows)
    │   │   └── UnknownVersionError  the ontology is held in another version  (version, the one held)
    │   ├── QuerySyntaxError    SPARQL does not parse
    │   ├── QueryRefusedError   SPARQL asks for what is never done here       (SERVICE, update, size, depth)
    │   ├── BadParameterError   missing, unknown or ill-typed value           (name, wanted, got)
    │   └── NotAcceptableError  the answer has no form that was asked for
    ├── StoreError              a store's folder or address cannot be used
    ├── MissingExtraError       a library that is installed only on demand is not (library, extra)
    ├── FileExistsRefusedError  a file is there already and nobody said --force
    ├── OutputError             a file cannot be written
    ├── SettingsError           a setting in the environment cannot be read
    └── EngineError             an engine failed, not the input
        ├── RemoteStoreError    another server cannot be reached, or gives no answer
        ├── QueryTimeoutError   stopped after n seconds
        ├── StoreBusyError      too many ask at once                          (seconds after which to ask again)
        │   └── ClientBusyError  one client asks too much
        ├── ResultTooLargeError stopped at n bytes
        ├── EngineDifferenceError  two engines of validation disagree         (engines, differences)
        └── WorkerCrashedError  the process that answered died; it was replaced

A report that does not conform and an answer without rows are answers, not errors.
Each class states its exit code for the terminal and its HTTP status: this file is the one table of both
(exit codes: 0 fine; 1 findings; 2 usage; 3 unreadable input; 4 engine failure).
A message says *where: what; what would be right*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class AkegraphError(Exception):
    """Anything a caller of akegraph can fix."""

    exit_code: ClassVar[int] = 3
    http_status: ClassVar[int] = 500


class SourceError(AkegraphError):
    """A document, a row or a cell cannot be read as a plan.

    :param what: what is wrong, and what would be right
    :param file: the file's name as the user gave it
    :param page: the page as printed
    :param row: the row of the plan counted from 1
    :param column: the column's heading
    """

    http_status = 422

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        page: int | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        self.what, self.file, self.page, self.row, self.column = what, file, page, row, column
        super().__init__(f"{place(file, page, row, column)}{what}")


class MappingError(SourceError):
    """A cell has no place in the graph: its wording is in no scheme, or cells of a row disagree."""


class EmptyCellError(MappingError):
    """A cell that every row needs is empty: nothing is unreadable, something is missing."""


class VocabularyError(AkegraphError):
    """A scheme, the framework or another reference file lacks what the data need."""


class GraphSyntaxError(AkegraphError):
    """RDF does not parse.

    :param file: the file's name
    :param line: the line counted from 1, where the parser tells
    """

    http_status = 400

    def __init__(self, what: str, *, file: str, line: int | None = None) -> None:
        self.what, self.file, self.line = what, file, line
        where = file if line is None else f"{file} line {line}"
        super().__init__(f"{where}: {what}")


class InferenceError(AkegraphError):
    """Entailment cannot finish, or the asserted triples contradict the ontology."""


class ShapesError(AkegraphError):
    """Shapes cannot be used. Data that do not conform are an answer, not this error."""

    http_status = 400


class UnknownEngineError(AkegraphError):
    """No engine of validation has this name, or it is not installed.

    :param name: what was asked for
    :param known: the names there are
    """

    exit_code = 2
    http_status = 400

    def __init__(self, name: str, known: Sequence[str], remedy: str = "") -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no engine is named {name!r}; known are {', '.join(known)}{remedy}")


class QueryError(AkegraphError):
    """A question cannot be asked."""

    http_status = 400


class UnknownQueryError(QueryError):
    """No question has this name."""

    exit_code = 2
    http_status = 404

    def __init__(self, name: str, matches: Sequence[str] = ()) -> None:
        self.name, self.matches = name, tuple(matches)
        super().__init__(f"no question is named {name!r}{close(matches)}; 'akegraph query --list' shows all")


class UnknownResourceError(QueryError):
    """Nothing is known under this id or IRI."""

    http_status = 404

    def __init__(self, name: str, matches: Sequence[str] = ()) -> None:
        self.name, self.matches = name, tuple(matches)
        super().__init__(f"nothing is known as {name!r}{close(matches)}")


class UnknownTripleError(UnknownResourceError):
    """A triple neither stands in the data nor follows from them.

    :param text: the triple as it was given
    :param strangers: those of its terms that no triple has
    """

    def __init__(self, text: str, strangers: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.strangers = tuple(strangers)
        because = f"; nothing is known of {', '.join(strangers)}" if strangers else ""
        self.args = (f"{text!r} neither stands in the data nor follows from them{because}",)


class UnknownVersionError(UnknownResourceError):
    """The ontology is held in another version; only the current one is."""

    def __init__(self, version: str, current: str) -> None:
        self.version, self.current = version, current
        super().__init__(f"/ontology/{version}", [f"/ontology/{current}", "/ontology"])
        self.args = (f"version {version!r} of the ontology is not held here; the current one is {current}",)


class QuerySyntaxError(QueryError):
    """The text is not SPARQL 1.1."""


class QueryRefusedError(QueryError):
    """The text asks for what is never done here: updates, SERVICE, too long or too deep."""


class BadParameterError(QueryError):
    """A parameter is missing, unknown or ill-typed.

    :param name: the parameter
    :param what: what is wrong, and what would be right
    :param matches: values that come close to the one given
    """

    exit_code = 2

    def __init__(self, name: str, what: str, *, query: str | None = None, matches: Sequence[str] = ()) -> None:
        self.name, self.what, self.query, self.matches = name, what, query, tuple(matches)
        super().__init__(f"{f'{query}: ' if query else ''}parameter {name!r}: {what}")


class NotAcceptableError(QueryError):
    """The answer has no form among those asked for."""

    http_status = 406


class StoreError(AkegraphError):
    """A store cannot be opened: its folder is missing or broken, or its address is none."""


class MissingExtraError(AkegraphError):
    """Something needs a library that akegraph installs only on demand.

    :param library: the library's name
    :param extra: the extra that installs it
    """

    exit_code = 2

    def __init__(self, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(f"{library} is not installed; pip install 'akegraph[{extra}]' installs it")


class FileExistsRefusedError(AkegraphError):
    """A file is there already and nobody asked to replace it."""

    exit_code = 2
    http_status = 409

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"{file}: is there already; --force replaces it")


class OutputError(AkegraphError):
    """A file cannot be written."""


class SettingsError(AkegraphError):
    """A setting in the environment cannot be read."""

    exit_code = 2


class EngineError(AkegraphError):
    """An engine failed, not the input."""

    exit_code = 4


class RemoteStoreError(EngineError):
    """A SPARQL endpoint elsewhere cannot be reached, refuses, or answers what is no answer."""

    http_status = 502


class QueryTimeoutError(EngineError):
    """An evaluation was stopped by the wall clock, the processor limit or the memory limit."""

    http_status = 504


class StoreBusyError(EngineError):
    """Too many ask at once, or one client asks too much; the same query may be answered a little later.

    :param retry_after: seconds after which to ask again
    """

    http_status = 503

    def __init__(self, what: str, *, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(what)


class ClientBusyError(StoreBusyError):
    """One client asks more, or more often, than its share."""

    http_status = 429


class ResultTooLargeError(EngineError):
    """An answer was stopped because it grew beyond the limit."""

    http_status = 413


class EngineDifferenceError(EngineError):
    """Two engines of validation disagree about the same data: at least one of them is wrong.

    :param engines: the two engines
    :param differences: a line for each result that only one of them has
    """

    def __init__(self, engines: Sequence[str], differences: Sequence[str]) -> None:
        self.engines, self.differences = tuple(engines), tuple(differences)
        lines = "".join(f"\n  {line}" for line in differences)
        super().__init__(f"engines {' and '.join(engines)} disagree in {len(differences)} results:{lines}")


class WorkerCrashedError(EngineError):
    """The process that evaluated the question died; another took its place."""

    http_status = 500


def place(file: str | None, page: int | None, row: int | None, column: str | None) -> str:
    """Say where something is, from the file down to the column: ``plan.csv, page 17, row 9, column 'Tuotos': ``."""
    parts = [part for part in (file, page and f"page {page}", row and f"row {row}") if part]
    if column is not None:
        parts.append(f"column {column!r}")
    return f"{', '.join(parts)}: " if parts else ""


def close(matches: Sequence[str]) -> str:
    """Say which known names come close, or nothing."""
    return f"; did you mean {' or '.join(repr(match) for match in matches)}?" if matches else ""
