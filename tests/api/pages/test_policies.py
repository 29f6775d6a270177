"""Policies, weighing and recruiting as pages and as JSON."""

import csv
import io
import re
from collections.abc import Callable

import httpx2 as httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.pages.policy_forms import MOVABLE, moved
from api.services import jobs
from data.engine import read_session, write_session
from data.schema import Cycle, CycleState, Job, JobState, MatchRun, Role
from matcher.break_prices import BreakPrice
from tests.api.pages.reading import send, text_of
from tests.conftest import NOW
from tests.factories import make_child, make_pledge
from tests.stores import KEYS

ClientFor = Callable[[Role], TestClient]
MONTH = "/bulan/2026-12"
pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def staff(client_for: ClientFor, engine: Engine) -> TestClient:
    """At the desk of a matched month: six children, places for four."""
    with write_session(engine) as session:
        for number in range(6):
            make_child(session, haz=-2.2 - number * 0.3)
        for _ in range(2):
            make_pledge(session, num_children=2)
    client = client_for(Role.STAFF)
    send(client, "/bulan", bulan="2026-12")
    send(client, f"{MONTH}/kunci")
    client.post(f"{MONTH}/pasangkan", data={"undian": "1"})
    work(engine)
    return client


def work(engine: Engine) -> None:
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)


def follow(client: TestClient, answer: httpx.Response) -> httpx.Response:
    """Go where a form leads to; it has fields of one name, which `send` cannot have."""
    assert answer.status_code == 303
    return client.get(answer.headers["location"])


def form(**changes: object) -> dict[str, object]:
    unfed = {"wishes", "goods", "delivery"}
    return {
        "nama": "Rapat Desember", "bulan": "2026-12", "alasan": "keputusan TPPS",
        "urutan": [name for name in MOVABLE if name not in unfed], "putus": "3", "lantai": "75",
        **changes,
    }  # fmt: skip


def test_a_policy_is_adopted_by_form_and_shown_with_its_history(staff: TestClient) -> None:
    page = text_of(follow(staff, staff.post("/aturan", data=form())))
    assert "Aturan “Rapat Desember” ditetapkan." in page
    assert "Paling banyak 3 pasangan bulan lalu boleh putus" in page
    assert "Lantai setiap kelurahan: 75 persen" in page
    assert "Kakak-adik bersama sejauh mungkin: terpisah hanya" in page
    listed = text_of(staff.get("/aturan"))
    assert "keputusan TPPS" in listed
    assert "Aturan bawaan" in listed
    assert f'href="{MONTH}/timbang#harga"' in staff.get("/aturan").text
    assert text_of(staff.get("/aturan?dari=1"))
    assert staff.get("/aturan/2").status_code == 404


def test_a_refused_policy_keeps_what_was_typed(staff: TestClient) -> None:
    answer = staff.post("/aturan", data=form(urutan=["points"], nama="Tanpa tingkat"))
    assert answer.status_code in {409, 422}
    page = answer.text
    assert "Tanpa tingkat" in page
    assert "Urutan tujuan tidak dapat dipakai" in page


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("up:points", ["points", "tier", "kept"]),
        ("down:points", ["tier", "kept", "points"]),
        ("up:tier", ["tier", "points", "kept"]),
        ("down:kept", ["tier", "points", "kept"]),
        ("drop:tier", ["points", "kept"]),
        ("use:area", ["tier", "points", "kept", "area"]),
        ("use:kept", ["tier", "points", "kept"]),
        ("drop:area", ["tier", "points", "kept"]),
        ("up:lottery", ["tier", "points", "kept"]),
        ("up:beauty", ["tier", "points", "kept"]),
    ],
)
def test_a_goal_is_moved_by_one_press(move: str, order: list[str]) -> None:
    assert moved(["tier", "points", "kept"], move) == order


def test_arrows_move_goals_without_scripts_and_keep_what_was_typed(staff: TestClient) -> None:
    def order(text: str) -> list[str]:
        return re.findall(r'name="urutan" value="(\w+)"', text)

    begun = order(staff.get("/aturan").text)
    assert begun[:2] == ["tier", "leximin"]
    sent = form(urutan=begun, tindakan="down:tier", nama="Adil dahulu", alasan="")
    answer = staff.post("/aturan", data=sent)
    assert answer.status_code == 200
    assert order(answer.text) == ["leximin", "tier", *begun[2:]]
    assert 'value="Adil dahulu"' in answer.text
    assert 'formaction="/aturan#tujuan-tier"' in answer.text
    assert "ditetapkan." not in text_of(answer)
    assert len(staff.get("/api/v1/policies").json()) == 0


