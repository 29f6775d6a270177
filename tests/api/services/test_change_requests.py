"""What the field asks for and the office decides: moves, exits, addresses, measurements."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.services.change_requests import decide_change, request_move
from api.services.child_states import ask_measurement
from api.services.children import edit_household, exit_child
from api.services.errors import Invalid, Refused
from data.engine import read_session, write_session
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Household,
)
from tests.api.services.test_packing_race import at_once
from tests.factories import NOW, make_account, make_child, make_measurement, stored

TO: dict[str, object] = {"kelurahan_code": "19.71.06.1001", "address": "Jl. Selindung 3"}


def state_of(child: Child) -> ChildState:
    return child.state


def asked(session: Session, child: Child, kind: str) -> ChangeRequest:
    """A request as a courier's case makes it."""
    return stored(
        session,
        ChangeRequest(
            child_id=child.id or 0, kind=kind, asked_by="kurir", asked_at=NOW, reason="moved"
        ),
    )


def outcome_of(request: ChangeRequest) -> ChangeState:
    return request.state


def home_of(session: Session, child: Child) -> Household:
    return session.get_one(Household, child.household_id)


def test_a_move_waits_for_the_office_and_is_field_truth(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request = request_move(
        session,
        child=child,
        to={"kelurahan_code": "19.71.06.1001", "address": "Jl. Selindung 3"},
        by=by,
        now=datetime(2026, 12, 9, 3, 0, tzinfo=UTC),
    )
    assert state_of(child) is ChildState.MOVED_PENDING
    decide_change(session, request=request, accept=True, by=by, now=now)
    home = session.get_one(Household, child.household_id)
    assert (home.kelurahan_code, home.address, home.rt) == (
        "19.71.06.1001",
        "Jl. Selindung 3",
        None,
    )
    assert home.confirmed_fields["address"] == "2026-12-09"
    assert state_of(child) is ChildState.ELIGIBLE
    with pytest.raises(Refused):
        decide_change(session, request=request, accept=True, by=by, now=now)


def test_a_rejected_move_needs_a_reason_and_changes_nothing(
    session: Session, now: datetime
) -> None:
    child, by = make_child(session), make_account(session)
    request = request_move(session, child=child, to={"address": "Jl. X"}, by=by, now=now)
    with pytest.raises(Refused):
        decide_change(session, request=request, accept=False, by=by, now=now)
    decide_change(session, request=request, accept=False, by=by, now=now, reason="salah alamat")
    home = session.get_one(Household, child.household_id)
    assert (state_of(child), home.version) == (ChildState.ELIGIBLE, 1)


@pytest.mark.parametrize("accept", [True, False])
def test_a_child_who_left_meanwhile_stays_gone(
    session: Session, now: datetime, accept: bool
) -> None:
    child, by = make_child(session), make_account(session)
    request = request_move(session, child=child, to=TO, by=by, now=now)
    exit_child(session, child=child, by=by, now=now, effective_on=date(2026, 12, 1), reason="died")
    decide_change(session, request=request, accept=accept, by=by, now=now, reason="telepon")
    assert (state_of(child), child.exit_reason) == (ChildState.EXITED, "died")
    moved = home_of(session, child).address == TO["address"]
    assert moved is accept, "siblings live there too"


@pytest.mark.parametrize("accept", [True, False])
def test_a_move_of_a_merged_child_speaks_of_the_record_that_was_kept(
    session: Session, now: datetime, accept: bool
) -> None:
    kept, dropped, by = make_child(session), make_child(session), make_account(session)
    request = request_move(session, child=dropped, to=TO, by=by, now=now)
    dropped.state, dropped.duplicate_of_id = ChildState.DUPLICATE, kept.id
    session.add(dropped)
    before = home_of(session, dropped).address
    decide_change(session, request=request, accept=accept, by=by, now=now, reason="telepon")
    assert (state_of(dropped), state_of(kept)) == (ChildState.DUPLICATE, ChildState.ELIGIBLE)
    assert home_of(session, dropped).address == before
    assert (home_of(session, kept).address == TO["address"]) is accept


def test_a_move_of_the_other_record_leaves_the_kept_ones_own_move_waiting(
    session: Session, now: datetime
) -> None:
    kept, dropped, by = make_child(session), make_child(session), make_account(session)
    request_move(session, child=kept, to={"address": "Jl. Lain 1"}, by=by, now=now)
    other = request_move(session, child=dropped, to=TO, by=by, now=now)
    dropped.state, dropped.duplicate_of_id = ChildState.DUPLICATE, kept.id
    session.add(dropped)
    decide_change(session, request=other, accept=False, by=by, now=now, reason="salah")
    assert state_of(kept) is ChildState.MOVED_PENDING


def test_what_a_measurement_said_meanwhile_counts_after_the_move(
    session: Session, now: datetime
) -> None:
    child, by = make_child(session), make_account(session)
    request = request_move(session, child=child, to=TO, by=by, now=now)
    make_measurement(session, child, haz=-7.0, measured_on=date(2026, 11, 29))
    decide_change(session, request=request, accept=True, by=by, now=now)
    assert state_of(child) is ChildState.NEEDS_REVIEW


def test_an_accepted_exit_lets_the_child_go(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request = asked(session, child, "exit")
    with pytest.raises(Invalid, match=r"child\.exit_reason"):
        decide_change(session, request=request, accept=True, by=by, now=now)
    assert (outcome_of(request), state_of(child)) == (ChangeState.PENDING, ChildState.ELIGIBLE)
    decide_change(session, request=request, accept=True, by=by, now=now, exit_reason="moved_out")
    assert (state_of(child), child.exit_reason) == (ChildState.EXITED, "moved_out")
    assert (outcome_of(request), request.reason) == (ChangeState.APPLIED, "moved")


def test_an_exit_done_already_needs_no_second_reason(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request = asked(session, child, "exit")
    exit_child(session, child=child, by=by, now=now, effective_on=date(2026, 12, 1), reason="died")
    decide_change(session, request=request, accept=True, by=by, now=now)
    assert (outcome_of(request), child.exit_reason) == (ChangeState.APPLIED, "died")


def test_a_rejected_exit_leaves_the_child_in_the_programme(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request = asked(session, child, "exit")
    decide_change(session, request=request, accept=False, by=by, now=now, reason="sudah kembali")
    assert (outcome_of(request), state_of(child)) == (ChangeState.REJECTED, ChildState.ELIGIBLE)


def test_a_wrong_address_is_accepted_once_it_was_put_right(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request, later = asked(session, child, "address"), now + timedelta(hours=2)
    with pytest.raises(Refused, match=r"change\.edit_first"):
        decide_change(session, request=request, accept=True, by=by, now=later)
    assert outcome_of(request) is ChangeState.PENDING
    edit_household(
        session,
        household=home_of(session, child),
        base_version=1,
        changes={"address": "Jl. Benar 1"},
        by=by,
        now=now + timedelta(hours=1),
    )
    decide_change(session, request=request, accept=True, by=by, now=later)
    assert outcome_of(request) is ChangeState.APPLIED


def test_a_new_measurement_is_accepted_once_it_is_there(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    request = ask_measurement(session, child=child, by=by, now=now, reason="ragu")
    with pytest.raises(Refused, match=r"change\.measure_first"):
        decide_change(session, request=request, accept=True, by=by, now=now)
    make_measurement(session, child, measured_on=date(2026, 12, 2))
    decide_change(session, request=request, accept=True, by=by, now=now)
    assert outcome_of(request) is ChangeState.APPLIED


@pytest.mark.stores("postgresql")
def test_a_move_decided_while_the_child_leaves_does_not_bring_it_back(engine: Engine) -> None:
    with write_session(engine) as session:
        child, by = make_child(session), make_account(session)
        request = request_move(session, child=child, to=TO, by=by, now=NOW)

    def leaves() -> None:
        with write_session(engine) as session:
            mine = session.get_one(Child, child.id)
            exit_child(
                session, child=mine, by=by, now=NOW, effective_on=date(2026, 12, 1), reason="died"
            )

    with write_session(engine) as session:
        waiting = session.get_one(ChangeRequest, request.id)
        read_before = session.get_one(Child, child.id)
        at_once(leaves)
        decide_change(session, request=waiting, accept=True, by=by, now=NOW)
        assert state_of(read_before) is ChildState.EXITED
    with read_session(engine) as session:
        assert session.get_one(Child, child.id).state is ChildState.EXITED


@pytest.mark.stores("postgresql")
def test_one_request_is_decided_once(engine: Engine) -> None:
    with write_session(engine) as session:
        child, by = make_child(session), make_account(session)
        request = request_move(session, child=child, to=TO, by=by, now=NOW)

    def rejects() -> None:
        with write_session(engine) as session:
            mine = session.get_one(ChangeRequest, request.id)
            decide_change(session, request=mine, accept=False, by=by, now=NOW, reason="salah")

    with write_session(engine) as session:
        waiting = session.get_one(ChangeRequest, request.id)
        at_once(rejects)
        with pytest.raises(Refused, match=r"change\.decided"):
            decide_change(session, request=waiting, accept=True, by=by, now=NOW)
