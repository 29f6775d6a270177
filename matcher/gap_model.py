"""The generalised assignment problem for HiGHS: relaxation, and search among given pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.highs import new_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.gap import GapProblem


def capacity_prices(
    problem: GapProblem, pairs: NDArray[np.bool_], seconds: float
) -> NDArray[np.float64] | None:
    """Return the dual prices of the capacities in the linear relaxation over some pairs."""
    highs, _ = _model(problem, pairs, np.arange(problem.num_jobs), problem.capacity)
    highs.setOptionValue("time_limit", max(0.05, seconds))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    duals = np.array(highs.getSolution().row_dual[problem.num_jobs :])
    prices: NDArray[np.float64] = np.maximum(0.0, -duals)
    return prices


def search(
    problem: GapProblem,
    pairs: NDArray[np.bool_],
    *,
    jobs: NDArray[np.intp],
    capacity: NDArray[np.int64],
    start: NDArray[np.int64] | None,
    seconds: float,
    seed: int,
) -> tuple[NDArray[np.int64] | None, bool]:
    """Return the agents of some jobs, at least cost among the given pairs.

    Parameters
    ----------
    pairs
        bool[m, n]; what is allowed.
    jobs, capacity
        The jobs to place, and what each agent has left for them.
    start
        Agents of these jobs to begin with.

    Returns
    -------
    tuple
        Agents of `jobs` (None if none was found), and whether that is proved best.
    """
    highs, (agent, job) = _model(problem, pairs, jobs, capacity)
    highs.setOptionValue("time_limit", max(0.05, seconds))
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.99)
    highs.setOptionValue("random_seed", seed)
    columns = np.arange(agent.size, dtype=np.int32)
    kinds = np.full(agent.size, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    highs.changeColsIntegrality(agent.size, columns, kinds)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = (start[job] == agent).astype(np.float64).tolist()
        highs.setSolution(solution)
    highs.run()
    if highs.getInfo().primal_solution_status != 2:
        return None, highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    used = np.array(highs.getSolution().col_value) > 0.5
    found = np.full(jobs.size, -1, dtype=np.int64)
    found[job[used]] = agent[used]
    return found, highs.getModelStatus() == highspy.HighsModelStatus.kOptimal


def _model(
    problem: GapProblem,
    pairs: NDArray[np.bool_],
    jobs: NDArray[np.intp],
    capacity: NDArray[np.int64],
) -> tuple[Any, tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the model and the (agent, position in jobs) of each column."""
    job, agent = np.nonzero(pairs[:, jobs].T)
    cost = problem.cost[agent, jobs[job]].astype(np.float64)
    weight = problem.weight[agent, jobs[job]].astype(np.float64)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = agent.size, jobs.size + problem.num_agents
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(agent.size), np.ones(agent.size)
    lp.row_lower_ = np.concatenate([np.ones(jobs.size), np.full(problem.num_agents, -np.inf)])
    lp.row_upper_ = np.concatenate([np.ones(jobs.size), capacity.astype(np.float64)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * agent.size + 1, 2)
    lp.a_matrix_.index_ = np.stack([job, jobs.size + agent], axis=1).reshape(-1)
    values = np.stack([np.ones(agent.size), weight], axis=1)
    lp.a_matrix_.value_ = values.reshape(-1)
    highs = new_highs()
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    return highs, (agent, job)
