"""What can be wrong with a problem before anything is solved."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from matcher.problem import MatchingProblem


class FaultCode(StrEnum):
    """Numbered kinds of fault; `docs/matching.md` lists each with its remedy."""

    BAD_MONTH = "M001"
    COLUMN_LENGTH = "M002"
    DUPLICATE_ID = "M003"
    EMPTY_ID = "M004"
    BAD_COORDINATES = "M005"
    BAD_TIER = "M006"
    BAD_POINTS = "M007"
    BAD_MONTHS_WAITING = "M008"
    UNKNOWN_KELURAHAN = "M009"
    UNKNOWN_KECAMATAN = "M010"
    UNKNOWN_SPONSOR = "M011"
    BAD_CAPACITY = "M012"
    BAD_AREAS = "M013"
    UNKNOWN_GOOD = "M014"
    UNKNOWN_IN_PAIR = "M015"
    CHILD_KEPT_TWICE = "M016"
    CHILD_PINNED_TWICE = "M017"
    PIN_IS_BANNED = "M018"
    PIN_IN_CONFLICT = "M019"
    PIN_OUTSIDE_AREA = "M020"
    PIN_FORBIDDEN_GOODS = "M021"
    PIN_OVER_CAPACITY = "M022"
    PIN_SPLITS_SIBLINGS = "M023"
    BAD_WISHES = "M024"
    BAD_DELIVERY = "M025"
    TOO_MANY_IN_TIERS = "M026"
    BAD_BUDGET = "M027"
    BAD_PACKAGE_PRICE = "M028"
    UNKNOWN_PACKAGE = "M029"
    PIN_OVER_BUDGET = "M030"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its code, where it is, and the values that show it."""

    code: FaultCode
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence_code(self) -> str:
        """Code of the sentence that says it in the reader's language."""
        return f"fault.{self.code.name.lower()}"

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code.value} {self.code.name}: {shown}"


