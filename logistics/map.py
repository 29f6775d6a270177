"""A route as a small picture: numbered stops on their way, scale and north, no tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered point on the map."""

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
    num_metres_word: str = "m",
    has_style: bool = True,
) -> str:
    """Return an SVG of one route.

    Parameters
    ----------
    depot, marks
        Where the route starts and ends, and its visits in order.
    title, description
        What a screen reader says.
    way
        The road's points (lat, lon) where known; else straight lines between the marks.
    has_style
        True: presentation attributes, for print. False: only classes, for pages whose style sheet
        draws them (content security policy).
    """
    raise NotImplementedError
