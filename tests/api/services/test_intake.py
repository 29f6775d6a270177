"""Files coming in: shown before stored, stored whole, the same file twice changes nothing."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func
from sqlmodel import Session, select

from api.services.audit import Wish, list_entries
from api.services.child_states import exit_child
from api.services.children import edit_child, edit_household
from api.services.consents import why_no_consent
from api.services.errors import Forbidden, Refused
from api.services.import_details import ImportDetails, open_details
from api.services.intake import (
    apply_import,
    discard_import,
    import_file,
    preview_import,
    rejected_rows_file,
    undo_import,
    uploaded_file,
)
from api.services.monitoring import closed_figures
from api.services.pledges import edit_pledge, renew_pledge
from data.readers import table
from data.readers.rejects import REASON_HEADERS
from data.readers.table import _run_worker as run_worker
from data.readers.table import read_workbook
from data.schema import (
    Accompaniment,
    Assignment,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleState,
    Depot,
    DropPoint,
    DuplicatePair,
    Household,
    ImportBatch,
    ImportState,
    Measurement,
    Pledge,
    PledgeState,
    Role,
    Sponsor,
    StockItem,
    StockMove,
    Vehicle,
)
from data.sealing import KeyRing
from tests.factories import make_account, make_child, make_depot, make_pledge, make_sponsor
from tests.factories_goods import make_packed_cycle

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""

HEADERS = (
    "No", "NIK", "Nama", "JK", "Tgl Lahir", "BB Lahir", "TB Lahir", "Nama Ortu", "Prov",
    "Kab/Kota", "Kec", "Pukesmas", "Desa/Kel", "Posyandu", "RT", "RW", "Alamat",
    "Usia Saat Ukur", "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur", "LiLA", "BB/U",
    "ZS BB/U", "TB/U", "ZS TB/U", "BB/TB", "ZS BB/TB", "Naik Berat Badan", "Jml Vit A", "KPSP",
    "KIA", "Detail",
)  # fmt: skip


def workbook(headers: tuple[str, ...], rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Application List")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, headers)
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(headers):
                value = row.get(name)
                if isinstance(value, date):
                    sheet.write_datetime(line, column, datetime(*value.timetuple()[:3]), day)  # noqa: DTZ001
                elif value is not None:
                    sheet.write(line, column, value)
    return buffer.getvalue()


def nik_of(number: int, born_on: date) -> str:
    return f"197105{born_on.day + 40:02d}{born_on:%m%y}{number:04d}"


def child_row(number: int = 1, **values: Any) -> dict[str, Any]:
    born_on = values.pop("born_on", date(2024, 6, 1))
    row = {
        "No": number,
        "NIK": nik_of(number, born_on),
        "Nama": f"Anak {chr(64 + number % 26 + 1)}{number} Contoh",
        "JK": "P",
        "Tgl Lahir": born_on,
        "Nama Ortu": f"Ibu Contoh {number}",
        "Kec": "Gerunggang",
        "Pukesmas": "Gerunggang",
        "Desa/Kel": "Bukit Sari",
        "Posyandu": "Melati",
        "RT": "003",
        "RW": "001",
        "Alamat": f"Jl. Contoh {number}",
        "Tanggal Pengukuran": date(2026, 11, 10),
        "Berat": 9.5,
        "Tinggi": 80.0,
        "Cara Ukur": "Berdiri",
    }
    return row | values


def children_file(*rows: dict[str, Any]) -> bytes:
    return workbook(HEADERS, list(rows))


class Desk:
    """A member of staff with a store: uploads and confirms."""

    def __init__(self, session: Session, keys: KeyRing, now: datetime) -> None:
        self.session, self.keys, self.now = session, keys, now
        self.by = make_account(session)

    def preview(self, content: bytes, **values: Any) -> ImportBatch:
        given: dict[str, Any] = {"file_name": "eppgbm.xlsx", "by": self.by} | values
        return preview_import(self.session, content=content, now=self.now, keys=self.keys, **given)

    def apply(self, content: bytes, **values: Any) -> ImportBatch:
        batch = self.preview(content, **values)
        return apply_import(self.session, batch=batch, by=self.by, now=self.now, keys=self.keys)

    def undo(self, batch: ImportBatch) -> ImportBatch:
        return undo_import(
            self.session, batch=batch, by=self.by, now=self.now, keys=self.keys, reason="salah"
        )

    def rows(self, batch: ImportBatch) -> ImportDetails:
        return open_details(self.keys, batch)

    def rejected(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return rejected_rows_file(
            self.session, batch=batch, by=self.by, now=self.now, keys=self.keys
        )

    def all(self, model: Any) -> list[Any]:
        return list(self.session.exec(select(model).order_by(model.id)).all())


@pytest.fixture
def desk(session: Session, keys: KeyRing, now: datetime) -> Desk:
    return Desk(session, keys, now)


def numbers(batch: ImportBatch) -> tuple[int, ...]:
    names = ("total", "new", "changed", "same", "merged", "rejected")
    found = tuple(batch.counts[name] for name in names)
    assert found[0] == sum(found[1:])
    return found


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


def test_rows_of_one_child_become_a_series(desk: Desk) -> None:
    second = child_row(1, **{"Tanggal Pengukuran": date(2026, 10, 10), "Tinggi": 79.0})
    batch = desk.apply(children_file(child_row(1), second))
    assert numbers(batch) == (2, 1, 0, 0, 1, 0)
    assert len(desk.all(Measurement)) == 2


def test_a_new_measurement_changes_a_known_child(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    later = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30), "Tinggi": 80.5})
    batch = desk.apply(children_file(later))
    assert numbers(batch) == (1, 0, 1, 0, 0, 0)
    assert list(desk.rows(batch).changes[0]["fields"]) == ["measured:2026-11-30"]
    assert len(desk.all(Child)) == 1


def test_what_a_later_file_corrected_is_not_taken_back_with_the_first(desk: Desk) -> None:
    first = desk.apply(children_file(child_row(Berat=9.1)))
    desk.apply(children_file(child_row(Berat=9.4)))
    with pytest.raises(Refused, match=r"intake\.built_upon") as refusal:
        desk.undo(first)
    assert refusal.value.code == "intake.built_upon_by_file"


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


def test_an_implausible_height_waits_for_review(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Tinggi=62.0)))
    child = desk.all(Child)[0]
    assert child.state is ChildState.NEEDS_REVIEW
    assert child.review_reasons == ["haz_implausible"]


def test_a_z_score_that_differs_from_ours_is_flagged(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, **{"ZS TB/U": -1.0})))
    assert "haz_differs" in desk.all(Measurement)[0].flags


def test_siblings_share_a_household(desk: Desk) -> None:
    brother = child_row(2, **{"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"})
    desk.apply(children_file(child_row(1), brother))
    assert len(desk.all(Household)) == 1
    assert len(desk.all(Child)) == 2


def test_what_the_field_confirmed_later_stays(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"address": "Jl. Baru 9"},
        by=desk.by,
        now=desk.now,
    )
    newer = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30)})
    batch = desk.apply(children_file(newer))
    assert home.address == "Jl. Baru 9"
    assert batch.counts["conflicts"] == 1
    assert desk.rows(batch).changes[0]["conflicts"] == [
        {
            "field": "address",
            "kept": "Jl. Baru 9",
            "file": "Jl. Contoh 1",
            "confirmed_on": "2026-12-01",
        }
    ]


def test_a_person_may_take_the_file_for_a_conflict(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"address": "Jl. Baru 9"},
        by=desk.by,
        now=desk.now,
    )
    desk.apply(children_file(child_row(1)), options={"take": ["2:address"]})
    assert home.address == "Jl. Contoh 1"


def test_an_older_export_does_not_write_over_a_newer_one(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Alamat="Jl. Baru")))
    older = child_row(1, **{"Tanggal Pengukuran": date(2026, 9, 1), "Alamat": "Jl. Lama"})
    batch = desk.apply(children_file(older))
    assert desk.all(Household)[0].address == "Jl. Baru"
    assert batch.counts["conflicts"] == 1
    assert len(desk.all(Measurement)) == 2


def test_a_nik_of_another_child_is_rejected(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    other = child_row(2, NIK=nik_of(1, date(2024, 6, 1)), **{"Tgl Lahir": date(2023, 1, 2)})
    batch = desk.preview(children_file(other))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)
    assert desk.rows(batch).issues[-1]["code"] == "intake.nik_of_another"


def test_a_nik_of_another_familys_child_is_rejected_though_the_day_is_the_same(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    values = {"Nama": "Irsyad Anugrah", "Nama Ortu": "Kartini Lubis"}
    batch = desk.preview(children_file(child_row(1, **values)))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "sex", "other", "other_sex"),
    [
        ("Hasan Basri", "L", "Husein Basri", "L"),
        ("Aisyah Putri", "P", "Aisyah Putra", "L"),
        ("By Ny Kartini 1", "L", "By Ny Kartini 2", "L"),
    ],
)
def test_a_twin_with_the_siblings_nik_is_rejected_and_renames_nobody(
    desk: Desk, name: str, sex: str, other: str, other_sex: str
) -> None:
    desk.apply(children_file(child_row(1, Nama=name, JK=sex)))
    batch = desk.apply(children_file(child_row(1, Nama=other, JK=other_sex)))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)
    assert [child.name for child in desk.all(Child)] == [name]
    together = [child_row(2, Nama=name, JK=sex), child_row(2, Nama=other, JK=other_sex)]
    assert numbers(desk.preview(children_file(*together))) == (2, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [("Muhammad Rizky", "M Riski"), ("Bayi Ny Kartini", "Irsyad Anugrah")],
)
def test_another_spelling_or_a_babys_first_name_is_the_same_child(
    desk: Desk, name: str, spelt: str
) -> None:
    desk.apply(children_file(child_row(1, Nama=name)))
    assert numbers(desk.preview(children_file(child_row(1, Nama=spelt)))) == (1, 0, 1, 0, 0, 0)


def test_a_name_that_a_person_gave_may_differ_from_the_files(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    [child] = desk.all(Child)
    edit_child(
        desk.session, child=child, base_version=1, changes={"name": "Irsyad Anugrah"}, by=desk.by,
        now=desk.now,
    )  # fmt: skip
    batch = desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    assert batch.counts["conflicts"] == 1
    assert child.name == "Irsyad Anugrah"


def test_siblings_rows_that_differ_about_their_home_change_nothing_twice(desk: Desk) -> None:
    home = {"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"}
    content = children_file(child_row(1), child_row(2, Posyandu="Anggrek", **home))
    desk.apply(content)
    assert numbers(desk.preview(content, file_name="salinan.xlsx")) == (2, 0, 0, 2, 0, 0)


def test_a_new_childs_row_speaks_for_the_home_that_it_joins(desk: Desk) -> None:
    """Also when a brother's later row tells otherwise: the same file again moves nobody back."""
    home = {"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"}
    desk.apply(children_file(child_row(1)))
    content = children_file(child_row(2, **home), child_row(1, Alamat="Jl. Pindah 9"))
    desk.apply(content)
    assert desk.all(Household)[0].address == "Jl. Contoh 1"
    assert numbers(desk.preview(content, file_name="salinan.xlsx")) == (2, 0, 0, 2, 0, 0)


