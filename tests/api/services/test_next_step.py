"""The one next thing of a month, state by state."""

import pytest
from sqlmodel import Session

from api.services.month_progress import progress_of
from api.services.next_step import next_step
from api.services.reconcile import reconciliation
from data.queries.exceptions import months_with_open
from data.queries.to_do import to_do_counts
from data.schema import CycleState, DeliveryException, DuplicatePair, PairDecision, PairKind, Role
from tests.factories import NOW, make_child, make_cycle, make_match_run, make_sponsor, stored


def test_a_draft_wants_data_then_decisions_then_the_lock(session: Session) -> None:
    cycle = make_cycle(session)

    def upcoming() -> tuple[str, int] | None:
        found = next_step(session, cycle=cycle, reader=Role.STAFF)
        return (found.code, found.count) if found else None

    assert upcoming() == ("next.import", 0)
    first, second = make_child(session), make_child(session)
    pair = DuplicatePair(
        kind=PairKind.CHILD, first_id=first.id or 0, second_id=second.id or 0, score=90
    )
    session.add(pair)
    session.flush()
    assert upcoming() == ("next.duplicates", 1)
    session.delete(pair)
    session.flush()
    assert upcoming() == ("next.lock", 0)


def test_sponsors_who_may_be_one_are_looked_at_by_staff_then_merged_by_the_approver(
    session: Session,
) -> None:
    cycle = make_cycle(session)
    make_child(session)
    first, second = make_sponsor(session), make_sponsor(session)
    pair = stored(
        session,
        DuplicatePair(
            kind=PairKind.SPONSOR, first_id=first.id or 0, second_id=second.id or 0, score=90
        ),
    )
    for decision, code, role in (
        (PairDecision.OPEN, "next.double_sponsors", Role.STAFF),
        (PairDecision.ASKED, "next.merge_sponsors", Role.APPROVER),
        (PairDecision.DISTINCT, "next.lock", Role.STAFF),
    ):
        pair.decision = decision
        session.flush()
        found = next_step(session, cycle=cycle, reader=Role.STAFF)
        assert (found and found.code, found and found.role) == (code, role)


@pytest.mark.parametrize(
    ("state", "code", "role"),
    [
        (CycleState.LOCKED, "next.match", Role.STAFF),
        (CycleState.PROPOSED, "next.match", Role.STAFF),
        (CycleState.IN_APPROVAL, "next.approve", Role.APPROVER),
        (CycleState.APPROVED, "next.pack", Role.COORDINATOR),
        (CycleState.PACKING, "next.plan", Role.COORDINATOR),
        (CycleState.DISTRIBUTING, "next.reconcile", Role.COORDINATOR),
        (CycleState.RECONCILING, "next.close", Role.APPROVER),
        (CycleState.CLOSED, None, None),
        (CycleState.CANCELLED, None, None),
    ],
)
def test_each_state_has_its_next_thing_and_whose_turn_it_is(
    session: Session, state: CycleState, code: str | None, role: Role | None
) -> None:
    found = next_step(session, cycle=make_cycle(session, state=state), reader=Role.STAFF)
    assert (found and found.code, found and found.role) == (code, role)


def test_confidential_cases_wait_for_the_approver_alone(session: Session) -> None:
    cycle = make_cycle(session, state=CycleState.RECONCILING)
    for is_sensitive, reason in ((True, "kickback"), (False, "nobody_home")):
        stored(
            session,
            DeliveryException(
                cycle_id=cycle.id or 0, reason=reason, is_sensitive=is_sensitive,
                opened_by="kurir", opened_at=NOW,
            ),
        )  # fmt: skip
        found = next_step(session, cycle=cycle, reader=Role.APPROVER)
        role = Role.APPROVER if is_sensitive else Role.COORDINATOR
        assert (found and found.code, found and found.role) == ("next.exceptions", role)
        others = next_step(session, cycle=cycle, reader=Role.COORDINATOR)
        assert others
        assert (others.code == "next.exceptions") is not is_sensitive
        progress = progress_of(session, cycle=cycle)
        assert progress
        assert progress.num_cases == int(not is_sensitive)
        assert bool(months_with_open(session, reader=Role.STAFF)) is not is_sensitive
        assert months_with_open(session, reader=Role.APPROVER) == {cycle.id}
    for role, count in ((Role.STAFF, 1), (Role.COORDINATOR, 1), (Role.APPROVER, 2)):
        assert to_do_counts(session, role=role)["exceptions"] == count
        adds_up = reconciliation(session, cycle=cycle, reader=role)
        assert adds_up.open_exceptions == count


def test_a_proposal_without_changed_wishes_is_submitted(session: Session) -> None:
    cycle = make_cycle(session, state=CycleState.PROPOSED)
    make_match_run(session, cycle)
    found = next_step(session, cycle=cycle, reader=Role.STAFF)
    assert found
    assert found.code == "next.submit"
