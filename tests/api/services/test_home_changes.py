"""A family that changes something stays where it is on its route, which is timed and asked anew."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import children, departures, routes
from api.services.stale_causes import causes_of
from data.schema import Account, Household, Package, Role, Route, RouteState, Stop, StopState
from tests.api.services.test_departures import at_eight
from tests.api.services.test_dispatch import confirmed_month
from tests.api.services.test_routes import OTHER, two_routes
from tests.factories import NOW, make_account

pytestmark = pytest.mark.stores("sqlite")


def first_stop(session: Session, route: Route) -> Stop:
    return session.exec(select(Stop).where(Stop.route_id == route.id, Stop.sequence == 1)).one()


def two_confirmed(session: Session) -> tuple[Route, Route, Stop, Household]:
    """Two confirmed trips of one vehicle, the first stop of the first and its family."""
    cycle, by, first, second = two_routes(session)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    stop = first_stop(session, first)
    return first, second, stop, session.get_one(Household, stop.household_id)


def edit(session: Session, home: Household, **changes: Any) -> Account:
    staff = make_account(session, Role.STAFF)
    children.edit_household(
        session, household=home, base_version=home.version, changes=changes, by=staff, now=NOW
    )
    return staff


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receives_from": "23:00"}, "wishes"),
        ({"delivery_priority": 1}, "wishes"),
        ({"landmark": "rumah biru"}, "corrected"),
        ({"phone": "+628117000077"}, "corrected"),
        ({"lat": -2.13, "lon": 106.13}, "corrected"),
    ],
)
def test_the_stop_stays_on_its_route_in_its_place(
    session: Session, changes: dict[str, Any], reason: str
) -> None:
    first, second, stop, home = two_confirmed(session)
    was = (stop.route_id, stop.sequence, first.distance_m)
    edit(session, home, **changes)
    assert (stop.route_id, stop.sequence, stop.state) == (*was[:2], StopState.PLANNED)
    assert first.state == RouteState.STALE
    causes = causes_of(session, codes=[second.code])[second.code]
    assert {each.code for each in causes} <= {"sister"}, "the hours of the vehicle's next trip"
    [cause] = causes_of(session, codes=[first.code])[first.code]
    assert (cause.code, cause.about) == (reason, home.code)
    broken = {str(each["code"]) for each in first.violations}
    assert ("violation.outside_shift" in broken) is ("receives_from" in changes)
    assert (first.distance_m != was[2]) is ("lat" in changes)
    if reason == "corrected":
        assert {name: getattr(stop, name) for name in changes} == changes


def test_what_no_route_stands_on_leaves_it_confirmed(session: Session) -> None:
    first, second, _, home = two_confirmed(session)
    edit(session, home, poverty_decile=3)
    assert {first.state, second.state} == {RouteState.CONFIRMED}


def test_siblings_get_the_corrected_place_together(session: Session) -> None:
    """Each of them was brought back to the old point by the other."""
    first, _, stop, home = two_confirmed(session)
    sibling = session.exec(select(Package).where(col(Package.stop_id) != stop.id)).first()
    assert sibling is not None
    sibling.household_id, sibling.stop_id = home.id or 0, stop.id
    session.add(sibling)
    session.flush()
    edit(session, home, lat=-2.13, lon=106.13)
    at_home = session.exec(select(Stop).where(Stop.household_id == home.id)).all()
    assert [(each.id, each.route_id, each.lat) for each in at_home] == [(stop.id, first.id, -2.13)]


def test_another_kelurahan_is_a_move(session: Session) -> None:
    first, _, stop, home = two_confirmed(session)
    edit(session, home, kelurahan_code=OTHER, lat=-2.125, lon=106.112)
    assert (stop.state, stop.route_id) == (StopState.CANCELLED, None)
    [cause] = causes_of(session, codes=[first.code])[first.code]
    assert cause.code == "address"


def test_a_route_that_left_keeps_the_address_it_left_with(session: Session) -> None:
    _, by, [route, *_] = confirmed_month(session)
    departures.dispatch_route(session, route=route, by=by, now=at_eight(route))
    stop = first_stop(session, route)
    was = (stop.landmark, route.state, stop.version)
    home = session.get_one(Household, stop.household_id)
    edit(session, home, landmark="rumah biru", receives_from="15:00")
    assert (stop.landmark, route.state, stop.version) == was
