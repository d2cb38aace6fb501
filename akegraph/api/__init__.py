"""akegraph from Python: one small door to plans, chains, questions and copies for rdflib and pandas.

``akegraph.open`` is :func:`~akegraph.api.collection.open_collection`. Nothing of this is imported before it is used.
"""

from akegraph.api.answers import Answer, Value
from akegraph.api.collection import Argument, Collection, open_collection
from akegraph.api.listings import Activity, Listing, Plan

__all__ = ["Activity", "Answer", "Argument", "Collection", "Listing", "Plan", "Value", "open_collection"]
