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
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a problem and stop.")
@click.option("--show-policy", is_flag=True, help="Print the default policy as JSON and stop.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    problem: Path | None,
    out: Path | None,
    policy_file: Path | None,
    seed: int | None,
    schema: bool,
    show_policy: bool,
    as_json: bool,
) -> None:
    """Match the children and pledges of PROBLEM; the result can be checked by `asuh check`."""
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
