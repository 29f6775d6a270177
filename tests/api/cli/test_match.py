"""``asuh match`` under policies, and ``asuh explain`` on what it wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from matcher.asking import what_if
from matcher.files import problem_to_json, read_result, write_problem
from matcher.lottery import numbers_of
from tests.api.cli.test_commands import asuh
from tests.matcher.months import month


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    write_problem(month(3, children=14, pledges=7, tightness=0.6), path)
    return path


def policy(tmp_path: Path, name: str, **content: Any) -> Path:
    path = tmp_path / name
    path.write_text(json.dumps({"split_siblings": True, **content}))
    return path


def told(*arguments: Any) -> Any:
    result = asuh(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_policies_are_compared_and_priced(problem: Path, tmp_path: Path) -> None:
    first = policy(tmp_path, "first.json")
    second = policy(tmp_path, "second.json", levels=["tier", "points", "lottery"])
    both = told("match", problem, "--policy", first, "--against", second)
    assert both["before"]["children"] == both["after"]["children"]
    switches = told("match", problem, "--policy", first, "--switches")
    assert switches["policy"] == both["before"]
    assert "switch.leximin_off" in switches
    curve = told("match", problem, "--policy", first, "--breaks")
    assert list(map(int, curve)) == sorted(map(int, curve))


def test_what_policies_do_is_said_in_words_of_the_language(problem: Path, tmp_path: Path) -> None:
    first = policy(tmp_path, "first.json")
    second = policy(tmp_path, "second.json", levels=["tier", "points", "lottery"])
    out = tmp_path / "result.json"
    asked: tuple[tuple[tuple[Any, ...], str, str], ...] = (
        (("--against", second), "Anak yang berbeda: ", "Children that differ: "),
        (("--switches",), "Tanpa adil antarkelurahan", "Without fairness between kelurahan"),
        (("--breaks",), "mempertahankan pasangan", "keeping pairs comes"),
        (("--break-prices",), "Putus ", "Broken "),
        (("--out", out), "tingkat kebutuhan: terbukti terbaik", "need tier: proved best"),
    )
    for options, indonesian, english in asked:
        for language, words in (("id", indonesian), ("en", english)):
            said = asuh("match", problem, "--policy", first, *options, "--language", language)
            assert said.exit_code == 0, said.output
            assert words in said.stdout
            assert "{" not in said.stdout


def test_allowed_breaks_in_a_policy_hold(problem: Path, tmp_path: Path) -> None:
    curve = told("match", problem, "--policy", policy(tmp_path, "p.json"), "--breaks")
    fewest = min(map(int, curve))
    limited = policy(tmp_path, "limited.json", max_breaks=fewest)
    out = tmp_path / "result.json"
    told("match", problem, "--policy", limited, "--out", out)
    found, matching = read_result(out)
    kept = sum(matching.pledge_of[c] == p for c, p in found.kept.tolist())
    assert len(found.kept) - kept == fewest
    assert asuh("check", out).exit_code == 0


def test_a_policy_that_is_none_is_refused(problem: Path, tmp_path: Path) -> None:
    bad = policy(tmp_path, "bad.json", levels=["points"])
    result = asuh("match", problem, "--policy", bad, "--switches", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "match.policy"
    schema = json.loads(asuh("match", "--policy-schema").stdout)
    assert "max_breaks" in schema["properties"]


def test_the_lottery_is_printed_for_anyone() -> None:
    assert told("match", "--lottery", "A1", "P1", "--seed", "5") == numbers_of(5, "A1", "P1")


def test_a_result_explains_itself(problem: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    told("match", problem, "--policy", policy(tmp_path, "p.json"), "--out", out)
    solved = read_result(out)
    left = told("explain", out)
    assert {one["child"] for one in left} == {
        solved[0].child_ids[row] for row in solved[1].uncovered
    }
    assert all(one["remedies"] for one in left)
    english = asuh("explain", out, "--language", "en").stdout
    assert left[0]["child"] in english
    child, pledge = solved[1].pairs(solved[0])[0]
    (pair,) = told("explain", out, "--child", child)
    assert pair["pledge"] == pledge
    asked = told("explain", out, "--what-if", child, solved[0].pledge_ids[0])
    exact = what_if(*solved, solved[0].child_ids.index(child), 0)
    assert asked["price"] == {name.value: cost for name, cost in exact.price.items()}
    assert {place["pledge_code"] for place in told("explain", out, "--places")} == set(
        solved[0].pledge_ids
    )
    assert all(area["places"] for area in told("explain", out, "--recruiting"))


def test_an_unknown_child_is_named(problem: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    told("match", problem, "--out", out)
    result = asuh("explain", out, "--what-if", "nobody", "P000001")
    assert result.exit_code == 1
    assert "nobody" in result.stderr


def test_all_faults_are_told_together_numbered_and_with_their_remedy(tmp_path: Path) -> None:
    content = problem_to_json(month(3))
    content["month"] = "now"
    content["children"][0]["points"] = -4
    content["children"][1]["kelurahan"] = "nowhere"
    content["children"][2]["lat"] = float("nan")
    content["children"][3]["id"] = content["children"][4]["id"]
    content["pledges"][0]["capacity"] = 10**12
    content["pledges"][1]["budget_rp"] = -3
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    numbers = ["M001", "M003", "M005", "M007", "M009", "M012", "M027"]
    for language, remedy in (("id", "Gabungkan barisnya"), ("en", "Merge the rows")):
        result = asuh("match", path, "--out", tmp_path / "r.json", "--language", language)
        assert result.exit_code == 1
        assert [line[:4] for line in result.stderr.splitlines()[1:]] == numbers
        assert remedy in result.stderr
    result = asuh("match", path, "--out", tmp_path / "r.json", "--json")
    assert [one["code"] for one in json.loads(result.stdout)["faults"]] == numbers
    assert not (tmp_path / "r.json").exists()


def test_pledges_in_rupiah_are_matched_and_checked_by_file(tmp_path: Path) -> None:
    problem = month(
        4,
        children=9,
        pledges=3,
        areas=0.0,
        package_ids=("kecil", "besar"),
        package=[0, 1, 0, 1, 0, 1, 0, 1, 0],
        package_price_rp=[[150_000, 270_000]],
        budget_rp=[450_000, 600_000, -1],
        capacity=[9, 9, 1],
        standby=[False] * 3,
        goods=[0] * 3,
    )
    path, out = tmp_path / "p.json", tmp_path / "r.json"
    write_problem(problem, path)
    served = {}
    for rule in ("uniform", "classes", "free"):
        own = policy(tmp_path, f"{rule}.json", budgets=rule)
        found = told("match", path, "--policy", own, "--out", out)
        served[rule] = found["covered"]
        assert found["levels"]["tier"] == "optimal"
        told("check", out)
        assert len(told("explain", out)) == 9 - found["covered"]
    assert served["uniform"] == 4
    assert served["free"] > served["uniform"]
    assert "reason.budgets_spent" in {one["reason"] for one in told("explain", out)}


def test_the_price_of_breaking_pairs_is_told(problem: Path, tmp_path: Path) -> None:
    corners = told("match", problem, "--policy", policy(tmp_path, "p.json"), "--break-prices")
    assert corners
    assert [one["breaks"] for one in corners] == sorted({one["breaks"] for one in corners})
    assert [one["points"] for one in corners] == sorted({one["points"] for one in corners})


def test_a_gap_file_that_nothing_fits_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "gap.txt"
    file.write_text("2 3\n1 1 1\n1 1 1\n1 1 1\n1 1 1\n1 1\n")
    result = asuh("match", file, "--out", tmp_path / "gap.sol", "--seconds", "5", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "match.nothing_fits"
