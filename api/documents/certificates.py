"""certificate.pdf: thanks to a sponsor on one page, fit for a wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.imprints import foot_line
from api.documents.reports import signatory_words
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from api.documents.models import Language
    from api.documents.report_models import Certificate

_WORDS = ("page", "certificate", "certificate_to", "letter_closing", "name_time")


def certificate_pdf(certificate: Certificate, *, language: Language = "id") -> bytes:
    """Print a certificate of thanks."""
    wording = Wording(language, certificate.imprint.timezone)
    say, count = wording.say, certificate.num_children
    children = say("num_children_one") if count == 1 else say("num_children", count=count)
    is_one_month = certificate.first_month == certificate.last_month
    when = say(
        "in_month" if is_one_month else "from_to_month",
        first=wording.month(certificate.first_month),
        last=wording.month(certificate.last_month),
    )
    text = say(
        "certificate_text",
        when=when,
        packages=wording.num_packages(certificate.num_packages),
        children=children,
    )
    place = printable(certificate.imprint.place)
    data = {
        "title": f"{say('certificate')} – {printable(certificate.sponsor_name)}",
        "organisation": printable(certificate.imprint.organisation),
        "language": language,
        "t": wording.all(_WORDS),
        "imprint": foot_line(certificate.imprint, wording),
        "sponsor": printable(certificate.sponsor_name),
        "text": text,
        "place": ", ".join(part for part in (place, wording.day(certificate.dated_on)) if part),
        "signatory": signatory_words(certificate.signatory, wording),
    }
    return typeset("certificates", data, imprint=certificate.imprint)
