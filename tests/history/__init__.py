"""Months of a small city, lived through the real use cases by a script whose answers are known.

``script`` says what happens: who is measured, gains, is at home, eats, gives. ``town`` makes it
happen through registering, locking, matching, packing, planning, the road and the closing; nothing
is pushed into tables. ``answers`` says what every figure must therefore be, from the script and the
published tables alone: it imports nothing of what it answers for.
"""

from tests.history.script import FIRST_MONTH, PLACES, Script, at
from tests.history.town import live

__all__ = ["FIRST_MONTH", "PLACES", "Script", "at", "live"]
