"""A child registered by hand: between two exports, or when the kader knows before the list does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from api.services.accounts import WINDOW
from api.services.attempts import count_attempt
from api.services.audit import record
from api.services.child_states import open_pair_ids, settle_state
from api.services.children import CHILD_FIELDS, HOUSEHOLD_FIELDS, check_inside, check_place
from api.services.codes import CodeBook, hold_register
from api.services.duplicates import find_duplicates
from api.services.editing import today, too_long, unreadable_phones
from api.services.errors import Invalid, Refused
from api.services.months import month_of
from data.place_scope import place_of_session, whole
from data.schema import Account, Child, ChildState, Household, Measurement, PairKind, Sex
from data.sealing import KeyRing, blind_index, mask, seal

__all__ = ["TakenMeasurement", "ask_nik", "record_measurement", "register_child"]

NEEDED = ("name", "sex", "born_on")
MAX_AGE_DAYS = 5 * 366
"""Nobody older is in the programme (WHO's standards end at five years)."""
MOST_NIKS = 20
"""How many NIK a bound account may type within the ``WINDOW`` of signing in."""


@dataclass(frozen=True, kw_only=True)
class TakenMeasurement:
    """What was weighed and measured; grams, millimetres, ``L`` lying or ``H`` standing.

    ``has_oedema``: both feet are swollen, which is severe wasting whatever the child weighs.
    """

    measured_on: date
    weight_g: int | None = None
    lenhei_mm: int | None = None
    position: str | None = None
    has_oedema: bool = False


def register_child(
    session: Session,
    *,
    fields: Mapping[str, object],
    home: Mapping[str, object],
    by: Account,
    now: datetime,
    keys: KeyRing,
    nik: str | None = None,
    sibling: Child | None = None,
    measurement: TakenMeasurement | None = None,
) -> Child:
    """Register a child and its household (or a brother's or sister's household, ``sibling``).

    Records that may be the same child are looked for at once; such pairs wait for a person.

    Raises
    ------
    Invalid
        By field: a missing name, sex, birth date or guardian, a birth date in the future or more
        than five years ago, an unknown kelurahan or one outside the person's place, half a point,
        a measurement before birth; ``field.nik_office`` for a NIK that the office has to look at.
    Refused
        ``child.nik_known`` when a child is registered under this NIK already.
    """
    _check(session, fields, home, measurement, sibling=sibling, on=today(now))
    hold_register(session)
    household = _home(session, home, by, now, sibling)
    child = Child(
        code=CodeBook(session).child(household.kelurahan_code),
        household_id=household.id or 0,
        state=ChildState.DRAFT,
        registered_month=month_of(today(now)),
        updated_at=now,
        updated_by=by.username,
        name=str(fields["name"]).strip(),
        sex=Sex(str(fields["sex"])),
        born_on=_day(fields["born_on"]),
    )
    for name in CHILD_FIELDS:
        if name in fields and name not in NEEDED:
            setattr(child, name, fields[name])
    if nik:
        _seal_nik(session, child, nik, keys)
    session.add(child)
    session.flush()
    measured = _measure(session, child, measurement)
    settle_state(child, measured, on=today(now))
    session.add(child)
    session.flush()
    record(
        session,
        by=by,
        action="child:register",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"household": household.code, "version": child.version},
    )
    find_duplicates(session, by=by, now=now, kind=PairKind.CHILD)
    if place_of_session(session) is not None:
        with whole(session):  # one of another place waits for the office; it is not told here
            find_duplicates(session, by=by, now=now, kind=PairKind.CHILD, settles=False)
    session.refresh(child)
    return child


def record_measurement(
    session: Session, *, child: Child, measurement: TakenMeasurement, by: Account, now: datetime
) -> Measurement:
    """Write down a measurement that the kader took; the child's state follows it.

    Raises
    ------
    Invalid
        ``measurement.day`` before birth or in the future, ``measurement.empty`` without figures.
    Refused
        ``measurement.known`` when that day has one already.
    """
    _check_day(child.born_on, measurement, today(now))
    rows = session.exec(select(Measurement).where(Measurement.child_id == child.id)).all()
    if any(row.measured_on == measurement.measured_on for row in rows):
        raise Refused("measurement.known", child=child.code, day=measurement.measured_on)
    [row] = _measure(session, child, measurement)
    settle_state(
        child,
        [*rows, row],
        on=today(now),
        has_open_pair=(child.id or 0) in open_pair_ids(session),
    )
    child.version += 1
    child.updated_at, child.updated_by = now, by.username
    session.add(child)
    record(
        session,
        by=by,
        action="child:measure",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"measured_on": row.measured_on, "haz": row.haz, "version": child.version},
    )
    session.flush()
    return row


