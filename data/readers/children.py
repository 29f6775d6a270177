"""Children and their measurings: e-PPGBM exports of several ages, BOK lists, hand-made lists.

An export has one row per measuring. Rows with the same NIK, birth date and name become one child
with a series; rows without NIK stay apart, because only a person can say who is whom.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from data.readers.headers import squash
from data.readers.identity import nik_birth, nik_sex
from data.readers.quantities import (
    as_birth_length_mm,
    as_birth_weight_g,
    as_count,
    as_height_mm,
    as_kg,
    as_muac_mm,
    as_weight_g,
    as_zscore,
)
from data.readers.reading import Reading, doubtful, good
from data.readers.records import ChildRecord, MeasurementRecord, Sex
from data.readers.regions import point_of, region_of
from data.readers.words import as_neighbourhood, as_phone, as_position, as_sex

if TYPE_CHECKING:
    from datetime import date

    from data.readers.records import Cell
    from data.readers.rows import Body, Row

__all__ = ["read"]

OLDEST_YEARS = 19
_GAINS: dict[str, Literal["N", "T", "O", "B"]] = {"N": "N", "T": "T", "O": "O", "B": "B"}
_MEASURED = ("weight", "height", "muac")
_BOTH_NEIGHBOURHOODS = re.compile(
    r"(?i)^\s*(?:rt[\s.:]*)?(\d{1,3})\s*[/\\-]\s*(?:rw[\s.:]*)?(\d{1,3})"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row: the child as it states it, and its measuring if it has one."""

    row: Row
    child: ChildRecord
    measuring: MeasurementRecord | None


def read(body: Body) -> tuple[list[ChildRecord], int]:
    """Read all children of a sheet.

    Returns
    -------
    records, num_merged
        The children in the order of their first rows, and how many rows were joined to another.
    """
    has_measurings = any(name in body.found.columns for name in _MEASURED)
    if has_measurings and "measured_on" not in body.found.columns:
        body.column_issue(None, "no_measuring_date_column")
    if "kelurahan" not in body.found.columns:
        body.column_issue(None, "no_kelurahan_column")
    for name, dates in body.dates.items():
        if dates.maybe_swapped:
            body.column_issue(name, "dates_maybe_swapped")
    usual_city = _usual_city(body)
    families: dict[str, list[_Entry]] = {}
    for row in body.rows():
        entry = _entry(row)
        if entry is None:
            continue
        city = row.cell("city")
        if city is not None and usual_city is not None and _city_key(city) != usual_city:
            row.warn("city", "city_differs")
        group = families.setdefault(entry.child.nik or f"row {row.number}", [])
        if not group or _is_same_child(group[0], entry):
            group.append(entry)
    children = [_joined(group) for group in families.values()]
    return children, sum(len(group) - 1 for group in families.values())


def _usual_city(body: Body) -> str | None:
    """Return the city of most rows; names of kelurahan repeat from city to city."""
    cities = Counter(_city_key(city) for row in body.rows() if (city := row.cell("city")))
    return cities.most_common(1)[0][0] if cities else None


def _city_key(city: Cell) -> str:
    return re.sub(r"^(kabupaten|kab|kota)", "", squash(str(city)))


def _entry(row: Row) -> _Entry | None:
    name = row.text("name", required=True)
    born_on = _born_on(row)
    nik = row.nik("nik")
    sex = _sex(row, nik)
    region = region_of(row, required="kelurahan" in row.body.found.columns)
    rt, rw, address = _address(row)
    latitude, longitude = point_of(row)
    measuring = _measuring(row, born_on)
    if row.is_rejected or name is None or born_on is None or sex is None:
        return None
    _compare_with_nik(row, nik, born_on, sex)
    child = ChildRecord(
        row=row.number,
        rows=(row.number,),
        name=name,
        born_on=born_on,
        sex=sex,
        nik=nik,
        family_card=row.nik("family_card", may_fail=True),
        parent_name=row.text("parent_name"),
        parent_nik=row.nik("parent_nik", may_fail=True),
        parent_phone=row.take("parent_phone", as_phone),
        kecamatan_code=region.kecamatan_code,
        kelurahan_code=region.kelurahan_code,
        puskesmas=row.text("puskesmas"),
        posyandu=row.text("posyandu"),
        rt=rt,
        rw=rw,
        address=address,
        latitude=latitude,
        longitude=longitude,
        birth_weight_g=row.take("birth_weight", as_birth_weight_g),
        birth_length_mm=row.take("birth_length", as_birth_length_mm),
        child_code=row.text("child_code"),
    )
    return _Entry(row, child, measuring)


def _born_on(row: Row) -> date | None:
    born_on = row.day("born_on", required=True)
    if born_on is None:
        return None
    today = row.body.context.today
    if born_on > today:
        row.refuse("born_on", "born_in_future")
    elif today.year - born_on.year > OLDEST_YEARS:
        row.refuse("born_on", "born_too_long_ago", years=OLDEST_YEARS)
    return born_on


def _sex(row: Row, nik: str | None) -> Sex | None:
    if row.cell("sex") is None and nik is not None:
        row.warn("sex", "sex_from_nik", suggestion="P" if nik_sex(nik) is Sex.FEMALE else "L")
        return nik_sex(nik)
    return row.take("sex", as_sex, required=True)