def test_likely_duplicates_wait_for_a_person(desk: Desk) -> None:
    first = child_row(1, Nama="Muhammad Rizky Pratama", JK="L")
    first["NIK"] = None
    second = child_row(2, Nama="Muh. Rizki Pratama", JK="L", NIK=None)
    second |= {"Nama Ortu": "Ibu Contoh 1", "Desa/Kel": "Kacang Pedang"}
    batch = desk.apply(children_file(first, second))
    assert batch.counts["duplicates"] == 1
    assert {child.state for child in desk.all(Child)} == {ChildState.NEEDS_REVIEW}
    assert len(desk.all(DuplicatePair)) == 1
    desk.undo(batch)
    assert desk.all(DuplicatePair) == desk.all(Child) == []


def test_undo_brings_everything_back(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    child = desk.all(Child)[0]
    later = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30), "Alamat": "Jl. Pindah"})
    batch = desk.apply(children_file(later, child_row(2)))
    assert len(desk.all(Child)) == 2
    desk.undo(batch)
    assert desk.all(Child) == [child]
    assert desk.all(Household)[0].address == "Jl. Contoh 1"
    assert len(desk.all(Measurement)) == 1
    assert batch.state is ImportState.UNDONE
    with pytest.raises(Refused):
        desk.undo(batch)


