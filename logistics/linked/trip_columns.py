"""The columns of the arrays of trips, and how a place for a client is told."""

from __future__ import annotations

NEXT, PREV, TRIP, AHEAD, POINT, DEMAND, OPENS, CLOSES, SERVICE, RELEASE = range(10)
EARLIEST, LATEST, GROUP, USUAL = range(10, 14)
"""Columns of a node. Of a depot node EARLIEST is the departure, LATEST the last return; USUAL is
the trip on which a plan had the client (-1: none)."""
NUM_NODE_COLUMNS = 16
LOAD, SIZE, WAY, RELEASED, VEHICLE, AFTER, BEFORE, LEAVES, RETURNS, RUINED = range(10)
"Columns of a trip: LEAVES is the last departure, RETURNS the earliest return."
NUM_TRIP_COLUMNS = 10
KIND, FIRST, LAST, USED = range(4)
"Columns of a vehicle: kind, first and last trip (-1: none), number of trips."
CAPACITY, FIXED, UNIT, FROM, UNTIL, MOST_DURATION, MOST_WAY, MOST_TRIPS, DEPOT, FAMILY, SHARED = (
    range(11)
)
"Columns of a kind; kinds of one family differ in capacity and cost alone."
NUM_KIND_COLUMNS = 11
CURRENT, LEAST, NUM_FREE_TRIPS, NUM_ABSENT, STAMP, NUM_LOGGED = range(6)
"Numbers of a state."
WHAT, NODE, PLACE, OTHER = range(4)
"Columns of the log."
TAKEN, PUT, OPENED, CLOSED, CHANGED, CROSSED = range(6)
COST, HOW, SPOT, WHO, EXTRA, CLIENT = range(6)
"A place for a client: cost, how, node before it, vehicle or kind, trip before, client."
ON_TRIP, ON_FREE, ON_USED, ON_OTHER_KIND = range(4)
MEAN_REMOVED, LONGEST_STRING, NUM_TRIED, MOST_WANTED, HAS_HOURS, HAS_TRIPS, MUST, UNIT_LEAST = (
    range(8)
)
STRANGE, SHARE_OF_ONE, SHARE_OF_TAILS, MOST_TOGETHER, SHARE_OF_TOGETHER, SHARE_OF_CROSSES = range(
    8, 14
)
MAY_BREAK = 14
"""Settings; MUST is the prize from which a group has to be served, STRANGE what a client counts on
another trip than its usual one, SHARE_OF_ONE how often one string alone is taken, MAY_BREAK whether
taking a client off a trip can break a rule."""
NEVER = 1 << 60
