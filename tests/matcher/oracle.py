"""The best matching by trying all of them, written from the rules and sharing no code."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.policy import LevelName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


def may_support(problem: MatchingProblem, policy: Policy, child: int, pledge: int) -> bool:
    pins = dict(problem.pins.tolist())
    if child in pins:
        return bool(pins[child] == pledge)
    if problem.capacity[pledge] == 0 or (problem.standby[pledge] and not policy.use_standby):
        return False
    areas = problem.accepted_by(pledge).tolist()
    if areas and int(problem.kelurahan[child]) not in areas:
        return False
    if int(problem.goods[pledge]) & int(problem.forbidden_goods[child]):
        return False
    if [child, pledge] in problem.bans.tolist():
        return False
    return [child, int(problem.sponsor[pledge])] not in problem.conflicts.tolist()


def matchings(problem: MatchingProblem, policy: Policy) -> Iterator[tuple[int, ...]]:
    pinned = set(problem.pins[:, 0].tolist())
    options = [
        [p for p in range(problem.num_pledges) if may_support(problem, policy, child, p)]
        + ([] if child in pinned else [-1])
        for child in range(problem.num_children)
    ]
    capacity = problem.capacity.tolist()

    def further(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Give one child more its pledge; what breaks a rule is not completed."""
        if len(chosen) == problem.num_children:
            yield chosen
            return
        for pledge in options[len(chosen)]:
            more = (*chosen, pledge)
            if pledge >= 0 and (
                more.count(pledge) > capacity[pledge]
                or (not policy.split_siblings and _splits(problem, more))
                or _overspent(problem, policy, more, pledge)
            ):
                continue
            yield from further(more)

    yield from further(())


def price_rp(problem: MatchingProblem, policy: Policy, child: int, pledge: int) -> int:
    """Return what the child's package counts at a pledge."""
    table: list[list[int]] = problem.package_price_rp.tolist()
    row = 0 if len(table) == 1 else int(problem.pledge_kelurahan[pledge])
    if policy.budgets == "uniform":
        return max(table[row])
    step = policy.price_step_rp if policy.budgets == "classes" else 1
    return math.ceil(table[row][int(problem.package[child])] / step) * step


def _overspent(
    problem: MatchingProblem, policy: Policy, chosen: tuple[int, ...], pledge: int
) -> bool:
    budget = int(problem.budget_rp[pledge])
    if budget < 0:
        return False
    children = [child for child, own in enumerate(chosen) if own == pledge]
    return sum(price_rp(problem, policy, child, pledge) for child in children) > budget


def _splits(problem: MatchingProblem, chosen: tuple[int, ...]) -> bool:
    sponsor_of: dict[int, int] = {}
    for child, pledge in enumerate(chosen):
        if pledge >= 0:
            sponsor = int(problem.sponsor[pledge])
            if sponsor_of.setdefault(int(problem.household[child]), sponsor) != sponsor:
                return True
    return False


