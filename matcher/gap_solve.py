"""Solve a generalised assignment problem: prices, a first assignment, then search in parts.

1. Lagrangian prices of the capacities by subgradient steps; the bound is valid for any prices.
2. Jobs placed one by one where refusing the best would cost most, repaired by single moves; in
   large problems only if the next two find nothing.
3. If HiGHS is there: exact prices from the linear relaxation; a search among the pairs of small
   reduced cost. It is a proof when no pair was left out that a better assignment could use.
4. Annealing over chains of jobs where it is compiled, on two processors.
5. Again and again a search over all jobs of a few agents, the rest fixed, larger when it finishes
   early, smaller when not.
"""

from __future__ import annotations

import itertools
import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np

from matcher.gap import GapResult
from matcher.gap_prices import ascended, more_with, whole
from matcher.warm import is_warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from matcher.gap import GapProblem
    from matcher.gap_prices import PricedJobs

    Search = Callable[..., tuple[NDArray[np.int64] | None, bool]]

SUBGRADIENT_STEPS = 400
FAVOURED = 4
"""Agents per job that say which agents are related."""
QUICKLY_PLACED = 1_000_000_000
"""Up to so many cells times jobs, jobs are placed one by one first."""
ANNEALED, BESIDE = 0.45, 0.6
"""Shares of the time left that are given to annealing alone, then to it beside HiGHS."""
LIKELY = 12
"""Agents per job that annealing tries."""
WARM, COOL = (4.0, 1.3), (0.3, 0.35)
"""First and last temperature of each search, in mean differences of a job's two cheapest agents,
but at least one unit of cost."""
LIGHT, HEAVY = 2.0, 20.0
"""First and last weight of a unit carried too much, in capacity prices."""
TRIES_PER_PAIR = 10_000
"""Tries per agent and job after which a search has cooled and begins anew: small problems freeze
long before their time is up."""
BAND, FIRM = (2.4, 1.3), 6.0
"""First and last temperature, and last weight, of every second one of these: the temperatures at
which small problems still find something."""
LOADING = 4.0
"""Seconds left below which annealing is not loaded any more."""
PRICED = 0.08
"""Share of the time left that the bound by prices of jobs may take."""
BATCH = 20_000
CORE_PER_JOB = 8
"""Pairs per job that the relaxation and the first search look at, on average."""


