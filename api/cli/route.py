"""``asuh route``: the routing core on a file: our JSON, VRPLIB ``.vrp``, Solomon ``.txt``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.output import answer, progress_bar, refuse

if TYPE_CHECKING:
    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem


@click.command(
    epilog="Example: asuh route X-n101-k25.vrp --out plan.json --seconds 10; asuh route --schema",
)
@click.argument(
    "instance", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(min=0.1))
@click.option("--seed", default=1, show_default=True)
@click.option("--iterations", type=click.IntRange(min=1), help="End after so many iterations.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "pyvrp", "insertion"]),
    default="auto",
    show_default=True,
)
@click.option(
    "--round",
    "rounding",
    type=click.Choice(["none", "nearest", "dimacs"]),
    help="How distances of a literature instance are rounded.",
)
@click.option("--best-known", type=float, help="Cost to compare with; prints the gap.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a problem and stop.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    instance: Path | None,
    out: Path | None,
    seconds: float,
    seed: int,
    iterations: int | None,
    engine: str,
    rounding: str | None,
    best_known: float | None,
    schema: bool,
    as_json: bool,
) -> None:
    """Plan INSTANCE; the plan can be checked by `asuh check`.

    --out NAME.sol writes the form of CVRPLIB.
    """
    if schema:
        from logistics.schema import problem_schema

        click.echo(json.dumps(problem_schema(), indent=1))
        return
    if instance is None or out is None:
        raise click.UsageError("INSTANCE and --out are needed")
    problem = _read(instance, rounding, as_json)
    from logistics.faults import InvalidProblemError
    from logistics.solve import solve

    try:
        with progress_bar("asuh route", shown=not as_json) as progress:
            plan = solve(
                problem,
                seed=seed,
                seconds=seconds,
                iterations=iterations,
                engine=engine,
                progress=progress,
            )
    except InvalidProblemError as error:
        refuse(f"{instance}: {error}", as_json=as_json, code="route.problem")
    summary = _write(problem, plan, instance, out, best_known, rounding, as_json)
    text = "\n".join(f"{name}: {value}" for name, value in summary.items())
    answer(summary, as_json=as_json, text=text)


def _read(instance: Path, rounding: str | None, as_json: bool) -> RoutingProblem:
    from logistics.files import FileFormatError, read_problem
    from logistics.instances import read_instance

    try:
        if instance.suffix == ".json":
            return read_problem(instance)
        return read_instance(instance, rounding=rounding)
    except (FileFormatError, ValueError, OSError) as error:
        refuse(f"{instance}: {error}", as_json=as_json, code="route.file")


def _write(
    problem: RoutingProblem,
    plan: RoutePlan,
    instance: Path,
    out: Path,
    best_known: float | None,
    rounding: str | None,
    as_json: bool,
) -> dict[str, object]:
    from logistics.check import check
    from logistics.files import write_plan
    from logistics.instances import SCALES, write_solution

    violations = check(problem, plan)
    if violations:
        refuse(f"{instance}: {violations[0]}", as_json=as_json, code="route.check_failed")
    scale = 1 if instance.suffix == ".json" else SCALES[rounding or _usual_rounding(instance)]
    if out.suffix == ".sol":
        write_solution(plan, out, scale=scale)
    else:
        write_plan(problem, plan, out)
    cost = plan.cost_rp / scale if scale > 1 else plan.cost_rp
    summary: dict[str, object] = {
        "cost": cost,
        "routes": len(plan.routes),
        "served": plan.num_served,
        "unserved": len(plan.unserved),
        "seconds": round(plan.seconds, 2),
        "out": str(out),
    }
    if best_known:
        summary["gap_percent"] = round(100 * (cost - best_known) / best_known, 3)
    return summary


def _usual_rounding(instance: Path) -> str:
    """Return the rounding by which the literature compares files of this form."""
    return "nearest" if instance.suffix == ".vrp" else "dimacs"
