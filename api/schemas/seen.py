"""What a role that is not shown homes gets of a wire model: initials, and no way to the door."""

from typing import TypeVar

from pydantic import BaseModel

from api.security import WHERE_FAMILIES_LIVE, seen_name, seen_text, sees_homes
from data.schema import Role

Model = TypeVar("Model", bound=BaseModel)
NAMES = frozenset({"guardian_name"})
TEXTS = frozenset({"text", "note", "reason_text", "accepted_reason", "kept_because"})


def as_seen(
    view: Model,
    role: Role,
    *,
    names: frozenset[str] = NAMES,
    lists: tuple[str, ...] = (),
    texts: frozenset[str] = TEXTS,
) -> Model:
    """Return a view as a role may see it.

    Parameters
    ----------
    names
        Fields that hold the name of a guardian or of whoever took a package.
    lists
        Fields that hold a further view of a family, or several.
    texts
        Fields that were typed freely and may name a family.
    """
    if sees_homes(role):
        return view
    update: dict[str, object] = {}
    for field in type(view).model_fields:
        value = getattr(view, field)
        if field in names:
            update[field] = seen_name(value, role)
        elif field in texts:
            update[field] = seen_text(value, role)
        elif field in WHERE_FAMILIES_LIVE:
            update[field] = "" if field == "address" else None
        elif field in lists and isinstance(value, BaseModel):
            update[field] = as_seen(value, role, names=names, lists=lists)
        elif field in lists and isinstance(value, list):
            update[field] = [as_seen(each, role, names=names, lists=lists) for each in value]
    return view.model_copy(update=update)
