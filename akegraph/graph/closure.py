"""Running rules to a fixpoint, whole relations at a time, and only on what is new.

A closure grows: what is added to it is compared with what it holds, and only the new triples are followed further
(semi-naive evaluation). So the closure of a plan costs what the plan is large, however many plans were added before.
Terms are strings as N-Triples writes them; nothing here knows the ontology, or rdflib.

docs/decisions/0005-closure-in-sets.md tells why this is not left to the store.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

from akegraph.errors import InferenceError
from akegraph.graph.rules import TYPE, Atom, Rule

Triple = tuple[str, str, str]
Pair = tuple[str, str]
_Key = tuple[str, str | None]
"""A relation: all pairs of a predicate (predicate, None), or all subjects of a predicate and an object."""
_Fire = Callable[["_Facts", "_Delta", "_Delta"], None]
"""A rule's work on one pattern of its body: all facts, what is new among them, and what follows from that."""


class Closure:
    """Triples with all that follows from them by some rules.

    :param rules: see :func:`akegraph.graph.rules.derive_rules`
    :raises InferenceError: if a rule's body is neither one pattern, nor a chain, nor about one subject
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._program = _Program(rules)
        self._facts = _Facts(self._program.chained)

    def copy(self) -> Closure:
        """Make a closure that holds the same and grows by itself."""
        twin = Closure(())
        twin._program, twin._facts = self._program, self._facts.copy()
        return twin

    def add(self, triples: Iterable[Triple]) -> list[Triple]:
        """Add triples and all that follows from them and from what was added before.

        :returns: what follows and was not there before, in no order; without the triples that were added
        """
        with _no_collection():
            return [triple for following in self.grow(triples) for triple in following]

    def grow(self, triples: Iterable[Triple]) -> Iterator[Iterable[Triple]]:
        """Add triples and go on round by round, each with what follows from the rounds before and is new.

        What a round gives has premises in the rounds before it, or among what was added: so no explanation goes in
        circles that always looks for premises in earlier rounds.
        """
        program, facts = self._program, self._facts
        delta = program.sort(triples)
        facts.take(delta, program.values)
        while delta:
            following = _Delta()
            for key in delta.relations():
                for fire in program.firing.get(key, ()):
                    fire(facts, delta, following)
            facts.take(following, program.values)
            yield following.triples()
            delta = following


class _Facts:
    """All that a closure holds, by relation; those that chains follow also by either end."""

    def __init__(self, chained: Iterable[str]) -> None:
        self.pairs: defaultdict[str, set[Pair]] = defaultdict(set)
        self.subjects: defaultdict[_Key, set[str]] = defaultdict(set)
        self.forward: dict[str, defaultdict[str, list[str]]] = {key: defaultdict(list) for key in chained}
        self.backward: dict[str, defaultdict[str, list[str]]] = {key: defaultdict(list) for key in chained}

    def copy(self) -> _Facts:
        """Copy all relations."""
        twin = _Facts(())
        twin.pairs.update({key: set(pairs) for key, pairs in self.pairs.items()})
        twin.subjects.update({key: set(subjects) for key, subjects in self.subjects.items()})
        for ours, theirs in ((self.forward, twin.forward), (self.backward, twin.backward)):
            for key, ends in ours.items():
                theirs[key] = defaultdict(list, {node: list(others) for node, others in ends.items()})
        return twin

    def take(self, delta: _Delta, values: Mapping[str, Iterable[str]]) -> None:
        """Take in what is new, and drop from ``delta`` what is not.

        :param values: the objects by predicate for which the subjects are a relation of their own
        """
        for predicate in list(delta.pairs):
            known = self.pairs[predicate]
            fresh = delta.pairs[predicate] - known if known else delta.pairs[predicate]
            if not fresh:
                del delta.pairs[predicate]
                continue
            delta.pairs[predicate] = fresh
            known |= fresh
            for value in values.get(predicate, ()):
                delta.subjects[predicate, value] |= {subject for subject, other in fresh if other == value}
            if predicate in self.forward:
                forward, backward = self.forward[predicate], self.backward[predicate]
                for subject, value in fresh:
                    forward[subject].append(value)
                    backward[value].append(subject)
        for key in list(delta.subjects):
            held = self.subjects[key]
            fresh_subjects = delta.subjects[key] - held if held else delta.subjects[key]
            if fresh_subjects:
                delta.subjects[key] = fresh_subjects
                held |= fresh_subjects
            else:
                del delta.subjects[key]


class _Program:
    """Rules, prepared for every pattern of their bodies that new triples may match.

    :ivar firing: by relation, the work that new triples in it make
    :ivar values: the objects by predicate for which the subjects are a relation of their own
    :ivar chained: the predicates that chains follow
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.firing: defaultdict[_Key, list[_Fire]] = defaultdict(list)
        self.values: defaultdict[str, set[str]] = defaultdict(set)
        self.chained: set[str] = set()
        self._paired: set[str] = set()
        for rule in rules:
            if not _is_about_ends(rule):
                self._paired.update(atom.predicate for atom in (rule.head, *rule.body))
            for atom in rule.body:
                if not atom.object.startswith("?") and atom.predicate != TYPE:
                    self.values[atom.predicate].add(atom.object)
            self._prepare(rule)

    def sort(self, triples: Iterable[Triple]) -> _Delta:
        """Sort triples by relation, and leave out those that no rule asks for or gives."""
        delta = _Delta()
        # One look-up per triple, of the bound method that takes it in: this loop sees every triple of the data.
        pairs = {predicate: delta.pairs[predicate].add for predicate in self._paired if predicate != TYPE}
        # All that the rules of these ask is what has the property, and what it leads to.
        ends = {
            predicate: (delta.starts[predicate].add, delta.ends[predicate].add)
            for predicate, value in self.firing
            if value is None and predicate not in self._paired and predicate != TYPE
        }
        for subject, predicate, value in triples:
            if (add_pair := pairs.get(predicate)) is not None:
                add_pair((subject, value))
            elif predicate == TYPE:
                delta.subjects[TYPE, value].add(subject)
            elif (add := ends.get(predicate)) is not None:
                add[0](subject)
                if value[0] != '"':
                    add[1](value)
        return delta.drop_empty()

    def _prepare(self, rule: Rule) -> None:
        if len(rule.body) == 1:
            self.firing[_key(rule.body[0])].append(_fire_single(rule))
        elif _is_chain(rule):
            links = [atom.predicate for atom in rule.body]
            self.chained.update(links)
            for at, predicate in enumerate(links):
                self.firing[predicate, None].append(_fire_link(rule.head.predicate, links, at))
        elif all(atom.subject == rule.head.subject and not atom.object.startswith("?") for atom in rule.body):
            for atom in rule.body:
                self.firing[_key(atom)].append(_fire_conjunction(rule))
        else:
            raise InferenceError(f"no way is known to run the rule {rule}")


