"""A store for one large graph in memory, in a fourth of the room that rdflib's own takes.

rdflib's keeps three indexes of nested dictionaries; most of these hold one entry. This one keeps two, a dictionary only
where there is more than one value, and each term once. To find triples by their object alone it asks each property.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from typing import Any

from rdflib.store import Store
from rdflib.term import Node

_Values = Any
"""One term, or a dictionary whose keys are the terms, in the order they came."""
_Found = tuple[tuple[Node, Node, Node], Any]


class CompactStore(Store):
    """Triples of one graph, whatever the graph is called; ``Graph(CompactStore())`` is used as any other."""

    # Engines take only stores of these kinds; there is one graph, whatever name it is asked for by.
    context_aware = True
    graph_aware = True

    def __init__(self, configuration: str | None = None, identifier: Any = None) -> None:
        super().__init__(configuration, identifier)
        self._terms: dict[Node, Node] = {}
        self._of_subject: dict[Node, dict[Node, _Values]] = {}
        self._of_predicate: dict[Node, dict[Node, _Values]] = {}
        self._size = 0
        self._namespaces: dict[str, Any] = {}

    def add(self, triple: Any, context: Any = None, quoted: bool = False) -> None:
        """Add a triple."""
        subject, predicate, value = (self._terms.setdefault(term, term) for term in triple)
        if _add(self._of_subject.setdefault(subject, {}), predicate, value):
            _add(self._of_predicate.setdefault(predicate, {}), value, subject)
            self._size += 1

    def remove(self, triple: Any, context: Any = None) -> None:
        """Remove the triples that match a pattern."""
        for (subject, predicate, value), _ in list(self.triples(triple)):
            for index, one, key, other in (
                (self._of_subject, subject, predicate, value),
                (self._of_predicate, predicate, value, subject),
            ):
                _remove(index[one], key, other)
                if not index[one]:
                    del index[one]
            self._size -= 1

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[_Found]:
        """Yield the triples that match a pattern, each with no context."""
        subject, predicate, value = triple_pattern
        if subject is not None:
            said = self._of_subject.get(subject)
            if said is None:
                return
            if predicate is not None:
                values = said.get(predicate)
                if values is not None:
                    for one in _each(values) if value is None else _only(values, value):
                        yield (subject, predicate, one), _NOWHERE
            else:
                for own, values in said.items():
                    for one in _each(values) if value is None else _only(values, value):
                        yield (subject, own, one), _NOWHERE
        elif predicate is not None:
            index = self._of_predicate.get(predicate, {})
            if value is not None:
                for one in _each(index.get(value, _NONE)):
                    yield (one, predicate, value), _NOWHERE
            else:
                for one, subjects in index.items():
                    for subject in _each(subjects):
                        yield (subject, predicate, one), _NOWHERE
        elif value is not None:
            for own, index in self._of_predicate.items():
                for one in _each(index.get(value, _NONE)):
                    yield (one, own, value), _NOWHERE
        else:
            for subject, said in self._of_subject.items():
                for own, values in said.items():
                    for one in _each(values):
                        yield (subject, own, one), _NOWHERE

    def objects_of(self, subject: Node, predicate: Node) -> Collection[Node]:
        """Return what a node has as a property: a view that is not to be changed, nor the graph while it is read."""
        values = self._of_subject.get(subject, _NO_INDEX).get(predicate)
        return () if values is None else values if type(values) is dict else (values,)

    def subjects_of(self, predicate: Node, value: Node) -> Collection[Node]:
        """Return what has a value as a property, like :meth:`objects_of`."""
        values = self._of_predicate.get(predicate, _NO_INDEX).get(value)
        return () if values is None else values if type(values) is dict else (values,)

    @property
    def by_subject(self) -> Mapping[Node, Mapping[Node, _Values]]:
        """What is said of each subject, by property: one term, or a dictionary whose keys are the terms."""
        return self._of_subject

    def predicates_of(self, subject: Node) -> Collection[Node]:
        """Return the properties that a node has, like :meth:`objects_of`."""
        return self._of_subject.get(subject, _NO_INDEX)

    def values_of(self, predicate: Node) -> Collection[Node]:
        """Return each different value of a property, like :meth:`objects_of`."""
        return self._of_predicate.get(predicate, _NO_INDEX)

    def iter_objects(self) -> Iterator[Node]:
        """Yield every term that is an object, each once."""
        seen: set[Node] = set()
        for index in self._of_predicate.values():
            new = index.keys() - seen
            seen |= new
            yield from new

    def __len__(self, context: Any = None) -> int:
        return self._size

    def contexts(self, triple: Any = None) -> Generator[Any, None, None]:
        """Yield no graphs by name."""
        yield from ()

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        """Remember a prefix."""
        if override or prefix not in self._namespaces:
            self._namespaces[prefix] = namespace

    def namespace(self, prefix: str) -> Any:
        """Return the namespace of a prefix."""
        return self._namespaces.get(prefix)

    def prefix(self, namespace: Any) -> str | None:
        """Return the prefix of a namespace."""
        return next((prefix for prefix, known in self._namespaces.items() if known == namespace), None)

    def namespaces(self) -> Iterator[tuple[str, Any]]:
        """Yield prefixes and namespaces."""
        yield from self._namespaces.items()


_NONE: dict[Node, None] = {}
_NO_INDEX: dict[Node, _Values] = {}
_NOWHERE: Iterator[None] = iter(())


def _each(values: _Values) -> Any:
    return tuple(values) if type(values) is dict else (values,)


def _only(values: _Values, value: Node) -> tuple[Node, ...]:
    """Return the value if it is one of these; it is looked up, for there may be very many."""
    return (value,) if (value in values if type(values) is dict else value == values) else ()


def _add(index: dict[Node, _Values], key: Node, value: Node) -> bool:
    """Add a value; tells whether it is new."""
    values = index.get(key)
    if values is None:
        index[key] = value
        return True
    if type(values) is dict:
        if value in values:
            return False
        values[value] = None
        return True
    if values == value:
        return False
    index[key] = {values: None, value: None}
    return True


def _remove(index: dict[Node, _Values], key: Node, value: Node) -> None:
    values = index[key]
    if type(values) is dict and len(values) > 1:
        del values[value]
    else:
        del index[key]
