"""What a donor sees of their own pledge: aliases, contents, and whether packages arrived."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, Store, WriteSession, requires
from api.i18n import N_, Formats
from api.pages.names import names_of
from api.pages.road import download, language_for
from api.pages.shell import Entry, field_errors, language_of, redirect, render
from api.services import cycles, donor_letters, donor_photos, donor_wishes
from api.services.clock import local_date
from api.services.donor import DonorChild, DonorPledge, DonorView, donor_view
from api.services.donor_aliases import name_own_children
from api.services.errors import Invalid, NotFound
from api.services.months import later_month, month_of
from data.schema import Account, Role, Sponsor
from data.schema.base import new_uid

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Anak asuh saya"), "/donatur", "own_children:read", frozenset({Role.DONOR})),
    Entry(N_("Tanya dinas"), "/donatur/pesan", "donor_message:send", frozenset({Role.DONOR})),
]

Donor = Annotated[Account, requires("own_children:read")]
PledgeOwner = Annotated[Account, requires("own_pledge:edit")]
Sender = Annotated[Account, requires("donor_message:send")]
Text = Annotated[str, Form(max_length=2000)]


@router.get("/donatur")
def donor_home(
    request: Request, session: ReadSession, store: Store, now: Now, by: Donor
) -> HTMLResponse:
    """Show the donor's pledges, how to pay, and each child by the donor's own alias of it."""
    name_own_children(store, by=by)
    view = _view(session, by, now=now)
    letters = _letter_months(view)
    return render(
        request,
        "donor/home.html",
        view=view,
        this_month=month_of(local_date(now)),
        newest=max((last_month(child) for child in view.children), default="") if view else "",
        last_month=last_month,
        letters=letters,
        years=sorted({month[:4] for month in letters}, reverse=True),
        help_phone=request.app.state.settings.help_phone,
        names=names_of(request),
    )


@router.get("/donatur/anak/{alias}")
def donor_child(
    request: Request, session: ReadSession, store: Store, now: Now, by: Donor, alias: str
) -> HTMLResponse:
    """Show every package of one child; any other alias does not exist."""
    name_own_children(store, by=by)
    view = _view(session, by, now=now)
    child = next((each for each in view.children if each.alias == alias), None) if view else None
    if child is None:
        raise NotFound("donor.child")
    return render(request, "donor/child.html", child=child, names=names_of(request))


@router.get("/donatur/anak/{alias}/foto/{month}")
def photo(session: LookSession, now: Now, by: Donor, alias: str, month: str) -> Response:
    """Give the photo of a package, while the guardian agrees and a person found no face on it."""
    content = donor_photos.own_photo(session, alias=alias, month=month, by=by, now=now)
    return Response(content, media_type="image/jpeg")


@router.get("/donatur/surat/{month}")
def letter(
    request: Request, session: LookSession, store: Store, now: Now, by: Donor, month: str
) -> Response:
    """Give the letter of thanks for a month."""
    name_own_children(store, by=by)
    sponsor = _sponsor(session, by)
    if sponsor is None or month not in _letter_months(_view(session, by, now=now)):
        raise NotFound("donor.letter")
    cycle = cycles.find_cycle(session, month=month)
    return download(
        donor_letters.donor_letter(
            session, sponsor=sponsor, cycle=cycle, by=by, now=now,
            language=language_for(request),
        )
    )  # fmt: skip


@router.get("/donatur/surat-tahun/{year}")
def yearly_letter(
    request: Request, session: LookSession, store: Store, now: Now, by: Donor, year: int
) -> Response:
    """Give the letter of thanks for a year."""
    name_own_children(store, by=by)
    sponsor = donor_wishes.own_sponsor(session, by=by)
    return download(
        donor_letters.yearly_letter(
            session, sponsor=sponsor, year=year, by=by, now=now, language=language_for(request)
        )
    )


@router.get("/donatur/piagam")
def certificate(
    request: Request, session: LookSession, store: Store, now: Now, by: Donor
) -> Response:
    """Give the certificate of thanks."""
    name_own_children(store, by=by)
    sponsor = donor_wishes.own_sponsor(session, by=by)
    return download(
        donor_letters.donor_certificate(
            session, sponsor=sponsor, by=by, now=now, language=language_for(request)
        )
    )


@router.get("/donatur/janji/{code}")
def own_pledge(
    request: Request, session: ReadSession, store: Store, now: Now, by: PledgeOwner, code: str
) -> HTMLResponse:
    """Show what may become of a pledge: change, rest, end."""
    name_own_children(store, by=by)
    return _pledge_page(request, session, now, by, code)


@router.post("/donatur/janji/{code}/jeda")
def pause(
    request: Request, session: WriteSession, now: Now, by: PledgeOwner, code: str, bulan: Text = ""
) -> Response:
    """Let a pledge rest from next month on."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    number = int(bulan) if bulan in ("1", "2", "3") else 0
    agreed = [
        ahead
        for ahead in donor_wishes.months_ahead(session, pledge=pledge, now=now)[1:]
        if ahead.stage == "agreed" and ahead.num_children
    ]
    try:
        donor_wishes.pause_pledge(session, pledge=pledge, num_months=number, by=by, now=now)
    except Invalid as error:
        return _pledge_page(request, session, now, by, code, errors=field_errors(request, error))
    if agreed:
        month = Formats(language_of(request)).month(agreed[0].month)
        return redirect(
            request, "/donatur", "donor.did_pause_agreed", month=month, n=agreed[0].num_children
        )
    return redirect(request, "/donatur", "donor.did_pause")


