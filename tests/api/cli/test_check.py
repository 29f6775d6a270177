"""``asuh check``: what was verified and how good it is, in the reader's language."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from api.cli.check import _at_most_better, _num_halts, goals_told
from api.cli.match import _proved
from api.i18n import all_sentences
from matcher.files import read_result, write_problem, write_result
from matcher.matching import LevelStatus, Proof
from matcher.policy import LevelName
from tests.api.cli.test_commands import asuh
from tests.matcher.months import month


@pytest.fixture
def result(tmp_path: Path) -> Path:
    problem, out = tmp_path / "problem.json", tmp_path / "matching.json"
    write_problem(month(3, children=14, pledges=7, tightness=0.6), problem)
    assert asuh("match", problem, "--out", out).exit_code == 0
    return out


def test_it_says_what_was_verified_in_the_readers_language(result: Path) -> None:
    problem, matching = read_result(result)
    covered, children = str(matching.num_covered), str(problem.num_children)
    said = asuh("check", result).stdout
    assert f"{covered} dari {children} anak terlayani" in said
    assert "✓" not in said
    assert "{" not in said
    english = asuh("check", result, "--language", "en").stdout
    assert f"{covered} of {children} children are served" in english
    assert english.count("proved best") == len(matching.levels)
    assert "anak" not in english


def test_machines_get_counts_and_levels(result: Path) -> None:
    _, matching = read_result(result)
    told = json.loads(asuh("check", result, "--json").stdout)
    assert (told["faults"], told["covered"]) == ([], matching.num_covered)
    assert set(told["levels"].values()) == {"optimal"}
    assert told["at_most_better"] == {}


def test_a_gap_is_told_in_the_unit_of_its_goal(result: Path) -> None:
    _, matching = read_result(result)
    tier = next(level for level in matching.levels if level.name is LevelName.TIER)
    points = next(level for level in matching.levels if level.name is LevelName.POINTS)
    left_out = len(matching.pledge_of) - matching.num_covered
    assert left_out
    weighed = replace(tier, verified=tier.cost - 1000, status=LevelStatus.GAP)
    assert _at_most_better(weighed, matching) == left_out
    assert _at_most_better(replace(tier, verified=tier.cost - 1), matching) == 1
    assert _at_most_better(replace(points, verified=points.cost - 1000), matching) == 1000
    assert {f"check.level_gap_{name.value}" for name in LevelName} <= set(all_sentences())


def test_a_bound_that_is_not_reached_is_named_goal_by_goal(
    result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, matching = read_result(result)
    levels = tuple(
        replace(level, bound=level.cost - 1, verified=level.cost - 1, status=LevelStatus.GAP)
        if level.name in (LevelName.TIER, LevelName.POINTS) else level
        for level in matching.levels
    )  # fmt: skip
    monkeypatch.setattr("matcher.check.check", lambda *_: [])
    monkeypatch.setattr(
        "matcher.files.read_result", lambda _: (problem, replace(matching, levels=levels))
    )
    said = asuh("check", result, "--language", "en").stdout
    assert "at most 1 child more" in said
    assert "at most 1 need points more" in said
    assert "no rule is broken" in said


def test_what_a_search_proved_is_told_apart_from_what_prices_prove(result: Path) -> None:
    _, matching = read_result(result)
    level = replace(
        next(each for each in matching.levels if each.name is LevelName.POINTS),
        cost=400, bound=400, verified=400,
    )  # fmt: skip
    searched = replace(level, verified=300, proof=Proof.BRANCHING)
    gap = replace(level, bound=300, verified=300, status=LevelStatus.GAP, gap=0.25)
    assert [_proved(each) for each in (level, searched, gap)] == [
        "optimal", "optimal by a finished search; prices leave 25 %", "gap 25 %",
    ]  # fmt: skip
    for each, count in ((level, 0), (searched, 1), (gap, 0)):
        told = goals_told(replace(matching, levels=(each,)), "en")
        assert sum("a search that finished" in line for line in told) == count


def test_faults_are_sentences_with_their_codes(result: Path) -> None:
    problem, matching = read_result(result)
    moved = matching.pledge_of.copy()
    moved[moved >= 0] = 0
    write_result(problem, replace(matching, pledge_of=moved), result)
    refused = asuh("check", result)
    assert refused.exit_code == 1
    assert "janji diisi melebihi tempatnya (check.over_capacity" in refused.stderr
    told = json.loads(asuh("check", result, "--language", "en", "--json").stdout)
    assert told["refused"] == told["faults"][0]["code"]
    assert "check.over_capacity" in {each["code"] for each in told["faults"]}


def test_a_cut_result_is_refused_with_a_sentence(result: Path) -> None:
    content = json.loads(result.read_bytes())
    del content["assignments"]
    result.write_text(json.dumps(content))
    refused = asuh("check", result)
    assert (refused.exit_code, "tidak ada atau tidak dikenal" in refused.stderr) == (1, True)


@pytest.mark.parametrize("content", [b"Barang,Jumlah\n", b"\xff\xfe", b'{"levels": ['])
def test_a_file_that_is_no_json_is_refused_in_own_words(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "stok.csv"
    file.write_bytes(content)
    for language, words in (("id", "Berikan matching.json"), ("en", "Give matching.json")):
        refused = asuh("check", file, "--language", language)
        assert (refused.exit_code, words in refused.stderr) == (1, True)
        assert "line 1" not in refused.stderr


def test_what_is_handed_out_at_one_place_is_one_stop() -> None:
    class Visit:
        def __init__(self, place: str) -> None:
            self.place = place

    class Route:
        visits = tuple(map(Visit, ("home", "post", "post", "home")))

    class Plan:
        routes = (Route(), Route())

    assert _num_halts(cast("Any", Plan())) == 6


def test_what_was_found_for_a_gap_file_is_checked_from_its_own_numbers(tmp_path: Path) -> None:
    file, out = tmp_path / "gap.txt", tmp_path / "gap.json"
    file.write_text("2 3\n1 4 3\n5 2 9\n2 2 2\n2 2 2\n4 2\n")
    asuh("match", file, "--out", out, "--seconds", "5")
    told = asuh("check", out).stdout
    assert "3 tugas pada 2 pelaksana dengan biaya 6. Terbukti terbaik" in told
    content = json.loads(out.read_bytes())
    prices = content["assignment"]["prices"]
    assert content["assignment"]["verified"] == 6
    assert content["assignment"]["agents"] == [1, 2, 1]
    for change, code in (
        ({"agents": [1, 1, 1], "cost": 8}, "gap.over_capacity"),
        ({"agents": [1, 2, 3]}, "gap.unknown_agent"),
        ({"agents": [2, 1, 1]}, "gap.wrong_cost"),
        ({"bound": 7}, "gap.wrong_bound"),
        ({"agents": [1, 2]}, "check.not_a_result"),
        ({"agents": "x"}, "check.not_a_result"),
        ({"agents": [[1, 2, 1]]}, "check.not_a_result"),
        ({"agents": [1.7, 2.9, 1.2]}, "check.not_a_result"),
        ({"agents": [True, 2, 1]}, "check.not_a_result"),
        ({"agents": ["1", "2", "1"]}, "check.not_a_result"),
        ({"cost": 6.9}, "check.not_a_result"),
        ({"bound": True}, "check.not_a_result"),
        ({"optimal": "no"}, "check.not_a_result"),
        ({"seconds": True}, "check.not_a_result"),
        ({"bound": 5}, "gap.wrong_optimal"),
        ({"bound": 5, "optimal": False}, "gap.wrong_bound"),
        ({"verified": 5}, "gap.wrong_verified"),
        ({"verified": True}, "check.not_a_result"),
        ({"prices": None}, "check.not_a_result"),
        ({"prices": prices | {"scale": 0}}, "gap.wrong_prices"),
        ({"prices": prices | {"agent": [-1, 0]}}, "gap.wrong_prices"),
        ({"prices": prices | {"job": prices["job"][:2]}}, "gap.wrong_prices"),
        ({"prices": prices | {"job": [1 << 61, 0, 0]}}, "gap.wrong_prices"),
        ({"prices": prices | {"job": [0, 0, 0]}}, "gap.wrong_verified"),
    ):
        out.write_text(json.dumps(content | {"assignment": content["assignment"] | change}))
        refused = asuh("check", out, "--json")
        assert (refused.exit_code, json.loads(refused.stdout)["refused"]) == (1, code)
    for numbers in (
        {"cost": [[1.9, 4, 3], [5, 2, 9]]},
        {"weight": [[2.9, 2, 2], [2, 2, 2]]},
        {"capacity": [4.5, 2]},
        {"capacity": [[4, 2]]},
        {"cost": [[1, 4], [5, 2, 9]]},
        {"weight": [[2, -2, 2], [2, 2, 2]]},
        {"cost": [[1 << 70, 4, 3], [5, 2, 9]]},
    ):
        out.write_text(json.dumps(content | {"gap": content["gap"] | numbers}))
        refused = asuh("check", out, "--json")
        assert json.loads(refused.stdout)["refused"] == "check.not_a_result"
    nothing = {"job": [0, 0, 0], "agent": [0, 0], "scale": 1}
    for change, words in (
        ({"optimal": True, "bound": 6}, "pencarian yang selesai"),
        ({"optimal": False, "bound": 0}, "tidak ada pembagian di bawah 0, jadi paling banyak 100"),
    ):
        told_so = content["assignment"] | change | {"verified": 0, "prices": nothing}
        out.write_text(json.dumps(content | {"assignment": told_so}))
        assert words in asuh("check", out).stdout
    unpriced = {name: each for name, each in content["assignment"].items() if name != "prices"}
    out.write_text(json.dumps(content | {"assignment": unpriced}))
    assert asuh("check", out).exit_code == 1
