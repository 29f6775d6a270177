"""Signing in and out, one-time links, and one's own account."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import (
    Keys,
    Now,
    ReadSession,
    RowId,
    Visitor,
    WriteSession,
    cookie_name,
    requires,
)
from api.pages.devices import device_name
from api.pages.shell import (
    LANGUAGE_COOKIE,
    field_errors,
    home_of,
    keep_choice,
    local_path,
    redirect,
    render,
)  # fmt: skip
from api.services import accounts, links, second_factor, sign_ins
from api.services.account_places import place_name
from api.services.errors import Invalid, Refused
from data.schema import Account

router = APIRouter(include_in_schema=False)

Self = Annotated[Account, requires("self:read")]
SelfEditor = Annotated[Account, requires("self:edit")]
Text = Annotated[str, Form(max_length=400)]


def keep_token(
    request: Request, answer: Response, token: str, *, account: Account, now: datetime
) -> None:
    """Give the browser its sign-in as a cookie that scripts and other sites cannot use.

    On the phones of those who come in by links it outlives the browser, as long as the sign-in
    does: a phone ends its browser whenever it wants. Elsewhere it goes with the browser.
    """
    lasts = sign_ins.expiry(account.role, now) - now if account.role in accounts.BY_LINK else None
    settings = request.app.state.settings
    answer.set_cookie(
        cookie_name(settings),
        token,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
        path="/",
        max_age=int(lasts.total_seconds()) if lasts else None,
    )


@router.get("/masuk")
def sign_in_page(
    request: Request, visitor: Visitor, session: ReadSession, lanjut: str = ""
) -> Response:
    """Show the sign-in form; where nobody has an account yet, how the first one is made."""
    if visitor is not None:
        return RedirectResponse(home_of(visitor), status_code=303)
    return _sign_in_form(request, lanjut=lanjut, is_new=not accounts.has_accounts(session))


@router.post("/masuk")
def sign_in(
    request: Request,
    visitor: Visitor,
    keys: Keys,
    now: Now,
    username: Text = "",
    password: Text = "",
    second_code: Text = "",
    lanjut: Text = "",
) -> Response:
    """Sign in; the browser's earlier sign-in, if any, is left to end by itself."""
    del visitor
    answer = accounts.sign_in(
        request.app.state.engine,
        username=username,
        password=password,
        address=request.client.host if request.client else "",
        now=now,
        keys=keys,
        profile=request.app.state.settings.password_profile,
        user_agent=request.headers.get("user-agent", ""),
        second_code=second_code,
    )
    if answer.account is None or answer.token is None:
        return _sign_in_form(
            request, lanjut=lanjut, code=answer.code, username=username, status=401
        )
    home = home_of(answer.account)
    led = RedirectResponse(local_path(lanjut, otherwise=home), status_code=303)
    keep_token(request, led, answer.token, account=answer.account, now=now)
    # Pages that know nobody, such as one that there is not, speak it too
    keep_choice(request, led, LANGUAGE_COOKIE, answer.account.language)
    return led


def _sign_in_form(
    request: Request,
    *,
    lanjut: str,
    code: str = "",
    username: str = "",
    status: int = 200,
    is_new: bool = False,
) -> HTMLResponse:
    return render(
        request,
        "sign_in.html",
        status=status,
        code=code,
        lanjut=lanjut,
        username=username,
        is_new=is_new,
        demo_accounts=request.app.state.settings.demo_accounts,
    )


@router.post("/keluar")
def sign_out(request: Request, session: WriteSession, by: SelfEditor, now: Now) -> Response:
    """End this browser's sign-in and let it forget what it kept."""
    sign_ins.revoke_sign_in(session, sign_in_id=request.state.sign_in_id, by=by, now=now)
    answer = RedirectResponse("/masuk", status_code=303)
    answer.delete_cookie(cookie_name(request.app.state.settings), path="/", secure=True)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.get("/tautan/{token}")
