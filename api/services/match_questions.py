"""Questions about a matched month: why this pair, what a place is worth, where to recruit.

A solved month is read and condensed once and kept in memory for the next question.
"""

from collections import Counter, OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from api.services.errors import NotFound
from api.services.match_store import plain, stored_matching
from api.services.matching import current_run
from data.queries.cycles import standing_assignments
from data.reference.regions import regions
from data.schema import Child, Cycle, CycleChild, MatchRun, Pledge, Unassigned

if TYPE_CHECKING:
    from matcher.budget_moves import BudgetMoves
    from matcher.contrast import Contrast
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

MONTHS_AT_HAND = 2
"""Solved months kept in memory; a national one takes some hundred megabytes."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a child has its sponsor, or has none and what would cover it."""

    child_code: str
    pledge_code: str | None
    reason: str
    params: dict[str, object]
    next_best: str | None
    price: dict[str, int]
    remedies: tuple[dict[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """One more of several new places in a kelurahan: whom it covers, what the goals gain."""

    child: str
    tier: int
    points: int
    gain: dict[str, int]
    rupiah: int | None = None
    """What the package costs a month where rupiah count."""


@dataclass(frozen=True, kw_only=True)
class Recruitment:
    """What new places in a kelurahan would bring, one after the other."""

    kelurahan_code: str
    kelurahan_name: str
    places: tuple[NewPlace, ...]

    @property
    def num_first_tier(self) -> int:
        """Children of the neediest tier among those covered."""
        return sum(place.tier == 1 for place in self.places)


@dataclass(frozen=True, kw_only=True)
class PledgeWorth:
    """What one place more and one less at a pledge is worth, level by level.

    Where rupiah count, what so many `rupiah` more bring at least.
    """

    pledge_code: str
    gain: dict[str, int]
    covers: str | None
    loss: dict[str, int] | None
    uncovers: str | None
    rupiah: int | None = None


@dataclass(frozen=True)
class MonthAtHand:
    """A solved month in memory, with its condensed network where it is small enough."""

    problem: "MatchingProblem"
    matching: "Matching"
    contrast: "Contrast | BudgetMoves | None"
    child_rows: dict[str, int]
    pledge_rows: dict[str, int]


_at_hand: OrderedDict[str, MonthAtHand] = OrderedDict()
_reading = Lock()


def month_at_hand(session: Session, cycle: Cycle) -> MonthAtHand:
    """Return the current run of a month, read once; a result's hash says what it is."""
    run = current_run(session, cycle=cycle)
    key = run.result_hash or ""
    with _reading:
        if key not in _at_hand:
            _at_hand[key] = _read(run)
            while len(_at_hand) > MONTHS_AT_HAND:
                _at_hand.popitem(last=False)
        _at_hand.move_to_end(key)
        return _at_hand[key]


def _read(run: MatchRun) -> MonthAtHand:
    from matcher.asking import questions
    from matcher.residual import TooLargeError

    problem, matching = stored_matching(run)
    contrast = None
    with suppress(TooLargeError):
        contrast = questions(problem, matching)
    return MonthAtHand(
        problem,
        matching,
        contrast,
        {code: row for row, code in enumerate(problem.child_ids)},
        {code: row for row, code in enumerate(problem.pledge_ids)},
    )


def explain_child(session: Session, *, cycle: Cycle, child: Child) -> Explanation:
    """Return why a child has its sponsor, or none.

    Raises
    ------
    NotFound
        ``matching.child_unknown`` when the child was not in the programme at the lock.
    """
    run = current_run(session, cycle=cycle)
    dropped = select(Child.id).where(Child.duplicate_of_id == child.id)
    copy = session.exec(
        select(CycleChild)
        .where(
            CycleChild.cycle_id == cycle.id,
            (col(CycleChild.child_id) == child.id) | col(CycleChild.child_id).in_(dropped),
        )
        .order_by(col(CycleChild.is_eligible).desc(), col(CycleChild.child_id) != child.id)
    ).first()
    if copy is None:
        raise NotFound("matching.child_unknown", child=child.code, month=cycle.month)
    pair = next((p for p in standing_assignments(session, cycle) if p.child_id == child.id), None)
    if pair is not None:
        pledge = session.get_one(Pledge, pair.pledge_id)
        return _explanation(child.code, pledge.code, dict(pair.why), [])
    row = session.exec(
        select(Unassigned).where(
            Unassigned.match_run_id == run.id, Unassigned.child_id == copy.child_id
        )
    ).one_or_none()
    if row is None:
        why: dict[str, object] = {"reason": copy.reason or "reason.not_in_run"}
        return _explanation(child.code, None, why, [])
    remedies = row.remedy.get("remedies", [])
    why = {"reason": row.reason, "params": row.params}
    return _explanation(child.code, None, why, remedies if isinstance(remedies, list) else [])


def _explanation(
    child: str, pledge: str | None, why: dict[str, object], remedies: list[dict[str, object]]
) -> Explanation:
    params, price, next_best = why.get("params"), why.get("price"), why.get("next_best")
    return Explanation(
        child_code=child,
        pledge_code=pledge,
        reason=str(why.get("reason", "")),
        params=params if isinstance(params, dict) else {},
        next_best=next_best if isinstance(next_best, str) else None,
        price=price if isinstance(price, dict) else {},
        remedies=tuple(remedies),
    )


def quick_price(
    session: Session, *, cycle: Cycle, child_code: str, pledge_code: str
) -> tuple[dict[str, int], bool] | None:
    """Return the price of a pair and whether it is the least; None where only solving tells.

    Both take part in the month, and the pair is allowed.
    """
    month = month_at_hand(session, cycle)
    if month.contrast is None:
        return None
    answer = month.contrast.ask(month.child_rows[child_code], month.pledge_rows[pledge_code])
    return (plain(answer.price), answer.is_exact) if answer else None


def recruiting(session: Session, *, cycle: Cycle) -> list[Recruitment]:
    """Return what new places in each kelurahan would bring, the most helpful first.

    Most helpful are most children of the first tier, then of the next, then fewer places. Worked
    out with the run and stored beside it, each kelurahan by itself.
    """
    names = {place.code: place.name for place in regions().all_kelurahan}
    found = current_run(session, cycle=cycle).places.get("recruiting", [])
    areas = [
        Recruitment(
            kelurahan_code=str(one["kelurahan"]),
            kelurahan_name=names.get(str(one["kelurahan"]), str(one["kelurahan"])),
            places=tuple(NewPlace(**place) for place in one["places"]),
        )
        for one in (found if isinstance(found, list) else [])
    ]
    tiers = sorted({place.tier for area in areas for place in area.places})

    def helpfulness(area: Recruitment) -> tuple[list[int], int]:
        covered = [-sum(place.tier == tier for place in area.places) for tier in tiers]
        return covered, len(area.places)

    return sorted(areas, key=helpfulness)


def cover_mostly_the_same(areas: list[Recruitment]) -> bool:
    """Return whether most children whom new places would cover stand at several kelurahan."""
    areas_of = Counter(place.child for area in areas for place in area.places)
    shared = sum(number > 1 for number in areas_of.values())
    return 2 * shared > len(areas_of)


def worth_of_places(session: Session, *, cycle: Cycle) -> list[PledgeWorth]:
    """Return what one place more and one less at each pledge is worth, best first.

    Worked out with the run and stored beside it.
    """
    found = current_run(session, cycle=cycle).places.get("pledges", [])
    return [PledgeWorth(**one) for one in (found if isinstance(found, list) else [])]


def lottery(session: Session, *, cycle: Cycle, child: Child, pledge: Pledge) -> dict[str, int]:
    """Return the lottery numbers of a child and of its pair, as anyone can work them out."""
    from matcher.lottery import numbers_of

    run = current_run(session, cycle=cycle)
    return numbers_of(run.seed, child.code, pledge.code)
