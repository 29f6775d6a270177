"""Results from paper: a sheet typed or sent back as a file."""

import re

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services.dispatch import ExportKind
from data.engine import read_session, write_session
from data.queries.deliveries import lines_of_package
from data.schema import (
    Cycle,
    DeliveryEvent,
    Package,
    PackageLine,
    PackageState,
    Role,
    Route,
    Stop,
    StopState,
)
from tests.api.pages.conftest import ClientFor
from tests.api.pages.reading import hidden
from tests.api.services.test_dispatch import export, filled_sheet
from tests.factories import (
    make_account,
)
from tests.factories_routes import (
    package_at,
)

MONTH = "/bulan/2026-12"


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
    coordinator: TestClient,
    client_for: ClientFor,
    engine: Engine,
    away: tuple[Cycle, Route, list[Stop]],
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
    staff = client_for(Role.STAFF)
    number = shown.url.path.rsplit("/", 1)[1]
    assert staff.get(f"/berkas/{number}").status_code == 404
    assert "hasil.xlsx" not in staff.get("/berkas").text
    assert "berkas yang belum diterapkan" not in staff.get("/petugas").text
