"""How soon a page stands on a slow phone, whether it jumps, and how quick long lists answer.

``python -m bench.pages [--children 10000] [--repeats 3]`` prints two tables.

*Phone*: Chromium at 360 × 640, 400 kbit/s, 400 ms, a processor six times slower, an empty cache
before each page: first paint, load, layout shift (CLS; 0.1 is called good) and bytes over the wire,
the middle of the repeats. *Lists*: the server's own processor time for a page of each long table,
with a few rows and with ``--children``, the middle of five, and their ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from sqlalchemy import Engine, insert, update
from sqlmodel import Session, SQLModel, col, func, select

from api.app import create_app
from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from data.engine import write_session
from data.schema import (
    Account,
    Assignment,
    Child,
    Consent,
    CycleChild,
    Household,
    Measurement,
    Package,
    PackageState,
    Pledge,
    Role,
    Route,
    RouteState,
    Sponsor,
    Stop,
    StopState,
)
from data.sealing import dump_keys
from tests.browser import chromium, serving
from tests.conftest import NOW, browser
from tests.factories import make_account, make_measurement
from tests.factories_routes import make_dispatched_cycle
from tests.stores import KEYS, build_schema, open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from playwright.sync_api import Browser

__all__ = ["main"]

BITS_PER_SECOND = 400_000
LATENCY_MS = 400
SLOWER = 6
FEW = 60
PER_ROUTE = 30
MONTH = "/bulan/2026-12"
PAGES = (
    (None, "/masuk"),
    (Role.STAFF, "/petugas"),
    (Role.STAFF, "/anak"),
    (Role.STAFF, "/anak/{child}"),
    (Role.STAFF, f"{MONTH}/pasangan"),
    (Role.APPROVER, MONTH),
    (Role.COORDINATOR, "/koordinator"),
    (Role.COORDINATOR, f"{MONTH}/rute"),
    (Role.COORDINATOR, f"{MONTH}/papan"),
    (Role.DONOR, "/donatur"),
    (Role.COURIER, "/kurir/hp"),
)
LISTS = (
    (Role.STAFF, "/petugas"),
    (Role.STAFF, MONTH),
    (Role.STAFF, f"{MONTH}/tidak-ikut?sebab=child.no_consent"),
    (Role.STAFF, "/anak"),
    (Role.STAFF, "/anak?halaman=100"),
    (Role.STAFF, "/anak?cari=Anak+3"),
    (Role.STAFF, "/orang-tua-asuh"),
    (Role.STAFF, "/orang-tua-asuh?cari=asuh+88"),
    (Role.STAFF, f"{MONTH}/pasangan"),
    (Role.STAFF, f"{MONTH}/pasangan?urut=farthest&halaman=100"),
    (Role.STAFF, f"{MONTH}/belum"),
    (Role.STAFF, "/ganda"),
    (Role.COORDINATOR, "/koordinator"),
    (Role.COORDINATOR, f"{MONTH}/rute"),
    (Role.COORDINATOR, f"{MONTH}/hasil"),
    (Role.COORDINATOR, f"{MONTH}/paket"),
    (Role.COORDINATOR, f"{MONTH}/paket/daftar"),
    (Role.COORDINATOR, f"{MONTH}/paket/daftar?halaman=100"),
    (Role.AUDITOR, "/audit"),
)
WATCH = """
  window.jumped = 0;
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) window.jumped += each.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
SEEN = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
  load: performance.getEntriesByType("navigation")[0].loadEventEnd,
  jumped: window.jumped,
})"""


@contextmanager
def made() -> Iterator[tuple[FastAPI, Engine, dict[Role, Account], str]]:
    """An application with a small month on its way, and somebody of each role."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/asuh.db")
        build_schema(engine)
        settings = Settings(
            var_dir=Path(folder) / "var",
            keys=SecretStr(dump_keys(KEYS)),
            password_profile=PasswordProfile.CHEAP,
            secure_cookies=False,
        )
        app = create_app(settings, engine=engine, clock=lambda: NOW)
        with write_session(engine) as session:
            _, _, _, _, courier = make_dispatched_cycle(session, num_children=FEW)
            child = session.exec(select(Child).order_by(col(Child.id))).first()
            sponsor = session.exec(select(Sponsor).order_by(col(Sponsor.id))).first()
            assert child
            assert sponsor
            make_measurement(session, child, measured_on=child.born_on, haz=-2.1)
            people = {Role.COURIER: courier, Role.DONOR: make_account(
                session, Role.DONOR, sponsor_id=sponsor.id)}  # fmt: skip
            for role in Role:
                if role not in people:
                    people[role] = make_account(session, role)
            code = child.code
        yield app, engine, people, code
        engine.dispose()


