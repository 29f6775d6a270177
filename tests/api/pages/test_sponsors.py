"""Sponsors and pledges as pages: receipts once, pauses, ends, and who takes over (scenario 12)."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select
from starlette.testclient import TestClient

from api.services import jobs
from data.engine import read_session, write_session
from data.schema import Child, Pledge, PledgeForm, PledgeReceipt, PledgeState, Role, Sponsor
from tests.api.pages.reading import send, text_of
from tests.conftest import NOW
from tests.factories import make_approved_cycle, make_child, make_pledge, make_sponsor
from tests.stores import KEYS

ClientFor = Callable[[Role], TestClient]
MONTH = "/bulan/2026-12"


@pytest.fixture
def place(engine: Engine) -> str:
    """The address of the one pledge."""
    with write_session(engine) as session:
        sponsor = make_sponsor(session, name="Budi Santoso")
        pledge = make_pledge(session, sponsor_id=sponsor.id, area_codes=["19.71.05"])
        return f"/orang-tua-asuh/{sponsor.code}/{pledge.code}"


def pledge_of(engine: Engine) -> Pledge:
    with read_session(engine) as session:
        return session.exec(select(Pledge)).one()


def test_sponsors_are_closed_to_coordinators(client_for: ClientFor) -> None:
    assert client_for(Role.COORDINATOR).get("/orang-tua-asuh").status_code == 403


def test_the_register_finds_sponsors_by_words_and_state(client_for: ClientFor, place: str) -> None:
    staff = client_for(Role.STAFF)
    assert place.split("/")[2] in staff.get("/orang-tua-asuh?cari=budi&keadaan=active").text
    assert "Tidak ada orang tua asuh yang cocok" in staff.get("/orang-tua-asuh?keadaan=late").text
    page = text_of(staff.get(place.rpartition("/")[0]))
    assert "Gerunggang" in page
    assert "19.71.05" not in page


def test_a_receipt_sent_twice_counts_once(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    staff = client_for(Role.STAFF)
    form = {"nomor": "abc", "bulan": "2026-12", "rupiah": "Rp 500.000"}
    assert "Rp 500.000" in text_of(send(staff, f"{place}/terima", **form))
    send(staff, f"{place}/terima", **form)
    with read_session(engine) as session:
        rows = session.exec(select(PledgeReceipt.amount_rp)).all()
    assert rows == [500_000]


def test_what_a_colleague_recorded_meanwhile_is_shown_before_a_second_receipt(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    """Sent again from the page that shows it, it is a further one; the month typed stays."""
    staff, sheet = client_for(Role.STAFF), place.rpartition("/")[0]
    assert 'name="tercatat" value="0"' in staff.get(sheet).text
    send(staff, f"{place}/terima", nomor="a", bulan="2026-11", rupiah="1000", tercatat="0")
    form = {"bulan": "2026-11", "rupiah": "2000"}
    answer = send(staff, f"{place}/terima", nomor="b", tercatat="0", **form)
    assert answer.status_code == 422
    assert "penerimaan lain dicatat untuk janji ini" in text_of(answer)
    assert '<option value="2026-11" selected>November 2026</option>' in answer.text
    seen = re.search(r'name="tercatat" value="(\d+)"', answer.text)
    assert seen
    assert send(staff, f"{place}/terima", nomor="c", tercatat=seen[1], **form).status_code == 200
    assert send(staff, f"{place}/terima", nomor="c", tercatat=seen[1], **form).status_code == 200
    with read_session(engine) as session:
        rows = session.exec(select(PledgeReceipt.month, PledgeReceipt.amount_rp)).all()
    assert [tuple(row) for row in rows] == [("2026-11", 1000), ("2026-11", 2000)]


def test_an_empty_receipt_is_refused_and_what_was_typed_stays(
    client_for: ClientFor, place: str
) -> None:
    answer = send(client_for(Role.STAFF), f"{place}/terima", nomor="abc", bulan="2026-12",
                  rupiah="nol rupiah")  # fmt: skip
    assert answer.status_code == 422
    assert 'value="nol rupiah"' in answer.text


def test_goods_that_came_in_are_recorded_by_hand(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    """They reach the stock from here; a note in words alone is not counted anywhere."""
    staff = client_for(Role.STAFF)
    form = {"nomor": "abc", "bulan": "2026-12", "barang": "telur 30 butir"}
    assert send(staff, f"{place}/terima", **form | {"barang": "sayur"}).status_code == 422
    assert "Telur" in text_of(send(staff, f"{place}/terima", **form))
    with read_session(engine) as session:
        [goods] = session.exec(select(PledgeReceipt.goods)).all()
    assert [(line["item_code"], line["quantity"]) for line in goods] == [("telur", 30)]


def test_late_pledges_that_came_in_are_ticked_and_are_late_no_more(
    client_for: ClientFor, engine: Engine
) -> None:
    """The form may be sent twice; what a pledge in goods without a list brings is not known."""
    with write_session(engine) as session:
        late = {"state": PledgeState.LATE}
        money = make_pledge(session, form=PledgeForm.MONEY, amount_rp=450_000, **late).code
        goods = [{"item_code": "telur", "name": "Telur ayam", "quantity": 60, "unit": "butir"}]
        eggs, unsaid = (make_pledge(session, goods=each, **late).code for each in (goods, []))
    staff, page = client_for(Role.STAFF), "/orang-tua-asuh?keadaan=late"
    assert staff.get(page).text.count('name="janji"') == 6, "this month and the two before"
    assert f"{unsaid} dicatat pada lembarnya" in text_of(staff.get(page))
    assert f"{money} sudah masuk untuk November 2026" in text_of(staff.get(page))
    assert "Belum ada janji yang dicentang" in text_of(send(staff, "/terlambat/masuk"))
    ticked = {"janji": [f"{each}:2026-11" for each in (money, eggs, unsaid)]}
    told = [text_of(staff.post("/terlambat/masuk", data=ticked, follow_redirects=True))
            for _ in range(2)]  # fmt: skip
    assert "2 penerimaan dicatat sesuai janjinya" in told[0]
    assert "0 penerimaan dicatat" in told[1]
    assert f"{unsaid} November 2026 (tidak tertulis berapa yang dijanjikan)." in told[1]
    with read_session(engine) as session:
        came = session.exec(select(PledgeReceipt.amount_rp, PledgeReceipt.goods)).all()
        months = set(session.exec(select(PledgeReceipt.month)))
        still = session.exec(select(Pledge.code).where(Pledge.state == PledgeState.LATE)).all()
    assert [tuple(each) for each in came] == [(450_000, []), (0, goods)]
    assert (still, months) == ([unsaid], {"2026-11"})
    assert staff.post("/terlambat/masuk", data={"janji": money}).status_code == 422
    assert 'name="janji"' not in client_for(Role.APPROVER).get(page).text


def test_a_pledge_is_paused_resumed_and_ended(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    staff = client_for(Role.STAFF)
    backwards = send(staff, f"{place}/jeda", dari="2026-12-20", sampai="2026-12-10")
    assert backwards.status_code == 422
    assert 'value="2026-12-20"' in backwards.text
    send(staff, f"{place}/jeda", dari="2026-12-01", sampai="2026-12-31")
    assert pledge_of(engine).state is PledgeState.SUSPENDED
    send(staff, f"{place}/lanjut")
    assert pledge_of(engine).state is PledgeState.ACTIVE
    assert send(staff, f"{place}/berakhir", alasan="bosan").status_code == 422
    unsaid = send(staff, f"{place}/berakhir", alasan="")
    assert unsaid.status_code == 422
    assert re.search(
        r'<select id="alasan-[\w-]+" name="alasan" required[^>]* aria-invalid', unsaid.text
    )
    assert "pindah tugas" in text_of(send(staff, f"{place}/berakhir", alasan="changed_job"))
    assert pledge_of(engine).state is PledgeState.ENDED


def test_a_pledge_of_somebody_else_is_not_found(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    with write_session(engine) as session:
        other = make_sponsor(session).code
    pledge = place.rpartition("/")[2]
    answer = send(client_for(Role.STAFF), f"/orang-tua-asuh/{other}/{pledge}/lanjut")
    assert answer.status_code == 404


def test_late_pledges_are_marked_and_listed(
    client_for: ClientFor, engine: Engine, place: str
) -> None:
    page = text_of(send(client_for(Role.STAFF), "/terlambat"))
    with read_session(engine) as session:
        late = session.exec(
            select(func.count()).select_from(Pledge).where(Pledge.state == PledgeState.LATE)
        ).one()
    assert f"{late} janji ditandai terlambat" in page


def test_without_a_running_month_there_are_no_replacements(client_for: ClientFor) -> None:
    answer = send(client_for(Role.STAFF), "/bulan/2026-12/pengganti")
    assert answer.status_code == 404
    led = client_for(Role.STAFF).get("/pengganti")
    assert led.headers["location"] == "/petugas"


def test_a_dropped_sponsor_is_replaced_by_the_standby(
    client_for: ClientFor, engine: Engine
) -> None:
    """Scenario 12: ended after approval, proposed by staff, approved by another person."""
    with write_session(engine) as session:
        make_child(session)
        first = make_pledge(session, num_children=1)
        standby = make_pledge(session, num_children=1, is_standby=True)
        sponsor = session.get_one(Sponsor, first.sponsor_id).code
        reserve = session.get_one(Sponsor, standby.sponsor_id).code
        gone, ready = first.code, standby.code
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    said = text_of(staff.get(f"/orang-tua-asuh/{reserve}"))
    assert "berjalan cadangan Cadangan: hanya dipakai sebagai pengganti" in said
    send(staff, "/bulan", bulan="2026-12")
    send(staff, f"{MONTH}/kunci")
    staff.post(f"{MONTH}/pasangkan", data={"undian": "1"})
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    send(staff, f"{MONTH}/ajukan")
    send(approver, f"{MONTH}/setujui")
    send(staff, f"/orang-tua-asuh/{sponsor}/{gone}/berakhir", alasan="cannot_continue")
    assert staff.get("/pengganti").headers["location"] == f"{MONTH}/pengganti"
    waiting = text_of(staff.get(f"{MONTH}/pengganti"))
    assert ready in waiting
    assert "menunggu penyetuju" in waiting
    assert send(staff, f"{MONTH}/pengganti/1", tindakan="terima").status_code == 403
    done = text_of(send(approver, f"{MONTH}/pengganti/1", tindakan="terima"))
    assert "Keputusan disimpan" in done
    before, _, after = text_of(staff.get(f"{MONTH}/pasangan")).partition(ready)
    assert f"{gone} 0,0 km diganti Janji {gone} berakhir." in before  # one child, one sponsor now
    assert "diganti" not in after


def test_a_pledge_names_its_children_also_when_it_ended(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        _, pairs = make_approved_cycle(session, num_children=2)
        pledge = session.get_one(Pledge, pairs[0].pledge_id)
        child, other = (session.get_one(Child, pair.child_id).code for pair in pairs)
        sponsor = session.get_one(Sponsor, pledge.sponsor_id).code
        code = pledge.code
    page = f"/orang-tua-asuh/{sponsor}"
    staff = client_for(Role.STAFF)
    assert f"Anak Desember 2026: {child}" in text_of(staff.get(page))
    assert other not in staff.get(page).text
    send(staff, f"{page}/{code}/berakhir", alasan="changed_job")
    assert (
        f'Desember 2026: <a class="nowrap" href="/anak/{child}">{child}</a>' in staff.get(page).text
    )
    with write_session(engine) as session:
        unpaired = make_pledge(session)
        lonely = session.get_one(Sponsor, unpaired.sponsor_id).code
    assert "Belum ada anak yang dipasangkan" in text_of(staff.get(f"/orang-tua-asuh/{lonely}"))
