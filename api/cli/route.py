"""``asuh route``: the routing core on a file: our JSON, VRPLIB ``.vrp``, Solomon ``.txt``."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from api.cli.arguments import LANGUAGE
from api.cli.file_faults import fault_text
from api.cli.output import answer, interruptible, progress_bar, refuse
from api.cli.route_faults import told
from api.cli.usage import wrong_usage
from api.i18n import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from logistics.faults import Fault
    from logistics.instance import Instance, Solution
    from logistics.instance_rest import LeftOut
    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem

Start = TypeVar("Start")
MOST_SHOWN = 20
"""Stops left out that are shown; the plan has all."""
IDLE_S, SHARE_OF_IDLE = 5.0, 0.1
"""What finding out why vehicles stay behind may take: seconds, and share of all seconds given."""
LEAST_S, LEAST_IDLE_S = 0.1, 1.0
"""What the search gets where reading alone took longer than asked, and those reasons anyhow."""
LISTS = ("left_out", "unused")
"""Parts of a summary that are lists of things with reasons."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who plans a file wants."""

    file: Path
    out: Path
    seconds: float
    seed: int
    iterations: int | None
    workers: int
    engine: str
    rounding: str | None
    best_known: float | None
    start: Path | None
    prices: bool
    language: str
    as_json: bool


@click.command(
    epilog="Example: asuh route X-n101-k25.vrp --out plan.json --seconds 10; asuh route --schema",
)
@click.argument(
    "instance", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(min=0.1))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0))
@click.option("--iterations", type=click.IntRange(min=1), help="End after so many iterations.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(min=1, max=64),
    help="Searches side by side; the best counts (literature instances).",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "lean", "sisr", "pyvrp", "insertion"]),
    default="auto",
    show_default=True,
)
@click.option(
    "--round",
    "rounding",
    type=click.Choice(["none", "nearest", "dimacs"]),
    help="How distances of a literature instance are rounded; default: as its family is compared.",
)
@click.option("--best-known", type=float, help="Cost to compare with; prints the gap.")
@click.option(
    "--start",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A plan to begin from and to improve gently: of last month, or NAME.sol.",
)
@click.option(
    "--prices",
    is_flag=True,
    help="Tell what each goal of a problem costs: one more search without each.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a problem and stop.")
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    instance: Path | None,
    out: Path | None,
    seconds: float,
    seed: int,
    iterations: int | None,
    workers: int,
    engine: str,
    rounding: str | None,
    best_known: float | None,
    start: Path | None,
    prices: bool,
    schema: bool,
    language: str,
    as_json: bool,
) -> None:
    """Plan INSTANCE; the plan can be checked by `asuh check`.

    Ctrl-C ends the search and writes the best plan so far; twice ends at once.

    --out NAME.sol writes the form of CVRPLIB.
    """
    if schema:
        from logistics.schema import problem_schema

        click.echo(json.dumps(problem_schema(), indent=1))
        return
    if instance is None:
        raise wrong_usage("INSTANCE is needed")
    if out is None:
        raise wrong_usage("--out is needed: where the result is written")
    wishes = Wishes(
        file=instance,
        out=out,
        seconds=seconds,
        seed=seed,
        iterations=iterations,
        workers=workers,
        engine=engine,
        rounding=rounding,
        best_known=best_known,
        start=start,
        prices=prices,
        language=language,
        as_json=as_json,
    )
    is_problem = instance.suffix.lower() == ".json"
    with interruptible(language) as cancelled:
        plan = _plan_problem if is_problem else _plan_instance
        summary = plan(wishes, cancelled)
    answer(summary, as_json=as_json, text=_text(summary, wishes))


def _text(summary: dict[str, object], wishes: Wishes) -> str:
    """Return a line for each figure, then one for each stop left out."""
    lines = [f"{name}: {value}" for name, value in summary.items() if name not in LISTS]
    lines += _unused_lines(summary.get("unused"), wishes.language)
    stops = summary.get("left_out")
    left_out = stops if isinstance(stops, list) else []
    for each in left_out[:MOST_SHOWN]:
        lines += [f"{each['stop']}: {each['why']}. {each['remedy']}"]
    if len(left_out) > MOST_SHOWN:
        params = {"n": len(left_out) - MOST_SHOWN, "file": str(wishes.out)}
        lines.append(sentence("cli.more_left_out", params, wishes.language))
    return "\n".join(lines)


