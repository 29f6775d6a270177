from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from api.i18n import sentence
from api.services import (
    exception_actions,
    fulfilment,
    package_goods,
    packing,
    reconcile,
    stock,
)
from api.services.carrying import boxes_to_unpack, carry_package, unpacked_boxes
from api.services.errors import Forbidden, Refused
from api.services.month_before import carried_over
from api.services.pickups import cancel_pickup
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CycleMove,
    CycleState,
    DeliveryException,
    ExceptionAction,
    Fulfilment,
    FulfilmentState,
    Household,
    Outcome,
    Package,
    PackageLine,
    PackageState,
    Role,
    StockMove,
    Stop,
    StopState,
    VerificationCall,
)
from tests.api.services.test_pickups import shop
from tests.factories import NOW, make_account, make_approved_cycle, make_cycle
from tests.factories_goods import packages_of
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")

LATER = NOW + timedelta(days=1)


@kept
def delivered_month(
    session: Session, *, num_children: int = 3
) -> tuple[Cycle, list[Stop], Account, Account]:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(
        session, num_children=num_children
    )
    for number, stop in enumerate(stops):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    return cycle, stops, coordinator, courier


def answer_all(session: Session, by: Account, answer: str = "received") -> None:
    for call in session.exec(select(VerificationCall)).all():
        reconcile.answer_call(session, call=call, answer=answer, by=by, now=LATER)


