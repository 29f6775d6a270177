"""Whether help reaches the right children: coverage, exclusion, the chain, and what was eaten."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.i18n import N_, translator
from api.pages.monitoring import sheet_page, ways
from api.pages.names import by_ward
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import download, purposes_of
from api.pages.shell import Page, language_of, redirect, render
from api.services import consumption, cycles, pmt_export, target_rows
from api.services.clock import local_date
from api.services.dispatch import Export
from api.services.errors import Invalid, ServiceError
from api.services.report_counts import area_name
from api.services.report_versions import list_versions
from api.services.targeting import month_shown
from api.services.targeting_tables import (
    BANDS,
    DOUBTS,
    ELSEWHERE,
    SEXES,
    STEPS,
    TIERS,
    reason_words,
)
from data.queries.consumption import places_to_ask
from data.schema import Account, Eaten

router = APIRouter(include_in_schema=False)
MOST_FAMILIES = 5000
DOUBT_WORDS = DOUBTS | ELSEWHERE
Rows = Annotated[list[str], Form(max_length=MOST_FAMILIES)]


@router.get("/monev/sasaran")
def targeting_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    bulan: str = "",
) -> HTMLResponse:
    """Show who is covered by need, age, sex and kelurahan, who is left out, and the chain."""
    del by
    intro = translator(language_of(request))(
        N_("Siapa yang terlayani, siapa yang terlewat, dan apakah yang dijanjikan sampai dimakan.")
    )
    cycle = month_shown(session, bulan or None)
    return sheet_page(
        request,
        session,
        now,
        "sasaran",
        month=bulan,
        intro=intro,
        countable=target_rows.FIGURES,
        versions=list_versions(session, cycle=cycle) if cycle else [],
    )


@router.get("/monev/sasaran/baris")
def rows_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    angka: str,
    bulan: str,
    menurut: str = "",
    isi: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the promises, answers or (for who reads children) children behind a figure of targeting.

    The look is written down before they are shown.

    ``isi`` is the part of the table that parts children by ``menurut``.
    """
    behind = target_rows.rows_of_target(
        session,
        cycle=cycles.find_cycle(session, month=bulan),
        figure=angka,
        group=menurut,
        part=isi,
        by=by,
        now=now,
        shown=lambda num_rows: Page(halaman, num_rows).span,
    )
    indicator, rows = behind.indicator, behind.rows
    say, is_english = translator(language_of(request)), language_of(request) == "en"
    step = STEPS.get(angka) if indicator.code != angka else None
    doubt = DOUBT_WORDS.get(isi) if menurut == target_rows.DOUBT else None
    return render(
        request,
        "monev/target_rows.html",
        pages=ways(request),
        month=bulan,
        indicator=indicator,
        name=say(step) if step else indicator.name_en if is_english else indicator.name_id,
        definition=indicator.definition if is_english else indicator.definition_id,
        part=say(doubt) if doubt else _part(request, menurut, isi),
        rows=rows,
        page=Page(halaman, behind.num_rows),
        is_share=indicator.code == "served",
        kind=rows[0].kind if rows else "child",
        reason=lambda code: say(reason_words(code)),
    )


def _part(request: Request, group: str, part: str) -> str:
    """Return the words of a part of a table."""
    say = translator(language_of(request))
    match group:
        case "tier":
            return say(TIERS.get(part, TIERS[""]))
        case "age":
            return say(BANDS.get(part, part))
        case "sex":
            return say(SEXES.get(part, part))
        case "reason":
            return say(reason_words(part))
        case "area":
            return part or say(N_("Wilayah belum diketahui"))
        case "all":
            area, _, rest = part.partition("|")
            tier, _, rest = rest.partition("|")
            band, _, sex = rest.partition("|")
            words = (area or "–", _part(request, "tier", tier), _part(request, "age", band))
            return " · ".join((*words, _part(request, "sex", sex)))
    return ""


@router.get("/monev/konsumsi")
def consumption_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("consumption:record")],
    bulan: str = "",
) -> HTMLResponse:
    """List the posyandu whose families are to be asked what was eaten."""
    del by
    return _places(request, session, bulan)


