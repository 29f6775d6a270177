"""Two coordinators at once: nothing is reserved twice, nobody gets two packages."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.services import package_goods, packing
from api.services.stock_moves import book_move
from data.engine import read_session, write_session
from data.schema import Account, Cycle, Package, PackageState, Role, StockItem
from tests.factories import NOW, make_account, make_approved_cycle, make_depot
from tests.factories_goods import KIT, kits_in_stock, make_packed_cycle, packages_of

S = PackageState


def at_once(*works: Callable[[], None]) -> None:
    """Do several works in threads that begin together."""
    barrier = Barrier(len(works))

    def begin(work: Callable[[], None]) -> None:
        barrier.wait(timeout=60)
        work()

    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(begin, work) for work in works]:
            done.result(timeout=120)


def packs(engine: Engine, cycle: Cycle, by: Account) -> Callable[[], None]:
    def work() -> None:
        with write_session(engine) as session:
            packing.pack_cycle(session, cycle=session.get_one(Cycle, cycle.id), by=by, now=NOW)

    return work


def test_the_last_goods_go_to_one_of_two_months_and_the_other_is_short(engine: Engine) -> None:
    with write_session(engine) as session:
        by = make_account(session, Role.COORDINATOR)
        months = [make_approved_cycle(session, month=month)[0] for month in ("2026-11", "2026-12")]
        kits_in_stock(session, make_depot(session), by, 3)

    at_once(*(packs(engine, month, by) for month in months))

    with read_session(engine) as session:
        reserved = [
            sum(package.state == S.RESERVED for package in session.exec(
                select(Package).where(Package.cycle_id == month.id)
            ))
            for month in months
        ]  # fmt: skip
        assert sorted(reserved) == [0, 3]
        for row in session.exec(select(StockItem)):
            assert (row.on_hand, row.reserved) == (3 * KIT[row.item_code], 3 * KIT[row.item_code])


def test_one_month_packed_twice_at_once_has_each_package_once(engine: Engine) -> None:
    with write_session(engine) as session:
        by = make_account(session, Role.COORDINATOR)
        cycle, _ = make_approved_cycle(session)
        kits_in_stock(session, make_depot(session), by, 6)

    at_once(packs(engine, cycle, by), packs(engine, cycle, by))

    with read_session(engine) as session:
        rows = session.exec(select(Package)).all()
        assert len({package.child_id for package in rows}) == len(rows) == 3
        for row in session.exec(select(StockItem)):
            assert row.reserved == 3 * KIT[row.item_code]


@pytest.mark.stores("postgresql")
def test_boxes_put_back_at_once_wait_for_each_other_whatever_they_hold_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_session(engine) as session:
        cycle, _, by, _ = make_packed_cycle(session, num_children=2)
        ids = [package.id for package in packages_of(session, cycle)]
        before = {row.item_code: row.on_hand for row in session.exec(select(StockItem))}
    book = book_move

    def slowly(*given: Any, **named: Any) -> Any:
        sleep(0.2)  # until the other has its first row
        return book(*given, **named)

    monkeypatch.setattr(package_goods, "book_move", slowly)

    def puts_back(package_id: int | None, *codes: str) -> Callable[[], None]:
        def work() -> None:
            with write_session(engine) as session:
                package = session.get_one(Package, package_id)
                package_goods.return_packed(
                    session, package=package, quantities=dict.fromkeys(codes, 1), by=by, now=NOW
                )

        return work

    at_once(puts_back(ids[0], "telur", "beras"), puts_back(ids[1], "beras", "telur"))
    with read_session(engine) as session:
        after = {row.item_code: row.on_hand for row in session.exec(select(StockItem))}
    assert {code: after[code] - before[code] for code in ("telur", "beras")} == {
        "telur": 2,
        "beras": 2,
    }
