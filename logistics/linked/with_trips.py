"""Searching with `trip_search`: its start, settings and temperatures."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from logistics.instance import NO_LIMIT, Instance, NoSolutionError, Solution
from logistics.linked import trip_columns as columns
from logistics.linked import with_pool
from logistics.linked.chance import seeded
from logistics.linked.ground import has_hours, has_long_trips, has_several_trips
from logistics.linked.trip_search import search as iterate
from logistics.linked.trip_start import state_from
from logistics.linked.trip_state import MUST, solution_of_trips, trip_state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.linked.annealing import Annealer
    from logistics.linked.ground import Ground
    from logistics.linked.trip_state import TripState

WARM, COOL = 0.5, 0.01
"""First and last temperature, in average ways between two visits."""
WARM_IN_TIME, COOL_IN_TIME = 1.5, 0.02
"""The same with hours: what is kept apart by them needs more courage. With several depots
a third of that measured better (`docs/adr/0009`)."""
REHEATED, NUM_HEATS = 0.5, 3
"""First temperature when an instance of several trips is annealed again, and how often it is."""
LARGEST_TO_REHEAT = 400
"""Clients up to which it is."""
NUM_STARTS, START_SHARE = 3, 0.2
"""Starts that are annealed with long trips, and the share of the search for each."""
NUM_AGAIN, REHEATED_OF_LONG = 2, 0.2
"""How often the best of them is annealed again, and the first temperature then."""
LARGEST_TO_PACK = 1_000
"""Clients up to which it is tried whether fewer trips come out shorter."""
TRIAL_SHARE, PACKING_SHARE, MOST_TRIALS = 0.05, 0.02, 2
"""Shares of a search for annealing with one number of trips, and for packing them; how many."""
GENTLE = 0.05
"""First temperature from a plan: it is improved, not forgotten."""
MEAN_REMOVED, LONGEST_STRING = 10.0, 10.0
SHARE_OF_ONE, SHARE_OF_ONE_IN_TIME = 0.0, 0.3
"""Iterations that take one string alone; the second with hours, one depot and one long trip a
vehicle, where everyone must be served. With short trips they measured worse."""
SHARE_OF_TAILS = 0.2
"""Iterations in which two trips exchange tails instead of strings taken off and put back."""
SHARE_OF_CROSSES = 0.5
"""Ruins of two trips or more, with long trips of one fleet, after which two of them cross."""
NUM_TRIED, NUM_TRIED_IN_TIME = 24, 40
"""Neighbours on trips with room beside which a client may go; the second with hours, unless all
there is beside them are short trips of one fleet."""
SHARE_OF_TOGETHER, MOST_TOGETHER = 0.1, 24
"""Iterations, where clients may be left out, that put in one of them at any price and so many near
it at most: a new trip pays for several clients only."""
MOST_WANTED = 10
"""Clients left out before that may be tried again in one iteration."""
COMPLETE = MUST - 1
"""Any cost up to this one leaves nobody out who must be served."""


class TripSearch:
    """A search over trips: its state, and how iterations are run.

    Parameters
    ----------
    start
        A plan to begin from; None: clients are put in one by one.
    strange
        What a client counts on another trip than in the start, in average ways.
    """

    def __init__(
        self,
        instance: Instance,
        ground: Ground,
        seed: int,
        start: Solution | None = None,
        strange: float = 0.0,
    ) -> None:
        self.instance = instance
        self._ground = ground
        self._random = seeded(seed)
        self.state = trip_state(instance) if start is None else state_from(instance, start.tours)
        self.settings = _settings(instance, ground, len(self.state.prize))
        if self.least >= MUST:
            self.run(0, 1.0)
        self._unit = _way_between(self.state)
        self.settings[columns.STRANGE] = self._strange = int(strange * self._unit)
        if self._strange > 0:
            self.settings[columns.SHARE_OF_CROSSES] = 0.0

    @property
    def least(self) -> int:
        """The cost of the best, `MUST` for everyone who must be served and is not."""
        return int(self.state.numbers[columns.LEAST])

    def run(self, batch: int, warmth: float) -> int:
        """Run iterations at a temperature in average ways; return the cost of the best."""
        ground = self._ground
        iterate(
            ground.metric,
            ground.matrix,
            ground.xy,
            ground.out,
            ground.near,
            ground.near_way,
            *self.state,
            self._random,
            self.settings,
            batch,
            warmth if batch == 0 else self._unit * warmth,
        )
        return self.least

    def solution(self) -> Solution:
        """Return the best.

        Raises
        ------
        NoSolutionError
            Clients that must be served are on no route.
        """
        found = solution_of_trips(self.instance, self.state, self._strange)
        if found.cost >= MUST:
            raise NoSolutionError(found.cost // MUST)
        return found


def search(
    instance: Instance,
    ground: Ground,
    annealer: Annealer,
    seed: int,
    start: Solution | None,
    strange: float,
) -> Solution:
    """Return the best solution; see `lean.search`."""
    mine = TripSearch(instance, ground, seed, start, strange)
    warm, cool = _temperatures(instance)
    if start is not None and mine.least < MUST:
        annealer.phase(mine.run, mine.least, warm=GENTLE, cool=min(cool, GENTLE))
    elif has_several_trips(instance) and instance.num_clients <= LARGEST_TO_REHEAT:
        mine = _reheated(mine, ground, annealer, seed)
    elif has_long_trips(instance):
        mine = _from_the_best_start(mine, ground, annealer, seed)
    elif with_pool.may_pool(instance):
        again = partial(_again, mine, ground, seed)
        heats = with_pool.Temperatures(warm, cool, GENTLE)
        mine = with_pool.search(instance, annealer, again, heats)
    else:
        if _may_pack(instance):
            packed = _with_fewest_trips(mine, ground, annealer, seed)
            mine, warm = packed, warm if packed is mine else REHEATED
        annealer.phase(mine.run, mine.least, warm=warm, cool=cool)
    return replace(mine.solution(), seed=seed, iterations=annealer.done, engine="lean")


def _again(
    first: TripSearch, ground: Ground, seed: int, number: int, start: Solution | None
) -> TripSearch:
    """Return the first search, or another one with a seed of its own."""
    return TripSearch(first.instance, ground, seed + number, start) if number else first


def _temperatures(instance: Instance) -> tuple[float, float]:
    """Return the first and last temperature, in average ways."""
    if not has_hours(instance):
        return WARM, COOL
    return WARM_IN_TIME if instance.num_depots == 1 else WARM, COOL_IN_TIME


def _has_tails(instance: Instance) -> bool:
    """Return whether trips may exchange their tails: each is its vehicle's only one."""
    return not has_several_trips(instance) and not instance.release.any()


