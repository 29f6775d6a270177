"""The list that a kader takes to the posyandu: own children, boxes to fill in, nothing to leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.i18n import Formats, sentence, translator
from api.services import looks
from api.services.account_places import place_name
from api.services.clock import local_date
from api.services.dispatch import PDF, Export
from api.services.months import first_day
from api.services.posyandu import read_month
from api.services.route_book import imprint_of
from data.reference.krs import accompaniment_names

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.documents.posyandu_lists import PosyanduLine
    from api.services.posyandu import FamilyMonth, PosyanduChild
    from data.schema import Account

__all__ = ["package_words", "posyandu_list"]


def posyandu_list(
    session: Session, *, month: str, by: Account, now: datetime, language: Language = "id"
) -> Export:
    """Return the list of the own posyandu for a month as PDF; the print is noted.

    Raises
    ------
    Invalid
        As :func:`api.services.posyandu.read_month`.
    """
    from api.documents.posyandu_lists import PosyanduList, posyandu_list_pdf

    found = read_month(session, month=month, by=by, now=now)
    lines = tuple(
        _line(family, child, language) for family in found.families for child in family.children
    )
    codes = tuple((code, names[language == "en"]) for code, names in accompaniment_names().items())
    place = place_name(by).name
    book = PosyanduList(
        imprint=imprint_of(
            (), by=by, now=now, organisation="", said=(month, place, lines), version=None
        ),
        place=place,
        month=first_day(month),
        lines=lines,
        code_names=codes,
    )
    looks.note(
        session, by=by, action="posyandu:print", subject="posyandu", subject_id=place[:40], now=now,
        after={"month": month, "children": [child.code for child in found.children]},
    )  # fmt: skip
    content = posyandu_list_pdf(book, language=language)
    return Export(f"posyandu-{month}-{local_date(now)}.pdf", PDF, content)


def package_words(child: PosyanduChild, language: str) -> str:
    """Say in words where a child's package is."""
    package, formats = child.package, Formats(language)
    if child.comes_on and child.status in ("prepared", "on_the_way"):
        day = formats.day(child.comes_on)
        return sentence(f"posyandu.{child.status}_on", {"day": day}, language)
    if package and package.arrived_at and child.has_arrived:
        code = "left_here" if package.is_left_here else child.status
        day = formats.day(local_date(package.arrived_at))
        return sentence(f"posyandu.{code}_on", {"day": day}, language)
    return sentence(f"posyandu.{child.status}", {}, language)


def _line(family: FamilyMonth, child: PosyanduChild, language: Language) -> PosyanduLine:
    from api.documents.posyandu_lists import PosyanduLine

    say = translator(language)
    lanes = [f"RT {family.rt}" if family.rt else "", f"RW {family.rw}" if family.rw else ""]
    address = ", ".join(
        part for part in (family.address, " ".join(filter(None, lanes)), family.landmark) if part
    )
    care = [sentence(f"posyandu.short_{sign}", {}, language) for sign in child.signs]
    care += [
        sentence("posyandu.short_measure_again", {}, language)
        for ask in child.asks
        if ask.kind == "measure_again"
    ]
    return PosyanduLine(
        child_name=child.name,
        age=say("%(n)s bulan") % {"n": child.age_months},
        guardian_name=family.guardian_name,
        address=address,
        measured_on=child.measured_on,
        care="; ".join(care),
        package=package_words(child, language),
        codes=family.codes,
    )
