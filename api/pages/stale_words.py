"""Why a route has to be confirmed again, in words, with the place where it can be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlmodel import Session

from api.i18n import all_sentences, sentence
from api.services.route_heads import RouteHead
from api.services.route_views import RouteView
from api.services.stale_causes import OF_PACKAGES, StaleCause, causes_of
from data.schema import RouteState

AREA = "stale"
OTHER = f"{AREA}.other"
UNNAMED, UNNAMED_ROAD = {"code": f"{AREA}.unnamed"}, {"code": f"{AREA}.unnamed_road"}
PLACES = {
    "corrected": "/keluarga/{about}/antar",
    "wishes": "/keluarga/{about}/antar",
    "vehicle": "/armada/{vehicle}/ubah",
    "goods": "/barang",
    "drop_point": "/titik-bagi",
    "road_closed": "/jalan",
    "road_opened": "/jalan",
    "pickup": "/bulan/{month}/jemput",
    "sister": "/rute/{about}",
    "split": "/rute/{about}",
    "depot": "/armada#gudang",
} | dict.fromkeys(OF_PACKAGES, "/bulan/{month}/paket/daftar?cari={about}")
"""Where a change of each sort can be looked at."""


@dataclass(frozen=True, slots=True)
class CauseWords:
    """One change: what, where it can be seen (empty: nowhere else), by whom and when."""

    text: str
    link: str
    by: str
    at: datetime


def cause_words(
    causes: list[StaleCause], view: RouteView | RouteHead, month: str, language: str
) -> list[CauseWords]:
    """Return the changes of a route in words, newest last."""
    return [
        CauseWords(
            text=_text(cause, language), link=_link(cause, view, month), by=cause.by, at=cause.at
        )
        for cause in causes
    ]


def causes_by_route(
    session: Session, views: Iterable[RouteView | RouteHead], month: str, language: str
) -> dict[str, list[CauseWords]]:
    """Return route → what made it stale, in words; routes that are not stale are left out."""
    stale = [view for view in views if view.state == RouteState.STALE]
    causes = causes_of(session, codes=[view.code for view in stale])
    return {view.code: cause_words(causes[view.code], view, month, language) for view in stale}


def _text(cause: StaleCause, language: str) -> str:
    code = f"{AREA}.{cause.code}"
    if code not in all_sentences():
        code = OTHER
    labels = [
        {"code": label} if (label := f"label.{name}") in all_sentences() else name
        for name in cause.fields
    ]
    unnamed = UNNAMED_ROAD if cause.code.startswith("road_") else UNNAMED
    params = {"about": cause.about or unnamed, "changed": labels or UNNAMED}
    return sentence(code, params, language)


def _link(cause: StaleCause, view: RouteView | RouteHead, month: str) -> str:
    place = PLACES.get(cause.code, "")
    if not place or ("{about}" in place and cause.about in ("", view.code)):
        return ""
    return place.format(vehicle=view.vehicle_id, month=month, about=quote(cause.about))