def _may_cross(instance: Instance) -> bool:
    """Return whether trips may cross where strings were taken off: long ones of one fleet."""
    fleet = instance.fleets[0]
    is_limited = fleet.most_duration < NO_LIMIT or fleet.most_way < NO_LIMIT
    is_alone = len(instance.fleets) == 1 and not instance.release.any()
    return is_alone and has_long_trips(instance) and not is_limited


def _may_break(instance: Instance) -> bool:
    """Return whether taking a client off a trip can break a rule: the way past it is longer.

    A given matrix may say so; between points rounding does, by a unit, which any service makes good
    for hours and durations.
    """
    is_far = any(fleet.most_way < NO_LIMIT for fleet in instance.fleets)
    has_no_service = bool((instance.service[instance.num_depots :] == 0).any())
    return instance.matrix is not None or is_far or (has_hours(instance) and has_no_service)


def _reheated(first: TripSearch, ground: Ground, annealer: Annealer, seed: int) -> TripSearch:
    """Anneal, then again from the best, less warm; return the last search."""
    mine = first
    warm, cool = _temperatures(first.instance)
    for number in range(NUM_HEATS):
        if number > 0 and mine.least < MUST:
            mine = TripSearch(mine.instance, ground, seed + number, mine.solution())
            warm = min(warm, REHEATED)
        until = (number + 1) / NUM_HEATS
        annealer.phase(mine.run, mine.least, until=until, warm=warm, cool=cool)
    return mine


def _from_the_best_start(
    first: TripSearch, ground: Ground, annealer: Annealer, seed: int
) -> TripSearch:
    """Anneal shortly from several starts, then again from the best; return the last search.

    Where long trips go is settled while it is warm, and no longer search leaves it again.
    """
    instance, best = first.instance, first
    warm, cool = _temperatures(instance)
    for number in range(NUM_STARTS):
        mine = TripSearch(instance, ground, seed + number) if number else first
        until = START_SHARE * (number + 1)
        annealer.phase(mine.run, mine.least, until=until, warm=warm, cool=cool)
        best = min(best, mine, key=attrgetter("least"))
    for number in range(NUM_AGAIN):
        if best.least >= MUST:
            break
        best = TripSearch(instance, ground, seed + NUM_STARTS + number, best.solution())
        until = 1.0 - (1.0 - START_SHARE * NUM_STARTS) * (NUM_AGAIN - 1 - number) / NUM_AGAIN
        annealer.phase(best.run, best.least, until=until, warm=REHEATED_OF_LONG, cool=cool)
    return best


