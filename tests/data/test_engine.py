import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from data.engine import make_engine, read_session, write_session
from data.schema import StockItem
from data.schema.places import Depot

ROUNDS = 25
WRITER = """
import sys
from sqlalchemy import text
from data.engine import make_engine, write_session
engine = make_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with write_session(engine) as session:
        found = session.execute(text(
            "select on_hand from stockitem" + (" for update" if "postgres" in sys.argv[1] else "")
        )).scalar_one()
        session.execute(text("update stockitem set on_hand = :n"), {"n": found + 1})
"""


def add_stock(engine: Engine) -> None:
    with write_session(engine) as session:
        depot = Depot(name="Gudang", lat=-2.1, lon=106.1)
        session.add(depot)
        session.flush()
        assert depot.id is not None
        session.add(StockItem(depot_id=depot.id, item_code="telur"))


def on_hand(engine: Engine) -> int:
    with read_session(engine) as session:
        return session.exec(select(StockItem.on_hand)).one()


def test_a_write_session_commits_at_its_end(engine: Engine) -> None:
    add_stock(engine)
    assert on_hand(engine) == 0


def test_a_write_session_that_raises_leaves_nothing(engine: Engine) -> None:
    def fail() -> None:
        with write_session(engine) as session:
            session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with read_session(engine) as session:
        assert session.exec(select(Depot)).all() == []


def test_a_read_session_cannot_write(engine: Engine) -> None:
    with read_session(engine) as session:
        session.add(Depot(name="Gudang", lat=-2.1, lon=106.1))
        with pytest.raises(DBAPIError):
            session.flush()


def test_a_connection_that_read_may_write_afterwards(engine: Engine) -> None:
    for _ in range(3):
        with read_session(engine) as session:
            session.exec(select(Depot)).all()
    add_stock(engine)
    assert on_hand(engine) == 0


def test_a_read_session_sees_one_moment(engine: Engine) -> None:
    add_stock(engine)
    with read_session(engine) as reader:
        before = reader.execute(text("select on_hand from stockitem")).scalar_one()
        with write_session(engine) as writer:
            writer.execute(text("update stockitem set on_hand = 7"))
        assert reader.execute(text("select on_hand from stockitem")).scalar_one() == before
    assert on_hand(engine) == 7


def test_foreign_keys_hold(engine: Engine) -> None:
    def orphan() -> None:
        with write_session(engine) as session:
            session.add(StockItem(depot_id=999, item_code="telur"))

    with pytest.raises(DBAPIError):
        orphan()


def test_checks_hold(engine: Engine) -> None:
    add_stock(engine)

    def overdraw() -> None:
        with write_session(engine) as session:
            session.execute(text("update stockitem set on_hand = -1"))

    with pytest.raises(DBAPIError):
        overdraw()


@pytest.mark.slow
def test_no_update_is_lost_between_processes(engine: Engine) -> None:
    """Through SQLAlchemy's defaults more than half of these were lost on SQLite."""
    add_stock(engine)
    url = engine.url.render_as_string(hide_password=False)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, str(ROUNDS)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert on_hand(engine) == 3 * ROUNDS


def test_sqlite_writers_sync_every_commit(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'asuh.db'}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "journal_mode", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    full = 2
    assert pragmas == {
        "synchronous": full,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_a_bare_postgresql_address_gets_our_driver() -> None:
    engine = make_engine("postgresql://someone@localhost/asuh")
    assert engine.url.drivername == "postgresql+psycopg"
