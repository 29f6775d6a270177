"""Inviting donors and kader (the office) and couriers (the coordinator): links, shown once."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.documents.messages import whatsapp_link
from api.i18n import N_, translator
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, Page, field_errors, language_of, redirect, render
from api.security import holds
from api.services import accounts, couriers, links
from api.services.account_places import place_name
from api.services.errors import Invalid
from data.schema import Account, Role

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Undangan"), "/undangan", "link:create", frozenset({Role.STAFF, Role.COORDINATOR}))
]
Inviter = Annotated[Account, requires("link:create")]
Text = Annotated[str, Form(max_length=200)]
MESSAGE = N_("Halo %(name)s, ini tautan masuk Asuh untuk Anda sendiri: %(url)s")


@router.get("/undangan")
def invitations(
    request: Request,
    session: ReadSession,
    by: Inviter,
    halaman: int = 1,
    nama: str = "",
    kendaraan: Annotated[list[int] | None, Query()] = None,
) -> HTMLResponse:
    """List whom this person invites; ``nama`` and ``kendaraan`` fill the form of a courier."""
    username = ".".join(re.findall(r"[a-z0-9]+", nama.lower())[:2])
    typed = {"full_name": nama, "username": username, "vehicle_ids": kendaraan or []}
    return _page(request, session, by, halaman=halaman, typed=typed)


@router.post("/undangan/donatur")
def invite_donor(
    request: Request, session: WriteSession, by: Inviter, now: Now, sponsor_code: Text = ""
) -> Response:
    """Invite a sponsor as a donor."""
    try:
        account = links.invite_donor(session, sponsor_code=sponsor_code, by=by, now=now)
    except Invalid as error:
        typed = {"sponsor_code": sponsor_code}
        return _page(request, session, by, errors=field_errors(request, error), typed=typed)
    return _with_link(request, session, by, now, account)


@router.post("/undangan/kurir")
def invite_courier(
    request: Request,
    session: WriteSession,
    by: Inviter,
    now: Now,
    username: Text = "",
    full_name: Text = "",
    kendaraan: Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]] | None, Form()] = None,
) -> Response:
    """Make a courier's account and link; it sees the routes of the vehicles that were ticked."""
    made: list[Account] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            links.invite_courier(
                session, username=username, full_name=full_name, by=by, now=now,
                vehicle_ids=kendaraan or (),
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        typed = {"username": username, "full_name": full_name, "vehicle_ids": kendaraan or []}
        errors = texts_of(request, refusal)
        return _page(request, session, by, errors=errors, typed=typed, status=status_of(refusal))
    return _with_link(request, session, by, now, made[0])


@router.post("/undangan/{account_id}/cabut")
def revoke(
    request: Request, session: WriteSession, by: Inviter, now: Now, account_id: RowId
) -> Response:
    """End an account's links and sign-ins at once: a phone was lost, or a link went astray."""
    account = accounts.get_account(session, account_id=account_id)
    links.revoke_links(session, account=account, by=by, now=now)
    return redirect(request, "/undangan", "link.did_revoke", name=account.full_name)


@router.post("/undangan/{account_id}")
def invite_again(
    request: Request, session: WriteSession, by: Inviter, now: Now, account_id: RowId
) -> HTMLResponse:
    """Make a new link for an account; the older one stops working."""
    account = accounts.get_account(session, account_id=account_id)
    return _with_link(request, session, by, now, account)


def _with_link(
    request: Request, session: WriteSession, by: Account, now: Now, account: Account
) -> HTMLResponse:
    url = f"{request.base_url}tautan/{links.create_link(session, account=account, by=by, now=now)}"
    say = translator(language_of(request))
    text = say(MESSAGE, name=account.full_name, url=url)
    whatsapp = whatsapp_link(text, phone=links.phone_of(session, account))
    return _page(request, session, by, made={"account": account, "url": url, "whatsapp": whatsapp})


def _page(
    request: Request,
    session: ReadSession,
    by: Account,
    *,
    halaman: int = 1,
    errors: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
    made: dict[str, object] | None = None,
    status: int = 422,
) -> HTMLResponse:
    _, total = links.list_invited(session, by=by, limit=1)
    page = Page(halaman, total)
    rows, _ = links.list_invited(session, by=by, offset=page.offset, limit=page.size)
    return render(
        request,
        "invitations.html",
        status=status if errors else 200,
        rows=rows,
        page=page,
        roles=[role.value for role in links.invited_roles(by)],
        errors=errors or {},
        typed=typed or {},
        made=made,
        vehicles=_free_vehicles(session) if holds(by, "route:edit") else [],
        driven=couriers.vehicles_driven(session),
        place_of=place_name,
    )


def _free_vehicles(session: ReadSession) -> list[tuple[int, str]]:
    """Return the vehicles in use that no account sees the routes of: id and name."""
    return [
        (each.vehicle.id or 0, each.vehicle.name)
        for each in couriers.list_vehicles(session)
        if each.vehicle.is_active and each.courier is None
    ]
