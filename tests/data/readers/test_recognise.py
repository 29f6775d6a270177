import datetime as dt
from typing import Any

import pytest

from data.readers.headers import LAYOUTS, squash
from data.readers.intake import read_every_sheet
from data.readers.messages import refusal_sentence
from data.readers.records import FileRefused, Kind
from data.reference.regions import regions
from tests.data.readers.files import (
    EPPGBM,
    TODAY,
    child,
    codes,
    read,
    read_rows,
    table,
    to_csv,
    to_xls,
    to_xlsx,
)

BOK = ["Nama Lengkap Balita", "Tgl Lahir Tgl/Bln/Thn", "Nama Orang Tua", "JK", "BB", "TB", "LiLA"]
SLUGS = {
    "nik": "1971014505240012",
    "nama": "Siti",
    "jk": "P",
    "tgl_lahir": dt.date(2024, 5, 5),
    "pukesmas": "X",
    "desakel": "Bintang",
    "kabkota": "PANGKALPINANG",
    "tanggal_pengukuran": dt.date(2026, 11, 1),
    "berat": 9.5,
    "tinggi": 80,
    "zs_bbu": "-2,1",
    "tbu": "Pendek",
    "zs_tbu": "-2,5",
}

SAMPLES: dict[Kind, list[str]] = {
    Kind.KRS: ["No. Kartu Keluarga", "Nama Kepala Keluarga", "Desa", "PUS", "PUS Hamil"],
    Kind.SPONSORS: ["Nama", "NIK/NIP", "Jenis", "No HP", "Jumlah Anak Asuh", "Bersedia"],
    Kind.PLACES: ["Jenis", "Nama", "Alamat", "Kecamatan", "Kelurahan", "Lintang", "Bujur"],
    Kind.FLEET: ["Nama Kendaraan", "Jenis", "Plat", "Kapasitas (kg)", "Hari", "Gudang"],
    Kind.STOCK: ["Barang", "Jumlah", "Satuan", "Kedaluwarsa", "Gudang"],
    Kind.LAST_MONTH: ["Nama Bapak Asuh", "No. HP", "Nama Anak Asuh", "Alamat", "Kecamatan"],
    Kind.RESULTS: ["ID Baris", "Rute", "Penerima", "Dimuat", "Diterima", "Ditolak", "Alasan"],
    Kind.CONSENTS: ["NIK", "Nama Wali", "Persetujuan Program", "Persetujuan Foto", "Tanggal"],
}
SAMPLES[Kind.KRS].append("Keluarga Tidak Mempunyai Jamban yang Layak")


def refusal(content: bytes, **options: Any) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(content, **options)
    return caught.value


def test_the_real_export_has_34_columns_and_each_has_its_field() -> None:
    result = read(to_xls(table([child()])))

    assert len(EPPGBM) == 34
    assert result.kind is Kind.CHILDREN
    assert result.headers == tuple(EPPGBM)
    assert result.ignored_columns == ()
    assert (result.header_row, result.counts.accepted) == (1, 1)


@pytest.mark.parametrize("kind", SAMPLES)
def test_headers_decide_the_kind_whatever_the_file_is_called(kind: Kind) -> None:
    result = read(to_csv([SAMPLES[kind], ["-"] * len(SAMPLES[kind])]), name="data anak.csv")

    assert result.kind is kind


def test_an_older_export_with_supplement_and_without_position_is_read() -> None:
    row = child()
    del row["Cara Ukur"]
    row["PMT Diterima (kg)"] = "0,5"

    (record,) = read_rows(row).records

    assert record.measurements[0].supplement_g == 500  # type: ignore[union-attr]
    assert record.measurements[0].position is None  # type: ignore[union-attr]


def test_slugged_headers_are_read() -> None:
    result = read_rows(SLUGS)

    assert (result.kind, result.counts.accepted) == (Kind.CHILDREN, 1)
    assert result.records[0].kelurahan_code == "19.71.04.1002"  # type: ignore[union-attr]
    assert result.records[0].measurements[0].stated_haz == -2.5  # type: ignore[union-attr]


def test_title_rows_above_the_header_are_skipped() -> None:
    cells: list[list[str]] = [
        ["DAFTAR BALITA STUNTING"],
        ["Puskesmas Kacang Pedang", "", "November 2026"],
        [],
        BOK,
        ["Siti", "25/04/2024", "Ani", "P", "9,5", "80", "13"],
    ]

    result = read(to_csv(cells))

    assert (result.header_row, result.counts.accepted) == (4, 1)
    assert codes(result) == ["no_measuring_date_column", "no_kelurahan_column"]


def test_a_header_split_over_three_rows_is_put_together() -> None:
    cells: list[list[Any]] = [
        ["No", "Nama Anak", "Tgl Lahir", "JK", "Lahir", "", "Hasil Ukur", "", "Desa/Kel"],
        ["", "", "(Tgl/Bln/Thn)", "", "BB", "TB", "BB", "TB", ""],
        ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        [1, "Siti", "25/04/2024", "P", "3,1", "49", "9,5", "80", "Bintang"],
    ]

    (record,) = read(to_csv(cells)).records

    assert record.birth_weight_g == 3100  # type: ignore[union-attr]
    assert record.born_on == dt.date(2024, 4, 25)  # type: ignore[union-attr]


def test_a_header_below_row_fifteen_is_not_found() -> None:
    body: list[list[str]] = [BOK, ["Siti", "25/04/2024", "Ani", "P", "9,5", "80", "13"]]

    above = [["x", "y"]] * 14
    assert read(to_csv([*above, *body])).header_row == 15
    assert refusal(to_csv([["x", "y"], *above, *body])).code == "no_header"


