"""``asuh match``: the matching core on a file."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.arguments import SECONDS, SEED
from api.cli.check import goals_told
from api.cli.file_faults import fault_text
from api.cli.output import answer, in_words, progress_bar, refuse
from api.cli.usage import wrong_usage
from api.cli.weighing import price_breaks, weigh
from api.i18n import Formats, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.gap import GapProblem
    from matcher.matching import LevelResult, Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


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
@click.option("--seed", type=SEED, help="Seed of the lottery that breaks ties.")
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    type=SECONDS,
    help="Longest time for a GAP text file.",
)
@click.option("--best-known", type=int, help="Cost of a GAP file to compare with; prints the gap.")
@click.option(
    "--number", type=click.IntRange(1), help="Which problem of a GAP file that holds several."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a problem and stop.")
@click.option("--show-policy", is_flag=True, help="Print the default policy as JSON and stop.")
@click.option("--policy-schema", is_flag=True, help="Print the JSON Schema of a policy and stop.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A second policy: print both side by side, child by child; writes nothing.",
)
@click.option("--switches", is_flag=True, help="Print the price of every wish of the policy.")
@click.option(
    "--breaks", is_flag=True, help="Print what allowing broken pairs of last month brings."
)
@click.option(
    "--break-prices", is_flag=True, help="Print the exact price of each pair that may break."
)
@click.option(
    "--lottery", nargs=2, metavar="CHILD PLEDGE", help="Print a pair's lottery numbers and stop."
)
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    problem: Path | None,
    out: Path | None,
    policy_file: Path | None,
    seed: int | None,
    seconds: float,
    best_known: int | None,
    number: int | None,
    schema: bool,
    show_policy: bool,
    policy_schema: bool,
    against: Path | None,
    switches: bool,
    breaks: bool,
    break_prices: bool,
    lottery: tuple[str, str] | None,
    language: str,
    as_json: bool,
) -> None:
    """Match the children and pledges of PROBLEM; the result can be checked by `asuh check`.

    PROBLEM is our JSON, or a text file of the generalised assignment problem (.txt, .txt.gz). For
    such a file --out NAME.json holds the problem beside what was found, for `asuh check`; any
    other name is written in the literature's form: agents in one line, the cost in the next.
    """
    from dataclasses import replace

    if schema or policy_schema:
        from matcher import schema as schemas

        wanted = schemas.problem_schema() if schema else schemas.policy_schema()
        click.echo(json.dumps(wanted, indent=1))
        return
    policy = _policy(policy_file, language, as_json)
    policy = policy if seed is None else replace(policy, seed=seed)
    if lottery:
        from matcher.lottery import numbers_of

        numbers = numbers_of(policy.seed, *lottery)
        answer(numbers, as_json=as_json, text=_lines(numbers))
        return
    if show_policy:
        click.echo(json.dumps(policy.to_json(), indent=1))
        return
    if problem is not None and break_prices:
        with _faults_told(problem, language, as_json=as_json):
            price_breaks(problem, policy, language, as_json=as_json)
        return
    if problem is not None and (against or switches or breaks):
        other = _policy(against, language, as_json) if against else None
        with _faults_told(problem, language, as_json=as_json):
            weigh(problem, policy, other, language, switches=switches, as_json=as_json)
        return
    if problem is None:
        raise wrong_usage("PROBLEM is needed")
    if out is None:
        raise wrong_usage("--out is needed: where the result is written")
    if _is_gap(problem):
        gap_problem = _gap_problem(problem, number, language, as_json)
        summary = _solve_gap(
            gap_problem, problem, out, seed or 0, seconds, best_known, language, as_json
        )
        answer(summary, as_json=as_json, text=_lines(summary))
    else:
        with _faults_told(problem, language, as_json=as_json):
            _solve(problem, out, policy, language, as_json)


def _proved(level: LevelResult) -> str:
    """Return ``optimal``, with what prices leave where a search proved it, or the gap."""
    if level.cost > level.bound:
        return f"gap {100 * level.gap:.3g} %"
    if level.unverified:
        percent = 100 * level.unverified / max(1, abs(level.cost))
        return f"optimal by a finished search; prices leave {percent:.3g} %"
    return level.status.value


def _lines(values: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in values.items())


def _policy(file: Path | None, language: str, as_json: bool) -> Policy:
    from matcher.policy import Policy

    if file is None:
        return Policy()
    try:
        return Policy.from_json(json.loads(file.read_bytes()))
    except (ValueError, TypeError, KeyError):
        text = sentence("cli.policy_unusable", {"file": str(file)}, language)
        refuse(text, as_json=as_json, code="match.policy")


@contextmanager
def _faults_told(problem: Path, language: str, *, as_json: bool) -> Iterator[None]:
    """Refuse a problem with all its faults, one to a line, each with its number and remedy."""
    from matcher.faults import InvalidProblemError

    try:
        yield
    except InvalidProblemError as error:
        told = [
            {
                "code": fault.code.value,
                "name": fault.code.name,
                "params": fault.params,
                "sentence": sentence(fault.sentence_code, fault.params, language),
            }
            for fault in error.faults
        ]
        if as_json:
            click.echo(json.dumps({"refused": "match.problem", "faults": told}, ensure_ascii=False))
            sys.exit(1)
        refuse("\n".join([f"{problem}:", *(str(one["sentence"]) for one in told)]))


def _solve(problem: Path, out: Path, policy: Policy, language: str, as_json: bool) -> None:
    from matcher.check import check
    from matcher.comparison import with_allowed_breaks
    from matcher.files import FileFormatError, read_problem, write_result
    from matcher.solve import solve

    try:
        month = read_problem(problem)
        with progress_bar("asuh match", shown=not as_json) as progress:
            shown = in_words(progress, language)
            matching = solve(
                month,
                with_allowed_breaks(month, policy),
                progress=lambda stage, share: shown(share, stage),
            )
    except FileFormatError as error:
        refuse(fault_text(problem, error, language), as_json=as_json, code="match.problem")
    violations = check(month, matching)
    if violations:
        first = sentence(str(violations[0].code), violations[0].params, language)
        text = sentence("cli.check_failed", {"file": str(problem), "what": first}, language)
        refuse(text, as_json=as_json, code="match.check_failed")
    write_result(month, matching, out)
    summary = {
        "children": month.num_children,
        "covered": matching.num_covered,
        "levels": {level.name.value: _proved(level) for level in matching.levels},
        "solver": matching.versions["flow"],
        "seconds": round(matching.seconds, 3),
        "problem_hash": matching.problem_hash,
        "result_hash": matching.result_hash,
        "out": str(out),
    }
    answer(summary, as_json=as_json, text=_told(month, matching, out, language))


def _told(month: MatchingProblem, matching: Matching, out: Path, language: str) -> str:
    """Say who is served, how good each goal is, and where all of it is written."""
    fmt = Formats(language)
    params: dict[str, object] = {
        "covered": fmt.number(matching.num_covered),
        "children": fmt.number(month.num_children),
        "seconds": fmt.number(matching.seconds, decimals=1),
        "out": str(out),
    }
    return "\n".join([sentence("cli.matched", params, language), *goals_told(matching, language)])


def _is_gap(file: Path) -> bool:
    """Return whether a file is one of numbers, whatever its name ends in."""
    if ".txt" in file.suffixes:
        return True
    with file.open("rb") as content:
        return content.read(256).lstrip()[:1].isdigit()


def _gap_problem(file: Path, number: int | None, language: str, as_json: bool) -> GapProblem:
    from matcher.files import FileFormatError
    from matcher.gap import read_gap

    try:
        return read_gap(file, number)
    except FileFormatError as error:
        refuse(fault_text(file, error, language), as_json=as_json, code="match.gap_file")


def _solve_gap(
    problem: GapProblem,
    file: Path,
    out: Path,
    seed: int,
    seconds: float,
    best_known: int | None,
    language: str,
    as_json: bool,
) -> dict[str, object]:
    from matcher.gap import write_gap_solution
    from matcher.gap_json import write_gap_result
    from matcher.gap_solve import solve_gap

    with progress_bar("asuh match", shown=not as_json) as progress:
        result = solve_gap(
            problem,
            seconds=seconds,
            seed=seed,
            progress=lambda stage, share: progress(share, stage),
        )
    if result.agent_of is None or result.cost is None:
        params: dict[str, object] = {"file": str(file), "seconds": f"{seconds:g}"}
        what = "nothing_fits" if result.is_impossible else "nothing_found"
        refuse(sentence(f"cli.{what}", params, language), as_json=as_json, code=f"match.{what}")
    if out.suffix == ".json":
        write_gap_result(out, problem, result)
    else:
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
