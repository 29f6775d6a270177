"""What a road lets through and how fast: by class of road, kind of vehicle and tag.

Every figure is a working figure for Indonesian towns, to be corrected where the city has measured;
`docs/routing.md` lists them. Traffic keeps left: a right turn crosses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("motorcycle", "pickup", "car")
"""Kinds of vehicle that drive on roads, in the order of every per-kind column; boats do not."""

SPEEDS_KM_PER_H: Mapping[str, tuple[float, float, float]] = {
    "motorway": (0, 70, 75),
    "trunk": (48, 46, 50),
    "primary": (42, 37, 40),
    "secondary": (38, 32, 35),
    "tertiary": (33, 28, 30),
    "unclassified": (27, 23, 25),
    "residential": (22, 18, 20),
    "living_street": (15, 10, 12),
    "service": (15, 13, 15),
    "track": (12, 10, 10),
    "path": (10, 0, 0),
}
"""Usual speed by class for each of `KINDS`; 0: it may not or cannot pass."""

MOTORCYCLE_WHERE_TAGGED_KM_PER_H: Mapping[str, float] = {
    "footway": 8,
    "pedestrian": 8,
    "cycleway": 10,
}
"""Ways on foot that a motorcycle uses only where a tag says so: the *gang* of a kampung."""

UNPAVED = frozenset(
    {"unpaved", "gravel", "fine_gravel", "dirt", "earth", "ground", "sand", "mud", "grass", "rock"}
)
UNPAVED_FACTOR = 0.6

SIGNAL_S = 12.0
"""Average wait at traffic lights."""

LEFT_S, RIGHT_S, U_TURN_S, DEAD_END_S = 2.0, 7.0, 25.0, 8.0
"""Turning left, right (across traffic), round in the road, and round where a road ends."""

STRAIGHT_DEG = 40.0
"""A change of direction up to this is no turn."""

_TAGS = {
    "motorcycle": ("access", "vehicle", "motor_vehicle", "motorcycle"),
    "pickup": ("access", "vehicle", "motor_vehicle", "motorcar", "goods"),
    "car": ("access", "vehicle", "motor_vehicle", "motorcar"),
}
"""Tags that allow or forbid, from general to particular; the last one given counts."""

_FORBIDDEN = frozenset({"no", "private", "agricultural", "forestry", "emergency", "delivery_only"})
_ONE_WAY = frozenset({"yes", "true", "1"})
_ROUND = frozenset({"roundabout", "circular"})


def road_class(tags: Mapping[str, str]) -> str:
    """Return the class of a way without ``_link``, or empty when no vehicle drives there."""
    found = tags.get("highway", "").removesuffix("_link")
    if found in SPEEDS_KM_PER_H or found in MOTORCYCLE_WHERE_TAGGED_KM_PER_H:
        return found
    return "residential" if found in {"road", "busway_access"} else ""


def speeds(tags: Mapping[str, str]) -> tuple[float, float, float]:
    """Return km/h for each of `KINDS`, 0 where it may not pass (OpenStreetMap's access tags)."""
    name = road_class(tags)
    if not name:
        return (0, 0, 0)
    usual = SPEEDS_KM_PER_H.get(name, (0, 0, 0))
    limit = speed_limit(tags.get("maxspeed", ""))
    rough = UNPAVED_FACTOR if tags.get("surface", "") in UNPAVED and name != "track" else 1.0
    found = []
    for kind, speed in zip(KINDS, usual, strict=True):
        word = next((tags[tag] for tag in reversed(_TAGS[kind]) if tag in tags), "")
        if kind == "motorcycle" and name in MOTORCYCLE_WHERE_TAGGED_KM_PER_H:
            is_tagged = tags.get("motorcycle", "") in {"yes", "designated", "permissive"}
            speed = MOTORCYCLE_WHERE_TAGGED_KM_PER_H[name] if is_tagged else 0  # noqa: PLW2901
        allowed = 0.0 if word in _FORBIDDEN else speed * rough
        found.append(min(allowed, limit) if limit > 0 else allowed)
    motorcycle, pickup, car = found
    return (motorcycle, pickup, car)


def speed_limit(text: str) -> float:
    """Return a limit in km/h of ``50``, ``50 km/h`` or ``30 mph``; 0 where none can be read."""
    number, _, unit = text.strip().partition(" ")
    try:
        value = float(number)
    except ValueError:
        return 0.0
    return max(0.0, value * 1.609 if unit == "mph" else value)


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether traffic runs along the way as drawn, and against it."""
    word = tags.get("oneway", "")
    if word in {"-1", "reverse"}:
        return False, True
    is_one_way = word in _ONE_WAY or (
        word != "no" and (tags.get("junction") in _ROUND or tags.get("highway") == "motorway")
    )
    return True, not is_one_way


def is_roundabout(tags: Mapping[str, str]) -> bool:
    """Say whether a way goes round a roundabout."""
    return tags.get("junction") in _ROUND


def is_bridge(tags: Mapping[str, str]) -> bool:
    """Say whether a way is carried by a bridge."""
    return tags.get("bridge", "no") not in {"no", ""}
