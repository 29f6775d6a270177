"""Instants and the calendar that people live by (Western Indonesian Time)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")


def utc_now() -> datetime:
    """Return this instant, aware, in UTC. Only the edges (web, command line, jobs) call it."""
    return datetime.now(UTC)


def local_time(now: datetime) -> datetime:
    """Return an instant as a wall clock in Pangkalpinang shows it."""
    return now.astimezone(ZONE)


def local_date(now: datetime) -> date:
    """Return the day that an instant falls on for people in Pangkalpinang."""
    return local_time(now).date()


def local_month(now: datetime) -> str:
    """Return the month (``2026-12``) that an instant falls in for people in Pangkalpinang."""
    return local_date(now).strftime("%Y-%m")


def next_midnight(now: datetime) -> datetime:
    """Return the instant at which the local day ends."""
    return day_end(local_date(now))


def day_end(day: date) -> datetime:
    """Return the instant at which a day ends for people in Pangkalpinang."""
    tomorrow = day + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZONE).astimezone(UTC)