def test_undo_takes_back_pairs_that_the_file_brought_about(desk: Desk) -> None:
    """Two known children became alike by a file's words; without them they are two again."""
    first = child_row(1, Nama="Muhammad Rizky Pratama", JK="L", NIK=None)
    second = child_row(2, Nama="Muh. Rizki Pratama", JK="L")
    second |= {"Nama Ortu": "Sumiati Wijaya", "Desa/Kel": "Kacang Pedang"}
    desk.apply(children_file(first, second))
    assert desk.all(DuplicatePair) == []
    known = {child.code: child.state for child in desk.all(Child)}
    alike = second | {"Nama Ortu": "Ibu Contoh 1"}
    batch = desk.apply(children_file(alike, child_row(3)))
    assert len(desk.all(DuplicatePair)) == 1
    desk.undo(batch)
    assert desk.all(DuplicatePair) == []
    assert {child.code: child.state for child in desk.all(Child)} == known


def test_undo_names_the_later_file_that_has_to_go_first(desk: Desk) -> None:
    first = desk.apply(children_file(child_row(1)))
    moved = children_file(child_row(1, Alamat="Jl. Pindah 9"))
    desk.apply(moved, file_name="sesudahnya.xlsx")
    with pytest.raises(Refused) as caught:
        desk.undo(first)
    assert (caught.value.code, caught.value.params["file"]) == (
        "intake.built_upon_by_file",
        "sesudahnya.xlsx",
    )


