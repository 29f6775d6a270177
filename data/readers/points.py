"""A point on the map as people pass it on: two numbers, or the link that a phone shares."""

import re

LATITUDES = (-11.5, 6.5)
LONGITUDES = (94.5, 141.5)
NUMBER = r"-?\d{1,3}(?:[.,]\d+)?"
PATTERNS = (
    re.compile(rf"!3d({NUMBER})!4d({NUMBER})"),
    re.compile(
        rf"(?:[?&](?:q|query|ll|daddr|destination|mlat)=|geo:|loc:|@)({NUMBER})(?:,|%2C|&mlon=)\s*\+?({NUMBER})"
    ),
    re.compile(rf"^\s*\(?({NUMBER})\s*[,;/ ]\s*({NUMBER})\)?\s*$"),
)
"""Most exact first: a shared place, a link to a point, two numbers."""


class UnreadablePoint(ValueError):
    """The text holds no point within Indonesia; ``code`` says why (``point.swapped`` …)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_point(text: str) -> tuple[float, float]:
    """Return latitude and longitude.

    ``-2.1316, 106.1169``, ``-2,1316; 106,1169``, ``geo:-2.13,106.11`` and the links of common map
    applications are read; short links hold no point.

    Raises
    ------
    UnreadablePoint
        ``point.unreadable``, ``point.swapped``, ``point.outside``.
    """
    for pattern in PATTERNS:
        found = pattern.search(text)
        if found:
            lat, lon = (float(part.replace(",", ".")) for part in found.groups())
            return _checked(lat, lon)
    raise UnreadablePoint("point.unreadable")


def _checked(lat: float, lon: float) -> tuple[float, float]:
    if is_within(lat, LATITUDES) and is_within(lon, LONGITUDES):
        return lat, lon
    if is_within(lon, LATITUDES) and is_within(lat, LONGITUDES):
        raise UnreadablePoint("point.swapped")
    raise UnreadablePoint("point.outside")


def is_within(degrees: float, limits: tuple[float, float]) -> bool:
    """Whether a coordinate lies between two others."""
    return limits[0] <= degrees <= limits[1]
