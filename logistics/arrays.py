"""A survey as plain arrays, for the compiled engine; and its state.

Costs are parts of a rupiah (`tours.PARTS_PER_RP`), instants seconds on the survey's axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.problem import DAY_S
from logistics.survey import NUM_CLOSE
from logistics.tours import PARTS_PER_RP, Tours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from logistics.breaks import BreakRef
    from logistics.distance import Formula
    from logistics.driven_ways import Ways
    from logistics.problem import Stop
    from logistics.survey import Survey

NO_WAY = 1 << 28
"""Metres and seconds where there is no way: more than any limit, small enough to add up."""

NO_LIMIT = 1 << 40
MOST_NEIGHBOURS = 100
ROWS_AT_ONCE = 256
WEIGHT_OF_NEED = 10.0
RELOAD = -1
"""In a sequence of options: back at the depot, load again."""


SHIFT_COLUMNS = range(17)
(
    STARTS,
    ENDS,
    MIDNIGHT,
    LOADING,
    DEPOT,
    MOST_GRAMS,
    MOST_MILLILITRES,
    MOST_TRIPS,
    MOST_STOPS,
    MOST_METRES,
    HAS_COOL_BOX,
    DAY,
    ALIKE,
    SPEED,
    VEHICLE,
    BREAKS,
    BREAKS_END,
) = SHIFT_COLUMNS
STOP_COLUMNS = range(19)
(
    SERVICE,
    GRAMS,
    LOADED_GRAMS,
    LOADED_MILLILITRES,
    MORE_GRAMS,
    MORE_MILLILITRES,
    HEAT,
    OUT,
    SOURCE,
    IS_LINKED,
    IS_SPECIAL,
    OPTIONS,
    OPTIONS_END,
    MATES,
    MATES_END,
    USUAL_VEHICLE,
    USUAL_START,
    FOES,
    FOES_END,
) = STOP_COLUMNS
"""Of a stop: loaded at the depot; on board after it (negative for a delivery); source -1: the
depot; linked: has a source or a household; special: a pickup, or fetched on the way; its options,
mates and foes; -1 where nothing is usual."""

POINT, STOP, SPANS, SPANS_END, IS_SPLIT = range(5)
"""Of an option; split: its service may start in two spans of one day."""
PER_METRE, PER_SECOND = range(2)
EARLIEST, LATEST, LASTS = range(3)
TRIP_GRAMS, TRIP_MILLILITRES, TRIP_STOPS = range(3)
APART, UNEVEN, STRANGE, DRIFT = range(4)
SINCE_LOADING, LOADS_BY, TO_RETURN, RETURNS_AT = range(4)
"""Of a place of a shift, without waits: seconds from the first loading until it is left, the last
such loading that hours so far allow; seconds from arriving there to the return, the first return
that hours from there on allow (Vidal, Crainic, Gendreau and Prins 2013)."""


class Ground(NamedTuple):
    """What does not change: o options, s stops, h shifts, p speeds, n points, d vehicle days.

    Few wide arrays, because handing a tuple over costs by the number of its arrays.
    """

    options: NDArray[np.int64]  # o, 5
    option_cost: NDArray[np.float64]  # o
    spans: NDArray[np.int64]  # all spans, 2
    stops: NDArray[np.int64]  # s, 19
    prize: NDArray[np.float64]  # s
    near: NDArray[np.int32]  # s, k: the stop itself first
    mate: NDArray[np.int32]  # other stops of households
    foe: NDArray[np.int32]  # stops that must not share a vehicle with one
    allowed: NDArray[np.bool_]  # o, h
    shifts: NDArray[np.int64]  # h, 17
    rates: NDArray[np.float64]  # h, 2
    breaks: NDArray[np.int64]  # all breaks, 3
    day_cost: NDArray[np.float64]  # d
    metres: NDArray[np.int32]  # p, n, n
    seconds: NDArray[np.int32]  # p, n, n
    goals: NDArray[np.float64]  # 4: per pair, second, stop, second
    close: NDArray[np.int32]  # s, 5: neighbours that should not be parted; -1: none
    share: NDArray[np.float64]  # vehicles: of all work
    day_length: int
    has_pickups: bool
    has_links: bool
    has_foes: bool
    has_goals: bool


class State(NamedTuple):
    """What the search changes; w is the longest sequence of a shift."""

    sequence: NDArray[np.int32]  # h, w: options and RELOAD
    length: NDArray[np.int64]  # h
    leave: NDArray[np.int64]  # h, w: earliest departure
    latest: NDArray[np.int64]  # h, w: latest arrival that keeps the rest
    joined: NDArray[np.int64]  # h, w, 4: of the parts before and after a place
    trip: NDArray[np.int32]  # h, w
    trip_loads: NDArray[np.int64]  # h, trips, 3
    num_trips: NDArray[np.int64]  # h
    way: NDArray[np.int64]  # h: metres
    cost: NDArray[np.float64]  # h
    busy: NDArray[np.int64]  # h: seconds from first loading to last return
    is_special: NDArray[np.bool_]  # h: driven through before a place is taken
    waits: NDArray[np.bool_]  # h: for somebody's hours, and time costs something
    is_split: NDArray[np.bool_]  # h: a stop's service may start in two spans of the day
    shift_of: NDArray[np.int32]  # s, -1 when not served
    place_of: NDArray[np.int64]  # s
    day_used: NDArray[np.int64]  # d: shifts in use
    pace: NDArray[np.float64]  # vehicles: what a second costs more
    lean: NDArray[np.float64]  # vehicles: what the stop at hand costs more; infinite: barred
    random: NDArray[np.uint64]  # 1


def ground_of(survey: Survey, stop_rows: list[int]) -> Ground:
    """Return a survey as arrays; stops that are not in `stop_rows` are never served."""
    options, shifts, stops = survey.options, survey.shifts, survey.problem.stops
    speeds: dict[tuple[str, float], int] = {}
    ways: list[Ways] = []
    for shift in shifts:
        key = (shift.vehicle.kind.value, shift.vehicle.speed_factor)
        if key not in speeds:
            speeds[key] = len(ways)
            ways.append(survey.ways(shift.vehicle))
    days: dict[tuple[str, object], int] = {}
    for shift in shifts:
        days.setdefault((shift.vehicle.id, shift.day), len(days))
    wanted = np.zeros(len(stops), dtype=bool)
    wanted[stop_rows] = True
    allowed = survey.allowed.copy()
    allowed[~wanted[[ref.stop_row for ref in options]]] = False
    day_cost = np.zeros(len(days))
    for shift in shifts:
        day_cost[days[shift.vehicle.id, shift.day]] = PARTS_PER_RP * shift.vehicle.cost_rp_per_day
    sizes = _firsts([len(ref.spans) for ref in options])
    goals = survey.problem.goals
    ground = Ground(
        options=_table(
            [ref.point for ref in options],
            [ref.stop_row for ref in options],
            sizes[:-1],
            sizes[1:],
            [_is_split(ref.spans, survey.day_length_s) for ref in options],
        ),
        option_cost=np.array([18.0 * survey.option_cost(ref.option) for ref in options]),
        spans=_rows([span for ref in options for span in ref.spans], 2),
        stops=_stops(survey),
        prize=np.zeros(len(stops)),
        near=_near(survey, wanted),
        mate=np.array([m for r in range(len(stops)) for m in survey.mates.get(r, [])], np.int32),
        foe=np.array([f for r in range(len(stops)) for f in survey.foes.get(r, [])], np.int32),
        allowed=allowed,
        shifts=_shifts(survey, days, speeds),
        rates=_rates(survey),
        breaks=_rows([_break(each) for shift in shifts for each in shift.breaks], 3),
        day_cost=day_cost,
        metres=_ways([each.distance_m for each in ways]),
        seconds=_ways([each.duration_s for each in ways]),
        goals=np.array(
            [
                float(PARTS_PER_RP * goals.apart_rp),
                5.0 * goals.uneven_rp_per_hour,
                float(PARTS_PER_RP * goals.strange_rp),
                5.0 * goals.drift_rp_per_hour,
            ]
        ),
        close=np.array(survey.close if goals.apart_rp else [], np.int32).reshape(-1, NUM_CLOSE),
        share=np.array([float(each) for each in survey.shares]),
        day_length=min(survey.day_length_s, NO_LIMIT),
        has_pickups=any(stop.is_pickup for stop in stops),
        has_links=bool(survey.source_row or survey.mates),
        has_foes=bool(survey.foes),
        has_goals=goals.any,
    )
    return ground._replace(prize=_prizes(survey, ground, wanted))


def _is_split(spans: tuple[tuple[int, int], ...], day_length_s: int) -> bool:
    """Return whether two spans begin on one day."""
    return len({begins // day_length_s for begins, _ in spans}) < len(spans)


def _stops(survey: Survey) -> NDArray[np.int64]:
    """Return the columns of `STOP_COLUMNS`."""
    stops = survey.problem.stops
    row_of = {vehicle.id: row for row, vehicle in enumerate(survey.problem.vehicles)}
    goals = survey.problem.goals
    options = _firsts([len(rows) for rows in survey.options_of])
    mates = _firsts([len(survey.mates.get(row, [])) for row in range(len(stops))])
    foes = _firsts([len(survey.foes.get(row, [])) for row in range(len(stops))])
    has_drift = goals.drift_rp_per_hour > 0
    starts = [s.usual_start_s if has_drift else None for s in stops]
    return _table(
        [stop.busy_s for stop in stops],
        [stop.weight_g for stop in stops],
        [stop.loaded_g for stop in stops],
        [stop.loaded_ml for stop in stops],
        [_sign(stop) * stop.weight_g for stop in stops],
        [_sign(stop) * stop.volume_ml for stop in stops],
        _limits([stop.max_time_in_heat_s for stop in stops]),
        _out(survey),
        [survey.source_row.get(row, -1) for row in range(len(stops))],
        [bool(stop.source) or row in survey.mates for row, stop in enumerate(stops)],
        [stop.is_pickup or bool(stop.source) for stop in stops],
        options[:-1],
        options[1:],
        mates[:-1],
        mates[1:],
        [row_of.get(stop.usual_vehicle, -1) if goals.strange_rp else -1 for stop in stops],
        [-1 if start is None else start for start in starts],
        foes[:-1],
        foes[1:],
    )


def _shifts(
    survey: Survey,
    days: dict[tuple[str, object], int],
    speeds: dict[tuple[str, float], int],
) -> NDArray[np.int64]:
    """Return the columns of `SHIFT_COLUMNS`."""
    shifts = survey.shifts
    row_of = {vehicle.id: row for row, vehicle in enumerate(survey.problem.vehicles)}
    alike: dict[tuple[object, ...], int] = {}
    likeness = [(*s.likeness, len(survey.shifts_of_day[s.vehicle.id, s.day])) for s in shifts]
    if survey.problem.goals.any or survey.foes:
        likeness = [(shift.vehicle.id, *each) for shift, each in zip(shifts, likeness, strict=True)]
    for each in likeness:
        alike.setdefault(each, len(alike))
    breaks = _firsts([len(shift.breaks) for shift in shifts])
    return _table(
        [shift.starts for shift in shifts],
        [shift.ends for shift in shifts],
        [shift.midnight for shift in shifts],
        [shift.loading_s for shift in shifts],
        [shift.depot for shift in shifts],
        [shift.vehicle.capacity_g for shift in shifts],
        [shift.vehicle.capacity_ml for shift in shifts],
        [shift.vehicle.max_trips for shift in shifts],
        _limits([shift.vehicle.max_stops for shift in shifts]),
        _limits([shift.vehicle.max_distance_m for shift in shifts]),
        [shift.vehicle.has_cool_box for shift in shifts],
        [days[shift.vehicle.id, shift.day] for shift in shifts],
        [alike[each] for each in likeness],
        [speeds[shift.vehicle.kind.value, shift.vehicle.speed_factor] for shift in shifts],
        [row_of[shift.vehicle.id] for shift in shifts],
        breaks[:-1],
        breaks[1:],
    )


def _rates(survey: Survey) -> NDArray[np.float64]:
    """Return parts of a rupiah per metre and second; the way alone counts when all is free."""
    rates = []
    for shift in survey.shifts:
        per_metre = 18.0 * shift.vehicle.cost_rp_per_km
        per_second = 5.0 * shift.vehicle.cost_rp_per_hour
        rates.append((per_metre if per_metre or per_second else 18.0, per_second))
    return np.array(rates)


def _table(*columns: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return columns side by side, row by row in memory."""
    return np.ascontiguousarray(np.array([list(each) for each in columns], dtype=np.int64).T)


