"""What happens in the months: small rules of a child's number and the month's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tests.history import who

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FIRST_MONTH", "GUESTS", "HELPED", "MEASURED_ON", "PLACES", "WAITING", "Script", "at", "on",
]  # fmt: skip

FIRST_MONTH = "2025-01"
Place = tuple[str, str, str]
"""Kelurahan, posyandu and puskesmas."""
PLACES: tuple[Place, ...] = (
    ("19.71.05.1004", "Melati", "Gerunggang"),
    ("19.71.05.1004", "Mawar", "Gerunggang"),
    ("19.71.04.1001", "Anggrek", "Melintang"),
    ("19.71.06.1001", "Dahlia", "Selindung"),
)
"""Where children live; one that no sponsor's area has lives at the last."""
STORY_PLACES: tuple[Place, ...] = (
    ("19.71.07.1001", "Teratai", "Girimaya"),
    ("19.71.07.1002", "Seroja", "Girimaya"),
    ("19.71.03.1004", "Kenanga", "Pangkalbalam"),
)
HELPED_AT, WAITING_AT, GUESTS_AT = STORY_PLACES
SERVED_AREAS = ("19.71.04", "19.71.05")
BORN_DAYS_BEFORE = 400
JOINS, LEAVES, RECOVERS, GRADUATES, RELAPSES = 3, 2, 3, 5, 14
"""Month's number in which the last child joins, child 1 leaves, child 2 is normal from, graduates,
is stunted again."""
MEASURED_ON, BEFORE_LOCK, ENDS_ON = 4, 3, 26
NEXT, NEXT_COMES = 90, 4
"""A child for whom there is a sponsor only once child 2 has graduated."""
FALLS = 7
"""A child that falls ever further behind; other children catch up a little, or stay."""
IN_PART, THIN, WELL_OFF = (3, 7), (4, 9), 3
"""Child and month: who takes a package in part, who weighs far too little; who is on decile 9."""
SPONSOR_ENDS, AREA_MOVES = 12, 15
"""The sponsor of child 0 stops after approval; takes only children of another area from."""
GIVES_FROM, GIVES_MONTHS, GIVES_RP = 2, 4, 50_000
RECEIVED_RP = {2: 30_000, 3: 60_000}
"""A sponsor of money too little for a package, and what came in; it stops in its last month."""
GIFT_RP, GIFT_MONTH = 25_000, 8
"""What the sponsor of child 0 gives once beside its promise."""
LISTS = {("mbg", 6): (0, 6), ("pmt", 6): (0, 3), ("pkh", 6): (6,), ("mbg", 7): (6,)}
"""Programme and month: children on its list, beside one whom nobody knows; 6 has no sponsor."""
VISIT, VISIT_ENDS, DUE = 4, 8, date(2025, 6, 20)
"""A supervised posyandu: the month of the visit, that of closing what was found, its day."""
IN_ORDER, NOT_IN_ORDER = ("scale_zeroed", "kms_filled", "food_stored"), ("read_to_digit",)
TARGET, TARGET_ON = 4, date(2027, 6, 30)
STARTS = 10
"""The month in which the helped are first served."""
NUM_COMPARED = 32
HELPED = range(200, 200 + NUM_COMPARED)
WAITING = range(300, 300 + NUM_COMPARED)
"""Children of two neighbouring kelurahan, alike two by two; a company helps one for 3 months."""
HELP_MONTHS, COMPARED_FOR = 3, 6


class Guest(NamedTuple):
    """A child that a rule keeps off the list, from the month in which it comes to its last."""

    cause: str
    comes: int
    leaves: int


GUESTS = {
    100: Guest("kept_off_age", 2, 4),
    101: Guest("kept_off_doubt", 3, 4),
    102: Guest("kept_off_doubt", 3, 4),
    103: Guest("kept_off_paused", 4, 6),
    104: Guest("kept_off_place", 5, 6),
    105: Guest("kept_off_measurement", 6, 8),
    106: Guest("kept_off_need", 7, 9),
    107: Guest("kept_off_consent", 8, 10),
    108: Guest("kept_off_left", 9, 11),
}
"""101 and 102 are written down alike. 108 has no consent either, and leaves before the lock."""


def on(month: int, day: int) -> date:
    """Return a day of a month."""
    year, number = divmod(int(FIRST_MONTH[5:]) - 1 + month, 12)
    return date(int(FIRST_MONTH[:4]) + year, number + 1, 1) + timedelta(days=day - 1)


def at(month: int, day: int, hour: int = 2) -> datetime:
    """Return an instant of a month."""
    return datetime.combine(on(month, day), time(hour), UTC)


