"""Counting of attempts in the store, so that the limit holds for every process together."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from data.schema.base import UTCDateTime
from data.sealing import KeyRing

COUNT_ONE = text(
    "INSERT INTO attemptcount (key, attempts, window_ends_at) VALUES (:key, 1, :ends) "
    "ON CONFLICT (key) DO UPDATE SET "
    "attempts = CASE WHEN attemptcount.window_ends_at <= :now THEN 1 "
    "ELSE attemptcount.attempts + 1 END, "
    "window_ends_at = CASE WHEN attemptcount.window_ends_at <= :now THEN :ends "
    "ELSE attemptcount.window_ends_at END "
    "RETURNING attempts"
)


def _key(keys: KeyRing, kind: str, what: str) -> str:
    return hmac.new(keys.index, f"attempt:{kind}:{what}".encode(), hashlib.sha256).hexdigest()


def count_attempt(
    session: Session,
    *,
    keys: KeyRing,
    kind: str,
    what: str,
    now: datetime,
    most: int,
    within: timedelta,
) -> bool:
    """Count one more and say whether it is still within the limit.

    Parameters
    ----------
    kind, what
        What is counted (``sign_in``, a user name); only a keyed hash is stored.
    most
        Attempts allowed from the first one until ``within`` later.
    """
    attempts: int = session.execute(
        COUNT_ONE,
        {"key": _key(keys, kind, what)} | _instants(session, now=now, ends=now + within),
    ).scalar_one()
    return attempts <= most


def forget_attempts(session: Session, *, keys: KeyRing, kind: str, what: str) -> None:
    """Start the count anew, after a success."""
    session.execute(
        text("DELETE FROM attemptcount WHERE key = :key"), {"key": _key(keys, kind, what)}
    )


def _instants(session: Session, **instants: datetime) -> dict[str, object]:
    dialect = session.get_bind().dialect
    column = UTCDateTime()
    return {name: column.process_bind_param(instant, dialect) for name, instant in instants.items()}