def grow(session: Session, wanted: int) -> None:
    """Copy the first child with all that hangs on it until there are ``wanted`` of each."""
    have = session.exec(select(func.count()).select_from(Child)).one()
    numbers = range(have, wanted)
    ids: dict[str, list[int]] = {}
    for table, named in (
        (Household, {"code": "K-{}", "guardian_name": "Wali {}"}),
        (Child, {"code": "B-{}", "name": "Anak {}", "household_id": "household"}),
        (Measurement, {"child_id": "child"}),
        (Consent, {"child_id": "child"}),
        (Sponsor, {"code": "S-{}", "name": "Orang tua asuh {}"}),
        (Pledge, {"code": "J-{}", "sponsor_id": "sponsor"}),
        (CycleChild, {"child_id": "child", "household_id": "household"}),
        (Assignment, {"child_id": "child", "pledge_id": "pledge"}),
        (Package, {"code": "P-{}", "child_id": "child", "household_id": "household",
                   "assignment_id": "assignment"}),
    ):  # fmt: skip
        ids[table.__name__.lower()] = _copied(session, table, named, numbers, ids)
    _drive(session, ids["package"], ids["household"])


def _drive(session: Session, packages: list[int], homes: list[int]) -> None:
    """Put packages on routes of thirty stops; every second left over the last two weeks."""
    first = session.exec(select(Route).order_by(col(Route.id))).one()
    of_route = first.model_dump(exclude={"id", "uid"})
    of_stop = session.exec(select(Stop)).all()[0].model_dump(exclude={"id", "uid"})
    routes: list[dict[str, Any]] = []
    stops: list[dict[str, Any]] = []
    for row, at in enumerate(range(0, len(packages), PER_ROUTE)):
        left, days = bool(row % 2), timedelta(days=row % 14 + 1)
        number = 1000 + row
        routes.append(of_route | {
            "id": number, "uid": f"r{number:031d}", "code": f"R-2612-{number}",
            "day": first.day - days if left else first.day + days,
            "state": RouteState.DISPATCHED if left else RouteState.CONFIRMED,
            "dispatched_at": NOW - days if left else None,
        })  # fmt: skip
        stops += [
            of_stop | {
                "id": 100_000 + package, "uid": f"s{package:031d}", "route_id": number,
                "sequence": place, "household_id": home,
                "state": StopState.EN_ROUTE if left else StopState.PLANNED,
                "loaded_package_ids": [package] if left else None,
            }
            for place, (package, home) in enumerate(
                zip(packages[at : at + PER_ROUTE], homes[at : at + PER_ROUTE], strict=True), 1
            )
        ]  # fmt: skip
    for table, rows in ((Route, routes), (Stop, stops)):
        for at in range(0, len(rows), 1000):
            session.execute(insert(table), rows[at : at + 1000])
    on = [
        {
            "id": stop["id"] - 100_000,
            "stop_id": stop["id"],
            "state": PackageState.LOADED if stop["loaded_package_ids"] else PackageState.PACKED,
        }
        for stop in stops
    ]
    session.execute(update(Package), on)


