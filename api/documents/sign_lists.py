"""bast.pdf: per drop point the handover record and the list that families sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line, title_line
from api.documents.loads import load_of
from api.documents.models import StopKind
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from api.documents.models import Language, RouteBook, RouteSheet, StopLine

_WORDS = (
    *("page", "confidential", "draft", "name_time", "sign_list", "number", "no_drop_points"),
    *("handed_over_by", "taken_over_by", "witnessed_by"),
)


def sign_lists_pdf(book: RouteBook, *, language: Language = "id") -> bytes:
    """Print for every drop point a *berita acara* with one line to sign per package.

    A line has household code, guardian and the child's alias. The layout is marked as a draft:
    the office's own template is to be confirmed.
    """
    data = sign_lists_data(book, language=language)
    return typeset("sign_lists", data, imprint=book.imprint)


def sign_lists_data(book: RouteBook, *, language: Language = "id") -> dict[str, Any]:
    """Return what the template of sign lists prints."""
    wording = Wording(language, book.imprint.timezone)
    stops = [
        (route, stop)
        for route in book.routes
        for stop in route.stops()
        if stop.kind is StopKind.DROP_POINT
    ]
    return {
        "title": title_line("sign_lists", book, wording),
        "organisation": printable(book.imprint.organisation),
        "language": language,
        "t": wording.all(_WORDS),
        "records": [
            _record(book, route, stop, key=f"b{at}", wording=wording)
            for at, (route, stop) in enumerate(stops)
        ],
    }


def _record(
    book: RouteBook, route: RouteSheet, stop: StopLine, *, key: str, wording: Wording
) -> dict[str, Any]:
    say = wording.say
    load = load_of(stop.packages)
    place = printable(" · ".join(part for part in (stop.code, stop.name) if part))
    parts = dict.fromkeys(part for part in (stop.name, stop.address, stop.kelurahan) if part)
    households = len({package.household_code for package in stop.packages})
    goods = ", ".join(wording.goods(each) for each in load.goods)
    return {
        "key": key,
        "place": place,
        "imprint": foot_line(
            book.imprint, wording, subject=f"{printable(route.number)} / {stop.sequence}"
        ),
        "text": say(
            "sign_list_text",
            weekday=wording.weekday(route.delivery_on),
            day=wording.day(route.delivery_on),
            place=printable(", ".join(parts)),
            packages=wording.num_packages(load.num_packages),
            households=say("num_households_one")
            if households == 1
            else say("num_households", count=wording.number(households, decimals=0)),
        ),
        "head": [
            "No.",
            *(
                say(key)
                for key in (
                    *("household", "guardian", "child", "package_codes", "contents"),
                    *("received_on", "signature"),
                )
            ),
        ],
        "rows": [
            [
                str(at),
                printable(package.household_code),
                printable(package.guardian_name),
                printable(package.child_alias),
                printable(package.code),
                ", ".join(wording.goods(each) for each in package.contents),
            ]
            for at, package in enumerate(stop.packages, start=1)
        ],
        "total": f"{say('total')}: {wording.num_packages(load.num_packages)} · {goods}",
    }