def _fire_single(rule: Rule) -> _Fire:
    [atom] = rule.body
    head, key, predicate = rule.head, _key(atom), atom.predicate
    turned = head.subject == atom.object

    def fire(_facts: _Facts, delta: _Delta, following: _Delta) -> None:
        if not atom.object.startswith("?"):
            following.take_subjects(head, delta.subjects[key])
        elif not head.object.startswith("?"):
            following.take_subjects(head, delta.find_ends(predicate) if turned else delta.find_starts(predicate))
        elif turned:
            following.pairs[head.predicate] |= {(o, s) for s, o in delta.pairs[predicate] if o[0] != '"'}
        else:
            following.pairs[head.predicate] |= delta.pairs[predicate]

    return fire


def _fire_link(head: str, links: Sequence[str], at: int) -> _Fire:
    """Follow a chain from new pairs of one of its links to both ends."""
    before, after = links[:at][::-1], links[at + 1 :]

    def fire(facts: _Facts, delta: _Delta, following: _Delta) -> None:
        if any(len(delta.pairs.get(link, ())) == len(facts.pairs[link]) for link in before):
            return  # all pairs of an earlier link are new: followed from there, they have given every end already
        pairs = delta.pairs[links[at]]
        for link in after:
            forward = facts.forward[link]
            pairs = {(s, end) for s, o in pairs for end in forward.get(o, ())}
        for link in before:
            backward = facts.backward[link]
            pairs = {(start, o) for s, o in pairs for start in backward.get(s, ())}
        following.pairs[head] |= pairs

    return fire


