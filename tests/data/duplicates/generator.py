"""A labelled list of children: which entries are one child, beside twins and siblings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

from data.duplicates.children import ChildIdentity
from data.reference.regions import regions
from data.sample.names import (
    LANDMARKS,
    STREETS,
    child_name,
    father_name,
    mother_name,
    two_spellings,
)

WARDS = [ward.code for ward in regions().all_kelurahan]


class Numbers:
    """Gives identity numbers as the office does: no two alike, twins one after the other."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.last: dict[str, int] = {}

    def next(self, born_on: dt.date, sex: str, district: int) -> str:
        prefix = f"1971{district:02d}{born_on.day + (40 if sex == 'P' else 0):02d}{born_on:%m%y}"
        self.last[prefix] = self.last.get(prefix, 0) + 1
        return f"{prefix}{self.last[prefix]:04d}"


def labelled_children(num_rows: int, seed: int) -> tuple[list[ChildIdentity], set[frozenset[str]]]:
    """Return entries and the pairs of keys that are one child."""
    random = Random(seed)
    numbers = Numbers(random)
    children: list[ChildIdentity] = []
    truth: set[frozenset[str]] = set()
    while len(children) < num_rows:
        family = _family(random, numbers, len(children))
        children += family
        if random.random() < 0.09:
            original = random.choice(family)
            again = _entered_again(random, original, f"c{len(children)}")
            truth.add(frozenset({original.key, again.key}))
            children.append(again)
    random.shuffle(children)
    return children, truth


def _family(random: Random, numbers: Numbers, start: int) -> list[ChildIdentity]:
    mother, ward = mother_name(random), random.choice(WARDS)
    address = (
        f"Jl. {random.choice(STREETS)} No. {random.randrange(1, 150)}"
        f" RT {random.randrange(1, 9):02d}"
        f" RW {random.randrange(1, 5):02d}, {random.choice(LANDMARKS)}"
    )
    born_on = dt.date(2026, 12, 1) - dt.timedelta(days=random.randrange(0, 1826))
    num_children = random.choices([1, 2], [80, 20])[0]
    is_twin = num_children == 2 and random.random() < 0.4
    used: set[str] = set()
    family = []
    for index in range(num_children):
        if index and not is_twin:
            born_on -= dt.timedelta(days=random.randrange(330, 1000))
        sex = random.choice("LP")
        has_nik = random.random() < 0.85
        family.append(
            ChildIdentity(
                key=f"c{start + index}",
                name=child_name(random, sex, avoid=used),
                born_on=born_on,
                sex=sex,
                parent_name=mother,
                kelurahan_code=ward,
                address=address,
                nik=numbers.next(born_on, sex, int(ward[6:8])) if has_nik else None,
            )
        )
    return family


def _entered_again(random: Random, child: ChildIdentity, key: str) -> ChildIdentity:
    moved = random.random() < 0.2
    return replace(
        child,
        key=key,
        name=two_spellings(random, child.name) if random.random() < 0.7 else child.name.upper(),
        born_on=_other_birth(random, child.born_on or dt.date(2024, 1, 1)),
        sex=child.sex if random.random() < 0.97 else None,
        parent_name=_other_parent(random, child.parent_name or ""),
        kelurahan_code=random.choice(WARDS) if moved else child.kelurahan_code,
        address=None if moved else (child.address or "").split(",")[0].replace("Jl.", "Jalan"),
        nik=_other_nik(random, child.nik),
    )


def _other_birth(random: Random, born_on: dt.date) -> dt.date:
    kind = random.random()
    if kind < 0.7:
        return born_on
    if kind < 0.82:
        return born_on + dt.timedelta(days=random.choice([-1, 1]))
    if kind < 0.94 and born_on.day <= 12:
        return born_on.replace(day=born_on.month, month=born_on.day)
    return born_on if born_on.month == 2 else born_on.replace(year=born_on.year - 1)


def _other_parent(random: Random, parent: str) -> str | None:
    kind = random.random()
    if kind < 0.6:
        return parent
    if kind < 0.8:
        return f"Ny. {two_spellings(random, parent)}"
    if kind < 0.9:
        return parent.split(maxsplit=1)[0]
    return None if kind < 0.95 else father_name(random)


def _other_nik(random: Random, nik: str | None) -> str | None:
    kind = random.random()
    if nik is None or kind < 0.5:
        return None
    if kind < 0.7:
        return nik
    at = random.randrange(6, 16)
    return nik[:at] + str((int(nik[at]) + 1 + random.randrange(8)) % 10) + nik[at + 1 :]
