"""``asuh match``: the matching core on a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.output import answer, progress_bar, refuse


@click.command(
    epilog="Example: asuh match problem.json --out result.json; asuh match --schema",
)
@click.argument(
    "problem", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The order of goals as JSON; --show-policy prints the one in force.",
)
@click.option("--seed", type=int, help="Seed of the lottery that breaks ties.")
@click.option(
    "--seconds", default=60.0, show_default=True, help="Longest time for a GAP text file."
)
@click.option("--best-known", type=int, help="Cost of a GAP file to compare with; prints the gap.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a problem and stop.")
@click.option("--show-policy", is_flag=True, help="Print the default policy as JSON and stop.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    problem: Path | None,
    out: Path | None,
    policy_file: Path | None,
    seed: int | None,
    seconds: float,
    best_known: int | None,
    schema: bool,
    show_policy: bool,
    as_json: bool,
) -> None:
    """Match the children and pledges of PROBLEM; the result can be checked by `asuh check`.

    PROBLEM is our JSON, or a text file of the generalised assignment problem (.txt, .txt.gz); for
    such a file --out NAME.sol is written in the literature's form.
    """
    from matcher.policy import Policy

    if schema:
        from matcher.schema import problem_schema

        click.echo(json.dumps(problem_schema(), indent=1))
        return
    policy = Policy()
    if policy_file is not None:
        try:
            policy = Policy.from_json(json.loads(policy_file.read_bytes()))
        except (ValueError, TypeError) as error:
            refuse(f"{policy_file}: {error}", as_json=as_json, code="match.policy")
    if show_policy:
        click.echo(json.dumps(policy.to_json(), indent=1))
        return
    if problem is None or out is None:
        raise click.UsageError("PROBLEM and --out are needed")
    if ".txt" in problem.suffixes:
        summary = _solve_gap(problem, out, seed or 0, seconds, best_known, as_json)
    else:
        summary = _solve(problem, out, policy, seed, as_json)
    text = "\n".join(f"{name}: {value}" for name, value in summary.items())
    answer(summary, as_json=as_json, text=text)


def _solve(
    problem: Path, out: Path, policy: object, seed: int | None, as_json: bool
) -> dict[str, object]:
    from dataclasses import replace

    from matcher.check import check
    from matcher.faults import InvalidProblemError
    from matcher.files import FileFormatError, read_problem, write_result
    from matcher.policy import Policy
    from matcher.solve import solve

    assert isinstance(policy, Policy)  # noqa: S101 - loaded lazily, so annotated loosely
    try:
        month = read_problem(problem)
        with progress_bar("asuh match", shown=not as_json) as progress:
            matching = solve(
                month,
                policy if seed is None else replace(policy, seed=seed),
                progress=lambda stage, share: progress(share, stage),
            )
    except (FileFormatError, InvalidProblemError) as error:
        refuse(f"{problem}: {error}", as_json=as_json, code="match.problem")
    violations = check(month, matching)
    if violations:
        refuse(f"{problem}: {violations[0]}", as_json=as_json, code="match.check_failed")
    write_result(month, matching, out)
    return {
        "children": month.num_children,
        "covered": matching.num_covered,
        "levels": {level.name.value: level.status.value for level in matching.levels},
        "seconds": round(matching.seconds, 3),
        "problem_hash": matching.problem_hash,
        "result_hash": matching.result_hash,
        "out": str(out),
    }


def _solve_gap(
    file: Path, out: Path, seed: int, seconds: float, best_known: int | None, as_json: bool
) -> dict[str, object]:
    from matcher.files import FileFormatError
    from matcher.gap import read_gap, write_gap_solution
    from matcher.gap_solve import solve_gap

    try:
        problem = read_gap(file)
    except FileFormatError as error:
        refuse(f"{file}: {error}", as_json=as_json, code="match.gap_file")
    with progress_bar("asuh match", shown=not as_json) as progress:
        result = solve_gap(
            problem,
            seconds=seconds,
            seed=seed,
            progress=lambda stage, share: progress(share, stage),
        )
    if result.agent_of is None or result.cost is None:
        refuse(f"{file}: nothing found in {seconds:g} s; give more --seconds", as_json=as_json)
    write_gap_solution(out, problem, result.agent_of)
    summary: dict[str, object] = {
        "cost": result.cost,
        "bound": result.bound,
        "gap_percent": round(100 * (result.gap or 0.0), 3),
        "optimal": result.is_optimal,
        "seconds": round(result.seconds, 2),
        "out": str(out),
    }
    if best_known:
        over = 100 * (result.cost - best_known) / best_known
        summary["over_best_known_percent"] = round(over, 3)
    return summary
