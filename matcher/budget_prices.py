"""Prices of budgets, and of the levels held, from a linear relaxation: for HiGHS.

Any prices give a valid bound; these only make it good. So what hardly matters is left out: the
sibling rule, the steps of fairness and spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.highs import new_highs
from matcher.policy import LevelName
from matcher.relaxation import STEPS_PER_ITERATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.effort import Effort
    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs

STEPPED = (LevelName.LEXIMIN, LevelName.FLOOR, LevelName.SIBLINGS, LevelName.SPREAD)
"""Levels that are no sum over pairs and children; they get no price."""


def relaxed_prices(
    objectives: Objectives,
    pairs: ListedPairs,
    name: LevelName,
    held: Sequence[LevelName],
    *,
    pledge_of: NDArray[np.int32],
    effort: Effort,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return what the relaxation of a level says of the levels held and of the rows of budgets.

    Prices of one unit each, at least 0; None if it takes more than the effort left.
    """
    priced = [level for level in held if level not in STEPPED]
    if name in STEPPED or effort.is_spent:
        return None
    highs = new_highs()
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", effort.seconds)
    lp, kept = _relaxation(objectives, pairs, name, priced, pledge_of)
    most = effort.work / (STEPS_PER_ITERATION * lp.num_col_)
    highs.setOptionValue("simplex_iteration_limit", max(1, int(min(most, 2**30))))
    highs.passModel(lp)
    highs.run()
    taken = max(0, highs.getInfo().simplex_iteration_count)
    effort.spend(STEPS_PER_ITERATION * taken * lp.num_col_)
    effort.is_late()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    price = np.maximum(0.0, -np.array(highs.getSolution().row_dual))
    at = objectives.problem.num_children + objectives.problem.num_pledges
    rows = np.zeros(kept.size)
    rows[kept] = price[at : at + np.count_nonzero(kept)]
    multipliers = dict(zip(priced, price[price.size - len(priced) :].tolist(), strict=True))
    return np.array([multipliers.get(level, 0.0) for level in held]), rows


def _relaxation(
    objectives: Objectives,
    pairs: ListedPairs,
    name: LevelName,
    held: Sequence[LevelName],
    pledge_of: NDArray[np.int32],
) -> tuple[Any, NDArray[np.bool_]]:
    """Return the model, and which rows of the budgets are in it."""
    problem = objectives.problem
    columns = np.arange(pairs.child.size)
    children = np.concatenate([pairs.child, np.arange(problem.num_children)])
    everything = np.arange(pairs.child.size + problem.num_children)
    package = problem.package[pairs.child]
    weights, limits = objectives.budgets.rows
    kept = weights.any(axis=2).ravel()
    place = np.cumsum(kept) - 1
    row, column, value = [children], [everything], [np.ones(everything.size)]
    row.append(problem.num_children + pairs.pledge)
    column.append(columns)
    value.append(np.ones(columns.size))
    at = problem.num_children + problem.num_pledges
    for number, weight in enumerate(weights):
        counts = weight[pairs.pledge, package]
        own = number * problem.num_pledges + pairs.pledge
        used = np.flatnonzero(counts)
        row.append(at + place[own[used]])
        column.append(used)
        value.append(counts[used].astype(np.float64))
    at += int(np.count_nonzero(kept))
    limit = [np.ones(problem.num_children), problem.capacity.astype(np.float64)]
    limit.append(limits.ravel()[kept].astype(np.float64))
    for number, level in enumerate(held):
        cost = _cost(objectives, pairs, level)
        used = np.flatnonzero(cost)
        row.append(np.full(used.size, at + number))
        column.append(used)
        value.append(cost[used])
        limit.append(np.array([float(objectives.total_cost(level, pledge_of))]))
    high = np.concatenate(limit)
    low = np.full(high.size, -np.inf)
    low[: problem.num_children] = 1.0
    cost = _cost(objectives, pairs, name)
    entries = np.concatenate(row), np.concatenate(column), np.concatenate(value)
    return _lp(entries, (low, high), cost), kept


def _cost(objectives: Objectives, pairs: ListedPairs, name: LevelName) -> NDArray[np.float64]:
    return np.concatenate(
        [pairs.working_cost(name), objectives.uncovered_cost(name)], dtype=np.float64
    )


def _lp(
    entries: tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]],
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]],
    cost: NDArray[np.float64],
) -> Any:
    row, column, value = entries
    order = np.lexsort((column, row))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = cost.size, bounds[0].size
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(cost.size), np.ones(cost.size)
    lp.row_lower_, lp.row_upper_ = bounds
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=lp.num_row_))])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order], value[order]
    return lp
