"""Who of the children that take part in a month has a sponsor, by kelurahan."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.schema import Assignment, AssignmentState, Cycle, CycleChild

STANDING = (
    AssignmentState.PROPOSED,
    AssignmentState.APPROVED,
    AssignmentState.FULFILLED,
    AssignmentState.PARTLY_FULFILLED,
    AssignmentState.UNFULFILLED,
)


def covered_by_kelurahan(session: Session, cycle: Cycle) -> list[tuple[str, int, int]]:
    """Return kelurahan code, eligible children and those with a pair of the month's current run."""
    paired = select(Assignment.child_id).where(
        Assignment.cycle_id == cycle.id,
        Assignment.match_run_id == cycle.match_run_id,
        col(Assignment.state).in_(STANDING),
    )
    replaced = select(Assignment.child_id).where(
        Assignment.cycle_id == cycle.id,
        col(Assignment.replaces_id).is_not(None),
        col(Assignment.state).in_(STANDING),
    )
    has_pair = col(CycleChild.child_id).in_(paired) | col(CycleChild.child_id).in_(replaced)
    rows = session.exec(
        select(
            CycleChild.kelurahan_code,
            func.count(),
            func.count().filter(has_pair),
        )
        .where(CycleChild.cycle_id == cycle.id, col(CycleChild.is_eligible).is_(True))
        .group_by(CycleChild.kelurahan_code)
        .order_by(CycleChild.kelurahan_code)
    ).all()
    return [(code, total, paired) for code, total, paired in rows if code]
