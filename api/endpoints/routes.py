"""Routes under /api/v1: planned, changed by hand, confirmed, printed, sent out."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import LookSession, Now, ReadSession, Store, WriteSession, requires
from api.schemas.routes import (
    ConfirmedOut,
    ConfirmIn,
    DispatchIn,
    ExportIn,
    GoalPriceOut,
    MergeIn,
    NoteOut,
    OrderIn,
    PlanIn,
    PlanOut,
    RouteViewOut,
    SplitIn,
    UnservedViewOut,
    WhatsAppMessageOut,
    route_seen,
)
from api.schemas.seen import as_seen
from api.services import departures, dispatch, looks, planning, routes, solves
from api.services.cycles import find_cycle
from api.services.errors import NotFound
from api.services.finding import find_route
from api.services.plan_goals import GoalLevels, goal_prices
from api.services.plan_options import ServiceTime
from api.services.planning import PlanOptions, PlanResult
from data.schema import Account, Role

router = APIRouter(tags=["routes"])

Reader = Annotated[Account, requires("route:read")]
Planner = Annotated[Account, requires("route:plan")]
Printer = Annotated[Account, requires("route:export")]
Dispatcher = Annotated[Account, requires("route:dispatch")]
FUSE_S = 60.0
"""Longest search that a request waits for."""

FILES: dict[int | str, dict[str, object]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file."}
}


@router.post("/cycles/{month}/plan")
def plan(store: Store, by: Planner, now: Now, month: str, wanted: PlanIn) -> PlanOut:
    """Plan routes for every package that is not on its way; at most a minute of search."""
    result = solves.plan_month(store, month=month, by=by, now=now, options=_options(wanted))
    return _plan(result, by.role)


@router.post("/cycles/{month}/plan/prices")
def price_goals(store: Store, by: Planner, month: str, wanted: PlanIn) -> list[GoalPriceOut]:
    """Tell what each wanted goal costs in kilometres, time and rupiah; nothing is planned yet."""
    options = _options(wanted)
    problem, _ = solves.open_plan(store, month=month, by=by, options=options)
    found = goal_prices(problem, options=options)
    return [GoalPriceOut.model_validate(price) for price in found]


def _options(wanted: PlanIn) -> PlanOptions:
    return PlanOptions(
        mode=wanted.mode,
        days=tuple(wanted.days),
        seed=wanted.seed,
        seconds=wanted.seconds,
        effort=wanted.effort,
        fuse_s=FUSE_S,
        works_fridays=wanted.works_fridays,
        max_walk_m=wanted.max_walk_m,
        service=ServiceTime(wanted.service_s, wanted.service_s_per_package),
        goals=GoalLevels(**wanted.goals.model_dump()),
        keeps_routes=wanted.keeps_routes,
    )


@router.get("/cycles/{month}/plan")
def read_plan(session: ReadSession, by: Reader, month: str) -> PlanOut:
    """Show the latest plan: its routes, what is on none of them, and what must be known of it."""
    result = planning.latest_plan(session, cycle=find_cycle(session, month=month))
    if result is None:
        raise NotFound("plan.none", month=month)
    return _plan(result, by.role)


@router.get("/cycles/{month}/routes")
def list_routes(session: LookSession, by: Reader, now: Now, month: str) -> list[RouteViewOut]:
    """List a month's routes with stops and packages; the reading is noted."""
    cycle = find_cycle(session, month=month)
    looks.note(session, by=by, action="route:read", subject="cycle", subject_id=month, now=now)
    return [route_seen(view, by.role) for view in routes.list_routes(session, cycle=cycle)]


@router.get("/routes/{code}")
def read_route(session: LookSession, by: Reader, now: Now, code: str) -> RouteViewOut:
    """Show one route; the reading is noted."""
    route = find_route(session, code=code)
    looks.note(session, by=by, action="route:read", subject="route", subject_id=code, now=now)
    return route_seen(routes.route_view(session, route=route), by.role)


@router.put("/routes/{code}/order")
def reorder(
    session: WriteSession, by: Planner, now: Now, code: str, order: OrderIn
) -> RouteViewOut:
    """Put a route's stops in another order; what that breaks is named in ``violations``."""
    view = routes.reorder_route(
        session,
        route=find_route(session, code=code),
        stop_uids=order.stop_uids,
        by=by,
        now=now,
        base_version=order.base_version,
    )
    return RouteViewOut.model_validate(view)