def test_undo_stops_when_something_was_built_on_it(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"phone": "+62811000111"},
        by=desk.by,
        now=desk.now,
    )
    with pytest.raises(Refused) as caught:
        desk.undo(batch)
    assert caught.value.code == "intake.built_upon"


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


def test_consents_are_kept_per_purpose(desk: Desk) -> None:
    child = make_child(desk.session, consented=False)
    headers = (
        "Nama Anak",
        "Tgl Lahir",
        "Nama Wali",
        "Setuju Program",
        "Setuju Tampil",
        "Setuju Foto",
        "Tanggal",
        "Alergi",
    )
    row = {
        "Nama Anak": child.name,
        "Tgl Lahir": child.born_on,
        "Nama Wali": "Ibu",
        "Setuju Program": "ya",
        "Setuju Tampil": "ya",
        "Setuju Foto": "tidak",
        "Alergi": "telur",
        "Tanggal": date(2026, 11, 1),
    }
    content = workbook(headers, [row])
    desk.apply(content, kind="consents")
    assert {one.purpose: one.is_refusal for one in desk.all(Consent)} == {
        ConsentPurpose.PROGRAMME: False,
        ConsentPurpose.DISPLAY: False,
        ConsentPurpose.PHOTO: True,
    }
    assert child.allergies == ["egg"]
    assert numbers(desk.preview(content, kind="consents"))[3] == 1
    silent = row | {"Setuju Tampil": None, "Setuju Foto": None, "Tanggal": date(2026, 11, 10)}
    desk.apply(workbook(headers, [silent]), kind="consents")
    (shown,) = [one for one in desk.all(Consent) if one.purpose is ConsentPurpose.DISPLAY]
    assert (shown.is_refusal, shown.withdrawn_at is not None) == (False, True)


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        ([("tidak", 1)], "consent_refused"),
        ([("ya", 1), ("tidak", 2)], "consent_withdrawn"),
        ([("tidak", 2), ("ya", 1)], "consent_refused"),
        ([("tidak", 1), ("ya", 2)], None),
        ([("ya", 1), ("tidak", 1)], "consent_contradictory"),
        ([("tidak", 1), ("ya", 1)], "consent_contradictory"),
        ([("ya", 1), ("tidak", 1), ("ya", 2)], None),
    ],
)
@pytest.mark.parametrize("is_one_file", [True, False])
def test_the_later_answer_counts_and_two_of_one_day_hold_back(
    desk: Desk, papers: list[tuple[str, int]], why: str | None, is_one_file: bool
) -> None:
    child = make_child(desk.session, consented=False)
    rows = [
        {
            "Nama Anak": child.name,
            "Tgl Lahir": child.born_on,
            "Nama Wali": "Ibu",
            "Setuju Program": said,
            "Setuju Tampil": "ya",
            "Setuju Foto": "ya",
            "Tanggal": date(2026, 11, day),
        }
        for said, day in papers
    ]
    headers = tuple(rows[0])
    files = [workbook(headers, rows)] if is_one_file else [workbook(headers, [r]) for r in rows]
    for content in files:
        desk.apply(content, kind="consents")
    given = [one for one in desk.all(Consent) if one.purpose is ConsentPurpose.PROGRAMME]
    assert why_no_consent(given, date(2026, 12, 1)) == why
    for content in files:
        assert numbers(desk.preview(content, kind="consents"))[3] == len(rows) // len(files)
    assert all(one.granted_on.month == 11 for one in given)


