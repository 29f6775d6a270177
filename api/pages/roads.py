"""The road map that routes follow, and the roads that are closed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import redirect, render
from api.services import road_map
from api.services.errors import Invalid, ServiceError
from api.services.road_closures import RoadChange, close_road, lift_closure
from data.schema import Account, RoadClosure, RoadMap
from logistics.streets import Segment, segments_named

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("route:read")]
Editor = Annotated[Account, requires("route:edit")]
Text = Annotated[str, Form(max_length=300)]
Words = Annotated[str, Query(max_length=100)]
MOST_SEGMENTS = 40
"""Of a street with more, those found first are shown; more words find fewer."""
FIELDS = {"place": "lintang", "reason": "alasan", "from_day": "dari", "to_day": "sampai"}


@router.get("/jalan")
def roads_page(
    request: Request,
    session: ReadSession,
    by: Reader,
    cari: Words = "",
    lintang: Words = "",
    bujur: Words = "",
) -> HTMLResponse:
    """Show which road map is driven on and what is closed; find a street to close by its name."""
    return _page(request, session, typed={"lintang": lintang, "bujur": bujur}, words=cari)


@router.post("/jalan/tutup")
def close(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    lintang: Text = "",
    bujur: Text = "",
    dari: Text = "",
    sampai: Text = "",
    alasan: Text = "",
) -> Response:
    """Close a road for some days."""
    typed = {
        "lintang": lintang, "bujur": bujur, "dari": dari, "sampai": sampai, "alasan": alasan,
    }  # fmt: skip
    closed: list[RoadChange] = []

    def act() -> None:
        lat, lon = _degrees(lintang, 90), _degrees(bujur, 180)
        first, last = _day(dari), _day(sampai) if sampai else None
        wrong = {"place": "roads.place"} if lat is None or lon is None else {}
        wrong |= {"from_day": "roads.day"} if first is None else {}
        wrong |= {"to_day": "roads.day"} if sampai and last is None else {}
        if wrong or lat is None or lon is None or first is None:
            raise Invalid("roads.closure", fields=wrong)
        closed.append(
            close_road(
                session, lat=lat, lon=lon, from_day=first, to_day=last, reason=alasan, by=by,
                now=now,
            )
        )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, session, typed=typed, refusal=refusal)
    return _told(request, "roads.did.closed", closed[0])


@router.post("/jalan/buka/{closure_id}")
def reopen(
    request: Request, session: WriteSession, now: Now, by: Editor, closure_id: int
) -> Response:
    """Open a closed road again."""
    change = lift_closure(session, closure_id=closure_id, by=by, now=now)
    return _told(request, "roads.did.opened", change)


def _told(request: Request, code: str, change: RoadChange) -> Response:
    """Lead back, saying which street it was and which routes drive another way since."""
    codes = [route.code for route in change.routes]
    known = code if codes else f"{code}_alone"
    return redirect(request, "/jalan", known, street=_named(change.closure), routes=codes)


def _page(
    request: Request,
    session: Session,
    *,
    typed: dict[str, str] | None = None,
    words: str = "",
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    found, row = texts_of(request, refusal), road_map.active_map(session)
    segments = _segments(row, words) if row is not None and words.strip() else []
    return render(
        request,
        "coordinator/roads.html",
        status=status_of(refusal),
        row=row,
        as_of=_day(row.as_of) if row else None,
        closed=road_map.closures(session),
        typed=typed or {},
        words=words,
        segments=segments[:MOST_SEGMENTS],
        num_segments=len(segments),
        errors={FIELDS.get(name, name): text for name, text in found.items()},
    )


def _segments(row: RoadMap, words: str) -> list[Segment]:
    return segments_named(road_map.network_in(row), words)


def _named(closure: RoadClosure) -> str:
    return closure.street or f"{closure.lat:.5f}, {closure.lon:.5f}"


def _degrees(text: str, most: float) -> float | None:
    """Read degrees with a decimal comma or point."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= most else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
