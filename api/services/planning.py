"""Routes of a month: a routing problem from the packages, solved, checked and stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.errors import Forbidden, Refused
from api.services.fleet import clock
from api.services.plan_options import DeliveryMode, PlanOptions
from api.services.routes import mark_stale_for_child
from api.services.routing_problem import Load, PlanInput, read_problem
from api.services.stop_places import stop_at
from data.queries.routes import EDITABLE, latest_run, num_route_codes, routes_of_cycle
from data.schema import (
    Cycle,
    CycleState,
    Household,
    Package,
    PlanRun,
    Role,
    Route,
    RouteState,
    RunState,
    Stop,
    StopState,
    UnservedStop,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account
    from logistics import plan as shapes
    from logistics.distance import Travel

__all__ = [
    "DeliveryMode",
    "Note",
    "PlanOptions",
    "PlanResult",
    "UnservedView",
    "latest_plan",
    "mark_stale_for_child",
    "plan_routes",
    "unserved_packages",
]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know about a plan (``plan.default_depot`` …)."""

    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class UnservedView:
    """A package that no route carries: which rule stopped it and what would serve it."""

    package_id: int
    package_code: str
    household_code: str
    guardian_name: str
    kelurahan_code: str | None
    reason: str
    params: dict[str, object]
    remedy: dict[str, object]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A stored plan."""

    run: PlanRun
    routes: tuple[Route, ...]
    unserved: tuple[UnservedView, ...]
    notes: tuple[Note, ...]


def plan_routes(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    options: PlanOptions | None = None,
    travel: Travel | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PlanResult:
    """Plan every package that is not on its way yet; routes not yet dispatched are replaced.

    No vehicle is a stated result: every package unserved with its reason. ``travel`` is a matrix
    or road network of the city; without it great circles with working detour factors are used,
    and the plan says so.

    Raises
    ------
    Refused
        ``plan.state`` unless the month is being packed or distributed, ``plan.nothing`` when no
        package waits, ``plan.unsound`` when the independent check finds a violation.
    """
    from logistics.check import check
    from logistics.files import plan_to_json, problem_to_json
    from logistics.solve import solve

    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    if cycle.state not in (CycleState.PACKING, CycleState.DISTRIBUTING):
        raise Refused("plan.state", month=cycle.month, found=cycle.state.value)
    chosen = options or PlanOptions()
    _withdraw_routes(session, cycle, now)
    found = read_problem(session, cycle=cycle, options=chosen, travel=travel)
    if not found.loads:
        raise Refused("plan.nothing", month=cycle.month)
    plan = solve(
        found.problem,
        seed=chosen.seed,
        seconds=chosen.seconds,
        iterations=chosen.iterations,
        progress=progress,
        cancelled=cancelled,
    )
    violations = check(found.problem, plan)
    if violations:
        raise Refused(
            "plan.unsound",
            count=len(violations),
            rules=", ".join(sorted({violation.code.value for violation in violations})),
        )
    run = PlanRun(
        cycle_id=cycle.id or 0,
        state=RunState.DONE,
        seed=chosen.seed,
        params=_params(chosen, found),
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
    session.add(run)
    session.flush()
    _store_routes(session, cycle, run, plan, found)
    run.num_unserved = _store_unserved(session, cycle, run, plan, found)
    cycle.plan_run_id = run.id
    session.add(cycle)
    audit.record(
        session,
        by=by,
        action="route:plan",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"routes": len(plan.routes), "unserved": run.num_unserved},
    )
    session.flush()
    return _result(session, run)


def latest_plan(session: Session, *, cycle: Cycle) -> PlanResult | None:
    """Return the month's latest finished plan, or None."""
    run = latest_run(session, cycle_id=cycle.id or 0)
    return _result(session, run) if run else None


def unserved_packages(session: Session, *, cycle: Cycle) -> list[UnservedView]:
    """Return the packages of the latest plan that no route carries."""
    run = latest_run(session, cycle_id=cycle.id or 0)
    return list(_unserved(session, run)) if run else []


def _params(options: PlanOptions, found: PlanInput) -> dict[str, object]:
    return {
        "mode": options.mode.value,
        "days": [day.isoformat() for day in found.problem.days],
        "seconds": options.seconds,
        "iterations": options.iterations,
        "works_fridays": options.works_fridays,
        "notes": [{"code": code, "params": params} for code, params in found.notes],
    }


def _source(source: str, as_of: str) -> str:
    return f"{source} {as_of}".strip()


