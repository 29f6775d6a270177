"""Cells that hold words: names, yes and no, kinds, phones, times of day, days of the week."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time
from typing import TYPE_CHECKING, TypeVar

from data.readers.headers import squash
from data.readers.identity import as_plain_text
from data.readers.reading import Reading, doubtful, good, unreadable
from data.readers.records import AidForm, PlaceKind, Position, Sex, SponsorKind, VehicleKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.readers.records import Cell

__all__ = [
    "as_aid_form",
    "as_flag",
    "as_neighbourhood",
    "as_phone",
    "as_place_kind",
    "as_position",
    "as_sex",
    "as_sponsor_kind",
    "as_text",
    "as_time",
    "as_vehicle_kind",
    "as_weekdays",
    "cleaned",
]

T = TypeVar("T")

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
# The apostrophe that keeps programs from taking a cell for a formula; ours and others' exports.
_ESCAPE = re.compile(r"^'(?=[=+\-@])")
_NOTHING = {
    "", "-", "--", "---", "–", "—", ".", "n/a", "na", "nan", "null", "none", "nihil", "kosong",
    "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "outlier",
}  # fmt: skip

_YES = {
    "ya", "y", "yes", "1", "true", "benar", "v", "√", "✓", "✔", "ada", "setuju", "bersedia",
    "iya", "sudah", "mau",
}  # fmt: skip
_NO = {
    "tidak", "tdk", "t", "no", "n", "0", "false", "salah", "belum", "tidak ada", "tidak setuju",
    "tidak bersedia", "tdk bersedia", "tdk setuju", "bukan", "tanpa",
}  # fmt: skip

_SEXES = {
    **dict.fromkeys(("l", "lk", "lakilaki", "laki", "pria", "male", "m", "1", "cowok"), Sex.MALE),
    **dict.fromkeys(("p", "pr", "perempuan", "wanita", "female", "f", "2"), Sex.FEMALE),
}
_POSITIONS = {
    **dict.fromkeys(("berdiri", "bediri", "standing", "h", "tb"), Position.STANDING),
    **dict.fromkeys(
        ("terlentang", "telentang", "telentan", "berbaring", "baring", "tidur", "lying", "l", "pb"),
        Position.LYING,
    ),
}
_SPONSOR_KINDS = {
    **dict.fromkeys(
        ("perorangan", "individu", "pribadi", "perseorangan", "orang", "person"),
        SponsorKind.PERSON,
    ),
    **dict.fromkeys(
        ("asn", "pns", "p3k", "pppk", "pegawai", "tni", "polri", "pejabat"),
        SponsorKind.CIVIL_SERVANT,
    ),
    **dict.fromkeys(
        ("perusahaan", "swasta", "bumn", "bumd", "pt", "cv", "badanusaha", "usaha", "bank"),
        SponsorKind.COMPANY,
    ),
    **dict.fromkeys(
        (
            "lembaga", "instansi", "organisasi", "komunitas", "lsm", "ormas", "yayasan", "opd",
            "dinas", "perguruantinggi", "universitas", "media", "baznas", "pemerintah", "pemda",
        ),
        SponsorKind.INSTITUTION,
    ),
}  # fmt: skip
_AID_FORMS = {
    **dict.fromkeys(("uang", "dana", "tunai", "transfer", "uangtunai", "money"), AidForm.MONEY),
    **dict.fromkeys(("barang", "bahan", "sembako", "natura", "goods"), AidForm.GOODS),
    **dict.fromkeys(
        ("keduanya", "uangdanbarang", "uangbarang", "baranguang", "barangdanuang", "both"),
        AidForm.BOTH,
    ),
}
_PLACE_KINDS = {
    **dict.fromkeys(("gudang", "depot", "depo", "kantordinas"), PlaceKind.DEPOT),
    **dict.fromkeys(("posyandu", "posy", "pos"), PlaceKind.POSYANDU),
    **dict.fromkeys(
        ("kantorkelurahan", "kelurahan", "kantorlurah", "kantordesa"), PlaceKind.KELURAHAN_OFFICE
    ),
}
_VEHICLE_KINDS = {
    **dict.fromkeys(
        ("motor", "sepedamotor", "motorcycle", "motorbox", "rodadua", "r2"),
        VehicleKind.MOTORCYCLE,
    ),
    **dict.fromkeys(
        ("pikap", "pickup", "pikup", "mobilbak", "l300", "bakterbuka", "mobilpickup"),
        VehicleKind.PICKUP,
    ),
    **dict.fromkeys(
        ("mobil", "car", "mobildinas", "minibus", "ambulans", "rodaempat", "r4", "mobilbox"),
        VehicleKind.CAR,
    ),
    **dict.fromkeys(("perahu", "kapal", "speedboat", "boat", "perahumotor"), VehicleKind.BOAT),
}
_WEEKDAYS = {
    **dict.fromkeys(("senin", "sen", "monday", "mon"), 0),
    **dict.fromkeys(("selasa", "sel", "tuesday", "tue"), 1),
    **dict.fromkeys(("rabu", "rab", "wednesday", "wed"), 2),
    **dict.fromkeys(("kamis", "kam", "thursday", "thu"), 3),
    **dict.fromkeys(("jumat", "jum", "jum'at", "friday", "fri"), 4),
    **dict.fromkeys(("sabtu", "sab", "saturday", "sat"), 5),
    **dict.fromkeys(("minggu", "ahad", "min", "sunday", "sun"), 6),
}


def cleaned(cell: Cell) -> Cell:
    """Return a cell without invisible signs; ``None`` when it says *nothing here*."""
    if not isinstance(cell, str):
        return cell
    # Most cells are plain; only the others pay for the expressions.
    is_plain = cell.isascii() and cell.isprintable()
    text = " ".join((cell if is_plain else _INVISIBLE.sub("", cell)).split())
    text = _ESCAPE.sub("", text) if text.startswith("'") else text
    return None if text.lower() in _NOTHING else text


def as_text(cell: Cell) -> Reading[str]:
    """Read any cell as text in composed Unicode."""
    text = as_plain_text(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return good(text.lstrip("'").strip() or None)


def _choice(cell: Cell, words: Mapping[str, T], code: str, allowed: str) -> Reading[T]:
    found = words.get(squash(as_plain_text(cell)))
    return unreadable(code, allowed=allowed) if found is None else good(found)


def as_sex(cell: Cell) -> Reading[Sex]:
    """Read *JK*."""
    return _choice(cell, _SEXES, "sex_unreadable", "L, P")


def as_position(cell: Cell) -> Reading[Position]:
    """Read *Cara Ukur*; an unknown word is only warned about, since age decides as well."""
    found = _POSITIONS.get(squash(as_plain_text(cell)))
    return doubtful(None, "position_unreadable") if found is None else good(found)


def as_sponsor_kind(cell: Cell) -> Reading[SponsorKind]:
    """Read *Jenis* of a sponsor."""
    return _choice(cell, _SPONSOR_KINDS, "choice_unknown", "perorangan, ASN, perusahaan, lembaga")


def as_aid_form(cell: Cell) -> Reading[AidForm]:
    """Read *Bentuk*."""
    return _choice(cell, _AID_FORMS, "choice_unknown", "uang, barang, keduanya")


def as_place_kind(cell: Cell) -> Reading[PlaceKind]:
    """Read *Jenis* of a place."""
    return _choice(cell, _PLACE_KINDS, "choice_unknown", "gudang, posyandu, kantor kelurahan")


def as_vehicle_kind(cell: Cell) -> Reading[VehicleKind]:
    """Read *Jenis* of a vehicle."""
    return _choice(cell, _VEHICLE_KINDS, "choice_unknown", "motor, pikap, mobil, perahu")


def as_flag(cell: Cell) -> Reading[bool]:
    """Read yes or no; ``x`` is refused, because half of the lists mean yes by it."""
    if isinstance(cell, bool):
        return good(cell)
    word = as_plain_text(cell).lower().rstrip(".")
    if word in _YES:
        return good(True)
    if word in _NO:
        return good(False)
    return unreadable("flag_unreadable")


def as_neighbourhood(cell: Cell) -> Reading[str]:
    """Read RT or RW as three digits; ``0`` means not known, words come back as they are."""
    text = as_plain_text(cell)
    digits = re.sub(r"(?i)^\s*(rt|rw)?[\s.:]*", "", text).strip()
    if digits.isascii() and digits.isdigit():
        return good(f"{int(digits):03d}" if int(digits) else None)
    return good(text)


def as_phone(cell: Cell) -> Reading[str]:
    """Read a phone number as ``+62…``, or abroad as ``+…``; of several, the first."""
    text = as_plain_text(cell)
    first, *others = [
        part for part in re.split(r"[/,;]|\bdan\b", text) if re.search(r"\d", part)
    ] or [""]
    digits = re.sub(r"\D", "", first)
    is_abroad = re.match(r"\s*\+[\s(]*(?!62)[1-9]", first)
    # Spreadsheets that take a phone for a number drop its leading zero.
    national = digits if is_abroad else digits.removeprefix("62").lstrip("0")
    if not 8 <= len(national) <= (15 if is_abroad else 12) or re.search(r"[a-zA-Z]{3,}", first):
        return doubtful(None, "phone_unreadable")
    phone = f"+{national}" if is_abroad else f"+62{national}"
    return doubtful(phone, "phone_several") if others else good(phone)


def as_time(cell: Cell) -> Reading[time]:
    """Read a time of day: a time cell, ``08:00``, ``8.30 WIB``, ``8``."""
    if isinstance(cell, datetime):
        return good(cell.time())
    if isinstance(cell, time):
        return good(cell)
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 1440)
        return good(time(minutes // 60 % 24, minutes % 60))
    text = as_plain_text(cell).lower().removeprefix("pukul").removeprefix("jam").strip()
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{1,2}))?(?:[:.]\d{2})?\s*(?:wib|wit|wita)?", text)
    if match is None or int(match[1]) > 24 or int(match[2] or 0) > 59:
        return unreadable("time_unreadable")
    # 24.00 is how closing at midnight is written.
    return good(time(23, 59) if int(match[1]) == 24 else time(int(match[1]), int(match[2] or 0)))


def as_weekdays(cell: Cell) -> Reading[tuple[int, ...]]:
    """Read days of the week: ``Senin-Jumat``, ``Senin, Rabu``, ``setiap hari``; Monday is 0."""
    text = as_plain_text(cell).lower().replace("s/d", "-").replace("s.d.", "-").replace("sd", "-")
    if squash(text) in {"setiaphari", "tiaphari", "semua", "semuahari"}:
        return good(tuple(range(7)))
    days: set[int] = set()
    for part in re.split(r"[,;/&+]|\bdan\b", text):
        ends = [
            _WEEKDAYS.get(squash(word)) for word in re.split(r"\s*(?:-|–|sampai)\s*", part.strip())
        ]
        if None in ends or not 1 <= len(ends) <= 2:
            return unreadable("weekdays_unreadable")
        first, last = ends[0], ends[-1]
        if first is not None and last is not None:
            days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return good(tuple(sorted(days)))
