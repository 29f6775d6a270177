"""Who takes part in a month: one reason per child that does not, the most basic first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api.services.child_states import IMPLAUSIBLE, latest_measured, takes_part
from api.services.consents import why_no_consent
from api.services.need import NeedPolicy
from data.reference.kits import completed_months
from data.schema import Child, ChildState, Consent, ConsentPurpose, Household, Measurement

OLDEST_MONTHS = 60
"""Perpres 72/2021: balita, that is under five years, matched and packed by this one rule."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What eligibility is judged by in a month.

    ``on`` is the month's first day; ``ages_on`` the day on which the packages are planned to
    leave, which a child must reach before it is too old.
    """

    on: date
    ages_on: date
    city_code: str
    policy: NeedPolicy
    require_consent: bool


def is_too_old(born_on: date, on: date) -> bool:
    """Whether a child born on a day is past the programme's age (60 months) on another."""
    return completed_months(born_on, on) >= OLDEST_MONTHS


def why_not(
    child: Child,
    household: Household,
    *,
    measurements: Sequence[Measurement],
    consents: Iterable[Consent],
    has_open_pair: bool,
    rules: Rules,
) -> str | None:
    """Return the code of the rule that keeps a child out of a month, or None."""
    return (
        _by_state(child, has_open_pair, rules)
        or _by_place(household, rules)
        or _by_measurement(child, measurements, rules)
        or (_by_consent(consents, rules.on) if rules.require_consent else None)
    )


def why_not_but_for_pair(
    child: Child,
    household: Household,
    measurements: Sequence[Measurement],
    consents: Iterable[Consent],
    rules: Rules,
) -> str | None:
    """Return what would keep a child out of a month if its pair were decided, or None."""
    is_pair_all = child.state is ChildState.NEEDS_REVIEW and IMPLAUSIBLE not in child.review_reasons
    by_state = "child.too_old" if is_too_old(child.born_on, rules.ages_on) else None
    return (
        (by_state if is_pair_all else _by_state(child, False, rules))
        or _by_place(household, rules)
        or _by_measurement(child, measurements, rules)
        or (_by_consent(consents, rules.on) if rules.require_consent else None)
    )


def _by_state(child: Child, has_open_pair: bool, rules: Rules) -> str | None:
    if is_too_old(child.born_on, rules.ages_on):
        return "child.too_old"
    if has_open_pair:
        return "child.open_duplicate"
    if child.state is ChildState.PAUSED:
        over = child.paused_until is not None and child.paused_until <= rules.on
        return None if over else "child.paused"
    return {
        ChildState.NEEDS_REVIEW: "child.needs_review",
        ChildState.MOVED_PENDING: "child.moved_pending",
        ChildState.DUPLICATE: "child.duplicate",
        ChildState.GRADUATED: "child.graduated",
        ChildState.EXITED: "child.exited",
    }.get(child.state)


def _by_place(household: Household, rules: Rules) -> str | None:
    if household.kelurahan_code is None:
        return "child.no_kelurahan"
    inside = household.kelurahan_code.startswith(f"{rules.city_code}.")
    return None if inside else "child.out_of_city"


def _by_measurement(child: Child, measurements: Sequence[Measurement], rules: Rules) -> str | None:
    latest = latest_measured(measurements)
    if latest is None or latest.haz is None:
        return "child.not_measured"
    if (rules.on - latest.measured_on).days > rules.policy.max_measured_days:
        return "child.measured_long_ago"
    is_in = takes_part(child, latest.haz, stunted_haz=rules.policy.stunted_haz)
    return None if is_in else "child.not_stunted"


def _by_consent(consents: Iterable[Consent], on: date) -> str | None:
    asked = [one for one in consents if one.purpose is ConsentPurpose.PROGRAMME]
    missing = why_no_consent(asked, on)
    return f"child.{missing}" if missing else None
