"""JSON endpoints under /api/v1, one module per noun, each with a ``router``."""

ENDPOINTS: list[str] = [
    "accounts",
    "sessions",
    "jobs",
    "audit",
    "health",
]
"""Modules of this package that ``create_app`` includes."""
