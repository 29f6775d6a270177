"""Values of codes with their units: kilograms, litres, kilometres, minutes, hours of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEASURED = ("unserved.", "remedy.", "violation.", "idle.")
"""Areas of codes whose values are told with their units."""

CLOCKS = {
    "arrival_s",
    "closes_s",
    "departure_s",
    "earliest_s",
    "from_s",
    "latest_s",
    "leaves_s",
    "loads_s",
    "opens_s",
    "returns_s",
    "start_s",
    "to_s",
}
"""Seconds after midnight; others that end alike are so many seconds long."""

UNITS_OF_LIMITS = {
    "unserved.heat": "s",
    "unserved.too_far": "m",
    "unserved.too_heavy": "g",
    "unserved.too_large": "ml",
    "unserved.walk_too_far": "m",
    "violation.overfull": "ml",
    "violation.overweight": "g",
    "violation.too_far": "m",
    "violation.too_long_in_heat": "s",
    "violation.walk_too_far": "m",
}
"""Unit of ``amount`` and ``limit``, which several rules have in common."""

HOUR_S, MINUTE_S, KILO = 3_600, 60, 1_000


class Formats(Protocol):
    """Numbers and hours as a language writes them; `api.i18n.Formats`."""

    def number(self, value: float, *, decimals: int = 0) -> str:
        """Write a number."""
        ...

    def hour(self, value: str | None) -> str:
        """Write a time of day."""
        ...


def in_units(
    code: str, params: Mapping[str, object], formats: Formats, say: Callable[[str], str]
) -> Mapping[str, object]:
    """Return the values of a code with whole amounts written in their unit.

    Parameters
    ----------
    params
        By names whose end is the unit: ``weight_g``, ``walk_m``, ``needed_s``, ``closes_s``.
    say
        Turns a unit (``menit``) into the reader's language.
    """
    if not code.startswith(MEASURED):
        return params

    def unit_of(name: str) -> str:
        if name in ("amount", "limit"):
            return UNITS_OF_LIMITS.get(code, "")
        if name in ("expected", "found", "value"):
            name = str(params.get("name", ""))
        return "clock" if name in CLOCKS else name.rpartition("_")[2]

    told = {
        name: measured(value, unit_of(name), formats, say)
        if isinstance(value, int) and not isinstance(value, bool)
        else value
        for name, value in params.items()
    }
    if code.startswith("violation.wrong_") and "name" in params:
        told["name"] = {"code": f"route_figure.{params['name']}"}
    if code == "idle.fits_nothing":
        told["rule"] = {"code": f"rule_name.{str(params.get('rule')).rpartition('.')[2]}"}
    rules = params.get("rules")
    if code == "unserved.rules_together" and isinstance(rules, list):
        told["rules"] = [{"code": f"rule_name.{str(rule).rpartition('.')[2]}"} for rule in rules]
    return told


def measured(value: int, unit: str, formats: Formats, say: Callable[[str], str]) -> object:
    """Return an amount as people write it; as it is where the unit is none of ours."""
    if unit == "g":
        return f"{_short(value / KILO, formats)} kg"
    if unit == "ml":
        return f"{_short(value / KILO, formats)} {say('liter')}"
    if unit == "m":
        return f"{value} m" if abs(value) < KILO else f"{_short(value / KILO, formats)} km"
    if unit == "s":
        return _lasting(value, formats, say)
    if unit == "clock":
        return _clock(value, formats)
    if unit == "rp":
        return f"Rp {formats.number(value)}"  # plain: files and messages hold it too
    return value


def _short(value: float, formats: Formats) -> str:
    """Write a number with as many decimals as it needs, up to three below ten, else one."""
    decimals = 3 if abs(value) < 10 else 1
    while decimals and round(value, decimals) == round(value, decimals - 1):
        decimals -= 1
    return formats.number(value, decimals=decimals)


def _lasting(seconds: int, formats: Formats, say: Callable[[str], str]) -> str:
    if abs(seconds) < MINUTE_S:
        return f"{seconds} {say('detik')}"
    minutes = -(-seconds // MINUTE_S)
    if minutes < HOUR_S // MINUTE_S:
        return f"{minutes} {say('menit')}"
    hours, rest = divmod(minutes, 60)
    told = f"{formats.number(hours)} {say('jam')}"
    return f"{told} {rest} {say('menit')}" if rest else told


def _clock(seconds: int, formats: Formats) -> str:
    """Write seconds after midnight; whole minutes, as sheets do, where they are whole."""
    hours, rest = divmod(seconds, HOUR_S)
    minutes, seconds = divmod(rest, MINUTE_S)
    return formats.hour(f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else ""))
