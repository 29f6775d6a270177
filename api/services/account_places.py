"""The place of an account: what may be chosen, what is wrong with a choice, and it in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from data.place import WITHOUT_PLACE, wards_of
from data.queries.places import posyandu_by_ward, puskesmas_names
from data.reference.regions import regions
from data.schema import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["PLACE_FIELDS", "PlaceKind", "PlaceName", "place_faults", "place_name"]

PLACE_FIELDS = ("area_code", "posyandu", "puskesmas")
PlaceKind = Literal["city", "kecamatan", "kelurahan", "posyandu", "puskesmas"]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What kind of place an account is bound to, and its name; ``city`` has none."""

    kind: PlaceKind
    name: str = ""


def place_name(account: Account) -> PlaceName:
    """Return the place of an account by kind and name (an unknown area's is its code)."""
    if account.puskesmas:
        return PlaceName("puskesmas", account.puskesmas)
    code = account.area_code
    if not code:
        return PlaceName("city")
    known = regions()
    kecamatan = next((each.name for each in known.all_kecamatan if each.code == code), None)
    if kecamatan is not None:
        return PlaceName("kecamatan", kecamatan)
    ward = next((each.name for each in known.all_kelurahan if each.code == code), code)
    if account.posyandu:
        return PlaceName("posyandu", f"{', '.join(account.posyandu)} · {ward}")
    return PlaceName("kelurahan", ward)


def place_faults(
    session: Session,
    *,
    role: Role,
    area_code: str | None,
    posyandu: Sequence[str],
    puskesmas: str | None,
) -> dict[str, str]:
    """Return field → what is wrong with a place for a role; nothing where it can be saved.

    ``account.place_role`` for who has none, ``account.kader_place`` for a kader without a
    posyandu, ``account.area_unknown``, ``account.posyandu_ward`` for posyandu without their one
    kelurahan, ``account.posyandu_unknown``, ``account.puskesmas_unknown`` for names that no family
    has, ``account.place_two`` for a puskesmas beside another place.
    """
    first = "area_code" if area_code else "posyandu" if posyandu else "puskesmas"
    if role in WITHOUT_PLACE:
        return {first: "account.place_role"} if area_code or posyandu or puskesmas else {}
    wards = wards_of(area_code) if area_code else ()
    if area_code and not wards:
        return {"area_code": "account.area_unknown"}
    if puskesmas:
        if area_code or posyandu:
            return {"puskesmas": "account.place_two"}
        if puskesmas not in puskesmas_names(session):
            return {"puskesmas": "account.puskesmas_unknown"}
    if posyandu:
        if wards != (area_code,):
            return {"posyandu": "account.posyandu_ward"}
        if not set(posyandu) <= set(posyandu_by_ward(session).get(wards[0], ())):
            return {"posyandu": "account.posyandu_unknown"}
    elif role is Role.KADER:
        return {"posyandu": "account.kader_place"}
    return {}
