"""One family received nothing: the others of its route are asked, in one case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services import exception_actions, exception_queue, fulfilment, reconcile
from api.services.errors import NotFound, Refused
from api.services.exception_queue import ExceptionView
from api.services.next_step import next_step
from api.services.verification import Said, answer_calls
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    DeliveryException,
    ExceptionState,
    Outcome,
    Role,
    VerificationCall,
)
from tests.api.services.test_packing_race import at_once
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")

LATER = NOW + timedelta(days=1)


def denied(session: Session, *, num_children: int = 4) -> tuple[Cycle, Account]:
    """A month being reconciled: the last stop failed, the family of the sample got nothing."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(
        session, num_children=num_children
    )
    for number, stop in enumerate(stops):
        outcome = Outcome.FAILED if stop is stops[-1] else Outcome.ACCEPTED
        sent = report(
            package_at(session, stop), f"e{number}", outcome,
            reason="nobody_home" if outcome is Outcome.FAILED else None,
        )  # fmt: skip
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    [call] = session.exec(select(VerificationCall)).all()
    reconcile.answer_call(session, call=call, answer="not_received", by=coordinator, now=LATER)
    return cycle, coordinator


def queue_of(session: Session, cycle: Cycle, by: Account) -> list[ExceptionView]:
    return exception_queue.list_exceptions(session, cycles=[cycle], by=by)


def queue(session: Session, cycle: Cycle, by: Account) -> dict[str, ExceptionView]:
    return {view.reason: view for view in queue_of(session, cycle, by)}


def inquiry(session: Session) -> DeliveryException:
    return session.exec(
        select(DeliveryException).where(DeliveryException.reason == "same_courier")
    ).one()


def tell(session: Session, by: Account, answer: str, *calls: int) -> None:
    said = [Said(number, answer) for number in calls]
    answer_calls(session, case=inquiry(session), said=said, by=by, now=LATER)


def test_the_other_families_of_the_route_are_asked_in_one_case(session: Session) -> None:
    """Neither the family of the sample nor one whose delivery failed is asked."""
    cycle, coordinator = denied(session)
    found = queue(session, cycle, coordinator)
    assert set(found) == {"nobody_home", "not_received", "same_courier"}
    case = found["same_courier"]
    assert (case.package_code, case.route_code) == (None, "R-2612-01")
    assert [call.answer for call in case.calls] == [None, None]
    assert case.text == found["not_received"].package_code
    denied_one = {found[each].package_code for each in ("nobody_home", "not_received")}
    assert not denied_one & {call.package_code for call in case.calls}


def test_those_asked_along_a_route_are_no_part_of_the_sample(session: Session) -> None:
    cycle, coordinator = denied(session)
    assert len(reconcile.list_calls(session, cycle=cycle)) == 1
    state = reconcile.reconciliation(session, cycle=cycle)
    assert (state.num_calls, state.num_answered) == (1, 1)
    reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER, share=1.0)
    sample = reconcile.list_calls(session, cycle=cycle)
    assert len(sample) == 1, "those who are asked already are not drawn"


def test_the_case_ends_with_the_last_answer_and_each_no_is_a_case_of_its_own(
    session: Session,
) -> None:
    cycle, coordinator = denied(session)
    first, second = (call.id for call in queue(session, cycle, coordinator)["same_courier"].calls)
    tell(session, coordinator, "received", first)
    assert inquiry(session).state == ExceptionState.OPEN
    tell(session, coordinator, "not_received", second)
    assert inquiry(session).state == ExceptionState.CLOSED
    rows = select(DeliveryException.package_id).where(DeliveryException.reason == "not_received")
    assert len(set(session.exec(rows))) == 2
    assert len(session.exec(select(VerificationCall.id)).all()) == 3, "nobody is asked twice"


def test_all_are_answered_together_or_none(session: Session) -> None:
    cycle, coordinator = denied(session)
    calls = [call.id for call in queue(session, cycle, coordinator)["same_courier"].calls]
    with pytest.raises(NotFound, match=r"verification\.unknown"):
        tell(session, coordinator, "received", *calls, 999)
    assert queue(session, cycle, coordinator)["same_courier"].calls[0].answer is None
    tell(session, coordinator, "received", *calls)
    assert inquiry(session).state == ExceptionState.CLOSED
    step = next_step(session, cycle=cycle, reader=Role.COORDINATOR)
    assert step is not None
    assert (step.code, step.count) == ("next.exceptions", 2), "the failed one and the no are left"


def test_families_are_left_unasked_only_with_words_why(session: Session) -> None:
    _, coordinator = denied(session)
    case = inquiry(session)
    change = {"case": case, "by": coordinator, "now": LATER, "base_version": case.version}
    with pytest.raises(Refused, match=r"exception\.unasked") as refusal:
        exception_actions.close_exception(session, **change)  # type: ignore[arg-type]
    assert refusal.value.params == {"count": 2}
    exception_actions.close_exception(session, **change, text="paket pertama ditemukan")  # type: ignore[arg-type]
    assert case.kept_because == "paket pertama ditemukan"
    exception_actions.reopen_exception(
        session, case=case, by=coordinator, now=LATER, base_version=case.version, text="ternyata"
    )
    assert case.kept_because == ""


def test_a_confidential_case_takes_no_answers_of_those_who_may_not_know_it(
    session: Session,
) -> None:
    cycle, coordinator = denied(session)
    calls = queue(session, cycle, coordinator)["same_courier"].calls
    case = inquiry(session)
    case.is_sensitive = True
    session.add(case)
    with pytest.raises(NotFound, match=r"exception\.unknown"):
        tell(session, coordinator, "received", calls[0].id)
    approver = make_account(session, Role.APPROVER)
    tell(session, approver, "received", *(call.id for call in calls))
    assert case.state == ExceptionState.OPEN, "the approver closes it"


def test_two_noes_on_one_route_share_its_case(session: Session) -> None:
    cycle, coordinator = denied(session, num_children=6)
    first, *_ = queue(session, cycle, coordinator)["same_courier"].calls
    tell(session, coordinator, "not_received", first.id)
    cases = session.exec(
        select(DeliveryException).where(col(DeliveryException.route_id).is_not(None))
    ).all()
    assert len(cases) == 1


@pytest.mark.stores("postgresql")
def test_two_noes_at_once_open_one_case(engine: Engine) -> None:
    with write_session(engine) as session:
        cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=4)
        for number, stop in enumerate(stops):
            sent = report(package_at(session, stop), f"e{number}")
            fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
        reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER, share=0.5)
        calls = session.exec(select(VerificationCall.id)).all()

    def deny(number: int | None) -> Callable[[], None]:
        def work() -> None:
            with write_session(engine) as session:
                call = session.get_one(VerificationCall, number)
                reconcile.answer_call(
                    session, call=call, answer="not_received", by=coordinator, now=LATER
                )

        return work

    at_once(*(deny(number) for number in calls))
    with read_session(engine) as session:
        found = queue_of(session, cycle, coordinator)
        assert sorted(view.reason for view in found) == [
            "not_received", "not_received", "same_courier",
        ]  # fmt: skip
        assert [len(view.calls) for view in found if view.calls] == [2]
