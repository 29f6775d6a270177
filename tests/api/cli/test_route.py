import json
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import route as cli_route
from api.cli.check import command as check
from api.cli.route import command as route
from logistics import instance_solve, lean, sisr
from logistics import solve as solving
from logistics.files import write_problem
from logistics.instance_check import InstanceFault
from logistics.problem import Goals
from tests.logistics.problems import problem, stop, vehicle
from tests.logistics.test_instance_files import SMALL, SOLOMON


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.vrp"
    path.write_text(SMALL)
    return path


def run(*words: object) -> dict[str, object]:
    result = CliRunner().invoke(route, [*map(str, words), "--json", "--iterations", "50"])
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_an_instance_is_solved_written_checked_and_compared(tmp_path: Path, small: Path) -> None:
    out = tmp_path / "small.json"
    answer = run(small, "--out", out, "--best-known", 24, "--workers", 2)
    assert (answer["cost"], answer["served"], answer["unserved"]) == (30, 3, 0)
    assert answer["gap_percent"] == 25.0
    assert CliRunner().invoke(check, [str(out)]).exit_code == 0
    for name, wrong, code in (
        ("cost_units", 29, "instance.wrong_cost: counted 30, told 29"),
        ("cost", 29, "instance.wrong_cost: counted 30, told 29"),
        ("left_out", [9], "instance.unknown_client: client 9"),
        ("seed", "first", "tidak dapat dipakai"),
    ):
        content = json.loads(out.read_text())
        content["solution"][name] = wrong
        (tmp_path / "wrong.json").write_text(json.dumps(content))
        refused = CliRunner().invoke(check, [str(tmp_path / "wrong.json")])
        assert refused.exit_code == 1, refused.output
        assert refused.stderr.count(code) == 1


def test_a_sol_file_has_the_form_of_cvrplib(tmp_path: Path, small: Path) -> None:
    run(small, "--out", tmp_path / "small.sol")
    lines = (tmp_path / "small.sol").read_text().splitlines()
    assert min(lines) == "Cost 30"
    assert {line.split(":")[0] for line in lines[:-1]} == {"Route #1", "Route #2"}


