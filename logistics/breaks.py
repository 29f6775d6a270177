"""Breaks of a shift: when a vehicle that may rest here can go on, by breaks kept so far.

A vehicle's time is known by the number of breaks that it has kept: ``ready[k]`` is the earliest
instant at which it can go on after k breaks, `NEVER` when it cannot have kept so many by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER = 1 << 60
IDLE = -(1 << 60)
"""Before a shift: the vehicle stands at its depot as long as anyone can think."""


@dataclass(frozen=True, slots=True)
class BreakRef:
    """A break on the axis of instants."""

    earliest: int
    latest: int
    duration_s: int
    name: str = ""


def rest(ready: list[int], breaks: Sequence[BreakRef]) -> list[int]:
    """Let a vehicle rest here where that makes it ready sooner; return which breaks it took."""
    taken = []
    for number, each in enumerate(breaks):
        begins = max(ready[number], each.earliest)
        if begins <= each.latest and begins + each.duration_s < ready[number + 1]:
            ready[number + 1] = begins + each.duration_s
            taken.append(number)
    return taken


def can_rest_after(instant: int, breaks: Sequence[BreakRef]) -> bool:
    """Return whether a vehicle that is back at an instant can still keep these breaks."""
    for each in breaks:
        instant = max(instant, each.earliest)
        if instant > each.latest:
            return False
        instant += each.duration_s
    return True


def back_at(ready: Sequence[int], breaks: Sequence[BreakRef]) -> tuple[int, int]:
    """Return the earliest return after which all breaks can be kept, and how many were before.

    `NEVER` when there is none.
    """
    best, kept = NEVER, 0
    for number, instant in enumerate(ready):
        if instant < best and can_rest_after(instant, breaks[number:]):
            best, kept = instant, number
    return best, kept
