"""What would cover a child that is not covered."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.eligibility import Refusal, refusals
from matcher.waiting import Queue

if TYPE_CHECKING:
    from matcher.market import Market


class RemedyCode(StrEnum):
    """What would cover a child; sentences live in catalogues."""

    MORE_PLACES_AT_PLEDGE = "remedy.more_places_at_pledge"
    MORE_PLACES_IN_KELURAHAN = "remedy.more_places_in_kelurahan"
    WIDEN_AREA = "remedy.widen_area"
    MONEY_INSTEAD_OF_GOODS = "remedy.money_instead_of_goods"
    LIFT_BAN = "remedy.lift_ban"
    USE_STANDBY = "remedy.use_standby"
    ALLOW_SIBLING_SPLIT = "remedy.allow_sibling_split"


@dataclass(frozen=True)
class Remedy:
    """A change that covers the child, with the values that say where and how much."""

    code: RemedyCode
    params: dict[str, Any] = field(default_factory=dict)


NEAREST = 25
"""So many of the nearest pledges are looked at for a change of their terms."""

_ONE_CHANGE: dict[tuple[Refusal, ...], RemedyCode] = {
    (Refusal.OUTSIDE_AREA,): RemedyCode.WIDEN_AREA,
    (Refusal.FORBIDDEN_GOODS,): RemedyCode.MONEY_INSTEAD_OF_GOODS,
    (Refusal.BANNED,): RemedyCode.LIFT_BAN,
    (Refusal.STANDBY,): RemedyCode.USE_STANDBY,
}


class Remedies:
    """Changes that cover a child for certain, cheapest first.

    First what only needs a word (a ban lifted, a standby pledge taken, terms changed at a pledge
    that has enough places free), then new places, nearest first.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self.queue = Queue(market)
        self._free = market.problem.capacity - market.load

    def of(self, child: int, *, sibling_rule: bool) -> tuple[Remedy, ...]:
        """Return the remedies of one uncovered child."""
        problem = self.market.problem
        places = self.queue.places_needed(child)
        found = [Remedy(RemedyCode.ALLOW_SIBLING_SPLIT)] if sibling_rule else []
        found += self._changed_terms(child, places)
        kelurahan = problem.kelurahan_codes[problem.kelurahan[child]]
        more = {"kelurahan": kelurahan, "places": places}
        found.append(Remedy(RemedyCode.MORE_PLACES_IN_KELURAHAN, more))
        allowed = np.flatnonzero(self.market.allowed[child])
        if allowed.size:
            distance_hm = problem.distance_hm(np.array([child]), allowed)
            nearest = int(allowed[np.argmin(distance_hm)])
            places = self.queue.places_needed_at(child, nearest)
            more = {"pledge": problem.pledge_ids[nearest], "places": places}
            found.append(Remedy(RemedyCode.MORE_PLACES_AT_PLEDGE, more))
        return tuple(found)

    def _changed_terms(self, child: int, places: int) -> list[Remedy]:
        """Return the changes at single pledges nearby that refuse the child for one reason only."""
        problem, policy = self.market.problem, self.market.matching.policy
        anywhere = self.queue.places_needed_anywhere(child)
        refusing = np.flatnonzero(~self.market.allowed[child] & (self._free > 0))
        distance_hm = problem.distance_hm(np.array([child]), refusing)
        nearest = refusing[np.argsort(distance_hm, kind="stable")[:NEAREST]]
        found: dict[RemedyCode, Remedy] = {}
        for pledge in nearest.tolist():
            code = _ONE_CHANGE.get(tuple(refusals(problem, policy, child, pledge)))
            enough = anywhere
            if code is RemedyCode.LIFT_BAN:
                enough = 1
            elif code is RemedyCode.WIDEN_AREA:
                enough = places
            if code and code not in found and self._free[pledge] >= enough:
                found[code] = Remedy(code, {"pledge": problem.pledge_ids[pledge]})
        order = list(RemedyCode)
        return sorted(found.values(), key=lambda remedy: order.index(remedy.code))
