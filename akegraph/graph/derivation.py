"""Why a triple holds: asserted, or derived by a rule from premises, each of which is asserted or derived in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from akegraph.graph.closure import Closure, Triple
from akegraph.graph.rules import Atom, Rule

_Binding = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A triple with the reason why it holds.

    :param triple: its terms as N-Triples writes them
    :param rule: the rule that gives it; None where it is asserted
    :param premises: why each pattern of the rule's body holds, in its order
    """

    triple: Triple
    rule: Rule | None = None
    premises: tuple[Derivation, ...] = ()

    @property
    def steps(self) -> int:
        """How many times a rule is used."""
        return (self.rule is not None) + sum(premise.steps for premise in self.premises)

    def asserted(self) -> Iterator[Triple]:
        """Iterate over the asserted triples that it rests on, from left to right, each once."""
        seen: dict[Triple, None] = {}
        for premise in self.premises or (self,):
            seen.update(dict.fromkeys(premise.asserted() if premise.premises else (premise.triple,)))
        yield from seen


class Derivations:
    """Finds why triples hold.

    :param rules: see :func:`akegraph.graph.rules.derive_rules`
    :param asserted: the data, terms as N-Triples writes them
    """

    def __init__(self, rules: Iterable[Rule], asserted: Iterable[Triple]) -> None:
        self._rules = tuple(rules)
        self._asserted = tuple(asserted)
        self._found: dict[Triple, Derivation] = {}

    def find(self, triple: Triple) -> tuple[Derivation, ...]:
        """Find the ways in which a triple holds, the shortest first: asserted, else one per rule and premises.

        Premises come from earlier rounds of the closure, and each is explained in its own shortest way.

        :returns: nothing if the triple is neither asserted nor derived
        """
        return tuple(sorted(self._ways(triple), key=_order))

    @cached_property
    def _rounds(self) -> dict[Triple, int]:
        """The round of the closure in which each triple came up; 0 is asserted."""
        rounds = dict.fromkeys(self._asserted, 0)
        for number, new in enumerate(Closure(self._rules).grow(self._asserted), start=1):
            for triple in new:
                rounds.setdefault(triple, number)
        return rounds

    @cached_property
    def _by_end(self) -> Mapping[tuple[str | None, ...], list[Triple]]:
        """All triples by predicate and one or both ends."""
        index: defaultdict[tuple[str | None, ...], list[Triple]] = defaultdict(list)
        for triple in sorted(self._rounds):
            subject, predicate, value = triple
            for key in ((subject, value), (subject, None), (None, value), (None, None)):
                index[predicate, *key].append(triple)
        return index

    def _shortest(self, triple: Triple) -> Derivation:
        if triple not in self._found:
            self._found[triple] = min(self._ways(triple), key=_order)
        return self._found[triple]

    def _ways(self, triple: Triple) -> Iterator[Derivation]:
        latest = self._rounds.get(triple, 0)
        if triple in self._rounds and latest == 0:
            yield Derivation(triple)
        for rule in self._rules:
            binding = _match(rule.head, triple, {})
            if binding is None:
                continue
            for premises in self._bodies(rule.body, binding):
                if all(self._rounds[premise] < latest for premise in premises):
                    yield Derivation(triple, rule, tuple(self._shortest(premise) for premise in premises))

    def _bodies(self, body: tuple[Atom, ...], binding: _Binding) -> Iterator[tuple[Triple, ...]]:
        """Iterate over the triples that a rule's body matches, given what its variables stand for already."""
        if not body:
            yield ()
            return
        first, *rest = body
        subject, value = (binding.get(end, end) for end in (first.subject, first.object))
        ends = (None if end.startswith("?") else end for end in (subject, value))
        for triple in self._by_end.get((first.predicate, *ends), ()):
            bound = _match(first, triple, binding)
            if bound is not None:
                for others in self._bodies(tuple(rest), bound):
                    yield (triple, *others)


def _match(atom: Atom, triple: Triple, binding: _Binding) -> dict[str, str] | None:
    """Extend a binding so that a pattern becomes a triple; None where that cannot be."""
    bound = dict(binding)
    for pattern, term in zip((atom.subject, atom.predicate, atom.object), triple, strict=True):
        if pattern.startswith("?"):
            if bound.setdefault(pattern, term) != term:
                return None
        elif pattern != term:
            return None
    return bound


def _order(derivation: Derivation) -> tuple[int, str, tuple[Triple, ...]]:
    """Sort derivations by length, then by rule and premises."""
    return (derivation.steps, str(derivation.rule or ""), tuple(derivation.asserted()))