def test_numbers_of_a_policy_are_refused_at_their_field(staff: TestClient) -> None:
    for name, text in (("putus", "tiga"), ("lantai", "0"), ("lantai", "101")):
        refused = staff.post("/aturan", data=form(**{name: text}))
        assert refused.status_code == 422
        assert f'href="#{name}"' in refused.text
        assert f'value="{text}"' in refused.text
    assert staff.post("/aturan", data=form(langkah="x")).status_code == 303  # not asked for


def test_a_draft_is_compared_child_by_child_before_anybody_adopts_it(
    staff: TestClient, engine: Engine
) -> None:
    draft = form(urutan=["tier", "points"], putus="", tindakan="banding", pada="2026-12")
    begun = text_of(follow(staff, staff.post("/aturan", data=draft | {"alasan": "Keluarga X"})))
    assert "Menunggu giliran." in begun
    work(engine)
    assert staff.get("/api/v1/policies").json() == []
    answer = staff.get(f"{MONTH}/timbang")
    page = text_of(answer)
    assert "Aturan bawaan Rancangan “Rapat Desember” Selisih" in page
    assert re.search(r"Dengan Rancangan “Rapat Desember”: \d+ anak baru mendapat", page)
    found = staff.get("/api/v1/cycles/2026-12/weighings/compare").json()["result"]
    for change in found["changes"]:
        assert f'href="/anak/{change["child"]}"' in answer.text
    back = f"/aturan?rancangan={found['draft']}"
    assert f'href="{back}#rancangan"' in answer.text
    again = staff.get(back).text
    assert re.findall(r'name="urutan" value="(\w+)"', again) == ["tier", "points"]
    assert 'value="Rapat Desember"' in again
    with read_session(engine) as session:  # free text is for the record of what was adopted
        kept = [job.payload for job in session.exec(select(Job)).all()]
    assert "Keluarga X" not in repr(kept)
    assert staff.get("/aturan?rancangan=1").status_code == 404  # the matching
    same = form(urutan=["tier", "points"], putus="", tindakan="banding")
    staff.post("/aturan", data=form(urutan=["tier", "points"], putus=""))
    refused = staff.post("/aturan", data=same)
    assert refused.status_code == 409
    assert "Pilih dua aturan yang berbeda." in text_of(refused)
    bad = staff.post("/aturan", data=form(urutan=["points"], tindakan="banding"))
    assert "Urutan tujuan tidak dapat dipakai" in text_of(bad)


def test_without_a_locked_month_a_draft_has_nothing_to_be_compared_on(
    client_for: ClientFor,
) -> None:
    staff = client_for(Role.STAFF)
    assert "Bandingkan dahulu" not in text_of(staff.get("/aturan"))
    refused = staff.post("/aturan", data=form(tindakan="banding"))
    assert "Belum ada bulan yang datanya dikunci" in text_of(refused)


