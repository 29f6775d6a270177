"""The month as a page: where it stands, what blocks the next step, and the steps themselves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import object_session
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_, Formats, all_sentences, translator
from api.pages.coverage_map import Covered, coverage_map, suppressed
from api.pages.field_words import area_names
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, Page, Step, language_of, redirect, render
from api.pages.typed_fields import seed_of
from api.security import OFFICE, holds
from api.services import cycles, jobs, month_before
from api.services.blockers import undecided_pairs
from api.services.clock import local_date
from api.services.errors import Invalid, Refused, ServiceError
from api.services.growth_tasks import waiting_growth
from api.services.held_pairs import num_held_by_pairs
from api.services.holdings import held_of_each_kind
from api.services.month_counts import families_of, left_out_of
from api.services.month_progress import Progress, progress_of
from api.services.months import first_day, later_month, month_of
from api.services.moves import MOVES, shapers
from api.services.need import need_policy
from api.services.next_step import next_step
from api.services.photos import photos_to_decide
from api.services.policies import policy_in_force, rules_of
from data.queries.coverage import covered_by_kelurahan
from data.queries.cycles import is_kept_elsewhere
from data.queries.to_do import active_job, to_do_counts
from data.schema import Account, Cycle, CycleMove, CycleState, PairKind, Role

router = APIRouter()
NAVIGATION = [Entry(N_("Bulan ini"), "/petugas", "office:read")]

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
"""The steps that people see, in their order."""

PROGRESS_NOTES = {
    CycleState.PACKING: N_("%(n)s dari %(dari)s paket"),
    CycleState.DISTRIBUTING: N_("%(n)s dari %(dari)s perhentian"),
    CycleState.RECONCILING: N_("%(n)s dari %(dari)s keluarga contoh"),
}

OLD_DATA = (
    "child.no_consent",
    "child.consent_contradictory",
    "child.consent_refused",
    "child.consent_withdrawn",
    "child.consent_expired",
    "child.not_measured",
    "child.measured_long_ago",
    "child.no_kelurahan",
)
"""What keeps children out that somebody can still mend: a queue for each."""

ORDER = [state for state, _ in STEPS]
NEXT_URLS = {
    "next.import": "/berkas",
    "next.duplicates": "/ganda?jenis=child",
    "next.double_sponsors": "/ganda?jenis=sponsor",
    "next.merge_sponsors": "/ganda?jenis=sponsor&keputusan=asked",
    "next.lock": "/bulan/{month}#kunci",
    "next.match": "/bulan/{month}#pasangkan",
    "next.match_again": "/bulan/{month}#pasangkan",
    "next.unlock": "/bulan/{month}#buka",
    "next.submit": "/bulan/{month}/pasangan",
    "next.reject": "/bulan/{month}#tolak",
    "next.approve": "/bulan/{month}#setujui",
    "next.pack": "/bulan/{month}/paket",
    "next.box": "/bulan/{month}/paket",
    "next.plan": "/bulan/{month}/rute",
    "next.confirm": "/bulan/{month}/rute",
    "next.dispatch": "/bulan/{month}/rute#berangkat",
    "next.results": "/bulan/{month}/hasil",
    "next.unplaced": "/bulan/{month}/paket/daftar?keadaan=packed",
    "next.exceptions": "/kendala?bulan={month}",
    "next.reconcile": "/bulan/{month}/tutup",
    "next.calls": "/bulan/{month}/tutup#telepon",
    "next.close": "/bulan/{month}/tutup",
}
"""Where people do the next thing."""

WORDS_MISSING = ("move.reason", "cycle.duplicates_undecided")
UNDECIDED = ("blocker.open_duplicates", "blocker.double_sponsors")
ASKED = ("cycle.previous_not_agreed", "cycle.month_left_out")
"""Refusals that a person may overrule by saying so."""
REMEDIES = {
    "blocker.open_duplicates": ("/ganda?jenis=child", "duplicate:read"),
    "blocker.double_sponsors": ("/ganda?jenis=sponsor", "duplicate:read"),
    "blocker.reviews": ("/anak?keadaan=needs_review", "child:read"),
    "blocker.requests": ("/pindah", "change:read"),
    "blocker.previews": ("/berkas", "import:read"),
    "blocker.no_children": ("/berkas", "import:read"),
    "blocker.nobody_eligible": ("/anak", "child:read"),
    "blocker.no_places": ("/orang-tua-asuh", "sponsor:read"),
    "blocker.replacements": ("/pengganti", "assignment:read"),
}
"""Where people mend what blocks a month, and who may go there."""


def remedies_for(by: Account) -> dict[str, str]:
    """Return the pages that this person may open, by the code of the blocker that they mend."""
    return {code: url for code, (url, needed) in REMEDIES.items() if holds(by, needed)}


def month_steps(
    cycle: Cycle, *, has_data: bool = True, progress: Progress | None = None
) -> list[Step]:
    """Return the stepper of a month: what is over is done, the next step is the current one.

    In a draft, bringing data in and locking go hand in hand: the lock is what comes next once
    there is somebody to lock (``has_data``). Packing, delivering and reconciling are done when
    nothing of them is left, not when they begin (``progress``).
    """
    if cycle.state is CycleState.CANCELLED:
        return []
    reached = ORDER.index(cycle.state)
    upcoming = 0 if cycle.state is CycleState.DRAFT and not has_data else reached + 1
    if progress is not None and not progress.is_done:
        upcoming = reached
    steps = [
        Step(label, "done" if place < upcoming else "current" if place == upcoming else "todo")
        for place, (_, label) in enumerate(STEPS)
    ]
    if progress is not None and progress.total:
        counts = (progress.done, progress.total)
        steps[reached] = replace(steps[reached], note=PROGRESS_NOTES[cycle.state], counts=counts)
    return steps


def next_of(session: Session, cycle: Cycle, by: Account) -> dict[str, Any] | None:
    """Return the one next thing of a month as a page shows it: sentence, address, whose turn."""
    found = next_step(session, cycle=cycle, reader=by.role)
    if found is None:
        return None
    return {
        "code": found.code,
        "params": found.params,
        "url": NEXT_URLS[found.code].format(month=cycle.month),
        "role": found.role.value,
        "is_mine": by.role is found.role
        and not (found.code == "next.approve" and by.username in shapers(session, cycle=cycle)),
    }


AFTER_READING = {"next.submit": "#ajukan", "next.approve": "#setujui"}
"""Where the month's page goes on once its pairs were read."""


