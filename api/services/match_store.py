"""Solved months in and out of the store: problem and result compressed, rows by code.

The matcher is imported where it is asked: numpy is slow to load, and the web needs the words only.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from api.services.errors import Refused
from data.reference.regions import regions
from data.schema import (
    Assignment,
    Child,
    Cycle,
    MatchRun,
    Pledge,
    Unassigned,
)

if TYPE_CHECKING:
    from matcher.explain import PairReason
    from matcher.explain import Unassigned as Uncovered
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A solved and checked month that is not stored yet."""

    problem: MatchingProblem
    matching: Matching
    pairs: tuple[PairReason, ...]
    uncovered: tuple[Uncovered, ...]
    places: dict[str, object]
    policy_id: int | None = None


def explained(
    problem: MatchingProblem, matching: Matching, *, policy_id: int | None = None
) -> Solved:
    """Add to a result why each child has its sponsor, or has none and what would cover it."""
    from matcher.explain import explain_pairs, explain_unassigned

    return Solved(
        problem=problem,
        matching=matching,
        pairs=tuple(explain_pairs(problem, matching)),
        uncovered=tuple(explain_unassigned(problem, matching)),
        places=places_of(problem, matching),
        policy_id=policy_id,
    )


def places_of(problem: MatchingProblem, matching: Matching) -> dict[str, object]:
    """Return what places are worth, as JSON; empty where only solving again would tell."""
    from matcher.recruiting import recruiting, worth_of_places
    from matcher.residual import ImprovableError, TooLargeError

    try:
        worth = worth_of_places(problem, matching)
        recruited = recruiting(problem, matching)
    except (ImprovableError, TooLargeError):
        return {}
    rows = {code: row for row, code in enumerate(problem.child_ids)}
    return {
        "pledges": [
            {
                "pledge_code": one.where,
                "gain": plain(one.gain),
                "covers": one.covers,
                "loss": None if one.loss is None else plain(one.loss),
                "uncovers": one.uncovers,
                **({} if one.rupiah is None else {"rupiah": one.rupiah}),
            }
            for one in worth
        ],
        "recruiting": [
            {
                "kelurahan": one.kelurahan,
                "places": [
                    {
                        "child": child,
                        "tier": int(problem.tier[rows[child]]),
                        "points": int(problem.points[rows[child]]),
                        "gain": plain(gain),
                        **({"rupiah": one.rupiah[at]} if one.rupiah else {}),
                    }
                    for at, (gain, child) in enumerate(one.steps)
                    if child is not None
                ],
            }
            for one in recruited
        ],
    }


def fill_run(run: MatchRun, solved: Solved) -> None:
    """Put result, figures and hashes into a run's row."""
    from matcher.files import problem_to_json

    matching = solved.matching
    run.problem_hash = matching.problem_hash
    run.result_hash = matching.result_hash
    run.problem_json = _packed(problem_to_json(solved.problem))
    run.result_json = _result_bytes(solved.problem, matching)
    run.levels = [_level(level) for level in matching.levels]
    run.num_assigned = matching.num_covered
    run.num_unassigned = len(matching.uncovered)
    run.seconds = round(matching.seconds, 3)
    run.policy = matching.policy.to_json()
    run.places = solved.places
    run.policy_id = solved.policy_id


def _level(level: Any) -> dict[str, object]:
    return {
        "name": level.name.value,
        "value": [int(figure) for figure in level.value],
        "cost": int(level.cost),
        "bound": int(level.bound),
        "verified": int(level.cost - level.unverified),
        "status": level.status.value,
        "gap": float(level.gap),
        "proof": level.proof.value,
    }


def _packed(content: object) -> bytes:
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 6)


def _result_bytes(problem: MatchingProblem, matching: Matching) -> bytes:
    from matcher.files import write_result

    with tempfile.TemporaryDirectory(prefix="asuh-run-") as folder:
        path = Path(folder) / "result.json"
        write_result(problem, matching, path)
        return zlib.compress(path.read_bytes(), 6)


