"""The problem as PyVRP reads it, and its answer as tours; `pyvrp_search` runs it.

Each option of a stop is a client per stretch of hours in which it can be served; the clients of
one stop form a group of which one is visited. Shifts that are alike are one vehicle type, with
reloads for further trips. What may not ride with a vehicle is kept apart by a profile of its own,
in which the way to it is too long (see the discussion in PyVRP issue 842 why not by load).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.driven_ways import MOST_TABLED
from logistics.own_process import GRACE_S, LostError, Patience, search_apart
from logistics.problem import DAY_S
from logistics.pyvrp_search import RELOAD, iterate
from logistics.timetable import timetable
from logistics.tours import Tours

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from logistics.problem import Stop
    from logistics.pyvrp_search import Tour
    from logistics.survey import Survey
    from logistics.survey_rows import OptionRef, ShiftRef

MOST_PENALTY = 1e10
MOST_COST = 1 << 61
"""What the longest plan may cost with its penalties, in thousandths of a rupiah."""
WEIGHT_OF_NEED = 10
"""So many packages of one priority are worth one of the next needier."""


@dataclass(frozen=True, slots=True)
class ClientRef:
    """A PyVRP client: an option in one stretch of hours."""

    option: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A PyVRP vehicle type: shifts that are alike, and what may ride with them."""

    shifts: tuple[int, ...]
    profile: int


@dataclass(frozen=True, slots=True)
class Search:
    """What a run may use.

    Parameters
    ----------
    keep_on
        Asked every few hundredths of a second with the iteration and the cost of the best in
        thousandths of a rupiah.
    num_iterations
        End after so many; None: only `keep_on` does.
    patience
        How long PyVRP may be silent.
    """

    seed: int
    keep_on: Callable[[int, int], bool]
    num_iterations: int | None = None
    patience: Patience | None = None


