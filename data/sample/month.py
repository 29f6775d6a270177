"""A whole month as staff hold it: nine files from one seed, and the truth about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

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

__all__ = ["PRESETS", "Preset", "write_preset", "write_sample"]


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
    vehicles: bool = True,
    everyone_twice: bool = False,
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
    vehicles
        Without them the fleet's file holds its header only.
    everyone_twice
        Every child and sponsor stands in its list a second time.

    Raises
    ------
    ValueError
        For a month that is none, or counts below one.
    """
    if children < 1 or sponsors < 1:
        msg = f"a sample needs at least one child and one sponsor, got {children} and {sponsors}"
        raise ValueError(msg)
    month_on = dt.date.fromisoformat(f"{month}-01")
    random = Random(seed)  # noqa: S311 - a sample, not a secret
    out_dir.mkdir(parents=True, exist_ok=True)
    numbers = Numbers()
    registered = make_children(random, numbers, num_stunted=children, month_on=month_on)
    givers = make_sponsors(
        random, numbers, num_sponsors=sponsors, num_needed=children, month_on=month_on
    )
    visits = measure(random, registered, month_on=month_on)
    sheet = lay_out_children(
        random, visits, is_dirty=dirty, share_twice=1.0 if everyone_twice else None
    )
    names = sheet.write(out_dir)
    ota = write_sponsors(
        out_dir / "orang-tua-asuh.xlsx",
        random,
        givers,
        is_dirty=dirty,
        share_twice=1.0 if everyone_twice else 0.03,
    )
    num_families, with_point = write_families(
        out_dir / "krs.xlsx", random, registered, is_dirty=dirty
    )
    num_consents, agreed = write_consents(
        out_dir / "persetujuan.xlsx", random, registered, month_on
    )
    num_rows = {
        "e-ppgbm.xls": len(sheet.rows),
        "orang-tua-asuh.xlsx": ota.num_rows,
        "krs.xlsx": num_families,
        "persetujuan.xlsx": num_consents,
        "titik-bagi.csv": write_places(out_dir / "titik-bagi.csv", random),
        "armada.csv": write_fleet(
            out_dir / "armada.csv", random, num_children=children, has_vehicles=vehicles
        ),
        "stok.csv": write_stock(
            out_dir / "stok.csv", [child for child in registered if child.is_eligible], month_on
        ),
        "penyaluran-bulan-lalu.csv": write_last_month(
            out_dir / "penyaluran-bulan-lalu.csv", random, registered, givers, month_on
        ),
    }
    return SampleTruth(
        month=month,
        seed=seed,
        files=(*names, *[name for name in num_rows if name != sheet.name]),
        num_rows=num_rows,
        num_eligible=sum(child.is_eligible for child in registered),
        num_places=sum(giver.num_children for giver in givers if giver.is_active(month_on)),
        children=tuple(_true_person(child, sheet, agreed, with_point) for child in registered),
        faults=(*sheet.faults, *ota.faults),
        duplicates=(*sheet.duplicates, *ota.duplicates),
    )


def _true_person(
    child: Child, sheet: ChildrenFile, agreed: set[str], with_point: set[str]
) -> TruePerson:
    home = child.household
    without_ward = {fault.code for fault in sheet.faults if fault.kind == "kelurahan_blank"}
    return TruePerson(
        code=child.code,
        name=child.name,
        sex=child.sex,
        born_on=child.born_on,
        parent_name=home.mother,
        kelurahan_code=home.ward.code,
        is_eligible=child.is_eligible,
        has_consent=child.code in agreed,
        has_coordinates=home.code in with_point,
        has_kelurahan=child.code not in without_ward,
        allergies=child.allergies,
        rows=tuple(sheet.rows_of[child.code]),
    )
