"""The first page of who is bound to a place: what there is to do there this month."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import area_names
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import HOME_OF_PLACE, Entry, Page, home_of, redirect, render
from api.security import holds, seen_name
from api.services import own_place
from api.services.account_places import place_name
from api.services.errors import ServiceError
from data.place import place_of
from data.schema import Account, Role

router = APIRouter(include_in_schema=False)

NAVIGATION = [
    Entry(
        N_("Wilayah saya"),
        HOME_OF_PLACE,
        "place:read",
        roles=frozenset(set(Role) - {Role.KADER}),
        only_bound=True,
    )
]
"""A kader has a page of its own (:mod:`api.pages.posyandu`)."""
Own = Annotated[Account, requires("place:read")]
BEHIND = {
    "accompaniment": ("/monev/pendampingan?bulan={month}", "accompaniment:record"),
    "consumption": ("/monev/konsumsi?bulan={month}", "consumption:record"),
    "severe": ("/monev/pertumbuhan?sebab=severe", "child:read"),
    "two_t": ("/monev/pertumbuhan?sebab=two_t", "child:read"),
    "unmeasured": ("/monev/pertumbuhan?sebab=unmeasured", "child:read"),
    "consents": ("/wilayah/persetujuan", "child:read"),
    "doubts": ("/anak?keadaan=needs_review", "child:read"),
    "twice": ("/anak?keadaan=needs_review", "child:read"),
    "reports": ("/pindah", "change:read"),
}
"""What waits → the list behind it, and who may open it: others are not told how many."""


@router.get("/wilayah")
def place_page(request: Request, session: ReadSession, now: Now, by: Own) -> Response:
    """Show what there is to do in one's own place; who has none is led to the office's page."""
    if place_of(by) is None:
        return RedirectResponse(home_of(by), status_code=303)
    return _page(request, session, now, by)


def _page(
    request: Request,
    session: Session,
    now: Now,
    by: Account,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    tasks = [
        (task, BEHIND[task.code][0].format(month=task.month))
        for task in own_place.place_tasks(session, now=now)
        if holds(by, BEHIND[task.code][1])
    ]
    return render(
        request,
        "place/home.html",
        status=status_of(refusal),
        place=place_name(by),
        waiting=[pair for pair in tasks if pair[0].number],
        done=[pair for pair in tasks if not pair[0].number],
        findings=own_place.own_findings(session, by=by),
        kelurahan=area_names(),
        typed=typed or {},
        errors=texts_of(request, refusal),
    )


@router.get("/wilayah/persetujuan")
def consents_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    halaman: int = 1,
) -> HTMLResponse:
    """List children in the programme whose consent lacks or ends within sixty days."""
    found = own_place.due_consents(session, now=now)
    page = Page(halaman, len(found))
    return render(
        request,
        "place/consents.html",
        rows=found[page.span],
        page=page,
        seen=lambda name: seen_name(name, by.role),
        kelurahan=area_names(),
    )


@router.post("/wilayah/temuan/{finding_id}")
def answer_finding(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("finding:own")],
    finding_id: RowId,
    jawaban: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Write down what was done about one's own finding."""
    refusal = refusal_of(
        session,
        lambda: own_place.answer_own_finding(
            session, finding_id=finding_id, answer=jawaban, by=by, now=now
        ),
    )
    if refusal is not None:
        return _page(request, session, now, by, refusal, {f"jawaban-{finding_id}": jawaban})
    return redirect(request, HOME_OF_PLACE, "supervision.answered")
