"""The JSON Schema of a routing problem, drawn from the classes themselves."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from logistics.distance import DetourBand
from logistics.problem import (
    Break,
    Closure,
    Depot,
    Goals,
    Hold,
    Option,
    Pair,
    Place,
    RoutingProblem,
    Shift,
    Stop,
    Vehicle,
    VehicleKind,
    Window,
)

_SCALARS: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "frozenset[str]": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "VehicleKind": {"enum": [kind.value for kind in VehicleKind]},
    "Travel": {"$ref": "#/$defs/Travel"},
}
_CLASSES = (
    Window,
    Break,
    Shift,
    Depot,
    Vehicle,
    Place,
    Option,
    Stop,
    Hold,
    Pair,
    Closure,
    Goals,
    DetourBand,
)
_MATRICES = {
    "type": "object",
    "description": 'by kind of vehicle; "" for all others; -1 = no way',
    "additionalProperties": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "integer", "minimum": -1}},
    },
}


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a problem file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Asuh routing problem",
        **_of_class(RoutingProblem, {"format": {"const": "asuh routing problem 1"}}),
        "$defs": {**{each.__name__: _of_class(each) for each in _CLASSES}, "Travel": _travel()},
    }


def _of_class(cls: type[Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = dict(more or {})
    required = []
    for each in dataclasses.fields(cls):
        properties[each.name] = _of_type(str(each.type))
        if each.default is dataclasses.MISSING:
            required.append(each.name)
    summary = (cls.__doc__ or "").split("\n", 1)[0]
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _of_type(name: str) -> dict[str, Any]:
    if name.endswith(" | None"):
        return {"anyOf": [_of_type(name.removesuffix(" | None")), {"type": "null"}]}
    if many := re.fullmatch(r"tuple\[(\w+), \.\.\.\]", name):
        return {"type": "array", "items": _of_type(many[1])}
    return _SCALARS.get(name, {"$ref": f"#/$defs/{name}"})


def _travel() -> dict[str, Any]:
    def one(kind: str, required: list[str], **properties: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "type": {"const": kind},
                "as_of": {"type": "string", "description": "ISO date of the data"},
                **properties,
            },
            "required": ["type", *required],
            "additionalProperties": False,
        }

    speeds = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return {
        "oneOf": [
            one(
                "great_circle",
                [],
                bands={"type": "array", "items": {"$ref": "#/$defs/DetourBand"}},
                speeds_m_per_h=speeds,
            ),
            one(
                "matrix",
                ["ids", "distance_m", "duration_s"],
                ids={"type": "array", "items": {"type": "string"}},
                distance_m=_MATRICES,
                duration_s=_MATRICES,
                source={"type": "string"},
            ),
            one(
                "plane",
                ["xy"],
                xy={"type": "object", "additionalProperties": pair},
                rounding={"enum": ["none", "nearest", "dimacs"]},
            ),
        ]
    }
