"""Whether a person may do what a use case does, asked where no door asked before."""

from api.security import holds, may
from api.services.errors import Forbidden
from data.schema import Account

__all__ = ["must_hold"]


def must_hold(by: Account, permission: str) -> None:
    """Refuse whoever does not hold a permission.

    Raises
    ------
    Forbidden
        ``access.role`` where the role does not have it, ``access.place`` where the role has it but
        the account is bound to a place.
    KeyError
        When nobody declared the permission.
    """
    if not may(by.role, permission):
        raise Forbidden("access.role", permission=permission, role=by.role.value)
    if not holds(by, permission):
        raise Forbidden("access.place", permission=permission)
