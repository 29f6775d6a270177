"""Who may do what: one table, default deny. It knows no web, so use cases may read it too.

A permission is ``noun:verb``. ``self:…`` belongs to everyone who is signed in. Object rules (a
courier's own routes, a donor's own children) stand in the use cases; this table is the first door.
"""

from data.schema import Role

EVERYONE = frozenset(Role)
OFFICE = frozenset({Role.STAFF, Role.APPROVER})
READERS = frozenset({Role.STAFF, Role.APPROVER, Role.AUDITOR})


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


PERMISSIONS: dict[str, frozenset[Role]] = {
    # --- platform: accounts, sign-ins, jobs, audit -------------------------------------------
    "self:read": EVERYONE,
    "self:edit": EVERYONE,
    "account:read": _roles(Role.ADMIN, Role.AUDITOR),
    "account:edit": _roles(Role.ADMIN),
    "link:donor": _roles(Role.ADMIN, Role.STAFF),
    "link:courier": _roles(Role.ADMIN, Role.COORDINATOR),
    "job:read": _roles(*(EVERYONE - {Role.DONOR, Role.COURIER})),
    "job:cancel": _roles(Role.STAFF, Role.COORDINATOR, Role.ADMIN),
    "audit:read": _roles(Role.AUDITOR, Role.APPROVER),
    "audit:verify": _roles(Role.AUDITOR, Role.ADMIN),
    "operations:read": _roles(Role.ADMIN),
    # --- inputs to approval: children, sponsors, pledges, cycles, assignments ----------------
    # --- packing to closing: packages, stock, routes, deliveries, reports --------------------
}


def may(role: Role, permission: str) -> bool:
    """Whether a role holds a permission.

    Raises
    ------
    KeyError
        When nobody declared the permission: a typing slip must not pass as a refusal.
    """
    return role in PERMISSIONS[permission]
