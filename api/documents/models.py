"""What route documents are made from: plain frozen values, already decided.

The use cases fill these from the database; the writers in this package only lay them out. Every
total on paper is added up by the writers from the same rows that they print, so a total is never
part of a value here. Nothing here holds a NIK, a KK, a diagnosis or a birth date, on purpose.

Instants (``*_at``) carry their time zone and are printed in the time zone of the document. Dates
(``*_on``) are calendar days. Texts may be in any script and of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from decimal import Decimal

Language: TypeAlias = Literal["id", "en"]


class StopKind(StrEnum):
    """What a stop is: a family's home, or a place where a kader hands the packages out."""

    HOME = "home"
    DROP_POINT = "drop_point"


@dataclass(frozen=True, slots=True)
class Imprint:
    """What tells one print from another; it stands in the foot of every page.

    Parameters
    ----------
    organisation
        Who issues it, e.g. ``Dinas PPPAKB Kota Contoh``.
    printed_at
        When it was made, or what instant it tells of (aware).
    printed_by
        Name or role of the person who made it; empty: it is the same whoever prints it when.
    version
        Version of the plan or report; a later version makes this print void. None: counted for
        this print from what is known by now.
    digest
        Hash of the plan or report; its first 12 characters are printed.
    timezone
        IANA name of the zone in which instants are printed.
    place
        Town named above the signatures, e.g. ``Pangkalpinang``.
    help_phone
        Number that a courier or a family calls when something is wrong.
    is_approved
        Whether a person approved the month; a print of one that is only proposed says so on every
        page.
    """

    organisation: str
    printed_at: datetime
    printed_by: str
    version: int | None
    digest: str
    timezone: str = "Asia/Jakarta"
    place: str = ""
    help_phone: str = ""
    is_approved: bool = True


@dataclass(frozen=True, slots=True)
class Goods:
    """An amount of one kind of goods: ``Goods("Telur ayam", 30, "butir")``.

    Equal names with equal units are one kind and are added up.
    """

    name: str
    quantity: Decimal | int
    unit: str


@dataclass(frozen=True, slots=True)
class PackageLine:
    """One packed box on a route.

    Parameters
    ----------
    row_id
        Opaque and stable: the same package in the same plan keeps it in every print and export,
        and a filled-in sheet is read back by it.
    code
        The package's number, on its label and in its QR code.
    household_code, guardian_name
        Who receives it. The child appears by alias only.
    child_alias
        e.g. ``Anak B-014``; empty when the package is for a mother.
    """

    row_id: str
    code: str
    household_code: str
    guardian_name: str
    child_alias: str
    kelurahan: str
    kit_name: str
    contents: tuple[Goods, ...]
    weight_g: int
    volume_ml: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class StopLine:
    """One stop of a route, in the order of driving.

    Parameters
    ----------
    sequence
        Number printed on sheet, map, labels and loading list; counts through the whole route.
    code, name
        Household code and guardian, or drop point code and its name.
    contact_name, phone
        Whom to call: the guardian, or the kader in charge. Empty where unknown.
    address, rt_rw, kelurahan, landmark
        As copied into the stop when the route was confirmed; ``landmark`` is the *patokan*.
    latitude, longitude
        WGS 84 degrees; both None where unknown.
    window_opens_at, window_closes_at
        Within which the stop wants to be served; both None where any time will do.
    arrives_at
        Planned arrival.
    service_s
        Planned seconds at the stop.
    leg_distance_m
        Metres from the stop before it (or the depot).
    directions
        A short way description from the stop before it; may be empty.
    token
        What the stop's QR code holds instead of the ``geo:`` link; opaque. Empty: the link.
    """

    sequence: int
    kind: StopKind
    code: str
    name: str
    address: str
    rt_rw: str
    kelurahan: str
    landmark: str
    packages: tuple[PackageLine, ...]
    arrives_at: datetime
    contact_name: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    window_opens_at: datetime | None = None
    window_closes_at: datetime | None = None
    service_s: int = 0
    leg_distance_m: int | None = None
    directions: str = ""
    note: str = ""
    token: str = ""


class EventKind(StrEnum):
    """What else happens on the road."""

    BREAK = "break"
    PICKUP = "pickup"


