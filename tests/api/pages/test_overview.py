"""The first screen of staff: what changed, what is old, where children are covered."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.pages.coverage_map import Covered, coverage_map, step_of, suppressed
from api.services.supervision import plan_visit
from api.services.visit_findings import add_finding
from data.engine import read_session, write_session
from data.queries.coverage import covered_by_kelurahan
from data.reference.regions import regions
from data.schema import Account, DuplicatePair, PairKind, Role
from tests.api.pages.reading import text_of
from tests.conftest import NOW
from tests.factories import (
    make_approved_cycle,
    make_child,
    make_cycle,
    make_cycle_child,
    make_household,
    stored,
)

ClientFor = Callable[[Role | Account], TestClient]
PLACE = regions().all_kelurahan[0]


@pytest.mark.parametrize(
    ("share", "step"), [(0, 0), (0.24, 0), (0.25, 1), (0.5, 2), (0.75, 3), (0.99, 3), (1.0, 4)]
)
def test_a_share_has_one_of_five_colours(share: float, step: int) -> None:
    assert step_of(share) == step


def test_the_map_shows_each_place_once_and_says_its_figures() -> None:
    rows = [Covered(PLACE.code, 8, 6), Covered("99.99.99.9999", 5, 5)]
    svg = coverage_map(
        rows, name="Peta & kota", title_of=lambda place, row: f"{place}: {row.num_covered}",
        id_prefix="p",
    )  # fmt: skip
    assert svg.count('class="coverage-3"') == 1
    assert f"<title>{PLACE.name}: 6</title>" in svg
    assert "Peta &amp; kota" in svg
    assert coverage_map([], name="x", title_of=lambda place, row: "", id_prefix="p") == ""


def test_small_groups_are_for_the_office_only() -> None:
    rows = [Covered(PLACE.code, 4, 4), Covered(PLACE.code, 5, 1)]
    assert suppressed(rows) == rows[1:]


def test_covered_children_are_counted_by_kelurahan(engine: Engine) -> None:
    with write_session(engine) as session:
        cycle, _ = make_approved_cycle(session, num_children=3)
        make_cycle_child(session, cycle, make_child(session))
    with read_session(engine) as session:
        found = covered_by_kelurahan(session, cycle)
        assert [(total, paired) for _, total, paired in found] == [(4, 3)]


def test_staff_see_queues_of_what_can_be_mended_and_who_is_in_them(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_child(session)
        code = make_child(session, consented=False).code
        make_cycle(session)
    staff = client_for(Role.STAFF)
    answer = staff.get("/petugas")
    link = re.search(r'href="(/bulan/2026-12/tidak-ikut\?sebab=child\.no_consent)"', answer.text)
    assert link
    listed = staff.get(link[1]).text
    assert f'href="/anak/{code}"' in listed
    assert listed.count('<td><a href="/anak/') == 1
    assert "Tidak ada anak yang tidak ikut" in staff.get("/bulan/2026-12/tidak-ikut?sebab=x").text
    nobody = staff.get("/bulan/2026-12/tidak-ikut?sebab=child.measured_long_ago").text
    assert "Ukuran terakhir terlalu lama" in nobody


def test_an_auditor_gets_no_small_group_on_the_map(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        home = make_household(session)
        cycle, _ = make_approved_cycle(session, num_children=3)
        assert home
        assert cycle
    assert "dari 3 anak" in client_for(Role.STAFF).get("/petugas").text
    assert "dari 3 anak" not in client_for(Role.AUDITOR).get("/petugas").text


def test_a_queue_leads_only_those_who_may_go_there(
    client_for: ClientFor, engine: Engine, person: Callable[[Role], Account]
) -> None:
    auditor, staff = person(Role.AUDITOR), person(Role.STAFF)
    with write_session(engine) as session:
        one, other = (make_child(session).id or 0 for _ in range(2))
        pair = DuplicatePair(kind=PairKind.CHILD, first_id=one, second_id=other, score=9)
        stored(session, pair)
        visit = plan_visit(
            session, kelurahan_code=PLACE.code, posyandu="Teratai", planned_on=NOW.date(),
            visitor=staff.username, reasons={}, by=staff, now=NOW,
        )  # fmt: skip
        add_finding(
            session, visit=visit, text="Timbangan", action="Tera ulang", owner=staff.username,
            due_on=NOW.date(), by=staff, now=NOW,
        )  # fmt: skip
    waits = "1 pasangan anak yang mungkin tercatat dua kali"
    page = client_for(staff).get("/petugas")
    assert waits in text_of(page)
    assert 'href="/ganda?jenis=child"' in page.text
    assert "1 temuan pengawasan untuk Anda" in text_of(page)
    page = client_for(auditor).get("/petugas")
    assert waits in text_of(page)
    assert "/ganda" not in page.text


def test_changes_against_the_month_before_are_counted(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=2, month="2026-11")
        make_approved_cycle(session, num_children=3, month="2026-12")
    page = text_of(client_for(Role.STAFF).get("/petugas"))
    assert "Dibanding November 2026: 0 pasangan tetap, 3 baru, 2 berakhir" in page
    assert "3 anak berhak November 2026: 2 3 tempat dijanjikan November 2026: 2" in page