def result_file(run: MatchRun) -> bytes:
    """Return the result with its problem as the JSON file that anyone can check.

    Raises
    ------
    Refused
        ``matching.no_result`` when the run did not finish.
    """
    if run.result_json is None:
        raise Refused("matching.no_result", run=run.id)
    return zlib.decompress(run.result_json)


def stored_matching(run: MatchRun) -> tuple[MatchingProblem, Matching]:
    """Return problem and result of a stored run."""
    from matcher.files import read_result

    with tempfile.TemporaryDirectory(prefix="asuh-run-") as folder:
        path = Path(folder) / "result.json"
        path.write_bytes(result_file(run))
        return read_result(path)


def store_rows(session: Session, *, cycle: Cycle, run: MatchRun, solved: Solved) -> None:
    """Write pairs and uncovered children of a run."""
    child_ids = {code: at or 0 for code, at in session.exec(select(Child.code, Child.id)).all()}
    pledge_ids = {code: at or 0 for code, at in session.exec(select(Pledge.code, Pledge.id)).all()}
    problem = solved.problem
    cycle_id, run_id = cycle.id or 0, run.id or 0
    pinned, kept = _codes(problem, problem.pins), _codes(problem, problem.kept)
    distances = _distances_m(problem, solved.matching)
    session.add_all(
        Assignment(
            cycle_id=cycle_id,
            match_run_id=run_id,
            child_id=child_ids[pair.child_id],
            pledge_id=pledge_ids[pair.pledge_id],
            is_pinned=(pair.child_id, pair.pledge_id) in pinned,
            is_kept=(pair.child_id, pair.pledge_id) in kept,
            distance_m=distances[pair.child_id],
            why=_why(pair),
        )
        for pair in solved.pairs
    )
    session.add_all(
        Unassigned(
            cycle_id=cycle_id,
            match_run_id=run_id,
            child_id=child_ids[one.child_id],
            reason=one.reason.value,
            params=placed(plain(one.params)),
            remedy={"remedies": [_remedy(remedy) for remedy in one.remedies]},
        )
        for one in solved.uncovered
    )
    session.flush()


def _codes(problem: MatchingProblem, pairs: Any) -> set[tuple[str, str]]:
    return {
        (problem.child_ids[child], problem.pledge_ids[pledge]) for child, pledge in pairs.tolist()
    }


def _distances_m(problem: MatchingProblem, matching: Matching) -> dict[str, int]:
    rows = (matching.pledge_of >= 0).nonzero()[0]
    metres = problem.distance_hm(rows, matching.pledge_of[rows]).tolist()
    return {
        problem.child_ids[row]: int(hm) * 100 for row, hm in zip(rows.tolist(), metres, strict=True)
    }


def _why(pair: PairReason) -> dict[str, object]:
    return {
        "reason": pair.reason.value,
        "params": plain(pair.params),
        "next_best": pair.next_best,
        "price": {name.value: int(price) for name, price in pair.price.items()},
    }


def _remedy(remedy: Any) -> dict[str, object]:
    return {"code": remedy.code.value, "params": placed(plain(remedy.params))}


def placed(params: dict[str, object]) -> dict[str, object]:
    """Add a kelurahan's name to its code, for the sentences that say it."""
    names = {place.code: place.name for place in regions().all_kelurahan}
    code = str(params.get("kelurahan", ""))
    return {**params, "kelurahan_name": names.get(code, code)} if "kelurahan" in params else params


def plain(values: Any) -> Any:
    """Return values as JSON keeps them: numbers of numpy as numbers, tuples as lists."""
    if isinstance(values, dict):
        return {str(getattr(name, "value", name)): plain(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [plain(value) for value in values]
    if hasattr(values, "tolist"):
        return values.tolist()
    return getattr(values, "value", values)
