"""Who may do what: one table, default deny. It knows no web, so use cases may read it too.

A permission is ``noun:verb``. ``self:…`` belongs to everyone who is signed in. Object rules (a
courier's own routes, a donor's own children) stand in the use cases; this table is the first door.
"""

from collections.abc import Mapping

from data.place import place_of
from data.schema import Account, AuditEntry, Role

EVERYONE = frozenset(Role)
OFFICE = frozenset({Role.STAFF, Role.APPROVER})
READERS = frozenset({Role.STAFF, Role.APPROVER, Role.AUDITOR})
NAMES_OF_FAMILIES = frozenset({"guardian_name", "receiver", "recipient"})
"""Fields of any record that name a guardian or whoever took a package for one."""
WHERE_FAMILIES_LIVE = frozenset({"phone", "address", "rt", "rw", "landmark", "lat", "lon"})
"""Fields that lead to a family's door."""
FREE_TEXTS = frozenset(
    {
        "note", "notes", "text", "answer", "action", "reason", "reason_text", "accepted_reason",
        "state_reason", "undo_reason", "evidence", "purpose",
    }
)  # fmt: skip
"""Fields that somebody types freely: about a family they may name it."""
DECISIONS = frozenset({"cycle", "policy", "figure", "roads", "account", "semester", "sheet"})
"""What audit entries are about whose typed reasons an auditor reads: decisions of the office."""
HIDDEN = "•••"


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


PERMISSIONS: dict[str, frozenset[Role]] = {
    # --- platform: accounts, sign-ins, jobs, audit -------------------------------------------
    "self:read": EVERYONE,
    "self:edit": EVERYONE,
    "account:read": _roles(Role.ADMIN, Role.AUDITOR),
    "account:edit": _roles(Role.ADMIN),
    "office:edit": _roles(Role.ADMIN),
    "link:create": _roles(Role.ADMIN, Role.STAFF, Role.COORDINATOR),
    "job:read": _roles(*(EVERYONE - {Role.DONOR, Role.COURIER, Role.KADER})),
    "job:cancel": _roles(Role.STAFF, Role.COORDINATOR, Role.APPROVER, Role.ADMIN),
    "audit:read": _roles(Role.AUDITOR, Role.APPROVER),
    "audit:verify": _roles(Role.AUDITOR, Role.ADMIN),
    "operations:read": _roles(Role.ADMIN),
    # --- inputs to approval: children, sponsors, pledges, cycles, assignments ----------------
    "office:read": READERS,
    "child:read": READERS,
    "child:edit": _roles(Role.STAFF),
    "child:export": _roles(Role.STAFF),
    "child:decide": _roles(Role.APPROVER),
    "growth:review": OFFICE,
    "published:edit": OFFICE,
    "semester:edit": OFFICE,
    "supervision:read": READERS | {Role.COORDINATOR},
    "supervision:edit": OFFICE | {Role.COORDINATOR},
    "area:read": READERS | {Role.COORDINATOR},
    "area:export": READERS | {Role.COORDINATOR},
    "finding:own": _roles(Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.KADER),
    "posyandu:read": _roles(Role.KADER),
    "posyandu:record": _roles(Role.KADER),
    "place:read": READERS | {Role.COORDINATOR, Role.KADER},
    "accompaniment:record": _roles(Role.STAFF, Role.COORDINATOR, Role.KADER),
    "team:edit": _roles(Role.STAFF),
    "consumption:record": _roles(Role.STAFF, Role.COORDINATOR, Role.KADER),
    "child:report": _roles(Role.STAFF, Role.COORDINATOR, Role.KADER),
    "household:read": READERS | {Role.COORDINATOR},
    "household:edit": _roles(Role.STAFF),
    "household:place": _roles(Role.STAFF, Role.COORDINATOR),
    "consent:edit": _roles(Role.STAFF),
    "change:read": READERS | {Role.COORDINATOR},
    "change:decide": OFFICE,
    "sponsor:read": READERS,
    "sponsor:edit": _roles(Role.STAFF),
    "sponsor:merge": _roles(Role.APPROVER),
    "pledge:read": READERS,
    "pledge:edit": _roles(Role.STAFF),
    "import:read": OFFICE,
    "import:edit": _roles(Role.STAFF),
    "duplicate:read": OFFICE,
    "duplicate:decide": OFFICE,
    "cycle:read": READERS | {Role.COORDINATOR},
    "cycle:open": _roles(Role.STAFF),
    "cycle:lock": _roles(Role.STAFF),
    "cycle:unlock": _roles(Role.STAFF),
    "cycle:propose": _roles(Role.STAFF),
    "cycle:submit": _roles(Role.STAFF),
    "cycle:approve": _roles(Role.APPROVER),
    "cycle:reject": _roles(Role.APPROVER),
    "cycle:cancel": _roles(Role.APPROVER),
    "cycle:reopen": _roles(Role.APPROVER),
    "assignment:read": READERS,
    "assignment:ask": OFFICE,
    "policy:read": READERS,
    "policy:edit": OFFICE,
    "assignment:hold": _roles(Role.STAFF),
    "replacement:propose": _roles(Role.STAFF),
    "replacement:decide": _roles(Role.APPROVER),
    # --- packing to closing: packages, stock, routes, deliveries, reports --------------------
    "package:read": READERS | {Role.COORDINATOR},
    "package:pack": _roles(Role.COORDINATOR),
    "shortage:sign": _roles(Role.COORDINATOR, Role.APPROVER),
    "stock:read": READERS | {Role.COORDINATOR},
    "stock:edit": _roles(Role.COORDINATOR, Role.STAFF),
    "route:read": READERS | {Role.COORDINATOR},
    "route:map": OFFICE | {Role.COORDINATOR},
    "route:plan": _roles(Role.COORDINATOR),
    "route:export": _roles(Role.COORDINATOR),
    "route:dispatch": _roles(Role.COORDINATOR),
    "delivery:record": _roles(Role.COURIER, Role.COORDINATOR),
    "delivery:amend": _roles(Role.COORDINATOR),
    "delivery:read": READERS | {Role.COORDINATOR},
    "exception:read": READERS | {Role.COORDINATOR},
    "exception:open": _roles(Role.COORDINATOR, Role.APPROVER, Role.STAFF),
    "exception:act": _roles(Role.COORDINATOR, Role.APPROVER),
    "fulfilment:read": READERS | {Role.COORDINATOR},
    "cycle:reconcile": _roles(Role.COORDINATOR),
    "cycle:close": _roles(Role.APPROVER),
    "cycle:amend": _roles(Role.APPROVER),
    "verification:read": READERS | {Role.COORDINATOR},
    "verification:answer": _roles(Role.COORDINATOR, Role.STAFF, Role.APPROVER),
    "report:read": READERS | {Role.COORDINATOR},
    "comparison:read": READERS,
    "my:routes": _roles(Role.COURIER),
    "my:donations": _roles(Role.DONOR),
    "package:edit": _roles(Role.COORDINATOR),
    "route:edit": _roles(Role.COORDINATOR),
    "delivery:import": _roles(Role.COORDINATOR),
    "report:export": READERS | {Role.COORDINATOR},
    "own_route:read": _roles(Role.COURIER),
    "own_children:read": _roles(Role.DONOR),
    "own_pledge:edit": _roles(Role.DONOR),
    "donor_message:send": _roles(Role.DONOR),
    "donor_message:answer": _roles(Role.STAFF),
    "photo:decide": _roles(Role.STAFF, Role.COORDINATOR),
}

