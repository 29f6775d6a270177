"""Depots by hand: where routes leave from, added, moved, closed."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import sentence
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.refusals import refusal_of, status_of
from api.pages.row_edits import Shown, edit_row, errors_of
from api.pages.shell import language_of, redirect, render
from api.pages.typed_fields import TypedField
from api.services import depots
from api.services.errors import StaleVersion
from api.services.finding import find_depot
from data.readers.points import UnreadablePoint, read_point
from data.schema import Account, Depot

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, requires("route:edit")]


def show_point(point: tuple[float, float]) -> str:
    """Write a point as people pass it on."""
    return ", ".join(typed_fields.show_degrees(each) for each in point)


def _point_of(text: str) -> tuple[float, float]:
    try:
        return read_point(text)
    except UnreadablePoint as error:
        raise UnreadablePoint(error.code.replace("point.", "depot.point_")) from None


DEPOT = (
    TypedField("name", is_required=True),
    TypedField("address", blank=""),
    TypedField("point", _point_of, show_point, is_required=True),
    TypedField("opens", typed_fields.clock, error="field.clock", is_required=True),
    TypedField("closes", typed_fields.clock, error="field.clock", is_required=True),
    typed_fields.ticked("is_active"),
)
NEW = {"opens": "08:00", "closes": "16:00", "is_active": "ya"}


class DepotForm(BaseModel):
    """A depot's fields as they were typed; ``semula`` are the texts that the form had."""

    semula: str = ""
    name: str = ""
    address: str = ""
    point: str = ""
    opens: str = ""
    closes: str = ""
    is_active: str = ""


@dataclass(frozen=True, slots=True)
class DepotRow:
    """A depot as its form knows it: latitude and longitude are one point."""

    name: str
    address: str
    point: tuple[float, float]
    opens: str
    closes: str
    is_active: bool


@router.get("/gudang/baru")
def new_depot(request: Request, by: Editor) -> HTMLResponse:
    """Show the form of a depot that no file brings."""
    del by
    return _page(request, None, Shown(NEW))


@router.post("/gudang/baru")
def add(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    form: Annotated[DepotForm, Form()],
) -> Response:
    """Add a depot; what is missing or wrong is said at its field, what was typed stays."""
    typed = texts_of_form(form)
    made: list[Depot] = []

    def act() -> None:
        values = _apart(typed_fields.values(DEPOT, typed))
        made.append(depots.save_depot(session, depot=None, changes=values, by=by, now=now))

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, None, Shown(typed, refusal))
    return redirect(request, "/armada#gudang", "depot.did.saved", depot=made[0].name)


@router.get("/gudang/{depot_id}")
def edit_form(request: Request, session: ReadSession, by: Editor, depot_id: RowId) -> HTMLResponse:
    """Show a depot's fields."""
    del by
    depot = find_depot(session, number=depot_id)
    return _page(request, depot, Shown(typed_fields.shown(DEPOT, _row(depot))))


@router.post("/gudang/{depot_id}")
def edit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    depot_id: RowId,
    form: Annotated[DepotForm, Form()],
) -> Response:
    """Save what was changed of a depot since the form was shown."""
    depot = find_depot(session, number=depot_id)

    def save(changes: dict[str, Any], read: dict[str, Any]) -> None:
        depots.save_depot(
            session, depot=depot, changes=_apart(changes), by=by, now=now, read=_apart(read)
        )

    refused = edit_row(session, DEPOT, lambda: _row(depot), texts_of_form(form), save)
    if refused is not None:
        return _page(request, depot, refused)
    return redirect(request, "/armada#gudang", "depot.did.saved", depot=depot.name)


def _row(depot: Depot) -> DepotRow:
    return DepotRow(
        name=depot.name,
        address=depot.address,
        point=(depot.lat, depot.lon),
        opens=depot.opens,
        closes=depot.closes,
        is_active=depot.is_active,
    )


def _apart(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with latitude and longitude instead of the point."""
    point = values.get("point")
    rest = {name: value for name, value in values.items() if name != "point"}
    return rest | ({"lat": point[0], "lon": point[1]} if point else {})


def _page(request: Request, depot: Depot | None, shown: Shown) -> HTMLResponse:
    names = {each.name for each in DEPOT}
    texts = {name: text for name, text in shown.texts.items() if name in names}
    return render(
        request,
        "coordinator/depot_form.html",
        status=status_of(shown.refusal),
        errors=_errors(request, depot, shown),
        depot=depot,
        is_candidate=depot is not None and depots.is_candidate(depot),
        typed=dict.fromkeys(names, "") | texts,
        read=json.dumps(shown.read or texts) if depot else "",
    )


def _errors(request: Request, depot: Depot | None, shown: Shown) -> dict[str, str]:
    """Return field → sentence; two people's points are one field."""
    found = errors_of(request, shown.refusal)
    moved = [found.pop(name) for name in ("lat", "lon") if name in found]
    if moved and depot is not None and isinstance(shown.refusal, StaleVersion):
        saved = {"saved": show_point((depot.lat, depot.lon))}
        found["point"] = sentence(shown.refusal.code, saved, language_of(request))
    return found
