"""Whom to look at and why, what people decide, and taking it back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import growth_reviews
from api.services.child_states import exit_child, resettle
from api.services.cycles import approve_cycle, lock_cycle, open_cycle
from api.services.errors import Forbidden, NotFound, Refused
from api.services.matching import assignments, propose_matching, unassigned
from data.schema import (
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    ChildState,
    Cycle,
    CycleState,
    ReviewDecision,
    Role,
)
from tests.api.services.test_growth_tasks import TODAY, reasons, serve
from tests.api.services.test_matching import Month
from tests.factories import (
    NOW,
    make_account,
    make_child,
    make_measurement,
)

D = ReviewDecision


def recovered(session: Session) -> Child:
    """A child that was normal on two days four weeks apart."""
    child = make_child(session, haz=-1.9)
    make_measurement(session, child, measured_on=date(2026, 10, 10), haz=-2.0)
    resettle(session, child, on=TODAY)
    return child


def test_a_referral_answers_until_the_next_measurement(session: Session) -> None:
    staff = make_account(session)
    child = make_child(session, haz=None)
    make_measurement(session, child, whz=-3.5)
    growth_reviews.record_review(
        session, child=child, decision=D.REFER, note="Puskesmas Melintang", by=staff, now=NOW
    )
    assert reasons(session) == {}
    later = TODAY + timedelta(days=20)
    make_measurement(session, child, measured_on=later, whz=-3.2)
    assert reasons(session, later) == {child.code: ("severe",)}


def test_months_that_failed_do_not_count_and_a_review_starts_anew(session: Session) -> None:
    staff = make_account(session)
    child = make_child(session)
    serve(session, child, "2026-09", "2026-10", "2026-11")
    review = growth_reviews.record_review(
        session, child=child, decision=D.CONTINUE, note="", by=staff, now=NOW
    )
    assert (review.months_served, review.month, review.haz) == (3, "2026-12", -2.5)
    assert reasons(session) == {}
    growth_reviews.undo_review(
        session, child=child, review_id=review.id or 0, by=staff, now=NOW, reason="keliru anak"
    )
    assert reasons(session) == {child.code: ("due",)}
    failed = session.exec(select(Assignment)).first()
    assert failed is not None
    failed.state = AssignmentState.UNFULFILLED
    session.add(failed)
    session.flush()
    assert reasons(session) == {}


def test_graduation_is_proposed_decided_by_the_approver_and_can_be_undone(
    session: Session,
) -> None:
    staff, approver = make_account(session), make_account(session, Role.APPROVER)
    child = recovered(session)
    assert reasons(session) == {child.code: ("graduation",)}

    def graduate(by: object, note: str = "dua kali normal") -> object:
        return growth_reviews.record_review(
            session, child=child, decision=D.GRADUATE, note=note, by=by, now=NOW  # type: ignore[arg-type]
        )  # fmt: skip

    with pytest.raises(Forbidden, match=r"child\.approver_only"):
        graduate(staff)
    with pytest.raises(Refused, match=r"review\.note"):
        graduate(approver, " ")
    review = growth_reviews.record_review(
        session, child=child, decision=D.GRADUATE, note="dua kali normal", by=approver, now=NOW
    )
    assert child.state.value == "graduated"
    assert reasons(session) == {}

    with pytest.raises(Forbidden, match=r"child\.approver_only"):
        growth_reviews.undo_review(
            session, child=child, review_id=review.id or 0, by=staff, now=NOW, reason="x"
        )
    growth_reviews.undo_review(
        session, child=child, review_id=review.id or 0, by=approver, now=NOW, reason="tertukar"
    )
    assert child.state.value == "eligible"
    assert (child.exit_reason, child.effective_on) == (None, None)
    assert reasons(session) == {child.code: ("graduation",)}
    with pytest.raises(NotFound, match=r"review\.unknown"):
        growth_reviews.undo_review(
            session, child=child, review_id=review.id or 0, by=approver, now=NOW, reason="x"
        )
    actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert [a for a in actions if a.startswith("review:")] == ["review:graduate", "review:undo"]


def test_a_proposal_turned_down_comes_back_with_the_next_measurement(session: Session) -> None:
    approver = make_account(session, Role.APPROVER)
    child = recovered(session)
    growth_reviews.record_review(
        session, child=child, decision=D.KEEP, note="baru sembuh", by=approver, now=NOW
    )
    assert (child.state, reasons(session)) == (ChildState.ELIGIBLE, {})
    later = TODAY + timedelta(days=9)
    make_measurement(session, child, measured_on=later, haz=-1.8, weight_g=None)
    assert reasons(session, later) == {child.code: ("graduation",)}


def test_a_relapse_is_found_and_the_child_taken_in_again(session: Session) -> None:
    approver = make_account(session, Role.APPROVER)
    child = recovered(session)
    growth_reviews.record_review(
        session, child=child, decision=D.GRADUATE, note="normal", by=approver, now=NOW
    )
    later = NOW + timedelta(days=40)
    make_measurement(session, child, measured_on=later.date(), haz=-2.3)
    assert reasons(session, later.date()) == {child.code: ("relapse",)}
    growth_reviews.record_review(
        session, child=child, decision=D.READMIT, note="pendek lagi", by=approver, now=later
    )
    assert child.state is ChildState.ELIGIBLE


@pytest.mark.parametrize(
    ("days", "haz", "asked"),
    [(9, -2.4, ("came_back",)), (9, -1.9, None), (0, -2.4, None), (9, -6.5, None)],
)
def test_a_gone_child_measured_stunted_since_is_looked_at(
    session: Session, days: int, haz: float, asked: tuple[str, ...] | None
) -> None:
    approver, child = make_account(session, Role.APPROVER), make_child(session)
    exit_child(session, child=child, by=approver, now=NOW, effective_on=TODAY, reason="moved_out")
    assert reasons(session) == {}
    day = TODAY + timedelta(days=days)
    make_measurement(session, child, measured_on=day, haz=haz)
    found = reasons(session, TODAY + timedelta(days=10))
    assert found.get(child.code) == asked
    assert child.state is ChildState.EXITED
    if asked:
        growth_reviews.record_review(
            session, child=child, decision=D.READMIT, note="kembali", by=approver,
            now=NOW + timedelta(days=10),
        )  # fmt: skip
        assert child.state is ChildState.ELIGIBLE  # type: ignore[comparison-overlap]


def test_who_came_back_may_stay_out_until_the_next_measurement(session: Session) -> None:
    staff, child = make_account(session), make_child(session)
    exit_child(session, child=child, by=staff, now=NOW, effective_on=TODAY, reason="moved_out")
    make_measurement(session, child, measured_on=TODAY + timedelta(days=9), haz=-2.4)
    day = NOW + timedelta(days=10)
    answer: dict[str, Any] = {
        "child": child, "decision": D.STAY_OUT, "by": staff, "now": day,
    }  # fmt: skip
    with pytest.raises(Refused, match=r"review\.note"):
        growth_reviews.record_review(session, note=" ", **answer)
    review = growth_reviews.record_review(session, note="diukur di kota lain", **answer)
    assert reasons(session, day.date()) == {}
    assert child.state is ChildState.EXITED
    growth_reviews.undo_review(
        session, child=child, review_id=review.id or 0, by=staff, now=day, reason="keliru"
    )
    assert reasons(session, day.date()) == {child.code: ("came_back",)}
    growth_reviews.record_review(session, note="diukur di kota lain", **answer)
    make_measurement(session, child, measured_on=TODAY + timedelta(days=40), haz=-2.6)
    assert reasons(session, TODAY + timedelta(days=41)) == {child.code: ("came_back",)}


def test_nothing_is_decided_without_a_proposal_or_outside_the_programme(
    session: Session,
) -> None:
    approver = make_account(session, Role.APPROVER)
    child = make_child(session)
    with pytest.raises(Refused, match=r"review\.not_proposed"):
        growth_reviews.record_review(
            session, child=child, decision=D.KEEP, note="x", by=approver, now=NOW
        )
    gone = make_child(session, state=ChildState.EXITED)
    with pytest.raises(Refused, match=r"review\.not_followed"):
        growth_reviews.record_review(
            session, child=gone, decision=D.CONTINUE, note="", by=approver, now=NOW
        )
    assert growth_reviews.open_decisions(gone, approver) == (D.READMIT, D.STAY_OUT)
    staff = make_account(session)
    assert growth_reviews.open_decisions(gone, staff) == (D.STAY_OUT,)
    with pytest.raises(Refused, match=r"review\.not_left"):
        growth_reviews.record_review(
            session, child=child, decision=D.STAY_OUT, note="x", by=staff, now=NOW
        )
    assert growth_reviews.open_decisions(child, approver) == (D.CONTINUE, D.REFER)


@pytest.mark.stores("sqlite")
def test_the_place_of_a_graduate_goes_to_the_next_child_in_the_next_month(
    session: Session,
) -> None:
    first = Month(session, NOW, num_children=2, places=(1,)).lock()
    first.propose()
    first.submit()
    approve_cycle(session, cycle=first.cycle, by=first.approver, now=NOW)
    (pair,) = assignments(session, cycle=first.cycle)
    gone = session.get_one(Child, pair.child_id)
    later = NOW + timedelta(days=33)
    session.get_one(Cycle, pair.cycle_id).state = CycleState.CLOSED
    for days in (2, 31):
        day = (NOW + timedelta(days=days)).date()
        make_measurement(session, gone, measured_on=day, haz=-1.8)
    resettle(session, gone, on=later.date())

    growth_reviews.record_review(
        session, child=gone, decision=D.GRADUATE, note="pulih", by=first.approver, now=later
    )
    cycle = open_cycle(session, month="2027-01", by=first.staff, now=later)
    lock_cycle(session, cycle=cycle, by=first.staff, now=later)
    propose_matching(session, cycle=cycle, by=first.staff, now=later)

    (next_pair,) = assignments(session, cycle=cycle)
    assert next_pair.child_id != gone.id
    assert next_pair.pledge_id == pair.pledge_id
    assert unassigned(session, cycle=cycle) == []
