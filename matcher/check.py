"""Re-check a matching from the problem alone: no solver, no shared code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.matching import LevelStatus, Proof, result_hash
from matcher.policy import BudgetRule, LevelName
from matcher.recount import Recount, found_in, places_of, within_areas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matcher.matching import LevelResult, Matching
    from matcher.problem import MatchingProblem

ALL_PAIRS = 25_000_000
"""Up to so many pairs all count: a result that lists candidates could leave out the better ones."""
LARGEST_SCALE = 1 << 10
LARGEST_PRICE = 1 << 40
"""Prices beyond this are refused, so that no sum over a million children overflows."""


class ViolationCode(StrEnum):
    """What a checked matching can be guilty of; `docs/matching.md` lists them."""

    WRONG_PROBLEM = "check.wrong_problem"
    WRONG_SHAPE = "check.wrong_shape"
    UNKNOWN_PLEDGE = "check.unknown_pledge"
    OVER_CAPACITY = "check.over_capacity"
    OVER_BUDGET = "check.over_budget"
    OUTSIDE_AREA = "check.outside_area"
    FORBIDDEN_GOODS = "check.forbidden_goods"
    BANNED_PAIR = "check.banned_pair"
    CONFLICT_PAIR = "check.conflict_pair"
    STANDBY_USED = "check.standby_used"
    PIN_NOT_KEPT = "check.pin_not_kept"
    WRONG_FAIREST = "check.wrong_fairest"
    SIBLINGS_SPLIT = "check.siblings_split"
    NOT_A_CANDIDATE = "check.not_a_candidate"
    LEVELS_DIFFER = "check.levels_differ"
    WRONG_VALUE = "check.wrong_value"
    WRONG_COST = "check.wrong_cost"
    WRONG_BOUND = "check.wrong_bound"
    WRONG_STATUS = "check.wrong_status"
    WRONG_RESULT_HASH = "check.wrong_result_hash"


@dataclass(frozen=True)
class Violation:
    """One thing that does not hold: its code and the values that show it."""

    code: ViolationCode
    params: dict[str, Any] = field(default_factory=dict)


def check(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    """Return what does not hold, most basic first; an empty list is the seal of approval.

    Feasibility, every figure and every bound are recomputed from the problem with numpy alone, in
    time linear in the number of allowed pairs. A bound is the Lagrangian value of the level's
    prices on the face that the tight levels before it leave; docs/matching.md has the formula. What
    a search proves beyond the prices is marked (`Proof.BRANCHING`) and not repeated.
    """
    basic = _identity(problem, matching) or _shape(problem, matching)
    basic = basic or _fairest(problem, matching)
    if basic:
        return basic
    violations = [*_loads(problem, matching), *_budgets(problem, matching)]
    violations += [*_pairs(problem, matching), *_pins(problem, matching)]
    violations += _siblings(problem, matching)
    violations += _levels(problem, matching)
    if matching.result_hash != result_hash(problem, matching):
        violations.append(Violation(ViolationCode.WRONG_RESULT_HASH))
    return violations


def _identity(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    expected = problem.problem_hash()
    if matching.problem_hash == expected and matching.month == problem.month:
        return []
    params = {"expected": expected, "found": matching.problem_hash}
    return [Violation(ViolationCode.WRONG_PROBLEM, params)]


def _fairest(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    """Return what is wrong with the sharing that floors are taken from: a proved result itself.

    It must be there where the policy has a floor and only there, be solved under the policy of the
    fairest sharing, on the month without its pins, and its first level be optimal.
    """
    fairest = matching.fairest
    if (LevelName.FLOOR in matching.policy.levels) != (fairest is not None):
        return [Violation(ViolationCode.WRONG_FAIREST, {"found": "missing or not asked for"})]
    if fairest is None:
        return []
    if fairest.policy != matching.policy.fairest:
        return [Violation(ViolationCode.WRONG_FAIREST, {"found": "policy"})]
    violations = check(problem.with_columns(pins=problem.pins[:0]), fairest)
    if not violations and fairest.levels[0].status is not LevelStatus.OPTIMAL:
        violations = [Violation(ViolationCode.WRONG_FAIREST, {"found": "gap"})]
    return violations


def _shape(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    if matching.pledge_of.shape != (problem.num_children,):
        return [Violation(ViolationCode.WRONG_SHAPE, {"found": matching.pledge_of.shape})]
    unknown = (matching.pledge_of < -1) | (matching.pledge_of >= problem.num_pledges)
    wrong = [
        Violation(ViolationCode.UNKNOWN_PLEDGE, {"child": problem.child_ids[child]})
        for child in np.flatnonzero(unknown).tolist()
    ]
    if not _is_sound_list(problem, matching):
        wrong.append(Violation(ViolationCode.WRONG_SHAPE, {"found": "candidates"}))
        return wrong
    names = [level.name for level in matching.levels]
    if names != list(matching.policy.levels):
        wrong.append(Violation(ViolationCode.LEVELS_DIFFER, {"found": [str(n) for n in names]}))
        return wrong
    for level in matching.levels:
        prices = level.certificate
        sizes: tuple[int, ...] = (
            problem.num_pledges, problem.num_sponsors, problem.num_kelurahan
        )  # fmt: skip
        columns: tuple[NDArray[np.int64], ...] = (
            prices.pledge, prices.sponsor, prices.kelurahan
        )  # fmt: skip
        before = matching.policy.levels[: matching.policy.levels.index(level.name)]
        # What is equally fair may differ in the sum of its shares, so that bounds nothing later;
        # and only over the flow is the fairest the least of that sum, so nothing is added to it.
        held = [name for name in before if LevelName.LEXIMIN not in (name, level.name)]
        sound = all(name in held and 0 <= by <= LARGEST_PRICE for name, by in prices.multipliers)
        if prices.budget is not None:
            sound = sound and _priced_soundly(problem, level)
        if prices.child is not None or prices.household is not None:
            sound = sound and _households_priced_soundly(problem, matching, level)
        sound = sound and 0 < prices.scale <= LARGEST_SCALE
        sound = sound and all(
            column.shape == (size,) and bool(np.all(np.abs(column) <= LARGEST_PRICE))
            for column, size in zip(columns, sizes, strict=True)
        )
        if not sound:
            wrong.append(Violation(ViolationCode.WRONG_BOUND, {"level": level.name.value}))
    return wrong


def _is_sound_list(problem: MatchingProblem, matching: Matching) -> bool:
    """Return whether candidates, if listed, may be, are so for every child, and are pledges."""
    start, pledge = matching.candidate_start, matching.candidate_pledge
    if start is None or pledge is None:
        return start is None and pledge is None
    all_count = problem.num_children * problem.num_pledges <= ALL_PAIRS
    if all_count or not matching.policy.max_candidates:
        return False
    is_cut = start.shape == (problem.num_children + 1,) and start[0] == 0
    is_cut = is_cut and int(start[-1]) == pledge.size and bool(np.all(np.diff(start) >= 0))
    return is_cut and bool(np.all((pledge >= 0) & (pledge < problem.num_pledges)))


def _priced_soundly(problem: MatchingProblem, level: LevelResult) -> bool:
    """Return whether prices of budgets are no rewards, cannot overflow, and prove what they may.

    Leximin is the least of a sum only where nothing but the flow binds, so it takes none.
    """
    prices = level.certificate
    if prices.budget is None or prices.budget.ndim != 2:
        return False
    if level.name is LevelName.LEXIMIN and prices.budget.any():
        return False
    if prices.budget.shape[1] != problem.num_pledges or bool(np.any(prices.budget < 0)):
        return False
    dearest = int(problem.package_price_rp.max(initial=1))
    return int(prices.budget.max(initial=0)) * len(prices.budget) * dearest < LARGEST_PRICE << 16


def _households_priced_soundly(
    problem: MatchingProblem, matching: Matching, level: LevelResult
) -> bool:
    """Return whether prices of children and households prove what they may.

    That is a least sum, which leximin and tiers in their order are only over the flow; and only
    where the rule holds that siblings have one sponsor.
    """
    policy, prices = matching.policy, level.certificate
    if prices.child is None or prices.household is None or prices.budget is not None:
        return False
    if policy.split_siblings or level.name in (LevelName.LEXIMIN, LevelName.SIBLINGS):
        return False
    if level.name is LevelName.TIER and np.unique(problem.tier).size > 1:
        return False
    columns = prices.child, prices.household
    small = all(
        each.shape == (problem.num_children,) and bool(np.all(np.abs(each) <= LARGEST_PRICE))
        for each in columns
    )
    return small and bool(np.all(prices.household >= 0))


def _loads(problem: MatchingProblem, matching: Matching) -> Iterator[Violation]:
    load = matching.load(problem.num_pledges)
    places = places_of(problem, matching)
    for pledge in np.flatnonzero(load > places).tolist():
        params = {
            "pledge": problem.pledge_ids[pledge],
            "capacity": int(places[pledge]),
            "found": int(load[pledge]),
        }
        yield Violation(ViolationCode.OVER_CAPACITY, params)


def _pairs(problem: MatchingProblem, matching: Matching) -> Iterator[Violation]:
    child = np.flatnonzero(matching.pledge_of >= 0)
    pledge = matching.pledge_of[child].astype(np.int64)
    pin_of = np.full(problem.num_children, -1, dtype=np.int64)
    pin_of[problem.pins[:, 0]] = problem.pins[:, 1]
    standby = problem.standby[pledge] & (pin_of[child] != pledge)
    if matching.policy.use_standby:
        standby[:] = False
    found = (
        (ViolationCode.OUTSIDE_AREA, ~within_areas(problem, child, pledge)),
        (
            ViolationCode.FORBIDDEN_GOODS,
            (problem.goods[pledge] & problem.forbidden_goods[child]) != 0,
        ),
        (ViolationCode.BANNED_PAIR, _listed(problem.bans, child, pledge)),
        (ViolationCode.CONFLICT_PAIR, _listed(problem.conflicts, child, problem.sponsor[pledge])),
        (ViolationCode.STANDBY_USED, standby),
        (ViolationCode.NOT_A_CANDIDATE, ~_listed_candidate(matching, child, pledge)),
    )
    for code, wrong in found:
        for at in np.flatnonzero(wrong).tolist():
            params = {
                "child": problem.child_ids[child[at]],
                "pledge": problem.pledge_ids[pledge[at]],
            }
            yield Violation(code, params)


def _budgets(problem: MatchingProblem, matching: Matching) -> Iterator[Violation]:
    """Add up what each pledge with a budget spends, at the price that its policy counts."""
    policy = matching.policy
    if policy.budgets is BudgetRule.UNIFORM or not problem.package_price_rp.size:
        return
    spent: dict[int, int] = {}
    for child in np.flatnonzero(matching.pledge_of >= 0).tolist():
        pledge = int(matching.pledge_of[child])
        row = int(problem.pledge_kelurahan[pledge]) if len(problem.package_price_rp) > 1 else 0
        price = int(problem.package_price_rp[row, problem.package[child]])
        if policy.budgets is BudgetRule.CLASSES:
            price += -price % policy.price_step_rp
        spent[pledge] = spent.get(pledge, 0) + price
    for pledge, total in sorted(spent.items()):
        budget = int(problem.budget_rp[pledge])
        if 0 <= budget < total:
            params = {"pledge": problem.pledge_ids[pledge], "budget_rp": budget, "spent_rp": total}
            yield Violation(ViolationCode.OVER_BUDGET, params)


def _listed(
    pairs: NDArray[np.int32], first: NDArray[Any], second: NDArray[Any]
) -> NDArray[np.bool_]:
    width = np.int64(1 << 32)
    listed = pairs[:, 0].astype(np.int64) * width + pairs[:, 1]
    return found_in(first.astype(np.int64) * width + second, listed)


def _listed_candidate(
    matching: Matching, child: NDArray[Any], pledge: NDArray[Any]
) -> NDArray[np.bool_]:
    if matching.candidate_start is None or matching.candidate_pledge is None:
        return np.ones(child.size, dtype=np.bool_)
    sizes = np.diff(matching.candidate_start)
    owner = np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)
    pairs = np.stack([owner, matching.candidate_pledge.astype(np.int64)], axis=1)
    return _listed(pairs, child, pledge)


def _pins(problem: MatchingProblem, matching: Matching) -> Iterator[Violation]:
    for child, pledge in problem.pins.tolist():
        if matching.pledge_of[child] != pledge:
            params = {"child": problem.child_ids[child], "pledge": problem.pledge_ids[pledge]}
            yield Violation(ViolationCode.PIN_NOT_KEPT, params)


def _siblings(problem: MatchingProblem, matching: Matching) -> Iterator[Violation]:
    if matching.policy.split_siblings:
        return
    covered = np.flatnonzero(matching.pledge_of >= 0)
    sponsor = problem.sponsor[matching.pledge_of[covered]]
    order = np.lexsort((sponsor, problem.household[covered]))
    child, sponsor = covered[order], sponsor[order]
    same = problem.household[child[1:]] == problem.household[child[:-1]]
    for at in np.flatnonzero(same & (sponsor[1:] != sponsor[:-1])).tolist():
        params = {
            "child": problem.child_ids[child[at]],
            "sibling": problem.child_ids[child[at + 1]],
        }
        yield Violation(ViolationCode.SIBLINGS_SPLIT, params)


def _levels(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    recount = Recount(problem, matching)
    violations = []
    for level in matching.levels:
        cost, value = recount.cost(level.name), recount.value(level.name)
        bound = recount.bound(level.name, level.certificate)
        prices, told = level.certificate, level.verified
        if cost == bound and prices.budget is None and prices.child is None:
            recount.narrow(level.name, prices)
        for code, expected, found in (
            (ViolationCode.WRONG_COST, cost, level.cost),
            (ViolationCode.WRONG_VALUE, value, level.value),
            (ViolationCode.WRONG_BOUND, bound, bound if told is None else told),
            (ViolationCode.WRONG_BOUND, *_expected_bound(level, bound=bound, cost=cost)),
            (ViolationCode.WRONG_STATUS, *_expected_status(level, bound=bound, cost=cost)),
        ):
            if expected != found:
                params = {"level": level.name.value, "expected": expected, "found": found}
                violations.append(Violation(code, params))
    return violations


def _expected_bound(level: LevelResult, *, bound: int, cost: int) -> tuple[int, int]:
    """Return what the whole bound must be, and what it is; a search may only raise it.

    What a search adds is not verified: only that it contradicts nothing.
    """
    if level.proof is Proof.BRANCHING and bound < level.bound <= cost:
        return level.bound, level.bound
    return bound, level.bound


def _expected_status(level: LevelResult, *, bound: int, cost: int) -> tuple[str, str]:
    """Return what a level may call itself, and what it does: optimal where its bound is met."""
    gap = (cost - level.bound) / max(1, abs(cost))
    status = LevelStatus.OPTIMAL if cost == level.bound else LevelStatus.GAP
    proof = Proof.PRICES if level.bound == bound else Proof.BRANCHING
    return (
        f"{status.value} {gap:.9f} {proof.value}",
        f"{level.status.value} {level.gap:.9f} {level.proof.value}",
    )