def test_weighing_is_started_and_read_on_one_page(
    staff: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = [BreakPrice(0, 62673, 174, True), BreakPrice(1, 63071, 174, True)]
    monkeypatch.setattr("matcher.break_prices.break_prices", lambda *_: corners)
    staff.post("/aturan", data=form(putus=""))
    for what in ("switches", "breaks", "compare"):
        data = {"apa": what, "pertama": "0", "kedua": "1"}
        begun = text_of(follow(staff, staff.post(f"{MONTH}/timbang", data=data)))
        assert "Menunggu giliran." in begun
        work(engine)
    answer = staff.get(f"{MONTH}/timbang")
    page = text_of(answer)
    assert "Janji cadangan dipakai" in page
    assert "Tanpa jarak" in page
    assert "Dibandingkan dengan “1 Rapat Desember”" in page
    assert "Selisih" in page.partition("Aturan bawaan 1 Rapat Desember")[2]
    assert "<svg" in answer.text
    assert 'type="range" id="batas" name="putus" min="0" max="0"' in answer.text
    assert 'name="putus" type="text" value="7"' in staff.get("/aturan", params={"putus": "7"}).text
    assert "+398,0" in page
    assert "tanpa tujuan yang lain seperti adil antarkelurahan" in page
    assert "Angka kedua aturan" in page
    staff.post("/bahasa", data={"bahasa": "en"})
    assert "The price of every wish" in text_of(staff.get(f"{MONTH}/timbang"))


def test_recruiting_as_page_file_and_json_say_the_same(staff: TestClient) -> None:
    page = text_of(staff.get(f"{MONTH}/rekrut"))
    assert "Bukit Sari" in page
    answer = staff.get(f"{MONTH}/rekrut.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    found = staff.get("/api/v1/cycles/2026-12/recruiting").json()
    assert [row["anak"] for row in rows] == [
        place["child"] for area in found for place in area["places"]
    ]
    assert len(rows) == 2
    assert "2 tempat baru di Bukit Sari" in text_of(staff.get(f"{MONTH}/belum"))
    places = staff.get("/api/v1/cycles/2026-12/places").json()
    assert {place["covers"] for place in places} <= {row["anak"] for row in rows}
    assert all(place["loss"] for place in places)


def test_recruiting_begins_with_most_children_in_need_and_says_rows_are_one_choice(
    staff: TestClient, engine: Engine
) -> None:
    def places(tiers: str, first: int = 0) -> list[dict[str, object]]:
        numbered = enumerate(map(int, tiers), start=first)
        return [{"child": f"A-{n}", "tier": t, "points": 1, "gain": {}} for n, t in numbered]

    tiers = {"19.71.01.1001": "12", "19.71.01.1002": "11", "19.71.01.1003": "112"}
    with write_session(engine) as session:
        run = session.exec(select(MatchRun)).one()
        run.places = {
            "recruiting": [{"kelurahan": k, "places": places(t)} for k, t in tiers.items()]
        }
    found = staff.get("/api/v1/cycles/2026-12/recruiting").json()
    assert [len(area["places"]) for area in found] == [3, 2, 2]
    assert [area["places"][1]["tier"] for area in found] == [1, 1, 2]
    assert "Pilih salah satu baris saja" in text_of(staff.get(f"{MONTH}/rekrut"))
    assert "Di salah satu saja dari kelurahan ini" in text_of(staff.get(f"{MONTH}/belum"))
    with write_session(engine) as session:
        apart = [{"kelurahan": k, "places": places("1", n)} for n, k in enumerate(tiers)]
        session.exec(select(MatchRun)).one().places = {"recruiting": apart}
    for path in ("rekrut", "belum"):
        assert "Setiap baris dihitung sendiri" in text_of(staff.get(f"{MONTH}/{path}"))


def test_a_new_policy_begins_with_the_first_month_not_matched_and_no_floor(
    staff: TestClient, engine: Engine
) -> None:
    def filled(path: str) -> dict[str, str]:
        page = staff.get(path).text
        month = re.search(r'name="bulan".*?<option value="([^"]*)" selected', page, re.DOTALL)
        found = re.findall(r'<input id="(\w+)"[^>]* value="([^"]*)"', page)
        return dict(found) | {"bulan": month[1] if month else ""}

    assert filled("/aturan")["bulan"] == "2027-01"
    assert "lantai" not in filled("/aturan")
    with write_session(engine) as session:
        session.exec(select(Cycle)).one().state = CycleState.DRAFT
    assert filled("/aturan")["bulan"] == "2026-12"
    staff.post("/aturan", data=form())
    assert filled("/aturan?dari=1")["lantai"] == "75"


def test_policies_and_weighings_as_json(staff: TestClient, engine: Engine) -> None:
    body = {
        "name": "Lewat API", "effective_from": "2026-12", "reason": "uji",
        "content": {"levels": ["tier", "lottery"], "split_siblings": True},
    }  # fmt: skip
    made = staff.post("/api/v1/policies", json=body)
    assert made.status_code == 201
    assert staff.get("/api/v1/policies").json() == [made.json()]
    assert staff.get("/api/v1/policies/1").json() == made.json()
    url = "/api/v1/cycles/2026-12/weighings"
    assert staff.get(f"{url}/compare").status_code == 404
    job = staff.post(url, json={"what": "compare", "first": 0, "second": 1})
    assert job.status_code == 202
    work(engine)
    found = staff.get(f"{url}/compare").json()["result"]
    assert found["before"]["children"] == 4
    assert found == staff.get(f"/api/v1/jobs/{job.json()['id']}").json()["result"]
    assert staff.get(f"{url}/compare").json()["is_stale"] is False
    assert "Hitung lagi sebelum memutuskan" not in text_of(staff.get(f"{MONTH}/timbang"))
    staff.post("/api/v1/cycles/2026-12/unlock", json={"reason": "data salah"})
    assert staff.get(f"{url}/compare").json()["is_stale"] is True
    assert "Hitung lagi sebelum memutuskan" in text_of(staff.get(f"{MONTH}/timbang"))


def test_the_lottery_can_be_read_and_worked_out_anew(staff: TestClient, engine: Engine) -> None:
    from matcher.lottery import numbers_of

    pair = staff.get("/api/v1/cycles/2026-12/matching").json()["pairs"][0]
    asked = {"child": pair["child"], "pledge": pair["pledge"]}
    answer = staff.get("/api/v1/cycles/2026-12/lottery", params=asked).json()
    assert answer == numbers_of(answer["seed"], pair["child"], pair["pledge"])


def test_the_approver_may_adopt_and_a_coordinator_sees_nothing(client_for: ClientFor) -> None:
    assert client_for(Role.APPROVER).get("/aturan").status_code == 200
    coordinator = client_for(Role.COORDINATOR)
    for path in ("/aturan", f"{MONTH}/timbang", f"{MONTH}/rekrut", f"{MONTH}/rekrut.csv"):
        assert coordinator.get(path).status_code == 403


def test_pairs_are_shown_in_the_order_asked_for(staff: TestClient) -> None:
    codes = {}
    for order in ("child", "need", "sponsor", "farthest", "kelurahan"):
        answer = staff.get(f"{MONTH}/pasangan", params={"urut": order})
        codes[order] = re.findall(rf"{MONTH}/anak/([^\"]+)\"", answer.text)
    assert all(len(found) == 4 for found in codes.values())
    assert codes["child"] == sorted(codes["child"])
    assert codes["need"] == codes["child"][::-1]
    assert staff.get(f"{MONTH}/pasangan", params={"urut": "beauty"}).status_code == 422


def test_goals_without_data_are_shut_and_rupiah_rules_are_adopted(
    staff: TestClient, engine: Engine
) -> None:
    page = staff.get("/aturan").text
    assert page.count("Belum dapat dipilih") == 3
    refused = staff.post("/aturan", data=form(urutan=list(MOVABLE)))
    assert refused.status_code == 409
    assert "Belum ada data untuk tujuan ini" in refused.text
    with write_session(engine) as session:
        make_pledge(session, wish_area_codes=["19.71.05"])
    assert staff.get("/aturan").text.count("Belum dapat dipilih") == 2
    chosen = form(anggaran="classes", langkah="25.000")
    page = text_of(follow(staff, staff.post("/aturan", data=chosen)))
    assert "Menurut golongan harga paket" in page
    assert "Rp 25.000" in page


def test_the_best_so_far_is_told_while_a_month_is_matched(
    staff: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        note = {"step": "points", "children": 4, "first_tier": 2}
        running = Job(
            kind="match", by="sari", created_at=NOW, state=JobState.RUNNING, progress_note=note,
            lease_until=NOW, payload={"month": "2026-12"},
        )  # fmt: skip
        session.add(running)
    page = text_of(staff.get(f"/pekerjaan/{running.id}"))
    assert "Terbaik sejauh ini: 4 anak terlayani, 2 di antaranya paling parah." in page


def test_the_month_of_a_policy_is_chosen_by_its_name(client_for: ClientFor) -> None:
    page = client_for(Role.STAFF).get("/aturan").text
    months = re.search(r'<select id="bulan" name="bulan".*?</select>', page, re.DOTALL)
    assert months
    assert months[0].count("<option") == 12
    assert re.search(r'<option value="2026-12" selected>\s*Desember 2026', months[0])
    assert "2026-12." not in text_of(client_for(Role.STAFF).get("/aturan"))
