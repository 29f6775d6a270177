"""How quick monitoring answers at 10,000 children over 24 months, beside a bare ``count(*)`` page.

``python -m bench.monitoring [--children 10000] [--months 24] [--repeats 20] [--store sqlite]
[--keep DIR]``

A script of 20 children is lived through the real use cases (``tests/history.py``); every second
child is reviewed whenever that is due. Its rows are copied until there are ``--children`` of them
in all kelurahan and 118 posyandu, and every month's report is counted anew by the use case; with
``--keep`` such a history stays in a folder and is used again. Then each page is asked for by the
member of staff whose it is: the middle, the 95th percentile and the largest wall time, the
processor time of this process (the server of PostgreSQL has its own), statements sent, and the
ratio of the middles to a page that does nothing but ``SELECT count(*) FROM child``; kept in
``results/monitoring_STORE.csv``.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import statistics
import tempfile
import time
from pathlib import Path

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, event
from sqlmodel import func, select
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.serve import calm_the_collector
from api.services import cycles, report_versions
from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from bench.monitoring_history import LIVED_CHILDREN, history, somebody, store
from data.engine import read_session, write_session
from data.schema import Child, Role
from data.sealing import dump_keys
from tests.conftest import browser
from tests.history import Script, at
from tests.stores import KEYS

__all__ = ["main"]

PAUSE_S = 0.05
"""Between two requests, as between two clicks; without it Linux halts a process of real-time
priority for 50 ms in each second."""
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


def counting(engine: Engine, month: str) -> float:
    """Return the processor seconds of counting a month's report, as closing it does."""
    spent = []
    for _ in range(2):  # the first one loads what counts
        with write_session(engine) as session:
            cycle = cycles.find_cycle(session, month=month)
            by = somebody(session, Role.APPROVER)
            started = time.process_time()
            report_versions.keep_figures(session, cycle=cycle, by=by, now=at(40, 1))
            spent.append(time.process_time() - started)
    return spent[-1]


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
        time.sleep(PAUSE_S)
        started, begun = time.perf_counter(), time.process_time()
        client.get(path)
        wall.append((time.perf_counter() - started) * 1000)
        spent.append((time.process_time() - begun) * 1000)
    wall.sort()
    p95 = wall[math.ceil(0.95 * len(wall)) - 1]
    return statistics.median(wall), p95, wall[-1], statistics.median(spent), len(sent)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="folder of a history to be kept and used again")
    options = parser.parse_args()
    calm_the_collector()
    with (
        tempfile.TemporaryDirectory() as folder,
        store(options.store, options.keep or Path(folder)) as engine,
    ):
        months = history(
            engine,
            Script(num_months=options.months, num_children=LIVED_CHILDREN),
            children=options.children,
        )
        counting_s = counting(engine, months[-1])
        print(f"a month's report is counted in {counting_s:.2f} CPU s", flush=True)
        now = at(len(months) - 1, 28)
        settings = Settings(
            var_dir=Path(folder) / "var", keys=SecretStr(dump_keys(KEYS)),
            password_profile=PasswordProfile.CHEAP,
        )  # fmt: skip
        app = create_app(settings, engine=engine, clock=lambda: now)
        client = browser(app)
        with write_session(engine) as session:
            token = start_sign_in(session, account=somebody(session, Role.STAFF), now=now)
        client.cookies.set("__Host-asuh", token)
        base = timed(TestClient(bare(engine)), engine, "/", options.repeats)
        print(f"{options.store}, {options.children:,} children, {len(months)} months; ms")
        print(f"{'page':74}{'middle':>8}{'p95':>8}{'max':>8}{'CPU':>8}{'SQL':>5}{'ratio':>7}")
        print(f"{'SELECT count(*)':74}{base[0]:8.1f}{base[1]:8.1f}{base[2]:8.1f}{base[3]:8.1f}")
        rows: list[tuple[object, ...]] = [("SELECT count(*)", *_written(base), 1, 1.0)]
        for page in PAGES:
            path = page.format(first=months[0], last=months[-1])
            found = timed(client, engine, path, options.repeats)
            rows.append((path, *_written(found), found[4], round(found[0] / base[0], 1)))
            print(
                f"{path:74}{found[0]:8.0f}{found[1]:8.0f}{found[2]:8.0f}{found[3]:8.0f}"
                f"{found[4]:5.0f}{found[0] / base[0]:7.1f}",
                flush=True,
            )
        kept(options, rows, counting_s)


def _written(found: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(each, 1) for each in found[:4])


def kept(options: argparse.Namespace, rows: list[tuple[object, ...]], counting_s: float) -> None:
    """Write the table to the results."""
    target = Path(__file__).parent / "results" / f"monitoring_{options.store}.csv"
    with target.open("w", newline="") as file:
        file.write(
            f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.store}, "
            f"{options.children} children, {options.months} months, {options.repeats} repeats, "
            f"a month's report counted in {counting_s:.1f} CPU s\n"
        )
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ("page", "middle_ms", "p95_ms", "max_ms", "cpu_ms", "statements", "times_count")
        )
        writer.writerows(rows)


if __name__ == "__main__":
    main()
