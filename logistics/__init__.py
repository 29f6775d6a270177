"""What goes where, in which order: a pure core of problem, solve, plan, check and explain."""
