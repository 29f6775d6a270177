"""Children who are likely to stand in the lists twice.

Evidence is added up: name 45, birth date 30, parent 18, place 10; identity numbers
then raise or lower it. Siblings and twins share parent, place and family name, so a given name that
differs by more than a slip of the pen, another sex, or two sound identity numbers beside two
different names end the comparison.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.duplicates.addresses import same_address
from data.duplicates.names import Name, name_likeness, parse_name
from data.duplicates.pairs import (
    LEAST_SCORE,
    DuplicatePair,
    Reason,
    candidates,
    first_of_equals,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

__all__ = ["ChildIdentity", "find_duplicate_children"]

_NIK_DIGITS = 16
_LEAST_NAME = 74.0
_MISSPELT_NAME = 85.0
_SAME_NAME = 96.0
_SAME_PARENT = 85.0
_OTHER_PARENT = 60.0
_POINTS = {"born_equal": 30, "born_one_day_off": 26, "born_day_month_swapped": 26}
_POINTS_ONE_PART_OFF, _POINTS_BIRTH_UNKNOWN = 17, 14
_TWIN_LETTERS = 5
_TWIN_NUMBERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildIdentity:
    """What is known of one entry. ``key`` is whatever the caller finds it again by."""

    key: str
    name: str
    born_on: dt.date | None = None
    sex: str | None = None
    parent_name: str | None = None
    kelurahan_code: str | None = None
    address: str | None = None
    nik: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Entry:
    child: ChildIdentity
    name: Name
    parent: Name
    nik: str


@dataclass(slots=True)
class _Score:
    points: float
    reasons: list[Reason]

    def add(self, points: float, code: str, **params: str | int) -> None:
        self.points += points
        self.reasons.append(Reason(code, params))


def find_duplicate_children(
    children: Sequence[ChildIdentity], *, least_score: int = LEAST_SCORE
) -> tuple[DuplicatePair, ...]:
    """Return likely pairs, the likeliest first.

    Parameters
    ----------
    children
        Entries; the same key twice is allowed only for the same entry.
    least_score
        0-100.
    """
    entries = [_entry(child) for child in children]
    repeats = first_of_equals([_identity(row, entry) for row, entry in enumerate(entries)])
    rows = [row for row in range(len(entries)) if row not in repeats]
    found = [
        _pair(entries[first], entries[row], _Score(100, [Reason("all_equal")]))
        for row, first in repeats.items()
    ]
    for one, other in sorted(candidates(_blocks(entries, rows))):
        score = _compare(entries[one], entries[other])
        if score is not None and score.points >= least_score:
            found.append(_pair(entries[one], entries[other], score))
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)))


def _entry(child: ChildIdentity) -> _Entry:
    digits = "".join(sign for sign in child.nik or "" if sign.isdigit())
    name, parent = parse_name(child.name), parse_name(child.parent_name or "")
    if name.is_placeholder and not parent.tokens:
        parent = Name(name.tokens, name.keys)
    sound = len(digits) == _NIK_DIGITS and len(set(digits)) > 1
    return _Entry(child, name, parent, digits if sound else "")


def _identity(row: int, entry: _Entry) -> Hashable:
    """Return what must repeat for two entries to be equal; too little known repeats nothing."""
    child = entry.child
    if not entry.name.tokens or not (child.born_on or entry.nik):
        return row
    return entry.name, child.born_on, child.sex, entry.parent, child.kelurahan_code, entry.nik


def _blocks(entries: Sequence[_Entry], rows: Sequence[int]) -> Iterator[list[tuple[Hashable, int]]]:
    yield [(entries[row].nik, row) for row in rows if entries[row].nik]
    yield [(key, row) for row in rows for key in _birth_keys(entries[row].child.born_on)]
    yield [(key, row) for row in rows for key in _parts_of_birth(entries[row])]
    yield [
        ((given, parent), row)
        for row in rows
        for given in entries[row].name.tokens[:1]
        for parent in entries[row].parent.tokens
    ]


def _parts_of_birth(entry: _Entry) -> set[Hashable]:
    """Return keys under which a child with one wrong part of the date is still found."""
    on = entry.child.born_on
    if on is None:
        return set()
    parts = {("y", on.month, on.day), ("m", on.year, on.day), ("d", on.year, on.month)}
    return {(part, parent) for part in parts for parent in entry.parent.tokens}


def _birth_keys(born_on: dt.date | None) -> set[dt.date]:
    """Return the days under which a child is looked for: its own, the next, the swapped one."""
    if born_on is None:
        return set()
    keys = {born_on, born_on + dt.timedelta(days=1)}
    swapped = _swapped(born_on)
    # Of two dates that are each other's swap, only the later looks under the earlier one.
    return keys | {swapped} if swapped and swapped < born_on else keys


def _compare(one: _Entry, other: _Entry) -> _Score | None:
    score = _Score(0, [])
    same_nik = bool(one.nik) and one.nik == other.nik
    if same_nik:
        score.reasons.append(Reason("nik_equal"))
    elif _cannot_be_one(one, other):
        return None
    likeness = _add_name(score, one, other)
    if not same_nik and likeness < _LEAST_NAME:
        return None
    birth = _add_birth(score, one.child.born_on, other.child.born_on)
    parent = _add_parent(score, one, other)
    if not same_nik and not _birth_fits(birth, likeness, parent):
        return None
    _add_place(score, one.child, other.child)
    if same_nik:
        score.points = 100 if likeness >= _LEAST_NAME and birth is not None else 90
        return score
    if _look_like_twins(one, other, likeness, birth, parent):
        return None
    _add_near_nik(score, one, other, likeness)
    score.points = min(score.points, 99)
    return score


def _birth_fits(birth: str | None, likeness: float, parent: float | None) -> bool:
    """Return whether the dates allow one child; a wrong year or month needs more beside it."""
    if birth != "born_one_part_off":
        return birth is not None
    same_parent = parent is not None and parent >= _SAME_PARENT
    return likeness >= (_MISSPELT_NAME if same_parent else _SAME_NAME)


def _cannot_be_one(one: _Entry, other: _Entry) -> bool:
    if one.child.sex and other.child.sex and one.child.sex != other.child.sex:
        return True
    if one.name.is_placeholder or other.name.is_placeholder:
        return one.name.ordinal != other.name.ordinal and bool(
            one.name.ordinal * other.name.ordinal
        )
    return one.name.keys.isdisjoint(other.name.keys)


def _add_name(score: _Score, one: _Entry, other: _Entry) -> float:
    if one.name.is_placeholder or other.name.is_placeholder:
        score.add(27, "name_not_given_yet")
        return _LEAST_NAME
    likeness = name_likeness(one.name, other.name)
    if likeness >= _LEAST_NAME:
        code = "name_equal" if likeness == 100 else "name_similar"
        score.add(45 * (likeness - 50) / 50, code, likeness=round(likeness))
    else:
        score.reasons.append(Reason("name_differs", {"likeness": round(likeness)}))
    return likeness


def _add_birth(score: _Score, one: dt.date | None, other: dt.date | None) -> str | None:
    if one is None or other is None:
        score.add(_POINTS_BIRTH_UNKNOWN, "born_unknown")
        return "born_unknown"
    if one == other:
        relation = "born_equal"
    elif abs((one - other).days) == 1:
        relation = "born_one_day_off"
    elif _swapped(one) == other:
        relation = "born_day_month_swapped"
    elif _parts_off(one, other) == 1:
        relation = "born_one_part_off"
    else:
        score.reasons.append(Reason("born_differs"))
        return None
    score.add(_POINTS.get(relation, _POINTS_ONE_PART_OFF), relation)
    return relation


def _add_parent(score: _Score, one: _Entry, other: _Entry) -> float | None:
    if not one.parent.tokens or not other.parent.tokens:
        score.add(9, "parent_unknown")
        return None
    likeness = name_likeness(one.parent, other.parent)
    if likeness >= _SAME_PARENT:
        code = "parent_equal" if likeness == 100 else "parent_similar"
        score.add(18 * likeness / 100, code)
    elif likeness < _OTHER_PARENT:
        score.add(-5, "parent_differs")
    else:
        score.add(4, "parent_slightly_similar")
    return likeness


def _add_place(score: _Score, one: ChildIdentity, other: ChildIdentity) -> None:
    if same_address(one.address, other.address):
        score.add(10, "address_similar")
        return
    if one.kelurahan_code and one.kelurahan_code == other.kelurahan_code:
        score.add(4, "same_kelurahan")
    elif one.address and other.address:
        score.add(-4, "address_differs")


def _add_near_nik(score: _Score, one: _Entry, other: _Entry, likeness: float) -> None:
    if not one.nik or not other.nik:
        return
    off = sum(a != b for a, b in zip(one.nik, other.nik, strict=True))
    if off == 1 and likeness >= _LEAST_NAME and not _are_neighbours(one.nik, other.nik):
        score.add(8, "nik_one_digit_off")
    else:
        score.add(-6, "nik_differs")


def _look_like_twins(
    one: _Entry, other: _Entry, likeness: float, birth: str | None, parent: float | None
) -> bool:
    """Return whether two children of one birth bear two names rather than one misspelt."""
    if birth != "born_equal" or parent is None or parent < _SAME_PARENT:
        return False
    if likeness >= _SAME_NAME or one.name.is_placeholder or other.name.is_placeholder:
        return False
    if one.nik and other.nik and one.nik[:12] == other.nik[:12]:
        return _are_neighbours(one.nik, other.nik)
    shorter, longer = sorted((one.name.tokens, other.name.tokens), key=len)
    different = [token for token in shorter if token not in longer]
    return any(1 < len(token) < _TWIN_LETTERS for token in different)


def _are_neighbours(nik: str, other: str) -> bool:
    """Return whether the office gave two numbers one after the other, as it does to twins."""
    return nik[:12] == other[:12] and 0 < abs(int(nik[12:]) - int(other[12:])) <= _TWIN_NUMBERS


def _swapped(on: dt.date) -> dt.date | None:
    try:
        swapped = on.replace(day=on.month, month=on.day)
    except ValueError:
        return None
    return swapped if swapped != on else None


def _parts_off(one: dt.date, other: dt.date) -> int:
    years = abs(one.year - other.year)
    return (min(years, 1) + (years > 1)) + (one.month != other.month) + (one.day != other.day)


def _pair(one: _Entry, other: _Entry, score: _Score) -> DuplicatePair:
    return DuplicatePair(
        one.child.key, other.child.key, min(round(score.points), 100), tuple(score.reasons)
    )
