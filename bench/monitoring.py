"""How quick monitoring answers at 10,000 children over 24 months, beside a bare ``count(*)`` page.

``python -m bench.monitoring [--children 10000] [--months 24] [--repeats 20] [--store sqlite]``

A script of 20 children is lived through the real use cases (``tests/history.py``), its rows are
copied until there are ``--children`` of them in all kelurahan and 118 posyandu, and every month's
report is counted anew by the use case. Then each page is asked for by the member of staff whose it
is: the middle, the 95th percentile and the largest wall time, the processor time of this process
(the server of PostgreSQL has its own), statements sent, and the ratio of the middles to a page
that does nothing but ``SELECT count(*) FROM child``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, event, text
from sqlmodel import Session, SQLModel, col, func, select
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.serve import calm_the_collector
from api.services import cycles, report_versions
from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from data.engine import read_session, write_session
from data.reference.regions import regions
from data.schema import (
    Accompaniment,
    Assignment,
    Child,
    Consent,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    DeliveryEvent,
    DeliveryException,
    Household,
    Measurement,
    Package,
    Role,
    Stop,
)
from data.sealing import dump_keys
from tests.conftest import browser
from tests.factories import make_account
from tests.history import Script, at, live
from tests.stores import KEYS, build_schema, open_engine, postgresql_server

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

LIVED_CHILDREN = 20
NUM_POSYANDU = 118
OFFSET = 10_000
TABLES: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Household, ()),
    (Child, ("household_id",)),
    (Measurement, ("child_id",)),
    (Consent, ("child_id",)),
    (CycleChild, ("child_id", "household_id")),
    (Assignment, ("child_id",)),
    (Stop, ("household_id",)),
    (Package, ("child_id", "household_id", "assignment_id", "stop_id")),
    (DeliveryEvent, ("package_id", "stop_id")),
    (DeliveryException, ("package_id", "stop_id")),
    (Accompaniment, ("household_id",)),
    (ConsumptionCheck, ("package_id", "child_id")),
)
"""Tables that are copied, and which of their columns point at copied rows."""
OWN = frozenset({"code", "uid", "event_uid"})
NOTHING = frozenset({"nik_index", "nik_sealed", "kk_index", "route_id", "sequence"})
"""Columns that a copy leaves empty: a copy is on no route."""
SPAN = "dari={first}&sampai={last}"
PAGES = (
    "/monev",
    f"/monev?angka=first_attempt&tingkat=posyandu&{SPAN}",
    f"/monev?angka=served&tingkat=kelurahan&{SPAN}",
    "/monev/wilayah",
    f"/monev/wilayah?{SPAN}",
    f"/monev/wilayah?tingkat=kelurahan&wilayah=Bukit Sari&{SPAN}",
    "/monev/baris?angka=served&bulan={last}&tingkat=kelurahan&wilayah=Bukit Sari",
    "/monev/baris?angka=nutrition_gain_t&bulan={last}&tingkat=kelurahan&wilayah=Bukit Sari",
    "/monev/angka/target_eligible?tingkat=kecamatan&wilayah=Gerunggang",
    "/bulan/{last}/laporan",
    "/monev/semester?semester=2026-2",
    "/monev/sasaran",
    "/monev/pertumbuhan",
    "/monev/mutu-ukur",
    "/monev/target",
    "/monev/manfaat",
    "/monev/pengawasan",
    "/monev/konsumsi",
    "/monev/pendampingan",
)


def lived(engine: Engine, months: int) -> list[str]:
    """Live the script in the store; return its months."""
    script = Script(num_months=months, num_children=LIVED_CHILDREN)
    with Session(engine, expire_on_commit=False) as session:
        for number, _ in live(session, script):
            session.commit()
            print(f"lived {script.months[number]}", flush=True)
    return script.months


def copied(engine: Engine, children: int) -> None:
    """Copy every lived child with all that hangs on it, into all kelurahan and posyandu."""
    num_copies = children // LIVED_CHILDREN - 1
    wards = regions().all_kelurahan
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE copies (k INTEGER PRIMARY KEY, ward VARCHAR, place VARCHAR)")
        )
        rows = [
            {"k": k, "ward": wards[k % len(wards)].code, "place": f"Posyandu {k % NUM_POSYANDU}"}
            for k in range(1, num_copies + 1)
        ]
        connection.execute(text("INSERT INTO copies VALUES (:k, :ward, :place)"), rows)
        for table, links in TABLES:
            connection.execute(text(_copy_of(table, links)))
        connection.execute(text("DROP TABLE copies"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _copy_of(table: type[SQLModel], links: tuple[str, ...]) -> str:
    columns = [column.name for column in table.__table__.columns]  # type: ignore[attr-defined]
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
            chosen.append("copies.ward")
        elif name == "posyandu":
            chosen.append("copies.place")
        else:
            chosen.append(f't."{name}"')
    named = ", ".join(f'"{name}"' for name in columns)
    name = table.__tablename__
    return f"INSERT INTO {name} ({named}) SELECT {', '.join(chosen)} FROM {name} t, copies"  # type: ignore[str-bytes-safe]


def recounted(engine: Engine) -> float:
    """Count every month's report anew; return the processor seconds of one month."""
    with read_session(engine) as session:
        months = session.exec(select(Cycle.month).order_by(col(Cycle.month))).all()
    started = time.process_time()
    for month in months:
        with write_session(engine) as session:
            by = make_account(session, Role.APPROVER)
            cycle = cycles.find_cycle(session, month=month)
            report_versions.recount_month(
                session, cycle=cycle, by=by, now=at(40, 1), reason="bench"
            )
    return (time.process_time() - started) / len(months)


