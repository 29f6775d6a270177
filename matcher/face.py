"""The optimal face: what all matchings have in common that are best in the levels so far.

Each level leaves integer prices. Where a reduced cost is not zero, every optimal matching does the
same thing; that much is fixed, and the next level chooses among what is left. No level is ever
traded against another by a large weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.matching import Certificate
    from matcher.problem import MatchingProblem


@dataclass(eq=False)
class Face:
    """Bounds that all matchings best in the levels so far obey.

    Attributes
    ----------
    may_wait
        bool[n]; whether the child may stay uncovered.
    pledge_low, pledge_high
        int64[m]; bounds of the load of each pledge.
    sponsor_low, sponsor_high
        int64[s]; bounds of the load of each sponsor.
    waiting_low, waiting_high
        int64[K]; bounds of the number of uncovered children of each kelurahan.
    """

    may_wait: NDArray[np.bool_]
    pledge_low: NDArray[np.int64]
    pledge_high: NDArray[np.int64]
    sponsor_low: NDArray[np.int64]
    sponsor_high: NDArray[np.int64]
    waiting_low: NDArray[np.int64]
    waiting_high: NDArray[np.int64]

    @classmethod
    def whole(cls, problem: MatchingProblem) -> Face:
        """Return the face of all matchings that the rules allow."""
        may_wait = np.ones(problem.num_children, dtype=np.bool_)
        may_wait[problem.pins[:, 0]] = False
        high = np.minimum(problem.capacity, problem.num_children).astype(np.int64)
        sponsor_high = np.zeros(problem.num_sponsors, dtype=np.int64)
        np.add.at(sponsor_high, problem.sponsor, high)
        sizes = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        return cls(
            may_wait,
            np.zeros_like(high),
            high,
            np.zeros_like(sponsor_high),
            np.minimum(sponsor_high, problem.num_children),
            np.zeros_like(sizes),
            sizes,
        )

    def narrow(
        self,
        *,
        problem: MatchingProblem,
        prices: Certificate,
        child_price: NDArray[np.int64],
        uncovered_cost: NDArray[np.int64],
        kelurahan_steps: tuple[NDArray[np.int64], NDArray[np.int64]],
        sponsor_step: int,
    ) -> None:
        """Keep only what is tight under a level's prices."""
        waiting = uncovered_cost + prices.kelurahan[problem.kelurahan]
        self.may_wait = self.may_wait & (waiting == child_price)
        loss = prices.sponsor[problem.sponsor] - prices.pledge
        self.pledge_low = np.where(loss < 0, self.pledge_high, self.pledge_low)
        self.pledge_high = np.where(loss > 0, self.pledge_low, self.pledge_high)
        self._narrow_sponsors(prices.sponsor, sponsor_step)
        self._narrow_waiting(prices.kelurahan, kelurahan_steps)

    def _narrow_sponsors(self, price: NDArray[np.int64], step: int) -> None:
        low, high = self.sponsor_low, self.sponsor_high
        if step:
            cheap, tight = (price - 1) // step, price // step
            self.sponsor_low = np.clip(cheap, low, high)
            self.sponsor_high = np.clip(tight, low, high)
        else:
            self.sponsor_low = np.where(price > 0, high, low)
            self.sponsor_high = np.where(price < 0, low, high)

    def _narrow_waiting(
        self, price: NDArray[np.int64], steps: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> None:
        start, step = steps
        owner = np.repeat(np.arange(price.size), np.diff(start))
        cheap = np.bincount(owner[step < price[owner]], minlength=price.size)
        tight = np.bincount(owner[step <= price[owner]], minlength=price.size)
        low, high = self.waiting_low, self.waiting_high
        self.waiting_low = np.clip(cheap, low, high)
        self.waiting_high = np.clip(tight, low, high)


def sponsor_bound(
    low: NDArray[np.int64], high: NDArray[np.int64], price: NDArray[np.int64], step: int
) -> int:
    """Return the least of sum over sponsors of (cost of f children - price f), low <= f <= high."""
    best = np.clip(price // step if step else np.where(price > 0, high, low), low, high)
    return int((step * best * (best + 1) // 2 - price * best).sum())
