"""The generalised assignment problem: prices and weights that differ by sponsor.

Used when the price of a package depends on who gives it, and read from the literature's text files:
``m n``, then m rows of n costs, m rows of n weights, and m capacities, or several of these behind
their number. Agents are sponsors, jobs
are children, every job has to be placed, and the sum of costs is minimised.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.files import FileFormatError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


FILLED_CELLS = 8_000_000
"""Jobs times room up to which the bound looks at whole jobs of an agent (`GapPrices`)."""


@dataclass(frozen=True, eq=False)
class GapProblem:
    """Costs int64[m, n], weights int64[m, n] and capacities int64[m] of m agents and n jobs."""

    cost: NDArray[np.int64]
    weight: NDArray[np.int64]
    capacity: NDArray[np.int64]

    @property
    def num_agents(self) -> int:
        """Number of agents (sponsors)."""
        return len(self.capacity)

    @property
    def num_jobs(self) -> int:
        """Number of jobs (children)."""
        return int(self.cost.shape[1])

    def total_cost(self, agent_of: NDArray[np.integer]) -> int:
        """Return the cost of an assignment, int[n] of agents."""
        return int(self.cost[agent_of, np.arange(self.num_jobs)].sum())

    def loads(self, agent_of: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the weight that each agent carries."""
        carried = self.weight[agent_of, np.arange(self.num_jobs)]
        return np.bincount(agent_of, weights=carried, minlength=self.num_agents).astype(np.int64)

    def fits(self, agent_of: NDArray[np.integer]) -> bool:
        """Return whether every job has an agent and no agent carries too much."""
        placed = bool(np.all((agent_of >= 0) & (agent_of < self.num_agents)))
        return placed and bool(np.all(self.loads(agent_of) <= self.capacity))

    def is_filled(self, agent: int) -> bool:
        """Return whether the bound of prices fills this agent with whole jobs."""
        return self.num_jobs * (int(self.capacity[agent]) + 1) <= FILLED_CELLS


@dataclass(frozen=True, eq=False)
class GapPrices:
    """Prices in parts of a unit of cost: of every job, int64[n], and of a unit carried, int64[m].

    Whatever they are, no assignment costs less than the prices of all jobs and, for each agent,
    the least that any jobs cost there less their prices: jobs that fit together where
    `GapProblem.is_filled`, else jobs that pay the agent's price for what they weigh, less that
    price for all that the agent can carry. One unit of cost is `scale` parts; the sum is rounded
    up to whole units.
    """

    job: NDArray[np.int64]
    agent: NDArray[np.int64]
    scale: int


@dataclass(frozen=True, eq=False)
class GapResult:
    """An assignment with its cost, and a bound that no assignment undercuts.

    `agent_of` is None when none was found; `is_optimal` only when cost and bound meet, or a
    finished search proved it; `is_impossible` when a finished search found that nothing fits.
    `verified` is the bound that `prices` prove; `bound` is above it only after a finished search.
    """

    agent_of: NDArray[np.int64] | None
    cost: int | None
    bound: int
    is_optimal: bool
    seconds: float
    verified: int
    prices: GapPrices
    is_impossible: bool = False

    @property
    def gap(self) -> float | None:
        """Return (cost - bound) / cost, None without an assignment."""
        return None if self.cost is None else (self.cost - self.bound) / max(1, abs(self.cost))


def read_gap(path: Path, number: int | None = None) -> GapProblem:
    """Read a problem of a GAP text file (``.txt`` or ``.txt.gz``).

    Either one problem, or, as the files of the OR-Library, first how many there are and then one
    after the other; `number` says which, from 1. How numbers are spread over lines counts for
    nothing.

    Raises
    ------
    FileFormatError
        It does not hold exactly the numbers it announces, a number is negative, or it holds several
        problems and `number` is none of them.
    """
    data = path.read_bytes()
    try:
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        numbers = np.array(data.split(), dtype=np.int64)
    except (ValueError, OverflowError, EOFError, OSError) as error:
        raise FileFormatError(path.name, f"is no GAP text file: {error}", "gap_no_text") from error
    if numbers.size < 2 or numbers[0] < 1 or numbers[1] < 1:
        raise FileFormatError(
            path.name, "does not begin with the numbers of agents and jobs", "gap_no_head"
        )
    expected = _length(numbers, 0)
    starts = [0] if numbers.size == expected else _starts(numbers)
    if not starts:
        raise FileFormatError(
            path.name,
            f"holds {numbers.size} numbers instead of {expected}",
            "gap_count",
            found=int(numbers.size),
            expected=int(expected),
        )
    if np.any(numbers < 0) or np.any(numbers > 1 << 31):
        raise FileFormatError(path.name, "holds a number below 0 or above 2147483648", "gap_range")
    if not 1 <= (number or len(starts)) <= len(starts) or (number is None and len(starts) > 1):
        raise FileFormatError(
            path.name,
            f"holds {len(starts)} problems: say which, from 1",
            "gap_several",
            n=len(starts),
        )
    at = starts[(number or 1) - 1]
    agents, jobs = numbers[at : at + 2].tolist()
    end = at + _length(numbers, at)
    cost, weight = numbers[at + 2 : end - agents].reshape(2, agents, jobs)
    return GapProblem(cost, weight, numbers[end - agents : end])


def _length(numbers: NDArray[np.int64], at: int) -> int:
    """Return how many numbers a problem has that begins at a place."""
    agents, jobs = (int(each) for each in numbers[at : at + 2])
    return 2 + 2 * agents * jobs + agents


def _starts(numbers: NDArray[np.int64]) -> list[int]:
    """Return where the problems begin behind their number; none if they do not fill the file."""
    starts: list[int] = []
    at = 1
    while len(starts) < numbers[0] and at + 2 <= numbers.size and (numbers[at : at + 2] > 0).all():
        starts.append(at)
        at += _length(numbers, at)
    return starts if len(starts) == numbers[0] and at == numbers.size else []


def write_gap_solution(path: Path, problem: GapProblem, agent_of: NDArray[np.integer]) -> None:
    """Write the literature's form: the agent (from 1) of each job, and the cost."""
    agents = " ".join(str(agent + 1) for agent in agent_of.tolist())
    path.write_text(f"{agents}\n{problem.total_cost(agent_of)}\n", encoding="ascii")


def read_gap_solution(path: Path) -> tuple[NDArray[np.int64], int]:
    """Read what `write_gap_solution` wrote: agents from 0, and the cost that the file states.

    Raises
    ------
    FileFormatError
        It does not have two lines of whole numbers.
    """
    lines = path.read_text(encoding="ascii", errors="replace").split("\n")
    try:
        agents = np.array(lines[0].split(), dtype=np.int64) - 1
        return agents, int(lines[1])
    except (ValueError, IndexError) as error:
        raise FileFormatError(
            path.name, f"is no GAP solution: {error}", "gap_no_solution"
        ) from error
