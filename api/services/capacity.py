"""How many packages a pledge gives in a month: whole packages, the rest shown as left over."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from api.services.months import first_day, last_day, months_from
from data.reference.items import price_on
from data.reference.kits import KitLine, kit_for, kits
from data.schema import Pledge, PledgeForm, PledgeState, Sponsor, SponsorState

RUNNING = (PledgeState.ACTIVE, PledgeState.LATE, PledgeState.SUSPENDED, PledgeState.ENDING)


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Packages of a pledge in a month; ``reason`` says why there are none.

    ``budget_rp`` is what the packages may cost, where money bounds the pledge.
    """

    num_packages: int
    leftover_rp: int = 0
    budget_rp: int | None = None
    reason: str | None = None


@cache
def package_price_rp(on: date) -> int:
    """Return what a package costs on a day: the dearest kit in force at that day's prices.

    One price for all ages keeps the matching exact, and a pledge covers whichever child it gets.
    Goods without a price by that day count nothing.
    """
    in_force = [
        kit for kit in kits() if kit.from_on <= on and (kit.until_on is None or on <= kit.until_on)
    ]
    return max((_cost_rp(kit.lines, on) for kit in in_force), default=0)


@cache
def package_price_for(age_days: int, allergies: tuple[str, ...], on: date) -> int | None:
    """Return what the package of a child of an age costs on a day; None if there is none."""
    package = kit_for(age_days, allergies, on)
    return _cost_rp(package.lines, on) if package else None


def _cost_rp(lines: tuple[KitLine, ...], on: date) -> int:
    prices = [(price_on(line.item, on), line.quantity) for line in lines]
    return sum(price.price_rp * quantity for price, quantity in prices if price)


def runs_in(pledge: Pledge, month: str) -> bool:
    """Return whether a month lies within a pledge's months."""
    return 0 <= months_from(pledge.first_month, month) < pledge.num_months


def rests_in(pledge: Pledge, month: str) -> bool:
    """Return whether a pledge rests when a month begins; one that begins to rest within it stays.

    A month that is not locked yet goes without it either way (see :func:`capacity_in`); one that is
    matched or agreed already is mended.
    """
    starts, begins = pledge.suspended_from, first_day(month)
    if pledge.state not in RUNNING or starts is None or starts > begins:
        return False
    return pledge.suspended_until is None or pledge.suspended_until >= begins


def capacity_in(pledge: Pledge, sponsor: Sponsor, month: str) -> Capacity:
    """Return the packages that a pledge gives in a month, or why it gives none."""
    reason = _why_none(pledge, sponsor, month)
    if reason:
        return Capacity(num_packages=0, reason=reason)
    return _by_promise(pledge, package_price_rp(first_day(month)))


def _why_none(pledge: Pledge, sponsor: Sponsor, month: str) -> str | None:
    if sponsor.state is not SponsorState.ACTIVE:
        return "pledge.sponsor_inactive"
    if pledge.state is PledgeState.ENDED:
        return "pledge.ended"
    if pledge.state not in RUNNING:
        return "pledge.not_active"
    if pledge.ended_on is not None and pledge.ended_on < last_day(month):
        return "pledge.ended"
    if pledge.first_month > month:
        return "pledge.not_started"
    if not runs_in(pledge, month):
        return "pledge.run_out"
    if pledge.suspended_from is not None and _is_suspended(pledge, month):
        return "pledge.suspended"
    return None


def _is_suspended(pledge: Pledge, month: str) -> bool:
    """Return whether a suspension covers any day of a month; it was known before the lock."""
    starts = pledge.suspended_from
    ends = pledge.suspended_until
    if starts is None or starts > last_day(month):
        return False
    return ends is None or ends >= first_day(month)


def _by_promise(pledge: Pledge, price_rp: int) -> Capacity:
    """Bound the children promised by what the money buys; goods need no money."""
    counts_money = pledge.form is PledgeForm.MONEY or pledge.num_children == 0
    if counts_money and pledge.amount_rp > 0 and price_rp > 0:
        affordable = pledge.amount_rp // price_rp
        number = min(pledge.num_children or affordable, affordable)
        return Capacity(
            num_packages=number,
            leftover_rp=pledge.amount_rp - number * price_rp,
            budget_rp=pledge.amount_rp,
            reason=None if number else "pledge.below_package_price",
        )
    reason = None if pledge.num_children else "pledge.no_capacity"
    return Capacity(num_packages=pledge.num_children, reason=reason)