def _check_day(born_on: date, measurement: TakenMeasurement, on: date) -> None:
    if not born_on <= measurement.measured_on <= on:
        raise Invalid("measurement.day", fields={"measured_on": "measurement.day"})
    if measurement.weight_g is None and measurement.lenhei_mm is None:
        raise Invalid("measurement.empty", fields={"weight_g": "measurement.empty"})


def _check(
    session: Session,
    fields: Mapping[str, object],
    home: Mapping[str, object],
    measurement: TakenMeasurement | None,
    *,
    sibling: Child | None,
    on: date,
) -> None:
    unknown = sorted((set(fields) - set(CHILD_FIELDS)) | (set(home) - set(HOUSEHOLD_FIELDS)))
    wrong = dict.fromkeys(unknown, "edit.unknown_field")
    wrong |= {name: "field.required" for name in NEEDED if not str(fields.get(name) or "").strip()}
    if sibling is None and not str(home.get("guardian_name") or "").strip():
        wrong["guardian_name"] = "field.required"
    wrong |= unreadable_phones(home) | too_long(Child, fields) | too_long(Household, home)
    born_on = fields.get("born_on")
    if isinstance(born_on, date):
        if born_on > on:
            wrong["born_on"] = "child.born_in_future"
        elif (on - born_on).days > MAX_AGE_DAYS:
            wrong["born_on"] = "child.too_old"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    check_place(home)
    if sibling is None:  # a brother's or sister's household was found inside
        check_inside(session, home, None)
    if measurement and isinstance(born_on, date):
        _check_day(born_on, measurement, on)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise Invalid("field.date", fields={"born_on": "field.date"})
    return value


def _home(
    session: Session,
    home: Mapping[str, object],
    by: Account,
    now: datetime,
    sibling: Child | None,
) -> Household:
    if sibling is not None:
        return session.get_one(Household, sibling.household_id)
    kelurahan = home.get("kelurahan_code")
    row = Household(
        code=CodeBook(session).household(str(kelurahan) if kelurahan else None),
        updated_at=now,
        updated_by=by.username,
        guardian_name=str(home["guardian_name"]).strip(),
    )
    for name, value in home.items():
        if value is not None and name != "guardian_name":
            setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def ask_nik(
    session: Session, *, nik: str, by: Account, now: datetime, keys: KeyRing
) -> Invalid | None:
    """Return why a bound account may not register a NIK here; asking is counted, an answer noted.

    Whoever types numbers learns which of them are registered in other places. So it is limited as
    signing in is, and what was told stands in the audit trail, without the NIK. To be asked
    before :func:`register_child` and outside its savepoint: what is refused takes nothing back.
    """
    if place_of_session(session) is None:
        return None
    allowed = count_attempt(
        session, keys=keys, kind="nik", what=by.username, now=now, most=MOST_NIKS, within=WINDOW
    )
    if not allowed:
        return Invalid("child.many_niks", fields={"nik": "child.many_niks"})
    index = blind_index(keys, nik)
    if session.exec(select(Child.id).where(Child.nik_index == index)).first() is not None:
        return None  # one of the own place: registering says so
    if not _is_elsewhere(session, index):
        return None
    record(
        session, by=by, action="child:nik_elsewhere", subject="account", subject_id=by.username,
        now=now,
    )  # fmt: skip
    return Invalid("field.nik_office", fields={"nik": "field.nik_office"})


def _is_elsewhere(session: Session, index: str) -> bool:
    with whole(session):
        return session.exec(select(Child.id).where(Child.nik_index == index)).first() is not None


def _seal_nik(session: Session, child: Child, nik: str, keys: KeyRing) -> None:
    index = blind_index(keys, nik)
    known = session.exec(select(Child.code).where(Child.nik_index == index)).first()
    if known is not None:
        raise Refused("child.nik_known", child=known, nik=mask(nik))
    if _is_elsewhere(session, index):
        raise Invalid("field.nik_office", fields={"nik": "field.nik_office"})
    child.nik_sealed = seal(keys, nik, place=f"child:nik:{child.uid}")
    child.nik_index, child.nik_masked = index, mask(nik)


def _measure(
    session: Session, child: Child, measurement: TakenMeasurement | None
) -> list[Measurement]:
    if measurement is None:
        return []
    from api.services.growth import compute_growth

    row = Measurement(
        child_id=child.id or 0,
        measured_on=measurement.measured_on,
        weight_g=measurement.weight_g,
        lenhei_mm=measurement.lenhei_mm,
        position=measurement.position,
        has_oedema=measurement.has_oedema,
        source="page",
    )
    compute_growth([(child, row)])
    session.add(row)
    session.flush()
    return [row]
