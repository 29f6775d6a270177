"""Files coming in: shown before stored, stored whole, the same file twice changes nothing."""

from datetime import date
from typing import Any

import pytest

from api.services.audit import Wish, list_entries
from api.services.errors import Forbidden, Refused
from api.services.import_batches import uploaded_file
from api.services.intake import apply_import, discard_import, import_file
from data.readers import table
from data.readers.rejects import REASON_HEADERS
from data.readers.table import _run_worker as run_worker
from data.readers.table import read_workbook
from data.schema import Child, ChildState, Household, ImportState, Measurement, Role
from tests.factories import make_account
from tests.intake_desk import Desk, child_row, children_file, numbers

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_a_preview_counts_and_stores_nothing_else(desk: Desk) -> None:
    batch = desk.preview(children_file(child_row(1), child_row(2)))
    assert numbers(batch) == (2, 2, 0, 0, 0, 0)
    assert batch.state is ImportState.PREVIEWED
    assert desk.all(Child) == desk.all(Household) == []
    assert batch.content is not None
    assert b"Contoh" not in batch.content


def test_applying_stores_child_home_measurement_and_state(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(1), child_row(2, Tinggi=92.0)))
    assert batch.state is ImportState.APPLIED
    short, tall = desk.all(Child)
    assert (short.code, short.state) == ("E-001", ChildState.ELIGIBLE)
    assert tall.state is ChildState.NOT_ELIGIBLE
    assert short.nik_masked.startswith("1971••••")
    home = desk.session.get_one(Household, short.household_id)
    assert (home.code, home.guardian_name, home.kelurahan_code, home.rt) == (
        "K-E-001",
        "Ibu Contoh 1",
        "19.71.05.1004",
        "003",
    )
    one = desk.all(Measurement)[0]
    assert (one.weight_g, one.lenhei_mm, one.position) == (9500, 800, "h")
    assert one.haz is not None
    assert one.haz < -2


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    content = children_file(child_row(1), child_row(2), child_row(3, NIK=None))
    desk.apply(content)
    again = desk.preview(content)
    assert numbers(again) == (3, 0, 0, 3, 0, 0)
    assert desk.rows(again).changes == []


def test_bad_rows_come_back_and_good_rows_go_on(desk: Desk) -> None:
    bad = (
        child_row(2, NIK="197105410624001"),
        child_row(3, **{"Tgl Lahir": date(2027, 1, 1), "NIK": None}),
        child_row(4, **{"Desa/Kel": "Antah Berantah", "Kec": None}),
    )
    batch = desk.apply(children_file(child_row(1), *bad))
    assert numbers(batch) == (4, 1, 0, 0, 0, 3)
    assert len(desk.all(Child)) == 1
    assert batch.content is not None
    found = desk.rejected(batch)
    assert found is not None
    name, content = found
    assert name == "eppgbm-ditolak.xlsx"
    rows = read_workbook(content, name).sheets[0].rows
    assert [row[1][0] for row in rows[1:]] == [3, 4, 5]
    assert all(issue["text"]["id"] for issue in desk.rows(batch).issues)


def test_mended_rows_are_read_again(desk: Desk) -> None:
    bad = child_row(2, **{"Desa/Kel": "Antah Berantah", "Kec": None})
    found = desk.rejected(desk.apply(children_file(child_row(1), bad)))
    assert found is not None
    again = desk.preview(found[1], file_name=found[0])
    assert numbers(again) == (1, 0, 0, 0, 0, 1)


def test_who_takes_the_rejected_rows_is_written_down(desk: Desk) -> None:
    bad = child_row(2, **{"Desa/Kel": "Antah Berantah", "Kec": None})
    batch = desk.apply(children_file(child_row(1), bad))
    assert desk.rejected(batch) is not None
    entries, count = list_entries(desk.session, Wish(action="import:export_rejected"))
    assert count == 1
    assert (entries[0].by, entries[0].subject_id, entries[0].at) == (
        desk.by.username, str(batch.id), desk.now,
    )  # fmt: skip
    assert entries[0].after is not None
    assert entries[0].after["rejected"] == 1


def test_only_who_imports_takes_the_rejected_rows(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(2, NIK="197105410624001")))
    desk.by = make_account(desk.session, role=Role.APPROVER)
    with pytest.raises(Forbidden):
        desk.rejected(batch)
    assert list_entries(desk.session, Wish(action="import:export_rejected"))[1] == 0


