"""Matching a month in the store: proposed, checked, explained, pinned, approved by another."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services.cycles import (
    approve_cycle,
    cancel_cycle,
    lock_cycle,
    reject_cycle,
    submit_cycle,
    unlock_cycle,
)
from api.services.errors import Forbidden, NotFound, Refused
from api.services.holds import ban, list_holds, pin, release_hold
from api.services.match_changes import changes
from api.services.match_questions import explain_child, recruiting
from api.services.match_store import result_file
from api.services.matching import (
    assignments,
    current_run,
    propose_matching,
    read_problem,
    solve_month,
    store_solved,
    stored_matching,
    unassigned,
)
from api.services.what_if import what_if
from data.queries.assignments import kept_off
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    CycleState,
    MatchRun,
    Pledge,
    Role,
)
from tests.factories import (
    make_account,
    make_assignment,
    make_child,
    make_cycle,
    make_household,
    make_match_run,
    make_pledge,
    make_sponsor,
)


class Month:
    """A locked month with so many children of falling need and so many places."""

    def __init__(
        self, session: Session, now: datetime, *, num_children: int = 3, places: tuple[int, ...]
    ) -> None:
        self.session, self.now = session, now
        self.staff = make_account(session)
        self.approver = make_account(session, Role.APPROVER)
        self.children = [
            make_child(session, haz=-3.5 + number * 0.1) for number in range(num_children)
        ]
        self.pledges = [make_pledge(session, num_children=number) for number in places]
        self.cycle = make_cycle(session)

    def lock(self) -> "Month":
        lock_cycle(self.session, cycle=self.cycle, by=self.staff, now=self.now)
        return self

    def propose(self, by: Account | None = None, **options: Any) -> MatchRun:
        return propose_matching(
            self.session, cycle=self.cycle, by=by or self.staff, now=self.now, **options
        )

    def pairs(self) -> dict[str, str]:
        children = {child.id: child.code for child in self.children}
        pledges = {row.id: row.code for row in self.session.exec(select(Pledge)).all()}
        return {
            children[row.child_id]: pledges[row.pledge_id]
            for row in assignments(self.session, cycle=self.cycle)
        }

    def hold(self, act: Any, child: Child, pledge: Pledge, reason: str = "permintaan") -> Any:
        return act(
            self.session,
            cycle=self.cycle,
            child=child,
            pledge=pledge,
            by=self.staff,
            now=self.now,
            reason=reason,
        )

    def submit(self) -> None:
        submit_cycle(self.session, cycle=self.cycle, by=self.staff, now=self.now)

    def state(self) -> CycleState:
        return self.cycle.state


def test_the_problem_holds_codes_and_no_names(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    problem = read_problem(session, cycle=month.cycle)
    assert problem.validate() == []
    assert problem.child_ids == tuple(sorted(child.code for child in month.children))
    assert problem.capacity.tolist() == [2]
    assert problem.tier.tolist() == [1, 1, 1]
    assert not any(child.name in repr(problem.child_ids) for child in month.children)


def test_a_month_must_be_locked_before_it_is_read(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,))
    with pytest.raises(Refused) as caught:
        month.propose()
    assert caught.value.code == "cycle.not_locked"


def test_the_neediest_are_covered_and_the_rest_has_a_reason(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, places=(2,)).lock()
    run = month.propose()
    first, second, third = month.children
    assert set(month.pairs()) == {first.code, second.code}
    ((row, _),) = unassigned(session, cycle=month.cycle)
    assert row.child_id == third.id
    assert row.reason.startswith("reason.")
    assert row.remedy["remedies"]
    assert (run.num_assigned, run.num_unassigned) == (2, 1)
    assert all(level["status"] == "optimal" for level in run.levels)
    assert month.state() is CycleState.PROPOSED
    covered = explain_child(session, cycle=month.cycle, child=first)
    assert (covered.pledge_code, covered.reason[:12]) == (month.pledges[0].code, "reason.pair_")
    alone = explain_child(session, cycle=month.cycle, child=third)
    assert (alone.pledge_code, alone.reason) == (None, row.reason)


def test_the_stored_result_reads_back_and_is_the_same_file(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    run = month.propose()
    problem, matching = stored_matching(session, run=run)
    assert problem.problem_hash() == run.problem_hash == matching.problem_hash
    assert matching.result_hash == run.result_hash
    assert result_file(run).startswith(b"{")


def test_the_same_inputs_and_seed_give_the_same_result(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=6, places=(2, 1, 1)).lock()
    first, second = month.propose(seed=7), month.propose(seed=7)
    assert first.result_hash == second.result_hash
    assert first.id != second.id


@pytest.mark.parametrize(("num_children", "places"), [(0, (2,)), (2, ()), (0, ())])
def test_an_impossible_month_is_a_result(
    session: Session, now: datetime, num_children: int, places: tuple[int, ...]
) -> None:
    month = Month(session, now, num_children=num_children, places=places).lock()
    run = month.propose()
    assert (run.num_assigned, run.num_unassigned) == (0, num_children)
    month.submit()


def test_pins_and_bans_hold_on_the_next_run(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=2, places=(1, 1)).lock()
    month.propose()
    before = month.pairs()
    first, second = month.children
    by_code = {pledge.code: pledge for pledge in month.pledges}
    other = by_code[before[second.code]]
    month.hold(pin, first, other)
    month.propose()
    assert month.pairs()[first.code] == other.code
    assert {one.child_code for one in changes(session, cycle=month.cycle, against="previous_run")}
    (hold,) = list_holds(session, cycle=month.cycle)
    release_hold(session, hold=hold, by=month.staff, now=month.now)
    month.hold(ban, first, other)
    month.propose()
    assert month.pairs()[first.code] != other.code


def test_contradicting_holds_are_refused(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1, 1)).lock()
    child, (one, other) = month.children[0], month.pledges
    hold = month.hold(pin, child, one)
    assert month.hold(pin, child, one) is hold
    for act, pledge, code in (
        (ban, one, "hold.contradicts"),
        (pin, other, "hold.pinned_elsewhere"),
    ):
        with pytest.raises(Refused) as caught:
            month.hold(act, child, pledge)
        assert caught.value.code == code
    with pytest.raises(Refused):
        month.hold(ban, child, other, reason=" ")


def test_more_pins_than_places_is_said_and_nothing_is_stored(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, num_children=2, places=(1,)).lock()
    for child in month.children:
        month.hold(pin, child, month.pledges[0])
    with pytest.raises(Refused) as caught:
        month.propose()
    assert caught.value.code == "matching.problem"
    faults = caught.value.params["faults"]
    assert isinstance(faults, list)
    assert [one["code"] for one in faults] == ["fault.pin_over_capacity"]
    assert session.exec(select(MatchRun)).all() == []
    assert month.state() is CycleState.LOCKED


def test_a_pin_to_a_pledge_that_gives_nothing_is_said(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1, 0)).lock()
    month.hold(pin, month.children[0], month.pledges[1])
    with pytest.raises(Refused) as caught:
        month.propose()
    assert caught.value.code == "matching.pin_impossible"


def test_holds_after_the_run_block_submission(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1,)).lock()
    month.propose()
    month.now = now + timedelta(minutes=1)
    month.hold(ban, month.children[0], month.pledges[0])
    with pytest.raises(Refused) as caught:
        month.submit()
    assert caught.value.params["first"] == "blocker.holds_changed"
    month.now += timedelta(minutes=1)
    month.propose()
    month.submit()
    assert month.state() is CycleState.IN_APPROVAL


def test_another_person_approves(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    month.propose()
    month.submit()
    with pytest.raises(Forbidden):
        approve_cycle(session, cycle=month.cycle, by=month.staff, now=now)
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    assert month.state() is CycleState.APPROVED
    assert {row.state for row in assignments(session, cycle=month.cycle)} == {
        AssignmentState.APPROVED
    }


@pytest.mark.parametrize("deed", ["propose", "rerun", "submit", "pin", "ban", "release"])
def test_who_had_a_hand_in_the_proposal_does_not_decide_on_it(
    session: Session, now: datetime, deed: str
) -> None:
    """A person's role changes while the month is under way; what she did stays hers."""
    month = Month(session, now, num_children=1, places=(2, 1)).lock()
    other, twin = month.staff, make_account(session, Role.STAFF, username="twin")
    hers = {"pin": pin, "ban": ban}.get(deed)
    month.staff = twin if deed == "propose" else other
    month.propose()
    if hers or deed == "release":
        month.staff = twin if hers else other
        hold = month.hold(hers or ban, month.children[0], month.pledges[0])
        if deed == "release":
            release_hold(session, hold=hold, by=twin, now=now)
    month.staff = twin if deed == "rerun" else other
    month.now = now + timedelta(minutes=1)
    month.propose()
    if deed == "rerun":
        month.staff = other
        month.propose()
    month.staff = twin if deed == "submit" else other
    month.submit()
    twin.role = Role.APPROVER
    session.flush()
    with pytest.raises(Forbidden, match=r"move\.four_eyes"):
        approve_cycle(session, cycle=month.cycle, by=twin, now=now)
    with pytest.raises(Forbidden, match=r"move\.four_eyes"):
        reject_cycle(session, cycle=month.cycle, by=twin, now=now, reason="periksa lagi")
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    assert month.state() is CycleState.APPROVED


