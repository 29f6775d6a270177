"""Scenario 18 through the API: nobody home; a case, and every way on from it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.services.package_cancelling import empty_box
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Child,
    ConsentPurpose,
    DropPoint,
    DropPointKind,
    Package,
    PackageState,
    Role,
    StockMove,
    Stop,
)
from tests.api.services.test_fulfilment import JPEG
from tests.api.services.test_reports import sponsor_of
from tests.factories import NOW, make_account, make_consent, make_drop_point
from tests.factories_routes import make_dispatched_cycle, package_at

pytestmark = pytest.mark.stores("sqlite")

Browsers = Callable[[Role | Account], TestClient]
BASE = "/api/v1/cycles/2026-12"
SEVENTH = 6


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


class Gate:
    """A route of eight stops; nobody is at home at the seventh."""

    def __init__(self, app: FastAPI, client_for: Browsers, engine: Engine) -> None:
        self.app, self.client_for, self.engine, self.now = app, client_for, engine, NOW
        with write_session(engine) as session:
            _, _, stops, self.coordinator, self.courier = make_dispatched_cycle(
                session, num_children=8
            )
            package = package_at(session, stops[SEVENTH])
            self.code, self.stop_id = package.code, stops[SEVENTH].id
            self.others = [
                package_at(session, stop).code for stop in stops if stop.id != self.stop_id
            ]
            child = session.get_one(Child, package.child_id)
            make_consent(session, child, ConsentPurpose.DISPLAY)
            sponsor = sponsor_of(session, package.child_id)
            self.donor = make_account(session, Role.DONOR, sponsor_id=sponsor.id)

    def as_(self, who: Account) -> TestClient:
        return self.client_for(who)

    def nobody_home(self, attempt: int = 1) -> dict[str, Any]:
        """The courier notes the gate with a picture; the coordinator's queue has the case."""
        phone, uid = self.as_(self.courier), f"gerbang-{attempt}"
        event = {
            "event_uid": uid,
            "package_code": self.code,
            "outcome": "failed",
            "reason": "nobody_home",
            "happened_at": self.now.isoformat(),
        }
        [answer] = done(phone.post("/api/v1/deliveries", json={"events": [event]}))["answers"]
        assert answer["state"] == "stored"
        photo = phone.put(
            f"/api/v1/deliveries/{uid}/photos/{uid}-foto",
            params={"taken_at": self.now.isoformat()},
            content=JPEG,
            headers={"Content-Type": "image/jpeg"},
        )
        assert done(photo)["is_new"]
        cases = done(self.as_(self.coordinator).get(f"{BASE}/exceptions"))
        [case] = [each for each in cases if each["package_code"] == self.code]
        assert (case["reason"], case["attempts"]) == ("nobody_home", attempt)
        found: dict[str, Any] = case
        return found

    def act(self, case: dict[str, Any], action: str, **more: Any) -> Any:
        return self.as_(self.coordinator).post(
            f"/api/v1/exceptions/{case['id']}/act",
            json={"action": action, "base_version": case["version"], **more},
        )

    def donor_sees(self) -> str:
        answer = self.as_(self.donor).get("/api/v1/my/donations")
        for word in ("nobody_home", "tidak di rumah", "exception"):
            assert word not in answer.text
        [child] = done(answer)["children"]
        return str(child["months"][-1]["status"])

    def package(self, session: Session) -> Package:
        return session.exec(select(Package).where(Package.code == self.code)).one()


@pytest.fixture
def gate(app: FastAPI, client_for: Browsers, engine: Engine) -> Gate:
    return Gate(app, client_for, engine)


def test_redelivered_tomorrow_is_a_stop_that_points_back(gate: Gate, engine: Engine) -> None:
    case = gate.nobody_home()
    assert gate.donor_sees() == "on_the_way"
    assert gate.act(case, "redeliver").status_code == 409, "a day is wanted"
    tomorrow = NOW.date() + timedelta(days=1)
    done(gate.act(case, "redeliver", day=tomorrow.isoformat()))
    with read_session(engine) as session:
        package = gate.package(session)
        fresh, old = session.get_one(Stop, package.stop_id), session.get_one(Stop, gate.stop_id)
    assert (fresh.reschedules_id, fresh.wanted_on, fresh.route_id) == (old.id, tomorrow, None)
    assert (old.state.value, package.state.value) == ("rescheduled", "packed")
    assert gate.donor_sees() == "on_the_way"


