"""When a vehicle is where: times of the trips of one shift, from the order of its stops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from logistics.breaks import IDLE, NEVER, back_at, rest
from logistics.spans import next_span, next_start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.survey import Survey
    from logistics.survey_rows import ShiftRef


@dataclass(frozen=True, slots=True)
class Rest:
    """A break taken on the road, before the way to a visit (or back: the number of visits)."""

    before: int
    starts: int
    ends: int
    name: str


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
    rests: tuple[Rest, ...] = ()


Kept = dict[tuple[int, int], list[int]]
"""Numbers of the breaks kept before a leg: by trip and visit; visit -1 is before loading."""


def timetable(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> list[TripTimes]:
    """Return the times of a shift's trips, each a sequence of rows of `survey.options`.

    The vehicle is back as early as the order allows, and leaves as late as that permits: it waits
    at the depot rather than in the street. A visit that comes after its last window is served at
    once and its trip is not on time. Breaks that cannot be kept are left out. Ways that do not
    exist count as nothing; ask the checker.
    """
    if not trips:
        return []
    kept = _keep_breaks(survey, shift, trips)[1] if shift.breaks else {}
    earliest, spans = [], []
    instant = shift.starts
    for number, trip in enumerate(trips):
        chosen: list[tuple[int, int] | None] = []
        loads = _rested(shift, kept.get((number, -1), []), instant, is_first=number == 0)
        times = _drive(survey, shift, trip, loads, chosen, (number, kept))
        earliest.append(times)
        spans.append(chosen)
        instant = times.returns
    if not shift.breaks and all(times.arrivals == times.starts for times in earliest):
        return earliest
    loads_at = _latest_loads(survey, shift, trips, earliest, spans, kept)
    return [
        _drive(survey, shift, trip, loads, None, (number, kept))
        for number, (trip, loads) in enumerate(zip(trips, loads_at, strict=True))
    ]


def _rested(shift: ShiftRef, numbers: list[int], instant: int, *, is_first: bool) -> int:
    """Return when loading can begin after some breaks at the depot; first: rested long before."""
    ready = IDLE if is_first and numbers else instant
    for number in numbers:
        ready = max(ready, shift.breaks[number].earliest) + shift.breaks[number].duration_s
    return max(ready, instant) if is_first else ready


def _keep_breaks(
    survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]
) -> tuple[int, Kept]:
    """Return the earliest return that keeps hours and breaks (`NEVER`: none), and where they fit.

    A dynamic program over the legs: for every number of breaks kept so far, the earliest instant.
    """
    ready = [IDLE, *([NEVER] * len(shift.breaks))]
    taken: list[tuple[tuple[int, int], list[int]]] = []
    durations = survey.ways(shift.vehicle).durations
    for number, trip in enumerate(trips):
        taken.append(((number, -1), rest(ready, shift.breaks)))
        ready = [
            each if each == NEVER else max(each, shift.starts) + shift.loading_s for each in ready
        ]
        at = shift.depot
        for visit, row in enumerate(trip):
            if visit > 0:
                taken.append(((number, visit), rest(ready, shift.breaks)))
            option = survey.options[row]
            leg = max(0, durations[at][option.point])
            ready = [_served(survey, shift, row, each + leg) for each in ready]
            at = option.point
        taken.append(((number, len(trip)), rest(ready, shift.breaks)))
        leg = max(0, durations[at][shift.depot])
        ready = [each if each == NEVER else each + leg for each in ready]
    back, num_kept = back_at(ready, shift.breaks)
    if back == NEVER:
        return NEVER, {}
    kept: Kept = {}
    for where, numbers in reversed(taken):
        while num_kept - 1 in numbers:
            num_kept -= 1
            kept.setdefault(where, []).insert(0, num_kept)
    return back, kept


def _served(survey: Survey, shift: ShiftRef, row: int, arrival: int) -> int:
    """Return when a visit is over on arrival at an instant; `NEVER` when it is too late."""
    if arrival >= NEVER:
        return NEVER
    option = survey.options[row]
    start = next_start(option.spans, arrival, shift.midnight, survey.day_length_s)
    return NEVER if start is None else start + option.stop.busy_s


def fits(survey: Survey, shift: ShiftRef, trips: Sequence[Sequence[int]]) -> bool:
    """Return whether a shift may drive these trips: size, number, way, hours and heat."""
    vehicle = shift.vehicle
    if len(trips) > vehicle.max_trips:
        return False
    for trip in trips:
        if vehicle.max_stops is not None and len(trip) > vehicle.max_stops:
            return False
        most_g, most_ml = fullest(survey, trip)
        if most_g > vehicle.capacity_g or most_ml > vehicle.capacity_ml:
            return False
    if not _way_fits(survey, shift, trips) or not _keeps_together(survey, trips):
        return False
    return _times_fit(survey, shift, trips)


def fullest(survey: Survey, trip: Sequence[int]) -> tuple[int, int]:
    """Return the most grams and millilitres that are on board during a trip."""
    stops = [survey.options[row].stop for row in trip]
    grams = sum(stop.loaded_g for stop in stops)
    millilitres = sum(stop.loaded_ml for stop in stops)
    if not any(stop.is_pickup for stop in stops):
        return grams, millilitres
    signs = [1 if stop.is_pickup else -1 for stop in stops]
    return (
        max(accumulate((s * e.weight_g for s, e in zip(signs, stops, strict=True)), initial=grams)),
        max(
            accumulate(
                (s * e.volume_ml for s, e in zip(signs, stops, strict=True)), initial=millilitres
            )
        ),
    )


def _keeps_together(survey: Survey, trips: Sequence[Sequence[int]]) -> bool:
    """Return whether goods are fetched before they are brought, and households stay together.

    Only what these trips can tell: the rest of a household may be with another vehicle.
    """
    if not survey.source_row and not survey.mates:
        return True
    options = survey.options
    homes: dict[str, tuple[int, str]] = {}
    for number, trip in enumerate(trips):
        fetched: set[int] = set()
        for row in trip:
            ref = options[row]
            source = survey.source_row.get(ref.stop_row)
            if source is not None and source not in fetched:
                return False
            fetched.add(ref.stop_row)
            here = number, ref.option.place
            if ref.stop_row in survey.mates and homes.setdefault(ref.stop.household, here) != here:
                return False
    return True


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
    if shift.breaks:
        if _keep_breaks(survey, shift, trips)[0] > shift.ends:
            return False
    else:
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
    return all(
        _is_cool(survey, trip, times)
        for trip, times in zip(trips, timetable(survey, shift, trips), strict=True)
    )


def _is_cool(survey: Survey, trip: Sequence[int], times: TripTimes) -> bool:
    """Return whether nothing is longer in the heat than it may be, from the depot or its source."""
    departed = dict(
        zip((survey.options[row].stop_row for row in trip), times.departures, strict=True)
    )
    for row, start in zip(trip, times.starts, strict=True):
        limit = survey.options[row].stop.max_time_in_heat_s
        source = survey.source_row.get(survey.options[row].stop_row, -1)
        if limit is not None and start - departed.get(source, times.leaves) > limit:
            return False
    return True


def _drive(
    survey: Survey,
    shift: ShiftRef,
    trip: Sequence[int],
    loads: int,
    chosen: list[tuple[int, int] | None] | None,
    breaks: tuple[int, Kept] = (0, {}),
) -> TripTimes:
    """Drive one trip that starts loading at an instant; note the span taken at each visit.

    ``breaks`` is the number of the trip, and which breaks are kept before which of its legs.
    """
    durations = survey.ways(shift.vehicle).durations
    number, kept = breaks
    instant = leaves = loads + shift.loading_s
    at = shift.depot
    arrivals, starts, departures = [], [], []
    rests: list[Rest] = []
    is_on_time = True
    for visit, row in enumerate(trip):
        option = survey.options[row]
        instant = _rest(shift, kept.get((number, visit), []), visit, instant, rests)
        instant += max(0, durations[at][option.point])
        arrivals.append(instant)
        span = next_span(option.spans, instant, shift.midnight, survey.day_length_s)
        if span is None:
            is_on_time = False
        elif span[0] > instant:
            instant = span[0]
        if chosen is not None:
            chosen.append(span)
        starts.append(instant)
        instant += option.stop.busy_s
        departures.append(instant)
        at = option.point
    instant = _rest(shift, kept.get((number, len(trip)), []), len(trip), instant, rests)
    returns = instant + max(0, durations[at][shift.depot])
    return TripTimes(
        loads,
        leaves,
        returns,
        tuple(arrivals),
        tuple(starts),
        tuple(departures),
        is_on_time,
        tuple(rests),
    )


def _rest(shift: ShiftRef, numbers: list[int], before: int, instant: int, rests: list[Rest]) -> int:
    """Keep some breaks on the road; return when the vehicle drives on."""
    for number in numbers:
        each = shift.breaks[number]
        begins = max(instant, each.earliest)
        instant = begins + each.duration_s
        rests.append(Rest(before, begins, instant, each.name))
    return instant


def _latest_loads(
    survey: Survey,
    shift: ShiftRef,
    trips: Sequence[Sequence[int]],
    earliest: list[TripTimes],
    spans: list[list[tuple[int, int] | None]],
    kept: Kept,
) -> list[int]:
    """Return how late each trip can start to load without a later end of the shift."""
    latest = []
    instant = earliest[-1].returns
    for number in reversed(range(len(trips))):
        trip, times, chosen = trips[number], earliest[number], spans[number]
        legs = [max(0, leg) for leg in legs_s(survey, shift, trip)]
        for place in reversed(range(len(trip))):
            instant -= legs[place + 1]
            instant = _before_rest(shift, kept.get((number, place + 1), []), instant)
            instant -= survey.options[trip[place]].stop.busy_s
            span = chosen[place]
            instant = min(instant, times.starts[place] if span is None else span[1])
        instant -= (legs[0] if legs else 0) + shift.loading_s
        latest.append(instant)
        instant = _before_rest(shift, kept.get((number, -1), []), instant)
    return latest[::-1]


def _before_rest(shift: ShiftRef, numbers: list[int], instant: int) -> int:
    """Return how late some breaks can be reached when the vehicle must drive on at an instant."""
    for number in reversed(numbers):
        instant = min(instant - shift.breaks[number].duration_s, shift.breaks[number].latest)
    return instant
