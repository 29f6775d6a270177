"""Sponsors: registering, editing by several people, and merging double registrations."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from api.services.audit import record
from api.services.codes import CodeBook, hold_register
from api.services.donor_aliases import follow_sponsor
from api.services.editing import (
    confirm_fields,
    hold_rows,
    save_fields,
    today,
    too_long,
    unreadable_phones,
)
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.months import months_from
from data.reference.regions import regions
from data.schema import (
    Account,
    Pledge,
    PledgeForm,
    PledgeState,
    Role,
    Sponsor,
    SponsorKind,
    SponsorState,
)
from data.sealing import KeyRing, blind_index, mask, seal

SPONSOR_FIELDS = (
    "name",
    "kind",
    "institution",
    "phone",
    "email",
    "address",
    "kelurahan_code",
    "lat",
    "lon",
)


def find_sponsor(session: Session, *, code: str) -> Sponsor:
    """Return a sponsor by code; the one it was merged into when an old code is given.

    Raises
    ------
    NotFound
        ``sponsor.not_found``.
    """
    sponsor = session.exec(select(Sponsor).where(Sponsor.code == code)).one_or_none()
    if sponsor is None:
        raise NotFound("sponsor.not_found", sponsor=code)
    return current_sponsor(session, sponsor)


def current_sponsor(session: Session, sponsor: Sponsor) -> Sponsor:
    """Return the registration that stands for a sponsor after merges."""
    while sponsor.merged_into_id is not None:
        sponsor = session.get_one(Sponsor, sponsor.merged_into_id)
    return sponsor


def register_sponsor(
    session: Session,
    *,
    fields: Mapping[str, object],
    by: Account,
    now: datetime,
    keys: KeyRing,
    nik: str | None = None,
) -> Sponsor:
    """Register a sponsor.

    Raises
    ------
    Invalid
        A field that sponsors do not have, no name, a text too long for its column, a telephone
        number that cannot be read, an unknown kelurahan, half a point.
    Refused
        ``sponsor.nik_known`` when somebody is registered under this NIK already.
    """
    _check(fields)
    hold_register(session)
    sponsor = Sponsor(
        code=CodeBook(session).sponsor(),
        name=str(fields["name"]).strip(),
        kind=SponsorKind(str(fields.get("kind", SponsorKind.PERSON.value))),
        updated_at=now,
        updated_by=by.username,
    )
    for name, value in fields.items():
        if name not in {"name", "kind"}:
            setattr(sponsor, name, value)
    if nik:
        seal_nik(sponsor, nik, keys)
        known = session.exec(select(Sponsor).where(Sponsor.nik_index == sponsor.nik_index)).first()
        if known is not None:
            raise Refused("sponsor.nik_known", sponsor=known.code, nik=mask(nik))
    session.add(sponsor)
    session.flush()
    record(
        session,
        by=by,
        action="sponsor:register",
        subject="sponsor",
        subject_id=sponsor.code,
        now=now,
        after={"name": sponsor.name, "version": sponsor.version},
    )
    return sponsor


def seal_nik(sponsor: Sponsor, nik: str, keys: KeyRing) -> None:
    """Seal a sponsor's NIK, bound to its row."""
    sponsor.nik_sealed = seal(keys, nik, place=f"sponsor:nik:{sponsor.uid}")
    sponsor.nik_index = blind_index(keys, nik)
    sponsor.nik_masked = mask(nik)


def _check(fields: Mapping[str, object]) -> None:
    unknown = sorted(set(fields) - set(SPONSOR_FIELDS))
    if unknown:
        raise Invalid("edit.unknown_field", fields=dict.fromkeys(unknown, "edit.unknown_field"))
    if not str(fields.get("name", "")).strip():
        raise Invalid("sponsor.name", fields={"name": "sponsor.name"})
    if wrong := unreadable_phones(fields) | too_long(Sponsor, fields):
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    _check_place(fields)


def _check_place(fields: Mapping[str, object]) -> None:
    kelurahan = fields.get("kelurahan_code")
    known = {place.code for place in regions().all_kelurahan}
    if kelurahan is not None and kelurahan not in known:
        names = {"kelurahan_code": "household.unknown_kelurahan"}
        raise Invalid("household.unknown_kelurahan", fields=names, found=kelurahan)
    if (fields.get("lat") is None) != (fields.get("lon") is None):
        missing = "lat" if fields.get("lat") is None else "lon"
        raise Invalid("household.half_point", fields={missing: "household.half_point"})


