"""Opening and locking a month: who takes part and why not, one reason at a time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services.cycles import (
    cancel_cycle,
    cycle_history,
    find_cycle,
    list_cycles,
    lock_cycle,
    open_cycle,
    readiness,
    reopen_cycle,
    unlock_cycle,
)
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.month_before import carried_over
from data.schema import (
    AssignmentState,
    ChildState,
    Cycle,
    CycleChild,
    CyclePledge,
    CycleState,
    DuplicatePair,
    ImportBatch,
    ImportState,
    PairDecision,
    PairKind,
    Pledge,
    PledgeState,
    Role,
)
from tests.factories import (
    make_account,
    make_assignment,
    make_child,
    make_consent,
    make_cycle,
    make_household,
    make_match_run,
    make_measurement,
    make_pledge,
    stored,
)


def locked(session: Session, now: datetime, **options: Any) -> Cycle:
    cycle = make_cycle(session)
    return lock_cycle(session, cycle=cycle, by=make_account(session), now=now, **options)


def copy_of(session: Session, now: datetime, **options: Any) -> CycleChild:
    locked(session, now, **options)
    return session.exec(select(CycleChild)).one()


def test_staff_opens_a_month_once(session: Session, now: datetime) -> None:
    staff = make_account(session)
    cycle = open_cycle(session, month="2026-12", by=staff, now=now)
    assert cycle.state is CycleState.DRAFT
    assert find_cycle(session, month="2026-12") is cycle
    with pytest.raises(Refused) as caught:
        open_cycle(session, month="2026-12", by=staff, now=now)
    assert caught.value.code == "cycle.exists"


def test_two_months_may_be_on_their_way(session: Session, now: datetime) -> None:
    staff = make_account(session)
    first = open_cycle(session, month="2026-12", by=staff, now=now)
    first.state = CycleState.APPROVED
    session.flush()
    open_cycle(session, month="2027-01", by=staff, now=now)
    assert [cycle.month for cycle in list_cycles(session)] == ["2027-01", "2026-12"]


def test_a_month_after_an_unagreed_one_opens_only_when_one_is_sure(
    session: Session, now: datetime
) -> None:
    staff = make_account(session)
    open_cycle(session, month="2026-12", by=staff, now=now)
    with pytest.raises(Refused) as caught:
        open_cycle(session, month="2027-01", by=staff, now=now)
    assert (caught.value.code, caught.value.params["previous"]) == (
        "cycle.previous_not_agreed",
        "2026-12",
    )
    assert open_cycle(session, month="2027-01", by=staff, now=now, is_sure=True).month == "2027-01"
    open_cycle(session, month="2026-11", by=staff, now=now)


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2030-01", "cycle.too_far"),
        ("2027-03", "cycle.too_far"),
        ("2025-11", "cycle.too_far"),
        ("2027-02", ""),
        ("2025-12", ""),
    ],
)
def test_a_month_opens_from_a_year_back_to_two_ahead(
    session: Session, now: datetime, month: str, code: str
) -> None:
    staff = make_account(session)
    if not code:
        assert open_cycle(session, month=month, by=staff, now=now).month == month
        return
    with pytest.raises(Refused) as caught:
        open_cycle(session, month=month, by=staff, now=now, is_sure=True)
    assert caught.value.code == code
    assert open_cycle(session, month=month, by=staff, now=now, any_month=True).month == month


def test_leaving_a_month_out_is_asked_about(session: Session, now: datetime) -> None:
    staff = make_account(session)
    make_cycle(session, "2026-12", state=CycleState.CLOSED)
    with pytest.raises(Refused) as caught:
        open_cycle(session, month="2027-02", by=staff, now=now)
    assert (caught.value.code, caught.value.params["left_out"]) == (
        "cycle.month_left_out",
        "2027-01",
    )
    assert open_cycle(session, month="2027-02", by=staff, now=now, is_sure=True)


def test_no_month_opens_before_one_that_was_matched(session: Session, now: datetime) -> None:
    make_match_run(session, make_cycle(session, "2026-12"))
    with pytest.raises(Refused) as caught:
        open_cycle(session, month="2026-11", by=make_account(session), now=now)
    assert caught.value.code == "cycle.before_agreed"


def test_opening_is_for_staff_and_for_real_months(session: Session, now: datetime) -> None:
    with pytest.raises(Forbidden):
        open_cycle(session, month="2026-12", by=make_account(session, Role.COURIER), now=now)
    with pytest.raises(Invalid):
        open_cycle(session, month="2026-13", by=make_account(session), now=now)
    with pytest.raises(NotFound):
        find_cycle(session, month="2026-12")


def test_a_sound_child_is_eligible_with_tier_and_points(session: Session, now: datetime) -> None:
    child = make_child(session)
    copy = copy_of(session, now)
    assert (copy.is_eligible, copy.reason) == (True, None)
    assert (copy.child_id, copy.tier, copy.age_days, copy.haz) == (child.id, 3, 913, -2.5)
    # HAZ 50/300 of 400, age 913/1826 of 250, poverty unknown, two of six months waiting.
    assert copy.points == 66 + 125 + 0 + 50
    assert copy.months_waiting == 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"born_on": date(2021, 12, 1)}, "child.too_old"),
        ({"born_on": date(2021, 12, 2)}, None),
        ({"state": ChildState.NEEDS_REVIEW}, "child.needs_review"),
        ({"state": ChildState.MOVED_PENDING}, "child.moved_pending"),
        ({"state": ChildState.PAUSED, "paused_until": date(2026, 12, 2)}, "child.paused"),
        ({"state": ChildState.PAUSED, "paused_until": date(2026, 12, 1)}, None),
        ({"haz": None}, "child.not_measured"),
        ({"haz": -2.0, "state": ChildState.NOT_ELIGIBLE}, "child.not_stunted"),
        ({"haz": -2.0, "state": ChildState.DRAFT}, "child.not_stunted"),
        ({"haz": -2.01, "state": ChildState.DRAFT}, None),
        ({"haz": -2.0}, None),
        (
            {"haz": -1.0, "state": ChildState.PAUSED, "paused_until": date(2026, 12, 1)},
            None,
        ),
        ({"haz": -2.01}, None),
        ({"consented": False}, "child.no_consent"),
    ],
)
def test_why_a_child_takes_no_part(
    session: Session, now: datetime, values: dict[str, Any], reason: str | None
) -> None:
    make_child(session, **values)
    assert copy_of(session, now).reason == reason


@pytest.mark.parametrize(
    ("born_on", "reason"),
    [(date(2021, 12, 10), "child.too_old"), (date(2021, 12, 11), None)],
)
def test_age_is_judged_on_the_day_that_packages_are_planned_to_leave(
    session: Session, born_on: date, reason: str | None
) -> None:
    """Locked on Thursday 10 December: five years old that day is too old, a day younger is not."""
    make_child(session, born_on=born_on)
    assert copy_of(session, datetime(2026, 12, 10, 2, tzinfo=UTC)).reason == reason


@pytest.mark.parametrize(
    ("measured_on", "reason"),
    [(date(2026, 5, 30), None), (date(2026, 5, 29), "child.measured_long_ago")],
)
def test_a_measurement_counts_185_days(
    session: Session, now: datetime, measured_on: date, reason: str | None
) -> None:
    child = make_child(session, haz=None)
    make_measurement(session, child, measured_on=measured_on)
    assert copy_of(session, now).reason == reason


@pytest.mark.parametrize(
    ("kelurahan", "reason"),
    [(None, "child.no_kelurahan"), ("19.04.01.1001", "child.out_of_city")],
)
def test_a_home_must_lie_in_the_city(
    session: Session, now: datetime, kelurahan: str | None, reason: str
) -> None:
    home = make_household(session, kelurahan_code=kelurahan)
    make_child(session, household_id=home.id)
    assert copy_of(session, now).reason == reason


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"expires_on": date(2026, 12, 1)}, None),
        ({"expires_on": date(2026, 11, 30)}, "child.consent_expired"),
        ({"withdrawn_at": datetime(2026, 11, 1, tzinfo=UTC)}, "child.consent_withdrawn"),
    ],
)
def test_consent_runs_out_or_is_withdrawn(
    session: Session, now: datetime, values: dict[str, Any], reason: str | None
) -> None:
    make_consent(session, make_child(session, consented=False), **values)
    assert copy_of(session, now).reason == reason


def test_a_month_may_go_without_consents(session: Session, now: datetime) -> None:
    make_child(session, consented=False)
    assert copy_of(session, now, require_consent=False).is_eligible


def test_an_open_pair_blocks_both_until_it_is_decided(session: Session, now: datetime) -> None:
    first, second, third = (make_child(session) for _ in range(3))
    pair = DuplicatePair(
        kind=PairKind.CHILD, first_id=first.id or 0, second_id=second.id or 0, score=90
    )
    stored(session, pair)
    cycle, staff = make_cycle(session), make_account(session)
    with pytest.raises(Refused) as caught:
        lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert (caught.value.code, caught.value.params["count"]) == ("cycle.duplicates_undecided", 1)
    why = "kader mengunjungi keduanya minggu depan"
    lock_cycle(session, cycle=cycle, by=staff, now=now, reason=why)
    assert cycle_history(session, cycle=cycle)[-1].reason.startswith("kader mengunjungi")

    def reasons() -> dict[int, str | None]:
        rows = session.exec(select(CycleChild)).all()
        return {row.child_id: row.reason for row in rows}

    blocked = "child.open_duplicate"
    assert reasons() == {first.id: blocked, second.id: blocked, third.id: None}
    unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="pasangan diputuskan")
    pair.decision = PairDecision.DISTINCT
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert set(reasons().values()) == {None}


def test_children_who_left_are_not_in_the_copy(session: Session, now: datetime) -> None:
    for state in (ChildState.EXITED, ChildState.GRADUATED, ChildState.DUPLICATE):
        make_child(session, state=state)
    locked(session, now)
    assert session.exec(select(CycleChild)).all() == []


def test_an_unknown_home_stands_at_the_kelurahan_office(session: Session, now: datetime) -> None:
    home = make_household(session, lat=None, lon=None)
    make_child(session, household_id=home.id)
    copy = copy_of(session, now)
    assert (copy.lat, copy.lon, copy.is_point_exact) == (-2.11814, 106.10121, False)


def test_pledges_are_copied_with_capacity_or_reason(session: Session, now: datetime) -> None:
    make_pledge(session, num_children=4)
    make_pledge(session, state=PledgeState.SUBMITTED)
    locked(session, now)
    rows = session.exec(select(CyclePledge)).all()
    assert sorted((row.capacity, row.reason or "") for row in rows) == [
        (0, "pledge.not_active"),
        (4, ""),
    ]


def test_the_copy_does_not_move_with_the_register(session: Session, now: datetime) -> None:
    child = make_child(session)
    cycle = locked(session, now)
    before = cycle.snapshot_hash
    make_measurement(session, child, measured_on=date(2026, 11, 30), haz=-4.0)
    assert session.exec(select(CycleChild)).one().haz == -2.5
    staff = make_account(session)
    unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="ukur ulang")
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert session.exec(select(CycleChild)).one().haz == -4.0
    assert cycle.snapshot_hash != before


def test_locking_again_without_a_change_gives_the_same_hash(
    session: Session, now: datetime
) -> None:
    make_child(session)
    make_pledge(session)
    cycle = locked(session, now)
    before = cycle.snapshot_hash
    staff = make_account(session)
    unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="coba lagi")
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert cycle.snapshot_hash == before


def test_a_pause_that_is_over_ends_with_the_lock(session: Session, now: datetime) -> None:
    child = make_child(session, state=ChildState.PAUSED, paused_until=date(2026, 12, 1))
    locked(session, now)
    session.refresh(child)
    assert child.state is ChildState.ELIGIBLE


def last_month(session: Session, **values: Any) -> Any:
    before = make_cycle(session, "2026-11", state=CycleState.CLOSED)
    run = make_match_run(session, before)
    child, pledge = make_child(session), make_pledge(session, **values)
    return make_assignment(session, run, child, pledge, state=AssignmentState.FULFILLED)


def test_last_months_pair_is_kept_in_the_copy(session: Session, now: datetime) -> None:
    pair = last_month(session)
    copy = copy_of(session, now)
    assert copy.kept_pledge_id == pair.pledge_id
    assert copy.months_waiting == 0


@pytest.mark.parametrize(
    ("reason", "is_kept"),
    [("child.needs_review", True), ("child.open_duplicate", True), ("child.paused", False)],
)
def test_a_pair_outlives_the_month_in_which_somebody_looked_at_the_childs_data(
    session: Session, now: datetime, reason: str, *, is_kept: bool
) -> None:
    before = make_cycle(session, "2026-11", state=CycleState.CLOSED)
    make_match_run(session, before)
    child, pledge = make_child(session), make_pledge(session)
    held = CycleChild(
        cycle_id=before.id or 0, child_id=child.id or 0, household_id=child.household_id,
        is_eligible=False, reason=reason, months_waiting=0, age_days=900,
        kept_pledge_id=pledge.id,
    )  # fmt: skip
    session.add(held)
    cycle = locked(session, now)
    copy = session.exec(select(CycleChild).where(CycleChild.cycle_id == cycle.id)).one()
    assert copy.kept_pledge_id == (pledge.id if is_kept else None)


def test_an_ended_pledge_passes_its_child_to_its_sponsors_next(
    session: Session, now: datetime
) -> None:
    pair = last_month(session, first_month="2026-11", num_months=1)
    old = session.get_one(Pledge, pair.pledge_id)
    assert copy_of(session, now).kept_pledge_id is None
    cycle = find_cycle(session, month="2026-12")
    staff = make_account(session)
    new = make_pledge(session, sponsor_id=old.sponsor_id, first_month="2026-12")
    unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="janji baru")
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert session.exec(select(CycleChild)).one().kept_pledge_id == new.id


def test_a_month_carries_pairs_unmet_and_renewals(session: Session, now: datetime) -> None:
    pair = last_month(session, first_month="2026-11", num_months=1)
    pair.state = AssignmentState.UNFULFILLED
    cycle = open_cycle(session, month="2026-12", by=make_account(session), now=now)
    carried = carried_over(session, cycle=cycle)
    assert carried.previous_month == "2026-11"
    assert len(carried.pairs) == 1
    assert carried.unmet == (carried.pairs[0][0],)
    assert carried.renewals == (carried.pairs[0][1],)


def test_readiness_before_the_lock_stores_nothing(session: Session, now: datetime) -> None:
    make_child(session)
    make_child(session, haz=-1.0, state=ChildState.NOT_ELIGIBLE)
    make_pledge(session, num_children=3)
    stored(
        session,
        ImportBatch(
            kind="children",
            file_name="a.xls",
            sha256="0" * 64,
            state=ImportState.PREVIEWED,
            by="staff",
            at=now,
        ),
    )
    found = readiness(session, cycle=make_cycle(session), now=now)
    assert (found.num_registered, found.num_eligible, found.num_places) == (2, 1, 3)
    assert found.not_eligible == {"child.not_stunted": 1}
    assert found.next_verbs == ("lock", "cancel")
    assert [(one.code, one.count, one.is_hard) for one in found.blockers] == [
        ("blocker.previews", 1, False)
    ]
    assert session.exec(select(CycleChild)).all() == []


def test_a_cancelled_month_begins_anew_without_its_copy_and_run(
    session: Session, now: datetime
) -> None:
    make_child(session)
    make_pledge(session, num_children=1)
    staff, approver = make_account(session), make_account(session, Role.APPROVER)
    cycle = make_cycle(session)
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    make_match_run(session, cycle)
    cancel_cycle(session, cycle=cycle, by=approver, now=now, reason="salah")
    reopen_cycle(session, cycle=cycle, by=approver, now=now, reason="jadi")
    assert (cycle.state, cycle.snapshot_hash, cycle.match_run_id) == (CycleState.DRAFT, None, None)
    assert session.exec(select(CycleChild)).all() == []
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    assert len(session.exec(select(CycleChild)).all()) == 1


def test_a_cancelled_month_stays_so_once_a_later_one_was_matched(
    session: Session, now: datetime
) -> None:
    approver = make_account(session, Role.APPROVER)
    cycle = make_cycle(session, state=CycleState.CANCELLED)
    later = make_cycle(session, "2027-01", state=CycleState.APPROVED)
    make_match_run(session, later)
    with pytest.raises(Refused, match=r"cycle\.before_agreed"):
        reopen_cycle(session, cycle=cycle, by=approver, now=now, reason="jadi")
    later.state = CycleState.CANCELLED
    reopen_cycle(session, cycle=cycle, by=approver, now=now, reason="jadi")


def test_a_child_that_was_merged_after_the_lock_counts_once(
    session: Session, now: datetime
) -> None:
    kept, other = make_child(session), make_child(session)
    cycle = make_cycle(session)
    lock_cycle(session, cycle=cycle, by=make_account(session), now=now)
    assert readiness(session, cycle=cycle, now=now).num_registered == 2
    other.state, other.duplicate_of_id = ChildState.DUPLICATE, kept.id
    stored(session, other)
    assert readiness(session, cycle=cycle, now=now).num_registered == 1


def test_every_step_is_written_down(session: Session, now: datetime) -> None:
    staff = make_account(session)
    cycle = open_cycle(session, month="2026-12", by=staff, now=now)
    lock_cycle(session, cycle=cycle, by=staff, now=now)
    unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="data kurang")
    assert [move.verb for move in cycle_history(session, cycle=cycle)] == [
        "open",
        "lock",
        "unlock",
    ]
    with pytest.raises(Refused):
        unlock_cycle(session, cycle=cycle, by=staff, now=now, reason="lagi")
