"""Letters and certificates of thanks to a donor: aliases and contents, as on the donor's page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from api.documents.models import Goods
from api.documents.report_models import (
    Certificate,
    DonorLetter,
    LetterChild,
    LetterStatus,
)
from api.i18n import translator
from api.sentences.reports import TITLES
from api.services import looks
from api.services.clock import local_date
from api.services.dispatch import PDF, Export
from api.services.donor import DonorMonth, donor_view, own_pledges
from api.services.errors import NotFound, Refused
from api.services.months import first_day
from api.services.office_heads import signatory_on
from api.services.route_book import imprint_of
from data.queries.reports import receipts_of_month
from data.reference.items import item
from data.schema import Role

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.donor import DonorChild
    from data.schema import Account, Cycle, Sponsor

__all__ = ["donor_certificate", "donor_letter", "yearly_letter"]


def donor_letter(
    session: Session,
    *,
    sponsor: Sponsor,
    cycle: Cycle,
    by: Account,
    now: datetime,
    organisation: str = "",
    language: Language = "id",
) -> Export:
    """Return the letter of thanks for a month as PDF; aliases only, of children it reached.

    Raises
    ------
    NotFound
        ``donor.unknown`` when a donor asks for another sponsor's letter.
    Refused
        ``donor.nothing`` when no package of the sponsor's went out that month.
    """
    from api.documents.letters import donor_letters_pdf

    _refuse_strangers(session, sponsor, by, now)
    view = donor_view(session, sponsor=sponsor, now=now)
    children = [
        (child, month)
        for child in view.children
        for month in child.months
        if month.month == cycle.month and month.status in ("received", "on_the_way")
    ]
    num_hidden = sum(cycle.month in child.received for child in view.hidden)
    if not children and not num_hidden:
        raise Refused("donor.nothing", month=cycle.month)
    received_rp = _received_rp(session, sponsor, [cycle.month])
    told = tuple(_letter_child(child, month, language) for child, month in children)
    letter = DonorLetter(
        imprint=imprint_of(
            (),
            by=by,
            now=now,
            organisation=organisation,
            said=(cycle.month, sponsor.code, told, num_hidden),
        ),
        number="",
        sponsor_name=sponsor.name,
        month=first_day(cycle.month),
        dated_on=local_date(now),
        children=told,
        signatory=signatory_on(session, local_date(now), language=language),
        received_rp=received_rp or None,
        num_hidden_packages=num_hidden,
    )
    _note(session, "donor:letter", sponsor, by, now, month=cycle.month)
    content = donor_letters_pdf([letter], language=language)
    return Export(f"surat-{sponsor.code}-{cycle.month}.pdf", PDF, content)


def yearly_letter(
    session: Session,
    *,
    sponsor: Sponsor,
    year: int,
    by: Account,
    now: datetime,
    language: Language = "id",
) -> Export:
    """Return the letter of thanks for a year as PDF: what each child received, added up.

    Raises
    ------
    NotFound
        ``donor.unknown`` when a donor asks for another sponsor's letter, ``donor.letter`` for a
        year in which nothing arrived.
    """
    from api.documents.letters import donor_letters_pdf

    _refuse_strangers(session, sponsor, by, now)
    view = donor_view(session, sponsor=sponsor, now=now)
    children = [
        _year_of(child, months, language)
        for child in view.children
        if (months := [each for each in child.months if _arrived_in(each, year)])
    ]
    hidden = [m for child in view.hidden for m in child.received if m.startswith(f"{year}-")]
    if not children and not hidden:
        raise NotFound("donor.letter")
    all_months = [f"{year}-{number:02d}" for number in range(1, 13)]
    is_over = local_date(now).year > year
    last_told = max(
        [month for child in children for month in child.months] + [first_day(m) for m in hidden]
    )
    letter = DonorLetter(
        imprint=imprint_of(
            (),
            by=by,
            now=now,
            organisation="",
            said=(year, sponsor.code, tuple(children), len(hidden)),
        ),
        number="",
        sponsor_name=sponsor.name,
        month=first_day(all_months[-1]) if is_over else last_told,
        dated_on=local_date(now),
        children=tuple(children),
        signatory=signatory_on(session, local_date(now), language=language),
        received_rp=_received_rp(session, sponsor, all_months) or None,
        year=year,
        num_hidden_packages=len(hidden),
    )
    _note(session, "donor:letter", sponsor, by, now, year=year)
    content = donor_letters_pdf([letter], language=language)
    return Export(f"surat-{sponsor.code}-{year}.pdf", PDF, content)


def donor_certificate(
    session: Session, *, sponsor: Sponsor, by: Account, now: datetime, language: Language = "id"
) -> Export:
    """Return the certificate of thanks for all that arrived so far, as PDF.

    Raises
    ------
    NotFound
        ``donor.unknown`` for another sponsor's, ``donor.letter`` before anything arrived.
    """
    from api.documents.certificates import certificate_pdf

    _refuse_strangers(session, sponsor, by, now)
    view = donor_view(session, sponsor=sponsor, now=now)
    arrived = [
        (child, month)
        for child in view.children
        for month in child.months
        if month.status == "received"
    ]
    hidden = [child.received for child in view.hidden if child.received]
    months = sorted([month.month for _, month in arrived] + [m for each in hidden for m in each])
    if not months:
        raise NotFound("donor.letter")
    certificate = Certificate(
        imprint=imprint_of(
            (), by=by, now=now, organisation="", said=(sponsor.code, months, len(months))
        ),
        sponsor_name=sponsor.name,
        first_month=first_day(months[0]),
        last_month=first_day(months[-1]),
        num_children=len({child.alias for child, _ in arrived}) + len(hidden),
        num_packages=len(months),
        dated_on=local_date(now),
        signatory=signatory_on(session, local_date(now), language=language),
    )
    _note(session, "donor:certificate", sponsor, by, now)
    content = certificate_pdf(certificate, language=language)
    return Export(f"piagam-{sponsor.code}.pdf", PDF, content)


def _refuse_strangers(session: Session, sponsor: Sponsor, by: Account, now: datetime) -> None:
    if by.role == Role.DONOR and by.sponsor_id != sponsor.id:
        _note(session, "donor:refused", sponsor, by, now)
        raise NotFound("donor.unknown")


def _note(
    session: Session, action: str, sponsor: Sponsor, by: Account, now: datetime, **after: object
) -> None:
    looks.note(
        session, by=by, action=action, subject="sponsor", subject_id=sponsor.code, now=now,
        after=after,
    )  # fmt: skip


def _received_rp(session: Session, sponsor: Sponsor, months: list[str]) -> int:
    own = {pledge.id for pledge in own_pledges(session, sponsor)}
    return sum(
        rupiah
        for month in months
        for pledge, rupiah in receipts_of_month(session, month=month).items()
        if pledge in own
    )


def _arrived_in(month: DonorMonth, year: int) -> bool:
    return month.status == "received" and month.month.startswith(f"{year}-")


def _year_of(child: DonorChild, months: list[DonorMonth], language: Language) -> LetterChild:
    units: Counter[str] = Counter()
    for month in months:
        units.update(dict(month.contents))
    total = replace(months[-1], contents=tuple(units.items()))
    told = _letter_child(child, total, language, num_packages=len(months))
    return replace(told, months=tuple(sorted(first_day(each.month) for each in months)))


def _letter_child(
    child: DonorChild, month: DonorMonth, language: Language, *, num_packages: int = 1
) -> LetterChild:
    say = translator(language)
    received = month.status == "received"
    return LetterChild(
        alias=child.alias,
        age_band=say(TITLES[_band(month.age_months)]) if month.age_months is not None else "",
        sex=say(TITLES[child.sex]),
        kecamatan=child.kecamatan_name or "",
        num_packages=num_packages,
        contents=tuple(_goods(code, units, language) for code, units in month.contents),
        status=LetterStatus.RECEIVED if received else LetterStatus.ON_THE_WAY,
        trend=say(TITLES[child.trend]) if child.trend else "",
    )


def _band(months: int) -> str:
    return f"age_{max(start for start in (0, 6, 12, 24) if start <= months)}"


def _goods(code: str, units: int, language: Language) -> Goods:
    kind = item(code)
    if language == "en":
        return Goods(kind.name_en, units, kind.unit_en)
    return Goods(kind.name_id, units, kind.unit_id)
