"""The office's side of donors: their messages, and photos to look at before they may see them."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.shell import Entry, Page, field_errors, redirect, render
from api.services import donor_wishes, photos
from api.services.errors import Invalid
from data.schema import Account

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Pesan donatur"), "/pesan-donatur", "donor_message:answer"),
    Entry(N_("Foto"), "/foto", "photo:decide"),
]

Answerer = Annotated[Account, requires("donor_message:answer")]
Looker = Annotated[Account, requires("photo:decide")]
Text = Annotated[str, Form(max_length=2000)]


@router.get("/pesan-donatur")
def messages(
    request: Request, session: ReadSession, by: Answerer, halaman: int = 1
) -> HTMLResponse:
    """List what donors told the office, the unanswered first."""
    del by
    return _messages_page(request, session, halaman)


@router.post("/pesan-donatur/{message_id}")
def answer(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Answerer,
    message_id: RowId,
    jawaban: Text = "",
) -> Response:
    """Answer a message."""
    try:
        donor_wishes.answer_message(session, message_id=message_id, answer=jawaban, by=by, now=now)
    except Invalid as error:
        found = {f"jawaban-{message_id}": text for text in field_errors(request, error).values()}
        return _messages_page(request, session, 1, errors=found)
    return redirect(request, "/pesan-donatur", "donor.did_answer")


@router.get("/foto")
def photo_list(request: Request, session: ReadSession, now: Now, by: Looker) -> HTMLResponse:
    """Show the photos that wait for a look."""
    del by
    rows, total = photos.photos_to_decide(session, now=now)
    shown = photos.shown_photos(session)
    return render(request, "photos.html", rows=rows, total=total, shown=shown)


@router.get("/foto/{photo_id}")
def photo(session: LookSession, now: Now, by: Looker, photo_id: RowId) -> Response:
    """Give one photo that waits for a look."""
    content = photos.look_at_photo(session, photo_id=photo_id, by=by, now=now)
    return Response(content, media_type="image/jpeg")


@router.post("/foto/{photo_id}")
def decide(
    request: Request, session: WriteSession, now: Now, by: Looker, photo_id: RowId, boleh: Text = ""
) -> Response:
    """Let the sponsor see a photo, or not."""
    photos.decide_photo(session, photo_id=photo_id, is_shown=boleh == "ya", by=by, now=now)
    return redirect(request, "/foto", "photo.did_show" if boleh == "ya" else "photo.did_hide")


def _messages_page(
    request: Request,
    session: ReadSession,
    number: int,
    *,
    errors: dict[str, str] | None = None,
) -> HTMLResponse:
    _, total = donor_wishes.list_messages(session, limit=1)
    page = Page(number, total)
    rows, _ = donor_wishes.list_messages(session, offset=page.offset, limit=page.size)
    return render(
        request,
        "donor_messages.html",
        status=422 if errors else 200,
        rows=rows,
        page=page,
        errors=errors or {},
    )
