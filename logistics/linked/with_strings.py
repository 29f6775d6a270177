"""Searching with `string_search`: its start, temperatures, and how many routes there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from logistics.linked import string_columns as columns
from logistics.linked.chance import seeded
from logistics.linked.savings import savings_routes
from logistics.linked.string_search import search as iterate
from logistics.linked.string_state import (
    routes_of,
    solution_of_routes,
    string_state,
    way_of,
)
from logistics.linked.with_trips import (
    COOL,
    GENTLE,
    LARGEST_TO_PACK,
    LARGEST_TO_REHEAT,
    LONGEST_STRING,
    MEAN_REMOVED,
    PACKING_SHARE,
    SHARE_OF_ONE,
    SHARE_OF_TAILS,
    TRIAL_SHARE,
    WARM,
    TripSearch,
    with_fewer_vehicles,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from logistics.instance import Instance, Solution
    from logistics.linked.annealing import Annealer
    from logistics.linked.ground import Ground

NUM_HEATS, REHEATED = 4, 0.2
"""How often few clients are annealed, and the first temperature after the first time."""
NUM_TRIED = 20
"""Neighbours with room on their route beside which a client may go."""


def search(
    instance: Instance,
    ground: Ground,
    annealer: Annealer,
    seed: int,
    start: Solution | None,
    strange: float,
) -> Solution | None:
    """Return the best solution; see `lean.search`; None: savings want more routes than there are.

    Where routes can be packed tighter than savings pack them, short searches with one route less
    each come first: annealing hardly ever closes a route by itself when all are nearly full.
    """
    mine = StringSearch(instance, ground, annealer, seed)
    if start is None:
        fleet, out = instance.fleets[0], ground.out[0, 0]
        demand = instance.demand[1:]
        routes = savings_routes(ground.near, ground.near_way, out, demand, fleet.capacity)
        if len(routes) > instance.num_vehicles:
            return None
        first = solution_of_routes(instance, routes, 0)
        first, most = mine.with_fewest_routes(first)
        found = mine.anneal_again(first, most=most)
    else:
        whole = TripSearch(instance, ground, seed, start).solution()
        before = {client for trip in start.trips() for client in trip}
        found = mine.anneal(whole, warm=GENTLE, usual=before, strange=strange)
    return replace(found, seed=seed, iterations=annealer.done, engine="lean")


class StringSearch:
    """Searches of one instance, one after another within the time of an annealer."""

    def __init__(self, instance: Instance, ground: Ground, annealer: Annealer, seed: int) -> None:
        self._instance = instance
        self._ground = ground
        self._annealer = annealer
        self._random = seeded(seed)

    def anneal(
        self,
        first: Solution,
        *,
        most: int | None = None,
        warm: float = WARM,
        until: float = 1.0,
        usual: Collection[int] = (),
        strange: float = 0.0,
    ) -> Solution:
        """Return the best from a plan on.

        Parameters
        ----------
        most
            Routes that there may be; None: as many as help.
        usual, strange
            Clients that count so many average ways on another route than in the plan.
        """
        instance, ground = self._instance, self._ground
        state = string_state(instance, ground, [[c - 1 for c in t] for t in first.trips()], most)
        tried = min(NUM_TRIED, ground.near.shape[1])
        capacity = instance.fleets[0].capacity
        unit = state.numbers[0] / (instance.num_clients + len(first.tours))
        price = int(strange * unit)
        tails = 0.0 if price > 0 else SHARE_OF_TAILS
        shape = np.array(
            [MEAN_REMOVED, LONGEST_STRING, tried, capacity, price, SHARE_OF_ONE, tails],
            dtype=np.float64,
        )
        known = np.array(sorted(usual), dtype=np.int64) - 1
        state.node[known, columns.USUAL] = state.node[known, columns.ROUTE]

        def run(batch: int, warmth: float) -> int:
            iterate(
                ground.metric,
                ground.matrix,
                state.xy,
                ground.near,
                ground.near_way,
                state.node,
                state.route,
                state.free,
                state.best,
                state.numbers,
                self._random,
                shape,
                batch,
                unit * warmth,
            )
            return int(state.numbers[1])

        least = self._annealer.phase(run, int(state.numbers[1]), until=until, warm=warm, cool=COOL)
        routes = routes_of(state.best, instance.num_clients)
        if price > 0:
            least = way_of(instance, routes)
        return solution_of_routes(instance, routes, least)

    def anneal_again(self, first: Solution, *, most: int | None) -> Solution:
        """Anneal, few clients several times, each time from the best and less warm."""
        number = NUM_HEATS if self._instance.num_clients <= LARGEST_TO_REHEAT else 1
        begun = self._annealer.share
        for row in range(number):
            until = begun + (1.0 - begun) * (row + 1) / number
            warm = WARM if row == 0 else REHEATED
            first = self.anneal(first, most=most, warm=warm, until=until)
        return first

    def with_fewest_routes(self, first: Solution) -> tuple[Solution, int | None]:
        """Return a plan to begin with, and the number of routes it may not exceed if that helps."""
        instance, annealer = self._instance, self._annealer
        fewest = -(-int(instance.demand.sum()) // instance.fleets[0].capacity)
        if len(first.tours) <= fewest or instance.num_clients > LARGEST_TO_PACK:
            return first, None
        most = None
        best = self.anneal(first, until=TRIAL_SHARE)
        while len(best.tours) > fewest:
            until = annealer.share + PACKING_SHARE
            fewer = len(best.tours) - 1
            packed = with_fewer_vehicles(instance, self._ground, annealer, best, fewer, until)
            if packed is None:
                break
            until = annealer.share + TRIAL_SHARE
            tried = self.anneal(packed, most=fewer, until=until)
            if tried.cost >= best.cost:
                break
            best, most = tried, fewer
        return best, most
