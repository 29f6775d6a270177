"""Homes without a point on the map: the coordinator puts them there, several at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from api.dependencies import LookSession, Now, WriteSession, requires
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import redirect, render
from api.services import carrying, children, cycles, looks
from api.services.errors import Invalid, ServiceError
from api.services.household_points import HomeToPlace, homes_to_place, place_home
from data.readers.points import UnreadablePoint, read_point
from data.schema import Account, Cycle, Package

router = APIRouter(include_in_schema=False)

Placer = Annotated[Account, requires("household:place")]
Packer = Annotated[Account, requires("package:edit")]
Text = Annotated[str, Form(max_length=500)]


@router.get("/bulan/{month}/titik")
def points_page(
    request: Request, session: LookSession, now: Now, by: Placer, month: str
) -> HTMLResponse:
    """Show the homes that cannot be planned because nobody knows where they are."""
    looks.note(
        session, by=by, action="household:points", subject="cycle", subject_id=month, now=now
    )
    return _page(request, session, cycles.find_cycle(session, month=month))


def _page(
    request: Request,
    session: Session,
    cycle: Cycle,
    refusal: ServiceError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    homes = homes_to_place(session, cycle=cycle)
    return render(
        request,
        "coordinator/home_points.html",
        status=status_of(refusal),
        **facts_of(cycle),
        groups=[(code, list(found)) for code, found in groupby(homes, key=_kelurahan)],
        num_homes=len(homes),
        num_packages=sum(len(home.package_codes) for home in homes),
        typed=typed or {},
        names=names_of(request),
        errors=texts_of(request, refusal),
    )


def _kelurahan(home: HomeToPlace) -> str | None:
    return home.kelurahan_code


@router.post("/bulan/{month}/titik")
def place(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Placer,
    month: str,
    rumah: Annotated[list[Text], Form()],
    versi: Annotated[list[int], Form()],
    titik: Annotated[list[Text], Form()],
) -> Response:
    """Save the points that were filled in: all of them, or none."""
    cycle = cycles.find_cycle(session, month=month)
    if not len(rumah) == len(versi) == len(titik):
        raise Invalid("point.rows", fields={"titik": "point.rows"})
    filled = [row for row in zip(rumah, versi, titik, strict=True) if row[2].strip()]

    def save() -> None:
        for code, version, text in filled:
            home = children.find_household(session, code=code, by=by, now=now)
            with _about(code):
                lat, lon = read_point(text)
                place_home(
                    session, household=home, base_version=version, lat=lat, lon=lon, by=by, now=now
                )

    refusal = refusal_of(session, save)
    if refusal is not None:
        return _page(request, session, cycle, refusal, dict(zip(rumah, titik, strict=True)))
    return redirect(request, f"/bulan/{month}/titik", "point.did.saved", n=len(filled))


@contextmanager
def _about(code: str) -> Iterator[None]:
    """Let what is wrong with a point stand at the field of its home."""
    field = f"titik-{code}"
    try:
        yield
    except UnreadablePoint as error:
        raise Invalid(error.code, fields={field: error.code}, household=code) from None
    except Invalid as error:
        params = {**error.params, "fields": {field: error.code}}
        raise Invalid(error.code, **params) from None


@router.post("/bulan/{month}/titik/bawa")
def carry(request: Request, session: WriteSession, now: Now, by: Packer, month: str) -> Response:
    """Leave every package whose home has no point for next month."""
    cycle = cycles.find_cycle(session, month=month)
    numbers = [
        number for home in homes_to_place(session, cycle=cycle) for number in home.package_ids
    ]
    packages = session.exec(select(Package).where(col(Package.id).in_(numbers))).all()
    refusal = refusal_of(
        session,
        lambda: carrying.carry_packages(session, packages=packages, by=by, now=now),
    )
    if refusal is not None:
        return _page(request, session, cycle, refusal)
    return redirect(request, f"/bulan/{month}/titik", "packing.did.carried", n=len(packages))
