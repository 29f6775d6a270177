import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import accounts, links, second_factor
from data.engine import read_session, write_session
from data.schema import Account, AuditEntry, Role
from tests.api.pages.reading import text_of
from tests.applications import browser
from tests.conftest import NOW
from tests.factories import make_account, make_sponsor

GOOD = "hujan di teluk bayur"


@pytest.fixture
def sari(engine: Engine) -> Account:
    with write_session(engine) as session:
        return accounts.create_account(
            session, username="sari", full_name="Sari", role=Role.STAFF, by="system", now=NOW,
            password=GOOD, profile="cheap",
        )  # fmt: skip


def sign_in(client: TestClient, **form: str) -> object:
    return client.post("/masuk", data={"username": "sari", "password": GOOD} | form)


def test_signing_in_leads_to_the_roles_page_and_keeps_a_guarded_cookie(
    client: TestClient, sari: Account
) -> None:
    answer = client.post("/masuk", data={"username": "sari", "password": GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/petugas")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-asuh=")
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag in cookie
    (own,) = (each for each in answer.headers.get_list("set-cookie") if "__Host-asuh=" in each)
    assert "Max-Age" not in own, "it goes with the browser of a shared desk"


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: TestClient, sari: Account) -> None:
    form = {"username": "sari", "password": GOOD, "lanjut": "/akun"}
    assert client.post("/masuk", data=form).headers["location"] == "/akun"


def test_a_page_that_there_is_not_speaks_the_language_of_who_signed_in(
    client: TestClient, sari: Account
) -> None:
    client.headers["accept-language"] = "en"
    assert "This cannot be done" in client.get("/tidak/ada").text
    client.post("/masuk", data={"username": "sari", "password": GOOD})
    missing = client.get("/tidak/ada")
    assert missing.status_code == 404
    assert "Tidak dapat dilakukan" in missing.text


def test_signing_in_leads_to_no_other_site(client: TestClient, sari: Account) -> None:
    form = {"username": "sari", "password": GOOD, "lanjut": "//jahat.example/"}
    assert client.post("/masuk", data=form).headers["location"] == "/petugas"


def test_a_wrong_password_says_so_without_repeating_it(client: TestClient, sari: Account) -> None:
    answer = client.post("/masuk", data={"username": "sari", "password": "rahasia keliru"})
    assert answer.status_code == 401
    assert "tidak cocok" in answer.text
    assert "rahasia keliru" not in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_sign_in_in_the_store(client: TestClient, sari: Account) -> None:
    sign_in(client)
    assert client.get("/akun").status_code == 200
    token = client.cookies["__Host-asuh"]
    answer = client.post("/keluar")
    assert answer.headers["location"] == "/masuk"
    assert "storage" in answer.headers["clear-site-data"]
    client.cookies.set("__Host-asuh", token)
    assert client.get("/akun").status_code == 303


def test_a_form_sent_after_signing_out_is_said_not_to_have_arrived(
    client: TestClient, sari: Account
) -> None:
    sign_in(client)
    client.post("/keluar")
    for page, back in (
        ("https://testserver/berkas", "?lanjut=/berkas"),
        ("https://testserver/tidak-ada", ""),
        ("https://jahat.example/berkas", ""),
    ):
        answer = client.post("/berkas", headers={"referer": page})
        assert answer.headers["location"] == f"/masuk{back}"
        assert "belum diterima" in client.get(answer.headers["location"]).text
    answer = client.post("/keluar")
    assert answer.headers["location"] == "/masuk"
    assert "belum diterima" not in client.get("/masuk").text


def test_each_sign_in_has_a_new_token(client: TestClient, sari: Account) -> None:
    sign_in(client)
    first = client.cookies["__Host-asuh"]
    client.cookies.clear()
    sign_in(client)
    assert client.cookies["__Host-asuh"] != first


def test_whoever_is_signed_in_is_led_past_the_sign_in_page(
    client: TestClient, sari: Account
) -> None:
    sign_in(client)
    assert client.get("/masuk").headers["location"] == "/petugas"


def test_one_sees_and_ends_ones_other_devices(
    app: FastAPI, client: TestClient, sari: Account
) -> None:
    sign_in(client)
    phone = browser(app)
    sign_in(phone)
    page = client.get("/akun").text
    assert "perangkat ini" in page
    other = page.split('action="/akun/masuk/')[1].split("/akhiri")[0]
    assert client.post(f"/akun/masuk/{other}/akhiri").status_code == 303
    assert phone.get("/akun").status_code == 303
    assert client.get("/akun").status_code == 200


def test_a_changed_password_counts_at_once(client: TestClient, sari: Account) -> None:
    sign_in(client)
    wrong = client.post("/akun/sandi", data={"current": "x", "new": "kabut di bukit intan"})
    assert wrong.status_code == 422
    assert "tidak cocok" in wrong.text
    done = client.post("/akun/sandi", data={"current": GOOD, "new": "kabut di bukit intan"})
    assert done.headers["location"] == "/akun"
    assert "Kata sandi diganti" in client.get("/akun").text
    assert "Kata sandi diganti" not in client.get("/akun").text
    assert client.post("/masuk", data={"username": "sari", "password": GOOD}).status_code == 401