def _copied(
    session: Session,
    table: type[SQLModel],
    named: dict[str, str],
    numbers: range,
    ids: dict[str, list[int]],
) -> list[int]:
    key = table.__table__.c.id  # type: ignore[attr-defined]
    first = session.exec(select(table).order_by(key)).first()
    assert first is not None
    base = first.model_dump(exclude={"id"})
    start = (session.exec(select(func.max(key))).one() or 0) + 1
    rows: list[dict[str, Any]] = []
    for at, number in enumerate(numbers):
        row = base | {"id": start + at}
        for name, what in named.items():
            row[name] = ids[what][at] if what in ids else what.format(number)
        if "uid" in row:
            row["uid"] = f"{table.__name__[:4].lower()}{number:028d}"
        rows.append(row)
    for at in range(0, len(rows), 1000):
        session.execute(insert(table), rows[at : at + 1000])
    return [row["id"] for row in rows]


def on_a_phone(
    found: Browser, address: str, path: str, token: str | None, repeats: int
) -> dict[str, float]:
    """Open a page as a slow phone does; the middle of each figure."""
    seen: list[dict[str, float]] = []
    for _ in range(repeats):
        context = found.new_context(viewport={"width": 360, "height": 640}, base_url=address)
        if token:
            context.add_cookies([{"name": "asuh", "value": token, "url": address}])
        page = context.new_page()
        page.add_init_script(WATCH)
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        speed = {"downloadThroughput": BITS_PER_SECOND / 8, "uploadThroughput": BITS_PER_SECOND / 8}
        wire.send(
            "Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed}
        )
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))  # noqa: B023
        page.goto(path, timeout=120_000)
        page.wait_for_timeout(1500)
        seen.append(page.evaluate(SEEN) | {"bytes": sum(sizes), "files": len(sizes)})
        context.close()
    return {name: statistics.median(each[name] for each in seen) for name in seen[0]}


def warm(app: FastAPI, path: str, token: str | None) -> None:
    """Let the server load what a page needs: nobody but the first visitor of a day waits for it."""
    client = browser(app)
    if token:
        client.cookies.set("asuh", token)
    client.get(path)


def list_times(app: FastAPI, engine: Engine, people: dict[Role, Account]) -> list[float]:
    """Processor seconds of the server for each long list."""
    found = []
    for role, path in LISTS:
        client = browser(app)
        client.cookies.set("asuh", token_of(engine, people[role]))
        taken = []
        for _ in range(6):
            started = time.process_time()
            answer = client.get(path)
            taken.append(time.process_time() - started)
            assert answer.status_code == 200, (path, answer.status_code)
        found.append(statistics.median(taken[1:]))
    return found


def token_of(engine: Engine, who: Account) -> str:
    with write_session(engine) as session:
        return start_sign_in(session, account=session.get_one(Account, who.id), now=NOW)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with made() as (app, engine, people, child):
        with serving(app) as address, chromium() as found:
            on_a_phone(found, address, "/masuk", None, 1)  # the browser's own start
            print(f"{'page':34}{'paint s':>9}{'load s':>9}{'CLS':>8}{'KB':>7}{'files':>7}")
            for role, path in PAGES:
                token = token_of(engine, people[role]) if role else None
                place = path.format(child=child)
                warm(app, place, token)
                each = on_a_phone(found, address, place, token, options.repeats)
                print(
                    f"{place:34}{each['paint'] / 1000:9.2f}{each['load'] / 1000:9.2f}"
                    f"{each['jumped']:8.3f}{each['bytes'] / 1000:7.1f}{each['files']:7.0f}",
                    flush=True,
                )
        few = list_times(app, engine, people)
        with write_session(engine) as session:
            grow(session, options.children)
        many = list_times(app, engine, people)
        print(f"\n{'list, CPU ms':50}{FEW:>9,}{options.children:>9,}{'ratio':>8}")
        for (_, path), one, other in zip(LISTS, few, many, strict=True):
            print(f"{path:50}{one * 1000:9.0f}{other * 1000:9.0f}{other / one:8.1f}")


if __name__ == "__main__":
    main()
