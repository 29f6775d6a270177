"""A member of staff who brings files in, and files to bring."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlmodel import Session, select

from api.services.import_batches import rejected_rows_file
from api.services.import_details import ImportDetails, open_details
from api.services.import_undo import undo_import
from api.services.intake import apply_import, preview_import
from data.schema import ImportBatch
from data.sealing import KeyRing
from tests.factories import make_account

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


def numbers(batch: ImportBatch) -> tuple[int, ...]:
    names = ("total", "new", "changed", "same", "merged", "rejected")
    found = tuple(batch.counts[name] for name in names)
    assert found[0] == sum(found[1:])
    return found
