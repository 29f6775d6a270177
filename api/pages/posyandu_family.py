"""One family of a kader's own posyandu: record, ask, correct, and tell the office."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import LookSession, Now, WriteSession, requires
from api.pages.names import kelurahan_choices
from api.pages.posyandu import (
    HOME,
    Recorder,
    Typed,
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


class FamilyForm(BaseModel):
    """A form on a family's page, as it was typed."""

    bulan: Typed = ""

    def ids(self) -> Mapping[str, str]:
        """Return what a use case calls a field → the id that it has on the page."""
        return {}


class CodesForm(FamilyForm):
    """What the family was given."""

    kode: list[Typed] = []
    tindakan: Typed = ""


class EatenForm(FamilyForm):
    """Who ate a package."""

    paket: Typed = ""
    dimakan: Typed = ""
    catatan: Typed = ""
    tanggal: Typed = ""
    tindakan: Typed = ""

    def ids(self) -> Mapping[str, str]:
        """Each package of the family has this form."""
        return {name: f"{name}-{self.paket}" for name in ("dimakan", "catatan", "tanggal")}


class DoubtForm(FamilyForm):
    """What the family says of a package that did not come."""

    paket: Typed = ""
    keterangan: Typed = ""

    def ids(self) -> Mapping[str, str]:
        """Each package of the family has this form."""
        return {"keterangan": f"keterangan-{self.paket}"}


class ReportForm(FamilyForm):
    """What the office is to know."""

    anak: Typed = ""
    perihal: Typed = ""
    keterangan: Typed = ""
    kelurahan: Typed = ""
    alamat: Typed = ""
    rt: Typed = ""
    rw: Typed = ""
    patokan: Typed = ""

    def ids(self) -> Mapping[str, str]:
        """Fields of an address have Indonesian names."""
        return {"kelurahan_code": "kelurahan", "address": "alamat", "landmark": "patokan"}


@router.get(FAMILY)
def family_page(
    request: Request,
    session: LookSession,
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
    form: Annotated[CodesForm, Form()],
) -> Response:
    """Keep what a family was given in a month, or take the record back."""
    is_back = form.tindakan == "hapus"

    def act() -> None:
        if not is_back and not form.kode:
            raise Invalid("posyandu.no_code", fields={"kode": "posyandu.no_code"})
        given = {code: [] if is_back else codes_of(form.kode)}
        posyandu.record_codes(session, month=form.bulan, given=given, by=by, now=now)

    return _after(request, session, now, by, code, form, act, _did_record(is_back))


@router.post(FAMILY + "/dimakan")
def save_eaten(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    form: Annotated[EatenForm, Form()],
) -> Response:
    """Keep who ate a package, or take the answer back."""
    is_back = form.tindakan == "hapus"

    def act() -> None:
        eaten = None if is_back else eaten_of(form.dimakan)
        answer = posyandu.EatenAnswer(form.paket, eaten, form.catatan)
        posyandu.record_eaten(
            session, month=form.bulan, answers=[answer], checked_on=day_asked(form.tanggal), by=by,
            now=now,
        )  # fmt: skip

    return _after(request, session, now, by, code, form, act, _did_record(is_back))


@router.post(FAMILY + "/tidak-terima")
def report_not_received(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    form: Annotated[DoubtForm, Form()],
) -> Response:
    """Tell the coordinator that a family says nothing came."""

    def act() -> None:
        posyandu_reports.report_not_received(
            session, package_code=form.paket, text=form.keterangan, by=by, now=now
        )

    return _after(request, session, now, by, code, form, act, "posyandu.did_doubt")


@router.post(FAMILY + "/lapor")
def report_change(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    code: str,
    form: Annotated[ReportForm, Form()],
) -> Response:
    """Tell the office that the family moved, a child left or data are wrong."""
    to = {
        "kelurahan_code": form.kelurahan, "address": form.alamat, "rt": form.rt, "rw": form.rw,
        "landmark": form.patokan,
    }  # fmt: skip

    def act() -> None:
        posyandu_reports.report_change(
            session, child_code=form.anak, kind=form.perihal, text=form.keterangan, to=to, by=by,
            now=now,
        )  # fmt: skip

    return _after(request, session, now, by, code, form, act, "posyandu.did_report")


def _did_record(is_back: bool) -> str:
    return "posyandu.did_take_back" if is_back else "posyandu.did_record"


def _after(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    form: FamilyForm,
    act: Callable[[], None],
    did: str,
) -> Response:
    """Do what a form asks and lead back to the family; what was refused is shown with it."""
    month = form.bulan or local_month(now)
    refusal = refusal_of(session, act)
    if refusal is not None:
        return _family(request, session, now, by, code, month, refusal, form)
    return redirect(request, f"{HOME}/keluarga/{code}?bulan={month}", did)


def _family(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    bulan: str,
    refusal: ServiceError | None = None,
    form: FamilyForm | None = None,
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
        sent=type(form).__name__ if form else "",
        typed=form,
        told=form if isinstance(form, ReportForm) else ReportForm(),
        errors=texts_of(request, refusal, names=form.ids() if form else None),
        **words_of(request, now, by, month),
    )
