"""A whole month as staff hold it: nine files from one seed, and the truth about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from data.sample.children_file import ChildrenFile, lay_out_children
from data.sample.giving import make_sponsors
from data.sample.logistics_files import write_fleet, write_places, write_stock
from data.sample.measuring import measure
from data.sample.people import Child, Numbers, make_children
from data.sample.people_files import (
    write_consents,
    write_families,
    write_last_month,
    write_sponsors,
)
from data.sample.truth import SampleTruth, TruePerson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.sample.giving import SampleSponsor
    from data.sample.measuring import Measuring

__all__ = ["PRESETS", "Preset", "write_preset", "write_sample"]

_SHARE_TWICE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A sample that shows one thing."""

    children: int = 240
    sponsors: int = 150
    dirty: bool = True
    vehicles: bool = True
    everyone_twice: bool = False


PRESETS: Mapping[str, Preset] = {
    "city": Preset(),
    "tiny": Preset(children=5, sponsors=2, dirty=False),
    "large": Preset(children=5000, sponsors=1500),
    "no-vehicles": Preset(vehicles=False),
    "all-duplicates": Preset(children=60, sponsors=40, everyone_twice=True),
}
"""Samples by name."""


def write_preset(out_dir: Path, name: str, *, seed: int = 7, month: str = "2026-12") -> SampleTruth:
    """Write one of :data:`PRESETS`; raises KeyError for another name."""
    preset = PRESETS[name]
    return write_sample(
        out_dir,
        children=preset.children,
        sponsors=preset.sponsors,
        seed=seed,
        dirty=preset.dirty,
        month=month,
        vehicles=preset.vehicles,
        everyone_twice=preset.everyone_twice,
    )


def write_sample(
    out_dir: Path,
    *,
    children: int = 240,
    sponsors: int = 150,
    seed: int = 7,
    dirty: bool = True,
    month: str = "2026-12",
    counted_on: dt.date | None = None,
    vehicles: bool = True,
    everyone_twice: bool = False,
    truth: bool = False,
) -> SampleTruth:
    """Write a month in the formats that staff hold, and return the truth about it.

    Parameters
    ----------
    out_dir
        Folder for the files; made when missing. Files of the same names are replaced.
    children
        Stunted children below 60 months; three times as many others are registered beside them.
    sponsors
        Lines of the sponsors' list before duplicates. Their places are about 87 per cent of the
        need.
    seed
        The same seed and arguments give the same bytes.
    dirty
        With the faults that real files were seen to have.
    month
        The month to be matched, ``YYYY-MM``; the last measurings are of the month before.
    counted_on
        When the stock was counted, from which its goods keep; the month's first day if not given.
    vehicles
        Without them the fleet's file holds its header only.
    everyone_twice
        Every child and sponsor stands in its list a second time.
    truth
        Write the truth into ``truth.json`` as well.

    Raises
    ------
    ValueError
        For a month that is none, or negative counts.
    """
    if children < 0 or sponsors < 0:
        msg = f"counts cannot be negative, got {children} children and {sponsors} sponsors"
        raise ValueError(msg)
    people = _make_people(seed, children, sponsors, dt.date.fromisoformat(f"{month}-01"))
    out_dir.mkdir(parents=True, exist_ok=True)
    share_twice = 1.0 if everyone_twice else _SHARE_TWICE if dirty else 0.0
    sheet = lay_out_children(people.random, people.visits, is_dirty=dirty, share_twice=share_twice)
    names = sheet.write(out_dir)
    sponsors_file = write_sponsors(
        out_dir / "orang-tua-asuh.xlsx",
        people.random,
        people.sponsors,
        is_dirty=dirty,
        share_twice=share_twice,
    )
    lists = _write_lists(
        out_dir,
        people,
        dirty=dirty,
        vehicles=vehicles,
        counted_on=counted_on or people.month_on,
    )
    num_rows = {
        sheet.name: len(sheet.rows),
        "orang-tua-asuh.xlsx": sponsors_file.num_rows,
        **lists.num_rows,
    }
    held = SampleTruth(
        month=month,
        seed=seed,
        files=(*names, *[name for name in num_rows if name != sheet.name]),
        num_rows=num_rows,
        num_eligible=sum(child.is_eligible for child in people.children),
        num_places=sum(
            one.num_children for one in people.sponsors if one.is_active(people.month_on)
        ),
        children=_true_people(people.children, sheet, lists),
        faults=(*sheet.faults, *sponsors_file.faults),
        duplicates=(*sheet.duplicates, *sponsors_file.duplicates),
    )
    if truth:
        held.write_json(out_dir / "truth.json")
    return held


class _People(NamedTuple):
    random: Random
    month_on: dt.date
    children: list[Child]
    sponsors: list[SampleSponsor]
    visits: list[Measuring]


class _Lists(NamedTuple):
    """Rows per file, who agreed, and whose home has a point."""

    num_rows: dict[str, int]
    agreed: set[str]
    with_point: set[str]


def _make_people(seed: int, num_children: int, num_sponsors: int, month_on: dt.date) -> _People:
    random = Random(seed)  # noqa: S311 - a sample, not a secret
    numbers = Numbers()
    children = make_children(random, numbers, num_stunted=num_children, month_on=month_on)
    sponsors = make_sponsors(
        random, numbers, num_sponsors=num_sponsors, num_needed=num_children, month_on=month_on
    )
    visits = measure(random, children, month_on=month_on)
    return _People(random, month_on, children, sponsors, visits)


def _write_lists(
    out_dir: Path, people: _People, *, dirty: bool, vehicles: bool, counted_on: dt.date
) -> _Lists:
    random, month_on, children, sponsors, _ = people
    eligible = [child for child in children if child.is_eligible]
    num_families, with_point = write_families(
        out_dir / "krs.xlsx", random, children, is_dirty=dirty
    )
    num_consents, agreed = write_consents(out_dir / "persetujuan.xlsx", random, children, month_on)
    num_rows = {
        "krs.xlsx": num_families,
        "persetujuan.xlsx": num_consents,
        "titik-bagi.csv": write_places(out_dir / "titik-bagi.csv", random),
        "armada.csv": write_fleet(
            out_dir / "armada.csv", random, num_children=len(eligible), has_vehicles=vehicles
        ),
        "stok.csv": write_stock(out_dir / "stok.csv", eligible, month_on, counted_on),
        "penyaluran-bulan-lalu.csv": write_last_month(
            out_dir / "penyaluran-bulan-lalu.csv", random, children, sponsors, month_on
        ),
    }
    return _Lists(num_rows, agreed, with_point)


def _true_people(
    children: list[Child], sheet: ChildrenFile, lists: _Lists
) -> tuple[TruePerson, ...]:
    without_ward = {fault.code for fault in sheet.faults if fault.kind == "kelurahan_blank"}
    return tuple(
        TruePerson(
            code=child.code,
            name=child.name,
            sex=child.sex,
            born_on=child.born_on,
            parent_name=child.household.mother,
            kelurahan_code=child.household.ward.code,
            is_eligible=child.is_eligible,
            has_consent=child.code in lists.agreed,
            has_coordinates=child.household.code in lists.with_point,
            has_kelurahan=child.code not in without_ward,
            allergies=child.allergies,
            rows=tuple(sheet.rows_of[child.code]),
        )
        for child in children
    )
