"""How long a what-if takes along a path, beside solving again; both answers must be equal.

``python -m bench.what_if --children 5000 --pledges 500 --questions 40 --again 3``

With ``--rupiah`` the month of `bench.rupiah`: answers by one exchange, which need not be the least.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from bench.rupiah import rupiah_month
from matcher.asking import questions, what_if
from matcher.contrast import Contrast
from matcher.policy import BudgetRule, Policy
from matcher.solve import solve
from tests.matcher.months import month


def main() -> None:
    """Print CPU milliseconds of questions, of condensing the month once, and of solving again."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--children", type=int, default=5000)
    asked.add_argument("--pledges", type=int, default=500)
    asked.add_argument("--questions", type=int, default=40)
    asked.add_argument("--again", type=int, default=3)
    asked.add_argument("--rupiah", action="store_true")
    options = asked.parse_args()
    policy = Policy(split_siblings=True)
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


if __name__ == "__main__":
    main()
