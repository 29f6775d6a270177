"""Companion teams (TPK), and recording what families were given in a month."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.pages.monitoring import ways
from api.pages.names import by_ward, kelurahan_choices
from api.pages.recording import Text, Texts
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import language_of, redirect, render
from api.services import companions
from api.services.clock import local_month
from api.services.companions import Given
from api.services.errors import Invalid, ServiceError
from api.services.months import checked_month
from api.services.report_tally import area_name
from data.queries.companions import companion_teams, places_to_accompany
from data.reference.krs import accompaniment_names
from data.schema import Account

router = APIRouter(include_in_schema=False)

Recorder = Annotated[Account, requires("accompaniment:record")]


@router.get("/monev/tpk")
def teams_page(
    request: Request, session: ReadSession, by: Annotated[Account, requires("report:read")]
) -> HTMLResponse:
    """List the companion teams and whose families they have."""
    del by
    return _teams(request, session)


@router.post("/monev/tpk")
def add_team(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("team:edit")],
    nama: Text = "",
    kelurahan: Text = "",
    posyandu: Text = "",
) -> Response:
    """Add a team."""
    refusal = refusal_of(
        session,
        lambda: companions.save_team(
            session, name=nama, kelurahan_code=kelurahan, posyandu=posyandu.split(","),
            is_active=True, by=by, now=now,
        ),
    )  # fmt: skip
    if refusal is not None:
        return _teams(request, session, refusal, {"nama": nama, "posyandu": posyandu})
    return redirect(request, "/monev/tpk", "companion.saved")


@router.post("/monev/tpk/{team_id}")
def change_team(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("team:edit")],
    team_id: RowId,
    nama: Text = "",
    kelurahan: Text = "",
    posyandu: Text = "",
    aktif: Text = "",
    versi: Annotated[int, Form(ge=1)] = 1,
) -> Response:
    """Change a team, or end its work."""
    team = companions.find_team(session, team_id=team_id)
    refusal = refusal_of(
        session,
        lambda: companions.save_team(
            session, name=nama, kelurahan_code=kelurahan, posyandu=posyandu.split(","),
            is_active=bool(aktif), by=by, now=now, team=team, base_version=versi,
        ),
    )  # fmt: skip
    if refusal is not None:
        return _teams(request, session, refusal)
    return redirect(request, "/monev/tpk", "companion.saved")


@router.get("/monev/pendampingan")
def places_page(
    request: Request, session: ReadSession, now: Now, by: Recorder, bulan: str = ""
) -> HTMLResponse:
    """List the posyandu whose families' accompaniment is to be recorded."""
    del by
    refusal = None
    month = bulan or local_month(now)
    try:
        checked_month(month)
    except Invalid as error:
        refusal, month = error, local_month(now)
    places = places_to_accompany(session, month=month)
    return render(
        request,
        "monev/accompaniment.html",
        status=status_of(refusal),
        pages=ways(request),
        month=month,
        wards=by_ward(places),
        num_places=len(places),
        errors=texts_of(request, refusal),
    )


@router.get("/monev/pendampingan/{month}")
def place_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Recorder,
    month: str,
    kelurahan: str = "",
    posyandu: str = "",
) -> HTMLResponse:
    """Show the families of one posyandu with their codes; the look is written down."""
    return _place(request, session, now, by, month, kelurahan, posyandu)


@router.post("/monev/pendampingan/{month}")
def save_place(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Recorder,
    month: str,
    kelurahan: Text = "",
    posyandu: Text = "",
    keluarga: Texts = [],  # noqa: B006 - FastAPI copies it
    semula: Texts = [],  # noqa: B006
    kode: Texts = [],  # noqa: B006
) -> Response:
    """Keep the codes of one posyandu's families; each comes as the family and the code.

    ``semula`` are the codes that each family's row showed: a row left as it was shown says
    nothing, so that a page read a while ago takes nobody else's record back.
    """
    refusal = refusal_of(
        session,
        lambda: companions.record_accompaniment(
            session, month=month, kelurahan_code=kelurahan, posyandu=posyandu,
            given=_given(keluarga, semula, kode), by=by, now=now,
        ),
    )  # fmt: skip
    if refusal is not None:
        shown = dict(zip(keluarga, semula, strict=False))
        return _place(request, session, now, by, month, kelurahan, posyandu, refusal, kode, shown)
    return redirect(request, f"/monev/pendampingan?bulan={month}", "companion.recorded")


def _given(families: list[str], shown: list[str], ticked: list[str]) -> list[Given]:
    pairs = [each.partition(" ") for each in ticked]
    before = [each.split() for each in shown]
    numbers = [*families, *(part for home, _, code in pairs for part in (home, code))]
    numbers += [code for codes in before for code in codes]
    if len(families) != len(shown) or not all(each.isdecimal() for each in numbers):
        raise Invalid("field.choice", fields={"kode": "field.choice"})
    given = [
        Given(int(family), tuple(sorted(int(code) for home, _, code in pairs if home == family)))
        for family in families
    ]
    return [
        each
        for each, codes in zip(given, before, strict=True)
        if each.codes != tuple(sorted(map(int, codes)))
    ]


def _teams(
    request: Request,
    session: Session,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "monev/teams.html",
        status=status_of(refusal),
        pages=ways(request),
        teams=companion_teams(session, also_ended=True),
        wards=kelurahan_choices(),
        ward=lambda code: area_name(code, "kelurahan"),
        typed=typed or {},
        errors=texts_of(request, refusal),
    )


def _place(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    month: str,
    kelurahan: str,
    posyandu: str,
    refusal: ServiceError | None = None,
    ticked: list[str] | None = None,
    shown: dict[str, str] | None = None,
) -> HTMLResponse:
    families = companions.read_families(
        session, month=month, kelurahan_code=kelurahan, posyandu=posyandu, by=by, now=now
    )
    is_english = language_of(request) == "en"
    return render(
        request,
        "monev/accompaniment_place.html",
        status=status_of(refusal),
        pages=ways(request),
        month=month,
        kelurahan=kelurahan,
        posyandu=posyandu,
        ward=area_name(kelurahan, "kelurahan"),
        families=families,
        ticked=set(ticked)
        if ticked is not None
        else {f"{each.household_id} {code}" for each in families for code in each.codes},
        shown=shown or {},
        codes=[(code, names[is_english]) for code, names in accompaniment_names().items()],
        errors=texts_of(request, refusal),
    )
