"""The coordinator's pages: packing, stock, routes, results, exceptions, closing, reports."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.i18n import sentence
from api.services import carrying, exception_doubts, fulfilment, planning, stock
from api.services.dispatch import ExportKind
from api.services.package_cancelling import cancel_package
from data.engine import read_session, write_session
from data.queries.deliveries import lines_of_package
from data.queries.goods import boxed_goods
from data.schema import (
    Account,
    Amendment,
    Child,
    Cycle,
    CycleState,
    DeliveryEvent,
    DeliveryException,
    Fulfilment,
    Outcome,
    Package,
    PackageLine,
    PackageState,
    PlanRun,
    Role,
    Route,
    RouteState,
    Shortage,
    Stop,
    StopState,
    Vehicle,
)
from tests.api.pages.reading import text_of
from tests.api.services.test_dispatch import export, filled_sheet
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_approved_cycle,
    make_cycle,
    make_depot,
    make_drop_point,
    make_stock,
    make_vehicle,
)
from tests.factories_goods import give_stock, kits_in_stock, make_packed_cycle
from tests.factories_routes import (
    make_dispatched_cycle,
    make_route_of_another_month,
    package_at,
    report,
)

ClientFor = Callable[[Role | Account], TestClient]
MONTH = "/bulan/2026-12"
PURPOSE = {"keperluan": "Pengantaran bulan ini"}


@pytest.fixture
def coordinator(client_for: ClientFor) -> TestClient:
    return client_for(Role.COORDINATOR)


@pytest.fixture
def away(engine: Engine) -> tuple[Cycle, Route, list[Stop]]:
    """A month with one route on its way: three stops of one package each."""
    with write_session(engine) as session:
        cycle, route, stops, _, _ = make_dispatched_cycle(session)
    return cycle, route, stops


def hidden(page: str, name: str, nth: int = 0) -> str:
    """The value of a hidden field."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[nth])


def said(client: TestClient, url: str) -> str:
    """What the next page says once."""
    return client.get(url).text.split('role="status"', 1)[1].split("</div>", 1)[0]


def test_without_a_month_the_first_page_says_what_comes_before(coordinator: TestClient) -> None:
    assert "Belum ada bulan yang disetujui" in coordinator.get("/koordinator").text


