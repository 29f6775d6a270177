"""Children whom nothing but an undecided pair keeps out of a month that is locked now."""

from datetime import datetime

from sqlalchemy import union
from sqlmodel import Session, col, select

from api.services.child_states import OPEN_DECISIONS
from api.services.eligibility import why_not_but_for_pair
from api.services.snapshot import rules_of_month
from data.schema import (
    Child,
    Consent,
    ConsentPurpose,
    Cycle,
    DuplicatePair,
    Household,
    Measurement,
    PairKind,
)


def num_held_by_pairs(session: Session, *, cycle: Cycle, now: datetime) -> int:
    """Return how many children of undecided pairs would take part in a month without the pair.

    Each record counts: of two that are one child, both may stand here.
    """
    waiting = (
        DuplicatePair.kind == PairKind.CHILD,
        col(DuplicatePair.decision).in_(OPEN_DECISIONS),
    )
    held = union(
        select(DuplicatePair.first_id).where(*waiting),
        select(DuplicatePair.second_id).where(*waiting),
    )
    children = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == col(Child.household_id))
        .where(col(Child.id).in_(held))
    ).all()
    measured: dict[int, list[Measurement]] = {}
    for one in session.exec(select(Measurement).where(col(Measurement.child_id).in_(held))):
        measured.setdefault(one.child_id, []).append(one)
    consents: dict[int, list[Consent]] = {}
    for given in session.exec(
        select(Consent).where(
            Consent.purpose == ConsentPurpose.PROGRAMME, col(Consent.child_id).in_(held)
        )
    ):
        consents.setdefault(given.child_id, []).append(given)
    rules = rules_of_month(session, cycle=cycle, now=now)
    return sum(
        why_not_but_for_pair(
            child, home, measured.get(child.id or 0, ()), consents.get(child.id or 0, ()), rules
        )
        is None
        for child, home in children
    )
