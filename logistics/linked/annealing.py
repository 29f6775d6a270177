"""Cooling down over the phases of a search, by the share of it that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH_SHARE = 0.0025
"""About how much of a search one batch of iterations takes."""


class Annealer:
    """Runs batches of iterations, colder and colder, in one or more phases.

    Parameters
    ----------
    share_done, num_iterations
        See `lean.search`.

    Attributes
    ----------
    done
        Iterations of all phases.
    share
        The share of the search that is over.
    """

    def __init__(self, share_done: Callable[[int, int], float], num_iterations: int | None) -> None:
        self._share_done = share_done
        self._num_iterations = num_iterations
        self._batch = 200
        self._least: int | None = None
        self.done = 0
        self.share = 0.0

    def tell(self, least: int) -> None:
        """Ask how much is over, telling the cost of the best of all phases."""
        self._least = least if self._least is None else min(self._least, least)
        self.share = self._share_done(self.done, self._least)

    def phase(
        self,
        run: Callable[[int, float], int],
        least: int,
        *,
        until: float = 1.0,
        warm: float,
        cool: float,
        enough: int = -1,
    ) -> int:
        """Cool down geometrically until a share of the search is over; return the least cost.

        Parameters
        ----------
        run
            Runs so many iterations at a temperature; returns the cost of the best.
        enough
            The phase ends at this cost.
        """
        self.tell(least)
        first, until = self.share, min(until, 1.0)  # a cancelled search is at 1 and stays there
        while self.share < until and least > enough and not self._is_over():
            part = (self.share - first) / (until - first)
            batch = self._next_batch()
            least = run(batch, warm * (cool / warm) ** part)
            self.done += batch
            before = self.share
            self.tell(least)
            self._adapt(self.share - before)
        return least

    def _is_over(self) -> bool:
        return self._num_iterations is not None and self.done >= self._num_iterations

    def _next_batch(self) -> int:
        if self._num_iterations is None:
            return self._batch
        return max(1, min(self._num_iterations // 200 + 1, self._num_iterations - self.done))

    def _adapt(self, share: float) -> None:
        """Choose the next batch by what the last one took."""
        factor = min(4.0, max(0.25, BATCH_SHARE / max(share, 1e-4)))
        self._batch = int(min(200_000, max(20, self._batch * factor)))
