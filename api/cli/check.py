"""``asuh check``: verify a matching or a plan without the solver that made it."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from api.cli.output import answer, refuse


@click.command(epilog="Example: asuh check out/matching.json; asuh check out/plan.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(file: Path, as_json: bool) -> None:
    """Check FILE, a matching.json or plan.json, from its own problem and result.

    Exit code 0 when nothing is wrong; 1 with the first fault otherwise.
    """
    try:
        content = json.loads(file.read_bytes())
    except (ValueError, UnicodeDecodeError) as error:
        refuse(f"{file}: not JSON ({error})", as_json=as_json, code="check.not_json")
    if not isinstance(content, dict):
        refuse(f"{file}: not a result", as_json=as_json, code="check.not_a_result")
    if "solution" in content:
        faults, summary = _instance(file, content, as_json)
    else:
        faults, summary = _plan(file) if "plan" in content else _matching(file)
    if faults:
        text = "\n".join([f"{file}: {len(faults)} ✗", *(str(each) for each in faults[:20])])
        refuse(text, as_json=as_json, code=str(faults[0]))
    answer({"faults": [], **summary}, as_json=as_json, text=_as_text(file, summary))
    sys.exit(0)


def _matching(file: Path) -> tuple[list[Any], dict[str, object]]:
    from matcher.check import check
    from matcher.files import read_result

    problem, matching = read_result(file)
    levels = {level.name.value: level.status.value for level in matching.levels}
    summary: dict[str, object] = {
        "kind": "matching",
        "covered": matching.num_covered,
        "children": problem.num_children,
        "levels": levels,
        "problem_hash": matching.problem_hash,
        "result_hash": matching.result_hash,
    }
    return list(check(problem, matching)), summary


def _plan(file: Path) -> tuple[list[Any], dict[str, object]]:
    from logistics.check import check
    from logistics.files import read_plan

    problem, plan = read_plan(file)
    summary: dict[str, object] = {
        "kind": "plan",
        "routes": len(plan.routes),
        "served": plan.num_served,
        "unserved": len(plan.unserved),
        "problem_hash": plan.problem_hash,
    }
    return list(check(problem, plan)), summary


def _instance(
    file: Path, content: dict[str, Any], as_json: bool
) -> tuple[list[Any], dict[str, object]]:
    from logistics.files import FileFormatError
    from logistics.instance_check import check_solution
    from logistics.instance_files import told_cost
    from logistics.instance_json import read_solved

    try:
        instance, solution = read_solved(content)
    except FileFormatError as error:
        refuse(f"{file}: {error}", as_json=as_json, code="check.not_a_result")
    summary: dict[str, object] = {
        "kind": "instance",
        "family": instance.family,
        "routes": len(solution.tours),
        "served": sum(len(trip) for trip in solution.trips()),
        "cost": told_cost(instance, solution.cost),
    }
    return list(check_solution(instance, solution)), summary


def _as_text(file: Path, summary: dict[str, object]) -> str:
    return "\n".join([f"{file}: ✓", *(f"  {name}: {value}" for name, value in summary.items())])
