"""A month's counts are those of the copy that a lock takes, and stay few questions to the store."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import cycle as around
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from api.services.cycles import lock_cycle, readiness
from api.services.month_counts import count_month, families_of, left_out_of
from api.services.snapshot import build_snapshot
from data.schema import (
    ChildState,
    PledgeForm,
    PledgeState,
    SponsorState,
)
from tests.factories import (
    make_account,
    make_child,
    make_consent,
    make_cycle,
    make_household,
    make_measurement,
    make_pledge,
    make_sponsor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

YES, NO = date(2026, 10, 1), date(2026, 11, 30)


@pytest.fixture
def town(session: Session, now: datetime) -> None:
    """A child and a pledge for every rule that keeps somebody out, and some that pass."""
    kinds: Iterator[dict[str, Any]] = around(
        [
            {},
            {"haz": -1.0, "state": ChildState.NOT_ELIGIBLE},
            {"consented": False},
            {"haz": None},
            {"born_on": date(2020, 1, 1)},
            {"state": ChildState.PAUSED, "paused_until": date(2026, 12, 20)},
            {"state": ChildState.PAUSED, "paused_until": date(2026, 11, 20)},
            {"state": ChildState.NEEDS_REVIEW, "was_in_programme": True},
            {"state": ChildState.EXITED},
            {"state": ChildState.MOVED_PENDING},
        ]
    )
    for _ in range(20):
        make_child(session, **next(kinds))
    nowhere = make_household(session, kelurahan_code=None)
    make_child(session, household_id=nowhere.id)
    old = make_child(session, haz=None)
    make_measurement(session, old, measured_on=date(2026, 5, 1), haz=-3.0)
    twice = make_child(session, haz=-0.5, state=ChildState.ELIGIBLE)
    make_measurement(session, twice, measured_on=date(2026, 11, 20), haz=None, lenhei_mm=None)
    make_consent(session, make_child(session, consented=False), expires_on=NO)
    refused = make_child(session, consented=False)
    make_consent(session, refused, is_refusal=True, withdrawn_at=now)
    promises: tuple[dict[str, Any], ...] = (
        {},
        {},
        {"is_standby": True},
        {"state": PledgeState.ENDED, "ended_on": date(2026, 11, 2)},
        {"suspended_from": date(2026, 12, 5), "state": PledgeState.SUSPENDED},
        {"first_month": "2027-02"},
        {"first_month": "2025-01", "num_months": 3},
        {"form": PledgeForm.MONEY, "amount_rp": 1_000, "num_children": 2},
        {"form": PledgeForm.MONEY, "amount_rp": 2_000_000, "num_children": 0},
        {"state": PledgeState.LATE, "num_children": 0},
    )
    for number, values in enumerate(promises):
        make_pledge(session, **{"num_children": 1 + number % 3} | values)
    gone = make_sponsor(session, state=SponsorState.ENDED)
    make_pledge(session, sponsor_id=gone.id)


@pytest.mark.usefixtures("town")
def test_a_draft_counts_what_a_lock_would_copy(session: Session, now: datetime) -> None:
    month = make_cycle(session)
    children, pledges = build_snapshot(session, cycle=month, require_consent=True, now=now)
    draft = count_month(session, cycle=month, now=now)
    assert (draft.num_registered, draft.num_eligible) == (
        len(children),
        sum(row.is_eligible for row in children),
    )
    assert draft.num_eligible >= 4
    assert draft.not_eligible == Counter(row.reason for row in children if row.reason)
    assert len(draft.not_eligible) >= 8, draft.not_eligible
    assert draft.num_places == sum(row.capacity for row in pledges if not row.is_standby)
    assert draft.no_places == Counter(row.reason for row in pledges if row.reason)
    assert len(draft.no_places) >= 6, draft.no_places
    for reason, count in draft.not_eligible.items():
        found = left_out_of(session, cycle=month, reason=reason, now=now)
        assert sorted(found) == sorted(row.child_id for row in children if row.reason == reason)
        assert len(found) == count
        codes = [child.code for child, _ in families_of(session, found)]
        assert codes == sorted(codes)

    lock_cycle(session, cycle=month, by=make_account(session), now=now)
    locked = count_month(session, cycle=month, now=now)
    assert locked.num_registered == draft.num_registered
    assert (locked.num_places, locked.no_places) == (draft.num_places, draft.no_places)
    for reason, count in locked.not_eligible.items():
        later = now + timedelta(days=1)
        assert len(left_out_of(session, cycle=month, reason=reason, now=later)) == count


@pytest.mark.parametrize("is_locked", [False, True])
@pytest.mark.stores("sqlite")
def test_more_children_ask_no_more_of_the_store(
    session: Session, now: datetime, *, is_locked: bool
) -> None:
    month = make_cycle(session)
    if is_locked:
        lock_cycle(session, cycle=month, by=make_account(session), now=now)
    asked: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for _ in range(2):
        for _ in range(5):
            make_child(session)
            make_pledge(session)
        session.flush()
        asked.clear()
        readiness(session, cycle=month, now=now)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 16
