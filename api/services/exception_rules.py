"""What may be done about a case, and what keeps it open, by what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.delivery_actions import undelivered_units, unusable_units
from api.services.errors import Refused
from data.schema import CycleState, ExceptionAction, ExceptionState, PackageState

if TYPE_CHECKING:
    from api.services.exception_facts import Facts
    from data.schema import DeliveryException

__all__ = ["actions_by", "unsettled"]

A = ExceptionAction
S = ExceptionState
MAX_ATTEMPTS = 3
"""After so many failures the address is checked before anybody drives there again."""
ON_THE_ROAD = (A.REDELIVER, A.PICK_UP, A.REASSIGN)
"""Actions that need another route: a month that is reconciled plans none."""
FOR_OTHERS = (A.REDELIVER, A.PICK_UP, A.REASSIGN, A.RETURN)
"""Actions after which a family gets the goods; none of them fits goods that are all unusable."""


def actions_by(case: DeliveryException, facts: Facts) -> tuple[ExceptionAction, ...]:
    """Return what may be done about a case by what stands around it."""
    if case.state in (S.CLOSED, S.VERIFIED):
        return ()
    if facts.package is None:
        return (A.GRIEVANCE,)
    if facts.cycle.state == CycleState.CLOSED:
        return (A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)
    allowed = _fitting(case, facts)
    if facts.cycle.state == CycleState.RECONCILING:
        allowed = tuple(action for action in allowed if action not in ON_THE_ROAD)
    left = undelivered_units(facts.lines)
    if left and unusable_units(facts.lines, facts.event) == left:
        return tuple(action for action in allowed if action not in FOR_OTHERS)
    return allowed


def _fitting(case: DeliveryException, facts: Facts) -> tuple[ExceptionAction, ...]:
    if facts.package is not None and facts.package.state == PackageState.LOADED:
        if case.attempts >= MAX_ATTEMPTS:
            return (A.DATA_CHANGE, A.RETURN, A.SPOIL, A.EXIT_CHILD, A.GRIEVANCE)
        return (
            A.REDELIVER,
            A.PICK_UP,
            A.REASSIGN,
            A.RETURN,
            A.SPOIL,
            A.DATA_CHANGE,
            A.EXIT_CHILD,
            A.GRIEVANCE,
        )
    if facts.has_left_over:
        return (A.RETURN, A.SPOIL, A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)
    return (A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)


def unsettled(case: DeliveryException, facts: Facts) -> Refused | None:
    """Return why a case cannot be closed just so; goods before words."""
    package = facts.package
    if package is not None:
        is_sent_again = case.action in (A.REDELIVER, A.PICK_UP)
        if package.state == PackageState.LOADED and not is_sent_again:
            return Refused("exception.still_loaded", package=package.code)
        if facts.has_left_over:
            return Refused("exception.left_over", package=package.code)
        if facts.is_contradicted:
            return Refused("exception.contradicted", package=package.code)
    if facts.num_unasked:
        return Refused("exception.unasked", count=facts.num_unasked)
    return None
