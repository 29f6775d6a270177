"""A route as a small picture: numbered stops on their way, scale and north, no tiles."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import cos, floor, isfinite, log10, radians
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

METRES_PER_DEGREE = 111_195
"""On a meridian (mean radius)."""

MARGIN_PX = 34
_STYLE = {
    "map-ground": 'fill="#f6f3ec"',
    "map-way": 'fill="none" stroke="#1f5f8b" stroke-width="2.5" stroke-linejoin="round"',
    "map-stop": 'fill="#ffffff" stroke="#1f5f8b" stroke-width="2"',
    "map-depot": 'fill="#1f5f8b" stroke="#ffffff" stroke-width="2"',
    "map-number": 'fill="#10202c" font-family="sans-serif" font-weight="bold" text-anchor="middle"',
    "map-scale": 'fill="none" stroke="#10202c" stroke-width="1.5"',
    "map-word": 'fill="#10202c" font-family="sans-serif" font-size="12"',
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the map with what is written in it, and a longer title for pointers."""

    lat: float
    lon: float
    label: str
    title: str = ""


def route_map(
    depot: Mark,
    marks: Sequence[Mark],
    *,
    title: str,
    description: str,
    way: Sequence[tuple[float, float]] | None = None,
    width_px: int = 640,
    height_px: int = 420,
    north: str = "U",
    has_style: bool = True,
    id_prefix: str = "map",
) -> str:
    """Return an SVG of one route.

    Marks at one place share a circle with their labels joined; circles that would overlap are
    moved apart, with a line to where they belong. North is up; the map is true to shape around
    its middle (equirectangular), which is good for a city.

    Parameters
    ----------
    depot, marks
        Where the route starts and ends, and its visits in order.
    title, description
        What a screen reader says.
    way
        The road's points (lat, lon) where known; else straight lines between the marks.
    north
        The letter at the arrow ("U" for utara).
    has_style
        True: presentation attributes, for print. False: only classes, for pages whose style sheet
        draws them (content security policy).
    id_prefix
        Begins the ids of title and description; unique per page.
    """
    path = list(way) if way else [(each.lat, each.lon) for each in (depot, *marks, depot)]
    everything = [*path, (depot.lat, depot.lon), *((mark.lat, mark.lon) for mark in marks)]
    ground = _Ground(everything, width_px, height_px)
    draw = _Pen(has_style=has_style)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (ground.place(*each) for each in path))
    body = [
        draw("rect", "map-ground", width=width_px, height=height_px),
        draw("polyline", "map-way", points=points),
        *_circles(draw, ground, marks),
        _depot(draw, ground, depot),
        *_scale(draw, ground),
        *_arrow(draw, width_px, north),
    ]
    names = f"{escape(id_prefix)}-title {escape(id_prefix)}-desc"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" class="route-map" '
        f'viewBox="0 0 {width_px} {height_px}" aria-labelledby="{names}">'
        f'<title id="{escape(id_prefix)}-title">{escape(title)}</title>'
        f'<desc id="{escape(id_prefix)}-desc">{escape(description)}</desc>'
        f"{''.join(body)}</svg>"
    )


class _Pen:
    """Write elements, with a class always and with presentation attributes where wanted."""

    def __init__(self, *, has_style: bool) -> None:
        self._has_style = has_style

    def __call__(self, element: str, look: str, text: str = "", **values: object) -> str:
        shown = "".join(
            f' {name.replace("_", "-")}="{escape(str(value))}"' for name, value in values.items()
        )
        style = f" {_STYLE[look]}" if self._has_style else ""
        return f'<{element} class="{look}"{style}{shown}>{text}</{element}>'


