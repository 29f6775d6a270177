"""Goals of a plan beside kilometres: what each level costs, shown before one decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages.months import facts_of
from api.pages.plan_inputs import PlanForm, inputs_read, inputs_shown, kept_of
from api.pages.refusals import status_of, texts_of
from api.pages.shell import language_of, render
from api.pages.typed_fields import seed_of
from api.services import cycles, goal_menu
from api.services.clock import local_date
from api.services.errors import Invalid, ServiceError
from api.services.goal_menu import GOALS, GoalMenu
from api.services.plan_goals import ALL_OFF, GoalLevels
from api.services.plan_options import DeliveryMode, PlanOptions
from data.queries.routes import latest_run
from data.schema import Account, Cycle
from logistics.effort import Effort

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("route:read")]
Editor = Annotated[Account, requires("route:edit")]
Level = Annotated[int, Form(ge=0, le=3)]
Text = Annotated[str, Form(max_length=500)]
HOUR_S, MINUTE_S = 3600, 60


@dataclass(frozen=True)
class Choice:
    """One level of a goal: its name, what it costs, what it brings."""

    level: int
    name: str
    price: str
    brings: str


@dataclass(frozen=True)
class GoalField:
    """One goal as a field of the form."""

    name: str
    choices: list[Choice]
    chosen: int


@router.get("/bulan/{month}/rute/tujuan")
def goals_page(
    request: Request, session: ReadSession, now: Now, by: Reader, month: str
) -> HTMLResponse:
    """Show what each goal costs at each level, as it was priced last."""
    del by
    return _page(request, session, now, cycles.find_cycle(session, month=month))


def _planned_mode(session: Session, cycle: Cycle) -> str:
    """Return where the month's last plan brings packages to; without one, homes."""
    run = latest_run(session, cycle_id=cycle.id or 0)
    return str(run.params.get("mode", DeliveryMode.HOMES)) if run else DeliveryMode.HOMES.value


def _page(
    request: Request,
    session: Session,
    now: datetime,
    cycle: Cycle,
    refusal: ServiceError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """Show the prices, and the form as somebody filled it in or as it was priced last."""
    language = language_of(request)
    menu = goal_menu.last_menu(session, cycle=cycle)
    kept = typed or (_kept(menu) if menu else {})
    mix = menu.mix if menu and menu.is_weighed else None
    chosen = kept.get("levels", ALL_OFF)
    return render(
        request,
        "coordinator/plan_goals.html",
        status=status_of(refusal),
        errors=texts_of(request, refusal),
        inputs=inputs_shown(request, session, cycle, kept, local_date(now)),
        **facts_of(cycle),
        menu=menu,
        base=figure_words(menu.base, language) if menu else "",
        mix=_price(menu.base, mix, language) if mix and menu else "",
        mix_brings=figure_words(mix, language) if mix else "",
        goals=[_field(name, menu, chosen, language) for name in GOALS],
        may_plan=cycle.state in goal_menu.PLANNABLE,
        modes=list(DeliveryMode),
        mode=kept.get("mode") or _planned_mode(session, cycle),
        efforts=list(Effort),
    )


@router.post("/bulan/{month}/rute/tujuan")
def price_goals(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    form: Annotated[PlanForm, Form()],
) -> Response:
    """Start the pricing as a job and lead to its progress."""
    cycle = cycles.find_cycle(session, month=month)
    try:
        seed = seed_of(form.undian)
        days, walk_m, service = inputs_read(session, cycle, form, local_date(now))
    except Invalid as wrong:
        typed = {"mode": form.cara.value, "levels": form.levels, **form.kept()}
        return _page(request, session, now, cycle, wrong, typed)
    options = PlanOptions(
        mode=form.cara,
        effort=form.cermat_harga,
        seed=seed,
        goals=form.levels,
        days=days,
        max_walk_m=walk_m,
        service=service,
    )
    job = goal_menu.start_menu(session, cycle=cycle, options=options, by=by, now=now)
    back = f"/bulan/{month}/rute/tujuan"
    return RedirectResponse(f"/pekerjaan/{job.id}?kembali={back}", status_code=303)


def _kept(menu: GoalMenu) -> dict[str, Any]:
    """Return the form as it was when the menu was priced."""
    days = [day.isoformat() for day in menu.days]
    fields = kept_of(menu.service, menu.max_walk_m)
    return {"days": days, "mode": menu.mode, "levels": menu.mix_levels, **fields}


def figure_words(figures: dict[str, int], language: str) -> str:
    """Return how far a plan is from its goals, in words; goals that nothing is known of left out.

    ``figures`` are those of `logistics.plan.GoalFigures`.
    """
    fmt = Formats(language)
    words = []
    if figures.get("neighbours"):
        share = (figures["neighbours"] - figures["apart"]) / figures["neighbours"]
        words.append(sentence("goal_figure.compact", {"share": fmt.percent(share)}, language))
    if "uneven_s" in figures:
        hours = fmt.number(figures["uneven_s"] / HOUR_S, decimals=1)
        words.append(sentence("goal_figure.even", {"hours": hours}, language))
    if figures.get("known"):
        share = figures["kept"] / figures["known"]
        words.append(sentence("goal_figure.known", {"share": fmt.percent(share)}, language))
    if figures.get("timed"):
        minutes = fmt.number(figures["drift_s"] / figures["timed"] / MINUTE_S)
        words.append(sentence("goal_figure.regular", {"minutes": minutes}, language))
    return "; ".join(words)


def _field(name: str, menu: GoalMenu | None, chosen: GoalLevels, language: str) -> GoalField:
    """Return a goal's levels, each with its price where it is known."""
    choices = []
    for level in (0, *goal_menu.LEVELS):
        is_priced = menu is not None and menu.is_weighed and level
        figures = menu.offers.get((name, level)) if menu and is_priced else None
        choices.append(
            Choice(
                level=level,
                name=sentence(f"goal_level.{level}", {}, language),
                price=_price(menu.base, figures, language) if menu and figures else "",
                brings=figure_words(_only(name, figures), language) if figures else "",
            )
        )
    return GoalField(name=name, choices=choices, chosen=getattr(chosen, name))


def _only(goal: str, figures: dict[str, int]) -> dict[str, int]:
    """Return the figures of one goal."""
    kept = {
        "compact": ("neighbours", "apart"),
        "even": ("uneven_s",),
        "known": ("known", "kept"),
        "regular": ("timed", "drift_s"),
    }[goal]
    return {name: figures[name] for name in kept}


def _price(base: dict[str, int], figures: dict[str, int], language: str) -> str:
    """Return what a plan costs more than the one without goals, in kilometres, time and money."""
    fmt = Formats(language)
    metres = figures["distance_m"] - base["distance_m"]
    minutes = round((figures["duration_s"] - base["duration_s"]) / MINUTE_S)
    money = figures["cost_rp"] - base["cost_rp"]
    left = figures["unserved"] - base["unserved"]
    text = sentence(
        "goal_price.all",
        {
            "km": f"{_sign(metres)}{fmt.kilometres(abs(metres))}",
            "minutes": f"{_sign(minutes)}{fmt.number(abs(minutes))}",
            "money": f"{_sign(money)}{fmt.rupiah(abs(money))}",
        },
        language,
    )
    if left > 0:
        text += "; " + sentence("goal_price.unserved", {"count": left}, language)
    return text


def _sign(amount: int) -> str:
    return "+" if amount > 0 else "−" if amount < 0 else "±"
