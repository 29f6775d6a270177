"""Where a package is, as groups of its states."""

from data.schema import PackageState

__all__ = ["FILLED", "IN_DEPOT"]

FILLED = (PackageState.RESERVED, PackageState.PACKED)
"""In the depot, with goods of its own."""
IN_DEPOT = (PackageState.PLANNED, *FILLED)
"""Not left yet: it can be packed again, carried over, or given another door."""