def test_a_link_signs_in_by_its_button_only(
    app: FastAPI, client: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    with write_session(engine) as session:
        token = links.create_link(
            session, account=person(Role.COURIER), by=person(Role.ADMIN), now=NOW
        )
    opened = client.get(f"/tautan/{token}")
    assert opened.status_code == 200
    assert "set-cookie" not in opened.headers
    assert client.post(f"/tautan/{token}").headers["location"] == "/kurir"
    assert client.get("/akun").status_code == 200
    app.state.clock = lambda: NOW + timedelta(hours=15)
    assert client.get("/akun").status_code == 303
    assert client.get(f"/tautan/{token}").status_code == 404


def test_an_unknown_link_says_what_to_do(client: TestClient) -> None:
    for answer in (client.get("/tautan/xyz"), client.post("/tautan/xyz")):
        assert answer.status_code == 404
        assert "Minta tautan baru" in answer.text


def test_a_new_installation_says_how_its_first_account_is_made(
    client: TestClient, engine: Engine
) -> None:
    assert "asuh user add admin --role admin" in client.get("/masuk").text
    with write_session(engine) as session:
        make_account(session, Role.ADMIN)
    assert "asuh user add" not in client.get("/masuk").text


def test_the_admin_is_told_who_a_month_cannot_do_without(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    admin = client_for(Role.ADMIN)
    page = admin.get("/admin").text
    assert 'href="/admin/akun/baru?peran=approver"' in page
    assert '<option value="approver" selected>' in admin.get("/admin/akun/baru?peran=approver").text
    with write_session(engine) as session:
        for role in (Role.STAFF, Role.APPROVER, Role.COORDINATOR):
            make_account(session, role)
    assert "Berikutnya" not in admin.get("/admin").text


def test_an_admin_makes_an_account_that_then_signs_in(
    client: TestClient, client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    admin = client_for(Role.ADMIN)
    form = {"username": "budi", "full_name": "Budi", "role": "coordinator", "password": GOOD}
    made = admin.post("/admin/akun/baru", data=form)
    assert made.status_code == 303
    page = admin.get(made.headers["location"])
    assert "Akun budi dibuat" in page.text
    signed = client.post("/masuk", data={"username": "budi", "password": GOOD})
    assert signed.headers["location"] == "/koordinator"
    with read_session(engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "account:create")).one()
    assert (entry.by, entry.subject_id) == ("admin", "budi")


def test_a_faulty_form_comes_back_filled_with_the_faults_named(
    client_for: Callable[[Role], TestClient],
) -> None:
    form = {"username": "budi s", "full_name": "Budi", "role": "coordinator", "password": GOOD}
    answer = client_for(Role.ADMIN).post("/admin/akun/baru", data=form)
    assert answer.status_code == 422
    assert 'href="#username"' in answer.text
    assert 'value="Budi"' in answer.text
    assert GOOD not in answer.text


def test_saving_over_someone_elses_edit_is_refused_with_both_values(
    client_for: Callable[[Role], TestClient], sari: Account
) -> None:
    admin = client_for(Role.ADMIN)
    form = {"base_version": "1", "full_name": "Sari P.", "role": "staff", "is_active": "true"}
    assert admin.post(f"/admin/akun/{sari.id}", data=form).status_code == 303
    stale = admin.post(f"/admin/akun/{sari.id}", data=form | {"full_name": "Sari Puspita"})
    assert stale.status_code == 409
    assert "nama: tersimpan Sari P., isian Anda Sari Puspita" in text_of(stale)
    assert 'value="Sari Puspita"' in stale.text, "what was typed is kept"
    version = re.findall(r'name="base_version" value="(\d+)"', stale.text)[0]
    again = form | {"full_name": "Sari Puspita", "base_version": version}
    assert admin.post(f"/admin/akun/{sari.id}", data=again).status_code == 303


def test_a_donors_account_names_its_sponsor_by_code(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        sponsor = make_sponsor(session)
    admin = client_for(Role.ADMIN)
    form = {"username": "ibu.ani", "full_name": "Ibu Ani", "role": "donor"}
    for code, fault in (("", "perlu kode"), ("OTA-X", "Tidak ada orang tua asuh dengan kode ini")):
        refused = admin.post("/admin/akun/baru", data=form | {"sponsor_code": code})
        assert (refused.status_code, fault in refused.text) == (422, True)
        assert 'href="#sponsor_code"' in refused.text
    made = admin.post("/admin/akun/baru", data=form | {"sponsor_code": sponsor.code.lower()})
    assert sponsor.name in admin.get(made.headers["location"]).text
    found = admin.get("/admin/akun?cari=ani").text
    assert "ibu.ani" in found
    assert 'href="/admin/akun/1"' not in found
    left = admin.post(
        made.headers["location"],
        data=form | {"base_version": "1", "role": "staff", "sponsor_code": sponsor.code},
    )
    assert left.status_code == 303
    with read_session(engine) as session:
        account = session.exec(select(Account).where(Account.username == "ibu.ani")).one()
    assert (account.role, account.sponsor_id) == (Role.STAFF, None)


def test_an_office_account_cannot_come_without_a_password(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    admin = client_for(Role.ADMIN)
    form = {"username": "budi", "full_name": "Budi", "role": "approver"}
    refused = admin.post("/admin/akun/baru", data=form)
    assert (refused.status_code, 'href="#password"' in refused.text) == (422, True)
    made = admin.post("/admin/akun/baru", data=form | {"role": "courier"})
    now_staff = form | {"role": "staff", "base_version": "1", "is_active": "true"}
    admin.post(made.headers["location"], data=now_staff)
    assert "belum punya kata sandi" in admin.get(made.headers["location"]).text


def test_an_admin_is_told_on_the_form_that_she_cannot_shut_herself_out(
    client_for: Callable[[Role], TestClient], person: Callable[[Role], Account]
) -> None:
    admin = client_for(Role.ADMIN)
    me = person(Role.ADMIN)
    form = {"base_version": str(me.version), "full_name": "Nama Baru", "role": "admin"}
    refused = admin.post(f"/admin/akun/{me.id}", data=form)
    assert (refused.status_code, "Minta admin lain" in refused.text) == (409, True)
    assert 'value="Nama Baru"' in refused.text


def test_a_link_for_a_courier_is_shown_once(
    client_for: Callable[[Role], TestClient], person: Callable[[Role], Account]
) -> None:
    admin = client_for(Role.ADMIN)
    courier = person(Role.COURIER)
    made = admin.post(f"/admin/akun/{courier.id}/tautan")
    assert "https://testserver/tautan/" in made.text
    assert "/tautan/" not in admin.get(f"/admin/akun/{courier.id}").text.replace(
        f"/admin/akun/{courier.id}/tautan", ""
    )


def test_a_second_factor_is_put_on_used_and_removed(
    app: FastAPI, client: TestClient, sari: Account, client_for: Callable[[Role], TestClient]
) -> None:
    sign_in(client)
    page = client.get("/akun/kode").text
    assert "data:image/svg+xml" in page
    secret = page.split('name="secret" value="')[1].split('"')[0]
    wrong = client.post("/akun/kode", data={"secret": secret, "code": "12"})
    assert wrong.status_code == 422
    step = int(NOW.timestamp()) // 30
    form = {"secret": secret, "code": second_factor.code_at(secret, step)}
    assert client.post("/akun/kode", data=form).headers["location"] == "/akun"
    phone = browser(app)
    refused = phone.post("/masuk", data={"username": "sari", "password": GOOD})
    assert "Isi juga kode" in refused.text
    code = second_factor.code_at(secret, step + 1)
    form = {"username": "sari", "password": GOOD, "second_code": code}
    assert phone.post("/masuk", data=form).status_code == 303
    admin = client_for(Role.ADMIN)
    assert "kode-hapus" in admin.get(f"/admin/akun/{sari.id}").text
    admin.post(f"/admin/akun/{sari.id}/kode-hapus")
    assert browser(app).post("/masuk", data={"username": "sari", "password": GOOD}).is_redirect


def test_two_donors_on_one_phone_take_turns(client: TestClient, engine: Engine) -> None:
    """The second link says whose session it ends, and ends it."""
    with write_session(engine) as session:
        staff = make_account(session, Role.STAFF)
        tokens = []
        for name in ("Bu Ani", "Pak Budi"):
            donor = make_account(session, Role.DONOR, full_name=name)
            tokens.append(links.create_link(session, account=donor, by=staff, now=NOW))
    client.post(f"/tautan/{tokens[0]}")
    first = client.cookies["__Host-asuh"]
    page = client.get(f"/tautan/{tokens[1]}").text
    assert "Anda sedang masuk sebagai Bu Ani" in page
    client.post(f"/tautan/{tokens[1]}")
    assert "Pak Budi" in client.get("/akun").text
    old = browser(client.app)  # type: ignore[arg-type]
    old.cookies.set("__Host-asuh", first)
    assert old.get("/akun").status_code == 303


def test_a_revoked_link_and_its_sessions_end_at_once(
    client: TestClient, engine: Engine, client_for: Callable[[Role], TestClient]
) -> None:
    with write_session(engine) as session:
        staff = make_account(session, Role.STAFF)
        donor = make_account(session, Role.DONOR, full_name="Bu Ani")
        number = donor.id
        used = links.create_link(session, account=donor, by=staff, now=NOW)
    client.post(f"/tautan/{used}")
    assert client.get("/akun").status_code == 200
    with write_session(engine) as session:
        unused = links.create_link(session, account=donor, by=staff, now=NOW)
    office = client_for(Role.STAFF)
    assert office.post(f"/undangan/{number}/cabut").status_code == 303
    assert client.get("/akun").status_code == 303
    assert client.get(f"/tautan/{unused}").status_code == 404
    assert client_for(Role.COORDINATOR).post(f"/undangan/{number}/cabut").status_code == 403
