"""The frozen copy of a month's inputs: from here they cannot move under the matcher."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from api.services.capacity import capacity_in, package_price_for
from api.services.child_states import is_in_programme, latest_measured, open_pair_ids
from api.services.corrected_judgements import corrected_before
from api.services.delivery_estimate import estimate_delivery_hm
from api.services.eligibility import Rules, why_not
from api.services.months import first_day, months_from
from api.services.need import assess_need, need_policy
from api.services.packing_days import eligibility_day
from data.queries.cycles import (
    children_with_homes,
    held_back_pairs,
    last_served_months,
    measurements_by_child,
    pledges_with_sponsors,
    previous_agreed_cycle,
    programme_consents_by_child,
    snapshot_children,
    snapshot_pledges,
    standing_assignments,
)
from data.reference.regions import regions
from data.schema import (
    Child,
    Consent,
    Cycle,
    CycleChild,
    CyclePledge,
    Household,
    Measurement,
    Pledge,
    Sponsor,
)

ADDED_LATER = frozenset({"wish_area_codes", "budget_rp", "num_promised", "package_price_rp"})


@dataclass(frozen=True)
class Facts:
    """What is known of all children, read once."""

    measurements: dict[int, list[Measurement]]
    consents: dict[int, list[Consent]]
    open_pairs: set[int]
    last_served: dict[int, str]
    kept: dict[int, int]


def office_point(kelurahan_code: str | None) -> tuple[float, float] | None:
    """Return where a kelurahan's office stands, the stated stand-in for an unknown home."""
    if kelurahan_code is None:
        return None
    try:
        place = regions().kelurahan(kelurahan_code)
    except KeyError:
        return None
    return place.office_lat, place.office_lon


def rules_of_month(
    session: Session, *, cycle: Cycle, require_consent: bool = True, now: datetime | None = None
) -> Rules:
    """Return what eligibility is judged by in a month; ``now`` as for :func:`build_snapshot`."""
    on = first_day(cycle.month)
    return Rules(
        on=on,
        ages_on=eligibility_day(session, cycle=cycle, now=now),
        city_code=cycle.city_code,
        policy=need_policy(on),
        require_consent=require_consent,
    )


def build_snapshot(
    session: Session, *, cycle: Cycle, require_consent: bool, now: datetime | None = None
) -> tuple[list[CycleChild], list[CyclePledge]]:
    """Return the copies of children and pledges as they stand now; nothing is stored.

    ``now`` says when packages would leave if the month were locked at once.
    """
    pledges = pledges_with_sponsors(session)
    copies = [_pledge_copy(cycle, pledge, sponsor) for pledge, sponsor in pledges]
    rules = rules_of_month(session, cycle=cycle, require_consent=require_consent, now=now)
    facts = Facts(
        measurements=measurements_by_child(session),
        consents=programme_consents_by_child(session),
        open_pairs=open_pair_ids(session),
        last_served=last_served_months(
            session,
            before=cycle.month,
            corrected=corrected_before(session, month=cycle.month),
        ),
        kept=_kept_pairs(session, cycle, pledges, copies),
    )
    homes = children_with_homes(session)
    return [_child_copy(cycle, *home, facts, rules) for home in homes], copies


def take_snapshot(session: Session, *, cycle: Cycle, require_consent: bool) -> str:
    """Store the copies of a month and return their hash."""
    drop_snapshot(session, cycle=cycle)
    children, pledges = build_snapshot(session, cycle=cycle, require_consent=require_consent)
    session.add_all([*children, *pledges])
    cycle.delivery_hm = estimate_delivery_hm(session, cycle=cycle)
    session.add(cycle)
    session.flush()
    return snapshot_hash(session, cycle=cycle)


def drop_snapshot(session: Session, *, cycle: Cycle) -> None:
    """Remove the copy of a month that goes back to draft."""
    session.exec(delete(CycleChild).where(col(CycleChild.cycle_id) == cycle.id))
    session.exec(delete(CyclePledge).where(col(CyclePledge.cycle_id) == cycle.id))
    session.flush()


