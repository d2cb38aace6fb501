from akegraph.api import Activity as Activity
from akegraph.api import Answer as Answer
from akegraph.api import Collection as Collection
from akegraph.api import Listing as Listing
from akegraph.api import Plan as Plan
from akegraph.api import open_collection as open
from akegraph.chains import Chain as Chain
from akegraph.errors import AkegraphError as AkegraphError
from akegraph.settings import Settings as Settings
from akegraph.store.base import Term as Term
from akegraph.validation import ValidationReport as ValidationReport

__all__ = [
    "Activity",
    "AkegraphError",
    "Answer",
    "Chain",
    "Collection",
    "Listing",
    "Plan",
    "Settings",
    "Term",
    "ValidationReport",
    "__version__",
    "open",
]

__version__: str
