"""What a locked month tells the matcher of rupiah, goods, wishes and the way of packages."""

from datetime import datetime

import numpy as np
import pytest
from sqlmodel import Session, select

from api.services.capacity import package_price_for, package_price_rp
from api.services.errors import Refused
from api.services.matching import read_problem
from api.services.months import first_day
from api.services.policies import adopt_policy, unfed_levels
from data.schema import Cycle, CycleState, PledgeForm, Sex, StopKind
from matcher.policy import BudgetRule, LevelName, Policy
from matcher.solve import solve
from tests.api.services.test_matching import Month
from tests.factories import make_account, make_child, make_pledge
from tests.factories_routes import make_dispatched_cycle

DEAREST = package_price_rp(first_day("2026-12"))


def test_a_pledge_in_rupiah_counts_as_the_policy_says(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=0, places=())
    month.children = [make_child(session, haz=-3.4 + at * 0.1) for at in range(4)]
    make_pledge(session, form=PledgeForm.MONEY, num_children=0, amount_rp=2 * DEAREST - 1)
    month.lock()
    problem = read_problem(session, cycle=month.cycle)
    prices = problem.package_price_rp[0, problem.package].tolist()
    assert prices == [
        package_price_for(row_age(month, code), (), first_day("2026-12"))
        for code in problem.child_ids
    ]
    assert problem.budget_rp.tolist() == [2 * DEAREST - 1]
    assert solve(problem, Policy()).num_covered == 1
    within, spent = 0, 0
    for price in sorted(prices):
        spent += price
        within += spent <= 2 * DEAREST - 1
    free = solve(problem, Policy(budgets=BudgetRule.FREE))
    assert free.num_covered <= within
    assert free.num_covered >= 1


def row_age(month: Month, code: str) -> int:
    child = next(child for child in month.children if child.code == code)
    return (first_day("2026-12") - child.born_on).days


def test_rupiah_below_the_dearest_package_still_buy_a_cheaper_one(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, num_children=1, places=())
    price = package_price_for(row_age(month, month.children[0].code), (), first_day("2026-12"))
    assert price is not None
    amount = max(price, 1)
    make_pledge(session, form=PledgeForm.MONEY, num_children=0, amount_rp=amount)
    month.lock()
    problem = read_problem(session, cycle=month.cycle)
    assert solve(problem, Policy()).num_covered == int(amount >= DEAREST)
    assert solve(problem, Policy(budgets=BudgetRule.FREE)).num_covered == 1


def test_wishes_and_goods_of_the_kit_reach_the_matcher(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=2, places=())
    egg = {"item_code": "telur", "name": "telur", "quantity": 30, "unit": "butir"}
    honey = {"item_code": "gula", "name": "gula", "quantity": 1, "unit": "kg"}
    make_pledge(session, num_children=1, goods=[egg], wish_area_codes=["19.71.05"])
    make_pledge(session, num_children=1, goods=[egg, honey])
    month.lock()
    problem = read_problem(session, cycle=month.cycle)
    wished = {problem.kelurahan_codes[at] for at in problem.wishes_of(0).tolist()}
    assert wished
    assert all(code.startswith("19.71.05.") for code in wished)
    assert problem.wishes_of(1).size == 0
    eggs = 1 << problem.good_ids.index("telur")
    assert problem.kit_goods.tolist() == [eggs, eggs]
    order = (LevelName.TIER, LevelName.GOODS, LevelName.LOTTERY)
    assert solve(problem, Policy(levels=order)).levels[1].value == (1,)


def test_the_way_of_a_package_is_estimated_from_last_months_routes(
    session: Session, now: datetime
) -> None:
    assert unfed_levels(session) >= {"delivery"}
    before, _, stops, _, _ = make_dispatched_cycle(session)
    before.month, before.state = "2026-11", CycleState.CLOSED
    session.add(before)
    for stop in stops:
        stop.kind = StopKind.HOME
        session.add(stop)
    session.flush()
    month = Month(session, now, num_children=2, places=(2,)).lock()
    problem = read_problem(session, cycle=month.cycle)
    assert problem.delivery_hm.shape == (problem.num_kelurahan + 1, problem.num_kelurahan)
    visited = problem.kelurahan_codes.index(stops[0].kelurahan_code or "")
    from_afar = problem.delivery_hm[:, visited]
    others = [at for at in range(problem.num_kelurahan) if at != visited]
    there = problem.delivery_hm[visited, others]
    back = from_afar[others]
    # Stops that share a route share its way: so many fewer hectometres per package.
    assert np.all(back <= there)
    assert back.sum() < there.sum()
    assert "delivery" not in unfed_levels(session)


def test_goals_without_data_cannot_be_adopted(session: Session, now: datetime) -> None:
    staff = make_account(session)
    order = ["tier", "leximin", "wishes", "delivery", "lottery"]

    def adopt() -> None:
        adopt_policy(
            session,
            name="Keinginan",
            content={"levels": order},
            effective_from="2027-01",
            reason="uji",
            by=staff,
            now=now,
        )

    with pytest.raises(Refused) as caught:
        adopt()
    assert caught.value.code == "policy.unfed"
    assert caught.value.params["levels"] == ["level.delivery", "level.wishes"]
    make_pledge(session, wish_area_codes=["19.71.05"])
    order.remove("delivery")
    adopt()


def test_who_a_child_is_does_not_reach_the_problem(session: Session, now: datetime) -> None:
    month = Month(session, now, num_children=3, places=(2,)).lock()
    before = read_problem(session, cycle=month.cycle).problem_hash()
    for child in month.children:
        child.name = child.name[::-1]
        child.sex = next(sex for sex in Sex if sex is not child.sex)
        session.add(child)
    session.flush()
    cycle = session.exec(select(Cycle)).one()
    assert read_problem(session, cycle=cycle).problem_hash() == before
