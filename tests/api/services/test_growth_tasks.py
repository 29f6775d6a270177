"""Whom to look at and why; and that the store leaves out nobody whom a rule names."""

import random
from collections import defaultdict
from datetime import date, timedelta

from sqlmodel import Session, col, select

from api.services.growth_tasks import growth_facts, growth_tasks, waiting_growth
from data.growth.categories import is_severely_wasted
from data.growth.graduation import has_relapsed
from data.growth.weight_gain import Weighing, has_two_t, monthly_gains
from data.reference.graduation import graduation_rule
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    CycleState,
    GrowthReview,
    Measurement,
    ReviewDecision,
)
from tests.api.services.test_monitoring import count_queries
from tests.factories import (
    NOW,
    make_assignment,
    make_child,
    make_cycle,
    make_match_run,
    make_measurement,
    make_pledge,
)

URGENT = {"severe", "two_t", "relapse", "came_back"}
TODAY = NOW.date()
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12")


def reasons(session: Session, on: date = TODAY) -> dict[str, tuple[str, ...]]:
    return {task.code: task.reasons for task in growth_tasks(session, today=on)}


def serve(session: Session, child: Child, *months: str) -> None:
    pledge = make_pledge(session)
    for month in months:
        run = make_match_run(session, make_cycle(session, month, state=CycleState.CLOSED))
        make_assignment(session, run, child, pledge, state=AssignmentState.FULFILLED)


def test_the_letters_of_the_list_are_those_of_the_child_however_long_it_is_weighed(
    session: Session,
) -> None:
    child = make_child(session, haz=None)
    days = [date(2026, month, 4) for month in (1, 2, 4, 6, 9, 10, 11)]
    for number, day in enumerate(days):
        make_measurement(session, child, measured_on=day, weight_g=9000 + 300 * min(number, 5))
    make_measurement(session, child, measured_on=TODAY, has_oedema=True, weight_g=None)
    (facts,) = growth_facts(session, tasks=growth_tasks(session, today=TODAY), today=TODAY)
    assert facts.letters == "O N T"  # weighed long ago first, in August not, in November no more


def test_a_child_that_grows_as_it_should_is_not_listed(session: Session) -> None:
    make_child(session)
    assert reasons(session) == {}


def test_severe_wasting_and_two_t_ask_for_a_referral(session: Session) -> None:
    wasted = make_child(session, haz=None)
    make_measurement(session, wasted, whz=-3.01)
    swollen = make_child(session, haz=None)
    make_measurement(session, swollen, has_oedema=True)
    thin = make_child(session, haz=None)
    make_measurement(session, thin, whz=-3.0)
    stalled = make_child(session, haz=None)
    for month, weight_g in ((9, 9500), (10, 9500), (11, 9400)):
        make_measurement(session, stalled, measured_on=date(2026, month, 10), weight_g=weight_g)

    found = reasons(session)

    assert found == {
        wasted.code: ("severe",), swollen.code: ("severe",), stalled.code: ("two_t",),
    }  # fmt: skip


def test_three_months_of_support_ask_for_a_review_and_two_do_not(session: Session) -> None:
    child, other = make_child(session), make_child(session)
    serve(session, child, "2026-09", "2026-10", "2026-11")
    pair = select(Assignment).where(Assignment.child_id == child.id)
    for one in session.exec(pair.order_by(col(Assignment.id)).limit(2)).all():
        run = one.match_run_id
        session.add(
            Assignment(
                cycle_id=one.cycle_id, match_run_id=run, child_id=other.id or 0,
                pledge_id=one.pledge_id, state=AssignmentState.FULFILLED,
            )
        )  # fmt: skip
    session.flush()
    assert reasons(session) == {child.code: ("due",)}
    review = GrowthReview(
        child_id=child.id or 0, month="2026-08", reviewed_on=date(2026, 8, 30), months_served=1,
        decision=ReviewDecision.CONTINUE, by="x", at=NOW,
    )  # fmt: skip
    session.add(review)
    session.flush()
    assert reasons(session) == {child.code: ("due",)}
    review.month = "2026-09"  # of the three months two are left
    session.flush()
    assert reasons(session) == {}
    review.undone_at = NOW
    session.flush()
    assert reasons(session) == {child.code: ("due",)}


