"""A proposed replacement meets a month that moved on: looked at again before it is carried out."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services.child_states import exit_child, pause_child
from api.services.errors import Refused
from api.services.matching import assignments
from api.services.pledges import end_pledge
from api.services.replacements import (
    decide_replacement,
    list_replacements,
    propose_replacements,
)
from data.engine import write_session
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CycleState,
    Package,
    PackageState,
    Pledge,
    Replacement,
    Role,
)
from tests.api.services.test_matching import Month
from tests.api.services.test_packing_race import at_once
from tests.api.services.test_replacements import approved, end_first
from tests.factories import (
    NOW,
    make_account,
    make_approved_cycle,
    make_cycle_pledge,
    make_pledge,
    stored,
)

ON = date(2026, 12, 9)


def waiting(month: Month) -> list[Replacement]:
    rows = list_replacements(month.session, cycle=month.cycle)
    return [row for row in rows if row.state == "proposed"]


def accept(month: Month, row: Replacement) -> Replacement:
    return decide_replacement(
        month.session, replacement=row, accept=True, by=month.approver, now=month.now
    )


def refused(month: Month, row: Replacement) -> str:
    """The code with which accepting is refused; nothing changes."""
    before = month.pairs()
    with pytest.raises(Refused) as caught:
        accept(month, row)
    assert (row.state, month.pairs()) == ("proposed", before)
    return caught.value.code


def package_of(month: Month, pair: Assignment, state: PackageState) -> Package:
    child = month.session.get_one(Child, pair.child_id)
    return stored(
        month.session,
        Package(
            code=f"P-{pair.child_id}",
            cycle_id=month.cycle.id or 0,
            assignment_id=pair.id or 0,
            child_id=pair.child_id,
            household_id=child.household_id,
            kit_code="anak",
            kit_version="1",
            deliver_on=date(2026, 12, 10),
            state=state,
            weight_g=1,
            volume_ml=1,
            updated_at=month.now,
        ),
    )


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("state", [CycleState.RECONCILING, CycleState.CLOSED])
def test_a_month_that_is_counted_keeps_its_pairs(
    session: Session, now: datetime, state: CycleState
) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    end_first(month)
    [row] = waiting(month)
    month.cycle.state = state
    assert refused(month, row) == "replacement.state"
    with pytest.raises(Refused, match=r"replacement\.state"):
        propose_replacements(
            session, cycle=month.cycle, by=month.staff, now=now, reason="x",
            pledge=month.pledges[0],
        )  # fmt: skip
    decide_replacement(session, replacement=row, accept=False, by=month.approver, now=now)
    assert row.state == "rejected"


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("state", [PackageState.LOADED, PackageState.ACCEPTED])
def test_a_package_that_left_since_stays_with_its_sponsor(
    session: Session, now: datetime, state: PackageState
) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    [pair] = assignments(session, cycle=month.cycle)
    package = package_of(month, pair, PackageState.PACKED)
    end_first(month)
    [row] = waiting(month)
    package.state = state
    assert refused(month, row) == "replacement.settled"
    assert package.assignment_id == pair.id


@pytest.mark.stores("sqlite")
def test_a_place_proposed_for_a_child_who_leaves_goes_to_the_next(
    session: Session, now: datetime
) -> None:
    month = approved(session, now, num_children=4, places=(2,))
    first, _, third, fourth = month.children
    leaving = {"by": month.staff, "now": now, "effective_on": ON, "reason": "moved_out"}
    exit_child(session, child=first, **leaving)  # type: ignore[arg-type]
    [row] = waiting(month)
    assert row.child_id == third.id
    exit_child(session, child=third, **leaving)  # type: ignore[arg-type]
    assert row.state == "superseded"
    with pytest.raises(Refused, match=r"replacement\.superseded"):
        accept(month, row)
    [row] = waiting(month)
    assert (row.child_id, row.pledge_id) == (fourth.id, month.pledges[0].id)
    exit_child(session, child=fourth, **leaving)  # type: ignore[arg-type]
    assert waiting(month) == []


@pytest.mark.stores("sqlite")
def test_a_paused_child_gets_no_place(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1,))
    first, second = month.children
    exit_child(session, child=first, by=month.staff, now=now, effective_on=ON, reason="moved_out")
    [row] = waiting(month)
    until = date(2026, 12, 20)
    pause_child(session, child=second, by=month.staff, now=now, until=until, reason="dirawat")
    assert refused(month, row) == "replacement.child_out"


@pytest.mark.stores("sqlite")
def test_a_child_who_got_a_sponsor_since_gets_no_second(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(1,))
    first, second = month.children
    exit_child(session, child=first, by=month.staff, now=now, effective_on=ON, reason="moved_out")
    [row] = waiting(month)
    stored(
        session,
        Assignment(
            cycle_id=month.cycle.id or 0,
            match_run_id=month.cycle.match_run_id or 0,
            child_id=second.id or 0,
            pledge_id=make_pledge(session).id or 0,
            state=AssignmentState.APPROVED,
        ),
    )
    assert refused(month, row) == "replacement.has_sponsor"


@pytest.mark.stores("sqlite")
def test_a_pledge_that_ended_since_takes_nobody(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    end_first(month)
    [row] = waiting(month)
    standby = session.get_one(Pledge, row.pledge_id)
    end_pledge(
        session, pledge=standby, reason="moved_away", ended_on=date(2026, 12, 1),
        by=month.staff, now=now,
    )  # fmt: skip
    assert refused(month, row) == "replacement.no_longer"


def two_for_one_place(session: Session) -> tuple[list[int], Account]:
    """Two proposals of different people on a standby pledge for one child."""
    cycle, pairs = make_approved_cycle(session, num_children=2)
    standby = make_pledge(session, num_children=1, is_standby=True)
    make_cycle_pledge(session, cycle, standby)
    rows = [
        stored(
            session,
            Replacement(
                cycle_id=cycle.id or 0,
                assignment_id=pair.id or 0,
                child_id=pair.child_id,
                pledge_id=standby.id,
                proposed_by="petugas",
                proposed_at=NOW,
                reason="berakhir",
            ),
        ).id
        or 0
        for pair in pairs
    ]
    return rows, make_account(session, Role.APPROVER)


@pytest.mark.stores("postgresql")
def test_two_accepted_at_once_do_not_share_one_place(engine: Engine) -> None:
    with write_session(engine) as session:
        rows, by = two_for_one_place(session)
    said: list[str] = []

    def accepts(number: int) -> Callable[[], None]:
        def work() -> None:
            try:
                with write_session(engine) as session:
                    row = session.get_one(Replacement, number)
                    decide_replacement(session, replacement=row, accept=True, by=by, now=NOW)
            except Refused as found:
                said.append(found.code)

        return work

    at_once(*(accepts(number) for number in rows))
    with write_session(engine) as session:
        states = session.exec(select(Replacement.state).order_by(col(Replacement.state))).all()
        assert (said, states) == (["replacement.no_longer"], ["accepted", "proposed"])


@pytest.mark.stores("postgresql")
def test_a_month_closed_meanwhile_is_seen(engine: Engine) -> None:
    with write_session(engine) as session:
        rows, by = two_for_one_place(session)

    def closes() -> None:
        with write_session(engine) as session:
            session.exec(select(Cycle)).one().state = CycleState.CLOSED

    with write_session(engine) as session:
        read_before = session.exec(select(Cycle)).one()
        row = session.get_one(Replacement, rows[0])
        at_once(closes)
        assert read_before.state is CycleState.APPROVED
        with pytest.raises(Refused, match=r"replacement\.state"):
            decide_replacement(session, replacement=row, accept=True, by=by, now=NOW)
        session.rollback()
