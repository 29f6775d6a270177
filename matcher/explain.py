"""Why a child is not covered and what would change it; why this pair; where to recruit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.matching import Matching
    from matcher.policy import LevelName
    from matcher.problem import MatchingProblem


class ReasonCode(StrEnum):
    """Why a child is not covered, or why a pair was made; sentences live in catalogues."""

    NO_PLEDGES = "reason.no_pledges"
    NO_PLACES = "reason.no_places"
    NO_PLEDGE_ACCEPTS_AREA = "reason.no_pledge_accepts_area"
    GOODS_FORBIDDEN = "reason.goods_forbidden"
    ALL_REFUSED = "reason.all_refused"
    NEEDIER_TIER_FIRST = "reason.needier_tier_first"
    KELURAHAN_SHARE = "reason.kelurahan_share"
    MORE_POINTS_FIRST = "reason.more_points_first"
    LONGER_WAIT_FIRST = "reason.longer_wait_first"
    KEPT_PAIRS_FIRST = "reason.kept_pairs_first"
    NEARER_CHILD_FIRST = "reason.nearer_child_first"
    LOTTERY = "reason.lottery"
    SIBLING_RULE = "reason.sibling_rule"
    PAIR_PINNED = "reason.pair_pinned"
    PAIR_KEPT = "reason.pair_kept"
    PAIR_SAME_KELURAHAN = "reason.pair_same_kelurahan"
    PAIR_SAME_KECAMATAN = "reason.pair_same_kecamatan"
    PAIR_NEAREST = "reason.pair_nearest"
    PAIR_BEST_TOGETHER = "reason.pair_best_together"


class RemedyCode(StrEnum):
    """What would cover a child; sentences live in catalogues."""

    MORE_PLACES_AT_PLEDGE = "remedy.more_places_at_pledge"
    MORE_PLACES_IN_KELURAHAN = "remedy.more_places_in_kelurahan"
    WIDEN_AREA = "remedy.widen_area"
    MONEY_INSTEAD_OF_GOODS = "remedy.money_instead_of_goods"
    LIFT_BAN = "remedy.lift_ban"
    USE_STANDBY = "remedy.use_standby"
    ALLOW_SIBLING_SPLIT = "remedy.allow_sibling_split"


@dataclass(frozen=True)
class Remedy:
    """A change that covers the child, with the values that say where and how much."""

    code: RemedyCode
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unassigned:
    """An uncovered child: the reason, and changes that would cover it, cheapest first."""

    child_id: str
    reason: ReasonCode
    params: dict[str, Any]
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class PairReason:
    """Why a child has its pledge, and the next best one with what it would cost per level."""

    child_id: str
    pledge_id: str
    reason: ReasonCode
    params: dict[str, Any]
    next_best: str | None
    price: dict[LevelName, int]


@dataclass(frozen=True)
class PlaceWorth:
    """What exactly one more place would be worth: at a pledge, or for a kelurahan."""

    where: str
    gain: dict[LevelName, int]
    covers: str | None


@dataclass(frozen=True)
class WhatIf:
    """What would change if a child went to a pledge: allowed or refused, price, who moves."""

    child_id: str
    pledge_id: str
    refusals: tuple[str, ...]
    price: dict[LevelName, int]
    moves: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True)
class Change:
    """One child whose pledge differs between two matchings; None = not covered."""

    child_id: str
    before: str | None
    after: str | None


def explain_unassigned(problem: MatchingProblem, matching: Matching) -> list[Unassigned]:
    """Return for every uncovered child why, and the cheapest changes that would cover it."""
    raise NotImplementedError


def explain_pairs(
    problem: MatchingProblem, matching: Matching, children: Sequence[int] | None = None
) -> list[PairReason]:
    """Return why each covered child (or each of `children`) has its pledge, and the next best."""
    raise NotImplementedError


def worth_of_places(problem: MatchingProblem, matching: Matching) -> list[PlaceWorth]:
    """Return the exact worth of one more place at each pledge."""
    raise NotImplementedError


def recruiting(problem: MatchingProblem, matching: Matching) -> list[PlaceWorth]:
    """Return the exact worth of one more place for each kelurahan, best first."""
    raise NotImplementedError


def what_if(problem: MatchingProblem, matching: Matching, child: int, pledge: int) -> WhatIf:
    """Return what giving one child to one pledge would cost, and who would move."""
    raise NotImplementedError


def changes_since_last_month(problem: MatchingProblem, matching: Matching) -> list[Change]:
    """Return the kept pairs that were not kept."""
    raise NotImplementedError


def changes_between(problem: MatchingProblem, before: Matching, after: Matching) -> list[Change]:
    """Return the children whose pledge differs between two runs of one problem."""
    raise NotImplementedError
