"""A rule's story: what it looks at, why it is there, how it looks broken and right, and whether a machine may mend it.

Everything is read from the shapes, the schemes and ``shapes/codes.ttl``; only the words between are in
``explaining.toml`` beside this module.
"""

from __future__ import annotations

import difflib
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rdflib import RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from akegraph.errors import UnknownResourceError
from akegraph.graph.iris import AKESH, shorten_iri
from akegraph.settings import Language
from akegraph.validation.engine import path_text
from akegraph.validation.shapes import DESCRIBING, Rule, Shapes

_WIDTH = 96
_TARGETS = (
    (SH.targetClass, "{}"),
    (SH.targetNode, "{}"),
    (SH.targetSubjectsOf, "{} →"),
    (SH.targetObjectsOf, "→ {}"),
)
_TOLD_ELSEWHERE = DESCRIBING | {SH.path, SH.severity, *(predicate for predicate, _ in _TARGETS)}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule told in one language.

    :param code: the finding code
    :param severity: ``violation``, ``warning`` or ``info``
    :param name: the rule's name
    :param message: what a report says
    :param description: why the rule is there and what to do
    :param reason: the law, the plan's column or the standard it comes from
    :param see_also: links to read more
    :param column: the column of the plan to look in, by its label
    :param wrong: what the rule objects to
    :param right: the same as it should be
    :param fix: name of the fix a machine may make
    :param fix_text: what that fix changes
    :param shape: IRI of the shape
    :param target: what the rule is tried on, shortened by prefixes
    :param path: the property path, as SPARQL writes it
    :param constraints: what is asked, as Turtle writes it
    """

    code: str
    severity: str
    name: str
    message: str | None
    description: str | None
    reason: tuple[str, ...]
    see_also: tuple[str, ...]
    column: str | None
    wrong: str | None
    right: str | None
    fix: str | None
    fix_text: str | None
    shape: str
    target: tuple[str, ...]
    path: str | None
    constraints: tuple[str, ...]


def list_rules(shapes: Shapes) -> tuple[Rule, ...]:
    """List the rules that have something to say to people, by code."""
    told = (rule for rule in shapes.rules.values() if rule.messages or rule.code.startswith("AKE-"))
    return tuple(sorted(told, key=lambda rule: (rule.code, str(rule.shape))))


def get_rule(shapes: Shapes, wanted: str) -> Rule:
    """Return the rule with a code, in any case and also without its letters, a shape's IRI or CURIE, or a name.

    :raises UnknownResourceError: if there is none, with the codes and names that come close
    """
    rules = list_rules(shapes)
    key = wanted.strip().casefold()
    for rule in rules:
        names = (rule.code, rule.code.rpartition("-")[2], str(rule.shape), shorten_iri(str(rule.shape)))
        if key in (name.casefold() for name in names):
            return rule
    named = [rule for rule in rules if key in (name.casefold() for name in rule.names.values())]
    if len(named) == 1:
        return named[0]
    names_of = {
        name.casefold(): rule.code
        for rule in rules
        for name in (rule.code, shorten_iri(str(rule.shape)), *rule.names.values())
    }
    close = difflib.get_close_matches(key, names_of, n=len(names_of))
    close = close or [name for name in names_of if key and key in name]
    close.sort(key=lambda name: (-_likeness(key, name), name))
    raise UnknownResourceError(wanted, list(dict.fromkeys(names_of[name] for name in close[:3])))


def _likeness(key: str, name: str) -> float:
    return difflib.SequenceMatcher(None, name, key).ratio()


def explain_rule(rule: Rule, shapes: Shapes, language: Language, *, schemes: Graph, codes: Graph) -> Explanation:
    """Tell one rule.

    :param schemes: read for the label of the column; not changed
    :param codes: ``shapes/codes.ttl``, read for the fix; not changed
    """
    graph = shapes.graph
    path = graph.value(rule.shape, SH.path)
    fix = AKESH[rule.fix] if rule.fix is not None else None
    return Explanation(
        code=rule.code,
        severity=rule.severity.word,
        name=rule.name(language) or shorten_iri(str(rule.shape)),
        message=rule.message(language),
        description=rule.description(language),
        reason=rule.reason_in(language),
        see_also=rule.see_also,
        column=_label(schemes, rule.column, SKOS.prefLabel, language) if rule.column is not None else None,
        wrong=rule.wrong,
        right=rule.right,
        fix=_label(codes, fix, RDFS.label, language) if fix is not None else None,
        fix_text=_label(codes, fix, RDFS.comment, language) if fix is not None else None,
        shape=str(rule.shape),
        target=tuple(_targets(graph, rule.shape)),
        path=path_text(graph, path) if path is not None else None,
        constraints=tuple(sorted(_constraints(graph, rule.shape))),
    )


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON's values, by the names of its fields."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(explanation).items()}


def explanation_text(explanation: Explanation, language: Language) -> str:
    """Write an explanation for people: the message first, what only engineers need last."""
    words = load_words()[language]
    title = f"{explanation.code}  {explanation.name}  ({words[explanation.severity]})"
    parts = [[title, "─" * len(title)]]
    if explanation.message is not None:
        parts.append(_wrapped(explanation.message))
    if explanation.description is not None:
        parts.append([words["why"], *_wrapped(explanation.description, "  ")])
    if explanation.wrong is not None and explanation.right is not None:
        width = max(len(words["wrong"]), len(words["right"])) + 2
        parts.append(
            [
                *_wrapped(explanation.wrong, " " * width, f"{words['wrong']}:".ljust(width)),
                *_wrapped(explanation.right, " " * width, f"{words['right']}:".ljust(width)),
            ]
        )
    if explanation.fix is not None:
        parts.append(
            [f"{words['fix']}: {explanation.fix}", *_wrapped(f"{explanation.fix_text} ({words['how_fix']})", "  ")]
        )
    else:
        parts.append(_wrapped(f"{words['fix']}: {words['no_fix']}"))
    if explanation.column is not None:
        parts.append([f"{words['where']}: {explanation.column}"])
    if explanation.reason or explanation.see_also:
        parts.append([words["based"], *(f"  {line}" for line in (*explanation.reason, *explanation.see_also))])
    details = [f"  {words['shape']}: {shorten_iri(explanation.shape)}"]
    details += [f"  {words['target']}: {', '.join(explanation.target)}"] if explanation.target else []
    details += [f"  {words['path']}: {explanation.path}"] if explanation.path is not None else []
    details += [f"  {words['asks']}: {'; '.join(explanation.constraints)}"] if explanation.constraints else []
    parts.append([words["details"], *details])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


@cache
def load_words() -> Mapping[str, Mapping[str, str]]:
    """Read ``explaining.toml`` beside this module: the words by language."""
    words: dict[str, dict[str, str]] = tomllib.loads(
        files("akegraph.validation").joinpath("explaining.toml").read_text(encoding="utf-8")
    )
    return words


def _wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _label(graph: Graph, node: Node, predicate: URIRef, language: Language) -> str:
    """Return a label in ``language``, else in another that there is, else the shortened IRI."""
    texts = {text.language: str(text) for text in graph.objects(node, predicate) if isinstance(text, Literal)}
    for choice in (language, "en", "fi"):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), shorten_iri(str(node)))


def _targets(graph: Graph, shape: Node) -> Iterable[str]:
    """Say what a shape, or the shapes it is part of, are tried on."""
    owners, waiting = [shape], [shape]
    while waiting:
        for owner in sorted(graph.subjects(SH.property, waiting.pop()), key=str):
            if owner not in owners:
                owners.append(owner)
                waiting.append(owner)
    for owner in owners:
        for predicate, form in _TARGETS:
            for target in sorted(graph.objects(owner, predicate), key=str):
                yield form.format(shorten_iri(str(target)))


def _constraints(graph: Graph, shape: Node) -> Iterable[str]:
    for predicate, value in graph.predicate_objects(shape):
        if str(predicate).startswith(str(SH)) and predicate not in _TOLD_ELSEWHERE and predicate != SH.property:
            yield f"{shorten_iri(str(predicate))} {_value(graph, value)}"


def _value(graph: Graph, value: Node) -> str:
    if isinstance(value, Literal):
        return f'"{value}"' if value.datatype is None or value.language else str(value)
    if isinstance(value, URIRef):
        return shorten_iri(str(value))
    members = list(Collection(graph, value)) if isinstance(value, BNode) else []
    return f"( {' '.join(_value(graph, member) for member in members)} )" if members else "[ … ]"
