"""After approval: a sponsor or child drops out; the smallest repair is proposed and approved."""

from datetime import datetime

from sqlmodel import Session

from data.schema import Account, Child, Cycle, Pledge, Replacement


def propose_replacements(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str,
    pledge: Pledge | None = None,
    child: Child | None = None,
) -> list[Replacement]:
    """Propose who takes over when a pledge ends or a child leaves after approval.

    Standby pledges step in first; who remains goes to the bridge fund (``is_bridge_fund``).
    Children whose package is already loaded keep their pair.
    """
    raise NotImplementedError


def list_replacements(session: Session, *, cycle: Cycle) -> list[Replacement]:
    """Return the proposals of a month, the newest first."""
    raise NotImplementedError


def decide_replacement(
    session: Session,
    *,
    replacement: Replacement,
    accept: bool,
    by: Account,
    now: datetime,
    reason: str = "",
) -> Replacement:
    """Approve or reject a proposal; another person than the one who proposed."""
    raise NotImplementedError
