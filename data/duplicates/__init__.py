"""Who is likely to stand in the lists twice: pairs for a person to decide, with score and reasons.

:mod:`.names` reduces Indonesian names to how they sound, :mod:`.children` and :mod:`.sponsors`
compare people, :mod:`.pairs` is what they hand out. Nothing is merged here, and no reason holds an
identity number.
"""

from data.duplicates.children import ChildIdentity, find_duplicate_children
from data.duplicates.pairs import LEAST_SCORE, DuplicatePair, Reason
from data.duplicates.sponsors import SponsorIdentity, find_duplicate_sponsors

__all__ = [
    "LEAST_SCORE",
    "ChildIdentity",
    "DuplicatePair",
    "Reason",
    "SponsorIdentity",
    "find_duplicate_children",
    "find_duplicate_sponsors",
]
