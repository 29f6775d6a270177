"""``asuh cycle``: the steps of a month, as the pages do them."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from api.cli.arguments import MONTH, SECONDS, SEED
from api.cli.output import Progress, answer, in_words, progress_bar, refuse
from api.cli.person import acting_account

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.services.planning import PlanOptions
    from data.schema import Account, Cycle


Hindrance = tuple[str, dict[str, object]]
"""Code and values of what keeps a step from its end although what it did is stored."""


@dataclass(frozen=True)
class Wish:
    """A step as it was typed."""

    step: str
    month: str
    username: str
    seed: int
    seconds: float | None
    reason: str
    is_sure: bool
    progress: Progress


@dataclass(frozen=True)
class Asked:
    """A step in its transaction: who takes it in which month, and how it was typed."""

    session: Session
    cycle: Cycle
    by: Account
    now: datetime
    wish: Wish
    solved: Any = None
    """What :data:`SOLVERS` found for the step before this transaction began."""

    @property
    def acting(self) -> dict[str, Any]:
        """The arguments that every use case takes."""
        return {"cycle": self.cycle, "by": self.by, "now": self.now}


def _lock(asked: Asked) -> None:
    from api.services.cycles import lock_cycle

    lock_cycle(asked.session, **asked.acting, reason=asked.wish.reason)


def _match(asked: Asked) -> None:
    from api.services.matching import store_solved

    store_solved(asked.session, **asked.acting, solved=asked.solved)


def _submit(asked: Asked) -> None:
    from api.services.cycles import submit_cycle

    submit_cycle(asked.session, **asked.acting)


def _approve(asked: Asked) -> None:
    from api.services.cycles import approve_cycle

    approve_cycle(asked.session, **asked.acting)


def _pack(asked: Asked) -> Sequence[Hindrance]:
    """Make and pack the boxes; what is short is kept for a signature and nothing is packed."""
    from api.services.packing import mark_packed, pack_cycle

    result = pack_cycle(asked.session, **asked.acting)
    if not result.is_reserved:
        return [
            ("packing.shortage_unsigned", {"item": short.item_code, "missing": short.missing})
            for short in result.shortages
            if short.signed_by is None
        ]
    mark_packed(asked.session, **asked.acting)
    return ()


def _plan(asked: Asked) -> None:
    from api.services.planning import store_plan
    from api.services.routes import confirm_all

    options = _plan_options(asked.wish)
    store_plan(asked.session, **asked.acting, solved=asked.solved, options=options)
    confirm_all(asked.session, **asked.acting)


def _plan_options(wish: Wish) -> PlanOptions:
    from api.services.planning import PlanOptions

    return PlanOptions(seed=wish.seed, seconds=wish.seconds)


def _dispatch(asked: Asked) -> Sequence[Hindrance]:
    """Let the routes of today and before leave; those of days to come only when sure."""
    from api.services.clock import local_date
    from api.services.departures import dispatch_route
    from api.services.routes import list_routes
    from data.schema import Route, RouteState

    today = local_date(asked.now)
    ready = list_routes(asked.session, cycle=asked.cycle, state=RouteState.CONFIRMED)
    due = [view for view in ready if asked.wish.is_sure or view.day <= today]
    for view in due or ready:
        route = asked.session.get_one(Route, view.id)
        dispatch_route(
            asked.session,
            route=route,
            by=asked.by,
            now=asked.now,
            is_sure=asked.wish.is_sure,
            overlap_reason=asked.wish.reason,
        )
    return () if ready else [("dispatch.nothing_waits", {"month": asked.cycle.month})]


def _reconcile(asked: Asked) -> None:
    from api.services.reconcile import start_reconciling

    start_reconciling(asked.session, **asked.acting)


def _close(asked: Asked) -> None:
    from api.services.reconcile import close_cycle

    close_cycle(asked.session, **asked.acting, reason=asked.wish.reason, counted=asked.solved)


def _nothing(_asked: Asked) -> None:
    """Do no more: opening happens before, and a status is only read."""


STEPS: dict[str, Callable[[Asked], Sequence[Hindrance] | None]] = {
    "open": _nothing,
    "lock": _lock,
    "match": _match,
    "submit": _submit,
    "approve": _approve,
    "pack": _pack,
    "plan": _plan,
    "dispatch": _dispatch,
    "reconcile": _reconcile,
    "close": _close,
    "status": _nothing,
}


def _solve_match(store: Engine, wish: Wish, by: Account, _now: datetime) -> Any:
    from api.services.matching import need_proposer
    from api.services.solves import solved_month

    need_proposer(by)
    return solved_month(store, month=wish.month, seed=wish.seed, progress=wish.progress)


def _solve_plan(store: Engine, wish: Wish, by: Account, _now: datetime) -> Any:
    from api.services.planning import solve_problem
    from api.services.solves import open_plan

    options = _plan_options(wish)
    problem, start = open_plan(store, month=wish.month, by=by, options=options)
    return solve_problem(problem, options=options, start=start, progress=wish.progress)


def _count_closing(store: Engine, wish: Wish, by: Account, now: datetime) -> Any:
    from api.services.month_closing import count_closing

    return count_closing(
        store, month=wish.month, by=by, now=now, reason=wish.reason,
        reached=wish.progress,
    )  # fmt: skip


SOLVERS: dict[str, Callable[[Engine, Wish, Account, datetime], Any]] = {
    "match": _solve_match,
    "plan": _solve_plan,
    "close": _count_closing,
}
"""Steps that think for long: done before their transaction, so that couriers can record."""


@click.command(epilog="Example: asuh cycle lock 2026-12 --as petugas")
@click.argument("step", type=click.Choice(list(STEPS)))
@click.argument("month", type=MONTH)
@click.option("--as", "username", required=True, help="The account that takes the step.")
@click.option(
    "--seed", default=1, show_default=True, type=SEED, help="Seed of lottery and route search."
)
@click.option(
    "--seconds",
    type=SECONDS,
    help="End the route search by the clock; without it the search is counted, and the same month "
    "gives the same routes.",
)
@click.option(
    "--reason",
    default="",
    help="Why to lock although pairs are undecided, to close before an earlier month, or to let "
    "routes leave that share a vehicle or courier at the same hours.",
)
@click.option(
    "--sure",
    is_flag=True,
    help="Open although the month before is not approved or not opened; dispatch before the day.",
)
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    step: str,
    month: str,
    username: str,
    seed: int,
    seconds: float | None,
    reason: str,
    sure: bool,
    language: str,
    as_json: bool,
) -> None:
    """Take a STEP of MONTH (2026-12) in the database, under the rules that hold on the pages.

    The person who proposed a month cannot approve it, and neither can the same user of this
    machine under another name.
    """
    from api.i18n import sentence
    from api.services.errors import ServiceError

    try:
        with progress_bar(f"{step} {month}", shown=not as_json) as progress:
            told = in_words(progress, language)
            found, hindrances = _take(
                Wish(step, month, username, seed, seconds, reason, sure, told)
            )
    except ServiceError as error:
        text = sentence(error.code, error.params, language)
        refuse(text, as_json=as_json, code=error.code)
    if hindrances:
        text = "\n".join(sentence(code, params, language) for code, params in hindrances)
        refuse(text, as_json=as_json, code=hindrances[0][0])
    said = [sentence("cycle.cli_status", found, language)]
    said += [sentence(code, params, language) for code, params in found.pop("blocking")]
    answer(found, as_json=as_json, text="\n".join(said))


def signed_in_user() -> str:
    """Return the operating system's user, by number where it has them and not by a variable."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser()