def onward_from_pairs(session: Session, cycle: Cycle, by: Account) -> dict[str, Any] | None:
    """Return the next thing when it is this person's and follows from reading the pairs."""
    upcoming = next_of(session, cycle, by)
    if not upcoming or not upcoming["is_mine"] or upcoming["code"] not in AFTER_READING:
        return None
    return upcoming | {"url": f"/bulan/{cycle.month}{AFTER_READING[upcoming['code']]}"}


NO_REASON, NEEDED, IF_UNDECIDED, A_NOTE = "", "needed", "if_undecided", "note"


@dataclass(frozen=True)
class Deed:
    """A button that takes the month one step on; ``reason`` says whether it asks for words."""

    verb: str
    path: str
    label: str
    permission: str
    use_case: Callable[..., Cycle]
    reason: str = NO_REASON
    kind: str = ""


def _without_reason(use_case: Callable[..., Cycle]) -> Callable[..., Cycle]:
    def run(session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str) -> Cycle:
        del reason
        return use_case(session, cycle=cycle, by=by, now=now)

    return run


def _needs_reason(deed: Deed, readiness: cycles.Readiness) -> bool:
    """Whether the button asks for a reason: always, or only while pairs are undecided."""
    undecided = any(each.code in UNDECIDED for each in readiness.blockers)
    return deed.reason == NEEDED or (deed.reason == IF_UNDECIDED and undecided)


DEEDS: tuple[Deed, ...] = (
    Deed("lock", "kunci", N_("Kunci data bulan ini"), "cycle:lock",
         cycles.lock_cycle, reason=IF_UNDECIDED),
    Deed("submit", "ajukan", N_("Ajukan untuk disetujui"), "cycle:submit",
         _without_reason(cycles.submit_cycle)),
    Deed("approve", "setujui", N_("Setujui pasangan bulan ini"), "cycle:approve",
         cycles.approve_cycle, reason=A_NOTE),
    Deed("reject", "tolak", N_("Kembalikan dengan catatan"), "cycle:reject",
         cycles.reject_cycle, reason=NEEDED, kind="secondary"),
    Deed("unlock", "buka", N_("Buka kunci"), "cycle:unlock",
         cycles.unlock_cycle, reason=NEEDED, kind="secondary"),
    Deed("cancel", "batal", N_("Batalkan bulan ini"), "cycle:cancel",
         cycles.cancel_cycle, reason=NEEDED, kind="warning"),
    Deed("reopen", "mulai-lagi", N_("Mulai lagi bulan yang dibatalkan"), "cycle:reopen",
         cycles.reopen_cycle, reason=NEEDED, kind="secondary"),
)  # fmt: skip


