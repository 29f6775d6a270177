"""What stands in the form of a correction: what was typed, or what a phone's late news says."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from api.i18n import Formats, sentence
from api.pages.shell import language_of
from api.services.amended_goods import packed_by_item
from api.services.amendments import accepted_now, units_elsewhere
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from api.services.exception_queue import find_news
from api.services.late_news import LateNews
from data.schema import Account, Cycle, Package


@dataclass(frozen=True, kw_only=True)
class ItemField:
    """One item of the package: what it holds, what stands as accepted, and what is typed."""

    code: str
    packed: int
    recorded: int | None
    accepted: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """The fields of the form as they are shown, and the news they were taken from."""

    package: str = ""
    items: tuple[ItemField, ...] = ()
    day: str = ""
    moved_to: str = ""
    reason: str = ""
    news: LateNews | None = None


def correction_by_news(
    request: Request, session: Session, *, cycle: Cycle, case_id: int, by: Account
) -> Correction:
    """Fill in a correction as a phone told it; what it cannot know is left to choose.

    Raises
    ------
    NotFound
        ``exception.unknown`` for a case that is of another month or about no late news.
    """
    found = find_news(session, cycle=cycle, case_id=case_id, by=by)
    if found is None:
        raise NotFound("exception.unknown")
    news, package = found
    shown = Formats(language_of(request))
    return Correction(
        package=package.code,
        items=item_fields(session, package=package, typed=news.accepted_by_item),
        day=local_date(news.happened_at).isoformat() if news.accepted_items else "",
        moved_to=_source(session, cycle, package, news),
        reason=sentence(
            "amend.by_news",
            {
                "by": news.by,
                "happened": shown.moment(news.happened_at),
                "received": shown.moment(news.received_at),
            },
            language_of(request),
        ),
        news=news,
    )


def typed_items(draft: Correction) -> dict[str, int]:
    """Return the accepted units of each item as typed.

    Raises
    ------
    Invalid
        ``amend.units`` at each field that holds no number, or more than was packed.
    """
    wrong = {
        f"diterima-{each.code}": (
            "amend.units", {"found": each.accepted or "–", "packed": each.packed}
        )
        for each in draft.items
        if not (each.accepted.strip().isdecimal() and int(each.accepted) <= each.packed)
    }  # fmt: skip
    if wrong:
        raise Invalid("amend.units", fields=wrong)
    return {each.code: int(each.accepted) for each in draft.items}


def item_fields(
    session: Session, *, package: Package, typed: Mapping[str, int | str]
) -> tuple[ItemField, ...]:
    """Return the fields of a package's items, filled as typed, else with what stands."""
    standing = accepted_now(session, package=package)
    return tuple(
        ItemField(
            code=code,
            packed=units,
            recorded=standing.get(code) if standing else None,
            accepted=str(typed.get(code, standing.get(code, "") if standing else "")),
        )
        for code, units in packed_by_item(session, package=package).items()
    )


def _source(session: Session, cycle: Cycle, package: Package, news: LateNews) -> str:
    """Return where units come from that were accepted after all; nothing where none were."""
    if news.accepted_items <= news.recorded_items:
        return ""
    elsewhere = units_elsewhere(session, cycle=cycle, package=package)
    most = max(elsewhere, key=lambda bucket: elsewhere[bucket])
    return most if elsewhere[most] else ""
