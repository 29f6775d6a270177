"""A family says otherwise than the record: it is corrected, or somebody writes why it stands."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import exception_actions, exception_queue, fulfilment, reconcile
from api.services.delivery_reports import LineResult
from api.services.errors import Refused
from api.services.exception_queue import ExceptionView
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    Cycle,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Fulfilment,
    FulfilmentState,
    Outcome,
    Package,
    PackageState,
    Role,
    VerificationCall,
)
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")

LATER = NOW + timedelta(days=1)


def asked(session: Session, answer: str) -> tuple[Cycle, Package, Account]:
    """One delivered package in a month being reconciled, and what its family answered."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    say(session, coordinator, answer)
    return cycle, package, coordinator


def say(session: Session, by: Account, answer: str) -> None:
    call = session.exec(select(VerificationCall)).one()
    reconcile.answer_call(session, call=call, answer=answer, by=by, now=LATER, note="kata ibunya")


def view(session: Session, cycle: Cycle, by: Account) -> ExceptionView:
    [found] = exception_queue.list_exceptions(session, cycles=[cycle], by=by, include_closed=True)
    return found


def correct(
    session: Session, package: Package, by: Account, outcome: Outcome = Outcome.LOST, uid: str = "k"
) -> None:
    reason = None if outcome is Outcome.ACCEPTED else "other"
    sent = report(package, uid, outcome, reason=reason, reason_text="keluarga ditanya")
    fulfilment.amend_delivery(session, report=sent, by=by, now=LATER, reason="jawaban keluarga")


def close(session: Session, by: Account, text: str = "") -> DeliveryException:
    case = session.exec(select(DeliveryException)).one()
    return exception_actions.close_exception(
        session, case=case, by=by, now=LATER, base_version=case.version, text=text
    )


def test_the_case_shows_what_the_family_says_beside_what_is_recorded(session: Session) -> None:
    cycle, _, coordinator = asked(session, "not_received")
    answer = view(session, cycle, coordinator).answer
    assert answer is not None
    assert (answer.answer, answer.note, answer.by) == (
        "not_received", "kata ibunya", coordinator.username,
    )  # fmt: skip
    assert (answer.recorded_items, answer.packed_items, answer.differs) == (50, 50, True)


def test_a_correction_while_reconciling_ends_the_case_and_is_judged(session: Session) -> None:
    cycle, package, coordinator = asked(session, "not_received")
    correct(session, package, coordinator)
    assert package.state == PackageState.LOST
    assert session.exec(select(Fulfilment)).one().state == FulfilmentState.UNFULFILLED
    states = {case.reason: case.state for case in session.exec(select(DeliveryException))}
    assert states == {"not_received": ExceptionState.CLOSED, "other": ExceptionState.OPEN}
    assert reconcile.reconciliation(session, cycle=cycle).is_balanced


def test_a_correction_may_be_taken_back_while_reconciling(session: Session) -> None:
    _, package, coordinator = asked(session, "not_received")
    correct(session, package, coordinator, Outcome.FAILED)
    states = [package.state]
    correct(session, package, coordinator, Outcome.ACCEPTED, "k2")
    assert [*states, package.state] == [PackageState.LOADED, PackageState.ACCEPTED]
    assert session.exec(select(Fulfilment)).one().state == FulfilmentState.FULFILLED


def test_nobody_but_the_office_changes_a_record_while_reconciling(session: Session) -> None:
    _, package, coordinator = asked(session, "received")
    typed = report(package, "t", Outcome.FAILED, reason="nobody_home", channel="page")
    with pytest.raises(Refused, match=r"delivery\.cycle_state"):
        fulfilment.record_delivery(session, report=typed, by=coordinator, now=LATER)


def test_a_part_received_is_borne_out_by_a_record_of_a_part(session: Session) -> None:
    cycle, package, coordinator = asked(session, "received_partly")
    with pytest.raises(Refused, match=r"exception\.contradicted"):
        close(session, coordinator)
    lines = tuple(
        LineResult(line.uid, line.quantity - 1, 1, "goods_short_or_wrong")
        for line in lines_of_package(session, package_id=package.id or 0)
    )
    sent = report(package, "k", Outcome.PARTLY_ACCEPTED, lines=lines)
    fulfilment.amend_delivery(session, report=sent, by=coordinator, now=LATER, reason="kurang")
    case = session.exec(
        select(DeliveryException).where(DeliveryException.reason == "received_partly")
    ).one()
    assert case.state == ExceptionState.CLOSED
    assert reconcile.reconciliation(session, cycle=cycle).open_exceptions == 1, "the goods left"


def test_against_the_family_a_case_closes_only_with_words_that_are_kept(session: Session) -> None:
    cycle, package, coordinator = asked(session, "not_received")
    with pytest.raises(Refused, match=r"exception\.contradicted") as refusal:
        close(session, coordinator)
    assert refusal.value.params == {"package": package.code}
    approver = make_account(session, Role.APPROVER)
    with pytest.raises(Refused, match=r"reconcile\.open_exceptions"):
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    case = close(session, coordinator, "neneknya yang menerima, ada fotonya")
    assert case.kept_because == "neneknya yang menerima, ada fotonya"
    assert view(session, cycle, coordinator).kept_because == case.kept_because


def test_a_family_asked_again_ends_its_case_by_another_answer(session: Session) -> None:
    cycle, _, coordinator = asked(session, "not_received")
    say(session, coordinator, "received")
    assert view(session, cycle, coordinator).state == ExceptionState.CLOSED


def test_a_case_on_which_somebody_acts_is_left_to_them(session: Session) -> None:
    cycle, package, coordinator = asked(session, "not_received")
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session, case=case, action=ExceptionAction.DATA_CHANGE, by=coordinator, now=LATER,
        base_version=case.version,
    )  # fmt: skip
    correct(session, package, coordinator)
    assert case.state == ExceptionState.ACTION_CHOSEN
    found = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    answer = next(one.answer for one in found if one.id == case.id)
    assert answer is not None
    assert not answer.differs, "so it closes without words"


def test_after_closing_the_case_is_opened_again_and_ends_with_the_correction(
    session: Session,
) -> None:
    cycle, _, coordinator = asked(session, "not_received")
    case = close(session, coordinator, "kurir punya foto")
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    exception_actions.reopen_exception(
        session, case=case, by=approver, now=LATER, base_version=case.version, text="foto lain"
    )
    row = session.exec(select(Fulfilment)).one()

    def amend(**after: object) -> int:
        reconcile.correct_closed(
            session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0,
            after={"moved_to": "lost", **after}, reason="jawaban keluarga", by=approver, now=LATER,
        )  # fmt: skip
        return len(exception_queue.list_exceptions(session, cycles=[cycle], by=approver))

    assert amend(state="unfulfilled") == 0
    assert case.state == ExceptionState.CLOSED
    assert amend(state="fulfilled", delivered_on="2026-12-01") == 1, "taken back: a case again"


def test_a_correction_taken_back_is_a_case_again(session: Session) -> None:
    cycle, package, coordinator = asked(session, "not_received")
    correct(session, package, coordinator)
    correct(session, package, coordinator, Outcome.ACCEPTED, "k2")
    found = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert [(case.reason, case.answer is not None) for case in found] == [("not_received", True)]
    correct(session, package, coordinator, Outcome.ACCEPTED, "k2")
    assert len(exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)) == 1