def link_page(
    request: Request, visitor: Visitor, session: ReadSession, now: Now, token: str
) -> HTMLResponse:
    """Show whom a link signs in, with a button; opening it changes nothing."""
    found = links.find_link(session, token=token, now=now)
    name = found[1].full_name if found else ""
    return render(
        request,
        "link.html",
        status=200 if found else 404,
        name=name,
        other=visitor.full_name if visitor and found and visitor.id != found[1].id else "",
        action=f"/tautan/{quote(token)}",
    )


@router.post("/tautan/{token}")
def redeem_link(
    request: Request, visitor: Visitor, session: WriteSession, now: Now, token: str
) -> Response:
    """Sign in by a link; whoever was signed in on this device before no longer is."""
    try:
        account, sign_in_token = links.redeem_link(
            session, token=token, now=now, user_agent=request.headers.get("user-agent", "")
        )
    except Refused:
        return render(request, "link.html", status=404, name="", other="", action="")
    if visitor is not None:
        before = request.state.sign_in_id
        sign_ins.revoke_sign_in(session, sign_in_id=before, by=visitor, now=now)
    answer = RedirectResponse(home_of(account), status_code=303)
    keep_token(request, answer, sign_in_token, account=account, now=now)
    keep_choice(request, answer, LANGUAGE_COOKIE, account.language)
    return answer


@router.get("/akun")
def own_account(request: Request, session: ReadSession, by: Self, now: Now) -> HTMLResponse:
    """Show one's own account and sign-ins."""
    return _own_account(request, session, by, now)


def _own_account(
    request: Request,
    session: ReadSession,
    by: Account,
    now: Now,
    *,
    errors: dict[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "own_account.html",
        place=place_name(by),
        status=422 if errors else 200,
        rows=sign_ins.list_sign_ins(session, account=by, now=now),
        device_name=device_name,
        this_one=request.state.sign_in_id,
        errors=errors or {},
    )


@router.post("/akun/sandi")
def change_password(
    request: Request,
    session: WriteSession,
    by: SelfEditor,
    now: Now,
    current: Text = "",
    new: Text = "",
) -> Response:
    """Change one's own password."""
    try:
        accounts.change_own_password(
            session,
            by=by,
            current=current,
            new=new,
            now=now,
            profile=request.app.state.settings.password_profile,
            sign_in_id=request.state.sign_in_id,
        )
    except Invalid as error:
        return _own_account(request, session, by, now, errors=field_errors(request, error))
    return redirect(request, "/akun", "password.changed")


@router.get("/akun/kode")
def second_factor_page(request: Request, by: SelfEditor) -> HTMLResponse:
    """Show a fresh secret for an app, as a QR code and as text."""
    return _second_factor(request, by, second_factor.new_secret())


@router.post("/akun/kode")
def enrol(
    request: Request,
    session: WriteSession,
    by: SelfEditor,
    keys: Keys,
    now: Now,
    secret: Text = "",
    code: Text = "",
) -> Response:
    """Ask for codes from now on."""
    try:
        second_factor.enrol(session, by=by, secret=secret, code=code, keys=keys, now=now)
    except Invalid as error:
        fresh = second_factor.new_secret()
        return _second_factor(request, by, fresh, errors=field_errors(request, error))
    return redirect(request, "/akun", "second_factor.enrolled")


def _second_factor(
    request: Request, by: Account, secret: str, *, errors: dict[str, str] | None = None
) -> HTMLResponse:
    import segno  # noqa: PLC0415 - rarely needed

    picture = segno.make(second_factor.address_for_app(secret, by.username), error="m")
    return render(
        request,
        "second_factor.html",
        status=422 if errors else 200,
        secret=secret,
        picture=picture.svg_data_uri(scale=4, border=4, light="white"),
        errors=errors or {},
    )


@router.post("/akun/masuk/{sign_in_id}/akhiri")
def end_sign_in(
    request: Request, session: WriteSession, by: SelfEditor, now: Now, sign_in_id: RowId
) -> Response:
    """End one of one's own sign-ins."""
    sign_ins.revoke_sign_in(session, sign_in_id=sign_in_id, by=by, now=now)
    return redirect(request, "/akun", "sign_in.ended")
