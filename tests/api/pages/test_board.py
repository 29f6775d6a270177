"""The board of a day: map data, tries, moves that can be taken back, locks, holds, the rest."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import jobs, planning
from api.services.planning import PlanOptions
from data.engine import read_session, write_session
from data.schema import Account, Cycle, Household, Job, Role, Route, RouteState, Stop, Vehicle
from tests.conftest import NOW
from tests.factories import make_vehicle
from tests.factories_goods import make_packed_cycle, packages_of
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")

ClientFor = Callable[[Role | Account], TestClient]
BOARD = "/bulan/2026-12/papan"


@pytest.fixture
def coordinator(client_for: ClientFor) -> TestClient:
    return client_for(Role.COORDINATOR)


@pytest.fixture
def planned(engine: Engine) -> list[str]:
    """Routes of six homes on two small vehicles, the first day's codes."""
    with write_session(engine) as session:
        cycle, _, by, depot = make_packed_cycle(session, num_children=6)
        for number, home in enumerate(session.exec(select(Household)).all()):
            home.lat, home.lon = -2.13 + 0.002 * number, 106.11 + 0.001 * number
            session.add(home)
        for _ in range(2):
            make_vehicle(session, depot_id=depot.id, capacity_g=34_000, shift_ends="09:20")
        day = max(package.deliver_on for package in packages_of(session, cycle))
        options = PlanOptions(days=(day,), seconds=None, iterations=20)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        routes = session.exec(select(Route).order_by(Route.day, Route.code)).all()  # type: ignore[arg-type]
        return [route.code for route in routes if route.day == routes[0].day]


def rows_of(page: str) -> dict[str, list[tuple[str, str]]]:
    """Route → (uid, version) of its stops, as the lists stand."""
    found = {}
    for part in page.split('<ol class="board-stops" data-route="')[1:]:
        code, body = part.split('"', 1)
        found[code] = re.findall(r'data-uid="([^"]+)" data-version="(\d+)"', body.split("</ol>")[0])
    return found


def map_of(page: str) -> dict[str, list[dict[str, Any]]]:
    text = page.split('id="isi-peta">', 1)[1].split("</script>", 1)[0]
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found


