"""The compiled flow solver: the driver, and when to use it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matcher.matching import Certificate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.face import Face
    from matcher.flow import LevelCosts
    from matcher.network import Network
    from matcher.problem import MatchingProblem

WORTH_LOADING = 20_000
"""Fewer pairs than this are solved before the compiled code would be loaded."""
MODULES = ("compiled", "network", "auction", "augment", "potentials", "gap_anneal")


class NoFlowError(RuntimeError):
    """The bounds allow no flow; on a face that cannot happen."""


@cache
def is_warm() -> bool:
    """Return whether numba is installed and the solver was compiled since its code changed."""
    if find_spec("numba") is None:
        return False
    home = Path(__file__).parent
    kept = [path.stat().st_mtime for path in (home / "__pycache__").glob("gap_anneal.anneal*.nbi")]
    written = max((home / f"{name}.py").stat().st_mtime for name in MODULES)
    return bool(kept) and max(kept) >= written


def warm_up() -> None:
    """Compile the solver and keep it on disk, so that no user waits for it.

    What was compiled before is thrown away: numba looks for changes in a function's own file, not
    in the files of those it calls.
    """
    from matcher.face import Face  # noqa: PLC0415
    from matcher.flow import LevelCosts  # noqa: PLC0415  (flow imports this module)
    from matcher.problem import MatchingProblem  # noqa: PLC0415

    for name in MODULES:
        for path in (Path(__file__).parent / "__pycache__").glob(f"{name}.*.nb[ci]"):
            path.unlink(missing_ok=True)
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
    from matcher.gap_anneal import Ground, anneal, assigned  # noqa: PLC0415

    table = np.ones((2, 2), dtype=np.int64)
    likely = np.zeros((2, 1), dtype=np.int32)
    ground = Ground(table, table, np.ones(2, dtype=np.int64), likely, np.ones(2))
    anneal(ground, assigned(ground, np.zeros(2, dtype=np.int64), 1), 1, 1.0, 1.0)


def solve_flow(
    problem: MatchingProblem,
    face: Face,
    costs: LevelCosts,
    start: tuple[NDArray[np.int32], Certificate] | None = None,
) -> tuple[NDArray[np.int32], Certificate]:
    """Return the pledge of each child (-1 = uncovered) at least cost, and the smallest prices.

    Parameters
    ----------
    costs
        The pairs must be sorted by child.
    start
        A matching and prices to begin with, from a problem with nearly the same pairs.

    Raises
    ------
    NoFlowError
        The bounds allow no flow.
    """
    from matcher.auction import starting_prices  # noqa: PLC0415  (loads numba)
    from matcher.augment import optimise  # noqa: PLC0415
    from matcher.network import new_flow, new_search  # noqa: PLC0415
    from matcher.potentials import least_prices  # noqa: PLC0415

    network = _network(problem, face, costs)
    pledges, sponsors = problem.num_pledges, problem.num_sponsors
    if start is None:
        where = np.full(problem.num_children, -1, dtype=np.int32)
        price = starting_prices(network, where)
    else:
        pledge_of, prices = start
        waiting_at = problem.kelurahan + np.int32(pledges + sponsors)
        where = np.where(pledge_of >= 0, pledge_of, waiting_at).astype(np.int32)
        price = np.concatenate([prices.pledge, prices.sponsor, prices.kelurahan, [0]])
    flow = new_flow(network, price, where)
    search = new_search(price.size)
    if not optimise(network, flow, search):
        raise NoFlowError("the bounds allow no flow")
    least_prices(network, flow, search)
    pledge_of = np.where(flow.where < pledges, flow.where, np.int32(-1))
    of_pledges, of_sponsors, of_places = np.split(flow.price[:-1], [pledges, pledges + sponsors])
    return pledge_of, Certificate(of_pledges, of_sponsors, of_places)


def _network(problem: MatchingProblem, face: Face, costs: LevelCosts) -> Network:
    from matcher.network import Network, rows_by  # noqa: PLC0415  (loads numba)

    counts = np.bincount(costs.child, minlength=problem.num_children)
    place, sponsor = problem.kelurahan, problem.sponsor
    by_pledge = rows_by(costs.pledge, problem.num_pledges)
    by_place = rows_by(place, problem.num_kelurahan)
    own = rows_by(sponsor, problem.num_sponsors)
    step_start, step = costs.steps
    return Network(
        np.concatenate([[0], np.cumsum(counts)]),
        np.ascontiguousarray(costs.pledge),
        np.ascontiguousarray(costs.pair),
        np.ascontiguousarray(costs.child),
        *by_pledge,
        costs.uncovered,
        face.may_wait,
        place,
        *by_place,
        sponsor,
        *own,
        face.pledge_low,
        face.pledge_high,
        face.sponsor_low,
        face.sponsor_high,
        face.waiting_low,
        face.waiting_high,
        step_start,
        step,
        np.array([costs.sponsor_step]),
    )


if __name__ == "__main__":
    warm_up()