def test_a_consent_of_nobody_on_record_says_what_is_missing(desk: Desk) -> None:
    headers = ("Nama Anak", "Tgl Lahir", "NIK", "Nama Wali", "Setuju Program", "Tanggal")
    row = {"Nama Anak": "Anak Lain", "Tgl Lahir": date(2024, 6, 1), "Nama Wali": "Ibu",
           "Setuju Program": "ya", "Tanggal": date(2026, 11, 1)}  # fmt: skip
    content = workbook(headers, [row, row | {"NIK": "1971" + "01" + "410624" + "0012"}])
    batch = desk.preview(content, kind="consents")
    first, second = (each["text"]["id"] for each in desk.rows(batch).issues)
    assert 'Tidak ada anak terdaftar yang cocok dengan "Anak Lain"' in first
    assert "Tidak ada anak terdaftar dengan NIK 1971••••••••0012" in second


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


CONSENT_HEADERS = ("NIK", "Nama Anak", "Tgl Lahir", "Nama Wali", "Setuju Program",
                   "Setuju Tampil", "Setuju Foto", "Tanggal")  # fmt: skip


def consent_of(row: dict[str, Any], **values: Any) -> bytes:
    consent = {
        "NIK": row["NIK"],
        "Nama Anak": row["Nama"],
        "Tgl Lahir": row["Tgl Lahir"],
        "Nama Wali": "Ibu",
        "Setuju Program": "ya",
        "Setuju Tampil": "ya",
        "Setuju Foto": "tidak",
        "Tanggal": date(2026, 11, 1),
    }
    return workbook(CONSENT_HEADERS, [consent | values])


