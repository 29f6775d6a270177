"""A solved plan in the store: its run, its routes with their stops, and what no route carries."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from api.services.fleet import clock
from api.services.plan_goals import weighs_goals
from api.services.route_timing import pauses_of, retime
from api.services.stop_places import stop_at
from data.queries.routes import num_route_codes, routes_of_vehicle_day
from data.schema import PickupState, PlanRun, Route, RunState, Stop, UnservedStop

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.plan_options import PlanOptions
    from api.services.routing_problem import Load, PlanInput
    from data.schema import Account, Cycle, Pickup
    from logistics import plan as shapes

IDLE_S = 2.0
"""What finding out why vehicles stay behind may take."""

__all__ = ["plan_run", "put_pickup", "store_routes", "store_unserved"]


def plan_run(
    cycle: Cycle,
    *,
    found: PlanInput,
    plan: shapes.RoutePlan,
    options: PlanOptions,
    by: Account,
    now: datetime,
) -> PlanRun:
    """Return the run of a plan with problem and plan as anyone can check them."""
    from logistics.files import plan_to_json, problem_to_json
    from logistics.goals import measure

    return PlanRun(
        cycle_id=cycle.id or 0,
        state=RunState.DONE,
        seed=options.seed,
        params=_params(options, found)
        | {
            "notes": _notes(found, plan),
            "figures": asdict(measure(found.problem, plan.routes)),
            "idle": _idle(found, plan),
            "engine": plan.engine,
        },
        problem_hash=found.problem.problem_hash,
        problem_json=json.dumps(problem_to_json(found.problem)).encode(),
        plan_json=json.dumps(plan_to_json(plan)).encode(),
        distance_source=_source(plan.distance_source, plan.distance_as_of),
        distance_m=plan.distance_m,
        duration_s=plan.duration_s,
        cost_rp=plan.cost_rp,
        num_unserved=0,
        seconds=plan.seconds,
        by=by.username,
        started_at=now,
        finished_at=now,
    )


def _params(options: PlanOptions, found: PlanInput) -> dict[str, object]:
    return {
        "mode": options.mode.value,
        "days": [day.isoformat() for day in found.problem.days],
        "seconds": options.seconds,
        "iterations": options.iterations,
        "effort": options.effort.value,
        "works_fridays": options.works_fridays,
        "max_walk_m": options.max_walk_m,
        "service": asdict(options.service),
        "goals": asdict(options.goals),
        "keeps_routes": options.keeps_routes,
    }


def _notes(found: PlanInput, plan: shapes.RoutePlan) -> list[dict[str, object]]:
    notes = list(found.notes)
    if plan.time_ran_out:
        notes.append(("plan.time_ran_out", {"seconds": round(plan.seconds)}))
    if found.problem.goals.any and not weighs_goals(plan):
        notes.append(("plan.goals_not_weighed", {}))
    return [{"code": code, "params": params} for code, params in notes]


def _idle(found: PlanInput, plan: shapes.RoutePlan) -> list[dict[str, object]]:
    """Return the vehicles that the plan leaves behind, each with its reason."""
    from logistics.idle import idle_vehicles

    began = time.perf_counter()
    told: list[dict[str, object]] = []
    for each in idle_vehicles(
        found.problem, plan, keep_on=lambda: time.perf_counter() - began < IDLE_S
    ):
        params = dict(each.params)
        if "what" in params:
            giver = found.vehicles[params["what"]["vehicle"]].name
            params["what"] = params["what"] | {"vehicle": giver}
        told.append(
            {
                "vehicle_id": found.vehicles[each.vehicle].id,
                "code": each.code.value,
                "params": params,
            }
        )
    return told


def _source(source: str, as_of: str) -> str:
    return f"{source} {as_of}".strip()


def store_routes(
    session: Session, cycle: Cycle, run: PlanRun, plan: shapes.RoutePlan, found: PlanInput
) -> None:
    """Store the routes of a plan with their stops; codes go on where the month's stand.

    The plan parks anew for each load of a drop point, the stored stop once: days with such stops
    are timed as they will be driven, so that no change by hand moves more than it changes.
    """
    prefix = f"R-{cycle.month[2:4]}{cycle.month[5:7]}-"
    number = num_route_codes(session, prefix=prefix)
    joined: set[tuple[int, date]] = set()
    for planned in sorted(plan.routes, key=lambda route: (route.day, route.leaves_s, route.id)):
        number += 1
        vehicle = found.vehicles[planned.vehicle]
        depot = found.problem.vehicle_by_id[planned.vehicle].depot
        route = Route(
            code=f"{prefix}{number:02d}",
            cycle_id=cycle.id or 0,
            plan_run_id=run.id or 0,
            vehicle_id=vehicle.id or 0,
            depot_id=found.depots[depot].id or 0,
            day=planned.day,
            trip=planned.trip,
            leaves_at=clock(planned.leaves_s),
            returns_at=clock(planned.returns_s),
            distance_m=planned.distance_m,
            duration_s=planned.duration_s,
            distance_source=run.distance_source,
        )
        session.add(route)
        session.flush()
        if _store_stops(session, cycle, route, planned, found):
            joined.add((route.vehicle_id, route.day))
    session.flush()
    for vehicle_id, day in sorted(joined):
        retime(session, routes_of_vehicle_day(session, vehicle_id=vehicle_id, day=day))


def _store_stops(
    session: Session, cycle: Cycle, route: Route, planned: shapes.Route, found: PlanInput
) -> bool:
    """Make a stop per place; loads that meet at one drop point in a row are one stop.

    Return whether any did.
    """
    last: tuple[str, Stop] | None = None
    are_joined = False
    sequence = 0
    sequences = [0]
    for visit in planned.visits:
        if visit.stop in found.pickups:
            put_pickup(session, found.pickups[visit.stop], route, visit, after=sequence)
            sequences.append(sequence)
            last = None
            continue
        load = found.loads[visit.stop]
        if last is not None and last[0] == visit.place and visit.place in found.drop_points:
            stop, are_joined = last[1], True
        else:
            sequence += 1
            stop = load.attempt or stop_at(
                cycle,
                home=found.homes.get(visit.place),
                drop_point=found.drop_points.get(visit.place),
            )
            stop.route_id, stop.sequence = route.id, sequence
            stop.arrives_at = clock(visit.start_s)
            stop.leg_distance_m = visit.leg_distance_m
            session.add(stop)
            session.flush()
            last = (visit.place, stop)
        sequences.append(sequence)
        for package in load.packages:
            package.stop_id = stop.id
            session.add(package)
    route.pauses = pauses_of(planned, sequences)
    session.add(route)
    return are_joined


def put_pickup(
    session: Session, pickup: Pickup, route: Route, visit: shapes.Visit, *, after: int
) -> None:
    """Put a pickup on a route behind so many of its stops."""
    pickup.route_id, pickup.after, pickup.state = route.id, after, PickupState.PLANNED
    pickup.arrives_at, pickup.leg_distance_m = clock(visit.start_s), visit.leg_distance_m
    pickup.unserved = None
    session.add(pickup)


def store_unserved(
    session: Session, cycle: Cycle, run: PlanRun, plan: shapes.RoutePlan, found: PlanInput
) -> int:
    """Store the packages that no route carries, each with its reason; return how many."""
    count = 0
    for left in plan.unserved:
        reason, params, remedies = _told(left, found)
        if left.stop in found.pickups:
            pickup = found.pickups[left.stop]
            pickup.unserved = {
                "reason": reason,
                "params": params,
                "remedy": remedies[0]["code"] if remedies else "",
                "remedy_params": remedies[0]["params"] if remedies else {},
            }
            session.add(pickup)
            continue
        load: Load = found.loads[left.stop]
        for package in load.packages:
            count += 1
            session.add(
                UnservedStop(
                    plan_run_id=run.id or 0,
                    cycle_id=cycle.id or 0,
                    package_id=package.id or 0,
                    reason=reason,
                    params=params,
                    remedy={**remedies[0], "others": remedies[1:]} if remedies else {},
                )
            )
    return count


def _told(
    left: shapes.Unserved, found: PlanInput
) -> tuple[str, dict[str, object], list[dict[str, object]]]:
    """Return the first reason and its values (``also``: the others), and all remedies once.

    Vehicles are named as people know them.
    """
    names = {id_: vehicle.name for id_, vehicle in found.vehicles.items()}

    def plain(params: dict[str, object]) -> dict[str, object]:
        if "vehicle" not in params:
            return _plain(params)
        return _plain({**params, "vehicle": names.get(str(params["vehicle"]), params["vehicle"])})

    if not left.reasons:
        return "unserved.not_found", {}, []
    first, *others = left.reasons
    params = plain(first.params)
    if others:
        params["also"] = [{**plain(each.params), "code": each.code.value} for each in others]
    remedies: list[dict[str, object]] = []
    for remedy in (each for reason in left.reasons for each in reason.remedies):
        told: dict[str, object] = {"code": remedy.code.value, "params": plain(remedy.params)}
        if told not in remedies:
            remedies.append(told)
    return first.code.value, params, remedies


def _plain(params: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = json.loads(json.dumps(params, default=str))
    return plain
