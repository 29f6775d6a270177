"""``asuh check``: verify a matching or a plan without the solver that made it."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.file_faults import fault_text
from api.cli.output import answer, refuse
from api.i18n import Formats, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from logistics.plan import RoutePlan
    from matcher.matching import LevelResult, Matching

FAULTS_SHOWN = 20
HM_PER_KM = 10


@click.command(epilog="Example: asuh check out/matching.json; asuh check out/plan.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(file: Path, language: str, as_json: bool) -> None:
    """Check FILE, a matching.json or plan.json, from its own problem and result.

    Exit code 0 when nothing is wrong; 1 with the faults otherwise. What is valid but not proved
    best is told goal by goal, with the most that could still be gained.
    """
    from logistics.files import FileFormatError as PlanFileError
    from matcher.files import FileFormatError as MatchingFileError

    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        text = sentence("check.cli_not_json", {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="check.not_json")
    examine = _examiner(content)
    try:
        faults, summary = examine(file, content) if examine else ([], {})
    except (PlanFileError, MatchingFileError) as error:
        text = fault_text(file, error, language)
        refuse(text, as_json=as_json, code="check.not_a_result")
    if not examine:
        text = sentence("check.cli_not_a_result", {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="check.not_a_result")
    if faults:
        _refuse_faults(file, faults, language, as_json=as_json)
    text = "\n".join([f"{file}:", *_told(summary, language)])
    answer({"faults": [], **summary}, as_json=as_json, text=text)


def _examiner(content: object) -> Any:
    """Return what reads and checks such a file; None for anything else."""
    if not isinstance(content, dict):
        return None
    if "solution" in content:
        return _instance
    if "plan" in content:
        return _plan
    if "assignment" in content:
        return _gap
    return _matching if "levels" in content else None


def _refuse_faults(file: Path, faults: list[Any], language: str, *, as_json: bool) -> None:
    """Name what is wrong, each with its code, and exit with 1."""
    found = [_fault(fault, language) for fault in faults]
    if as_json:
        refused = {"refused": found[0]["code"], "faults": found}
        click.echo(json.dumps(refused, ensure_ascii=False, indent=1, default=str))
        sys.exit(1)
    params: dict[str, object] = {"file": str(file), "n": len(faults)}
    lines = [sentence("check.cli_wrong", params, language)]
    for one in found[:FAULTS_SHOWN]:
        values = ", ".join(
            [*one["where"], *(f"{name} {value}" for name, value in one["params"].items())]
        )
        lines.append(f"  {one['sentence']} ({one['code']}{': ' if values else ''}{values})")
    if len(found) > FAULTS_SHOWN:
        lines.append(sentence("check.cli_more", {"n": len(found) - FAULTS_SHOWN}, language))
    refuse("\n".join(lines))


def _fault(fault: Any, language: str) -> dict[str, Any]:
    """Return a fault of any of the three checkers in one shape."""
    params = fault.values if hasattr(fault, "values") else fault.params
    where = (getattr(fault, "route", None), getattr(fault, "stop", None))
    return {
        "code": str(fault.code),
        "sentence": sentence(str(fault.code), params, language),
        "where": [each for each in where if each],
        "params": params,
    }


def _matching(file: Path, _content: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    from matcher.check import check
    from matcher.files import read_result

    problem, matching = read_result(file)
    summary: dict[str, Any] = {
        "kind": "matching",
        "covered": matching.num_covered,
        "children": problem.num_children,
        "pledges": problem.num_pledges,
        "levels": {level.name.value: level.status.value for level in matching.levels},
        "at_most_better": _gaps(matching),
        "searched": _searched(matching),
        "candidates_listed": matching.candidate_start is not None,
        "problem_hash": matching.problem_hash,
        "result_hash": matching.result_hash,
    }
    return list(check(problem, matching)), summary


def _gap(_file: Path, content: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    from matcher.gap_check import check_gap
    from matcher.gap_json import read_gap_result

    problem, result = read_gap_result(content)
    cost = result.cost or 0
    kind = "gap_searched" if result.is_optimal else "gap_open"
    summary: dict[str, Any] = {
        "kind": "gap" if result.verified == cost else kind,
        "jobs": problem.num_jobs,
        "agents": problem.num_agents,
        "cost": result.cost,
        "bound": result.bound,
        "verified": result.verified,
        "percent": round(100 * (cost - result.verified) / max(1, cost), 3),
    }
    return list(check_gap(problem, result)), summary


def _gaps(matching: Matching) -> dict[str, int]:
    return {
        level.name.value: _at_most_better(level, matching)
        for level in matching.levels
        if level.unverified
    }


def _searched(matching: Matching) -> list[str]:
    """Return the levels that a finished search says are best, beyond what prices prove."""
    from matcher.matching import LevelStatus

    return [
        each.name.value
        for each in matching.levels
        if each.status is LevelStatus.OPTIMAL and each.unverified
    ]


def _at_most_better(level: LevelResult, matching: Matching) -> int:
    """Return by how much prices let a level still be better, in the unit of its cost.

    Of tiers, whose costs weigh the severe ones more: by how many children.
    """
    from matcher.policy import LevelName

    if level.name is not LevelName.TIER:
        return level.unverified
    return min(level.unverified, len(matching.pledge_of) - matching.num_covered)


def _plan(file: Path, _content: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    from logistics.check import check
    from logistics.files import read_plan

    problem, plan = read_plan(file)
    packages = {stop.id: 0 if stop.is_pickup else stop.num_packages for stop in problem.stops}
    summary: dict[str, Any] = {
        "kind": "plan",
        "routes": len(plan.routes),
        "deliveries": plan.num_served,
        "stops": _num_halts(plan),
        "packages": sum(
            packages.get(visit.stop, 0) for route in plan.routes for visit in route.visits
        ),
        "left_out": len(plan.unserved),
        "packages_left_out": sum(packages.get(each.stop, 0) for each in plan.unserved),
        "problem_hash": plan.problem_hash,
    }
    return list(check(problem, plan)), summary


def _num_halts(plan: RoutePlan) -> int:
    """Count places where a courier halts: what is handed out at one place is one stop."""
    return sum(
        sum(1 for _ in groupby(route.visits, key=lambda visit: visit.place))
        for route in plan.routes
    )


def _instance(_file: Path, content: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    from logistics.instance_check import InstanceFault, check_solution
    from logistics.instance_files import told_cost
    from logistics.instance_json import read_solved

    instance, solution = read_solved(content)
    faults = check_solution(instance, solution)
    cost, told = told_cost(instance, solution.cost), content["solution"].get("cost")
    if told != cost and all(fault.code != "instance.wrong_cost" for fault in faults):
        faults.append(InstanceFault("instance.wrong_cost", {"counted": cost, "told": told}))
    summary: dict[str, Any] = {
        "kind": "instance_rest" if solution.left_out else "instance",
        "family": instance.family,
        "routes": len(solution.tours),
        "served": sum(len(trip) for trip in solution.trips()),
        "left_out": len(set(solution.left_out)),
        "cost": cost,
    }
    return faults, summary


def _told(summary: dict[str, Any], language: str) -> list[str]:
    """Say what was verified, and of a matching how good each goal is."""
    fmt = Formats(language)
    shown = {
        name: fmt.number(value) if isinstance(value, int) else value
        for name, value in summary.items()
    }
    lines = [sentence(f"check.cli_{summary['kind']}", shown, language)]
    if summary["kind"] != "matching":
        return lines
    lines += _goals(summary["levels"], summary["at_most_better"], summary["searched"], language)
    if summary["candidates_listed"]:
        lines.append(sentence("cli.candidates_listed", {}, language))
    return lines


def goals_told(matching: Matching, language: str) -> list[str]:
    """Say of each goal of a matching how good it is, and what follows where one is not proved."""
    names = [level.name.value for level in matching.levels]
    return _goals(names, _gaps(matching), _searched(matching), language)


def _goals(
    names: Iterable[str], better: dict[str, int], searched: list[str], language: str
) -> list[str]:
    fmt, lines = Formats(language), []
    for name in names:
        label = sentence(f"word.level_{name}", {}, language)
        how = "check.level_optimal"
        values: dict[str, object] = {}
        if name in better:
            how = f"check.level_gap_{name}"
            km = fmt.number(better[name] / HM_PER_KM, decimals=1)
            values = {"n": fmt.number(better[name]), "km": km}
        told = sentence(how, values, language)
        if name in searched:
            told = sentence("check.level_searched", {"better": told}, language)
        lines.append(f"  {label}: {told}")
    if better:
        lines.append(sentence("check.cli_unproved", {}, language))
    return lines
