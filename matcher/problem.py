"""What one month's matching is about: children, pledges, and what binds them.

A problem is columns: one array per attribute, not an object per child, so that the same code
carries two hundred children and a million. It names no person: no name, sex, religion, picture
or document number is in it, on purpose.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.faults import Fault, find_faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS_HM = 63_710.088
"""Mean radius of the earth in hectometres (IUGG 1980: 6 371 008.8 m)."""

DISTANCES_AT_ONCE = 4_000_000
"""Longer lists of pairs are measured in parts, to spare memory."""

_DTYPES: dict[str, Any] = {
    "tier": np.int8,
    "points": np.int32,
    "months_waiting": np.int32,
    "kelurahan": np.int32,
    "household": np.int64,
    "child_lat": np.float64,
    "child_lon": np.float64,
    "forbidden_goods": np.uint64,
    "sponsor": np.int32,
    "capacity": np.int32,
    "pledge_lat": np.float64,
    "pledge_lon": np.float64,
    "pledge_kelurahan": np.int32,
    "goods": np.uint64,
    "standby": np.bool_,
    "accepted_start": np.int64,
    "accepted_kelurahan": np.int32,
    "wished_start": np.int64,
    "wished_kelurahan": np.int32,
    "kit_goods": np.uint64,
    "delivery_hm": np.int32,
    "package": np.int32,
    "package_price_rp": np.int64,
    "budget_rp": np.int64,
    "kelurahan_kecamatan": np.int32,
}
_PAIRS = ("kept", "pins", "bans", "conflicts")


def _no_column() -> NDArray[Any]:
    return np.empty(0)


def _no_pairs() -> NDArray[np.int32]:
    return np.empty((0, 2), dtype=np.int32)


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchingProblem:
    """One month of one programme area, as columns.

    Indices run from 0. Columns marked *optional* may be left out and then hold the stated default.
    Arrays are made read-only. Nothing is checked here: ask `validate`.

    Attributes
    ----------
    month
        The cycle, as ``YYYY-MM``.
    kelurahan_codes, kelurahan_kecamatan
        Code of each kelurahan, and the index of its kecamatan, int32[K].
    kecamatan_codes
        Code of each kecamatan.
    child_ids
        Code of each child (an alias; never a NIK), n of them.
    tier
        int8[n]; 1 is the neediest.
    points
        int32[n], 0..1000; order within a tier, more is needier.
    months_waiting
        int32[n], optional (0); months since the child last had a package.
    kelurahan
        int32[n]; index into `kelurahan_codes`.
    household
        int64[n], optional (each child its own); children with one number are siblings.
    child_lat, child_lon, pledge_lat, pledge_lon
        float64, degrees (WGS 84).
    forbidden_goods
        uint64[n], optional (none); bit b set: the child must not get ``good_ids[b]``.
    pledge_ids
        Code of each pledge, m of them.
    sponsor_ids, sponsor
        Code of each sponsor, and int32[m] the sponsor of each pledge; one may have several.
    capacity
        int32[m]; packages that the pledge gives this month.
    pledge_kelurahan
        int32[m], optional (-1); home of the pledge in `kelurahan_codes`, -1 outside of them.
    goods
        uint64[m], optional (0 = money); goods in kind that come with every package of the pledge.
    accepted_start, accepted_kelurahan
        int64[m+1] and int32[a], optional (empty); pledge j accepts the kelurahan
        ``accepted_kelurahan[accepted_start[j]:accepted_start[j + 1]]``; none listed = everywhere.
    wished_start, wished_kelurahan
        As the accepted ones, optional (empty): kelurahan that the sponsor would rather support;
        none listed = no wish. Counts on the level `wishes` only.
    kit_goods
        uint64[n], optional (none); goods that the child's kit is made of. Goods in kind beside
        them count on the level `goods` only.
    delivery_hm
        int32[K+1, K], optional (empty = nothing); expected way of a package for a child of the
        second kelurahan, whose goods come in kind from a pledge in the first; in the last row from
        the depot. Counts on the level `delivery` only.
    package_ids
        Code of each kind of package, optional (none); at most 64.
    package
        int32[n], optional (0); which package the child gets, an index into `package_ids`.
    package_price_rp
        int64[1, C] or int64[K+1, C], optional (empty); what a package costs, in rupiah. With more
        rows than one, as the home of the pledge that buys it: its kelurahan, or the last row.
    budget_rp
        int64[m], optional (-1); rupiah that the pledge gives this month, which its packages must
        not exceed; -1 = counted in packages alone. How prices count is the policy's
        (`policy.BudgetRule`).
    standby
        bool[m], optional (False); standby pledges are used only when asked for.
    good_ids
        Names of the bits of `goods`, optional; at most 64.
    kept
        int32[k, 2]; (child, pledge) of last month.
    pins, bans
        int32[p, 2], int32[b, 2]; (child, pledge) that staff demands or forbids.
    conflicts
        int32[c, 2]; (child, sponsor) with a conflict of interest.
    """

    month: str
    kelurahan_codes: tuple[str, ...]
    kelurahan_kecamatan: NDArray[np.int32]
    kecamatan_codes: tuple[str, ...]
    child_ids: tuple[str, ...]
    tier: NDArray[np.int8]
    points: NDArray[np.int32]
    kelurahan: NDArray[np.int32]
    child_lat: NDArray[np.float64]
    child_lon: NDArray[np.float64]
    pledge_ids: tuple[str, ...]
    sponsor_ids: tuple[str, ...]
    sponsor: NDArray[np.int32]
    capacity: NDArray[np.int32]
    pledge_lat: NDArray[np.float64]
    pledge_lon: NDArray[np.float64]
    months_waiting: NDArray[np.int32] = field(default_factory=_no_column)
    household: NDArray[np.int64] = field(default_factory=_no_column)
    forbidden_goods: NDArray[np.uint64] = field(default_factory=_no_column)
    pledge_kelurahan: NDArray[np.int32] = field(default_factory=_no_column)
    goods: NDArray[np.uint64] = field(default_factory=_no_column)
    accepted_start: NDArray[np.int64] = field(default_factory=_no_column)
    accepted_kelurahan: NDArray[np.int32] = field(default_factory=_no_column)
    wished_start: NDArray[np.int64] = field(default_factory=_no_column)
    wished_kelurahan: NDArray[np.int32] = field(default_factory=_no_column)
    kit_goods: NDArray[np.uint64] = field(default_factory=_no_column)
    delivery_hm: NDArray[np.int32] = field(default_factory=_no_column)
    package_ids: tuple[str, ...] = ()
    package: NDArray[np.int32] = field(default_factory=_no_column)
    package_price_rp: NDArray[np.int64] = field(default_factory=_no_column)
    budget_rp: NDArray[np.int64] = field(default_factory=_no_column)
    standby: NDArray[np.bool_] = field(default_factory=_no_column)
    good_ids: tuple[str, ...] = ()
    kept: NDArray[np.int32] = field(default_factory=_no_pairs)
    pins: NDArray[np.int32] = field(default_factory=_no_pairs)
    bans: NDArray[np.int32] = field(default_factory=_no_pairs)
    conflicts: NDArray[np.int32] = field(default_factory=_no_pairs)

    def __post_init__(self) -> None:
        num_children, num_pledges = len(self.child_ids), len(self.pledge_ids)
        defaults: dict[str, NDArray[Any]] = {
            "months_waiting": np.zeros(num_children),
            "household": np.arange(num_children),
            "forbidden_goods": np.zeros(num_children),
            "pledge_kelurahan": np.full(num_pledges, -1),
            "goods": np.zeros(num_pledges),
            "accepted_start": np.zeros(num_pledges + 1),
            "wished_start": np.zeros(num_pledges + 1),
            "kit_goods": np.zeros(num_children),
            "package": np.zeros(num_children),
            "budget_rp": np.full(num_pledges, -1),
            "standby": np.zeros(num_pledges),
        }
        for name, dtype in _DTYPES.items():
            given = np.asarray(getattr(self, name))
            column = defaults[name] if given.size == 0 and name in defaults else given
            self._freeze(name, _exactly(column, dtype))
        for name in _PAIRS:
            given = np.asarray(getattr(self, name))
            pairs = given.reshape(-1, 2) if given.size else _no_pairs()
            self._freeze(name, _exactly(pairs, np.int32))

    def _freeze(self, name: str, column: NDArray[Any]) -> None:
        frozen = column.view()
        frozen.flags.writeable = False
        object.__setattr__(self, name, frozen)

    @property
    def num_children(self) -> int:
        """Number of children."""
        return len(self.child_ids)

    @property
    def num_pledges(self) -> int:
        """Number of pledges, standby ones included."""
        return len(self.pledge_ids)

    @property
    def num_kelurahan(self) -> int:
        """Number of kelurahan."""
        return len(self.kelurahan_codes)

    @property
    def num_sponsors(self) -> int:
        """Number of sponsors."""
        return len(self.sponsor_ids)

    def accepted_by(self, pledge: int) -> NDArray[np.int32]:
        """Return the kelurahan that one pledge accepts; empty means everywhere."""
        start, end = self.accepted_start[pledge], self.accepted_start[pledge + 1]
        return self.accepted_kelurahan[start:end]

    def wishes_of(self, pledge: int) -> NDArray[np.int32]:
        """Return the kelurahan that one pledge would rather support; empty means any."""
        start, end = self.wished_start[pledge], self.wished_start[pledge + 1]
        return self.wished_kelurahan[start:end]

    def with_columns(self, **columns: Any) -> MatchingProblem:
        """Return this problem with some columns replaced."""
        given = {name: getattr(self, name) for name in COLUMN_NAMES}
        return MatchingProblem(**{**given, **columns})

    def distance_hm(
        self, children: NDArray[np.integer[Any]], pledges: NDArray[np.integer[Any]]
    ) -> NDArray[np.int32]:
        """Return great-circle distances in whole hectometres, broadcast over the two indices.

        Only operations that IEEE 754 rounds exactly are used per pair, so that the same two homes
        are equally far apart in every row order. The arc is the chord times its series in
        chord/radius, good to a metre at 5 000 km. Hundred metres, because nearness must not
        reveal a home.
        """
        if children.ndim == 1 and children.size > DISTANCES_AT_ONCE:
            parts = [
                slice(at, at + DISTANCES_AT_ONCE)
                for at in range(0, children.size, DISTANCES_AT_ONCE)
            ]
            return np.concatenate([self.distance_hm(children[at], pledges[at]) for at in parts])
        x_c, y_c, z_c = _on_sphere(self.child_lat, self.child_lon)
        x_p, y_p, z_p = _on_sphere(self.pledge_lat, self.pledge_lon)
        squared = np.square(x_c[children] - x_p[pledges])
        squared += np.square(y_c[children] - y_p[pledges])
        squared += np.square(z_c[children] - z_p[pledges])
        arc = np.sqrt(squared) * EARTH_RADIUS_HM
        if squared.size and float(squared.max()) > 1e-5:
            arc *= 1 + squared * (1 / 24 + squared * (3 / 640 + squared * (5 / 7168)))
        distance_hm: NDArray[np.int32] = np.rint(arc).astype(np.int32)
        return distance_hm

    def validate(self) -> list[Fault]:
        """Return every fault of this problem, in the order of their numbers; empty if sound."""
        return find_faults(self)

    def problem_hash(self) -> str:
        """Return the SHA-256 of the content, the same for every row order and numbering."""
        digest = hashlib.sha256(b"asuh matching problem 1\n")
        for name, canonical in _canonical_columns(self):
            digest.update(name.encode() + b"\n")
            digest.update(canonical)
        return digest.hexdigest()


def _exactly(column: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Convert, but keep what would not fit as it is, so that `validate` can name it."""
    if column.dtype == dtype:
        return column
    with np.errstate(all="ignore"):
        converted = column.astype(dtype)
        if np.issubdtype(dtype, np.floating) or np.array_equal(converted, column):
            return converted
    return column


