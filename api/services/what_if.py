"""What if a child went to another pledge: answered at once, or by solving the month again as a job.

Solving again may take as long as matching did. So it never happens while a page waits: it is asked
for, tells how far it is, can be cancelled, and its answer stands until the month is matched anew.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from api.services import cycles
from api.services.access import must_hold
from api.services.errors import Refused
from api.services.jobs import ACTIVE, enqueue
from api.services.match_questions import MonthAtHand, month_at_hand
from api.services.match_store import plain
from api.services.matching import current_run
from data.engine import read_session
from data.schema import Account, Child, Cycle, Job, JobState, Pledge

if TYPE_CHECKING:
    from api.services.jobs import JobContext
    from matcher.what_if import WhatIf as Answer

KIND = "what_if"


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What giving a child to a pledge would cost, or why it is refused.

    Not exact means that the price certainly suffices, but solving again may find a lower one.
    """

    child_code: str
    pledge_code: str
    refusals: tuple[str, ...]
    price: dict[str, int]
    moves: tuple[tuple[str, str | None, str | None], ...]
    is_exact: bool


def what_if(session: Session, *, cycle: Cycle, child: Child, pledge: Pledge) -> WhatIf | None:
    """Return what giving a child to a pledge would cost; None where only solving again tells.

    Nothing is changed. What was solved again for the present result (:func:`solve_again`) is the
    answer; else it is found along a cheapest path in milliseconds, or where rupiah count by one
    exchange that is enough but perhaps not the best.

    Raises
    ------
    Refused
        ``matching.not_in_month`` when the child or the pledge takes no part.
    """
    month = month_at_hand(session, cycle)
    rows = _rows(month, child.code, pledge.code)
    payload = _payload(session, cycle, child, pledge)
    if (done := _newest(session, payload, (JobState.DONE,))) is not None:
        return _from_json(dict(done.result or {}))
    answer = month.contrast.ask(*rows) if month.contrast else None
    return _what_if(answer) if answer else None


def solving_again(
    session: Session, *, cycle: Cycle, child: Child, pledge: Pledge
) -> tuple[Job | None, bool]:
    """Return the job that works on a question now, None if none does; and whether one has."""
    payload = _payload(session, cycle, child, pledge)
    is_solved = _newest(session, payload, (JobState.DONE,)) is not None
    return _newest(session, payload, ACTIVE), is_solved


def solve_again(
    session: Session, *, cycle: Cycle, child: Child, pledge: Pledge, by: Account, now: datetime
) -> Job:
    """Queue the search for what a question really costs.

    Raises
    ------
    Forbidden, NotFound, Refused
        ``access.role``, ``matching.no_run``, ``matching.not_in_month``.
    """
    must_hold(by, "assignment:ask")
    _rows(month_at_hand(session, cycle), child.code, pledge.code)
    payload = _payload(session, cycle, child, pledge)
    return enqueue(session, kind=KIND, payload=payload, by=by, now=now)


def solve(context: "JobContext") -> dict[str, Any]:
    """Solve the month again with the pair pinned: the handler of such jobs.

    Raises
    ------
    Refused
        ``what_if.matched_anew`` when the month has another result by now.
    """
    from matcher.asking import what_if as ask

    payload = context.payload
    context.progress(0.0, {"step": "read"})
    with read_session(context.engine) as session:
        cycle = cycles.find_cycle(session, month=str(payload["month"]))
        if cycle.match_run_id != payload["run"]:
            raise Refused("what_if.matched_anew", month=cycle.month)
        month = month_at_hand(session, cycle)
    rows = _rows(month, str(payload["child"]), str(payload["pledge"]))

    def progress(stage: str, share: float) -> None:
        context.check()
        context.progress(share, {"step": stage})

    return asdict(_what_if(ask(month.problem, month.matching, *rows, progress=progress)))


def _payload(session: Session, cycle: Cycle, child: Child, pledge: Pledge) -> dict[str, Any]:
    """Return what a question is about: the same question about the same result is one job."""
    run = current_run(session, cycle=cycle)
    return {"month": cycle.month, "run": run.id, "child": child.code, "pledge": pledge.code}


def _newest(session: Session, payload: dict[str, Any], states: tuple[JobState, ...]) -> Job | None:
    kept: Any = col(Job.payload)
    asked = (kept[name].as_string() == payload[name] for name in ("month", "child", "pledge"))
    same_result = kept["run"].as_integer() == payload["run"]
    newest = select(Job).where(Job.kind == KIND, col(Job.state).in_(states), same_result, *asked)
    return session.exec(newest.order_by(col(Job.id).desc()).limit(1)).first()


def _rows(month: MonthAtHand, child: str, pledge: str) -> tuple[int, int]:
    if child not in month.child_rows or pledge not in month.pledge_rows:
        raise Refused("matching.not_in_month", child=child, pledge=pledge)
    return month.child_rows[child], month.pledge_rows[pledge]


def _what_if(answer: "Answer") -> WhatIf:
    return WhatIf(
        child_code=answer.child_id,
        pledge_code=answer.pledge_id,
        refusals=tuple(str(plain(code)) for code in answer.refusals),
        price=plain(answer.price),
        moves=tuple(answer.moves),
        is_exact=answer.is_exact,
    )


def _from_json(found: dict[str, Any]) -> WhatIf:
    moves = tuple((child, before, after) for child, before, after in found["moves"])
    return WhatIf(**{**found, "refusals": tuple(found["refusals"]), "moves": moves})