def level_key(
    problem: MatchingProblem,
    name: LevelName,
    chosen: tuple[int, ...],
    floors: list[int] | None = None,
) -> Any:
    """Return a value that is larger the better a matching is on a level."""
    served = [child for child, pledge in enumerate(chosen) if pledge >= 0]
    if name in (LevelName.FLOOR, LevelName.SIBLINGS):
        return _lacking_key(problem, name, chosen, floors or [])
    pairs = [(child, chosen[child]) for child in served]
    if name is LevelName.TIER:
        tiers = [int(problem.tier[child]) for child in served]
        return tuple(tiers.count(tier) for tier in range(1, max(problem.tier.tolist()) + 1))
    if name is LevelName.LEXIMIN:
        shares = []
        places = problem.kelurahan.tolist()
        for place in sorted(set(places)):
            here = [int(problem.kelurahan[child]) for child in served].count(place)
            shares.append(Fraction(here, places.count(place)))
        return tuple(sorted(shares))
    if name is LevelName.POINTS:
        return sum(int(problem.points[child]) for child in served)
    if name is LevelName.WAITING:
        return sum(int(problem.months_waiting[child]) for child in served)
    if name is LevelName.KEPT:
        kept = {(c, p) for c, p in problem.kept.tolist()}
        return sum(pair in kept for pair in pairs)
    if name is LevelName.AREA:
        return -sum(_steps_away(problem, child, pledge) for child, pledge in pairs)
    if name is LevelName.SPREAD:
        sponsors = [int(problem.sponsor[pledge]) for _, pledge in pairs]
        return -sum(sponsors.count(s) * (sponsors.count(s) + 1) // 2 for s in set(sponsors))
    if name in (LevelName.WISHES, LevelName.GOODS, LevelName.DELIVERY):
        return _terms_key(problem, name, pairs)
    if name is LevelName.DISTANCE:
        return -sum(int(problem.distance_hm(*_rows(child, pledge))[0]) for child, pledge in pairs)
    return 0


def _lacking_key(
    problem: MatchingProblem, name: LevelName, chosen: tuple[int, ...], floors: list[int]
) -> int:
    served = [child for child, pledge in enumerate(chosen) if pledge >= 0]
    if name is LevelName.FLOOR:
        here = [int(problem.kelurahan[child]) for child in served]
        return -sum(max(0, floor - here.count(place)) for place, floor in enumerate(floors))
    homes = {(int(problem.household[c]), int(problem.sponsor[chosen[c]])) for c in served}
    return len({home for home, _ in homes}) - len(homes)


def _terms_key(problem: MatchingProblem, name: LevelName, pairs: list[tuple[int, int]]) -> int:
    if name is LevelName.WISHES:
        wished = [(problem.wishes_of(pledge).tolist(), child) for child, pledge in pairs]
        return -sum(
            bool(areas) and int(problem.kelurahan[child]) not in areas for areas, child in wished
        )
    if name is LevelName.GOODS:
        return -sum(
            (int(problem.goods[pledge]) & ~int(problem.kit_goods[child])).bit_count()
            for child, pledge in pairs
        )
    return -sum(_way_hm(problem, child, pledge) for child, pledge in pairs)


def _way_hm(problem: MatchingProblem, child: int, pledge: int) -> int:
    home = int(problem.pledge_kelurahan[pledge])
    if home < 0 or not int(problem.goods[pledge]):
        home = problem.num_kelurahan
    return int(problem.delivery_hm[home, int(problem.kelurahan[child])])


def _rows(child: int, pledge: int) -> tuple[Any, Any]:
    import numpy as np

    return np.array([child]), np.array([pledge])


def _steps_away(problem: MatchingProblem, child: int, pledge: int) -> int:
    home, goal = int(problem.pledge_kelurahan[pledge]), int(problem.kelurahan[child])
    if home == goal:
        return 0
    kecamatan = problem.kelurahan_kecamatan.tolist()
    return 1 if home >= 0 and kecamatan[home] == kecamatan[goal] else 2


def best_keys(
    problem: MatchingProblem, policy: Policy, floors: list[int] | None = None
) -> tuple[Any, ...]:
    """Return the best value of each level among the matchings that are best on those before it."""
    left = list(matchings(problem, policy))
    best = []
    for name in policy.levels:
        if name is not LevelName.LOTTERY:
            keys = [level_key(problem, name, chosen, floors) for chosen in left]
            best.append(max(keys))
            left = [chosen for chosen, key in zip(left, keys, strict=True) if key == best[-1]]
    return tuple(best)


def keys_of(
    problem: MatchingProblem,
    policy: Policy,
    chosen: tuple[int, ...],
    floors: list[int] | None = None,
) -> tuple[Any, ...]:
    names = [name for name in policy.levels if name is not LevelName.LOTTERY]
    return tuple(level_key(problem, name, chosen, floors) for name in names)
