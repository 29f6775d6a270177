"""What a coordinator sends a courier by WhatsApp: a plain text and the link that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from api.documents.links import google_maps_links
from api.documents.telephones import international_number
from api.documents.wording import Wording, masked

if TYPE_CHECKING:
    from api.documents.models import Language, RouteBook, RouteSheet


def courier_message(book: RouteBook, route: RouteSheet, *, language: Language = "id") -> str:
    """Write the message for one courier: day, vehicle, depot, counts and map links.

    It travels through another company's servers, so it names no family: what the courier needs at
    the door stands on the sheet.
    """
    wording = Wording(language, book.imprint.timezone)
    say = wording.say
    packages = sum(1 for _ in route.packages())
    trips = route.trips
    lines = [
        say(
            "message",
            organisation=masked(book.imprint.organisation),
            number=masked(route.number),
            day=f"{wording.weekday(route.delivery_on)}, {wording.day(route.delivery_on)}",
            vehicle=masked(f"{route.vehicle_name} {route.vehicle_plate}".strip()),
            depot=masked(route.depot_name),
            departs=wording.clock(trips[0].departs_at) if trips else say("none"),
            returns=wording.clock(trips[-1].returns_at) if trips else say("none"),
            stops=sum(1 for _ in route.stops()),
            packages=wording.num_packages(packages),
            km=wording.kilometres(route.distance_m),
        )
    ]
    lines += [
        say("message_map", n=at, link=link)
        for at, link in enumerate(google_maps_links(route), start=1)
    ]
    if book.imprint.help_phone:
        lines.append(say("message_help", phone=book.imprint.help_phone))
    lines.append(say("message_privacy"))
    return "\n".join(lines)


def whatsapp_link(text: str, *, phone: str = "") -> str:
    """Write the link that opens WhatsApp with the text, to a number where it is one.

    An Indonesian number may be written ``0812…``, ``+62 812…`` or ``62812…``; without a usable
    number WhatsApp asks for the recipient.
    """
    return f"https://wa.me/{international_number(phone)}?text={quote(text)}"
