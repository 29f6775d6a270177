"""``asuh cycle``: the steps of a month under the rules of the pages."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlmodel import col, select

from api.cli import main
from api.cli.cycle import signed_in_user
from api.services import clock, planning, routes
from api.services.console import note_step
from api.services.planning import PlanOptions
from data.engine import read_session, write_session
from data.schema import (
    AuditEntry,
    Cycle,
    CycleState,
    Package,
    PackageState,
    Role,
    Route,
    RouteState,
    Shortage,
)
from data.sealing import dump_keys
from tests.api.services.test_packing import short_of_eggs
from tests.factories import NOW, make_account, make_cycle, make_vehicle
from tests.factories_goods import make_packed_cycle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")


def cycle(step: str, username: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["cycle", step, "2026-12", "--as", username, *arguments])


@pytest.fixture(autouse=True)
def installation(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASUH_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    monkeypatch.setenv("ASUH_KEYS", dump_keys(KEYS))


def test_packing_short_goods_keeps_what_is_to_be_signed_and_names_it(engine: Engine) -> None:
    with write_session(engine) as session:
        _, by, _ = short_of_eggs(session)
        username = by.username
    result = cycle("pack", username)
    assert result.exit_code == 1
    assert "Telur ayam kurang 30" in result.stderr
    assert json.loads(cycle("pack", username, "--json").stdout)["refused"] == (
        "packing.shortage_unsigned"
    )
    with read_session(engine) as session:
        [short] = session.exec(select(Shortage)).all()
        assert (short.item_code, short.signed_by) == ("telur", None)
        states = {package.state for package in session.exec(select(Package))}
        assert states == {PackageState.PLANNED}
        assert session.exec(select(Cycle)).one().state == CycleState.APPROVED


def test_one_user_of_the_computer_does_not_propose_and_approve(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_session(engine) as session:
        month = make_cycle(session, state=CycleState.PROPOSED, proposed_by="lain")
        staff, approver = make_account(session), make_account(session, Role.APPROVER).username
        note_step(session, cycle=month, step="match", os_user="siti", by=staff, now=NOW)
        month.state = CycleState.IN_APPROVAL
    monkeypatch.setattr("api.cli.cycle.signed_in_user", lambda: "siti")
    refused = cycle("approve", approver, "--json")
    assert json.loads(refused.stdout)["refused"] == "console.one_os_user"
    monkeypatch.setattr("api.cli.cycle.signed_in_user", lambda: "budi")
    other = json.loads(cycle("approve", approver, "--json").stdout)
    assert other.get("refused") != "console.one_os_user"


def test_each_step_is_audited_with_channel_and_computer_user(engine: Engine) -> None:
    with write_session(engine) as session:
        _, _, by, _ = make_packed_cycle(session, num_children=1)
        username = by.username
    assert cycle("pack", username).exit_code == 0
    with read_session(engine) as session:
        [row] = session.exec(select(AuditEntry).where(AuditEntry.action == "cycle:console")).all()
        assert row.by == username
        assert row.after == {"channel": "cli", "step": "pack", "os_user": signed_in_user()}


def test_routes_of_days_to_come_leave_only_when_sure(engine: Engine) -> None:
    with write_session(engine) as session:
        month, _, by, _ = make_packed_cycle(session, num_children=2)
        make_vehicle(session, capacity_g=15_000)
        options = PlanOptions(seconds=None, iterations=20)
        planning.plan_routes(session, cycle=month, by=by, now=NOW, options=options)
        routes.confirm_all(session, cycle=month, by=by, now=NOW)
        first, second = session.exec(select(Route).order_by(col(Route.id))).all()
        second.day = first.day + timedelta(days=1)
        username, codes = by.username, (first.code, second.code)

    def left() -> list[str]:
        with read_session(engine) as session:
            rows = select(Route.code).where(Route.state == RouteState.DISPATCHED)
            return sorted(session.exec(rows))

    assert cycle("dispatch", username).exit_code == 0
    assert left() == [codes[0]]
    early = cycle("dispatch", username, "--json")
    assert (early.exit_code, json.loads(early.stdout)["refused"]) == (1, "dispatch.early")
    assert left() == [codes[0]]
    assert cycle("dispatch", username, "--sure").exit_code == 0
    assert left() == sorted(codes)
    again = cycle("dispatch", username, "--json")
    assert (again.exit_code, json.loads(again.stdout)["refused"]) == (1, "dispatch.nothing_waits")
