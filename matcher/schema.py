"""What a problem file looks like, as JSON Schema."""

from __future__ import annotations

from typing import Any

from matcher.policy import BudgetRule, LevelName

PROBLEM_FORMAT = "asuh-matching-problem/1"


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a problem file."""
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    texts = {"type": "array", "items": text}
    place = {
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
    }
    child = {
        "id": text,
        "tier": {"type": "integer", "minimum": 1, "maximum": 127, "description": "1 = neediest"},
        "points": {"type": "integer", "minimum": 0, "maximum": 1000},
        "months_waiting": {"type": "integer", "minimum": 0, "maximum": 1200},
        "kelurahan": text,
        "household": text,
        "forbidden_goods": texts,
        "kit_goods": {**texts, "description": "goods that the child's kit is made of"},
        "package": {**text, "description": "one of packages"},
        **place,
    }
    pledge = {
        "id": text,
        "sponsor": text,
        "capacity": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "kelurahan": {"type": ["string", "null"]},
        "goods": texts,
        "accepts": {**texts, "description": "kelurahan codes; empty = everywhere"},
        "wishes": {**texts, "description": "kelurahan the sponsor would rather support"},
        "standby": {"type": "boolean"},
        "budget_rp": {
            "type": ["integer", "null"],
            "minimum": 0,
            "description": "rupiah a month; null = counted in packages alone",
        },
        **place,
    }
    pairs = {
        "type": "array",
        "items": {"type": "array", "items": text, "minItems": 2, "maxItems": 2},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Asuh matching problem",
        "type": "object",
        "required": ["format", "month", "kelurahan", "children", "pledges"],
        "properties": {
            "format": {"const": PROBLEM_FORMAT},
            "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
            "kelurahan": _list_of({"code": text, "kecamatan": text}, ["code", "kecamatan"]),
            "kecamatan": texts,
            "sponsors": texts,
            "goods": {**texts, "maxItems": 64},
            "children": _list_of(child, ["id", "tier", "points", "kelurahan", "lat", "lon"]),
            "pledges": _list_of(pledge, ["id", "sponsor", "capacity", "lat", "lon"]),
            "delivery_hm": {
                "type": "array",
                "description": "(K+1) x K: way of a package; last row from the depot",
                "items": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            },
            "packages": {**texts, "maxItems": 64},
            "package_price_rp": {
                "type": "array",
                "description": "1 x C, or (K+1) x C by the pledge's kelurahan, last row elsewhere",
                "items": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            },
            **dict.fromkeys(("kept", "pins", "bans", "conflicts"), pairs),
        },
    }


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a policy file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Asuh matching policy",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "levels": {
                "type": "array",
                "description": "goals in their order; 'tier' must be among them, 'lottery' last",
                "items": {"enum": [name.value for name in LevelName]},
                "uniqueItems": True,
                "contains": {"const": LevelName.TIER.value},
            },
            "split_siblings": {"type": "boolean"},
            "floor_percent": {
                "description": "of the level 'floor': percent of the fairest sharing; default 80",
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
            },
            "use_standby": {"type": "boolean"},
            "max_candidates": {"type": "integer", "minimum": 0},
            "seed": {"type": "integer"},
            "search_effort": {
                "description": "work that a search may take, counted and not timed; default 20",
                "type": "integer",
                "minimum": 0,
            },
            "sibling_seconds": {"type": "number", "minimum": 0},
            "max_breaks": {"type": "integer", "minimum": 0},
            "budgets": {
                "description": "rupiah as whole places, as price classes, or at their own price",
                "enum": [rule.value for rule in BudgetRule],
            },
            "price_step_rp": {"type": "integer", "minimum": 1},
            "version": {"type": "string"},
        },
    }


def _list_of(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    item = {"type": "object", "required": required, "properties": properties}
    return {"type": "array", "items": item}
