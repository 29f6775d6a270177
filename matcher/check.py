"""Re-check a matching from the problem alone: no solver, no shared code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


class ViolationCode(StrEnum):
    """What a checked matching can be guilty of; `docs/matching.md` lists them."""

    WRONG_PROBLEM = "check.wrong_problem"
    WRONG_SHAPE = "check.wrong_shape"
    UNKNOWN_PLEDGE = "check.unknown_pledge"
    OVER_CAPACITY = "check.over_capacity"
    OUTSIDE_AREA = "check.outside_area"
    FORBIDDEN_GOODS = "check.forbidden_goods"
    BANNED_PAIR = "check.banned_pair"
    CONFLICT_PAIR = "check.conflict_pair"
    STANDBY_USED = "check.standby_used"
    PIN_NOT_KEPT = "check.pin_not_kept"
    SIBLINGS_SPLIT = "check.siblings_split"
    NOT_A_CANDIDATE = "check.not_a_candidate"
    LEVELS_DIFFER = "check.levels_differ"
    WRONG_VALUE = "check.wrong_value"
    WRONG_COST = "check.wrong_cost"
    WRONG_BOUND = "check.wrong_bound"
    WRONG_STATUS = "check.wrong_status"
    WRONG_RESULT_HASH = "check.wrong_result_hash"


@dataclass(frozen=True)
class Violation:
    """One thing that does not hold: its code and the values that show it."""

    code: ViolationCode
    params: dict[str, Any] = field(default_factory=dict)


def check(problem: MatchingProblem, matching: Matching) -> list[Violation]:
    """Return what does not hold, most basic first; an empty list is the seal of approval."""
    raise NotImplementedError