def test_rows_that_the_register_refuses_come_back_in_the_same_workbook(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    other = child_row(9, Nama="Lain Sekali", **{"Tgl Lahir": date(2025, 2, 2)})
    other["NIK"] = child_row(1)["NIK"]
    batch = desk.preview(children_file(other, child_row(2, JK="X")))
    found = desk.rejected(batch)
    assert found is not None
    header, *rows = (row for _, row in read_workbook(found[1], found[0]).sheets[0].rows)
    assert header[: len(REASON_HEADERS)] == REASON_HEADERS
    texts = {str(row[header.index("Nama")]): str(row[3]) for row in rows}
    assert set(texts) == {other["Nama"], child_row(2)["Nama"]}
    assert texts[other["Nama"]].startswith("NIK ini milik ")


def test_a_register_that_moved_asks_for_a_new_preview(desk: Desk) -> None:
    content = children_file(child_row(1))
    stale = desk.preview(content)
    desk.apply(content)
    with pytest.raises(Refused) as caught:
        apply_import(desk.session, batch=stale, by=desk.by, now=desk.now, keys=desk.keys)
    assert caught.value.code == "intake.changed_since_preview"


def test_a_batch_applies_once_and_a_discarded_one_never(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(1)))
    for one in (
        batch,
        discard_import(
            desk.session, batch=desk.preview(children_file(child_row(2))), by=desk.by, now=desk.now
        ),
    ):
        with pytest.raises(Refused) as caught:
            apply_import(desk.session, batch=one, by=desk.by, now=desk.now, keys=desk.keys)
        assert caught.value.code == "intake.state"


def test_only_staff_bring_files_in(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.preview(children_file(child_row(1)), by=make_account(desk.session, Role.APPROVER))


def test_an_ambiguous_date_order_is_asked_and_answered(desk: Desk) -> None:
    header = "NIK,Nama,JK,Tgl Lahir,Nama Ortu,Kec,Desa/Kel,Alamat,Tanggal Pengukuran,Berat,Tinggi"
    row = ",Siti Contoh,P,05/06/2024,Ibu,Gerunggang,Bukit Sari,Jl. A,03/04/2026,9.5,80"
    content = f"{header}\n{row}\n".encode()
    with pytest.raises(Refused) as caught:
        desk.preview(content, file_name="a.csv")
    assert caught.value.code == "intake.date_order"
    assert "Tgl Lahir" in caught.value.params["columns"]  # type: ignore[operator]
    desk.apply(content, file_name="a.csv", options={"date_order": "dmy"})
    assert desk.all(Child)[0].born_on == date(2024, 6, 5)


def test_a_file_of_nothing_known_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.preview(b"a,b,c\n1,2,3\n", file_name="x.csv")
    assert caught.value.code.startswith("file.")


def test_a_file_stored_at_once_leaves_what_a_confirmed_preview_leaves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = children_file(child_row(), child_row(2), child_row(3, Nama=""))
    outer = desk.session.begin_nested()
    confirmed = desk.apply(content)
    expected = (dict(confirmed.counts), desk.rows(confirmed), confirmed.options)
    codes = [child.code for child in desk.all(Child)]
    outer.rollback()
    assert desk.all(Child) == []

    readings: list[str] = []

    def read_and_count(content: bytes, name: str, wall_s: float) -> bytes:
        readings.append(name)
        return run_worker(content, name, wall_s)

    monkeypatch.setattr(table, "_run_worker", read_and_count)
    given: dict[str, Any] = {"by": desk.by, "now": desk.now, "keys": desk.keys}
    batch = import_file(desk.session, file_name="eppgbm.xlsx", content=content, **given)
    assert readings == ["eppgbm.xlsx"]
    assert (dict(batch.counts), desk.rows(batch), batch.options) == expected
    assert [child.code for child in desk.all(Child)] == codes
    assert batch.state is ImportState.APPLIED
    kept_out = desk.rejected(batch)
    assert kept_out is not None
    assert uploaded_file(batch, keys=desk.keys) is None
    assert numbers(desk.preview(content)) == (3, 0, 0, 2, 0, 1)
    desk.undo(batch)
    assert desk.all(Child) == []
