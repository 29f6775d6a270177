"""Who of the children that take part in a month has a sponsor, by kelurahan."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.queries.records import paired_records, record_of, rows_without_child
from data.schema import Cycle, CycleChild


def covered_by_kelurahan(session: Session, cycle: Cycle) -> list[tuple[str, int, int]]:
    """Return kelurahan code, eligible children and those with a pair of the month's current run."""
    has_pair = record_of(session, cycle, CycleChild.child_id).in_(paired_records(cycle))
    rows = session.exec(
        select(
            CycleChild.kelurahan_code,
            func.count(),
            func.count().filter(has_pair),
        )
        .where(
            CycleChild.cycle_id == cycle.id,
            col(CycleChild.is_eligible).is_(True),
            col(CycleChild.child_id).not_in(rows_without_child(session, cycle)),
        )
        .group_by(CycleChild.kelurahan_code)
        .order_by(CycleChild.kelurahan_code)
    ).all()
    return [(code, total, paired) for code, total, paired in rows if code]
