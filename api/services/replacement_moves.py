"""Who takes over: the matcher's smallest repair of a month, as it stands after drop-outs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, or_, select

from api.services.capacity import rests_in
from api.services.matching import current_run, stored_matching
from api.services.months import last_day
from data.queries.cycles import standing_assignments
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    Package,
    PackageState,
    Pledge,
    PledgeState,
    Replacement,
)

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

OUT = (ChildState.EXITED, ChildState.GRADUATED, ChildState.DUPLICATE, ChildState.PAUSED)
ENDED = (PledgeState.ENDING, PledgeState.ENDED, PledgeState.REJECTED)
SETTLED = (
    PackageState.LOADED,
    PackageState.ACCEPTED,
    PackageState.PARTLY_ACCEPTED,
    PackageState.REJECTED,
    PackageState.RETURNED,
)


@dataclass(frozen=True, kw_only=True)
class Move:
    """A child that gets a pledge (None: the bridge fund) in place of the pair that ended."""

    child_id: int
    pledge_id: int | None
    assignment_id: int


def has_ended(pledge: Pledge, month: str) -> bool:
    """Return whether a pledge has ended, or will, before a month is over."""
    return pledge.state in ENDED and (pledge.ended_on is None or pledge.ended_on < last_day(month))


def gives_nothing(pledge: Pledge, month: str) -> bool:
    """Return whether a pledge does not last a month out, or rests in it."""
    return has_ended(pledge, month) or rests_in(pledge, month)


def settled_children(session: Session, cycle: Cycle) -> set[int]:
    """Return the children whose package of a month is on its way or has arrived."""
    return set(
        session.exec(
            select(Package.child_id).where(
                Package.cycle_id == cycle.id, col(Package.state).in_(SETTLED)
            )
        ).all()
    )


def moves_after(
    session: Session,
    *,
    cycle: Cycle,
    touched: Sequence[Assignment],
    waiting: Sequence[Replacement] = (),
    pledge: Pledge | None = None,
    child: Child | None = None,
) -> list[Move]:
    """Return the fewest moves that mend a month, by child.

    Every drop-out counts that is not mended yet: ``waiting`` are the earlier proposals that
    nobody has decided. A month whose result was not kept goes to the bridge fund.
    """
    standing = {pair.child_id: pair for pair in standing_assignments(session, cycle)}
    settled = settled_children(session, cycle)
    if current_run(session, cycle=cycle).result_json is None:
        left = {pair.child_id for pair in touched} - {child.id if child else None}
        pairs: list[tuple[int, int | None]] = [(one, None) for one in sorted(left)]
    else:
        gone = _gone_children(session, child)
        ended = _ended_pledges(session, cycle, standing, waiting, pledge)
        pairs = _solved(session, cycle, standing, settled, gone, ended)
    if not pairs:
        return []
    open_places = _open_places(session, cycle)
    near = [*touched[:1], *(session.get_one(Assignment, row.assignment_id) for row in waiting[:1])]
    moves = []
    for child_id, pledge_id in pairs:
        pair = standing.get(child_id) or _place(open_places, pledge_id) or next(iter(near), None)
        if pair is not None:
            moves.append(Move(child_id=child_id, pledge_id=pledge_id, assignment_id=pair.id or 0))
    return moves


def _gone_children(session: Session, child: Child | None) -> set[int]:
    gone = set(session.exec(select(Child.id).where(col(Child.state).in_(OUT))).all())
    return {one for one in {*gone, child.id if child else None} if one is not None}


def _ended_pledges(
    session: Session,
    cycle: Cycle,
    standing: dict[int, Assignment],
    waiting: Sequence[Replacement],
    pledge: Pledge | None,
) -> set[int]:
    """Return the pledges that give nothing to the month, and those being replaced already."""
    rows = session.exec(
        select(Pledge).where(
            or_(col(Pledge.state).in_(ENDED), col(Pledge.suspended_from).is_not(None))
        )
    ).all()
    ended = {row.id or 0 for row in rows if gives_nothing(row, cycle.month)}
    pairs = {pair.id: pair for pair in standing.values()}
    being_replaced = {
        pairs[row.assignment_id].pledge_id
        for row in waiting
        if row.assignment_id in pairs and pairs[row.assignment_id].child_id == row.child_id
    }
    return ended | being_replaced | ({pledge.id or 0} if pledge else set())


def _solved(
    session: Session,
    cycle: Cycle,
    standing: dict[int, Assignment],
    settled: set[int],
    gone: set[int],
    ended: set[int],
) -> list[tuple[int, int | None]]:
    """Return (child, pledge) of every child that gets another pledge, None = bridge fund."""
    from matcher.replacement import replacement

    problem, matching = _as_it_stands(session, cycle, standing)
    child_ids = {code: row or 0 for row, code in session.exec(select(Child.id, Child.code)).all()}
    pledge_ids = {
        code: row or 0 for row, code in session.exec(select(Pledge.id, Pledge.code)).all()
    }
    rows = {child_ids[code]: at for at, code in enumerate(problem.child_ids)}
    on_way = {rows[one] for one in settled if one in rows}
    paired = {at for at in on_way if matching.pledge_of[at] >= 0}
    left_out = {rows[one] for one in gone if one in rows} | (on_way - paired)
    found = replacement(
        problem,
        matching,
        withdrawn_pledges=[
            at for at, code in enumerate(problem.pledge_ids) if pledge_ids[code] in ended
        ],
        withdrawn_children=sorted(left_out - paired),
        settled_children=sorted(paired),
    )
    moves: list[tuple[int, int | None]] = [
        (child_ids[one.child_id], pledge_ids[one.after])
        for one in found.changes
        if one.after is not None
    ]
    moves += [(child_ids[code], None) for code in found.still_uncovered]
    return sorted(moves, key=lambda move: move[0])


def _as_it_stands(
    session: Session, cycle: Cycle, standing: dict[int, Assignment]
) -> "tuple[MatchingProblem, Matching]":
    """Return the approved result with the pairs as they are after earlier replacements."""
    from dataclasses import replace

    import numpy as np

    problem, matching = stored_matching(session, run=current_run(session, cycle=cycle))
    pledge_at = {code: at for at, code in enumerate(problem.pledge_ids)}
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    child_codes = {code: at for at, code in session.exec(select(Child.id, Child.code)).all()}
    now = []
    for code in problem.child_ids:
        pair = standing.get(child_codes[code] or 0)
        now.append(pledge_at.get(pledge_codes[pair.pledge_id], -1) if pair else -1)
    return problem, replace(matching, pledge_of=np.array(now, dtype=np.int32))


def _open_places(session: Session, cycle: Cycle) -> dict[int, list[Assignment]]:
    """Return the pairs whose child left, by pledge."""
    pairs = session.exec(
        select(Assignment)
        .where(
            Assignment.match_run_id == cycle.match_run_id,
            Assignment.state == AssignmentState.WITHDRAWN,
        )
        .order_by(col(Assignment.id))
    ).all()
    found: dict[int, list[Assignment]] = {}
    for pair in pairs:
        found.setdefault(pair.pledge_id, []).append(pair)
    return found


def _place(open_places: dict[int, list[Assignment]], pledge_id: int | None) -> Assignment | None:
    places = open_places.get(pledge_id or 0)
    return places.pop() if places else None