def test_a_rejected_month_goes_back_with_its_comment(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    month.propose()
    month.submit()
    with pytest.raises(Refused):
        reject_cycle(session, cycle=month.cycle, by=month.approver, now=now, reason="")
    reject_cycle(session, cycle=month.cycle, by=month.approver, now=now, reason="periksa lagi")
    assert month.state() is CycleState.PROPOSED
    month.submit()
    cancel_cycle(session, cycle=month.cycle, by=month.approver, now=now, reason="dana batal")
    assert month.state() is CycleState.CANCELLED
    assert assignments(session, cycle=month.cycle) == []


def test_a_tampered_result_is_not_approved(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1,)).lock()
    month.propose()
    month.submit()
    from data.schema import CyclePledge

    session.exec(select(CyclePledge)).one().capacity = 9
    session.flush()
    with pytest.raises(Refused) as caught:
        approve_cycle(session, cycle=month.cycle, by=month.approver, now=now)
    assert caught.value.code == "cycle.snapshot_changed"


def test_inputs_that_move_during_a_run_store_nothing(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=1, places=(1, 1)).lock()
    solved = solve_month(session, cycle=month.cycle)
    month.hold(ban, month.children[0], month.pledges[0])
    with pytest.raises(Refused) as caught:
        store_solved(session, cycle=month.cycle, solved=solved, by=month.staff, now=now)
    assert caught.value.code == "matching.inputs_moved"