def _on_sphere(
    lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)


def _sorted_texts(texts: tuple[str, ...], order: NDArray[np.intp]) -> bytes:
    return "\x1f".join(texts[row] for row in order.tolist()).encode()


def _order_of(codes: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the rows in order of their codes, and the rank of each row.

    Nowhere (-1) and unknown (-2) stay themselves.
    """
    order = np.array(sorted(range(len(codes)), key=codes.__getitem__), dtype=np.intp)
    rank = np.empty(len(codes) + 2, dtype=np.int64)
    rank[order] = np.arange(len(codes))
    rank[-2:] = -2, -1
    return order, rank


def _pairs_bytes(
    pairs: NDArray[np.int32], rank_a: NDArray[np.int64], rank_b: NDArray[np.int64]
) -> bytes:
    ranked = np.stack([rank_a[pairs[:, 0]], rank_b[pairs[:, 1]]], axis=1)
    return np.unique(ranked, axis=0).astype("<i8").tobytes()


def _household_bytes(household: NDArray[np.int64]) -> bytes:
    """Return the partition into households, whatever they are numbered."""
    _, first, inverse = np.unique(household, return_index=True, return_inverse=True)
    return first[inverse].astype("<i8").tobytes()


def _listed_bytes(
    problem: MatchingProblem, name: str, order: NDArray[np.intp], rank: NDArray[np.int64]
) -> bytes:
    sizes = np.diff(getattr(problem, f"{name}_start"))
    pledge = np.repeat(np.arange(problem.num_pledges), sizes)
    place = np.empty(problem.num_pledges, dtype=np.int64)
    place[order] = np.arange(problem.num_pledges)
    pairs = np.stack([place[pledge], rank[getattr(problem, f"{name}_kelurahan")]], axis=1)
    return np.unique(pairs, axis=0).astype("<i8").tobytes()


def _canonical_columns(problem: MatchingProblem) -> list[tuple[str, bytes]]:
    child_order, child_rank = _order_of(problem.child_ids)
    pledge_order, pledge_rank = _order_of(problem.pledge_ids)
    sponsor_order, sponsor_rank = _order_of(problem.sponsor_ids)
    place_order, place_rank = _order_of(problem.kelurahan_codes)
    district_order, district_rank = _order_of(problem.kecamatan_codes)
    columns = [
        ("month", problem.month.encode()),
        ("kelurahan_codes", _sorted_texts(problem.kelurahan_codes, place_order)),
        ("kecamatan_codes", _sorted_texts(problem.kecamatan_codes, district_order)),
        (
            "kelurahan_kecamatan",
            district_rank[problem.kelurahan_kecamatan[place_order]].astype("<i8").tobytes(),
        ),
        ("child_ids", _sorted_texts(problem.child_ids, child_order)),
        ("pledge_ids", _sorted_texts(problem.pledge_ids, pledge_order)),
        ("sponsor_ids", _sorted_texts(problem.sponsor_ids, sponsor_order)),
        ("good_ids", "\x1f".join(problem.good_ids).encode()),
        ("kelurahan", place_rank[problem.kelurahan[child_order]].astype("<i8").tobytes()),
        ("household", _household_bytes(problem.household[child_order])),
        ("sponsor", sponsor_rank[problem.sponsor[pledge_order]].astype("<i8").tobytes()),
        (
            "pledge_kelurahan",
            place_rank[problem.pledge_kelurahan[pledge_order]].astype("<i8").tobytes(),
        ),
        ("accepted", _listed_bytes(problem, "accepted", pledge_order, place_rank)),
        ("kept", _pairs_bytes(problem.kept, child_rank, pledge_rank)),
        ("pins", _pairs_bytes(problem.pins, child_rank, pledge_rank)),
        ("bans", _pairs_bytes(problem.bans, child_rank, pledge_rank)),
        ("conflicts", _pairs_bytes(problem.conflicts, child_rank, sponsor_rank)),
    ]
    if problem.wished_kelurahan.size:
        columns.append(("wished", _listed_bytes(problem, "wished", pledge_order, place_rank)))
    if problem.kit_goods.any():
        columns.append(("kit_goods", _little_endian(problem.kit_goods[child_order])))
    if problem.delivery_hm.size:
        rows = np.append(place_order, problem.num_kelurahan)
        columns.append(
            ("delivery_hm", _little_endian(problem.delivery_hm[np.ix_(rows, place_order)]))
        )
    if bool(np.any(problem.budget_rp >= 0)):
        columns += _budget_columns(problem, child_order, pledge_order, place_order)
    of_children = ("tier", "points", "months_waiting", "forbidden_goods", "child_lat", "child_lon")
    of_pledges = ("capacity", "goods", "standby", "pledge_lat", "pledge_lon")
    return [
        *columns,
        *((name, _little_endian(getattr(problem, name)[child_order])) for name in of_children),
        *((name, _little_endian(getattr(problem, name)[pledge_order])) for name in of_pledges),
    ]


def _budget_columns(
    problem: MatchingProblem,
    child_order: NDArray[np.intp],
    pledge_order: NDArray[np.intp],
    place_order: NDArray[np.intp],
) -> list[tuple[str, bytes]]:
    """Return budgets and the price of each child's package, whatever packages are called."""
    prices = problem.package_price_rp
    if len(prices) > 1:
        prices = prices[np.append(place_order, problem.num_kelurahan)]
    of_child = prices[:, problem.package[child_order]]
    return [
        ("budget_rp", _little_endian(problem.budget_rp[pledge_order])),
        ("package_price_rp", _little_endian(np.ascontiguousarray(of_child))),
        ("dearest_rp", _little_endian(prices.max(axis=1, initial=0))),
        ("cheapest_rp", _little_endian(prices.min(axis=1, initial=1 << 40))),
    ]


def _little_endian(column: NDArray[Any]) -> bytes:
    return column.astype(column.dtype.newbyteorder("<")).tobytes()


COLUMN_NAMES = tuple(each.name for each in fields(MatchingProblem))
"""Names of all columns, in the order of declaration."""
