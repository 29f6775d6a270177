"""The donor's pages: own children by alias, what arrived, and nothing else."""

import html
import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.app import doors
from api.services import fulfilment, reconcile
from api.services.office_heads import enter_head
from api.services.payment_guides import enter_guide
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Assignment,
    AuditEntry,
    Child,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleState,
    DeliveryEvent,
    DonorAlias,
    Household,
    Measurement,
    Package,
    Pledge,
    PledgeForm,
    Replacement,
    Role,
    Sponsor,
)
from tests.api.documents.pdf_reading import whole_text
from tests.api.pages.reading import text_of
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_assignment,
    make_consent,
    make_cycle,
    make_match_run,
    make_measurement,
    show_to_donors,
)
from tests.factories_routes import make_dispatched_cycle, report

ClientFor = Callable[[Role | Account], TestClient]


@pytest.fixture
def donor(client_for: ClientFor, engine: Engine) -> TestClient:
    """The sponsor of the first of three children whose packages have arrived."""
    with write_session(engine) as session:
        cycle, _, _, coordinator, _ = make_dispatched_cycle(session)
        for number, package in enumerate(session.exec(select(Package)).all()):
            event = report(package, f"e{number}", channel="page")
            fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=NOW)
        pair = session.exec(select(Assignment).order_by(Assignment.id)).first()  # type: ignore[arg-type]
        assert pair is not None
        sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
        show_to_donors(session)
        account = make_account(session, Role.DONOR, sponsor_id=sponsor_id)
    return client_for(account)


def test_a_donor_sees_the_own_child_and_that_the_package_arrived(donor: TestClient) -> None:
    page = donor.get("/donatur").text
    assert page.count('href="/donatur/anak/') == 1
    assert "diterima Desember 2026" in page
    assert "30 butir Telur ayam" in page


