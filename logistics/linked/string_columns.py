"""The columns of the arrays of `string_search`."""

from __future__ import annotations

NEXT, PREV, ROUTE, AHEAD, DEMAND, OUT, USUAL = range(7)
"""Columns of a node: neighbours, route (-1: none), way to the next, demand, way to the depot,
and the route on which a plan had the client (-1: none)."""
NUM_COLUMNS = 8
LOAD, SIZE, RUINED = range(3)
"""Columns of a route."""
NODE, AFTER = range(2)
"""Columns of the log: a client and the node after which it stood; -1: it was put in."""
NEVER = 1 << 60
