"""A survey as plain arrays, for the compiled engine; and its state.

Costs are parts of a rupiah (`tours.PARTS_PER_RP`), instants seconds on the survey's axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.problem import DAY_S
from logistics.tours import PARTS_PER_RP, Tours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.problem import Stop
    from logistics.survey import Survey, Ways

NO_WAY = 1 << 28
"""Metres and seconds where there is no way: more than any limit, small enough to add up."""

NO_LIMIT = 1 << 40
MOST_NEIGHBOURS = 100
WEIGHT_OF_NEED = 10.0
RELOAD = -1
"""In a sequence of options: back at the depot, load again."""


class Ground(NamedTuple):
    """What does not change: o options, s stops, h shifts, p speeds, n points, d vehicle days."""

    point: NDArray[np.int32]  # o
    stop: NDArray[np.int32]  # o
    option_cost: NDArray[np.float64]  # o
    option_first: NDArray[np.int64]  # s + 1: options of a stop follow each other
    span_first: NDArray[np.int64]  # o + 1
    span_from: NDArray[np.int64]
    span_to: NDArray[np.int64]
    service: NDArray[np.int64]  # s
    grams: NDArray[np.int64]  # s
    loaded_grams: NDArray[np.int64]  # s: at the depot
    loaded_millilitres: NDArray[np.int64]  # s
    more_grams: NDArray[np.int64]  # s: on board after the stop; negative for a delivery
    more_millilitres: NDArray[np.int64]  # s
    source: NDArray[np.int32]  # s, -1: the depot
    mate_first: NDArray[np.int64]  # s + 1
    mate: NDArray[np.int32]  # other stops of the household
    is_linked: NDArray[np.bool_]  # s: has a source or a household
    is_special: NDArray[np.bool_]  # s: a pickup, or fetched on the way
    heat: NDArray[np.int64]  # s
    prize: NDArray[np.float64]  # s
    near: NDArray[np.int32]  # s, k: the stop itself first
    out: NDArray[np.int64]  # s: metres from the depot
    allowed: NDArray[np.bool_]  # o, h
    starts: NDArray[np.int64]  # h, as all below
    ends: NDArray[np.int64]
    midnight: NDArray[np.int64]
    loading: NDArray[np.int64]
    break_first: NDArray[np.int64]  # h + 1
    break_from: NDArray[np.int64]
    break_to: NDArray[np.int64]
    break_lasts: NDArray[np.int64]
    depot: NDArray[np.int32]
    most_grams: NDArray[np.int64]
    most_millilitres: NDArray[np.int64]
    most_trips: NDArray[np.int64]
    most_stops: NDArray[np.int64]
    most_metres: NDArray[np.int64]
    per_metre: NDArray[np.float64]
    per_second: NDArray[np.float64]
    has_cool_box: NDArray[np.bool_]
    day: NDArray[np.int32]
    alike: NDArray[np.int32]
    speed: NDArray[np.int32]
    day_cost: NDArray[np.float64]  # d
    metres: NDArray[np.int32]  # p, n, n
    seconds: NDArray[np.int32]  # p, n, n
    day_length: int
    has_pickups: bool


class State(NamedTuple):
    """What the search changes; w is the longest sequence of a shift."""

    sequence: NDArray[np.int32]  # h, w: options and RELOAD
    length: NDArray[np.int64]  # h
    leave: NDArray[np.int64]  # h, w: earliest departure
    latest: NDArray[np.int64]  # h, w: latest arrival that keeps the rest
    trip: NDArray[np.int32]  # h, w
    trip_grams: NDArray[np.int64]  # h, trips
    trip_millilitres: NDArray[np.int64]
    trip_stops: NDArray[np.int64]
    num_trips: NDArray[np.int64]  # h
    way: NDArray[np.int64]  # h: metres
    cost: NDArray[np.float64]  # h
    is_special: NDArray[np.bool_]  # h: driven through before a place is taken
    shift_of: NDArray[np.int32]  # s, -1 when not served
    place_of: NDArray[np.int64]  # s
    day_used: NDArray[np.int64]  # d: shifts in use
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
    alike: dict[tuple[object, ...], int] = {}
    for shift in shifts:
        days.setdefault((shift.vehicle.id, shift.day), len(days))
    likeness = [(*s.likeness, len(survey.shifts_of_day[s.vehicle.id, s.day])) for s in shifts]
    for each in likeness:
        alike.setdefault(each, len(alike))
    breaks = [each for shift in shifts for each in shift.breaks]
    sizes = [len(rows) for rows in survey.options_of]
    spans = [span for ref in options for span in ref.spans]
    per_metre = [18.0 * shift.vehicle.cost_rp_per_km for shift in shifts]
    per_second = [5.0 * shift.vehicle.cost_rp_per_hour for shift in shifts]
    wanted = np.zeros(len(stops), dtype=bool)
    wanted[stop_rows] = True
    allowed = survey.allowed.copy()
    allowed[~wanted[[ref.stop_row for ref in options]]] = False
    for_free = [m == s == 0 for m, s in zip(per_metre, per_second, strict=True)]
    day_cost = np.zeros(len(days))
    for shift in shifts:
        day_cost[days[shift.vehicle.id, shift.day]] = PARTS_PER_RP * shift.vehicle.cost_rp_per_day
    ground = Ground(
        point=np.array([ref.point for ref in options], dtype=np.int32),
        stop=np.array([ref.stop_row for ref in options], dtype=np.int32),
        option_cost=np.array([18.0 * survey.option_cost(ref.option) for ref in options]),
        option_first=_firsts(sizes),
        span_first=_firsts([len(ref.spans) for ref in options]),
        span_from=np.array([span[0] for span in spans], dtype=np.int64),
        span_to=np.array([span[1] for span in spans], dtype=np.int64),
        service=np.array([stop.busy_s for stop in stops], dtype=np.int64),
        grams=np.array([stop.weight_g for stop in stops], dtype=np.int64),
        loaded_grams=np.array([stop.loaded_g for stop in stops], dtype=np.int64),
        loaded_millilitres=np.array([stop.loaded_ml for stop in stops], dtype=np.int64),
        more_grams=np.array([_sign(s) * s.weight_g for s in stops], dtype=np.int64),
        more_millilitres=np.array([_sign(s) * s.volume_ml for s in stops], dtype=np.int64),
        source=np.array([survey.source_row.get(r, -1) for r in range(len(stops))], dtype=np.int32),
        mate_first=_firsts([len(survey.mates.get(row, [])) for row in range(len(stops))]),
        mate=np.array([m for r in range(len(stops)) for m in survey.mates.get(r, [])], np.int32),
        is_linked=np.array([bool(s.source) or r in survey.mates for r, s in enumerate(stops)]),
        is_special=np.array([stop.is_pickup or bool(stop.source) for stop in stops]),
        heat=_limits([stop.max_time_in_heat_s for stop in stops]),
        prize=np.zeros(len(stops)),
        near=_near(survey, wanted),
        out=_out(survey),
        allowed=allowed,
        starts=np.array([shift.starts for shift in shifts], dtype=np.int64),
        ends=np.array([shift.ends for shift in shifts], dtype=np.int64),
        midnight=np.array([shift.midnight for shift in shifts], dtype=np.int64),
        loading=np.array([shift.loading_s for shift in shifts], dtype=np.int64),
        break_first=_firsts([len(shift.breaks) for shift in shifts]),
        break_from=np.array([each.earliest for each in breaks], dtype=np.int64),
        break_to=np.array([each.latest for each in breaks], dtype=np.int64),
        break_lasts=np.array([each.duration_s for each in breaks], dtype=np.int64),
        depot=np.array([shift.depot for shift in shifts], dtype=np.int32),
        most_grams=np.array([shift.vehicle.capacity_g for shift in shifts], dtype=np.int64),
        most_millilitres=np.array([s.vehicle.capacity_ml for s in shifts], dtype=np.int64),
        most_trips=np.array([shift.vehicle.max_trips for shift in shifts], dtype=np.int64),
        most_stops=_limits([shift.vehicle.max_stops for shift in shifts]),
        most_metres=_limits([shift.vehicle.max_distance_m for shift in shifts]),
        per_metre=np.array([18.0 if f else m for f, m in zip(for_free, per_metre, strict=True)]),
        per_second=np.array(per_second),
        has_cool_box=np.array([shift.vehicle.has_cool_box for shift in shifts], dtype=bool),
        day=np.array([days[s.vehicle.id, s.day] for s in shifts], dtype=np.int32),
        alike=np.array([alike[each] for each in likeness], dtype=np.int32),
        speed=np.array(
            [speeds[s.vehicle.kind.value, s.vehicle.speed_factor] for s in shifts], dtype=np.int32
        ),
        day_cost=day_cost,
        metres=_ways([each.distance_m for each in ways]),
        seconds=_ways([each.duration_s for each in ways]),
        day_length=min(survey.day_length_s, NO_LIMIT),
        has_pickups=any(stop.is_pickup for stop in stops),
    )
    return ground._replace(prize=_prizes(survey, ground, wanted))


def _firsts(sizes: list[int]) -> NDArray[np.int64]:
    """Return where each of some lists begins when they follow each other, and the end."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _sign(stop: Stop) -> int:
    return 1 if stop.is_pickup else -1


