"""Pledges and what comes in of them: receipts, lateness, suspension, the end with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.capacity import RUNNING, capacity_in, package_price_rp, runs_in
from api.services.codes import CodeBook, hold_register
from api.services.cycle_lock import hold_running_cycles
from api.services.editing import (
    LARGEST,
    confirm_fields,
    hold_rows,
    save_fields,
    today,
    too_large,
    too_long,
    write_fields,
)
from api.services.errors import Invalid, NotFound, Refused
from api.services.months import checked_month, first_day, last_day, later_month, month_of
from data.reference.regions import regions
from data.schema import Account, Pledge, PledgeForm, PledgeReceipt, PledgeState, Sponsor

LATE_AFTER_DAY = 5
"""Day of the month until which goods or money may come in (a working figure of the programme)."""

MOST_MONTHS = 120

END_REASONS = (
    "finished",
    "cannot_continue",
    "moved_away",
    "changed_job",
    "died",
    "no_contact",
    "dissatisfied",
    "safeguarding",
    "merged",
    "other",
)
PLEDGE_FIELDS = (
    "form",
    "num_children",
    "amount_rp",
    "goods",
    "area_codes",
    "wish_area_codes",
    "first_month",
    "num_months",
    "is_standby",
)


@dataclass(frozen=True, kw_only=True)
class PledgeMonth:
    """What was promised and received of a pledge for a month."""

    pledge: Pledge
    promised_rp: int
    received_rp: int
    received_items: int
    is_received: bool
    is_late: bool


def find_pledge(session: Session, *, code: str) -> Pledge:
    """Return a pledge by code.

    Raises
    ------
    NotFound
        ``pledge.not_found``.
    """
    pledge = session.exec(select(Pledge).where(Pledge.code == code)).one_or_none()
    if pledge is None:
        raise NotFound("pledge.not_found", pledge=code)
    return pledge


def add_pledge(
    session: Session,
    *,
    sponsor: Sponsor,
    fields: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Pledge:
    """Write down a pledge of a sponsor; it runs at once.

    Raises
    ------
    Invalid
        By field: neither children nor rupiah, an unknown area, no months, an unreadable month.
    """
    _check(fields)
    hold_register(session)
    pledge = Pledge(
        code=CodeBook(session).pledge(),
        sponsor_id=sponsor.id or 0,
        form=PledgeForm(str(fields.get("form", PledgeForm.GOODS.value))),
        first_month=str(fields["first_month"]),
        num_months=int(str(fields["num_months"])),
        updated_at=now,
        updated_by=by.username,
    )
    for name in (
        "num_children",
        "amount_rp",
        "goods",
        "area_codes",
        "wish_area_codes",
        "is_standby",
    ):
        if name in fields:
            setattr(pledge, name, fields[name])
    session.add(pledge)
    session.flush()
    record(
        session,
        by=by,
        action="pledge:add",
        subject="pledge",
        subject_id=pledge.code,
        now=now,
        after={"sponsor": sponsor.code, "version": 1, **dict(fields)},
    )
    return pledge


def _check(fields: Mapping[str, object]) -> None:
    wrong = dict.fromkeys(sorted(set(fields) - set(PLEDGE_FIELDS)), "edit.unknown_field")
    checked_month(str(fields.get("first_month", "")))
    if not str(fields.get("num_months", "")).isdigit() or not int(str(fields["num_months"])):
        wrong["num_months"] = "pledge.months"
    elif int(str(fields["num_months"])) > LARGEST:
        wrong["num_months"] = "field.large"
    if not fields.get("num_children") and not fields.get("amount_rp"):
        wrong["num_children"] = "pledge.empty"
    wrong |= too_long(Pledge, fields) | too_large(Pledge, fields) | _wrong_values(fields)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)


def _wrong_values(fields: Mapping[str, object]) -> dict[str, str]:
    wrong = {}
    for name in ("num_children", "amount_rp"):
        value = fields.get(name, 0)
        if not isinstance(value, int) or value < 0:
            wrong[name] = "pledge.negative"
    known = {place.code for place in regions().all_kelurahan}
    known |= {place.code for place in regions().all_kecamatan}
    for name in ("area_codes", "wish_area_codes"):
        areas = fields.get(name, [])
        if not isinstance(areas, list) or set(areas) - known:
            wrong[name] = "pledge.unknown_area"
    return wrong


def edit_pledge(
    session: Session,
    *,
    pledge: Pledge,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Pledge:
    """Save fields of a pledge; they count from the next month that is locked.

    Raises
    ------
    Invalid
        By field, as in :func:`add_pledge`.
    StaleVersion
        Somebody saved in between; see :func:`api.services.editing.save_fields`.
    """
    current = {name: getattr(pledge, name) for name in PLEDGE_FIELDS}
    _check({**current, **changes})
    if "form" in changes:
        changes = {**changes, "form": PledgeForm(str(changes["form"]))}
    before = save_fields(
        session,
        row=pledge,
        subject="pledge",
        base_version=base_version,
        changes=changes,
        allowed=PLEDGE_FIELDS,
        by=by,
        now=now,
    )
    confirm_fields(pledge, before, today(now))
    return pledge


def renew_pledge(
    session: Session, *, pledge: Pledge, num_months: int, by: Account, now: datetime
) -> Pledge:
    """Let a pledge run longer; one that has ended begins anew with the next month.

    A pledge that still runs, or whose last month was the one before this, keeps its code, and with
    it its children. After that, and after an end, the sponsor gets a new one of the same size: more
    months on an old one would lie in the past.

    Raises
    ------
    Invalid
        ``pledge.months`` unless it is 1 to 120 months.
    Refused
        ``pledge.state`` for a rejected or merged one.
    """
    if not 1 <= num_months <= MOST_MONTHS:
        raise Invalid("pledge.months", fields={"num_months": "pledge.months"})
    month = month_of(today(now))
    if pledge.state in RUNNING and later_month(pledge.first_month, pledge.num_months) < month:
        last_month = later_month(pledge.first_month, pledge.num_months - 1)
        fields = {"end_reason": "finished", "ended_on": last_day(last_month)}
        _set_state(session, pledge, PledgeState.ENDED, by, now, "end", "", **fields)
    if pledge.state in RUNNING:
        changes: dict[str, object] = {"num_months": pledge.num_months + num_months}
        write_fields(
            session, row=pledge, subject="pledge", changes=changes, by=by, now=now, action="renew"
        )
        confirm_fields(pledge, changes, today(now))
        return pledge
    if pledge.state is not PledgeState.ENDED or pledge.end_reason == "merged":
        raise Refused("pledge.state", pledge=pledge.code, found=pledge.state.value, verb="renew")
    sponsor = session.get_one(Sponsor, pledge.sponsor_id)
    again: dict[str, object] = {
        name: getattr(pledge, name) for name in PLEDGE_FIELDS if name != "form"
    }
    again |= {
        "form": pledge.form.value,
        "first_month": later_month(month, 1),
        "num_months": num_months,
    }
    return add_pledge(session, sponsor=sponsor, fields=again, by=by, now=now)


def record_receipt(
    session: Session,
    *,
    pledge: Pledge,
    receipt_uid: str,
    month: str,
    received_on: date,
    by: Account,
    now: datetime,
    amount_rp: int = 0,
    goods: list[dict[str, object]] | None = None,
    note: str = "",
    num_seen: int | None = None,
) -> PledgeReceipt:
    """Write down what came in; the same ``receipt_uid`` again changes nothing.

    A late pledge of which something came in is active again. ``num_seen`` is how many receipts of
    the pledge the person saw who writes this one.

    Raises
    ------
    Invalid
        ``receipt.empty`` when nothing came, ``receipt.in_future``, ``pledge.negative``,
        ``receipt.came_meanwhile`` when somebody else recorded one since it was looked at.
    Refused
        ``receipt.other_pledge`` when the id was used for another pledge or month.
    """
    checked_month(month)
    hold_rows(session, pledge)
    known = session.exec(
        select(PledgeReceipt).where(PledgeReceipt.receipt_uid == receipt_uid)
    ).one_or_none()
    if known is not None:
        if (known.pledge_id, known.month) != (pledge.id, month):
            raise Refused("receipt.other_pledge", uid=receipt_uid)
        return known
    if num_seen is not None and num_seen < len(receipts(session, pledge=pledge)):
        raise Invalid("receipt.came_meanwhile", fields={"amount_rp": "receipt.came_meanwhile"})
    if amount_rp < 0:
        raise Invalid("pledge.negative", fields={"amount_rp": "pledge.negative"})
    said = {"receipt_uid": receipt_uid, "note": note, "amount_rp": amount_rp}
    if wrong := too_long(PledgeReceipt, said) | too_large(PledgeReceipt, said):
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    if amount_rp == 0 and not goods:
        raise Invalid("receipt.empty", fields={"amount_rp": "receipt.empty"})
    if received_on > today(now):
        raise Invalid("receipt.in_future", fields={"received_on": "receipt.in_future"})
    receipt = PledgeReceipt(
        receipt_uid=receipt_uid,
        pledge_id=pledge.id or 0,
        month=month,
        received_on=received_on,
        amount_rp=amount_rp,
        goods=goods or [],
        note=note,
        recorded_by=by.username,
        recorded_at=now,
    )
    session.add(receipt)
    session.flush()
    after = {"month": month, "amount_rp": amount_rp, "goods": goods or []}
    record(
        session,
        by=by,
        action="pledge:receipt",
        subject="pledge",
        subject_id=pledge.code,
        now=now,
        after=after,
    )
    if pledge.state is PledgeState.LATE:
        _set_state(session, pledge, PledgeState.ACTIVE, by, now, "received")
    return receipt


def receipts(session: Session, *, pledge: Pledge, month: str | None = None) -> list[PledgeReceipt]:
    """Return what came in of a pledge, the newest first."""
    query = select(PledgeReceipt).where(PledgeReceipt.pledge_id == pledge.id)
    if month is not None:
        query = query.where(PledgeReceipt.month == month)
    return list(session.exec(query.order_by(col(PledgeReceipt.id).desc())).all())


def pledge_month(session: Session, *, pledge: Pledge, month: str, on: date) -> PledgeMonth:
    """Return what was promised and received for a month, seen from a day.

    ``promised_rp`` is the amount, or for goods what their packages cost that month.
    """
    sponsor = session.get_one(Sponsor, pledge.sponsor_id)
    capacity = capacity_in(pledge, sponsor, checked_month(month))
    worth_rp = capacity.num_packages * package_price_rp(first_day(month))
    came = receipts(session, pledge=pledge, month=month)
    due = pledge.state in RUNNING and runs_in(pledge, month) and capacity.num_packages > 0
    return PledgeMonth(
        pledge=pledge,
        promised_rp=pledge.amount_rp if pledge.form is PledgeForm.MONEY else worth_rp,
        received_rp=sum(row.amount_rp for row in came),
        received_items=sum(_num_items(row) for row in came),
        is_received=bool(came),
        is_late=due and not came and on > first_day(month).replace(day=LATE_AFTER_DAY),
    )


def _num_items(receipt: PledgeReceipt) -> int:
    return sum(int(float(str(line.get("quantity", 0)))) for line in receipt.goods)


def mark_late(session: Session, *, month: str, by: Account, now: datetime) -> list[Pledge]:
    """Mark the pledges of which nothing came in by the cut-off day.

    Standby pledges are never late: nobody asked for them.
    """
    active = session.exec(
        select(Pledge)
        .where(Pledge.state == PledgeState.ACTIVE, col(Pledge.is_standby).is_(False))
        .order_by(col(Pledge.code))
    ).all()
    late = [
        pledge
        for pledge in active
        if pledge_month(session, pledge=pledge, month=month, on=today(now)).is_late
    ]
    for pledge in late:
        _set_state(session, pledge, PledgeState.LATE, by, now, "late")
    return late


def reminder_text(session: Session, *, pledge: Pledge, month: str, language: str = "id") -> str:
    """Return the friendly reminder for WhatsApp; it names no child."""
    from api.i18n import sentence

    sponsor = session.get_one(Sponsor, pledge.sponsor_id)
    capacity = capacity_in(pledge, sponsor, checked_month(month))
    params = {
        "name": sponsor.name,
        "month": month,
        "children": capacity.num_packages,
        "pledge": pledge.code,
    }
    return sentence("pledge.reminder", params, language)


def suspend_pledge(
    session: Session,
    *,
    pledge: Pledge,
    suspended_from: date,
    suspended_until: date,
    by: Account,
    now: datetime,
    reason: str = "",
) -> Pledge:
    """Suspend a pledge between two days; a month it touches that is not locked goes without it.

    A month that it begins with and that is matched already has to be matched anew; for one that is
    approved, replacements are proposed at once for the children whose package has not left.

    Raises
    ------
    Invalid
        ``pledge.suspended_backwards`` when it would end before it starts.
    Refused
        ``pledge.state`` when the pledge does not run.
    """
    _need_running(session, pledge, "suspend")
    if suspended_until < suspended_from:
        code = "pledge.suspended_backwards"
        raise Invalid(code, fields={"suspended_until": code})
    fields = {"suspended_from": suspended_from, "suspended_until": suspended_until}
    _set_state(session, pledge, PledgeState.SUSPENDED, by, now, "suspend", reason, **fields)
    from api.services.replacements import pledge_left

    pledge_left(session, pledge=pledge, by=by, now=now)
    return pledge


def resume_pledge(session: Session, *, pledge: Pledge, by: Account, now: datetime) -> Pledge:
    """Let a suspended or late pledge run again; proposals that nobody decided are taken back.

    Raises
    ------
    Refused
        ``pledge.state`` when it is neither.
    """
    if pledge.state not in {PledgeState.SUSPENDED, PledgeState.LATE}:
        raise Refused("pledge.state", pledge=pledge.code, found=pledge.state.value, verb="resume")
    fields = {"suspended_from": None, "suspended_until": None}
    from api.services.replacements import pledge_back

    hold_running_cycles(session)
    _set_state(session, pledge, PledgeState.ACTIVE, by, now, "resume", "", **fields)
    pledge_back(session, pledge=pledge, by=by, now=now)
    return pledge


def end_pledge(
    session: Session,
    *,
    pledge: Pledge,
    reason: str,
    ended_on: date,
    by: Account,
    now: datetime,
    hold_until: date | None = None,
) -> Pledge:
    """End a pledge with a reason of the list; ``hold_until`` keeps its children for its sponsor.

    A day in the future makes it *ending*. Replacements are proposed at once for the children of a
    running month that it does not last out.

    Raises
    ------
    Invalid
        ``pledge.end_reason`` for a reason that is not in the list.
    Refused
        ``pledge.state`` when it ended before.
    """
    _need_running(session, pledge, "end")
    if reason not in END_REASONS:
        raise Invalid("pledge.end_reason", fields={"reason": "pledge.end_reason"}, found=reason)
    state = PledgeState.ENDING if ended_on > today(now) else PledgeState.ENDED
    fields = {"end_reason": reason, "ended_on": ended_on, "hold_until": hold_until}
    _set_state(session, pledge, state, by, now, "end", "", **fields)
    from api.services.replacements import pledge_left

    pledge_left(session, pledge=pledge, by=by, now=now)
    return pledge


def _need_running(session: Session, pledge: Pledge, verb: str) -> None:
    hold_running_cycles(session)
    hold_rows(session, pledge)
    if pledge.state not in RUNNING:
        raise Refused("pledge.state", pledge=pledge.code, found=pledge.state.value, verb=verb)


def _set_state(
    session: Session,
    pledge: Pledge,
    state: PledgeState,
    by: Account,
    now: datetime,
    verb: str,
    purpose: str = "",
    **fields: object,
) -> None:
    write_fields(
        session,
        row=pledge,
        subject="pledge",
        changes={"state": state, **fields},
        by=by,
        now=now,
        action=verb,
        purpose=purpose,
    )