@router.post("/donatur/janji/{code}/lanjut")
def resume(
    request: Request, session: WriteSession, now: Now, by: PledgeOwner, code: str
) -> Response:
    """Let a pledge that rests run again."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    donor_wishes.resume_pledge(session, pledge=pledge, by=by, now=now)
    return redirect(request, "/donatur", "donor.did_resume")


@router.post("/donatur/janji/{code}/akhiri")
def stop(
    request: Request,
    session: WriteSession,
    now: Now,
    by: PledgeOwner,
    code: str,
    alasan: Text = "",
    tahan: Text = "",
    yakin: Text = "",
) -> Response:
    """End a pledge, after it was said what follows."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    typed = {"alasan": alasan, "tahan": tahan}
    try:
        if yakin != "ya":
            raise Invalid("donor.sure", fields={"yakin": "donor.sure"})
        donor_wishes.stop_pledge(
            session, pledge=pledge, reason=alasan, keep_until=_day(tahan), by=by, now=now
        )
    except Invalid as error:
        return _pledge_page(
            request, session, now, by, code, errors=field_errors(request, error), typed=typed
        )
    return redirect(request, "/donatur", "donor.did_stop")


@router.get("/donatur/pesan")
def messages(request: Request, session: ReadSession, by: Sender) -> HTMLResponse:
    """Show the donor's messages with their answers, and a form for another."""
    return _messages_page(request, session, by)


@router.post("/donatur/pesan")
def send(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Sender,
    nomor: Text = "",
    perihal: Text = "",
    pesan: Text = "",
) -> Response:
    """Tell the office something; the same form sent twice counts once."""
    try:
        donor_wishes.send_message(
            session, message_uid=nomor[:32] or new_uid(), topic=perihal, text=pesan, by=by, now=now
        )
    except Invalid as error:
        typed = {"perihal": perihal, "pesan": pesan}
        return _messages_page(
            request, session, by, errors=field_errors(request, error), typed=typed
        )
    return redirect(request, "/donatur/pesan", "donor.did_send")


def _pledge_page(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    own = donor_wishes.own_pledge(session, code=code, by=by)
    view = _view(session, by, now=now)
    pledge: DonorPledge = next(each for each in view.pledges if each.code == code)  # type: ignore[union-attr]
    return render(
        request,
        "donor/pledge.html",
        status=422 if errors else 200,
        pledge=pledge,
        num_current=view.num_hidden + sum(child.is_current for child in view.children)
        if view
        else 0,
        ahead=donor_wishes.months_ahead(session, pledge=own, now=now),
        this_month=month_of(local_date(now)),
        first_rest=(first_rest := donor_wishes.first_rest(own, now=now)),
        last_rest=later_month(first_rest, donor_wishes.MAX_PAUSE_MONTHS - 1),
        keep_days=donor_wishes.keep_place_choices(now=now),
        reasons=donor_wishes.STOP_REASONS,
        typed=typed or {},
        errors=errors or {},
    )


def _messages_page(
    request: Request,
    session: Session,
    by: Account,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    sponsor = _sponsor(session, by)
    rows = donor_wishes.list_messages(session, sponsor=sponsor)[0] if sponsor else []
    return render(
        request,
        "donor/messages.html",
        status=422 if errors else 200,
        is_linked=sponsor is not None,
        rows=[message for message, _ in rows],
        topics=donor_wishes.TOPICS,
        uid=new_uid(),
        help_phone=request.app.state.settings.help_phone,
        typed=typed or {},
        errors=errors or {},
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("donor.keep_until", fields={"tahan": "donor.keep_until"}) from None


def _sponsor(session: Session, by: Account) -> Sponsor | None:
    return session.get(Sponsor, by.sponsor_id) if by.sponsor_id else None


def _view(session: Session, by: Account, *, now: datetime) -> DonorView | None:
    sponsor = _sponsor(session, by)
    return donor_view(session, sponsor=sponsor, now=now) if sponsor else None


def last_month(child: DonorChild) -> str:
    """Return the last month in which a child was paired with the donor; blank for none."""
    return child.months[-1].month if child.months else ""


def _letter_months(view: DonorView | None) -> list[str]:
    """Return the months in which at least one package arrived, the latest first."""
    if view is None:
        return []
    shown = {each.month for child in view.children for each in child.months if each.received_month}
    return sorted(shown.union(*(child.received for child in view.hidden)), reverse=True)
