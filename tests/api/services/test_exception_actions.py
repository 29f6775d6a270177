from datetime import timedelta
from itertools import zip_longest

import pytest
from sqlmodel import Session, col, select

from api.services import (
    exception_actions,
    fulfilment,
    stock,
)
from api.services.delivery_reports import LineResult
from api.services.errors import Refused, StaleVersion
from api.services.package_cancelling import empty_box
from api.services.package_goods import is_boxed
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    ChangeRequest,
    CycleState,
    DeliveryException,
    DropPointKind,
    ExceptionAction,
    ExceptionState,
    Outcome,
    Package,
    PackageState,
    Role,
    Stop,
    StopKind,
    StopState,
)
from tests.factories import NOW, make_account, make_drop_point
from tests.factories_cases import act, failed
from tests.factories_goods import packages_of
from tests.factories_routes import TODAY, make_dispatched_cycle, package_at, report, stops_of

pytestmark = pytest.mark.stores("sqlite")

A = ExceptionAction
TOMORROW = TODAY + timedelta(days=1)


def close(session: Session, case: DeliveryException, by: Account) -> None:
    exception_actions.close_exception(session, case=case, by=by, now=NOW, base_version=case.version)


def test_redelivery_makes_a_linked_stop_for_another_day(session: Session) -> None:
    cycle, case, package, stop, coordinator = failed(session)
    act(session, case, A.REDELIVER, coordinator, day=TOMORROW)
    fresh = session.exec(select(Stop).where(col(Stop.reschedules_id) == stop.id)).one()
    assert (fresh.wanted_on, fresh.route_id, fresh.address) == (TOMORROW, None, stop.address)
    assert (package.stop_id, package.state) == (fresh.id, PackageState.PACKED)
    assert stop.state == StopState.RESCHEDULED
    assert len(stops_of(session, cycle)) == 3


def test_a_month_that_is_reconciled_offers_nothing_that_needs_another_route(
    session: Session,
) -> None:
    cycle, case, package, _, _ = failed(session)
    cycle.state = CycleState.RECONCILING
    assert package.state == PackageState.LOADED
    allowed = set(exception_actions.allowed_actions(session, case=case))
    assert allowed == {A.RETURN, A.SPOIL, A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE}


def test_a_new_attempt_is_not_in_the_past(session: Session) -> None:
    _, case, _, _, coordinator = failed(session)
    with pytest.raises(Refused, match=r"exception\.day"):
        act(session, case, A.REDELIVER, coordinator, day=TODAY - timedelta(days=1))


def test_pick_up_goes_to_the_kelurahan_office(session: Session) -> None:
    _, case, package, stop, coordinator = failed(session)
    make_drop_point(session)
    office = make_drop_point(session, kind=DropPointKind.KELURAHAN_OFFICE, name="Kantor Lurah")
    act(session, case, A.PICK_UP, coordinator, day=TOMORROW)
    fresh = session.get_one(Stop, package.stop_id)
    assert (fresh.kind, fresh.drop_point_id, fresh.reschedules_id) == (
        StopKind.DROP_POINT,
        office.id,
        stop.id,
    )


def test_returned_goods_are_stock_again(session: Session) -> None:
    _, case, package, _, coordinator = failed(session)
    act(session, case, A.RETURN, coordinator)
    assert package.state == PackageState.RESTOCKED
    assert {row.item_code: row.on_hand for row in stock.stock_list(session)}["telur"] == 30
    assert case.state == ExceptionState.DONE
    assert stock.check_stock(session) == []


def test_spoiled_goods_are_written_off(session: Session) -> None:
    _, case, package, _, coordinator = failed(session)
    act(session, case, A.SPOIL, coordinator)
    assert package.state == PackageState.SPOILED
    assert {row.on_hand for row in stock.stock_list(session)} == {0}
    assert stock.check_stock(session) == []


def test_reassigned_goods_go_to_a_package_that_waits(session: Session) -> None:
    cycle, case, package, _, coordinator = failed(session)
    other = next(row for row in packages_of(session, cycle) if row.id != package.id)
    with pytest.raises(Refused, match=r"exception\.reassign_to"):
        act(session, case, A.REASSIGN, coordinator, to_package=other)
    empty_box(session, package=other, by=coordinator, now=NOW, reason="short")
    other.state = PackageState.CARRIED
    act(session, case, A.REASSIGN, coordinator, to_package=other)
    assert (package.state, other.state, other.replaces_id) == (
        PackageState.REASSIGNED,
        PackageState.PACKED,
        package.id,
    )


