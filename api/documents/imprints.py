"""The line at the foot of every page that tells one print from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.wording import printable

if TYPE_CHECKING:
    from api.documents.models import Imprint
    from api.documents.wording import Wording

DIGEST_LENGTH = 12


def foot_line(imprint: Imprint, wording: Wording, *, subject: str = "") -> str:
    """Write subject, version, shortened digest, instant and person of a print."""
    digest = imprint.digest[:DIGEST_LENGTH]
    printed = wording.say(
        "printed", moment=wording.moment(imprint.printed_at), who=printable(imprint.printed_by)
    )
    version = f"{wording.say('version')} {imprint.version} · {digest}"
    return " · ".join(part for part in (subject, version, printed) if part)


def help_line(imprint: Imprint, wording: Wording) -> str:
    """Write whom to call, or nothing where no number is known."""
    phone = printable(imprint.help_phone)
    return f"{wording.say('help')}: {phone}" if phone else ""
