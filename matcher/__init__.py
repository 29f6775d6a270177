"""Who supports whom this month: a pure core of problem, solve, matching, check and explain."""
