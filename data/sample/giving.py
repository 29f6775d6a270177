"""Sponsors and what they promise: a little less than what is needed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.reference.regions import Kelurahan, regions
from data.sample.names import COMPANIES, INSTITUTIONS, OFFICES, STREETS, sponsor_name
from data.sample.people import month_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from data.sample.people import Numbers

__all__ = ["SampleSponsor", "make_sponsors"]

_SHARE_OF_NEED = 0.87
_KINDS = (("ASN", 0.56), ("perorangan", 0.26), ("perusahaan", 0.1), ("lembaga", 0.08))
_UNWILLING, _ENDED = 0.04, 0.03
_GOODS_PER_CHILD = (
    "telur 30 butir; beras 5 kg",
    "telur 30 butir",
    "telur 30 butir; susu UHT 12 kotak",
    "beras 5 kg; kacang hijau 2 bungkus",
)


@dataclass(slots=True)
class SampleSponsor:
    """One line of the sponsors' list; ``num_children`` is 0 for who gives but cannot be matched."""

    code: str
    name: str
    kind: str
    number: str
    office: str
    phone: str
    email: str
    address: str
    ward: Kelurahan
    num_children: int
    donation_rp: int
    form: str
    goods: str
    areas: tuple[str, ...]
    starts_on: dt.date
    num_months: int
    is_willing: bool

    def is_active(self, month_on: dt.date) -> bool:
        """Whether the promise covers a month."""
        ends_on = month_after(self.starts_on, self.num_months)
        return self.is_willing and self.starts_on <= month_on < ends_on


def make_sponsors(
    random: Random, numbers: Numbers, *, num_sponsors: int, num_needed: int, month_on: dt.date
) -> list[SampleSponsor]:
    """Return sponsors whose places add up to about 87 per cent of the need.

    With more sponsors than that the places exceed it, because everyone promises at least one.
    """
    kinds = random.choices(
        [kind for kind, _ in _KINDS], [share for _, share in _KINDS], k=num_sponsors
    )
    taken: set[str] = set()
    sponsors = [
        _sponsor(random, numbers, kind, serial, month_on, taken)
        for serial, kind in enumerate(kinds)
    ]
    active = [sponsor for sponsor in sponsors if sponsor.is_active(month_on)]
    left = round(_SHARE_OF_NEED * num_needed) - len(active)
    givers = {"ASN": 1, "perorangan": 1, "perusahaan": 8, "lembaga": 4}
    while left > 0 and active:
        chosen = random.choices(active, [givers[sponsor.kind] for sponsor in active])[0]
        chosen.num_children += 1
        left -= 1
    for sponsor in sponsors:
        _promise(random, sponsor)
    return sponsors


def _sponsor(
    random: Random,
    numbers: Numbers,
    kind: str,
    serial: int,
    month_on: dt.date,
    taken: set[str],
) -> SampleSponsor:
    ward = random.choice(regions().all_kelurahan)
    born_on = month_on - dt.timedelta(days=random.randrange(25 * 365, 58 * 365))
    bodies = {"perusahaan": COMPANIES, "lembaga": INSTITUTIONS}.get(kind)
    shown = _body_name(bodies, taken, ward) if bodies else sponsor_name(random)
    is_person = kind in {"ASN", "perorangan"}
    ended = random.random() < _ENDED
    num_months = random.choice([6, 9, 12])
    back = num_months + random.randrange(1, 3) if ended else random.randrange(num_months)
    return SampleSponsor(
        code=f"OTA-{serial + 1:04d}",
        name=shown,
        kind=kind,
        number=_number(random, numbers, kind, ward, born_on, serial),
        office=random.choice(OFFICES) if kind == "ASN" else "",
        phone=f"0813000{serial:05d}",
        email=f"ota{serial + 1:04d}@contoh.example" if random.random() < 0.6 else "",
        address=f"Jl. {random.choice(STREETS)} No. {random.randrange(1, 200)}",
        ward=ward,
        num_children=1,
        donation_rp=0,
        form="uang" if not is_person else random.choice(["uang", "uang", "barang", "keduanya"]),
        goods="",
        areas=_areas(random, ward),
        starts_on=month_after(month_on, -back),
        num_months=num_months,
        is_willing=random.random() >= _UNWILLING,
    )


def _body_name(bodies: Sequence[str], taken: set[str], ward: Kelurahan) -> str:
    """Return an organisation that is not in the list yet; later ones are branches."""
    branches = (f"{body} {place.name}" for place in regions().all_kelurahan for body in bodies)
    free = (name for name in (*bodies, *branches) if name not in taken)
    name = next(free, f"{bodies[0]} {ward.name} {len(taken)}")
    taken.add(name)
    return name


def _number(
    random: Random,
    numbers: Numbers,
    kind: str,
    ward: Kelurahan,
    born_on: dt.date,
    serial: int,
) -> str:
    """Return a NIP for a civil servant, a NIK for a person, nothing for an organisation."""
    if kind == "ASN":
        appointed = born_on.year + 24
        joined = f"{appointed}{random.choice(['01', '03'])}"
        return f"{born_on:%Y%m%d}{joined}{random.choice('12')}9{serial % 100:02d}"
    if kind == "perorangan":
        return numbers.person(ward, born_on, is_female=random.random() < 0.5)
    return ""


def _areas(random: Random, ward: Kelurahan) -> tuple[str, ...]:
    choice = random.random()
    if choice < 0.6:
        return ()
    if choice < 0.85:
        return (regions().kecamatan(ward.kecamatan_code).name,)
    near = [
        one.name for one in regions().all_kelurahan if one.kecamatan_code == ward.kecamatan_code
    ]
    return tuple(random.sample(near, k=random.choice([2, 3])))


def _promise(random: Random, sponsor: SampleSponsor) -> None:
    if sponsor.form != "barang":
        per_child = random.choices([300_000, 350_000, 450_000, 150_000], [40, 30, 25, 5])[0]
        sponsor.donation_rp = per_child * sponsor.num_children
    if sponsor.form != "uang":
        parts = random.choice(_GOODS_PER_CHILD).split("; ")
        sponsor.goods = "; ".join(_times(part, sponsor.num_children) for part in parts)


def _times(goods: str, num_children: int) -> str:
    *words, amount, unit = goods.split()
    return f"{' '.join(words)} {int(amount) * num_children} {unit}"
