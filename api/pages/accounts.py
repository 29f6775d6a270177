"""The admin's pages: first page, accounts, one-time links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field
from sqlalchemy import func
from sqlmodel import Session, select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, sentence, translator, word
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.services import accounts, links, second_factor
from api.services.account_places import place_name
from api.services.clock import local_date
from api.services.errors import Invalid, ServiceError, StaleVersion
from api.services.office_heads import head_on
from data.place import WITHOUT_PLACE
from data.queries.places import posyandu_by_ward, puskesmas_names
from data.reference.regions import regions
from data.schema import Account, Job, JobState, Role, Sponsor

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
FORM_NAMES = {"sponsor_id": "sponsor_code"}
EMPTY: Mapping[str, Any] = {
    "username": "", "full_name": "", "role": "", "sponsor_code": "", "area_code": "",
    "posyandu": [], "puskesmas": "",
}  # fmt: skip
Names = Annotated[list[Annotated[str, Field(max_length=140)]] | None, Form()]
ALL_BOUND = "terikat"


@router.get("/admin")
def admin_home(request: Request, session: ReadSession, now: Now, by: Editor) -> HTMLResponse:
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
        head=head_on(session, local_date(now)),
        roles=Role,
    )


@router.get("/admin/akun")
def account_list(
    request: Request,
    session: ReadSession,
    by: Reader,
    halaman: int = 1,
    peran: str = "",
    cari: str = "",
    wilayah: str = "",
) -> HTMLResponse:
    """List accounts: of one role, of one place (``terikat``: of any), by words in their names."""
    del by
    role = Role(peran) if peran in list(Role) else None
    wanted: dict[str, Any] = {"role": role, "words": cari, "area_code": wilayah}
    if wilayah == ALL_BOUND:
        wanted |= {"area_code": "", "is_bound": True}
    _, total = accounts.list_accounts(session, **wanted, limit=1)
    page = Page(halaman, total)
    rows, _ = accounts.list_accounts(session, **wanted, offset=page.offset, limit=page.size)
    say = translator(language_of(request))
    return render(
        request,
        "accounts.html",
        rows=rows,
        page=page,
        role=role,
        roles=Role,
        words=cari,
        area=wilayah,
        areas=[(ALL_BOUND, say(N_("semua yang punya wilayah"))), *_areas()],
        place_name=place_name,
        without_place=WITHOUT_PLACE,
    )


@router.get("/admin/akun/baru")
def new_account(
    request: Request, session: ReadSession, by: Editor, peran: str = ""
) -> HTMLResponse:
    """Show the form of a new account, of a role when the address names one."""
    del by
    return _new(request, session, {**EMPTY, "role": peran})


def _new(
    request: Request,
    session: Session,
    wished: Mapping[str, Any],
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "account_new.html",
        status=status_of(refusal),
        wished=wished,
        roles=Role,
        choices=_choices(session),
        errors=texts_of(request, refusal, names=FORM_NAMES),
    )


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
    sponsor_code: Text = "",
    area_code: Text = "",
    posyandu: Names = None,
    puskesmas: Text = "",
) -> Response:
    """Make an account."""
    ticked = posyandu or []
    made: list[Account] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            accounts.create_account(
                session, username=username, full_name=full_name, role=_role(role),
                password=password or None, sponsor_id=_sponsor_id(session, role, sponsor_code),
                **_place(area_code, ticked, puskesmas),
                by=by, now=now, profile=request.app.state.settings.password_profile,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        wished = {
            "username": username,
            "full_name": full_name,
            "role": role,
            "sponsor_code": sponsor_code,
            "area_code": area_code,
            "posyandu": ticked,
            "puskesmas": puskesmas,
        }
        return _new(request, session, wished, refusal)
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
    return _account(request, session, account)


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
    sponsor_code: Text = "",
    area_code: Text = "",
    posyandu: Names = None,
    puskesmas: Text = "",
    is_active: Annotated[bool, Form()] = False,
) -> Response:
    """Save an account."""
    ticked = posyandu or []
    account = accounts.get_account(session, account_id=account_id)
    refusal = refusal_of(
        session,
        lambda: accounts.edit_account(
            session,
            account=account,
            changes={
                "full_name": full_name.strip(),
                "role": _role(role),
                "sponsor_id": _sponsor_id(session, role, sponsor_code),
                **_place(area_code, ticked, puskesmas),
                "is_active": is_active,
            },
            base_version=base_version,
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        typed = {"full_name": full_name, "role": role, "sponsor_code": sponsor_code,
                 "area_code": area_code, "posyandu": ticked, "puskesmas": puskesmas,
                 "is_active": "true" if is_active else ""}  # fmt: skip
        return _account(request, session, account, refusal, typed=typed)
    return redirect(request, f"/admin/akun/{account_id}", "account.saved")


def _account(
    request: Request,
    session: Session,
    account: Account,
    refusal: ServiceError | None = None,
    *,
    typed: Mapping[str, Any] | None = None,
    link: str = "",
) -> HTMLResponse:
    """Show an account; after a refusal with what was typed, and what another saved meanwhile."""
    sponsor = session.get(Sponsor, account.sponsor_id) if account.sponsor_id else None
    stored = {
        "full_name": account.full_name,
        "role": account.role.value,
        "sponsor_code": sponsor.code if sponsor else "",
        "area_code": "" if account.posyandu else account.area_code or "",
        "posyandu": [f"{account.area_code} {name}" for name in account.posyandu],
        "puskesmas": account.puskesmas or "",
        "is_active": "true" if account.is_active else "",
    }
    is_stale = isinstance(refusal, StaleVersion)
    return render(
        request,
        "account.html",
        status=status_of(refusal),
        row=account,
        sponsor=sponsor,
        place=place_name(account),
        without_place=WITHOUT_PLACE,
        choices=_choices(session),
        roles=Role,
        by_link=accounts.BY_LINK,
        errors={} if is_stale else texts_of(request, refusal, names=FORM_NAMES),
        typed=stored | dict(typed or {}),
        stale=_both(request, session, refusal) if is_stale else [],
        link=link,
    )


def _both(
    request: Request, session: Session, refusal: ServiceError | None
) -> list[tuple[str, str, str]]:
    """Return field, stored and typed value in words, where two people differ."""
    language = language_of(request)

    def in_words(name: str, value: object) -> str:
        if name == "sponsor_id":
            sponsor = session.get(Sponsor, value) if value else None
            return sponsor.code if sponsor else word("None", language)
        if name == "area_code":
            found = place_name(Account.model_construct(area_code=value, posyandu=[], puskesmas=""))
            return sentence(f"place.{found.kind}", {"name": found.name}, language)
        if name == "posyandu":
            names = value if isinstance(value, list) else []
            return ", ".join(names) or word("None", language)
        return word(str(value), language)

    fields: Mapping[str, Any] = refusal.params["fields"] if refusal else {}  # type: ignore[assignment]
    return [
        (name, in_words(name, both["theirs"]), in_words(name, both["yours"]))
        for name, both in fields.items()
    ]


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
    refusal = refusal_of(
        session,
        lambda: accounts.set_password(
            session,
            account=account,
            password=password,
            by=by,
            now=now,
            profile=request.app.state.settings.password_profile,
        ),
    )
    if refusal is not None:
        return _account(request, session, account, refusal)
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
    return _account(request, session, account, link=f"{request.base_url}tautan/{token}")


def _role(text: str) -> Role:
    if text not in list(Role):
        raise Invalid("http.invalid", fields={"role": "account.role_unknown"})
    return Role(text)


def _areas() -> list[tuple[str, str]]:
    """Return every kecamatan, each followed by its kelurahan, as code and name."""
    known, found = regions(), []
    for kecamatan in sorted(known.all_kecamatan, key=lambda each: each.name):
        found.append((kecamatan.code, kecamatan.name))
        found += sorted(
            ((ward.code, f"{kecamatan.name} · {ward.name}")
             for ward in known.all_kelurahan if ward.kecamatan_code == kecamatan.code),
            key=lambda each: each[1],
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Choices:
    """What the form of a place offers: areas, posyandu by kelurahan, puskesmas."""

    areas: list[tuple[str, str]]
    posyandu: list[tuple[str, list[tuple[str, str]]]]
    puskesmas: list[tuple[str, str]]


def _choices(session: Session) -> Choices:
    known = {ward.code: ward.name for ward in regions().all_kelurahan}
    by_ward = [
        (known[ward], [(f"{ward} {name}", name) for name in names])
        for ward, names in posyandu_by_ward(session).items()
        if ward in known
    ]
    of_health = [(name, name) for name in puskesmas_names(session)]
    return Choices(_areas(), sorted(by_ward), of_health)


def _place(area_code: str, ticked: Sequence[str], puskesmas: str) -> dict[str, Any]:
    """Return the place that a form says; a posyandu comes with the code of its kelurahan.

    Raises
    ------
    Invalid
        ``account.posyandu_ward`` for posyandu of several kelurahan.
    """
    pairs = [each.partition(" ") for each in ticked]
    wards = {ward for ward, _, _ in pairs} | ({area_code} if area_code else set())
    if ticked and len(wards) > 1:
        raise Invalid("http.invalid", fields={"posyandu": "account.posyandu_ward"})
    return {
        "area_code": area_code or (wards.pop() if ticked else None),
        "posyandu": [name for _, _, name in pairs],
        "puskesmas": puskesmas.strip() or None,
    }


def _sponsor_id(session: Session, role: str, code: str) -> int | None:
    """Return whose account a donor's is; other roles belong to no sponsor."""
    if role != Role.DONOR or not code.strip():
        return None
    return accounts.sponsor_by_code(session, code=code).id