def test_map_and_lists_hold_the_same_and_no_name(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    page = coordinator.get(BOARD).text
    rows = rows_of(page)
    drawn = {route["code"]: route["stops"] for route in map_of(page)["routes"]}
    assert sorted(drawn) == sorted(planned)
    for code in planned:
        assert [stop["uid"] for stop in drawn[code]] == [uid for uid, _ in rows[code]]
    with read_session(engine) as session:
        guardians = {home.guardian_name for home in session.exec(select(Household)).all()}
    block = json.dumps(map_of(page))
    assert not any(name in block for name in guardians)
    assert coordinator.get(f"{BOARD}/jalan").json() == {"streets": []}


def test_a_try_tells_what_changes_and_keeps_nothing(
    coordinator: TestClient, planned: list[str]
) -> None:
    before = rows_of(coordinator.get(BOARD).text)
    uid = before[planned[0]][0][0]
    wish = {"perhentian": uid, "ke": planned[1], "nomor": "1"}
    told = coordinator.post(f"{BOARD}/coba", data=wish).json()
    lines = {route["code"]: route for route in told["routes"]}
    assert lines[planned[1]]["order"][0] == uid
    assert re.search(r"km \(\+[\d,]+ km\)", lines[planned[1]]["line"])
    assert rows_of(coordinator.get(BOARD).text) == before
    far = coordinator.post(f"{BOARD}/coba", data=wish | {"nomor": "99"})
    assert far.status_code == 409
    assert far.json()["refused"]


def test_a_move_is_kept_and_taken_back(coordinator: TestClient, planned: list[str]) -> None:
    before = rows_of(coordinator.get(BOARD).text)
    uid, version = before[planned[0]][1]
    wish = {"perhentian": uid, "versi": version, "ke": planned[1], "nomor": "1"}
    after = coordinator.post(f"{BOARD}/pindah", data=wish, follow_redirects=False)
    assert after.status_code == 303
    page = coordinator.get(after.headers["location"]).text
    assert f'id="henti-{uid}" tabindex="-1"' in page
    assert rows_of(page)[planned[1]][0][0] == uid
    form = page.split("Urungkan", 1)[0].rsplit("<form", 1)[1]
    back = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = coordinator.post(f"{BOARD}/pindah", data=back)
    assert answer.headers["location"].endswith(f"#henti-{uid}"), "the keyboard goes on from there"
    undone = coordinator.get(answer.headers["location"]).text
    assert "dibatalkan" in undone
    assert "dipindahkan ke" not in undone.split("<h1", 1)[0]
    assert "Urungkan: kembalikan" not in undone, "what was taken back is not offered again"
    again = rows_of(undone)
    assert [uid for uid, _ in again[planned[0]]] == [uid for uid, _ in before[planned[0]]]
    stale = coordinator.post(f"{BOARD}/pindah", data=wish)
    assert stale.status_code == 409


def test_an_emptied_route_is_gone_until_its_stop_is_taken_back(
    coordinator: TestClient, planned: list[str]
) -> None:
    first = rows_of(coordinator.get(BOARD).text)[planned[0]]
    for uid, version in first[1:]:
        data = {"perhentian": uid, "versi": version}
        coordinator.post(f"{BOARD}/pindah", data=data)
    [(uid, version)] = rows_of(coordinator.get(BOARD).text)[planned[0]]
    tried = coordinator.post(f"{BOARD}/coba", data={"perhentian": uid}).json()["routes"]
    [line] = [each["line"] for each in tried if each["code"] == planned[0]]
    assert line == f"{planned[0]} menjadi kosong dan hilang dari papan; Urungkan mengembalikannya."
    data = {"perhentian": uid, "versi": version}
    moved = coordinator.post(f"/rute/{planned[0]}/pindah", data=data, follow_redirects=False)
    told = coordinator.get(moved.headers["location"])
    assert told.status_code == 200, "its board, not the page of a route that is gone"
    assert planned[0] not in rows_of(told.text)
    form = told.text.split("Urungkan", 1)[0].rsplit("<form", 1)[1]
    back = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    coordinator.post(f"{BOARD}/pindah", data=back)
    assert [uid for uid, _ in rows_of(coordinator.get(BOARD).text)[planned[0]]] == [uid]


def test_an_old_board_is_told_that_its_routes_were_planned_anew(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    uid, version = rows_of(coordinator.get(BOARD).text)[planned[0]][0]
    with write_session(engine) as session:
        stop = session.exec(select(Stop).where(Stop.uid == uid)).one()
        cycle, by = session.get_one(Cycle, stop.cycle_id), session.exec(select(Account)).first()
        assert by is not None
        options = PlanOptions(seconds=None, iterations=5)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    data = {"perhentian": uid, "versi": version, "ke": planned[1], "nomor": "1"}
    refused = coordinator.post(f"{BOARD}/pindah", data=data)
    assert refused.status_code == 409
    assert "rutenya disusun ulang" in refused.text
    assert "sudah berangkat" not in refused.text


def test_a_vehicle_without_a_route_is_tried_and_gets_one(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    with write_session(engine) as session:
        idle = make_vehicle(session, name="Mobil Cadangan", capacity_g=1_000)
        off = make_vehicle(session, weekdays=[6])
        aim = f"kendaraan:{idle.id}"
        first = session.exec(select(Route).where(Route.code == planned[0])).one()
        day, depot_id = first.day, first.depot_id
    page = coordinator.get(BOARD).text
    before = rows_of(page)
    assert before[aim] == []
    assert f'<option value="{aim}">Mobil Cadangan</option>' in page
    assert f"kendaraan:{off.id}" not in before, "it does not work that day"
    uid, version = before[planned[0]][0]
    wish = {"perhentian": uid, "ke": aim, "nomor": "1", "hari": day.isoformat()}
    told = coordinator.post(f"{BOARD}/coba", data=wish).json()
    lines = {route["code"]: route for route in told["routes"]}
    assert set(lines) >= {planned[0], "Mobil Cadangan"}
    assert re.search(r"km \(\+[\d,]+ km\).* dari 1,0 kg", lines["Mobil Cadangan"]["line"])
    assert any("kg" in each for each in lines["Mobil Cadangan"]["violations"])
    assert rows_of(coordinator.get(BOARD).text) == before
    for day_asked, status in (("", 422), ("2027-02-01", 409)):
        other = coordinator.post(f"{BOARD}/coba", data=wish | {"hari": day_asked})
        assert (other.status_code, bool(other.json()["refused"])) == (status, True)
    after = coordinator.post(f"{BOARD}/pindah", data=wish | {"versi": version})
    page = coordinator.get(after.headers["location"]).text
    assert "dari 1,0 kg" in page
    with read_session(engine) as session:
        made = session.exec(select(Route).where(Route.vehicle_id == idle.id)).one()
        assert (made.day, made.state, made.depot_id) == (day, RouteState.PLANNED, depot_id)
        assert session.exec(select(Stop.uid).where(Stop.route_id == made.id)).all() == [uid]
        assert "violation.overweight" in {each["code"] for each in made.violations}
        count = len(made.violations)
    said = re.search(r'<div class="panel (\w+)" role="status"><p>(.*?)</p>', page)
    assert said is not None
    assert "#" not in after.headers["location"], "the page stays where the warning stands"
    assert said[1] == "care", "a move that breaks rules is not told in green"
    assert f"dengan {count} pelanggaran di {made.code}. Pindahkan lagi" in said[2]
    assert made.code not in planned
    rows = rows_of(page)
    assert (rows[made.code][0][0], aim in rows) == (uid, False)
    uid, version = rows[planned[0]][0]
    late = coordinator.post(f"{BOARD}/pindah", data=wish | {"perhentian": uid, "versi": version})
    assert late.status_code == 409
    assert "sudah punya rute pada" in late.text


def test_a_changed_route_says_on_the_board_what_changed(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    why = "Mengapa perlu dikonfirmasi ulang"
    coordinator.post("/bulan/2026-12/rute/konfirmasi")
    page = coordinator.get(BOARD).text
    assert why not in page
    (uid, version), *_ = rows_of(page)[planned[0]]
    wish = {"perhentian": uid, "versi": version, "ke": planned[1], "nomor": "1", "hari": ""}
    assert coordinator.post(f"{BOARD}/pindah", data=wish).status_code == 303
    page = coordinator.get(BOARD).text
    told = re.findall(r'<ul class="causes"><li>(.*?)</ul>', page, re.DOTALL)
    assert page.count(why) == len(told) == 2
    listed = coordinator.get("/bulan/2026-12/rute").text
    assert all(each in listed for each in told)


def test_locks_and_holds_are_set_on_the_board(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    page = coordinator.get(BOARD).text
    with read_session(engine) as session:
        route = session.exec(select(Route).where(Route.code == planned[0])).one()
        vehicle = session.get_one(Vehicle, route.vehicle_id)
    lock = {"versi": str(route.version), "kunci": "true"}
    coordinator.post(f"/rute/{planned[0]}/kunci", data=lock)
    locked = coordinator.get(BOARD).text
    assert 'class="tag good">terkunci' in locked
    rows = locked.split(f'data-route="{planned[0]}"')[1].split("</ol>")[0]
    assert rows_of(locked)[planned[0]]
    assert "movable" not in rows
    assert "<form" not in rows
    assert "Naik" not in coordinator.get(f"/rute/{planned[0]}").text
    uid, version = rows_of(page)[planned[1]][0]
    wish = {"versi": version, "semat": "true"}
    coordinator.post(f"/perhentian/{uid}/tahan", data=wish)
    assert 'class="tag good">disematkan' in coordinator.get(BOARD).text
    uid, version = rows_of(page)[planned[1]][1]
    banned = {"versi": version, "larang": str(vehicle.id)}
    coordinator.post(f"/perhentian/{uid}/tahan", data=banned)
    with read_session(engine) as session:
        stop = session.exec(select(Stop).where(Stop.uid == uid)).one()
        assert (stop.is_pinned, stop.banned_vehicle_ids) == (False, [vehicle.id])


def test_the_rest_is_planned_as_a_job(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    with read_session(engine) as session:
        day = session.exec(select(Route).where(Route.code == planned[0])).one().day
    answer = coordinator.post(
        f"{BOARD}/sisa", data={"hari": day.isoformat(), "cermat": "quick"}, follow_redirects=False
    )
    assert answer.headers["location"].startswith("/pekerjaan/")
    jobs.run_pending(engine, keys=KEYS)
    with read_session(engine) as session:
        job = session.exec(select(Job)).one()
        assert (job.kind, job.state.value) == ("replan", "done")
        stops = session.exec(select(Stop).where(Stop.state == "planned")).all()
        assert len({stop.uid for stop in stops if stop.route_id}) == 6
    for code in planned:
        with read_session(engine) as session:
            route = session.exec(select(Route).where(Route.code == code)).one()
            version = route.version
            if route.state == RouteState.CANCELLED:
                continue
        coordinator.post(f"/rute/{code}/kunci", data={"versi": str(version), "kunci": "true"})
    full = coordinator.post(f"{BOARD}/sisa", data={"hari": day.isoformat()})
    assert full.status_code == 409
    assert "Tidak ada rute yang bebas" in full.text


def test_a_month_without_routes_says_what_comes_first(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session, num_children=1)
    assert "Susun rute dahulu" in coordinator.get(BOARD).text
