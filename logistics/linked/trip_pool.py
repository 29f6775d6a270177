"""Trips that searches drove, and the cheapest plan that can be put together from them.

Set partitioning: each client is on one trip of those chosen, and no kind of vehicle drives more
trips than it has vehicles. For single trips, where everyone must be served: what a trip may hold
then depends on its kind of vehicle alone.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.instance import Instance, Solution, Tour
from logistics.linked import trip_columns as columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from logistics.linked.trip_state import TripState

_AT_STDOUT = Lock()
MOST_LOOKS = 400
"""How often HiGHS looks whether it should stop until it does (about a dozen times a second), so
that a search of counted iterations ends, and always with the same choice."""


class TripPool:
    """The cheapest order seen of each set of clients, by kind of vehicle."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._trips: dict[tuple[int, frozenset[int]], tuple[int, tuple[int, ...]]] = {}
        self._row_of = {
            number: row for row, fleet in enumerate(instance.fleets) for number in fleet.vehicles
        }

    def __len__(self) -> int:
        return len(self._trips)

    def add_current(self, state: TripState) -> None:
        """Add the trips of a state as it stands."""
        n, d = self._instance.num_clients, self._instance.num_depots
        ahead = state.node[:, columns.NEXT].tolist()
        for mine in np.flatnonzero(state.trip[:, columns.SIZE] > 0).tolist():
            stops, at = [], ahead[n + mine]
            while at < n:
                stops.append(at + d)
                at = ahead[at]
            owner = state.trip[mine, columns.VEHICLE]
            kind = int(state.vehicle[owner, columns.KIND])
            self._add(kind, tuple(stops), int(state.trip[mine, columns.WAY]))

    def add(self, solution: Solution) -> None:
        """Add the trips of a solution."""
        for tour in solution.tours:
            row = self._row_of[tour.vehicle]
            depot = self._instance.fleets[row].depot
            for stops in tour.trips:
                ways = self._instance.ways([depot, *stops], [*stops, depot])
                self._add(row, stops, int(np.trace(ways)))

    def _add(self, row: int, stops: tuple[int, ...], way: int) -> None:
        key = (row, frozenset(stops))
        if key not in self._trips or way < self._trips[key][0]:
            self._trips[key] = (way, stops)

    def best(self, known: Solution, is_over: Callable[[], bool]) -> Solution:
        """Return the cheapest solution found of these trips, or the known one if none is cheaper.

        Parameters
        ----------
        is_over
            Asked often while it is looked for; once true, the best so far counts.
        """
        self.add(known)
        if is_over():
            return known
        chosen = self._chosen(known, is_over)
        fleets = self._instance.fleets
        tours, cost, used = [], 0, [0] * len(fleets)
        for (row, _), (way, stops) in chosen:
            fleet = fleets[row]
            tours.append(Tour(fleet.vehicles[used[row]], (stops,)))
            used[row] += 1
            cost += fleet.unit_cost * way + fleet.fixed_cost
        if not tours or cost >= known.cost:
            return known
        return Solution(tours=tuple(sorted(tours, key=lambda tour: tour.vehicle)), cost=cost)

    def _chosen(self, known: Solution, is_over: Callable[[], bool]) -> list[Any]:
        """Return the trips of the cheapest solution found, none if there is none."""
        trips = list(self._trips.items())
        highs = _new_highs()
        for option, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            highs.setOptionValue(option, value)
        highs.setOptionValue("mip_abs_gap", 0.99)
        highs.passModel(_model(self._instance, trips))
        driven = {
            (self._row_of[tour.vehicle], frozenset(stops))
            for tour in known.tours
            for stops in tour.trips
        }
        _begin_from(highs, [float(key in driven) for key, _ in trips])

        looks = count(1)

        def look(event: Any) -> None:
            if next(looks) > MOST_LOOKS or is_over():
                event.interrupt()

        highs.cbMipInterrupt.subscribe(look)
        highs.run()
        taken = np.array(highs.getSolution().col_value)
        if not highs.getInfo().primal_solution_status:
            return []
        return [trips[row] for row in np.flatnonzero(taken > 0.5).tolist()]


def _model(instance: Instance, trips: list[Any]) -> Any:
    """Return the choice of trips as HiGHS's model: a column each, rows for clients and kinds."""
    import highspy  # noqa: PLC0415  (slow to load)

    n, d, fleets = instance.num_clients, instance.num_depots, instance.fleets
    room = [len(fleet.vehicles) for fleet in fleets]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(trips), n + len(fleets)
    lp.col_cost_ = np.array([
        float(fleets[row].unit_cost * way + fleets[row].fixed_cost) for (row, _), (way, _) in trips
    ])  # fmt: skip
    lp.col_lower_, lp.col_upper_ = np.zeros(len(trips)), np.ones(len(trips))
    lp.row_lower_ = np.concatenate([np.ones(n), np.zeros(len(fleets))])
    lp.row_upper_ = np.concatenate([np.ones(n), np.array(room, dtype=np.float64)])
    entries = [[*(client - d for client in stops), n + row] for (row, _), (_, stops) in trips]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(each) for each in entries])])
    lp.a_matrix_.index_ = np.array([row for each in entries for row in each], dtype=np.int32)
    lp.a_matrix_.value_ = np.ones(len(lp.a_matrix_.index_))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(trips)
    return lp


def _begin_from(highs: Any, values: list[float]) -> None:
    import highspy  # noqa: PLC0415  (slow to load)

    solution = highspy.HighsSolution()
    solution.col_value = values
    highs.setSolution(solution)


def _new_highs() -> Any:
    """Return a solver that has not said its name, past Python's streams, as it does when made."""
    import highspy  # noqa: PLC0415  (slow to load)

    with _nothing_said():
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    return highs


@contextmanager
def _nothing_said() -> Iterator[None]:
    """Send standard output nowhere meanwhile; searches side by side wait for each other."""
    with _AT_STDOUT:
        sys.stdout.flush()
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