@router.get("/petugas", include_in_schema=False)
def overview(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("office:read")],
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
    asks_if_sure: bool = False,
) -> HTMLResponse:
    found = cycles.list_cycles(session)
    settled = (CycleState.CLOSED, CycleState.CANCELLED)
    open_ones = [cycle for cycle in found if cycle.state not in settled]
    months = [
        {
            "cycle": cycle,
            "steps": month_steps(
                cycle,
                has_data=bool(found_ready.num_registered),
                progress=progress_of(session, cycle=cycle),
            ),
            "readiness": found_ready,
            "upcoming": next_of(session, cycle, by),
            "before": month_before.balance_before(session, cycle=cycle),
            "compared": month_before.compared(session, cycle=cycle),
            "queues": {
                code: found_ready.not_eligible[code]
                for code in OLD_DATA
                if found_ready.not_eligible.get(code)
            },
            "map": _map(request, session, cycle, by),
        }
        for cycle in sorted(open_ones, key=lambda one: one.month)
        for found_ready in (cycles.readiness(session, cycle=cycle, now=now),)
    ]
    latest = max((cycle.month for cycle in found), default=None)
    next_month = typed or (later_month(latest, 1) if latest else month_of(local_date(now)))
    to_open = cycles.months_to_open(session, now=now)
    return render(
        request,
        "staff/overview.html",
        status=status,
        errors=errors or {},
        months=months,
        settled=[cycle for cycle in found if cycle not in open_ones],
        next_month=next_month,
        to_open=_month_choices(to_open, next_month, language_of(request)),
        asks_if_sure=asks_if_sure,
        held={} if months else held_of_each_kind(session),
        to_do=to_do_counts(session, role=by.role, username=by.username)
        | {"approvals": len(_to_approve(session, found, by))}
        | _growth(session, by, now)
        | _photos(session, by, now),
        to_approve=next(iter(_to_approve(session, found, by)), ""),
        remedies=remedies_for(by),
    )


def _to_approve(session: Session, found: list[Cycle], by: Account) -> list[str]:
    """Return the months that wait for this very person: an approver with no hand in them."""
    return sorted(
        cycle.month
        for cycle in found
        if cycle.state is CycleState.IN_APPROVAL
        and holds(by, "cycle:approve")
        and by.username not in shapers(session, cycle=cycle)
    )


def _month_choices(months: list[str], wished: str, language: str) -> list[tuple[str, str]]:
    """Return months with their names; what somebody asked for stays among them, however written."""
    names = [(month, Formats(language).month(month)) for month in months]
    return names if wished in months else [*names, (wished, wished)]


def _growth(session: Session, by: Account, now: datetime) -> dict[str, int]:
    """Return whose growth cannot wait, for those who look at it."""
    if not holds(by, "growth:review"):
        return {}
    decides = by.role is Role.APPROVER
    return waiting_growth(session, today=local_date(now), decides_graduation=decides)


def _photos(session: Session, by: Account, now: datetime) -> dict[str, int]:
    """Return how many photos wait for a look, for those who look at them."""
    if not holds(by, "photo:decide"):
        return {}
    return {"photos": photos_to_decide(session, now=now, limit=0)[1]}


def _map(request: Request, session: Session, cycle: Cycle, by: Account) -> Markup | None:
    """Return the covered share by kelurahan; small groups are for the office only."""
    if cycle.match_run_id is None:
        return None
    say = translator(language_of(request))
    rows = [Covered(*row) for row in covered_by_kelurahan(session, cycle)]
    if by.role not in OFFICE:
        rows = suppressed(rows)
    svg = coverage_map(
        rows,
        name=say(N_("Anak yang sudah berpasangan menurut kelurahan")),
        title_of=lambda place, row: say(
            N_("%(tempat)s: %(berpasangan)s dari %(anak)s anak"),
            tempat=place, berpasangan=row.num_covered, anak=row.num_eligible,
        ),
        id_prefix=f"peta-{cycle.month}",
    )  # fmt: skip
    return Markup(svg) if svg else None  # noqa: S704 - numbers, and every text is escaped


