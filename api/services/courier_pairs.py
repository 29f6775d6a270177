"""Households that must not share a courier: entered, ended, and told to the planner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.access import must_hold
from api.services.errors import Invalid, NotFound, Refused
from data.queries.courier_pairs import (
    foes_of_households,
    household_by_code,
    open_pairs,
    pair_by_uid,
)
from data.schema import CourierPair, Household, Route, RouteState, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account
    from logistics import problem as shapes

__all__ = [
    "PairView",
    "add_pair",
    "bans_elsewhere",
    "carry_pairs",
    "end_pair",
    "list_pairs",
    "pairs_among",
]


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair that holds, with both households."""

    uid: str
    households: tuple[Household, Household]
    by: str
    created_at: datetime


def list_pairs(session: Session) -> list[PairView]:
    """Return the pairs that hold, oldest first."""
    return [
        PairView(
            uid=pair.uid,
            households=(
                session.get_one(Household, pair.household_id),
                session.get_one(Household, pair.other_id),
            ),
            by=pair.by,
            created_at=pair.created_at,
        )
        for pair in open_pairs(session)
    ]


def add_pair(
    session: Session, *, codes: tuple[str, str], by: Account, now: datetime
) -> CourierPair:
    """Part two households; the next plan gives them two couriers, or leaves one out and says so.

    Raises
    ------
    Forbidden
        ``access.role``.
    Invalid
        By field (``satu``, ``lain``): ``pair.unknown_household``, ``pair.same_household``.
    Refused
        ``pair.known``.
    """
    must_hold(by, "route:edit")
    names = ("satu", "lain")
    cleaned = [code.strip().upper() for code in codes]
    found = [household_by_code(session, code=code) for code in cleaned]
    wrong = {
        name: "pair.unknown_household"
        for name, home in zip(names, found, strict=True)
        if home is None
    }
    if not wrong and cleaned[0] == cleaned[1]:
        wrong = {"lain": "pair.same_household"}
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    one, other = sorted(home.id or 0 for home in found if home is not None)
    if any((pair.household_id, pair.other_id) == (one, other) for pair in open_pairs(session)):
        raise Refused("pair.known", one=cleaned[0], other=cleaned[1])
    pair = _added(session, one, other, by, now)
    session.flush()
    return pair


def end_pair(session: Session, *, uid: str, by: Account, now: datetime) -> CourierPair:
    """Let two households share a courier again; ending an ended pair changes nothing.

    Raises
    ------
    Forbidden
        ``access.role``.
    NotFound
        ``pair.unknown``.
    """
    must_hold(by, "route:edit")
    pair = pair_by_uid(session, uid=uid)
    if pair is None:
        raise NotFound("pair.unknown")
    session.refresh(pair, with_for_update=True)
    if pair.ended_at is None:
        pair.ended_by, pair.ended_at = by.username, now
        session.add(pair)
        session.flush()
        _told(session, pair, "pair:end", by, now)
    return pair


def carry_pairs(session: Session, *, gone: int, kept: int, by: Account, now: datetime) -> None:
    """Part a household from all that another one was parted from, whose child it takes over."""
    known = foes_of_households(session, among={gone, kept})
    for foe in sorted(known.get(gone, set()) - known.get(kept, set()) - {kept}):
        _added(session, min(kept, foe), max(kept, foe), by, now)
    session.flush()


def pairs_among(session: Session, homes: Mapping[str, int]) -> tuple[shapes.Pair, ...]:
    """Return the forbidden pairs of a routing problem; ``homes`` has the household of each stop."""
    from logistics.problem import Pair

    stops: dict[int, list[str]] = {}
    for stop, home in homes.items():
        stops.setdefault(home, []).append(stop)
    return tuple(
        Pair(stop=one, other=other)
        for pair in open_pairs(session)
        for one in stops.get(pair.household_id, [])
        for other in stops.get(pair.other_id, [])
    )


def bans_elsewhere(
    session: Session, stops: Sequence[Stop], *, drawn: Collection[int]
) -> tuple[shapes.Hold, ...]:
    """Return which vehicles must not serve some stops because of routes that are not ``drawn``.

    Those of the same month, on other days or other trips of the day: a problem drawn from some
    routes alone does not know who else its vehicles serve.
    """
    from logistics.problem import Hold

    homes = {stop.household_id for stop in stops if stop.household_id is not None}
    foes = foes_of_households(session, among=homes)
    if not foes:
        return ()
    served = session.exec(
        select(Stop.household_id, Route.vehicle_id)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(
            Stop.cycle_id == stops[0].cycle_id,
            Route.state != RouteState.CANCELLED,
            Stop.state != StopState.CANCELLED,
            col(Route.id).not_in(drawn),
            col(Stop.household_id).in_({foe for some in foes.values() for foe in some}),
        )
        .distinct()
    ).all()
    return tuple(
        Hold(stop=stop.uid, vehicle=f"V{vehicle}")
        for stop in stops
        for home, vehicle in sorted(served)
        if home in foes.get(stop.household_id or 0, ())
    )


def _added(session: Session, one: int, other: int, by: Account, now: datetime) -> CourierPair:
    pair = CourierPair(household_id=one, other_id=other, by=by.username, created_at=now)
    session.add(pair)
    session.flush()
    _told(session, pair, "pair:add", by, now)
    return pair


def _told(session: Session, pair: CourierPair, action: str, by: Account, now: datetime) -> None:
    audit.record(
        session, by=by, action=action, subject="courier_pair", subject_id=pair.uid, now=now
    )
