from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.comparison import (
    break_curve,
    compare,
    figures_of,
    price_of_switches,
    switches,
    with_allowed_breaks,
)
from matcher.policy import LevelName, LeximinPlace, Policy
from matcher.solve import solve
from tests.matcher.months import month

FREE = Policy(split_siblings=True)


def test_figures_count_what_the_matching_holds() -> None:
    problem = month(3, children=20, pledges=8, tightness=0.6)
    matching = solve(problem, FREE)
    figures = figures_of(problem, matching)
    pairs = dict(matching.pairs(problem))
    kept = {(problem.child_ids[c], problem.pledge_ids[p]) for c, p in problem.kept.tolist()}
    assert figures.children == len(pairs) == matching.num_covered
    assert figures.kept == len(kept & set(pairs.items()))
    assert figures.kept + figures.broken == len(kept)
    points = matching.level(LevelName.POINTS)
    distance = matching.level(LevelName.DISTANCE)
    assert points is not None
    assert distance is not None
    assert (figures.points, figures.distance_m) == (points.value[0], 100 * distance.value[0])


@pytest.mark.parametrize("seed", range(4))
def test_two_policies_differ_child_by_child_as_solving_both_tells(seed: int) -> None:
    problem = month(seed, children=20, pledges=8, tightness=0.5)
    other = FREE.with_leximin(LeximinPlace.OFF)
    found = compare(problem, FREE, other)
    first, second = solve(problem, FREE), solve(problem, other)
    differing = (first.pledge_of != second.pledge_of).sum()
    assert len(found.changes) == differing
    assert found.after.children - found.before.children == len(found.gained) - len(found.lost)
    # need and fairness never cost coverage: both leave as many waiting
    assert found.before.children == found.after.children


def test_every_switch_changes_one_wish_and_is_priced() -> None:
    found = switches(FREE)
    assert set(found) == {
        "switch.leximin_before_need",
        "switch.leximin_after_need",
        "switch.leximin_off",
        "switch.leximin_floor_50",
        "switch.leximin_floor_80",
        "switch.leximin_floor_95",
        "switch.siblings_together",
        "switch.siblings_preferred",
        "switch.standby_on",
        "switch.without_kept",
        "switch.without_area",
        "switch.without_distance",
        "switch.without_spread",
        "switch.kept_first",
    }
    problem = month(5, children=14, pledges=7)
    steps: list[str] = []
    base, priced = price_of_switches(problem, FREE, progress=lambda step, _: steps.append(step))
    assert set(priced) == set(found)
    assert {"policy", *found} == set(steps)
    assert base == figures_of(problem, solve(problem, FREE))
    for code, other in found.items():
        assert priced[code] == figures_of(problem, solve(problem, other))


@pytest.mark.parametrize("seed", range(4))
def test_the_further_down_keeping_stands_the_more_pairs_break(seed: int) -> None:
    problem = month(seed, children=20, pledges=8, tightness=0.6)
    points = break_curve(problem, FREE)
    breaks = [point.breaks for point in points]
    assert breaks == sorted(set(breaks))
    first = solve(problem, replace(FREE, levels=(LevelName.KEPT, *_others())))
    assert breaks[0] == figures_of(problem, first).broken
    assert points[-1].figures.first_tier >= points[0].figures.first_tier
    assert points[-1].figures.children == points[0].figures.children


def _others() -> tuple[LevelName, ...]:
    return tuple(name for name in FREE.levels if name is not LevelName.KEPT)


@pytest.mark.parametrize("seed", range(4))
def test_allowed_breaks_hold_and_cost_no_more_than_needed(seed: int) -> None:
    problem = month(seed, children=20, pledges=8, tightness=0.6)
    policy = replace(
        FREE, levels=(*FREE.levels[:4], *FREE.levels[5:8], LevelName.KEPT, LevelName.LOTTERY)
    )
    points = break_curve(problem, policy)
    for point in points:
        allowed = replace(policy, max_breaks=point.breaks)
        matching = solve(problem, with_allowed_breaks(problem, allowed))
        assert figures_of(problem, matching) == point.figures
    fewest = replace(policy, max_breaks=0)
    matching = solve(problem, with_allowed_breaks(problem, fewest))
    assert figures_of(problem, matching).broken == points[0].breaks


def test_without_a_limit_the_order_stays() -> None:
    problem = month(1)
    assert with_allowed_breaks(problem, FREE) is FREE


def test_a_limit_is_written_only_where_there_is_one() -> None:
    assert "max_breaks" not in FREE.to_json()
    limited = replace(FREE, max_breaks=3)
    assert Policy.from_json(limited.to_json()) == limited


@pytest.mark.parametrize(
    "content",
    [
        {"levels": ["tier", "tier"]},
        {"levels": ["points"]},
        {"levels": ["lottery", "tier"]},
        {"levels": ["distance", "tier"]},
        {"levels": ["tier", "beauty"]},
        {"split_siblings": "yes"},
        {"levels": ["tier", "siblings"]},
        {"levels": ["siblings", "tier"], "split_siblings": True},
        {"floor_percent": 0},
        {"max_breaks": -1},
        {"max_breaks": "many"},
        {"unknown": 1},
    ],
)
def test_policies_that_cannot_be_are_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Policy.from_json(content)