def _withdraw_routes(session: Session, cycle: Cycle, now: datetime) -> None:
    """Take back routes that have not left; a new attempt waits again, other stops end."""
    routes = [
        route for route, _, _ in routes_of_cycle(session, cycle_id=cycle.id or 0, states=EDITABLE)
    ]
    for route in routes:
        route.state = RouteState.CANCELLED
        route.version += 1
        session.add(route)
    stops = session.exec(
        select(Stop).where(
            Stop.cycle_id == cycle.id,
            Stop.state == StopState.PLANNED,
            col(Stop.route_id).is_(None) | col(Stop.route_id).in_([route.id for route in routes]),
        )
    ).all()
    for stop in stops:
        if stop.reschedules_id is not None:
            stop.route_id = stop.sequence = stop.arrives_at = stop.leg_distance_m = None
        else:
            stop.state = StopState.CANCELLED
            for package in session.exec(select(Package).where(Package.stop_id == stop.id)):
                package.stop_id, package.updated_at = None, now
                session.add(package)
        session.add(stop)
    session.flush()


def _store_routes(
    session: Session, cycle: Cycle, run: PlanRun, plan: shapes.RoutePlan, found: PlanInput
) -> None:
    prefix = f"R-{cycle.month[2:4]}{cycle.month[5:7]}-"
    number = num_route_codes(session, prefix=prefix)
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
        _store_stops(session, cycle, route, planned, found)
    session.flush()


def _store_stops(
    session: Session, cycle: Cycle, route: Route, planned: shapes.Route, found: PlanInput
) -> None:
    """Make a stop per place; loads that meet at one drop point in a row are one stop."""
    last: tuple[str, Stop] | None = None
    sequence = 0
    for visit in planned.visits:
        load = found.loads[visit.stop]
        if last is not None and last[0] == visit.place and visit.place in found.drop_points:
            stop = last[1]
        else:
            sequence += 1
            stop = load.attempt or stop_at(
                cycle,
                home=found.homes.get(visit.place),
                drop_point=found.drop_points.get(visit.place),
            )
            stop.route_id, stop.sequence = route.id, sequence
            stop.arrives_at = clock(visit.arrival_s)
            stop.leg_distance_m = visit.leg_distance_m
            session.add(stop)
            session.flush()
            last = (visit.place, stop)
        for package in load.packages:
            package.stop_id = stop.id
            session.add(package)


def _store_unserved(
    session: Session, cycle: Cycle, run: PlanRun, plan: shapes.RoutePlan, found: PlanInput
) -> int:
    count = 0
    for left in plan.unserved:
        load: Load = found.loads[left.stop]
        reason = left.reasons[0] if left.reasons else None
        remedies = reason.remedies if reason else ()
        for package in load.packages:
            count += 1
            session.add(
                UnservedStop(
                    plan_run_id=run.id or 0,
                    cycle_id=cycle.id or 0,
                    package_id=package.id or 0,
                    reason=reason.code.value if reason else "unserved.not_found",
                    params=_plain(reason.params) if reason else {},
                    remedy={
                        "code": remedies[0].code.value,
                        "params": _plain(remedies[0].params),
                        "others": [remedy.code.value for remedy in remedies[1:]],
                    }
                    if remedies
                    else {},
                )
            )
    return count


def _plain(params: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = json.loads(json.dumps(params, default=str))
    return plain


def _result(session: Session, run: PlanRun) -> PlanResult:
    routes = session.exec(
        select(Route)
        .where(Route.plan_run_id == run.id, Route.state != RouteState.CANCELLED)
        .order_by(col(Route.code))
    ).all()
    stored = run.params.get("notes", [])
    notes = stored if isinstance(stored, list) else []
    return PlanResult(
        run=run,
        routes=tuple(routes),
        unserved=_unserved(session, run),
        notes=tuple(Note(note["code"], note["params"]) for note in notes),
    )


def _unserved(session: Session, run: PlanRun) -> tuple[UnservedView, ...]:
    rows = session.exec(
        select(UnservedStop, Package, Household)
        .join(Package, col(Package.id) == UnservedStop.package_id)
        .join(Household, col(Household.id) == Package.household_id)
        .where(UnservedStop.plan_run_id == run.id)
        .order_by(col(Package.code))
    )
    return tuple(
        UnservedView(
            package_id=package.id or 0,
            package_code=package.code,
            household_code=home.code,
            guardian_name=home.guardian_name,
            kelurahan_code=home.kelurahan_code,
            reason=row.reason,
            params=row.params,
            remedy=row.remedy,
        )
        for row, package, home in rows
        if package.stop_id is None or _waits(session, package)
    )


def _waits(session: Session, package: Package) -> bool:
    stop = session.get(Stop, package.stop_id)
    return stop is not None and stop.route_id is None
