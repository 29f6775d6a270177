"""Couriers record while the office solves: no solve holds the store."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.cli import main
from api.services import clock, cycles, fulfilment, jobs, planning, routing_problem
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    CycleState,
    DeliveryEvent,
    Job,
    JobState,
    MatchRun,
    Package,
    PackageState,
    Pledge,
    Role,
    Route,
    StopState,
)
from data.sealing import dump_keys
from tests.factories import NOW, make_account, make_child, make_cycle, make_pledge
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
ON_ITS_WAY, TO_MATCH = "2026-12", "2027-01"


class Month:
    """A month under delivery with one package that no route carries; the next one is locked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with write_session(engine) as session:
            _, _, stops, coordinator, self.courier = make_dispatched_cycle(session, num_children=2)
            waiting = package_at(session, stops[1])
            stops[1].state = StopState.CANCELLED
            waiting.stop_id, waiting.state = None, PackageState.PACKED
            self.package = package_at(session, stops[0])
            staff = make_account(session)
            make_child(session)
            make_pledge(session)
            cycle = make_cycle(session, TO_MATCH)
            cycles.lock_cycle(session, cycle=cycle, by=staff, now=NOW)
        self.names = {Role.COORDINATOR: coordinator.username, Role.STAFF: staff.username}
        self.people = {Role.COORDINATOR: coordinator, Role.STAFF: staff}

    def record(self) -> None:
        """A courier hands a package over."""
        with write_session(self.engine) as session:
            fulfilment.record_delivery(
                session, report=report(self.package, "during"), by=self.courier, now=NOW
            )

    def recorded(self) -> int:
        with read_session(self.engine) as session:
            return len(session.exec(select(DeliveryEvent)).all())


@pytest.fixture
def month(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Month:
    monkeypatch.setattr("data.engine.BUSY_TIMEOUT_MS", 200)
    monkeypatch.setenv("ASUH_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ASUH_KEYS", dump_keys(KEYS))
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    return Month(engine)


@pytest.fixture
def during_solves(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen while a solver thinks, once."""

    def arrange(happening: Callable[[], None]) -> None:
        left = [happening]
        for name in ("logistics.solve.solve", "matcher.solve.solve"):
            module, _, function = name.rpartition(".")
            real = getattr(__import__(module, fromlist=[function]), function)

            def solve(*given: Any, _real: Any = real, **options: Any) -> Any:
                if left:
                    left.pop()()
                return _real(*given, **options)

            monkeypatch.setattr(name, solve)

    return arrange


def console(month: Month, step: str, name: str, role: Role) -> Any:
    result = CliRunner().invoke(
        main, ["cycle", step, name, "--as", month.names[role], "--seconds", "0.3", "--json"]
    )
    return json.loads(result.stdout)


PLAN = {"seconds": 0.3, "days": ["2026-12-01"], "goals": {"compact": 1}}
WORKS: dict[str, Callable[[Month, Callable[[Account], TestClient]], Any]] = {
    "asuh cycle match": lambda month, _: console(month, "match", TO_MATCH, Role.STAFF),
    "asuh cycle plan": lambda month, _: console(month, "plan", ON_ITS_WAY, Role.COORDINATOR),
    "propose": lambda month, client_for: (
        client_for(month.people[Role.STAFF])
        .post(f"/api/v1/cycles/{TO_MATCH}/propose", json={})
        .json()
    ),
    "plan": lambda month, client_for: (
        client_for(month.people[Role.COORDINATOR])
        .post(f"/api/v1/cycles/{ON_ITS_WAY}/plan", json=PLAN)
        .json()
    ),
    "prices": lambda month, client_for: (
        client_for(month.people[Role.COORDINATOR])
        .post(f"/api/v1/cycles/{ON_ITS_WAY}/plan/prices", json=PLAN)
        .json()
    ),
}


@pytest.mark.parametrize("kind", ["plan", "goals"])
def test_a_delivery_is_recorded_while_a_job_reads_the_routing_problem(
    kind: str, month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[int] = []
    real = routing_problem.read_problem

    def read(*given: Any, **options: Any) -> Any:
        if not recorded:
            month.record()
            recorded.append(month.recorded())
        return real(*given, **options)

    monkeypatch.setattr(planning, "read_problem", read)
    planner = month.people[Role.COORDINATOR]
    payload: dict[str, Any] = {
        "month": ON_ITS_WAY, "mode": "homes", "seed": 1, "seconds": None, "iterations": 5,
        "goals": {}, "days": ["2026-12-01"],
    }  # fmt: skip
    with write_session(month.engine) as session:
        jobs.enqueue(session, kind=kind, payload=payload, by=planner, now=NOW)
    jobs.run_pending(month.engine, keys=KEYS, clock=lambda: NOW)
    assert recorded == [1]
    with read_session(month.engine) as session:
        assert session.exec(select(Job.state)).all() == [JobState.DONE]


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_a_delivery_is_recorded_while_the_office_solves(
    work: Callable[[Month, Any], Any],
    month: Month,
    client_for: Callable[[Role | Account], TestClient],
    during_solves: Callable[[Callable[[], None]], None],
) -> None:
    failures: list[Exception] = []

    def record() -> None:
        try:
            month.record()
        except Exception as error:  # noqa: BLE001 - a busy store must not pass for a refusal
            failures.append(error)

    during_solves(record)
    answer = work(month, client_for)
    assert failures == []
    assert month.recorded() == 1
    assert "refused" not in answer
    assert "code" not in answer


def test_what_moved_under_a_plan_is_refused_and_nothing_is_stored(
    month: Month, during_solves: Callable[[Callable[[], None]], None]
) -> None:
    def move() -> None:
        with write_session(month.engine) as session:
            package = session.exec(
                select(Package).where(Package.state == PackageState.PACKED)
            ).one()
            package.weight_g += 500

    during_solves(move)
    answer = console(month, "plan", ON_ITS_WAY, Role.COORDINATOR)
    assert answer["refused"] == "plan.inputs_moved"
    with read_session(month.engine) as session:
        assert len(session.exec(select(Route)).all()) == 1


def test_what_moved_under_a_matching_is_refused_and_nothing_is_stored(
    month: Month, during_solves: Callable[[Callable[[], None]], None]
) -> None:
    def unlock() -> None:
        with write_session(month.engine) as session:
            cycle = session.exec(select(Cycle).where(Cycle.month == TO_MATCH)).one()
            staff = session.get_one(Account, month.people[Role.STAFF].id)
            cycles.unlock_cycle(session, cycle=cycle, by=staff, now=NOW, reason="data salah")
            for pledge in session.exec(select(Pledge)):
                pledge.num_children = 5
            session.flush()
            cycles.lock_cycle(session, cycle=cycle, by=staff, now=NOW)

    during_solves(unlock)
    answer = console(month, "match", TO_MATCH, Role.STAFF)
    assert answer["refused"] == "matching.inputs_moved"
    with read_session(month.engine) as session:
        assert session.exec(select(MatchRun).order_by(col(MatchRun.id))).all()[1:] == []
        cycle = session.exec(select(Cycle).where(Cycle.month == TO_MATCH)).one()
        assert cycle.state == CycleState.LOCKED


def test_the_wrong_role_is_refused_before_anything_is_solved(
    month: Month, during_solves: Callable[[Callable[[], None]], None]
) -> None:
    solved: list[bool] = []
    during_solves(lambda: solved.append(True))
    assert console(month, "match", TO_MATCH, Role.COORDINATOR)["refused"] == "move.role"
    assert console(month, "plan", ON_ITS_WAY, Role.STAFF)["refused"] == "plan.role"
    assert solved == []
