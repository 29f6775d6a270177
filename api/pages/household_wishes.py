"""How a family wants to be served, written down by whoever drives there: hours, needs, priority."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, WriteSession, requires
from api.pages import typed_fields
from api.pages.child_fields import HOME, WISHES, WishesForm, texts_of_form
from api.pages.field_words import FieldWords, skill_names
from api.pages.names import names_of
from api.pages.refusals import status_of
from api.pages.row_edits import Shown, edit_row, errors_of
from api.pages.shell import language_of, redirect, render
from api.services.children import find_household
from api.services.delivery_wishes import open_stops, save_wishes
from data.schema import Account, Household

router = APIRouter(include_in_schema=False)
Placer = Annotated[Account, requires("household:place")]
FIELDS = tuple(each for each in HOME if each.name in WISHES)


class WishesEdit(WishesForm):
    """A family's wishes as they were typed; ``semula`` are the texts that the form had."""

    semula: str = ""


@router.get("/keluarga/{code}/antar")
def wishes_form(
    request: Request, session: LookSession, now: Now, by: Placer, code: str
) -> HTMLResponse:
    """Show how a family wants to be served."""
    home = find_household(session, code=code, by=by, now=now)
    return _page(request, session, home, Shown(typed_fields.shown(FIELDS, home)))


@router.post("/keluarga/{code}/antar")
def save(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Placer,
    code: str,
    form: Annotated[WishesEdit, Form()],
) -> Response:
    """Save what was changed since the form was shown."""
    home = find_household(session, code=code, by=by, now=now)

    def act(changes: dict[str, Any], read: dict[str, Any]) -> None:
        save_wishes(session, household=home, changes=changes, by=by, now=now, read=read)

    refused = edit_row(session, FIELDS, lambda: home, texts_of_form(form), act)
    if refused is not None:
        return _page(request, session, home, refused)
    return redirect(request, f"/keluarga/{home.code}/antar", "household.did.wishes", code=home.code)


def _page(request: Request, session: Session, home: Household, shown: Shown) -> HTMLResponse:
    language = language_of(request)
    texts = {name: text for name, text in shown.texts.items() if name in WISHES}
    return render(
        request,
        "coordinator/household_wishes.html",
        status=status_of(shown.refusal),
        errors=errors_of(request, shown.refusal),
        home=home,
        stops=open_stops(session, household=home),
        names=names_of(request),
        typed=dict.fromkeys(WISHES, "") | texts,
        read=json.dumps(shown.read or texts),
        words=FieldWords(language),
        skills=skill_names(language),
        wishes=WISHES,
    )
