"""A made-up city to look at: one month matched, packed and planned, the next ready by hand.

Everything comes through the same doors as real work: files in the real formats are generated,
imported and matched by the use cases. Nobody in it exists.
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlmodel import col, select

from api.services import cycles
from api.services.accounts import create_account, find_account
from api.services.capacity import runs_in
from api.services.clock import local_date
from api.services.default_places import ensure_depot, ensure_drop_points
from api.services.months import later_month, month_of
from api.services.road_map import install_map
from api.services.whole_month import MonthOptions, People, WholeMonth, recognised
from data.engine import read_session, write_session
from data.queries.routes import ROUTE_NUMBER
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    DropPoint,
    Household,
    Pledge,
    Role,
    Route,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.services.whole_month import InputFile
    from data.sealing import KeyRing

SEED = 7
NUM_CHILDREN = 240
NUM_SPONSORS = 150
FARTHEST_DEG = 0.15
"""Homes farther from the depot have wrong coordinates on purpose; no street leads there."""


@dataclass(frozen=True)
class DemoAccount:
    """One account of the demonstration, as it is printed at start.

    ``place``: what kind of place it is bound to, the one with the most families; empty: none.
    """

    role: Role
    username: str
    full_name: str
    place: Literal["", "kelurahan", "posyandu"] = ""


ACCOUNTS = (
    DemoAccount(Role.STAFF, "petugas", "Petugas Contoh"),
    DemoAccount(Role.APPROVER, "pejabat", "Pejabat Contoh"),
    DemoAccount(Role.COORDINATOR, "koordinator", "Koordinator Contoh"),
    DemoAccount(Role.COURIER, "kurir", "Kurir Contoh"),
    DemoAccount(Role.DONOR, "donatur", "Donatur Contoh"),
    DemoAccount(Role.AUDITOR, "auditor", "Auditor Contoh"),
    DemoAccount(Role.ADMIN, "admin", "Admin Contoh"),
    DemoAccount(Role.STAFF, "kelurahan", "Petugas Kelurahan Contoh", "kelurahan"),
    DemoAccount(Role.KADER, "kader", "Kader Contoh", "posyandu"),
)


def has_demo(engine: Engine) -> bool:
    """Whether the demonstration was completed in this database, by this version or one before."""
    names = [each.username for each in ACCOUNTS if not each.place]
    with read_session(engine) as session:
        known = session.exec(select(Account.username).where(col(Account.username).in_(names))).all()
        return len(known) == len(names)


def add_bound_accounts(engine: Engine, *, password: str, now: datetime, profile: str) -> None:
    """Make the accounts that are bound to a place where a demonstration has none of them yet."""
    with write_session(engine) as session:
        places = _places_with_most_families(session)
        for each in ACCOUNTS:
            if each.place and find_account(session, username=each.username) is None:
                create_account(
                    session,
                    username=each.username,
                    full_name=each.full_name,
                    role=each.role,
                    by="asuh-demo",
                    now=now,
                    password=password,
                    profile=profile,
                    **places[each.place],
                )


def build_demo(
    engine: Engine,
    *,
    keys: KeyRing,
    clock: Callable[[], datetime],
    progress: Callable[[float, str], None],
    profile: str = "production",
) -> str:
    """Fill an empty database; return the password of every demonstration account.

    The accounts come last: a demonstration that was interrupted is not taken for a whole one.
    """
    month = month_of(local_date(clock()))
    whole = WholeMonth(
        engine,
        month=month,
        people=_people(engine, clock()),
        keys=keys,
        clock=clock,
        options=MonthOptions(seed=SEED),
        progress=progress,
    )
    whole.take_in(_files(month, counted_on=local_date(clock())))
    whole.compare()
    if whole.match(require_consent=True):
        whole.approve(as_proposal=False)
        whole.pack()
        _draw_streets(engine, whole.people.coordinator, clock())
        whole.plan()
    with write_session(engine) as session:
        cycles.open_cycle(session, month=later_month(month, 1), by=whole.people.staff, now=clock())
    return _open_doors(engine, clock(), profile, month=later_month(month, 1))


def _draw_streets(engine: Engine, by: Account, now: datetime) -> None:
    """Put a made-up street map under the homes, so that sheets have directions."""
    from api.services.demo_roads import made_up_streets

    with write_session(engine) as session:
        depot = ensure_depot(session)
        rows: list[Household | DropPoint] = [*session.exec(select(Household)).all()]
        rows += ensure_drop_points(session)
        homes = [(row.lat, row.lon) for row in rows if row.lat is not None and row.lon is not None]
        near = [
            (lat, lon)
            for lat, lon in homes
            if abs(lat - depot.lat) < FARTHEST_DEG and abs(lon - depot.lon) < FARTHEST_DEG
        ]
        network = made_up_streets(
            [(depot.lat, depot.lon), *near], seed=SEED, as_of=local_date(now).isoformat()
        )
        install_map(session, network=network, name="Peta contoh", by=by, now=now)


def _people(engine: Engine, now: datetime) -> People:
    from api.services.whole_month import people_of_a_run

    with write_session(engine) as session:
        return people_of_a_run(session, now=now)


def _files(month: str, *, counted_on: date) -> Sequence[InputFile]:
    from data.sample.month import write_sample

    with tempfile.TemporaryDirectory(prefix="asuh-demo-") as folder:
        write_sample(
            Path(folder),
            children=NUM_CHILDREN,
            sponsors=NUM_SPONSORS,
            seed=SEED,
            dirty=True,
            month=month,
            counted_on=counted_on,
        )
        return [
            recognised(path.name, path.read_bytes())
            for path in sorted(Path(folder).iterdir())
            if path.suffix in {".xls", ".xlsx", ".csv"}
        ]


def _open_doors(engine: Engine, now: datetime, profile: str, *, month: str) -> str:
    """Make the accounts; the donor is one whose pledge still runs in the month made ready."""
    password = f"asuh-{secrets.token_hex(4)}"
    with write_session(engine) as session:
        sponsor_id = _sponsor_with_most_children(session, month)
        for each in (each for each in ACCOUNTS if not each.place):
            account = create_account(
                session,
                username=each.username,
                full_name=each.full_name,
                role=each.role,
                by="asuh-demo",
                now=now,
                password=password,
                profile=profile,
                sponsor_id=sponsor_id if each.role is Role.DONOR else None,
            )
            if each.role is Role.COURIER:
                give_vehicle(session, courier=account)
    add_bound_accounts(engine, password=password, now=now, profile=profile)
    return password


def give_vehicle(session: Session, *, courier: Account) -> Vehicle | None:
    """Give the courier one vehicle, the one that leaves first; other drivers keep theirs."""
    first = select(Vehicle).join(Route, col(Route.vehicle_id) == Vehicle.id, isouter=True)
    vehicle = session.exec(
        first.order_by(col(Route.day).is_(None), col(Route.day), *ROUTE_NUMBER, col(Vehicle.name))
    ).first()
    if vehicle is not None:
        vehicle.courier_account_id, vehicle.courier_name = courier.id, courier.full_name
        session.add(vehicle)
    return vehicle


def _places_with_most_families(session: Session) -> dict[str, dict[str, Any]]:
    """Return kind of place → the fields that bind an account to the largest one."""
    rows = session.exec(select(Household.kelurahan_code, Household.posyandu)).all()
    known = Counter((ward, name) for ward, name in rows if ward and name)
    ward, name = max(known, key=lambda each: (known[each], each))
    return {
        "kelurahan": {"area_code": ward},
        "posyandu": {"area_code": ward, "posyandu": [name]},
    }


def _sponsor_with_most_children(session: Session, month: str) -> int | None:
    """Return the sponsor of the most children, among those who go on in a month if there are."""
    pledges = session.exec(
        select(Pledge)
        .join(Assignment, col(Assignment.pledge_id) == col(Pledge.id))
        .where(Assignment.state == AssignmentState.APPROVED)
    ).all()
    going_on = [pledge for pledge in pledges if runs_in(pledge, month)]
    counts = Counter(pledge.sponsor_id for pledge in going_on or pledges)
    return max(counts, key=lambda each: (counts[each], -each), default=None)
