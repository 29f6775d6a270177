"""Who takes over where a sponsor or child dropped out after approval: proposals and decisions."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.pages.months import facts_of
from api.pages.shell import redirect, render
from api.services import cycles, pledges, replacements
from api.services.children import find_child
from api.services.cycle_lock import RUNNING
from api.services.errors import NotFound
from data.queries import registers
from data.schema import Account, Cycle, Replacement

router = APIRouter()


def running_cycle(session: Session) -> Cycle | None:
    """Return the month in which replacements wait, the earliest first.

    Where none wait, the latest in which pairs can drop out; None when there is none.
    """
    running = [each for each in cycles.list_cycles(session) if each.state in RUNNING]
    waiting = set(session.exec(select(Replacement.cycle_id).where(Replacement.state == "proposed")))
    return next((each for each in reversed(running) if each.id in waiting), None) or next(
        iter(running), None
    )


@router.get("/pengganti", include_in_schema=False)
def lead_on(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
) -> RedirectResponse:
    """Lead to the replacements of the month in which some wait, or that is on its way."""
    del by
    found = running_cycle(session)
    if found is None:
        return redirect(request, "/petugas", "replacement.no_month")
    return RedirectResponse(f"/bulan/{found.month}/pengganti", status_code=303)


@router.get("/bulan/{month}/pengganti", include_in_schema=False)
def list_replacements(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
) -> HTMLResponse:
    """Show who would take over where a sponsor or child dropped out."""
    cycle = cycles.find_cycle(session, month=month)
    return render(
        request,
        "staff/replacements.html",
        **facts_of(cycle),
        rows=registers.replacements(session, cycle=cycle),
        dropped=_dropped(session, cycle) if cycle.state in RUNNING else [],
        me=by.username,
    )


def _dropped(session: Session, cycle: Cycle) -> list[tuple[str, str, str, int]]:
    """Return who dropped out without a proposal yet: form field, code, name, children."""
    pledges_ = registers.dropped_pledges(session, cycle=cycle)
    gone = registers.dropped_children(session, cycle=cycle)
    return [
        *(("janji", pledge.code, sponsor.name, count) for pledge, sponsor, count in pledges_),
        *(("anak", child.code, child.name, 1) for child in gone),
    ]


@router.post("/bulan/{month}/pengganti", include_in_schema=False)
def propose(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("replacement:propose")],
    month: str,
    janji: Annotated[str, Form()] = "",
    anak: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Propose who takes over from a pledge that has ended, or takes the place of a child."""
    cycle = cycles.find_cycle(session, month=month)
    found = replacements.propose_replacements(
        session,
        cycle=cycle,
        pledge=pledges.find_pledge(session, code=janji) if janji else None,
        child=find_child(session, code=anak, by=by, now=now) if anak else None,
        by=by,
        now=now,
        reason=alasan,
    )
    url = f"/bulan/{month}/pengganti"
    return redirect(request, url, "replacement.proposed", count=len(found))


@router.post("/bulan/{month}/pengganti/{replacement_id}", include_in_schema=False)
def decide(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("replacement:decide")],
    month: str,
    replacement_id: RowId,
    tindakan: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Approve or reject a proposed replacement."""
    cycle = cycles.find_cycle(session, month=month)
    found = session.get(Replacement, replacement_id)
    if found is None or found.cycle_id != cycle.id:
        raise NotFound("replacement.not_found", replacement=replacement_id)
    replacements.decide_replacement(
        session, replacement=found, accept=tindakan == "terima", by=by, now=now, reason=alasan
    )
    return redirect(request, f"/bulan/{month}/pengganti", "replacement.decided")
