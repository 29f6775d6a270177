"""Routes of a month: a routing problem from the packages, solved, checked and stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.default_places import ensure_depot, ensure_drop_points
from api.services.errors import Forbidden, Refused
from api.services.pickups import release_pickups
from api.services.plan_goals import last_routes
from api.services.plan_options import DeliveryMode, PlanOptions
from api.services.plan_store import plan_run, store_routes, store_unserved
from api.services.routes import mark_stale_for_child
from api.services.routing_problem import PlanInput, read_problem
from data.queries.routes import ROUTE_NUMBER, free_routes, latest_run
from data.schema import (
    Cycle,
    CycleState,
    Household,
    Package,
    PackageState,
    PlanRun,
    Role,
    Route,
    RouteState,
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
    from logistics import problem as problem_shapes
    from logistics.distance import Travel

__all__ = [
    "DeliveryMode",
    "Note",
    "PlanOptions",
    "PlanResult",
    "SolvedPlan",
    "UnservedView",
    "first_routes",
    "latest_plan",
    "mark_stale_for_child",
    "need_sound",
    "open_problem",
    "plan_routes",
    "prepare_places",
    "solve_problem",
    "store_plan",
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

    @property
    def reasons(self) -> list[tuple[str, dict[str, object]]]:
        """Every rule that stopped it, with its values; the first decides."""
        return [(self.reason, self.params), *_coded(self.params.get("also"))]

    @property
    def remedies(self) -> list[tuple[str, dict[str, object]]]:
        """Everything that would serve it, with its values; of older plans the first only."""
        if "code" not in self.remedy:
            return []
        return _coded([self.remedy, *_list(self.remedy.get("others"))])


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A stored plan."""

    run: PlanRun
    routes: tuple[Route, ...]
    unserved: tuple[UnservedView, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class SolvedPlan:
    """A plan that was solved and checked and is not stored yet."""

    problem: problem_shapes.RoutingProblem
    plan: shapes.RoutePlan


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

    Locked routes stay, and their vehicles stay with them on those days.

    No vehicle is a stated result: every package unserved with its reason. ``travel`` is a matrix
    or road network of the city; without it great circles with working detour factors are used,
    and the plan says so.

    Raises
    ------
    Refused
        ``plan.state`` unless the month is being packed or distributed, ``plan.nothing`` when no
        package waits, ``plan.unsound`` when the independent check finds a violation.
    """
    chosen = options or PlanOptions()
    _need_plannable(cycle, by)
    found = _read(session, cycle, chosen, travel)
    solved = solve_problem(
        found.problem,
        options=chosen,
        start=first_routes(session, cycle=cycle, options=chosen),
        progress=progress,
        cancelled=cancelled,
    )
    return _store(session, cycle, found, solved.plan, chosen, by, now)


def prepare_places(session: Session, *, cycle: Cycle, by: Account) -> None:
    """Make the depot and drop points that a plan needs where the city has none.

    Raises
    ------
    Forbidden, Refused
        As :func:`open_problem`.
    """
    _need_plannable(cycle, by)
    ensure_depot(session)
    ensure_drop_points(session)


def open_problem(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    options: PlanOptions,
    travel: Travel | None = None,
) -> problem_shapes.RoutingProblem:
    """Return the month's routing problem as if its waiting routes were taken back; they stay.

    With :func:`solve_problem` and :func:`store_plan` it plans without holding the store while the
    solver thinks. After :func:`prepare_places` it only reads.

    Raises
    ------
    Forbidden, Refused
        As :func:`plan_routes`.
    """
    _need_plannable(cycle, by)
    return _read(session, cycle, options, travel).problem


def first_routes(
    session: Session, *, cycle: Cycle, options: PlanOptions
) -> shapes.RoutePlan | None:
    """Return the routes that a search begins from; None: from nothing."""
    return last_routes(session, cycle=cycle) if options.keeps_routes else None


def solve_problem(
    problem: problem_shapes.RoutingProblem,
    *,
    options: PlanOptions,
    start: shapes.RoutePlan | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SolvedPlan:
    """Solve a routing problem and check the plan without the solver; it needs no store.

    ``start``: routes to begin from, of :func:`first_routes`.

    Raises
    ------
    Refused
        ``plan.unsound`` when the check finds a violation.
    """
    from logistics.solve import solve

    plan = solve(
        problem,
        seed=options.seed,
        seconds=options.seconds,
        iterations=options.iterations,
        effort=options.effort,
        fuse_s=options.fuse_s,
        start=start,
        progress=progress,
        cancelled=cancelled,
    )
    need_sound(problem, plan)
    return SolvedPlan(problem=problem, plan=plan)


def need_sound(problem: problem_shapes.RoutingProblem, plan: shapes.RoutePlan) -> None:
    """Check a plan without the solver.

    Raises
    ------
    Refused
        ``plan.unsound`` with every rule that does not hold.
    """
    from logistics.check import check

    violations = check(problem, plan)
    if violations:
        rules = sorted({violation.code.value for violation in violations})
        raise Refused("plan.unsound", count=len(violations), rules=rules)


def store_plan(
    session: Session,
    *,
    cycle: Cycle,
    solved: SolvedPlan,
    by: Account,
    now: datetime,
    options: PlanOptions,
    travel: Travel | None = None,
) -> PlanResult:
    """Store a solved plan in place of the routes that wait.

    Raises
    ------
    Forbidden, Refused
        As :func:`plan_routes`; ``plan.inputs_moved`` when packages, vehicles or places changed
        since the problem was read. Nothing is stored then.
    """
    hold_cycle(session, cycle)
    _need_plannable(cycle, by)
    found = _read(session, cycle, options, travel)
    if found.problem.problem_hash != solved.problem.problem_hash:
        raise Refused("plan.inputs_moved", month=cycle.month)
    return _store(session, cycle, found, solved.plan, options, by, now)


def _need_plannable(cycle: Cycle, by: Account) -> None:
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    if cycle.state not in (CycleState.PACKING, CycleState.DISTRIBUTING):
        raise Refused("plan.state", month=cycle.month, found=cycle.state.value)


def _read(session: Session, cycle: Cycle, options: PlanOptions, travel: Travel | None) -> PlanInput:
    found = read_problem(session, cycle=cycle, options=options, travel=travel)
    if not found.loads:
        raise Refused("plan.nothing", month=cycle.month)
    return found


def _store(
    session: Session,
    cycle: Cycle,
    found: PlanInput,
    plan: shapes.RoutePlan,
    options: PlanOptions,
    by: Account,
    now: datetime,
) -> PlanResult:
    _withdraw_routes(session, cycle, now)
    run = plan_run(cycle, found=found, plan=plan, options=options, by=by, now=now)
    session.add(run)
    session.flush()
    store_routes(session, cycle, run, plan, found)
    run.num_unserved = store_unserved(session, cycle, run, plan, found)
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
    """Return the packages of the latest plan that no route carries and that still wait for one."""
    run = latest_run(session, cycle_id=cycle.id or 0)
    return list(_unserved(session, run)) if run else []


def _withdraw_routes(session: Session, cycle: Cycle, now: datetime) -> None:
    """Take back routes that have not left and are not locked; other stops end or wait again."""
    routes = free_routes(session, cycle_id=cycle.id or 0)
    for route in routes:
        route.state = RouteState.CANCELLED
        route.version += 1
        session.add(route)
    release_pickups(session, route_ids=[route.id or 0 for route in routes])
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


def _result(session: Session, run: PlanRun) -> PlanResult:
    routes = session.exec(
        select(Route)
        .where(Route.plan_run_id == run.id, Route.state != RouteState.CANCELLED)
        .order_by(*ROUTE_NUMBER)
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
        .where(
            UnservedStop.plan_run_id == run.id,
            col(Package.state).not_in((PackageState.CARRIED, PackageState.CANCELLED)),
        )
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
        if package.stop_id is None or (_waits(session, package) and not _was_placed(row, home))
    )


def _was_placed(row: UnservedStop, home: Household) -> bool:
    """Whether what stopped a package is mended: its home is on the map now, and it has a stop."""
    return row.reason.endswith("no_coordinates") and home.lat is not None


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _coded(told: object) -> list[tuple[str, dict[str, object]]]:
    """Return code and values of each; values stand under ``params`` or beside the code."""
    found = [each for each in _list(told) if isinstance(each, dict)]
    return [(str(each["code"]), each.get("params", each)) for each in found]


def _waits(session: Session, package: Package) -> bool:
    stop = session.get(Stop, package.stop_id)
    return stop is not None and stop.route_id is None