def test_a_run_can_be_stopped(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    with pytest.raises(Refused) as caught:
        month.propose(cancelled=lambda: True)
    assert caught.value.code == "matching.cancelled"


def test_progress_is_told_until_it_is_done(session: Session, now: datetime) -> None:
    told: list[float] = []
    Month(session, now, places=(2,)).lock().propose(progress=lambda share, _: told.append(share))
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_only_staff_propose(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    with pytest.raises(Forbidden):
        month.propose(by=month.approver)
    with pytest.raises(NotFound):
        current_run(session, cycle=month.cycle)


def kept_month(session: Session, now: datetime) -> tuple[Month, list[Assignment]]:
    """A month whose children all had a sponsor last month, each its own."""
    month = Month(session, now, num_children=4, places=(1, 1, 1, 1))
    before = make_cycle(session, "2026-11", state=CycleState.CLOSED)
    run = make_match_run(session, before)
    pairs = [
        make_assignment(session, run, child, pledge, state=AssignmentState.FULFILLED)
        for child, pledge in zip(month.children, month.pledges, strict=True)
    ]
    return month, pairs


def test_last_months_pairs_are_kept(session: Session, now: datetime) -> None:
    month, pairs = kept_month(session, now)
    month.lock().propose()
    assert {(row.child_id, row.pledge_id) for row in assignments(session, cycle=month.cycle)} == {
        (pair.child_id, pair.pledge_id) for pair in pairs
    }
    assert all(row.is_kept for row in assignments(session, cycle=month.cycle))
    assert changes(session, cycle=month.cycle) == []


def test_a_lost_pair_is_listed_with_why(session: Session, now: datetime) -> None:
    month, _ = kept_month(session, now)
    month.pledges[0].num_children = 0
    month.lock().propose()
    lost, moved = changes(session, cycle=month.cycle)
    neediest, least = month.children[0], month.children[-1]
    assert (lost.child_code, lost.before) == (neediest.code, month.pledges[0].code)
    assert lost.reason == "change.pledge_gives_nothing"
    assert (moved.child_code, moved.before, moved.after) == (least.code, lost.after, None)
    assert moved.reason == "change.by_goals"
    exact = what_if(session, cycle=month.cycle, child=least, pledge=month.pledges[3])
    assert exact is not None
    assert (moved.price, moved.bound) == (exact.price, "exact")
    assert (next(iter(moved.price)), moved.price["points"]) == ("points", 13)


def test_what_only_solving_tells_is_bounded_from_below(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    month, _ = kept_month(session, now)
    month.pledges[0].num_children = 0
    month.lock().propose()
    _, exact = changes(session, cycle=month.cycle)
    monkeypatch.setattr("api.services.match_changes.quick_price", lambda *_, **__: None)
    _, bounded = changes(session, cycle=month.cycle)
    assert (exact.bound, bounded.bound) == ("exact", "at_least")
    first = next(iter(exact.price))
    assert bounded.price.get(first, 0) <= exact.price[first]


def test_what_if_changes_nothing(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(1, 1)).lock()
    month.propose()
    before = month.pairs()
    third = month.children[2]
    answer = what_if(session, cycle=month.cycle, child=third, pledge=month.pledges[0])
    assert answer is not None
    assert (answer.child_code, answer.refusals) == (third.code, ())
    assert answer.moves
    assert month.pairs() == before
    with pytest.raises(Refused):
        what_if(
            session,
            cycle=month.cycle,
            child=make_child(session),
            pledge=month.pledges[0],
        )
    assert recruiting(session, cycle=month.cycle)


def test_unlocking_drops_proposal_and_copy(session: Session, now: datetime) -> None:
    month = Month(session, now, places=(2,)).lock()
    month.propose()
    unlock_cycle(session, cycle=month.cycle, by=month.staff, now=now, reason="data salah")
    assert month.cycle.match_run_id is None
    assert assignments(session, cycle=month.cycle) == []


def test_goods_that_a_child_must_not_eat_rule_a_pledge_out(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=0, places=())
    child = make_child(session, allergies=["egg"])
    month.children = [child]
    goods = [{"item_code": "telur", "quantity": 30, "unit": "butir"}]
    make_pledge(session, num_children=1, goods=goods)
    month.lock().propose()
    assert month.pairs() == {}
    assert unassigned(session, cycle=month.cycle)[0][0].reason == "reason.goods_forbidden"


def test_an_area_wish_is_a_kelurahan_or_a_whole_kecamatan(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=2, places=())
    make_pledge(session, num_children=1, area_codes=["19.71.05"])
    make_pledge(session, num_children=1, area_codes=["19.71.06"])
    month.lock().propose()
    assert len(month.pairs()) == 1


def test_siblings_stay_with_one_sponsor(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=0, places=())
    home = make_household(session)
    month.children = [make_child(session, household_id=home.id) for _ in range(2)]
    sponsor = make_sponsor(session)
    for owner in (sponsor.id, sponsor.id, make_sponsor(session).id):
        make_pledge(session, sponsor_id=owner, num_children=1)
    month.lock().propose()
    owners = {
        session.exec(select(Pledge).where(Pledge.code == code)).one().sponsor_id
        for code in month.pairs().values()
    }
    assert len(month.pairs()) == 2
    assert owners == {sponsor.id}


@pytest.mark.stores("sqlite")
def test_a_child_of_the_programme_that_grew_once_keeps_its_place_and_comes_last(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, num_children=2, places=(2,))
    grown = make_child(session, haz=-1.9, born_on=date(2025, 10, 1))
    never = make_child(session, haz=-1.9, state=ChildState.NOT_ELIGIBLE)
    month.lock().propose()
    rows = [row for row, _ in unassigned(session, cycle=month.cycle)]
    assert [row.child_id for row in rows] == [grown.id]
    off, _ = kept_off(session, cycle=month.cycle)
    assert never.id not in {child.id for _, child in off}