def _places(
    request: Request, session: Session, bulan: str, refusal: ServiceError | None = None
) -> HTMLResponse:
    cycle = month_shown(session, bulan or None)
    places = places_to_ask(session, cycle_id=cycle.id or 0) if cycle else []
    return render(
        request,
        "monev/consumption.html",
        status=status_of(refusal),
        purposes=purposes_of(request),
        errors=texts_of(request, refusal),
        pages=ways(request),
        cycle=cycle,
        month=bulan or (cycle.month if cycle else ""),
        wards=by_ward(places),
        num_places=len(places),
    )


@router.get("/monev/konsumsi/{month}")
def place_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("consumption:record")],
    month: str,
    kelurahan: str = "",
    posyandu: str = "",
) -> HTMLResponse:
    """Show the families of one posyandu with what they said; the look is written down."""
    return _place(request, session, now, by, month, kelurahan, posyandu)


@router.post("/monev/konsumsi/{month}")
def save_answers(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("consumption:record")],
    month: str,
    kelurahan: Text = "",
    posyandu: Text = "",
    tanggal: Text = "",
    paket: Rows = [],  # noqa: B006 - FastAPI copies it
    semula: Rows = [],  # noqa: B006
    jawaban: Rows = [],  # noqa: B006
    catatan: Rows = [],  # noqa: B006
) -> Response:
    """Keep what the families of one posyandu said; a row left as it was shown says nothing.

    ``semula`` is the answer and note that each row showed, so that a page read a while ago takes
    nobody else's answers back.
    """
    cycle = cycles.find_cycle(session, month=month)
    refusal = refusal_of(
        session,
        lambda: consumption.record_answers(
            session,
            cycle=cycle,
            kelurahan_code=kelurahan,
            posyandu=posyandu,
            answers=_answers(paket, semula, jawaban, catatan),
            checked_on=_day(tanggal),
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        return _place(request, session, now, by, month, kelurahan, posyandu, refusal)
    return redirect(request, f"/monev/konsumsi?bulan={month}", "consumption.saved")


@router.post("/monev/konsumsi/{month}/sigizi")
def export_for_sigizi(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:export")],
    month: str,
    keperluan: Text = "",
    password: Text = "",
) -> Response:
    """Give the month's packages in Sigizi's columns, encrypted and without citizen numbers."""
    cycle = cycles.find_cycle(session, month=month)
    made: list[Export] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            pmt_export.export_pmt(
                session, cycle=cycle, by=by, now=now, purpose=keperluan, password=password
            )
        ),
    )
    if refusal is not None:
        return _places(request, session, month, refusal)
    return download(made[0])


def _answers(
    packages: list[str], shown: list[str], eaten: list[str], notes: list[str]
) -> list[consumption.Answer]:
    is_whole = len(packages) == len(shown) == len(eaten) == len(notes)
    if not is_whole or not all(map(str.isdecimal, packages)):
        raise Invalid("field.choice", fields={"jawaban": "field.choice"})
    if any(each and each not in list(Eaten) for each in eaten):
        raise Invalid("field.choice", fields={"jawaban": "field.choice"})
    return [
        consumption.Answer(int(package), Eaten(each) if each else None, note)
        for package, before, each, note in zip(packages, shown, eaten, notes, strict=True)
        if f"{each} {note}".strip() != before.strip()
    ]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("field.date", fields={"tanggal": "field.date"}) from None


def _place(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    month: str,
    kelurahan: str,
    posyandu: str,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    cycle = cycles.find_cycle(session, month=month)
    return render(
        request,
        "monev/consumption_place.html",
        status=status_of(refusal),
        pages=ways(request),
        cycle=cycle,
        kelurahan=kelurahan,
        posyandu=posyandu,
        ward=area_name(kelurahan, "kelurahan") if kelurahan else "",
        today=local_date(now).isoformat(),
        packages=consumption.read_place(
            session, cycle=cycle, kelurahan_code=kelurahan, posyandu=posyandu, by=by, now=now
        ),
        choices=[each.value for each in Eaten],
        errors=texts_of(request, refusal),
    )
