"""One family of a kader's own posyandu: record, ask, correct, and tell the office."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, WriteSession, requires
from api.pages.names import kelurahan_choices
from api.pages.posyandu import (
    HOME,
    Recorder,
    Text,
    Texts,
    codes_of,
    day_asked,
    eaten_of,
    month_asked,
    words_of,
)
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import redirect, render
from api.services import posyandu, posyandu_reports
from api.services.clock import local_month
from api.services.errors import Invalid, ServiceError
from data.schema import Account

router = APIRouter(include_in_schema=False)
FAMILY = HOME + "/keluarga/{code}"
ADDRESS = {"kelurahan_code": "kelurahan", "address": "alamat"}
"""What a use case calls a field → what the form calls it."""


@router.get(FAMILY)
def family_page(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("posyandu:read")],
    code: str,
    bulan: str = "",
) -> HTMLResponse:
    """Show one family with its children, packages and codes; the look is written down."""
    return _family(request, session, now, by, code, bulan)


@router.post(FAMILY + "/pendampingan")
def save_codes(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    bulan: Text = "",
    kode: Texts = [],  # noqa: B006 - FastAPI copies it
    tindakan: Text = "",
) -> Response:
    """Keep what a family was given in a month, or take the record back."""

    def act() -> None:
        if tindakan != "hapus" and not kode:
            raise Invalid("posyandu.no_code", fields={"kode": "posyandu.no_code"})
        given = {code: [] if tindakan == "hapus" else codes_of(kode)}
        posyandu.record_codes(session, month=bulan, given=given, by=by, now=now)

    did = "posyandu.did_take_back" if tindakan == "hapus" else "posyandu.did_record"
    return _after(request, session, now, by, code, bulan, act, did, {"kode": kode})


@router.post(FAMILY + "/dimakan")
def save_eaten(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    bulan: Text = "",
    paket: Text = "",
    dimakan: Text = "",
    catatan: Text = "",
    tanggal: Text = "",
    tindakan: Text = "",
) -> Response:
    """Keep who ate a package, or take the answer back."""

    def act() -> None:
        eaten = None if tindakan == "hapus" else eaten_of(dimakan)
        answer = posyandu.EatenAnswer(paket, eaten, catatan[:300])
        posyandu.record_eaten(
            session, month=bulan, answers=[answer], checked_on=day_asked(tanggal), by=by, now=now
        )

    did = "posyandu.did_take_back" if tindakan == "hapus" else "posyandu.did_record"
    typed = {"paket": paket, "dimakan": dimakan, "catatan": catatan, "tanggal": tanggal}
    return _after(request, session, now, by, code, bulan, act, did, typed)


@router.post(FAMILY + "/tidak-terima")
def report_not_received(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    bulan: Text = "",
    paket: Text = "",
    keterangan: Text = "",
) -> Response:
    """Tell the coordinator that a family says nothing came."""

    def act() -> None:
        posyandu_reports.report_not_received(
            session, package_code=paket, text=keterangan, by=by, now=now
        )

    typed = {"belum": paket, "keterangan-paket": keterangan}
    return _after(request, session, now, by, code, bulan, act, "posyandu.did_doubt", typed)


@router.post(FAMILY + "/lapor")
def report_change(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    bulan: Text = "",
    anak: Text = "",
    perihal: Text = "",
    keterangan: Text = "",
    kelurahan: Text = "",
    alamat: Text = "",
    rt: Text = "",
    rw: Text = "",
    patokan: Text = "",
) -> Response:
    """Tell the office that the family moved, a child left or data are wrong."""
    to = {
        "kelurahan_code": kelurahan, "address": alamat, "rt": rt[:10], "rw": rw[:10],
        "landmark": patokan[:200],
    }  # fmt: skip

    def act() -> None:
        posyandu_reports.report_change(
            session, child_code=anak, kind=perihal, text=keterangan, to=to, by=by, now=now
        )

    typed = {
        "anak": anak, "perihal": perihal, "keterangan": keterangan, "kelurahan": kelurahan,
        "alamat": alamat, "rt": rt, "rw": rw, "patokan": patokan,
    }  # fmt: skip
    return _after(request, session, now, by, code, bulan, act, "posyandu.did_report", typed)


def _after(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    month: str,
    act: Callable[[], None],
    did: str,
    typed: Mapping[str, object],
) -> Response:
    """Do what a form asks and lead back to the family; what was refused is shown with it."""
    month = month or local_month(now)
    refusal = refusal_of(session, act)
    if refusal is not None:
        return _family(request, session, now, by, code, month, refusal, typed)
    return redirect(request, f"{HOME}/keluarga/{code}?bulan={month}", did)


def _family(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    bulan: str,
    refusal: ServiceError | None = None,
    typed: Mapping[str, object] | None = None,
) -> HTMLResponse:
    month, unreadable = month_asked(bulan, now)
    refusal = refusal or unreadable
    whole = posyandu.read_month(session, month=month, by=by, now=now, code=code)
    family = posyandu.family_of(whole, code)
    return render(
        request,
        "posyandu/family.html",
        status=status_of(refusal),
        family=family,
        following=posyandu.next_to_record(whole, after=family),
        kinds=posyandu_reports.KINDS,
        wards=kelurahan_choices(),
        help_phone=request.app.state.settings.help_phone,
        typed=typed or {},
        errors=texts_of(request, refusal, names=ADDRESS),
        **words_of(request, now, by, month),
    )
