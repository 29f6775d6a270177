"""How a stop is written on a route sheet: who, where, what, and what is left on board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.links import stop_code
from api.documents.loads import count_kits, load_of
from api.documents.models import StopKind
from api.documents.qr_codes import qr_svg
from api.documents.telephones import local_number
from api.documents.wording import printable

if TYPE_CHECKING:
    from api.documents.loads import Load
    from api.documents.models import RoadEvent, StopLine
    from api.documents.wording import Wording

_MAX_CODES = 3
_LONG_TEXT = 900


def paired(first: str, second: str) -> str:
    """Join two texts with a dot; a missing one leaves the other, two missing leave a dash."""
    return " · ".join(printable(text) for text in (first, second) if text) or "–"


def stop_title(stop: StopLine, *, wording: Wording, is_redacted: bool = False) -> str:
    """Name a stop: its code and, unless withheld, the guardian's or the drop point's name."""
    if is_redacted and stop.kind is StopKind.HOME:
        return f"{printable(stop.code)} ({wording.say('name_withheld')})"
    return paired(stop.code, stop.name)


def stop_words(
    stop: StopLine, left: Load, *, wording: Wording, is_redacted: bool
) -> dict[str, Any]:
    """Write all that a route sheet prints about a stop, given what is left on board after it."""
    say = wording.say
    load = load_of(stop.packages)
    code = stop_code(stop)
    codes = [printable(package.code) for package in stop.packages]
    notes = [stop.note, *(package.note for package in stop.packages)]
    note = printable("; ".join(dict.fromkeys(note for note in notes if note)))
    address = printable(stop.address if stop.address != stop.name else "")
    return {
        "sequence": str(stop.sequence),
        "arrives": wording.clock(stop.arrives_at),
        "window": _window(stop, wording),
        "title": stop_title(stop, wording=wording, is_redacted=is_redacted),
        "address": ", ".join(part for part in (address, _area(stop)) if part),
        "landmark": printable(stop.landmark),
        "contact": "" if is_redacted and stop.kind is StopKind.HOME else _contact(stop, wording),
        "directions": _leg(stop, wording),
        "count": wording.num_packages(load.num_packages),
        "kits": _kits(stop),
        "codes": ", ".join(codes) if len(codes) <= _MAX_CODES else "",
        "goods": ", ".join(wording.goods(each) for each in load.goods),
        "left": say(
            "left_after",
            packages=wording.num_packages(left.num_packages),
            kg=wording.kilograms(left.weight_g),
        ),
        "note": note,
        "qr": qr_svg(code) if code else None,
        "qr_alt": say("qr_stop_alt", n=stop.sequence),
        "breakable": len(address) + len(note) + len(stop.landmark) > _LONG_TEXT,
    }


def event_words(event: RoadEvent, wording: Wording) -> dict[str, str]:
    """Write a break or a pickup between two stops."""
    ends = f"–{wording.clock(event.ends_at)}" if event.ends_at else ""
    load = f"{wording.kilograms(event.weight_g)} kg" if event.weight_g else ""
    return {
        "mark": event.mark,
        "clock": f"{wording.clock(event.starts_at)}{ends}",
        "title": printable(event.title),
        "detail": printable(" · ".join(part for part in (event.detail, load) if part)),
    }


def _kits(stop: StopLine) -> str:
    kits = count_kits(stop.packages)
    if len(kits) == 1:
        return printable(next(iter(kits)))
    return ", ".join(f"{num}\u00a0×\u00a0{printable(kit)}" for kit, num in kits.items())


def _window(stop: StopLine, wording: Wording) -> str:
    opens, closes = (
        wording.clock(at) if at else "" for at in (stop.window_opens_at, stop.window_closes_at)
    )
    if not opens and not closes:
        return ""
    key = "window_from" if not closes else "window_until" if not opens else "window"
    return wording.say(key, opens=opens, closes=closes)


def _area(stop: StopLine) -> str:
    rt, slash, rw = stop.rt_rw.partition("/")
    numbers = f"RT\u00a0{rt.strip()} RW\u00a0{rw.strip()}" if slash else stop.rt_rw
    return printable(", ".join(part for part in (numbers, stop.kelurahan) if part))


def _contact(stop: StopLine, wording: Wording) -> str:
    name = stop.contact_name if stop.contact_name != stop.name else ""
    phone = f"{wording.say('phone')} {local_number(stop.phone)}" if stop.phone else ""
    return printable(" · ".join(part for part in (name, phone) if part))


def _leg(stop: StopLine, wording: Wording) -> str:
    length = f"{wording.kilometres(stop.leg_distance_m)} km" if stop.leg_distance_m else ""
    return printable(": ".join(part for part in (length, stop.directions) if part))
