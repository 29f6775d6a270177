"""Households that must not share a courier: parted by the plan, by hand, across days and merges."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from api.services import courier_pairs, planning, routes
from api.services.child_merges import merge_children
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from data.schema import (
    Account,
    AuditEntry,
    Child,
    CourierPair,
    Cycle,
    Household,
    Role,
    Route,
    Stop,
)
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_account, make_child, make_household, make_vehicle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
DAYS = (date(2026, 12, 3), date(2026, 12, 7))


@pytest.fixture
def month(session: Session) -> tuple[Cycle, Account]:
    cycle, by, _ = packed_month(session, num_children=3)
    for _ in range(2):
        make_vehicle(session, cost_rp_per_day=100_000)
    return cycle, by


def homes(session: Session) -> list[Household]:
    rows = session.exec(select(Stop).order_by(Stop.label)).all()
    if rows:
        return [session.get_one(Household, row.household_id) for row in rows]
    return list(session.exec(select(Household)).all())


def part(session: Session, by: Account, one: Household, other: Household) -> CourierPair:
    return courier_pairs.add_pair(session, codes=(one.code, other.code), by=by, now=NOW)


def planned(session: Session, cycle: Cycle, by: Account) -> dict[str, int]:
    """The vehicle of each household after a plan of one day."""
    options = replace(QUICK, days=DAYS[:1])
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    assert result.unserved == ()
    return {
        stop.label: view.vehicle_id
        for view in routes.list_routes(session, cycle=cycle)
        for stop in view.stops
    }


def test_the_plan_parts_two_households_until_the_pair_is_ended(
    session: Session, month: tuple[Cycle, Account]
) -> None:
    cycle, by = month
    one, other, _ = homes(session)
    assert len(set(planned(session, cycle, by).values())) == 1
    pair = part(session, by, one, other)
    who = planned(session, cycle, by)
    assert who[one.code] != who[other.code]
    courier_pairs.end_pair(session, uid=pair.uid, by=by, now=NOW)
    assert len(set(planned(session, cycle, by).values())) == 1
    actions = session.exec(select(AuditEntry.action)).all()
    assert {"pair:add", "pair:end"} <= set(actions)


def test_a_move_by_hand_against_a_pair_is_a_violation(
    session: Session, month: tuple[Cycle, Account]
) -> None:
    cycle, by = month
    one, other, _ = homes(session)
    part(session, by, one, other)
    who = planned(session, cycle, by)
    stop = session.exec(select(Stop).where(Stop.label == one.code, Stop.state == "planned")).one()
    target = session.exec(
        select(Route).where(Route.vehicle_id == who[other.code], Route.state == "planned")
    ).one()
    offers = routes.best_places(session, stop=stop)
    assert who[other.code] not in {
        session.get_one(Route, offer.route_id).vehicle_id for offer in offers
    }
    views = routes.move_stop(
        session, stop=stop, to_route=target, position=1, by=by, now=NOW, base_version=stop.version
    )
    [view] = [each for each in views if each.id == target.id]
    assert "violation.pair_together" in {violation["code"] for violation in view.violations}


def test_a_route_of_another_day_bans_its_vehicle(
    session: Session, month: tuple[Cycle, Account]
) -> None:
    cycle, by = month
    one, other, _ = homes(session)
    who = planned(session, cycle, by)
    stops = session.exec(select(Stop).where(Stop.state == "planned")).all()
    [route] = {stop.route_id for stop in stops}
    [stop] = [each for each in stops if each.label == one.code]
    assert courier_pairs.bans_elsewhere(session, [stop], drawn=[]) == ()
    part(session, by, one, other)
    [ban] = courier_pairs.bans_elsewhere(session, [stop], drawn=[])
    assert (ban.stop, ban.vehicle, ban.day) == (stop.uid, f"V{who[other.code]}", None)
    assert courier_pairs.bans_elsewhere(session, [stop], drawn=[route or 0]) == ()


def test_pairs_go_on_with_a_child_whose_record_is_merged(session: Session) -> None:
    by = make_account(session, Role.APPROVER)
    kept, dropped, foe = (make_household(session) for _ in range(3))
    coordinator = make_account(session, Role.COORDINATOR)
    part(session, coordinator, dropped, foe)
    children: list[Child] = [make_child(session, household_id=h.id) for h in (kept, dropped)]
    merge_children(session, kept=children[0], dropped=children[1], by=by, now=NOW, keys=KEYS)
    courier_pairs.carry_pairs(
        session, gone=dropped.id or 0, kept=kept.id or 0, by=by, now=NOW
    )  # again: nothing more
    found = courier_pairs.list_pairs(session)
    codes = [{home.code for home in pair.households} for pair in found]
    assert codes == [{dropped.code, foe.code}, {kept.code, foe.code}]


def test_who_may_and_what_is_refused(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    one, other = make_household(session), make_household(session)
    for role in (Role.STAFF, Role.COURIER):
        with pytest.raises(Forbidden, match=r"access\.role"):
            part(session, make_account(session, role), one, other)
    with pytest.raises(Invalid, match=r"pair\.unknown_household") as caught:
        courier_pairs.add_pair(session, codes=(one.code, "?"), by=by, now=NOW)
    assert caught.value.params["fields"] == {"lain": "pair.unknown_household"}
    with pytest.raises(Invalid, match=r"pair\.same_household"):
        part(session, by, one, one)
    part(session, by, other, one)
    with pytest.raises(Refused, match=r"pair\.known"):
        part(session, by, one, other)
    with pytest.raises(NotFound):
        courier_pairs.end_pair(session, uid="none", by=by, now=NOW)
