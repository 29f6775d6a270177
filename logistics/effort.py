"""How long a search is where nobody says: counted, so that a busy machine finds the same plan."""

from __future__ import annotations

from enum import StrEnum

PER_STOP = {"lean": 10_000, "sisr": 80, "pyvrp": 8, "insertion": 10}
"""Iterations for each stop: about ten seconds of one core for a city's 200 stops."""

FEWEST, MOST = 50, 500
"""Stops below and above which no fewer and no more are counted."""

FUSE_S = 300.0
"""Seconds after which a counted search is ended all the same; the plan says so."""


class Effort(StrEnum):
    """How thorough a counted search is; `times` its usual count."""

    QUICK = "quick"
    USUAL = "usual"
    THOROUGH = "thorough"

    @property
    def times(self) -> float:
        """Return how many times the usual iterations it is given."""
        return {"quick": 0.25, "usual": 1.0, "thorough": 4.0}[self.value]


def usual_iterations(engine: str, num_stops: int) -> int:
    """Return how many iterations of an engine a problem of so many stops is worth."""
    return PER_STOP[engine] * min(max(num_stops, FEWEST), MOST)
