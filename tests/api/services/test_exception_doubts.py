from itertools import zip_longest

import pytest
from sqlmodel import Session

from api.services import (
    exception_doubts,
    exception_queue,
    fulfilment,
)
from api.services.delivery_reports import LineResult
from api.services.errors import Refused
from data.queries.deliveries import lines_of_package
from data.schema import (
    CycleState,
    ExceptionState,
    Outcome,
    PackageState,
    Role,
)
from tests.factories import NOW, make_account, make_cycle
from tests.factories_cases import failed
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")


@pytest.mark.parametrize("is_corrected", [True, False])
def test_what_was_told_in_confidence_stays_a_case_whatever_is_recorded_later(
    session: Session, is_corrected: bool
) -> None:
    _, case, package, _, coordinator = failed(session, "fraud", "barang dijual")
    sent = report(package, "e2", Outcome.ACCEPTED, channel="page")
    if is_corrected:
        fulfilment.amend_delivery(
            session, report=sent, by=coordinator, now=NOW, reason="salah catat"
        )
    else:
        fulfilment.record_delivery(session, report=sent, by=coordinator, now=NOW)
    assert (package.state, case.state) == (PackageState.ACCEPTED, ExceptionState.OPEN)


@pytest.mark.parametrize("secret_first", [True, False])
def test_what_a_single_line_tells_in_confidence_is_a_case_of_its_own(
    session: Session, secret_first: bool
) -> None:
    """The approver reads it; the coordinator has the broken goods beside, without the words."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    reasons = ["fraud", "goods_damaged"] if secret_first else ["goods_damaged", "fraud"]
    lines = tuple(
        LineResult(line.uid, 0 if reason else line.quantity, line.quantity if reason else 0, reason)
        for line, reason in zip_longest(
            lines_of_package(session, package_id=package.id or 0), reasons
        )
    )
    sent = report(
        package, "e1", Outcome.PARTLY_ACCEPTED, lines=lines, reason_text="dijual di pasar"
    )
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    [seen] = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert (seen.reason, seen.text, seen.is_sensitive) == ("goods_damaged", "", False)
    approver = make_account(session, Role.APPROVER)
    found = exception_queue.list_exceptions(session, cycles=[cycle], by=approver)
    [told] = [case for case in found if case.is_sensitive]
    assert (told.reason, told.text, len(found)) == ("fraud", "dijual di pasar", 2)


def test_a_case_opened_by_hand_wants_a_known_reason(session: Session) -> None:
    cycle, _, package, _, coordinator = failed(session)
    with pytest.raises(Refused, match=r"exception\.reason"):
        exception_doubts.open_exception(session, cycle=cycle, reason="x", by=coordinator, now=NOW)
    with pytest.raises(Refused, match=r"exception\.text"):
        exception_doubts.open_exception(
            session, cycle=cycle, reason="other", by=coordinator, now=NOW
        )
    case = exception_doubts.open_exception(
        session, cycle=cycle, reason="wrong_data", by=coordinator, now=NOW, package=package
    )
    assert case.state == ExceptionState.OPEN


def test_a_closed_month_takes_no_case_but_a_correction(session: Session) -> None:
    cycle, _, package, _, coordinator = failed(session)
    cycle.state = CycleState.CLOSED
    session.flush()
    with pytest.raises(Refused, match=r"exception\.month_closed"):
        exception_doubts.open_exception(
            session, cycle=cycle, reason="moved", by=coordinator, now=NOW, package=package
        )


def test_a_case_is_opened_in_the_month_of_its_package(session: Session) -> None:
    _, _, package, _, coordinator = failed(session)
    january = make_cycle(session, month="2027-01")
    with pytest.raises(Refused, match=r"exception\.other_month") as refusal:
        exception_doubts.open_exception(
            session, cycle=january, reason="moved", by=coordinator, now=NOW, package=package
        )
    assert refusal.value.params == {"package": package.code, "month": "2026-12"}
