"""Goals of a plan with their prices: counted as a job, shown before one decides."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import goal_menu, jobs, planning
from api.services.plan_goals import GoalLevels
from api.services.plan_options import DeliveryMode
from api.services.route_views import list_routes
from data.engine import read_session, write_session
from data.schema import Account, Cycle, Job, PlanRun, Role, Route
from tests.api.pages.reading import text_of
from tests.api.services.test_planning import QUICK, packed_month
from tests.conftest import NOW
from tests.factories import make_vehicle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
PAGE = "/bulan/2026-12/rute/tujuan"


@pytest.fixture
def coordinator(
    client_for: Callable[[Role], TestClient], engine: Engine, person: Callable[[Role], Account]
) -> TestClient:
    """At a packed month whose goals were priced with two goals together."""
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle, _, _ = packed_month(session)
        make_vehicle(session)
        make_vehicle(session)
        options = replace(QUICK, goals=GoalLevels(compact=2, even=1))
        goal_menu.start_menu(session, cycle=cycle, options=options, by=by, now=NOW)
    return client_for(Role.COORDINATOR)


def test_an_engine_that_does_not_weigh_goals_tells_no_price(
    coordinator: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goal_menu, "weighs_goals", lambda plan: False)
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    text = text_of(coordinator.get(PAGE))
    assert "Tujuan belum ditimbang" in text
    assert " menit, " not in text
    assert "Tanpa tujuan lain" in text


def test_pricing_begins_from_where_the_last_plan_brought_packages(
    client_for: Callable[[Role], TestClient], engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle, _, _ = packed_month(session)
        make_vehicle(session)
    ticked = re.compile(r'name="cara" value="(\w+)" checked')
    page = client_for(Role.COORDINATOR).get(PAGE).text
    assert ticked.findall(page) == ["homes"]
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        options = replace(QUICK, mode=DeliveryMode.CHOOSE)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    page = client_for(Role.COORDINATOR).get(PAGE).text
    assert ticked.findall(page) == ["choose"]


def test_every_level_of_a_goal_shows_what_it_costs(
    coordinator: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goal_menu, "weighs_goals", lambda plan: True)
    assert "Harganya belum dihitung" in text_of(coordinator.get(PAGE))
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    with read_session(engine) as session:
        [job] = session.exec(select(Job)).all()
        assert session.exec(select(Route)).all() == []
    result: dict[str, Any] = dict(job.result or {})
    assert [(row["goal"], row["level"]) for row in result["offers"]] == [
        (goal, level) for goal in ("compact", "even") for level in (1, 2, 3)
    ]
    assert all(row["cost_rp"] >= result["base"]["cost_rp"] for row in result["offers"])
    text = text_of(coordinator.get(PAGE))
    assert text.count(" menit, ") == 7
    assert "Pilihan terakhir bersama-sama" in text
    assert "belum ada rencana bulan sebelumnya" in text


def test_the_choice_starts_a_pricing_or_a_plan(coordinator: TestClient, engine: Engine) -> None:
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    chosen = {
        "cara": "homes",
        "compact": "3",
        "regular": "1",
        "cermat": "thorough",
        "cermat_harga": "quick",
    }
    led = coordinator.post(PAGE, data=chosen)
    assert led.headers["location"].endswith(f"?kembali={PAGE}")
    coordinator.post("/bulan/2026-12/rute/susun", data=chosen)
    with read_session(engine) as session:
        kinds = {job.kind: job for job in session.exec(select(Job).order_by("id"))}
    levels = {"compact": 3, "even": 0, "known": 0, "regular": 1}
    assert kinds["goals"].payload["goals"] == kinds["plan"].payload["goals"] == levels
    bounds = [kinds["goals"].payload[name] for name in ("seconds", "iterations", "effort")]
    assert bounds == [None, None, "quick"]
    assert kinds["plan"].payload["effort"] == "thorough"


def test_days_and_walk_are_chosen_and_what_is_wrong_is_said_at_its_field(
    coordinator: TestClient, engine: Engine
) -> None:
    page = coordinator.get("/bulan/2026-12/rute").text
    ticked = re.findall(r'name="hari_rute" value="([^"]+)" checked', page)
    offered = re.findall(r'name="hari_rute" value="([^"]+)"', page)
    assert (len(ticked), len(offered), ticked[0]) == (6, 31, offered[0])
    chosen = {"cara": "choose", "hari_rute": [offered[3], offered[1]], "jalan_kaki": "400",
              "menit_henti": "10", "menit_paket": "2,5"}  # fmt: skip
    for where in (PAGE, "/bulan/2026-12/rute/susun"):
        coordinator.post(where, data=chosen)
        for field, bad, said in (
            ("jalan_kaki", "jauh", "Tulis meter dengan bilangan bulat sampai 20"),
            ("hari_rute", ["2020-01-01"], "Pilih hari dari daftar"),
            ("menit_henti", "lama", "Tulis menit"),
            ("menit_paket", "99", "Tulis menit"),
        ):
            answer = coordinator.post(where, data=chosen | {field: bad})
            assert answer.status_code == 422
            assert re.search(f'id="{field}-error">{said}', answer.text)
            assert f'value="{bad}"' in answer.text or field == "hari_rute"
    with read_session(engine) as session:
        rows = list(session.exec(select(Job).order_by("id")))
    service = {"stop_s": 600, "package_s": 150}
    assert [job.payload["service"] for job in rows[1:]] == [service, service]
    asked = [(job.kind, job.payload["days"], job.payload["max_walk_m"]) for job in rows[1:]]
    days = [offered[1], offered[3]]
    assert asked == [("goals", days, 400), ("plan", days, 400)]
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    with read_session(engine) as session:
        assert {route.day.isoformat() for route in session.exec(select(Route))} <= set(days)
        run = session.exec(select(PlanRun)).one()
    assert (run.params["days"], run.params["max_walk_m"]) == (days, 400)
    page = coordinator.get("/bulan/2026-12/rute").text
    assert re.findall(r'name="hari_rute" value="([^"]+)" checked', page) == days
    assert re.findall(r'name="hari_rute" value="([^"]+)"', page) == offered
    assert [f'value="{each}"' in page for each in ("400", "10", "2,5")] == [True] * 3
    assert "Di tiap perhentian 10 menit, tambah 2,5 menit tiap paket" in text_of(
        coordinator.get("/bulan/2026-12/rute")
    )
    with read_session(engine) as session:
        problem = json.loads(session.exec(select(PlanRun)).one().problem_json or b"")
        [view, *_] = list_routes(session, cycle=session.exec(select(Cycle)).one())
    busy = {(stop["service_s"], stop["service_s_per_package"]) for stop in problem["stops"]}
    assert busy == {(600, 150)}
    assert view.service.busy_s(2) == 900


def test_a_level_beyond_the_scale_is_refused(coordinator: TestClient) -> None:
    assert coordinator.post(PAGE, data={"compact": "4"}).status_code == 422
