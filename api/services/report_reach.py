"""How far each child of a month came on the way to a package, and what stopped it first.

Each child is counted once: at the first of the steps below that it did not take, with the first
cause that held. Children and causes of all steps therefore add up to the children known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.queries.reports import package_states
from data.queries.targeting import proposed_children, served_children, uncovered_reasons
from data.schema import FulfilmentState, PackageState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlmodel import Session

    from data.schema import Cycle, CycleChild

__all__ = ["KEPT_OFF", "LEFT", "STEPS", "TAKEN_BACK", "Reach", "group_of", "read_reach", "step_of"]

STEPS = (
    "target_known",
    "target_registered",
    "target_eligible",
    "matching_matched",
    "target_packed",
    "target_received",
)
"""The way of a child: known, on the locked list, entitled, paired, packed for, received."""
LEFT = "kept_off_left"
KEPT_OFF: dict[str, tuple[str, ...]] = {
    LEFT: ("child.graduated", "child.exited"),
    "kept_off_age": ("child.too_old",),
    "kept_off_doubt": ("child.open_duplicate", "child.duplicate", "child.needs_review"),
    "kept_off_paused": ("child.paused",),
    "kept_off_place": ("child.moved_pending", "child.no_kelurahan", "child.out_of_city"),
    "kept_off_measurement": ("child.not_measured", "child.measured_long_ago"),
    "kept_off_need": ("child.not_stunted",),
    "kept_off_consent": (
        "child.no_consent",
        "child.consent_refused",
        "child.consent_contradictory",
        "child.consent_withdrawn",
        "child.consent_expired",
    ),
}
"""Figure → the rules of :mod:`api.services.eligibility` that it counts, in the order in which they
are asked; who left before the list was locked was never asked. A child is paused, in review or
moved, never two of them, so that their order does not matter."""
UNPACKED = ("stopped.no_package", "stopped.cancelled", "stopped.not_packed")
UNDELIVERED: dict[PackageState, str] = {
    PackageState.PACKED: "stopped.under_way",
    PackageState.LOADED: "stopped.under_way",
    PackageState.REASSIGNED: "stopped.under_way",
    PackageState.CARRIED: "stopped.carried",
    PackageState.REJECTED: "stopped.refused",
    PackageState.RETURNED: "stopped.returned",
    PackageState.RESTOCKED: "stopped.returned",
    PackageState.SPOILED: "stopped.spoiled",
    PackageState.LOST: "stopped.lost",
}
ARRIVED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)
TAKEN_BACK = "stopped.corrected"
"""Reported as handed over; a correction after closing says that the family got nothing."""
ENDED, PROPOSED, NOT_MATCHED = "reason.pair_ended", "reason.not_approved", "reason.not_matched"
"""Why an entitled child has no standing pair where the matcher gave no reason."""


def group_of(cause: str) -> str:
    """Return the figure that a rule counts in; one that is not known wants a look."""
    return next((group for group, causes in KEPT_OFF.items() if cause in causes), "kept_off_doubt")


def step_of(cause: str) -> str:
    """Return the last step that a child took whom a cause stopped."""
    if cause.startswith("child."):
        return STEPS[0] if group_of(cause) == LEFT else STEPS[1]
    if cause.startswith("reason."):
        return STEPS[2]
    return STEPS[3] if cause in UNPACKED else STEPS[4]


@dataclass(frozen=True, slots=True)
class Reach:
    """Pairs and packages of a month, by the record that speaks for the child.

    ``reasons`` are the matcher's, by the record of the snapshot; ``outcomes`` has, per child, how
    each of its packages ended: empty for one that arrived, else the cause.
    """

    matched: set[int]
    proposed: set[int]
    reasons: Mapping[int, str]
    was_matched: bool
    outcomes: Mapping[int, set[str]]

    def of(self, frozen: CycleChild, record_id: int) -> tuple[dict[str, int], str]:
        """Return the figures that a child on the locked list counts in, and what stopped it."""
        if not frozen.is_eligible:
            cause = frozen.reason or "child.needs_review"
            return {group_of(cause): 1}, cause
        if record_id not in self.matched:
            return {"target_eligible": 1, "matching_unmatched": 1}, self._unmatched(
                frozen.child_id, record_id
            )
        outcomes = self.outcomes.get(record_id, {UNPACKED[0]})
        # The package that came farthest counts: a cancelled one may have been packed anew.
        stopped = min(outcomes, key=_rank)
        return {
            "target_eligible": 1,
            "matching_matched": 1,
            "target_packed": stopped not in UNPACKED,
            "target_received": not stopped,
        }, stopped

    def _unmatched(self, child_id: int, record_id: int) -> str:
        if child_id in self.reasons:
            return self.reasons[child_id]
        if record_id in self.proposed:
            return PROPOSED
        return ENDED if self.was_matched else NOT_MATCHED


def read_reach(
    session: Session,
    cycle: Cycle,
    corrected: Mapping[int, FulfilmentState],
    *,
    among: Collection[int] | None = None,
) -> Reach:
    """Read pairs and packages of a month.

    ``corrected`` are judgements after closing, by pair; ``among`` asks for the packages of some
    children only.
    """
    outcomes: defaultdict[int, set[str]] = defaultdict(set)
    for child_id, pair_id, state in package_states(session, cycle_id=cycle.id or 0, among=among):
        outcomes[child_id].add(_outcome(state, corrected.get(pair_id)))
    return Reach(
        matched=served_children(session, cycle_id=cycle.id or 0),
        proposed=proposed_children(session, cycle_id=cycle.id or 0),
        reasons=uncovered_reasons(session, match_run_id=cycle.match_run_id),
        was_matched=cycle.match_run_id is not None,
        outcomes=outcomes,
    )


def _outcome(state: PackageState, judged: FulfilmentState | None) -> str:
    """Return what stopped a package, empty where it arrived; a correction has the last word."""
    if state is PackageState.CANCELLED:
        return UNPACKED[1]
    has_arrived = state in ARRIVED if judged is None else judged != FulfilmentState.UNFULFILLED
    if has_arrived:
        return ""
    return TAKEN_BACK if state in ARRIVED else UNDELIVERED.get(state, UNPACKED[2])


def _rank(stopped: str) -> tuple[int, str]:
    """Return how near a package came, the nearest first."""
    if not stopped:
        return 0, ""
    return (2 + UNPACKED[::-1].index(stopped) if stopped in UNPACKED else 1), stopped
