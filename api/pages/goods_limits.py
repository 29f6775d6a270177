"""How long goods may wait before the posyandu's day and bear the heat: shown, set by the city."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.names import names_of
from api.pages.refusals import status_of
from api.pages.row_edits import Shown, edit_row, errors_of
from api.pages.shell import redirect, render
from api.pages.typed_fields import TypedField
from api.services import goods_limit_setting
from api.services.goods_limit_setting import MOST_DAYS, MOST_MINUTES
from api.services.goods_limits import limit_of, limits_by_item
from data.reference.items import items
from data.schema import Account

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, requires("stock:read")]
Editor = Annotated[Account, requires("route:edit")]
PAGE = "/barang"

LIMITS = (
    TypedField(
        "max_days_before_delivery",
        typed_fields.whole(MOST_DAYS),
        error="goods.days",
        is_required=True,
    ),
    TypedField("max_heat_minutes", typed_fields.whole(MOST_MINUTES), error="goods.minutes"),
)


class LimitForm(BaseModel):
    """An item's limits as they were typed; ``semula`` are the texts that the form had."""

    semula: str = ""
    max_days_before_delivery: str = ""
    max_heat_minutes: str = ""


@router.get(PAGE)
def goods_list(request: Request, session: ReadSession, by: Reader) -> HTMLResponse:
    """Show every item: what it weighs, whether it needs a cool box, and its limits."""
    del by
    return render(
        request,
        "coordinator/goods_limits.html",
        goods=items().values(),
        limits=limits_by_item(session),
        names=names_of(request),
    )


@router.get("/barang/{code}")
def edit_form(request: Request, session: ReadSession, by: Editor, code: str) -> HTMLResponse:
    """Show an item's limits as a form."""
    del by
    limits = limit_of(session, code=code)
    return _page(request, session, code, Shown(typed_fields.shown(LIMITS, limits)))


@router.post("/barang/{code}")
def edit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    form: Annotated[LimitForm, Form()],
) -> Response:
    """Save what was changed of an item's limits since the form was shown."""
    limit_of(session, code=code)

    def save(changes: dict[str, Any], read: dict[str, Any]) -> None:
        goods_limit_setting.save_limit(
            session, code=code, changes=changes, by=by, now=now, read=read
        )

    refused = edit_row(
        session, LIMITS, lambda: limit_of(session, code=code), texts_of_form(form), save
    )
    if refused is not None:
        return _page(request, session, code, refused)
    return redirect(request, PAGE, "goods.did.saved", item=names_of(request).item(code))


@router.post("/barang/{code}/acuan")
def clear(request: Request, session: WriteSession, now: Now, by: Editor, code: str) -> Response:
    """Go back to the reference data's limits of an item."""
    goods_limit_setting.clear_limit(session, code=code, by=by, now=now)
    return redirect(request, PAGE, "goods.did.cleared", item=names_of(request).item(code))


def _page(request: Request, session: Session, code: str, shown: Shown) -> HTMLResponse:
    names = {each.name for each in LIMITS}
    texts = {name: text for name, text in shown.texts.items() if name in names}
    return render(
        request,
        "coordinator/goods_limit_form.html",
        status=status_of(shown.refusal),
        errors=errors_of(request, shown.refusal),
        known=items()[code],
        limits=limit_of(session, code=code),
        names=names_of(request),
        typed=dict.fromkeys(names, "") | texts,
        read=json.dumps(shown.read or texts),
    )
