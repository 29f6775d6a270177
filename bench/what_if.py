"""How long a what-if takes along a path, beside solving again; both answers must be equal.

``python -m bench.what_if --children 5000 --pledges 500 --questions 40 --again 3``

The same of one place more and one less at every pledge, and both kinds against solving again in
months of 60 children until ``--exact`` (1,000) answers of each are compared.

With ``--rupiah`` the month of `bench.rupiah`: answers by one exchange, which need not be the least.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import numpy as np

from bench.rupiah import rupiah_month
from matcher.asking import questions, what_if
from matcher.changes import price_between
from matcher.contrast import Contrast
from matcher.policy import BudgetRule, Policy
from matcher.recruiting import worth_of_places
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

FREE = Policy(split_siblings=True)


def places_again(problem: MatchingProblem, matching: Matching) -> list[bool]:
    """Return for one place more and one less at every pledge whether solving again says so too."""
    equal = []
    for worth in worth_of_places(problem, matching):
        pledge = problem.pledge_ids.index(worth.where)
        for places in (1, -1) if worth.loss is not None else (1,):
            capacity = problem.capacity.copy()
            capacity[pledge] += places
            after = solve(problem.with_columns(capacity=capacity), matching.policy)
            price = price_between(matching, after)
            said = worth.loss if places < 0 else {name: -by for name, by in worth.gain.items()}
            equal.append(price == said)
    return equal


def pairs_again(problem: MatchingProblem, matching: Matching, seed: int) -> list[bool]:
    """Return for questions of pairs in one month whether solving again gives the same prices."""
    contrast, rng, equal = questions(problem, matching), np.random.default_rng(seed), []
    for child in range(problem.num_children):
        pledge = int(rng.integers(problem.num_pledges))
        quick = contrast.ask(child, pledge)
        if quick is not None and not quick.refusals:
            equal.append(what_if(problem, matching, child, pledge).price == quick.price)
    return equal


def exactness(least: int) -> None:
    """Print how many answers in small months are those of solving again."""
    places: list[bool] = []
    pairs: list[bool] = []
    seed = 0
    while min(len(places), len(pairs)) < least:
        problem = month(seed, children=60, pledges=20, tightness=0.4 + seed % 3 * 0.3)
        matching = solve(problem, FREE)
        places += places_again(problem, matching) if len(places) < least else []
        pairs += pairs_again(problem, matching, seed) if len(pairs) < least else []
        seed += 1
    print(f"{seed} months of 60 children against solving again: one place more or less equal")
    print(f"  {sum(places)}/{len(places)}, what-ifs of pairs equal {sum(pairs)}/{len(pairs)}")


def main() -> None:
    """Print CPU milliseconds of questions, of condensing the month once, and of solving again."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--children", type=int, default=5000)
    asked.add_argument("--pledges", type=int, default=500)
    asked.add_argument("--questions", type=int, default=40)
    asked.add_argument("--again", type=int, default=3)
    asked.add_argument("--exact", type=int, default=1000)
    asked.add_argument("--rupiah", action="store_true")
    options = asked.parse_args()
    policy = FREE
    problem = month(1, children=options.children, pledges=options.pledges, places=42)
    if options.rupiah:
        policy = Policy(budgets=BudgetRule.FREE, search_effort=4)
        problem = rupiah_month(options.children)
    matching = solve(problem, policy)
    started = time.process_time()
    contrast = questions(problem, matching)
    if isinstance(contrast, Contrast):
        _ = contrast.free.potential
    condensed = time.process_time() - started
    rng = np.random.default_rng(0)
    path, again, equal = [], [], 0
    while len(path) < options.questions:
        child, pledge = int(rng.integers(options.children)), int(rng.integers(problem.num_pledges))
        started = time.process_time()
        quick = contrast.ask(child, pledge)
        spent = time.process_time() - started
        if quick is None or quick.refusals:
            continue
        path.append(1000 * spent)
        if len(again) < options.again:
            started = time.process_time()
            exact = what_if(problem, matching, child, pledge)
            again.append(1000 * (time.process_time() - started))
            equal += exact.price == quick.price
    print(f"children {options.children}, pledges {problem.num_pledges}, all pairs")
    print(f"condensed once: {1000 * condensed:.0f} ms CPU")
    print(f"at once: median {np.median(path):.1f}, largest {np.max(path):.1f} ms CPU")
    if again:
        print(f"solving again: median {np.median(again):.0f} ms CPU; equal {equal}/{len(again)}")
    if options.rupiah:
        return
    started = time.process_time()
    worth = worth_of_places(problem, matching)
    spent = 1000 * (time.process_time() - started)
    print(f"one place more and one less at {len(worth)} pledges: {spent / len(worth):.1f} ms each")
    exactness(options.exact)


if __name__ == "__main__":
    main()