def _compare_with_nik(row: Row, nik: str | None, born_on: date, sex: Sex) -> None:
    """Warn when the birth date or the sex inside the NIK is another; cards have errors too."""
    if nik is None:
        return
    inside = nik_birth(nik, row.body.context.today)
    if inside is None:
        row.warn("nik", "nik_no_birth_date")
        return
    if inside != born_on:
        row.warn("nik", "nik_other_birth_date", inside=f"{inside:%d/%m/%Y}")
    if nik_sex(nik) is not sex:
        row.warn("nik", "nik_other_sex")


def _address(row: Row) -> tuple[str | None, str | None, str | None]:
    """Read RT, RW and address; a hamlet written in RT or RW goes to the address."""
    address = row.text("address")
    parts: list[str | None] = []
    both = _BOTH_NEIGHBOURHOODS.match(row.text("rt_rw") or row.text("rt") or "")
    if both:
        parts = [f"{int(digits):03d}" if int(digits) else None for digits in both.groups()]
    else:
        for name in ("rt", "rw"):
            number = row.take(name, as_neighbourhood)
            if number is not None and not number.isdigit():
                row.warn(name, "hamlet_moved")
                address = f"{address}, {number}" if address else number
                number = None
            parts.append(number)
    return parts[0], parts[1], address


def _measuring(row: Row, born_on: date | None) -> MeasurementRecord | None:
    """Read the measuring of a row; none when nothing was measured."""
    weight_g = row.take("weight", as_weight_g)
    height_mm = row.take("height", as_height_mm)
    muac_mm = row.take("muac", as_muac_mm)
    measured_on = row.day("measured_on")
    if measured_on is None:
        if weight_g or height_mm:
            _warn_undated(row)
        return None
    if measured_on > row.body.context.today:
        row.refuse("measured_on", "measured_in_future")
    elif born_on is not None and measured_on < born_on <= row.body.context.today:
        row.refuse("measured_on", "measured_before_birth")
    if weight_g is None and height_mm is None and muac_mm is None:
        return None
    return MeasurementRecord(
        row=row.number,
        measured_on=measured_on,
        weight_g=weight_g,
        height_mm=height_mm,
        position=row.take("position", as_position),
        muac_mm=muac_mm,
        stated_waz=row.take("waz", as_zscore),
        stated_haz=row.take("haz", as_zscore),
        stated_whz=row.take("whz", as_zscore),
        stated_weight_for_age=row.text("weight_for_age"),
        stated_height_for_age=row.text("height_for_age"),
        stated_weight_for_height=row.text("weight_for_height"),
        weight_gain=row.take("weight_gain", _as_gain),
        vitamin_a_doses=row.take("vitamin_a", _as_doses),
        supplement_g=row.take("supplement", _as_supplement_g),
    )


def _warn_undated(row: Row) -> None:
    # A file without the column is told so once, not on every row.
    if "measured_on" in row.body.found.columns and not row.is_rejected:
        row.warn("measured_on", "measuring_undated")


def _as_gain(cell: Cell) -> Reading[Literal["N", "T", "O", "B"]]:
    letter = _GAINS.get(str(cell).strip().upper())
    return good(letter) if letter else doubtful(None, "gain_unreadable")


def _as_doses(cell: Cell) -> Reading[int]:
    count = as_count(cell)
    return count if count.code is None else doubtful(None, "count_ignored")


def _as_supplement_g(cell: Cell) -> Reading[int]:
    grams = as_kg(cell)
    return good(grams.value)


def _is_same_child(first: _Entry, other: _Entry) -> bool:
    """Whether a row with the NIK of an earlier row is the same child; if not, refuse it."""
    if first.child.born_on != other.child.born_on:
        other.row.refuse(
            "born_on",
            "nik_two_birth_dates",
            suggestion=f"{first.child.born_on:%d/%m/%Y}",
            other_row=first.row.number,
        )
        return False
    if not _can_be_one(first.child, other.child):
        other.row.refuse("nik", "nik_two_names", other_row=first.row.number)
        return False
    return True


def _can_be_one(child: ChildRecord, other: ChildRecord) -> bool:
    """Whether two rows with one NIK and birth day are one child's; twins' are not."""
    if squash(child.name) == squash(other.name):
        return True
    # Only differing names need the comparison of sounds.
    from data.duplicates.names import can_be_one_name  # noqa: PLC0415

    return child.sex is other.sex and can_be_one_name(child.name, other.name)


def _joined(group: list[_Entry]) -> ChildRecord:
    """Join the rows of one child: the latest row speaks, earlier ones fill what it leaves open."""
    if len(group) == 1:
        only = group[0]
        return replace(only.child, measurements=(only.measuring,) if only.measuring else ())
    latest_first = sorted(
        group,
        key=lambda entry: entry.measuring is not None and entry.measuring.measured_on.toordinal(),
        reverse=True,
    )
    known: dict[str, Any] = {
        name: next(filter(None, (getattr(entry.child, name) for entry in latest_first)), None)
        for name in ChildRecord.__dataclass_fields__
        if name not in {"row", "rows", "measurements"}
    }
    return replace(
        group[0].child,
        **known,
        rows=tuple(entry.row.number for entry in group),
        measurements=_series(group),
    )


def _series(group: list[_Entry]) -> tuple[MeasurementRecord, ...]:
    """Return the measurings by date; of two on one day the later row counts."""
    by_day: dict[date, MeasurementRecord] = {}
    for entry in group:
        measuring = entry.measuring
        if measuring is None:
            continue
        earlier = by_day.get(measuring.measured_on)
        if earlier is not None and replace(earlier, row=measuring.row) != measuring:
            entry.row.warn("measured_on", "measured_twice", other_row=earlier.row)
        by_day[measuring.measured_on] = measuring
    return tuple(by_day[day] for day in sorted(by_day))
