"""Problems and plans as JSON files."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import DetourBand, GivenMatrix, GreatCircle, Plane, Travel
from logistics.plan import (
    GoalFigures,
    Pause,
    Reason,
    ReasonCode,
    Remedy,
    RemedyCode,
    Route,
    RoutePlan,
    Unserved,
    Visit,
)
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
from logistics.schema import problem_schema

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FileFormatError",
    "plan_from_json",
    "plan_to_json",
    "problem_from_json",
    "problem_schema",
    "problem_to_json",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]

FORMAT = "asuh routing problem 1"
PLAN_FORMAT = "asuh route plan 1"


class FileFormatError(ValueError):
    """A file has not the expected shape; `where` is a JSON pointer or a line, `what` a code."""

    def __init__(self, where: str, what: str, **params: Any) -> None:
        self.where, self.what, self.params = where, what, params
        super().__init__(f"{where or '/'}: {what} {params or ''}".strip())


Reader = Callable[[Any, str], Any]


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise FileFormatError(where, "expected_text", found=type(value).__name__)
    return value


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FileFormatError(where, "expected_whole_number", found=type(value).__name__)
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FileFormatError(where, "expected_number", found=type(value).__name__)
    return float(value)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise FileFormatError(where, "expected_true_or_false", found=type(value).__name__)
    return value


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(_text(value, where))
    except ValueError as error:
        raise FileFormatError(where, "expected_day", found=value) from error


def _kind(value: Any, where: str) -> VehicleKind:
    try:
        return VehicleKind(_text(value, where))
    except ValueError as error:
        known = [kind.value for kind in VehicleKind]
        raise FileFormatError(where, "unknown_word", found=value, known=known) from error


def _maybe(read: Reader) -> Reader:
    return lambda value, where: None if value is None else read(value, where)


def _many(read: Reader) -> Reader:
    def read_list(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise FileFormatError(where, "expected_list", found=type(value).__name__)
        return tuple(read(each, f"{where}/{row}") for row, each in enumerate(value))

    return read_list


def _words(value: Any, where: str) -> frozenset[str]:
    return frozenset(_many(_text)(value, where))


def _object(cls: type[Any], readers: Mapping[str, Reader]) -> Reader:
    """Return a reader of a dataclass; names it does not know are refused, so that none is lost."""
    required = {
        each.name
        for each in dataclasses.fields(cls)
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    }

    def read_object(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise FileFormatError(where, "expected_object", found=type(value).__name__)
        for name in sorted(required - value.keys()):
            raise FileFormatError(f"{where}/{name}", "missing")
        for name in value.keys() - readers.keys():
            raise FileFormatError(f"{where}/{name}", "unknown_name", known=sorted(readers))
        return cls(**{name: readers[name](each, f"{where}/{name}") for name, each in value.items()})

    return read_object


_window = _object(Window, {"opens_s": _whole, "closes_s": _whole, "day": _maybe(_day)})
_break = _object(
    Break, {"earliest_s": _whole, "latest_s": _whole, "duration_s": _whole, "name": _text}
)
_shift = _object(
    Shift, {"day": _day, "starts_s": _whole, "ends_s": _whole, "breaks": _many(_break)}
)
_depot = _object(
    Depot,
    {
        "id": _text,
        "lat": _maybe(_number),
        "lon": _maybe(_number),
        "name": _text,
        "opens_s": _whole,
        "closes_s": _whole,
        "loading_s": _whole,
    },
)
_vehicle = _object(
    Vehicle,
    {
        "id": _text,
        "depot": _text,
        "kind": _kind,
        "shifts": _many(_shift),
        "has_cool_box": _flag,
        "max_stops": _maybe(_whole),
        "max_distance_m": _maybe(_whole),
        "speed_factor": _number,
        "skills": _words,
        **dict.fromkeys(
            (
                "capacity_g",
                "capacity_ml",
                "max_trips",
                "cost_rp_per_km",
                "cost_rp_per_hour",
                "cost_rp_per_day",
            ),
            _whole,
        ),
    },
)
_place = _object(
    Place,
    {
        "id": _text,
        "lat": _maybe(_number),
        "lon": _maybe(_number),
        "windows": _many(_window),
        "handed_out_on": _maybe(_day),
    },
)
_option = _object(Option, {"place": _text, "cost_rp": _whole, "walk_m": _whole})
_stop = _object(
    Stop,
    {
        "id": _text,
        "options": _many(_option),
        "windows": _many(_window),
        "days": _many(_day),
        "needs_cool_box": _flag,
        "skills": _words,
        "household": _text,
        "is_pickup": _flag,
        "source": _text,
        "usual_vehicle": _text,
        **dict.fromkeys(
            ("max_time_in_heat_s", "max_walk_m", "max_days_before", "usual_start_s"), _maybe(_whole)
        ),
        **dict.fromkeys(
            (
                "weight_g",
                "volume_ml",
                "num_packages",
                "service_s",
                "service_s_per_package",
                "priority",
            ),
            _whole,
        ),
    },
)
_closure = _object(
    Closure,
    {
        "places": _many(_text),
        "others": _many(_text),
        "extra_m": _maybe(_whole),
        "extra_s": _maybe(_whole),
        "name": _text,
    },
)
_pair = _object(Pair, {"stop": _text, "other": _text})
_hold = _object(Hold, {"stop": _text, "vehicle": _maybe(_text), "day": _maybe(_day)})
_band = _object(DetourBand, {"below_m": _maybe(_whole), "factor": _number})


def _matrix(value: Any, where: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    try:
        matrix = np.array(value)
    except ValueError as error:
        raise FileFormatError(where, "expected_matrix") from error
    if matrix.size == 0:
        return np.zeros((len(value), 0) if value else (0, 0), dtype=np.int64)
    if matrix.ndim != 2 or not np.issubdtype(matrix.dtype, np.integer):
        raise FileFormatError(where, "expected_matrix", found=str(matrix.dtype))
    return matrix.astype(np.int64)


def _by_name(read: Reader) -> Reader:
    def read_all(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise FileFormatError(where, "expected_object", found=type(value).__name__)
        return {name: read(each, f"{where}/{name}") for name, each in value.items()}

    return read_all


def _xy(value: Any, where: str) -> tuple[float, float]:
    pair = _many(_number)(value, where)
    if len(pair) != 2:
        raise FileFormatError(where, "expected_pair")
    return pair[0], pair[1]


_TRAVELS: dict[str, Reader] = {
    "great_circle": _object(
        GreatCircle,
        {"bands": _many(_band), "speeds_m_per_h": _maybe(_by_name(_whole)), "as_of": _text},
    ),
    "matrix": _object(
        GivenMatrix,
        {
            "ids": _many(_text),
            "distance_m": _by_name(_matrix),
            "duration_s": _by_name(_matrix),
            "source": _text,
            "as_of": _text,
        },
    ),
    "plane": _object(Plane, {"xy": _by_name(_xy), "rounding": _text, "as_of": _text}),
}


def _travel(value: Any, where: str) -> Travel:
    if not isinstance(value, dict) or value.get("type") not in _TRAVELS:
        raise FileFormatError(f"{where}/type", "unknown_word", known=sorted(_TRAVELS))
    rest = {name: each for name, each in value.items() if name != "type"}
    travel: Travel = _TRAVELS[value["type"]](rest, where)
    return travel


_goals = _object(Goals, {each.name: _whole for each in dataclasses.fields(Goals)})
_problem = _object(
    RoutingProblem,
    {
        "name": _text,
        "days": _many(_day),
        "depots": _many(_depot),
        "vehicles": _many(_vehicle),
        "places": _many(_place),
        "stops": _many(_stop),
        "travel": _travel,
        "pins": _many(_hold),
        "forbidden": _many(_hold),
        "forbidden_pairs": _many(_pair),
        "closures": _many(_closure),
        "walk_rp_per_km": _whole,
        "area_radius_m": _whole,
        "goals": _goals,
    },
)


def _reason_code(value: Any, where: str) -> ReasonCode:
    try:
        return ReasonCode(value)
    except ValueError as error:
        raise FileFormatError(where, "unknown_word", found=value) from error


def _remedy_code(value: Any, where: str) -> RemedyCode:
    try:
        return RemedyCode(value)
    except ValueError as error:
        raise FileFormatError(where, "unknown_word", found=value) from error


def _as_is(value: Any, where: str) -> Any:  # noqa: ARG001
    return value


_remedy = _object(Remedy, {"code": _remedy_code, "params": _by_name(_as_is)})
_reason = _object(
    Reason, {"code": _reason_code, "params": _by_name(_as_is), "remedies": _many(_remedy)}
)
_visit = _object(
    Visit,
    {
        "stop": _text,
        "place": _text,
        **{name.name: _whole for name in dataclasses.fields(Visit) if name.type == "int"},
    },
)
_pause = _object(Pause, {"before": _whole, "starts_s": _whole, "ends_s": _whole, "name": _text})
_route = _object(
    Route,
    {
        "vehicle": _text,
        "day": _day,
        "visits": _many(_visit),
        "pauses": _many(_pause),
        **{name.name: _whole for name in dataclasses.fields(Route) if name.type == "int"},
    },
)
_figures = _object(GoalFigures, {each.name: _whole for each in dataclasses.fields(GoalFigures)})
_plan = _object(
    RoutePlan,
    {
        "routes": _many(_route),
        "unserved": _many(_object(Unserved, {"stop": _text, "reasons": _many(_reason)})),
        "seconds": _number,
        "time_ran_out": _flag,
        **dict.fromkeys(
            ("distance_source", "distance_as_of", "problem_hash", "engine"),
            _text,
        ),
        **dict.fromkeys(("cost_rp", "distance_m", "duration_s", "seed", "iterations"), _whole),
        "figures": _maybe(_figures),
    },
)


def _plain(value: Any) -> Any:
    """Return JSON values of a dataclass and what is in it; fields at their default are left out."""
    if isinstance(value, GreatCircle | GivenMatrix | Plane):
        kind = {GreatCircle: "great_circle", GivenMatrix: "matrix", Plane: "plane"}[type(value)]
        return {"type": kind, **_fields(value, keep_defaults=True)}
    if dataclasses.is_dataclass(value):
        return _fields(
            value, keep_defaults=isinstance(value, Visit | Route | RoutePlan | GoalFigures)
        )
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _fields(value: Any, *, keep_defaults: bool) -> dict[str, Any]:
    found = {}
    for each in dataclasses.fields(value):
        content = getattr(value, each.name)
        if each.default is dataclasses.MISSING or keep_defaults or content != each.default:
            found[each.name] = _plain(_of_type(str(each.type), content))
    return found


def _of_type(type_name: str, content: Any) -> Any:
    """Write 0 as 0.0 where a field holds fractions, so that the hash hangs on values alone."""
    if content is None or "float" not in type_name:
        return content
    if isinstance(content, Mapping):
        return {name: [float(each) for each in pair] for name, pair in content.items()}
    return float(content)


def problem_to_json(problem: RoutingProblem) -> dict[str, Any]:
    """Return a problem as plain JSON values; values at their default are left out."""
    return {"format": FORMAT, **_plain(problem)}


def problem_from_json(content: Any) -> RoutingProblem:
    """Read what `problem_to_json` wrote, or a person after `problem_schema`.

    Raises
    ------
    FileFormatError
        The content has not this shape; says where.
    """
    problem: RoutingProblem = _problem(_without_format(content, FORMAT), "")
    return problem


def plan_to_json(plan: RoutePlan) -> dict[str, Any]:
    """Return a plan as plain JSON values; `write_plan` adds its hash."""
    return {"format": PLAN_FORMAT, **_plain(plan)}


def plan_from_json(content: Any) -> RoutePlan:
    """Read what `plan_to_json` wrote; raises `FileFormatError`."""
    rest = _without_format(content, PLAN_FORMAT)
    rest.pop("plan_hash", None)
    plan: RoutePlan = _plan(rest, "")
    return plan


def _without_format(content: Any, expected: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise FileFormatError("", "expected_object", found=type(content).__name__)
    if content.get("format", expected) != expected:
        raise FileFormatError("/format", "unknown_word", found=content["format"], known=[expected])
    return {name: each for name, each in content.items() if name != "format"}


def write_problem(problem: RoutingProblem, path: Path) -> None:
    """Write a problem."""
    path.write_text(json.dumps(problem_to_json(problem), indent=1) + "\n", encoding="utf-8")


def read_problem(path: Path) -> RoutingProblem:
    """Read a problem; raises `FileFormatError`."""
    return problem_from_json(_load(path))


def write_plan(problem: RoutingProblem, plan: RoutePlan, path: Path) -> None:
    """Write a plan with its problem, so that the file can be checked by itself."""
    content = {
        "problem": problem_to_json(problem),
        "plan": {**plan_to_json(plan), "plan_hash": plan.plan_hash},
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_plan(path: Path) -> tuple[RoutingProblem, RoutePlan]:
    """Read a plan and the problem in it; raises `FileFormatError`."""
    content = _load(path)
    if not isinstance(content, dict) or not {"problem", "plan"} <= content.keys():
        raise FileFormatError("", "expected_problem_and_plan")
    return problem_from_json(content["problem"]), plan_from_json(content["plan"])


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileFormatError("", "not_utf8", file=path.name) from error
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise FileFormatError(f"line {line}", "not_json", file=path.name) from error
