"""Messages with the values of a result filled in, in every language they are written in.

``{$this}``, ``{?value}`` and every other variable of a SPARQL constraint's solution may stand in ``sh:message``
(https://www.w3.org/TR/shacl/#sparql-constraints-messages). pyshacl 0.40 fills them, and drops the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rdflib import SH, Graph, Literal
from rdflib.term import Node

_VARIABLE = re.compile(r"\{[?$](\w+)\}")


def fill_message(message: Literal, values: Mapping[str, Node]) -> Literal:
    """Return a message with its variables filled in; its language is kept.

    A variable without a value stays as it is written, so that a reader sees that something is missing.

    :param values: the term of each variable, by name without its sign
    """
    return Literal(fill_text(str(message), values), lang=message.language)


def fill_text(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its variables filled in."""
    return _VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), text)


def find_messages(results: Graph, result: Node, shapes: Graph) -> dict[str, str]:
    """Return a result's messages by language, "" for one without, with the values filled in.

    Read are the messages of the SPARQL constraint that the result comes from; where it has none, those of its shape
    that have variables. The values of ``this``, ``path`` and ``value`` are told by the result; those of other variables
    are read out of what the engine has filled in itself.

    :param results: the engine's report; not changed
    :param shapes: the shapes with all their messages; not changed
    :returns: nothing where neither has such a message: then the rule's own are the messages
    """
    constraint = results.value(result, SH.sourceConstraint)
    templates = list(shapes.objects(constraint, SH.message)) if constraint is not None else []
    if not templates:
        shape = results.value(result, SH.sourceShape)
        templates = [text for text in shapes.objects(shape, SH.message) if _VARIABLE.search(str(text))]
    if not templates:
        return {}
    values: dict[str, object] = {}
    for name, predicate in (("this", SH.focusNode), ("path", SH.resultPath), ("value", SH.value)):
        value = results.value(result, predicate)
        if value is not None:
            values[name] = value
    texts = sorted(str(text) for text in results.objects(result, SH.resultMessage))
    found: dict[str, str] = {}
    for template in sorted(t for t in templates if isinstance(t, Literal)):
        found[template.language or ""] = _filled_by_engine(str(template), texts) or fill_text(str(template), values)
    return found


def _filled_by_engine(template: str, texts: Sequence[str]) -> str | None:
    """Find the text that an engine made of a template; None where none or more than one may be it."""
    parts = _VARIABLE.split(template)
    if len(parts) == 1:
        return None
    pattern = re.compile("(?s:.*?)".join(map(re.escape, parts[::2])))
    fitting = [text for text in texts if pattern.fullmatch(text)]
    return fitting[0] if len(fitting) == 1 else None
