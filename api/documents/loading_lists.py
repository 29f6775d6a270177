"""loading-list.pdf: what the depot prepares for all routes, and each vehicle's loading order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line, help_line, title_line
from api.documents.loads import count_kits, load_of, loading_order, packages_of
from api.documents.stop_words import stop_title
from api.documents.typesetting import typeset
from api.documents.wording import Wording, decimals_of, printable

if TYPE_CHECKING:
    from api.documents.loads import Load
    from api.documents.models import Language, PackageLine, RouteBook, RouteSheet, Trip

_WORDS = (
    *("page", "confidential", "name_time", "all_routes", "pick_totals", "left_out", "sent_by"),
    *("known_by", "load_order", "no_stops", "signs_depot", "signs_courier"),
)


def loading_list_pdf(book: RouteBook, *, language: Language = "id") -> bytes:
    """Print the warehouse's list: totals of all routes, then every vehicle from back to front.

    The first part has one row per route, the goods and kits to prepare, and in red what is on no
    route. Each vehicle then begins on a front page; a row is one package to tick, the last stop
    first. Every total is added up from the printed rows.
    """
    data = loading_list_data(book, language=language)
    return typeset("loading_list", data, imprint=book.imprint)


def loading_list_data(book: RouteBook, *, language: Language = "id") -> dict[str, Any]:
    """Return what the template of loading list prints."""
    wording = Wording(language, book.imprint.timezone)
    packages = [package for route in book.routes for package in route.packages()]
    return {
        "title": title_line("loading_list", book, wording),
        "organisation": printable(book.imprint.organisation),
        "language": language,
        "help": help_line(book.imprint, wording),
        "imprint": foot_line(book.imprint, wording),
        "t": wording.all(_WORDS),
        "routes-table": _routes_table(book, wording),
        "goods-table": _goods_table(packages, wording),
        "kits-table": _kits_table(packages, wording),
        "left-out-head": [
            wording.say(key) for key in ("number", "recipient", "area", "reason", "action")
        ],
        "left-out": [
            [
                printable(text)
                for text in (row.code, row.name, row.kelurahan, row.reason, row.action)
            ]
            for row in book.left_out
        ],
        "routes": [
            _route(book, route, key=f"m{at}", wording=wording)
            for at, route in enumerate(book.routes)
        ],
    }


def _routes_table(book: RouteBook, wording: Wording) -> dict[str, Any]:
    say = wording.say

    loads = [load_of(route.packages()) for route in book.routes]
    whole = load_of(package for route in book.routes for package in route.packages())
    kg_decimals = decimals_of(each.weight_g for each in (*loads, whole))
    litre_decimals = decimals_of(each.volume_ml for each in (*loads, whole))

    def cells(load: Load, num_stops: int) -> list[str]:
        return [
            wording.number(num_stops, decimals=0),
            wording.number(load.num_packages, decimals=0),
            wording.kilograms(load.weight_g, least=kg_decimals),
            wording.litres(load.volume_ml, least=litre_decimals),
        ]

    rows = [
        [
            printable(route.number),
            wording.day(route.delivery_on),
            printable(f"{route.vehicle_name} · {route.vehicle_plate}"),
            printable(route.courier_name),
            wording.clock(route.trips[0].departs_at) if route.trips else "",
            *cells(load, _num_stops(route)),
        ]
        for route, load in zip(book.routes, loads, strict=True)
    ]
    num_stops = sum(_num_stops(route) for route in book.routes)
    return {
        "head": [
            *(
                say(key)
                for key in ("route", "date", "vehicle", "courier", "departs", "stops", "packages")
            ),
            *("kg", say("unit_litre")),
        ],
        "numeric": [False, False, False, False, True, True, True, True, True],
        "widths": [0, 0, 1.4, 1, 0, 0, 0, 0, 0],
        "rows": rows,
        "total": [say("total"), "", "", "", "", *cells(whole, num_stops)],
    }


def _num_stops(route: RouteSheet) -> int:
    return sum(1 for _ in route.stops())


def _goods_table(packages: list[PackageLine], wording: Wording) -> dict[str, Any]:
    return {
        "head": [wording.say(key) for key in ("goods", "amount", "unit")],
        "numeric": [False, True, False],
        "widths": [1, 0, 0],
        "rows": [
            [printable(each.name), wording.number(each.quantity), printable(each.unit)]
            for each in load_of(packages).goods
        ],
        "total": [],
    }


def _kits_table(packages: list[PackageLine], wording: Wording) -> dict[str, Any]:
    kits = count_kits(packages)
    return {
        "head": [wording.say("kit"), wording.say("packages")],
        "numeric": [False, True],
        "widths": [1, 0],
        "rows": [
            [printable(kit), wording.number(count, decimals=0)] for kit, count in kits.items()
        ],
        "total": [wording.say("total"), wording.number(sum(kits.values()), decimals=0)],
    }


def _route(book: RouteBook, route: RouteSheet, *, key: str, wording: Wording) -> dict[str, Any]:
    number = printable(route.number)
    running = (
        f"{wording.weekday(route.delivery_on)}, {wording.day(route.delivery_on)}",
        route.vehicle_name,
        route.vehicle_plate,
        route.courier_name,
    )
    return {
        "key": key,
        "title": f"{wording.say('load_list')} {number}",
        "running": " · ".join(printable(text) for text in running if text),
        "imprint": foot_line(book.imprint, wording, subject=number),
        "trips": [_trip(trip, wording) for trip in route.trips],
    }


def _trip(trip: Trip, wording: Wording) -> dict[str, Any]:
    say = wording.say
    stops = loading_order(trip)
    load = load_of(packages_of(stops))
    times = say(
        "trip_times",
        departs=wording.clock(trip.departs_at),
        returns=wording.clock(trip.returns_at),
    )
    kg_decimals = decimals_of([load.weight_g, *(each.weight_g for each in packages_of(stops))])
    return {
        "title": f"{say('trip', n=trip.number)} – {times}",
        "load": {
            "head": [
                *(say("loaded"), say("stop_short"), say("destination"), say("package_codes")),
                *(say("kit"), say("contents"), "kg"),
            ],
            "rows": [
                [
                    str(stop.sequence),
                    stop_title(stop, wording=wording),
                    printable(package.code),
                    printable(package.kit_name),
                    ", ".join(wording.goods(each) for each in package.contents),
                    wording.kilograms(package.weight_g, least=kg_decimals),
                ]
                for stop in stops
                for package in reversed(stop.packages)
            ],
            "total": [
                say("total"),
                wording.num_packages(load.num_packages),
                "",
                ", ".join(wording.goods(each) for each in load.goods),
                wording.kilograms(load.weight_g, least=kg_decimals),
            ],
        },
    }
