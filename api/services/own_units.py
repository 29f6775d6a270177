"""Units that lie in a place, and figures of a month cut down to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import select

from api.services.errors import Forbidden
from data.place_scope import place_of_session
from data.queries.companions import companion_teams
from data.reference.regions import regions
from data.schema import Household

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlmodel import Session

    from api.services.kept_figures import Figures
    from api.services.monitoring import Level
    from data.place import Place

__all__ = [
    "OwnUnits",
    "cut_figures",
    "need_own_posyandu",
    "need_own_unit",
    "own_units",
    "units_of",
]


@dataclass(frozen=True, slots=True)
class OwnUnits:
    """The units that lie wholly in a place, by level and name.

    ``wards`` are codes of kelurahan of which everything is inside, with their names;
    ``posyandu`` pairs of a code and a name.
    """

    wards: Mapping[str, str]
    kecamatan: frozenset[str]
    posyandu: frozenset[tuple[str, str]]
    puskesmas: frozenset[str]
    tpk: frozenset[str]

    def holds(self, level: str, unit: str) -> bool:
        """Whether a unit is one of them; the city and an unknown one are not."""
        if level == "posyandu":
            name, _, ward = unit.rpartition(" · ")
            return bool(name) and (
                ward in self.wards.values()
                or any((code, name) in self.posyandu for code in _codes_of(ward))
            )
        known = {
            "kelurahan": set(self.wards.values()),
            "kecamatan": self.kecamatan,
            "puskesmas": self.puskesmas,
            "tpk": self.tpk,
        }
        return bool(unit) and unit in known.get(level, ())

    @property
    def first(self) -> tuple[Level, str]:
        """The largest of them: what a dashboard opens with; the empty city where there is none."""
        return self.listed[0] if self.listed else ("city", "")

    @property
    def listed(self) -> list[tuple[Level, str]]:
        """Level and name of each area and posyandu of the place, the largest first."""
        known = {ward.code: ward.name for ward in regions().all_kelurahan}
        return [
            *(("kecamatan", name) for name in sorted(self.kecamatan)),
            *(("kelurahan", name) for name in sorted(self.wards.values())),
            *(("puskesmas", name) for name in sorted(self.puskesmas)),
            *(("posyandu", f"{name} · {known.get(code, '')}") for code, name in sorted(
                self.posyandu
            )),
        ]  # fmt: skip


def own_units(session: Session) -> OwnUnits | None:
    """Return the units of the place from which a session sees the store; None: all of them."""
    place = place_of_session(session)
    if place is None:
        return None
    teams = companion_teams(session, also_ended=True) if _is_by_wards(place) else []
    return units_of(place, frozenset(team.name for team in teams))


def need_own_unit(session: Session, level: str, unit: str) -> None:
    """Refuse a unit that does not lie in the session's place, whether it is there or not.

    Raises
    ------
    Forbidden
        ``access.place``.
    """
    units = own_units(session)
    if units is not None and not units.holds(level, unit):
        raise Forbidden("access.place")


def need_own_posyandu(session: Session, *, wards: Collection[str], posyandu: str) -> None:
    """Refuse a posyandu in which no family of the session's place lives, there or not.

    ``wards`` are the codes of the kelurahan that it is sought in, an empty one for none.

    Raises
    ------
    Forbidden
        ``access.place``.
    """
    if place_of_session(session) is None:
        return
    lives = select(Household.id).where(
        func.coalesce(Household.kelurahan_code, "").in_(wards),
        func.coalesce(Household.posyandu, "") == posyandu,
    )
    if session.exec(lives.limit(1)).first() is None:
        raise Forbidden("access.place")


def cut_figures(figures: Figures, units: OwnUnits) -> Figures:
    """Return what a month's figures say of some units; of the city and of sponsors nothing."""
    levels = {
        level: {name: row for name, row in rows.items() if units.holds(level, name)}
        for level, rows in figures.by_level().items()
    }
    teams = {
        level: {name: row for name, row in rows.items() if units.holds(level, name)}
        for level, rows in figures.counts.teams.items()
    }
    areas = {code: row for code, row in figures.counts.areas.items() if code in units.wards}
    # Whether causes were told apart says which columns the month has (report_columns).
    causes: dict[str, int] | None = None if figures.counts.causes is None else {}
    counts = replace(
        figures.counts, areas=areas, city={}, causes=causes, unmatched_reasons={},
        failure_reasons={}, sponsors=[], teams=teams, rows=[],
    )  # fmt: skip
    grown = {
        level: {name: row for name, row in rows.items() if units.holds(level, name)}
        for level, rows in figures.growth.by_level.items()
    }
    readings = figures.readings and {
        code: {
            name: own
            for name, own in places.items()
            if code in units.wards or (code, name) in units.posyandu
        }
        for code, places in figures.readings.items()
    }
    return replace(
        figures, counts=counts, growth=replace(figures.growth, by_level=grown),
        readings=readings, effect=None, targeting=None, levels={**levels, "city": {}},
    )  # fmt: skip


def _is_by_wards(place: Place) -> bool:
    """Whether a place is made of whole kelurahan."""
    return place.wards is not None and not place.posyandu and place.puskesmas is None


def units_of(place: Place, teams: frozenset[str]) -> OwnUnits:
    """Return the units of a place with the names of its companion teams."""
    known = regions()
    wards = set(place.wards or ()) if _is_by_wards(place) else set()
    whole_kecamatan = {
        each.name
        for each in known.all_kecamatan
        if wards >= {ward.code for ward in known.all_kelurahan if ward.kecamatan_code == each.code}
    }
    return OwnUnits(
        wards={ward.code: ward.name for ward in known.all_kelurahan if ward.code in wards},
        kecamatan=frozenset(whole_kecamatan),
        posyandu=frozenset((code, name) for code in place.wards or () for name in place.posyandu),
        puskesmas=frozenset({place.puskesmas} if place.puskesmas and place.wards is None else ()),
        tpk=teams,
    )


def _codes_of(ward: str) -> list[str]:
    return [each.code for each in regions().all_kelurahan if each.name == ward]
