"""The line at the foot of every page that tells one print from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.wording import printable

if TYPE_CHECKING:
    from datetime import date

    from api.documents.models import Imprint, RouteBook
    from api.documents.wording import Wording

DIGEST_LENGTH = 12


def foot_line(imprint: Imprint, wording: Wording, *, subject: str = "") -> str:
    """Write mark, subject, version, shortened digest, instant and person of a print.

    One that is the same whoever prints it says of when it is and what the digest is of: the report
    that it is taken from has one of its own. One that has no version says what the digest is of.
    """
    digest, moment = imprint.digest[:DIGEST_LENGTH], wording.moment(imprint.printed_at)
    if imprint.printed_by:
        printed = wording.say("printed", moment=moment, who=printable(imprint.printed_by))
    else:
        printed = wording.say("told_of", moment=moment)
    if not imprint.printed_by or imprint.version is None:
        digest = wording.say("own_digest", digest=digest)
    version = "" if imprint.version is None else f"{wording.say('version')} {imprint.version}"
    mark = unapproved_mark(imprint, wording)
    return " · ".join(part for part in (mark, subject, version, digest, printed) if part)


def title_line(word: str, book: RouteBook, wording: Wording) -> str:
    """Return the title of a print of routes; of a single one that was asked for with its number."""
    return titled(word, book.title_month, book.only_route, wording)


def titled(word: str, month: date, route: str, wording: Wording) -> str:
    """Return what is printed, of which month and, where it is given, of which route."""
    title = wording.say(word, month=wording.month(month))
    return f"{title} – {printable(route)}" if route else title


def unapproved_mark(imprint: Imprint, wording: Wording) -> str:
    """Say that nobody approved the month, or nothing where somebody did."""
    return "" if imprint.is_approved else wording.say("unapproved")


def help_line(imprint: Imprint, wording: Wording) -> str:
    """Write whom to call, or nothing where no number is known."""
    phone = printable(imprint.help_phone)
    return f"{wording.say('help')}: {phone}" if phone else ""
