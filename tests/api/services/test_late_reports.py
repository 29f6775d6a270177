"""What a phone brings after distribution ended: kept, shown where it matters, taken up again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import exception_actions, exception_queue, fulfilment, reconcile
from api.services.carrying import carry_package, unpack_carried
from api.services.fulfilment import Acknowledgement, AckState, DeliveryReport
from data.schema import (
    Account,
    Cycle,
    DeliveryEvent,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Fulfilment,
    Outcome,
    Package,
    PackageState,
    Role,
    StockItem,
    Stop,
)
from tests.factories import NOW, make_account, make_cycle
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")

NOON, LATER = NOW + timedelta(hours=3), NOW + timedelta(days=1)


def reconciled_after(
    session: Session, outcome: Outcome, reason: str | None = None
) -> tuple[Cycle, Stop, Package, Account, Account]:
    """One package with an outcome; the coordinator then ended distribution."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    sent = report(package, "first", outcome, reason=reason)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    return cycle, stops[0], package, coordinator, courier


def resume(session: Session, cycle: Cycle, by: Account) -> None:
    reconcile.resume_distribution(session, cycle=cycle, by=by, now=LATER, reason="kabar susulan")


def late_cases(session: Session) -> list[ExceptionState]:
    rows = select(DeliveryException).where(DeliveryException.reason == "late_report")
    return [case.state for case in session.exec(rows)]


def test_a_delivery_told_too_late_opens_a_case_and_counts_once_distribution_goes_on(
    session: Session,
) -> None:
    cycle, stop, package, coordinator, courier = reconciled_after(
        session, Outcome.FAILED, "nobody_home"
    )
    late = report(package, "late", happened_at=NOON)
    answer = fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.after_closing_differs")
    assert package.state == PackageState.LOADED
    assert late_cases(session) == [ExceptionState.OPEN]
    resume(session, cycle, coordinator)
    assert (str(package.state), str(stop.state)) == ("accepted", "delivered")
    kept = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "late")).one()
    assert (kept.flag, kept.is_superseded) == ("", False)
    cases = session.exec(select(DeliveryException)).all()
    assert {case.state for case in cases} == {ExceptionState.CLOSED}
    again = fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (again.state, again.package_state) == (AckState.REPEATED, PackageState.ACCEPTED)


