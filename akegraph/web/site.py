"""What the web door shows: everything made before the first request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from akegraph.chains import Chain, find_chains
from akegraph.web.reference import Reference, make_reference

if TYPE_CHECKING:
    from akegraph.queries import QueryCatalogue
    from akegraph.store.base import Store
    from akegraph.validation.findings import ValidationReport


@dataclass(frozen=True)
class Site:
    """The values a site is made of; the application reads nothing but these.

    :param store: answers every question; whoever opened it closes it
    :param catalogue: the ready questions
    :param plans: label of each plan held, by its id, in the order to show them
    :param reports: what validation found in each plan, by the plan's id
    :param trig: the whole dataset, for ``/dump.trig``, or how to get it where it is not held here
    :param shapes: the SHACL shapes as Turtle, for ``/shapes``
    """

    store: Store
    catalogue: QueryCatalogue
    plans: Mapping[str, str]
    reports: Mapping[str, ValidationReport]
    trig: bytes | Callable[[], bytes]
    shapes: bytes

    def dump(self) -> bytes:
        """Return the whole dataset as TriG."""
        return self.trig if isinstance(self.trig, bytes) else self.trig()

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The chains of all plans, read at the first request: what is held does not change under a site."""
        return find_chains(self.store)

    @cached_property
    def chain_of(self) -> Mapping[str, Chain]:
        """The chains by the IRI of their activity."""
        return {chain.activity: chain for chain in self.chains}

    @cached_property
    def reference(self) -> Reference:
        """The terms and what uses them, for the pages about the vocabulary; read at the first request for one."""
        return make_reference(self.catalogue, self.shapes)
