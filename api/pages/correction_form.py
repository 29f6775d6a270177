"""What stands in the form of a correction: what was typed, or what a phone or a family told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import Request
from sqlmodel import Session, select

from api.i18n import Formats, sentence
from api.pages.road import find_package
from api.pages.shell import language_of
from api.services.amended_goods import (
    BUCKETS,
    accepted_now,
    packed_by_item,
    shifts_of,
    whereabouts,
)
from api.services.amended_stock import LaterCount, counts_since
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from api.services.exception_queue import find_told
from api.services.family_answers import NOT_RECEIVED, FamilyAnswer
from api.services.late_news import LateNews
from data.schema import Account, Amendment, Cycle, Fulfilment, Package, PackageState


@dataclass(frozen=True, kw_only=True)
class ItemField:
    """One item of the package: what it holds, what stands as accepted, and what is typed."""

    code: str
    packed: int
    recorded: int | None
    accepted: str


@dataclass(frozen=True, kw_only=True)
class RestField:
    """Units of an item that no family accepted, in one place, and how many are to move."""

    code: str
    units: int
    moved: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """The fields of both forms as they are shown, and the news or answer they were taken from.

    ``counts`` are counts of stock that may have seen what is corrected; ``rests`` what no family
    accepted, by place. ``cause`` is why something did not arrive, kept when that stands again.
    """

    package: str = ""
    items: tuple[ItemField, ...] = ()
    day: str = ""
    moved_to: str = ""
    cause: str = ""
    counted: str = ""
    reason: str = ""
    news: LateNews | None = None
    answer: FamilyAnswer | None = None
    rests: tuple[tuple[str, tuple[RestField, ...]], ...] = ()
    rest_from: str = ""
    rest_to: str = ""
    rest_reason: str = ""
    counts: tuple[LaterCount, ...] = ()
    places: tuple[str, ...] = ()


def correction_of(
    session: Session,
    *,
    package: Package,
    draft: Correction,
    typed: Mapping[str, int | str] | None = None,
    moved: Mapping[str, int | str] | None = None,
) -> Correction:
    """Return a draft with the fields of its package, filled as typed, else with what stands."""
    found = whereabouts(session, package=package)
    rests = [
        (place, tuple(_rest_field(place, code, units, draft, moved or {}) for code, units in goods))
        for place in BUCKETS
        if found.is_told_by_item and (goods := sorted(found.left(place).items()))
    ]
    stays = package.state == PackageState.CARRIED
    return replace(
        draft,
        package=package.code,
        items=_item_fields(session, package=package, typed=typed or {}),
        rests=tuple(rests),
        counts=tuple(counts_since(session, package=package)),
        places=BUCKETS if stays else tuple(each for each in BUCKETS if each != "carried"),
    )


def package_to_correct(session: Session, cycle: Cycle, typed: str) -> Package:
    """Return the package of this month with a number in any case, spaces left out.

    Raises
    ------
    Invalid
        ``package.unknown``, or ``amend.cancelled`` for a box that was given up: its child has
        another or none. At its field.
    """
    try:
        package = find_package(session, "".join(typed.split()).upper(), cycle=cycle)
    except NotFound as unknown:
        raise Invalid(unknown.code, fields={"paket": unknown.code}) from unknown
    if package.state == PackageState.CANCELLED:
        raise Invalid("amend.cancelled", fields={"paket": "amend.cancelled"}, package=package.code)
    return package


def correction_undone(
    request: Request, session: Session, *, cycle: Cycle, entry_id: int
) -> Correction:
    """Fill in the correction that takes another back; what stood before it stands again.

    Raises
    ------
    NotFound
        ``amend.unknown`` for an entry that is of another month, or about a child without a
        package: the form is one of a package.
    """
    entry = session.get(Amendment, entry_id)
    if entry is None or entry.cycle_id != cycle.id:
        raise NotFound("amend.unknown")
    package = _package_of(session, entry)
    if package is None:
        raise NotFound("amend.unknown")
    moment = Formats(language_of(request)).moment(entry.at)
    reason = sentence("amend.undoing", {"moment": moment}, language_of(request))
    if entry.subject == "package" and (shifts := list(shifts_of(entry))):
        draft = Correction(rest_from=shifts[0].target, rest_to=shifts[0].source, rest_reason=reason)
        moved = {shift.item_code or "": shift.units for shift in shifts}
        return correction_of(session, package=package, draft=draft, moved=moved)
    draft = Correction(
        day=str(entry.before.get("delivered_on") or ""),
        moved_to=str(entry.after.get("moved_to") or ""),
        cause=str(entry.before.get("reason") or ""),
        reason=reason,
    )
    items = entry.before.get("items")
    return correction_of(
        session, package=package, draft=draft, typed=items if isinstance(items, dict) else {}
    )


def correction_by_case(
    request: Request, session: Session, *, cycle: Cycle, case_id: int, by: Account
) -> Correction:
    """Fill in a correction as a phone or a family told it; what they cannot know is left to choose.

    Raises
    ------
    NotFound
        ``exception.unknown`` for a case that is of another month, or that neither told of.
    """
    facts = find_told(session, cycle=cycle, case_id=case_id, by=by)
    if facts is None or facts.package is None:
        raise NotFound("exception.unknown")
    if facts.news is not None:
        return _by_news(request, session, facts.package, facts.news)
    answer, typed = facts.answer, {}
    if answer is not None and answer.answer == NOT_RECEIVED:
        typed = dict.fromkeys(packed_by_item(session, package=facts.package), 0)
    reason = answer_words(request, answer) if answer else ""
    draft = Correction(reason=reason, answer=answer)
    return correction_of(session, package=facts.package, draft=draft, typed=typed)


def answer_words(request: Request, answer: FamilyAnswer) -> str:
    """Return in words what a family answered, how and when: the reason of a correction by it."""
    language = language_of(request)
    return sentence(
        "amend.by_answer",
        {
            "answer": sentence(f"call.{answer.answer}", {}, language),
            "way": sentence(f"call_way.{answer.way or 'phone'}", {}, language),
            "at": Formats(language).moment(answer.at),
        },
        language,
    )


def _by_news(request: Request, session: Session, package: Package, news: LateNews) -> Correction:
    shown = Formats(language_of(request))
    draft = Correction(
        day=local_date(news.happened_at).isoformat() if news.accepted_items else "",
        moved_to=_source(session, package, news),
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
    return correction_of(session, package=package, draft=draft, typed=news.accepted_by_item)


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


def _item_fields(
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


def typed_rest(draft: Correction) -> dict[str, int]:
    """Return the units of each item that are to move from the place of the draft, as typed.

    Raises
    ------
    Invalid
        ``amend.units`` at each field that holds no number, or more than lies there.
    """
    fields = dict(draft.rests).get(draft.rest_from, ())
    wrong = {
        f"dipindah-{draft.rest_from}-{each.code}": (
            "amend.units", {"found": each.moved or "–", "packed": each.units}
        )
        for each in fields
        if not (each.moved.strip().isdecimal() and int(each.moved) <= each.units)
    }  # fmt: skip
    if wrong:
        raise Invalid("amend.units", fields=wrong)
    return {each.code: int(each.moved) for each in fields}


def _rest_field(
    place: str, code: str, units: int, draft: Correction, moved: Mapping[str, int | str]
) -> RestField:
    """Return a field filled as typed; in the form that was sent, nothing typed is nothing moved."""
    is_sent = place == draft.rest_from and bool(moved)
    return RestField(code=code, units=units, moved=str(moved.get(code, 0) if is_sent else units))


def _package_of(session: Session, entry: Amendment) -> Package | None:
    if entry.subject == "package":
        return session.get_one(Package, entry.subject_id)
    row = session.get_one(Fulfilment, entry.subject_id)
    return session.exec(
        select(Package).where(
            Package.assignment_id == row.assignment_id, Package.state != PackageState.CANCELLED
        )
    ).first()


def _source(session: Session, package: Package, news: LateNews) -> str:
    """Return where units come from that were accepted after all; nothing where none were."""
    if news.accepted_items <= news.recorded_items:
        return ""
    units = whereabouts(session, package=package).units
    most = max(BUCKETS, key=lambda bucket: units[bucket])
    return most if units[most] else ""
