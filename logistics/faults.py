"""What can be wrong with a problem before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.problem import RoutingProblem


class FaultCode(StrEnum):
    """Numbered kinds of fault; `docs/routing.md` lists each with its remedy."""

    NO_DAYS = "R001"
    DUPLICATE_DAY = "R002"
    DUPLICATE_ID = "R003"
    EMPTY_ID = "R004"
    UNKNOWN_DEPOT = "R005"
    UNKNOWN_PLACE = "R006"
    UNKNOWN_IN_HOLD = "R007"
    EMPTY_HOLD = "R008"
    DAY_NOT_PLANNED = "R009"
    NEGATIVE_NUMBER = "R010"
    BAD_HOURS = "R011"
    OVERLAPPING_SHIFTS = "R012"
    BAD_LIMIT = "R013"
    BAD_SPEED = "R014"
    HALF_COORDINATES = "R015"
    DUPLICATE_OPTION = "R016"
    BAD_PRIORITY = "R017"
    BAD_MATRIX = "R018"
    BAD_BANDS = "R019"
    DEPOT_WITHOUT_COORDINATES = "R020"
    TOO_LARGE_NUMBER = "R021"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its code, where it is, and the values that show it."""

    code: FaultCode
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code.value} {self.code.name}: {shown}"


class InvalidProblemError(ValueError):
    """The problem cannot be planned as it stands; `faults` names everything found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def find_faults(problem: RoutingProblem) -> list[Fault]:
    """Return all faults of a problem, in the order of their numbers."""
    raise NotImplementedError
