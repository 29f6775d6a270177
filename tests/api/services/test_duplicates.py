"""Double registrations: found by rule, decided by a person, deliveries stay with the kept one."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services.child_merges import merge_children
from api.services.duplicates import (
    decide_pair,
    find_duplicates,
    list_pairs,
    nik_parts_apart,
    reopen_pair,
)
from api.services.errors import Forbidden, Refused
from data.engine import read_session, write_session
from data.queries.records import survivors
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    DuplicatePair,
    Measurement,
    PairDecision,
    PairKind,
    Role,
    Sponsor,
    SponsorState,
)
from data.sealing import blind_index, seal
from tests.api.services.test_packing_race import at_once
from tests.factories import (
    NOW,
    make_account,
    make_assignment,
    make_child,
    make_cycle,
    make_household,
    make_match_run,
    make_measurement,
    make_pledge,
    make_sponsor,
    stored,
)
from tests.stores import KEYS


def rizky(session: Session) -> tuple[Child, Child, DuplicatePair]:
    """One child twice: with NIK in Bukit Sari, without in Kacang Pedang, a day apart."""
    here = make_household(session, guardian_name="Siti Aminah", address="Jl. A 1")
    there = make_household(
        session, guardian_name="Siti Aminah", address="Jl. B 2", kelurahan_code="19.71.05.1006"
    )
    first = make_child(session, name="Muh. Rizky Pratama", household_id=here.id)
    second = make_child(
        session, name="M Rizki Pratama", household_id=there.id, born_on=date(2024, 6, 2)
    )
    (pair,) = find_duplicates(session, by=make_account(session), now=first.updated_at)
    return first, second, pair


def state_of(child: Child) -> ChildState:
    return child.state


def test_a_likely_pair_sends_both_to_review_once(session: Session, now: datetime) -> None:
    first, second, pair = rizky(session)
    assert {pair.first_id, pair.second_id} == {first.id, second.id}
    assert state_of(first) is state_of(second) is ChildState.NEEDS_REVIEW
    assert pair.reasons
    assert find_duplicates(session, by=make_account(session), now=now) == []
    assert list_pairs(session, decisions=[PairDecision.OPEN]) == [pair]


def test_distinct_children_go_on(session: Session, now: datetime) -> None:
    first, second, pair = rizky(session)
    staff = make_account(session)
    decide_pair(session, pair=pair, decision=PairDecision.DISTINCT, by=staff, now=now, keys=KEYS)
    assert state_of(first) is state_of(second) is ChildState.ELIGIBLE
    with pytest.raises(Refused):
        decide_pair(session, pair=pair, decision=PairDecision.ASKED, by=staff, now=now, keys=KEYS)


def test_a_slip_is_taken_back_and_both_wait_again(session: Session, now: datetime) -> None:
    first, second, pair = rizky(session)
    staff = make_account(session)
    with pytest.raises(Refused, match=r"duplicate\.not_distinct"):
        reopen_pair(session, pair=pair, by=staff, now=now)
    decide_pair(session, pair=pair, decision=PairDecision.DISTINCT, by=staff, now=now, keys=KEYS)
    reopen_pair(session, pair=pair, by=staff, now=now)
    assert (pair.decision, pair.decided_by) == (PairDecision.OPEN, None)
    assert state_of(first) is state_of(second) is ChildState.NEEDS_REVIEW
    merge(session, now, first, pair, Role.APPROVER)
    with pytest.raises(Refused, match=r"duplicate\.not_distinct"):
        reopen_pair(session, pair=pair, by=staff, now=now)


def test_asking_the_field_keeps_both_waiting(session: Session, now: datetime) -> None:
    first, _, pair = rizky(session)
    decide_pair(
        session,
        pair=pair,
        decision=PairDecision.ASKED,
        by=make_account(session),
        now=now,
        keys=KEYS,
    )
    assert state_of(first) is ChildState.NEEDS_REVIEW


def merge(session: Session, now: datetime, kept: Child, pair: DuplicatePair, role: Role) -> None:
    decide_pair(
        session,
        pair=pair,
        decision=PairDecision.DUPLICATE,
        kept_id=kept.id,
        by=make_account(session, role),
        now=now,
        keys=KEYS,
    )


def test_a_duplicate_needs_to_know_which_stays(session: Session, now: datetime) -> None:
    _, _, pair = rizky(session)
    with pytest.raises(Refused) as caught:
        decide_pair(
            session,
            pair=pair,
            decision=PairDecision.DUPLICATE,
            by=make_account(session),
            now=now,
            keys=KEYS,
        )
    assert caught.value.code == "duplicate.which_stays"


def test_measurements_and_consents_move_to_the_kept_child(session: Session, now: datetime) -> None:
    first, second, pair = rizky(session)
    make_measurement(session, second, measured_on=date(2026, 9, 9))
    merge(session, now, first, pair, Role.STAFF)
    assert (state_of(second), second.duplicate_of_id) == (ChildState.DUPLICATE, first.id)
    assert state_of(first) is ChildState.ELIGIBLE
    days = session.exec(select(Measurement).where(Measurement.child_id == first.id)).all()
    assert sorted(row.measured_on for row in days) == [date(2026, 9, 9), date(2026, 11, 10)]
    assert len(session.exec(select(Consent).where(Consent.child_id == first.id)).all()) == 2


def test_earlier_deliveries_stay_with_the_kept_child(session: Session, now: datetime) -> None:
    first, second, pair = rizky(session)
    run = make_match_run(session, make_cycle(session, "2026-11"))
    make_assignment(session, run, second, make_pledge(session), state=AssignmentState.FULFILLED)
    with pytest.raises(Forbidden):
        merge(session, now, first, pair, Role.STAFF)
    merge(session, now, first, pair, Role.APPROVER)
    assert session.exec(select(Assignment)).one().child_id == first.id


def suspicion(session: Session, one: Child, other: Child, **values: Any) -> DuplicatePair:
    first, second = sorted([one.id or 0, other.id or 0])
    kept: dict[str, Any] = {
        "kind": PairKind.CHILD,
        "first_id": first,
        "second_id": second,
        "score": 90,
    }
    return stored(session, DuplicatePair(**(kept | values)))


def test_a_suspicion_about_the_dropped_record_goes_on_about_the_kept_one(
    session: Session, now: datetime
) -> None:
    first, second, pair = rizky(session)
    third = make_child(session)
    other = suspicion(session, second, third, reasons=[{"code": "x", "params": {}}])
    merge(session, now, first, pair, Role.STAFF)
    assert (other.first_id, other.second_id) == (first.id, third.id)
    assert (other.decision, other.reasons) == (PairDecision.OPEN, [{"code": "x", "params": {}}])
    assert state_of(first) is state_of(third) is ChildState.NEEDS_REVIEW
    merge(session, now, first, other, Role.STAFF)
    assert (state_of(third), third.duplicate_of_id) == (ChildState.DUPLICATE, first.id)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (PairDecision.OPEN, PairDecision.DUPLICATE),
        (PairDecision.DISTINCT, PairDecision.DISTINCT),
    ],
)
def test_where_both_records_look_like_a_third_one_question_is_enough(
    session: Session, now: datetime, said: PairDecision, heard: PairDecision
) -> None:
    first, second, pair = rizky(session)
    third = make_child(session)
    asked = suspicion(session, first, third, decision=said)
    other = suspicion(session, second, third)
    merge(session, now, first, pair, Role.STAFF)
    assert (asked.decision, other.decision) == (said, heard)
    waits = said is PairDecision.OPEN
    wanted = ChildState.NEEDS_REVIEW if waits else ChildState.ELIGIBLE
    assert state_of(first) is state_of(third) is wanted


def test_a_record_that_was_merged_is_not_merged_again(session: Session, now: datetime) -> None:
    first, second, _ = rizky(session)
    third = make_child(session, state=ChildState.DUPLICATE, duplicate_of_id=first.id)
    for kept, pair in (
        (second, suspicion(session, second, third)),
        (third, suspicion(session, make_child(session), third)),
    ):
        with pytest.raises(Refused, match=r"duplicate\.merged_before"):
            merge(session, now, kept, pair, Role.APPROVER)


@pytest.mark.stores("postgresql")
def test_one_pair_merged_both_ways_at_once_is_merged_once(engine: Engine) -> None:
    with write_session(engine) as session:
        first, second, pair = rizky(session)

    def into_first() -> None:
        with write_session(engine) as session:
            merge(session, NOW, first, session.get_one(DuplicatePair, pair.id), Role.STAFF)

    with write_session(engine) as session:
        rows = [session.get_one(Child, one.id) for one in (first, second)]
        stale = session.get_one(DuplicatePair, pair.id)
        at_once(into_first)
        with pytest.raises(Refused, match=r"duplicate\.decided_before"):
            merge(session, NOW, rows[1], stale, Role.STAFF)
    with read_session(engine) as session:
        states = [session.get_one(Child, one.id).state for one in (first, second)]
        assert states == [ChildState.ELIGIBLE, ChildState.DUPLICATE]
        assert survivors(session) == {second.id: first.id}


@pytest.mark.stores("postgresql")
def test_a_record_is_not_merged_into_one_that_is_being_dropped(engine: Engine) -> None:
    with write_session(engine) as session:
        first, second, _ = rizky(session)
        third = make_child(session)
        other = suspicion(session, second, third)

    def drops_second() -> None:
        with write_session(engine) as session:
            merge_children(
                session,
                kept=session.get_one(Child, first.id),
                dropped=session.get_one(Child, second.id),
                by=make_account(session),
                now=NOW,
                keys=KEYS,
            )

    with write_session(engine) as session:
        rows = [session.get_one(Child, one.id) for one in (second, third)]
        waiting = session.get_one(DuplicatePair, other.id)
        at_once(drops_second)
        with pytest.raises(Refused, match=r"duplicate\.merged_before"):
            merge(session, NOW, rows[0], waiting, Role.STAFF)


def test_double_sponsors_are_merged_by_an_approver(session: Session, now: datetime) -> None:
    kept = make_sponsor(session, name="Budi Santoso", phone="+628120001111")
    make_sponsor(session, name="Budi Santosa", phone="+628120001111")
    staff = make_account(session)
    (pair,) = find_duplicates(session, by=staff, now=now, kind=PairKind.SPONSOR)
    for by in (staff, make_account(session, Role.APPROVER)):
        if by is staff:
            with pytest.raises(Forbidden):
                decide_pair(
                    session,
                    pair=pair,
                    decision=PairDecision.DUPLICATE,
                    kept_id=kept.id,
                    by=by,
                    now=now,
                    keys=KEYS,
                )
        else:
            decide_pair(
                session,
                pair=pair,
                decision=PairDecision.DUPLICATE,
                kept_id=kept.id,
                by=by,
                now=now,
                keys=KEYS,
            )
    states = session.exec(select(Sponsor.state).order_by(col(Sponsor.id))).all()
    assert states == [SponsorState.ACTIVE, SponsorState.MERGED]


def test_a_suspicion_about_a_dropped_sponsor_goes_on_too(session: Session, now: datetime) -> None:
    kept, dropped, third = (make_sponsor(session) for _ in range(3))
    by = make_account(session, Role.APPROVER)
    kind: dict[str, Any] = {"kind": PairKind.SPONSOR, "score": 90}
    pair = stored(session, DuplicatePair(first_id=kept.id or 0, second_id=dropped.id or 0, **kind))
    other = stored(
        session, DuplicatePair(first_id=dropped.id or 0, second_id=third.id or 0, **kind)
    )
    decide_pair(
        session,
        pair=pair,
        decision=PairDecision.DUPLICATE,
        kept_id=kept.id,
        by=by,
        now=now,
        keys=KEYS,
    )
    assert (other.first_id, other.second_id) == (kept.id, third.id)
    assert other.decision is PairDecision.OPEN


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        ("1971" + "01" + "410624" + "0012", ()),
        ("1971" + "02" + "410624" + "0012", ("area",)),
        ("1971" + "01" + "410625" + "0013", ("birth", "serial")),
        ("", None),
    ],
)
def test_the_parts_in_which_two_nik_differ_are_named(
    session: Session, other: str, parts: tuple[str, ...] | None
) -> None:
    first, second = make_child(session), make_child(session)
    for child, nik in ((first, "1971" + "01" + "410624" + "0012"), (second, other)):
        if nik:
            child.nik_sealed = seal(KEYS, nik, place=f"child:nik:{child.uid}")
            child.nik_index = blind_index(KEYS, nik)
    assert nik_parts_apart(first, second, keys=KEYS) == parts


@pytest.mark.stores("sqlite")
def test_two_that_are_distinct_are_not_asked_about_once_one_is_merged(
    session: Session, now: datetime
) -> None:
    first, second, pair = rizky(session)
    third = make_child(session)
    staff = make_account(session)
    decide_pair(session, pair=pair, decision=PairDecision.DISTINCT, by=staff, now=now, keys=KEYS)
    merge(session, now, third, suspicion(session, second, third), Role.APPROVER)
    with pytest.raises(Refused, match=r"duplicate\.merged_before"):
        reopen_pair(session, pair=pair, by=staff, now=now)
    assert (pair.decision, state_of(first)) == (PairDecision.DISTINCT, ChildState.ELIGIBLE)
