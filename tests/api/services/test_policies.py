"""Matching policies: dated, signed, never changed; weighed on a month before they count."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import holds, jobs
from api.services.blockers import blockers
from api.services.cycles import approve_cycle, lock_cycle, unlock_cycle
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.match_questions import recruiting, worth_of_places
from api.services.matching import current_run
from api.services.policies import (
    adopt_policy,
    find_policy,
    list_policies,
    policy_in_force,
    rules_of,
)
from api.services.weighing import last_weighing, start_weighing
from api.services.what_if import what_if
from data.engine import read_session, write_session
from data.schema import (
    Account,
    AuditEntry,
    Child,
    Cycle,
    CycleState,
    MatchPolicy,
    MatchRun,
    Pledge,
    Role,
)
from matcher.policy import Policy
from tests.api.services.test_matching import Month
from tests.conftest import NOW
from tests.factories import make_account, make_cycle, make_match_run
from tests.stores import KEYS

ORDER = ["tier", "points", "leximin", "lottery"]


def adopt(
    session: Session, by: Account, *, month: str = "2026-12", **changes: object
) -> MatchPolicy:
    content = {"levels": ORDER, "split_siblings": True, **changes}
    return adopt_policy(
        session, name="Uji", content=content, effective_from=month, reason="rapat TPPS", by=by,
        now=NOW,
    )  # fmt: skip


def test_a_policy_counts_from_its_month_until_a_newer_one(session: Session) -> None:
    by = make_account(session, Role.APPROVER)
    first = adopt(session, by, month="2026-11")
    second = adopt(session, by, month="2027-01", max_breaks=5)
    again = adopt(session, by, month="2027-01")
    assert policy_in_force(session, month="2026-10") is None
    assert rules_of(None).version == "default"
    assert policy_in_force(session, month="2026-12") == first
    assert policy_in_force(session, month="2027-02") == again
    assert [row.id for row in list_policies(session)] == [again.id, second.id, first.id]
    assert rules_of(second).max_breaks == 5
    assert [name.value for name in rules_of(first).levels] == ORDER
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "policy:adopt")).first()
    assert entry is not None
    assert entry.purpose == "rapat TPPS"


def test_a_fuse_by_the_clock_is_no_part_of_a_citys_policy(session: Session) -> None:
    by = make_account(session, Role.APPROVER)
    assert "sibling_seconds" not in adopt(session, by, sibling_seconds=5).content
    old = adopt(session, by)
    old.content = {**old.content, "sibling_seconds": 5}
    assert rules_of(old).sibling_seconds == Policy().sibling_seconds


def test_who_adopted_the_policy_of_a_month_does_not_approve_it(session: Session) -> None:
    month = Month(session, NOW, num_children=1, places=(1,)).lock()
    adopt(session, month.approver)
    assert month.propose().policy_id is not None
    month.submit()
    with pytest.raises(Forbidden, match=r"move\.four_eyes"):
        approve_cycle(session, cycle=month.cycle, by=month.approver, now=NOW)
    other = make_account(session, Role.APPROVER)
    approve_cycle(session, cycle=month.cycle, by=other, now=NOW)


def test_who_approves_is_told_of_another_policy_than_last_months(session: Session) -> None:
    def told(cycle: Cycle) -> list[tuple[str, object]]:
        found = blockers(session, cycle=cycle, now=NOW)
        assert not any(one.is_hard for one in found)
        return [(one.code, one.params.get("by")) for one in found]

    month = Month(session, NOW, num_children=1, places=(1,))
    november = make_cycle(session, "2026-11", state=CycleState.CLOSED)
    make_match_run(session, november)
    row = adopt(session, month.staff)
    month.lock().propose()
    expected = [("blocker.policy_changed", month.staff.username)]
    assert told(month.cycle) == expected
    month.submit()
    assert told(month.cycle) == expected
    then = session.get_one(MatchRun, november.match_run_id)
    then.policy_id = row.id
    assert told(month.cycle) == []
    session.get_one(MatchRun, month.cycle.match_run_id).policy_id = None
    assert told(month.cycle) == [("blocker.policy_built_in", None)]


def test_a_policy_that_no_run_used_ties_nobody(session: Session) -> None:
    month = Month(session, NOW, num_children=1, places=(1,)).lock()
    month.propose()
    adopt(session, month.approver)
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=NOW)


def test_what_is_no_policy_is_refused_and_nothing_is_kept(session: Session) -> None:
    by = make_account(session)
    wanted = {
        "name": "Uji", "content": {"levels": ORDER}, "effective_from": "2026-12", "reason": "x",
        "by": by, "now": NOW,
    }  # fmt: skip
    for change, code in (
        ({"name": " "}, "policy.name"),
        ({"reason": ""}, "policy.reason"),
        ({"content": {"levels": ["points"]}}, "policy.content"),
        ({"content": {"levels": ORDER, "max_breaks": "x"}}, "policy.content"),
    ):
        with pytest.raises(Refused) as caught:
            adopt_policy(session, **{**wanted, **change})  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(Invalid):
        adopt_policy(session, **{**wanted, "effective_from": "2026-13"})  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        adopt(session, make_account(session, Role.COORDINATOR))
    with pytest.raises(NotFound):
        find_policy(session, policy_id=7)
    assert list_policies(session) == []


def test_a_run_is_made_under_the_policy_in_force(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=4, places=(2,))
    row = adopt(session, month.staff)
    adopt(session, month.staff, month="2027-01", split_siblings=False)
    month.lock()
    run = month.propose()
    assert run.policy_id == row.id
    assert run.policy["levels"] == ORDER
    assert [level["name"] for level in run.levels] == ORDER


def test_places_and_what_ifs_are_answered_from_the_run(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=4, places=(2, 1)).lock()
    month.propose()
    (area,) = recruiting(session, cycle=month.cycle)
    waiting = {child.code for child in month.children} - set(month.pairs())
    assert {place.child for place in area.places} == waiting
    assert area.kelurahan_name == "Bukit Sari"
    assert area.num_first_tier == 1
    worth = worth_of_places(session, cycle=month.cycle)
    assert {one.covers for one in worth} == waiting
    assert all(one.uncovers for one in worth)
    child = next(child for child in month.children if child.code in waiting)
    quick = what_if(session, cycle=month.cycle, child=child, pledge=month.pledges[0])
    assert quick is not None
    assert quick.is_exact
    assert quick.moves


@pytest.fixture
def weighed(engine: Engine) -> tuple[Engine, int]:
    """A locked month of four children and three places, and a second policy."""
    with write_session(engine) as session:
        month = Month(session, NOW, num_children=4, places=(2, 1)).lock()
        row = adopt(session, month.staff)
        return engine, row.id or 0


@pytest.mark.parametrize("what", ["compare", "switches", "breaks"])
def test_weighing_tells_what_would_be_and_changes_nothing(
    weighed: tuple[Engine, int], what: str
) -> None:
    engine, policy = weighed
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle).where(Cycle.month == "2026-12")).one()
        by = session.exec(select(Account).where(Account.role == Role.STAFF)).first()
        assert by is not None
        job = start_weighing(
            session, cycle=cycle, what=what, first=0, second=policy, by=by, now=NOW
        )
        assert last_weighing(session, cycle=cycle, what=what) is None
        assert job.id
    assert jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW) == 1
    with read_session(engine) as session:
        cycle = session.exec(select(Cycle).where(Cycle.month == "2026-12")).one()
        found = last_weighing(session, cycle=cycle, what=what)
        assert found is not None
        assert cycle.match_run_id is None
        with pytest.raises(NotFound):
            current_run(session, cycle=cycle)
    if what == "compare":
        assert found["before"]["children"] == found["after"]["children"] == 3
    if what == "switches":
        assert found["base"]["children"] == 3
        assert "switch.standby_on" in {row["code"] for row in found["switches"]}
    if what == "breaks":
        assert [point["breaks"] for point in found["points"]] == [0]


def pin(session: Session, cycle: Cycle, by: Account) -> None:
    child, pledge = session.exec(select(Child)).first(), session.exec(select(Pledge)).first()
    assert child is not None
    assert pledge is not None
    given = {"cycle": cycle, "child": child, "pledge": pledge, "by": by, "now": NOW}
    holds.pin(session, **given, reason="permintaan")  # type: ignore[arg-type]


def lock_anew(session: Session, cycle: Cycle, by: Account) -> None:
    unlock_cycle(session, cycle=cycle, by=by, now=NOW, reason="data salah")
    session.exec(select(Pledge)).all()[0].num_children = 5
    session.flush()
    lock_cycle(session, cycle=cycle, by=by, now=NOW)


def only_unlock(session: Session, cycle: Cycle, by: Account) -> None:
    unlock_cycle(session, cycle=cycle, by=by, now=NOW, reason="data salah")


def another_policy(session: Session, _cycle: Cycle, by: Account) -> None:
    adopt(session, by)


@pytest.mark.parametrize(
    ("what", "happening", "is_stale"),
    [
        ("compare", pin, True),
        ("compare", lock_anew, True),
        ("compare", only_unlock, True),
        ("switches", another_policy, True),
        ("compare", another_policy, False),
    ],
)
def test_a_weighing_is_stale_when_what_it_read_has_changed(
    weighed: tuple[Engine, int], what: str, happening: Any, is_stale: bool
) -> None:
    engine, policy = weighed
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        by = session.exec(select(Account).where(Account.role == Role.STAFF)).first()
        assert by is not None
        start_weighing(session, cycle=cycle, what=what, first=0, second=policy, by=by, now=NOW)
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    with write_session(engine) as session:
        cycle = session.get_one(Cycle, cycle.id)
        found = last_weighing(session, cycle=cycle, what=what)
        assert found is not None
        assert not found["is_stale"]
        happening(session, cycle, session.get_one(Account, by.id))
        session.flush()
        found = last_weighing(session, cycle=cycle, what=what)
        assert found is not None
        assert found["is_stale"] is is_stale


def test_weighing_asks_for_a_locked_month_and_two_policies(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(1,))
    for what, code in (("switches", "cycle.not_locked"), ("beauty", "weigh.unknown")):
        with pytest.raises(Refused) as caught:
            start_weighing(session, cycle=month.cycle, what=what, by=month.staff, now=now)
        assert caught.value.code == code
    month.lock()
    with pytest.raises(Refused) as caught:
        start_weighing(session, cycle=month.cycle, what="compare", by=month.staff, now=now)
    assert caught.value.code == "weigh.same"
    with pytest.raises(NotFound):
        start_weighing(
            session, cycle=month.cycle, what="compare", second=9, by=month.staff, now=now
        )
    auditor = make_account(session, Role.AUDITOR)
    with pytest.raises(Forbidden):
        start_weighing(session, cycle=month.cycle, what="switches", by=auditor, now=now)
