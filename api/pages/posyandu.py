"""A kader's own posyandu: what there is to do, all families at once, the printed list."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field
from sqlmodel import Session

from api.dependencies import LookSession, Now, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import area_names
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import download, language_for
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.services import own_place, posyandu, posyandu_lists
from api.services.account_places import place_name
from api.services.clock import local_date, local_month
from api.services.errors import Invalid, ServiceError
from api.services.months import checked_month
from api.services.posyandu import EatenAnswer, PosyanduMonth
from api.services.posyandu_lists import package_words
from data.reference.krs import accompaniment_names
from data.schema import Account, Eaten

router = APIRouter(include_in_schema=False)
HOME = "/posyandu"
NAVIGATION = [
    Entry(N_("Posyandu saya"), HOME, "posyandu:read"),
    Entry(N_("Catat pendampingan"), f"{HOME}/pendampingan", "posyandu:read"),
    Entry(N_("Dimakan siapa"), f"{HOME}/dimakan", "posyandu:read"),
]
Kader = Annotated[Account, requires("posyandu:read")]
Recorder = Annotated[Account, requires("posyandu:record")]
Typed = Annotated[str, Field(max_length=2000)]
"""A text in a form: longer than any field, so that what is too long is said at it and stays."""
Text = Annotated[Typed, Form()]
Texts = Annotated[list[str], Form(max_length=500)]


@router.get(HOME)
def posyandu_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Kader,
    bulan: str = "",
    cari: str = "",
    lihat: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show what there is to do with which family of the own posyandu; the look is written down."""
    return _home(request, session, now, by, bulan=bulan, cari=cari, lihat=lihat, halaman=halaman)


@router.post(HOME + "/temuan/{finding_id}")
def answer_finding(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("finding:own")],
    finding_id: RowId,
    jawaban: Text = "",
) -> Response:
    """Write down what was done about a finding that waits for oneself."""
    refusal = refusal_of(
        session,
        lambda: own_place.answer_own_finding(
            session, finding_id=finding_id, answer=jawaban, by=by, now=now
        ),
    )
    if refusal is not None:
        typed = {f"jawaban-{finding_id}": jawaban}
        return _home(request, session, now, by, refusal=refusal, typed=typed)
    return redirect(request, HOME, "supervision.answered")


@router.get(HOME + "/daftar")
def printed_list(
    request: Request, session: LookSession, now: Now, by: Kader, bulan: str = ""
) -> Response:
    """Give the list for the posyandu's day as PDF; the print is written down."""
    month, _ = month_asked(bulan, now)
    return download(
        posyandu_lists.posyandu_list(
            session, month=month, by=by, now=now, language=language_for(request)
        )
    )


@router.get(HOME + "/pendampingan")
def accompaniment_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Kader,
    bulan: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the own families without codes, to be recorded at once."""
    return _accompaniment(request, session, now, by, bulan=bulan, halaman=halaman)


@router.post(HOME + "/pendampingan")
def save_accompaniment(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    bulan: Text = "",
    keluarga: Texts = [],  # noqa: B006 - FastAPI copies it
    kode: Texts = [],  # noqa: B006
) -> Response:
    """Keep the same codes for all families that were ticked and of whom nothing is recorded."""
    changed = 0

    def act() -> None:
        nonlocal changed
        wrong = {}
        if not keluarga:
            wrong["keluarga"] = "posyandu.no_family"
        if not kode:
            wrong["kode"] = "posyandu.no_code"
        if wrong:
            raise Invalid(next(iter(wrong.values())), fields=wrong)
        given = dict.fromkeys(keluarga, codes_of(kode))
        changed = posyandu.record_codes(
            session, month=bulan, given=given, by=by, now=now, only_new=True
        )

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _accompaniment(
            request, session, now, by, bulan=bulan, refusal=refusal, ticked=keluarga, codes=kode
        )
    url = f"{HOME}/pendampingan?bulan={bulan}"
    return _filled(request, url, "posyandu.did_accompany", changed, len(set(keluarga)))


@router.get(HOME + "/dimakan")
def eaten_page(
    request: Request, session: LookSession, now: Now, by: Kader, bulan: str = "", halaman: int = 1
) -> HTMLResponse:
    """Show the packages that arrived about which nobody was asked, to be recorded at once."""
    return _eaten(request, session, now, by, bulan=bulan, halaman=halaman)


@router.post(HOME + "/dimakan")
def save_eaten(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    bulan: Text = "",
    tanggal: Text = "",
    paket: Texts = [],  # noqa: B006
    jawaban: Texts = [],  # noqa: B006
) -> Response:
    """Keep the answers given about packages that have none; who was not asked stays listed."""
    changed = 0
    said = {package: eaten for package, eaten in zip(paket, jawaban, strict=False) if eaten}

    def act() -> None:
        nonlocal changed
        if not said:
            raise Invalid("posyandu.no_answer", fields={"jawaban": "posyandu.no_answer"})
        answers = [EatenAnswer(package, eaten_of(eaten)) for package, eaten in said.items()]
        changed = posyandu.record_eaten(
            session, month=bulan, answers=answers, checked_on=day_asked(tanggal), by=by, now=now,
            only_new=True,
        )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _eaten(
            request, session, now, by, bulan=bulan, refusal=refusal, said=said, day=tanggal
        )
    url = f"{HOME}/dimakan?bulan={bulan}"
    return _filled(request, url, "posyandu.did_ask", changed, len(said))


def _filled(request: Request, url: str, did: str, changed: int, asked: int) -> Response:
    """Lead on after a deed for all, and say how many were on record by then and stay so."""
    if changed == asked:
        return redirect(request, url, did, n=changed)
    return redirect(request, url, f"{did}_but", n=changed, left=asked - changed)


def month_asked(typed: str, now: datetime) -> tuple[str, ServiceError | None]:
    """Return the month that an address names, else this one with what is wrong."""
    if not typed:
        return local_month(now), None
    try:
        if checked_month(typed) > local_month(now):
            raise Invalid("companion.month", fields={"bulan": "companion.month"})
    except Invalid as error:
        return local_month(now), error
    return typed, None


def codes_of(typed: list[str]) -> list[int]:
    """Return codes of accompaniment as numbers."""
    if not all(each.isdecimal() and len(each) < 3 for each in typed):
        raise Invalid("companion.codes", fields={"kode": "companion.codes"})
    return [int(each) for each in typed]


def eaten_of(typed: str) -> Eaten:
    """Return who ate a package, as a form names it."""
    try:
        return Eaten(typed)
    except ValueError:
        raise Invalid("field.choice", fields={"dimakan": "field.choice"}) from None


def day_asked(typed: str) -> date:
    """Return the day on which families were asked."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid("consumption.day", fields={"tanggal": "consumption.day"}) from None


