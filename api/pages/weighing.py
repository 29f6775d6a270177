"""Weighing policies on a month: side by side, the price of every wish, how many pairs may break."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import sentence
from api.pages.goals import policy_words
from api.pages.months import facts_of
from api.pages.shell import Page, language_of, render
from api.services import cycles, policies, weighing
from data.queries import assignments as queries
from data.schema import Account

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, requires("policy:read")]
Editor = Annotated[Account, requires("policy:edit")]
FIGURES = (
    "children",
    "first_tier",
    "points",
    "worst_share_percent",
    "kept",
    "broken",
    "distance_m",
    "split_households",
)
"""What is compared, in this order."""
CHARTED = ("children", "points", "distance_m")
WIDTH, HEIGHT, MARGIN = 300, 120, 12


@router.get("/bulan/{month}/timbang")
def weighing_page(
    request: Request, session: ReadSession, by: Reader, month: str, halaman: int = 1
) -> HTMLResponse:
    """Show what was weighed last on this month, and offer to weigh again."""
    del by
    cycle, language = cycles.find_cycle(session, month=month), language_of(request)
    known = [(row.id, f"{row.id} {row.name}") for row in policies.list_policies(session)]
    breaks = weighing.last_weighing(session, cycle=cycle, what=weighing.BREAKS)
    compared = weighing.last_weighing(session, cycle=cycle, what=weighing.COMPARE)
    switched = weighing.last_weighing(session, cycle=cycle, what=weighing.SWITCHES)
    changes = compared["changes"] if compared else []
    in_force = policies.policy_in_force(session, month=cycle.month)
    first = in_force.id if in_force else 0
    page = Page(halaman, len(changes))
    return render(
        request,
        "staff/weighing.html",
        **facts_of(cycle),
        is_locked=cycle.snapshot_hash is not None,
        choices=[*known, (0, sentence("policy.built_in", {}, language))],
        first=first,
        second=next((number for number, _ in known if number != first), 0),
        figures=FIGURES,
        heads=[sentence(f"figure_name.{name}", {}, language) for name in FIGURES],
        compared=compared,
        pair=[policy_words(one, language) for one in compared["policies"]] if compared else [],
        changes=changes[page.offset : page.offset + page.size],
        page=page,
        switched=switched,
        weighed_policy=policy_words(switched["policy"], language) if switched else "",
        breaks=breaks,
        charts=_charts(breaks["points"]) if breaks else [],
        sponsors=queries.sponsor_names(session, cycle=cycle),
    )


def _charts(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a line for each charted figure over the number of broken pairs."""
    return [_chart(name, points) for name in CHARTED]


def _chart(name: str, points: list[dict[str, Any]]) -> dict[str, Any]:
    across = _scale([int(point["breaks"]) for point in points], WIDTH)
    up = _scale([int(point[name]) for point in points], HEIGHT)
    dots = [(x, HEIGHT - y) for x, y in zip(across, up, strict=True)]
    return {
        "name": name,
        "dots": dots,
        "line": " ".join(f"{x},{y}" for x, y in dots),
        "least": min(int(point[name]) for point in points),
        "most": max(int(point[name]) for point in points),
    }


def _scale(values: list[int], length: int) -> list[float]:
    low, span = min(values), max(1, max(values) - min(values))
    room = length - 2 * MARGIN
    return [round(MARGIN + room * (value - low) / span, 1) for value in values]


@router.post("/bulan/{month}/timbang")
def start_weighing(
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    apa: Annotated[str, Form()] = "",
    pertama: Annotated[int, Form()] = 0,
    kedua: Annotated[int, Form()] = 0,
) -> RedirectResponse:
    """Start a weighing as a job and lead to its progress."""
    cycle = cycles.find_cycle(session, month=month)
    job = weighing.start_weighing(
        session, cycle=cycle, what=apa, first=pertama, second=kedua, by=by, now=now
    )
    back = f"/bulan/{month}/timbang"
    return RedirectResponse(f"/pekerjaan/{job.id}?kembali={back}", status_code=303)