def test_routes_that_left_are_not_counted_as_merely_confirmed(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = text_of(coordinator.get(f"{MONTH}/rute"))
    assert "1 sudah berangkat" in page
    assert "08.00–10.00" in page
    assert "dikonfirmasi" not in page.split("Rute menurut hari")[0].split("1 sudah berangkat")[0]


def test_the_first_page_shows_who_has_not_opened_a_route(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = coordinator.get("/koordinator").text
    assert "R-2612-01" in page
    assert "belum dibuka" in page
    assert f'href="{MONTH}/hasil"' in page
    assert "Berikutnya" in page


def test_a_route_whose_day_went_by_stands_first_until_it_leaves(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    assert "belum berangkat" not in coordinator.get("/koordinator").text
    with write_session(engine) as session:
        route = session.get_one(Route, away[1].id)
        route.state, route.day = RouteState.CONFIRMED, NOW.date() - timedelta(days=3)
    page = text_of(coordinator.get("/koordinator"))
    assert "Rute yang terlambat" in page
    assert "R-2612-01 · 28 November 2026" in page
    assert "belum berangkat" in page


def test_a_vehicle_that_no_courier_has_on_the_phone_is_named(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    warning = "belum punya akun kurir"
    assert warning not in coordinator.get("/koordinator").text
    with write_session(engine) as session:
        vehicle = session.get_one(Vehicle, away[1].vehicle_id)
        vehicle.courier_account_id = None
        name = vehicle.name
    assert f"{name} {warning}" in coordinator.get("/koordinator").text


def test_a_waiting_stop_without_coordinates_stands_in_red(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    with write_session(engine) as session:
        stop = session.get_one(Stop, away[2][0].id)
        stop.route_id = stop.sequence = stop.lat = stop.lon = None
        stop.state = StopState.PLANNED
        session.add(stop)
    assert '<span class="tag bad">tanpa koordinat</span>' in coordinator.get("/koordinator").text
    listed = coordinator.get(f"{MONTH}/rute").text
    assert '<tr class="bad"><td>' in listed
    assert "tanpa koordinat" in coordinator.get(f"/perhentian/{away[2][0].uid}").text


def test_packing_says_what_is_short_and_reserves_nothing_until_it_is_signed(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=3)
        kits_in_stock(session, make_depot(session), by, 3, telur=60)
    assert "Paket belum dibuat" in coordinator.get(f"{MONTH}/paket").text
    coordinator.post(f"{MONTH}/paket/kemas", data={"hari": "2026-12-02"})
    assert "belum ada barang yang disisihkan: 1 barang kurang" in said(
        coordinator, f"{MONTH}/paket"
    )
    page = coordinator.get(f"{MONTH}/paket").text
    assert f'{MONTH}/paket/kekurangan/telur">1 paket' in page
    assert "Belum ada barang yang disisihkan" in page
    listed = coordinator.get(f"{MONTH}/paket/kekurangan/telur").text
    assert "Menurut kebutuhan, yang paling membutuhkan di atas" in listed
    assert coordinator.get(f"{MONTH}/paket/kekurangan/beras").status_code == 404
    signed = {"barang": "telur", "tindakan": "leave_out", "pengganti": ""}
    assert coordinator.post(f"{MONTH}/paket/kekurangan", data=signed | {"tindakan": ""}).is_redirect
    assert "tidak ada yang ditandatangani" in said(coordinator, f"{MONTH}/paket")
    coordinator.post(f"{MONTH}/paket/kekurangan", data=signed)
    coordinator.post(f"{MONTH}/paket/kemas")
    assert "3 paket siap" in said(coordinator, f"{MONTH}/paket")
    coordinator.post(f"{MONTH}/paket/tandai")
    assert "3 paket ditandai" in said(coordinator, f"{MONTH}/paket")


def test_several_shortages_are_signed_at_once_and_one_stays_where_one_was(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=3)
        kits_in_stock(session, make_depot(session), by, 3, telur=60, beras=2)
    coordinator.post(f"{MONTH}/paket/kemas")
    codes = ["beras", "telur"]
    short = {"barang": codes, "tindakan": ["purchase", "substitute"], "pengganti": ["", ""]}
    refused = coordinator.post(f"{MONTH}/paket/kekurangan", data=short)
    assert refused.status_code == 409
    assert '<option value="purchase" selected>' in refused.text, "what was chosen is kept"
    with read_session(engine) as session:
        assert not any(row.signed_by for row in session.exec(select(Shortage))), "all or none"
    short["tindakan"][1] = "wait"
    answer = coordinator.post(f"{MONTH}/paket/kekurangan", data=short)
    assert answer.headers["location"] == f"{MONTH}/paket#kekurangan"
    assert "Tindakan untuk" in said(coordinator, f"{MONTH}/paket")
    with write_session(engine) as session:
        signed = {row.item_code: row for row in session.exec(select(Shortage))}
        assert {code: signed[code].remedy for code in codes} == {
            "beras": "purchase", "telur": "wait",
        }  # fmt: skip
        for row in signed.values():
            row.signed_by = "lain"
    short["tindakan"][0] = "leave_out"
    coordinator.post(f"{MONTH}/paket/kekurangan", data=short)
    with read_session(engine) as session:
        by_item = {row.item_code: row.signed_by for row in session.exec(select(Shortage))}
    assert by_item == {"beras": by.username, "telur": "lain"}, "an unchanged row keeps its name"


def test_many_who_wait_do_not_fill_the_packing_page(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=30)
        kits_in_stock(session, make_depot(session), by, 30, telur=0)
    coordinator.post(f"{MONTH}/paket/kemas")
    assert "P-2612-" not in coordinator.get(f"{MONTH}/paket").text
    pages = [
        re.findall(r"P-2612-\d+", coordinator.get(f"{MONTH}/paket/kekurangan/telur{each}").text)
        for each in ("", "?halaman=2")
    ]
    assert (len(pages[0]), len(pages[1]), len({*pages[0], *pages[1]})) == (25, 5, 30)


def test_every_screen_counts_the_packages_of_the_month_alike(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    """One package waits for next month: it goes nowhere, on no screen."""
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=3)
        depot = make_depot(session)
        make_vehicle(session, depot_id=depot.id)
        kits_in_stock(session, depot, by, 3, telur=60)
    coordinator.post(f"{MONTH}/paket/kemas")
    short = {"barang": "telur", "tindakan": "wait", "pengganti": ""}
    coordinator.post(f"{MONTH}/paket/kekurangan", data=short)
    coordinator.post(f"{MONTH}/paket/kemas")
    assert "2 paket siap" in said(coordinator, f"{MONTH}/paket")
    coordinator.post(f"{MONTH}/paket/tandai")
    assert "2 paket ditandai" in said(coordinator, f"{MONTH}/paket")
    page = coordinator.get(f"{MONTH}/paket").text
    assert "<b>2</b> paket bulan ini" in page
    assert "<b>2</b> sudah dikemas" in page
    assert "<b>1</b> menunggu bulan depan" in page
    assert "Tandai semua yang disisihkan" not in page
    packed = sentence("package_state.packed", {}, "id")
    assert f"<b>2</b> paket {packed}" in coordinator.get("/koordinator").text
    listed = coordinator.get(f"{MONTH}/paket/daftar?keadaan=packed").text
    assert "2 baris" in listed
    base = "/api/v1/cycles/2026-12"
    packing = coordinator.get(f"{base}/packing").json()
    assert (packing["num_packages"], packing["num_going"], packing["num_waiting"]) == (3, 2, 1)
    plan = coordinator.post(f"{base}/plan", json={"seconds": 0.3, "days": ["2026-12-01"]}).json()
    with read_session(engine) as session:
        on_routes = session.exec(select(Package).where(col(Package.stop_id).is_not(None))).all()
    assert len(on_routes) + len(plan["unserved"]) == packing["num_going"]
    assert f"<b>{len(on_routes)}</b> paket di rute" in coordinator.get(f"{MONTH}/rute").text


def test_a_substitute_that_is_missing_is_asked_for_on_the_page(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=2)
        kits_in_stock(session, make_depot(session), by, 2, telur=30)
    coordinator.post(f"{MONTH}/paket/kemas")
    answer = coordinator.post(
        f"{MONTH}/paket/kekurangan",
        data={"barang": "telur", "tindakan": "substitute"},
    )
    assert answer.status_code == 409
    assert "Pilih barang pengganti lain" in answer.text
    assert 'id="kekurangan"' in answer.text


def test_expired_goods_are_not_shown_as_free(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    person(Role.COORDINATOR)
    with write_session(engine) as session:
        depot = make_depot(session)
        make_stock(session, depot, "telur", 600).expires_on = NOW.date() - timedelta(days=1)
        make_stock(session, depot, "beras", 40).expires_on = NOW.date()
    page = coordinator.get("/stok").text
    assert '<td data-label="Bebas" class="number">0</td>' in page
    assert "kedaluwarsa: jangan dikirim" in page
    assert '<td data-label="Bebas" class="number">40</td>' in page
    rows = {row["item_code"]: row for row in coordinator.get("/api/v1/stock").json()}
    assert (rows["telur"]["available"], rows["telur"]["usable"]) == (600, 0)
    assert (rows["beras"]["available"], rows["beras"]["usable"]) == (40, 40)


def test_before_approval_packing_says_what_must_come_first(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_cycle(session)
    assert "setelah pasangan bulan ini disetujui" in coordinator.get(f"{MONTH}/paket").text
    assert "setelah paket dikemas" in coordinator.get(f"{MONTH}/rute").text
    assert "belum ada yang dicocokkan" in coordinator.get(f"{MONTH}/tutup").text
    assert coordinator.get("/bulan/2030-01/paket").status_code == 404


def test_packages_are_listed_a_page_at_a_time_and_by_state(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session, num_children=28)
    second = coordinator.get(f"{MONTH}/paket/daftar?halaman=2").text
    assert second.count("/batal") == 3
    assert 'rel="prev"' in second
    assert "Tidak ada paket" in coordinator.get(f"{MONTH}/paket/daftar?keadaan=lost").text
    with write_session(engine) as session:
        package = session.exec(select(Package).order_by(col(Package.code).desc())).first()
        assert package is not None
        child, code = session.get_one(Child, package.child_id), package.code
        child.name = "MAWAR LARASATI"
    for words in (code.lower(), child.code, "laras"):
        found = coordinator.get(f"{MONTH}/paket/daftar?cari={words}").text
        assert (found.count("/batal"), f"/{code}/batal" in found) == (1, True)


def test_a_package_is_taken_out_with_a_reason(coordinator: TestClient, engine: Engine) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session, num_children=3)
    codes = re.findall(r"paket/(P-[\d-]+)/batal", coordinator.get(f"{MONTH}/paket/daftar").text)
    refused = coordinator.post(f"{MONTH}/paket/{codes[0]}/batal")
    assert refused.status_code == 409
    coordinator.post(f"{MONTH}/paket/{codes[0]}/batal", data={"alasan": "pindah kota"})
    coordinator.post(f"{MONTH}/paket/{codes[1]}/bawa")
    twice = coordinator.post(f"{MONTH}/paket/{codes[1]}/bawa")
    assert (twice.status_code, "Daftar paket</h1>" in twice.text) == (409, True)
    assert 'href="#isi"' in twice.text
    with read_session(engine) as session:
        states = {row.code: row.state for row in session.exec(select(Package))}
    assert states == {
        codes[0]: PackageState.CANCELLED,
        codes[1]: PackageState.CARRIED,
        codes[2]: PackageState.PACKED,
    }
    ticks = {"kode": codes[1:], "keadaan": "packed", "cari": codes[2]}
    refused = coordinator.post(f"{MONTH}/paket/bawa", data=ticks)
    assert (refused.status_code, "tidak" in refused.text) == (409, True)
    assert f'value="{codes[2]}" checked' in refused.text
    coordinator.post(f"{MONTH}/paket/bawa", data=ticks | {"kode": []})
    assert "Tidak ada paket yang dicentang" in said(coordinator, f"{MONTH}/paket/daftar")


def test_the_list_of_packages_stays_as_it_was_after_a_deed(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session, num_children=28)
    listed, asked = f"{MONTH}/paket/daftar", "?keadaan=packed&cari=P-26&halaman=2"
    codes = re.findall(r"paket/(P-[\d-]+)/batal", coordinator.get(listed + asked).text)
    assert len(codes) == 3
    refused = coordinator.post(f"{MONTH}/paket/{codes[0]}/batal{asked}")
    assert refused.status_code == 409
    assert refused.text.count("/batal?") == 3, "the same page of the list"
    assert f'action="{listed}"' in refused.text
    assert f'href="{listed}?keadaan=packed&amp;cari=P-26"' in refused.text, "the page before"
    for verb, fields in (
        (f"{codes[0]}/batal", {"alasan": "pindah kota"}),
        (f"{codes[1]}/bawa", {}),
        ("bawa", {"kode": codes[2]}),
    ):
        done = coordinator.post(f"{MONTH}/paket/{verb}{asked}", data=fields)
        assert done.headers["location"] == listed + asked


def test_while_on_its_way_a_package_is_packed_again_and_a_late_pair_packed(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle, _, _, depot = make_packed_cycle(session, num_children=2)
        kits_in_stock(session, depot, by, 1)
        cycle.state = CycleState.DISTRIBUTING
        session.add(cycle)
    page = coordinator.get(f"{MONTH}/paket").text
    assert "Paket susulan" in page
    assert f'action="{MONTH}/paket/kemas"' not in page, "nothing to pack"
    code = re.findall(r"paket/(P-[\d-]+)/ulang", coordinator.get(f"{MONTH}/paket/daftar").text)[0]
    url, broken = f"{MONTH}/paket/{code}/ulang", {"alasan": "telur pecah", "rusak": "ya"}
    seen = text_of(coordinator.get(url))
    assert "Barangnya cukup; barang paket lama ikut dipakai lagi" in seen
    assert coordinator.post(url).status_code == 409
    with write_session(engine) as session:
        stock.correct_stock(
            session, depot=depot, item_code="telur", counted=18, move_uid="hitung", by=by,
            now=NOW, note="dihitung",
        )  # fmt: skip
    assert "Telur ayam kurang 12 (perlu 30, ada 18)" in text_of(coordinator.get(url))
    refused = coordinator.post(url, data=broken)
    assert refused.status_code == 409
    assert "tidak ada yang berubah. Yang kurang: Telur ayam kurang 12" in text_of(refused)
    assert 'value="telur pecah"' in refused.text
    sign = {"barang": "telur", "tindakan": "leave_out", "pengganti": ""}
    coordinator.post(url, data=broken | sign)
    assert "P-2612-0003 menggantikan" in said(coordinator, f"{MONTH}/paket")
    assert "Tandai semua yang disisihkan" in coordinator.get(f"{MONTH}/paket").text
    coordinator.post(f"{MONTH}/paket/tandai")
    coordinator.post(f"{MONTH}/paket/P-2612-0003/batal", data={"alasan": "keliru"})
    page = coordinator.get(f"{MONTH}/paket").text
    assert "P-2612-0003 dikeluarkan" in page
    assert "Kemas paket susulan" in page
    with write_session(engine) as session:
        give_stock(session, depot, by, telur=31)
    coordinator.post(f"{MONTH}/paket/kemas")
    with read_session(engine) as session:
        states = {row.code: row.state for row in session.exec(select(Package))}
    assert states["P-2612-0004"] is PackageState.RESERVED


def test_goods_that_come_in_twice_by_one_form_are_booked_once(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        depot = make_depot(session)
    uid = hidden(coordinator.get("/stok").text, "uid")
    form = {"uid": uid, "gudang": str(depot.id), "barang": "telur", "jumlah": "1.200"}
    for _ in range(2):
        assert coordinator.post("/stok/masuk", data=form).status_code == 303
    assert '<td data-label="Ada" class="number">1.200</td>' in coordinator.get("/stok").text
    wrong = coordinator.post("/stok/masuk", data=form | {"uid": "x", "jumlah": "banyak"})
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text
    assert 'id="jumlah-error"' in wrong.text


def test_a_count_that_differs_asks_why(coordinator: TestClient, engine: Engine) -> None:
    with write_session(engine) as session:
        depot = make_depot(session)
    form = {"uid": "c1", "gudang": str(depot.id), "barang": "beras", "dihitung": "7"}
    refused = coordinator.post("/stok/hitung", data=form)
    assert (refused.status_code, 'id="alasan-error"' in refused.text) == (409, True)
    assert 'name="dihitung" type="text" value="7"' in refused.text
    coordinator.post("/stok/hitung", data=form | {"alasan": "hitung akhir bulan"})
    assert "hitung akhir bulan" in coordinator.get("/stok").text


def test_who_counts_is_told_what_stands_in_boxes(coordinator: TestClient, engine: Engine) -> None:
    """Packed goods are off the books; a box that waits for next month still stands here."""
    with write_session(engine) as session:
        _, _, by, depot = make_packed_cycle(session, num_children=3)
        packages = session.exec(select(Package).order_by(col(Package.code))).all()
        carrying.carry_package(session, package=packages[0], by=by, now=NOW)
        cancel_package(session, package=packages[1], by=by, now=NOW, reason="pindah")
    page = text_of(coordinator.get("/stok"))
    assert "Jangan hitung isi kotak yang sudah dikemas" in page
    assert "60 (2 kotak)" in page
    form = {"uid": "c2", "gudang": str(depot.id), "barang": "telur", "alasan": "hitung"}
    coordinator.post("/stok/hitung", data=form | {"dihitung": "90"})
    assert "60 lagi ada di dalam 2 kotak" in said(coordinator, "/stok")
    form = {"uid": "c3", "gudang": str(depot.id), "barang": "minyak", "alasan": "hitung"}
    coordinator.post("/stok/hitung", data=form | {"dihitung": "4"})
    assert "kotak" not in said(coordinator, "/stok")
    with read_session(engine) as session:
        assert boxed_goods(session)[depot.id or 0, "beras"] == (10, 2)


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
    assert f"{planned[1]} sekarang melanggar: Melebihi muatan berat kendaraan" in text_of(told)
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
    without = coordinator.post(f"{MONTH}/rute/unduh", data={"jenis": "gpx"})
    assert (without.status_code, "Tulis untuk apa" in without.text) == (409, True)


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
    assert "Melebihi muatan berat kendaraan" in page
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


def test_a_whole_sheet_is_filled_in_as_received_and_changed_before_it_is_saved(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    empty = coordinator.get("/rute/R-2612-01/hasil").text
    assert '<option value="accepted" selected>' not in empty
    assert 'href="?isi=semua"' in empty
    page = coordinator.get("/rute/R-2612-01/hasil?isi=semua").text
    assert page.count('<option value="accepted" selected>') == 3
    assert "belum tersimpan" in page
    uids = re.findall(r'name="uid" value="([^"]+)"', page)
    assert len(set(uids)) == 3
    with read_session(engine) as session:
        assert session.exec(select(DeliveryEvent)).all() == [], "nothing is saved by looking"
    form = {
        "perhentian": away[2][0].uid, "uid": uids[0], "hasil": "failed", "alasan": "moved",
    }  # fmt: skip
    assert coordinator.post("/rute/R-2612-01/hasil", data=form).status_code == 303
    again = coordinator.get("/rute/R-2612-01/hasil?isi=semua").text
    assert again.count('<option value="accepted" selected>') == 2, "what failed stays failed"
    for stop in away[2][1:]:
        typed = form | {"perhentian": stop.uid, "uid": stop.uid}
        assert coordinator.post("/rute/R-2612-01/hasil", data=typed).status_code == 303
    assert "?isi=semua" not in coordinator.get("/rute/R-2612-01/hasil").text, "all are reported"


def test_a_failed_stop_asks_why_at_its_field_and_keeps_what_was_typed(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    stop = away[2][0]
    page = coordinator.get("/rute/R-2612-01/hasil").text
    form = {
        "perhentian": stop.uid, "uid": hidden(page, "uid"), "hasil": "failed",
        "penjelasan": "pagar terkunci",
    }  # fmt: skip
    answer = coordinator.post("/rute/R-2612-01/hasil", data=form)
    assert answer.status_code == 422
    assert f'id="alasan-{stop.uid}-error">Perhentian 1: Alasan belum dipilih.' in answer.text
    assert 'value="pagar terkunci"' in answer.text
    assert hidden(answer.text, "uid") == form["uid"]
    for _ in range(2):
        done = coordinator.post("/rute/R-2612-01/hasil", data=form | {"alasan": "nobody_home"})
        assert done.status_code == 303
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 1
    assert "Tidak ada orang di rumah" in coordinator.get("/kendala").text
    assert "paket: dimuat" in coordinator.get("/kendala").text


def test_a_whole_sheet_is_typed_on_one_page_item_by_item(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    """What is right is stored; what is wrong is said at its field and stays typed."""
    url, stops = "/rute/R-2612-01/hasil", away[2]
    page = coordinator.get(url).text
    with read_session(engine) as session:
        parts = lines_of_package(session, package_id=package_at(session, stops[1]).id or 0)
    counts = {line.uid: line.quantity for line in parts}
    broken = parts[0].uid
    form = {
        "perhentian": [stop.uid for stop in stops],
        "uid": [hidden(page, "uid", nth) for nth in range(3)],
        "hasil": ["accepted", "lines", "failed"],
        "alasan": ["", "", ""],
        "penjelasan": ["", "", "pagar terkunci"],
        "penerima": ["", "", ""],
        "baris": list(counts),
        "diterima": [str(n - 2 * (uid == broken)) for uid, n in counts.items()],
        "ditolak": ["2" if uid == broken else "0" for uid in counts],
        "alasan_baris": ["goods_damaged" if uid == broken else "" for uid in counts],
        "hari": "2026-12-01",
    }
    answer = coordinator.post(url, data=form)
    assert answer.status_code == 422
    assert f'id="alasan-{stops[2].uid}-error"' in answer.text
    assert 'value="pagar terkunci"' in answer.text
    assert "2 perhentian lainnya sudah tercatat" in answer.text
    with read_session(engine) as session:
        states = {stop.uid: session.get_one(Stop, stop.id).state for stop in stops}
        assert list(states.values()) == [
            StopState.DELIVERED,
            StopState.PARTLY_DELIVERED,
            StopState.EN_ROUTE,
        ]
        taken = lines_of_package(session, package_id=package_at(session, stops[1]).id or 0)
        assert taken[0].rejected == 2
    again = coordinator.post(url, data=form | {"alasan": ["", "", "nobody_home"]})
    assert again.status_code == 303
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 3


def test_lines_must_add_up_and_a_later_change_is_a_correction(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    with read_session(engine) as session:
        package = package_at(session, away[2][0])
        lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id)).all()
    url = f"{MONTH}/hasil/paket/{package.code}"
    form: dict[str, object] = {
        "uid": hidden(coordinator.get(url).text, "uid"),
        "baris": [line.uid for line in lines],
        "diterima": [str(line.quantity - 1) for line in lines],
        "ditolak": ["0" for _ in lines],
        "alasan_baris": ["" for _ in lines],
    }
    wrong = coordinator.post(url, data=form)
    assert wrong.status_code == 422
    assert wrong.text.count("tidak sama dengan yang dimuat") == 2 * len(lines)
    assert f'id="diterima-{lines[0].uid}"' in wrong.text
    nobody = form | {"diterima": ["0"] * len(lines), "ditolak": [str(x.quantity) for x in lines]}
    assert "pilih alasannya" in coordinator.post(url, data=nobody).text
    refused = nobody | {"alasan_baris": ["goods_damaged"] * len(lines)}
    assert coordinator.post(url, data=refused).status_code == 303
    again = coordinator.get(url).text
    assert "adalah koreksi" in again
    right = form | {"uid": hidden(again, "uid"), "diterima": [str(x.quantity) for x in lines]}
    why = coordinator.post(url, data=right)
    assert (why.status_code, 'id="koreksi-error"' in why.text) == (409, True)
    coordinator.post(url, data=right | {"koreksi": "salah baris"})
    with read_session(engine) as session:
        assert session.get_one(Package, package.id).state == PackageState.ACCEPTED


def test_a_file_that_is_no_result_sheet_is_refused_at_its_field(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    answer = coordinator.post(
        f"{MONTH}/hasil/berkas", files={"berkas": ("hasil.csv", b"a;b\n1;2\n", "text/csv")}
    )
    assert answer.status_code == 409
    assert 'id="berkas-error"' in answer.text


def test_a_sheet_with_results_nobody_recorded_yet_is_shown_before_it_is_taken(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    with write_session(engine) as session:
        cycle = session.get_one(Cycle, away[0].id)
        by = make_account(session, Role.COORDINATOR)
        blank = export(session, cycle, by, ExportKind.RESULTS_XLSX)
        code = session.exec(select(Package.code).order_by(col(Package.code))).first()
    sheet = filled_sheet(blank, {str(code): (1, 0, None)})
    shown = coordinator.post(
        f"{MONTH}/hasil/berkas", files={"berkas": ("hasil.xlsx", sheet)}, follow_redirects=True
    )
    assert shown.status_code == 200
    assert str(code) in shown.text


def test_a_case_is_worked_off_until_it_is_closed(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    uid = hidden(coordinator.get("/rute/R-2612-01/hasil").text, "uid")
    form = {"perhentian": away[2][0].uid, "uid": uid, "hasil": "failed", "alasan": "nobody_home"}
    coordinator.post("/rute/R-2612-01/hasil", data=form)
    with read_session(engine) as session:
        case = session.exec(select(DeliveryException)).one()
    url = f"/kendala/{case.id}"
    with write_session(engine) as session:
        make_drop_point(session, name="Posyandu Cempaka", lat=-2.12814)
    assert "Posyandu Cempaka, Bukit Sari · 1,1 km" in coordinator.get("/kendala").text
    coordinator.post(f"{url}/ambil", data={"versi": case.version})
    stale = coordinator.post(f"{url}/tutup", data={"versi": case.version})
    assert (stale.status_code, "sudah diubah orang lain" in stale.text) == (409, True)
    early = coordinator.post(f"{url}/tutup", data={"versi": case.version + 1})
    assert "masih di kendaraan" in early.text
    past = {"tindakan": "redeliver", "hari": "2026-11-02", "teks": "lewat saudara"}
    kept = coordinator.post(f"{url}/tindak", data={"versi": case.version + 1, **past}).text
    assert 'value="redeliver" checked' in kept
    assert [f'value="{each}"' in kept for each in past.values()] == [True] * 3
    again = {"versi": case.version + 1, "tindakan": "redeliver", "hari": "2026-12-02"}
    coordinator.post(f"{url}/tindak", data=again)
    assert "2 Desember 2026" in coordinator.get(f"{MONTH}/rute").text
    assert "Kirim ulang, diminta Rabu, 2 Desember 2026" in coordinator.get("/kendala").text
    coordinator.post(f"{url}/selesai", data={"versi": case.version + 2})
    coordinator.post(f"{url}/tutup", data={"versi": case.version + 3})
    assert "Tidak ada kendala" in coordinator.get("/kendala").text
    assert "Buka lagi" in coordinator.get("/kendala?tertutup=1").text


def test_cases_whose_goods_are_settled_are_closed_at_once_all_or_none(
    coordinator: TestClient,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle = session.get_one(Cycle, away[0].id)
        first, second = (
            exception_doubts.open_exception(
                session, cycle=cycle, reason="wrong_data", by=by, now=NOW
            )
            for _ in range(2)
        )
        expired = package_at(session, session.get_one(Stop, away[2][0].id))
        exception_doubts.open_exception(
            session, cycle=cycle, reason="wrong_data", by=by, now=NOW, package=expired
        )
        refused = report(expired, "basi-0001", Outcome.REJECTED, reason="goods_expired")
        fulfilment.record_delivery(session, report=refused, by=by, now=NOW)
    page = coordinator.get("/kendala?bulan=2026-12").text
    assert "Tutup beberapa kasus sekaligus (2)" in page, "the goods of the others are nowhere yet"
    assert f'action="/kendala/{first.id}/tutup?bulan=2026-12"' in page
    assert page.count('name="kasus"') == 2
    stale = coordinator.post("/kendala/tutup", data={"kasus": [f"{first.id}.1", f"{second.id}.9"]})
    assert stale.status_code == 409
    both = {"kasus": [f"{first.id}.1", f"{second.id}.1"], "teks": "sudah ditanya"}
    done = coordinator.post("/kendala/tutup", data=both | {"bulan": "2026-12"})
    assert done.headers["location"] == "/kendala?bulan=2026-12"
    assert coordinator.post("/kendala/tutup", data={"kasus": ["1.x"]}).status_code == 404
    with read_session(engine) as session:
        rows = session.exec(select(DeliveryException).order_by(col(DeliveryException.id))).all()
        assert [row.state.value for row in rows] == ["closed", "closed", "open", "open"]
        assert rows[0].text == "sudah ditanya"


def test_a_sensitive_case_is_there_for_the_approver_only(
    client_for: ClientFor,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        case = exception_doubts.open_exception(
            session, cycle=session.get_one(Cycle, away[0].id), reason="kickback", by=by, now=NOW,
            package=session.exec(select(Package)).first(), text="diminta uang",
        )  # fmt: skip
    for role in (Role.COORDINATOR, Role.STAFF, Role.AUDITOR):
        assert "diminta uang" not in client_for(role).get("/kendala").text
    assert "diminta uang" in client_for(Role.APPROVER).get("/kendala").text
    for role, count in ((Role.COORDINATOR, 0), (Role.AUDITOR, 0), (Role.APPROVER, 1)):
        closing = text_of(client_for(role).get(f"{MONTH}/tutup"))
        assert f"{count} kasus terbuka" in closing
        state = client_for(role).get("/api/v1/cycles/2026-12/reconciliation").json()
        assert state["open_exceptions"] == count
    touched = client_for(Role.COORDINATOR).post(
        f"/kendala/{case.id}/ambil", data={"versi": case.version}
    )
    assert touched.status_code == 404


def test_what_a_courier_told_in_confidence_is_read_by_the_approver_only(
    client_for: ClientFor,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        package = package_at(session, away[2][0])
        told = report(
            package, "rahasia-1", Outcome.FAILED, reason="kickback", reason_text="diminta uang",
            channel="page",
        )  # fmt: skip
        fulfilment.record_delivery(session, report=told, by=by, now=NOW)
        code = package.code
    for role in (Role.COORDINATOR, Role.STAFF, Role.APPROVER):
        reads = role is Role.APPROVER
        page = client_for(role).get(f"{MONTH}/hasil/paket/{code}").text
        history = page.partition("Yang pernah dilaporkan")[2]
        assert ("diminta uang" in history, "imbalan" in history) == (reads, reads)
        [event] = client_for(role).get(f"/api/v1/packages/{code}/events").json()
        assert (event["reason"], event["reason_text"]) == (
            ("kickback", "diminta uang") if reads else (None, "")
        )


def test_a_month_closes_when_it_adds_up_and_the_sample_has_answered(
    client_for: ClientFor, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    coordinator, approver = client_for(Role.COORDINATOR), client_for(Role.APPROVER)
    early = coordinator.post(f"{MONTH}/tutup/cocokkan")
    assert (early.status_code, "3 perhentian belum ada hasilnya" in early.text) == (409, True)
    assert '<a href="/rute/R-2612-01/hasil">R-2612-01</a>: 3 perhentian' in early.text
    page = coordinator.get("/rute/R-2612-01/hasil").text
    for nth, stop in enumerate(away[2]):
        form = {"perhentian": stop.uid, "uid": hidden(page, "uid", nth), "hasil": "accepted"}
        coordinator.post("/rute/R-2612-01/hasil", data=form)
    assert coordinator.post(f"{MONTH}/tutup/cocokkan").status_code == 303
    assert "Jumlah cocok" in coordinator.get(f"{MONTH}/tutup").text
    before = text_of(approver.get(f"{MONTH}/tutup"))
    assert "Sebelum bulan ini dapat ditutup: 1 keluarga contoh belum ditanya" in before
    unanswered = approver.post(f"{MONTH}/tutup/tutup")
    assert "1 keluarga contoh belum ditanya" in unanswered.text
    assert "data-wait=" in unanswered.text, "counting takes seconds, which the page counts"
    call = re.findall(r"tutup/telepon/(\d+)", unanswered.text)[0]
    assert "Jl. " in unanswered.text.partition('id="telepon"')[2], "a home visit needs an address"
    coordinator.post(f"{MONTH}/tutup/telepon/{call}", data={"jawaban": "received"})
    assert coordinator.post(f"{MONTH}/tutup/tutup").status_code == 403
    approver.post(f"{MONTH}/tutup/tutup")
    assert "sudah ditutup dan beku" in approver.get(f"{MONTH}/tutup").text
    with read_session(engine) as session:
        code = package_at(session, away[2][0]).code
    mistyped = approver.get(f"{MONTH}/tutup?paket=P-2612-9999")
    assert (mistyped.status_code, 'id="paket-error"' in mistyped.text) == (422, True)
    assert 'value="P-2612-9999"' in mistyped.text, "what was typed stays"
    shown = approver.get(f"{MONTH}/tutup", params={"paket": f" {code.lower()} "}).text
    goods = re.findall(r'name="barang" value="([^"]+)"', shown)
    amended = {
        "paket": code,
        "barang": goods,
        "diterima": ["9" if each == "telur" else "0" for each in goods],
        "sisanya": "returned",
        "alasan": "salah ketik",
    }
    wrong = approver.post(f"{MONTH}/tutup/koreksi", data=amended | {"diterima": ["31"] * 5})
    assert (wrong.status_code, 'id="diterima-telur-error"' in wrong.text) == (422, True)
    assert 'value="salah ketik"' in wrong.text, "what was typed stays"
    led = approver.post(f"{MONTH}/tutup/koreksi", data=amended)
    told = said(approver, led.headers["location"])
    assert "Rak di gudang: +5 kg Beras" in told
    assert "+21 butir Telur ayam" in told
    page = approver.get(f"{MONTH}/tutup").text
    assert "keadaan: terpenuhi; " in page
    assert "diterima: 9 butir Telur ayam" in page
    assert "salah ketik" in page
    assert "Versi 2, dicatat" in approver.get(f"{MONTH}/laporan").text
    assert "Versi 1, dicatat" in approver.get(f"{MONTH}/laporan?versi=1").text
    assert approver.get(f"{MONTH}/laporan?versi=3").status_code == 404
    differing = f"{MONTH}/laporan/perbedaan"
    assert "Paket diterima" in "".join(
        text_of(approver.get(differing, params={"halaman": n})) for n in (1, 2)
    )
    again = approver.post(f"{MONTH}/laporan/hitung-ulang", data={"alasan": "x"})
    assert (again.status_code, "tidak ada versi baru" in again.text) == (409, True)
    assert coordinator.post(f"{MONTH}/laporan/hitung-ulang").status_code == 403
    assert "koreksi Desember 2026</a>" in coordinator.get("/stok").text
    told = text_of(coordinator.get(f"{MONTH}/hasil/paket/{code}"))
    assert "dikoreksi setelah bulan ditutup" in told
    assert "diterima: 9 butir Telur ayam, 0 kg Beras" in told
    assert "tutup?paket=" not in told
    rest = {"paket": code, "dari": "returned", "barang": ["telur"], "dipindah": ["x"], "ke": "lost"}
    rest |= {"alasan": "pecah di rak"}
    sent = f"{MONTH}/tutup/koreksi/sisa"
    wrong = approver.post(sent, data=rest)
    assert (wrong.status_code, 'id="dipindah-returned-telur-error"' in wrong.text) == (422, True)
    assert 'value="pecah di rak"' in wrong.text
    wrong = approver.post(sent, data=rest | {"dipindah": ["2"], "ke": ""})
    assert (wrong.status_code, 'id="sisa-sisanya-error"' in wrong.text) == (409, True)
    approver.post(sent, data=rest | {"dipindah": ["2"]})
    assert "−2 butir Telur ayam" in said(approver, f"{MONTH}/tutup")
    back = re.findall(r"tutup\?balik=\d+", approver.get(f"{MONTH}/tutup").text)
    assert len(back) == 1, "only the last correction of a package is taken back"
    filled = approver.get(f"{MONTH}/{back[0]}").text
    assert '<option value="returned" selected>' in filled
    assert approver.get(f"{MONTH}/tutup?balik=999").status_code == 404
    with write_session(engine) as session:
        package = session.exec(select(Package).where(Package.code == code)).one()
        stood, package.state = package.state, PackageState.CANCELLED
    given_up = approver.get(f"{MONTH}/tutup?paket={code}")
    assert "dibatalkan sebelum dikirim" in given_up.text
    with read_session(engine) as session:
        [entry] = session.exec(select(Amendment).where(Amendment.subject == "fulfilment"))
    assert approver.get(f"{MONTH}/tutup?balik={entry.id}").status_code == 404
    with write_session(engine) as session:
        session.exec(select(Package).where(Package.code == code)).one().state = stood
    never = amended | {"diterima": ["0"] * 5, "sisanya": "lost", "alasan": "tidak datang"}
    assert approver.post(f"{MONTH}/tutup/koreksi", data=never).status_code == 303
    page = approver.get(f"{MONTH}/tutup").text
    assert "hari diterima: 1 Desember 2026" in page
    assert "2026-12-01;" not in page
    with read_session(engine) as session:
        judged = session.exec(select(Fulfilment).order_by(col(Fulfilment.id))).first()
        assert judged is not None
    for cause in ("harassment", "refused"):
        wanted = {
            "subject": "fulfilment", "subject_id": judged.id, "reason": "telaah",
            "after": {"reason": cause},
        }  # fmt: skip
        made = approver.post("/api/v1/cycles/2026-12/amendments", json=wanted)
        assert made.status_code == 200
    assert "alasan: rahasia" in text_of(coordinator.get(f"{MONTH}/tutup"))
    assert "alasan: rahasia" not in text_of(approver.get(f"{MONTH}/tutup"))


def test_the_report_is_shown_and_given_as_a_file(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = coordinator.get(f"{MONTH}/laporan").text
    assert page.count("Sumber: ") == page.count("<table>") > 3
    assert "disembunyikan" in coordinator.get(f"{MONTH}/laporan?publik=1").text
    given = coordinator.post(f"{MONTH}/laporan/unduh", data=PURPOSE | {"bentuk": "json"})
    assert given.headers["content-type"] == "application/json"
    refused = coordinator.post(f"{MONTH}/laporan/unduh", data={"bentuk": "json"})
    assert refused.status_code == 409


def test_an_auditor_reads_every_page_and_finds_no_form(
    client_for: ClientFor, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    auditor = client_for(Role.AUDITOR)
    for path in ("paket", "paket/daftar", "rute", "hasil", "tutup"):
        page = auditor.get(f"{MONTH}/{path}")
        assert page.status_code == 200
        posts = re.findall(r'<form method="post" action="([^"]+)"', page.text)
        assert set(posts) <= {"/bahasa", "/keluar", "/tampilan"}, path


def test_the_pages_are_there_in_english(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], app: FastAPI
) -> None:
    coordinator.post("/bahasa", data={"bahasa": "en"})
    assert "Enter results" in coordinator.get("/koordinator").text
    assert "Reconcile and close" in coordinator.get(f"{MONTH}/tutup").text
    assert "30 × Eggs; 5 kg Rice" in coordinator.get("/rute/R-2612-01/hasil").text


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


def test_late_news_of_a_closed_month_is_in_the_queue_and_leads_to_its_correction(
    client_for: ClientFor, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    coordinator, approver = client_for(Role.COORDINATOR), client_for(Role.APPROVER)
    page = coordinator.get("/rute/R-2612-01/hasil").text
    for nth, stop in enumerate(away[2]):
        form = {"perhentian": stop.uid, "uid": hidden(page, "uid", nth), "hasil": "accepted"}
        coordinator.post("/rute/R-2612-01/hasil", data=form)
    coordinator.post(f"{MONTH}/tutup/cocokkan")
    call = re.findall(r"tutup/telepon/(\d+)", coordinator.get(f"{MONTH}/tutup").text)[0]
    coordinator.post(f"{MONTH}/tutup/telepon/{call}", data={"jawaban": "received"})
    approver.post(f"{MONTH}/tutup/tutup")
    with read_session(engine) as session:
        code = package_at(session, away[2][0]).code
    moment = (NOW + timedelta(hours=5)).isoformat()
    sent = {
        "event_uid": "late-0001", "package_code": code, "outcome": "lost",
        "reason": "vehicle_broken", "happened_at": moment, "device_id": "hp", "device_seq": 9,
    }  # fmt: skip
    with read_session(engine) as session:
        rows = select(Account).where(Account.role == Role.COURIER)
        courier = session.exec(rows).one()
    answer = client_for(courier).post("/api/v1/deliveries", json={"events": [sent]})
    assert answer.json()["answers"][0]["code"] == "delivery.month_closed_differs"
    assert "1 kabar datang setelah bulan ditutup" in coordinator.get("/koordinator").text
    assert "kendala penyaluran yang terbuka" in client_for(Role.STAFF).get("/petugas").text
    for reader in (coordinator, client_for(Role.STAFF)):
        queue = reader.get("/kendala").text
        assert "0 dari 50 barang diterima" in queue
        assert "penyetuju mengoreksinya dari sini" in queue
    link = re.findall(r"/tutup\?kabar=\d+#koreksi", approver.get("/kendala").text)[0]
    filled = approver.get(f"{MONTH}{link}").text
    assert f'name="paket" value="{code}"' in filled
    goods = re.findall(r'name="barang" value="([^"]+)"', filled)
    assert filled.count('name="diterima" type="text" value="0"') == len(goods) == 5
    amended = {
        "paket": code, "barang": goods, "diterima": ["0"] * 5, "sisanya": "lost",
        "alasan": re.findall(r'name="alasan" type="text" value="([^"]+)"', filled)[-1],
    }  # fmt: skip
    wrong = approver.post(f"{MONTH}/tutup/koreksi", data=amended | {"sisanya": ""})
    assert (wrong.status_code, f'value="{code}"' in wrong.text) == (409, True)
    approver.post(f"{MONTH}/tutup/koreksi", data=amended)
    assert "Tidak ada kendala" in coordinator.get("/kendala").text
    assert approver.get(f"{MONTH}/tutup?kabar=9999").status_code == 404


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