def test_a_month_that_adds_up_closes_and_its_pairs_are_fulfilled(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert cycle.state == CycleState.CLOSED
    pairs = session.exec(select(Assignment)).all()
    assert {pair.state for pair in pairs} == {AssignmentState.FULFILLED}
    eggs = next(
        item
        for item in reconcile.reconciliation(session, cycle=cycle).items
        if item.item_code == "telur"
    )
    assert (eggs.packed, eggs.delivered, eggs.difference) == (90, 90, 0)


def test_distribution_does_not_end_while_a_stop_has_no_result(session: Session) -> None:
    cycle, _, _, coordinator, _ = make_dispatched_cycle(session, num_children=2)
    with pytest.raises(Refused, match=r"reconcile\.open_stops") as refusal:
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    assert refusal.value.params["stops"] == ["R-2612-01/1", "R-2612-01/2"]
    assert refusal.value.params["routes"] == ["R-2612-01 (2)"]


def test_many_open_stops_are_counted_by_route_and_only_the_first_are_named(
    session: Session,
) -> None:
    cycle, _, stops, coordinator, _ = make_dispatched_cycle(session, num_children=14)
    for stop in stops[12:]:
        stop.route_id = stop.sequence = None
        stop.state = StopState.PLANNED
        package = package_at(session, stop)
        package.state = PackageState.PACKED
        session.add_all((stop, package))
    with pytest.raises(Refused, match=r"reconcile\.open_stops") as refusal:
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    told = refusal.value.params
    assert (told["count"], told["routes"]) == (14, ["R-2612-01 (12)", ["waiting_route", "(2)"]])
    assert told["stops"] == [*(f"R-2612-01/{number}" for number in range(1, 11)), "…"]
    text = sentence(refusal.value.code, told, "id")
    assert "R-2612-01 (12), menunggu rute (2)" in text


def test_goods_that_nobody_fetched_keep_the_month_open_by_name(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    row = shop(session, cycle, coordinator)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    with pytest.raises(Refused, match=r"reconcile\.open_pickups") as refusal:
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert refusal.value.params["pickups"] == ["Toko Makmur"]
    cancel_pickup(session, pickup=row, by=coordinator, now=LATER, base_version=row.version)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert cycle.state == CycleState.CLOSED


@kept
def month_with_broken_eggs(session: Session) -> tuple[Cycle, Package, Account]:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    lines = tuple(
        fulfilment.LineResult(
            line.uid,
            line.quantity - (4 if line.item_code == "telur" else 0),
            4 if line.item_code == "telur" else 0,
            "goods_damaged" if line.item_code == "telur" else None,
        )
        for line in lines_of_package(session, package_id=package.id or 0)
    )
    sent = report(package, "e", Outcome.PARTLY_ACCEPTED, lines=lines)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    return cycle, package, coordinator


def test_four_eggs_that_nobody_can_account_for_keep_the_month_open_by_name(
    session: Session,
) -> None:
    cycle, package, _ = month_with_broken_eggs(session)
    approver = make_account(session, Role.APPROVER)
    with pytest.raises(Refused, match=r"reconcile\.difference") as refusal:
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert refusal.value.params["items"] == [["telur", "+4", f"({package.code})"]]
    kept_by = [each.code for each in reconcile.what_keeps_open(session, cycle=cycle)]
    assert kept_by == ["reconcile.difference", "reconcile.open_exceptions"], "all of it at once"
    assert cycle.state == CycleState.RECONCILING


def test_written_off_they_are_accounted_for_and_the_pair_is_partly_fulfilled(
    session: Session,
) -> None:
    cycle, _, coordinator = month_with_broken_eggs(session)
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session,
        case=case,
        action=ExceptionAction.SPOIL,
        by=coordinator,
        now=LATER,
        base_version=case.version,
    )
    approver = make_account(session, Role.APPROVER)
    kept_by = [each.code for each in reconcile.what_keeps_open(session, cycle=cycle)]
    assert kept_by == ["reconcile.open_exceptions"]
    with pytest.raises(Refused, match=r"reconcile\.open_exceptions"):
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    exception_actions.close_exception(
        session, case=case, by=coordinator, now=LATER, base_version=case.version
    )
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    row = session.exec(select(Fulfilment)).one()
    assert (row.state, row.packed_items - row.accepted_items) == (FulfilmentState.PARTLY, 4)
    eggs = next(i for i in reconcile.reconciliation(session, cycle=cycle).items if i.spoiled)
    assert (eggs.item_code, eggs.packed, eggs.delivered, eggs.spoiled) == ("telur", 30, 26, 4)


@pytest.mark.parametrize("action", [ExceptionAction.RETURN, ExceptionAction.SPOIL])
def test_what_came_back_is_settled_whatever_is_reported_later(
    session: Session, action: ExceptionAction
) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    lines = tuple(
        fulfilment.LineResult(line.uid, 0, line.quantity, "allergy")
        if line.item_code == "telur"
        else fulfilment.LineResult(line.uid, line.quantity, 0)
        for line in lines_of_package(session, package_id=package.id or 0)
    )
    sent = report(package, "e", Outcome.PARTLY_ACCEPTED, lines=lines)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session, case=case, action=action, by=coordinator, now=NOW, base_version=case.version
    )
    assert action not in exception_actions.allowed_actions(session, case=case)
    with pytest.raises(Refused, match=r"delivery\.already_back"):
        fulfilment.amend_delivery(
            session, report=report(package, "a"), by=coordinator, now=LATER, reason="salah catat"
        )
    typed = report(package, "t", channel="page", happened_at=LATER)
    with pytest.raises(Refused, match=r"delivery\.already_back"):
        fulfilment.record_delivery(session, report=typed, by=courier, now=LATER)
    undo = report(package, "u", Outcome.UNDO, undoes_uid="e")
    for late in (report(package, "p", happened_at=LATER), undo):
        answer = fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
        assert (answer.state, answer.code) == (
            fulfilment.AckState.KEPT,
            "delivery.after_return_differs",
        )
    assert package.state is PackageState.PARTLY_ACCEPTED
    assert reconcile.reconciliation(session, cycle=cycle).is_balanced


