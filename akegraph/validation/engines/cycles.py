"""Which nodes a property path leads back to: the strongly connected parts of a graph, found in one pass."""

from __future__ import annotations

from typing import Any

from rdflib import Graph
from rdflib.term import Node


def find_on_cycles(data: Graph, path: Any) -> set[Node]:
    """Find every node from which one or more steps of a path lead back to it.

    :param path: one step: a property, or a path of rdflib
    """
    steps: dict[Node, list[Node]] = {}
    for start, _, end in data.triples((None, path, None)):
        steps.setdefault(start, []).append(end)
    return {node for part in _connected_parts(steps) for node in part if len(part) > 1 or node in steps[node]}


def _connected_parts(steps: dict[Node, list[Node]]) -> list[list[Node]]:
    """Find the strongly connected components by Tarjan's algorithm, without recursion: chains may be long."""
    number: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    parts: list[list[Node]] = []
    for root in steps:
        if root in number:
            continue
        work = [(root, iter(steps[root]))]
        number[root] = lowest[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, ends = work[-1]
            for end in ends:
                if end not in steps:
                    continue  # nothing leads on from it, so nothing leads back
                if end not in number:
                    number[end] = lowest[end] = len(number)
                    stack.append(end)
                    on_stack.add(end)
                    work.append((end, iter(steps[end])))
                    break
                if end in on_stack:
                    lowest[node] = min(lowest[node], number[end])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    at = stack.index(node) if stack[-1] != node else len(stack) - 1
                    parts.append(stack[at:])
                    on_stack.difference_update(stack[at:])
                    del stack[at:]
    return parts
