"""A locked month as the matching core reads it: columns and codes, no names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import numpy as np
from sqlmodel import Session, col, select

from api.services.capacity import package_price_rp
from api.services.errors import Refused
from api.services.months import first_day
from data.queries.cycles import snapshot_children, snapshot_pledges
from data.reference.kits import completed_months, forbidding_rule, kit_for
from data.reference.regions import regions
from data.schema import Child, Cycle, CycleChild, CyclePledge, Hold, HoldKind, Pledge
from matcher.problem import MatchingProblem

SMALLEST_EATER_MONTHS = 6


@dataclass(frozen=True)
class _Places:
    """The city's kelurahan and kecamatan, by their number in the problem."""

    kelurahan: dict[str, int]
    kecamatan: dict[str, int]

    def within(self, area_code: str) -> list[int]:
        """Return the kelurahan of an area: itself, or all of a kecamatan."""
        if area_code in self.kelurahan:
            return [self.kelurahan[area_code]]
        prefix = f"{area_code}."
        return [at for code, at in self.kelurahan.items() if code.startswith(prefix)]


def read_problem(session: Session, *, cycle: Cycle) -> MatchingProblem:
    """Return the problem of a locked month.

    A home without coordinates stands at its kelurahan's office, a sponsor without a place in the
    middle of the city; neither accepts nor loses an area by that.

    Raises
    ------
    Refused
        ``cycle.not_locked`` without a snapshot; ``matching.pin_impossible`` when a pinned child or
        pledge takes no part this month.
    """
    if cycle.snapshot_hash is None:
        raise Refused("cycle.not_locked", month=cycle.month)
    children = [(row, code) for row, code in snapshot_children(session, cycle) if row.is_eligible]
    prices = _prices(children, cycle.month)
    pledges = [found for found in snapshot_pledges(session, cycle) if _may_give(found[0], prices)]
    places = _places()
    good_ids = sorted({good for row, _, _ in pledges for good in _goods_of(row)})
    sponsor_ids = sorted({sponsor for _, _, sponsor in pledges})
    sponsor_at = {code: at for at, code in enumerate(sponsor_ids)}
    child_at = {row.child_id: at for at, (row, _) in enumerate(children)}
    pledge_at = {row.pledge_id: at for at, (row, _, _) in enumerate(pledges)}
    middle = _middle()
    accepted = [_within(row.area_codes, places) for row, _, _ in pledges]
    wished = [_within(row.wish_area_codes, places) for row, _, _ in pledges]
    pins, bans = _holds(session, cycle, child_at, pledge_at)
    return MatchingProblem(
        month=cycle.month,
        kelurahan_codes=tuple(places.kelurahan),
        kelurahan_kecamatan=np.array(
            [places.kecamatan[code[:8]] for code in places.kelurahan], dtype=np.int32
        ),
        kecamatan_codes=tuple(places.kecamatan),
        child_ids=tuple(code for _, code in children),
        tier=np.array([row.tier or 1 for row, _ in children], dtype=np.int8),
        points=np.array([row.points or 0 for row, _ in children], dtype=np.int32),
        months_waiting=np.array([row.months_waiting for row, _ in children], dtype=np.int32),
        kelurahan=np.array(
            [places.kelurahan[row.kelurahan_code or ""] for row, _ in children], dtype=np.int32
        ),
        household=np.array([row.household_id for row, _ in children], dtype=np.int64),
        child_lat=np.array([row.lat for row, _ in children], dtype=np.float64),
        child_lon=np.array([row.lon for row, _ in children], dtype=np.float64),
        forbidden_goods=_forbidden(children, good_ids, cycle.month),
        pledge_ids=tuple(code for _, code, _ in pledges),
        sponsor_ids=tuple(sponsor_ids),
        sponsor=np.array([sponsor_at[sponsor] for _, _, sponsor in pledges], dtype=np.int32),
        capacity=np.array([_places_of(row, prices) for row, _, _ in pledges], dtype=np.int32),
        package_ids=tuple(f"Rp {price}" for price in prices),
        package=np.array(
            [prices.index(_price_of(row, prices)) for row, _ in children], dtype=np.int32
        ),
        package_price_rp=np.array([prices], dtype=np.int64),
        budget_rp=np.array(
            [-1 if row.budget_rp is None else row.budget_rp for row, _, _ in pledges],
            dtype=np.int64,
        ),
        pledge_lat=np.array(
            [middle[0] if row.lat is None else row.lat for row, _, _ in pledges], dtype=np.float64
        ),
        pledge_lon=np.array(
            [middle[1] if row.lon is None else row.lon for row, _, _ in pledges], dtype=np.float64
        ),
        pledge_kelurahan=np.array(
            [places.kelurahan.get(row.kelurahan_code or "", -1) for row, _, _ in pledges],
            dtype=np.int32,
        ),
        goods=np.array([_bits(_goods_of(row), good_ids) for row, _, _ in pledges], dtype=np.uint64),
        accepted_start=np.cumsum([0, *(len(areas) for areas in accepted)], dtype=np.int64),
        accepted_kelurahan=np.array([at for areas in accepted for at in areas], dtype=np.int32),
        wished_start=np.cumsum([0, *(len(areas) for areas in wished)], dtype=np.int64),
        wished_kelurahan=np.array([at for areas in wished for at in areas], dtype=np.int32),
        kit_goods=_kit_goods(children, good_ids, cycle.month),
        delivery_hm=np.array(cycle.delivery_hm or [], dtype=np.int32),
        standby=np.array([row.is_standby for row, _, _ in pledges], dtype=np.bool_),
        good_ids=tuple(good_ids),
        kept=_kept(children, pledge_at),
        pins=_pairs(pins),
        bans=_pairs(bans),
    )