def _unused_lines(unused: object, language: str) -> list[str]:
    """Return a line for each reason why vehicles are not used, and who they are."""
    names: dict[str, list[str]] = {}
    for each in unused if isinstance(unused, list) else []:
        names.setdefault(each["why"], []).append(each["vehicle"])
    word = sentence("cli.unused", {}, language)
    return [f"{word} {', '.join(some)}: {why}" for why, some in names.items()]


def _left_out(plan: RoutePlan, language: str) -> dict[str, object]:
    """Return the stops that no route carries, with reasons and what would serve them."""

    def say(code: str, params: Mapping[str, object]) -> str:
        return sentence(code, params, language)

    stops = [
        {
            "stop": each.stop,
            "why": "; ".join(say(str(why.code), why.params) for why in each.reasons),
            "remedy": "; ".join(
                dict.fromkeys(
                    say(str(remedy.code), remedy.params)
                    for why in each.reasons
                    for remedy in why.remedies
                )
            ),
        }
        for each in plan.unserved
    ]
    return {"left_out": stops} if stops else {}


def _refuse(wishes: Wishes, code: str, refused: str, **params: object) -> NoReturn:
    text = sentence(code, {"file": str(wishes.file), **params}, wishes.language)
    refuse(text, as_json=wishes.as_json, code=refused)


def _refuse_faults(wishes: Wishes, faults: Sequence[Fault]) -> NoReturn:
    """Refuse a problem with all its faults, one to a line, each with its number and remedy."""
    found = [told(fault, wishes.language) for fault in faults]
    if wishes.as_json:
        click.echo(json.dumps({"refused": "route.problem", "faults": found}, ensure_ascii=False))
        sys.exit(1)
    refuse("\n".join([f"{wishes.file}:", *(str(one["sentence"]) for one in found)]))


def _start(wishes: Wishes, read: Callable[[Path], Start]) -> Start | None:
    """Return the plan that the search begins from; one that cannot be read is refused by name."""
    from logistics.files import FileFormatError

    if wishes.start is None:
        return None
    try:
        return read(wishes.start)
    except FileFormatError as error:
        text = fault_text(wishes.start, error, wishes.language)
        refuse(text, as_json=wishes.as_json, code="route.file")


def _plan_problem(wishes: Wishes, cancelled: Callable[[], bool]) -> dict[str, object]:
    """Plan a problem of ours and write the plan, or its routes as CVRPLIB does."""
    from logistics.check import check
    from logistics.faults import InvalidProblemError
    from logistics.files import FileFormatError, read_plan, read_problem, write_plan
    from logistics.solve import ENGINES, solve

    if wishes.engine not in ENGINES:
        _refuse(wishes, "cli.engine_instances", "route.engine", engine=wishes.engine)
    began, reserve_s = monotonic(), min(IDLE_S, SHARE_OF_IDLE * wishes.seconds)
    idle_s = IDLE_S if wishes.iterations else max(LEAST_IDLE_S, reserve_s)
    try:
        problem = read_problem(wishes.file)
        start = _start(wishes, lambda file: read_plan(file)[1])
        read_s = monotonic() - began
        with progress_bar("asuh route", shown=not wishes.as_json) as progress:
            plan = solve(
                problem,
                seed=wishes.seed,
                seconds=max(LEAST_S, wishes.seconds - read_s - reserve_s),
                iterations=wishes.iterations,
                engine=wishes.engine,
                start=start,
                progress=progress,
                cancelled=cancelled,
            )
    except InvalidProblemError as error:
        _refuse_faults(wishes, error.faults)
    except FileFormatError as error:
        text = fault_text(wishes.file, error, wishes.language)
        refuse(text, as_json=wishes.as_json, code="route.file")
    except (ValueError, OSError):
        _refuse(wishes, "cli.file_unreadable", "route.file")
    violations = check(problem, plan)
    if violations:
        first = sentence(str(violations[0].code), violations[0].params, wishes.language)
        _refuse(wishes, "cli.check_failed", "route.check_failed", what=first)
    if wishes.out.suffix == ".sol":
        routes = enumerate(plan.routes, start=1)
        lines = [f"Route #{number}: {' '.join(route.stop_ids)}" for number, route in routes]
        wishes.out.write_text("\n".join([*lines, f"Cost {plan.cost_rp}", ""]), encoding="utf-8")
    else:
        write_plan(problem, plan, wishes.out)
    return {
        "cost": plan.cost_rp,
        "routes": len(plan.routes),
        "served": plan.num_served,
        "unserved": len(plan.unserved),
        "seconds": round(plan.seconds, 2),
        "engine": plan.engine,
        "out": str(wishes.out),
        **_kept(start, plan),
        **_gap(plan.cost_rp, wishes.best_known, ()),
        **_slower(plan.engine, wishes),
        **(_prices(problem, plan, wishes, cancelled) if wishes.prices else {}),
        **_unused(problem, plan, wishes.language, idle_s),
        **_left_out(plan, wishes.language),
    }