def _limits(values: list[int | None]) -> NDArray[np.int64]:
    return np.array([NO_LIMIT if each is None else each for each in values], dtype=np.int64)


def _ways(matrices: list[NDArray[np.int64]]) -> NDArray[np.int32]:
    stacked = np.stack(matrices)
    return np.where(stacked < 0, NO_WAY, np.minimum(stacked, NO_WAY)).astype(np.int32)


def _out(survey: Survey) -> NDArray[np.int64]:
    ways, depot = survey.ways(survey.shifts[0].vehicle), survey.shifts[0].depot
    firsts = [survey.options[rows[0]].point if rows else depot for rows in survey.options_of]
    return ways.distance_m[depot, firsts]


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
    busy_s = 2 * far_s + int(ground.loading.max()) + int(ground.service.max(initial=0))
    dearest = (
        2 * far_m * ground.per_metre.max()
        + min(busy_s, DAY_S) * ground.per_second.max()
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
    num_shifts, num_stops = len(ground.starts), len(ground.service)
    width = _longest(ground)
    most_trips = int(ground.most_trips.max())
    shape = (num_shifts, width)
    state = State(
        sequence=np.zeros(shape, dtype=np.int32),
        length=np.zeros(num_shifts, dtype=np.int64),
        leave=np.zeros(shape, dtype=np.int64),
        latest=np.zeros(shape, dtype=np.int64),
        trip=np.zeros(shape, dtype=np.int32),
        trip_grams=np.zeros((num_shifts, most_trips), dtype=np.int64),
        trip_millilitres=np.zeros((num_shifts, most_trips), dtype=np.int64),
        trip_stops=np.zeros((num_shifts, most_trips), dtype=np.int64),
        num_trips=np.zeros(num_shifts, dtype=np.int64),
        way=np.zeros(num_shifts, dtype=np.int64),
        cost=np.zeros(num_shifts),
        is_special=np.zeros(num_shifts, dtype=bool),
        shift_of=np.full(num_stops, -1, dtype=np.int32),
        place_of=np.zeros(num_stops, dtype=np.int64),
        day_used=np.zeros(len(ground.day_cost), dtype=np.int64),
        random=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64) | 1], dtype=np.uint64),
    )
    for column, trips in enumerate(tours.trips):
        flat: list[int] = []
        for trip in trips:
            flat += ([RELOAD] if flat else []) + trip
        state.sequence[column, : len(flat)] = flat
        state.length[column] = len(flat)
        state.day_used[ground.day[column]] += bool(flat)
    for stop, column in tours.where.items():
        state.shift_of[stop] = column
    return state


def _longest(ground: Ground) -> int:
    """Return how many places a shift's sequence can need at most."""
    lightest = np.cumsum(np.sort(ground.loaded_grams))
    smallest = np.cumsum(np.sort(ground.loaded_millilitres))
    trips = int(ground.most_trips.max())
    most = min(
        int(np.searchsorted(lightest, trips * int(ground.most_grams.max()), side="right")),
        int(np.searchsorted(smallest, trips * int(ground.most_millilitres.max()), side="right")),
        int(np.minimum(trips * ground.most_stops.max(), NO_LIMIT)),
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
