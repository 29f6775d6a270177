"""What changed against last month or the run before, and what undoing it would cost."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from sqlmodel import Session, col, select

from api.services.errors import NotFound
from api.services.match_questions import quick_price
from api.services.matching import current_run, stored_matching
from data.queries.cycles import previous_agreed_cycle, standing_assignments
from data.queries.records import frozen_by_record, survivors
from data.schema import Assignment, Child, Cycle, MatchRun, Pledge, RunState

if TYPE_CHECKING:
    from matcher.market import Market

BY_GOALS = "change.by_goals"
BY_LOTTERY, GOAL_UNKNOWN, NO_LOSS = (
    "change.by_lottery",
    "change.goal_unknown",
    "change.no_loss",
)
PINS_TOOK_IT = "change.pins_took_it"


class PriceBound(StrEnum):
    """Whether a price is the least that undoing costs, or bounds it from one side."""

    EXACT = "exact"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One child whose sponsor differs; codes of pledges, None = not covered.

    ``reason`` is a code; ``price`` what undoing the change would cost, level by level, equal
    levels left out: exact along a cheapest path, at most where that path keeps siblings together,
    at least (the reduced cost) where only solving again would tell.
    """

    child_code: str
    before: str | None
    after: str | None
    reason: str
    params: dict[str, object] = field(default_factory=dict)
    price: dict[str, int] = field(default_factory=dict)
    bound: PriceBound = PriceBound.EXACT


def changes(
    session: Session,
    *,
    cycle: Cycle,
    against: Literal["last_month", "previous_run"] = "last_month",
    run_id: int = 0,
) -> list[Change]:
    """Return every child whose sponsor differs from last month or an earlier run, with price.

    ``run_id`` names a run of the month; else it is the one before.

    The reason of a lost pair is why the child or the pledge takes no part, or
    ``change.pins_took_it``: pins hold every place of the pledge. Else it is told by what keeping
    the pair would cost: ``change.by_goals`` names the highest goal that would suffer,
    ``change.by_lottery`` that none would and the draw decided, ``change.goal_unknown`` that only
    solving again tells which, ``change.no_loss`` that keeping it costs nothing (the run is not
    proved best).
    """
    from matcher.market import Market

    run = current_run(session, cycle=cycle)
    earlier = (
        _last_month(session, cycle)
        if against == "last_month"
        else _pairs_of(session, earlier_runs(session, cycle=cycle, before=run), run_id)
    )
    kept_of = survivors(session)
    before = {kept_of.get(child_id, child_id): pledge for child_id, pledge in earlier.items()}
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    after = {row.child_id: row.pledge_id for row in standing_assignments(session, cycle)}
    frozen = frozen_by_record(session, cycle)
    market = Market(*stored_matching(session, run=run))
    found: list[Change] = []
    for child_id in sorted({*before, *after}, key=lambda at: child_codes[at] or ""):
        old, new = before.get(child_id), after.get(child_id)
        if old == new:
            continue
        code, pledge = child_codes[child_id], pledge_codes[old] if old else None
        row = frozen.get(child_id)
        out = row.reason if row is not None and not row.is_eligible else None
        matched_as = child_codes[row.child_id] if row is not None else code
        reason = _why_changed(market, matched_as, pledge, out)
        price: dict[str, int] = {}
        bound, params = PriceBound.EXACT, dict[str, object]()
        if reason == BY_GOALS:
            price, bound = _price_of_keeping(session, cycle, market, matched_as, str(pledge))
            reason, params = _told_by(price, bound)
        found.append(
            Change(
                child_code=code,
                before=pledge,
                after=pledge_codes[new] if new else None,
                reason=reason,
                params=params,
                price=price,
                bound=bound,
            )
        )
    return found


def _last_month(session: Session, cycle: Cycle) -> dict[int, int]:
    previous = previous_agreed_cycle(session, cycle)
    if previous is None:
        return {}
    return {row.child_id: row.pledge_id for row in standing_assignments(session, previous)}


def earlier_runs(session: Session, *, cycle: Cycle, before: MatchRun) -> list[MatchRun]:
    """Return the finished runs of a month before one, the latest first."""
    return list(
        session.exec(
            select(MatchRun)
            .where(
                MatchRun.cycle_id == cycle.id,
                MatchRun.state == RunState.DONE,
                col(MatchRun.id) < before.id,
            )
            .order_by(col(MatchRun.id).desc())
        )
    )


def _pairs_of(session: Session, runs: list[MatchRun], run_id: int) -> dict[int, int]:
    """Return child → pledge of one of some runs, the first if none is named.

    Raises
    ------
    NotFound
        ``matching.run_unknown``.
    """
    if run_id and run_id not in {run.id for run in runs}:
        raise NotFound("matching.run_unknown", run=run_id)
    chosen = run_id or (runs[0].id if runs else 0)
    pairs = session.exec(select(Assignment).where(Assignment.match_run_id == chosen)).all()
    return {row.child_id: row.pledge_id for row in pairs}


def _why_changed(market: "Market", child: str, pledge: str | None, out: str | None) -> str:
    """Return why a pair of before does not stand."""
    problem = market.problem
    if pledge is None:
        return "change.newly_covered"
    if out is not None:
        return out
    if child not in problem.child_ids:
        return "change.child_left"
    if pledge not in problem.pledge_ids:
        return "change.pledge_gives_nothing"
    from matcher.eligibility import refusals

    row, column = problem.child_ids.index(child), problem.pledge_ids.index(pledge)
    found = refusals(problem, market.matching.policy, row, column)
    if found:
        return found[0].value
    num_pinned = int((problem.pins[:, 1] == column).sum())
    return PINS_TOOK_IT if num_pinned >= problem.capacity[column] else BY_GOALS


def _told_by(price: dict[str, int], bound: PriceBound) -> tuple[str, dict[str, object]]:
    """Return why a pair was given up, by what keeping it costs; levels are in their order."""
    suffering = [level for level, cost in price.items() if cost > 0]
    goal = next((level for level in suffering if level != "lottery"), None)
    if goal is not None:
        return BY_GOALS, {"goal": f"level_{goal}"}
    if bound is PriceBound.AT_LEAST:
        return GOAL_UNKNOWN, {}
    return (BY_LOTTERY if suffering else NO_LOSS), {}


def _price_of_keeping(
    session: Session, cycle: Cycle, market: "Market", child: str, pledge: str
) -> tuple[dict[str, int], PriceBound]:
    """Return what keeping a pair would cost level by level, and how sharp that is."""
    quick = quick_price(session, cycle=cycle, child_code=child, pledge_code=pledge)
    if quick is not None:
        price, is_exact = quick
        return price, PriceBound.EXACT if is_exact else PriceBound.AT_MOST
    problem = market.problem
    pledges, costs = market.options(problem.child_ids.index(child))
    (at,) = (pledges == problem.pledge_ids.index(pledge)).nonzero()
    levels = market.as_levels(costs[:, at[0]])
    return {name.value: cost for name, cost in levels.items()}, PriceBound.AT_LEAST
