"""A kader's month at the own posyandu: what there is to do with which family, and doing it.

Every function is given a session of the kader's place (ADR 0023): other families do not exist in
it. Sponsors, citizen numbers and how poor a family is are in no answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from api.services import looks
from api.services.clock import local_date, local_month
from api.services.companions import Given, record_accompaniment
from api.services.consumption import Answer, record_answers
from api.services.cycles import find_cycle
from api.services.errors import Invalid, NotFound
from api.services.growth_tasks import growth_tasks
from api.services.months import checked_month, first_day, last_day, later_month
from data.place_scope import whole
from data.queries.companions import measured_between
from data.queries.posyandu import FamilyHome, asks_of, cycle_of, own_families, route_days
from data.reference.kits import completed_months
from data.schema import CycleState, PackageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.queries.posyandu import OwnChild, OwnFamily, OwnPackage
    from data.schema import Account, ChangeRequest, Eaten

__all__ = [
    "CHOICES",
    "EatenAnswer",
    "FamilyMonth",
    "PosyanduChild",
    "PosyanduMonth",
    "chosen",
    "family_of",
    "month_choices",
    "next_to_record",
    "read_month",
    "record_codes",
    "record_eaten",
]

SIGNS = ("severe", "two_t", "unmeasured")
"""What asks a kader to look at a child: gizi buruk, two T in a row, long not measured."""
URGENT = frozenset({"severe", "two_t"})
MONTHS_BACK = 2
"""How many months before this one are offered to be recorded late."""
UNDECIDED = (
    CycleState.DRAFT,
    CycleState.LOCKED,
    CycleState.PROPOSED,
    CycleState.IN_APPROVAL,
)
BEFORE_ARRIVAL = (CycleState.APPROVED, CycleState.PACKING, CycleState.DISTRIBUTING)
"""Months whose agreed pairs without a package still get one."""
PACKAGE_STATUS: Mapping[PackageState, str] = {
    PackageState.PLANNED: "prepared",
    PackageState.RESERVED: "prepared",
    PackageState.PACKED: "prepared",
    PackageState.LOADED: "on_the_way",
    PackageState.ACCEPTED: "arrived",
    PackageState.PARTLY_ACCEPTED: "partly",
    PackageState.REJECTED: "came_back",
    PackageState.RETURNED: "came_back",
    PackageState.RESTOCKED: "came_back",
    PackageState.CARRIED: "carried",
    PackageState.SPOILED: "lost",
    PackageState.REASSIGNED: "lost",
    PackageState.LOST: "lost",
}
ARRIVED = ("arrived", "partly")
CHOICES = ("", "catat", "tanya", "ukur", "rujuk")
"""Which families a list shows: all, those without codes, without an answer, with a child not
measured this month, with a child to refer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PosyanduChild:
    """A child of the posyandu.

    ``status``: ``undecided`` (the month is not agreed yet), ``none`` (no package this month),
    ``prepared``, ``on_the_way``, ``arrived``, ``partly``, ``came_back``, ``carried`` (comes with
    the next month's) or ``lost``.
    """

    code: str
    name: str
    age_months: int
    state: str
    measured_on: date | None
    is_measured: bool
    """Within the month."""
    signs: tuple[str, ...]
    asks: tuple[ChangeRequest, ...]
    status: str
    package: OwnPackage | None
    comes_on: date | None
    """The day of the package's route, once that is settled."""

    @property
    def is_urgent(self) -> bool:
        """Whether a health worker has to see the child."""
        return not URGENT.isdisjoint(self.signs)

    @property
    def has_arrived(self) -> bool:
        """Whether there is a package to ask about."""
        return self.status in ARRIVED

    @property
    def is_asked(self) -> bool:
        """Whether the family has said who ate it."""
        return self.package is not None and self.package.eaten is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyMonth(FamilyHome):
    """A family of the posyandu in a month."""

    children: tuple[PosyanduChild, ...]

    @property
    def to_ask(self) -> bool:
        """Whether a package arrived about which nobody was asked yet."""
        return any(child.has_arrived and not child.is_asked for child in self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class PosyanduMonth:
    """All families of a posyandu in a month, the most urgent first."""

    month: str
    families: tuple[FamilyMonth, ...]

    @property
    def children(self) -> list[PosyanduChild]:
        """All children, family by family."""
        return [child for family in self.families for child in family.children]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return what is to be done → how many are done, of how many."""
        arrived = [child for child in self.children if child.has_arrived]
        urgent = [child for child in self.children if child.is_urgent]
        return {
            "catat": (sum(bool(each.codes) for each in self.families), len(self.families)),
            "tanya": (sum(child.is_asked for child in arrived), len(arrived)),
            "ukur": (sum(child.is_measured for child in self.children), len(self.children)),
            "rujuk": (0, len(urgent)),
        }


@dataclass(frozen=True, slots=True)
class EatenAnswer:
    """What a family said of a package; ``eaten`` None takes an answer back."""

    package_code: str
    eaten: Eaten | None
    note: str = ""


def month_choices(now: datetime) -> list[str]:
    """Return this month and those before it that are offered to be recorded late."""
    return [later_month(local_month(now), -back) for back in range(MONTHS_BACK + 1)]


def read_month(
    session: Session, *, month: str, by: Account, now: datetime, code: str = ""
) -> PosyanduMonth:
    """Return all families of the own posyandu in a month; the look (at one of them) is noted.

    Raises
    ------
    Invalid
        ``month.unreadable``; ``companion.month`` for one that has not come.
    NotFound
        As :func:`family_of`.
    """
    found = _month(session, month, now)
    looked = [family_of(found, code)] if code else list(found.families)
    if looked:
        children = [child.code for family in looked for child in family.children]
        looks.note(
            session, by=by, action="posyandu:read",
            subject="household" if code else "posyandu",
            subject_id=code or _place_id(looked[0]), now=now,
            after={"month": month, "children": children},
        )  # fmt: skip
    return found


def family_of(month: PosyanduMonth, code: str) -> FamilyMonth:
    """Return a family of a month by its code.

    Raises
    ------
    NotFound
        ``posyandu.family`` for one that is not of the posyandu or has no child of the month.
    """
    found = next((family for family in month.families if family.code == code), None)
    if found is None:
        raise NotFound("posyandu.family", family=code)
    return found


def next_to_record(month: PosyanduMonth, *, after: FamilyMonth) -> FamilyMonth | None:
    """Return the family to go on with: the next in the list of which something is to be noted."""
    at = month.families.index(after)
    others = (*month.families[at + 1 :], *month.families[:at])
    return next((each for each in others if not each.codes or each.to_ask), None)


def chosen(month: PosyanduMonth, *, words: str = "", choice: str = "") -> list[FamilyMonth]:
    """Return the families that fit words (in names, codes, addresses) and one of ``CHOICES``."""
    wanted = words.strip().casefold()
    return [
        family
        for family in month.families
        if wanted in _searched(family) and (choice not in CHOICES or choice in _waits(family))
    ]


def record_codes(
    session: Session,
    *,
    month: str,
    given: Mapping[str, Sequence[int]],
    by: Account,
    now: datetime,
    only_new: bool = False,
) -> int:
    """Keep what own families were given in a month, by their codes; no codes take it back.

    With ``only_new`` families of whom something is recorded are left as they are: a page of all
    families may be older than another kader's record. Returns how many records changed.

    Raises
    ------
    NotFound
        ``posyandu.family``.
    Invalid
        As :func:`api.services.companions.record_accompaniment`.
    """
    known = _raw_families(session, month, now)
    by_place: dict[tuple[str, str], list[Given]] = defaultdict(list)
    for code, codes in given.items():
        family = known.get(code)
        if family is None:
            raise NotFound("posyandu.family", family=code)
        place = family.kelurahan_code, family.posyandu
        by_place[place].append(Given(family.household_id, tuple(codes)))
    return sum(
        record_accompaniment(
            session, month=month, kelurahan_code=ward, posyandu=posyandu, given=own, by=by, now=now,
            only_new=only_new,
        )
        for (ward, posyandu), own in sorted(by_place.items())
    )  # fmt: skip


def record_eaten(
    session: Session,
    *,
    month: str,
    answers: Sequence[EatenAnswer],
    checked_on: date,
    by: Account,
    now: datetime,
    only_new: bool = False,
) -> int:
    """Keep what own families said of packages that arrived; return how many answers changed.

    With ``only_new`` packages with an answer are left as they are.

    Raises
    ------
    NotFound
        ``posyandu.package`` for one that is not theirs or has not arrived; ``cycle.not_found``.
    Invalid
        ``consumption.day`` for a day that has not come or before the month.
    """
    cycle = find_cycle(session, month=checked_month(month))
    known = {
        child.package.code: (family, child.package)
        for family in _raw_families(session, month, now).values()
        for child in family.children
        if child.package and PACKAGE_STATUS[child.package.state] in ARRIVED
    }
    by_place: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.package_code not in known:
            raise NotFound("posyandu.package", package=answer.package_code)
        family, package = known[answer.package_code]
        by_place[family.kelurahan_code, family.posyandu].append(
            Answer(package.package_id, answer.eaten, answer.note)
        )
    return sum(
        record_answers(
            session, cycle=cycle, kelurahan_code=ward, posyandu=posyandu, answers=own,
            checked_on=checked_on, by=by, now=now, only_new=only_new,
        )
        for (ward, posyandu), own in sorted(by_place.items())
    )  # fmt: skip


def _raw_families(session: Session, month: str, now: datetime) -> dict[str, OwnFamily]:
    if checked_month(month) > local_month(now):
        raise Invalid("companion.month", fields={"bulan": "companion.month"})
    found = own_families(session, month=month, today=local_date(now))
    return {family.code: family for family in found}


def _month(session: Session, month: str, now: datetime) -> PosyanduMonth:
    today = local_date(now)
    raw = list(_raw_families(session, month, now).values())
    measured = measured_between(session, first=first_day(month), last=last_day(month))
    cycle = cycle_of(session, month=month)
    signs = {
        task.child_id: task.reasons for task in growth_tasks(session, today=today, asked=SIGNS)
    }
    asks = asks_of(session, child_ids=[child.child_id for each in raw for child in each.children])

    days = _days(session, raw)

    def told(child: OwnChild) -> PosyanduChild:
        return PosyanduChild(
            code=child.code,
            name=child.name,
            age_months=completed_months(child.born_on, today),
            state=child.state.value,
            measured_on=child.measured_on,
            is_measured=child.child_id in measured,
            signs=tuple(sign for sign in SIGNS if sign in signs.get(child.child_id, ())),
            asks=tuple(asks.get(child.child_id, ())),
            status=_status(child, cycle.state if cycle else None),
            package=child.package,
            comes_on=days.get(child.package.package_id) if child.package else None,
        )

    families = [_family_month(family, map(told, family.children)) for family in raw]
    return PosyanduMonth(month=month, families=tuple(sorted(families, key=_urgency)))


def _days(session: Session, families: Sequence[OwnFamily]) -> dict[int, date]:
    """Return the days on which own packages come; of routes nothing else is told."""
    own = [
        child.package.package_id
        for family in families
        for child in family.children
        if child.package
    ]
    with whole(session):
        return route_days(session, package_ids=own)


def _family_month(family: OwnFamily, children: Iterable[PosyanduChild]) -> FamilyMonth:
    home = {each.name: getattr(family, each.name) for each in fields(FamilyHome)}
    return FamilyMonth(**home, children=tuple(children))


def _status(child: OwnChild, state: CycleState | None) -> str:
    if child.package is not None:
        return PACKAGE_STATUS[child.package.state]
    if state is None or state in UNDECIDED:
        return "undecided"
    return "prepared" if child.is_awaiting and state in BEFORE_ARRIVAL else "none"


def _urgency(family: FamilyMonth) -> tuple[bool, str, str]:
    is_urgent = any(child.is_urgent for child in family.children)
    return not is_urgent, family.guardian_name.casefold(), family.code


def _waits(family: FamilyMonth) -> set[str]:
    """Return which of ``CHOICES`` a family is among."""
    children = family.children
    is_among = {
        "": True,
        "catat": not family.codes,
        "tanya": family.to_ask,
        "ukur": not all(child.is_measured for child in children),
        "rujuk": any(child.is_urgent for child in children),
    }
    return {choice for choice, fits in is_among.items() if fits}


def _searched(family: FamilyMonth) -> str:
    names = [name for child in family.children for name in (child.name, child.code)]
    said = [family.code, family.guardian_name, family.address, family.landmark or "", *names]
    return "\n".join(said).casefold()


def _place_id(family: FamilyMonth) -> str:
    return f"{family.kelurahan_code} {family.posyandu}".strip()[:40]
