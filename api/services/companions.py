"""Companion teams (TPK): whose families they have, and what these were given in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import looks
from api.services.audit import record
from api.services.clock import local_month
from api.services.editing import too_long
from api.services.errors import Invalid, NotFound, Refused, StaleVersion
from api.services.months import checked_month
from api.services.own_units import need_own_posyandu
from data.queries.companions import (
    companion_teams,
    families_of_place,
    team_names,
)
from data.reference.krs import accompaniment_names
from data.reference.regions import regions
from data.schema import Accompaniment, CompanionTeam, Household

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.queries.companions import AccompaniedFamily
    from data.schema import Account

__all__ = ["Given", "find_team", "read_families", "record_accompaniment", "save_team"]

NONE = 8
"""*Tidak ada*: stands alone."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one family was given; no codes take a record back."""

    household_id: int
    codes: tuple[int, ...]


def save_team(
    session: Session,
    *,
    name: str,
    kelurahan_code: str,
    posyandu: Sequence[str],
    is_active: bool,
    by: Account,
    now: datetime,
    team: CompanionTeam | None = None,
    base_version: int = 1,
) -> CompanionTeam:
    """Add a team, or change one onto the version that was read.

    Raises
    ------
    Invalid
        ``companion.name`` without a name or with another team's, ``companion.place`` for a
        kelurahan that is none, ``companion.taken`` for a posyandu that another team has (without
        posyandu: for a kelurahan whose rest another team has), ``field.long``.
    StaleVersion
        ``companion.stale`` when somebody saved in between.
    """
    name, places = name.strip(), sorted({each.strip() for each in posyandu if each.strip()})
    if team is not None:
        session.refresh(team, with_for_update=True)
        if team.version != base_version:
            raise StaleVersion("companion.stale", fields={}, version=team.version)
    others = [each for each in companion_teams(session, also_ended=True) if each is not team]
    wrong = too_long(CompanionTeam, {"name": name})
    if not name or name in {each.name for each in others}:
        wrong["nama"] = "companion.name"
    if kelurahan_code not in {each.code for each in regions().all_kelurahan}:
        wrong["kelurahan"] = "companion.place"
    taken = team_names([each for each in others if each.is_active])
    if is_active and any((kelurahan_code, place) in taken for place in places or [""]):
        wrong["posyandu"] = "companion.taken"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    before = team.model_dump(include={"name", "posyandu", "is_active"}) if team else None
    if team is None:
        team = CompanionTeam(
            name=name, kelurahan_code=kelurahan_code, updated_at=now, updated_by=by.username
        )
    else:
        team.version += 1
    team.name, team.kelurahan_code, team.posyandu = name, kelurahan_code, places
    team.is_active, team.updated_at, team.updated_by = is_active, now, by.username
    session.add(team)
    session.flush()
    record(
        session, by=by, action="team:save", subject="team", subject_id=team.id or 0, now=now,
        before=before, after={"name": name, "posyandu": places, "is_active": is_active},
    )  # fmt: skip
    return team


def find_team(session: Session, *, team_id: int) -> CompanionTeam:
    """Return a team.

    Raises
    ------
    NotFound
        ``companion.unknown``.
    """
    team = session.get(CompanionTeam, team_id)
    if team is None:
        raise NotFound("companion.unknown")
    return team


def read_families(
    session: Session, *, month: str, kelurahan_code: str, posyandu: str, by: Account, now: datetime
) -> list[AccompaniedFamily]:
    """Return the families of one place with what is recorded of them; the look is noted.

    Raises
    ------
    Forbidden
        ``access.place`` for a posyandu outside the place of who asks.
    """
    need_own_posyandu(session, wards=[kelurahan_code], posyandu=posyandu)
    found = families_of_place(
        session, month=checked_month(month), kelurahan_code=kelurahan_code, posyandu=posyandu
    )
    if found:
        looks.note(
            session, by=by, action="accompaniment:read", subject="posyandu",
            subject_id=f"{kelurahan_code} {posyandu}".strip()[:40], now=now,
            after={"month": month, "families": [each.code for each in found]},
        )  # fmt: skip
    return found


def record_accompaniment(
    session: Session,
    *,
    month: str,
    kelurahan_code: str,
    posyandu: str,
    given: Sequence[Given],
    by: Account,
    now: datetime,
    only_new: bool = False,
) -> int:
    """Keep what families of one place were given in a month; return how many records changed.

    With ``only_new`` a record that somebody made is left as it is.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``companion.month`` for a month that has not come,
        ``companion.codes`` for codes that are none, or for 8 (none) beside others.
    Refused
        ``companion.family`` for a family of another place.
    """
    if checked_month(month) > local_month(now):
        raise Invalid("companion.month", fields={"bulan": "companion.month"})
    known = {int(code) for code in accompaniment_names()}
    for each in given:
        if set(each.codes) - known or (NONE in each.codes and len(each.codes) > 1):
            raise Invalid("companion.codes", fields={"kode": "companion.codes"})
    families = {
        each.household_id: each
        for each in families_of_place(
            session, month=month, kelurahan_code=kelurahan_code, posyandu=posyandu
        )
    }
    if any(each.household_id not in families for each in given):
        raise Refused("companion.family")
    stored = _held(session, month, (each.household_id for each in given))
    changed = 0
    for each in given:
        row, codes = stored.get(each.household_id), sorted(set(each.codes))
        before = list(row.codes) if row else []
        if before == codes or (only_new and before):
            continue
        changed += 1
        _store(session, row, each.household_id, month, codes, by, now)
        record(
            session, by=by, action="accompaniment:record", subject="household",
            subject_id=families[each.household_id].code, now=now,
            before={"month": month, "codes": before}, after={"month": month, "codes": codes},
        )  # fmt: skip
    session.flush()
    return changed


def _held(session: Session, month: str, ids: Iterable[int]) -> dict[int, Accompaniment]:
    """Return families' records, so that two who write about one do so one after the other."""
    homes = sorted(set(ids))
    session.exec(
        select(Household.id)
        .where(col(Household.id).in_(homes))
        .order_by(col(Household.id))
        .with_for_update(key_share=True)
    ).all()
    rows = session.exec(
        select(Accompaniment)
        .where(Accompaniment.month == month, col(Accompaniment.household_id).in_(homes))
        .execution_options(populate_existing=True)
    )
    return {row.household_id: row for row in rows}


def _store(
    session: Session,
    row: Accompaniment | None,
    household_id: int,
    month: str,
    codes: list[int],
    by: Account,
    now: datetime,
) -> None:
    if not codes:
        if row is not None:
            session.delete(row)
        return
    row = row or Accompaniment(household_id=household_id, month=month, by=by.username, at=now)
    row.codes, row.source, row.by, row.at = codes, "", by.username, now
    session.add(row)
