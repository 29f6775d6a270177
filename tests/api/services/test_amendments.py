"""Corrections of a closed month: the row stays, values fit, and the month still adds up."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import exception_actions, fulfilment, reconcile
from api.services.amended_goods import amended_units, balance_as_corrected
from api.services.amendments import amend_cycle
from api.services.balance import ItemBalance, balance_items
from api.services.corrected_judgements import judged_now
from api.services.delivery_reports import LineResult
from api.services.errors import Forbidden, Refused
from api.services.month_before import carried_over
from api.services.report_counts import count_month
from api.services.snapshot import build_snapshot
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    Amendment,
    Child,
    Cycle,
    DeliveryException,
    ExceptionAction,
    Fulfilment,
    FulfilmentState,
    Outcome,
    Package,
    PackageState,
    Role,
    StockMove,
    StockMoveKind,
)
from tests.api.services.test_reconcile import LATER, answer_all, closed_month
from tests.factories import NOW, make_account, make_cycle
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")
BOX = {"telur": 30, "beras": 5, "susu_uht": 12, "kacang_hijau": 2, "madu": 1}
PACKED = sum(BOX.values())
"""Units in a box of the tests."""
NO_UNITS = {"delivered": 0, "returned": 0, "spoiled": 0, "lost": 0, "carried": 0}


class Closed:
    """A closed month whose first package is corrected."""

    def __init__(self, session: Session, cycle: Cycle, approver: Account) -> None:
        self.session, self.cycle, self.approver = session, cycle, approver
        self.row = session.exec(select(Fulfilment).order_by(Fulfilment.id)).first()  # type: ignore[arg-type]
        assert self.row is not None

    def amend(self, subject: str = "fulfilment", **after: Any) -> Amendment:
        given = after.pop("given", None)
        assert self.row is not None
        return amend_cycle(
            self.session,
            cycle=self.cycle,
            subject=subject,
            subject_id=given or self.row.id or 0,
            after=after,
            reason="ibu melapor",
            by=self.approver,
            now=LATER,
        )

    def state(self) -> tuple[str, int, date | None]:
        assert self.row is not None
        found = judged_now(self.session, row=self.row)
        return found.state.value, found.accepted_items, found.delivered_on


@pytest.fixture
def month(session: Session) -> Closed:
    cycle, approver, _ = closed_month(session)
    return Closed(session, cycle, approver)


@pytest.fixture
def month_with_loss(session: Session) -> tuple[Closed, Package]:
    """One package that was lost, closed."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    sent = report(package, "e", Outcome.LOST, reason="vehicle_broken")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    for case in session.exec(select(DeliveryException)):
        exception_actions.close_exception(
            session, case=case, by=coordinator, now=LATER, base_version=case.version, text="ya"
        )
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    return Closed(session, cycle, approver), package


