"""The coordinator's first page: routes of today and after, what needs care, what runs low."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, requires
from api.i18n import N_, kind_of
from api.pages.months import month_steps, next_of
from api.pages.names import names_of
from api.pages.shell import Entry, render
from api.services import cycles, planning, routes, stock
from api.services.clock import local_date
from api.services.exception_queue import list_exceptions
from api.services.household_points import homes_to_place
from api.services.month_progress import progress_of
from api.services.planning import UnservedView
from api.services.route_heads import RouteHead, list_heads
from data.queries.exceptions import count_open_exceptions, months_with_open, routes_with_open
from data.queries.supervision import count_findings, count_visits
from data.schema import Account, Cycle, CycleState, Package, PackageLine, Role, RouteState, Vehicle

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Distribusi"), "/koordinator", "route:read", frozenset({Role.COORDINATOR}))]

AT_WORK = (
    CycleState.APPROVED,
    CycleState.PACKING,
    CycleState.DISTRIBUTING,
    CycleState.RECONCILING,
)
NOT_LEFT = (RouteState.PLANNED, RouteState.CONFIRMED, RouteState.STALE)
NUM_SHOWN = 12


@router.get("/koordinator")
def coordinator_home(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("route:read")],
) -> HTMLResponse:
    """Show the work of the day and what is in its way."""
    today = local_date(now)
    found = cycles.list_cycles(session)
    with_cases = months_with_open(session, reader=by.role)
    months = [
        _month(session, cycle, by, today)
        for cycle in sorted(found, key=lambda one: one.month)
        if cycle.state in AT_WORK
    ]
    return render(
        request,
        "coordinator/home.html",
        num_findings=count_findings(session, role=by.role, username=by.username),
        num_visits=count_visits(session, visitor=by.username),
        months=months,
        not_left=NOT_LEFT,
        today=today,
        before=[cycle for cycle in found if cycle.state in (CycleState.DRAFT, CycleState.LOCKED)],
        contradicted=[
            (cycle.month, cases)
            for cycle in found
            if cycle.state is CycleState.CLOSED
            and cycle.id in with_cases
            and (cases := count_open_exceptions(session, reader=by.role, cycle_id=cycle.id))
        ],
        closed=[cycle for cycle in found if cycle.state is CycleState.CLOSED][:6],
        low=_low_stock(session, today),
        names=names_of(request),
    )


def courier_status(route: RouteHead, troubled: set[str]) -> str:
    """Return where a courier is: ``not_opened``, ``on_the_way``, ``problem`` or ``finished``."""
    if route.state == RouteState.FINISHED:
        return "finished"
    if route.code in troubled:
        return "problem"
    return "on_the_way" if route.opened_at else "not_opened"


def _month(session: Session, cycle: Cycle, by: Account, today: date) -> dict[str, object]:
    views = list_heads(session, cycle=cycle)
    cases = list_exceptions(session, cycles=[cycle], by=by, limit=NUM_SHOWN)
    waiting = routes.waiting_stops(session, cycle=cycle)
    unserved = planning.unserved_packages(session, cycle=cycle)
    homes = homes_to_place(session, cycle=cycle)
    of_homes = {code for home in homes for code in home.package_codes}
    unplaced = [
        stop for stop in waiting
        if stop.lat is None and of_homes.isdisjoint(each.code for each in stop.packages)
    ]  # fmt: skip
    troubled = routes_with_open(session, cycle_id=cycle.id or 0, reader=by.role)
    away = [v for v in views if v.state in (RouteState.DISPATCHED, RouteState.FINISHED)]
    statuses = {view.code: courier_status(view, troubled) for view in away}
    coming = [
        view
        for view in views
        if view.day >= today or view.state in (RouteState.DISPATCHED, *NOT_LEFT)
    ]
    return {
        "cycle": cycle,
        "steps": month_steps(cycle, progress=progress_of(session, cycle=cycle)),
        "upcoming": next_of(session, cycle, by),
        "packages": dict(
            session.exec(
                select(Package.state, func.count())
                .where(Package.cycle_id == cycle.id)
                .group_by(col(Package.state))
            ).all()
        ),
        "routes": views,
        "coming": coming[:NUM_SHOWN],
        "num_coming": len(coming),
        "num_overdue": sum(view.day < today and view.state in NOT_LEFT for view in coming),
        "without_phone": _without_courier(session, coming),
        "couriers": statuses,
        "counts": {
            status: list(statuses.values()).count(status)
            for status in ("not_opened", "on_the_way", "problem", "finished")
        },
        "cases": cases,
        "num_cases": count_open_exceptions(session, reader=by.role, cycle_id=cycle.id),
        "waiting": waiting[:NUM_SHOWN],
        "num_waiting": len(waiting),
        "num_unplaced": len(homes) + len(unplaced),
        "unplaced": unplaced[:1],
        "unserved": _by_reason(unserved),
        "num_homes": len(homes),
    }


def _without_courier(session: Session, coming: Sequence[RouteHead]) -> list[str]:
    """Return the names of vehicles on routes to come that no courier's account belongs to."""
    names = (
        select(Vehicle.name)
        .where(
            col(Vehicle.id).in_({view.vehicle_id for view in coming}),
            col(Vehicle.courier_account_id).is_(None),
        )
        .order_by(Vehicle.name)
    )
    return list(session.exec(names))


def _by_reason(rows: Sequence[UnservedView]) -> list[tuple[str, int]]:
    """Return each kind of reason once, and how many packages it stops, most first."""
    return Counter(kind_of(row.reason) for row in rows).most_common()


def _low_stock(session: Session, today: date) -> list[tuple[stock.StockLine, int]]:
    """Return the items of which not even one more package could be filled, and what is usable."""
    wanted = {
        code: int(most)
        for code, most in session.exec(
            select(PackageLine.item_code, func.max(PackageLine.quantity)).group_by(
                col(PackageLine.item_code)
            )
        )
    }
    return [
        (line, usable)
        for line in stock.stock_list(session)
        if line.item_code in wanted and (usable := line.usable(today)) < wanted[line.item_code]
    ]