def test_a_supported_child_that_was_not_measured_for_63_days_is_asked_after(
    session: Session,
) -> None:
    child = make_child(session, haz=None)
    make_measurement(session, child, measured_on=TODAY - timedelta(days=62))
    serve(session, child, "2026-11")
    assert reasons(session) == {}
    assert reasons(session, TODAY + timedelta(days=1)) == {child.code: ("unmeasured",)}


def test_what_is_shown_of_a_child_is_its_newest_measurement_and_its_support(
    session: Session,
) -> None:
    child = make_child(session, haz=None)
    for day, weight_g, haz in ((10, 9500, -2.6), (12, 9400, -2.7)):
        month = 10 if day == 10 else 11
        make_measurement(
            session, child, measured_on=date(2026, month, day), weight_g=weight_g, haz=haz, whz=-3.1
        )
    serve(session, child, "2026-10", "2026-11")
    tasks = growth_tasks(session, today=TODAY)
    (facts,) = growth_facts(session, tasks=tasks, today=TODAY)
    assert facts == (2, date(2026, 11, 12), -2.7, -3.1, "B T")
    assert growth_facts(session, tasks=[], today=TODAY) == []


def test_the_statements_do_not_grow_with_the_children(session: Session) -> None:
    def look() -> object:
        return growth_tasks(session, today=TODAY)

    serve(session, make_child(session), *MONTHS)
    few = count_queries(session, look)
    for _ in range(5):
        make_child(session)
    assert count_queries(session, look) == few == 4


def test_the_store_leaves_out_nobody_whom_a_rule_names(session: Session) -> None:
    """Two hundred histories at random, against each rule on every row of every child."""
    chance = random.Random(6)
    runs = [
        make_match_run(session, make_cycle(session, month, state=CycleState.CLOSED))
        for month in MONTHS
    ]
    pledges = [make_pledge(session), make_pledge(session)]
    for _ in range(200):
        child = _some_child(session, chance)
        session.add_all(_some_measurements(child, chance))
        session.add_all(_some_reviews(child, chance))
        session.add_all(
            Assignment(
                cycle_id=run.cycle_id, match_run_id=run.id or 0, child_id=child.id or 0,
                pledge_id=pledge.id or 0, state=chance.choice(list(AssignmentState)),
            )
            for run in runs for pledge in pledges if chance.random() < 0.4
        )  # fmt: skip
    session.flush()
    seen = set()
    for days in (-20, -3, 0, 5, 24):
        today = TODAY + timedelta(days=days)
        found = reasons(session, today)
        assert found == _by_every_row(session, today)
        of_staff = waiting_growth(session, today=today, decides_graduation=False)
        of_approver = waiting_growth(session, today=today, decides_graduation=True)
        growth = sum(not URGENT.isdisjoint(each) for each in found.values())
        proposed = sum("graduation" in each for each in found.values())
        assert of_staff == {"growth": growth, "graduations": 0}
        assert of_approver == {"growth": growth, "graduations": proposed}
        seen |= {reason for each in found.values() for reason in each}
    assert len(seen) == 7


def _some_child(session: Session, chance: random.Random) -> Child:
    left_on = TODAY - timedelta(days=chance.randrange(120)) if chance.random() < 0.8 else None
    return make_child(
        session, haz=None, consented=False, state=chance.choice(list(ChildState)),
        born_on=TODAY - timedelta(days=chance.randrange(60, 1500)), effective_on=left_on,
        review_reasons=chance.choice(([], [], ["possible_duplicate"], ["graduation_proposed"])),
    )  # fmt: skip


