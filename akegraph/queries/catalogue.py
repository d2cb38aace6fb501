"""The questions of a folder, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from akegraph.errors import BadParameterError, QueryError, UnknownQueryError, close
from akegraph.queries.header import parse_query
from akegraph.queries.named import NamedQuery
from akegraph.resources import resource


class QueryCatalogue(Mapping[str, NamedQuery]):
    """The questions by name, in the order of their names. Never empty."""

    def __init__(self, queries: Iterable[NamedQuery]) -> None:
        self._queries = {query.name: query for query in sorted(queries, key=lambda query: query.name)}
        if not self._queries:
            raise QueryError("the catalogue of questions is empty")

    def __getitem__(self, name: str) -> NamedQuery:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def get_query(self, name: str) -> NamedQuery:
        """Return the question of this name.

        :raises UnknownQueryError: with the names that come close
        """
        if name not in self._queries:
            raise UnknownQueryError(name, difflib.get_close_matches(name, self._queries))
        return self._queries[name]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of all questions, sorted."""
        return tuple(sorted({tag for query in self.values() for tag in query.tags}))

    def find_tagged(self, tag: str) -> tuple[NamedQuery, ...]:
        """Return the questions with a tag.

        :raises BadParameterError: if no question has it; with the tags that come close
        """
        if tag not in self.tags:
            matches = difflib.get_close_matches(tag, self.tags)
            what = f"{tag!r} is on no question{close(matches)}; known: {', '.join(self.tags)}"
            raise BadParameterError("tag", what, matches=matches)
        return tuple(query for query in self.values() if tag in query.tags)


@cache
def load_queries(folder: Path | None = None) -> QueryCatalogue:
    """Load the questions of a folder, by default those that ship with akegraph; its subfolders are not read.

    :raises QueryError: if there is none, or a header is not complete; the file is named
    """
    folder = resource("queries") if folder is None else folder
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise QueryError(f"{folder}: holds no file *.rq")
    return QueryCatalogue(_read_query(path) for path in paths)


def _read_query(path: Path) -> NamedQuery:
    try:
        return parse_query(path.stem, path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path.name}: cannot be read as UTF-8: {error}") from error