@cache
def _places() -> _Places:
    known = regions()
    return _Places(
        kelurahan={place.code: at for at, place in enumerate(known.all_kelurahan)},
        kecamatan={place.code: at for at, place in enumerate(known.all_kecamatan)},
    )


@cache
def _middle() -> tuple[float, float]:
    offices = regions().all_kelurahan
    return (
        round(sum(place.office_lat for place in offices) / len(offices), 5),
        round(sum(place.office_lon for place in offices) / len(offices), 5),
    )


def _goods_of(row: CyclePledge) -> list[str]:
    """Return the items that a pledge brings in kind; goods that no list knows bind nothing."""
    return [str(line["item_code"]) for line in row.goods if line.get("item_code")]


def _bits(names: Iterable[str], good_ids: Sequence[str]) -> int:
    return sum(1 << good_ids.index(name) for name in set(names))


def _forbidden(
    children: Sequence[tuple[CycleChild, str]], good_ids: Sequence[str], month: str
) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    on = first_day(month)
    found: dict[tuple[int, tuple[str, ...]], int] = {}
    column = []
    for row, _ in children:
        key = (
            completed_months(on - timedelta(days=row.age_days), on),
            tuple(sorted(row.allergies)),
        )
        if key not in found:
            found[key] = _bits(_forbidden_goods(*key, good_ids), good_ids)
        column.append(found[key])
    return np.array(column, dtype=np.uint64)


def _forbidden_goods(
    age_months: int, allergies: tuple[str, ...], good_ids: Sequence[str]
) -> list[str]:
    """Return the goods that food rules keep from a child; below six months its mother eats."""
    recipient = "child" if age_months >= SMALLEST_EATER_MONTHS else "mother"
    return [
        good
        for good in good_ids
        if forbidding_rule(good, age_months=age_months, allergies=allergies, recipient=recipient)
    ]


def _kit_goods(
    children: Sequence[tuple[CycleChild, str]], good_ids: Sequence[str], month: str
) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """Return the goods that the package of each child is made of, after the food rules."""
    on = first_day(month)
    found: dict[tuple[int, tuple[str, ...]], int] = {}
    column = []
    for row, _ in children:
        key = (row.age_days, tuple(sorted(row.allergies)))
        if key not in found:
            package = kit_for(*key, on)
            lines = package.lines if package else ()
            found[key] = _bits({line.item for line in lines} & set(good_ids), good_ids)
        column.append(found[key])
    return np.array(column, dtype=np.uint64)


def _prices(children: Sequence[tuple[CycleChild, str]], month: str) -> list[int]:
    """Return the prices of all packages of a month, the dearest kit's among them.

    So whole places stay what the capacity says, whoever is in the month.
    """
    own = {row.package_price_rp for row, _ in children if row.package_price_rp}
    return sorted(own | {max(1, package_price_rp(first_day(month)))})


def _price_of(row: CycleChild, prices: Sequence[int]) -> int:
    return row.package_price_rp or prices[-1]


def _may_give(row: CyclePledge, prices: Sequence[int]) -> bool:
    """Return whether a pledge gives whole packages, or rupiah that buy at least the cheapest."""
    return row.capacity > 0 or (row.budget_rp or 0) >= prices[0]


def _places_of(row: CyclePledge, prices: Sequence[int]) -> int:
    """Return the packages that a pledge may give at the most, if only its budget bounds it."""
    if row.budget_rp is None:
        return row.capacity
    affordable = row.budget_rp // prices[0]
    return min(row.num_promised or affordable, affordable)


def _within(area_codes: Iterable[str], places: _Places) -> list[int]:
    return sorted({at for code in area_codes for at in places.within(code)})


def _kept(
    children: Sequence[tuple[CycleChild, str]], pledge_at: dict[int, int]
) -> "np.ndarray[tuple[int, int], np.dtype[np.int32]]":
    return _pairs(
        [
            (at, pledge_at[row.kept_pledge_id])
            for at, (row, _) in enumerate(children)
            if row.kept_pledge_id in pledge_at
        ]
    )


def _pairs(
    pairs: Sequence[tuple[int, int]],
) -> "np.ndarray[tuple[int, int], np.dtype[np.int32]]":
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


def _holds(
    session: Session, cycle: Cycle, child_at: dict[int, int], pledge_at: dict[int, int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    pins: list[tuple[int, int]] = []
    bans: list[tuple[int, int]] = []
    holds = session.exec(
        select(Hold).where(Hold.cycle_id == cycle.id, col(Hold.released_at).is_(None))
    ).all()
    for hold in holds:
        known = hold.child_id in child_at and hold.pledge_id in pledge_at
        if hold.kind is HoldKind.PIN and not known:
            raise Refused(
                "matching.pin_impossible",
                child=session.get_one(Child, hold.child_id).code,
                pledge=session.get_one(Pledge, hold.pledge_id).code,
                lacks="child" if hold.child_id not in child_at else "pledge",
            )
        if known:
            pair = (child_at[hold.child_id], pledge_at[hold.pledge_id])
            (pins if hold.kind is HoldKind.PIN else bans).append(pair)
    return sorted(pins), sorted(bans)
