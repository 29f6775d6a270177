from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.check import ViolationCode, check
from matcher.files import (
    FileFormatError,
    problem_from_json,
    problem_to_json,
    read_problem,
    read_result,
    write_problem,
    write_result,
)
from matcher.policy import LevelName, LeximinPlace, Policy
from matcher.schema import problem_schema
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from pathlib import Path


def test_problem_comes_back_as_it_was_written(tmp_path: Path) -> None:
    problem = month(3, children=12, pledges=6, siblings=0.3, pins=[(0, 0)])
    write_problem(problem, tmp_path / "problem.json")
    again = read_problem(tmp_path / "problem.json")
    assert again.problem_hash() == problem.problem_hash()
    assert again.child_ids == problem.child_ids


def test_result_can_be_checked_by_its_file_alone(tmp_path: Path) -> None:
    problem = month(3, children=12, pledges=6, siblings=0.3)
    matching = solve(problem)
    path = tmp_path / "matching.json"
    write_result(problem, matching, path)
    again, result = read_result(path)
    assert check(again, result) == []
    assert result.policy == matching.policy
    content = json.loads(path.read_text())
    child, _ = content["assignments"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(FileFormatError, match="unassigned"):
        read_result(path)
    content["unassigned"] = sorted([*content["unassigned"], child])
    path.write_text(json.dumps(content))
    codes = {violation.code for violation in check(*read_result(path))}
    assert ViolationCode.WRONG_RESULT_HASH in codes


def test_minimal_file_gets_the_defaults() -> None:
    problem = problem_from_json(
        {
            "format": "asuh-matching-problem/1",
            "month": "2026-12",
            "kelurahan": [{"code": "K1", "kecamatan": "C1"}],
            "children": [
                {"id": "a", "tier": 1, "points": 5, "kelurahan": "K1", "lat": -2.1, "lon": 106.1}
            ],
            "pledges": [{"id": "p", "sponsor": "s", "capacity": 1, "lat": -2, "lon": 106}],
        }
    )
    assert problem.validate() == []
    assert solve(problem).pairs(problem) == [("a", "p")]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "other"}, "format"),
        ({"children": 3}, "children"),
        ({"children": [3]}, "children[0]"),
        ({"children": [{"id": "a"}]}, "children[0].tier"),
        ({"goods": "telur"}, "goods"),
        ({"kept": [["a"]]}, "kept[0]"),
        ({"pledges": [{"id": "p", "sponsor": "s", "capacity": True}]}, "pledges[0].capacity"),
    ],
)
def test_misshapen_file_says_where(change: dict[str, Any], where: str) -> None:
    content = {**problem_to_json(month(1)), **change}
    with pytest.raises(FileFormatError) as refused:
        problem_from_json(content)
    assert refused.value.where == where


def test_unknown_good_and_unknown_codes_are_named() -> None:
    content = problem_to_json(month(1))
    content["children"][0]["forbidden_goods"] = ["emas"]
    with pytest.raises(FileFormatError, match="emas"):
        problem_from_json(content)
    content = problem_to_json(month(1))
    content["children"][0]["kelurahan"] = "nowhere"
    content["bans"] = [["nobody", "P000001"]]
    assert [fault.code.value for fault in problem_from_json(content).validate()] == ["M009", "M015"]


def test_file_that_is_no_json_or_no_result_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FileFormatError, match="is not JSON"):
        read_problem(path)
    path.write_text("{}")
    with pytest.raises(FileFormatError, match="asuh-matching-result"):
        read_result(path)
    problem = month(1)
    write_result(problem, solve(problem), path)
    for key, value in (("levels", 5), ("assignments", [["nobody", "P"]]), ("policy", {"x": 1})):
        content = json.loads(path.read_text())
        content[key] = value
        broken = tmp_path / "broken.json"
        broken.write_text(json.dumps(content))
        with pytest.raises(FileFormatError):
            read_result(broken)


def test_schema_names_every_key_that_is_written() -> None:
    problem = month(1, package_ids=("besar",))
    schema, content = problem_schema(), problem_to_json(problem)
    assert set(content) == set(schema["properties"])
    for name in ("children", "pledges", "kelurahan"):
        assert set(content[name][0]) == set(schema["properties"][name]["items"]["properties"])


def test_policy_survives_json_and_refuses_nonsense() -> None:
    policy = Policy(seed=5, version="2026-12-01").with_leximin(LeximinPlace.BEFORE_NEED)
    assert policy.levels[0] is LevelName.LEXIMIN
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy
    assert LevelName.LEXIMIN not in policy.with_leximin(LeximinPlace.OFF).levels
    assert policy.with_leximin(LeximinPlace.AFTER_NEED).levels[3] is LevelName.LEXIMIN
    assert policy.with_leximin(LeximinPlace.AFTER_TIER).levels[1] is LevelName.LEXIMIN
    wrong: list[dict[str, Any]] = [
        {"levels": ["tier", "tier"]},
        {"levels": ["points"]},
        {"levels": ["lottery", "tier"]},
        {"levels": ["tier", "lottery", "points"]},
        {"levels": ["tier", "beauty"]},
        {"max_candidates": -1},
        {"colour": "red"},
    ]
    for content in wrong:
        with pytest.raises(ValueError, match=r"\w"):
            Policy.from_json(content)


def test_lottery_can_be_recomputed_from_its_published_rule() -> None:
    import hashlib

    from matcher.lottery import child_number, lottery_keys, pair_number

    def key(code: str) -> int:
        return int.from_bytes(hashlib.sha256(f"7|{code}".encode()).digest()[:8], "big")

    def mix(word: int) -> int:
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) % 2**64
        return word ^ (word >> 31)

    child, pledge = lottery_keys(7, ["A1", "A2"]), lottery_keys(7, ["P1", "P2"])
    assert child_number(child).tolist() == [mix(key("A1")) >> 44, mix(key("A2")) >> 44]
    expected = [mix(key("A1") ^ mix(key("P1"))) >> 44, mix(key("A2") ^ mix(key("P2"))) >> 44]
    assert pair_number(child, pledge).tolist() == expected
    assert np.all(child_number(child) < 2**20)


def test_a_list_that_lacks_what_is_used_is_a_fault_not_a_new_row() -> None:
    content = problem_to_json(month(3, children=4, pledges=3))
    content["pledges"][1]["sponsor"] = "nobody"
    content["kelurahan"][0]["kecamatan"] = "nowhere"
    found = [fault.code.name for fault in problem_from_json(content).validate()]
    assert found == ["UNKNOWN_KECAMATAN", "UNKNOWN_SPONSOR"]
    del content["sponsors"], content["kecamatan"]  # without lists, what is used is what there is
    assert problem_from_json(content).validate() == []
