"""Children and households: reading (audited) and editing by several people.

The states of a child stand in :mod:`api.services.child_states`, what guardians agree to in
:mod:`api.services.consents`, what the field asks to change in
:mod:`api.services.change_requests`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from api.services import looks
from api.services.child_states import (
    ask_measurement,
    confirm_measurement,
    exit_child,
    graduate_child,
    mark_routes,
    pause_child,
    readmit_child,
    resume_child,
    settle_state,
)
from api.services.delivery_priority import CHOICES
from api.services.editing import confirm_fields, save_fields, today
from api.services.errors import Invalid, NotFound
from api.services.home_changes import follow_home, weigh_wishes
from data.place_scope import place_of_session, whole
from data.queries.records import survivor
from data.reference.regions import regions
from data.schema import (
    Account,
    ChangeRequest,
    Child,
    ChildState,
    Consent,
    DropPoint,
    Household,
    Measurement,
    OtherHelp,
)

__all__ = [
    "WISH_FIELDS",
    "ChildSheet",
    "ask_measurement",
    "check_inside",
    "check_place",
    "confirm_measurement",
    "edit_child",
    "edit_household",
    "exit_child",
    "find_child",
    "find_household",
    "graduate_child",
    "pause_child",
    "read_child",
    "readmit_child",
    "resume_child",
]

CHILD_FIELDS = ("name", "sex", "born_on", "birth_weight_g", "birth_length_mm", "allergies")
ADDRESS_FIELDS = ("address", "rt", "rw", "landmark", "kelurahan_code", "lat", "lon")
PLACED_BY = ("kelurahan_code", "posyandu", "puskesmas")
"""What says in which place a family is."""
WISH_FIELDS = (
    "receives_from",
    "receives_until",
    "away_from",
    "away_until",
    "needs_skills",
    "max_walk_m",
    "delivery_priority",
)
HOUSEHOLD_FIELDS = (
    "guardian_name",
    "phone",
    *ADDRESS_FIELDS,
    *WISH_FIELDS,
    "posyandu",
    "puskesmas",
    "poverty_decile",
    "is_at_risk",
    "risk_factors",
)


@dataclass(frozen=True, kw_only=True)
class ChildSheet:
    """All that the office keeps of one child; measurements, consents and help newest first."""

    child: Child
    household: Household
    siblings: tuple[Child, ...]
    measurements: tuple[Measurement, ...]
    consents: tuple[Consent, ...]
    requests: tuple[ChangeRequest, ...]
    other_help: tuple[OtherHelp, ...] = ()


def find_child(session: Session, *, code: str, by: Account, now: datetime) -> Child:
    """Return a child by its code; the child it was merged into when it is a duplicate.

    An unknown code is an attempt that the audit trail keeps; one that was merged into a child
    outside the place of who asks is unknown there.
    """
    child = session.exec(select(Child).where(Child.code == code)).one_or_none()
    found = None if child is None else survivor(session, child)
    if found is None:
        looks.note(
            session, by=by, action="child:unknown", subject="child", subject_id=code, now=now
        )
        raise NotFound("child.not_found", child=code)
    return found


def read_child(
    session: Session, *, code: str, by: Account, now: datetime, purpose: str = ""
) -> ChildSheet:
    """Return the sheet of one child; the read is audited."""
    child = find_child(session, code=code, by=by, now=now)
    looks.note(
        session,
        by=by,
        action="child:read",
        subject="child",
        subject_id=child.code,
        now=now,
        purpose=purpose,
    )
    return ChildSheet(
        child=child,
        household=session.get_one(Household, child.household_id),
        siblings=tuple(
            other
            for other in _rows(session, Child, Child.household_id == child.household_id, Child.code)
            if other.id != child.id and other.state is not ChildState.DUPLICATE
        ),
        measurements=tuple(
            _rows(
                session,
                Measurement,
                Measurement.child_id == child.id,
                col(Measurement.measured_on).desc(),
            )
        ),
        consents=tuple(
            _rows(session, Consent, Consent.child_id == child.id, col(Consent.id).desc())
        ),
        requests=tuple(
            _rows(
                session,
                ChangeRequest,
                ChangeRequest.child_id == child.id,
                col(ChangeRequest.id).desc(),
            )
        ),
        other_help=_other_help(session, child),
    )


def _other_help(session: Session, child: Child) -> tuple[OtherHelp, ...]:
    """Return each programme and month once, newest month first, though several lists say it."""
    rows = _rows(session, OtherHelp, OtherHelp.child_id == child.id, col(OtherHelp.id))
    once = {(row.month, row.programme): row for row in reversed(rows)}
    return tuple(sorted(once.values(), key=lambda row: row.month, reverse=True))


def _rows(session: Session, model: Any, where: Any, order: Any) -> list[Any]:
    return list(session.exec(select(model).where(where).order_by(order)).all())


def find_household(session: Session, *, code: str, by: Account, now: datetime) -> Household:
    """Return a household by its code; the read is audited."""
    found = session.exec(select(Household).where(Household.code == code)).one_or_none()
    action = "household:read" if found else "household:unknown"
    looks.note(session, by=by, action=action, subject="household", subject_id=code, now=now)
    if found is None:
        raise NotFound("household.not_found", household=code)
    return found


def edit_child(
    session: Session,
    *,
    child: Child,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Child:
    """Save fields of a child (name, sex, born_on, birth sizes, allergies).

    A corrected birth date or sex recomputes every z-score, and with it the child's state.

    Raises
    ------
    Invalid
        A field that may not be edited here, or a birth date in the future.
    StaleVersion
        Somebody saved in between; see :func:`api.services.editing.save_fields`.
    """
    born_on = changes.get("born_on")
    if isinstance(born_on, date) and born_on > today(now):
        raise Invalid("child.born_in_future", fields={"born_on": "child.born_in_future"})
    before = save_fields(
        session,
        row=child,
        subject="child",
        base_version=base_version,
        changes=changes,
        allowed=CHILD_FIELDS,
        by=by,
        now=now,
    )
    confirm_fields(child, before, today(now))
    if {"born_on", "sex"} & set(before):
        _recompute(session, child, now)
    session.flush()
    return child


def _recompute(session: Session, child: Child, now: datetime) -> None:
    from api.services.growth import compute_growth

    measurements = _rows(
        session, Measurement, Measurement.child_id == child.id, Measurement.measured_on
    )
    compute_growth([(child, measurement) for measurement in measurements])
    settle_state(child, measurements, on=today(now))
    session.add_all([child, *measurements])


def edit_household(
    session: Session,
    *,
    household: Household,
    base_version: int,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
) -> Household:
    """Save fields of a household (guardian, phone, address, landmark, place …).

    Raises
    ------
    Invalid
        An unknown kelurahan, one outside the person's place, latitude without longitude, or a
        field that may not be edited here.
    StaleVersion
        Somebody saved in between; see :func:`api.services.editing.save_fields`.
    """
    check_place(changes, household)
    check_inside(session, changes, household)
    _check_hours(changes, household)
    before = save_fields(
        session,
        row=household,
        subject="household",
        base_version=base_version,
        changes=changes,
        allowed=HOUSEHOLD_FIELDS,
        by=by,
        now=now,
    )
    confirm_fields(household, before, today(now))
    session.flush()
    with whole(session):  # routes pass through places, and follow by themselves
        if "kelurahan_code" in before:
            tell_routes(session, household, by, now, "address")
        else:
            follow_home(session, household, before, by=by, now=now)
        if set(WISH_FIELDS) & set(before):
            weigh_wishes(session, household, by=by, now=now)
    return household


def check_place(
    changes: Mapping[str, object], household: Household | DropPoint | None = None
) -> None:
    """Check the place among fields to save, onto the row's own point where there is one.

    Raises
    ------
    Invalid
        ``household.unknown_kelurahan``, ``household.half_point`` (latitude without longitude).
    """
    kelurahan = changes.get("kelurahan_code")
    if kelurahan is not None:
        try:
            regions().kelurahan(str(kelurahan))
        except KeyError:
            fields = {"kelurahan_code": "household.unknown_kelurahan"}
            raise Invalid("household.unknown_kelurahan", fields=fields, found=kelurahan) from None
    lat = changes.get("lat", household.lat if household else None)
    lon = changes.get("lon", household.lon if household else None)
    if (lat is None) != (lon is None):
        missing = "lat" if lat is None else "lon"
        raise Invalid("household.half_point", fields={missing: "household.half_point"})


def check_inside(
    session: Session, changes: Mapping[str, object], household: Household | None
) -> None:
    """Check that a family stays where the session's place is, or is registered there.

    Raises
    ------
    Invalid
        ``household.outside`` at the field that leads out: a move out is reported, not typed.
    """
    place = place_of_session(session)
    if place is None:
        return

    def after(name: str) -> str | None:
        value = changes.get(name, getattr(household, name) if household else None)
        return str(value) if value else None

    ward, posyandu, puskesmas = (after(name) for name in PLACED_BY)
    if place.holds(ward=ward, posyandu=posyandu, puskesmas=puskesmas):
        return
    leads_out = place.wards is not None and ward not in place.wards
    name = PLACED_BY[0 if leads_out else 2 if place.puskesmas else 1]
    raise Invalid("household.outside", fields={name: "household.outside"})


def _check_hours(changes: Mapping[str, object], household: Household) -> None:
    """Refuse hours that end before they begin, and a gap that is none within them."""
    opens, closes, away, back = (
        str(changes.get(name, getattr(household, name)) or "")
        for name in ("receives_from", "receives_until", "away_from", "away_until")
    )
    if opens and closes and opens >= closes:
        raise Invalid("household.hours", fields={"receives_until": "household.hours"})
    if bool(away) != bool(back):
        missing = "away_until" if away else "away_from"
        raise Invalid("household.half_gap", fields={missing: "household.half_gap"})
    if away and not (opens or "00:00") < away < back < (closes or "23:59"):
        raise Invalid("household.gap", fields={"away_until": "household.gap"})
    priority = changes.get("delivery_priority")
    if priority is not None and priority not in CHOICES:
        fields = {"delivery_priority": "field.choice"}
        raise Invalid("field.choice", fields=fields)


def tell_routes(
    session: Session, household: Household, by: Account, now: datetime, reason: str
) -> None:
    """Tell the planned routes of every child of a household that something changed."""
    for child in _rows(session, Child, Child.household_id == household.id, Child.code):
        mark_routes(session, child=child, by=by, now=now, reason=reason)