def _rows(rows: list[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _break(each: BreakRef) -> tuple[int, int, int]:
    return each.earliest, each.latest, each.duration_s


def _firsts(sizes: list[int]) -> NDArray[np.int64]:
    """Return where each of some lists begins when they follow each other, and the end."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _sign(stop: Stop) -> int:
    return 1 if stop.is_pickup else -1


def _limits(values: list[int | None]) -> NDArray[np.int64]:
    return np.array([NO_LIMIT if each is None else each for each in values], dtype=np.int64)


def _ways(tables: list[NDArray[np.int64] | Formula]) -> NDArray[np.int32]:
    """Return tables one behind the other, filled a few rows at a time."""
    size = len(tables[0])
    stacked = np.empty((len(tables), size, size), dtype=np.int32)
    every = np.arange(size)
    for number, table in enumerate(tables):
        for first in range(0, size, ROWS_AT_ONCE):
            rows = every[first : first + ROWS_AT_ONCE]
            ways = table[rows[:, None], every[None, :]]
            stacked[number, rows] = np.where(ways < 0, NO_WAY, np.minimum(ways, NO_WAY))
    return stacked


def _out(survey: Survey) -> NDArray[np.int64]:
    ways, depot = survey.ways(survey.shifts[0].vehicle), survey.shifts[0].depot
    firsts = [survey.options[rows[0]].point if rows else depot for rows in survey.options_of]
    out: NDArray[np.int64] = ways.distance_m[depot, firsts]
    return out


def _near(survey: Survey, wanted: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the nearest wanted stops of each stop, by its first place; itself first."""
    ways, depot = survey.ways(survey.shifts[0].vehicle), survey.shifts[0].depot
    points = np.array([survey.options[r[0]].point if r else depot for r in survey.options_of])
    far = np.iinfo(np.int64).max
    size = min(MOST_NEIGHBOURS, len(points))
    near = np.empty((len(points), size), dtype=np.int32)
    for row, point in enumerate(points.tolist()):
        metres = ways.distance_m[point, points].copy()
        metres[(metres < 0) | ~wanted] = far
        metres[row] = -1
        some = np.argpartition(metres, size - 1)[:size]
        near[row] = some[np.lexsort((some, metres[some]))]
    return near


def _prizes(survey: Survey, ground: Ground, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what leaving a stop out costs: more than any own trip; ten times so by need."""
    stops = survey.problem.stops
    used = sorted({stop.priority for stop in stops}, reverse=True)
    rank = {priority: place for place, priority in enumerate(used)}
    far_m = int(ground.metres[ground.metres < NO_WAY].max(initial=0))
    far_s = int(ground.seconds[ground.seconds < NO_WAY].max(initial=0))
    busy_s = (
        2 * far_s
        + int(ground.shifts[:, LOADING].max())
        + int(ground.stops[:, SERVICE].max(initial=0))
    )
    dearest = (
        2 * far_m * ground.rates[:, PER_METRE].max()
        + min(busy_s, DAY_S) * ground.rates[:, PER_SECOND].max()
        + ground.day_cost.max()
        + ground.option_cost.max(initial=0)
        + PARTS_PER_RP
    )
    need = [WEIGHT_OF_NEED ** rank[s.priority] * max(1, s.num_packages) for s in stops]
    return np.where(wanted, 2 * dearest * np.array(need), 0.0)


def copy_of(state: State) -> State:
    """Return an independent copy."""
    return State._make(each.copy() for each in state)


def state_of(ground: Ground, tours: Tours, seed: int) -> State:
    """Return the state of tours; ask the engine to refresh every shift."""
    num_shifts, num_stops = len(ground.shifts), len(ground.stops)
    width = _longest(ground)
    most_trips = int(ground.shifts[:, MOST_TRIPS].max())
    shape = (num_shifts, width)
    state = State(
        sequence=np.zeros(shape, dtype=np.int32),
        length=np.zeros(num_shifts, dtype=np.int64),
        leave=np.zeros(shape, dtype=np.int64),
        latest=np.zeros(shape, dtype=np.int64),
        joined=np.zeros((*shape, 4), dtype=np.int64),
        trip=np.zeros(shape, dtype=np.int32),
        trip_loads=np.zeros((num_shifts, most_trips, 3), dtype=np.int64),
        num_trips=np.zeros(num_shifts, dtype=np.int64),
        way=np.zeros(num_shifts, dtype=np.int64),
        cost=np.zeros(num_shifts),
        busy=np.zeros(num_shifts, dtype=np.int64),
        is_special=np.zeros(num_shifts, dtype=bool),
        waits=np.zeros(num_shifts, dtype=bool),
        is_split=np.zeros(num_shifts, dtype=bool),
        shift_of=np.full(num_stops, -1, dtype=np.int32),
        place_of=np.zeros(num_stops, dtype=np.int64),
        day_used=np.zeros(len(ground.day_cost), dtype=np.int64),
        pace=np.zeros(len(ground.share)),
        lean=np.zeros(len(ground.share)),
        random=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64) | 1], dtype=np.uint64),
    )
    for column, trips in enumerate(tours.trips):
        flat: list[int] = []
        for trip in trips:
            flat += ([RELOAD] if flat else []) + trip
        state.sequence[column, : len(flat)] = flat
        state.length[column] = len(flat)
        state.day_used[ground.shifts[column, DAY]] += bool(flat)
    for stop, column in tours.where.items():
        state.shift_of[stop] = column
    return state


def _longest(ground: Ground) -> int:
    """Return how many places a shift's sequence can need at most."""
    lightest = np.cumsum(np.sort(ground.stops[:, LOADED_GRAMS]))
    smallest = np.cumsum(np.sort(ground.stops[:, LOADED_MILLILITRES]))
    trips = int(ground.shifts[:, MOST_TRIPS].max())
    most = min(
        int(
            np.searchsorted(lightest, trips * int(ground.shifts[:, MOST_GRAMS].max()), side="right")
        ),
        int(
            np.searchsorted(
                smallest, trips * int(ground.shifts[:, MOST_MILLILITRES].max()), side="right"
            )
        ),
        int(np.minimum(trips * ground.shifts[:, MOST_STOPS].max(), NO_LIMIT)),
    )
    return most + min(trips, most + 1) + 2


def tours_of(survey: Survey, sequence: NDArray[np.int32], length: NDArray[np.int64]) -> Tours:
    """Return the tours of a state's sequences."""
    tours = Tours(survey)
    for column in range(len(length)):
        trips: list[list[int]] = [[]]
        for option in sequence[column, : length[column]].tolist():
            if option == RELOAD:
                trips.append([])
            else:
                trips[-1].append(option)
                tours.where[survey.options[option].stop_row] = column
        tours.trips[column] = [trip for trip in trips if trip]
    return tours
