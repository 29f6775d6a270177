"""Stored routes as the values that route documents are made from."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from api.documents.directions import directions_text
from api.documents.models import (
    EventKind,
    Goods,
    Imprint,
    LeftOut,
    PackageLabel,
    PackageLine,
    RoadEvent,
    RouteBook,
    RouteSheet,
    StopKind,
    StopLine,
    Trip,
)
from api.documents.wording import Wording
from api.i18n import sentence
from api.services.clock import ZONE
from api.services.goods_limits import limits_by_item
from api.services.months import first_day
from api.services.package_contents import kit_name, kit_recipient
from api.services.package_list import list_packages
from api.services.planning import unserved_packages
from api.services.road_map import is_made_up
from api.services.route_views import list_routes
from api.services.route_ways import places_in_order, ways_of, whole_line
from api.services.stop_notes import notes_of
from data.queries.cycles import is_approved
from data.reference.items import item
from data.reference.reasons import delivery_reasons
from data.reference.regions import regions
from data.schema import PackageState
from data.schema import StopKind as StoredKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.goods_limits import Limits
    from api.services.route_views import PickupView, RouteView, StopPackage, StopView
    from api.services.route_ways import LegWay
    from data.schema import Account, Cycle

__all__ = ["book_of", "imprint_of", "label_book", "route_book", "row_id"]

ORGANISATION = "Dinas PPPAKB"
"""Who issues a print when no name was set."""
PLACE = "Pangkalpinang"
"""Where reports and letters are signed."""
SOURCES = {
    "id": {
        "great_circle": "Garis lurus × faktor jalan",
        "roads": "Peta jalan OpenStreetMap (© kontributor OSM, ODbL)",
        "made_up": "Peta jalan KARANGAN (contoh, bukan jalan sebenarnya)",
        "matrix": "Tabel jarak kota",
    },
    "en": {
        "great_circle": "Straight line × road factor",
        "roads": "OpenStreetMap road map (© OSM contributors, ODbL)",
        "made_up": "MADE-UP road map (example, no real streets)",
        "matrix": "Distance table of the city",
    },
}


BREAKS = {"salat Jumat": "break_prayer", "istirahat": "break_rest"}
"""Name of a break in a plan → its text."""


def row_id(package_code: str, package_id: int) -> str:
    """Return the opaque, stable id of a package's row on every print and export."""
    return hashlib.sha256(f"row:{package_id}:{package_code}".encode()).hexdigest()[:12].upper()


def route_book(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    route_ids: Collection[int] | None = None,
    organisation: str = "",
    help_phone: str = "",
    language: Language = "id",
) -> RouteBook:
    """Return the month's routes (or those named) ready to be laid out."""
    views = [
        view
        for view in list_routes(session, cycle=cycle)
        if route_ids is None or view.id in route_ids
    ]
    return book_of(
        session,
        views,
        cycle=cycle,
        by=by,
        now=now,
        is_whole=route_ids is None,
        organisation=organisation,
        help_phone=help_phone,
        language=language,
    )


def book_of(
    session: Session,
    views: Sequence[RouteView],
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    is_whole: bool,
    organisation: str = "",
    help_phone: str = "",
    language: Language = "id",
) -> RouteBook:
    """Return routes that are read already ready to be laid out.

    Parameters
    ----------
    is_whole
        Whether these are all routes of the month: then what no route carries is listed too.
    """
    made_up, limits = is_made_up(session), limits_by_item(session)
    return RouteBook(
        imprint=imprint_of(
            views,
            by=by,
            now=now,
            organisation=organisation,
            help_phone=help_phone,
            is_approved=is_approved(cycle),
        ),
        title_month=first_day(cycle.month),
        routes=tuple(
            _sheet(view, ways_of(session, view), limits, language, is_made_up=made_up)
            for view in views
            if view.stops or view.pickups
        ),
        reasons=tuple(
            (reason.code, reason.name_en if language == "en" else reason.name_id)
            for reason in delivery_reasons().values()
        ),
        left_out=tuple(_left_out(session, cycle, language)) if is_whole else (),
        is_whole=is_whole,
    )


def imprint_of(
    views: Iterable[RouteView],
    *,
    by: Account,
    now: datetime,
    organisation: str,
    help_phone: str = "",
    is_approved: bool = True,
    said: object = None,
    version: int | None = 1,
) -> Imprint:
    """Return the foot of a print; version and hash change with every change of a route.

    A paper without routes gives what it says and its version instead: two that differ can then be
    told apart by their feet.
    """
    shown = [(view.code, view.version, view.state.value) for view in views]
    return Imprint(
        organisation=organisation or ORGANISATION,
        place=PLACE,
        printed_at=now,
        printed_by=by.full_name,
        version=max((number for _, number, _ in shown), default=version),
        digest=hashlib.sha256(repr(shown if said is None else said).encode()).hexdigest(),
        help_phone=help_phone,
        is_approved=is_approved,
    )