def _may_pack(instance: Instance) -> bool:
    """Return whether fewer trips are tried: with hours, one fleet and short trips."""
    if len(instance.fleets) > 1 or instance.groups or instance.prize.any():
        return False
    is_small = instance.num_clients <= LARGEST_TO_PACK and not has_long_trips(instance)
    return is_small and has_hours(instance) and _has_tails(instance)


def _with_fewest_trips(
    first: TripSearch, ground: Ground, annealer: Annealer, seed: int
) -> TripSearch:
    """Anneal shortly with fewer and fewer trips, by halves; return the search with the best.

    Annealing hardly ever closes a trip by itself when all are nearly full.
    """
    instance, best = first.instance, first
    warm, cool = _temperatures(instance)

    def anneal(mine: TripSearch) -> None:
        until = annealer.share + TRIAL_SHARE
        annealer.phase(mine.run, mine.least, until=until, warm=warm, cool=cool)

    anneal(first)
    too_few = -(-int(instance.demand.sum()) // instance.fleets[0].capacity) - 1
    many = len(first.solution().tours) if first.least < MUST else 0
    for _ in range(MOST_TRIALS):
        number = (too_few + many) // 2
        if not too_few < number < many:
            break
        tried = TripSearch(_with_vehicles(instance, number), ground, seed)
        anneal(tried)
        if tried.least < best.least:
            best, many = tried, number
        else:
            too_few = number
    return best


def _with_vehicles(instance: Instance, number: int) -> Instance:
    """Return an instance of one fleet with its first vehicles only."""
    fleet = instance.fleets[0]
    return replace(instance, fleets=(replace(fleet, vehicles=fleet.vehicles[:number]),))


def with_fewer_vehicles(
    instance: Instance,
    ground: Ground,
    annealer: Annealer,
    start: Solution,
    num_vehicles: int,
    until: float,
) -> Solution | None:
    """Return a plan of the largest routes' vehicles and so many in all; None: none was found.

    Parameters
    ----------
    until
        The share of the search until which one is looked for.
    """
    fleet = instance.fleets[0]
    tours = sorted(start.tours, key=lambda tour: -sum(map(len, tour.trips)))[:num_vehicles]
    tours = [replace(tour, vehicle=fleet.vehicles[row]) for row, tour in enumerate(tours)]
    fewer = _with_vehicles(instance, num_vehicles)
    mine = TripSearch(fewer, ground, start.seed, replace(start, tours=tuple(tours)))
    annealer.phase(mine.run, mine.least, until=until, warm=WARM, cool=COOL, enough=COMPLETE)
    return mine.solution() if mine.least < MUST else None


def _settings(instance: Instance, ground: Ground, num_groups: int) -> NDArray[np.float64]:
    """Return the settings of `trip_search.search`."""
    in_time = has_hours(instance)
    tried = NUM_TRIED_IN_TIME if in_time and not _may_pack(instance) else NUM_TRIED
    tried *= max(1, instance.num_clients // num_groups)
    return np.array(
        [
            MEAN_REMOVED,
            LONGEST_STRING,
            min(tried, ground.near.shape[1]),
            MOST_WANTED,
            in_time,
            has_several_trips(instance),
            MUST,
            min(fleet.unit_cost for fleet in instance.fleets),
            0.0,
            SHARE_OF_ONE_IN_TIME if has_long_trips(instance) else SHARE_OF_ONE,
            SHARE_OF_TAILS if _has_tails(instance) else 0.0,
            MOST_TOGETHER,
            SHARE_OF_TOGETHER if instance.prize.any() else 0.0,
            SHARE_OF_CROSSES if _may_cross(instance) else 0.0,
            _may_break(instance),
        ],
        dtype=np.float64,
    )


def _way_between(state: TripState) -> float:
    """Return the average cost of the way between two visits."""
    used = state.trip[state.trip[:, columns.SIZE] > 0]
    units = state.kind[state.vehicle[used[:, columns.VEHICLE], columns.KIND], columns.UNIT]
    visits = (used[:, columns.SIZE] + 1).sum()
    return max(1.0, float((used[:, columns.WAY] * units).sum() / max(1, visits)))
