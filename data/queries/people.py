"""Looking up children and households, one at a time and in bulk."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from data.schema import Child, ChildState, Household, Measurement


def squashed(text: str | None) -> str:
    """Return the letters and digits of a text in lower case, so that spellings compare."""
    plain = unicodedata.normalize("NFKC", text or "").lower()
    return "".join(sign for sign in plain if sign.isalnum())


class HomeIndex:
    """Households by family card, and by guardian and place; new ones join as they are made."""

    def __init__(self, homes: Iterable[Household]) -> None:
        self.all: list[Household] = []
        self._by_card: dict[str, Household] = {}
        self._by_guardian: dict[tuple[str, str | None], list[Household]] = defaultdict(list)
        for home in homes:
            self.add(home)

    def add(self, home: Household) -> None:
        """Take a household in."""
        self.all.append(home)
        if home.kk_index:
            self._by_card.setdefault(home.kk_index, home)
        if squashed(home.guardian_name):
            self._by_guardian[squashed(home.guardian_name), home.kelurahan_code].append(home)

    def find(
        self,
        *,
        kk_index: str | None,
        guardian: str | None,
        kelurahan_code: str | None,
        address: str | None = None,
        rt: str | None = None,
    ) -> Household | None:
        """Return the household of a family card, or of a guardian at the same address.

        Families with two different cards are two, whatever their names.
        """
        if kk_index and kk_index in self._by_card:
            return self._by_card[kk_index]
        for home in self._by_guardian.get((squashed(guardian), kelurahan_code), []):
            other_card = kk_index and home.kk_index and home.kk_index != kk_index
            same_street = squashed(home.address) == squashed(address)
            if squashed(guardian) and same_street and home.rt == rt and not other_card:
                return home
        return None

    def of_guardian(
        self, names: Sequence[str | None], kelurahan_code: str | None
    ) -> list[Household]:
        """Return the households whose guardian has one of the names, in a kelurahan."""
        keys = {squashed(name) for name in names if squashed(name)}
        return [home for key in sorted(keys) for home in self._by_guardian[key, kelurahan_code]]


@dataclass(frozen=True)
class ChildLine:
    """One line of a list of children."""

    child: Child
    household: Household
    haz: float | None
    measured_on: date | None


def search_children(
    session: Session,
    *,
    text: str = "",
    by_name: bool = True,
    state: ChildState | None = None,
    kelurahan_code: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[ChildLine]:
    """Return children by code after a code, with their latest height-for-age.

    Parameters
    ----------
    text
        Part of the code, or of the name or the guardian's name.
    by_name
        Whether ``text`` is looked for in names: never for who is not shown them.
    kelurahan_code
        A kelurahan, or a kecamatan for all of its kelurahan.
    """
    query = (
        select(Child, Household)
        .join(Household, col(Household.id) == col(Child.household_id))
        .order_by(col(Child.code))
        .limit(limit)
    )
    if text:
        like = f"%{text.lower()}%"
        looked = [Child.code, *((Child.name, Household.guardian_name) if by_name else ())]
        query = query.where(or_(*(func.lower(each).like(like) for each in looked)))
    if state is not None:
        query = query.where(Child.state == state)
    if kelurahan_code:
        query = query.where(col(Household.kelurahan_code).startswith(kelurahan_code))
    if after:
        query = query.where(Child.code > after)
    found = session.exec(query).all()
    latest = latest_measurements(session, [child.id or 0 for child, _ in found])
    return [
        ChildLine(child, home, *latest.get(child.id or 0, (None, None))) for child, home in found
    ]


def latest_measurements(
    session: Session, child_ids: Sequence[int]
) -> dict[int, tuple[float | None, date | None]]:
    """Return child id → latest height-for-age and its day."""
    rows = session.exec(
        select(Measurement)
        .where(col(Measurement.child_id).in_(child_ids), col(Measurement.haz).is_not(None))
        .order_by(col(Measurement.measured_on))
    ).all()
    return {row.child_id: (row.haz, row.measured_on) for row in rows}


def count_children_by_state(session: Session) -> dict[ChildState, int]:
    """Return how many children stand in each state."""
    rows = session.exec(select(Child.state, func.count()).group_by(col(Child.state))).all()
    return {ChildState(state): number for state, number in rows}
