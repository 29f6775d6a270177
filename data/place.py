"""The place that an account is bound to: what of the city it works on, and nothing beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.reference.regions import regions
from data.schema import Role

if TYPE_CHECKING:
    from data.schema import Account

__all__ = ["WITHOUT_PLACE", "Place", "place_of", "wards_of"]

WITHOUT_PLACE = frozenset({Role.COURIER, Role.DONOR, Role.ADMIN})
"""Who is bound by other rules (own routes, own children) or sees no children at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a bound account works on; a household is inside when all that is given holds of it.

    Parameters
    ----------
    account_id, username
        Whose place it is: of accounts it sees its own alone.
    wards
        Codes of kelurahan; None for those of a puskesmas wherever they lie, empty for none.
    posyandu
        Names within the one kelurahan; empty: all of it.
    puskesmas
        Name as households have it, or None.
    """

    account_id: int
    username: str
    wards: tuple[str, ...] | None
    posyandu: tuple[str, ...] = ()
    puskesmas: str | None = None

    def holds(self, *, ward: str | None, posyandu: str | None, puskesmas: str | None) -> bool:
        """Whether a household of a kelurahan, posyandu and puskesmas is inside."""
        return (
            (self.wards is None or ward in self.wards)
            and (not self.posyandu or posyandu in self.posyandu)
            and (self.puskesmas is None or puskesmas == self.puskesmas)
        )


def place_of(account: Account) -> Place | None:
    """Return the place that an account is bound to; None: it works for the whole office.

    What is not known (an area that the city does not have, a kader without a posyandu) is a place
    in which nothing lies, never the whole city.
    """
    names = tuple(account.posyandu or ())
    if account.role is not Role.KADER and not (account.area_code or names or account.puskesmas):
        return None
    wards = wards_of(account.area_code) if account.area_code else None
    is_lost = (names and len(wards or ()) != 1) or (account.role is Role.KADER and not names)
    if wards is None and (is_lost or not account.puskesmas):
        is_lost = True
    return Place(
        account_id=account.id or 0,
        username=account.username,
        wards=() if is_lost else wards,
        posyandu=names,
        puskesmas=account.puskesmas or None,
    )


def wards_of(area_code: str) -> tuple[str, ...]:
    """Return the codes of a kecamatan's kelurahan, or of the one kelurahan; empty: unknown."""
    known = regions().all_kelurahan
    return tuple(ward.code for ward in known if area_code in (ward.code, ward.kecamatan_code))
