"""How far a plan is from its goals beside cost: territories, balance, known streets, regularity.

Neighbours with different couriers are the overlap that people see (Rossit, Vigo, Tohme and Frutos,
Computers & Operations Research 2019, review such measures); `hull_overlap` is that of Poot, Kant
and Wagelmans (Journal of the Operational Research Society 2002).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from logistics.plan import GoalFigures
from logistics.survey import survey_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from logistics.plan import Route, RoutePlan
    from logistics.problem import RoutingProblem
    from logistics.survey import Survey

Spot = tuple[float, float]


def measure(problem: RoutingProblem, routes: Iterable[Route]) -> GoalFigures:
    """Return how far routes are from every goal, also from those that weigh nothing."""
    survey, routes = survey_of(problem), list(routes)
    starts = {v.stop: (route.vehicle, v.start_s) for route in routes for v in route.visits}
    neighbours, apart = _neighbours(survey, starts)
    uneven = _uneven(survey, routes)
    known = [s for s in problem.stops if s.usual_vehicle and s.id in starts]
    kept = sum(starts[stop.id][0] == stop.usual_vehicle for stop in known)
    drifts = [
        abs(starts[stop.id][1] - stop.usual_start_s)
        for stop in problem.stops
        if stop.usual_start_s is not None and stop.id in starts
    ]
    goals = problem.goals
    penalty = Fraction(apart * goals.apart_rp + (len(known) - kept) * goals.strange_rp)
    penalty += uneven * Fraction(goals.uneven_rp_per_hour, 3_600)
    penalty += sum(drifts) * Fraction(goals.drift_rp_per_hour, 3_600)
    return GoalFigures(
        neighbours=neighbours,
        apart=apart,
        uneven_s=_whole(uneven),
        known=len(known),
        kept=kept,
        timed=len(drifts),
        drift_s=sum(drifts),
        penalty_rp=_whole(penalty),
    )


def _neighbours(survey: Survey, starts: dict[str, tuple[str, int]]) -> tuple[int, int]:
    """Return the pairs of served neighbours, and those that different couriers serve."""
    stops = survey.problem.stops
    total = apart = 0
    for row, others in enumerate(survey.close):
        here = starts.get(stops[row].id)
        for other in others:
            there = starts.get(stops[other].id) if other >= 0 else None
            if here is not None and there is not None:
                total += 1
                apart += here[0] != there[0]
    return total, apart


def _uneven(survey: Survey, routes: list[Route]) -> Fraction:
    """Return the seconds of work that would have to change hands."""
    spans: dict[tuple[str, int], list[int]] = {}
    for route in routes:
        spans.setdefault((route.vehicle, route.shift), []).extend([route.loads_s, route.returns_s])
    work = dict.fromkeys((vehicle.id for vehicle in survey.problem.vehicles), 0)
    for (vehicle, _), instants in spans.items():
        work[vehicle] += max(instants) - min(instants)
    everything = sum(work.values())
    gaps = [abs(w - s * everything) for w, s in zip(work.values(), survey.shares, strict=True)]
    return sum(gaps, Fraction(0)) / 2


def _whole(amount: Fraction) -> int:
    """Return whole units, halves up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def hull_overlap(problem: RoutingProblem, plan: RoutePlan) -> float | None:
    """Return the share of served stops that lie inside the hull of another courier's stops.

    None when no place has coordinates.
    """
    spots: dict[str, list[Spot]] = {}
    for route in plan.routes:
        for visit in route.visits:
            place = problem.place_by_id[visit.place]
            if place.lat is not None and place.lon is not None:
                spots.setdefault(route.vehicle, []).append((place.lon, place.lat))
    if not spots:
        return None
    hulls = {vehicle: _hull(some) for vehicle, some in spots.items()}
    inside = [
        any(_is_inside(spot, hull) for other, hull in hulls.items() if other != vehicle)
        for vehicle, some in spots.items()
        for spot in some
    ]
    return sum(inside) / len(inside)


def _turn(a: Spot, b: Spot, c: Spot) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _hull(spots: list[Spot]) -> list[Spot]:
    """Return the convex hull, counter-clockwise (Andrew 1979)."""
    ordered = sorted(set(spots))
    halves = []
    for points in (ordered, ordered[::-1]):
        half: list[Spot] = []
        for spot in points:
            while len(half) > 1 and _turn(half[-2], half[-1], spot) <= 0:
                half.pop()
            half.append(spot)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _is_inside(spot: Spot, hull: list[Spot]) -> bool:
    if len(hull) < 3:
        return False
    return all(_turn(hull[at - 1], hull[at], spot) > 0 for at in range(len(hull)))
