"""Matching policies: dated, with author and reason; a new one takes over, none is changed."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.audit import record
from api.services.errors import NotFound, Refused
from api.services.months import checked_month, later_month
from data.schema import Account, Cycle, CycleState, MatchPolicy, Pledge, Route, RouteState

if TYPE_CHECKING:
    from matcher.policy import Policy

BUILT_IN = "default"
DRAFT = "draft"
"""What the version of a policy that nobody has adopted begins with; of others a number."""

UNMATCHED = frozenset({CycleState.DRAFT, CycleState.LOCKED})
NOT_THE_CITYS = frozenset({"seed", "version", "sibling_seconds"})
"""What a policy holds that the city does not decide: the draw, the name, and a fuse by the clock.

Policies from when searches ended by the clock hold a fuse of seconds, which would still end them.
"""


def list_policies(session: Session) -> list[MatchPolicy]:
    """Return all policies, the one that takes effect last first."""
    return list(
        session.exec(
            select(MatchPolicy).order_by(
                col(MatchPolicy.effective_from).desc(), col(MatchPolicy.id).desc()
            )
        ).all()
    )


def find_policy(session: Session, *, policy_id: int) -> MatchPolicy:
    """Return one policy.

    Raises
    ------
    NotFound
        ``policy.not_found``.
    """
    row = session.get(MatchPolicy, policy_id)
    if row is None:
        raise NotFound("policy.not_found", policy=policy_id)
    return row


def policy_in_force(session: Session, *, month: str) -> MatchPolicy | None:
    """Return the policy of a month; None while only the built-in one exists."""
    return session.exec(
        select(MatchPolicy)
        .where(MatchPolicy.effective_from <= month)
        .order_by(col(MatchPolicy.effective_from).desc(), col(MatchPolicy.id).desc())
        .limit(1)
    ).first()


def first_unmatched_month(session: Session, *, now: datetime) -> str:
    """Return the first month that a new policy can still count for.

    The open month after the last one that is matched, else the next without a month, not before
    the present one.
    """
    cycles = session.exec(select(Cycle).where(Cycle.state != CycleState.CANCELLED)).all()
    matched = max((each.month for each in cycles if each.state not in UNMATCHED), default="")
    waiting = [each.month for each in cycles if each.month > matched]
    present = f"{now:%Y-%m}"
    if waiting:
        return min(waiting)
    return max(present, later_month(matched, 1)) if matched else present


def usual_floor_percent() -> int:
    """Return the floor of fairness where the policy names none."""
    from matcher.policy import USUAL_FLOOR_PERCENT

    return USUAL_FLOOR_PERCENT


def rules_of(row: MatchPolicy | None) -> "Policy":
    """Return a policy as the matcher reads it; the built-in one for None."""
    from matcher.policy import Policy

    if row is None:
        return Policy(version=BUILT_IN)
    return read_rules(row.content, version=f"{row.id} {row.name}")


def read_rules(content: dict[str, Any], *, version: str = BUILT_IN) -> "Policy":
    """Return what the city decided as the matcher reads it."""
    from matcher.policy import Policy

    kept = {name: value for name, value in content.items() if name not in NOT_THE_CITYS}
    return Policy.from_json({**kept, "version": version})


def checked_content(session: Session, content: dict[str, Any]) -> dict[str, Any]:
    """Return all that a policy decides, the unsaid as usual, after it was found fit.

    Raises
    ------
    Refused
        ``policy.content`` with what the matcher says against it, ``policy.unfed`` with goals about
        which no data are kept yet.
    """
    from matcher.policy import Policy

    try:
        rules = Policy.from_json(content)
    except ValueError as error:
        raise Refused("policy.content", found=str(error)) from None
    unfed = sorted(unfed_levels(session) & {name.value for name in rules.levels})
    if unfed:
        raise Refused("policy.unfed", levels=[f"level.{name}" for name in unfed])
    return {key: value for key, value in rules.to_json().items() if key not in NOT_THE_CITYS}


def unfed_levels(session: Session) -> set[str]:
    """Return the goals about which the city's data say nothing yet; staff may not choose them.

    Wishes need a pledge that has some, goods a pledge in kind, delivery a month with routes.
    """
    pledges = session.exec(select(Pledge)).all()
    fed = {
        "wishes": any(pledge.wish_area_codes for pledge in pledges),
        "goods": any(line.get("item_code") for pledge in pledges for line in pledge.goods),
        "delivery": session.exec(
            select(Route.id).where(Route.state != RouteState.CANCELLED).limit(1)
        ).first()
        is not None,
    }
    return {name for name, is_fed in fed.items() if not is_fed}


def adopt_policy(
    session: Session,
    *,
    name: str,
    content: dict[str, object],
    effective_from: str,
    reason: str,
    by: Account,
    now: datetime,
) -> MatchPolicy:
    """Add a policy that counts from a month on; months already matched keep theirs.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``policy.name``, ``policy.reason``, and those of :func:`checked_content`.
    Invalid
        ``month.unreadable``.
    """
    must_hold(by, "policy:edit")
    if not name.strip():
        raise Refused("policy.name")
    if not reason.strip():
        raise Refused("policy.reason")
    checked_month(effective_from)
    kept = checked_content(session, content)
    row = MatchPolicy(
        name=name.strip()[:120],
        content=kept,
        effective_from=effective_from,
        reason=reason.strip()[:500],
        by=by.username,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session,
        by=by,
        action="policy:adopt",
        subject="policy",
        subject_id=row.id or 0,
        now=now,
        after={"name": row.name, "from": effective_from, **kept},
        purpose=row.reason,
    )
    return row