def _some_measurements(child: Child, chance: random.Random) -> list[Measurement]:
    every = chance.choice((20, 31, 60))
    return [
        Measurement(
            child_id=child.id or 0,
            measured_on=TODAY + timedelta(days=10 - every * number - chance.randrange(15)),
            weight_g=chance.choice((None, *range(9000, 9900, 100), 9500, 9500)),
            haz=chance.choice((None, -6.5, -2.4, -2.0, -1.5)),
            waz=chance.choice((None, *(-2 + step / 10 for step in range(6)))),
            whz=chance.choice((None, -3.1, -3.0, -1.0, -1.0, -1.0)),
            has_oedema=chance.random() < 0.05,
        )
        for number in range(chance.randrange(8))
    ]


def _some_reviews(child: Child, chance: random.Random) -> list[GrowthReview]:
    days = sorted(chance.randrange(130) for _ in range(chance.randrange(3)))
    return [
        GrowthReview(
            child_id=child.id or 0, month=f"{on:%Y-%m}", reviewed_on=on, months_served=0,
            decision=chance.choice(list(ReviewDecision)), by="x", at=NOW,
            undone_at=NOW if chance.random() < 0.3 else None,
        )
        for on in (TODAY - timedelta(days=each) for each in reversed(days))
    ]  # fmt: skip


def _by_every_row(session: Session, today: date) -> dict[str, tuple[str, ...]]:
    measured: defaultdict[int, list[Measurement]] = defaultdict(list)
    for one in session.exec(select(Measurement).order_by(col(Measurement.measured_on))):
        if today - timedelta(days=130) <= one.measured_on <= today:
            measured[one.child_id].append(one)
    reviews: defaultdict[int, list[GrowthReview]] = defaultdict(list)
    for review in session.exec(select(GrowthReview).order_by(col(GrowthReview.id))):
        if review.undone_at is None:
            reviews[review.child_id].append(review)
    served: defaultdict[int, set[str]] = defaultdict(set)
    month_of = {cycle.id: cycle.month for cycle in session.exec(select(Cycle))}
    for pair in session.exec(select(Assignment)):
        if pair.state in ("approved", "fulfilled", "partly_fulfilled"):
            served[pair.child_id].add(month_of[pair.cycle_id])
    found = {}
    for child in session.exec(select(Child)):
        number = child.id or 0
        own = _of_child(child, measured[number], reviews[number], served[number], today)
        if own:
            found[child.code] = own
    return found


def _of_child(
    child: Child,
    measured: list[Measurement],
    reviews: list[GrowthReview],
    served: set[str],
    today: date,
) -> tuple[str, ...]:
    rule = graduation_rule(today)
    newest, last = measured[-1] if measured else None, reviews[-1] if reviews else None
    answer = None
    if last and (newest is None or newest.measured_on <= last.reviewed_on):
        answer = last.decision
    if child.state in (ChildState.GRADUATED, ChildState.EXITED):
        heights = [(one.measured_on, one.haz) for one in measured if one.haz is not None]
        left_on = child.effective_on
        is_back = left_on is not None and has_relapsed(rule, left_on=left_on, heights=heights)
        if not is_back or answer is ReviewDecision.STAY_OUT:
            return ()
        return ("relapse",) if child.state is ChildState.GRADUATED else ("came_back",)
    if child.state not in (ChildState.ELIGIBLE, ChildState.PAUSED, ChildState.MOVED_PENDING):
        return ()
    weighed = [Weighing(m.measured_on, m.weight_g, m.waz) for m in measured if m.weight_g]
    served = {month for month in served if month > max((r.month for r in reviews), default="")}
    lately = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    age_of_news = (today - newest.measured_on).days if newest else 999
    is_referred = answer is ReviewDecision.REFER
    holds = {
        "severe": newest and is_severely_wasted(newest.whz, has_oedema=newest.has_oedema)
        and not is_referred,
        "two_t": has_two_t(monthly_gains(born_on=child.born_on, weighings=weighed))
        and not is_referred,
        "graduation": "graduation_proposed" in child.review_reasons
        and answer is not ReviewDecision.KEEP,
        "due": len(served) >= rule.review_months,
        "unmeasured": max(served, default="") >= lately
        and age_of_news > rule.max_days_unmeasured,
    }  # fmt: skip
    return tuple(reason for reason, is_so in holds.items() if is_so)