def snapshot_hash(session: Session, *, cycle: Cycle) -> str:
    """Return the SHA-256 of the copy; the same inputs give the same hash, on every store."""
    content = [
        [code, _fields(row, ("child_id", "household_id", "kept_pledge_id"))]
        for row, code in snapshot_children(session, cycle)
    ] + [
        [code, sponsor, _fields(row, ("pledge_id", "sponsor_id"))]
        for row, code, sponsor in snapshot_pledges(session, cycle)
    ]
    ways = [cycle.delivery_hm] if cycle.delivery_hm else []
    text = json.dumps([cycle.month, content, *ways], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(row: CycleChild | CyclePledge, ids: tuple[str, ...]) -> dict[str, Any]:
    """Return what a copy says, without the numbers that a store happened to give.

    What later versions of the program added counts only where it says something, so that months
    locked before keep their hash.
    """
    said = row.model_dump(exclude={"id", "cycle_id", *ids})
    return {name: value for name, value in said.items() if name not in ADDED_LATER or value}


def _kept_pairs(
    session: Session,
    cycle: Cycle,
    pledges: list[tuple[Pledge, Sponsor]],
    copies: list[CyclePledge],
) -> dict[int, int]:
    """Return child → pledge of last month; an ended pledge passes on to its sponsor's next one.

    Where a pledge ended and its sponsor wanted to keep the child (``hold_until``), another running
    pledge of the sponsor takes its place. A child that last month left out because somebody had to
    look at its data first keeps the pair that it would have kept then.
    """
    previous = previous_agreed_cycle(session, cycle)
    if previous is None:
        return {}
    gives = {copy.pledge_id for copy in copies if copy.capacity > 0}
    by_id = {pledge.id: pledge for pledge, _ in pledges}
    running: dict[int, int] = {}
    for copy in copies:
        if copy.capacity > 0 and not copy.is_standby:
            running.setdefault(copy.sponsor_id, copy.pledge_id)
    kept: dict[int, int] = {}
    pairs = held_back_pairs(session, previous)
    pairs |= {pair.child_id: pair.pledge_id for pair in standing_assignments(session, previous)}
    for child_id, pledge_id in pairs.items():
        pledge = by_id.get(pledge_id)
        if pledge_id in gives:
            kept[child_id] = pledge_id
        elif pledge is not None and _holds(pledge, cycle) and pledge.sponsor_id in running:
            kept[child_id] = running[pledge.sponsor_id]
    return kept


def _holds(pledge: Pledge, cycle: Cycle) -> bool:
    return pledge.hold_until is None or pledge.hold_until >= first_day(cycle.month)


def _pledge_copy(cycle: Cycle, pledge: Pledge, sponsor: Sponsor) -> CyclePledge:
    capacity = capacity_in(pledge, sponsor, cycle.month)
    point = (
        (sponsor.lat, sponsor.lon)
        if sponsor.lat is not None
        else office_point(sponsor.kelurahan_code)
    )
    return CyclePledge(
        cycle_id=cycle.id or 0,
        pledge_id=pledge.id or 0,
        sponsor_id=pledge.sponsor_id,
        capacity=capacity.num_packages,
        reason=capacity.reason,
        goods=pledge.goods,
        area_codes=pledge.area_codes,
        is_standby=pledge.is_standby,
        kelurahan_code=sponsor.kelurahan_code,
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        leftover_rp=capacity.leftover_rp,
        wish_area_codes=pledge.wish_area_codes,
        budget_rp=capacity.budget_rp,
        num_promised=pledge.num_children or None,
    )


def _child_copy(
    cycle: Cycle, child: Child, household: Household, facts: Facts, rules: Rules
) -> CycleChild:
    child_id = child.id or 0
    measurements = facts.measurements.get(child_id, [])
    reason = why_not(
        child,
        household,
        measurements=measurements,
        consents=facts.consents.get(child_id, []),
        has_open_pair=child_id in facts.open_pairs,
        rules=rules,
    )
    latest = latest_measured(measurements)
    haz = latest.haz if latest else None
    age_days = (rules.on - child.born_on).days
    waiting = _months_waiting(child, cycle.month, facts.last_served.get(child_id))
    need = assess_need(
        rules.policy,
        haz=haz if haz is not None else 0.0,
        age_days=age_days,
        poverty_decile=household.poverty_decile,
        is_at_risk=household.is_at_risk,
        months_waiting=waiting,
        is_in_programme=haz is not None and is_in_programme(child),
    )
    point = (
        (household.lat, household.lon)
        if household.lat is not None
        else office_point(household.kelurahan_code)
    )
    return CycleChild(
        cycle_id=cycle.id or 0,
        child_id=child_id,
        household_id=child.household_id,
        is_eligible=reason is None,
        reason=reason,
        tier=need.tier if need else None,
        points=need.points if need else None,
        months_waiting=waiting,
        haz=haz,
        measured_on=latest.measured_on if latest else None,
        age_days=age_days,
        kelurahan_code=household.kelurahan_code,
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        is_point_exact=household.lat is not None,
        allergies=child.allergies,
        kept_pledge_id=facts.kept.get(child_id),
        package_price_rp=package_price_for(age_days, tuple(sorted(child.allergies)), rules.on),
    )


def _months_waiting(child: Child, month: str, last_served: str | None) -> int:
    """Return the months without a package: since the last one, or since registration."""
    if last_served is not None:
        return max(0, months_from(last_served, month) - 1)
    return max(0, months_from(child.registered_month, month))
