"""What can be wrong with a problem before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its code, where it is, and the values that show it."""

    code: FaultCode
    params: dict[str, Any] = field(default_factory=dict)

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
    raise NotImplementedError
