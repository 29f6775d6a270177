"""What reading one cell gave: a value, or what is wrong with it, or both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from data.readers.records import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Reading", "doubtful", "good", "unreadable"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The value of a cell and, when something is the matter, the code of the sentence."""

    value: T | None
    code: str | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    suggestion: str | None = None
    severity: Severity = Severity.REJECTED


def good(value: T | None) -> Reading[T]:
    """Return a value with nothing to say about it (``None``: the cell means *not known*)."""
    return Reading(value)


def doubtful(
    value: T | None, code: str, *, suggestion: str | None = None, **params: str | float
) -> Reading[T]:
    """Return a value that is taken over with a warning."""
    return Reading(value, code, params, suggestion, Severity.WARNING)


def unreadable(code: str, *, suggestion: str | None = None, **params: str | float) -> Reading[T]:
    """Return no value: the row is kept out."""
    return Reading(None, code, params, suggestion, Severity.REJECTED)
