"""A child or pledge that moves between the lock and the approval: named, and not approved."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import packing
from api.services.blockers import blockers
from api.services.child_states import exit_child, pause_child
from api.services.consents import withdraw_consent
from api.services.cycles import approve_cycle, reject_cycle, submit_cycle, unlock_cycle
from api.services.errors import Refused
from api.services.moved_inputs import moved_inputs
from api.services.next_step import next_step
from api.services.pledges import end_pledge, suspend_pledge
from data.engine import write_session
from data.queries.goods import approved_children
from data.schema import (
    Child,
    ChildState,
    ConsentPurpose,
    Cycle,
    CycleState,
    Package,
    Pledge,
    Replacement,
    Role,
)
from tests.api.services.test_matching import Month
from tests.api.services.test_packing_race import at_once
from tests.factories import (
    NOW,
    make_account,
    make_approved_cycle,
    make_consent,
    make_depot,
)

Move = Callable[[Month, datetime], str]


def dies(month: Month, now: datetime) -> str:
    child, by = month.children[0], month.staff
    on = date(2026, 12, 1)
    exit_child(month.session, child=child, by=by, now=now, effective_on=on, reason="died")
    return child.code


def pauses(month: Month, now: datetime) -> str:
    child, until = month.children[0], date(2026, 12, 20)
    pause_child(month.session, child=child, by=month.staff, now=now, until=until, reason="dirawat")
    return child.code


def withdraws(month: Month, now: datetime) -> str:
    child, purpose = month.children[0], ConsentPurpose.PROGRAMME
    withdraw_consent(month.session, child=child, purpose=purpose, by=month.staff, now=now)
    return child.code


def ends(month: Month, now: datetime) -> str:
    pledge, on = month.pledges[0], date(2026, 12, 1)
    end_pledge(
        month.session, pledge=pledge, reason="moved_away", ended_on=on, by=month.staff, now=now
    )
    return pledge.code


def rests(month: Month, now: datetime) -> str:
    pledge = month.pledges[0]
    suspend_pledge(
        month.session, pledge=pledge, suspended_from=date(2026, 12, 1),
        suspended_until=date(2026, 12, 31), by=month.staff, now=now,
    )  # fmt: skip
    return pledge.code


def shrinks(month: Month, now: datetime) -> str:
    month.pledges[0].num_children = 1
    month.session.flush()
    return month.pledges[0].code


def proposed(session: Session, now: datetime) -> Month:
    month = Month(session, now, num_children=3, places=(2, 1)).lock()
    month.propose()
    return month


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("move", [dies, pauses, withdraws, ends, rests, shrinks])
def test_what_moved_before_the_submission_stops_it(
    session: Session, now: datetime, move: Move
) -> None:
    month = proposed(session, now)
    code = move(month, now)
    with pytest.raises(Refused, match=r"cycle\.inputs_moved") as caught:
        month.submit()
    assert (caught.value.params["n"], month.state()) == (1, CycleState.PROPOSED)
    [blocker] = blockers(session, cycle=month.cycle, now=now)
    assert (blocker.code, blocker.is_hard, blocker.count) == ("blocker.inputs_moved", True, 1)
    [named] = moved_inputs(session, cycle=month.cycle)
    assert named.code == code
    upcoming = next_step(session, cycle=month.cycle, reader=Role.STAFF)
    assert upcoming
    assert (upcoming.code, upcoming.count, upcoming.role) == ("next.unlock", 1, Role.STAFF)


@pytest.mark.parametrize("move", [dies, pauses, withdraws, ends, rests])
def test_what_moved_before_the_approval_stops_it_until_matched_anew(
    session: Session, now: datetime, move: Move
) -> None:
    month = proposed(session, now)
    month.submit()
    code = move(month, now)
    session.commit()
    upcoming = next_step(session, cycle=month.cycle, reader=Role.APPROVER)
    assert upcoming
    assert (upcoming.code, upcoming.count, upcoming.role) == ("next.reject", 1, Role.APPROVER)
    with pytest.raises(Refused, match=r"cycle\.inputs_moved"):
        approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    session.rollback()
    reject_cycle(session, cycle=month.cycle, by=month.approver, now=now, reason="ada yang keluar")
    unlock_cycle(session, cycle=month.cycle, by=month.staff, now=now, reason="ada yang keluar")
    month.lock()
    month.propose()
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    pairs = month.pairs()
    assert code not in {*pairs, *pairs.values()}


@pytest.mark.stores("sqlite")
def test_before_matching_it_is_told_and_holds_nothing_up(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    dies(month, now)
    [blocker] = blockers(session, cycle=month.cycle, now=now)
    assert (blocker.code, blocker.is_hard) == ("blocker.inputs_moved", False)


@pytest.mark.stores("sqlite")
def test_small_changes_wait_for_the_next_month(session: Session, now: datetime) -> None:
    month = proposed(session, now)
    first, second, third = month.children
    first.allergies = ["egg"]
    pause_child(
        session, child=second, by=month.staff, now=now, until=date(2026, 12, 20), reason="mudik"
    )
    second.paused_until = date(2026, 12, 1)
    make_consent(session, third)
    withdraw_consent(
        session, child=third, purpose=ConsentPurpose.PROGRAMME, by=month.staff, now=now
    )
    make_consent(session, third)
    month.pledges[0].num_children = 5
    suspend_pledge(
        session,
        pledge=month.pledges[1],
        suspended_from=date(2026, 12, 2),
        suspended_until=date(2026, 12, 31),
        by=month.staff,
        now=now,
    )
    assert moved_inputs(session, cycle=month.cycle) == []
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)


@pytest.mark.stores("sqlite")
def test_a_consent_withdrawn_before_a_lock_that_asked_for_none_is_no_move(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, places=(3,))
    before = datetime(2026, 11, 20, tzinfo=now.tzinfo)
    purpose = ConsentPurpose.PROGRAMME
    withdraw_consent(session, child=month.children[0], purpose=purpose, by=month.staff, now=before)
    from api.services.cycles import lock_cycle

    lock_cycle(session, cycle=month.cycle, by=month.staff, now=now, require_consent=False)
    month.propose()
    assert moved_inputs(session, cycle=month.cycle) == []


@pytest.mark.parametrize("state", [ChildState.EXITED, ChildState.GRADUATED, ChildState.DUPLICATE])
@pytest.mark.stores("sqlite")
def test_nothing_is_packed_for_a_child_who_left(session: Session, state: ChildState) -> None:
    by = make_account(session, Role.COORDINATOR)
    cycle, pairs = make_approved_cycle(session)
    make_depot(session)
    gone = session.get_one(Child, pairs[0].child_id)
    gone.state = state
    session.flush()
    assert gone.id not in {child.id for _, child, _, _ in approved_children(session, cycle=cycle)}
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    packed = session.exec(select(Package.child_id)).all()
    assert sorted(packed) == [pair.child_id for pair in pairs[1:]]
    assert "blocker.no_package" not in {one.code for one in blockers(session, cycle=cycle, now=NOW)}


@pytest.mark.stores("postgresql")
def test_a_child_who_leaves_while_the_month_is_approved_gives_its_place_up(engine: Engine) -> None:
    """Whoever comes second sees the other: no approved pair of a child who left stands."""
    with write_session(engine) as session:
        month = Month(session, NOW, num_children=3, places=(1, 1)).lock()
        month.propose()
        submit_cycle(session, cycle=month.cycle, by=month.staff, now=NOW)
    gone = month.children[0]
    said: list[str] = []

    def approves() -> None:
        try:
            with write_session(engine) as session:
                cycle = session.get_one(Cycle, month.cycle.id)
                approve_cycle(session, cycle=cycle, by=month.approver, now=NOW)
        except Refused as refused:
            said.append(refused.code)

    def leaves() -> None:
        with write_session(engine) as session:
            exit_child(
                session,
                child=session.get_one(Child, gone.id),
                by=month.staff,
                now=NOW,
                effective_on=date(2026, 12, 1),
                reason="died",
            )

    at_once(approves, leaves)
    with write_session(engine) as session:
        cycle = session.get_one(Cycle, month.cycle.id)
        if said:
            assert (said, cycle.state) == (["cycle.inputs_moved"], CycleState.IN_APPROVAL)
        else:
            [row] = session.exec(select(Replacement)).all()
            assert row.child_id == month.children[2].id
            standing = {child.id for _, child, _, _ in approved_children(session, cycle=cycle)}
            assert gone.id not in standing


@pytest.mark.stores("postgresql")
def test_a_pledge_that_ends_first_stops_the_approval_that_read_it_before(engine: Engine) -> None:
    with write_session(engine) as session:
        month = Month(session, NOW, num_children=3, places=(2,)).lock()
        month.propose()
        submit_cycle(session, cycle=month.cycle, by=month.staff, now=NOW)

    def other_ends() -> None:
        with write_session(engine) as session:
            pledge = session.get_one(Pledge, month.pledges[0].id)
            end_pledge(
                session,
                pledge=pledge,
                reason="moved_away",
                ended_on=date(2026, 12, 1),
                by=month.staff,
                now=NOW,
            )

    with write_session(engine) as session:
        read_before = session.get_one(Pledge, month.pledges[0].id)
        cycle = session.get_one(Cycle, month.cycle.id)
        at_once(other_ends)
        assert read_before.ended_on is None
        with pytest.raises(Refused, match=r"cycle\.inputs_moved"):
            approve_cycle(session, cycle=cycle, by=month.approver, now=NOW)
        session.rollback()
