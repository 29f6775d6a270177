"""Compile the engines once, so that no user waits for it: ``python -m matcher.engines``."""

from __future__ import annotations

import numpy as np

from matcher import warm
from matcher.face import Face
from matcher.flow import LevelCosts
from matcher.problem import MatchingProblem


def warm_up() -> None:
    """Compile everything and keep it on disk (half a minute); what was there is thrown away."""
    warm.forget()
    _compile_flow()
    _compile_gap()
    _compile_paths()
    _compile_fillings()
    warm.remember()


def _compile_flow() -> None:
    from matcher.fast_flow import solve_flow  # noqa: PLC0415  (loads numba)

    one, zero = np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int32)
    problem = MatchingProblem(
        month="2000-01",
        kelurahan_codes=("k",),
        kelurahan_kecamatan=zero,
        kecamatan_codes=("c",),
        child_ids=("a",),
        tier=one.astype(np.int8),
        points=zero,
        kelurahan=zero,
        child_lat=np.zeros(1),
        child_lon=np.zeros(1),
        pledge_ids=("p",),
        sponsor_ids=("s",),
        sponsor=zero,
        capacity=one.astype(np.int32),
        pledge_lat=np.zeros(1),
        pledge_lon=np.zeros(1),
    )
    costs = LevelCosts(zero, zero, one, one, (np.array([0, 1]), one), 1)
    solve_flow(problem, Face.whole(problem), costs)


def _compile_gap() -> None:
    from matcher.gap_anneal import anneal, assigned, ground_of, new_chain  # noqa: PLC0415

    table, few = np.ones((2, 2), dtype=np.int64), np.zeros(2, dtype=np.int64)
    ground = ground_of(table, table, few + 1, np.ones(2), 1)
    anneal(ground, assigned(ground, few, 1), new_chain(), 1, 1.0, 1.0)


def _compile_paths() -> None:
    from matcher.dense_paths import least_paths  # noqa: PLC0415  (loads numba)

    cost = np.ones((1, 2, 2), dtype=np.int64)
    least_paths(cost, cost[:, 0] * 0, 0, 1, 1 << 60)


def _compile_fillings() -> None:
    from matcher.fillings import cheapest  # noqa: PLC0415  (loads numba)

    one, none = np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    is_apart = np.zeros(1, dtype=np.bool_)
    first = np.array([0, 1], dtype=np.int64)
    cheapest(first, none, none, one, one, one, none, one, 0, none, is_apart, none.copy(), one)


if __name__ == "__main__":
    warm_up()
