"""A form of a row that several people may have open: saved is what was changed, nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from sqlmodel import Session

from api.i18n import sentence
from api.pages import typed_fields
from api.pages.field_words import FieldWords
from api.pages.refusals import refusal_of, texts_of
from api.pages.shell import language_of
from api.pages.typed_fields import Fields
from api.services.errors import ServiceError, StaleVersion

Save = Callable[[dict[str, Any], dict[str, Any]], object]
"""Stores changes; the second are the values that the changed fields were read with."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows: its texts, what refused them, and the texts that it was filled with."""

    texts: dict[str, str]
    refusal: ServiceError | None = None
    read: dict[str, str] = field(default_factory=dict)


def edit_row(
    session: Session,
    fields: Fields,
    row_of: Callable[[], object],
    typed: dict[str, str],
    save: Save,
) -> Shown | None:
    """Save what a person changed since the form was shown; return what to show when refused.

    ``row_of`` gives the row as it stands; it is asked again after a refusal.
    ``typed["semula"]`` are the texts that the form was filled with. After somebody else saved the
    same field the form is filled with what stands there now, but for what this person changed.
    """
    read = typed_fields.texts_read(typed.get("semula", "")) or typed_fields.shown(fields, row_of())

    def act() -> None:
        changes = typed_fields.changes(fields, read, typed)
        save(changes, typed_fields.values_read(fields, read, row_of()))

    refusal = refusal_of(session, act)
    if isinstance(refusal, StaleVersion):
        current = typed_fields.shown(fields, row_of())
        touched = {name: text for name, text in typed.items() if text != read.get(name, "")}
        return Shown({**current, **touched}, refusal, current)
    return Shown(typed, refusal, read) if refusal is not None else None


def errors_of(request: Request, refusal: ServiceError | None) -> dict[str, str]:
    """Return field → sentence; what another person saved is said at the field that both changed."""
    if not isinstance(refusal, StaleVersion):
        return texts_of(request, refusal)
    language = language_of(request)
    words = FieldWords(language)
    fields = refusal.params["fields"]
    told: Mapping[str, Mapping[str, object]] = fields if isinstance(fields, dict) else {}
    return {
        name: sentence(refusal.code, {"saved": words.value(name, both["theirs"])}, language)
        for name, both in told.items()
    }
