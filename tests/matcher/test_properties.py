from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.check import check
from matcher.faults import FaultCode, InvalidProblemError
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

FREE = Policy(split_siblings=True)
SEEDS = st.integers(0, 10_000)


def shuffled(problem: MatchingProblem, seed: int) -> tuple[MatchingProblem, Any]:
    """Return the same month with every list in another order, and the order of the children."""
    rng = np.random.default_rng(seed)
    child, pledge = rng.permutation(problem.num_children), rng.permutation(problem.num_pledges)
    sponsor, place = rng.permutation(problem.num_sponsors), rng.permutation(problem.num_kelurahan)
    new = {name: np.argsort(rows) for name, rows in (("c", child), ("p", pledge), ("s", sponsor))}
    new_place = np.append(np.argsort(place), -1)
    areas = [new_place[problem.accepted_by(row)] for row in pledge.tolist()]
    columns: dict[str, Any] = {
        "kelurahan_codes": tuple(problem.kelurahan_codes[row] for row in place),
        "kelurahan_kecamatan": problem.kelurahan_kecamatan[place],
        "child_ids": tuple(problem.child_ids[row] for row in child),
        "pledge_ids": tuple(problem.pledge_ids[row] for row in pledge),
        "sponsor_ids": tuple(problem.sponsor_ids[row] for row in sponsor),
        "kelurahan": new_place[problem.kelurahan[child]],
        "household": problem.household[child] * 7 + 3,
        "sponsor": new["s"][problem.sponsor[pledge]],
        "pledge_kelurahan": new_place[problem.pledge_kelurahan[pledge]],
        "accepted_start": np.concatenate([[0], np.cumsum([area.size for area in areas])]),
        "accepted_kelurahan": np.concatenate([np.empty(0, dtype=int), *areas]),
    }
    for name in ("tier", "points", "months_waiting", "child_lat", "child_lon", "forbidden_goods"):
        columns[name] = getattr(problem, name)[child]
    for name in ("capacity", "pledge_lat", "pledge_lon", "goods", "standby"):
        columns[name] = getattr(problem, name)[pledge]
    for name, second in (("kept", "p"), ("pins", "p"), ("bans", "p"), ("conflicts", "s")):
        pairs = getattr(problem, name)
        both = np.stack([new["c"][pairs[:, 0]], new[second][pairs[:, 1]]], axis=1)
        columns[name] = rng.permutation(both)
    return problem.with_columns(**columns), child


def pairs_of(problem: MatchingProblem, matching: Matching) -> list[tuple[str, str]]:
    return matching.pairs(problem)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.sampled_from([FREE, Policy()]))
def test_row_order_decides_nothing(seed: int, policy: Policy) -> None:
    problem = month(seed, children=18, pledges=9, siblings=0.2)
    other, _ = shuffled(problem, seed + 1)
    assert other.problem_hash() == problem.problem_hash()
    first, second = solve(problem, policy), solve(other, policy)
    assert pairs_of(problem, first) == pairs_of(other, second)
    assert first.result_hash == second.result_hash
    assert check(other, second) == []


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_names_of_children_decide_ties_only(seed: int) -> None:
    problem = month(seed, children=18, pledges=9)
    names = tuple(f"Z{row:03d}" for row in np.random.default_rng(seed).permutation(18))
    first, second = solve(problem, FREE), solve(problem.with_columns(child_ids=names), FREE)
    for one, other in zip(first.levels, second.levels, strict=True):
        if one.name is not LevelName.LOTTERY:
            assert (one.value, one.cost) == (other.value, other.cost)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 3))
def test_more_places_never_serve_fewer(seed: int, more: int) -> None:
    problem = month(seed, children=18, pledges=9, siblings=0.2)
    capacity = problem.capacity.copy()
    capacity[seed % 9] += more
    policy = Policy()
    before = solve(problem, policy)
    after = solve(problem.with_columns(capacity=capacity), policy)
    tiers = before.levels[0].value, after.levels[0].value
    assert tiers[1] >= tiers[0]
    if seed % 2:
        free = solve(problem, FREE), solve(problem.with_columns(capacity=capacity), FREE)
        assert free[1].num_covered >= free[0].num_covered


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_pins_and_bans_hold_on_a_rerun(seed: int) -> None:
    problem = month(seed, children=18, pledges=9, tightness=0.9)
    matching = solve(problem, FREE)
    covered = np.flatnonzero(matching.pledge_of >= 0)
    if covered.size < 3:
        return
    pins = [(child, matching.pledge_of[child]) for child in covered[:2].tolist()]
    ban = (covered[2], matching.pledge_of[covered[2]])
    asked = problem.with_columns(pins=pins, bans=[*problem.bans.tolist(), ban])
    again = solve(asked, FREE)
    assert all(again.pledge_of[child] == pledge for child, pledge in pins)
    assert again.pledge_of[ban[0]] != ban[1]
    assert check(asked, again) == []


def test_another_seed_breaks_ties_otherwise_but_reaches_the_same_levels() -> None:
    problem = month(
        1, children=40, pledges=10, points=np.zeros(40), child_lat=np.zeros(40), kept=[]
    )
    results = [solve(problem, Policy(split_siblings=True, seed=seed)) for seed in range(4)]
    assert len({tuple(result.pledge_of.tolist()) for result in results}) > 1
    costs = {tuple(level.cost for level in result.levels[:-1]) for result in results}
    assert len(costs) == 1


def test_impossible_pins_are_stated_not_tried() -> None:
    problem = month(1, children=6, pledges=3, siblings=0.9, places=1, areas=0)
    full = problem.with_columns(capacity=[1, 1, 1], pins=[(0, 0), (1, 0)], bans=[], conflicts=[])
    with pytest.raises(InvalidProblemError) as refused:
        solve(full, FREE)
    assert [fault.code for fault in refused.value.faults] == [FaultCode.PIN_OVER_CAPACITY]
    apart = problem.with_columns(
        capacity=[2, 2, 2],
        sponsor=[0, 1, 2],
        pins=[(0, 0), (1, 1)],
        bans=[],
        conflicts=[],
        household=[5, 5, 1, 2, 3, 4],
        goods=[0, 0, 0],
    )
    solve(apart, FREE)
    with pytest.raises(InvalidProblemError) as refused:
        solve(apart, Policy())
    assert [fault.code for fault in refused.value.faults] == [FaultCode.PIN_SPLITS_SIBLINGS]


@pytest.mark.parametrize(
    ("children", "pledges", "changes"),
    [
        (5, 0, {}),
        (0, 5, {}),
        (0, 0, {}),
        (5, 3, {"capacity": [0] * 3}),
        (4, 2, {"standby": [1] * 2}),
    ],
)
def test_impossible_months_are_stated_results(
    children: int, pledges: int, changes: dict[str, Any]
) -> None:
    problem = month(1, children=children, pledges=pledges, **changes)
    matching = solve(problem)
    assert matching.num_covered == 0
    assert matching.is_optimal
    assert check(problem, matching) == []


def test_progress_is_told_and_may_cancel() -> None:
    told: list[tuple[str, float]] = []
    solve(month(1), FREE, progress=lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == [name.value for name in FREE.levels]

    def cancel(stage: str, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(month(1), FREE, progress=cancel)
