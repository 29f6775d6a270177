"""Sponsors, families at risk, consents and last month's pairs of the sample."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.reference.regions import regions
from data.sample.names import two_spellings
from data.sample.sheets import Cell, write_csv, write_xlsx
from data.sample.truth import Fault, TrueDuplicate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

    from data.sample.giving import SampleSponsor
    from data.sample.people import Child, Household

__all__ = ["SponsorsFile", "write_consents", "write_families", "write_last_month", "write_sponsors"]

_SPONSORS = (
    "Nama", "NIK/NIP", "Jenis", "Instansi", "No HP", "Email", "Alamat", "Kecamatan", "Kelurahan",
    "Jumlah Anak Asuh", "Donasi per Bulan (Rp)", "Bentuk", "Barang", "Wilayah", "Mulai",
    "Jangka Waktu", "Bersedia",
)  # fmt: skip
_FAMILIES = (
    "No. Kartu Keluarga", "NIK Kepala Keluarga", "Nama Kepala Keluarga", "NIK Istri", "Nama Istri",
    "Kecamatan", "Desa", "Alamat", "Punya Anak 0-23 Bulan", "Punya Anak 24-59 Bulan", "PUS",
    "PUS Hamil", "Keluarga Tidak Mempunyai Sumber Air Minum Utama yang Layak",
    "Keluarga Tidak Mempunyai Jamban yang Layak", "PUS 4 Terlalu Muda (Umur Istri < 20 Tahun)",
    "PUS 4 Terlalu Tua (Umur Istri 35 sd 40 Tahun)", "PUS 4 Terlalu Dekat (<2 Tahun)",
    "PUS 4 Terlalu Banyak (≥3 Anak)", "Bukan Peserta KB Modern",
    "Jenis Pendampingan yang Diterima", "Lintang", "Bujur",
)  # fmt: skip
_CONSENTS = (
    "NIK", "Nama Anak", "Tgl Lahir", "Nama Wali", "Persetujuan Program", "Persetujuan Tampil",
    "Persetujuan Foto", "Tanggal", "Bukti", "Alergi",
)  # fmt: skip
_LAST_MONTH = (
    "Bulan", "Kode Anak", "Nama Anak", "Tgl Lahir", "Nama Ortu", "Kelurahan",
    "Kode Orang Tua Asuh", "Nama Orang Tua Asuh", "Status",
)  # fmt: skip
_MONTHS_ID = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
_SPONSOR_TITLES = ("DAFTAR ORANG TUA ASUH (BAPAK/BUNDA ASUH)", "Kota Pangkalpinang")
_FIRST_SPONSOR_ROW = len(_SPONSOR_TITLES) + 3
_OTHERS_IN_FAMILY_LIST = 0.4
_WITHOUT_POINT, _WITHOUT_CONSENT, _REFUSED = 0.05, 0.05, 0.02
_ALLERGY_WORDS = {"milk": "susu sapi", "egg": "telur", "fish": "ikan", "nuts": "kacang"}


@dataclass(slots=True)
class SponsorsFile:
    """What was written, and which lines were spoilt or stand twice."""

    num_rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    duplicates: list[TrueDuplicate] = field(default_factory=list)


def write_sponsors(
    path: Path,
    random: Random,
    sponsors: Sequence[SampleSponsor],
    *,
    is_dirty: bool,
    share_twice: float,
) -> SponsorsFile:
    """Write the sponsors' list with two title rows above its header."""
    held = SponsorsFile()
    rows = [_sponsor_row(sponsor) for sponsor in sponsors]
    if is_dirty:
        for at, sponsor in enumerate(sponsors):
            _spoil_sponsor(random, held, path.name, rows[at], at + _FIRST_SPONSOR_ROW, sponsor)
    for at, sponsor in enumerate(sponsors):
        if random.random() < share_twice:
            again = _sponsor_row(sponsor)
            again[0] = two_spellings(random, sponsor.name)
            again[1] = None
            rows.append(again)
            number = len(rows) - 1 + _FIRST_SPONSOR_ROW
            held.duplicates.append(
                TrueDuplicate(path.name, sponsor.code, (at + _FIRST_SPONSOR_ROW,), (number,))
            )
    write_xlsx(path, "Data OTA", _SPONSORS, rows, titles=_SPONSOR_TITLES)
    held.num_rows = len(rows)
    return held


def _sponsor_row(sponsor: SampleSponsor) -> list[Cell]:
    return [
        sponsor.name, sponsor.number or None, sponsor.kind, sponsor.office or None, sponsor.phone,
        sponsor.email or None, sponsor.address,
        regions().kecamatan(sponsor.ward.kecamatan_code).name, sponsor.ward.name,
        sponsor.num_children, sponsor.donation_rp or None, sponsor.form, sponsor.goods or None,
        ", ".join(sponsor.areas) or None, sponsor.starts_on, f"{sponsor.num_months} bulan",
        "Ya" if sponsor.is_willing else "Tidak",
    ]  # fmt: skip