def _take(wish: Wish) -> tuple[dict[str, Any], Sequence[Hindrance]]:
    from api.services import cycles
    from api.services.clock import utc_now
    from api.services.console import note_step
    from api.settings import Settings
    from data.engine import write_session

    now, os_user = utc_now(), signed_in_user()
    engine = Settings().open_engine()
    try:
        solved = _solved(engine, wish, os_user, now)
        with write_session(engine) as session:
            by = acting_account(session, wish.username)
            if wish.step == "open":
                cycles.open_cycle(session, month=wish.month, by=by, now=now, is_sure=wish.is_sure)
            cycle = cycles.find_cycle(session, month=wish.month)
            if wish.step != "status":
                note_step(session, cycle=cycle, step=wish.step, os_user=os_user, by=by, now=now)
            hindrances = STEPS[wish.step](Asked(session, cycle, by, now, wish, solved))
            readiness = cycles.readiness(session, cycle=cycle, now=now)
            hard = [each for each in readiness.blockers if each.is_hard]
            found: dict[str, Any] = {
                "month": wish.month,
                "state": cycle.state.value,
                "eligible": readiness.num_eligible,
                "places": readiness.num_places,
                "blockers": [each.code for each in hard],
                "blocking": [(each.code, each.params) for each in hard],
            }
        return found, hindrances or ()
    finally:
        engine.dispose()


def _solved(engine: Engine, wish: Wish, os_user: str, now: datetime) -> Any:
    """Return what the step's solver finds, for a person whose hands may take the step."""
    from api.services.console import need_other_hands
    from api.services.cycles import find_cycle
    from data.engine import read_session

    if wish.step not in SOLVERS:
        return None
    with read_session(engine) as session:
        by = acting_account(session, wish.username)
        cycle = find_cycle(session, month=wish.month)
        need_other_hands(session, cycle=cycle, step=wish.step, os_user=os_user)
    return SOLVERS[wish.step](engine, wish, by, now)
