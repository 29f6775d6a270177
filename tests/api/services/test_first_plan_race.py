"""A limit or a drop point saved while a month is planned for the first time reaches its routes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import drop_points, goods_limit_setting, intake, planning, routes
from api.services.planning import DeliveryMode
from data.engine import read_session, write_session
from data.schema import Account, Cycle, DropPoint, PackageLine, Route, RouteState
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_account, make_drop_point, make_vehicle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("postgresql")


def save_limit(session: Session, by: Account) -> None:
    for code in sorted(set(session.exec(select(PackageLine.item_code)).all())):
        goods_limit_setting.save_limit(
            session, code=code, changes={"max_days_before_delivery": 0}, by=by, now=NOW
        )


def save_point(session: Session, by: Account) -> None:
    point = session.exec(select(DropPoint)).one()
    changes = {"opens": "13:00", "closes": "14:00"}
    drop_points.save_drop_point(session, point=point, changes=changes, by=by, now=NOW)


def store_file(session: Session, by: Account) -> None:
    point = session.exec(select(DropPoint)).one()
    head = "Jenis,Nama,Kelurahan,Jam Buka,Jam Tutup"
    content = f"{head}\nposyandu,{point.name},Bukit Sari,13:00,14:00\n"
    intake.import_file(
        session, file_name="tempat.csv", content=content.encode(), kind="places",
        by=make_account(session), now=NOW, keys=KEYS,
    )  # fmt: skip


@pytest.mark.parametrize("save", [save_limit, save_point, store_file])
def test_what_is_saved_while_a_month_is_planned_asks_its_routes_anew(
    engine: Engine, save: Callable[[Session, Account], None]
) -> None:
    with write_session(engine) as session:
        cycle, by, _ = packed_month(session, 2)
        make_vehicle(session)
        make_drop_point(session)

    def saved() -> None:
        with write_session(engine) as session:
            save(session, session.get_one(Account, by.id))

    with ThreadPoolExecutor(1) as thread:
        with write_session(engine) as session:
            month, planner = session.get_one(Cycle, cycle.id), session.get_one(Account, by.id)
            options = replace(QUICK, mode=DeliveryMode.DROP_POINTS)
            planning.plan_routes(session, cycle=month, by=planner, now=NOW, options=options)
            routes.confirm_all(session, cycle=month, by=planner, now=NOW)
            waiting = thread.submit(saved)
            sleep(1)
        waiting.result(timeout=60)
    with read_session(engine) as session:
        states = set(session.exec(select(Route.state)).all())
    assert states == {RouteState.STALE}
