"""Stops under /api/v1: those that wait, where they fit, and moving them."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.schemas.deliveries import AcknowledgementOut, StopResultIn
from api.schemas.routes import MoveIn, PlacementOut, RouteViewOut, StopViewOut, stop_seen
from api.services import fulfilment, routes
from api.services.cycles import find_cycle
from api.services.finding import find_route, find_stop
from data.schema import Account

router = APIRouter(tags=["stops"])

Reader = Annotated[Account, requires("route:read")]
Planner = Annotated[Account, requires("route:plan")]
Corrector = Annotated[Account, requires("delivery:amend")]


@router.get("/cycles/{month}/stops/waiting")
def list_waiting(session: ReadSession, by: Reader, month: str) -> list[StopViewOut]:
    """List the stops that wait for a route."""
    found = routes.waiting_stops(session, cycle=find_cycle(session, month=month))
    return [stop_seen(view, by.role) for view in found]


@router.get("/stops/{uid}/places")
def list_places(session: ReadSession, by: Planner, uid: str) -> list[PlacementOut]:
    """Show where a stop fits best without breaking a rule."""
    del by
    found = routes.best_places(session, stop=find_stop(session, uid=uid))
    return [PlacementOut.model_validate(place) for place in found]


@router.post("/stops/{uid}/move")
def move(
    session: WriteSession, by: Planner, now: Now, uid: str, wanted: MoveIn
) -> list[RouteViewOut]:
    """Move a stop to another place, or off all routes; every changed route is given back."""
    target = find_route(session, code=wanted.to_route) if wanted.to_route else None
    views = routes.move_stop(
        session,
        stop=find_stop(session, uid=uid),
        to_route=target,
        position=wanted.position,
        by=by,
        now=now,
        base_version=wanted.base_version,
    )
    return [RouteViewOut.model_validate(view) for view in views]


@router.post("/stops/{uid}/result")
def record_result(
    session: WriteSession, by: Corrector, now: Now, uid: str, result: StopResultIn
) -> list[AcknowledgementOut]:
    """Record one outcome for every open package of a stop."""
    answers = fulfilment.full_result(
        session,
        stop=find_stop(session, uid=uid),
        event_uid=result.event_uid,
        outcome=result.outcome,
        reason=result.reason,
        reason_text=result.reason_text,
        receiver=result.receiver,
        by=by,
        now=now,
    )
    return [AcknowledgementOut.model_validate(answer) for answer in answers]