def test_entries_follow_each_other_and_leave_the_row(month: Closed) -> None:
    rest = BOX | {"telur": 6}
    month.amend(state="partly", items=rest, moved_to="lost")
    second = month.amend(state="unfulfilled", moved_to="spoiled")
    assert second.before == {
        "state": "partly", "accepted_items": 26, "delivered_on": "2026-12-01", "items": rest,
    }  # fmt: skip
    assert second.after == {
        "state": "unfulfilled", "accepted_items": 0, "delivered_on": None, "moved_to": "spoiled",
        "items": dict.fromkeys(BOX, 0),
    }  # fmt: skip
    assert month.state() == ("unfulfilled", 0, None)
    assert month.row is not None
    assert (month.row.state, month.row.accepted_items) == (FulfilmentState.FULFILLED, PACKED)
    assert amended_units(month.session, cycle=month.cycle) == NO_UNITS | {
        "delivered": -PACKED, "returned": 0, "spoiled": 26, "lost": PACKED - 26,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("after", "state", "accepted"),
    [
        ({"accepted_items": 0, "moved_to": "returned"}, "unfulfilled", 0),
        ({"items": BOX | {"telur": 29}, "moved_to": "lost"}, "partly", PACKED - 1),
        ({"state": "unfulfilled", "moved_to": "lost"}, "unfulfilled", 0),
    ],
)
def test_state_and_number_follow_each_other(
    month: Closed, after: dict[str, Any], state: str, accepted: int
) -> None:
    month.amend(**after)
    assert month.state()[:2] == (state, accepted)


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ({"state": "eaten"}, "amend.value"),
        ({"state": 7}, "amend.value"),
        ({"accepted_items": -1, "moved_to": "lost"}, "amend.value"),
        ({"accepted_items": PACKED + 1, "moved_to": "lost"}, "amend.value"),
        ({"accepted_items": "26", "moved_to": "lost"}, "amend.value"),
        ({"accepted_items": True, "moved_to": "lost"}, "amend.value"),
        ({"items": {"telur": 0}, "moved_to": "eaten"}, "amend.value"),
        ({"items": {"telur": 0}}, "amend.where"),
        ({"items": {"telur": 0}, "moved_to": "lost", "is_counted": "ya"}, "amend.value"),
        ({"accepted_items": 26, "moved_to": "lost"}, "amend.by_item"),
        ({"accepted_items": 26}, "amend.by_item"),
        ({"state": "partly"}, "amend.inconsistent"),
        ({"state": "fulfilled", "accepted_items": 26, "moved_to": "lost"}, "amend.inconsistent"),
        ({"state": "fulfilled"}, "amend.nothing"),
        ({"delivered_on": "kemarin"}, "amend.value"),
        ({"delivered_on": "2026-12-03"}, "amend.day"),
        ({"delivered_on": "2026-11-30"}, "amend.day"),
        ({"delivered_on": None}, "amend.day"),
        (
            {"accepted_items": 0, "moved_to": "lost", "delivered_on": "2026-12-01"},
            "amend.day_without_goods",
        ),
        ({"reason": "karena"}, "amend.value"),
        ({"child_id": 3}, "amend.fields"),
        ({}, "amend.fields"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_stored(
    month: Closed, after: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        month.amend(**after)
    assert refusal.value.code == code
    assert month.session.exec(select(Amendment)).all() == []


def test_items_say_which_goods_were_not_accepted_and_the_sum_follows(month: Closed) -> None:
    eggs = BOX["telur"]
    entry = month.amend(items={"telur": eggs - 7}, moved_to="returned")
    assert entry.before["items"] == BOX
    assert entry.after["items"] == BOX | {"telur": eggs - 7}
    assert month.state()[:2] == ("partly", PACKED - 7)
    told = {one.item_code: one for one in corrected(month)}
    assert (told["telur"].returned, told["beras"].returned) == (7, 0)
    month.amend(items={"telur": eggs, "beras": 0}, moved_to="returned")
    told = {one.item_code: one for one in corrected(month)}
    assert (told["telur"].returned, told["beras"].returned) == (0, BOX["beras"])
    assert not any(one.difference for one in told.values())


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({"telur": BOX["telur"] + 1}, "amend.value"),
        ({"telur": -1}, "amend.value"),
        ({"telur": "5"}, "amend.value"),
        ({"emas": 1}, "amend.value"),
        ({}, "amend.value"),
        (BOX, "amend.nothing"),
    ],
)
def test_items_that_the_box_never_held_are_refused(
    month: Closed, items: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        month.amend(items=items, moved_to="lost")
    assert refusal.value.code == code


def test_goods_come_back_only_from_where_that_item_lies(month: Closed) -> None:
    month.amend(items={"telur": 0}, moved_to="lost")
    month.amend(items={"beras": 0}, moved_to="returned")
    with pytest.raises(Refused, match=r"amend\.moved_to"):
        month.amend(items={"telur": 1}, moved_to="returned")
    month.amend(items={"telur": 1}, moved_to="lost")


def test_goods_are_carried_only_in_a_box_that_stayed(month: Closed) -> None:
    with pytest.raises(Refused, match=r"amend\.moved_to"):
        month.amend(state="unfulfilled", moved_to="carried")


def test_reasons_of_shortfalls_follow_corrections(
    month_with_loss: tuple[Closed, Package],
) -> None:
    month, _ = month_with_loss

    def reasons() -> dict[str, int]:
        return count_month(month.session, cycle=month.cycle).failure_reasons

    found: dict[str, Any] = {"moved_to": "lost", "delivered_on": "2026-12-02"}
    assert reasons() == {"vehicle_broken": 1}
    month.amend(items={"telur": 20}, **found)
    assert reasons() == {"vehicle_broken": 1}, "the rest is lost for the same reason"
    month.amend(state="fulfilled", **found)
    assert reasons() == {}
    month.amend(items={"telur": 0}, moved_to="returned")
    assert reasons() == {"stopped.corrected_part": 1}
    month.amend(state="unfulfilled", moved_to="returned")
    assert reasons() == {"stopped.corrected": 1}


def test_a_stop_corrected_to_nothing_counts_as_not_done(month: Closed) -> None:
    def done() -> int:
        counts = count_month(month.session, cycle=month.cycle)
        return sum(row["delivery_stops_done"] for row in counts.areas.values())

    before = done()
    month.amend(items={"telur": 0}, moved_to="returned")
    assert done() == before
    month.amend(state="unfulfilled", moved_to="returned")
    assert done() == before - 1


def corrected(month: Closed) -> tuple[ItemBalance, ...]:
    items = balance_items(month.session, cycle=month.cycle)
    return balance_as_corrected(month.session, cycle=month.cycle, items=items)


def test_the_day_alone_is_corrected_within_bounds(month: Closed) -> None:
    entry = month.amend(delivered_on=LATER.date().isoformat())
    assert entry.after == {"delivered_on": "2026-12-02"}
    assert month.state() == ("fulfilled", PACKED, date(2026, 12, 2))


def test_only_an_approver_and_only_a_closed_month_of_its_own_rows(
    session: Session, month: Closed
) -> None:
    month.approver = make_account(session, Role.COORDINATOR)
    with pytest.raises(Forbidden, match=r"amend\.role"):
        month.amend(state="unfulfilled", moved_to="lost")
    month.approver = make_account(session, Role.APPROVER)
    for subject, given in (("account", 1), ("fulfilment", 999), ("package", 999)):
        with pytest.raises(Refused, match=r"amend\.subject"):
            month.amend(subject, given=given, state="lost")


def test_goods_found_again_come_from_where_they_were_booked(
    month_with_loss: tuple[Closed, Package],
) -> None:
    month, _ = month_with_loss
    assert month.state() == ("unfulfilled", 0, None)
    given: dict[str, Any] = {
        "items": {"telur": 20}, "delivered_on": "2026-12-02", "reason": None,
    }  # fmt: skip
    for elsewhere in ("returned", "spoiled"):
        with pytest.raises(Refused, match=r"amend\.moved_to"):
            month.amend(**given, moved_to=elsewhere)
    month.amend(**given, moved_to="lost")
    with pytest.raises(Refused, match=r"amend\.moved_to"):
        month.amend(accepted_items=PACKED, moved_to="returned")
    month.amend(accepted_items=PACKED, moved_to="lost")
    assert month.state() == ("fulfilled", PACKED, date(2026, 12, 2))


def test_lost_goods_that_came_back_are_moved_with_all_their_units(
    month_with_loss: tuple[Closed, Package],
) -> None:
    month, package = month_with_loss
    entry = month.amend("package", given=package.id, state="restocked")
    assert (entry.before, entry.after) == (
        {"state": "lost"}, {"state": "restocked", "units": PACKED, "items": BOX},
    )  # fmt: skip
    assert package.state is PackageState.LOST
    assert amended_units(month.session, cycle=month.cycle) == NO_UNITS | {
        "returned": PACKED, "lost": -PACKED,
    }  # fmt: skip
    month.amend(items={"telur": 10}, delivered_on="2026-12-02", moved_to="returned")
    state = reconcile.reconciliation(month.session, cycle=month.cycle)
    assert state.amended == NO_UNITS | {"delivered": 10, "returned": PACKED - 10, "lost": -PACKED}
    assert state.is_balanced


def test_of_a_box_that_came_back_in_part_only_that_part_is_moved(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    told = tuple(
        LineResult(
            line.uid, 0, line.quantity, "goods_damaged" if line.item_code == "telur" else "refused"
        )
        for line in lines_of_package(session, package_id=package.id or 0)
    )
    sent = report(package, "e", Outcome.REJECTED, lines=told)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    case = session.exec(select(DeliveryException)).one()
    deed: dict[str, Any] = {"case": case, "by": coordinator, "now": NOW}
    exception_actions.choose_action(
        session, **deed, action=ExceptionAction.RETURN, base_version=case.version
    )
    exception_actions.close_exception(session, **deed, base_version=case.version)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    month = Closed(session, cycle, approver)
    entry = month.amend("package", given=package.id, state="lost")
    assert (entry.after["units"], entry.after["items"]) == (PACKED - 30, BOX | {"telur": 0})
    assert amended_units(session, cycle=cycle) == NO_UNITS | {
        "returned": 30 - PACKED, "lost": PACKED - 30,
    }  # fmt: skip


@pytest.mark.parametrize("state", ["accepted", "packed", "lost", "gone"])
def test_a_package_moves_only_to_another_place_of_goods_left_over(
    month_with_loss: tuple[Closed, Package], state: str
) -> None:
    month, package = month_with_loss
    with pytest.raises(Refused, match=r"amend\.(value|package_state)"):
        month.amend("package", given=package.id, state=state)


def test_an_accepted_package_is_corrected_by_its_judgement(session: Session, month: Closed) -> None:
    package = session.exec(select(Package)).first()
    assert package is not None
    with pytest.raises(Refused, match=r"amend\.package_state"):
        month.amend("package", given=package.id, state="lost")


def test_a_month_that_does_not_add_up_takes_no_correction(session: Session, month: Closed) -> None:
    move = session.exec(select(StockMove).where(StockMove.kind == StockMoveKind.PACK)).first()
    assert move is not None
    move.quantity -= 1
    session.flush()
    with pytest.raises(Refused, match=r"amend\.unbalanced"):
        month.amend(state="unfulfilled", moved_to="lost")


def test_the_next_month_starts_from_the_corrected_judgement(month: Closed) -> None:
    assert month.row is not None
    child = month.session.get_one(Child, month.row.child_id)
    january = make_cycle(month.session, month="2027-01")
    assert months_waiting(month.session, january, child) == 0
    month.amend(state="unfulfilled", moved_to="lost")
    assert carried_over(month.session, cycle=january).unmet == (child.code,)
    since_registered = 3
    assert months_waiting(month.session, january, child) == since_registered


def test_a_child_served_after_all_waits_no_longer(
    month_with_loss: tuple[Closed, Package],
) -> None:
    month, package = month_with_loss
    child = month.session.get_one(Child, package.child_id)
    january = make_cycle(month.session, month="2027-01")
    assert carried_over(month.session, cycle=january).unmet == (child.code,)
    assert month.row is not None
    month.amend(state="fulfilled", moved_to="lost", delivered_on="2026-12-01")
    assert carried_over(month.session, cycle=january).unmet == ()
    assert months_waiting(month.session, january, child) == 0


def months_waiting(session: Session, cycle: Cycle, child: Child) -> int:
    copies, _ = build_snapshot(session, cycle=cycle, require_consent=False, now=LATER)
    return next(copy.months_waiting for copy in copies if copy.child_id == child.id)