@contextmanager
def store(name: str) -> Iterator[Engine]:
    """Give an empty store of a kind."""
    if name == "postgresql":
        with postgresql_server() as url:
            engine = open_engine(url)
            build_schema(engine)
            yield engine
            engine.dispose()
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/asuh.db")
        build_schema(engine)
        yield engine
        engine.dispose()


def bare(engine: Engine) -> FastAPI:
    """An application whose only page counts the children."""
    app = FastAPI()

    @app.get("/")
    def count() -> int:
        with read_session(engine) as session:
            return session.exec(select(func.count()).select_from(Child)).one()

    return app


def timed(client: TestClient, engine: Engine, path: str, repeats: int) -> tuple[float, ...]:
    """Return middle, p95 and largest wall milliseconds, CPU milliseconds, statements."""
    sent: list[object] = []

    def note(*values: object) -> None:
        sent.append(values)

    assert client.get(path).status_code == 200, path
    event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    wall, spent = [], []
    for _ in range(repeats):
        started, begun = time.perf_counter(), time.process_time()
        client.get(path)
        wall.append((time.perf_counter() - started) * 1000)
        spent.append((time.process_time() - begun) * 1000)
    wall.sort()
    p95 = wall[min(len(wall) - 1, round(0.95 * len(wall)))]
    return statistics.median(wall), p95, wall[-1], statistics.median(spent), len(sent)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with store(options.store) as engine, tempfile.TemporaryDirectory() as folder:
        months = lived(engine, options.months)
        copied(engine, options.children)
        print(f"a month's report is counted in {recounted(engine):.2f} CPU s", flush=True)
        now = at(len(months) - 1, 28)
        settings = Settings(
            var_dir=Path(folder) / "var", keys=SecretStr(dump_keys(KEYS)),
            password_profile=PasswordProfile.CHEAP,
        )  # fmt: skip
        app = create_app(settings, engine=engine, clock=lambda: now)
        calm_the_collector()
        client = browser(app)
        with write_session(engine) as session:
            token = start_sign_in(session, account=make_account(session, Role.STAFF), now=now)
        client.cookies.set("__Host-asuh", token)
        base = timed(TestClient(bare(engine)), engine, "/", options.repeats)
        print(f"{options.store}, {options.children:,} children, {len(months)} months; ms")
        print(f"{'page':74}{'middle':>8}{'p95':>8}{'max':>8}{'CPU':>8}{'SQL':>5}{'ratio':>7}")
        print(f"{'SELECT count(*)':74}{base[0]:8.1f}{base[1]:8.1f}{base[2]:8.1f}{base[3]:8.1f}")
        for page in PAGES:
            path = page.format(first=months[0], last=months[-1])
            found = timed(client, engine, path, options.repeats)
            print(
                f"{path:74}{found[0]:8.0f}{found[1]:8.0f}{found[2]:8.0f}{found[3]:8.0f}"
                f"{found[4]:5.0f}{found[0] / base[0]:7.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
