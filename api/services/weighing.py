"""Weighing policies on a locked month before deciding: nothing of the month is changed.

Two policies side by side, the price of every switch of one, and what allowing broken pairs brings.
Each is a job, because it solves the month several times; its result stays with the job.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from api.services import cycles
from api.services.access import must_hold
from api.services.errors import NotFound, Refused
from api.services.jobs import enqueue, get_job
from api.services.matching import read_problem
from api.services.policies import (
    BUILT_IN,
    DRAFT,
    checked_content,
    find_policy,
    policy_in_force,
    read_rules,
    rules_of,
)
from data.engine import read_session
from data.schema import Account, Cycle, Hold, Job, JobState

if TYPE_CHECKING:
    from api.services.jobs import JobContext
    from matcher.comparison import Progress
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

COMPARE, SWITCHES, BREAKS = "compare", "switches", "breaks"
KINDS = (COMPARE, SWITCHES, BREAKS)
JOBS_LOOKED_AT = 200
SEARCH_EFFORT = 20
"""Most search for the sibling rule in each of the many solves; a figure says if unproved. With much
less, what the search misses would look like the price of a policy."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A policy that nobody has adopted, as its form was when it was compared.

    Without the reason: that is written for the record when a policy is adopted, and a job, which
    nobody erases, is no place for free text.
    """

    content: dict[str, Any]
    name: str = ""
    effective_from: str = ""


def start_weighing(
    session: Session,
    *,
    cycle: Cycle,
    what: str,
    by: Account,
    now: datetime,
    first: int = 0,
    second: int = 0,
    draft: Draft | None = None,
) -> Job:
    """Queue a weighing; ``first`` and ``second`` number policies, 0 is the built-in one.

    With a ``draft`` that one stands in place of the second.

    Raises
    ------
    Forbidden, NotFound, Refused
        ``access.role``, ``policy.not_found``, ``cycle.not_locked``, ``weigh.unknown``,
        ``weigh.same``, and those of :func:`api.services.policies.checked_content`.
    """
    must_hold(by, "policy:edit")
    if what not in KINDS:
        raise Refused("weigh.unknown")
    if cycle.snapshot_hash is None:
        raise Refused("cycle.not_locked", month=cycle.month)
    payload: dict[str, Any] = {"month": cycle.month, "what": what}
    if what == COMPARE and draft is not None:
        checked = replace(draft, content=checked_content(session, draft.content))
        if read_rules(checked.content) == replace(_rules(session, first), version=BUILT_IN):
            raise Refused("weigh.same")
        payload |= {"first": first, "draft": asdict(checked)}
    elif what == COMPARE:
        if first == second:
            raise Refused("weigh.same")
        for number in (first, second):
            _rules(session, number)
        payload |= {"first": first, "second": second}
    return enqueue(session, kind="weigh", payload=payload, by=by, now=now)


def compared_draft(session: Session, *, job_id: int) -> Draft:
    """Return the policy that a job compared before anybody adopted it.

    Raises
    ------
    NotFound
        ``job.unknown`` for any other job.
    """
    job = get_job(session, job_id=job_id)
    found = job.payload.get("draft") if job.kind == "weigh" else None
    if not isinstance(found, dict):
        raise NotFound("job.unknown")
    return Draft(
        content=found["content"], name=found["name"], effective_from=found["effective_from"]
    )


def _rules(session: Session, number: int) -> "Policy":
    return rules_of(find_policy(session, policy_id=number) if number else None)


def last_weighing(session: Session, *, cycle: Cycle, what: str) -> dict[str, Any] | None:
    """Return the newest result of a kind for a month, None before the first.

    ``is_stale`` says that it speaks of other data than the month has now: the month was unlocked
    or locked anew, a pin or ban changed, or, where one policy is weighed, another is in force.
    """
    newest = (
        select(Job)
        .where(Job.kind == "weigh", Job.state == JobState.DONE)
        .order_by(col(Job.id).desc())
        .limit(JOBS_LOOKED_AT)
    )
    for job in session.exec(newest):
        if job.payload.get("month") == cycle.month and job.payload.get("what") == what:
            found = dict(job.result or {})
            return found | {"is_stale": found.get("inputs") != _inputs(session, cycle, what)}
    return None


def _inputs(session: Session, cycle: Cycle, what: str) -> str:
    """Return a fingerprint of what a weighing reads, cheap enough for every look at a result."""
    holds = session.exec(
        select(Hold)
        .where(Hold.cycle_id == cycle.id, col(Hold.released_at).is_(None))
        .order_by(col(Hold.child_id), col(Hold.pledge_id))
    )
    policy = None if what == COMPARE else policy_in_force(session, month=cycle.month)
    read = [
        cycle.snapshot_hash,
        cycle.seed,
        policy.id if policy else 0,
        [(hold.child_id, hold.pledge_id, hold.kind.value) for hold in holds],
    ]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()


def weigh(context: "JobContext") -> dict[str, Any]:
    """Carry a weighing out: the handler of such jobs."""
    payload = context.payload
    month, what = str(payload["month"]), str(payload["what"])
    context.progress(0.0, {"step": "read"})
    with read_session(context.engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        inputs = _inputs(session, cycle, what)
        problem = read_problem(session, cycle=cycle)
        own = _for_weighing(rules_of(policy_in_force(session, month=month)), cycle.seed)
        pair = [
            _for_weighing(rules, cycle.seed)
            for rules in (
                _rules(session, int(payload.get("first", 0))),
                _drafted(payload["draft"])
                if "draft" in payload
                else _rules(session, int(payload.get("second", 0))),
            )
        ]

    def progress(stage: str, share: float) -> None:
        context.check()
        context.progress(share, {"step": stage})

    found = {
        COMPARE: lambda: _compared(problem, pair, progress),
        SWITCHES: lambda: _switched(problem, own, progress),
        BREAKS: lambda: _broken(problem, own, progress),
    }[what]()
    return {
        "what": what,
        "problem": problem.problem_hash(),
        "inputs": inputs,
        "policy": own.version,
        "draft": context.job_id if "draft" in payload else None,
        **found,
    }


def _drafted(draft: dict[str, Any]) -> "Policy":
    return read_rules(draft["content"], version=f"{DRAFT} {draft['name']}".strip())


def _for_weighing(rules: "Policy", seed: int) -> "Policy":
    effort = min(rules.search_effort, SEARCH_EFFORT)
    return replace(rules, seed=seed, search_effort=effort)


def _compared(
    problem: "MatchingProblem", pair: "list[Policy]", progress: "Progress"
) -> dict[str, Any]:
    from matcher.comparison import compare

    found = compare(problem, pair[0], pair[1], progress=progress)
    rows = {code: row for row, code in enumerate(problem.child_ids)}
    return {
        "policies": [one.version for one in pair],
        "before": found.before.to_json(),
        "after": found.after.to_json(),
        "gained": list(found.gained),
        "lost": list(found.lost),
        "changes": [
            {
                "child": one.child_id,
                "before": one.before,
                "after": one.after,
                "tier": int(problem.tier[rows[one.child_id]]),
                "points": int(problem.points[rows[one.child_id]]),
            }
            for one in found.changes
        ],
    }


def _switched(problem: "MatchingProblem", own: "Policy", progress: "Progress") -> dict[str, Any]:
    from matcher.comparison import price_of_switches

    base, others = price_of_switches(problem, own, progress=progress)
    return {
        "base": base.to_json(),
        "switches": [{"code": code, **other.to_json()} for code, other in others.items()],
    }


def _broken(problem: "MatchingProblem", own: "Policy", progress: "Progress") -> dict[str, Any]:
    from matcher.break_prices import break_prices
    from matcher.comparison import break_curve

    points = break_curve(problem, own, progress=progress)
    return {
        "prices": [asdict(corner) for corner in break_prices(problem, own)],
        "pairs": len(problem.kept),
        "points": [
            {"breaks": one.breaks, "before": one.before, **one.figures.to_json()} for one in points
        ],
    }
