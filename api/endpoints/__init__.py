"""JSON endpoints under /api/v1, one module per noun, each with a ``router``."""

ENDPOINTS: list[str] = [
    "accounts",
    "sessions",
    "jobs",
    "audit",
    "health",
    "children",
    "households",
    "sponsors",
    "pledges",
    "cycles",
    "assignments",
    "policies",
    "weighings",
    "imports",
    "duplicates",
    "packages",
    "stock",
    "routes",
    "stops",
    "deliveries",
    "exceptions",
    "fulfilments",
    "reports",
    "my",
]
"""Modules of this package that ``create_app`` includes."""
