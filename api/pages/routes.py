"""Routes of a month: the plan, what it leaves out, confirming, printing and messages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.plan_goals import figure_words
from api.pages.plan_inputs import PlanForm, inputs_read, inputs_shown, kept_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import PURPOSES_OF_SHEETS, download, find_route, language_for, purposes_of
from api.pages.shell import Page, language_of, redirect, render
from api.pages.stale_words import causes_by_route
from api.pages.typed_fields import seed_of
from api.services import cycles, departures, dispatch, jobs, pickups, planning, routes
from api.services.clock import local_date
from api.services.errors import Forbidden, Invalid, Refused, ServiceError
from api.services.household_points import homes_to_place
from api.services.idle_fleet import idle_fleet
from api.services.plan_goals import usual_rounds
from api.services.plan_options import MAX_WALK_M, DeliveryMode, service_of
from api.services.planning import UnservedView
from api.services.route_heads import RouteHead, list_heads
from api.services.routing_problem import has_packages_to_plan
from data.queries.routes import latest_run_before
from data.schema import Account, Cycle, CycleState, PickupState, PlanRun, Role, RouteState
from logistics.effort import Effort

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("route:read")]
Editor = Annotated[Account, requires("route:edit")]
Printer = Annotated[Account, requires("route:dispatch")]
Text = Annotated[str, Form(max_length=500)]
Level = Annotated[int, Form(ge=0, le=3)]
PLANNABLE = (CycleState.PACKING, CycleState.DISTRIBUTING)
UNCONFIRMED = (RouteState.PLANNED, RouteState.STALE)
PRINTABLE = (RouteState.CONFIRMED, RouteState.DISPATCHED, RouteState.FINISHED)


@router.get("/bulan/{month}/rute")
def route_list(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Reader,
    month: str,
    hari: str = "",
    halaman: int = 1,
    berangkat: str = "",
) -> HTMLResponse:
    """Show the routes of a month, what waits for one, and what no route carries."""
    cycle = cycles.find_cycle(session, month=month)
    leaving = next(
        (
            Leaving(day)
            for day in departures.days_waiting(session, cycle=cycle)
            if day.isoformat() == berangkat
        ),
        None,
    )
    return _page(request, session, now, cycle, day=hari, number=halaman, leaving=leaving)


@dataclass(frozen=True, slots=True)
class Leaving:
    """The day whose routes are to leave, and what somebody has ticked and written so far."""

    day: date
    codes: frozenset[str] | None = None
    is_sure: bool = False
    overlap_reason: str = ""


def _page(
    request: Request,
    session: Session,
    now: datetime,
    cycle: Cycle,
    *,
    day: str = "",
    number: int = 1,
    refusal: ServiceError | None = None,
    leaving: Leaving | None = None,
    kept: Mapping[str, object] | None = None,
) -> HTMLResponse:
    days_waiting = departures.days_waiting(session, cycle=cycle)
    if leaving is None and days_waiting:
        leaving = Leaving(days_waiting[0])
    found_waiting = (
        departures.waiting_departures(session, cycle=cycle, day=leaving.day, now=now)
        if leaving
        else []
    )
    ticked = _ticked(found_waiting, leaving)
    found = list_heads(session, cycle=cycle)
    days = sorted({route.day for route in found})
    shown = [route for route in found if not day or route.day.isoformat() == day]
    page = Page(number, len(shown))
    plan = planning.latest_plan(session, cycle=cycle)
    form = kept or _kept(plan.run if plan else None, latest_run_before(session, cycle=cycle))
    return render(
        request,
        "coordinator/routes.html",
        status=status_of(refusal),
        **facts_of(cycle),
        routes=shown[page.offset : page.offset + page.size],
        page=page,
        causes=causes_by_route(session, shown, cycle.month, language_of(request)),
        days=days,
        day=day,
        plan=plan,
        left_out=_left_out(plan.unserved) if plan else [],
        idle=idle_fleet(session, run=plan.run) if plan else [],
        figures=_figures(request, plan),
        has_last_month=bool(usual_rounds(session, cycle=cycle)),
        num_pickups=sum(
            each.state is PickupState.WAITING for each in pickups.list_pickups(session, cycle=cycle)
        ),
        totals=_totals(found),
        state_figures=_state_figures(request, found),
        waiting=routes.waiting_stops(session, cycle=cycle),
        num_homes=len(homes_to_place(session, cycle=cycle)),
        names=names_of(request),
        may_plan=cycle.state in PLANNABLE,
        has_to_plan=has_packages_to_plan(session, cycle=cycle),
        modes=list(DeliveryMode),
        efforts=list(Effort),
        kept=form,
        kept_plan=kept_of(service_of(plan.run.params), 0) if plan else {},
        inputs=inputs_shown(request, session, cycle, form, local_date(now)),
        kinds=list(dispatch.ExportKind),
        purposes=purposes_of(request, PURPOSES_OF_SHEETS),
        num_printable=sum(route.state in PRINTABLE for route in found),
        leaving=leaving,
        days_waiting=days_waiting,
        departures=found_waiting,
        num_unconfirmed=_holding_the_first(cycle, found),
        ticked=ticked,
        needs_reason=_is_beside(found_waiting, ticked),
        is_early=leaving is not None and departures.is_early(leaving.day, now),
        today=local_date(now),
        errors=texts_of(request, refusal),
    )


@router.post("/bulan/{month}/rute/susun")
def plan_routes(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    form: Annotated[PlanForm, Form()],
) -> Response:
    """Start the route planner as a job and lead to its progress."""
    cycle = cycles.find_cycle(session, month=month)
    goals = asdict(form.levels)
    try:
        seed = seed_of(form.undian)
        days, walk_m, service = inputs_read(session, cycle, form, local_date(now))
    except Invalid as wrong:
        typed = {"mode": form.cara.value, "effort": form.cermat.value, "seed": form.undian,
                 "goals": goals, "lanjut": form.lanjut, **form.kept()}  # fmt: skip
        return _page(request, session, now, cycle, refusal=wrong, kept=typed)
    if cycle.state not in PLANNABLE:
        raise Refused("plan.state", month=month, found=cycle.state.value)
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    job = jobs.enqueue(
        session,
        kind="plan",
        payload={
            "month": month,
            "mode": form.cara.value,
            "effort": form.cermat.value,
            "seed": seed,
            "goals": goals,
            "keeps_routes": form.lanjut == "ya",
            "days": [day.isoformat() for day in days],
            "max_walk_m": walk_m,
            "service": asdict(service),
        },
        by=by,
        now=now,
    )
    return RedirectResponse(f"/pekerjaan/{job.id}?kembali=/bulan/{month}/rute", status_code=303)


@router.post("/bulan/{month}/rute/konfirmasi")
def confirm_all(
    request: Request, session: WriteSession, now: Now, by: Editor, month: str
) -> RedirectResponse:
    """Confirm every route that breaks no rule."""
    cycle = cycles.find_cycle(session, month=month)
    confirmed, left = routes.confirm_all(session, cycle=cycle, by=by, now=now)
    code = "routes.did.confirmed_some" if left else "routes.did.confirmed"
    return redirect(
        request, f"/bulan/{month}/rute", code, count=len(confirmed),
        left=", ".join(route.code for route in left),
    )  # fmt: skip


@router.post("/bulan/{month}/rute/berangkat")
def dispatch_chosen(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Printer,
    month: str,
    hari: Annotated[date, Form()],
    rute: Annotated[list[Text] | None, Form()] = None,
    yakin: Text = "",
    bersamaan: Text = "",
) -> Response:
    """Let the ticked routes of a day leave; those that cannot stay and say why."""
    cycle = cycles.find_cycle(session, month=month)
    chosen = [find_route(session, code) for code in dict.fromkeys(rute or [])]
    done: list[departures.Departed] = []
    refusal = refusal_of(
        session,
        lambda: done.append(
            departures.dispatch_chosen(
                session, cycle=cycle, routes=chosen, by=by, now=now, is_sure=yakin == "ya",
                overlap_reason=bersamaan,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        wanted = Leaving(
            hari,
            frozenset(rute or []),
            yakin == "ya",
            bersamaan,
        )
        return _page(request, session, now, cycle, refusal=refusal, leaving=wanted)
    left, stayed = done[0].left, done[0].stayed
    code = "routes.did.left_some" if stayed else "routes.did.left"
    return redirect(
        request, f"/bulan/{month}/rute?berangkat={hari.isoformat()}#berangkat", code,
        count=len(left), staying=[route.code for route, _ in stayed],
    )  # fmt: skip


@router.post("/bulan/{month}/rute/unduh")
def export(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Printer,
    month: str,
    jenis: Annotated[dispatch.ExportKind, Form()],
    keperluan: Text = "",
    rute: Text = "",
) -> Response:
    """Give all routes of the month, or one, as one file."""
    cycle = cycles.find_cycle(session, month=month)
    chosen = [find_route(session, rute)] if rute else None
    if chosen and chosen[0].cycle_id != cycle.id:
        raise Refused("route.other_month", route=rute)
    language = language_for(request)
    made: list[dispatch.Export] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            dispatch.export_routes(
                session, cycle=cycle, kind=jenis, by=by, now=now, purpose=keperluan,
                routes=chosen, language=language,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, now, cycle, refusal=refusal)
    return download(made[0])


@router.get("/bulan/{month}/rute/pesan")
def messages(
    request: Request, session: LookSession, now: Now, by: Printer, month: str
) -> HTMLResponse:
    """Show a text for each courier, to be sent from one's own WhatsApp."""
    cycle = cycles.find_cycle(session, month=month)
    return render(
        request,
        "coordinator/messages.html",
        **facts_of(cycle),
        messages_to_send=dispatch.whatsapp_messages(session, cycle=cycle, by=by, now=now),
    )


