"""A map of the city by kelurahan: how many of its children are covered; drawn on the server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians, sqrt

from data.reference.regions import regions

WIDTH, HEIGHT, MARGIN = 640, 460, 40
SMALLEST_PX, LARGEST_PX = 7.0, 26.0
STEPS = (0.25, 0.5, 0.75, 1.0)
"""Below the first: class 0; from each on the next one; all covered is the last."""
FEW = 5
"""Groups smaller than this are not shown to those who look in from outside the office."""


@dataclass(frozen=True)
class Covered:
    """The children of a kelurahan that take part, and how many of them have a sponsor."""

    kelurahan_code: str
    num_eligible: int
    num_covered: int

    @property
    def share(self) -> float:
        """Covered share, 0 to 1."""
        return self.num_covered / self.num_eligible if self.num_eligible else 0.0


def step_of(share: float) -> int:
    """Return the colour of a share, 0 (few) to 4 (all)."""
    return sum(share >= step for step in STEPS)


def suppressed(rows: Sequence[Covered]) -> list[Covered]:
    """Return the rows that may be seen from outside: groups of five children and more."""
    return [row for row in rows if row.num_eligible >= FEW]


def coverage_map(
    rows: Sequence[Covered],
    *,
    name: str,
    title_of: Callable[[str, Covered], str],
    id_prefix: str,
    address_of: Callable[[str], str] | None = None,
) -> str:
    """Return an SVG: a circle at each kelurahan's office, sized by children, coloured by share.

    North is up; the map is equirectangular around the city's middle, true enough for a city.
    ``address_of`` gives the page that a kelurahan's circle leads to, by its name.
    """
    places = {each.code: each for each in regions().all_kelurahan}
    shown = [row for row in rows if row.kelurahan_code in places and row.num_eligible]
    if not shown:
        return ""
    spots = _spots({code: (each.office_lat, each.office_lon) for code, each in places.items()})
    most = max(row.num_eligible for row in shown)
    parts = [
        f'<svg class="coverage" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="{"group" if address_of else "img"}" '
        f'aria-labelledby="{id_prefix}-title"><title id="{id_prefix}-title">{escape(name)}</title>',
        f'<rect class="map-ground" width="{WIDTH}" height="{HEIGHT}"/>',
    ]
    parts += [
        f'<circle class="coverage-place" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
        for x, y in spots.values()
    ]
    for row in sorted(shown, key=lambda each: -each.num_eligible):
        x, y = spots[row.kelurahan_code]
        size = SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * sqrt(row.num_eligible / most)
        place = places[row.kelurahan_code].name
        circle = (
            f'<circle class="coverage-{step_of(row.share)}" cx="{x:.1f}" cy="{y:.1f}" '
            f'r="{size:.1f}"><title>{escape(title_of(place, row))}</title></circle>'
        )
        parts.append(
            f'<a href="{escape(address_of(place))}">{circle}</a>' if address_of else circle
        )
    return "".join([*parts, "</svg>"])


def _spots(points: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    lats = [lat for lat, _ in points.values()]
    lons = [lon for _, lon in points.values()]
    narrow = cos(radians((min(lats) + max(lats)) / 2))
    scale = min(
        (WIDTH - 2 * MARGIN) / ((max(lons) - min(lons)) * narrow or 1),
        (HEIGHT - 2 * MARGIN) / ((max(lats) - min(lats)) or 1),
    )
    left = (WIDTH - (max(lons) - min(lons)) * narrow * scale) / 2
    return {
        code: (left + (lon - min(lons)) * narrow * scale, MARGIN + (max(lats) - lat) * scale)
        for code, (lat, lon) in points.items()
    }
