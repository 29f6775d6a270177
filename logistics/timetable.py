"""When a vehicle is where: times of the trips of one shift, from the order of its stops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.survey import ShiftRef, Survey


@dataclass(frozen=True, slots=True)
class TripTimes:
    """Instants of one trip; `arrivals`, `starts` and `departures` by visit."""

    loads: int
    leaves: int
    returns: int
    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    departures: tuple[int, ...]
    is_on_time: bool


def timetable(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> list[TripTimes]:
    """Return the times of a shift's trips, each a sequence of rows of `survey.options`.

    The vehicle is back as early as the order allows, and leaves as late as that permits: it waits
    at the depot rather than in the street. A visit that comes after its last window is served at
    once and its trip is not on time. Ways that do not exist count as nothing; ask the checker.
    """
    earliest, spans = [], []
    instant = shift.starts
    for trip in trips:
        chosen: list[tuple[int, int] | None] = []
        times = _drive(survey, shift, trip, instant, chosen)
        earliest.append(times)
        spans.append(chosen)
        instant = times.returns
    if all(times.arrivals == times.starts for times in earliest):
        return earliest
    loads_at = _latest_loads(survey, shift, trips, earliest, spans)
    return [
        _drive(survey, shift, trip, loads, None)
        for trip, loads in zip(trips, loads_at, strict=True)
    ]


def fits(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> bool:
    """Return whether a shift may drive these trips: size, number, way, hours and heat."""
    vehicle = shift.vehicle
    if len(trips) > vehicle.max_trips:
        return False
    options = survey.options
    for trip in trips:
        stops = [options[row].stop for row in trip]
        if vehicle.max_stops is not None and len(stops) > vehicle.max_stops:
            return False
        if sum(stop.weight_g for stop in stops) > vehicle.capacity_g:
            return False
        if sum(stop.volume_ml for stop in stops) > vehicle.capacity_ml:
            return False
    if not _way_fits(survey, shift, trips):
        return False
    return _times_fit(survey, shift, trips)


def way_m(survey: Survey, shift: ShiftRef, trip: Sequence[int]) -> int:
    """Return the metres of one trip; ways that do not exist count as nothing."""
    return sum(max(0, leg) for leg in legs_m(survey, shift, trip))


def legs_m(survey: Survey, shift: ShiftRef, trip: Sequence[int]) -> list[int]:
    """Return the metres of every leg of one trip, the way back last; -1 where there is none."""
    distances = survey.ways(shift.vehicle).distances
    points = [shift.depot, *(survey.options[row].point for row in trip), shift.depot]
    return [distances[a][b] for a, b in pairwise(points)]


def legs_s(survey: Survey, shift: ShiftRef, trip: Sequence[int]) -> list[int]:
    """Return the seconds of every leg of one trip, the way back last; -1 where there is none."""
    durations = survey.ways(shift.vehicle).durations
    points = [shift.depot, *(survey.options[row].point for row in trip), shift.depot]
    return [durations[a][b] for a, b in pairwise(points)]


def _way_fits(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> bool:
    total_m = 0
    for trip in trips:
        legs = legs_m(survey, shift, trip)
        if min(legs) < 0:
            return False
        total_m += sum(legs)
    limit = shift.vehicle.max_distance_m
    return limit is None or total_m <= limit


def _times_fit(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> bool:
    instant = shift.starts
    for trip in trips:
        times = _drive(survey, shift, trip, instant, None)
        if not times.is_on_time:
            return False
        instant = times.returns
    if instant > shift.ends:
        return False
    options = survey.options
    if shift.vehicle.has_cool_box or all(
        options[row].stop.max_time_in_heat_s is None for trip in trips for row in trip
    ):
        return True
    for trip, times in zip(trips, timetable(survey, shift, trips), strict=True):
        for row, start in zip(trip, times.starts, strict=True):
            limit = options[row].stop.max_time_in_heat_s
            if limit is not None and start - times.leaves > limit:
                return False
    return True


def _drive(
    survey: Survey,
    shift: ShiftRef,
    trip: Sequence[int],
    loads: int,
    chosen: list[tuple[int, int] | None] | None,
) -> TripTimes:
    """Drive one trip that starts loading at an instant; note the span taken at each visit."""
    durations = survey.ways(shift.vehicle).durations
    options = survey.options
    instant = leaves = loads + shift.loading_s
    at = shift.depot
    arrivals, starts, departures = [], [], []
    is_on_time = True
    for row in trip:
        option = options[row]
        leg = durations[at][option.point]
        instant += max(0, leg)
        arrivals.append(instant)
        span = _next_span(option.spans, instant, shift.midnight, survey.day_length_s)
        if span is None:
            is_on_time = False
        elif span[0] > instant:
            instant = span[0]
        if chosen is not None:
            chosen.append(span)
        starts.append(instant)
        instant += option.stop.service_s
        departures.append(instant)
        at = option.point
    leg = durations[at][shift.depot]
    returns = instant + (max(0, leg))
    return TripTimes(
        loads, leaves, returns, tuple(arrivals), tuple(starts), tuple(departures), is_on_time
    )


def _next_span(
    spans: tuple[tuple[int, int], ...], instant: int, midnight: int, day_length_s: int
) -> tuple[int, int] | None:
    """Return the first span of the day that is not over at an instant."""
    for span in spans:
        if span[1] >= instant and span[0] >= midnight:
            return span if span[0] < midnight + day_length_s else None
    return None


def _latest_loads(
    survey: Survey,
    shift: ShiftRef,
    trips: Sequence[Sequence[int]],
    earliest: list[TripTimes],
    spans: list[list[tuple[int, int] | None]],
) -> list[int]:
    """Return how late each trip can start to load without a later end of the shift."""
    latest = []
    instant = earliest[-1].returns
    for trip, times, chosen in zip(
        reversed(trips), reversed(earliest), reversed(spans), strict=True
    ):
        legs = [max(0, leg) for leg in legs_s(survey, shift, trip)]
        for place in reversed(range(len(trip))):
            instant -= legs[place + 1] + survey.options[trip[place]].stop.service_s
            span = chosen[place]
            instant = min(instant, times.starts[place] if span is None else span[1])
        instant -= (legs[0] if legs else 0) + shift.loading_s
        latest.append(instant)
    return latest[::-1]
