"""Steps of a month taken from the command line: whose hands, and never both pairs of eyes.

An account is only named there (``--as``), so the person signed in to the machine is noted with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import audit
from api.services.errors import Forbidden
from data.schema import AuditEntry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle

__all__ = ["need_other_hands", "note_step"]

ACTION = "cycle:console"
SHAPES, DECIDES = ("match", "submit"), ("approve",)


def need_other_hands(session: Session, *, cycle: Cycle, step: str, os_user: str) -> None:
    """Refuse a step for which this month wants another person than who sits here.

    Raises
    ------
    Forbidden
        ``console.one_os_user`` when this operating-system user matched or submitted the month
        from the command line and would now approve it, under whatever name, or the reverse.
    """
    other = {**dict.fromkeys(SHAPES, DECIDES), **dict.fromkeys(DECIDES, SHAPES)}.get(step, ())
    rows = session.exec(
        select(AuditEntry.after).where(
            AuditEntry.action == ACTION, AuditEntry.subject_id == cycle.month
        )
    ).all()
    if any(row and row["os_user"] == os_user and row["step"] in other for row in rows):
        raise Forbidden("console.one_os_user", month=cycle.month, os_user=os_user)


def note_step(
    session: Session, *, cycle: Cycle, step: str, os_user: str, by: Account, now: datetime
) -> None:
    """Note who took a step at which machine account; proposing and approving want two.

    Raises
    ------
    Forbidden
        See :func:`need_other_hands`.
    """
    need_other_hands(session, cycle=cycle, step=step, os_user=os_user)
    audit.record(
        session,
        by=by,
        action=ACTION,
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"channel": "cli", "step": step, "os_user": os_user},
    )