def solve_gap(
    problem: GapProblem,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    workers: int | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> GapResult:
    """Return a good assignment within a time, and a bound.

    Parameters
    ----------
    seconds
        Time by the clock; the result comes earlier when it is proved optimal.
    seed
        Of the annealing and of the choice of parts.
    progress
        Called with (stage, share of the time used).
    workers
        Annealing searches side by side, at most two; by default as many as there are processors.
    clock
        Wall time, or `time.process_time` to compare by CPU seconds.
    """
    run = _Run(problem, seconds, seed, progress, clock)
    run.workers = min(len(WARM), workers or os.cpu_count() or 1)
    run.bound_by_subgradient()
    run.search()
    return run.result()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        problem: GapProblem,
        seconds: float,
        seed: int,
        progress: Callable[[str, float], None] | None,
        clock: Callable[[], float],
    ) -> None:
        self.problem = problem
        self.clock = clock
        self.started = clock()
        self.seed = seed
        self.workers = 1
        self.ends = self.started + seconds
        self.rng = np.random.default_rng(seed)
        self.progress = progress
        self.price = np.zeros(problem.num_agents)
        self.jobs: PricedJobs | None = None
        self.more: NDArray[np.float64] | None = None
        """By how much the bound of `jobs` rises when an agent has to take a job."""
        self.bound = 0
        self.best: NDArray[np.int64] | None = None
        self.proved = False
        self.can_anneal = False

    def left(self) -> float:
        return self.ends - self.clock()

    def tell(self, stage: str) -> None:
        if self.progress:
            total = max(1e-9, self.ends - self.started)
            self.progress(stage, min(1.0, 1 - self.left() / total))

    def keep(self, agent_of: NDArray[np.int64]) -> bool:
        """Take over an assignment if it fits and is better."""
        if not self.problem.fits(agent_of):
            return False
        cost = self.problem.total_cost(agent_of)
        if self.best is not None and cost >= self.problem.total_cost(self.best):
            return False
        self.best = agent_of.copy()
        return True

    def is_proved(self) -> bool:
        if self.best is not None and self.problem.total_cost(self.best) <= self.bound:
            self.proved = True
        return self.proved

    def lagrangian(self, price: NDArray[np.float64]) -> tuple[float, NDArray[np.intp]]:
        """Return the bound of prices, and the agents that jobs would choose."""
        priced = self.problem.cost + price[:, None] * self.problem.weight
        choice = np.argmin(priced, axis=0)
        jobs = np.arange(self.problem.num_jobs)
        return float(priced[choice, jobs].sum() - price @ self.problem.capacity), choice

    def take_bound(self, value: float) -> None:
        """Round a bound up: costs are whole numbers. A millionth is left for rounding errors."""
        self.bound = max(self.bound, int(np.ceil(value - 1e-6 * max(1.0, abs(value)) / 10)))

    def bound_by_subgradient(self) -> None:
        problem, price = self.problem, self.price
        target = float(problem.cost.min(axis=0).sum()) * 1.05 + 1
        scale, best, stalled = 1.5, -np.inf, 0
        for _ in range(SUBGRADIENT_STEPS):
            value, choice = self.lagrangian(price)
            if value > best + 1e-9:
                best, self.price, stalled = value, price.copy(), 0
            else:
                stalled += 1
            if stalled > 12:
                scale, stalled, price = scale / 1.6, 0, self.price.copy()
            over = self.problem.loads(choice) - problem.capacity
            square = float((over * over).sum())
            if square == 0 or self.left() < 0:
                break
            target = max(target, best * 1.005 + 1)
            step = scale * (target - value) / square
            price = np.maximum(0.0, price + step * over)
        self.take_bound(best)

    def bound_by_jobs(self, seconds: float) -> None:
        """Find prices of jobs, the bound that they prove, and what each pair adds to it."""
        self.tell("bound")
        ends = self.clock() + seconds
        lowest = self.lagrangian(self.price)[0]
        target = lowest * 1.005 + 1 if self.best is None else self.problem.total_cost(self.best)
        self.jobs = ascended(self.problem, self.price, target, has_time=lambda: self.clock() < ends)
        self.take_bound(self.jobs.bound)
        self.more = more_with(self.problem, self.jobs)

    def place_first(self) -> None:
        """Place jobs by regret under the prices, then mend and improve by single moves."""
        problem = self.problem
        priced = problem.cost + self.price[:, None] * problem.weight
        for noise in (0.0, 0.02, 0.05, 0.1, 0.2):
            shaken = priced * (1 + noise * self.rng.random(priced.shape))
            agent_of = _by_regret(problem, shaken)
            if agent_of is not None:
                self.keep(_moved(problem, agent_of))
                return

    def search(self) -> None:
        try:
            from matcher import gap_model  # noqa: PLC0415  (optional solver)
        except ImportError:
            self.anneal(range(len(WARM)), 1 - PRICED)
            if self.best is None:
                self.place_first()
            self.bound_by_jobs(self.left())
            return
        prices = gap_model.capacity_prices(self.problem, self.core(), self.left())
        if prices is not None:
            value, _ = self.lagrangian(prices)
            if value > self.lagrangian(self.price)[0]:
                self.price = prices
            self.take_bound(value)
        if self.problem.cost.size * self.problem.num_jobs <= QUICKLY_PLACED:
            self.place_first()
        self.bound_by_jobs(self.left() * PRICED)
        self.search_core(gap_model.search, self.left() * 0.05)
        if not self.is_proved():
            self.load_annealing(gap_model.search)
            self.anneal(range(len(WARM)), ANNEALED)
        if not self.is_proved() and self.best is not None:
            self.search_beside(gap_model.search, self.left() * BESIDE)
        if self.best is None and not self.proved:
            self.place_first()
        if self.best is None and not self.proved and self.left() > 0.5:
            self.search_core(gap_model.search, self.left(), everywhere=True)
        self.search_parts(gap_model.search)

    def search_core(self, search: Search, seconds: float, *, everywhere: bool = False) -> None:
        """Search over all jobs among the pairs of small reduced cost, or among all.

        When it finishes, and left out no pair that a better assignment could use, that is a proof.
        """
        self.tell("core")
        pairs = self.worth_trying()
        if not everywhere:
            pairs &= self.core()
        found, finished = search(
            self.problem,
            pairs,
            jobs=np.arange(self.problem.num_jobs),
            capacity=self.problem.capacity,
            start=self.best,
            seconds=seconds,
            seed=0,
        )
        if found is not None:
            self.keep(found)
        if finished:
            self.proved = bool(pairs[self.worth_trying()].all())

    def search_beside(self, search: Search, seconds: float) -> None:
        """Search with HiGHS and anneal on from the best, side by side if there are processors."""
        if self.workers == 1:
            self.anneal((1,), seconds / 2 / max(1e-9, self.left()))
            self.search_core(search, seconds / 2)
            return
        with ThreadPoolExecutor(1) as thread:
            other = thread.submit(self.anneal_one, 1, self.clock(), seconds)
            self.search_core(search, seconds)
            agent_of = other.result()
        if agent_of is not None:
            self.keep(agent_of)

    def worth_trying(self) -> NDArray[np.bool_]:
        """Return the pairs that a better assignment could use: of small enough reduced cost."""
        if self.best is None:
            return np.ones(self.problem.cost.shape, dtype=np.bool_)
        value, _ = self.lagrangian(self.price)
        room = self.problem.total_cost(self.best) - value
        priced = self.problem.cost + self.price[:, None] * self.problem.weight
        worth: NDArray[np.bool_] = priced - priced.min(axis=0) <= room * (1 + 1e-9) + 1e-6
        if self.jobs is not None and self.more is not None:
            room = self.problem.total_cost(self.best) - self.jobs.bound
            worth &= self.more <= room * (1 + 1e-9) + 1e-6
        return worth

    def load_annealing(self, search: Search | None = None) -> None:
        """Load what is compiled, with a search in parts meanwhile.

        It takes seconds where many programs share the processors; the time asked for is kept.
        """
        if self.can_anneal or not is_warm() or self.problem.num_agents < 2:
            return
        if self.left() < LOADING:
            return
        loading = Thread(target=_load_annealing)
        loading.start()
        if search is not None:
            self.search_parts(search, until=lambda: not loading.is_alive())
        loading.join(max(0.0, self.left()))
        self.can_anneal = not loading.is_alive()

    def anneal(self, numbers: Iterable[int], share: float) -> None:
        """Let some annealing searches run for a share of the time left, side by side or not."""
        self.load_annealing()
        self.tell("anneal")
        began, numbers, seconds = self.clock(), list(numbers), self.left() * share
        share = min(1.0, self.workers / len(numbers))
        with ThreadPoolExecutor(self.workers) as threads:
            found = [
                threads.submit(
                    self.anneal_one,
                    number,
                    began + (at * seconds * share if self.workers == 1 else 0.0),
                    seconds * share,
                )
                for at, number in enumerate(numbers)
            ]
        for each in found:
            agent_of = each.result()
            if agent_of is not None:
                self.keep(agent_of)

    def anneal_one(self, number: int, began: float, seconds: float) -> NDArray[np.int64] | None:
        """Return the best that one search finds, None if nothing that fits."""
        if not self.can_anneal:
            return None
        from matcher import gap_anneal  # noqa: PLC0415  (loads numba)

        problem = self.problem
        priced = problem.cost + self.price[:, None] * problem.weight
        two = np.partition(priced, 1, axis=0)
        unit = max(1.0, float((two[1] - two[0]).mean()))
        ground = gap_anneal.ground_of(
            problem.cost, problem.weight, problem.capacity, self.price, LIKELY
        )
        start = np.argmin(priced, axis=0) if self.best is None else self.best
        state = gap_anneal.assigned(ground, start, 1000 * self.seed + number)
        chain = gap_anneal.new_chain()
        ranges = (WARM[number], COOL[number], HEAVY), (*BAND, FIRM)
        cycle, ends = TRIES_PER_PAIR * priced.size, began + max(1e-9, seconds)
        for warmest, coolest, heaviest in itertools.cycle(ranges):
            tries, share, start_of_cycle = 0, 0.0, max(began, self.clock())
            while share < 1:
                warmth = unit * warmest * (coolest / warmest) ** share
                factor = LIGHT * (heaviest / LIGHT) ** share
                gap_anneal.anneal(ground, state, chain, BATCH, warmth, factor)
                tries += BATCH
                passed = self.clock() - start_of_cycle
                share = max(tries / cycle, passed / max(1e-9, ends - start_of_cycle))
                if number == 0:
                    self.tell("anneal")
            if self.clock() >= ends:
                break
        found = state.totals[0] < gap_anneal.NOTHING_YET
        return state.best.astype(np.int64) if found else None

    def core(self) -> NDArray[np.bool_]:
        """Return the pairs of small reduced cost, at least two per job and the best so far."""
        problem = self.problem
        priced = problem.cost + self.price[:, None] * problem.weight
        reduced = priced - priced.min(axis=0)
        number = min(reduced.size, CORE_PER_JOB * problem.num_jobs)
        limit = np.partition(reduced.reshape(-1), number - 1)[number - 1]
        core: NDArray[np.bool_] = reduced <= limit
        second = np.partition(reduced, min(1, problem.num_agents - 1), axis=0)
        core |= reduced <= second[min(1, problem.num_agents - 1)]
        if self.best is not None:
            core[self.best, np.arange(problem.num_jobs)] = True
        return core

    def search_parts(self, search: Search, until: Callable[[], bool] = lambda: False) -> None:
        """Search over the jobs of a few agents at a time until the time is up, or until told."""
        problem = self.problem
        size, turn = min(3, problem.num_agents), 0
        everything = np.ones(problem.cost.shape, dtype=np.bool_)
        priced = problem.cost + self.price[:, None] * problem.weight
        favoured = np.argsort(priced, axis=0, kind="stable")[:FAVOURED]
        while self.best is not None and self.left() > 0.2 and not (self.is_proved() or until()):
            turn += 1
            self.tell("parts")
            chosen = self.related_agents(favoured, size)
            jobs = np.flatnonzero(np.isin(self.best, chosen))
            pairs = np.zeros_like(everything)
            part = priced[np.ix_(chosen, jobs)]
            near = part <= np.partition(part, min(3, size - 1), axis=0)[min(3, size - 1)]
            pairs[np.ix_(chosen, jobs)] = near
            pairs[self.best[jobs], jobs] = True
            began, limit = self.clock(), min(1.0, self.left())
            found, done = search(
                problem,
                pairs,
                jobs=jobs,
                capacity=problem.capacity,
                start=self.best[jobs],
                seconds=limit,
                seed=turn,
            )
            took = self.clock() - began
            if found is not None:
                changed = self.best.copy()
                changed[jobs] = found
                self.keep(changed)
            if done and size == problem.num_agents:
                self.proved = bool(pairs[self.worth_trying()].all())
            if done and took < 0.15:
                size = min(problem.num_agents, size + 1)
            elif not done or took > 0.6:
                size = max(2, size - 1)

    def related_agents(self, favoured: NDArray[np.intp], size: int) -> NDArray[np.intp]:
        """Choose agents whose jobs would also do well with each other."""
        agents = self.problem.num_agents
        if self.best is None or size >= agents:
            return np.arange(agents)
        liking = np.zeros((agents, agents))
        np.add.at(liking, (np.broadcast_to(self.best, favoured.shape), favoured), 1.0)
        liking += liking.T + 0.1
        first = int(self.rng.integers(agents))
        liking[:, first] = 0
        weights, chosen = liking[first].copy(), [first]
        while len(chosen) < size:
            following = int(self.rng.choice(agents, p=weights / weights.sum()))
            chosen.append(following)
            weights += liking[following]
            weights[chosen] = 0
        return np.sort(np.array(chosen))

    def result(self) -> GapResult:
        cost = None if self.best is None else self.problem.total_cost(self.best)
        choosing = self.problem.cost + self.price[:, None] * self.problem.weight
        job = choosing.min(axis=0) if self.jobs is None else self.jobs.job
        prices, verified = whole(self.problem, job, self.price)
        is_optimal = cost is not None and (self.proved or cost <= verified)
        return GapResult(
            self.best,
            cost,
            cost if is_optimal and cost is not None else verified,
            is_optimal=is_optimal,
            seconds=self.clock() - self.started,
            verified=verified,
            prices=prices,
            is_impossible=cost is None and self.proved,
        )