def test_a_lost_package_counts_as_lost(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(package_at(session, stops[0]), "e", Outcome.LOST, reason="vehicle_broken")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    state = reconcile.reconciliation(session, cycle=cycle)
    assert state.is_balanced
    assert {item.item_code: item.lost for item in state.items}["telur"] == 30
    assert session.exec(select(Fulfilment)).one().state == FulfilmentState.UNFULFILLED


def test_months_close_in_their_order_unless_a_reason_is_written(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    stuck = make_cycle(session, "2026-11", state=CycleState.PACKING)
    make_cycle(session, "2026-10", state=CycleState.DRAFT)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    assert reconcile.earlier_open(session, cycle=cycle) == [stuck]
    with pytest.raises(Refused) as caught:
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert (caught.value.code, caught.value.params["earlier"]) == (
        "reconcile.earlier_open",
        "2026-11",
    )
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER, reason="truk rusak")
    last = session.exec(select(CycleMove).order_by(col(CycleMove.id).desc())).first()
    assert last is not None
    assert (last.verb, last.reason) == ("close", "truk rusak")


def test_only_an_approver_closes(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    with pytest.raises(Forbidden, match=r"move\.role"):
        reconcile.close_cycle(session, cycle=cycle, by=coordinator, now=LATER)


@pytest.mark.parametrize(("packages", "calls"), [(1, 1), (20, 1), (21, 2)])
def test_five_percent_are_called_and_at_least_one(
    session: Session, packages: int, calls: int
) -> None:
    cycle, _, coordinator, _ = delivered_month(session, num_children=packages)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    assert len(reconcile.list_calls(session, cycle=cycle)) == calls


def test_the_sample_follows_from_the_seed_and_drawing_again_adds_nobody(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session, num_children=3)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    first = [call.package_code for call in reconcile.list_calls(session, cycle=cycle)]
    reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER)
    assert [call.package_code for call in reconcile.list_calls(session, cycle=cycle)] == first


def test_unanswered_calls_keep_the_month_open(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    with pytest.raises(Refused, match=r"reconcile\.calls"):
        reconcile.close_cycle(
            session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER
        )


def test_a_family_without_a_phone_is_asked_at_home(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    [call] = session.exec(select(VerificationCall)).all()
    package = session.get_one(Package, call.package_id)
    home = session.get_one(Household, package.household_id)
    for phone, way, known in (
        (None, "", "visit"),
        ("+628117000009", "", "phone"),
        ("+628117000009", "visit", "visit"),
    ):
        home.phone = phone
        session.add(home)
        reconcile.answer_call(
            session, call=call, answer="received", by=coordinator, now=LATER, way=way
        )
        assert reconcile.list_calls(session, cycle=cycle)[0].way == known
    with pytest.raises(Refused, match=r"verification\.way"):
        reconcile.answer_call(
            session, call=call, answer="received", by=coordinator, now=LATER, way="surat"
        )


def test_received_partly_opens_one_case_for_that_package(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator, "received_partly")
    answer_all(session, coordinator, "received_partly")
    case = session.exec(select(DeliveryException)).one()
    call = session.exec(select(VerificationCall)).one()
    assert (case.reason, case.package_id) == ("received_partly", call.package_id)
    with pytest.raises(Refused, match=r"reconcile\.open_exceptions"):
        reconcile.close_cycle(
            session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER
        )


def test_distribution_may_be_resumed_with_a_reason(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    reconcile.resume_distribution(session, cycle=cycle, by=coordinator, now=LATER, reason="salah")
    assert cycle.state == CycleState.DISTRIBUTING
    pairs = session.exec(select(Assignment)).all()
    assert {pair.state for pair in pairs} == {AssignmentState.APPROVED}


def test_a_pair_withdrawn_after_a_first_reckoning_is_not_carried_over(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    first, *rest = reconcile.list_fulfilments(session, cycle=cycle)
    reconcile.resume_distribution(session, cycle=cycle, by=coordinator, now=LATER, reason="salah")
    first.state = FulfilmentState.UNFULFILLED
    session.get_one(Assignment, first.assignment_id).state = AssignmentState.WITHDRAWN
    session.flush()
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    reconcile.close_cycle(session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER)
    assert reconcile.list_fulfilments(session, cycle=cycle) == rest
    assert carried_over(session, cycle=make_cycle(session, month="2027-01")).unmet == ()


@kept
def closed_month(session: Session) -> tuple[Cycle, Account, Account]:
    cycle, _, coordinator, _ = delivered_month(session)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    return cycle, approver, coordinator


def test_the_next_month_reads_what_was_left_undone(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=2)
    package = package_at(session, stops[0])
    failed = report(package, "e0", Outcome.FAILED, reason="nobody_home")
    fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    fulfilment.record_delivery(
        session, report=report(package_at(session, stops[1]), "e1"), by=courier, now=NOW
    )
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session,
        case=case,
        action=ExceptionAction.RETURN,
        by=coordinator,
        now=NOW,
        base_version=case.version,
    )
    exception_actions.close_exception(
        session, case=case, by=coordinator, now=NOW, base_version=case.version
    )
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    reconcile.close_cycle(session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER)
    code = session.get_one(Child, package.child_id).code
    assert carried_over(session, cycle=make_cycle(session, month="2027-01")).unmet == (code,)
    assert carried_over(session, cycle=cycle).unmet == ()
    returned = [i for i in reconcile.reconciliation(session, cycle=cycle).items if i.returned]
    assert {item.item_code for item in returned} == {
        line.item_code for line in session.exec(select(PackageLine))
    }
    assert [p.state for p in packages_of(session, cycle, PackageState.RESTOCKED)] == [
        PackageState.RESTOCKED
    ]


@pytest.mark.stores("sqlite", "postgresql")
def test_a_box_that_stays_is_carried_and_unpacked_when_the_next_month_is_packed(
    session: Session,
) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    failed = report(package, "e0", Outcome.FAILED, reason="nobody_home")
    fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    with pytest.raises(Refused, match=r"reconcile\.carry"):
        carry_package(session, package=package, by=coordinator, now=NOW)
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session,
        case=case,
        action=ExceptionAction.REDELIVER,
        by=coordinator,
        now=NOW,
        base_version=case.version,
        day=LATER.date(),
    )
    with pytest.raises(Refused, match=r"reconcile\.open_stops"):
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    carry_package(session, package=package, by=coordinator, now=NOW)
    exception_actions.close_exception(
        session, case=case, by=coordinator, now=NOW, base_version=case.version
    )
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    reconcile.close_cycle(session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER)
    eggs = reconcile.reconciliation(session, cycle=cycle).items[-1]
    assert (eggs.item_code, eggs.carried) == ("telur", 30)
    later, _ = make_approved_cycle(session, num_children=1, month="2027-01")
    assert boxes_to_unpack(session, cycle=later) == [package]
    assert packing.pack_cycle(session, cycle=later, by=coordinator, now=LATER).is_reserved
    assert (boxes_to_unpack(session, cycle=later), unpacked_boxes(session, cycle=later)) == (
        [],
        [package],
    )
    assert unpacked_boxes(session, cycle=cycle) == []
    assert stock.check_stock(session) == []
    assert reconcile.reconciliation(session, cycle=cycle).items[-1].difference == 0


def test_a_box_whose_goods_never_left_the_books_keeps_the_month_open_by_name(
    session: Session,
) -> None:
    cycle, stops, coordinator, _ = delivered_month(session)
    package = package_at(session, stops[0])
    for move in session.exec(select(StockMove).where(StockMove.package_id == package.id)):
        session.delete(move)
    session.flush()
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    answer_all(session, coordinator)
    assert not reconcile.reconciliation(session, cycle=cycle).is_balanced
    with pytest.raises(Refused, match=r"reconcile\.difference") as refusal:
        reconcile.close_cycle(
            session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER
        )
    items = refusal.value.params["items"]
    assert isinstance(items, list)
    assert ["telur", "+30", f"({package.code})"] in items


def test_two_faults_that_cancel_out_are_two_faults(session: Session) -> None:
    """Four eggs too many came back from one box, and four of another were never there."""
    cycle, stops, coordinator, _ = delivered_month(session)
    first, second = (package_at(session, stop) for stop in stops[:2])
    line = next(
        one
        for one in lines_of_package(session, package_id=first.id or 0)
        if one.item_code == "telur"
    )
    line.accepted -= 4
    package_goods.return_packed(
        session, package=second, quantities={"telur": 4}, by=coordinator, now=NOW
    )
    state = reconcile.reconciliation(session, cycle=cycle)
    [eggs] = [one for one in state.items if one.item_code == "telur"]
    assert eggs.packed == eggs.delivered + eggs.returned
    assert (eggs.package_codes, eggs.difference) == ((first.code, second.code), 8)
    assert not state.is_balanced
