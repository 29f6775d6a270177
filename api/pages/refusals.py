"""What a use case refused, shown on the page where it was asked for."""

from collections.abc import Callable, Mapping

from fastapi import Request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.i18n import sentence
from api.pages.shell import field_errors, language_of
from api.services.errors import Invalid, Refused, ServiceError, StaleVersion
from api.services.taken import refusal_for

CONTENT = "isi"
"""The id of a page's content: where a refusal leads that belongs to no field."""


def refusal_of(session: Session, act: Callable[[], object]) -> ServiceError | None:
    """Do something in a savepoint; return what was refused, with nothing of it kept.

    What somebody else stored at the same moment is refused as it would have been a moment later.
    """
    try:
        with session.begin_nested():
            act()
    except (Refused, StaleVersion, Invalid) as refusal:
        session.expire_all()
        return refusal
    except IntegrityError as error:
        taken = refusal_for(error)
        if taken is None:
            raise
        session.expire_all()
        return taken
    return None


def texts_of(
    request: Request,
    refusal: ServiceError | None,
    *,
    names: Mapping[str, str] | None = None,
    at: str = CONTENT,
) -> dict[str, str]:
    """Return field → sentence for the error summary; empty when nothing was refused.

    ``names`` says what the form calls a use case's fields; a refusal that belongs to no field
    stands at ``at``.
    """
    if refusal is None:
        return {}
    if isinstance(refusal, Invalid) and refusal.params.get("fields"):
        found = field_errors(request, refusal)
        return {(names or {}).get(name, name): text for name, text in found.items()}
    return {at: sentence(refusal.code, refusal.params, language_of(request))}


def status_of(refusal: ServiceError | None) -> int:
    """Return the status that a page with this refusal has."""
    return refusal.status if refusal is not None else 200
