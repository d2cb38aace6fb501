"""Regular expressions that would backtrack without end, found before they meet data.

Python tries every way to match: ``^(a+)+$`` takes twice as long for each further ``a``, and ``a*a*a*b`` sixteen times
as long for a text twice as long. A pattern without a repeat inside a repeat, without a choice inside one, and without
repeats beside each other that fit the same sign, does neither. Any other is tried on texts made from its own parts, in
a process of its own that is ended when it does not come back.
"""

from __future__ import annotations

import json
import re
import re._constants as sre  # type: ignore[import-not-found]  # typeshed has it under its old name
import re._parser as sre_parser  # type: ignore[import-not-found]
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TRIAL_SECONDS = 3.0
"""How long the trials of one pattern may take; those of a harmless one take milliseconds."""

_PUMPED = 28
"""How often a part is repeated: enough for 2 to that power steps, few enough for n³."""
_LONG = 3000
"""How often a sign is repeated where repeats stand side by side: n² steps are soon done, n³ are not."""
_FEW = 3
"""So many repeats are never too many."""
_MANY = 4
"""So many repeats with signs between them that each fits are as bad as two side by side."""
_MOST_SIGNS = 3
_REPEATS = frozenset({sre.MAX_REPEAT, sre.MIN_REPEAT})
_TRIALS = "import json, re, sys; pattern, texts = json.load(sys.stdin); [re.search(pattern, text) for text in texts]"
_LETTERS = "aA0 -_.,:;/xéäζ\n\x01"


def find_runaway_pattern(patterns: Iterable[str]) -> str | None:
    """Return the first pattern that does not come to an end in reasonable time; None where all do.

    One that does not parse is not found here; whoever compiles it says so.
    """
    for pattern in patterns:
        try:
            parsed = sre_parser.parse(pattern)
        except re.error:
            continue
        if not is_plainly_safe(parsed) and not _ends(pattern, [*_attacks(parsed), *_long_attacks(parsed)]):
            return pattern
    return None


def is_plainly_safe(parsed: Any) -> bool:
    """Tell whether no repeat is of what can match in several ways, and no two beside each other share a text."""
    return not any(_is_ambiguous(body) for body in _repeated(parsed)) and not any(_long_attacks(parsed))


def _repeated(parsed: Any) -> Iterator[Any]:
    """Yield the body of every repeat without a small bound."""
    for kind, value in parsed:
        if kind in _REPEATS and value[1] > _FEW:
            yield value[2]
        for part in _parts(kind, value):
            yield from _repeated(part)


def _is_ambiguous(parsed: Any) -> bool:
    return any(
        kind in _REPEATS or kind in (sre.BRANCH, sre.GROUPREF, sre.GROUPREF_EXISTS) or any(map(_is_ambiguous, parts))
        for kind, value in parsed
        for parts in [list(_parts(kind, value))]
    )


def _parts(kind: Any, value: Any) -> Iterator[Any]:
    """Yield the patterns inside one item of a parsed pattern."""
    if kind in _REPEATS or kind is sre.POSSESSIVE_REPEAT:
        yield value[2]
    elif kind is sre.SUBPATTERN:
        yield value[3]
    elif kind is sre.BRANCH:
        yield from value[1]
    elif kind in (sre.ASSERT, sre.ASSERT_NOT):
        yield value[1]
    elif kind is sre.ATOMIC_GROUP:
        yield value
    elif kind is sre.GROUPREF_EXISTS:
        yield from (part for part in value[1:] if part is not None)


def _attacks(parsed: Any) -> list[str]:
    """Make texts that match the repeats of a pattern many times over, and then do not match."""
    texts: set[str] = set()
    for before, body in _contexts(parsed, ""):
        samples = {sample for choice in range(4) if (sample := _sample(body, choice))}
        pumps = samples | {one + other for one in samples for other in samples}
        texts.update(before + pump * _PUMPED + end for pump in pumps for end in ("", "\x01", "!", " ", "-\x01"))
    return sorted(texts)


def _long_attacks(parsed: Any) -> Iterator[str]:
    """Make long texts of a sign that several repeats beside each other fit, so that each can take any part of them."""
    for before, sequence in _sequences(parsed, ""):
        shared = [sign for sign in _signs(sequence) if _is_shared(sequence, sign)]
        for sign in shared[:_MOST_SIGNS]:
            yield from (before + sign * _LONG + end for end in ("\x01", "!"))


def _sequences(parsed: Any, before: str) -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    """Yield each sequence of items, groups taken apart, with a text that leads up to it."""
    items = list(_flat(parsed))
    yield before, items
    for kind, value in items:
        for part in _parts(kind, value):
            yield from _sequences(part, before)
        before += _sample([(kind, value)], 0)


def _flat(parsed: Any) -> Iterator[tuple[Any, Any]]:
    for kind, value in parsed:
        if kind is sre.SUBPATTERN:
            yield from _flat(value[3])
        else:
            yield kind, value