def test_a_pick_up_waits_at_the_kelurahan_office(gate: Gate, engine: Engine) -> None:
    with write_session(engine) as session:
        kelurahan = session.get_one(Stop, gate.stop_id).kelurahan_code
        office = make_drop_point(
            session, kind=DropPointKind.KELURAHAN_OFFICE, kelurahan_code=kelurahan
        )
    case = gate.nobody_home()
    tomorrow = NOW.date() + timedelta(days=1)
    done(gate.act(case, "pick_up", day=tomorrow.isoformat()))
    with read_session(engine) as session:
        fresh = session.get_one(Stop, gate.package(session).stop_id)
        assert (fresh.drop_point_id, fresh.lat) == (office.id, office.lat)
        assert session.get_one(DropPoint, fresh.drop_point_id).kelurahan_code == kelurahan
    assert gate.donor_sees() == "on_the_way"


def test_eggs_are_reassigned_today_and_stock_moves(gate: Gate, engine: Engine) -> None:
    """They go to a package that waits for next month, which then stands packed."""
    with write_session(engine) as session:
        other = session.exec(select(Package).where(Package.code == gate.others[0])).one()
        session.get_one(Stop, other.stop_id).state = session.get_one(Stop, gate.stop_id).state
        empty_box(session, package=other, by=gate.coordinator, now=NOW, reason="short")
        other.state, other.stop_id = PackageState.CARRIED, None
        before = session.exec(select(StockMove).order_by(col(StockMove.id))).all()
    case = gate.nobody_home()
    assert gate.act(case, "reassign", to_package=gate.others[1]).status_code == 409
    done(gate.act(case, "reassign", to_package=gate.others[0]))
    with read_session(engine) as session:
        after = session.exec(select(StockMove).order_by(col(StockMove.id))).all()
        given = session.exec(select(Package).where(Package.code == gate.others[0])).one()
        eggs = [move for move in after[len(before) :] if move.item_code == "telur"]
        assert (gate.package(session).state.value, given.state.value) == ("reassigned", "packed")
    assert {"return", "pack"} <= {move.kind.value for move in eggs}
    assert sum(move.quantity for move in eggs if move.kind.value in ("return", "pack")) == 0


def drive_again(gate: Gate, day: date) -> None:
    """The coordinator plans, confirms and lets the second attempt leave on its day."""
    gate.now = datetime.combine(day, time(3), UTC)
    gate.app.state.clock = lambda: gate.now
    office = gate.as_(gate.coordinator)
    done(office.post(f"{BASE}/plan", json={"seconds": 0.3, "days": [day.isoformat()]}))
    for route in done(office.post(f"{BASE}/routes/confirm"))["confirmed"]:
        wanted = {"base_version": route["version"], "is_sure": True}
        done(office.post(f"/api/v1/routes/{route['code']}/dispatch", json=wanted))


def test_after_three_failures_the_data_are_checked_by_the_office(gate: Gate) -> None:
    for attempt in (1, 2):
        case = gate.nobody_home(attempt)
        assert gate.donor_sees() == "on_the_way"
        day = gate.now.date() + timedelta(days=1)
        done(gate.act(case, "redeliver", day=day.isoformat()))
        office = gate.as_(gate.coordinator)
        [row] = [
            each for each in done(office.get(f"{BASE}/exceptions")) if each["id"] == case["id"]
        ]
        done(
            office.post(
                f"/api/v1/exceptions/{case['id']}/close", json={"base_version": row["version"]}
            )
        )
        drive_again(gate, day)
    case = gate.nobody_home(3)
    assert "redeliver" not in case["actions"]
    assert "data_change" in case["actions"]
    day = gate.now.date() + timedelta(days=1)
    assert gate.act(case, "redeliver", day=day.isoformat()).status_code == 409
    done(gate.act(case, "data_change", text="tanya kader di mana rumahnya"))
    staff = gate.client_for(Role.STAFF)
    asked = staff.get("/pindah").text
    assert "tanya kader di mana rumahnya" in asked
    assert gate.donor_sees() == "on_the_way"
