"""The road map's page: what is driven on, and roads closed and opened by hand."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.services.road_map import install_map
from data.engine import write_session
from data.schema import Account, Role
from tests.api.pages.reading import text_of
from tests.conftest import NOW
from tests.factories import make_account
from tests.logistics.road_maps import grid_nodes, map_of, osm_text, street

pytestmark = pytest.mark.stores("sqlite")

ClientFor = Callable[[Role | Account], TestClient]
CLOSURE = {"lintang": "0", "bujur": "0,0005", "dari": "2026-12-01", "alasan": "Jembatan putus"}


@pytest.fixture
def mapped(engine: Engine, tmp_path: Path) -> None:
    network = map_of(tmp_path, osm_text(grid_nodes(2, 2), [street(0, 1, 11, name="Jalan Koba")]))
    with write_session(engine) as session:
        by = make_account(session, Role.COORDINATOR)
        install_map(session, network=network, name="kota.osm", by=by, now=NOW)


def test_without_a_map_the_page_says_how_to_get_one(client_for: ClientFor) -> None:
    page = client_for(Role.COORDINATOR).get("/jalan").text
    assert "asuh roads build" in page
    assert "/jalan/tutup" not in page


@pytest.mark.usefixtures("mapped")
def test_a_road_is_closed_shown_and_opened_again(client_for: ClientFor) -> None:
    coordinator = client_for(Role.COORDINATOR)
    assert "OpenStreetMap contributors" in coordinator.get("/jalan").text
    assert coordinator.post("/jalan/tutup", data=CLOSURE).status_code == 303
    page = coordinator.get("/jalan").text
    assert "Jalan Koba" in page
    assert "Jembatan putus" in page
    form = page.split('action="/jalan/buka/', 1)[1].split('"', 1)[0]
    coordinator.post(f"/jalan/buka/{form}")
    assert "Tidak ada jalan yang ditutup" in coordinator.get("/jalan").text
    assert coordinator.post(f"/jalan/buka/{form}").status_code == 404


@pytest.mark.usefixtures("mapped")
def test_a_stretch_is_chosen_by_the_street_s_name_and_closed(client_for: ClientFor) -> None:
    coordinator = client_for(Role.COORDINATOR)
    page = coordinator.get("/jalan", params={"cari": "koba"}).text
    found = re.findall(r'href="/jalan\?lintang=([-.0-9]+)&amp;bujur=([-.0-9]+)&amp;cari=koba', page)
    assert len(found) == 1
    lat, lon = found[0]
    chosen = coordinator.get("/jalan", params={"cari": "koba", "lintang": lat, "bujur": lon}).text
    assert f'name="lintang" type="text" value="{lat}"' in chosen
    wish = CLOSURE | {"lintang": lat, "bujur": lon}
    told = text_of(coordinator.post("/jalan/tutup", data=wish, follow_redirects=True))
    assert "Jalan Koba ditutup. Tidak ada rute yang melewatinya." in told
    nothing = text_of(coordinator.get("/jalan", params={"cari": "Sudirman"}))
    assert "Tidak ada jalan bernama ini di peta" in nothing


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"lintang": "utara"}, "lintang", "Tulis lintang dan bujur"),
        ({"lintang": "5"}, "lintang", "Tidak ada jalan dalam 60 m"),
        ({"dari": "besok"}, "dari", "Tulis tanggal"),
        ({"sampai": "2026-11-01"}, "sampai", "Hari terakhir"),
        ({"alasan": " "}, "alasan", "Tulis mengapa"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    client_for: ClientFor, wrong: dict[str, str], field: str, text: str
) -> None:
    answer = client_for(Role.COORDINATOR).post("/jalan/tutup", data=CLOSURE | wrong)
    assert answer.status_code == 422
    said = answer.text.split(f'id="{field}-error">', 1)[1].split("</span>", 1)[0]
    assert text in said
    kept = (CLOSURE | wrong)["bujur"]
    assert f'value="{kept}"' in answer.text


@pytest.mark.usefixtures("mapped")
def test_who_only_reads_finds_no_form(client_for: ClientFor) -> None:
    page = client_for(Role.AUDITOR).get("/jalan").text
    assert "kota.osm" in page
    assert "/jalan/tutup" not in page
