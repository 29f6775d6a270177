"""Families, their homes and their children."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.reference.kits import completed_months
from data.reference.regions import Kelurahan, regions
from data.sample.names import (
    LANDMARKS,
    POSYANDU,
    STREETS,
    child_name,
    father_name,
    mother_name,
)

if TYPE_CHECKING:
    from random import Random

__all__ = ["Child", "Household", "Numbers", "make_children", "month_after"]

_SECOND_CHILD, _THIRD_CHILD, _TWINS = 0.18, 0.03, 0.12
_SIBLING_ALSO_STUNTED = 0.3
_OTHERS_PER_STUNTED = 3
_OVER_AGE_SHARE = 0.02
# Share of the stunted by completed months; the last band turns 60 months within the month.
_AGE_BANDS = ((2, 6, 0.04), (6, 12, 0.08), (12, 24, 0.33), (24, 59, 0.52), (59, 60, 0.03))
_METRES_PER_DEGREE = 111_320
_ALLERGIES = (("milk", 0.04), ("egg", 0.02), ("fish", 0.01), ("nuts", 0.01))


@dataclass(slots=True)
class Household:
    """A family under one roof."""

    code: str
    mother: str
    father: str
    ward: Kelurahan
    street: str
    rt: str
    rw: str
    landmark: str
    lat: float | None
    lon: float | None
    family_card: str
    mother_nik: str
    father_nik: str
    posyandu: str
    phone: str
    children: list[Child] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Street, RT/RW and landmark in one line, as kader write it."""
        return f"{self.street} RT {self.rt} RW {self.rw}, {self.landmark}"


@dataclass(slots=True)
class Child:
    """A child that is registered; ``is_stunted`` is what its last measuring will show."""

    code: str
    name: str
    sex: str
    born_on: dt.date
    nik: str
    household: Household
    is_stunted: bool
    age_months: int
    allergies: tuple[str, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether the programme takes the child this month, consent and data apart."""
        return self.is_stunted and self.age_months < 60


class Numbers:
    """Gives identity numbers with the city's area codes and a made-up sequence from 9001 on."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def person(self, ward: Kelurahan, born_on: dt.date, *, is_female: bool) -> str:
        """Return the next NIK for a birth date."""
        day = born_on.day + (40 if is_female else 0)
        return self._next(f"1971{ward.kecamatan_code[-2:]}{day:02d}{born_on:%m%y}")

    def family(self, ward: Kelurahan, issued_on: dt.date) -> str:
        """Return the next number of a family card."""
        return self._next(f"1971{ward.kecamatan_code[-2:]}{issued_on:%d%m%y}")

    def _next(self, prefix: str) -> str:
        self._last[prefix] = self._last.get(prefix, 9000) + 1
        return f"{prefix}{self._last[prefix]:04d}"


def month_after(month_on: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months later (or earlier)."""
    index = month_on.year * 12 + month_on.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def make_children(
    random: Random, numbers: Numbers, *, num_stunted: int, month_on: dt.date
) -> list[Child]:
    """Return the registered children: so many stunted ones, a few over age, three times others."""
    left = {
        "stunted": num_stunted,
        "over_age": round(num_stunted * _OVER_AGE_SHARE),
        "other": _OTHERS_PER_STUNTED * num_stunted,
    }
    children: list[Child] = []
    while any(left.values()):
        household = _household(random, numbers, month_on, len(children))
        for kind in _kinds_of_siblings(random, left):
            children.append(_child(random, numbers, household, kind, month_on, len(children)))
    return children


def _kinds_of_siblings(random: Random, left: dict[str, int]) -> list[str]:
    num_children = 1 + (random.random() < _SECOND_CHILD) + (random.random() < _THIRD_CHILD)
    kinds: list[str] = []
    for _ in range(num_children):
        open_kinds = [kind for kind, count in left.items() if count]
        if not open_kinds:
            break
        kind = random.choices(open_kinds, [left[kind] for kind in open_kinds])[0]
        again = kinds and kinds[-1] == "stunted" and random.random() < _SIBLING_ALSO_STUNTED
        if again and left["stunted"]:
            kind = "stunted"
        left[kind] -= 1
        kinds.append(kind)
    return kinds


def _household(random: Random, numbers: Numbers, month_on: dt.date, serial: int) -> Household:
    ward = random.choice(regions().all_kelurahan)
    lat, lon = _home(random, ward)
    mother_born = month_on - dt.timedelta(days=random.randrange(19 * 365, 42 * 365))
    father_born = mother_born - dt.timedelta(days=random.randrange(-500, 3000))
    issued_on = month_on - dt.timedelta(days=random.randrange(400, 4000))
    return Household(
        code=f"KEL-{serial + 1:05d}",
        mother=mother_name(random),
        father=father_name(random),
        ward=ward,
        street=f"Jl. {random.choice(STREETS)} No. {random.randrange(1, 160)}",
        rt=f"{random.randrange(1, 10):02d}",
        rw=f"{random.randrange(1, 6):02d}",
        landmark=random.choice(LANDMARKS),
        lat=lat,
        lon=lon,
        family_card=numbers.family(ward, issued_on),
        mother_nik=numbers.person(ward, mother_born, is_female=True),
        father_nik=numbers.person(ward, father_born, is_female=False),
        posyandu=f"{POSYANDU[(random.randrange(3) + int(ward.code[-2:])) % len(POSYANDU)]}",
        phone=f"0812000{random.randrange(100_000):05d}",
    )


def _home(random: Random, ward: Kelurahan) -> tuple[float, float]:
    """Return a point near the ward's office, where people live, within the ward's size."""
    radius_m = min(0.4 * 1000 * math.sqrt(ward.area_km2 / math.pi), 900.0)
    north_m, east_m = random.gauss(0, radius_m), random.gauss(0, radius_m)
    lat = ward.office_lat + north_m / _METRES_PER_DEGREE
    lon = ward.office_lon + east_m / (_METRES_PER_DEGREE * math.cos(math.radians(lat)))
    return round(lat, 6), round(lon, 6)


def _child(
    random: Random,
    numbers: Numbers,
    household: Household,
    kind: str,
    month_on: dt.date,
    serial: int,
) -> Child:
    sex = random.choice("LP")
    older = household.children[-1] if household.children else None
    alike = older is not None and older.age_months < 60 and older.is_stunted == (kind == "stunted")
    twin = older if alike and kind != "over_age" and random.random() < _TWINS else None
    born_on = twin.born_on if twin else _birth(random, kind, month_on)
    used = {child.name.removeprefix("Muhammad ").split()[0] for child in household.children}
    child = Child(
        code=f"ANK-{serial + 1:05d}",
        name=child_name(random, sex, avoid=used),
        sex=sex,
        born_on=born_on,
        nik=numbers.person(household.ward, born_on, is_female=sex == "P"),
        household=household,
        is_stunted=kind != "other",
        age_months=completed_months(born_on, month_on),
        allergies=tuple(code for code, share in _ALLERGIES if random.random() < share),
    )
    household.children.append(child)
    return child


def _birth(random: Random, kind: str, month_on: dt.date) -> dt.date:
    if kind == "over_age":
        low, high = 60, 62
    elif kind == "stunted":
        low, high = random.choices(
            [band[:2] for band in _AGE_BANDS], [band[2] for band in _AGE_BANDS]
        )[0]
    else:
        low, high = 2, 59
    newest, oldest = month_after(month_on, -low), month_after(month_on, -high)
    return oldest + dt.timedelta(days=random.randrange(1, (newest - oldest).days + 1))