def label_book(session: Session, *, cycle: Cycle, language: Language = "id") -> list[PackageLabel]:
    """Return a label per package of a month that has no routes yet."""
    going = (PackageState.PLANNED, PackageState.RESERVED, PackageState.PACKED)
    return [
        PackageLabel(
            code=view.code,
            qr=view.code,
            household_code=view.household_code,
            child_alias="" if view.recipient == "mother" else view.child_code,
            kelurahan=_kelurahan(view.kelurahan_code),
            kit_name=kit_name(view.kit_code, language),
            contents=tuple(_goods(x.item_code, x.quantity, language) for x in view.lines),
            month=first_day(cycle.month),
            route_number=view.route_code or "",
        )
        for view in list_packages(session, cycle=cycle)
        if view.state in going
    ]


def _sheet(
    view: RouteView,
    ways: Sequence[LegWay],
    limits: Mapping[str, Limits],
    language: Language,
    *,
    is_made_up: bool,
) -> RouteSheet:
    leg_to = {leg.to_stop: leg for leg in ways}
    source, _, as_of = view.distance_source.partition(" ")
    source = "made_up" if is_made_up and source == "roads" else source
    return RouteSheet(
        number=view.code,
        token=view.uid,
        delivery_on=view.day,
        vehicle_name=view.vehicle_name,
        vehicle_plate=view.plate or "",
        courier_name=view.courier_name or "",
        courier_phone=view.courier_phone or "",
        depot_name=view.depot_name,
        depot_address=view.depot_address,
        trips=(
            Trip(
                number=view.trip,
                departs_at=_instant(view.day, view.leaves_at),
                returns_at=_instant(view.day, view.returns_at),
                stops=tuple(
                    _stop(view, stop, leg_to.get(stop.uid), limits, language) for stop in view.stops
                ),
                events=_events(view, leg_to, language),
            ),
        ),
        capacity_g=view.capacity_g,
        capacity_ml=view.capacity_ml,
        distance_m=view.distance_m,
        distance_source=SOURCES[language].get(source, source),
        distance_source_on=date.fromisoformat(as_of) if as_of else None,
        map_svg=_map(view, whole_line(ways), language),
        delivery_note_number=f"SJ-{view.code.removeprefix('R-')}",
        depot_latitude=view.depot_lat,
        depot_longitude=view.depot_lon,
        line=tuple(whole_line(ways) or ()) or None,
        accepted=_accepted(view, language),
        accepted_withheld=_accepted(view, language, is_withheld=True),
    )


def _events(
    view: RouteView, leg_to: dict[str, LegWay], language: Language
) -> tuple[RoadEvent, ...]:
    """Return breaks and pickups of a route in the order of time."""
    breaks = [_break(view, each, language) for each in view.pauses]
    pickups = [
        _fetched(view, each, number, leg_to.get(each.uid), language)
        for number, each in enumerate(view.pickups, start=1)
    ]
    return tuple(sorted([*breaks, *pickups], key=lambda event: (event.after, event.starts_at)))


def _fetched(
    view: RouteView, pickup: PickupView, number: int, leg: LegWay | None, language: Language
) -> RoadEvent:
    """Return a pickup as the sheet prints it."""
    say = Wording(language).say
    directions = directions_text(leg.steps, language=language) if leg else ""
    parts = (pickup.goods, pickup.address, pickup.landmark, pickup.phone, directions)
    withheld = (pickup.goods, pickup.address, pickup.landmark, directions)
    return RoadEvent(
        after=pickup.after,
        kind=EventKind.PICKUP,
        mark=f"J{number}",
        starts_at=_instant(view.day, pickup.arrives_at or view.leaves_at),
        title=say("fetch", name=pickup.label),
        detail=" · ".join(part for part in parts if part),
        title_withheld=say("fetch", name=say("name_withheld")),
        detail_withheld=" · ".join(part for part in withheld if part),
        weight_g=pickup.weight_g,
        latitude=pickup.lat,
        longitude=pickup.lon,
    )


def _break(view: RouteView, pause: dict[str, Any], language: Language) -> RoadEvent:
    """Return a break on the road as the sheet prints it."""
    title = Wording(language).say(BREAKS.get(str(pause["name"]), "break"))
    return RoadEvent(
        after=int(pause["after"]),
        kind=EventKind.BREAK,
        starts_at=_instant(view.day, str(pause["starts"])),
        ends_at=_instant(view.day, str(pause["ends"])),
        title=title,
        title_withheld=title,
    )


