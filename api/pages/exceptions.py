"""What needs care: the queue of cases, and what is done about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import area_names
from api.pages.names import names_of
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import find_package
from api.pages.shell import Entry, Page, redirect, render
from api.services import cycles, exception_actions, exception_queue
from api.services.clock import local_date
from api.services.errors import NotFound, ServiceError
from api.services.exception_queue import ExceptionView
from api.services.handover_places import HandoverPlace, handover_places
from api.services.package_goods import boxed_among
from api.services.verification import ANSWERS, WAYS, Said, answer_calls
from data.queries.exceptions import count_exceptions, months_with_open
from data.reference.holidays import is_workday
from data.schema import (
    Account,
    CycleState,
    DeliveryException,
    DropPoint,
    ExceptionAction,
    ExceptionState,
    Package,
    PackageState,
)

A = ExceptionAction
LONGEST_TICK = 20
router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Kendala"), "/kendala", "exception:read")]

Reader = Annotated[Account, requires("exception:read")]
Actor = Annotated[Account, requires("exception:act")]
LIVE = (CycleState.PACKING, CycleState.DISTRIBUTING, CycleState.RECONCILING)
Column = Annotated[list[str], Form(max_length=5000)]
DEEDS = {"ambil": "take", "tindak": "act", "selesai": "finish", "tutup": "close", "buka": "reopen"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody entered at one case, shown again where it was refused."""

    case_id: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    """What families answered, by the number of their call."""


