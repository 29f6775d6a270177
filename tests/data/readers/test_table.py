import datetime as dt
import io
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlwt
from xlwt.CompoundDoc import XlsDoc

from data.readers import table, worker
from data.readers.records import FileRefused
from data.readers.table import read_workbook
from tests.data.readers.files import read, to_csv, to_xls, to_xlsx

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
CELLS = [["Nama", "Kelurahan"], ["Siti", "Bintang"], ["Budi", "Asam"]]


def refused(content: bytes, **options: float) -> str:
    with pytest.raises(FileRefused) as caught:
        read_workbook(content, "berkas.xlsx", **options)
    assert caught.value.params["name"] == "berkas.xlsx"
    return caught.value.code


def rows_of(content: bytes) -> list[tuple[int, list[object]]]:
    book = read_workbook(content, "x")
    return [(number, list(cells)) for number, cells in book.sheets[0].rows]


def replaced_member(content: bytes, member: str, data: bytes, level: int = 9) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, data if info.filename == member else old.read(info))
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_in_every_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    content = to_csv(
        [["Nama", "Alamat"], ["José", "Jl. Mawar, no. 3; RT 1"], ["Ani", "-"]],
        delimiter=delimiter,
        encoding=encoding,
    )

    assert rows_of(content) == [
        (1, ["Nama", "Alamat"]),
        (2, ["José", "Jl. Mawar, no. 3; RT 1"]),
        (3, ["Ani", "-"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_byte_order_mark_is_read(encoding: str) -> None:
    assert rows_of(to_csv(CELLS, encoding=encoding))[1] == (2, ["Siti", "Bintang"])


def test_a_declared_delimiter_wins_and_rows_keep_their_numbers() -> None:
    assert rows_of(b"sep=;\nNama;Alamat\nSiti;a,b,c\n\nBudi;d,e,f\n") == [
        (2, ["Nama", "Alamat"]),
        (3, ["Siti", "a,b,c"]),
        (5, ["Budi", "d,e,f"]),
    ]


@pytest.mark.parametrize("write", [to_xls, lambda cells: to_xlsx({"A": cells})])
def test_workbooks_keep_types_row_numbers_and_column_offsets(write: object) -> None:
    cells = [[], [], ["", "Nama", "Lahir"], [], ["", "Siti", dt.date(2024, 5, 1), 3.5, True]]

    rows = rows_of(write(cells))  # type: ignore[operator]

    assert rows == [
        (3, [None, "Nama", "Lahir"]),
        (5, [None, "Siti", dt.date(2024, 5, 1), 3.5, True]),
    ]


def test_times_of_day_survive() -> None:
    assert rows_of(to_xlsx({"A": [["Jam"], [dt.time(8, 30)]]}))[1] == (2, [dt.time(8, 30)])


def test_hidden_sheets_are_not_read() -> None:
    book = xlwt.Workbook()
    for name, visibility in (("lama", 1), ("baru", 0)):
        page = book.add_sheet(name)
        page.write(0, 0, name)
        page.visibility = visibility
    book.active_sheet = 1
    buffer = io.BytesIO()
    book.save(buffer)

    assert [sheet.name for sheet in read_workbook(buffer.getvalue(), "x").sheets] == ["baru"]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xff\xfe", b"\x00\x00"])
def test_empty_files_are_refused_as_empty(content: bytes) -> None:
    assert refused(content) == "file_empty"


def test_a_workbook_without_cells_is_refused_as_empty() -> None:
    assert refused(to_xlsx({"A": []})) == "file_empty"
    assert refused(to_xls([])) == "file_empty"


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n0000", b"ab\x01\x02\x03"])
def test_other_kinds_of_file_are_refused_as_no_table(content: bytes) -> None:
    assert refused(content) == "file_not_a_table"


def test_a_stray_control_sign_is_dirt_and_not_another_kind_of_file() -> None:
    content = b"Nama,Desa\n" + b"Siti,Bintang\n" * 30 + b"Bu\x01di,Asam\n\x1a"

    assert rows_of(content)[-2][0] == 32
    assert (
        read(b"Barang,Jumlah,Satuan\n" + b"telur,1,butir\n" * 30 + b"te\x01lur,1,butir").issues
        == ()
    )


def test_an_archive_that_is_no_workbook_is_refused_as_no_table() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert refused(buffer.getvalue()) == "file_not_a_table"


@pytest.mark.parametrize("text", [b"<html><p>Masuk</p>", b"\n<!DOCTYPE html>", b"<table></table>"])
def test_a_web_page_without_a_table_is_refused_with_its_own_sentence(text: bytes) -> None:
    assert refused(text) == "file_is_web_page"


def test_a_web_table_named_xls_is_read() -> None:
    page = (
        "<html><body><h1>Data</h1><table><tr><th colspan=2>Nama</th><th>Alamat</th></tr>"
        "<tr><td>Siti</td><td>&nbsp;</td><td>Jl. A &amp; B<br>RT 1</td></tr>"
        "<tr><td>Budi<td>x<td>y</table>luar</body></html>"
    )

    assert rows_of(page.encode()) == [
        (1, ["Nama", None, "Alamat"]),
        (2, ["Siti", None, "Jl. A & B RT 1"]),
        (3, ["Budi", "x", "y"]),
    ]


def test_excel_2003_xml_is_read() -> None:
    page = (
        '<?xml version="1.0"?><Workbook><Worksheet ss:Name="A"><Table>'
        '<Row><Cell><Data ss:Type="String">Nama</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="String">Lahir</Data></Cell></Row>'
        '<Row ss:Index="4"><Cell><Data>Siti</Data></Cell></Row></Table></Worksheet>'
        "<Worksheet><Table><Row><Cell><Data>B</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    book = read_workbook(page.encode(), "x")

    assert [sheet.rows for sheet in book.sheets] == [
        ((1, ("Nama", None, "Lahir")), (4, ("Siti",))),
        ((1, ("B",)),),
    ]


def test_an_open_document_sheet_is_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>"
        for row in CELLS
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{ODF}manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{ODF}office:1.0"'
            f' xmlns:table="{ODF}table:1.0" xmlns:text="{ODF}text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="A">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )

    assert [cells for _, cells in rows_of(buffer.getvalue())] == CELLS


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("write", [to_xls, lambda cells: to_xlsx({"A": cells})])
def test_truncated_workbooks_are_refused(write: object, share: float) -> None:
    content: bytes = write(CELLS * 50)  # type: ignore[operator]

    assert refused(content[: int(len(content) * share)]) in {"file_corrupt", "file_empty"}


def test_an_encrypted_xlsx_is_named_so() -> None:
    # Office wraps an encrypted workbook into an OLE file with these two streams.
    content = worker.OLE_MAGIC + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)

    assert refused(content) == "file_encrypted"


def test_an_encrypted_xls_is_named_so() -> None:
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, "rahasia")
    stream = book.get_biff_data()
    (length,) = struct.unpack_from("<H", stream, 2)
    password = struct.pack("<HHHHH", 0x2F, 6, 0, 0x1234, 0x5678)  # FILEPASS, XOR
    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream[: 4 + length] + password + stream[4 + length :])

    assert refused(buffer.getvalue()) == "file_encrypted"


def test_an_encrypted_zip_is_named_so() -> None:
    content = bytearray(to_xlsx({"A": CELLS}))
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1

    assert refused(bytes(content)) == "file_encrypted"


def test_one_stray_far_cell_neither_kills_nor_hides_the_table() -> None:
    content = to_xlsx({"A": [*CELLS, ["jauh"]]})
    far = replaced_member(
        content,
        "xl/worksheets/sheet1.xml",
        zipfile.ZipFile(io.BytesIO(content))
        .read("xl/worksheets/sheet1.xml")
        .replace(b'<row r="4"', b'<row r="200000"')
        .replace(b'"A4"', b'"XFD200000"'),
    )

    assert rows_of(far)[:3] == [
        (1, ["Nama", "Kelurahan"]),
        (2, ["Siti", "Bintang"]),
        (3, ["Budi", "Asam"]),
    ]


def test_the_far_cell_that_aborts_the_parser_ends_only_the_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the look ahead the parser aborts; the caller must live and hear one refusal."""
    blind = tmp_path / "worker.py"
    source = Path(worker.__file__).read_text(encoding="utf-8")
    blind.write_text(source.replace("MAX_GRID_CELLS = 20_000_000", "MAX_GRID_CELLS = 10**15"))
    monkeypatch.setattr(table, "WORKER", blind)
    content = to_xlsx({"A": [*CELLS, ["jauh"]]})
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b'<row r="4"', b'<row r="200000"').replace(b'"A4"', b'"XFD200000"')

    assert refused(replaced_member(content, "xl/worksheets/sheet1.xml", sheet)) in {
        "file_too_heavy",
        "file_corrupt",
    }


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    content = to_xlsx({"A": CELLS})
    bomb = replaced_member(content, "xl/worksheets/sheet1.xml", b" " * (60 << 20))

    assert len(bomb) < 200_000
    assert refused(bomb) == "file_unpacks_too_big"


def test_too_many_members_are_refused() -> None:
    buffer = io.BytesIO(to_xlsx({"A": CELLS}))
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(worker.MAX_MEMBERS):
            archive.writestr(f"x/{number}", b"")

    assert refused(buffer.getvalue()) == "file_unpacks_too_big"


def test_a_giant_file_is_refused_before_the_child_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_FILE_BYTES", 1 << 20)
    monkeypatch.setattr(subprocess, "run", None)

    assert refused(b"a" * ((1 << 20) + 1)) == "file_too_big"


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small = tmp_path / "worker.py"
    source = Path(worker.__file__).read_text(encoding="utf-8")
    small.write_text(source.replace("MAX_ROWS = 200_000", "MAX_ROWS = 5"))
    monkeypatch.setattr(table, "WORKER", small)

    assert refused(b"Nama,Desa\n" * 6) == "file_too_long"
    assert len(rows_of(b"Nama,Desa\n" * 5)) == 5


def test_a_child_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stuck = tmp_path / "worker.py"
    stuck.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(table, "WORKER", stuck)

    assert refused(b"Nama,Desa\n", wall_s=0.3) == "file_too_slow"


@pytest.mark.parametrize("line", ['["cut"', "import os; os.abort()"])
def test_a_child_that_dies_gives_one_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    dying = tmp_path / "worker.py"
    dying.write_text("print('{\"sheet\": null}')\n" + line)
    monkeypatch.setattr(table, "WORKER", dying)

    assert refused(b"Nama,Desa\n") == "file_too_heavy"


def test_output_without_its_last_line_counts_as_a_dead_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cut = tmp_path / "worker.py"
    cut.write_text("print('{\"sheet\": null}')\nprint('[1, [2]]')\n")
    monkeypatch.setattr(table, "WORKER", cut)

    assert refused(b"Nama,Desa\n") == "file_too_heavy"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read_workbook(tmp_path / "tidak-ada.csv", "tidak-ada.csv")

    assert caught.value.code == "file_unreadable"


def test_a_path_and_its_bytes_give_the_same_book(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(to_csv(CELLS))

    assert read_workbook(path, "a") == read_workbook(to_csv(CELLS), "a")


def test_the_child_loads_nothing_heavy() -> None:
    code = (
        "import sys, runpy, io; sys.stdin = io.TextIOWrapper(io.BytesIO(b'a,b\\n1,2\\n'))\n"
        f"try: runpy.run_path({str(Path(worker.__file__))!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'numpy', 'openpyxl', 'data'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)

    assert done.stderr.decode().splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name != "posix", reason="resource limits are POSIX")
def test_the_child_runs_under_limits() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(worker.__file__).parent)!r})\n"
        "import worker, resource as r; worker.limit_resources()\n"
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert done.stdout.split() == [b"2147483648", b"20"]
