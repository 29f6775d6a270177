"""Where a supervision visit is asked for: signs of trouble, weighed, with the reasons named.

The weights are working figures that the office has to confirm; a child to be referred comes first.
A place with a planned visit, or visited a short while ago, is not proposed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

__all__ = ["REST_DAYS", "WEIGHTS", "Place", "Proposal", "Signs", "propose"]

WEIGHTS: Mapping[str, int] = {
    "unreferred": 4,
    "not_eaten": 3,
    "low_measured": 2,
    "late": 2,
    "unmeasured": 1,
    "rounded": 1,
    "never_visited": 1,
}
"""Sign → weight. A sign counts once, however large its number."""
LEAST_WEIGHT = 2
"""A place whose signs weigh less is left alone."""
REST_DAYS = 60
"""So long after a visit nothing is proposed."""
FEWEST_ANSWERS = 5
"""Of fewer families nothing is said of what was eaten."""
FEWEST_UNMEASURED = 3


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A posyandu in its kelurahan."""

    kelurahan_code: str
    posyandu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the figures say of a place.

    ``asked`` families answered what became of a package, in ``not_own`` the child did not eat it
    alone. ``is_low_measured`` and ``is_late`` are verdicts of a funnel about its kelurahan.
    """

    unreferred: int = 0
    unmeasured: int = 0
    asked: int = 0
    not_own: int = 0
    is_rounded: bool = False
    is_low_measured: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A visit that the figures ask for, and why: sign → number (1 for a verdict)."""

    place: Place
    weight: int
    reasons: dict[str, int]


def propose(
    signs: Mapping[Place, Signs],
    *,
    visited_on: Mapping[Place, dt.date],
    planned: Iterable[Place],
    today: dt.date,
) -> list[Proposal]:
    """Return the visits to plan, the weightiest first."""
    waiting = set(planned)
    found = []
    for place, own in signs.items():
        last = visited_on.get(place)
        if place in waiting or (last is not None and (today - last).days < REST_DAYS):
            continue
        reasons = _reasons(own)
        if reasons and last is None:
            reasons["never_visited"] = 1
        weight = sum(WEIGHTS[sign] for sign in reasons)
        if weight >= LEAST_WEIGHT:
            found.append(Proposal(place, weight, reasons))
    return sorted(found, key=lambda each: (-each.weight, each.place))


def _reasons(own: Signs) -> dict[str, int]:
    asks = {
        "unreferred": own.unreferred,
        "not_eaten": own.not_own
        if own.asked >= FEWEST_ANSWERS and 2 * own.not_own >= own.asked
        else 0,
        "low_measured": int(own.is_low_measured),
        "late": int(own.is_late),
        "unmeasured": own.unmeasured if own.unmeasured >= FEWEST_UNMEASURED else 0,
        "rounded": int(own.is_rounded),
    }
    return {sign: number for sign, number in asks.items() if number}