def edit_sponsor(
    session: Session,
    *,
    sponsor: Sponsor,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Sponsor:
    """Save fields of a sponsor.

    Raises
    ------
    Invalid
        A field that may not be edited here, an unknown kelurahan, half a point.
    StaleVersion
        Somebody saved in between; see :func:`api.services.editing.save_fields`.
    """
    if "name" in changes and not str(changes["name"]).strip():
        raise Invalid("sponsor.name", fields={"name": "sponsor.name"})
    _check_place({"lat": sponsor.lat, "lon": sponsor.lon, **changes})
    before = save_fields(
        session,
        row=sponsor,
        subject="sponsor",
        base_version=base_version,
        changes=changes,
        allowed=SPONSOR_FIELDS,
        by=by,
        now=now,
    )
    confirm_fields(sponsor, before, today(now))
    session.flush()
    return sponsor


def merge_sponsors(
    session: Session,
    *,
    kept: Sponsor,
    dropped: Sponsor,
    by: Account,
    now: datetime,
    sum_pledges: bool = False,
    note: str = "",
) -> Sponsor:
    """Make two registrations one; overlapping pledges count once unless ``sum_pledges``.

    Pledges, their receipts and pairs go to the kept record; the dropped one's code leads there.
    Only two registrations that stand are merged, whoever else merges at the same time: so no chain
    of merges leads back to where it began.
    Of pledges that overlap, the larger one runs on and the other ends as ``merged``.

    Raises
    ------
    Forbidden
        ``sponsor.approver_only`` for anyone but an approver.
    Refused
        ``sponsor.merge_self``, ``sponsor.merged_before``.
    """
    if by.role is not Role.APPROVER:
        raise Forbidden("sponsor.approver_only", verb="merge")
    if kept.id == dropped.id:
        raise Refused("sponsor.merge_self", sponsor=kept.code)
    hold_rows(session, kept, dropped)
    for one in (kept, dropped):
        if one.state is SponsorState.MERGED or one.merged_into_id is not None:
            raise Refused("sponsor.merged_before", sponsor=one.code)
    moved = [row for row in _pledges(session, kept) if row.state in LIVE]
    for pledge in _pledges(session, dropped):
        rival = next((row for row in moved if _overlap(row, pledge)), None)
        if not sum_pledges and pledge.state in LIVE and rival is not None:
            _end_smaller(session, rival, pledge, by, now)
        pledge.sponsor_id = kept.id or 0
        session.add(pledge)
    _move_identity(session, kept, dropped)
    follow_sponsor(session, kept=kept, dropped=dropped)
    for one in (kept, dropped):
        one.version += 1
        one.updated_at, one.updated_by = now, by.username
    dropped.state, dropped.merged_into_id = SponsorState.MERGED, kept.id
    session.add_all([kept, dropped])
    session.flush()
    record(
        session,
        by=by,
        action="sponsor:merge",
        subject="sponsor",
        subject_id=kept.code,
        now=now,
        after={"merged": dropped.code, "sum_pledges": sum_pledges, "version": kept.version},
        purpose=note,
    )
    return kept


LIVE = (
    PledgeState.SUBMITTED,
    PledgeState.ACTIVE,
    PledgeState.LATE,
    PledgeState.SUSPENDED,
    PledgeState.ENDING,
)


def _pledges(session: Session, sponsor: Sponsor) -> list[Pledge]:
    return list(session.exec(select(Pledge).where(Pledge.sponsor_id == sponsor.id)).all())


def _overlap(one: Pledge, other: Pledge) -> bool:
    apart = months_from(one.first_month, other.first_month)
    return -other.num_months < apart < one.num_months


def _size(pledge: Pledge) -> tuple[int, int]:
    return pledge.num_children, pledge.amount_rp


def _end_smaller(
    session: Session, rival: Pledge, pledge: Pledge, by: Account, now: datetime
) -> None:
    """End the smaller of two overlapping pledges; a gift of goods and one of money is not one."""
    if {rival.form, pledge.form} == {PledgeForm.MONEY, PledgeForm.GOODS}:
        return
    smaller = pledge if _size(pledge) <= _size(rival) else rival
    smaller.state, smaller.end_reason, smaller.ended_on = PledgeState.ENDED, "merged", today(now)
    smaller.version += 1
    smaller.updated_at, smaller.updated_by = now, by.username
    session.add(smaller)


def _move_identity(session: Session, kept: Sponsor, dropped: Sponsor) -> None:
    """Fill what the kept record lacks; a sealed NIK is bound to its row and stays there."""
    for name in ("institution", "phone", "email", "kelurahan_code"):
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(dropped, name))
    if kept.lat is None:
        kept.lat, kept.lon = dropped.lat, dropped.lon
    accounts = session.exec(select(Account).where(Account.sponsor_id == dropped.id)).all()
    for account in accounts:
        account.sponsor_id = kept.id
        session.add(account)
