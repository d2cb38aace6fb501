"""Impact chains as values: from the statutory task through an activity to the goals it leads to.

:func:`find_chain` and :func:`find_chains` read them from a store; a :class:`Chain` knows what leads to each of its
elements and where they lead, every way through it, and where it breaks. ``formats`` writes chains down.
"""

from akegraph.chains.finding import find_chain, find_chains
from akegraph.chains.model import (
    COLOURS,
    FACET_KINDS,
    MOST_PATHS,
    STEP_KINDS,
    Chain,
    Direction,
    Element,
    Facet,
    FacetKind,
    Gap,
    Place,
    Step,
    StepKind,
    key_of,
    path_colour,
)

__all__ = [
    "COLOURS",
    "FACET_KINDS",
    "MOST_PATHS",
    "STEP_KINDS",
    "Chain",
    "Direction",
    "Element",
    "Facet",
    "FacetKind",
    "Gap",
    "Place",
    "Step",
    "StepKind",
    "find_chain",
    "find_chains",
    "key_of",
    "path_colour",
]