LOCAL = frozenset(
    {
        "self:read", "self:edit",
        "place:read", "area:read", "area:export", "posyandu:read", "posyandu:record", "finding:own",
        "child:read", "child:edit", "child:report", "child:export", "change:read",
        "household:read", "household:edit", "consent:edit",
        "growth:review", "accompaniment:record", "consumption:record",
    }
)  # fmt: skip
"""What an account that is bound to a place may do there, of what its role may.

All else concerns the whole office: months, pairs, rules, routes, stock, files, pledges, accounts.
"""


def may(role: Role, permission: str) -> bool:
    """Whether a role holds a permission.

    Raises
    ------
    KeyError
        When nobody declared the permission: a typing slip must not pass as a refusal.
    """
    return role in PERMISSIONS[permission]


def is_for_places(permission: str) -> bool:
    """Whether an account that is bound to a place keeps a permission of its role."""
    return permission in LOCAL


def holds(person: Account, permission: str) -> bool:
    """Whether a person holds a permission: by role, and by place where bound to one."""
    return may(person.role, permission) and (is_for_places(permission) or place_of(person) is None)


def sees_homes(role: Role) -> bool:
    """Whether a role is shown where families live and how to call them; the auditor is not."""
    return role is not Role.AUDITOR


def sees_names(role: Role) -> bool:
    """Whether a role is shown names of children and guardians, and so may search by them."""
    return role is not Role.AUDITOR


def seen_name(name: str, role: Role) -> str:
    """Return a name as a role may see it: the auditor sees initials only."""
    if sees_names(role):
        return name
    return " ".join(f"{word[0]}." for word in name.split() if word)


def seen_text(text: str, role: Role) -> str:
    """Return a text typed about a family as a role may see it: the auditor, that there is one."""
    return text if sees_homes(role) or not text else HIDDEN


def seen_purpose(entry: AuditEntry, role: Role) -> str:
    """Return why an audited act was done: an auditor reads it where it is no family's affair."""
    is_decision = entry.subject in DECISIONS and not entry.action.startswith("replacement:")
    return entry.purpose if is_decision else seen_text(entry.purpose, role)


def seen_fields(fields: Mapping[str, object], subject: str, role: Role) -> dict[str, object]:
    """Return a record's fields as a role may see them: that one changed, never what it says."""
    if sees_homes(role):
        return dict(fields)
    names = NAMES_OF_FAMILIES | ({"name"} if subject == "child" else set())

    def seen(field: str, value: object) -> object:
        if isinstance(value, Mapping):
            return seen_fields(value, subject, role)
        if not value:
            return value
        if field in WHERE_FAMILIES_LIVE:
            return HIDDEN
        if field in FREE_TEXTS and subject not in DECISIONS and isinstance(value, str):
            return HIDDEN
        return seen_name(str(value), role) if field in names else value

    return {field: seen(field, value) for field, value in fields.items()}