def test_a_late_report_that_says_the_same_opens_no_case(session: Session) -> None:
    _, _, package, _, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(package, "late", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == []


def test_a_late_failure_against_a_delivery_is_a_case_then_the_state(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(package, "late", Outcome.FAILED, reason="nobody_home", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (package.state, late_cases(session)) == (PackageState.ACCEPTED, [ExceptionState.OPEN])
    resume(session, cycle, coordinator)
    assert package.state == PackageState.LOADED
    opened = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert [case.reason for case in opened] == ["nobody_home"]


def test_older_news_than_what_stands_changes_nothing(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(
        package, "late", Outcome.FAILED, reason="nobody_home", happened_at=NOW - timedelta(hours=1)
    )
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == []
    resume(session, cycle, coordinator)
    assert package.state == PackageState.ACCEPTED


def test_goods_that_are_back_stay_back_and_the_case_says_so(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(
        session, Outcome.FAILED, "nobody_home"
    )
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session, case=case, action=ExceptionAction.RETURN, by=coordinator, now=LATER,
        base_version=case.version,
    )  # fmt: skip
    late = report(package, "late", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == [ExceptionState.OPEN]
    resume(session, cycle, coordinator)
    kept = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "late")).one()
    assert (kept.flag, package.state) == ("after_return", PackageState.RESTOCKED)
    assert late_cases(session) == [ExceptionState.OPEN]


def closed_after(
    session: Session, outcome: Outcome, reason: str | None = None
) -> tuple[Cycle, Package, Account, Account, Account]:
    """A closed month of one package; what was not accepted went back to the depot."""
    cycle, _, package, coordinator, courier = reconciled_after(session, outcome, reason)
    for call in reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER):
        reconcile.answer_call(session, call=call, answer="received", by=coordinator, now=LATER)
    for case in session.exec(select(DeliveryException)):
        acted = exception_actions.choose_action(
            session, case=case, action=ExceptionAction.RETURN, by=coordinator, now=LATER,
            base_version=case.version,
        )  # fmt: skip
        exception_actions.close_exception(
            session, case=acted, by=coordinator, now=LATER, base_version=acted.version
        )
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    return cycle, package, coordinator, courier, approver


def send(session: Session, report: DeliveryReport, by: Account) -> Acknowledgement:
    return fulfilment.record_delivery(session, report=report, by=by, now=LATER)


def test_news_that_contradicts_a_closed_month_is_a_case_that_leads_to_its_correction(
    session: Session,
) -> None:
    cycle, package, coordinator, courier, approver = closed_after(
        session, Outcome.FAILED, "nobody_home"
    )
    late = report(package, "late", happened_at=NOON)
    answer = send(session, late, courier)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.month_closed_differs")
    assert package.state == PackageState.RESTOCKED, "the closed month stays as it is"
    view = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)[0]
    assert (view.reason, view.state) == ("late_report", ExceptionState.OPEN)
    assert view.news is not None
    assert (view.news.accepted_items, view.news.recorded_items, view.news.packed_items) == (
        50,
        0,
        50,
    )
    assert ExceptionAction.RETURN not in view.actions, "goods of a closed month do not move"
    row = session.exec(select(Fulfilment)).one()
    after: dict[str, object] = {
        "state": "fulfilled", "delivered_on": "2026-12-01", "moved_to": "returned",
    }  # fmt: skip
    reconcile.correct_closed(
        session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0, after=after,
        reason="kabar HP kurir", by=approver, now=LATER,
    )  # fmt: skip
    assert late_cases(session) == [ExceptionState.CLOSED], "the correction says what the phone said"
    again = send(session, late, courier)
    assert (again.state, again.code) == (AckState.REPEATED, "delivery.after_closing")
    other = report(package, "again", happened_at=NOON)
    assert send(session, other, courier).code == "delivery.after_closing"
    assert late_cases(session) == [ExceptionState.CLOSED], "it is so by now"
    after = {"state": "unfulfilled", "moved_to": "returned"}
    for _ in range(2):
        reconcile.correct_closed(
            session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0, after=after,
            reason="kembali seperti semula", by=approver, now=LATER,
        )  # fmt: skip
        assert late_cases(session) == [ExceptionState.CLOSED, ExceptionState.OPEN]
        after = {"reason": "nobody_home"}


def test_in_a_closed_month_news_that_says_the_same_opens_no_case(session: Session) -> None:
    _, package, _, courier, _ = closed_after(session, Outcome.ACCEPTED)
    answer = send(session, report(package, "late", happened_at=NOON), courier)
    assert (answer.code, late_cases(session)) == ("delivery.after_closing", [])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_records_of_one_phone_come_to_one_case_in_any_order(
    session: Session, order: tuple[int, int]
) -> None:
    cycle, package, coordinator, courier, _ = closed_after(session, Outcome.FAILED, "nobody_home")
    sent = (
        report(
            package, "one", Outcome.FAILED, reason="refused", happened_at=NOON,
            device_id="hp", device_seq=1,
        ),
        report(package, "two", happened_at=NOON, device_id="hp", device_seq=2),
    )  # fmt: skip
    for place in order:
        send(session, sent[place], courier)
    assert late_cases(session) == [ExceptionState.OPEN]
    view = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)[0]
    assert view.news is not None
    assert view.news.outcome == Outcome.ACCEPTED


def test_a_case_ends_when_the_phone_takes_its_news_back(session: Session) -> None:
    _, package, _, courier, _ = closed_after(session, Outcome.FAILED, "nobody_home")
    send(session, report(package, "late", happened_at=NOON), courier)
    undo = report(package, "undo", Outcome.UNDO, undoes_uid="late", happened_at=NOON)
    assert send(session, undo, courier).code == "delivery.after_closing"
    assert late_cases(session) == [ExceptionState.CLOSED]


def test_news_of_goods_that_went_back_is_a_case_while_the_month_is_distributed(
    session: Session,
) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    send(session, report(package, "first", Outcome.FAILED, reason="nobody_home"), courier)
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session, case=case, action=ExceptionAction.REDELIVER, by=coordinator, now=LATER,
        base_version=case.version, day=LATER.date(),
    )  # fmt: skip
    same = report(
        package, "same", Outcome.FAILED, reason="nobody_home", happened_at=NOON,
        stop_uid=stops[0].uid,
    )  # fmt: skip
    assert send(session, same, courier).code == "delivery.after_return"
    handed = report(package, "late", happened_at=NOON, stop_uid=stops[0].uid)
    answer = send(session, handed, courier)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.after_return_differs")
    assert late_cases(session) == [ExceptionState.OPEN]
    found = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert [view.reason for view in found if view.news] == ["late_report"]


