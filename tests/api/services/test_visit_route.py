"""The order of a day's visits: the shortest of all, within office hours, the same each time."""

from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from sqlmodel import Session

from api.services import supervision
from api.services.errors import Refused
from api.services.fleet import default_travel
from api.services.monitoring_sheets import Wanted
from api.services.visit_route import VISIT_S, visit_days, visit_route
from api.services.visit_route_tables import visit_route_tables
from data.reference.regions import regions
from data.schema import Account, Depot, DropPoint, DropPointKind, Role, SupervisionVisit
from logistics.distance import Point
from tests.factories import KELURAHAN, NOW, make_account

pytestmark = pytest.mark.stores("sqlite")
TODAY = NOW.date()


def plan(
    session: Session, by: Account, wards: list[str], posyandu: str = ""
) -> list[SupervisionVisit]:
    return [
        supervision.plan_visit(
            session, kelurahan_code=code, posyandu=posyandu, planned_on=TODAY,
            visitor=by.username, reasons={}, by=by, now=NOW,
        )
        for code in wards
    ]  # fmt: skip


def depot(session: Session) -> Depot:
    row = Depot(name="Dinas", lat=-2.13, lon=106.11)
    session.add(row)
    session.flush()
    return row


def test_the_order_is_the_shortest_of_all_orders(session: Session) -> None:
    start, by = depot(session), make_account(session)
    wards = list(regions().all_kelurahan)[::9][:5]
    visits = plan(session, by, [ward.code for ward in wards])
    route = visit_route(session, day=TODAY, visitor=by.username)
    assert {leg.visit.id for leg in route.legs} == {visit.id for visit in visits}
    points = [
        Point("0", start.lat, start.lon),
        *(Point(ward.code, ward.office_lat, ward.office_lon) for ward in wards),
    ]
    legs = default_travel().legs(points, "motorcycle")

    def length(order: tuple[int, ...]) -> int:
        return sum(int(legs.distance_m[a, b]) for a, b in pairwise((0, *order, 0)))

    assert route.distance_m == min(length(order) for order in permutations(range(1, 6)))
    assert all(leg.ends_s - leg.starts_s == VISIT_S for leg in route.legs)
    assert route.leaves_s >= 8 * 3600
    assert route.returns_s <= 16 * 3600
    assert visit_route(session, day=TODAY, visitor=by.username) == route


def test_what_does_not_fit_into_the_day_is_left_over_by_name(session: Session) -> None:
    depot(session)
    by = make_account(session)
    plan(session, by, [ward.code for ward in regions().all_kelurahan[:9]])
    route = visit_route(session, day=TODAY, visitor=by.username)
    assert len(route.legs) + len(route.left_over) == 9
    assert route.left_over
    note = visit_route_tables(session, Wanted(now=NOW, visitor=by.username))[0].notes[-1]
    assert note.startswith("Tidak muat pada hari itu")


def test_a_posyandu_on_the_map_is_visited_there(session: Session) -> None:
    depot(session)
    by = make_account(session)
    plan(session, by, [KELURAHAN], posyandu="Melati")
    assert not visit_route(session, day=TODAY, visitor=by.username).legs[0].is_exact
    session.add(
        DropPoint(
            kind=DropPointKind.POSYANDU, name="Posyandu Melati", kelurahan_code=KELURAHAN,
            lat=-2.13, lon=106.11,
        )
    )  # fmt: skip
    session.flush()
    (leg,) = visit_route(session, day=TODAY, visitor=by.username).legs
    assert leg.is_exact
    assert leg.distance_m == 0


def test_only_planned_visits_of_that_person_and_day_count(session: Session) -> None:
    by, other = make_account(session), make_account(session, Role.COORDINATOR)
    mine = plan(session, by, [KELURAHAN, KELURAHAN])
    plan(session, other, [KELURAHAN])
    supervision.cancel_visit(session, visit=mine[0], reason="hujan", by=by, now=NOW, base_version=1)
    days = visit_days(session, now=NOW)
    assert sorted((each.visitor, each.num_visits) for each in days) == sorted(
        [(by.username, 1), (other.username, 1)]
    )
    assert [leg.visit.id for leg in visit_route(session, day=TODAY, visitor=by.username).legs] == [
        mine[1].id
    ]
    assert visit_days(session, now=NOW + timedelta(days=1)) == []
    assert visit_route(session, day=TODAY + timedelta(days=1), visitor=by.username).legs == ()


def test_the_sheet_has_the_route_and_a_column_to_fill_in_for_each_visit(session: Session) -> None:
    depot(session)
    by = make_account(session)
    plan(session, by, [KELURAHAN], posyandu="Melati")
    route, checklist = visit_route_tables(session, Wanted(now=NOW, visitor=by.username))
    assert route.rows[0][:2] == (1, "Melati · Bukit Sari *")
    assert "kantor kelurahan" in route.notes[1]
    assert [column.name for column in checklist.columns][1:] == ["1. Melati · Bukit Sari"]
    assert len(checklist.rows) == len(supervision.checklist())
    assert {row[1] for row in checklist.rows} == {"☐"}
    with pytest.raises(Refused, match=r"monitoring\.inside"):
        visit_route_tables(session, Wanted(now=NOW, visitor=by.username, is_public=True))
