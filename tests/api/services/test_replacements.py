"""A sponsor or a child drops out after approval: the smallest repair, approved by another."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services.children import exit_child
from api.services.cycles import approve_cycle
from api.services.errors import Forbidden, Refused
from api.services.matching import assignments, unassigned
from api.services.pledges import end_pledge
from api.services.replacements import (
    BRIDGE_PLEDGE,
    decide_replacement,
    list_replacements,
    propose_replacements,
)
from data.engine import write_session
from data.schema import (
    Assignment,
    AssignmentState,
    Package,
    PackageState,
    Pledge,
    Replacement,
    Role,
)
from tests.api.services.test_matching import Month
from tests.factories import make_account, make_pledge, stored


def approved(
    session: Session, now: datetime, *, num_children: int, places: tuple[int, ...], standby: int = 0
) -> Month:
    month = Month(session, now, num_children=num_children, places=places)
    if standby:
        make_pledge(session, num_children=standby, is_standby=True)
    month.lock().propose()
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    return month


def end_first(month: Month) -> Pledge:
    pledge = month.pledges[0]
    end_pledge(
        month.session,
        pledge=pledge,
        reason="moved_away",
        ended_on=date(2026, 12, 1),
        by=month.staff,
        now=month.now,
    )
    return pledge


def test_standby_first_then_the_bridge_fund(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=3, places=(3,), standby=2)
    pledge = end_first(month)
    rows = propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="janji berakhir", pledge=pledge
    )
    assert sorted(row.is_bridge_fund for row in rows) == [False, False, True]
    for row in rows:
        with pytest.raises(Forbidden):
            decide_replacement(session, replacement=row, accept=True, by=month.staff, now=now)
        decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)
    pairs = month.pairs()
    assert len(pairs) == 3
    assert pledge.code not in pairs.values()
    assert list(pairs.values()).count(BRIDGE_PLEDGE) == 1
    old = session.exec(select(Assignment).where(Assignment.pledge_id == pledge.id)).all()
    assert {row.state for row in old} == {AssignmentState.REPLACED}


@pytest.mark.stores("postgresql")
def test_a_proposal_decided_since_it_was_read_is_not_decided_again(
    engine: Engine, now: datetime
) -> None:
    with write_session(engine) as session:
        month = approved(session, now, num_children=1, places=(1,), standby=1)
        pledge = end_first(month)
        (row,) = propose_replacements(
            session, cycle=month.cycle, by=month.staff, now=now, reason="berakhir", pledge=pledge
        )
    with Session(engine) as page:
        seen = page.get_one(Replacement, row.id)
        with write_session(engine) as other:
            given = other.get_one(Replacement, row.id)
            decide_replacement(other, replacement=given, accept=True, by=month.approver, now=now)
        with pytest.raises(Refused, match=r"replacement\.decided_before"):
            decide_replacement(page, replacement=seen, accept=False, by=month.approver, now=now)
        assert seen.state == "accepted"


def test_a_loaded_package_is_still_delivered(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=2, places=(2,), standby=2)
    loaded, waiting = assignments(session, cycle=month.cycle)
    for number, (pair, state) in enumerate(
        ((loaded, PackageState.LOADED), (waiting, PackageState.PACKED))
    ):
        stored(
            session,
            Package(
                code=f"P-{number}",
                cycle_id=month.cycle.id or 0,
                assignment_id=pair.id or 0,
                child_id=pair.child_id,
                household_id=month.children[0].household_id,
                kit_code="anak",
                kit_version="1",
                deliver_on=date(2026, 12, 10),
                state=state,
                weight_g=1,
                volume_ml=1,
                updated_at=now,
            ),
        )
    pledge = end_first(month)
    (row,) = propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="berakhir", pledge=pledge
    )
    assert row.child_id == waiting.child_id
    decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)
    package = session.exec(select(Package).where(Package.child_id == waiting.child_id)).one()
    assert package.assignment_id != waiting.id
    assert loaded.state is AssignmentState.APPROVED


def test_the_place_of_a_child_who_left_goes_to_the_next(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=3, places=(2,))
    left, _, third = month.children
    exit_child(
        session,
        child=left,
        by=month.staff,
        now=now,
        effective_on=date(2026, 12, 9),
        reason="moved_out",
    )
    (row,) = propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="keluar", child=left
    )
    assert (row.child_id, row.pledge_id) == (third.id, month.pledges[0].id)
    decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)
    assert left.code not in month.pairs()
    assert third.code in month.pairs()
    assert unassigned(session, cycle=month.cycle) == []


def test_a_rejected_proposal_changes_nothing(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    before = month.pairs()
    (row,) = propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="x", pledge=end_first(month)
    )
    decide_replacement(session, replacement=row, accept=False, by=month.approver, now=now)
    assert month.pairs() == before
    with pytest.raises(Refused):
        decide_replacement(session, replacement=row, accept=True, by=month.approver, now=now)


def test_a_new_proposal_sets_the_earlier_aside(session: Session, now: datetime) -> None:
    month = approved(session, now, num_children=1, places=(1,), standby=1)
    pledge = end_first(month)
    propose_replacements(
        session, cycle=month.cycle, by=month.staff, now=now, reason="x", pledge=pledge
    )
    states = [row.state for row in list_replacements(session, cycle=month.cycle)]
    assert states == ["proposed", "superseded"]


def test_replacements_are_for_approved_months_and_touched_pairs(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, num_children=1, places=(1,)).lock()
    pledge = month.pledges[0]
    with pytest.raises(Refused) as caught:
        propose_replacements(
            session, cycle=month.cycle, by=month.staff, now=now, reason="x", pledge=pledge
        )
    assert caught.value.code == "replacement.state"
    month.propose()
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    with pytest.raises(Refused) as caught:
        propose_replacements(
            session,
            cycle=month.cycle,
            by=month.staff,
            now=now,
            reason="x",
            pledge=make_pledge(session),
        )
    assert caught.value.code == "replacement.nothing"
    courier = make_account(session, Role.COURIER)
    with pytest.raises(Forbidden):
        propose_replacements(
            session, cycle=month.cycle, by=courier, now=now, reason="x", pledge=pledge
        )
