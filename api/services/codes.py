"""Codes that people read: of children (``B-014``), households, sponsors and pledges.

A child's is its kecamatan's letter and a running number. It stands on labels and lists; donors
know the child by another name (:mod:`api.services.donor_aliases`).
"""

import re
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from data.engine import wait_turn
from data.place_scope import whole
from data.reference.regions import regions
from data.schema import Child, Household, Pledge, Sponsor

_NUMBER = re.compile(r"(\d+)$")
_NO_PLACE = "X"
_REGISTER = 0x61737568
"""The register's own number among the advisory locks of the database."""


@cache
def _letters() -> dict[str, str]:
    districts = sorted(place.code for place in regions().all_kecamatan)
    return {code: chr(ord("A") + at) for at, code in enumerate(districts)}


def district_letter(kelurahan_code: str | None) -> str:
    """Return the letter of a kelurahan's kecamatan; ``X`` when there is none."""
    return _letters().get((kelurahan_code or "")[:8], _NO_PLACE)


def hold_register(session: Session) -> None:
    """Wait until nobody else adds people, pledges or their codes; before anything of them is read.

    Without it two who register at once on PostgreSQL are given one code.
    """
    wait_turn(session, _REGISTER)


class CodeBook:
    """Gives the next free codes; reads the store once per prefix, so it is quick in bulk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: dict[tuple[str, str], int] = {}

    def child(self, kelurahan_code: str | None) -> str:
        """Return the code of a new child."""
        return self._next(Child, f"{district_letter(kelurahan_code)}-", 3)

    def household(self, kelurahan_code: str | None) -> str:
        """Return the code of a new household."""
        return self._next(Household, f"K-{district_letter(kelurahan_code)}-", 3)

    def sponsor(self) -> str:
        """Return the code of a new sponsor (*orang tua asuh*)."""
        return self._next(Sponsor, "OTA-", 4)

    def pledge(self) -> str:
        """Return the code of a new pledge (*janji*)."""
        return self._next(Pledge, "J-", 4)

    def _next(self, model: Any, prefix: str, width: int) -> str:
        key = (model.__name__, prefix)
        if key not in self._last:
            with whole(self._session):
                found = self._session.exec(
                    select(model.code).where(col(model.code).startswith(prefix))
                ).all()
            numbers = [_NUMBER.search(code) for code in found]
            self._last[key] = max((int(number[1]) for number in numbers if number), default=0)
        self._last[key] += 1
        return f"{prefix}{self._last[key]:0{width}d}"
