"""A list of sponsors: who gives, for how many children, until when."""

from typing import Any

import pytest

from api.services.pledges import edit_pledge, renew_pledge
from data.schema import Pledge, PledgeState, Sponsor
from tests.intake_desk import Desk, numbers, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


SPONSORS = ("Nama", "NIK", "Jenis", "No HP", "Kelurahan", "Jumlah Anak", "Donasi per Bulan",
            "Bentuk", "Mulai", "Lama (bulan)")  # fmt: skip


def sponsor_row(number: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "Nama": f"Bapak Contoh {number}",
        "NIK": f"19710312038{number:05d}",
        "Jenis": "ASN",
        "No HP": f"0812345678{number:02d}",
        "Kelurahan": "Bukit Sari",
        "Jumlah Anak": 2,
        "Bentuk": "uang",
        "Mulai": "2026-12",
        "Lama (bulan)": 6,
    } | values


def test_sponsors_bring_pledges_once(desk: Desk) -> None:
    content = workbook(SPONSORS, [sponsor_row(1), sponsor_row(2)])
    batch = desk.apply(content, kind="sponsors")
    assert numbers(batch) == (2, 2, 0, 0, 0, 0)
    assert [(row.first_month, row.num_months, row.num_children) for row in desk.all(Pledge)] == [
        ("2026-12", 6, 2)
    ] * 2
    assert numbers(desk.preview(content, kind="sponsors")) == (2, 0, 0, 2, 0, 0)


def test_the_same_list_again_leaves_what_staff_changed_in_a_pledge(desk: Desk) -> None:
    content = workbook(SPONSORS, [sponsor_row(1)])
    desk.apply(content, kind="sponsors")
    [pledge] = desk.all(Pledge)
    changes = {"num_children": 4, "area_codes": ["19.71.05"]}
    edit_pledge(
        desk.session, pledge=pledge, base_version=1, changes=changes, by=desk.by, now=desk.now
    )
    renew_pledge(desk.session, pledge=pledge, num_months=6, by=desk.by, now=desk.now)
    batch = desk.apply(content, kind="sponsors")
    assert numbers(batch) == (1, 0, 0, 1, 0, 0)
    assert (pledge.num_children, pledge.num_months, pledge.area_codes) == (4, 12, ["19.71.05"])
    fields = {each["field"] for each in desk.rows(batch).changes[0]["conflicts"]}
    assert fields == {"num_children", "num_months", "area_codes"}


def test_wished_areas_come_with_the_list_and_an_empty_cell_takes_none_back(desk: Desk) -> None:
    columns = (*SPONSORS, "Keinginan Wilayah")
    wishing = workbook(columns, [sponsor_row(1, **{"Keinginan Wilayah": "Kec. Rangkui"})])
    desk.apply(wishing, kind="sponsors")
    [pledge] = desk.all(Pledge)
    assert pledge.wish_area_codes == ["19.71.04"]
    assert numbers(desk.preview(workbook(SPONSORS, [sponsor_row(1)]), kind="sponsors"))[3] == 1
    other = workbook(columns, [sponsor_row(1, **{"Keinginan Wilayah": "Kec. Gabek"})])
    desk.apply(other, kind="sponsors")
    assert pledge.wish_area_codes != ["19.71.04"]
    assert len(pledge.wish_area_codes) == 1


def test_a_sponsor_who_gives_no_more_is_shown_while_the_pledge_runs(desk: Desk) -> None:
    columns = (*SPONSORS, "Bersedia")
    desk.apply(workbook(columns, [sponsor_row(1, Bersedia="Ya")]), kind="sponsors")
    refusing = workbook(columns, [sponsor_row(1, Bersedia="Tidak")])
    batch = desk.preview(refusing, kind="sponsors")
    assert numbers(batch) == (1, 0, 0, 1, 0, 0)
    [shown] = desk.rows(batch).changes
    assert shown["notes"] == ["sponsor_gives_no_more"]
    [pledge] = desk.all(Pledge)
    pledge.state = PledgeState.ENDED
    assert desk.rows(desk.preview(refusing, kind="sponsors")).changes == []


def test_a_sponsor_twice_in_a_file_counts_once_or_is_rejected(desk: Desk) -> None:
    same, other = sponsor_row(1), sponsor_row(1, **{"Jumlah Anak": 5})
    batch = desk.apply(workbook(SPONSORS, [sponsor_row(1), same, other]), kind="sponsors")
    assert numbers(batch) == (3, 1, 0, 0, 1, 1)
    assert len(desk.all(Sponsor)) == len(desk.all(Pledge)) == 1