@dataclass(frozen=True)
class Script:
    """What happens.

    Parameters
    ----------
    num_months
        How many months are lived; the first is January 2025.
    num_children
        How many children; at least six. The last joins later, the one before it has no sponsor.
    has_stories
        Whether there are the children and sponsors beside them who have a story each.
    """

    num_months: int = 6
    num_children: int = 8
    has_stories: bool = False

    @property
    def months(self) -> list[str]:
        """The months, the first first."""
        return [on(number, 1).isoformat()[:7] for number in range(self.num_months)]

    @property
    def places(self) -> tuple[Place, ...]:
        """Where children live."""
        return PLACES + STORY_PLACES if self.has_stories else PLACES

    @cached_property
    def children(self) -> tuple[int, ...]:
        """Every child that ever comes."""
        stories = (NEXT, *GUESTS, *HELPED, *WAITING) if self.has_stories else ()
        return (*range(self.num_children), *stories)

    @property
    def num_sponsors(self) -> int:
        """Sponsors of a child each, from the first month on: one fewer than there are children."""
        return self.num_children - 2

    def known(self, month: int) -> Iterable[int]:
        """The children who have been written down by a month's measuring."""
        return (child for child in self.children if self.comes(child) <= month)

    def comes(self, child: int) -> int:
        """The month in which a child is written down."""
        if child in GUESTS:
            return GUESTS[child].comes
        if child in HELPED or child in WAITING:
            return STARTS - 3
        if child == NEXT:
            return NEXT_COMES
        return JOINS if child == self.num_children - 1 else 0

    def leaves(self, child: int) -> int | None:
        """The month at whose end a child moves away; guest 108 before its lock."""
        if child in GUESTS:
            return GUESTS[child].leaves
        if child in HELPED or child in WAITING:
            return STARTS + COMPARED_FOR + 1
        return LEAVES if child == 1 else None

    def place(self, child: int) -> Place:
        """Where a child lives."""
        if child in GUESTS:
            return GUESTS_AT
        if child in HELPED:
            return HELPED_AT
        if child in WAITING:
            return WAITING_AT
        if child == NEXT:
            return PLACES[0]
        return PLACES[-1] if child == self.num_children - 2 else PLACES[child % 3]

    def has_kelurahan(self, child: int) -> bool:
        """Whether anybody knows in which kelurahan a child lives."""
        return child not in GUESTS or GUESTS[child].cause != "kept_off_place"

    def has_consent(self, child: int) -> bool:
        """Whether a child's guardian agreed."""
        return child not in GUESTS or child not in (107, 108)

    def point(self, child: int) -> tuple[float, float]:
        """Where a child's home is; all who are helped live in one house."""
        number = 40 if child in HELPED else 41 if child in WAITING else child
        return -2.11 - number * 0.0013, 106.10 + (number * 7 % 12) * 0.0011

    def decile(self, child: int) -> int | None:
        """How poor a child's family is; not known of most."""
        return 9 if child == WELL_OFF and self.has_stories else None

    def is_boy(self, child: int) -> bool:
        """A child's sex: girls, but for half of those who are compared."""
        return (child in HELPED or child in WAITING) and child % 2 == 1

    def born_on(self, child: int) -> date:
        """A child's birth day."""
        if child in HELPED or child in WAITING:
            return on(STARTS, MEASURED_ON) - timedelta(
                days=380 + 100 * (self._pair(child) // 2 % 8)
            )
        if child == 100:
            return on(GUESTS[child].comes, MEASURED_ON) - timedelta(days=1828)
        if child == NEXT:
            return on(0, 1) - timedelta(days=700)
        number = 101 if child == 102 else child
        return on(0, 1) - timedelta(days=BORN_DAYS_BEFORE + 11 * (number % 90))

    def _pair(self, child: int) -> int:
        return child % 100

    def is_listed(self, child: int, month: int) -> bool:
        """Whether a child is on the list when the month is locked."""
        if child == 2 and month > GRADUATES:
            return False
        last = self.leaves(child)
        ends_before_lock = child == 108
        return self.comes(child) <= month and (
            last is None or month < last or (month == last and not ends_before_lock)
        )

    def is_here(self, child: int, month: int) -> bool:
        """Whether a child is entitled when the month is locked."""
        return child not in GUESTS and self.is_listed(child, month)

    def is_served(self, child: int, month: int) -> bool:
        """Whether a child has a sponsor."""
        if not self.is_here(child, month):
            return False
        if child in HELPED:
            return STARTS <= month < STARTS + HELP_MONTHS
        if child == NEXT:
            return month > GRADUATES
        return child not in WAITING and child != self.num_children - 2

    def is_measured(self, child: int, month: int) -> bool:
        """Whether a child that is known comes to be measured."""
        if month < self.comes(child):
            return False
        if child in GUESTS:
            return month == self.comes(child) and child != 105
        if child in HELPED or child in WAITING:
            return month in (STARTS - 3, STARTS, STARTS + COMPARED_FOR)
        is_asked = child == 2 and month in (*range(RECOVERS, GRADUATES + 1), RELAPSES)
        return month == self.comes(child) or is_asked or (child + month) % 4 != 3

    def gain_g(self, child: int, month: int) -> int:
        """What a child gains in a month; nothing in some, and child 0 twice running."""
        flat = (child + month) % 5 == 4 or (child == 0 and month in (1, 2))
        return 0 if flat else 300

    def weight_g(self, child: int, month: int) -> int:
        """What a child weighs when it is measured in a month."""
        if child in HELPED or child in WAITING:
            waz = -1.2 - 0.7 * (self._pair(child) // 16) + self._growth(child, month) / 2
            return round(who.weight_kg(waz, self.is_boy(child), self.days(child, month)) * 100) * 10
        if child in GUESTS:
            days = self.days(child, month)
            return round(who.weight_kg(-1.5, self.is_boy(child), days) * 10) * 100
        if self.has_stories and (child, month) == THIN:
            height_mm, days = self.height_mm(child, month), self.days(child, month)
            return round(who.weight_for_height_kg(-3.3, height_mm, self.is_boy(child), days) * 1000)
        return (
            8800 + 30 * (child % 90) + sum(self.gain_g(child, each) for each in range(1, month + 1))
        )

    def is_referred(self, child: int, month: int) -> bool:
        """Whether the office sends a child to the puskesmas after it was measured."""
        return self.has_stories and (child, month) == THIN

    def _growth(self, child: int, month: int) -> float:
        """How far a compared child is from where it starts, in z."""
        number = self._pair(child)
        if month < STARTS:
            return 0.01 * (number % 5 - 2) if child in HELPED else 0.01 * (number % 3 - 1)
        start = -0.05 if child in WAITING and number % 4 == 0 else 0.0
        if month == STARTS:
            return start
        return start + (0.25 + 0.02 * (number % 5) if child in HELPED else 0.05)

    def days(self, child: int, month: int) -> int:
        """A child's age in days when it is measured."""
        return (on(month, MEASURED_ON) - self.born_on(child)).days

    def aimed_haz(self, child: int, month: int) -> float:
        """How tall a child is for its age, but for rounding; child 2 recovers, and falls back."""
        if child in GUESTS:
            return -1.0 if GUESTS[child].cause == "kept_off_need" else -2.5
        if child in HELPED or child in WAITING:
            return -2.2 - 0.6 * (self._pair(child) // 16) + self._growth(child, month)
        if child == NEXT:
            return -2.1
        if child == 2 and RECOVERS <= month < RELAPSES:
            return -1.6
        gains = -0.03 if child == FALLS else 0 if child == 2 else 0.01 * (child % 3) ** 2
        return -2.2 - 0.05 * (child % 8) + gains * month

    def height_mm(self, child: int, month: int) -> int:
        """How long or tall a child is when it is measured in a month."""
        haz, days = self.aimed_haz(child, month), self.days(child, month)
        return round(who.height_cm(haz, self.is_boy(child), days) * 10)

    def is_at_home(self, child: int, month: int) -> bool:
        """Whether somebody opens at the first attempt."""
        return child in HELPED or (child + month) % 6 != 5

    def is_in_part(self, child: int, month: int) -> bool:
        """Whether a package is taken in part."""
        return self.has_stories and (child, month) == IN_PART

    def is_late(self, child: int, month: int) -> bool:
        """Whether a package that arrives does so on the day after the planned one."""
        return (child + month) % 7 == 2

    def is_told_late(self, child: int, month: int) -> bool:
        """Whether the report is here only after thirty hours."""
        return (child + month) % 5 == 1

    def has_evidence(self, child: int, month: int) -> bool:
        """Whether the receiver's name was written down."""
        return (child + 2 * month) % 3 != 0

    def case_days(self, month: int) -> int:
        """How long the cases of a month stay open."""
        return 3 if month % 2 == 0 else 9

    def codes(self, child: int, month: int) -> tuple[int, ...]:
        """The TPK codes of a child's family."""
        return ((), (8,), (3, 6))[(child + month) % 3]

    def eaten(self, child: int, month: int) -> str | None:
        """Who ate it by what the family answers; None: not asked."""
        return (None, "child", "child", "shared")[(child + month) % 4]
