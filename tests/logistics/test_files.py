import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from logistics.distance import GreatCircle, Plane
from logistics.files import (
    FileFormatError,
    plan_from_json,
    plan_to_json,
    problem_from_json,
    problem_schema,
    problem_to_json,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from logistics.problem import RoutingProblem
from logistics.solve import solve
from tests.logistics.problems import MONDAY, problem, problems, stop


@settings(max_examples=25, deadline=None)
@given(problems())
def test_problems_and_plans_come_back_as_they_were(some: RoutingProblem) -> None:
    again = problem_from_json(json.loads(json.dumps(problem_to_json(some))))
    assert again.problem_hash == some.problem_hash
    assert problem_to_json(again) == problem_to_json(some)
    plan = solve(some, seconds=None, iterations=2, engine="insertion")
    back = plan_from_json(json.loads(json.dumps(plan_to_json(plan))))
    assert back.plan_hash == plan.plan_hash
    assert back.routes == plan.routes


@pytest.mark.parametrize(
    "travel", [GreatCircle(as_of="2026-11-24"), Plane({"d": (0, 0), "p1": (3, 4)}, "dimacs")]
)
def test_every_source_of_ways_is_kept(travel: Any) -> None:
    some = problem(stop(1), travel=travel)
    assert problem_from_json(problem_to_json(some)).problem_hash == some.problem_hash


def test_files_hold_a_plan_with_its_problem(tmp_path: Path) -> None:
    some = problem(stop(1))
    plan = solve(some, seconds=None, iterations=1)
    write_problem(some, tmp_path / "problem.json")
    write_plan(some, plan, tmp_path / "plan.json")
    assert read_problem(tmp_path / "problem.json").problem_hash == some.problem_hash
    again, back = read_plan(tmp_path / "plan.json")
    assert (again.problem_hash, back.plan_hash) == (some.problem_hash, plan.plan_hash)


def changed(change: Any) -> Any:
    content = problem_to_json(problem(stop(1)))
    change(content)
    return content


BAD: list[tuple[Any, str, str]] = [
    ([], "", "expected_object"),
    (changed(lambda c: c.update(format="x")), "/format", "unknown_word"),
    (changed(lambda c: c.pop("days")), "/days", "missing"),
    (changed(lambda c: c.update(days=["7/12/2026"])), "/days/0", "expected_day"),
    (changed(lambda c: c.update(colour=1)), "/colour", "unknown_name"),
    (
        changed(lambda c: c["stops"][0].update(weight_g=1.5)),
        "/stops/0/weight_g",
        "expected_whole_number",
    ),
    (
        changed(lambda c: c["stops"][0].update(needs_cool_box=1)),
        "/stops/0/needs_cool_box",
        "expected_true_or_false",
    ),
    (changed(lambda c: c["vehicles"][0].update(kind="rocket")), "/vehicles/0/kind", "unknown_word"),
    (changed(lambda c: c["places"][0].update(lat="x")), "/places/0/lat", "expected_number"),
    (changed(lambda c: c.update(stops={})), "/stops", "expected_list"),
    (changed(lambda c: c.update(travel={})), "/travel/type", "unknown_word"),
    (
        changed(lambda c: c["travel"]["distance_m"].update({"": [[1], [1, 2]]})),
        "/travel/distance_m/",
        "expected_matrix",
    ),
]


@pytest.mark.parametrize(("content", "where", "what"), BAD, ids=[each[2] + each[1] for each in BAD])
def test_a_wrong_shape_is_named_with_its_place(content: Any, where: str, what: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        problem_from_json(content)
    assert (caught.value.where, caught.value.what) == (where, what)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{\n]", encoding="utf-8")
    with pytest.raises(FileFormatError, match="line 2"):
        read_problem(tmp_path / "a.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match="not_utf8"):
        read_problem(tmp_path / "b.json")
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileFormatError, match="expected_problem_and_plan"):
        read_plan(tmp_path / "c.json")


def test_the_schema_names_what_the_reader_takes() -> None:
    schema = problem_schema()
    content = problem_to_json(problem(stop(1, days=(MONDAY,), max_time_in_heat_s=60)))
    assert content.keys() <= schema["properties"].keys()
    for name, definition in (("stops", "Stop"), ("vehicles", "Vehicle"), ("places", "Place")):
        assert content[name][0].keys() <= schema["$defs"][definition]["properties"].keys()
    references = [part.split('"')[0] for part in json.dumps(schema).split("#/$defs/")[1:]]
    assert set(references) <= schema["$defs"].keys()
