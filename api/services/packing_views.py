"""How packing stands, as coordinators read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from api.services.shortages import Remedy
    from data.schema import PackageState

__all__ = [
    "BarePair",
    "NoKit",
    "PackageLineView",
    "PackageView",
    "PackingResult",
    "PurchaseLine",
    "ShortageView",
    "Waiting",
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A package that does not get an item, in order of need (the last to wait stands first)."""

    package_id: int
    package_code: str
    child_code: str
    kelurahan_code: str | None
    quantity: int
    tier: int | None
    points: int | None
    months_since_package: int | None
    """None: never had one in the book."""


@dataclass(frozen=True, slots=True)
class ShortageView:
    """How much of an item is missing, who waits, and what was signed."""

    item_code: str
    needed: int
    available: int
    waiting: tuple[Waiting, ...]
    remedy: Remedy | None
    substitute_code: str | None
    signed_by: str | None

    @property
    def missing(self) -> int:
        """Units short."""
        return max(0, self.needed - self.available)


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """What to buy when there is no stock list. ``cost_rp`` is None without a known price."""

    item_code: str
    quantity: int
    on_hand: int
    cost_rp: int | None
    price_source: str | None


@dataclass(frozen=True, slots=True)
class NoKit:
    """An approved child for whom no package can be made.

    ``reason`` is ``too_old`` or ``no_allowed_food``; the sentence ``packing.<reason>.remedy`` says
    what to do. Packing again does not help.
    """

    child_code: str
    reason: str
    child_id: int


@dataclass(frozen=True, slots=True)
class BarePair:
    """An approved child without a package; ``taken_out`` is the number of a cancelled one."""

    child_code: str
    taken_out: str | None


@dataclass(frozen=True, slots=True)
class PackingResult:
    """How packing stands.

    Parameters
    ----------
    is_reserved
        True only when every package that is not waiting by signature has its goods (or there is
        no stock list and the purchase list stands instead). Otherwise nothing was reserved and
        the month has not moved.
    num_packages, num_going
        All packages that were not cancelled, and those of them that a family gets this month
        (:data:`data.queries.goods.NOT_GOING` are the others).
    has_stock_list
        False: ``purchases`` takes the place of ``shortages``.
    """

    cycle_id: int
    deliver_on: date
    depot_id: int
    num_packages: int
    num_going: int
    num_reserved: int
    num_packed: int
    num_waiting: int
    is_reserved: bool
    has_stock_list: bool
    shortages: tuple[ShortageView, ...]
    purchases: tuple[PurchaseLine, ...]
    no_kit: tuple[NoKit, ...]
    cost_rp: int
    weight_g: int
    volume_ml: int


@dataclass(frozen=True, slots=True)
class PackageLineView:
    """One item of a package and what became of it."""

    uid: str
    item_code: str
    quantity: int
    substitutes: str | None
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package as coordinators see it: household code and guardian, never NIK or z-scores."""

    id: int
    code: str
    state: PackageState
    kit_code: str
    kit_version: str
    recipient: str
    """``child`` or ``mother``."""
    child_code: str
    household_code: str
    guardian_name: str
    kelurahan_code: str | None
    lines: tuple[PackageLineView, ...]
    changes: tuple[dict[str, object], ...]
    weight_g: int
    volume_ml: int
    cost_rp: int
    needs_cool_box: bool
    deliver_on: date
    stop_id: int | None
    route_code: str | None
