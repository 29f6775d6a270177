"""What a donor sees of their own pledge: aliases, contents, and whether packages arrived."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.names import names_of
from api.pages.road import download, language_for
from api.pages.shell import Entry, render
from api.services import cycles
from api.services.clock import local_date
from api.services.donor import DonorView, donor_letter, donor_view
from api.services.errors import NotFound
from api.services.months import month_of
from data.schema import Account, Role, Sponsor

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Anak asuh saya"), "/donatur", "own_children:read", frozenset({Role.DONOR}))]

Donor = Annotated[Account, requires("own_children:read")]


@router.get("/donatur")
def donor_home(request: Request, session: ReadSession, now: Now, by: Donor) -> HTMLResponse:
    """Show the donor's pledges, and each child by alias."""
    view = _view(session, by, now=now)
    return render(
        request,
        "donor/home.html",
        view=view,
        this_month=month_of(local_date(now)),
        letters=_letter_months(view),
        names=names_of(request),
    )


@router.get("/donatur/anak/{alias}")
def donor_child(
    request: Request, session: ReadSession, now: Now, by: Donor, alias: str
) -> HTMLResponse:
    """Show every package of one child; any other alias does not exist."""
    view = _view(session, by, now=now)
    child = next((each for each in view.children if each.alias == alias), None) if view else None
    if child is None:
        raise NotFound("donor.child")
    return render(request, "donor/child.html", child=child, names=names_of(request))


@router.get("/donatur/surat/{month}")
def letter(request: Request, session: WriteSession, now: Now, by: Donor, month: str) -> Response:
    """Give the letter of thanks for a month."""
    sponsor = _sponsor(session, by)
    if sponsor is None or month not in _letter_months(_view(session, by, now=now)):
        raise NotFound("donor.letter")
    cycle = cycles.find_cycle(session, month=month)
    return download(
        donor_letter(
            session, sponsor=sponsor, cycle=cycle, by=by, now=now,
            language=language_for(request),
        )
    )  # fmt: skip


def _sponsor(session: Session, by: Account) -> Sponsor | None:
    return session.get(Sponsor, by.sponsor_id) if by.sponsor_id else None


def _view(session: Session, by: Account, *, now: datetime) -> DonorView | None:
    sponsor = _sponsor(session, by)
    return donor_view(session, sponsor=sponsor, now=now) if sponsor else None


def _letter_months(view: DonorView | None) -> list[str]:
    """Return the months in which at least one package arrived, the latest first."""
    children = view.children if view else ()
    return sorted(
        {each.month for child in children for each in child.months if each.received_month},
        reverse=True,
    )
