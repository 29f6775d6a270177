"""Pages of routes: changed by hand, planned, sent off."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import plan_store, planning
from api.services.demo_roads import made_up_streets
from api.services.road_map import install_map
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    CycleState,
    Package,
    PackageState,
    PlanRun,
    Role,
    Route,
    RouteState,
    Stop,
    Vehicle,
)
from tests.api.pages.reading import hidden, said, text_of
from tests.conftest import NOW
from tests.factories import (
    make_cycle,
    make_depot,
    make_vehicle,
)
from tests.factories_goods import make_packed_cycle
from tests.factories_routes import (
    make_route_of_another_month,
)

ClientFor = Callable[[Role | Account], TestClient]
MONTH = "/bulan/2026-12"
PURPOSE = {"keperluan": "Pengantaran bulan ini"}


@pytest.fixture
def planned(engine: Engine, person: Callable[[Role], Account]) -> list[str]:
    """A packed month with two planned routes; their codes."""
    from api.services import planning

    coordinator = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle, _, _, depot = make_packed_cycle(session, num_children=4)
        for _ in range(2):
            make_vehicle(session, depot_id=depot.id, capacity_g=22_000)
        options = planning.PlanOptions(seconds=None, iterations=30)
        found = planning.plan_routes(session, cycle=cycle, by=coordinator, now=NOW, options=options)
        return [route.code for route in found.routes]


def test_a_changed_route_is_not_printed_until_it_is_confirmed(
    coordinator: TestClient, planned: list[str]
) -> None:
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    page = coordinator.get(f"/rute/{planned[0]}").text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "style=" not in page
    uid = re.findall(r'<li class="stop[^>]*>.*?value="(\w{32})"', page, re.DOTALL)[0]
    taken = re.search(
        rf'name="perhentian" value="{uid}"><input type="hidden" name="versi" value="(\d+)"', page
    )
    assert taken is not None
    wish = {"perhentian": uid, "versi": taken[1], "ke": planned[1]}
    told = coordinator.post(f"/rute/{planned[0]}/pindah", data=wish, follow_redirects=True)
    assert f"{planned[1]} sekarang melanggar: Melebihi muatan kendaraan" in text_of(told)
    assert "2 perlu dikonfirmasi ulang" in text_of(coordinator.get(f"{MONTH}/rute"))
    page = coordinator.get(f"/rute/{planned[1]}").text
    out = {"perhentian": uid, "versi": str(int(taken[1]) + 1)}
    assert coordinator.post(f"/rute/{planned[1]}/pindah", data=out).status_code == 303
    refused = coordinator.post(f"{MONTH}/rute/unduh", data=PURPOSE | {"jenis": "stops_csv"})
    assert refused.status_code == 409
    assert "Konfirmasi (ulang) dahulu" in refused.text
    assert uid in coordinator.get(f"{MONTH}/rute").text
    places = coordinator.get(f"/perhentian/{uid}").text
    back = {name: hidden(places, name) for name in ("ke", "nomor", "versi")}
    assert coordinator.post(f"/perhentian/{uid}", data=back).status_code == 303
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    printed = coordinator.post(f"{MONTH}/rute/unduh", data=PURPOSE | {"jenis": "stops_csv"})
    assert printed.status_code == 200
    assert "attachment" in printed.headers["content-disposition"]
    assert 'filename="perhentian-2026-12.csv"' in printed.headers["content-disposition"]
    alone = coordinator.post(f"/rute/{planned[0]}/unduh", data=PURPOSE | {"jenis": "stops_csv"})
    named = f'filename="perhentian-2026-12-{planned[0]}.csv"'
    assert named in alone.headers["content-disposition"]
    without = coordinator.post(f"{MONTH}/rute/unduh", data={"jenis": "gpx"})
    assert (without.status_code, "Tulis untuk apa" in without.text) == (409, True)


def test_a_made_up_road_map_is_called_so_on_the_route(
    coordinator: TestClient, planned: list[str], engine: Engine, person: Callable[[Role], Account]
) -> None:
    with write_session(engine) as session:
        for route in session.exec(select(Route)):
            route.distance_source = "roads 2026-11-28"
    page = text_of(coordinator.get(f"/rute/{planned[0]}"))
    assert "km – peta jalan (28 November 2026)" in page
    network = made_up_streets([(-2.13, 106.11), (-2.12, 106.12)], seed=3, as_of="2026-11-28")
    with write_session(engine) as session:
        by = person(Role.COORDINATOR)
        install_map(session, network=network, name="Peta contoh", by=by, now=NOW)
    page = text_of(coordinator.get(f"/rute/{planned[0]}"))
    assert "peta jalan karangan (28 November 2026): contoh, bukan jalan sebenarnya" in page


def test_who_acted_without_a_person_is_said_in_words(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    with write_session(engine) as session:
        run = session.exec(select(PlanRun)).one()
        route = session.exec(select(Route).where(Route.code == planned[0])).one()
        person = route.confirmed_by
        run.by = route.confirmed_by = "asuh-run-coordinator"
        session.add_all([run, route])
    listed = text_of(coordinator.get(f"{MONTH}/rute"))
    assert "oleh asuh run (otomatis, belum disetujui), nomor undian" in listed
    own = text_of(coordinator.get(f"/rute/{planned[0]}"))
    assert "Dikonfirmasi oleh asuh run (otomatis, belum disetujui)" in own
    assert "asuh-run-coordinator" not in listed + own
    other = text_of(coordinator.get(f"/rute/{planned[1]}"))
    assert f"Dikonfirmasi oleh {person}," in other


@pytest.mark.parametrize(
    ("most_s", "dear"),
    [
        (600.0, "Lebih mahal: mengambil rute Mobil Satu pada .* menambah Rp"),
        (0.0, "Alasannya belum sempat dihitung: waktunya habis"),
    ],
)
def test_vehicles_left_behind_say_why_until_they_drive(
    coordinator: TestClient,
    engine: Engine,
    person: Callable[[Role], Account],
    monkeypatch: pytest.MonkeyPatch,
    most_s: float,
    dear: str,
) -> None:
    monkeypatch.setattr(plan_store, "IDLE_S", most_s)
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle, _, _, depot = make_packed_cycle(session, num_children=3)
        for name, changes in {
            "Mobil Satu": {"capacity_g": 300_000},
            "Motor Kecil": {"capacity_g": 100},
            "Mobil Mahal": {"capacity_g": 300_000, "cost_rp_per_day": 900_000},
        }.items():
            make_vehicle(session, depot_id=depot.id, name=name, **changes)
        options = planning.PlanOptions(seconds=None, iterations=30)
        found = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        mobil = select(Vehicle.id).where(Vehicle.name == "Mobil Mahal")
        route_id, mobil_id = found.routes[0].id, session.exec(mobil).one() or 0
    page = coordinator.get(f"{MONTH}/rute")
    told = text_of(page)
    assert "Kendaraan yang tidak dipakai rencana ini (2)" in told
    small = "Motor Kecil : Tidak dapat membawa satu perhentian pun karena beratnya (memuat 0,1 kg"
    assert small in told
    assert re.search(f"Mobil Mahal : {dear}", told)
    assert f'href="/armada/{mobil_id}/ubah"' in page.text
    with write_session(engine) as session:
        session.get_one(Route, route_id).vehicle_id = mobil_id
    told = text_of(coordinator.get(f"{MONTH}/rute"))
    assert "tidak dipakai rencana ini (1)" in told
    assert not re.search(f"Mobil Mahal : {dear}", told)


def test_stops_move_up_and_down_and_an_old_page_is_told_so(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    with read_session(engine) as session:
        route = session.exec(select(Route).where(Route.code == planned[0])).one()
        rows = select(Stop).where(Stop.route_id == route.id)
        order = [stop.uid for stop in sorted(session.exec(rows), key=lambda s: s.sequence or 0)]
    form = {"perhentian": order[0], "arah": "turun", "versi": str(route.version)}
    assert coordinator.post(f"/rute/{planned[0]}/urutan", data=form).status_code == 303
    page = coordinator.get(f"/rute/{planned[0]}").text
    assert page.index(order[1]) < page.index(order[0])
    stale = coordinator.post(f"/rute/{planned[0]}/urutan", data=form)
    assert stale.status_code == 409
    assert "sudah diubah orang lain" in stale.text


def test_routes_are_cut_and_merged(coordinator: TestClient, planned: list[str]) -> None:
    page = coordinator.get(f"/rute/{planned[0]}").text
    cut = {"setelah": "1", "versi": hidden(page, "versi")}
    assert coordinator.post(f"/rute/{planned[0]}/potong", data=cut).status_code == 303
    page = coordinator.get(f"/rute/{planned[0]}").text
    assert "Gabungkan ke rute ini" in page
    other = re.findall(r'<option value="(R-[\d-]+)">R-[^<]*paket', page)[-1]
    versions = re.findall(r'/gabung" class="narrow">\s*<input[^>]*value="(\d+)"', page)
    merged = {"rute": other, "versi": versions[0]}
    assert coordinator.post(f"/rute/{planned[0]}/gabung", data=merged).status_code == 303
    assert coordinator.get(f"/rute/{other}").status_code == 404


def test_what_a_route_breaks_is_accepted_with_a_reason(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    with write_session(engine) as session:
        route = session.exec(select(Route).where(Route.code == planned[0])).one()
        route.violations = [{"code": "overweight", "stop_uid": None, "params": {}}]
        session.add(route)
        version = str(route.version)
    page = coordinator.get(f"/rute/{planned[0]}").text
    assert "Melebihi muatan kendaraan" in page
    bare = coordinator.post(f"/rute/{planned[0]}/konfirmasi", data={"versi": version})
    assert bare.status_code == 409
    with_reason = {"versi": version, "alasan": "dua kali jalan"}
    assert coordinator.post(f"/rute/{planned[0]}/konfirmasi", data=with_reason).status_code == 303
    assert "diterima: dua kali jalan" in coordinator.get(f"/rute/{planned[0]}").text


def test_planning_becomes_a_job_that_leads_back(coordinator: TestClient, engine: Engine) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session)
    led = coordinator.post(f"{MONTH}/rute/susun", data={"cara": "homes", "cermat": "quick"})
    assert re.fullmatch(rf"/pekerjaan/\d+\?kembali={MONTH}/rute", led.headers["location"])


def test_routes_leave_and_messages_name_no_family(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    with read_session(engine) as session:
        first = session.exec(select(Route)).first()
        assert first is not None
        day = first.day
        names = [stop.recipient for stop in session.exec(select(Stop))]
    asked = {"hari": str(day), "rute": planned}
    early = coordinator.post(f"{MONTH}/rute/berangkat", data=asked)
    assert early.status_code == 409
    assert "Tidak ada yang berangkat" in early.text
    waiting = coordinator.get(f"{MONTH}/rute").text.partition('id="berangkat"')[2]
    assert f'action="{MONTH}/rute/susun"' in coordinator.get(f"{MONTH}/rute").text
    assert waiting.count("setelah semua rute dikonfirmasi; 2 belum.") == 1
    assert "Konfirmasi (ulang) dahulu" not in waiting, "said once, not at each route"
    none = coordinator.post(f"{MONTH}/rute/berangkat", data={"hari": str(day)})
    assert "Centang dahulu rute" in none.text
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    texts = coordinator.get(f"{MONTH}/rute/pesan").text
    assert planned[0] in texts
    assert [name for name in names if name in texts] == []
    page = coordinator.get(f"{MONTH}/rute").text
    assert f'name="rute" value="{planned[0]}" checked' in page
    coordinator.post(f"{MONTH}/rute/berangkat", data={"hari": str(day), "rute": planned[:1]})
    with read_session(engine) as session:
        states = [route.state for route in session.exec(select(Route).order_by(col(Route.code)))]
    assert states == [RouteState.DISPATCHED, RouteState.CONFIRMED], "only the one that was ticked"
    coordinator.post(f"{MONTH}/rute/berangkat", data={"hari": str(day), "rute": planned[1:]})
    with read_session(engine) as session:
        after = {route.state for route in session.exec(select(Route).where(Route.day == day))}
    assert after == {RouteState.DISPATCHED}
    page = coordinator.get(f"{MONTH}/rute").text
    assert "Tidak ada paket yang menunggu rute. Rute disusun lagi" in page
    assert f'action="{MONTH}/rute/susun"' not in page, "nothing to plan"
    with write_session(engine) as session:
        package = session.exec(select(Package).order_by(col(Package.id))).first()
        assert package is not None
        package.state, package.stop_id = PackageState.PACKED, None
        session.add(package)
    page = coordinator.get(f"{MONTH}/rute").text
    assert f'action="{MONTH}/rute/susun"' in page, "a box came back"


def test_two_routes_of_one_vehicle_at_the_same_hours_ask_for_a_reason(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    with write_session(engine) as session:
        first, second = session.exec(select(Route).order_by(col(Route.code)))
        second.leaves_at, second.returns_at = first.leaves_at, first.returns_at
        session.add(second)
        day = first.day
    page = coordinator.get(f"{MONTH}/rute").text
    assert f"kurirnya sama dengan {planned[1]}" in page
    assert field(page, "bersamaan") == (False, f"wajib bila {planned[1]} ikut dicentang")
    assert 'name="yakin"' not in page, "it is the day"
    asked = {"hari": str(day), "rute": planned}
    answer = coordinator.post(f"{MONTH}/rute/berangkat", data=asked)
    assert answer.status_code == 303
    assert f"Tinggal: {planned[1]}" in said(coordinator, f"{MONTH}/rute")
    assert field(coordinator.get(f"/rute/{planned[1]}").text, "bersamaan") == (True, "")
    none = coordinator.post(f"{MONTH}/rute/berangkat", data={"hari": str(day), "rute": planned[1:]})
    assert none.status_code == 409
    assert field(none.text, "bersamaan") == (True, "")
    only = {"hari": str(day), "rute": planned[1:], "bersamaan": "mobil pinjaman kecamatan"}
    assert coordinator.post(f"{MONTH}/rute/berangkat", data=only).status_code == 303
    with read_session(engine) as session:
        assert {route.state for route in session.exec(select(Route))} == {RouteState.DISPATCHED}


def test_before_its_day_the_tick_and_its_reason_are_there_at_once(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    coordinator.post(f"{MONTH}/rute/konfirmasi")
    with write_session(engine) as session:
        for route in session.exec(select(Route)):
            route.day = NOW.date() + timedelta(days=9)
            session.add(route)
        day = route.day
    for url in (f"{MONTH}/rute", f"/rute/{planned[0]}"):
        page = coordinator.get(url).text
        assert 'name="yakin" value="ya" required' in page
        assert "Keluarga dan posyandu menunggu pada harinya" in page
    asked = {"hari": str(day), "rute": planned[0]}
    assert coordinator.post(f"{MONTH}/rute/berangkat", data=asked).status_code == 409
    sure = asked | {"yakin": "ya"}
    assert coordinator.post(f"{MONTH}/rute/berangkat", data=sure).status_code == 303


def field(page: str, name: str) -> tuple[bool, str]:
    """Whether a field is required, and what its label says in brackets."""
    found = re.search(
        rf'<label for="{name}">(.*?)</label>.*?<input id="{name}"([^>]*)>', page, re.DOTALL
    )
    assert found is not None
    note = re.search(r"\(([^)]*)\)", found[1])
    return " required" in found[2], note[1] if note else ""


def test_planning_anew_begins_with_what_was_chosen(
    coordinator: TestClient, planned: list[str], engine: Engine
) -> None:
    del planned
    with write_session(engine) as session:
        run = session.exec(select(PlanRun)).one()
        run.params = run.params | {"mode": "drop_points", "goals": {"compact": 2, "even": 0}}
        session.add(run)
        old = Cycle.model_validate(session.get_one(Cycle, run.cycle_id).model_dump(exclude={"id"}))
        old.month, old.match_run_id, old.plan_run_id = "2026-11", None, None
        session.add(old)
        session.flush()
        session.add(
            PlanRun.model_validate(run.model_dump(exclude={"id"}) | {"cycle_id": old.id or 0})
        )
        run.params = run.params | {"keeps_routes": True}
    page = coordinator.get(f"{MONTH}/rute").text
    assert 'name="cara" value="drop_points" checked' in page
    assert 'name="lanjut" value="ya" checked' in page
    assert "Dimulai dari rute bulan lalu." in page
    assert 'name="cara" value="homes" checked' not in page
    assert '<input type="hidden" name="compact" value="2">' in page
    assert 'name="even"' not in page
    with write_session(engine) as session:
        make_cycle(session, month="2027-01", state=CycleState.PACKING)
    page = coordinator.get("/bulan/2027-01/rute").text
    assert 'name="cara" value="drop_points" checked' in page, "a new month begins as the last"


def test_a_courier_is_chosen_for_a_vehicle(
    client_for: ClientFor, person: Callable[[Role], Account], engine: Engine
) -> None:
    with write_session(engine) as session:
        vehicle = make_vehicle(session, depot_id=make_depot(session).id)
    coordinator = client_for(Role.COORDINATOR)
    assert "Belum ada akun kurir" in coordinator.get("/armada").text
    courier = person(Role.COURIER)
    wrong = coordinator.post(f"/armada/{vehicle.id}", data={"kurir": "siapa"})
    assert (wrong.status_code, f'id="kurir-{vehicle.id}-error"' in wrong.text) == (422, True)
    led = coordinator.post(f"/armada/{vehicle.id}", data={"kurir": courier.username})
    assert f"Kurir {vehicle.name} disimpan." in said(coordinator, led.headers["location"])
    assert f'value="{courier.username}" selected' in coordinator.get("/armada").text


def test_packages_left_out_for_routes_of_another_month_lead_to_those_routes(
    coordinator: TestClient, engine: Engine
) -> None:
    day = date(2026, 12, 3)
    with write_session(engine) as session:
        cycle, _, by, depot = make_packed_cycle(session, num_children=1)
        vehicle = make_vehicle(session, depot_id=depot.id)
        make_route_of_another_month(session, vehicle=vehicle, day=day)
        options = planning.PlanOptions(days=(day,), seconds=None, iterations=1)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    page = coordinator.get(f"{MONTH}/rute").text
    left_out = page.partition('id="tidak-terangkut"')[2].partition("<table")[0]
    assert f"{vehicle.name} (R-2611-01)" in left_out
    assert 'href="/rute/R-2611-01"' in left_out
    assert "kosongkan rute itu" in left_out