def _ticked(found: list[departures.Departure], leaving: Leaving | None) -> set[str]:
    """Return the routes that stand ticked: as somebody left them, else all that go together."""
    if leaving is not None and leaving.codes is not None:
        return set(leaving.codes)
    waiting = {each.view.code for each in found}
    ticked: set[str] = set()
    for each in found:
        is_free = all(code in waiting and code not in ticked for code in each.overlaps)
        if not each.hindrances and is_free:
            ticked.add(each.view.code)
    return ticked


def _holding_the_first(cycle: Cycle, found: list[RouteHead]) -> int:
    """Return how many routes keep the month's first departure waiting until they are confirmed."""
    open_ones = sum(bool(route.num_stops) and route.state in UNCONFIRMED for route in found)
    return open_ones if cycle.state == CycleState.PACKING else 0


def _is_beside(found: list[departures.Departure], ticked: set[str]) -> bool:
    """Whether a ticked route shares its hours with another ticked one, or with one on its way."""
    waiting = {each.view.code for each in found}
    return any(
        code in ticked or code not in waiting
        for each in found
        if each.view.code in ticked
        for code in each.overlaps
    )


def _left_out(unserved: Sequence[UnservedView]) -> list[list[UnservedView]]:
    """Return the packages that no route carries, those of the same rules and remedies together."""
    groups: dict[str, list[UnservedView]] = {}
    for row in unserved:
        groups.setdefault(repr((row.reasons, row.remedies)), []).append(row)
    return list(groups.values())


