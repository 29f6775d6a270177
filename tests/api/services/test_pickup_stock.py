"""Fetched goods counted in the depot: once per item, in stock and on the sponsor's pledge."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from api.services import own_pickups, pickups, planning, stock
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.own_pickups import PickupEvent
from api.services.pickup_stock import moves_of_pickups, stock_pickup
from data.schema import (
    Account,
    Cycle,
    Depot,
    Pickup,
    PickupState,
    PledgeForm,
    PledgeReceipt,
    Role,
    Route,
    RouteState,
    Vehicle,
)
from tests.api.services.test_pickups import month, shop
from tests.api.services.test_planning import QUICK
from tests.factories import NOW, make_account, make_pledge

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def away(session: Session) -> tuple[Cycle, Account, Pickup]:
    """A pickup of a sponsor with a pledge of goods, on a route that has left."""
    cycle, by = month(session)
    pledge = make_pledge(
        session,
        form=PledgeForm.GOODS,
        goods=[{"item_code": "telur", "name": "telur", "quantity": 60, "unit": "butir"}],
    )
    row = shop(session, cycle, by, sponsor_id=pledge.sponsor_id)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    route.state, route.dispatched_at = RouteState.DISPATCHED, NOW
    session.add(route)
    session.flush()
    return cycle, by, row


def fetched(session: Session, by: Account, row: Pickup) -> Pickup:
    return pickups.record_pickup(
        session, pickup=row, is_fetched=True, note="", by=by, now=NOW, base_version=row.version
    )


def on_hand(session: Session) -> dict[str, int]:
    return {line.item_code: line.on_hand for line in stock.stock_list(session)}


def test_counted_goods_are_in_stock_once_and_on_the_pledge(
    session: Session, away: tuple[Cycle, Account, Pickup]
) -> None:
    cycle, by, row = away
    before = on_hand(session)
    fetched(session, by, row)
    for code, quantity in (("telur", 60), ("telur", 60), ("beras", 5)):
        stock_pickup(session, pickup=row, item_code=code, quantity=quantity, by=by, now=NOW)
    after = on_hand(session)
    assert after["telur"] - before.get("telur", 0) == 60
    assert after["beras"] - before.get("beras", 0) == 5
    assert [(m.item_code, m.note) for m in moves_of_pickups(session, [row])[row.uid]] == [
        ("telur", "Toko Makmur"),
        ("beras", "Toko Makmur"),
    ]
    [receipt] = session.exec(select(PledgeReceipt)).all()
    assert [(line["item_code"], line["quantity"]) for line in receipt.goods] == [
        ("telur", 60),
        ("beras", 5),
    ]
    depot = stock.stock_list(session)[0].depot_id
    booked = stock.book_pledged_goods(
        session, cycle=cycle, depot=session.get_one(Depot, depot), by=by, now=NOW
    )
    assert booked == []
    assert on_hand(session) == after


def test_what_was_not_fetched_or_counted_otherwise_is_refused(
    session: Session, away: tuple[Cycle, Account, Pickup]
) -> None:
    _, by, row = away
    with pytest.raises(Refused, match=r"pickup\.not_fetched"):
        stock_pickup(session, pickup=row, item_code="telur", quantity=1, by=by, now=NOW)
    fetched(session, by, row)
    for code, quantity, why in (("telur", 0, r"stock\.quantity"), ("emas", 1, r"stock\.item")):
        with pytest.raises(Invalid, match=why):
            stock_pickup(session, pickup=row, item_code=code, quantity=quantity, by=by, now=NOW)
    stock_pickup(session, pickup=row, item_code="telur", quantity=60, by=by, now=NOW)
    with pytest.raises(Refused, match=r"pickup\.item_counted"):
        stock_pickup(session, pickup=row, item_code="telur", quantity=59, by=by, now=NOW)
    with pytest.raises(Refused, match=r"pickup\.in_stock"):
        pickups.record_pickup(
            session, pickup=row, is_fetched=False, note="x", by=by, now=NOW,
            base_version=row.version,
        )  # fmt: skip
    courier = make_account(session, Role.COURIER)
    with pytest.raises(Forbidden):
        stock_pickup(session, pickup=row, item_code="susu", quantity=1, by=courier, now=NOW)


def test_a_courier_records_the_own_pickup_of_today_and_no_other(
    session: Session, away: tuple[Cycle, Account, Pickup]
) -> None:
    _, _, row = away
    courier = make_account(session, Role.COURIER)

    def tell(is_fetched: bool, note: str = "") -> Pickup:
        return own_pickups.record_own_pickup(
            session, uid=row.uid, is_fetched=is_fetched, note=note, by=courier, now=NOW
        )

    with pytest.raises(NotFound, match=r"pickup\.unknown"):
        tell(True)
    vehicle = session.get_one(Vehicle, session.get_one(Route, row.route_id).vehicle_id)
    vehicle.courier_account_id = courier.id
    session.add(vehicle)
    session.flush()
    with pytest.raises(Invalid, match=r"pickup\.note"):
        tell(False)
    assert tell(False, "tutup").state == PickupState.MISSED
    version = row.version
    assert tell(False, "tutup").version == version
    assert tell(True).state == PickupState.FETCHED
    assert row.recorded_by == courier.username


def test_what_a_phone_brings_counts_once_and_by_when_it_happened(
    session: Session, away: tuple[Cycle, Account, Pickup]
) -> None:
    _, by, row = away
    courier, other = make_account(session, Role.COURIER), make_account(session, Role.COURIER)
    route = session.get_one(Route, row.route_id)
    route.courier_account_id = courier.id
    later = NOW + timedelta(days=2)

    def told(uid: str, at: datetime, *, is_fetched: bool = True, note: str = "") -> PickupEvent:
        return PickupEvent(uid, row.uid, is_fetched, note, at, "hp", int(uid[-1]))

    def bring(*events: PickupEvent, who: Account = courier) -> list[str]:
        found = own_pickups.record_pickup_events(session, events=events, by=who, now=later)
        return [f"{answer.state.value} {answer.code}".strip() for answer in found]

    first = told("kejadian-1", NOW, is_fetched=False, note="tutup")
    second = told("kejadian-2", NOW + timedelta(minutes=5))
    assert bring(first, who=other) == ["refused pickup.unknown"]
    assert bring(told("kejadian-3", NOW, is_fetched=False)) == ["refused pickup.note"]
    assert bring(second, first) == ["stored", "stored"]  # by the phone's own counter
    assert (row.state, row.happened_at) == (PickupState.FETCHED, second.happened_at)
    version = row.version
    assert bring(first, second) == ["repeated", "repeated"]
    assert row.version == version
    assert bring(told("kejadian-4", NOW, is_fetched=False, note="tutup")) == ["kept"]
    assert bring(told("kejadian-4", NOW, is_fetched=False, note="tutup")) == ["repeated"]
    pickups.record_pickup(
        session, pickup=row, is_fetched=False, note="kosong", by=by, now=later,
        base_version=row.version,
    )  # fmt: skip
    assert bring(told("kejadian-5", NOW + timedelta(hours=1))) == ["kept"]  # the office came after
    assert (row.state, row.result_note) == (PickupState.MISSED, "kosong")
    future = told("kejadian-6", later + timedelta(days=400))
    assert bring(future) == ["stored"]
    assert row.happened_at == later
