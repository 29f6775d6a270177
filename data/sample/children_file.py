"""The e-PPGBM export of the sample: exact columns, and the dirt that a real one was seen to have.

Shares of dirt are those counted in a real export of 2,829 rows; nothing else was taken from it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from data.growth.categories import status_bbtb, status_bbu, status_tbu
from data.reference.kits import completed_months
from data.reference.places import puskesmas
from data.reference.regions import regions
from data.sample.names import father_name, two_spellings
from data.sample.sheets import Cell, write_xls
from data.sample.truth import Fault, TrueDuplicate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

    from data.sample.measuring import Measuring
    from data.sample.people import Child

__all__ = ["COLUMNS", "ChildrenFile", "lay_out_children"]

COLUMNS = (
    "No", "NIK", "Nama", "JK", "Tgl Lahir", "BB Lahir", "TB Lahir", "Nama Ortu", "Prov",
    "Kab/Kota", "Kec", "Pukesmas", "Desa/Kel", "Posyandu", "RT", "RW", "Alamat",
    "Usia Saat Ukur", "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur", "LiLA", "BB/U",
    "ZS BB/U", "TB/U", "ZS TB/U", "BB/TB", "ZS BB/TB", "Naik Berat Badan", "Jml Vit A", "KPSP",
    "KIA", "Detail",
)  # fmt: skip
_AT = {name: at for at, name in enumerate(COLUMNS)}
_NBSP = "\u00a0"
_TEXT_NUMBERS = 0.4
_OUTLIER_SD = 6

# What is done to all rows of a child, and to how many children.
_CHILD_FAULTS = {
    "nik_short": ("NIK", 0.039),
    "nik_scientific": ("NIK", 0.004),
    "nik_missing": ("NIK", 0.01),
    "birth_weight_in_grams": ("BB Lahir", 0.014),
    "birth_weight_absurd": ("BB Lahir", 0.002),
    "birth_weight_zero": ("BB Lahir", 0.02),
    "birth_length_zero": ("TB Lahir", 0.023),
    "kelurahan_alias": ("Desa/Kel", 0.04),
    "kelurahan_misspelt": ("Desa/Kel", 0.015),
    "kelurahan_blank": ("Desa/Kel", 0.005),
    "kecamatan_alias": ("Kec", 0.03),
}
# What is done to single rows other than a child's last one.
_ROW_FAULTS = {
    "weight_sentinel": ("Berat", 0.001),
    "height_one_digit": ("Tinggi", 0.001),
    "z_sentinel": ("ZS TB/U", 0.004),
}
_STATED_Z_WRONG = 0.01
_DECIMAL_COMMA = 0.02


@dataclass(slots=True)
class ChildrenFile:
    """Rows in the making. Row numbers count the header as row 1."""

    name: str
    rows_per_file: int = 65_000
    rows: list[list[Cell]] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    rows_of: dict[str, list[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    duplicates: list[TrueDuplicate] = field(default_factory=list)

    def write(self, out_dir: Path) -> list[str]:
        """Write the rows; more than a sheet of the old format holds go into further files."""
        names = []
        for part in range(0, max(len(self.rows), 1), self.rows_per_file):
            serial = part // self.rows_per_file + 1
            name = self.name if serial == 1 else self.name.replace(".xls", f"-{serial}.xls")
            rows = self.rows[part : part + self.rows_per_file]
            write_xls(out_dir / name, "Application List", COLUMNS, rows)
            names.append(name)
        return names

    def spoil(self, number: int, column: str, kind: str, value: Cell) -> None:
        """Put a fault into one cell."""
        row = self.rows[number - 2]
        was = row[_AT[column]]
        row[_AT[column]] = value
        shown = "" if column == "NIK" or was is None else str(was)
        self.faults.append(Fault(self.name, number, column, kind, self.owners[number - 2], shown))

    def add(self, code: str, row: list[Cell]) -> int:
        """Append a row and return its number."""
        row[_AT["No"]] = len(self.rows) + 1
        self.rows.append(row)
        self.owners.append(code)
        return len(self.rows) + 1


def lay_out_children(
    random: Random, visits: Sequence[Measuring], *, is_dirty: bool, share_twice: float
) -> ChildrenFile:
    """Return the export of all visits, with its dirt and the children that stand twice.

    ``share_twice`` is how many children are entered a second time.
    """
    sheet = ChildrenFile("e-ppgbm.xls")
    births = {}
    last: dict[str, Measuring] = {}
    for visit in visits:
        code = visit.child.code
        if code not in births:
            births[code] = (round(random.gauss(2.95, 0.35), 1), round(random.gauss(48.2, 1.6), 1))
        number = sheet.add(code, _row(visit, *births[code]))
        sheet.rows_of.setdefault(code, []).append(number)
        last[code] = visit
    for code, visit in last.items():
        if random.random() < share_twice:
            _enter_again(random, sheet, visit, births[code])
    if is_dirty:
        _spoil_children(random, sheet, {code: visit.child for code, visit in last.items()})
        _spoil_rows(random, sheet)
        _add_impossible_rows(random, sheet, list(last.values()))
        _mix_numbers_and_text(random, sheet)
    return sheet


def _row(visit: Measuring, birth_kg: float, birth_cm: float) -> list[Cell]:
    child, home = visit.child, visit.child.household
    district = regions().kecamatan(home.ward.kecamatan_code).name
    nearest = min(
        puskesmas(),
        key=lambda one: (
            (one.lat - home.ward.office_lat) ** 2 + (one.lon - home.ward.office_lon) ** 2
        ),
    )
    status = (status_bbu(visit.waz), status_tbu(visit.haz), status_bbtb(visit.whz))
    words = [one.label_id if one else "-" for one in status]
    scores = [_z(visit.waz), _z(visit.haz), _z(visit.whz)]
    return [
        None, child.nik + _NBSP, child.name.upper(), child.sex, child.born_on, birth_kg, birth_cm,
        home.mother.upper(), "KEPULAUAN BANGKA BELITUNG", "PANGKAL PINANG", district.upper(),
        nearest.name.upper(), home.ward.name.upper(), home.posyandu.upper(), None, None,
        home.address, _age_words(child.born_on, visit.measured_on), visit.measured_on,
        visit.weight_kg, visit.height_cm, "Berdiri" if visit.is_standing else "Terlentang",
        visit.muac_cm, words[0], scores[0], words[1], scores[1], words[2], scores[2], visit.gain,
        visit.vitamin_a, "-", "Ya", "-",
    ]  # fmt: skip


def _z(value: float) -> str:
    return "" if value != value else f"{value:.2f}"


def _age_words(born_on: dt.date, on: dt.date) -> str:
    months = completed_months(born_on, on)
    index = born_on.year * 12 + born_on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    first = dt.date(year, month, 1) + dt.timedelta(days=born_on.day - 1)
    return f"{months // 12} Tahun - {months % 12} Bulan - {max((on - first).days, 0)} Hari"


def _enter_again(
    random: Random, sheet: ChildrenFile, visit: Measuring, birth: tuple[float, float]
) -> None:
    """Enter a child a second time, as another clerk would: mostly without its number."""
    row = _row(visit, *birth)
    child = visit.child
    row[_AT["Nama"]] = two_spellings(random, child.name).upper()
    kind = random.random()
    if kind < 0.15:
        row[_AT["Nama"]] = child.name
        row[_AT["Nama Ortu"]] = father_name(random).upper()
    elif kind < 0.3:
        row[_AT["Tgl Lahir"]] = child.born_on + dt.timedelta(days=random.choice([-1, 1]))
    elif kind < 0.4:
        row[_AT["Tgl Lahir"]] = _swapped(child.born_on, before=visit.measured_on)
    with_number = random.random() < 0.1
    other_number = child.nik[:12] + f"{int(child.nik[12:]) - 4000:04d}" + _NBSP
    row[_AT["NIK"]] = other_number if with_number else None
    number = sheet.add(child.code, row)
    sheet.duplicates.append(
        TrueDuplicate(sheet.name, child.code, tuple(sheet.rows_of[child.code]), (number,))
    )


def _swapped(born_on: dt.date, *, before: dt.date) -> dt.date:
    """Return the date with day and month exchanged, where that is a date and early enough."""
    if born_on.day > 12:
        return born_on
    swapped = born_on.replace(day=born_on.month, month=born_on.day)
    return swapped if swapped < before else born_on


def _spoil_children(random: Random, sheet: ChildrenFile, children: dict[str, Child]) -> None:
    left = {column: list(children) for column, _ in _CHILD_FAULTS.values()}
    for kind, (column, share) in _CHILD_FAULTS.items():
        for code in random.sample(left[column], k=round(share * len(children))):
            left[column].remove(code)
            value = _spoilt(random, kind, children[code])
            for number in sheet.rows_of[code]:
                sheet.spoil(number, column, kind, value)


def _spoilt(random: Random, kind: str, child: Child) -> Cell:
    ward = child.household.ward
    values: dict[str, Callable[[], Cell]] = {
        "nik_short": lambda: child.nik[: random.randrange(10, 16)] + _NBSP,
        "nik_scientific": lambda: f"{float(child.nik):.2E}",
        "nik_missing": lambda: None,
        "birth_weight_in_grams": lambda: random.randrange(24, 39) * 100,
        "birth_weight_absurd": lambda: random.choice([300, 250, 18.3]),
        "birth_weight_zero": lambda: 0,
        "birth_length_zero": lambda: 0,
        "kelurahan_alias": lambda: _ALIASES.get(ward.name, ward.name.replace(" ", "")),
        "kelurahan_misspelt": lambda: ward.name[:4] + ward.name[5:],
        "kelurahan_blank": lambda: None,
        "kecamatan_alias": lambda: regions().kecamatan(ward.kecamatan_code).name.replace(" ", ""),
    }
    return values[kind]()


_ALIASES = {
    "Bukit Merapen": "BUKIT MERAPIN",
    "Air Salemba": "AIR SELEMBA",
    "Tua Tunu Indah": "TUATUNU",
    "Gabek Satu": "GABEK I",
    "Gabek Dua": "GABEK II",
    "Masjid Jamik": "MESJID JAMIK",
    "Air Kepala Tujuh": "AIR KEPALA 7",
}


def _spoil_rows(random: Random, sheet: ChildrenFile) -> None:
    earlier = [number for rows in sheet.rows_of.values() for number in rows[:-1]]
    values: dict[str, Cell] = {
        "weight_sentinel": 999.9,
        "height_one_digit": 8.2,
        "z_sentinel": "999.99",
    }
    for kind, (column, share) in _ROW_FAULTS.items():
        for number in sorted(random.sample(earlier, k=round(share * len(earlier)))):
            sheet.spoil(number, column, kind, values[kind])
            if kind == "z_sentinel":
                sheet.rows[number - 2][_AT["TB/U"]] = "Outlier"
    for number in sorted(random.sample(earlier, k=round(_STATED_Z_WRONG * len(earlier)))):
        stated = sheet.rows[number - 2][_AT["ZS TB/U"]]
        if stated not in {"", "999.99"}:
            wrong = f"{float(str(stated)) + random.choice([-0.4, -0.15, 0.2, 0.6]):.2f}"
            sheet.spoil(number, "ZS TB/U", "stated_z_wrong", wrong)


def _add_impossible_rows(random: Random, sheet: ChildrenFile, visits: Sequence[Measuring]) -> None:
    """Add children who cannot be accepted, beside those that count."""
    kinds: dict[str, tuple[str, Cell]] = {
        "kelurahan_unknown": ("Desa/Kel", "SUNGAILIAT"),
        "birth_in_future": ("Tgl Lahir", dt.date(2031, 5, 17)),
        "birth_missing": ("Tgl Lahir", None),
        "name_missing": ("Nama", None),
        "measured_before_birth": ("Tanggal Pengukuran", dt.date(2015, 8, 20)),
    }
    for serial, (kind, (column, value)) in enumerate(kinds.items() if visits else ()):
        for _ in range(max(1, round(0.001 * len(visits)))):
            visit = random.choice(visits)
            code = f"BAD-{serial + 1}-{len(sheet.rows)}"
            child = replace(visit.child, code=code, name=f"{visit.child.name} Contoh")
            row = _row(replace(visit, child=child), 3.0, 49.0)
            row[_AT["NIK"]] = None
            row[_AT["Nama Ortu"]] = father_name(random).upper()
            sheet.spoil(sheet.add(code, row), column, kind, value)


def _mix_numbers_and_text(random: Random, sheet: ChildrenFile) -> None:
    """Write numbers as text here and there, and fill LiLA, RT and RW as sparsely as staff do."""
    for row in sheet.rows:
        for column in ("Berat", "Tinggi"):
            value = row[_AT[column]]
            if isinstance(value, float) and random.random() < _TEXT_NUMBERS:
                text = str(value)
                row[_AT[column]] = (
                    text.replace(".", ",") if random.random() < _DECIMAL_COMMA else text
                )
        filled = random.random()
        row[_AT["LiLA"]] = None if filled < 0.128 else 0 if filled < 0.36 else row[_AT["LiLA"]]
        for column in ("RT", "RW"):
            filled = random.random()
            row[_AT[column]] = None if filled < 0.65 else "0" if filled < 0.98 else "DUSUN BARU"