def test_a_best_known_cost_in_tenths_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "small.txt"
    path.write_text(SOLOMON)
    for best_known in (11.2, 112):
        answer = run(path, "--out", tmp_path / "small.sol", "--best-known", best_known)
        assert (answer["cost"], answer["gap_percent"]) == (11.2, 0.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL.replace("2 3 4\n", "2 3 x\n"), 'pada baris 9, "x" harus bilangan'),
        (SMALL.replace("DIMENSION : 4", "DIMENSION : 5"), "tidak memuat semua 5 simpul"),
        (SMALL.replace("4 6\n", "4 -6\n"), "pada baris 16, -6 pada simpul 4 di bawah nol"),
        (SMALL.replace("4 6\n", "4 6.5\n"), 'pada baris 16, "6.5" harus bilangan bulat'),
        (SMALL.replace("2 3 4\n", "2 3\n"), "pada baris 9, harus berisi 3 nilai, ada 2"),
        (SMALL.replace("CAPACITY : 10", "CAPACITY : ten"), 'pada baris 6, "ten" harus bilangan'),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.vrp"
    path.write_text(text)
    words = [str(path), "--out", str(tmp_path / "bad.sol"), "--iterations", "20"]
    refused = CliRunner().invoke(route, words)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("id", "melanggar aturan (melebihi muatan)"), ("en", "breaks a rule (over capacity)")],
)
def test_a_plan_that_breaks_a_rule_is_told_with_what_to_do(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    def unsound(*_words: object, **_wishes: object) -> None:
        faults = [InstanceFault("instance.overloaded", {"vehicle": number}) for number in range(2)]
        raise instance_solve.UnsoundError("lean", faults)

    monkeypatch.setattr("logistics.instance_rest.solve_instance", unsound)
    out = tmp_path / "plan.json"
    refused = CliRunner().invoke(route, [str(small), "--out", str(out), "--language", language])
    assert (refused.exit_code, out.exists()) == (1, False)
    assert said in refused.stderr
    assert "--seed" in refused.stderr


def test_without_numba_pyvrp_plans_and_it_is_said(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "is_installed", lambda: False)
    monkeypatch.setattr(sisr, "is_installed", lambda: False)
    write_problem(problem(stop(1), stop(2)), tmp_path / "own.json")
    for path in (small, tmp_path / "own.json"):
        answer = run(path, "--out", tmp_path / "plan.json", "--language", "en")
        assert answer["engine"] == "pyvrp"
        assert "so PyVRP plans" in str(answer["note"])
        asked = run(path, "--out", tmp_path / "plan.json", "--engine", "pyvrp")
        assert "note" not in asked


def test_engines_of_the_other_form_are_refused(tmp_path: Path, small: Path) -> None:
    refused = CliRunner().invoke(
        route, [str(small), "--out", str(tmp_path / "some.sol"), "--engine", "insertion"]
    )
    assert refused.exit_code == 1
    assert "--engine" in refused.stderr


def test_a_plan_of_last_month_is_the_start_and_tells_who_kept_the_courier(tmp_path: Path) -> None:
    fleet = (vehicle("v1", max_stops=2), vehicle("v2", max_stops=2))
    last, this = tmp_path / "last.json", tmp_path / "this.json"
    write_problem(problem(*map(stop, (1, 2, 3, 4)), vehicles=fleet), last)
    write_problem(problem(*map(stop, (1, 2, 3, 5)), vehicles=fleet), this)
    words = ("--engine", "insertion")
    run(last, "--out", tmp_path / "before.json", *words)
    answer = run(
        this, "--out", tmp_path / "after.json", "--start", tmp_path / "before.json", *words
    )
    assert (answer["served"], answer["of_stops"]) == (4, 3)
    assert answer["kept_vehicle"] == 3
    wrong = ["--out", str(tmp_path / "after.json"), "--start", str(last)]
    refused = CliRunner().invoke(route, [str(this), *wrong])
    assert refused.exit_code == 1
    assert refused.stderr.startswith(str(last))
    assert "kept_vehicle" not in run(this, "--out", tmp_path / "after.json", *words)


def test_an_instance_is_improved_from_a_sol_file_of_its_own(tmp_path: Path, small: Path) -> None:
    out = tmp_path / "small.sol"
    run(small, "--out", out)
    assert run(small, "--out", tmp_path / "again.json", "--start", out)["cost"] == 30
    assert run(small, "--out", out, "--start", tmp_path / "again.json")["cost"] == 30
    out.write_text("Route #1: 1 9\nCost 1\n")
    words = [str(small), "--out", str(out), "--iterations", "9", "--start", str(out)]
    refused = CliRunner().invoke(route, words)
    assert refused.exit_code == 1
    assert "rencana itu milik soal lain" in refused.stderr
    assert str(out) in refused.stderr, "the start is at fault, not the instance"
    refused = CliRunner().invoke(route, [*words[:-1], str(small), "--engine", "pyvrp"])
    assert refused.exit_code == 1


def test_who_stands_for_another_of_its_group_leaves_nobody_unserved(
    tmp_path: Path, small: Path
) -> None:
    text = small.read_text().replace("TYPE : CVRP", "TYPE : GVRP")
    group = "MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n2 4\nEOF"
    small.write_text(text.replace("EOF", group))
    answer = run(small, "--out", tmp_path / "plan.json")
    assert (answer["family"], answer["served"], answer["unserved"]) == ("GVRP", 2, 0)


def test_vehicles_that_stay_behind_are_told_why(tmp_path: Path) -> None:
    fleet = (vehicle(), vehicle("v2"), vehicle("v3"), vehicle("v4", cost_rp_per_day=7_000))
    path = tmp_path / "fleet.json"
    write_problem(problem(stop(2), stop(6), vehicles=fleet), path)
    words = [path, "--out", tmp_path / "plan.json", "--engine", "insertion", "--language", "en"]
    unused = {each["vehicle"]: each["why"] for each in run(*words)["unused"]}  # type: ignore[attr-defined]
    assert unused["v2"] == (
        "Not needed: those in use are enough, and taking the route of v1 on 7 December 2026 would "
        "not change the cost"
    )
    dearer = "Costs more: taking the route of v1 on 7 December 2026 would add Rp 7,000"
    assert (unused["v3"], unused["v4"]) == (unused["v2"], dearer)
    told = CliRunner().invoke(route, [*map(str, words), "--iterations", "5"]).stdout
    assert f"not used: v2, v3: {unused['v2']}" in told
    assert f"not used: v4: {dearer}" in told
    write_problem(problem(stop(2)), path)
    assert "unused" not in run(*words)


def test_seconds_count_reading_and_what_follows_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, given, hands = tmp_path / "one.json", [], iter([100.0, 103.0])
    write_problem(problem(stop(2)), path)
    real = solving.solve

    def solve(*args: Any, seconds: float, **wishes: Any) -> Any:
        given.append(seconds)
        return real(*args, **wishes | {"seconds": None, "iterations": 5, "engine": "insertion"})

    monkeypatch.setattr(solving, "solve", solve)
    monkeypatch.setattr(cli_route, "monotonic", lambda: next(hands, 110.0))
    words = [str(path), "--out", str(tmp_path / "plan.json"), "--seconds", "20"]
    assert CliRunner().invoke(route, words).exit_code == 0
    assert given == [20 - 3 - 2], "three seconds of reading; a tenth for idle vehicles"


def test_stops_left_out_are_told_with_what_would_serve_them(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    heavy = [stop(number, weight_g=99_000) for number in range(2, 12)]
    twins = [stop(number, id=f"t{number}", weight_g=99_000) for number in range(1, 13)]
    write_problem(problem(stop(1), *heavy, *twins), path)
    words = [str(path), "--out", str(tmp_path / "plan.json"), "--engine", "insertion"]
    answer = run(*words)
    left_out = answer["left_out"]
    assert isinstance(left_out, list)
    assert len(left_out) == 22
    assert left_out[0] == {
        "stop": "s2",
        "why": "Terlalu berat: 99 kg, kendaraan terbesar memuat 10 kg",
        "remedy": "Pakai kendaraan lebih besar",
    }
    said = CliRunner().invoke(route, [*words, "--iterations", "9", "--language", "en"]).stdout
    assert "s2: Too heavy: 99 kg, the largest vehicle carries 10 kg. Use a larger vehicle" in said
    assert f"and 2 more stops; all of them are in {tmp_path / 'plan.json'}." in said


def test_ctrl_c_ends_the_search_and_writes_the_best_plan_so_far(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "small.sol"
    asked, before = instance_solve.Watch.spent_s, signal.getsignal(signal.SIGINT)
    presses = [signal.SIGINT]

    def pressing(watch: instance_solve.Watch) -> float:
        if presses:
            signal.raise_signal(presses.pop())
        return asked(watch)

    monkeypatch.setattr(instance_solve.Watch, "spent_s", pressing)
    done = CliRunner().invoke(route, [str(small), "--out", str(out), "--seconds", "600"])
    assert done.exit_code == 0
    assert "rencana terbaik sejauh ini" in done.stderr
    assert "Route #1" in out.read_text()
    assert signal.getsignal(signal.SIGINT) is before


def test_all_faults_of_a_problem_are_told_with_number_place_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    some = problem(stop(1, weight_g=-5), stop(2, priority=12), vehicles=(vehicle(max_trips=0),))
    write_problem(some, path)
    words = [str(path), "--out", str(tmp_path / "plan.json")]
    said = CliRunner().invoke(route, words)
    assert said.exit_code == 1
    assert said.stderr.splitlines() == [
        f"{path}:",
        "R010: perhentian s1: weight_g bernilai -5, di bawah nol. Perbaiki nilainya.",
        "R013: kendaraan v1: max_trips bernilai 0. Isi paling sedikit 1, atau kosongkan.",
        "R017: perhentian s2: prioritas 12. Isi 1 (paling membutuhkan) sampai 9.",
    ]
    told = json.loads(CliRunner().invoke(route, [*words, "--json", "--language", "en"]).stdout)
    assert told["refused"] == "route.problem"
    assert [each["code"] for each in told["faults"]] == ["R010", "R013", "R017"]
    assert (
        told["faults"][1]["sentence"]
        == "R013: vehicle v1: max_trips is 0. Give at least 1, or none."
    )


def test_a_broken_matrix_is_told_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    write_problem(problem(stop(1)), path)
    content = json.loads(path.read_text())
    content["travel"]["distance_m"][""] = [[0, 1]]
    path.write_text(json.dumps(content))
    said = CliRunner().invoke(route, [str(path), "--out", str(tmp_path / "plan.json")])
    assert "R018: Tabel jarak distance_m tidak dapat dipakai: ukurannya 1, 2 untuk 13 kode" in (
        said.stderr
    )


def test_clients_too_heavy_or_too_many_are_told_and_the_rest_is_planned(tmp_path: Path) -> None:
    path, out = tmp_path / "some.vrp", tmp_path / "some.json"
    path.write_text(SMALL.replace("4 6\nDEPOT", "4 16\nDEPOT"))
    answer = run(path, "--out", out)
    assert (answer["served"], answer["unserved"], answer["cost"]) == (2, 1, 20)
    assert answer["left_out"] == [
        {
            "stop": "4",
            "why": "Permintaannya 16, kendaraan terbesar memuat 10",
            "remedy": "Bagi permintaannya ke beberapa simpul, atau beri kendaraan lebih besar",
        }
    ]
    checked = CliRunner().invoke(check, [str(out), "--json"])
    assert json.loads(checked.stdout)["left_out"] == 1
    said = CliRunner().invoke(check, [str(out)])
    assert "1 pelanggan tidak terlayani" in said.stdout
    path.write_text(SMALL.replace("CAPACITY : 10", "CAPACITY : 6\nVEHICLES : 2"))
    answer = run(path, "--out", out, "--language", "en")
    assert (answer["served"], answer["unserved"], answer["cost"]) == (2, 1, 20)
    left_out = answer["left_out"]
    assert isinstance(left_out, list)
    assert [each["why"] for each in left_out] == ["The fleet is too small for all"]


def test_the_price_of_each_goal_is_told_when_asked(tmp_path: Path) -> None:
    path, out = tmp_path / "some.json", tmp_path / "plan.json"
    fleet = (vehicle("v1"), vehicle("v2", cost_rp_per_km=3_000))
    some = problem(
        *map(stop, (1, 2, 3, 4)), vehicles=fleet, goals=Goals(uneven_rp_per_hour=900_000)
    )
    write_problem(some, path)
    answer = run(path, "--out", out, "--prices", "--engine", "sisr")
    price = answer["price_uneven_rp_per_hour"]
    assert isinstance(price, dict)
    assert price["cost_rp"] > 0
    assert price["with_goal"] < price["without_goal"]
    assert not [name for name in run(path, "--out", out) if name.startswith("price_")]
