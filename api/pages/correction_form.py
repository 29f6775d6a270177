"""What stands in the form of a correction: what was typed, or what a phone's late news says."""

from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from api.i18n import Formats, sentence
from api.pages.shell import language_of
from api.services.amendments import judgement, units_elsewhere
from api.services.clock import local_date
from api.services.errors import NotFound
from api.services.exceptions import find_news
from api.services.late_news import LateNews
from data.schema import Account, Cycle, Package


@dataclass(frozen=True, kw_only=True)
class Correction:
    """The fields of the form as they are shown, and the news they were taken from."""

    package: str = ""
    state: str = ""
    accepted: str = ""
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
        state=judgement(news.packed_items, news.accepted_items).value,
        accepted=str(news.accepted_items),
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


def _source(session: Session, cycle: Cycle, package: Package, news: LateNews) -> str:
    """Return where units come from that were accepted after all; nothing where none were."""
    if news.accepted_items <= news.recorded_items:
        return ""
    elsewhere = units_elsewhere(session, cycle=cycle, package=package)
    most = max(elsewhere, key=lambda bucket: elsewhere[bucket])
    return most if elsewhere[most] else ""
