"""The admin's pages: first page, accounts, one-time links."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func
from sqlmodel import select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.refusals import refusal_of, texts_of
from api.pages.shell import Entry, Page, field_errors, redirect, render
from api.services import accounts, links, second_factor
from api.services.errors import Invalid, StaleVersion
from data.schema import Account, Job, JobState, Role

router = APIRouter(include_in_schema=False)

ADMIN = frozenset({Role.ADMIN})
NAVIGATION = [
    Entry(N_("Beranda"), "/admin", "account:edit"),
    Entry(N_("Akun"), "/admin/akun", "account:read"),
]
NEEDED = {
    Role.STAFF: N_("memasukkan daftar, mengunci dan memasangkan"),
    Role.APPROVER: N_("menyetujui dan menutup bulan; harus orang lain daripada petugas"),
    Role.COORDINATOR: N_("mengemas, menyusun rute, mencatat hasil; mengundang kurir"),
}
"""Who a month cannot do without, and what for; donors and couriers are invited by these."""
Reader = Annotated[Account, requires("account:read")]
Editor = Annotated[Account, requires("account:edit")]
Text = Annotated[str, Form(max_length=400)]


@router.get("/admin")
def admin_home(request: Request, session: ReadSession, by: Editor) -> HTMLResponse:
    """Show what an admin looks after: accounts, jobs, checks."""
    del by
    per_role = session.exec(
        select(Account.role, func.count()).where(Account.is_active).group_by(Account.role)
    ).all()
    failed = session.exec(
        select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)
    ).one()
    found = dict(per_role)
    missing = {role: text for role, text in NEEDED.items() if not found.get(role)}
    return render(
        request,
        "admin_home.html",
        per_role=found,
        missing=missing,
        num_failed=failed,
        roles=Role,
    )


@router.get("/admin/akun")
def account_list(
    request: Request, session: ReadSession, by: Reader, halaman: int = 1, peran: str = ""
) -> HTMLResponse:
    """List accounts, of one role when asked."""
    del by
    role = Role(peran) if peran in list(Role) else None
    _, total = accounts.list_accounts(session, role=role, limit=1)
    page = Page(halaman, total)
    rows, _ = accounts.list_accounts(session, role=role, offset=page.offset, limit=page.size)
    return render(request, "accounts.html", rows=rows, page=page, role=role, roles=Role)


@router.get("/admin/akun/baru")
def new_account(request: Request, by: Editor, peran: str = "") -> HTMLResponse:
    """Show the form of a new account, of a role when the address names one."""
    del by
    return render(request, "account_new.html", wished={"role": peran}, roles=Role)


@router.post("/admin/akun/baru")
def create_account(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    username: Text = "",
    full_name: Text = "",
    role: Text = "",
    password: Text = "",
    sponsor_id: Text = "",
) -> Response:
    """Make an account."""
    made: list[Account] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            accounts.create_account(
                session, username=username, full_name=full_name, role=_role(role),
                password=password or None, sponsor_id=_number(sponsor_id), by=by, now=now,
                profile=request.app.state.settings.password_profile,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        wished = {
            "username": username,
            "full_name": full_name,
            "role": role,
            "sponsor_id": sponsor_id,
        }
        return render(
            request,
            "account_new.html",
            status=refusal.status,
            wished=wished,
            roles=Role,
            errors=texts_of(request, refusal),
        )
    return redirect(
        request, f"/admin/akun/{made[0].id}", "account.created", username=made[0].username
    )


@router.get("/admin/akun/{account_id}")
def account_page(
    request: Request, session: ReadSession, by: Reader, account_id: RowId
) -> HTMLResponse:
    """Show one account."""
    del by
    account = accounts.get_account(session, account_id=account_id)
    return _account(request, account)


@router.post("/admin/akun/{account_id}")
def edit_account(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    account_id: RowId,
    base_version: Annotated[int, Form()],
    full_name: Text = "",
    role: Text = "",
    sponsor_id: Text = "",
    is_active: Annotated[bool, Form()] = False,
) -> Response:
    """Save an account."""
    account = accounts.get_account(session, account_id=account_id)
    try:
        accounts.edit_account(
            session,
            account=account,
            changes={
                "full_name": full_name.strip(),
                "role": _role(role),
                "sponsor_id": _number(sponsor_id),
                "is_active": is_active,
            },
            base_version=base_version,
            by=by,
            now=now,
        )
    except Invalid as error:
        errors = field_errors(request, error)
        typed = {"full_name": full_name, "role": role, "sponsor_id": sponsor_id}
        typed["is_active"] = "true" if is_active else ""
        return _account(request, account, status=422, errors=errors, typed=typed)
    except StaleVersion as error:
        return _account(request, account, status=409, stale=error.params["fields"])
    return redirect(request, f"/admin/akun/{account_id}", "account.saved")


def _account(
    request: Request,
    account: Account,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    stale: object = None,
    link: str = "",
) -> HTMLResponse:
    stored = {
        "full_name": account.full_name,
        "role": account.role.value,
        "sponsor_id": str(account.sponsor_id or ""),
        "is_active": "true" if account.is_active else "",
    }
    return render(
        request,
        "account.html",
        status=status,
        row=account,
        roles=Role,
        errors=errors or {},
        typed=stored | (typed or {}),
        stale=stale,
        link=link,
    )


@router.post("/admin/akun/{account_id}/sandi")
def set_password(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    account_id: RowId,
    password: Text = "",
) -> Response:
    """Give an account a new password."""
    account = accounts.get_account(session, account_id=account_id)
    try:
        accounts.set_password(
            session,
            account=account,
            password=password,
            by=by,
            now=now,
            profile=request.app.state.settings.password_profile,
        )
    except Invalid as error:
        return _account(request, account, status=422, errors=field_errors(request, error))
    return redirect(request, f"/admin/akun/{account_id}", "password.set", username=account.username)


@router.post("/admin/akun/{account_id}/kode-hapus")
def remove_second_factor(
    request: Request, session: WriteSession, by: Editor, now: Now, account_id: RowId
) -> Response:
    """Ask this account for no codes any more (a lost phone)."""
    account = accounts.get_account(session, account_id=account_id)
    second_factor.remove(session, account=account, by=by, now=now)
    return redirect(request, f"/admin/akun/{account_id}", "second_factor.removed")


@router.post("/admin/akun/{account_id}/tautan")
def create_link(
    request: Request, session: WriteSession, by: Editor, now: Now, account_id: RowId
) -> HTMLResponse:
    """Make a one-time link and show it once."""
    account = accounts.get_account(session, account_id=account_id)
    token = links.create_link(session, account=account, by=by, now=now)
    return _account(request, account, link=f"{request.base_url}tautan/{token}")


def _role(text: str) -> Role:
    if text not in list(Role):
        raise Invalid("http.invalid", fields={"role": "account.role_unknown"})
    return Role(text)


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise Invalid("http.invalid", fields={"sponsor_id": "account.sponsor_unknown"})
    return int(text)
