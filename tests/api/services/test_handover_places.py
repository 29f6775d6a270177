"""The places where a family may fetch its package: the nearest first."""

import pytest
from sqlmodel import Session, select

from api.services.handover_places import handover_places
from data.schema import Household, Package
from tests.factories import make_drop_point
from tests.factories_goods import make_packed_cycle

pytestmark = pytest.mark.stores("sqlite")


def named(session: Session, package: Package) -> list[tuple[str, int | None]]:
    number = package.id or 0
    found = handover_places(session, package_ids=[number])[number]
    return [(place.name, place.distance_m) for place in found]


def test_places_stand_by_their_distance_from_the_home(session: Session) -> None:
    """A hundredth of a degree of latitude is 1,112 m; places without a point come last."""
    make_packed_cycle(session, num_children=1)
    package = session.exec(select(Package)).one()
    home = session.get_one(Household, package.household_id)
    home.lat, home.lon = -2.12, 106.10
    make_drop_point(session, name="Anggrek", lat=-2.14, lon=106.10)
    make_drop_point(session, name="Bakung", lat=None, lon=None)
    make_drop_point(session, name="Cempaka", lat=-2.13, lon=106.10)
    make_drop_point(session, name="Dahlia", lat=-2.12, lon=106.10, is_active=False)
    session.flush()
    assert named(session, package) == [("Cempaka", 1112), ("Anggrek", 2224), ("Bakung", None)]


def test_an_unplaced_home_is_near_its_kelurahan_office(session: Session) -> None:
    make_packed_cycle(session, num_children=1)
    package = session.exec(select(Package)).one()
    home = session.get_one(Household, package.household_id)
    home.lat = home.lon = None
    make_drop_point(session, name="Anggrek", lat=-2.2, lon=106.2)
    make_drop_point(session, name="Cempaka")
    session.flush()
    assert named(session, package) == [("Cempaka", None), ("Anggrek", None)]
    home.kelurahan_code = None
    session.flush()
    assert named(session, package) == [("Anggrek", None), ("Cempaka", None)]