def _unused(
    problem: RoutingProblem, plan: RoutePlan, language: str, most_s: float
) -> dict[str, object]:
    """Return the vehicles that stay behind, each with the reason as far as so many seconds go."""
    from logistics.idle import idle_vehicles

    until = monotonic() + most_s
    found = idle_vehicles(problem, plan, keep_on=lambda: monotonic() < until)
    vehicles = [
        {"vehicle": each.vehicle, "why": sentence(each.code.value, each.params, language)}
        for each in found
    ]
    return {"unused": vehicles} if vehicles else {}


def _prices(
    problem: RoutingProblem, plan: RoutePlan, wishes: Wishes, cancelled: Callable[[], bool]
) -> dict[str, object]:
    """Return what each goal costs: metres, seconds and rupiah more than without it."""
    from logistics.price import prices

    found = prices(
        problem,
        plan,
        seed=wishes.seed,
        seconds=wishes.seconds,
        iterations=wishes.iterations,
        cancelled=cancelled,
    )
    return {
        f"price_{each.goal}": {
            "distance_m": each.distance_m,
            "duration_s": each.duration_s,
            "cost_rp": each.cost_rp,
            "with_goal": each.with_goal,
            "without_goal": each.without_goal,
        }
        for each in found
    }


def _slower(engine: str, wishes: Wishes) -> dict[str, object]:
    """Return what to do where nobody asked for the engine and the compiled one was not ready."""
    from logistics import sisr

    if wishes.engine != "auto" or engine not in ("pyvrp", "insertion") or sisr.is_warm():
        return {}
    return {"note": sentence("plan.no_fast_engine", {}, wishes.language)}


def _kept(start: RoutePlan | None, plan: RoutePlan) -> dict[str, object]:
    """Return how many stops of both plans keep their vehicle, and how many there are."""
    if start is None:
        return {}
    both = [
        (route.vehicle, plan.route_of_stop[stop].vehicle)
        for stop, route in start.route_of_stop.items()
        if stop in plan.route_of_stop
    ]
    return {"kept_vehicle": sum(was == now for was, now in both), "of_stops": len(both)}