def _kept(own: PlanRun | None, earlier: PlanRun | None) -> dict[str, Any]:
    """Return what planning anew begins with: the month's last choice, else that of earlier ones."""
    last = own or earlier
    chosen = last.params if last else {}
    return {
        "mode": chosen.get("mode", DeliveryMode.HOMES.value),
        "effort": chosen.get("effort", Effort.USUAL.value),
        "seed": own.seed if own else 1,
        "goals": {name: level for name, level in _goals(chosen) if level},
        "lanjut": bool(chosen.get("keeps_routes")),
        "days": own.params.get("days", []) if own else [],
        **kept_of(service_of(chosen), chosen.get("max_walk_m", MAX_WALK_M)),
    }


def _goals(chosen: Mapping[str, object]) -> list[tuple[str, object]]:
    found = chosen.get("goals")
    return sorted(found.items()) if isinstance(found, dict) else []


def _figures(request: Request, plan: planning.PlanResult | None) -> str:
    """Say how compact, even, known and regular the plan is."""
    found = plan.run.params.get("figures") if plan else None
    return figure_words(found, language_of(request)) if isinstance(found, dict) else ""


def _state_figures(request: Request, found: list[RouteHead]) -> list[tuple[str, str]]:
    """Return how far the routes are: label and number for each state that some are in."""
    language = language_of(request)
    counts = Counter(route.state for route in found)
    return [
        (
            sentence(f"routes_are.{state.value}", {}, language),
            Formats(language).number(counts[state]),
        )
        for state in RouteState
        if counts[state]
    ]


def _totals(found: list[RouteHead]) -> dict[str, int]:
    states = [route.state for route in found]
    return {
        "routes": len(found),
        "packages": sum(route.num_packages for route in found),
        "weight_g": sum(route.weight_g for route in found),
        "distance_m": sum(route.distance_m for route in found),
        "stale": states.count(RouteState.STALE),
        "planned": states.count(RouteState.PLANNED),
    }
