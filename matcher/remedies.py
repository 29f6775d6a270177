"""What would cover a child that is not covered: the changes that do, the cheapest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.eligibility import Refusal, eligible_pairs, refusals
from matcher.places import Places
from matcher.residual import ImprovableError, Residual, TooLargeError
from matcher.waiting import Queue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.market import Market
    from matcher.places import NextPlace
    from matcher.problem import MatchingProblem


class RemedyCode(StrEnum):
    """What would cover a child; sentences live in catalogues."""

    MORE_PLACES_AT_PLEDGE = "remedy.more_places_at_pledge"
    MORE_PLACES_IN_KELURAHAN = "remedy.more_places_in_kelurahan"
    WIDEN_AREA = "remedy.widen_area"
    MONEY_INSTEAD_OF_GOODS = "remedy.money_instead_of_goods"
    LIFT_BAN = "remedy.lift_ban"
    USE_STANDBY = "remedy.use_standby"
    MORE_RUPIAH = "remedy.more_rupiah"
    ONE_MORE_PINNED = "remedy.one_more_pinned"
    ALLOW_SIBLING_SPLIT = "remedy.allow_sibling_split"


@dataclass(frozen=True)
class Remedy:
    """A change that covers the child, with the values that say where and how much.

    ``params["is_least"]`` tells of a number of places whether it is the least, or only certainly
    enough.
    """

    code: RemedyCode
    params: dict[str, Any] = field(default_factory=dict)


NEAREST = 25
"""So many of the nearest pledges are looked at for a change of their terms."""
WORK = 3_000_000_000
"""Cells of the residual network gone through in search of least numbers, for a whole month."""

_ONE_CHANGE: dict[tuple[Refusal, ...], RemedyCode] = {
    (Refusal.BANNED,): RemedyCode.LIFT_BAN,
    (Refusal.STANDBY,): RemedyCode.USE_STANDBY,
    (Refusal.OUTSIDE_AREA,): RemedyCode.WIDEN_AREA,
    (Refusal.FORBIDDEN_GOODS,): RemedyCode.MONEY_INSTEAD_OF_GOODS,
}
_EFFORT = (
    RemedyCode.LIFT_BAN,
    RemedyCode.USE_STANDBY,
    RemedyCode.ALLOW_SIBLING_SPLIT,
    RemedyCode.WIDEN_AREA,
    RemedyCode.MONEY_INSTEAD_OF_GOODS,
)
"""Changes that need no new place, by whom one must ask: nobody, then the sponsor."""


class Remedies:
    """Changes that cover a child for certain, cheapest first.

    First what needs only a word (a ban lifted, a standby pledge taken, terms changed where places
    are free), then new places, the fewest first.
    """

    def __init__(self, market: Market, *, work: int = WORK) -> None:
        self.market = market
        self.queue = Queue(market)
        self.places = _places(market)
        self._work = work
        self._free = market.problem.capacity - market.load
        self._positions: dict[tuple[object, ...], dict[int, int]] = {}
        self._searched: dict[tuple[object, ...], int] = {}
        self._first = self.places.first_covered() if self.places else {}

    def of(self, child: int, *, sibling_rule: bool) -> tuple[Remedy, ...]:
        """Return the remedies of one uncovered child."""
        split = [Remedy(RemedyCode.ALLOW_SIBLING_SPLIT)] if sibling_rule else []
        words = sorted(
            [*split, *self._changed_terms(child)], key=lambda each: _EFFORT.index(each.code)
        )
        places = [self._in_kelurahan(child), *self._at_pledge(child)]
        return (*words, *sorted(places, key=lambda each: int(each.params["places"])))

    def _in_kelurahan(self, child: int) -> Remedy:
        problem = self.market.problem
        kelurahan = int(problem.kelurahan[child])
        enough = self.queue.places_needed(child)
        least = self._position(child, ("new", kelurahan), enough)
        return Remedy(
            RemedyCode.MORE_PLACES_IN_KELURAHAN,
            {
                "kelurahan": problem.kelurahan_codes[kelurahan],
                "places": least or enough,
                "is_least": least is not None,
            },
        )

    def _at_pledge(self, child: int) -> list[Remedy]:
        problem = self.market.problem
        here = np.array([child])
        if child in self._first:
            pledges = np.array(self._first[child])
            pledge = int(pledges[np.argmin(problem.distance_hm(here, pledges))])
            places, is_least = 1, True
        else:
            allowed = np.flatnonzero(self.market.allowed[child])
            if not allowed.size:
                return []
            pledge = int(allowed[np.argmin(problem.distance_hm(here, allowed))])
            enough = self.queue.places_needed_at(child, pledge)
            least = self._position(child, ("at", pledge), enough)
            places, is_least = least or enough, least is not None
        params = {
            "pledge": problem.pledge_ids[pledge],
            "places": int(places),
            "is_least": is_least,
        }
        return [Remedy(RemedyCode.MORE_PLACES_AT_PLEDGE, params)]

    def _position(self, child: int, where: tuple[str, int], enough: int) -> int | None:
        """Return how many places it takes at one place until the child is covered.

        Children alike in need and kelurahan may come in any order, so the last of them counts.
        None where that was not worked out.
        """
        places = self.places
        if places is None:
            return None
        if self._searched.get(where, 0) < enough:
            cells = places.residual.cost.size
            if (places.num_filled + enough) * cells > self._work:
                return None
            longest = self._longest(where, enough)
            try:
                steps = (
                    places.at_new_pledge(where[1], longest)
                    if where[0] == "new"
                    else places.at_pledge(where[1], longest)
                )
            except ImprovableError:  # held siblings: once a place is filled, others could move
                steps = []
            self._positions[where] = self._last_of_equals(steps)
            self._searched[where] = longest
        at = self._positions[where].get(child)
        return at if at is not None and at <= enough else None

    def _longest(self, where: tuple[str, int], enough: int) -> int:
        """Return how many places are enough for all who will be asked about at a place."""
        problem, uncovered = self.market.problem, self.market.matching.uncovered
        if where[0] == "new":
            same = uncovered[problem.kelurahan[uncovered] == where[1]]
            return max(self.queue.places_needed(other) for other in same.tolist())
        return enough

    def _last_of_equals(self, steps: list[NextPlace]) -> dict[int, int]:
        problem = self.market.problem
        position = {step.covers: at for at, step in enumerate(steps, start=1) if step.covers >= 0}
        kinds = {
            child: tuple(
                int(column[child])
                for column in (
                    problem.kelurahan, problem.tier, problem.points, problem.months_waiting
                )
            )
            for child in position
        }  # fmt: skip
        last: dict[tuple[int, ...], int] = {}
        for child, at in position.items():
            last[kinds[child]] = max(last.get(kinds[child], 0), at)
        return {child: last[kinds[child]] for child in position}

    def _changed_terms(self, child: int) -> list[Remedy]:
        """Return the changes at single pledges nearby that refuse the child for one reason only."""
        problem, policy = self.market.problem, self.market.matching.policy
        refusing = np.flatnonzero(~self.market.allowed[child] & (self._free > 0))
        distance_hm = problem.distance_hm(np.array([child]), refusing)
        nearest = refusing[np.argsort(distance_hm, kind="stable")[:NEAREST]]
        found: dict[RemedyCode, Remedy] = {}
        for pledge in nearest.tolist():
            code = _ONE_CHANGE.get(tuple(refusals(problem, policy, child, pledge)))
            if code and code not in found and self._is_enough(code, child, pledge):
                found[code] = Remedy(code, {"pledge": problem.pledge_ids[pledge]})
        return list(found.values())

    def _is_enough(self, code: RemedyCode, child: int, pledge: int) -> bool:
        """Tell whether the free places of a pledge reach the child after a change of its terms."""
        if code is RemedyCode.LIFT_BAN:
            return True
        kelurahan = int(self.market.problem.kelurahan[child])
        wider = code is RemedyCode.WIDEN_AREA
        enough = (
            self.queue.places_needed(child) if wider else self.queue.places_needed_anywhere(child)
        )
        free = int(self._free[pledge])
        if free >= enough:
            return True
        places = self.places
        if places is None or (places.num_filled + free) * places.residual.cost.size > self._work:
            return False
        where = (code, pledge, kelurahan if wider else -1)
        if where not in self._positions:
            changed = _with_changed_terms(self.market.problem, code, pledge, kelurahan)
            column = eligible_pairs(changed, self.market.matching.policy)[:, pledge]
            try:
                steps = places.opened(pledge, column)
            except ImprovableError:  # with these terms others would change places too
                steps = []
            self._positions[where] = self._last_of_equals(steps)
        return self._positions[where].get(child, free + 1) <= free


def _places(market: Market) -> Places | None:
    """Return what places are worth, None where only solving again would tell."""
    hold = market.matching.policy.minds_siblings
    try:
        places = Places(Residual(market.problem, market.matching, hold_siblings=hold))
        _ = places.residual.potential
    except (ImprovableError, TooLargeError):
        return None
    return places


def _with_changed_terms(
    problem: MatchingProblem, code: RemedyCode, pledge: int, kelurahan: int
) -> MatchingProblem:
    if code is RemedyCode.WIDEN_AREA:
        at = problem.accepted_start[pledge]
        start: NDArray[np.int64] = problem.accepted_start.copy()
        start[pledge + 1 :] += 1
        areas = np.insert(problem.accepted_kelurahan, at, kelurahan)
        return problem.with_columns(accepted_start=start, accepted_kelurahan=areas)
    name = "standby" if code is RemedyCode.USE_STANDBY else "goods"
    column = getattr(problem, name).copy()
    column[pledge] = 0
    return problem.with_columns(**{name: column})