def _signs(items: Any) -> list[str]:
    """List signs that any of the items matches, each once."""
    found: dict[str, None] = {}
    for kind, value in items:
        if kind in _REPEATS:
            found |= dict.fromkeys(_signs(value[2]))
        elif kind is sre.LITERAL:
            found[chr(value)] = None
        elif kind in (sre.IN, sre.NOT_LITERAL, sre.ANY):
            found |= dict.fromkeys(sign for choice in range(4) if (sign := _sample_sign(kind, value, choice)))
        else:
            for part in _parts(kind, value):
                found |= dict.fromkeys(_signs(part))
    return list(found)


def _is_shared(items: Sequence[tuple[Any, Any]], sign: str) -> bool:
    """Tell whether a text of one sign can be shared out between repeats in more ways than can be tried."""
    run, beside = 0, False
    for kind, value in items:
        if kind in _REPEATS and value[1] > _PUMPED and _fits([*value[2]], sign):
            if beside:
                return True
            run, beside = run + 1, True
            if run >= _MANY:
                return True
        elif _fits([(kind, value)], sign) and not _may_be_empty(kind, value):
            beside = False
        elif not _may_be_empty(kind, value):
            run, beside = 0, False
    return False


def _fits(items: Sequence[tuple[Any, Any]], sign: str) -> bool:
    """Tell whether items together can match just one sign."""
    needed = [(kind, value) for kind, value in items if not _may_be_empty(kind, value)]
    if len(needed) > 1:
        return False
    return any(_fits_one(kind, value, sign) for kind, value in needed or items)


def _fits_one(kind: Any, value: Any, sign: str) -> bool:
    if kind in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
        return _compile([(kind, value)]).match(sign) is not None
    if kind in _REPEATS and value[0] > 1:
        return False
    if kind in _REPEATS or kind in (sre.SUBPATTERN, sre.BRANCH):
        return any(_fits([*part], sign) for part in _parts(kind, value))
    return False


def _may_be_empty(kind: Any, value: Any) -> bool:
    """Tell whether an item can match without taking a sign."""
    if kind in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
        return False
    if kind in _REPEATS or kind is sre.POSSESSIVE_REPEAT:
        return value[0] == 0 or all(_may_be_empty(*item) for item in value[2])
    if kind in (sre.SUBPATTERN, sre.BRANCH, sre.ATOMIC_GROUP):
        return any(all(_may_be_empty(*item) for item in part) for part in _parts(kind, value))
    return True


def _contexts(parsed: Any, before: str) -> Iterator[tuple[str, Any]]:
    """Yield each repeated part with a text that leads up to it."""
    for kind, value in parsed:
        if kind in _REPEATS and value[1] > _FEW:
            yield before, value[2]
        for part in _parts(kind, value):
            yield from _contexts(part, before)
        before += _sample([(kind, value)], 0)


def _sample(parsed: Any, choice: int) -> str:
    """Make a text that a pattern is likely to match; ``choice`` varies which."""
    text = ""
    for kind, value in parsed:
        if kind is sre.LITERAL:
            text += chr(value)
        elif kind is sre.ANY:
            text += "a"
        elif kind in (sre.IN, sre.NOT_LITERAL, sre.CATEGORY):
            text += _sample_sign(kind, value, choice)
        elif kind is sre.BRANCH:
            branches = value[1]
            text += _sample(branches[choice % len(branches)], choice)
        elif kind in _REPEATS or kind is sre.POSSESSIVE_REPEAT:
            text += _sample(value[2], choice) * max(value[0], 1)
        elif kind in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
            text += _sample(value[3] if kind is sre.SUBPATTERN else value, choice)
    return text


def _sample_sign(kind: Any, value: Any, choice: int) -> str:
    """Find a sign that one item matches, trying those it names first."""
    items = value if kind is sre.IN else [(kind, value)]
    named = [chr(one) for op, one in items if op is sre.LITERAL]
    named += [chr(one[0]) for op, one in items if op is sre.RANGE]
    compiled = _compile([(kind, value)])
    fitting = [sign for sign in (*named, *_LETTERS) if compiled.match(sign)]
    return fitting[choice % len(fitting)] if fitting else ""


def _compile(items: Sequence[Any]) -> re.Pattern[str]:
    """Compile one item of a parsed pattern."""
    import re._compiler as sre_compiler  # type: ignore[import-not-found]

    state = sre_parser.State()
    state.str = ""
    compiled: re.Pattern[str] = sre_compiler.compile(sre_parser.SubPattern(state, list(items)))
    return compiled


def _ends(pattern: str, texts: Sequence[str]) -> bool:
    """Try a pattern on texts in a process that is ended after a while; tells whether it ended by itself."""
    try:
        subprocess.run(  # noqa: S603  # our own interpreter and our own code
            [sys.executable, "-I", "-S", "-c", _TRIALS],
            input=json.dumps([pattern, list(texts)]).encode(),
            timeout=TRIAL_SECONDS,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return True
