"""Drop points by hand: a posyandu's day, the hours of an office, where it is, if it is used."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.depots import show_point
from api.pages.field_words import FieldWords
from api.pages.names import kelurahan_choices, names_of
from api.pages.refusals import refusal_of, status_of
from api.pages.row_edits import Shown, edit_row, errors_of
from api.pages.shell import Page, language_of, redirect, render
from api.pages.typed_fields import TypedField
from api.services import drop_points
from api.services.drop_points import LAST_DAY
from data.schema import Account, DropPoint, DropPointKind

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, requires("route:read")]
Editor = Annotated[Account, requires("route:edit")]
PAGE = "/titik-bagi"

POINT = (
    TypedField("kind", DropPointKind, lambda kind: kind.value, "field.choice", is_required=True),
    TypedField("name", is_required=True),
    TypedField("kelurahan_code", error="field.choice", is_required=True),
    TypedField("address", blank=""),
    TypedField("lat", typed_fields.degrees(90), typed_fields.show_degrees, "field.degrees"),
    TypedField("lon", typed_fields.degrees(180), typed_fields.show_degrees, "field.degrees"),
    TypedField("day_of_month", typed_fields.whole(LAST_DAY), error="drop_point.day"),
    TypedField("opens", typed_fields.clock, error="field.clock", is_required=True),
    TypedField("closes", typed_fields.clock, error="field.clock", is_required=True),
    TypedField("pause_from", typed_fields.clock, error="field.clock"),
    TypedField("pause_until", typed_fields.clock, error="field.clock"),
    typed_fields.ticked("is_active"),
)
NEW = {"kind": "posyandu", "opens": "08:00", "closes": "12:00", "is_active": "ya"}


class DropPointForm(BaseModel):
    """A drop point's fields as they were typed; ``semula`` are the texts that the form had."""

    semula: str = ""
    kind: str = ""
    name: str = ""
    kelurahan_code: str = ""
    address: str = ""
    lat: str = ""
    lon: str = ""
    day_of_month: str = ""
    opens: str = ""
    closes: str = ""
    pause_from: str = ""
    pause_until: str = ""
    is_active: str = ""


@router.get(PAGE)
def point_list(
    request: Request,
    session: ReadSession,
    by: Reader,
    kelurahan: str = "",
    cari: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the drop points, of one kelurahan or of all, or those of a name."""
    del by
    found = drop_points.list_drop_points(session, kelurahan=kelurahan, name=cari)
    page = Page(halaman, len(found))
    return render(
        request,
        "coordinator/drop_points.html",
        points=found[page.offset : page.offset + page.size],
        page=page,
        kelurahan=kelurahan,
        cari=cari,
        choices=kelurahan_choices(),
        names=names_of(request),
        is_candidate=drop_points.is_candidate,
        show_point=show_point,
    )


@router.get("/titik-bagi/baru")
def new_point(request: Request, by: Editor) -> HTMLResponse:
    """Show the form of a drop point that no file brings."""
    del by
    return _page(request, None, Shown(NEW))


@router.post("/titik-bagi/baru")
def add(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    form: Annotated[DropPointForm, Form()],
) -> Response:
    """Add a drop point; what is missing or wrong is said at its field, what was typed stays."""
    typed = texts_of_form(form)
    made: list[DropPoint] = []

    def act() -> None:
        values = typed_fields.values(POINT, typed)
        made.append(
            drop_points.save_drop_point(session, point=None, changes=values, by=by, now=now)
        )

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, None, Shown(typed, refusal))
    return _saved(request, made[0])


@router.get("/titik-bagi/{number}")
def edit_form(request: Request, session: ReadSession, by: Editor, number: RowId) -> HTMLResponse:
    """Show a drop point's fields."""
    del by
    point = drop_points.find_drop_point(session, number=number)
    return _page(request, point, Shown(typed_fields.shown(POINT, point)))


@router.post("/titik-bagi/{number}")
def edit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    number: RowId,
    form: Annotated[DropPointForm, Form()],
) -> Response:
    """Save what was changed of a drop point since the form was shown."""
    point = drop_points.find_drop_point(session, number=number)

    def save(changes: dict[str, Any], read: dict[str, Any]) -> None:
        drop_points.save_drop_point(
            session, point=point, changes=changes, by=by, now=now, read=read
        )

    refused = edit_row(session, POINT, lambda: point, texts_of_form(form), save)
    if refused is not None:
        return _page(request, point, refused)
    return _saved(request, point)


def _saved(request: Request, point: DropPoint) -> Response:
    """Lead to the drop points of the same kelurahan, where the saved one is seen."""
    here = f"{PAGE}?kelurahan={point.kelurahan_code}"
    return redirect(request, here, "drop_point.did.saved", name=point.name)


def _page(request: Request, point: DropPoint | None, shown: Shown) -> HTMLResponse:
    names = {each.name for each in POINT}
    texts = {name: text for name, text in shown.texts.items() if name in names}
    return render(
        request,
        "coordinator/drop_point_form.html",
        status=status_of(shown.refusal),
        errors=errors_of(request, shown.refusal),
        point=point,
        is_candidate=point is not None and drop_points.is_candidate(point),
        typed=dict.fromkeys(names, "") | texts,
        read=json.dumps(shown.read or texts) if point else "",
        words=FieldWords(language_of(request)),
        kinds=list(DropPointKind),
        choices=kelurahan_choices(),
    )
