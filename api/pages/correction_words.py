"""Corrections of a closed month in words: what they changed, and what they did to the shelf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import Request
from sqlmodel import Session, col, select

from api.i18n import Formats, sentence
from api.pages.names import names_of
from api.pages.shell import language_of, person_of
from api.services.amended_stock import moves_of_corrections
from api.services.report_tables import shortfall_reason
from data.reference.reasons import is_confidential
from data.schema import Amendment, Cycle, Fulfilment, Package, PackageState, Role

KINDS = {
    "fulfilment": {"state": "fulfilment", "moved_to": "amend_where"},
    "package": {"state": "package_state", "moved_from": "amend_where", "moved_to": "amend_where"},
}


@dataclass(frozen=True, kw_only=True)
class ToldCorrection:
    """A correction as the page tells it; ``is_last`` of its package, so that it can be undone."""

    entry: Amendment
    package_code: str
    before: str
    after: str
    stock: str
    is_last: bool


def told_corrections(
    request: Request, session: Session, cycle: Cycle, *, package: Package | None = None
) -> list[ToldCorrection]:
    """Return the corrections of a month, or of one package in it, the latest first."""
    rows = session.exec(
        select(Amendment).where(Amendment.cycle_id == cycle.id).order_by(col(Amendment.id))
    ).all()
    codes = {row.id: _package_code(session, row) for row in rows}
    last = {codes[row.id]: row.id for row in rows}
    moved = moves_of_corrections(session, entry_ids=[row.id or 0 for row in rows])
    return [
        ToldCorrection(
            entry=row,
            package_code=codes[row.id],
            before=_told(request, row.subject, _changed(row.before, row.after)),
            after=_told(request, row.subject, _changed(row.after, row.before)),
            stock=stock_words(request, moved.get(row.id or 0, {})),
            is_last=last[codes[row.id]] == row.id,
        )
        for row in reversed(rows)
        if package is None or codes[row.id] == package.code
    ]


def stock_words(request: Request, moved: Mapping[str, int]) -> str:
    """Return what came to the shelf or left it: ``+30 butir Telur ayam``; empty where nothing."""
    goods = names_of(request).goods
    return ", ".join(
        f"{'+' if units > 0 else '−'}{goods(code, abs(units))}"
        for code, units in moved.items()
        if units
    )


def _changed(values: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """Leave out items that stay as they are, and the sum where items are told; {} is nothing."""
    items, others = values.get("items"), other.get("items")
    told = {name: value for name, value in values.items() if name != "accepted_items" or not items}
    if isinstance(items, dict) and not any(items.values()):
        told["items"] = {}
    elif isinstance(items, dict) and isinstance(others, dict):
        told["items"] = {code: n for code, n in items.items() if others.get(code) != n}
    return told


def _told(request: Request, subject: str, values: Mapping[str, object]) -> str:
    language = language_of(request)
    reader = person_of(request)
    is_approver = reader is not None and reader.role is Role.APPROVER

    def word(name: str, value: object) -> str:
        if value is None:
            return "–"
        if name == "delivered_on":
            return Formats(language).day(date.fromisoformat(str(value)))
        if name == "reason":
            is_hidden = is_confidential(str(value)) and not is_approver
            return (
                sentence("amend_field.hidden", {}, language)
                if is_hidden
                else (shortfall_reason(str(value), language))
            )
        if isinstance(value, dict):
            goods = names_of(request).goods
            if not value:
                return sentence("amend_field.no_items", {}, language)
            return ", ".join(goods(code, units) for code, units in value.items())
        kind = KINDS[subject].get(name)
        return sentence(f"{kind}.{value}", {}, language) if kind else str(value)

    def head(name: str) -> str:
        is_moved = subject == "package" and name == "items"
        return sentence(f"amend_field.{'moved_items' if is_moved else name}", {}, language)

    return "; ".join(f"{head(name)}: {word(name, value)}" for name, value in values.items())


def _package_code(session: Session, row: Amendment) -> str:
    if row.subject == "package":
        return session.get_one(Package, row.subject_id).code
    judged = session.get_one(Fulfilment, row.subject_id)
    found = session.exec(
        select(Package.code).where(
            Package.assignment_id == judged.assignment_id, Package.state != PackageState.CANCELLED
        )
    ).first()
    return found or ""