class InvalidProblemError(ValueError):
    """The problem cannot be solved as it stands; `faults` names everything found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def find_faults(problem: MatchingProblem) -> list[Fault]:
    """Return all faults of a problem, in the order of their numbers."""
    faults = [*_month(problem), *_lengths(problem), *_ids(problem)]
    if any(fault.code is FaultCode.COLUMN_LENGTH for fault in faults):
        return faults
    faults += [*_ranges(problem), *_places(problem), *_areas(problem), *_goods(problem)]
    faults += [*_delivery(problem), *_budgets(problem)]
    faults += _unknown_pairs(problem)
    named = _with_known_pairs(problem)
    areas_known = all(fault.code is not FaultCode.BAD_AREAS for fault in faults)
    refused = _refused_pins(named, areas_known=areas_known)
    faults += [*_twice(named), *refused, *_crowded_pins(named)]
    return sorted(faults, key=lambda fault: fault.code.value)


def split_pins(problem: MatchingProblem) -> list[Fault]:
    """Return the pins that give siblings to different sponsors, where that is not allowed."""
    first: dict[int, tuple[int, int]] = {}
    faults = []
    for child, pledge in problem.pins.tolist():
        household = int(problem.household[child])
        sponsor = int(problem.sponsor[pledge])
        other, sponsor_before = first.setdefault(household, (child, sponsor))
        if sponsor_before != sponsor:
            params = {"child": problem.child_ids[other], "sibling": problem.child_ids[child]}
            faults.append(Fault(FaultCode.PIN_SPLITS_SIBLINGS, params))
    return faults


_CHILD_COLUMNS = (
    "tier",
    "points",
    "kelurahan",
    "child_lat",
    "child_lon",
    "months_waiting",
    "household",
    "forbidden_goods",
    "kit_goods",
    "package",
)
_PLEDGE_COLUMNS = (
    "sponsor",
    "capacity",
    "pledge_lat",
    "pledge_lon",
    "pledge_kelurahan",
    "goods",
    "standby",
    "budget_rp",
)
LONGEST_WAY_HM = 200_151
"""Half the way around the earth."""

LARGEST_BUDGET_RP = 10**12
LARGEST_PRICE_RP = 10**9
MOST_PACKAGES = 64
_PAIR_LISTS = ("kept", "pins", "bans", "conflicts")


def _month(problem: MatchingProblem) -> Iterator[Fault]:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", problem.month):
        yield Fault(FaultCode.BAD_MONTH, {"month": problem.month})


def _lengths(problem: MatchingProblem) -> Iterator[Fault]:
    wanted = dict.fromkeys(_CHILD_COLUMNS, problem.num_children)
    wanted |= dict.fromkeys(_PLEDGE_COLUMNS, problem.num_pledges)
    wanted["accepted_start"] = wanted["wished_start"] = problem.num_pledges + 1
    wanted["kelurahan_kecamatan"] = problem.num_kelurahan
    for name, expected in wanted.items():
        column = getattr(problem, name)
        if column.shape != (expected,):
            params = {"column": name, "expected": expected, "found": list(column.shape)}
            yield Fault(FaultCode.COLUMN_LENGTH, params)


def _ids(problem: MatchingProblem) -> Iterator[Fault]:
    names = ("child_ids", "pledge_ids", "sponsor_ids", "kelurahan_codes", "kecamatan_codes")
    for name in names:
        codes = getattr(problem, name)
        seen: set[str] = set()
        for row, code in enumerate(codes):
            if not code or "\x1f" in code or "\n" in code:
                yield Fault(FaultCode.EMPTY_ID, {"column": name, "row": row})
            elif code in seen:
                yield Fault(FaultCode.DUPLICATE_ID, {"column": name, "row": row, "id": code})
            seen.add(code)


def _outside(
    column: NDArray[Any],
    low: float,
    high: float,
    code: FaultCode,
    *,
    ids: tuple[str, ...],
    name: str,
) -> Iterator[Fault]:
    within = (column >= low) & (column <= high)
    if not np.issubdtype(column.dtype, np.integer) and "lat" not in name and "lon" not in name:
        within &= column == np.rint(column)
    for row in np.flatnonzero(~within).tolist():
        yield Fault(code, {"column": name, "id": ids[row], "value": column[row].item()})


def _ranges(problem: MatchingProblem) -> Iterator[Fault]:
    children, pledges = problem.child_ids, problem.pledge_ids
    for name, low, high, code in (
        ("child_lat", -90, 90, FaultCode.BAD_COORDINATES),
        ("child_lon", -180, 180, FaultCode.BAD_COORDINATES),
        ("tier", 1, 127, FaultCode.BAD_TIER),
        ("points", 0, 1000, FaultCode.BAD_POINTS),
        ("months_waiting", 0, 1200, FaultCode.BAD_MONTHS_WAITING),
        ("kelurahan", 0, problem.num_kelurahan - 1, FaultCode.UNKNOWN_KELURAHAN),
    ):
        yield from _outside(getattr(problem, name), low, high, code, ids=children, name=name)
    for name, low, high, code in (
        ("pledge_lat", -90, 90, FaultCode.BAD_COORDINATES),
        ("pledge_lon", -180, 180, FaultCode.BAD_COORDINATES),
        ("capacity", 0, 1_000_000, FaultCode.BAD_CAPACITY),
        ("sponsor", 0, problem.num_sponsors - 1, FaultCode.UNKNOWN_SPONSOR),
        ("pledge_kelurahan", -1, problem.num_kelurahan - 1, FaultCode.UNKNOWN_KELURAHAN),
    ):
        yield from _outside(getattr(problem, name), low, high, code, ids=pledges, name=name)


def _places(problem: MatchingProblem) -> Iterator[Fault]:
    yield from _outside(
        problem.kelurahan_kecamatan,
        0,
        len(problem.kecamatan_codes) - 1,
        FaultCode.UNKNOWN_KECAMATAN,
        ids=problem.kelurahan_codes,
        name="kelurahan_kecamatan",
    )


def _areas(problem: MatchingProblem) -> Iterator[Fault]:
    yield from _listed_areas(problem, "accepted", FaultCode.BAD_AREAS)
    yield from _listed_areas(problem, "wished", FaultCode.BAD_WISHES)


def _delivery(problem: MatchingProblem) -> Iterator[Fault]:
    ways, places = problem.delivery_hm, problem.num_kelurahan
    if not ways.size:
        return
    if ways.shape != (places + 1, places):
        params = {"expected": [places + 1, places], "found": list(ways.shape)}
        yield Fault(FaultCode.BAD_DELIVERY, params)
    elif ways.dtype != np.int32 or ways.min() < 0 or ways.max() > LONGEST_WAY_HM:
        yield Fault(FaultCode.BAD_DELIVERY, {"largest": LONGEST_WAY_HM})


def _budgets(problem: MatchingProblem) -> Iterator[Fault]:
    yield from _outside(
        problem.budget_rp,
        -1,
        LARGEST_BUDGET_RP,
        FaultCode.BAD_BUDGET,
        ids=problem.pledge_ids,
        name="budget_rp",
    )
    if not bool(np.any(problem.budget_rp >= 0)):
        return
    prices, kinds = problem.package_price_rp, len(problem.package_ids)
    heights = (1, problem.num_kelurahan + 1)
    if prices.ndim != 2 or prices.shape[0] not in heights or prices.shape[1] != kinds or not kinds:
        params = {"expected": [list(heights), kinds], "found": list(prices.shape)}
        yield Fault(FaultCode.BAD_PACKAGE_PRICE, params)
    elif prices.dtype != np.int64 or prices.min() < 1 or prices.max() > LARGEST_PRICE_RP:
        yield Fault(FaultCode.BAD_PACKAGE_PRICE, {"least": 1, "largest": LARGEST_PRICE_RP})
    if kinds > MOST_PACKAGES:
        yield Fault(FaultCode.UNKNOWN_PACKAGE, {"num_packages": kinds})
    yield from _outside(
        problem.package,
        0,
        kinds - 1,
        FaultCode.UNKNOWN_PACKAGE,
        ids=problem.child_ids,
        name="package",
    )


def _listed_areas(problem: MatchingProblem, name: str, code: FaultCode) -> Iterator[Fault]:
    start, areas = getattr(problem, f"{name}_start"), getattr(problem, f"{name}_kelurahan")
    ends_well = start[0] == 0 and start[-1] == len(areas)
    if not ends_well or bool(np.any(np.diff(start) < 0)):
        yield Fault(code, {"column": f"{name}_start"})
        return
    for at in np.flatnonzero((areas < 0) | (areas >= problem.num_kelurahan)).tolist():
        pledge = int(np.searchsorted(start, at, side="right")) - 1
        params = {"id": problem.pledge_ids[pledge], "value": int(areas[at])}
        yield Fault(code, params)


def _goods(problem: MatchingProblem) -> Iterator[Fault]:
    if len(problem.good_ids) > 64:
        yield Fault(FaultCode.UNKNOWN_GOOD, {"num_goods": len(problem.good_ids)})
        return
    known = np.uint64((1 << len(problem.good_ids)) - 1)
    for name, ids in (
        ("forbidden_goods", problem.child_ids),
        ("kit_goods", problem.child_ids),
        ("goods", problem.pledge_ids),
    ):
        column = getattr(problem, name)
        for row in np.flatnonzero(column & ~known).tolist():
            yield Fault(FaultCode.UNKNOWN_GOOD, {"column": name, "id": ids[row]})


def _unknown_pairs(problem: MatchingProblem) -> Iterator[Fault]:
    for name in _PAIR_LISTS:
        pairs = getattr(problem, name)
        for row in np.flatnonzero(~_known_pairs(problem, name)).tolist():
            params = {"list": name, "row": row, "pair": pairs[row].tolist()}
            yield Fault(FaultCode.UNKNOWN_IN_PAIR, params)


def _known_pairs(problem: MatchingProblem, name: str) -> NDArray[np.bool_]:
    """Return which rows of a list of pairs name a child and a pledge (or sponsor) that exist."""
    pairs = getattr(problem, name)
    width = problem.num_sponsors if name == "conflicts" else problem.num_pledges
    known: NDArray[np.bool_] = (pairs[:, 0] >= 0) & (pairs[:, 0] < problem.num_children)
    known &= (pairs[:, 1] >= 0) & (pairs[:, 1] < width)
    return known


def _with_known_pairs(problem: MatchingProblem) -> MatchingProblem:
    """Return the problem without the pairs that name nobody: the others are looked at as well."""
    kept = {name: getattr(problem, name)[_known_pairs(problem, name)] for name in _PAIR_LISTS}
    return problem.with_columns(**kept)


def _twice(problem: MatchingProblem) -> Iterator[Fault]:
    for name, code in (
        ("kept", FaultCode.CHILD_KEPT_TWICE),
        ("pins", FaultCode.CHILD_PINNED_TWICE),
    ):
        children, counts = np.unique(getattr(problem, name)[:, 0], return_counts=True)
        for child in children[counts > 1].tolist():
            yield Fault(code, {"child": problem.child_ids[child]})


def _refused_pins(problem: MatchingProblem, *, areas_known: bool) -> Iterator[Fault]:
    banned = {(child, pledge) for child, pledge in problem.bans.tolist()}
    conflicts = {(child, sponsor) for child, sponsor in problem.conflicts.tolist()}
    for child, pledge in problem.pins.tolist():
        params = {"child": problem.child_ids[child], "pledge": problem.pledge_ids[pledge]}
        if (child, pledge) in banned:
            yield Fault(FaultCode.PIN_IS_BANNED, params)
        if (child, int(problem.sponsor[pledge])) in conflicts:
            yield Fault(FaultCode.PIN_IN_CONFLICT, params)
        areas = problem.accepted_by(pledge) if areas_known else np.empty(0)
        if areas.size and problem.kelurahan[child] not in areas:
            yield Fault(FaultCode.PIN_OUTSIDE_AREA, params)
        if int(problem.goods[pledge]) & int(problem.forbidden_goods[child]):
            yield Fault(FaultCode.PIN_FORBIDDEN_GOODS, params)


def _crowded_pins(problem: MatchingProblem) -> Iterator[Fault]:
    pinned = np.bincount(problem.pins[:, 1], minlength=problem.num_pledges)
    for pledge in np.flatnonzero(pinned > np.maximum(problem.capacity, 0)).tolist():
        children = problem.pins[problem.pins[:, 1] == pledge, 0].tolist()
        params = {
            "pledge": problem.pledge_ids[pledge],
            "capacity": int(problem.capacity[pledge]),
            "children": [problem.child_ids[child] for child in children],
        }
        yield Fault(FaultCode.PIN_OVER_CAPACITY, params)
