"""Somebody who might be recruited: a new pledge without places in a kelurahan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.problem import MatchingProblem

NEW = "+"
"""A new pledge's code is this and its kelurahan's."""


def with_new_pledges(
    problem: MatchingProblem, kelurahan: NDArray[np.integer[Any]]
) -> MatchingProblem:
    """Return the month with a new pledge without places in each of some kelurahan.

    It accepts that kelurahan only, gives money, and stands where the kelurahan's children are in
    the mean.
    """
    count = kelurahan.size
    inside = [problem.kelurahan == place for place in kelurahan.tolist()]
    codes = tuple(f"{NEW}{problem.kelurahan_codes[place]}" for place in kelurahan.tolist())
    last = problem.accepted_kelurahan.size
    return problem.with_columns(
        pledge_ids=(*problem.pledge_ids, *codes),
        sponsor_ids=(*problem.sponsor_ids, *codes),
        sponsor=np.append(problem.sponsor, problem.num_sponsors + np.arange(count)),
        capacity=np.append(problem.capacity, np.zeros(count, dtype=np.int32)),
        pledge_lat=np.append(
            problem.pledge_lat, [problem.child_lat[here].mean() for here in inside]
        ),
        pledge_lon=np.append(
            problem.pledge_lon, [problem.child_lon[here].mean() for here in inside]
        ),
        pledge_kelurahan=np.append(problem.pledge_kelurahan, kelurahan),
        goods=np.append(problem.goods, np.zeros(count, dtype=np.uint64)),
        accepted_start=np.append(problem.accepted_start, last + 1 + np.arange(count)),
        accepted_kelurahan=np.append(problem.accepted_kelurahan, kelurahan),
        wished_start=np.append(problem.wished_start, np.full(count, problem.wished_kelurahan.size)),
        budget_rp=np.append(problem.budget_rp, np.full(count, -1)),
        standby=np.append(problem.standby, np.zeros(count, dtype=np.bool_)),
    )
