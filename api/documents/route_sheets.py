"""route_sheets.pdf: for every route the sheet that the courier carries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line, help_line, title_line
from api.documents.loads import (
    add_goods,
    load_of,
    loading_order,
    loads_left,
    packages_of,
)
from api.documents.qr_codes import qr_svg
from api.documents.stop_words import event_words, paired, stop_title, stop_words
from api.documents.telephones import local_number
from api.documents.typesetting import typeset
from api.documents.wording import Wording, decimals_of, printable

if TYPE_CHECKING:
    from api.documents.loads import Load
    from api.documents.models import Language, RoadEvent, RouteBook, RouteSheet, Trip

_WORDS = (
    *("page", "confidential", "route_sheet", "over_capacity", "load_order", "stop_list"),
    *("number_time", "recipient_address", "delivered_goods", "outcome", "signature", "scan"),
    *("landmark", "note", "received", "partly", "absent", "refused", "reason", "at_time"),
    *("no_coordinates", "map", "no_stops", "handover", "name_time"),
    *("signs_depot", "signs_courier", "signs_return"),
)
_MAX_GOODS_COLUMNS = 6
_LONG_CONTENTS = 1_200
"""Letters of contents beyond which a loading list may run over to the next page."""


def route_sheets_pdf(
    book: RouteBook, *, language: Language = "id", is_redacted: bool = False
) -> bytes:
    """Print one sheet per route, each beginning on a front page, for printing on both sides.

    A sheet has a header, per trip the loading list (last stop first) with totals against the
    vehicle's capacity, the stops in order with boxes to tick and to sign, the map, and the
    handover block. Every total is added up from the printed rows.

    Parameters
    ----------
    is_redacted
        For drivers from outside: guardians' names and telephone numbers are left out.

    Returns
    -------
    bytes
        The PDF. A book without routes gives one page that says so.
    """
    data = route_sheets_data(book, language=language, is_redacted=is_redacted)
    return typeset("route_sheets", data, imprint=book.imprint)


def route_sheets_data(
    book: RouteBook, *, language: Language = "id", is_redacted: bool = False
) -> dict[str, Any]:
    """Return what the template of route sheets prints."""
    wording = Wording(language, book.imprint.timezone)
    routes = [_without_people(each, wording) if is_redacted else each for each in book.routes]
    return {
        "title": title_line("route_sheets", book, wording),
        "organisation": printable(book.imprint.organisation),
        "language": language,
        "help": help_line(book.imprint, wording),
        "t": wording.all(_WORDS),
        "routes": [
            _route(book, route, key=f"r{at}", wording=wording, is_redacted=is_redacted)
            for at, route in enumerate(routes)
        ],
    }


def _without_people(route: RouteSheet, wording: Wording) -> RouteSheet:
    """Return a route without names and telephones: of its courier, of sponsors, of contacts.

    Those of families are withheld as their stops are written.
    """
    return replace(
        route,
        courier_name=wording.say("name_withheld"),
        courier_phone="",
        accepted=route.accepted_withheld,
        trips=tuple(
            replace(
                trip,
                stops=tuple(replace(stop, contact_name="", phone="") for stop in trip.stops),
                events=tuple(
                    replace(each, title=each.title_withheld, detail=each.detail_withheld)
                    for each in trip.events
                ),
            )
            for trip in route.trips
        ),
    )


def _route(
    book: RouteBook, route: RouteSheet, *, key: str, wording: Wording, is_redacted: bool
) -> dict[str, Any]:
    number = printable(route.number)
    stops = tuple(route.stops())
    map_alt = printable(route.map_description or "") or wording.say(
        "map_alt", number=number, depot=printable(route.depot_name), stops=len(stops)
    )
    return {
        "key": key,
        "number": number,
        "qr": qr_svg(route.token),
        "qr_alt": wording.say("qr_route_alt", number=number),
        "imprint": foot_line(book.imprint, wording, subject=number),
        "running": " · ".join(
            printable(text)
            for text in (route.courier_name, route.vehicle_plate, wording.day(route.delivery_on))
            if text
        ),
        "facts": _facts(book, route, wording),
        "accepted": printable(route.accepted),
        "trips": [
            _trip(route, trip, wording=wording, is_redacted=is_redacted) for trip in route.trips
        ],
        "map": route.map_svg,
        "map_alt": map_alt,
        "source": _source(route, wording),
        "tally": [
            wording.say(key)
            for key in ("received", "partly", "absent", "refused", "brought_back", "km_driven")
        ],
    }


def _source(route: RouteSheet, wording: Wording) -> str:
    """Return where distances come from, and from which day."""
    source = printable(route.distance_source)
    if route.distance_source_on is None:
        return wording.say("distance_from_undated", source=source)
    return wording.say("distance_from", source=source, day=wording.day(route.distance_source_on))


def _facts(book: RouteBook, route: RouteSheet, wording: Wording) -> list[tuple[str, str]]:
    say = wording.say
    load = load_of(route.packages())
    trips = route.trips
    departs = wording.clock(trips[0].departs_at) if trips else say("none")
    returns = wording.clock(trips[-1].returns_at) if trips else say("none")
    depot = printable(f"{route.depot_name}, {route.depot_address}".strip(", "))
    num_stops = sum(1 for _ in route.stops())
    return [
        (
            say("date"),
            f"{wording.weekday(route.delivery_on)}, {wording.day(route.delivery_on)}",
        ),
        (say("vehicle"), paired(route.vehicle_name, route.vehicle_plate)),
        (say("courier"), paired(route.courier_name, local_number(route.courier_phone))),
        (f"{say('departs')} – {say('returns').lower()}", f"{departs} – {returns}"),
        (say("depot"), depot),
        (say("help"), printable(book.imprint.help_phone) or say("none")),
        (say("packages"), wording.number(load.num_packages, decimals=0)),
        (
            f"{say('stops')} · {say('distance').lower()}",
            f"{num_stops} · {wording.kilometres(route.distance_m)} km",
        ),
        (say("weight"), f"{wording.kilograms(load.weight_g)} kg"),
    ]


def _trip(route: RouteSheet, trip: Trip, *, wording: Wording, is_redacted: bool) -> dict[str, Any]:
    say = wording.say
    has_several = len(route.trips) > 1
    name = say("trip", n=trip.number)
    return {
        "title": f"{say('load')} – {name}" if has_several else say("load"),
        "suffix": f" – {name}" if has_several else "",
        "times": say(
            "trip_times",
            departs=wording.clock(trip.departs_at),
            returns=wording.clock(trip.returns_at),
        ),
        "bars": _bars(route, load_of(packages_of(trip.stops)), wording),
        "load": load_table(trip, wording=wording, is_redacted=is_redacted),
        "first": [event_words(each, wording) for each in trip.events if each.after == 0],
        "stops": [
            stop_words(stop, left, wording=wording, is_redacted=is_redacted)
            | {"events": [event_words(e, wording) for e in _events_after(trip, at)]}
            for at, (stop, left) in enumerate(zip(trip.stops, loads_left(trip), strict=True))
        ],
    }


def _events_after(trip: Trip, at: int) -> list[RoadEvent]:
    """Return what happens between a stop and the next; after the last: all that is left."""
    here = trip.stops[at].sequence
    is_last = at == len(trip.stops) - 1
    later = trip.stops[at + 1].sequence if not is_last else here
    return [
        e for e in trip.events if e.after >= here and e.after > 0 and (is_last or e.after < later)
    ]


def _bars(route: RouteSheet, load: Load, wording: Wording) -> list[dict[str, Any]]:
    say = wording.say
    measures = (
        (say("weight"), load.weight_g, route.capacity_g, "kg"),
        (say("volume"), load.volume_ml, route.capacity_ml, say("unit_litre")),
    )
    return [
        {
            "name": name,
            "text": say(
                "of_capacity",
                load=wording.number(Decimal(value) / 1000),
                capacity=wording.number(Decimal(capacity) / 1000),
                unit=unit,
            ),
            "percent": round(100 * value / capacity) if capacity else 0,
            "over": value > capacity,
        }
        for name, value, capacity, unit in measures
    ]


def load_table(trip: Trip, *, wording: Wording, is_redacted: bool = False) -> dict[str, Any]:
    """Lay out what goes on board in loading order, with the totals of exactly these rows."""
    say = wording.say
    stops = loading_order(trip)
    kinds = add_goods(amount for package in packages_of(stops) for amount in package.contents)
    has_columns = len(kinds) <= _MAX_GOODS_COLUMNS
    goods_heads = (
        [f"{printable(kind.name)} ({printable(kind.unit)})" for kind in kinds]
        if has_columns
        else [say("contents")]
    )

    loads = [load_of(stop.packages) for stop in stops]
    whole = load_of(packages_of(stops))
    kg_decimals = decimals_of(each.weight_g for each in (*loads, whole))
    litre_decimals = decimals_of(each.volume_ml for each in (*loads, whole))

    def cells(load: Load) -> list[str]:
        if has_columns:
            amounts = {(each.name, each.unit): each.quantity for each in load.goods}
            goods = [
                wording.number(amounts[kind.name, kind.unit])
                if (kind.name, kind.unit) in amounts
                else ""
                for kind in kinds
            ]
        else:
            goods = ["; ".join(wording.goods(each) for each in load.goods)]
        return [
            *goods,
            wording.number(load.num_packages, decimals=0),
            wording.kilograms(load.weight_g, least=kg_decimals),
            wording.litres(load.volume_ml, least=litre_decimals),
        ]

    return {
        "head": ["No.", say("destination"), *goods_heads, say("packages"), "kg", say("unit_litre")],
        "is_long": sum(len(cells(load)[0]) for load in loads) > _LONG_CONTENTS,
        "numeric": [True, False, *([has_columns] * len(goods_heads)), True, True, True],
        "widths": [0, 3, *([1.2] * len(goods_heads) if has_columns else [4]), 0, 0, 0],
        "rows": [
            [
                str(stop.sequence),
                stop_title(stop, wording=wording, is_redacted=is_redacted),
                *cells(load),
            ]
            for stop, load in zip(stops, loads, strict=True)
        ],
        "total": ["", say("total"), *cells(whole)],
    }