def _accepted(view: RouteView, language: Language, *, is_withheld: bool = False) -> str:
    """Say which rules the route breaks and why that was accepted; empty when it keeps all.

    Withheld is the reason, which somebody typed, and who accepted it.
    """
    if not view.violations or not view.accepted_reason:
        return ""
    rules = {sentence(str(each["code"]), _params(each), language): None for each in view.violations}
    return Wording(language).say(
        "accepted_withheld" if is_withheld else "accepted",
        rules="; ".join(rules),
        reason=view.accepted_reason,
        who=view.confirmed_by or "–",
    )


def _params(violation: dict[str, object]) -> dict[str, object]:
    found = violation.get("params")
    return found if isinstance(found, dict) else {}


def _stop(
    view: RouteView,
    stop: StopView,
    leg: LegWay | None,
    limits: Mapping[str, Limits],
    language: Language,
) -> StopLine:
    is_home = stop.kind == StoredKind.HOME
    return StopLine(
        sequence=stop.sequence or 0,
        kind=StopKind.HOME if is_home else StopKind.DROP_POINT,
        code=stop.label if is_home else "",
        name=stop.recipient,
        address=stop.address,
        rt_rw="/".join(part for part in (stop.rt, stop.rw) if part),
        kelurahan=_kelurahan(stop.kelurahan_code),
        landmark=stop.landmark or "",
        packages=tuple(_package(package, stop, language) for package in stop.load),
        arrives_at=_instant(view.day, stop.arrives_at or view.leaves_at),
        contact_name=stop.recipient if is_home else "",
        phone=stop.phone or "",
        latitude=stop.lat,
        longitude=stop.lon,
        service_s=view.service.busy_s(len(stop.load)),
        window_opens_at=_instant(view.day, stop.opens) if stop.opens else None,
        window_closes_at=_instant(view.day, stop.closes) if stop.closes else None,
        note=". ".join(notes_of(view, stop, limits, language)),
        leg_distance_m=stop.leg_distance_m,
        directions=directions_text(leg.steps, language=language) if leg else "",
    )


def _package(package: StopPackage, stop: StopView, language: Language) -> PackageLine:
    for_mother = kit_recipient(package.kit_code) == "mother"
    return PackageLine(
        row_id=row_id(package.code, package.package_id),
        code=package.code,
        household_code=package.household_code,
        guardian_name=package.guardian_name,
        child_alias="" if for_mother else package.child_code,
        kelurahan=_kelurahan(stop.kelurahan_code),
        kit_name=kit_name(package.kit_code, language),
        contents=tuple(_goods(code, units, language) for code, units in package.contents),
        weight_g=package.weight_g,
        volume_ml=package.volume_ml,
    )


def _goods(code: str, units: int, language: Language) -> Goods:
    kind = item(code)
    if language == "en":
        return Goods(kind.name_en, units, kind.unit_en)
    return Goods(kind.name_id, units, kind.unit_id)


def _kelurahan(code: str | None) -> str:
    return regions().kelurahan(code).name if code else ""


def _instant(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), ZONE)


def _map(
    view: RouteView, line: Sequence[tuple[float, float]] | None, language: Language
) -> str | None:
    from logistics.map import Mark, route_map

    names = {stop.uid: (str(stop.sequence), stop.label) for stop in view.stops}
    names |= {each.uid: (f"J{at}", each.label) for at, each in enumerate(view.pickups, start=1)}
    marks = [
        Mark(lat, lon, *names[uid])
        for uid, lat, lon in places_in_order(view)
        if lat is not None and lon is not None
    ]
    if not marks:
        return None
    return route_map(
        Mark(view.depot_lat, view.depot_lon, "G", view.depot_name),
        marks,
        title=view.code,
        description=f"{view.code}: {len(marks)}",
        way=line,
        id_prefix=f"map-{view.uid[:8]}",
        north="N" if language == "en" else "U",
    )


def _left_out(session: Session, cycle: Cycle, language: Language) -> Iterable[LeftOut]:
    for row in unserved_packages(session, cycle=cycle):
        yield LeftOut(
            code=row.package_code,
            name=f"{row.household_code} {row.guardian_name}",
            kelurahan=_kelurahan(row.kelurahan_code),
            reason="; ".join(sentence(*told, language) for told in row.reasons),
            action="; ".join(sentence(*told, language) for told in row.remedies),
        )
