"""Pages of goods: packing, the list of packages, stock."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.i18n import sentence
from api.services import carrying, stock
from api.services.package_cancelling import cancel_package
from data.engine import read_session, write_session
from data.queries.goods import boxed_goods
from data.schema import (
    Account,
    Child,
    CycleState,
    Package,
    PackageState,
    Role,
    Shortage,
)
from tests.api.pages.reading import hidden, said, text_of
from tests.conftest import NOW
from tests.factories import (
    make_approved_cycle,
    make_cycle,
    make_depot,
    make_stock,
    make_vehicle,
)
from tests.factories_goods import give_stock, kits_in_stock, make_packed_cycle

MONTH = "/bulan/2026-12"


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


def first_step(coordinator: TestClient) -> list[str]:
    """The buttons of the packing page that stand out: what comes next."""
    main = coordinator.get(f"{MONTH}/paket").text.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'<(?:button|a role="button" href="[^"]+")>([^<]+)<', main)


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
    assert first_step(coordinator) == ["Buat paket dan pesan barang"]
    coordinator.post(f"{MONTH}/paket/kemas")
    assert first_step(coordinator) == ["Tandatangani yang dipilih"]
    short = {"barang": "telur", "tindakan": "wait", "pengganti": ""}
    coordinator.post(f"{MONTH}/paket/kekurangan", data=short)
    assert first_step(coordinator) == ["Ulangi pengepakan"]
    coordinator.post(f"{MONTH}/paket/kemas")
    assert "2 paket siap" in said(coordinator, f"{MONTH}/paket")
    assert first_step(coordinator) == ["Tandai semua yang disisihkan sebagai sudah dikemas"]
    coordinator.post(f"{MONTH}/paket/tandai")
    assert "2 paket ditandai" in said(coordinator, f"{MONTH}/paket")
    assert first_step(coordinator) == ["Susun rute"]
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