def test_a_consent_of_nobody_names_the_number_and_who_is_alike(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Putri Ayu Lestari"), child_row(2)))
    content = consent_of(child_row(9, Nama="Putri Ayu Lestary"))
    (issue,) = desk.rows(batch := desk.preview(content, kind="consents")).issues
    assert (issue["code"], issue["column"]) == ("intake.child_nik_unknown", "NIK")
    assert issue["value"] == "1971••••••••0009"
    assert "1971••••••••0009" in issue["text"]["id"]
    assert issue["suggestion"] == "E-001 Putri Ayu Lestari, 01/06/2024?"
    _, file = desk.rejected(batch) or ("", b"")
    _, told = read_workbook(file, "x.xlsx").sheets[0].rows[:2]
    assert told[1][1:3] == ("NIK", "1971••••••••0009")
    assert told[1][4] == issue["suggestion"]


@pytest.mark.parametrize(
    ("known", "asked", "code", "shown"),
    [
        ({"NIK": None}, {}, "consent_nik_unknown", ("NIK", "1971••••••••0001")),
        ({}, {"NIK": child_row(9)["NIK"]}, "consent_other_nik", ("NIK", "1971••••••••0009")),
        ({}, {"Nama Anak": "Budi"}, "consent_other_name", ("Nama Anak", "Budi")),
        ({}, {}, None, None),
        ({"NIK": None}, {"NIK": None}, None, None),
    ],
)
def test_a_consent_whose_number_and_name_disagree_is_shown_to_staff(
    desk: Desk,
    known: dict[str, Any],
    asked: dict[str, Any],
    code: str | None,
    shown: tuple[str, str] | None,
) -> None:
    row = child_row(1, Nama="Putri Ayu Lestari")
    desk.apply(children_file(row | known))
    batch = desk.preview(consent_of(row, **asked), kind="consents")
    issues = desk.rows(batch).issues
    assert [each["code"] for each in issues] == ([f"intake.{code}"] if code else [])
    assert batch.counts["warnings"] == len(issues)
    [change] = desk.rows(batch).changes
    assert [each["code"] for each in change["warnings"]] == [each["code"] for each in issues]
    for issue in issues:
        assert issue["severity"] == "warning"
        assert (issue["column"], issue["value"]) == shown
        assert "E-001" in issue["text"]["id"]
        assert "Matched by" in issue["text"]["en"]


def test_no_child_is_suggested_when_two_are_alike(desk: Desk) -> None:
    rows = [child_row(number, Nama="Putri Ayu Lestari") for number in (1, 2)]
    desk.apply(children_file(*rows))
    content = consent_of(child_row(9, Nama="Putri Ayu Lestary"))
    (issue,) = desk.rows(desk.preview(content, kind="consents")).issues
    assert issue["suggestion"] is None


def test_a_consent_that_fits_several_children_names_them(desk: Desk) -> None:
    rows = [child_row(number, Nama="Putri Ayu Lestari") for number in (1, 2)]
    desk.apply(children_file(*rows))
    (issue,) = desk.rows(desk.preview(consent_of(rows[0], NIK=None), kind="consents")).issues
    assert (issue["code"], issue["column"]) == ("intake.child_ambiguous", "Nama Anak")
    assert "E-001, E-002" in issue["text"]["id"]


@pytest.mark.parametrize("nik", ["197105", None])
def test_a_consent_of_a_refused_child_names_the_refused_row(desk: Desk, nik: str | None) -> None:
    whole = child_row(2, Nama="Putri Ayu Lestari")
    refused = whole | ({"NIK": nik} if nik else {"JK": "?"})
    assert numbers(desk.apply(children_file(child_row(1), refused)))[5] == 1
    (issue,) = desk.rows(desk.preview(consent_of(whole), kind="consents")).issues
    assert issue["code"] == "intake.child_row_rejected"
    assert "eppgbm.xlsx (baris 3)" in issue["text"]["id"]


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


def test_a_family_list_tells_poverty_of_known_homes(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    headers = ("No Kartu Keluarga", "Nama Kepala Keluarga", "Nama Istri", "Kecamatan", "Desa",
               "Alamat", "Desil", "Keluarga Tidak Mempunyai Jamban yang Layak")  # fmt: skip
    rows = [
        {"Nama Kepala Keluarga": "Pak X", "Nama Istri": "Ibu Contoh 1", "Kecamatan": "Gerunggang",
         "Desa": "Bukit Sari", "Alamat": "Jl. Contoh 1", "Desil": 1,
         "Keluarga Tidak Mempunyai Jamban yang Layak": 1},
        {"Nama Kepala Keluarga": "Pak Lain", "Nama Istri": "Ibu Lain", "Kecamatan": "Gerunggang",
         "Desa": "Bukit Sari", "Alamat": "Jl. Z", "Desil": 2},
    ]  # fmt: skip
    for number, row in enumerate(rows):
        row["No Kartu Keluarga"] = f"19710101012000{number + 1:02d}"
    content = workbook(headers, rows)
    batch = desk.apply(content, kind="krs")
    home = desk.all(Household)[0]
    assert (home.poverty_decile, home.is_at_risk) == (1, True)
    assert home.risk_factors == ["lacks_safe_latrine"]
    assert numbers(batch) == (2, 0, 1, 1, 0, 0)
    assert numbers(desk.preview(content, kind="krs")) == (2, 0, 0, 2, 0, 0)


def test_a_family_list_tells_what_families_were_given_in_its_month(desk: Desk) -> None:
    desk.apply(children_file(child_row(1), child_row(2)))
    headers = ("No Kartu Keluarga", "Nama Kepala Keluarga", "Nama Istri", "Kecamatan", "Desa",
               "Keluarga Tidak Mempunyai Jamban yang Layak",
               "Jenis Pendampingan yang Diterima")  # fmt: skip
    row = {"Nama Kepala Keluarga": "Pak X", "Nama Istri": "Ibu Contoh 1",
           "Kecamatan": "Gerunggang", "Desa": "Bukit Sari",
           "Keluarga Tidak Mempunyai Jamban yang Layak": 1,
           "No Kartu Keluarga": "1971010101200001"}  # fmt: skip
    given = row | {"Jenis Pendampingan yang Diterima": "6, 3"}
    batch = desk.apply(workbook(headers, [given]), kind="krs", file_name="krs.xlsx")
    one = desk.all(Accompaniment)[0]
    home = desk.all(Household)[0]
    assert (one.household_id, one.month, one.codes, one.source) == (
        home.id, "2026-12", [3, 6], "krs.xlsx",
    )  # fmt: skip
    assert (home.puskesmas, numbers(desk.preview(workbook(headers, [given]), kind="krs"))[3]) == (
        "Gerunggang", 1,
    )  # fmt: skip
    desk.apply(workbook(headers, [row]), kind="krs")
    assert desk.all(Accompaniment)[0].codes == [3, 6]
    desk.undo(batch)
    assert desk.all(Accompaniment) == []


def test_places_vehicles_and_stock(desk: Desk) -> None:
    places = workbook(
        ("Jenis", "Nama", "Kelurahan", "Latitude", "Longitude"),
        [
            {"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1},
            {"Jenis": "posyandu", "Nama": "Melati", "Kelurahan": "Bukit Sari"},
        ],
    )
    desk.apply(places, kind="places")
    assert len(desk.all(Depot)) == len(desk.all(DropPoint)) == 1
    fleet = workbook(
        ("Nama", "Jenis", "Kapasitas (kg)"),
        [{"Nama": "Motor 1", "Jenis": "motor", "Kapasitas (kg)": 40}],
    )
    desk.apply(fleet, kind="fleet")
    assert desk.all(Vehicle)[0].capacity_g == 40_000
    stock = workbook(
        ("Barang", "Jumlah", "Satuan"), [{"Barang": "telur", "Jumlah": 300, "Satuan": "butir"}]
    )
    desk.apply(stock, kind="stock")
    assert [row.on_hand for row in desk.all(StockItem)] == [300]
    assert [move.quantity for move in desk.all(StockMove)] == [300]
    for content, kind in ((places, "places"), (fleet, "fleet"), (stock, "stock")):
        batch = desk.preview(content, kind=kind)
        assert batch.counts["same"] == batch.counts["total"]
    less = workbook(
        ("Barang", "Jumlah", "Satuan"), [{"Barang": "telur", "Jumlah": 280, "Satuan": "butir"}]
    )
    desk.apply(less, kind="stock")
    assert sum(move.quantity for move in desk.all(StockMove)) == 280
    (eggs,) = desk.all(StockItem)
    eggs.counted_at = None
    desk.session.flush()
    desk.apply(less, kind="stock")
    assert len(desk.all(StockMove)) == 2
    assert eggs.counted_at is not None, "a count that agrees is a count too"


def test_a_count_that_moves_stock_warns_of_what_stands_packed(desk: Desk) -> None:
    cycle, *_ = make_packed_cycle(desk.session, num_children=3)
    headers = ("Barang", "Jumlah", "Satuan")
    rows = [
        {"Barang": "telur", "Jumlah": 90, "Satuan": "butir"},
        {"Barang": "minyak goreng", "Jumlah": 4, "Satuan": "liter"},
    ]
    content = workbook(headers, rows)
    eggs, oil = desk.rows(desk.preview(content, kind="stock")).changes
    params = {"counted": 90, "packed": 90, "n": 3}
    assert eggs["warnings"] == [{"code": "intake.packed_in_between", "params": params}]
    assert oil["warnings"] == []
    none_left = workbook(headers, [{"Barang": "telur", "Jumlah": 0, "Satuan": "butir"}])
    assert desk.rows(desk.preview(none_left, kind="stock")).changes == []
    cycle.state = CycleState.CLOSED
    desk.session.add(cycle)
    desk.session.flush()
    eggs, _ = desk.rows(desk.preview(content, kind="stock")).changes
    assert eggs["warnings"] == []


def test_a_depot_needs_its_point(desk: Desk) -> None:
    make_depot(desk.session)
    batch = desk.preview(
        workbook(("Jenis", "Nama", "Jam Buka"), [{"Jenis": "gudang", "Nama": "Baru"}]),
        kind="places",
    )
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)


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


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_a_thousand_children_with_three_measurements_each_go_in(desk: Desk) -> None:
    rows = [
        child_row(
            number % 9999,
            born_on=date(2022, 6, 1) + timedelta(days=number % 1200),
            **{"Tanggal Pengukuran": date(2026, month, 10)},
        )
        for number in range(1, 1001)
        for month in (9, 10, 11)
    ]
    content = children_file(*rows)
    batch = desk.preview(content)
    apply_import(desk.session, batch=batch, by=desk.by, now=desk.now, keys=desk.keys)
    assert desk.session.exec(select(func.count()).select_from(Child)).one() == 1000
    assert desk.session.exec(select(func.count()).select_from(Measurement)).one() == 3000


def test_an_empty_shelf_is_counted_as_nought(desk: Desk) -> None:
    places = workbook(
        ("Jenis", "Nama", "Latitude", "Longitude"),
        [{"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1}],
    )
    desk.apply(places, kind="places")
    for counted in (300, 0):
        rows = [{"Barang": "telur", "Jumlah": counted, "Satuan": "butir"}]
        batch = desk.apply(workbook(("Barang", "Jumlah", "Satuan"), rows), kind="stock")
        assert batch.counts["rejected"] == 0
        assert [row.on_hand for row in desk.all(StockItem)] == [counted]
    assert [move.quantity for move in desk.all(StockMove)] == [300, -300]


def test_a_child_who_left_and_is_measured_again_is_told_and_stays_out(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    [child] = desk.all(Child)
    exit_child(
        desk.session,
        child=child,
        by=desk.by,
        now=desk.now,
        effective_on=date(2026, 11, 20),
        reason="lost",
    )
    desk.session.commit()

    def notes(measured_on: date) -> list[str]:
        batch = desk.preview(children_file(child_row(1, **{"Tanggal Pengukuran": measured_on})))
        return [note for row in desk.rows(batch).changes for note in row["notes"]]

    assert "child_came_back" in notes(date(2026, 11, 25))
    assert "child_came_back" not in notes(date(2026, 11, 18))
    desk.apply(children_file(child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 25)})))
    assert desk.session.get_one(Child, child.id).state is ChildState.EXITED