class Formulation:
    """A PyVRP instance of a survey.

    Parameters
    ----------
    stop_rows
        Stops to plan; each has an allowed option.
    must_serve_all
        False: stops may be left out, at a price by need.
    """

    def __init__(self, survey: Survey, stop_rows: list[int], *, must_serve_all: bool) -> None:
        self.survey = survey
        self.stop_rows = stop_rows
        self.must_serve_all = must_serve_all
        self.clients = self._find_clients()
        self.clients_of_stop: dict[int, list[int]] = {}
        for number, client in enumerate(self.clients):
            row = survey.options[client.option].stop_row
            self.clients_of_stop.setdefault(row, []).append(number)
        self.types: list[TypeRef] = []
        self.profiles: list[tuple[int, NDArray[np.bool_]]] = []
        self._find_types()
        self.depots = sorted({survey.shifts[ref.shifts[0]].depot for ref in self.types})
        self.data = self._build()

    def _find_clients(self) -> list[ClientRef]:
        """Join an option's spans where no vehicle works in between."""
        works = sorted({(shift.starts, shift.ends) for shift in self.survey.shifts})
        found = []
        for row in self.stop_rows:
            for option in self.survey.options_of[row]:
                if not self.survey.allowed[option].any():
                    continue
                for opens, closes in joined(self.survey.options[option].spans, works):
                    found.append(ClientRef(option, opens, closes))
        return found

    def _find_types(self) -> None:
        """Group alike shifts; one profile per speed and set of clients that may not ride."""
        survey = self.survey
        options = np.array([client.option for client in self.clients], dtype=np.intp)
        profile_of: dict[tuple[Any, ...], int] = {}
        members: dict[tuple[Any, ...], list[int]] = {}
        profile_of_type: dict[tuple[Any, ...], int] = {}
        for column, shift in enumerate(survey.shifts):
            if not survey.allowed[options, column].any():
                continue
            barred = ~survey.may_ride[options, column]
            key = (shift.vehicle.kind, shift.vehicle.speed_factor, barred.tobytes())
            if key not in profile_of:
                profile_of[key] = len(self.profiles)
                self.profiles.append((column, barred))
            alike = (*shift.likeness, len(self._shifts_that_day(shift)), profile_of[key])
            members.setdefault(alike, []).append(column)
            profile_of_type[alike] = profile_of[key]
        self.types = [
            TypeRef(tuple(columns), profile_of_type[alike]) for alike, columns in members.items()
        ]

    def _shifts_that_day(self, shift: ShiftRef) -> list[int]:
        return self.survey.shifts_of_day[shift.vehicle.id, shift.day]

    def _build(self) -> Any:
        import pyvrp  # noqa: PLC0415  (slow to load)

        points = [*self.depots, *(self.survey.options[each.option].point for each in self.clients)]
        matrices: list[Any] = [self._matrices(points, *profile) for profile in self.profiles]
        prizes = self._prizes()
        groups = [
            pyvrp.ClientGroup(numbers, required=self.must_serve_all)
            for numbers in self.clients_of_stop.values()
            if len(numbers) > 1
        ]
        group_of = {number: row for row, group in enumerate(groups) for number in group.clients}
        has_max_stops = any(
            self.survey.shifts[ref.shifts[0]].vehicle.max_stops for ref in self.types
        )
        return pyvrp.ProblemData(
            [pyvrp.Location(0, 0) for _ in points],
            [
                self._client(pyvrp, number, prizes[number], group_of.get(number), has_max_stops)
                for number in range(len(self.clients))
            ],
            [
                pyvrp.Depot(row, service_duration=self._loading_s(depot))
                for row, depot in enumerate(self.depots)
            ],
            [self._vehicle_type(pyvrp, ref, has_max_stops) for ref in self.types],
            [distance_m for distance_m, _ in matrices],
            [duration_s for _, duration_s in matrices],
            groups,
        )

    def _loading_s(self, depot: int) -> int:
        return next(each.loading_s for each in self.survey.shifts if each.depot == depot)

    def _matrices(
        self, points: list[int], column: int, barred: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return metres and seconds; ways that do not exist last longer than all days together."""
        ways = self.survey.ways(self.survey.shifts[column].vehicle)
        rows = np.array(points, dtype=np.intp)
        distance_m = ways.distance_m[np.ix_(rows, rows)]
        duration_s = ways.duration_s[np.ix_(rows, rows)]
        no_way = (distance_m < 0) | (duration_s < 0)
        locations = np.flatnonzero(barred) + len(self.depots)
        no_way[locations, :] = True
        no_way[:, locations] = True
        np.fill_diagonal(no_way, False)
        horizon = max(shift.ends for shift in self.survey.shifts) + DAY_S
        longest = max(int(distance_m.max(initial=0)), 1)
        distance_m[no_way] = 10 * longest
        duration_s[no_way] = 2 * horizon
        return distance_m, duration_s

    def _prizes(self) -> list[int]:
        """Return what serving each client is worth, in thousandths of a rupiah.

        A stop left out costs more than any vehicle's own way to it; a needier one, ten times so.
        The cost of a place is a smaller prize for it.
        """
        survey = self.survey
        stops = survey.problem.stops
        used = sorted({stops[row].priority for row in self.stop_rows}, reverse=True)
        rank = {priority: place for place, priority in enumerate(used)}
        dearest = max(
            (self._cost_alone(survey.options[each.option]) for each in self.clients), default=0
        )
        costs = [survey.option_cost(survey.options[each.option].option) for each in self.clients]
        extra = max(costs, default=0)
        prizes = []
        for client in self.clients:
            ref = survey.options[client.option]
            worth = 0
            if not self.must_serve_all:
                need = WEIGHT_OF_NEED ** min(rank[ref.stop.priority], 6)
                worth = (2 * dearest + 1_000) * need * max(1, ref.stop.num_packages)
            prizes.append(worth + extra - survey.option_cost(ref.option))
        return prizes

    def _cost_alone(self, option: OptionRef) -> int:
        costs = []
        for ref in self.types:
            shift = self.survey.shifts[ref.shifts[0]]
            per_m, per_s = unit_costs(shift)
            ways = self.survey.ways(shift.vehicle)
            there, back = (shift.depot, option.point), (option.point, shift.depot)
            metres = max(0, int(ways.distance_m[there])) + max(0, int(ways.distance_m[back]))
            seconds = max(0, int(ways.duration_s[there])) + max(0, int(ways.duration_s[back]))
            busy_s = seconds + shift.loading_s + option.stop.busy_s
            costs.append(metres * per_m + busy_s * per_s + 1_000 * shift.vehicle.cost_rp_per_day)
        return max(costs, default=0)

    def _client(
        self, pyvrp: Any, number: int, prize: int, group: int | None, has_max_stops: bool
    ) -> Any:
        client = self.clients[number]
        stop = self.survey.options[client.option].stop
        return pyvrp.Client(
            len(self.depots) + number,
            delivery=[stop.loaded_g, stop.loaded_ml, *([1] if has_max_stops else [])],
            pickup=[*_fetched(stop), *([0] if has_max_stops else [])],
            service_duration=stop.busy_s,
            tw_early=client.opens,
            tw_late=client.closes,
            prize=prize,
            required=self.must_serve_all and group is None,
            group=group,
        )

    def _vehicle_type(self, pyvrp: Any, ref: TypeRef, has_max_stops: bool) -> Any:
        shift = self.survey.shifts[ref.shifts[0]]
        vehicle = shift.vehicle
        depot = self.depots.index(shift.depot)
        per_m, per_s = unit_costs(shift)
        most = [vehicle.max_stops or len(self.clients)] if has_max_stops else []
        limits = {} if vehicle.max_distance_m is None else {"max_distance": vehicle.max_distance_m}
        return pyvrp.VehicleType(
            num_available=len(ref.shifts),
            capacity=[vehicle.capacity_g, vehicle.capacity_ml, *most],
            start_depot=depot,
            end_depot=depot,
            fixed_cost=1_000 * vehicle.cost_rp_per_day // len(self._shifts_that_day(shift)),
            tw_early=shift.starts,
            tw_late=shift.ends,
            unit_distance_cost=per_m,
            unit_duration_cost=per_s,
            profile=ref.profile,
            reload_depots=[depot] if vehicle.max_trips > 1 else [],
            max_reloads=vehicle.max_trips - 1,
            **limits,
        )

    def search(self, search: Search, start: Tours | None = None) -> tuple[Tours, int]:
        """Search from a start, or from PyVRP's own; return tours and the number of iterations.

        The tours keep everything but the time in the heat, which PyVRP does not know. PyVRP runs
        in a process of its own, which ends when it must (`logistics.own_process`); what it had
        found by then counts, else the start.

        Raises
        ------
        LostError
            It found nothing, and there is no start.
        """
        first = None if start is None else self._numbers(start)
        patience = Patience() if start is None else Patience(first_s=GRACE_S)
        try:
            found = search_apart(
                iterate,
                self.data,
                self._first_penalties(),
                self._most_penalty(),
                first,
                search.seed,
                search.num_iterations,
                keep_on=search.keep_on,
                patience=search.patience or patience,
            )
        except LostError:
            if start is None:
                raise
            return start.copy(), 0
        if found.best is None:
            return (start or Tours(self.survey)).copy(), found.iterations
        return self._tours(found.best), found.iterations

    def _most_penalty(self) -> float:
        """Return how high penalties may rise without leaving the whole numbers of the machine.

        Beyond, PyVRP's local search finds gains for ever.
        """
        tables = [*self.data.duration_matrices(), *self.data.distance_matrices()]
        farthest = max((int(table.max(initial=0)) for table in tables), default=0)
        return min(MOST_PENALTY, MOST_COST / max(1, farthest * (len(self.clients) + 1)))

    def _first_penalties(self) -> tuple[list[float], float, float]:
        """Return what breaking a limit costs at first: an average way per average load or time."""
        shift = self.survey.shifts[self.types[0].shifts[0]]
        per_m, per_s = unit_costs(shift)
        ways = self.survey.ways(shift.vehicle)
        some = np.arange(min(len(self.survey.points), MOST_TABLED))
        grid = np.ix_(some, some)
        metres = float(np.maximum(ways.distance_m[grid], 0).mean())
        seconds = float(np.maximum(ways.duration_s[grid], 0).mean())
        way = max(1.0, metres * per_m + seconds * per_s)
        stops = [self.survey.options[client.option].stop for client in self.clients]
        loads = [
            way / max(1.0, float(np.mean([getattr(stop, name) for stop in stops])))
            for name in ("weight_g", "volume_ml")
        ]
        if self.data.num_load_dimensions > len(loads):
            loads.append(way)
        return loads, way / max(1.0, seconds), max(1.0, way / max(1.0, metres))

    def _numbers(self, tours: Tours) -> list[Tour]:
        """Return tours that keep every rule as the numbers of types and clients."""
        found: list[Tour] = []
        for kind, ref in enumerate(self.types):
            for column in ref.shifts:
                trips = tours.trips[column]
                if not trips:
                    continue
                times = timetable(self.survey, self.survey.shifts[column], trips)
                visits: list[int] = []
                for place, trip in enumerate(trips):
                    visits += [RELOAD] if place else []
                    starts = zip(trip, times[place].starts, strict=True)
                    visits += [self._client_at(option, start) for option, start in starts]
                found.append((kind, tuple(visits)))
        return found

    def _client_at(self, option: int, start: int) -> int:
        """Return the option's client that is open at an instant."""
        row = self.survey.options[option].stop_row
        return next(
            number
            for number in self.clients_of_stop[row]
            if self.clients[number].option == option
            and self.clients[number].opens <= start <= self.clients[number].closes
        )

    def _tours(self, found: list[Tour]) -> Tours:
        tours = Tours(self.survey)
        free = [list(ref.shifts) for ref in self.types]
        for kind, visits in found:
            column = free[kind].pop(0)
            trips: list[list[int]] = [[]]
            for client in visits:
                if client == RELOAD:
                    trips.append([])
                    continue
                option = self.clients[client].option
                trips[-1].append(option)
                tours.where[self.survey.options[option].stop_row] = column
            tours.trips[column] = [trip for trip in trips if trip]
        return tours


def _fetched(stop: Stop) -> tuple[int, int]:
    """Return what a stop puts on board until the depot; what goes on from there is repaired."""
    return (stop.weight_g, stop.volume_ml) if stop.is_pickup else (0, 0)


def unit_costs(shift: ShiftRef) -> tuple[int, int]:
    """Return thousandths of a rupiah per metre and per second; way alone when all is free."""
    per_m = shift.vehicle.cost_rp_per_km
    per_s = round(shift.vehicle.cost_rp_per_hour / 3.6)
    return (1, 0) if per_m == per_s == 0 else (per_m, per_s)


def joined(
    spans: tuple[tuple[int, int], ...], works: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Join neighbouring spans unless a vehicle works between them; drop those without work."""
    found: list[tuple[int, int]] = []
    for opens, closes in spans:
        if not any(starts <= closes and opens <= ends for starts, ends in works):
            continue
        if found:
            gap = found[-1][1], opens
            if not any(starts < gap[1] and gap[0] < ends for starts, ends in works):
                found[-1] = (found[-1][0], closes)
                continue
        found.append((opens, closes))
    return found


def is_installed() -> bool:
    """Return whether PyVRP can be loaded."""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("pyvrp") is not None
