"""``asuh explain``: why, what if, what a place is worth, where to recruit - from a result file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.file_faults import fault_text
from api.cli.output import answer, refuse
from api.i18n import sentence

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

    Solved = tuple[MatchingProblem, Matching]


@click.command(
    epilog="Example: asuh explain result.json --what-if A0001 P0002; "
    "asuh explain result.json --recruiting",
)
@click.argument("result", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--child", help="Why this child has its pledge, or none and what would cover it.")
@click.option("--what-if", nargs=2, metavar="CHILD PLEDGE", help="What if CHILD went to PLEDGE.")
@click.option("--recruiting", is_flag=True, help="How many new places in which area cover whom.")
@click.option("--places", is_flag=True, help="What one place more or less at each pledge is worth.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def command(
    result: Path,
    child: str | None,
    what_if: tuple[str, str] | None,
    recruiting: bool,
    places: bool,
    language: str,
    as_json: bool,
) -> None:
    """Explain RESULT, a file that `asuh match` wrote; without an option, all children left out."""
    from matcher.files import FileFormatError, read_result

    try:
        solved = read_result(result)
    except FileFormatError as error:
        refuse(fault_text(result, error, language), as_json=as_json, code="explain.file")
    known = {code: row for row, code in enumerate(solved[0].child_ids)}
    pledges = {code: row for row, code in enumerate(solved[0].pledge_ids)}
    for code, rows in ((child, known), *zip(what_if or (), (known, pledges), strict=False)):
        if code is not None and code not in rows:
            text = sentence("cli.unknown_code", {"code": code, "file": str(result)}, language)
            refuse(text, as_json=as_json, code="explain.unknown")
    if what_if:
        found, text = _what_if(solved, known[what_if[0]], pledges[what_if[1]], language)
    elif recruiting or places:
        found, text = _of_places(solved, result, language, as_json=as_json, recruiting=recruiting)
    else:
        found, text = _reasons(solved, child, language)
    answer(found, as_json=as_json, text=text)


def _what_if(solved: Solved, child: int, pledge: int, language: str) -> tuple[Any, str]:
    from api.pages.goals import price_words
    from api.services.match_store import plain
    from matcher.asking import questions
    from matcher.asking import what_if as solve_again
    from matcher.residual import TooLargeError

    try:
        quick = questions(*solved).ask(child, pledge)
    except TooLargeError:
        quick = None
    found = quick or solve_again(*solved, child, pledge)
    price = plain(found.price)
    value = {
        "child": found.child_id,
        "pledge": found.pledge_id,
        "refusals": list(found.refusals),
        "price": price,
        "moves": [list(move) for move in found.moves],
        "is_exact": found.is_exact,
    }
    refused = [sentence(code, {}, language) for code in found.refusals]
    lines = refused or [
        _at_most(price_words(price, language) or "=", language, is_exact=found.is_exact),
        *(f"{who}: {before or '–'} → {after or '–'}" for who, before, after in found.moves),
    ]
    return value, "\n".join(lines)


def _at_most(price: str, language: str, *, is_exact: bool) -> str:
    return price if is_exact else sentence("bound.at_most", {"price": price}, language)


def _of_places(
    solved: Solved, result: Path, language: str, *, as_json: bool, recruiting: bool
) -> tuple[Any, str]:
    from api.services.match_store import places_of

    found = places_of(*solved)
    if not found:
        text = sentence("cli.explain_too_large", {"file": str(result)}, language)
        refuse(text, as_json=as_json, code="explain.too_large")
    rows: Any = found["recruiting" if recruiting else "pledges"]
    if recruiting:
        lines = [_recruited(one, language) for one in rows]
    else:
        lines = [
            f"{one['pledge_code']}: +1 → {one['covers'] or '–'}; -1 → {one['uncovers'] or '–'}"
            for one in rows
        ]
    return rows, "\n".join(lines)


def _recruited(one: dict[str, Any], language: str) -> str:
    """Say how many places more in a kelurahan, one after the other, serve whom."""
    from api.services.match_store import placed

    children = [
        sentence("cli.recruit_child", {"child": each["child"], "tier": each["tier"]}, language)
        for each in one["places"]
    ]
    params: dict[str, object] = {
        "kelurahan": placed({"kelurahan": one["kelurahan"]})["kelurahan_name"],
        "places": len(children),
        "children": ", ".join(children),
    }
    return sentence("cli.recruit", params, language)


def _reasons(solved: Solved, child: str | None, language: str) -> tuple[Any, str]:
    from api.pages.goals import price_words
    from api.services.match_store import placed, plain
    from matcher.explain import explain_pairs, explain_unassigned

    problem, matching = solved
    rows = [problem.child_ids.index(child)] if child else None
    pairs = explain_pairs(problem, matching, rows) if rows else []
    left = [one for one in explain_unassigned(problem, matching) if child in (None, one.child_id)]
    found: list[dict[str, Any]] = [
        {
            "child": one.child_id,
            "pledge": one.pledge_id,
            "reason": one.reason.value,
            "params": plain(one.params),
            "next_best": one.next_best,
            "price": plain(one.price),
        }
        for one in pairs
    ]
    found += [
        {
            "child": one.child_id,
            "pledge": None,
            "reason": one.reason.value,
            "params": placed(plain(one.params)),
            "remedies": [
                {"code": each.code.value, "params": placed(plain(each.params))}
                for each in one.remedies
            ],
        }
        for one in left
    ]
    lines = []
    for one in found:
        where = f" → {one['pledge']}" if one["pledge"] else ""
        lines.append(f"{one['child']}{where}: {sentence(one['reason'], one['params'], language)}")
        if one.get("next_best"):
            price = price_words(one["price"], language)
            code = "cli.next_best" if price else "cli.next_best_unpriced"
            params = {"pledge": one["next_best"], "price": price}
            lines.append(f"  {sentence(code, params, language)}")
        lines += [
            f"  {sentence(each['code'], each['params'], language)}"
            for each in one.get("remedies", [])
        ]
    return found, "\n".join(lines)