@router.post("/routes/{code}/split")
def split(
    session: WriteSession, by: Planner, now: Now, code: str, cut: SplitIn
) -> list[RouteViewOut]:
    """Cut a route in two trips."""
    views = routes.split_route(
        session,
        route=find_route(session, code=code),
        after_position=cut.after_position,
        by=by,
        now=now,
        base_version=cut.base_version,
    )
    return [RouteViewOut.model_validate(view) for view in views]


@router.post("/routes/{code}/merge")
def merge(session: WriteSession, by: Planner, now: Now, code: str, wanted: MergeIn) -> RouteViewOut:
    """Append another route of the same day."""
    view = routes.merge_routes(
        session,
        route=find_route(session, code=code),
        other=find_route(session, code=wanted.other_code),
        by=by,
        now=now,
        base_version=wanted.base_version,
    )
    return RouteViewOut.model_validate(view)


@router.post("/routes/{code}/confirm")
def confirm(
    session: WriteSession, by: Planner, now: Now, code: str, wanted: ConfirmIn
) -> RouteViewOut:
    """Confirm a route; violations are accepted only with a reason."""
    view = routes.confirm_route(
        session,
        route=find_route(session, code=code),
        by=by,
        now=now,
        base_version=wanted.base_version,
        accept_reason=wanted.accept_reason,
    )
    return RouteViewOut.model_validate(view)


@router.post("/cycles/{month}/routes/confirm")
def confirm_all(session: WriteSession, by: Planner, now: Now, month: str) -> ConfirmedOut:
    """Confirm every route without violations."""
    cycle = find_cycle(session, month=month)
    confirmed, left = routes.confirm_all(session, cycle=cycle, by=by, now=now)
    return ConfirmedOut(
        confirmed=[RouteViewOut.model_validate(view) for view in confirmed],
        left=[RouteViewOut.model_validate(view) for view in left],
    )


@router.post("/routes/{code}/dispatch")
def send_out(
    session: WriteSession, by: Dispatcher, now: Now, code: str, wanted: DispatchIn
) -> RouteViewOut:
    """Let a confirmed route leave: early only when sure, beside an overlap with a reason."""
    route = departures.dispatch_route(
        session,
        route=find_route(session, code=code),
        by=by,
        now=now,
        base_version=wanted.base_version,
        is_sure=wanted.is_sure,
        overlap_reason=wanted.overlap_reason,
    )
    return RouteViewOut.model_validate(routes.route_view(session, route=route))


@router.post("/cycles/{month}/routes/export", response_class=Response, responses=FILES)
def export(session: WriteSession, by: Printer, now: Now, month: str, wanted: ExportIn) -> Response:
    """Print or export confirmed routes as one file; the export and its purpose are noted."""
    chosen = None
    if wanted.route_codes is not None:
        chosen = [find_route(session, code=code) for code in wanted.route_codes]
    made = dispatch.export_routes(
        session,
        cycle=find_cycle(session, month=month),
        kind=wanted.kind,
        by=by,
        now=now,
        purpose=wanted.purpose,
        routes=chosen,
        help_phone=wanted.help_phone,
        language=wanted.language,
    )
    heading = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heading)


@router.post("/cycles/{month}/routes/messages")
def messages(session: WriteSession, by: Printer, now: Now, month: str) -> list[WhatsAppMessageOut]:
    """Write the messages for couriers, ready to be sent from one's own phone."""
    cycle = find_cycle(session, month=month)
    found = dispatch.whatsapp_messages(session, cycle=cycle, by=by, now=now)
    return [WhatsAppMessageOut.model_validate(message) for message in found]


def _plan(result: PlanResult, role: Role) -> PlanOut:
    return PlanOut(
        distance_m=result.run.distance_m,
        duration_s=result.run.duration_s,
        cost_rp=result.run.cost_rp,
        distance_source=result.run.distance_source,
        routes=[route.code for route in result.routes],
        unserved=[as_seen(UnservedViewOut.model_validate(row), role) for row in result.unserved],
        notes=[NoteOut.model_validate(note) for note in result.notes],
    )
