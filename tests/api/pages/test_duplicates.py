"""Two records that may be one: a person decides, audited (scenario 4)."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services.sponsors import seal_nik
from data.engine import read_session, write_session
from data.schema import AuditEntry, Child, ChildState, DuplicatePair, PairDecision, Role, Sponsor
from data.sealing import KeyRing
from tests.api.pages.reading import send, text_of
from tests.factories import make_child, make_household, make_pledge, make_sponsor

ClientFor = Callable[[Role], TestClient]


@pytest.fixture
def staff(client_for: ClientFor, engine: Engine) -> TestClient:
    """Muh. Rizky and M Rizki: same mother, a day apart; and one sponsor twice."""
    with write_session(engine) as session:
        for name, day in (("Muh. Rizky Pratama", 1), ("Muhammad Rizki Pratama", 2)):
            home = make_household(session, guardian_name="Siti Rohana", address="Jl. Melati 4")
            child = make_child(session, household_id=home.id, name=name)
            child.born_on = child.born_on.replace(day=day)
        for _ in range(2):
            sponsor = make_sponsor(session, name="Budi Santoso", phone="+628119998887")
            make_pledge(session, sponsor_id=sponsor.id)
    client = client_for(Role.STAFF)
    send(client, "/ganda/cari")
    return client


def pair_of(engine: Engine, kind: str) -> DuplicatePair:
    with read_session(engine) as session:
        return session.exec(select(DuplicatePair).where(DuplicatePair.kind == kind)).one()


def test_other_roles_do_not_compare_people(client_for: ClientFor) -> None:
    assert client_for(Role.COORDINATOR).get("/ganda").status_code == 403


def test_an_empty_list_says_so(client_for: ClientFor) -> None:
    assert "Tidak ada data yang mirip di sini" in text_of(client_for(Role.STAFF).get("/ganda"))


def test_two_cards_stand_side_by_side_in_words(staff: TestClient) -> None:
    page = text_of(staff.get("/ganda"))
    assert "Muh. Rizky Pratama" in page
    assert "tanggal lahir selisih satu hari" in page
    assert "orang tua sama" in page
    assert "perempuan" in page
    assert "19.71" not in page


def test_the_same_child_keeps_one_record(staff: TestClient, engine: Engine) -> None:
    pair = pair_of(engine, "child")
    assert "Keputusan disimpan" in text_of(send(staff, f"/ganda/{pair.id}", simpan=pair.first_id))
    with read_session(engine) as session:
        assert session.get_one(Child, pair.second_id).state is ChildState.DUPLICATE
        assert session.get_one(DuplicatePair, pair.id).decision is PairDecision.DUPLICATE
        actions = session.exec(select(AuditEntry.action)).all()
    assert "duplicate:decide" in actions
    assert "child:compare" in actions


def test_looking_at_sponsors_and_their_numbers_is_written_down(
    staff: TestClient, engine: Engine, keys: KeyRing
) -> None:
    """The card says in which part two NIK differ: both were unsealed for it."""
    pair = pair_of(engine, "sponsor")
    with write_session(engine) as session:
        both = [session.get_one(Sponsor, each) for each in (pair.first_id, pair.second_id)]
        for number, each in enumerate(both):
            seal_nik(each, f"197101{410690 + number:06d}0001", keys)
            session.add(each)
        codes = sorted(each.code for each in both)
    staff.get("/ganda?jenis=sponsor")
    with read_session(engine) as session:
        rows = session.exec(select(AuditEntry).where(AuditEntry.action == "sponsor:compare")).all()
        assert sorted(row.subject_id for row in rows) == codes
        assert {row.subject for row in rows} == {"sponsor"}


def test_distinct_children_go_on(staff: TestClient, engine: Engine) -> None:
    pair = pair_of(engine, "child")
    send(staff, f"/ganda/{pair.id}", keputusan="distinct", catatan="kembar tetangga")
    with read_session(engine) as session:
        states = {row.state for row in session.exec(select(Child)).all()}
    assert states == {ChildState.ELIGIBLE}
    assert "kembar tetangga" in text_of(staff.get("/ganda?keputusan=distinct"))
    assert "menunggu keputusan lagi" in text_of(send(staff, f"/ganda/{pair.id}/buka"))
    assert send(staff, f"/ganda/{pair.id}/buka").status_code == 409
    send(staff, f"/ganda/{pair.id}", keputusan="distinct")
    again = send(staff, f"/ganda/{pair.id}", keputusan="distinct")
    assert again.status_code == 409
    assert "sudah diputuskan" in text_of(again)


def test_a_decision_must_be_one_of_three(staff: TestClient, engine: Engine) -> None:
    pair = pair_of(engine, "child")
    assert send(staff, f"/ganda/{pair.id}", keputusan="open").status_code == 422
    assert send(staff, "/ganda/4711", keputusan="distinct").status_code == 404


def test_sponsors_are_merged_by_the_approver(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    pair = pair_of(engine, "sponsor")
    assert "Sama, simpan" not in staff.get("/ganda?jenis=sponsor").text
    assert send(staff, f"/ganda/{pair.id}", simpan=pair.first_id).status_code == 403
    approver = client_for(Role.APPROVER)
    done = send(approver, f"/ganda/{pair.id}", simpan=pair.first_id, jumlahkan="ya")
    assert "Keputusan disimpan" in text_of(done)


def test_staff_hand_a_double_sponsor_over_and_the_approver_finds_it(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    pair = pair_of(engine, "sponsor")
    page = text_of(staff.get("/ganda?jenis=sponsor"))
    assert "janji keduanya tetap dihitung" in page
    assert "kedua anak tidak ikut" not in page
    send(staff, f"/ganda/{pair.id}", keputusan="asked", catatan="nomor HP sama")
    approver = client_for(Role.APPROVER)
    begins = approver.get("/ganda")
    assert "nomor HP sama" in text_of(begins)
    assert "Sama, simpan" in begins.text
    send(approver, f"/ganda/{pair.id}", simpan=pair.first_id)
    assert pair_of(engine, "sponsor").decision is PairDecision.DUPLICATE


def test_a_count_leads_to_all_that_it_counts(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    """Of two pairs one was handed over: both wait, and whose turn it is comes first."""
    with write_session(engine) as session:
        for _ in range(2):
            sponsor = make_sponsor(session, name="Dewi Lestari", phone="+628117776665")
            make_pledge(session, sponsor_id=sponsor.id)
    send(staff, "/ganda/cari")
    with read_session(engine) as session:
        pairs = session.exec(select(DuplicatePair).where(DuplicatePair.kind == "sponsor")).all()
    assert len(pairs) == 2
    send(staff, f"/ganda/{pairs[1].id}", keputusan="asked")
    for role, first in ((Role.APPROVER, pairs[1]), (Role.STAFF, pairs[0])):
        reader = client_for(role)
        assert "2 pasangan orang tua asuh yang mungkin sama" in text_of(reader.get("/petugas"))
        shown = reader.get("/ganda?jenis=sponsor").text
        at = [shown.index(f'action="/ganda/{pair.id}?') for pair in pairs]
        assert at[pairs.index(first)] == min(at)
        assert "belum diputuskan (2)" in shown
        assert "belum dilihat (1)" in shown


def test_a_decision_leads_back_to_the_list_it_was_made_in(
    staff: TestClient, engine: Engine
) -> None:
    pair = pair_of(engine, "sponsor")
    asked = send(staff, f"/ganda/{pair.id}?dari=waiting&halaman=1", keputusan="asked")
    assert asked.url.query == b"jenis=sponsor&keputusan=waiting&halaman=1"
    done = send(staff, f"/ganda/{pair.id}?dari=waiting", keputusan="distinct")
    assert done.url.query == b""