class _Ground:
    """Degrees to pixels."""

    def __init__(
        self, places: Sequence[tuple[float, float]], width_px: int, height_px: int
    ) -> None:
        if not all(isfinite(lat) and isfinite(lon) for lat, lon in places):
            raise ValueError("every place on a map needs finite coordinates")
        self.width_px, self.height_px = width_px, height_px
        lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
        self._lat, self._lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        self._shrink = max(0.01, cos(radians(self._lat)))
        wide_m = (max(lons) - min(lons)) * self._shrink * METRES_PER_DEGREE
        high_m = (max(lats) - min(lats)) * METRES_PER_DEGREE
        self.metres_per_px = max(
            wide_m / (width_px - 2 * MARGIN_PX), high_m / (height_px - 3 * MARGIN_PX), 0.5
        )

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Return x and y in pixels."""
        per_px = METRES_PER_DEGREE / self.metres_per_px
        x = self.width_px / 2 + (lon - self._lon) * self._shrink * per_px
        return x, self.height_px / 2 - MARGIN_PX / 2 - (lat - self._lat) * per_px


def _circles(draw: _Pen, ground: _Ground, marks: Sequence[Mark]) -> list[str]:
    together: dict[tuple[float, float], list[Mark]] = {}
    for mark in marks:
        together.setdefault((round(mark.lat, 6), round(mark.lon, 6)), []).append(mark)
    taken: list[tuple[float, float]] = []
    elements = []
    for (lat, lon), here in together.items():
        home = ground.place(lat, lon)
        spot = _free_spot(home, taken, ground)
        taken.append(spot)
        if spot != home:
            ends = {"x1": home[0], "y1": home[1], "x2": spot[0], "y2": spot[1]}
            line = {name: f"{value:.1f}" for name, value in ends.items()}
            elements.append(draw("line", "map-scale", **line))
        label = _joined([mark.label for mark in here])
        size = 11 if len(label) < 3 else 9
        titles = "; ".join(mark.title for mark in here if mark.title)
        told = f"<title>{escape(titles)}</title>" if titles else ""
        x, y = f"{spot[0]:.1f}", f"{spot[1]:.1f}"
        radius = max(11, 3 * len(label) + 3)
        elements.append(draw("circle", "map-stop", told, cx=x, cy=y, r=radius))
        height = f"{spot[1] + 4:.1f}"
        text = escape(label)
        elements.append(draw("text", "map-number", text, x=x, y=height, font_size=size))
    return elements


def _joined(labels: list[str]) -> str:
    """Return "3", "3,7", or "3–6" for neighbours in order."""
    if all(label.isdigit() for label in labels) and len(labels) > 2:
        numbers = [int(label) for label in labels]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return f"{numbers[0]}–{numbers[-1]}"
    return ",".join(labels)


def _free_spot(
    home: tuple[float, float], taken: list[tuple[float, float]], ground: _Ground
) -> tuple[float, float]:
    """Return the nearest of some spots around home that no other circle covers."""
    rings = [(0.0, 0.0)]
    for reach in (22, 36, 50, 64):
        diagonal = reach * 0.707
        rings += [(reach, 0), (-reach, 0), (0, reach), (0, -reach)]
        rings += [(a * diagonal, b * diagonal) for a in (1, -1) for b in (1, -1)]
    for dx, dy in rings:
        x, y = home[0] + dx, home[1] + dy
        is_inside = 12 < x < ground.width_px - 12 and 12 < y < ground.height_px - MARGIN_PX
        if is_inside and all((x - a) ** 2 + (y - b) ** 2 >= 22**2 for a, b in taken):
            return x, y
    return home


def _depot(draw: _Pen, ground: _Ground, depot: Mark) -> str:
    x, y = ground.place(depot.lat, depot.lon)
    told = f"<title>{escape(depot.title or depot.label)}</title>"
    return draw(
        "rect", "map-depot", told, x=f"{x - 9:.1f}", y=f"{y - 9:.1f}", width=18, height=18, rx=3
    )


def _scale(draw: _Pen, ground: _Ground) -> list[str]:
    """Draw a bar of one, two or five times a power of ten metres."""
    widest_m = ground.metres_per_px * ground.width_px / 4
    power = 10 ** floor(log10(widest_m))
    length_m = max(factor * power for factor in (1, 2, 5) if factor * power <= widest_m)
    length_px = length_m / ground.metres_per_px
    y = ground.height_px - 14
    is_long = length_m >= 1_000
    word = f"{length_m / 1_000:g} km" if is_long else f"{length_m:g} m"
    bar = f"M14,{y - 5} V{y} H{14 + length_px:.1f} V{y - 5}"
    return [
        draw("path", "map-scale", d=bar),
        draw("text", "map-word", word, x=f"{20 + length_px:.1f}", y=y),
    ]


def _arrow(draw: _Pen, width_px: int, north: str) -> list[str]:
    x = width_px - 20
    return [
        draw("path", "map-scale", d=f"M{x},40 V14 M{x - 5},21 L{x},14 L{x + 5},21"),
        draw("text", "map-word", escape(north), x=x - 4, y=54),
    ]