def _spoil_sponsor(
    random: Random,
    held: SponsorsFile,
    file: str,
    row: list[Cell],
    number: int,
    sponsor: SampleSponsor,
) -> None:
    """Write the same meaning as another office would; each kind for about one line in twelve."""
    phone = sponsor.phone
    amount = f"{sponsor.donation_rp:,}".replace(",", ".")
    spellings: dict[str, tuple[str, Cell, bool]] = {
        "phone_with_country": ("No HP", f"+62 {phone[1:4]}-{phone[4:8]}-{phone[8:]}", True),
        "phone_with_spaces": ("No HP", f"{phone[:4]} {phone[4:8]} {phone[8:]}", True),
        "amount_in_words": ("Donasi per Bulan (Rp)", f"Rp {amount},-", sponsor.donation_rp > 0),
        "count_with_unit": ("Jumlah Anak Asuh", f"{sponsor.num_children} anak", True),
        "ward_squashed": ("Kelurahan", sponsor.ward.name.replace(" ", "").upper(), True),
        "title_before_name": ("Nama", f"Hj. {sponsor.name}", sponsor.kind == "perorangan"),
    }
    for kind, (column, value, fits) in spellings.items():
        if fits and random.random() < 0.08:
            at = _SPONSORS.index(column)
            shown = "" if column == "No HP" else str(row[at])
            row[at] = value
            held.faults.append(Fault(file, number, column, kind, sponsor.code, shown))


def write_families(
    path: Path, random: Random, children: Sequence[Child], *, is_dirty: bool
) -> tuple[int, set[str]]:
    """Write the families at risk; return the rows, and the households whose point is given."""
    homes = {child.household.code: child.household for child in children}
    rows: list[Sequence[Cell]] = []
    with_point: set[str] = set()
    for home in homes.values():
        is_poor = any(child.is_stunted for child in home.children)
        if not is_poor and random.random() > _OTHERS_IN_FAMILY_LIST:
            continue
        has_point = random.random() >= _WITHOUT_POINT
        if has_point:
            with_point.add(home.code)
        rows.append(_family_row(random, home, is_poor, has_point, is_dirty))
    write_xlsx(path, "KRS", _FAMILIES, rows)
    return len(rows), with_point


def _family_row(
    random: Random,
    home: Household,
    is_poor: bool,
    has_point: bool,
    is_dirty: bool,
) -> list[Cell]:
    def coded(probability: float) -> int:
        return 1 if random.random() < probability else 2

    card = home.family_card
    if is_dirty and random.random() < 0.05:
        card = f"{card[:6]}.{card[6:12]}.{card[12:]}"
    ages = [child.age_months for child in home.children]
    poor = 2 if is_poor else 1
    return [
        card, home.father_nik, home.father.upper(), home.mother_nik, home.mother.upper(),
        regions().kecamatan(home.ward.kecamatan_code).name.upper(), home.ward.name.upper(),
        home.address, 1 if any(age < 24 for age in ages) else 2,
        1 if any(24 <= age < 60 for age in ages) else 2, 1, coded(0.06),
        coded(0.12 * poor), coded(0.1 * poor), coded(0.04), coded(0.15), coded(0.1 * poor),
        1 if len(ages) > 2 else coded(0.1), coded(0.3),
        random.choice(["8", "3", "2,3", "3,5", "2,5,7", "6"]),
        home.lat if has_point else None, home.lon if has_point else None,
    ]  # fmt: skip


def write_consents(
    path: Path, random: Random, children: Sequence[Child], month_on: dt.date
) -> tuple[int, set[str]]:
    """Write what guardians agreed to; return the rows, and the children whose guardian agrees."""
    rows: list[Sequence[Cell]] = []
    agreed: set[str] = set()
    for serial, child in enumerate(child for child in children if child.is_stunted):
        if random.random() < _WITHOUT_CONSENT:
            continue
        takes_part = random.random() >= _REFUSED
        if takes_part:
            agreed.add(child.code)
        shown = takes_part and random.random() < 0.9
        photo = shown and random.random() < 0.2
        signed_on = month_on - dt.timedelta(days=random.randrange(20, 300))
        rows.append(
            (
                child.nik, child.name, child.born_on, child.household.mother, _yes(takes_part),
                _yes(shown), _yes(photo), max(signed_on, child.born_on + dt.timedelta(days=3)),
                f"Formulir {serial + 1:04d}",
                ", ".join(_ALLERGY_WORDS[code] for code in child.allergies) or None,
            )
        )  # fmt: skip
    write_xlsx(path, "Persetujuan", _CONSENTS, rows, titles=("DAFTAR PERSETUJUAN WALI",))
    return len(rows), agreed


def write_last_month(
    path: Path,
    random: Random,
    children: Sequence[Child],
    sponsors: Sequence[SampleSponsor],
    month_on: dt.date,
) -> int:
    """Write last month's pairs: most places were taken; a sponsor kept to his areas."""
    before_on = (month_on - dt.timedelta(days=1)).replace(day=1)
    waiting = [child for child in children if child.is_stunted and child.born_on < before_on]
    random.shuffle(waiting)
    rows: list[Sequence[Cell]] = []
    month = f"{_MONTHS_ID[before_on.month - 1]} {before_on.year}"
    for sponsor in sponsors:
        if sponsor.starts_on >= month_on:
            continue
        for _ in range(sponsor.num_children):
            child = next((one for one in waiting if _accepts(sponsor, one)), None)
            if child is None or random.random() < 0.12:
                continue
            waiting.remove(child)
            rows.append(
                (
                    month, child.code, child.name, child.born_on, child.household.mother,
                    child.household.ward.name, sponsor.code, sponsor.name,
                    random.choices(["diterima", "diterima sebagian", "gagal"], [90, 6, 4])[0],
                )
            )  # fmt: skip
    write_csv(path, _LAST_MONTH, rows, encoding="utf-8-sig")
    return len(rows)


def _accepts(sponsor: SampleSponsor, child: Child) -> bool:
    ward = child.household.ward
    here = {ward.name, regions().kecamatan(ward.kecamatan_code).name}
    return not sponsor.areas or not here.isdisjoint(sponsor.areas)


def _yes(answer: bool) -> str:
    return "Ya" if answer else "Tidak"