@router.get("/bulan/{month}/tidak-ikut", include_in_schema=False)
def left_out(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("office:read")],
    month: str,
    sebab: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """List the children that do not take part in a month for one reason."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    found = left_out_of(session, cycle=cycle, reason=sebab, now=now)
    page = Page(halaman, len(found))
    return render(
        request,
        "staff/left_out.html",
        cycle=cycle,
        reason=sebab,
        is_known=sebab in all_sentences(),
        rows=families_of(session, found[page.span]),
        page=page,
        kelurahan=area_names(),
    )


@router.post("/bulan", include_in_schema=False)
def open_month(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:open")],
    bulan: Annotated[str, Form()] = "",
    yakin: Annotated[str, Form()] = "",
) -> Response:
    """Open a month; while the one before has no agreed pairs, ask first."""
    opened: list[Cycle] = []
    refusal = refusal_of(
        session,
        lambda: opened.append(
            cycles.open_cycle(session, month=bulan.strip(), by=by, now=now, is_sure=yakin == "ya")
        ),
    )
    if refusal is not None:
        errors = {"bulan": next(iter(texts_of(request, refusal).values()))}
        return _overview(
            request, session, by, now, status=refusal.status, errors=errors, typed=bulan,
            asks_if_sure=refusal.code in ASKED,
        )  # fmt: skip
    cycle = opened[0]
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
    return _month(request, session, by, now, cycles.find_cycle(session, month=month))


def _month(
    request: Request,
    session: Session,
    by: Account,
    now: datetime,
    cycle: Cycle,
    *,
    refusal: ServiceError | None = None,
    typed: str = "",
    verb: str = "",
    seed: str | None = None,
) -> HTMLResponse:
    readiness = cycles.readiness(session, cycle=cycle, now=now)
    is_shaper = by.username in shapers(session, cycle=cycle)
    history = cycles.cycle_history(session, cycle=cycle)
    deeds = [
        (deed, _needs_reason(deed, readiness))
        for deed in DEEDS
        if deed.verb in readiness.next_verbs
        and holds(by, deed.permission)
        and not (is_shaper and MOVES[deed.verb].needs_other_eyes)
    ]
    found = texts_of(request, refusal)
    at_words = refusal is not None and refusal.code in WORDS_MISSING
    return render(
        request,
        "staff/month.html",
        status=status_of(refusal),
        is_kept_elsewhere=is_kept_elsewhere(cycle),
        errors={f"alasan-{verb}" if at_words else name: text for name, text in found.items()},
        typed={verb: typed},
        seed=cycle.seed if seed is None else seed,
        cycle=cycle,
        steps=month_steps(
            cycle,
            has_data=bool(readiness.num_registered),
            progress=progress_of(session, cycle=cycle),
        ),
        upcoming=next_of(session, cycle, by),
        readiness=readiness,
        deeds=deeds,
        may_propose="propose" in readiness.next_verbs and holds(by, "cycle:propose"),
        is_shaper=is_shaper,
        carried=month_before.carried_over(session, cycle=cycle),
        history=history,
        decided=_lock_in_spite(history),
        undecided={each.value: undecided_pairs(session, kind=each) for each in PairKind},
        num_held=num_held_by_pairs(session, cycle=cycle, now=now)
        if cycle.state is CycleState.DRAFT
        else 0,
        job=active_job(session, kind="match", month=cycle.month),
        remedies=remedies_for(by),
        goals=[name.value for name in rules_of(policy_in_force(session, month=cycle.month)).levels],
        need=need_policy(first_day(cycle.month)),
    )


def _lock_in_spite(history: list[CycleMove]) -> CycleMove | None:
    """Return the lock in force when it was taken although pairs were undecided."""
    moves = [move for move in history if move.verb in ("lock", "unlock")]
    return moves[-1] if moves and moves[-1].verb == "lock" and moves[-1].reason else None


def _add(deed: Deed) -> None:
    def act(
        request: Request,
        session: WriteSession,
        now: Now,
        by: Annotated[Account, requires(deed.permission)],
        month: str,
        alasan: Annotated[str, Form()] = "",
    ) -> Response:
        cycle = cycles.find_cycle(session, month=month)
        refusal = refusal_of(
            session,
            lambda: deed.use_case(session, cycle=cycle, by=by, now=now, reason=alasan.strip()),
        )
        if refusal is not None:
            return _month(
                request, session, by, now, cycle, refusal=refusal, typed=alasan, verb=deed.verb
            )
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
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:propose")],
    month: str,
    undian: Annotated[str, Form()] = "1",
) -> Response:
    """Start the matcher as a job and lead to its progress."""
    cycle = cycles.find_cycle(session, month=month)
    if cycle.state not in (CycleState.LOCKED, CycleState.PROPOSED):
        raise Refused(
            "move.state",
            verb="propose",
            expected=[CycleState.LOCKED.value, CycleState.PROPOSED.value],
            found=cycle.state.value,
        )
    try:
        seed = seed_of(undian)
    except Invalid as wrong:
        return _month(request, session, by, now, cycle, refusal=wrong, seed=undian)
    job = jobs.enqueue(
        session, kind="match", payload={"month": month, "seed": seed}, by=by, now=now
    )
    return RedirectResponse(f"/pekerjaan/{job.id}?kembali=/bulan/{month}", status_code=303)


def facts_of(cycle: Cycle) -> dict[str, Any]:
    """Return what every page of a month shows at its top."""
    session = object_session(cycle)
    progress = progress_of(session, cycle=cycle) if isinstance(session, Session) else None
    return {"cycle": cycle, "steps": month_steps(cycle, progress=progress)}