def test_the_best_of_several_sheets_is_read_and_the_other_is_named() -> None:
    rows = [child(), child(NIK="", Nama="Budi")]
    content = to_xlsx(
        {
            "Catatan": [["hanya catatan"]],
            "Oktober": table(rows[:1]),
            "November": table(rows),
        }
    )

    result = read(content)

    assert (result.sheet, result.counts.accepted) == ("November", 2)
    (issue,) = [issue for issue in result.issues if issue.code == "sheet_left_out"]
    assert issue.params == {"sheet": "Oktober"}


def test_a_chosen_sheet_is_read_without_a_word_about_the_others() -> None:
    content = to_xlsx({"Oktober": table([child()]), "November": table([child(), child()])})

    result = read(content, sheet="Oktober")

    assert (result.sheet, codes(result)) == ("Oktober", [])


def test_every_sheet_can_be_read() -> None:
    content = to_xlsx(
        {
            "anak": table([child()]),
            "stok": [["Barang", "Jumlah", "Satuan"], ["telur", 300, "butir"]],
            "x": [["catatan"]],
        }
    )

    results = read_every_sheet(content, "x", regions=regions(), today=TODAY)

    assert [(result.kind, result.counts.accepted) for result in results] == [
        (Kind.CHILDREN, 1),
        (Kind.STOCK, 1),
    ]


def test_an_unknown_file_is_refused_naming_the_nearest_kind_and_what_it_lacks() -> None:
    error = refusal(to_csv([["NIK", "Nama", "JK", "Posyandu", "Berat"], ["1", "a", "L", "x", "9"]]))

    assert error.code == "kind_unknown"
    assert error.params["missing"] == "Tgl Lahir"
    assert "data anak" in refusal_sentence(error)
    assert "children" in refusal_sentence(error, "en")


def test_a_file_without_known_headers_is_refused() -> None:
    assert refusal(to_csv([["a", "b"], ["1", "2"]])).code == "no_header"


def test_headers_that_fit_two_kinds_equally_are_refused_until_the_user_says() -> None:
    cells = [["Jenis", "Nama", "Lintang", "Kapasitas (kg)"], ["motor", "Motor 1", "-2.1", "40"]]

    error = refusal(to_csv(cells))

    assert error.code == "kind_ambiguous"
    assert "kendaraan" in refusal_sentence(error)
    assert read(to_csv(cells), kind=Kind.FLEET).counts.accepted == 1


def test_the_kind_that_the_user_said_is_not_guessed_away() -> None:
    error = refusal(to_csv(table([child()])), kind=Kind.STOCK)
    assert (error.code, error.params["found"]) == ("kind_other", Kind.CHILDREN)
    assert refusal(to_csv([["a", "b"], ["1", "2"]]), kind=Kind.STOCK).code == "no_header"


def test_a_doubled_column_is_told_and_the_first_is_used() -> None:
    cells = table([child()])
    cells[0].append("Nama")
    cells[1].append("Lain")

    result = read(to_xlsx({"A": cells}))

    assert result.records[0].name == "Siti Contoh"  # type: ignore[union-attr]
    assert codes(result) == ["column_twice"]
    assert result.ignored_columns == ("Nama",)


def test_columns_that_nothing_is_taken_from_are_named() -> None:
    assert read_rows(child(Warna="hijau")).ignored_columns == ("Warna",)


def test_repeated_headers_and_totals_are_no_children() -> None:
    cells = [*table([child()]), EPPGBM, ["Jumlah", 1], [7], ["", "", "Mengetahui, Kepala"]]

    result = read(to_xlsx({"A": cells}), kind=Kind.CHILDREN)

    assert result.counts.total == 2
    assert [issue.row for issue in result.issues if issue.code == "row_without_data"] == [4]


@pytest.mark.parametrize("kind", list(Kind))
def test_no_two_fields_of_a_kind_claim_one_spelling(kind: Kind) -> None:
    layout = LAYOUTS[kind]
    owners: dict[str, set[str]] = {}
    for name, headers in layout.fields.items():
        for header in headers:
            owners.setdefault(squash(header), set()).add(name)

    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_the_sigizi_identity_template_is_read() -> None:
    row = {
        "No": 1,
        "anak_ke": 2,
        "tgl_lahir": dt.date(2024, 5, 5),
        "jenis_kelamin": "P",
        "nomor_KK": "1971012345670001",
        "NIK": "1971014505240012",
        "nama_anak": "Siti",
        "berat_lahir": 3.1,
        "panjang_lahir": 49,
        "nama_ortu": "Ibu",
        "nik_ortu": "1971014101900001",
        "hp_ortu": "081234567890",
        "alamat": "Jl. A",
        "rt": 1,
        "rw": 2,
        "nama_posyandu": "Melati",
    }

    result = read_rows(row)

    assert codes(result) == ["no_kelurahan_column"]
    assert result.ignored_columns == ("anak_ke",)
    assert result.records[0].parent_nik == "1971014101900001"  # type: ignore[union-attr]
    assert result.records[0].posyandu == "Melati"  # type: ignore[union-attr]


def test_the_sigizi_measuring_template_is_refused_for_it_names_no_birth_date() -> None:
    cells = [["No", "NIK", "nama_anak", "TANGGALUKUR", "BERAT", "TINGGI", "LILA", "CARAUKUR"]]

    error = refusal(to_csv([*cells, ["1", "2", "Siti", "2026-11-01", "9", "80", "13", "berdiri"]]))

    assert (error.code, error.params["missing"]) == ("kind_unknown", "Tgl Lahir, JK")
