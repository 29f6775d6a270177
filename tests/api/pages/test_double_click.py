"""A button pressed twice: one piece of work, and both presses lead to it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.services import jobs, stock
from data.engine import read_session, write_session
from data.schema import Account, Cycle, CycleState, Job, Package, Role
from tests.factories import NOW, make_account, make_approved_cycle, make_cycle, make_depot
from tests.factories_goods import KIT, kits_in_stock, make_packed_cycle

pytestmark = pytest.mark.stores("sqlite", "postgresql")

ClientFor = Callable[[Role], TestClient]
Make = Callable[[Session], object]
MONTH = "/bulan/2026-12"


def locked(session: Session) -> Cycle:
    return make_cycle(session, state=CycleState.LOCKED)


def ready_to_pack(session: Session) -> None:
    make_approved_cycle(session, num_children=3)
    kits_in_stock(session, make_depot(session), make_account(session, Role.COORDINATOR), 3)


def pressed_twice(client: TestClient, path: str, form: dict[str, str]) -> list[str]:
    """Where both presses lead, sent at the same moment."""
    with ThreadPoolExecutor(2) as presses:
        sent = [presses.submit(client.post, path, data=form) for _ in range(2)]
        answers = [each.result(timeout=60) for each in sent]
    assert [answer.status_code for answer in answers] == [303, 303]
    return [answer.headers["location"] for answer in answers]


@pytest.mark.parametrize(
    ("role", "make", "path", "form"),
    [
        (Role.STAFF, locked, "pasangkan", {"undian": "3"}),
        (Role.COORDINATOR, make_packed_cycle, "rute/susun", {"cara": "homes", "cermat": "quick"}),
    ],
)
def test_both_presses_lead_to_one_job(
    engine: Engine,
    client_for: ClientFor,
    role: Role,
    make: Make,
    path: str,
    form: dict[str, str],
) -> None:
    with write_session(engine) as session:
        make(session)
    first, second = pressed_twice(client_for(role), f"{MONTH}/{path}", form)
    assert first == second
    with read_session(engine) as session:
        [job] = session.exec(select(Job)).all()
    assert first.startswith(f"/pekerjaan/{job.id}?")


def test_packages_are_made_once(engine: Engine, client_for: ClientFor) -> None:
    with write_session(engine) as session:
        ready_to_pack(session)
    client = client_for(Role.COORDINATOR)
    first, second = pressed_twice(client, f"{MONTH}/paket/kemas", {})
    assert first == second == f"{MONTH}/paket"
    with read_session(engine) as session:
        assert len(session.exec(select(Package)).all()) == 3
        reserved = {row.item_code: row.reserved for row in stock.stock_list(session)}
        assert stock.check_stock(session) == []
    assert reserved == {code: 3 * units for code, units in KIT.items()}


def test_who_asks_while_another_is_asking_gets_that_ones_job(engine: Engine) -> None:
    with write_session(engine) as session:
        by = make_account(session)
    has_asked, found = Event(), list[int | None]()

    def ask(by: Account) -> None:
        has_asked.wait(timeout=30)
        with write_session(engine) as session:
            payload = {"month": "2026-12"}
            found.append(jobs.enqueue(session, kind="match", payload=payload, by=by, now=NOW).id)

    with ThreadPoolExecutor(1) as other:
        with write_session(engine) as session:
            payload = {"month": "2026-12"}
            first = jobs.enqueue(session, kind="match", payload=payload, by=by, now=NOW).id
            late = other.submit(ask, by)
            has_asked.set()
            with pytest.raises(TimeoutError):
                late.result(timeout=0.3)
        late.result(timeout=30)
    assert found == [first]