def test_who_promised_money_reads_how_much_and_how_to_pay_or_whom_to_ask(
    donor: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    assert "Cara membayar" not in donor.get("/donatur").text, "goods are not paid for"
    with write_session(engine) as session:
        for pledge in session.exec(select(Pledge)).all():
            pledge.form, pledge.amount_rp = PledgeForm.BOTH, 450_000
    home = text_of(donor.get("/donatur"))
    assert "Dijanjikan bulan ini Rp 450.000" in home
    assert "Sudah masuk menurut dinas Rp 0" in home
    assert "Belum masuk Rp 450.000" in home
    assert "Dinas belum menuliskan cara membayar di sini." in home
    admin = client_for(Role.ADMIN)
    account = {"bank": "Bank Contoh", "rekening": "123-45 678", "atas_nama": "Dinas PPPAKB"}
    url = "/admin/kantor/pembayaran"
    for wrong, said in (
        ({"rekening": "12 dan 3"}, "Nomor rekening terdiri atas angka"),
        ({"atas_nama": " "}, "Wajib diisi."),
        ({"petunjuk": "x" * 1001}, "Terlalu panjang untuk isian ini."),
    ):
        answer = admin.post(url, data=account | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="Bank Contoh"' in answer.text, "what was typed is kept"
    told = account | {"petunjuk": "Tulis kode janji pada berita."}
    assert admin.post(url, data=told).status_code == 303
    assert "123-45 678" in admin.get("/admin/kantor").text
    home = text_of(donor.get("/donatur"))
    assert "Bank Contoh 123-45 678 atas nama Dinas PPPAKB Tulis kode janji pada berita." in home
    assert "belum menuliskan" not in home
    assert client_for(Role.STAFF).post(url, data=told).status_code == 403
    assert admin.post(url, data={}).status_code == 303, "all empty takes it back"
    assert "belum menuliskan cara membayar" in text_of(donor.get("/donatur"))
    with read_session(engine) as session:
        trail = session.exec(select(AuditEntry).where(AuditEntry.action == "office:payment")).all()
    assert [(entry.after or {})["account_number"] for entry in trail] == ["123-45 678", ""]
    assert (trail[1].before or {})["account_number"] == "123-45 678"


def test_a_pledge_that_has_not_begun_says_when_it_does_and_rests_from_then(
    donor: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        pledge = session.exec(select(Pledge).order_by(Pledge.id)).first()  # type: ignore[arg-type]
        assert pledge is not None
        pledge.first_month = "2027-03"
        url = f"/donatur/janji/{pledge.code}"
    home = text_of(donor.get("/donatur"))
    assert "Janji Anda mulai Maret 2027; sebelum itu tidak ada yang perlu dikirim." in home
    assert "mulai Maret 2027, " in home
    assert "Janji Anda untuk" not in home
    assert "Mulai Maret 2027, bulan pertama janji ini" in text_of(donor.get(url))
    assert donor.post(f"{url}/jeda", data={"bulan": "2"}).status_code == 303
    assert "Istirahat 1 Maret 2027 sampai 30 April 2027" in text_of(donor.get("/donatur"))


def test_a_rest_that_reaches_the_end_of_the_pledge_promises_no_going_on(
    donor: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        pledge = session.exec(select(Pledge).order_by(Pledge.id)).first()  # type: ignore[arg-type]
        assert pledge is not None
        pledge.first_month, pledge.num_months = "2026-08", 6
        url = f"/donatur/janji/{pledge.code}"
    assert "berakhir pada 31 Januari 2027; istirahat tidak" in text_of(donor.get(url))
    donor.post(f"{url}/jeda", data={"bulan": "2"})
    for page in ("/donatur", url):
        said = text_of(donor.get(page))
        assert "Istirahat sejak 1 Januari 2027; janji ini berakhir pada 31 Januari 2027." in said
        assert "lalu berjalan lagi" not in said


def test_the_pages_hold_nothing_that_identifies_a_child(donor: TestClient, engine: Engine) -> None:
    home = donor.get("/donatur").text
    own = re.findall(r'href="(/donatur/anak/[^"]+)"', home)[0]
    shown = home + donor.get(own).text
    with read_session(engine) as session:
        children = session.exec(select(Child)).all()
        homes = session.exec(select(Household)).all()
    secret = [child.name for child in children] + [child.code for child in children]
    secret += [str(child.born_on) for child in children]
    for family in homes:
        secret += [family.guardian_name, family.code, family.address, family.phone or "–none–"]
    assert [word for word in secret if word and word in shown] == []


SEEN = {
    ("child", "sex"),
    ("sponsor", "code"),
    ("sponsor", "name"),
    ("pledge", "code"),
    ("pledge", "first_month"),
}
"""Columns whose very values a donor reads; everything else of these tables is secret."""
TABLES = (Child, Household, Measurement, Consent, Sponsor, Pledge, DeliveryEvent)
COMMON = re.compile(
    r"[\d.-]{1,4}|\w{1,3}|active|goods|money|2026-12|page|photo|accepted|2026-12-01T02:00:00Z"
)
"""Values too short or too usual to tell where they came from."""
KEYS = {
    "sponsor_code", "sponsor_name", "pledges", "children", "num_received", "ended_on",
    "proof_until", "code", "form", "num_children", "amount_rp", "first_month", "num_months",
    "state", "is_running", "received_rp", "is_received", "due_on", "suspended_from",
    "suspended_until", "hold_until", "alias", "age_months", "sex", "kecamatan_name", "trend",
    "is_current", "news", "months", "month", "status", "contents", "received_month", "has_photo",
    "promised_rp", "payment", "num_hidden", "bank_name", "account_number", "account_holder",
    "instructions", "message_uid", "topic", "text", "sent_at", "answer", "answered_at",
}  # fmt: skip


def secrets_of(engine: Engine, own: set[str]) -> dict[str, str]:
    """Every value of every column about families and other donors: value to where it stands."""
    found = {}
    with read_session(engine) as session:
        for table in TABLES:
            name = table.__tablename__
            for row in session.exec(select(table)):
                for column, value in row.model_dump(mode="json").items():
                    text = str(value).strip()
                    if (name, column) in SEEN and text in own:
                        continue
                    if isinstance(value, str) and not COMMON.fullmatch(text):
                        found[text] = f"{name}.{column}"
    return found


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in keys_of(each)}
    if isinstance(value, list):
        return {key for each in value for key in keys_of(each)}
    return set()


def test_every_key_and_value_that_a_donor_gets_is_on_the_list(
    donor: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        for child in session.exec(select(Child)).all():
            make_measurement(session, child, measured_on=date(2026, 9, 7), haz=-3.217)
            make_consent(session, child, purpose=ConsentPurpose.PHOTO)
        for pledge in session.exec(select(Pledge)).all():
            pledge.form, pledge.amount_rp = PledgeForm.MONEY, 450_000
        enter_guide(
            session, bank_name="Bank Contoh", account_number="123", account_holder="Dinas",
            instructions="", by=make_account(session, Role.ADMIN), now=NOW,
        )  # fmt: skip
    donor.post("/donatur/pesan", data={"nomor": "m1", "perihal": "other", "pesan": "Salam"})
    view = donor.get("/api/v1/my/donations").json()
    child, (promise,) = view["children"][0], view["pledges"]
    own = {view["sponsor_code"], view["sponsor_name"], child["alias"], child["sex"]}
    own |= {promise["code"], promise["first_month"]}
    messages = donor.get("/api/v1/my/messages").json()
    assert len(messages) == 1
    assert keys_of(view) | keys_of(messages) == KEYS
    alias = view["children"][0]["alias"]
    pledge = view["pledges"][0]["code"]
    pages = ["/donatur", f"/donatur/anak/{alias}", f"/donatur/janji/{pledge}", "/donatur/pesan"]
    shown = json.dumps([view, messages])
    for page in pages:
        answer = donor.get(page)
        assert answer.status_code == 200
        shown += html.unescape(answer.text)
    words = secrets_of(engine, own)
    assert len(words) > 30
    leaked = {value: where for value, where in words.items() if value in shown}
    kecamatan = view["children"][0]["kecamatan_name"]
    assert kecamatan
    assert {value: where for value, where in leaked.items() if value not in kecamatan} == {}


def test_each_my_route_of_a_donor_is_walked(app: FastAPI) -> None:
    """A new answer for donors must join the test above, or be a file."""
    walked = {"/api/v1/my/donations", "/api/v1/my/messages"}
    files = {
        "/api/v1/my/letters/{month}",
        "/api/v1/my/yearly-letters/{year}",
        "/api/v1/my/certificate",
        "/api/v1/my/photos/{alias}/{month}",
    }
    allowed = {"my:donations", "own_children:read", "own_pledge:edit", "donor_message:send"}
    found = {
        door.path
        for door in doors(app)
        if door.permission in allowed and door.method == "GET" and door.path.startswith("/api")
    }
    assert found == walked | files


def test_a_donor_rests_stops_and_is_thanked_through_the_pages(donor: TestClient) -> None:
    code = donor.get("/api/v1/my/donations").json()["pledges"][0]["code"]
    url = f"/donatur/janji/{code}"
    assert "Simpan tempat anak untuk Anda?" in donor.get(url).text
    assert donor.post(f"{url}/jeda", data={"bulan": "9"}).status_code == 422
    assert donor.post(f"{url}/jeda", data={"bulan": "1"}).status_code == 303
    assert "Istirahat 1 Januari 2027 sampai 31 Januari 2027" in donor.get("/donatur").text
    assert donor.post(f"{url}/lanjut").status_code == 303
    unsure = donor.post(f"{url}/akhiri", data={"alasan": "other", "tahan": "2027-01-31"})
    assert unsure.status_code == 422
    assert re.search(r'value="2027-01-31" checked', unsure.text)
    sure = {"alasan": "other", "tahan": "2027-01-31", "yakin": "ya"}
    assert donor.post(f"{url}/akhiri", data=sure).status_code == 303
    home = donor.get("/donatur").text
    assert "Janji Anda berakhir. Terima kasih." in home
    assert "sampai 31 Januari 2027" in home
    assert "dapat dibaca sampai 1 Maret 2027" in home
    assert donor.get("/donatur/janji/J-TIDAK-ADA").status_code == 404


def test_a_donor_is_told_what_a_rest_does_to_an_approved_month_and_the_office_sees_it(
    donor: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        account = session.exec(select(Account).where(Account.role == Role.DONOR)).one()
        own = session.exec(select(Pledge).where(Pledge.sponsor_id == account.sponsor_id)).one()
        cycle = make_cycle(session, "2027-01", state=CycleState.APPROVED, proposed_by="staff")
        child = session.exec(select(Child)).first()
        assert child is not None
        make_assignment(session, make_match_run(session, cycle), child, own)
        url, code = f"/donatur/janji/{own.code}", own.code
    page = donor.get(url).text
    assert "pengganti dari cadangan bagi 1 anak Anda pada bulan itu" in page
    assert "berlaku mulai Februari 2027" in page
    assert "bagi 1 anak Anda pada Januari 2027" in page
    donor.post(f"{url}/jeda", data={"bulan": "1"})
    assert "Bagi 1 anak Anda pada bulan itu" in donor.get("/donatur").text
    staff = client_for(Role.STAFF)
    assert "usulan pengganti menunggu persetujuan" in staff.get("/petugas").text
    assert staff.get("/pengganti").headers["location"] == "/bulan/2027-01/pengganti"
    assert f"Janji {code} beristirahat" in staff.get("/bulan/2027-01/pengganti").text
    left = "Desember 2026: 1 paket yang sudah berangkat tetap diantar atas nama Anda."
    assert left not in donor.get(url).text, "December is before the rest"
    with write_session(engine) as session:
        own = session.exec(select(Pledge).where(Pledge.code == code)).one()
        own.suspended_from = date(2026, 12, 1)
        december = session.exec(select(Cycle).where(Cycle.month == "2026-12")).one()
        december.state = CycleState.DISTRIBUTING
    assert left in donor.get(url).text


def test_the_office_answers_and_the_donor_reads_it(
    donor: TestClient, client_for: ClientFor
) -> None:
    form = {"nomor": "m1", "perihal": "contact", "pesan": "Nomor saya <b>baru</b>"}
    for _ in range(2):
        assert donor.post("/donatur/pesan", data=form).status_code == 303
    empty = donor.post("/donatur/pesan", data={"nomor": "m2", "perihal": "contact"})
    assert empty.status_code == 422
    staff = client_for(Role.STAFF)
    inbox = staff.get("/pesan-donatur").text
    assert inbox.count("&lt;b&gt;baru") == 1
    (number,) = re.findall(r'action="/pesan-donatur/(\d+)"', inbox)
    assert staff.post(f"/pesan-donatur/{number}", data={"jawaban": " "}).status_code == 422
    assert staff.post(f"/pesan-donatur/{number}", data={"jawaban": "Dicatat"}).status_code == 303
    assert "Dicatat" in donor.get("/donatur/pesan").text


def test_certificate_and_yearly_letter_are_given_and_name_the_head(
    donor: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        enter_head(
            session, name="dr. Ani, M.Kes.", office_number="", is_acting=True,
            effective_from=date(2026, 1, 5), by=make_account(session, Role.ADMIN), now=NOW,
        )  # fmt: skip
    for url in ("/donatur/piagam", "/donatur/surat-tahun/2026", "/api/v1/my/certificate"):
        answer = donor.get(url)
        assert (url, answer.status_code, answer.content[:4]) == (url, 200, b"%PDF")
        printed = whole_text(answer.content)
        assert "dr. Ani, M.Kes." in printed
        assert "Plt. Kepala Dinas" in printed
    assert donor.get("/donatur/surat-tahun/2025").status_code == 404


def test_other_children_do_not_exist_and_the_attempt_is_noted(
    donor: TestClient, engine: Engine
) -> None:
    with read_session(engine) as session:
        others = [child.code for child in session.exec(select(Child))]
    assert others
    assert {donor.get(f"/donatur/anak/{code}").status_code for code in others} == {404}
    with read_session(engine) as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.action == "refused")).all()
    assert len(noted) == len(others)


def test_the_package_of_last_month_stays_in_sight_while_the_next_is_prepared(
    donor: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        pair = session.exec(select(Assignment).order_by(Assignment.id)).first()  # type: ignore[arg-type]
        assert pair is not None
        following = make_cycle(session, "2027-01", state=CycleState.APPROVED)
        coming = make_assignment(
            session, make_match_run(session, following), session.get_one(Child, pair.child_id),
            session.get_one(Pledge, pair.pledge_id),
        )  # fmt: skip
    page = donor.get("/donatur").text
    assert "diterima Desember 2026" in page
    assert "Januari 2027: disiapkan" in re.sub(r"\s+", " ", page)
    with write_session(engine) as session:
        session.add(
            Replacement(
                cycle_id=coming.cycle_id, assignment_id=coming.id or 0, child_id=coming.child_id,
                proposed_by="dinas", proposed_at=NOW,
            )
        )  # fmt: skip
    page = donor.get("/donatur").text
    assert "diterima Desember 2026" in page, "also while it is decided who goes on"
    assert "Januari 2027: belum berangkat" in re.sub(r"\s+", " ", page)


def test_a_child_paired_with_somebody_else_next_month_is_said_to_be(
    donor: TestClient, engine: Engine
) -> None:
    told = "Untuk Januari 2027 anak ini tidak lagi dipasangkan dengan Anda."
    with write_session(engine) as session:
        pairs = session.exec(select(Assignment).order_by(Assignment.id)).all()  # type: ignore[arg-type]
        following = make_cycle(session, "2027-01", state=CycleState.APPROVED)
        make_assignment(
            session, make_match_run(session, following),
            session.get_one(Child, pairs[1].child_id), session.get_one(Pledge, pairs[0].pledge_id),
        )  # fmt: skip
    page = text_of(donor.get("/donatur"))
    assert page.count(told) == 1
    assert "diterima Desember 2026" in page.partition(told)[2]


def test_the_letter_is_there_for_months_in_which_something_arrived(donor: TestClient) -> None:
    assert 'href="/donatur/surat/2026-12"' in donor.get("/donatur").text
    letter = donor.get("/donatur/surat/2026-12")
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF")
    assert donor.get("/donatur/surat/2026-11").status_code == 404


def test_an_account_without_a_sponsor_is_told_whom_to_ask(client_for: ClientFor) -> None:
    assert "Hubungi dinas" in client_for(Role.DONOR).get("/donatur").text


def test_a_sponsor_without_children_sees_an_empty_page(
    client_for: ClientFor, engine: Engine
) -> None:
    from tests.factories import make_sponsor

    with write_session(engine) as session:
        sponsor: Sponsor = make_sponsor(session)
        account = make_account(session, Role.DONOR, sponsor_id=sponsor.id)
    page = client_for(account).get("/donatur").text
    assert "Belum ada anak yang dipasangkan" in page
    assert "Belum ada janji" in page


def test_a_letter_and_a_pledge_are_whole_before_the_first_page_was_seen(
    donor: TestClient, engine: Engine
) -> None:
    with read_session(engine) as session:
        pair = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
        assert pair
        code = session.get_one(Pledge, pair.pledge_id).code
    assert donor.get("/donatur/surat/2026-12").status_code == 200
    with write_session(engine) as session:
        for row in session.exec(select(DonorAlias)):
            session.delete(row)
    before = text_of(donor.get(f"/donatur/janji/{code}"))
    donor.get("/donatur")
    assert text_of(donor.get(f"/donatur/janji/{code}")) == before
    with read_session(engine) as session:
        assert session.exec(select(DonorAlias)).first()