@dataclass(frozen=True, slots=True)
class RoadEvent:
    """A break, or goods fetched on the way: printed between the stops.

    Parameters
    ----------
    after
        Sequence of the stop after which it comes; 0: before the first.
    mark
        Short mark on sheet and map (``J1``); empty for a break.
    title, detail
        What and where: ``Salat Jumat``, or the sponsor with address, goods and telephone.
    title_withheld, detail_withheld
        The same without anybody's name or telephone, for redacted sheets.
    weight_g
        What comes on board.
    """

    after: int
    kind: EventKind
    starts_at: datetime
    title: str
    ends_at: datetime | None = None
    detail: str = ""
    title_withheld: str = ""
    detail_withheld: str = ""
    mark: str = ""
    weight_g: int = 0
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """One drive from the depot and back; a vehicle that reloads has several."""

    number: int
    departs_at: datetime
    returns_at: datetime
    stops: tuple[StopLine, ...]
    events: tuple[RoadEvent, ...] = ()

    def in_order(self) -> Iterator[StopLine | RoadEvent]:
        """Go through stops and pickups as they are driven."""
        fetched = [event for event in self.events if event.kind is EventKind.PICKUP]
        yield from (event for event in fetched if event.after <= 0)
        for at, stop in enumerate(self.stops):
            yield stop
            is_last = at == len(self.stops) - 1
            for event in fetched:
                if event.after == stop.sequence or (is_last and event.after > stop.sequence):
                    yield event


@dataclass(frozen=True, slots=True)
class RouteSheet:
    """All that one courier does on one day with one vehicle.

    Parameters
    ----------
    number
        Number of the sheet, e.g. ``LR-2026-12-003``; unique in the plan; names its spreadsheet tab.
    token
        Opaque id of the route, printed as the sheet's QR code.
    capacity_g, capacity_ml
        What the vehicle may carry on one trip.
    distance_m
        Length of the whole day, depot to depot.
    distance_source, distance_source_on
        Where distances and times come from (e.g. ``Jaringan jalan OSM``) and the date of it; None:
        the map says none.
    map_svg
        Drawing of the route as an SVG document; None leaves the map out.
    map_description
        What the drawing shows, for who cannot see it; None takes a sentence made from the route.
    line
        Points (lat, lon) of the streets from depot to depot; None where only the stops are known.
    accepted
        Rules that the route breaks and why that was accepted, by whom; printed in a box.
    accepted_withheld
        The rules alone, for redacted sheets.
    delivery_note_number
        Number of the vehicle's *surat jalan*; empty leaves a line to write it on.
    """

    number: str
    token: str
    delivery_on: date
    vehicle_name: str
    vehicle_plate: str
    courier_name: str
    courier_phone: str
    depot_name: str
    depot_address: str
    trips: tuple[Trip, ...]
    capacity_g: int
    capacity_ml: int
    distance_m: int
    distance_source: str
    distance_source_on: date | None
    map_svg: str | None = None
    map_description: str | None = None
    delivery_note_number: str = ""
    depot_latitude: float | None = None
    depot_longitude: float | None = None
    line: tuple[tuple[float, float], ...] | None = None
    accepted: str = ""
    accepted_withheld: str = ""

    def stops(self) -> Iterator[StopLine]:
        """Go through the stops of all trips in the order of driving."""
        for trip in self.trips:
            yield from trip.stops

    def pickups(self) -> Iterator[RoadEvent]:
        """Go through the goods that are fetched on all trips."""
        for trip in self.trips:
            yield from (event for event in trip.events if event.kind is EventKind.PICKUP)

    def packages(self) -> Iterator[PackageLine]:
        """Go through the packages of all trips in the order of delivery."""
        for stop in self.stops():
            yield from stop.packages


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A package or stop that is on no route, with why and what to do; printed, never dropped."""

    code: str
    name: str
    kelurahan: str
    reason: str
    action: str


@dataclass(frozen=True, slots=True)
class RouteBook:
    """All routes of one dispatch: the input of every route document.

    Parameters
    ----------
    title_month
        First day of the programme month that the packages belong to.
    reasons
        The sentences that may stand in the column *Alasan*, as ``(code, sentence)``; the
        spreadsheet offers the sentences and the import recognises them.
    is_whole
        Whether these are all routes of the month, not some that were asked for.
    """

    imprint: Imprint
    title_month: date
    routes: tuple[RouteSheet, ...]
    reasons: tuple[tuple[str, str], ...]
    left_out: tuple[LeftOut, ...] = ()
    is_whole: bool = True

    @property
    def only_route(self) -> str:
        """Return the number of the one route that was asked for; empty for a whole month."""
        return self.routes[0].number if len(self.routes) == 1 and not self.is_whole else ""


@dataclass(frozen=True, slots=True)
class PackageLabel:
    """One sticker on one box; ``route_number`` and ``stop_sequence`` are unknown before planning.

    ``qr`` is what the QR code holds: the package's code or an opaque token, never a person's data.
    """

    code: str
    qr: str
    household_code: str
    child_alias: str
    kelurahan: str
    kit_name: str
    contents: tuple[Goods, ...]
    month: date
    route_number: str = ""
    stop_sequence: int | None = None
    note: str = ""
