"""Choosing an account's place in forms, lists, JSON and on the command line; the first page."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, Role
from tests.api.pages.reading import send, text_of
from tests.factories import KELURAHAN, make_account, make_household

ClientFor = Callable[[Role | Account], TestClient]
SANDI = "kalimat panjang sekali"


@pytest.fixture
def admin(engine: Engine, client_for: ClientFor) -> TestClient:
    with write_session(engine) as session:
        make_household(session, posyandu="Mawar", puskesmas="Girimaya")
        make_household(session, posyandu="Melati", puskesmas="Girimaya")
        make_household(session, kelurahan_code="19.71.05.1005", posyandu="Kenanga")
    return client_for(Role.ADMIN)


def stored(engine: Engine, username: str) -> Account:
    with read_session(engine) as session:
        return session.exec(select(Account).where(Account.username == username)).one()


def make(admin: TestClient, username: str, role: str, **place: object) -> object:
    fields = {"username": username, "full_name": "Siti", "role": role, "password": SANDI, **place}
    return admin.post("/admin/akun/baru", data=fields)


def test_a_kader_is_made_from_the_posyandu_of_families(admin: TestClient, engine: Engine) -> None:
    form = text_of(admin.get("/admin/akun/baru?peran=kader"))
    assert "Hanya posyandu tertentu dalam satu kelurahan" in form
    assert "Koordinator dengan wilayah tidak menyusun rute" in form
    assert all(name in form for name in ("Mawar", "Melati", "Kenanga", "Girimaya"))
    ticked = [f"{KELURAHAN} Mawar", f"{KELURAHAN} Melati"]
    page = admin.post(
        "/admin/akun/baru",
        data={"username": "siti", "full_name": "Siti", "role": "kader", "password": SANDI,
              "posyandu": ticked},
        follow_redirects=True,
    )  # fmt: skip
    assert "Posyandu Mawar, Melati · Bukit Sari" in text_of(page)
    made = stored(engine, "siti")
    assert (made.area_code, made.posyandu) == (KELURAHAN, ["Mawar", "Melati"])
    assert page.text.count('name="posyandu" value="' + ticked[0] + '" checked') == 1
    ward = re.compile(r'<details( open)?><summary>([^<]+) <span class="quiet">([\d/]+)<')
    assert ward.findall(page.text) == [
        (" open", "Bukit Sari", "2/2"),
        ("", "Tua Tunu Indah", "1"),
    ], "a kelurahan without a chosen posyandu stays folded"
    listed = text_of(admin.get("/admin/akun?wilayah=terikat"))
    assert "siti" in listed
    assert "Kader" in listed.title()


@pytest.mark.parametrize(
    ("role", "place", "sentence"),
    [
        ("kader", {}, "pilih paling sedikit satu posyandu"),
        ("donor", {"area_code": KELURAHAN}, "Peran ini tidak punya wilayah kerja"),
        ("admin", {"puskesmas": "Girimaya"}, "Peran ini tidak punya wilayah kerja"),
        (
            "staff",
            {"posyandu": [f"{KELURAHAN} Mawar", "19.71.05.1005 Kenanga"]},
            "Posyandu dipilih dalam satu kelurahan",
        ),
        ("staff", {"posyandu": [f"{KELURAHAN} Kenanga"]}, "Tidak ada keluarga dengan posyandu ini"),
        ("staff", {"area_code": KELURAHAN, "puskesmas": "Girimaya"}, "Pilih satu macam wilayah"),
    ],
)
def test_a_place_that_does_not_fit_is_refused_at_its_field(
    admin: TestClient, engine: Engine, role: str, place: dict[str, object], sentence: str
) -> None:
    answer = make(admin, "siti", role, **place)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in text_of(answer)  # type: ignore[arg-type]
    with read_session(engine) as session:
        found = session.exec(select(Account).where(Account.username == "siti")).all()
    assert found == []


def test_a_place_is_changed_cleared_and_filtered(
    admin: TestClient, engine: Engine, client_for: ClientFor
) -> None:
    with write_session(engine) as session:
        clerk = make_account(session, username="budi", area_code=KELURAHAN)
        make_account(session, username="ani")
        make_account(session, username="citra", puskesmas="Girimaya", role=Role.AUDITOR)
    url = f"/admin/akun/{clerk.id}"
    assert "Kelurahan Bukit Sari" in text_of(admin.get(url))
    assert client_for(clerk).get("/").headers["location"] == "/wilayah"
    for wish, names in (
        ("terikat", {"budi", "citra"}), ("19.71.05", {"budi"}), ("19.71.01", set()),
    ):  # fmt: skip
        page = admin.get(f"/admin/akun?wilayah={wish}").text
        assert {name for name in ("budi", "ani", "citra") if f">{name}</a>" in page} == names
    assert [
        each["username"]
        for each in admin.get(f"/api/v1/accounts?area_code={KELURAHAN}").json()["items"]
    ] == ["budi"]
    send(admin, url, base_version=1, full_name="Budi", role="staff", is_active="true")
    assert stored(engine, "budi").area_code is None
    assert client_for(stored(engine, "budi")).get("/").headers["location"] == "/petugas"
    answer = admin.patch(
        f"/api/v1/accounts/{clerk.id}",
        json={"base_version": 2, "area_code": KELURAHAN, "posyandu": ["Mawar"]},
    )
    assert answer.json()["posyandu"] == ["Mawar"]
    stale = admin.post(url, data={"base_version": "2", "full_name": "Budi", "role": "staff",
                                  "area_code": KELURAHAN, "is_active": "true"})  # fmt: skip
    assert stale.status_code == 409
    assert "tersimpan Mawar, isian Anda kosong" in text_of(stale)


def test_the_place_stands_on_ones_own_page(engine: Engine, client_for: ClientFor) -> None:
    with write_session(engine) as session:
        clerk = make_account(session, area_code="19.71.05")
    assert "Kecamatan Gerunggang" in text_of(client_for(clerk).get("/akun"))


def test_the_first_page_of_a_place_says_what_waits_there(
    engine: Engine, client_for: ClientFor
) -> None:
    with write_session(engine) as session:
        clerk = make_account(session, area_code=KELURAHAN)
        kader = make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Mawar"])
    page = client_for(clerk).get("/wilayah")
    assert "Kelurahan Bukit Sari" in text_of(page)
    assert 'href="/petugas"' not in page.text
    assert 'href="/monev/wilayah"' in page.text
    assert client_for(Role.STAFF).get("/wilayah").headers["location"] == "/petugas"
    own = client_for(kader).get("/wilayah")
    assert own.status_code == 200
    assert 'href="/anak"' not in own.text
    assert client_for(kader).get("/anak").status_code == 403
    refused = client_for(clerk).get("/bulan/2026-12/rute")
    assert refused.status_code == 403
    assert "Akun Anda bekerja untuk wilayahnya saja" in text_of(refused)
