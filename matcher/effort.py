"""How much a search may do: counted work, so that a busy machine changes no result."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EFFORT_UNIT = 1_000_000
"""Work of one unit of `Policy.search_effort`."""


@dataclass
class Effort:
    """Work that is left, and a fuse by the clock.

    Work is counted in what does not depend on the machine: columns of a model times the points at
    which HiGHS looks whether it should stop, or times iterations of the simplex method; entries
    looked at for inequalities; cells of a dynamic programme. The clock ends a search only
    when something is badly wrong with the machine or the month; whoever asked then has to say so,
    because the result may differ elsewhere.

    Attributes
    ----------
    work
        What is left.
    ends
        Reading of `time.perf_counter` at which everything ends.
    has_blown
        Whether the clock, not the work, ended something.
    """

    work: float
    ends: float
    has_blown: bool = False

    @classmethod
    def of(cls, work: float, seconds: float) -> Effort:
        """Return so much work, and a fuse from now on."""
        return cls(work, time.perf_counter() + seconds)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left of the work or the time."""
        return self.work <= 0 or self.is_late()

    def is_late(self) -> bool:
        """Return whether the fuse has blown, and remember it."""
        if self.work > 0 and time.perf_counter() >= self.ends:
            self.has_blown = True
        return self.has_blown

    @property
    def seconds(self) -> float:
        """Seconds until the fuse blows, at least a hundredth."""
        return max(0.01, self.ends - time.perf_counter())

    def spend(self, work: float) -> None:
        """Count work that was done."""
        self.work -= work

    @contextmanager
    def only(self, part: float) -> Iterator[Effort]:
        """Leave only a part of the work within a block."""
        aside = (1 - part) * self.work
        self.work -= aside
        try:
            yield self
        finally:
            self.work += aside