def _plan_instance(wishes: Wishes, cancelled: Callable[[], bool]) -> dict[str, object]:
    """Solve an instance of the literature and write its solution."""
    from logistics.files import FileFormatError
    from logistics.instance import NoSolutionError
    from logistics.instance_files import read_instance, told_cost, write_solution
    from logistics.instance_json import write_solved
    from logistics.instance_rest import solve_rest
    from logistics.instance_solve import ENGINES, UnsoundError
    from logistics.lean import is_installed

    if wishes.engine not in ENGINES:
        _refuse(wishes, "cli.engine_problems", "route.engine", engine=wishes.engine)
    try:
        instance = read_instance(wishes.file, rounding=wishes.rounding)
        start = _start(wishes, lambda file: _solution(file, instance))
        with progress_bar("asuh route", shown=not wishes.as_json) as progress:
            solution, left_out = solve_rest(
                instance,
                seed=wishes.seed,
                seconds=None if wishes.iterations else wishes.seconds,
                iterations=wishes.iterations,
                workers=wishes.workers,
                engine=wishes.engine,
                start=start,
                progress=progress,
                cancelled=cancelled,
            )
    except NoSolutionError as error:
        _refuse(wishes, "cli.not_all_served", "route.no_solution", n=error.num_unserved)
    except UnsoundError as error:
        broken = dict.fromkeys(sentence(str(f.code), {}, wishes.language) for f in error.faults)
        what = ", ".join(broken)
        _refuse(wishes, "cli.unsound", "route.check_failed", engine=error.engine, what=what)
    except FileFormatError as error:
        text = fault_text(wishes.file, error, wishes.language)
        refuse(text, as_json=wishes.as_json, code="route.file")
    except (ValueError, OSError):
        _refuse(wishes, "cli.file_unreadable", "route.file")
    if wishes.out.suffix == ".sol":
        write_solution(instance, solution, wishes.out)
    else:
        write_solved(instance, solution, wishes.out)
    cost = told_cost(instance, solution.cost)
    return {
        "cost": cost,
        **_numbers(instance, solution),
        "seconds": round(solution.seconds, 2),
        "engine": solution.engine,
        "out": str(wishes.out),
        **_gap(cost, wishes.best_known, (solution.cost, solution.cost / _scale(instance))),
        **_slower("" if is_installed() else solution.engine, wishes),
        **_clients_left_out(instance, left_out, wishes.language),
    }


def _clients_left_out(
    instance: Instance, left_out: Sequence[LeftOut], language: str
) -> dict[str, object]:
    """Return the clients that no vehicle serves, by their number in the file, with reasons."""
    from logistics.instance_files import number_in_file

    clients = [
        {
            "stop": str(number_in_file(instance, each.client)),
            "why": sentence(each.code, each.values, language),
            "remedy": sentence(f"{each.code}.remedy", each.values, language),
        }
        for each in left_out
    ]
    return {"left_out": clients} if clients else {}


def _solution(path: Path, instance: Instance) -> Solution:
    """Read a plan of an instance: a ``.sol`` file, or what ``--out`` wrote."""
    from logistics.files import FileFormatError
    from logistics.instance_files import read_solution
    from logistics.instance_json import read_solved

    if path.suffix.lower() == ".sol":
        solution, _ = read_solution(path, instance)
    else:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise FileFormatError(path.name, "expected_object")
        _, solution = read_solved(content)
    clients = sorted(client for trip in solution.trips() for client in trip)
    known = range(instance.num_depots, instance.num_nodes)
    if len(set(clients)) < len(clients) or any(client not in known for client in clients):
        raise FileFormatError(path.name, "other_instance")
    return solution


def _numbers(instance: Instance, solution: Solution) -> dict[str, object]:
    served = {client for trip in solution.trips() for client in trip}
    stood_for = {row for group in instance.groups if served & set(group) for row in group}
    return {
        "family": instance.family,
        "rounding": instance.rounding,
        "routes": len(solution.tours),
        "trips": sum(1 for _ in solution.trips()),
        "served": len(served),
        "unserved": instance.num_clients - len(served | stood_for),
    }


def _scale(instance: Instance) -> int:
    from logistics.instance import SCALES

    return SCALES[instance.rounding]


def _gap(
    cost: float, best_known: float | None, other_scales: tuple[float, ...]
) -> dict[str, object]:
    """Return the gap in percent; a best known cost in tenths or thousandths is understood."""
    if not best_known or best_known <= 0:
        return {}
    told = next((each for each in (cost, *other_scales) if 0.5 < each / best_known < 2), cost)
    return {"best_known": best_known, "gap_percent": round(100 * (told / best_known - 1), 3)}
