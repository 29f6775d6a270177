"""surat-jalan.pdf: the paper that travels with the goods of one vehicle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line, title_line
from api.documents.loads import count_kits, load_of
from api.documents.qr_codes import qr_svg
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from api.documents.models import Language, RouteBook, RouteSheet

_WORDS = ("page", "draft", "name_time", "delivery_note", "sent_by", "carried_by", "known_by")
_EMPTY_NUMBER = "…………………………………"


def delivery_notes_pdf(book: RouteBook, *, language: Language = "id") -> bytes:
    """Print one *surat jalan* per vehicle: goods and packages in all, no recipient's data.

    The layout is marked as a draft: the office's own template is to be confirmed.
    """
    data = delivery_notes_data(book, language=language)
    return typeset("delivery_notes", data, imprint=book.imprint)


def delivery_notes_data(book: RouteBook, *, language: Language = "id") -> dict[str, Any]:
    """Return what the template of delivery notes prints."""
    wording = Wording(language, book.imprint.timezone)
    return {
        "title": title_line("delivery_notes", book, wording),
        "organisation": printable(book.imprint.organisation),
        "language": language,
        "t": wording.all((*_WORDS, "no_stops")),
        "notes": [
            _note(book, route, key=f"n{at}", wording=wording)
            for at, route in enumerate(book.routes)
        ],
    }


def _note(book: RouteBook, route: RouteSheet, *, key: str, wording: Wording) -> dict[str, Any]:
    say = wording.say
    load = load_of(route.packages())
    number = printable(route.number)
    vehicle = printable(f"{route.vehicle_name} {route.vehicle_plate}".strip())
    depot = printable(f"{route.depot_name}, {route.depot_address}".strip(", "))
    kits = [
        f"{printable(kit)}: {wording.num_packages(count)}"
        for kit, count in count_kits(route.packages()).items()
    ]
    goods = [
        (printable(each.name), wording.number(each.quantity), printable(each.unit))
        for each in load.goods
    ]
    return {
        "key": key,
        "imprint": foot_line(book.imprint, wording, subject=number),
        "qr": qr_svg(route.token),
        "qr_alt": say("qr_route_alt", number=number),
        "facts": [
            [say("number"), printable(route.delivery_note_number) or _EMPTY_NUMBER],
            [say("date"), wording.day(route.delivery_on)],
            [say("route_ref"), number],
            [say("vehicle"), vehicle],
            [say("courier"), printable(route.courier_name)],
        ],
        "text": say("delivery_note_text", depot=depot, vehicle=vehicle),
        "head": ["No.", *(say(key) for key in ("goods", "amount", "unit", "remark"))],
        "rows": [
            [str(at), name, amount, unit] for at, (name, amount, unit) in enumerate(goods, start=1)
        ],
        "packed_in": say("packed_in", kits="; ".join(kits)) if kits else "",
        "total": f"{say('total')}: {wording.num_packages(load.num_packages)}, "
        f"{wording.kilograms(load.weight_g)} kg",
        "place": ", ".join(
            part for part in (printable(book.imprint.place), wording.day(route.delivery_on)) if part
        ),
    }