def _fire_conjunction(rule: Rule) -> _Fire:
    keys = [_key(atom) for atom in rule.body]

    def fire(facts: _Facts, delta: _Delta, following: _Delta) -> None:
        common = set[str]().union(*(delta.subjects.get(key, ()) for key in keys))
        for key in keys:
            common &= facts.subjects[key]
        following.take_subjects(rule.head, common)

    return fire


class _Delta:
    """What one round has brought: pairs by predicate, subjects by predicate and object, and the ends of pairs."""

    def __init__(self) -> None:
        self.pairs: defaultdict[str, set[Pair]] = defaultdict(set)
        self.subjects: defaultdict[_Key, set[str]] = defaultdict(set)
        self.starts: defaultdict[str, set[str]] = defaultdict(set)
        self.ends: defaultdict[str, set[str]] = defaultdict(set)

    def __bool__(self) -> bool:
        return bool(self.pairs or self.subjects or self.starts)

    def drop_empty(self) -> _Delta:
        """Drop the relations that nothing is new in; returns itself."""
        for by_predicate in (self.pairs, self.starts, self.ends):
            for predicate in [predicate for predicate, members in by_predicate.items() if not members]:
                del by_predicate[predicate]
        for key in [key for key, subjects in self.subjects.items() if not subjects]:
            del self.subjects[key]
        return self

    def relations(self) -> set[_Key]:
        """Return the relations that something is new in."""
        return {(predicate, None) for predicate in (*self.pairs, *self.starts)} | set(self.subjects)

    def find_starts(self, predicate: str) -> set[str]:
        """Return the subjects of a predicate's pairs, which must not change any more."""
        if predicate not in self.starts:
            self.starts[predicate] = {subject for subject, _ in self.pairs[predicate]}
        return self.starts[predicate]

    def find_ends(self, predicate: str) -> set[str]:
        """Return the objects of a predicate's pairs that can be subjects; the pairs must not change any more."""
        if predicate not in self.ends and predicate in self.pairs:
            self.ends[predicate] = {value for _, value in self.pairs[predicate] if value[0] != '"'}
        return self.ends[predicate]

    def take_subjects(self, head: Atom, subjects: set[str]) -> None:
        """Add that each of ``subjects`` has the head's predicate and object."""
        if head.predicate == TYPE:
            self.subjects[TYPE, head.object] |= subjects
        else:
            self.pairs[head.predicate].update((subject, head.object) for subject in subjects)

    def triples(self) -> Iterable[Triple]:
        """Iterate over the triples; those of a predicate other than rdf:type stand among its pairs."""
        for predicate, pairs in self.pairs.items():
            for subject, value in pairs:
                yield subject, predicate, value
        for (predicate, kind), subjects in self.subjects.items():
            if predicate == TYPE and kind is not None:
                for subject in subjects:
                    yield subject, TYPE, kind


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for circles among millions of pairs of strings, where there can be none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _key(atom: Atom) -> _Key:
    return (atom.predicate, None if atom.object.startswith("?") else atom.object)


def _is_about_ends(rule: Rule) -> bool:
    """Tell whether the rule types the subjects or the objects of one property, whatever is at the other end."""
    return len(rule.body) == 1 and rule.head.predicate == TYPE and rule.body[0].object.startswith("?")


def _is_chain(rule: Rule) -> bool:
    """Tell whether the body leads from link to link, and the head from its start to its end."""
    ends = [(atom.subject, atom.object) for atom in rule.body]
    joined = all(one[1] == other[0] for one, other in pairwise(ends))
    nodes = [ends[0][0], *(end for _, end in ends)]
    variables = all(node.startswith("?") for node in nodes) and len(set(nodes)) == len(nodes)
    return joined and variables and (rule.head.subject, rule.head.object) == (nodes[0], nodes[-1])