@router.get("/kendala")
def exception_list(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Reader,
    bulan: str = "",
    tertutup: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the cases of the months at work, and of closed ones that late news contradicts."""
    return _page(request, session, by, local_date(now), month=bulan, closed=tertutup, page=halaman)


@router.post("/kendala/tutup")
def close_several(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Actor,
    kasus: Column = [],  # noqa: B006 - FastAPI copies defaults
    teks: Text = "",
    bulan: Text = "",
) -> Response:
    """Close the ticked cases (``id.version``), all of them or none."""
    cases = _ticked(session, kasus)
    refusal = refusal_of(
        session,
        lambda: exception_actions.close_exceptions(session, cases=cases, by=by, now=now, text=teks),
    )
    if refusal is not None:
        return _page(request, session, by, local_date(now), month=bulan, refusal=refusal)
    done = "case.did.close_several" if cases else "case.did.close_none"
    return redirect(request, f"/kendala{_query(bulan, '', 1)}", done, count=len(cases))


def _ticked(session: Session, ticks: list[str]) -> list[tuple[DeliveryException, int]]:
    """Return the cases of ``id.version`` with the versions, read at once."""
    pairs = [text.partition(".") for text in ticks if len(text) < LONGEST_TICK]
    versions = {int(n): int(v) for n, _, v in pairs if n.isdecimal() and v.isdecimal()}
    rows = select(DeliveryException).where(col(DeliveryException.id).in_(versions))
    cases = session.exec(rows.order_by(col(DeliveryException.id))).all()
    if len(cases) != len(ticks):
        raise NotFound("exception.unknown")
    return [(case, versions[case.id or 0]) for case in cases]


@router.post("/kendala/{case_id}/jawab")
def answer(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("verification:answer")],
    case_id: RowId,
    keluarga: Column = [],  # noqa: B006 - FastAPI copies defaults
    jawaban: Column = [],  # noqa: B006
    sisanya: Text = "",
    lewat: Text = "",
    bulan: str = "",
    tertutup: str = "",
    halaman: int = 1,
) -> Response:
    """Note what families of a route answered; ``sisanya`` is the answer of those left open."""
    case = session.get(DeliveryException, case_id)
    if case is None:
        raise NotFound("exception.unknown")
    said = [
        Said(int(number), typed or sisanya, way=lewat)
        for number, typed in zip(keluarga, jawaban, strict=False)
        if (typed or sisanya) and number.isdecimal() and len(number) < LONGEST_TICK
    ]
    refusal = refusal_of(
        session, lambda: answer_calls(session, case=case, said=said, by=by, now=now)
    )
    if refusal is not None:
        typed = Typed(case_id, {"lewat": lewat}, dict(zip(keluarga, jawaban, strict=False)))
        return _page(
            request, session, by, local_date(now),
            month=bulan, closed=tertutup, page=halaman, refusal=refusal, typed=typed,
        )  # fmt: skip
    here = _query(bulan, tertutup, halaman)
    is_over = case.state is ExceptionState.CLOSED
    done = "case.did.answered_all" if is_over else "case.did.answered"
    return redirect(request, f"/kendala{here}#kasus-{case_id}", done, count=len(said))


@router.post("/kendala/{case_id}/{deed}")
def act(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Actor,
    case_id: RowId,
    deed: Literal["ambil", "tindak", "selesai", "tutup", "buka"],
    versi: Annotated[int, Form(ge=0, lt=2**31)],
    tindakan: Annotated[ExceptionAction | None, Form()] = None,
    hari: Annotated[date | None, Form()] = None,
    titik: Annotated[int | None, Form(ge=1, lt=2**31)] = None,
    paket: Text = "",
    teks: Text = "",
    bulan: str = "",
    tertutup: str = "",
    halaman: int = 1,
) -> Response:
    """Take a case, do something about it, finish, close or reopen it."""
    case = session.get(DeliveryException, case_id)
    if case is None:
        raise NotFound("exception.unknown")
    change: dict[str, Any] = {"case": case, "by": by, "now": now, "base_version": versi}

    def do() -> None:
        if deed == "ambil":
            exception_actions.take_exception(session, **change)
        elif deed == "selesai":
            exception_actions.finish_exception(session, **change)
        elif deed == "tutup":
            exception_actions.close_exception(session, **change, text=teks)
        elif deed == "buka":
            exception_actions.reopen_exception(session, **change, text=teks)
        elif tindakan is not None:
            exception_actions.choose_action(
                session, **change, action=tindakan, day=hari,
                drop_point=session.get(DropPoint, titik) if titik else None,
                to_package=find_package(session, paket) if paket else None, text=teks,
            )  # fmt: skip

    refusal = refusal_of(session, do)
    if refusal is not None:
        entered = {
            "deed": deed, "tindakan": tindakan, "hari": hari, "titik": titik, "paket": paket,
            "teks": teks,
        }  # fmt: skip
        typed = Typed(case_id, {name: str(value or "") for name, value in entered.items()})
        return _page(
            request, session, by, local_date(now),
            month=bulan, closed=tertutup, page=halaman, refusal=refusal, typed=typed,
        )  # fmt: skip
    here = _query(bulan, tertutup, halaman)
    return redirect(request, f"/kendala{here}#kasus-{case_id}", f"case.did.{DEEDS[deed]}")


def _query(month: str, closed: str, page: int) -> str:
    """Return which part of the list a person looks at, as the query of its address."""
    kept = {"bulan": month, "tertutup": closed, "halaman": str(page) if page > 1 else ""}
    found = urlencode({name: value for name, value in kept.items() if value})
    return f"?{found}" if found else ""


def _page(
    request: Request,
    session: Session,
    by: Account,
    today: date,
    *,
    month: str = "",
    closed: str = "",
    page: int = 1,
    refusal: ServiceError | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    with_cases = months_with_open(session, reader=by.role)
    months = [
        cycle
        for cycle in cycles.list_cycles(session)
        if cycle.state in LIVE or cycle.id in with_cases
    ]
    if month:
        months = [cycles.find_cycle(session, month=month)]
    total = count_exceptions(
        session,
        cycle_ids=[cycle.id or 0 for cycle in months],
        reader=by.role,
        include_closed=bool(closed),
    )
    part = Page(page, total, size=20)
    cases = exception_queue.list_exceptions(
        session,
        cycles=months,
        by=by,
        include_closed=bool(closed),
        offset=part.offset,
        limit=part.size,
    )
    to_close = [case for case in cases if _is_settled(case)]
    return render(
        request,
        "coordinator/exceptions.html",
        status=status_of(refusal),
        cases=cases,
        page=part,
        to_close=to_close if len(to_close) > 1 else [],
        month=month,
        closed=closed,
        here=_query(month, closed, page),
        tomorrow=_next_workday(today),
        today=today,
        places=_places(session, cases),
        kelurahan=area_names(),
        waiting={
            cycle.month: _waiting(session, cycle.id or 0)
            for cycle in months
            if any(case.month == cycle.month and A.REASSIGN in case.actions for case in cases)
        },
        states={cycle.month: cycle.state.value for cycle in months},
        answers=ANSWERS,
        ways=WAYS,
        typed=typed or Typed(),
        names=names_of(request),
        errors=texts_of(request, refusal),
    )


def _is_settled(case: ExceptionView) -> bool:
    """Whether a case may be closed with others: its goods are settled, and nothing contradicts it.

    Nor does it wait for families to answer.
    """
    is_out = A.SPOIL in case.actions  # what is unusable is never given back
    is_doubted = case.news is not None or (case.answer is not None and case.answer.differs)
    is_asking = any(call.answer is None for call in case.calls)
    return not (is_out or is_doubted or is_asking) and case.state is not ExceptionState.CLOSED


def _next_workday(today: date) -> date:
    day = today + timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def _places(session: Session, cases: Sequence[ExceptionView]) -> dict[int, list[HandoverPlace]]:
    """Return package → places where it may be fetched, of the cases where that can be chosen."""
    wanted = {
        case.package_id
        for case in cases
        if case.package_id is not None and A.REDELIVER in case.actions
    }
    return handover_places(session, package_ids=wanted) if wanted else {}


def _waiting(session: Session, cycle_id: int) -> list[str]:
    """Return the packages that wait for goods; a box that waits with its own is none of them."""
    rows = select(Package).where(
        Package.cycle_id == cycle_id, Package.state == PackageState.CARRIED
    )
    packages = session.exec(rows.order_by(col(Package.code))).all()
    boxed = boxed_among(session, packages=packages)
    return [package.code for package in packages if package.id not in boxed]