def test_a_box_that_waits_with_its_own_goods_takes_no_others(session: Session) -> None:
    cycle, case, package, _, coordinator = failed(session)
    other = next(row for row in packages_of(session, cycle) if row.id != package.id)
    other.state = PackageState.CARRIED
    assert is_boxed(session, package=other)
    with pytest.raises(Refused, match=r"exception\.reassign_boxed"):
        act(session, case, A.REASSIGN, coordinator, to_package=other)
    assert package.state == PackageState.LOADED


def refused(session: Session, *reasons: str) -> tuple[DeliveryException, Package, Account]:
    """Let a family refuse the first lines of a package, each for its reason, and keep the rest."""
    _, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=2)
    package = package_at(session, stops[0])
    lines = tuple(
        LineResult(line.uid, 0 if reason else line.quantity, line.quantity if reason else 0, reason)
        for line, reason in zip_longest(
            lines_of_package(session, package_id=package.id or 0), reasons
        )
    )
    outcome = Outcome.REJECTED if len(lines) == len(reasons) else Outcome.PARTLY_ACCEPTED
    sent = report(package, "e1", outcome, lines=lines, reason=reasons[0])
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    return session.exec(select(DeliveryException)).one(), package, coordinator


def test_unusable_goods_are_written_off_when_the_rest_returns(session: Session) -> None:
    case, package, coordinator = refused(session, "goods_damaged", "allergy")
    broken, disliked = lines_of_package(session, package_id=package.id or 0)[:2]
    act(session, case, A.RETURN, coordinator)
    on_hand = {row.item_code: row.on_hand for row in stock.stock_list(session)}
    assert on_hand[broken.item_code] == 0
    assert on_hand[disliked.item_code] == disliked.quantity
    assert stock.check_stock(session) == []


def test_goods_all_unusable_can_only_be_written_off(session: Session) -> None:
    case, _, coordinator = refused(session, "goods_expired")
    assert A.RETURN not in exception_actions.allowed_actions(session, case=case)
    with pytest.raises(Refused, match=r"exception\.action"):
        act(session, case, A.RETURN, coordinator)
    act(session, case, A.SPOIL, coordinator)
    assert A.SPOIL not in exception_actions.allowed_actions(session, case=case)


def test_a_case_is_not_closed_before_the_refused_goods_are_somewhere(session: Session) -> None:
    case, _, coordinator = refused(session, "allergy")
    with pytest.raises(Refused, match=r"exception\.left_over"):
        close(session, case, coordinator)
    act(session, case, A.RETURN, coordinator)
    close(session, case, coordinator)
    assert case.state == ExceptionState.CLOSED


def test_after_three_failures_nobody_drives_again_before_the_data_are_checked(
    session: Session,
) -> None:
    _, case, package, _, coordinator = failed(session)
    case.attempts = 3
    assert A.REDELIVER not in exception_actions.allowed_actions(session, case=case)
    with pytest.raises(Refused, match=r"exception\.action"):
        act(session, case, A.REDELIVER, coordinator, day=TOMORROW)
    act(session, case, A.DATA_CHANGE, coordinator)
    assert session.exec(select(ChangeRequest)).one().child_id == package.child_id


@pytest.mark.parametrize("action", [A.DATA_CHANGE, A.EXIT_CHILD])
@pytest.mark.parametrize("text", ["", "ibunya diancam"])
def test_the_office_is_asked_for_a_change_without_what_was_told_in_confidence(
    session: Session, action: A, text: str
) -> None:
    _, case, package, _, _ = failed(session, "child_died", "kata tetangga")
    act(session, case, action, make_account(session, Role.APPROVER), text=text)
    asked = session.exec(select(ChangeRequest)).one()
    assert (asked.child_id, asked.reason) == (package.child_id, "confidential")
    assert asked.payload == {"package": package.code}


def test_a_case_that_someone_else_changed_is_not_overwritten(session: Session) -> None:
    _, case, _, _, coordinator = failed(session)
    exception_actions.take_exception(session, case=case, by=coordinator, now=NOW, base_version=1)
    with pytest.raises(StaleVersion, match=r"exception\.stale"):
        exception_actions.take_exception(
            session, case=case, by=coordinator, now=NOW, base_version=1
        )


def test_a_case_closes_only_when_its_package_is_off_the_vehicle(session: Session) -> None:
    _, case, _, _, coordinator = failed(session)
    with pytest.raises(Refused, match=r"exception\.still_loaded"):
        exception_actions.close_exception(
            session, case=case, by=coordinator, now=NOW, base_version=case.version
        )
    act(session, case, A.RETURN, coordinator)
    exception_actions.close_exception(
        session, case=case, by=coordinator, now=NOW, base_version=case.version
    )
    exception_actions.reopen_exception(
        session, case=case, by=coordinator, now=NOW, base_version=case.version, text="ternyata"
    )
    assert case.state == ExceptionState.REOPENED