def words_of(request: Request, now: datetime, by: Account, month: str) -> dict[str, object]:
    """Return what every page of the posyandu says things with."""
    language = language_of(request)
    return {
        "place": place_name(by),
        "month": month,
        "months": posyandu.month_choices(now),
        "kelurahan": area_names(),
        "codes": [
            (code, f"{code} {names[language == 'en']}")
            for code, names in accompaniment_names().items()
        ],
        "choices": [each.value for each in Eaten],
        "where": lambda child: package_words(child, language),
        "today": local_date(now),
    }


def _home(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    *,
    bulan: str = "",
    cari: str = "",
    lihat: str = "",
    halaman: int = 1,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    month, unreadable = month_asked(bulan, now)
    refusal = refusal or unreadable
    found = posyandu.read_month(session, month=month, by=by, now=now)
    fits = posyandu.chosen(found, words=cari, choice=lihat)
    page = Page(halaman, len(fits))
    return render(
        request,
        "posyandu/home.html",
        status=status_of(refusal),
        counts=found.counts(),
        num_families=len(found.families),
        rows=fits[page.span],
        page=page,
        words=cari,
        choice=lihat if lihat in posyandu.CHOICES else "",
        findings=own_place.own_findings(session, by=by),
        typed=typed or {},
        errors=texts_of(request, refusal),
        **words_of(request, now, by, month),
    )


def _accompaniment(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    *,
    bulan: str,
    halaman: int = 1,
    refusal: ServiceError | None = None,
    ticked: list[str] | None = None,
    codes: list[str] | None = None,
) -> HTMLResponse:
    month, unreadable = month_asked(bulan, now)
    refusal = refusal or unreadable
    found = posyandu.read_month(session, month=month, by=by, now=now)
    fits = posyandu.chosen(found, choice="catat")
    page = Page(halaman, len(fits))
    return render(
        request,
        "posyandu/accompaniment.html",
        status=status_of(refusal),
        num_families=len(found.families),
        rows=fits[page.span],
        page=page,
        ticked=ticked,
        given=codes or [],
        errors=texts_of(request, refusal),
        **words_of(request, now, by, month),
    )


def _eaten(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    *,
    bulan: str,
    halaman: int = 1,
    refusal: ServiceError | None = None,
    said: dict[str, str] | None = None,
    day: str = "",
) -> HTMLResponse:
    month, unreadable = month_asked(bulan, now)
    refusal = refusal or unreadable
    found = posyandu.read_month(session, month=month, by=by, now=now)
    fits = _to_ask(found)
    page = Page(halaman, len(fits))
    return render(
        request,
        "posyandu/eaten.html",
        status=status_of(refusal),
        num_arrived=found.counts()["tanya"][1],
        rows=fits[page.span],
        page=page,
        said=said or {},
        day=day or local_date(now).isoformat(),
        errors=texts_of(request, refusal),
        **words_of(request, now, by, month),
    )


def _to_ask(found: PosyanduMonth) -> list[tuple[posyandu.FamilyMonth, posyandu.PosyanduChild]]:
    return [
        (family, child)
        for family in found.families
        for child in family.children
        if child.has_arrived and not child.is_asked
    ]
