"""What a month knows of those before it: who was served when, and who was entitled."""

import pytest
from sqlmodel import Session

from data.queries.cycles import last_served_months
from data.queries.records import eligible_before
from data.schema import Assignment, AssignmentState, Child, CycleState, Package, PackageState
from tests.factories import (
    NOW,
    make_assignment,
    make_child,
    make_cycle,
    make_cycle_child,
    make_match_run,
    make_pledge,
    stored,
)


def pair(
    session: Session, month: str, cycle_state: CycleState, state: AssignmentState
) -> Assignment:
    """A child with a sponsor in a month that stands somewhere."""
    run = make_match_run(session, make_cycle(session, month, state=cycle_state))
    return make_assignment(session, run, make_child(session), make_pledge(session), state=state)


def test_a_month_kept_elsewhere_serves_by_its_pairs(session: Session) -> None:
    served = pair(session, "2026-11", CycleState.CLOSED, AssignmentState.FULFILLED)
    pair(session, "2026-10", CycleState.CLOSED, AssignmentState.UNFULFILLED)
    assert last_served_months(session, before="2026-12") == {served.child_id: "2026-11"}
    assert last_served_months(session, before="2026-11") == {}


@pytest.mark.parametrize(
    ("state", "is_served"),
    [
        (PackageState.ACCEPTED, True),
        (PackageState.PARTLY_ACCEPTED, True),
        (PackageState.LOADED, False),
        (PackageState.RETURNED, False),
    ],
)
def test_a_month_on_its_way_serves_by_what_arrived(
    session: Session, state: PackageState, is_served: bool
) -> None:
    given = pair(session, "2026-11", CycleState.DISTRIBUTING, AssignmentState.APPROVED)
    stored(
        session,
        Package(
            code="P-1",
            cycle_id=given.cycle_id,
            assignment_id=given.id or 0,
            child_id=given.child_id,
            household_id=session.get_one(Child, given.child_id).household_id,
            kit_code="anak-24-59",
            kit_version="2",
            deliver_on=NOW.date(),
            state=state,
            weight_g=1,
            volume_ml=1,
            updated_at=NOW,
        ),
    )
    expected = {given.child_id: "2026-11"} if is_served else {}
    assert last_served_months(session, before="2026-12") == expected


def test_who_was_entitled_is_known_of_the_locked_month_before_only(session: Session) -> None:
    now = make_cycle(session, "2027-01")
    assert eligible_before(session, now) is None
    earlier = make_cycle(session, "2026-11", snapshot_hash="a" * 64)
    make_cycle_child(session, earlier, make_child(session))
    assert eligible_before(session, now) is None
    before = make_cycle(session, "2026-12", snapshot_hash="b" * 64)
    entitled, other = make_child(session), make_child(session)
    make_cycle_child(session, before, entitled)
    make_cycle_child(session, before, other, is_eligible=False)
    assert eligible_before(session, now) == {entitled.id}
