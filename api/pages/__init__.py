"""Pages rendered on the server, one module per noun.

Each module has a ``router`` and may have ``NAVIGATION``, a list of ``shell.Entry``.
"""

PAGES: list[str] = [
    "shell",
    "signin",
    "months",
    "imports",
    "duplicates",
    "assignments",
    "child_forms",
    "children",
    "child_states",
    "moves",
    "sponsor_forms",
    "sponsors",
    "pledges",
    "replacements",
    "accounts",
    "jobs",
    "audit",
    "api_guide",
    "coordinator",
    "packages",
    "stock",
    "vehicles",
    "routes",
    "route",
    "board",
    "results",
    "route_sheet",
    "exceptions",
    "closing",
    "reports",
    "courier_phone",
    "courier",
    "donor",
    "donor_office",
    "invitations",
]
"""Modules of this package that ``create_app`` includes; their order is the navigation's."""
