"""Routes as stored, taken through the routing core: times anew, rules checked by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.services.drawn_routes import draw
from api.services.fleet import clock
from data.queries.pickups import pickups_of_routes
from data.queries.routes import stops_by_route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from api.services.drawn_routes import Drawn
    from data.schema import Pickup, Route, Stop
    from logistics import plan as plans

__all__ = ["pauses_of", "retime"]


def retime(session: Session, routes: Sequence[Route]) -> None:
    """Compute times, ways and violations of some routes anew from the order of their stops."""
    from logistics.byhand import reschedule
    from logistics.check import check

    driving = [route for route in routes if _has_stops(session, route)]
    for route in routes:
        if route not in driving:
            route.distance_m = route.duration_s = 0
            route.returns_at, route.violations = route.leaves_at, []
            session.add(route)
    if not driving:
        return
    drawn = draw(session, driving)
    plan = reschedule(drawn.problem, drawn.plan)
    found = check(drawn.problem, plan)
    for planned in plan.routes:
        route = drawn.route_ids[planned.id]
        route.leaves_at, route.returns_at = clock(planned.leaves_s), clock(planned.returns_s)
        route.distance_m, route.duration_s = planned.distance_m, planned.duration_s
        route.distance_source = f"{plan.distance_source} {plan.distance_as_of}".strip()
        route.violations = [
            {
                "code": violation.code.value,
                "stop_uid": _uid(drawn, violation.stop),
                "params": json.loads(json.dumps(violation.params, default=str)),
            }
            for violation in found
            if violation.route == planned.id
            or (violation.route is None and violation.stop in planned.stop_ids)
        ]
        num_stops, sequences = 0, [0]
        for visit in planned.visits:
            row: Stop | Pickup
            if visit.stop in drawn.pickups:
                row = drawn.pickups[visit.stop]
            else:
                row = drawn.stops[visit.stop]
                num_stops += 1
            row.arrives_at, row.leg_distance_m = clock(visit.start_s), visit.leg_distance_m
            session.add(row)
            sequences.append(num_stops)
        route.pauses = pauses_of(planned, sequences)
        session.add(route)
    session.flush()


def _uid(drawn: Drawn, stop: str | None) -> str | None:
    """Return the uid of a stop or pickup of the problem."""
    return drawn.pickups[stop].uid if stop in drawn.pickups else stop


def pauses_of(planned: plans.Route, sequences: Sequence[int]) -> list[dict[str, object]] | None:
    """Return a route's breaks as they are stored.

    ``sequences`` holds for every visit, and for the way back, how many stops come before it.
    """
    return [
        {
            "name": pause.name,
            "starts": clock(pause.starts_s),
            "ends": clock(pause.ends_s),
            "after": sequences[pause.before],
        }
        for pause in planned.pauses
    ] or None


def _has_stops(session: Session, route: Route) -> bool:
    numbers = [route.id or 0]
    return bool(
        stops_by_route(session, route_ids=numbers) or pickups_of_routes(session, route_ids=numbers)
    )
