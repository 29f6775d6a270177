"""Links that put a stop or a route on a phone: geo links and Google Maps in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from api.documents.models import RouteSheet, StopLine

Place = tuple[float, float]


def geo_link(latitude: float, longitude: float, label: str) -> str:
    """Write a ``geo:`` link that phones open in their own map (RFC 5870 with a query label)."""
    at = f"{latitude:.6f},{longitude:.6f}"
    return f"geo:{at}?q={at}({quote(label)})"


def place_name(stop: StopLine) -> str:
    """Name a stop outside of the house: a home by its code, a drop point by its name."""
    return stop.code or (stop.name if stop.kind.value == "drop_point" else "")


def stop_code(stop: StopLine) -> str | None:
    """Give what a stop's QR code holds: its token, else a geo link with its code, else None.

    The label is the household's code or the drop point, never a person's name.
    """
    if stop.token:
        return stop.token
    if stop.latitude is None or stop.longitude is None:
        return None
    return geo_link(stop.latitude, stop.longitude, f"{stop.sequence} {place_name(stop)}")


def google_maps_links(route: RouteSheet, *, max_waypoints: int = 9) -> tuple[str, ...]:
    """Split a route into Google Maps direction links, each going on where the one before ended.

    Stops without coordinates are left out, so count them before you rely on the links.

    Parameters
    ----------
    max_waypoints
        Stops between the start and the end of one link: 9 elsewhere, 3 in a phone's browser.

    Raises
    ------
    ValueError
        If ``max_waypoints`` is negative.
    """
    if max_waypoints < 0:
        message = f"max_waypoints is {max_waypoints}; a link needs 0 or more."
        raise ValueError(message)
    places = _places(route)
    span = max_waypoints + 1
    return tuple(
        _directions(places[at : at + span + 1]) for at in range(0, max(len(places) - 1, 0), span)
    )


def _places(route: RouteSheet) -> list[Place]:
    depot = _place(route.depot_latitude, route.depot_longitude)
    places: list[Place] = [depot] if depot else []
    for trip in route.trips:
        stops = [_place(each.latitude, each.longitude) for each in trip.in_order()]
        places += [place for place in stops if place]
        if depot:
            places.append(depot)
    return places


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _directions(places: list[Place]) -> str:
    origin, *between, destination = [f"{lat:.6f},{lon:.6f}" for lat, lon in places]
    query = {"api": "1", "origin": origin, "destination": destination, "travelmode": "driving"}
    if between:
        query["waypoints"] = "|".join(between)
    return f"https://www.google.com/maps/dir/?{urlencode(query)}"
