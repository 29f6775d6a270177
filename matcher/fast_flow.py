"""The compiled flow solver: the driver, and when to use it."""

from __future__ import annotations

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


class NoFlowError(RuntimeError):
    """The bounds allow no flow; on a face that cannot happen."""


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
