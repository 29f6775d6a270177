"""Sponsors who are likely to stand in the lists twice: on their own and through their office.

An office that pledges for many, and a couple with one telephone, are not one sponsor: a shared
telephone, office or address counts only beside a like name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from data.duplicates.addresses import same_address
from data.duplicates.names import Name, name_likeness, parse_name
from data.duplicates.pairs import LEAST_SCORE, DuplicatePair, Reason, candidates, first_of_equals

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

__all__ = ["SponsorIdentity", "find_duplicate_sponsors"]

_LEAST_NAME = 80.0
_LEAST_NAME_IF_REACHED_ALIKE = 65.0
_SAME_NAME = 96.0
# Branches of one company bear its name and a place.
_EQUAL_NAME = 99.0
_SAME_WORDS = 85.0
_LEGAL_FORM = re.compile(r"\b(pt|cv|ud|tbk|persero|perum|yayasan|koperasi)\b\.?")
_PHONE_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorIdentity:
    """What is known of one entry. ``key`` is whatever the caller finds it again by."""

    key: str
    name: str
    is_organisation: bool = False
    organisation: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    kelurahan_code: str | None = None
    identity_number: str | None = field(default=None, repr=False)
    """NIK or NIP."""


@dataclass(slots=True)
class _Entry:
    sponsor: SponsorIdentity
    name: Name
    phone: str
    email: str
    number: str


def find_duplicate_sponsors(
    sponsors: Sequence[SponsorIdentity], *, least_score: int = LEAST_SCORE
) -> tuple[DuplicatePair, ...]:
    """Return likely pairs, the likeliest first."""
    entries = [_entry(sponsor) for sponsor in sponsors]
    repeats = first_of_equals(
        [(entry.name, entry.phone, entry.email, entry.number) for entry in entries]
    )
    # Without a telephone, an address or a number a repeated name is compared like any other.
    repeats = {
        row: first
        for row, first in repeats.items()
        if entries[row].phone or entries[row].email or entries[row].number
    }
    rows = [row for row in range(len(entries)) if row not in repeats]
    found = [
        _pair(entries[first], entries[row], 100, [Reason("all_equal")])
        for row, first in repeats.items()
    ]
    for one, other in sorted(candidates(_blocks(entries, rows))):
        points, reasons = _compare(entries[one], entries[other])
        if points >= least_score:
            found.append(_pair(entries[one], entries[other], points, reasons))
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)))


def _entry(sponsor: SponsorIdentity) -> _Entry:
    words = sponsor.name.lower()
    name = parse_name(_LEGAL_FORM.sub(" ", words) if sponsor.is_organisation else words)
    phone = "".join(sign for sign in sponsor.phone or "" if sign.isdigit())
    phone = phone.removeprefix("62").removeprefix("0")
    number = "".join(sign for sign in sponsor.identity_number or "" if sign.isdigit())
    return _Entry(
        sponsor=sponsor,
        name=name,
        phone=phone if len(phone) >= _PHONE_DIGITS else "",
        email=(sponsor.email or "").strip().lower(),
        number=number,
    )


def _blocks(entries: Sequence[_Entry], rows: Sequence[int]) -> Iterator[list[tuple[Hashable, int]]]:
    yield [(entries[row].number, row) for row in rows if entries[row].number]
    yield [(entries[row].phone, row) for row in rows if entries[row].phone]
    yield [(entries[row].email, row) for row in rows if entries[row].email]
    yield [(token, row) for row in rows for token in entries[row].name.tokens[:1]]
    yield [(token, row) for row in rows for token in entries[row].name.tokens[-1:]]


def _compare(one: _Entry, other: _Entry) -> tuple[float, list[Reason]]:
    if one.sponsor.is_organisation != other.sponsor.is_organisation:
        return 0, []
    likeness = name_likeness(one.name, other.name)
    if one.number and one.number == other.number:
        return (100 if likeness >= _LEAST_NAME else 90), [Reason("number_equal")]
    same_phone = bool(one.phone) and one.phone == other.phone
    same_email = bool(one.email) and one.email == other.email
    if likeness < (_LEAST_NAME_IF_REACHED_ALIKE if same_phone and same_email else _LEAST_NAME):
        return 0, []
    code = "name_equal" if likeness >= _SAME_NAME else "name_similar"
    reasons = [Reason(code, {"likeness": round(likeness)})]
    points = 50 * (likeness - 50) / 50
    for more, reason in _shared(one, other):
        points += more
        reasons.append(Reason(reason))
    if one.number and other.number and len(one.number) == len(other.number):
        off = sum(a != b for a, b in zip(one.number, other.number, strict=True))
        points += 10 if off == 1 else -25
        reasons.append(Reason("number_one_digit_off" if off == 1 else "number_differs"))
    return min(points, 99), reasons


def _shared(one: _Entry, other: _Entry) -> Iterator[tuple[int, str]]:
    if one.phone and one.phone == other.phone:
        yield 42, "phone_equal"
    if one.email and one.email == other.email:
        yield 40, "email_equal"
    a, b = one.sponsor, other.sponsor
    if _same_words(a.organisation, b.organisation):
        yield 22, "organisation_equal"
    if same_address(a.address, b.address):
        yield 25, "address_similar"
    elif a.kelurahan_code and a.kelurahan_code == b.kelurahan_code:
        yield 8, "same_kelurahan"
    if a.is_organisation and name_likeness(one.name, other.name) >= _EQUAL_NAME:
        yield 35, "organisation_name_equal"


def _same_words(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return fuzz.token_sort_ratio(one.lower(), other.lower()) >= _SAME_WORDS


def _pair(one: _Entry, other: _Entry, points: float, reasons: list[Reason]) -> DuplicatePair:
    return DuplicatePair(
        one.sponsor.key, other.sponsor.key, min(round(points), 100), tuple(reasons)
    )
