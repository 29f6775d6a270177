"""The month as a page: where it stands, what blocks the next step, and the steps themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_, Formats
from api.pages.goals import LEVELS
from api.pages.shell import Entry, Step, field_errors, language_of, redirect, render
from api.security import may
from api.services import cycles, jobs
from api.services.clock import local_date
from api.services.errors import Invalid, Refused
from api.services.months import first_day, later_month, month_of
from api.services.moves import MOVES, shapers
from api.services.need import need_policy
from data.queries.to_do import active_job, to_do_counts
from data.schema import Account, Cycle, CycleState

router = APIRouter()
NAVIGATION = [Entry(N_("Bulan ini"), "/petugas", "child:read")]

STEPS: tuple[tuple[CycleState, str], ...] = (
    (CycleState.DRAFT, N_("Masukkan data")),
    (CycleState.LOCKED, N_("Kunci data")),
    (CycleState.PROPOSED, N_("Pasangkan")),
    (CycleState.IN_APPROVAL, N_("Ajukan")),
    (CycleState.APPROVED, N_("Setujui")),
    (CycleState.PACKING, N_("Kemas")),
    (CycleState.DISTRIBUTING, N_("Salurkan")),
    (CycleState.RECONCILING, N_("Cocokkan")),
    (CycleState.CLOSED, N_("Tutup")),
)
"""The steps that people see; a step is done when the month has left its state behind."""

ORDER = [state for state, _ in STEPS]
LARGEST_SEED = 2**31 - 1
REMEDIES = {
    "blocker.open_duplicates": "/ganda",
    "blocker.reviews": "/anak?keadaan=needs_review",
    "blocker.requests": "/pindah",
    "blocker.previews": "/berkas",
    "blocker.no_children": "/berkas",
    "blocker.nobody_eligible": "/anak",
    "blocker.no_places": "/orang-tua-asuh",
    "blocker.replacements": "/pengganti",
}
"""Where people mend what blocks a month."""


def month_steps(cycle: Cycle) -> list[Step]:
    """Return the stepper of a month."""
    if cycle.state is CycleState.CANCELLED:
        return []
    here = ORDER.index(cycle.state) + (cycle.state is CycleState.CLOSED)
    return [
        Step(label, "done" if place < here else "current" if place == here else "todo")
        for place, (_, label) in enumerate(STEPS)
    ]


@dataclass(frozen=True)
class Deed:
    """A button that takes the month one step on."""

    verb: str
    path: str
    label: str
    permission: str
    use_case: Callable[..., Cycle]
    needs_reason: bool = False
    kind: str = ""


def _without_reason(use_case: Callable[..., Cycle]) -> Callable[..., Cycle]:
    def run(session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str) -> Cycle:
        del reason
        return use_case(session, cycle=cycle, by=by, now=now)

    return run


DEEDS: tuple[Deed, ...] = (
    Deed("lock", "kunci", N_("Kunci data bulan ini"), "cycle:lock",
         _without_reason(cycles.lock_cycle)),
    Deed("submit", "ajukan", N_("Ajukan untuk disetujui"), "cycle:submit",
         _without_reason(cycles.submit_cycle)),
    Deed("approve", "setujui", N_("Setujui pasangan bulan ini"), "cycle:approve",
         _without_reason(cycles.approve_cycle)),
    Deed("reject", "tolak", N_("Kembalikan dengan catatan"), "cycle:reject",
         cycles.reject_cycle, needs_reason=True, kind="secondary"),
    Deed("unlock", "buka", N_("Buka kunci"), "cycle:unlock",
         cycles.unlock_cycle, needs_reason=True, kind="secondary"),
    Deed("cancel", "batal", N_("Batalkan bulan ini"), "cycle:cancel",
         cycles.cancel_cycle, needs_reason=True, kind="warning"),
)  # fmt: skip


@router.get("/petugas", include_in_schema=False)
def overview(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
) -> HTMLResponse:
    """Show where the months stand, the next thing to do, and the queues that wait."""
    return _overview(request, session, by, now)


def _overview(
    request: Request,
    session: Session,
    by: Account,
    now: datetime,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: str = "",
) -> HTMLResponse:
    found = cycles.list_cycles(session)
    settled = (CycleState.CLOSED, CycleState.CANCELLED)
    open_ones = [cycle for cycle in found if cycle.state not in settled]
    months = [
        {
            "cycle": cycle,
            "steps": month_steps(cycle),
            "readiness": cycles.readiness(session, cycle=cycle, now=now),
        }
        for cycle in sorted(open_ones, key=lambda one: one.month)
    ]
    latest = max((cycle.month for cycle in found), default=None)
    next_month = later_month(latest, 1) if latest else month_of(local_date(now))
    return render(
        request,
        "staff/overview.html",
        status=status,
        errors=errors or {},
        months=months,
        settled=[cycle for cycle in found if cycle not in open_ones],
        next_month=typed or next_month,
        to_do=to_do_counts(session, role=by.role),
        remedies=REMEDIES,
    )


@router.post("/bulan", include_in_schema=False)
def open_month(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:open")],
    bulan: Annotated[str, Form()] = "",
) -> Response:
    """Open a month."""
    try:
        cycle = cycles.open_cycle(session, month=bulan.strip(), by=by, now=now)
    except Invalid as invalid:
        errors = {"bulan": next(iter(field_errors(request, invalid).values()))}
        return _overview(request, session, by, now, status=422, errors=errors, typed=bulan)
    name = Formats(language_of(request)).month(cycle.month)
    return redirect(request, f"/bulan/{cycle.month}", "month.opened", month=name)


@router.get("/bulan/{month}", include_in_schema=False)
def month_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("cycle:read")],
    month: str,
) -> HTMLResponse:
    """Show one month: its state, what blocks the next step, its steps and its history."""
    cycle = cycles.find_cycle(session, month=month)
    readiness = cycles.readiness(session, cycle=cycle, now=now)
    is_shaper = by.username in shapers(session, cycle=cycle)
    deeds = [
        deed
        for deed in DEEDS
        if deed.verb in readiness.next_verbs
        and may(by.role, deed.permission)
        and not (is_shaper and MOVES[deed.verb].needs_other_eyes)
    ]
    return render(
        request,
        "staff/month.html",
        cycle=cycle,
        steps=month_steps(cycle),
        readiness=readiness,
        deeds=deeds,
        may_propose="propose" in readiness.next_verbs and may(by.role, "cycle:propose"),
        is_shaper=is_shaper,
        carried=cycles.carried_over(session, cycle=cycle),
        history=cycles.cycle_history(session, cycle=cycle),
        job=active_job(session, kind="match", month=month),
        remedies=REMEDIES,
        goals=LEVELS,
        need=need_policy(first_day(month)),
    )


def _add(deed: Deed) -> None:
    def act(
        request: Request,
        session: WriteSession,
        now: Now,
        by: Annotated[Account, requires(deed.permission)],
        month: str,
        alasan: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        cycle = cycles.find_cycle(session, month=month)
        deed.use_case(session, cycle=cycle, by=by, now=now, reason=alasan)
        name = Formats(language_of(request)).month(month)
        return redirect(request, f"/bulan/{month}", f"month.did.{deed.verb}", month=name)

    router.add_api_route(
        f"/bulan/{{month}}/{deed.path}", act, methods=["POST"], include_in_schema=False,
        name=f"month_{deed.verb}",
    )  # fmt: skip


for _deed in DEEDS:
    _add(_deed)


@router.post("/bulan/{month}/pasangkan", include_in_schema=False)
def propose(
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:propose")],
    month: str,
    undian: Annotated[str, Form()] = "1",
) -> RedirectResponse:
    """Start the matcher as a job and lead to its progress."""
    cycle = cycles.find_cycle(session, month=month)
    if cycle.state not in (CycleState.LOCKED, CycleState.PROPOSED):
        raise Refused(
            "move.state",
            verb="propose",
            expected=[CycleState.LOCKED.value, CycleState.PROPOSED.value],
            found=cycle.state.value,
        )
    seed = _seed(undian)
    job = jobs.enqueue(
        session, kind="match", payload={"month": month, "seed": seed}, by=by, now=now
    )
    return RedirectResponse(f"/pekerjaan/{job.id}?kembali=/bulan/{month}", status_code=303)


def _seed(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdigit()) or int(text[:11]) > LARGEST_SEED:
        raise Invalid("month.seed", fields={"undian": "month.seed"})
    return int(text)


def facts_of(cycle: Cycle) -> dict[str, Any]:
    """Return what every page of a month shows at its top."""
    return {"cycle": cycle, "steps": month_steps(cycle)}