def test_goods_carried_over_are_corrected_from_where_they_were(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(
        session, Outcome.FAILED, "nobody_home"
    )
    case = session.exec(select(DeliveryException)).one()
    reconcile.resume_distribution(
        session, cycle=cycle, by=coordinator, now=LATER, reason="kirim ulang"
    )
    acted = exception_actions.choose_action(
        session, case=case, action=ExceptionAction.REDELIVER, by=coordinator, now=LATER,
        base_version=case.version, day=LATER.date(),
    )  # fmt: skip
    exception_actions.close_exception(
        session, case=acted, by=coordinator, now=LATER, base_version=acted.version
    )
    carry_package(session, package=package, by=coordinator, now=LATER)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    approver = make_account(session, Role.APPROVER)
    for call in reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER):
        reconcile.answer_call(session, call=call, answer="received", by=coordinator, now=LATER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    send(session, report(package, "late", happened_at=NOON), courier)
    assert late_cases(session) == [ExceptionState.OPEN]
    row = session.exec(select(Fulfilment)).one()
    reconcile.correct_closed(
        session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0,
        after={"state": "fulfilled", "delivered_on": "2026-12-01", "moved_to": "carried"},
        reason="kabar HP kurir", by=approver, now=LATER,
    )  # fmt: skip
    assert late_cases(session) == [ExceptionState.CLOSED]
    before = {row.item_code: row.on_hand for row in session.exec(select(StockItem))}
    january = make_cycle(session, month="2027-01")
    assert unpack_carried(session, cycle=january, by=coordinator, now=LATER) == 0
    after = {row.item_code: row.on_hand for row in session.exec(select(StockItem))}
    assert after == before, "the family has them: no shelf does"


@pytest.mark.parametrize("reason", ["harassment", "child_died"])
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ACCEPTED])
def test_misconduct_told_too_late_is_a_case_for_the_approver_alone(
    session: Session, outcome: Outcome, reason: str
) -> None:
    """Whether it differs from what stands (an accepted package) or not, nobody else reads it."""
    cycle, _, package, coordinator, courier = reconciled_after(
        session, outcome, "nobody_home" if outcome is Outcome.FAILED else None
    )
    told = {"reason": reason, "reason_text": "di gerbang", "happened_at": NOON}
    send(session, report(package, "late", Outcome.FAILED, **told), courier)
    seen = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert [view.reason for view in seen if view.reason != "nobody_home"] == []
    approver = make_account(session, Role.APPROVER)
    views = exception_queue.list_exceptions(session, cycles=[cycle], by=approver)
    [case] = [view for view in views if view.reason == "late_report"]
    assert (case.is_sensitive, case.text) == (True, "di gerbang")
    send(
        session, report(package, "undo", Outcome.UNDO, undoes_uid="late", happened_at=NOON), courier
    )
    assert late_cases(session) == [ExceptionState.OPEN], "the approver has to read it"


def test_a_case_of_late_news_becomes_confidential_with_what_is_added(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    first = report(package, "one", Outcome.FAILED, reason="nobody_home", happened_at=NOON)
    send(session, first, courier)
    assert len(exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)) == 1
    told = {"reason": "kickback", "reason_text": "diminta uang", "happened_at": NOON}
    send(session, report(package, "two", Outcome.FAILED, **told), courier)
    assert exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator) == []
    assert late_cases(session) == [ExceptionState.OPEN]


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_case_dealt_with_before_does_not_tell_what_came_in_confidence_since(
    session: Session, is_closed: bool
) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    first = report(package, "one", Outcome.FAILED, reason="nobody_home", happened_at=NOON)
    send(session, first, courier)
    case = session.exec(select(DeliveryException)).one()
    act: dict[str, Any] = {"case": case, "by": coordinator, "now": LATER, "base_version": 1}
    if is_closed:
        exception_actions.close_exception(session, **act)
    else:
        exception_actions.choose_action(session, **act, action=ExceptionAction.DATA_CHANGE)
    secret = {"reason": "harassment", "reason_text": "di gerbang", "happened_at": NOON}
    send(session, report(package, "two", Outcome.FAILED, **secret), courier)

    def told(by: Account) -> set[str | None]:
        seen = exception_queue.list_exceptions(session, cycles=[cycle], by=by, include_closed=True)
        return {view.news.reason for view in seen if view.news}

    assert told(coordinator) == set()
    assert told(make_account(session, Role.APPROVER)) == {"harassment"}