def _load_annealing() -> None:
    """Load the compiled annealing: its first call reads it from the disk."""
    from matcher import gap_anneal  # noqa: PLC0415  (loads numba)

    two = np.ones((2, 2), dtype=np.int64)
    ground = gap_anneal.ground_of(two, two, two[0], np.ones(2), 2)
    state = gap_anneal.assigned(ground, np.arange(2), 0)
    gap_anneal.anneal(ground, state, gap_anneal.new_chain(), 1, 1.0, 1.0)


def _by_regret(problem: GapProblem, priced: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Place the job first whose second choice is worst; None if one has no room left."""
    left = problem.capacity.copy()
    agent_of = np.full(problem.num_jobs, -1, dtype=np.int64)
    open_jobs = np.arange(problem.num_jobs)
    table = np.where(problem.weight <= left[:, None], priced, np.inf)
    while open_jobs.size:
        part = table[:, open_jobs]
        ranked = np.partition(part, min(1, problem.num_agents - 1), axis=0)
        if np.isinf(ranked[0]).any():
            return None
        regret = ranked[min(1, problem.num_agents - 1)] - ranked[0]
        at = int(np.argmax(regret))
        job = open_jobs[at]
        agent = int(np.argmin(part[:, at]))
        agent_of[job] = agent
        left[agent] -= problem.weight[agent, job]
        table[agent, problem.weight[agent] > left[agent]] = np.inf
        open_jobs = np.delete(open_jobs, at)
    return agent_of


def _moved(problem: GapProblem, agent_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Move single jobs to cheaper agents with room, the best move first."""
    jobs = np.arange(problem.num_jobs)
    while True:
        left = problem.capacity - problem.loads(agent_of)
        gain = problem.cost[agent_of, jobs][None, :] - problem.cost
        gain = np.where(problem.weight <= left[:, None], gain, -1)
        agent, job = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[agent, job] <= 0:
            return agent_of
        agent_of[job] = agent
