"""Last month's deliveries from a file: its pairs, as a closed month."""

import pytest

from api.services.monitoring import closed_figures
from data.schema import Assignment, Cycle, CycleState
from tests.factories import make_child, make_pledge, make_sponsor
from tests.intake_desk import Desk, numbers, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_last_months_pairs_become_a_closed_month(desk: Desk) -> None:
    child, sponsor = make_child(desk.session), make_sponsor(desk.session)
    pledge = make_pledge(desk.session, sponsor_id=sponsor.id)
    headers = ("Bulan", "Kode Anak", "Nama Anak", "Kode Orang Tua Asuh", "Nama Orang Tua Asuh")
    row = {
        "Bulan": "2026-11",
        "Kode Anak": child.code,
        "Nama Anak": child.name,
        "Kode Orang Tua Asuh": sponsor.code,
        "Nama Orang Tua Asuh": sponsor.name,
    }
    content = workbook(headers, [row])
    batch = desk.apply(content, kind="last_month")
    assert numbers(batch) == (1, 1, 0, 0, 0, 0)
    cycle, pair = desk.all(Cycle)[0], desk.all(Assignment)[0]
    assert (cycle.month, cycle.state, pair.pledge_id) == (
        "2026-11",
        CycleState.CLOSED,
        pledge.id,
    )
    assert pair.match_run_id == cycle.match_run_id
    assert closed_figures(desk.session, "2026-11", "2026-11") == []  # nothing was counted here
    assert numbers(desk.preview(content, kind="last_month")) == (1, 0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("num_called_so", "code"),
    [
        (0, "intake.sponsor_unknown"),
        (1, "intake.sponsor_without_pledge"),
        (2, "intake.sponsor_ambiguous"),
    ],
)
def test_last_months_sponsor_is_missing_twofold_or_without_pledge(
    desk: Desk, num_called_so: int, code: str
) -> None:
    child = make_child(desk.session)
    known = [make_sponsor(desk.session, name="Bu Contoh").code for _ in range(num_called_so)]
    headers = ("Bulan", "Kode Anak", "Nama Anak", "Nama Orang Tua Asuh")
    row = {
        "Bulan": "2026-11",
        "Kode Anak": child.code,
        "Nama Anak": child.name,
        "Nama Orang Tua Asuh": "Bu Contoh",
    }
    (issue,) = desk.rows(desk.preview(workbook(headers, [row]), kind="last_month")).issues
    assert (issue["code"], issue["column"]) == (code, "Nama Orang Tua Asuh")
    assert issue["value"] == "Bu Contoh"
    assert all(each in issue["text"]["id"] for each in known)


def test_last_months_pair_of_an_unknown_code_is_told_as_such(desk: Desk) -> None:
    child, sponsor = make_child(desk.session), make_sponsor(desk.session)
    make_pledge(desk.session, sponsor_id=sponsor.id)
    headers = ("Bulan", "Kode Anak", "Nama Anak", "Tgl Lahir", "Nama Orang Tua Asuh")
    row = {
        "Bulan": "2026-11",
        "Kode Anak": "ANK-00299",
        "Nama Anak": f"{child.name}a",
        "Tgl Lahir": child.born_on,
        "Nama Orang Tua Asuh": sponsor.name,
    }
    (issue,) = desk.rows(desk.preview(workbook(headers, [row]), kind="last_month")).issues
    assert (issue["code"], issue["column"]) == ("intake.child_unknown", "Kode Anak")
    assert issue["value"] == "ANK-00299"
