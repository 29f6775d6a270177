"""Matching policies: which order of goals counts from when, who decided so and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_
from api.pages.goals import LEVELS
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Entry, redirect, render
from api.services import policies
from api.services.cycles import list_cycles
from api.services.errors import ServiceError
from data.schema import Account, MatchPolicy, Role

router = APIRouter(include_in_schema=False)
NAVIGATION = [
    Entry(N_("Aturan pemasangan"), "/aturan", "policy:read", frozenset({Role.STAFF, Role.APPROVER}))
]
Reader = Annotated[Account, requires("policy:read")]
Editor = Annotated[Account, requires("policy:edit")]
Typed = dict[str, str]
BUDGETS = ("uniform", "classes", "free")
"""How pledges in rupiah may count (`matcher.policy.BudgetRule`)."""

PLACES = {"policy.name": "nama", "policy.reason": "alasan"}
"""Where on the form a refusal stands that names no field."""


@router.get("/aturan")
def policy_page(
    request: Request, session: ReadSession, by: Reader, now: Now, dari: int = 0
) -> HTMLResponse:
    """Show all policies with their history, and a form for a new one; ``dari`` fills it."""
    del by
    base = policies.find_policy(session, policy_id=dari) if dari else None
    if base is None:
        base = policies.policy_in_force(session, month=f"{now:%Y-%m}")
    month = policies.first_unmatched_month(session, now=now)
    return _page(request, session, typed=_typed_of(base, month=month))


def _page(
    request: Request, session: Session, *, typed: Typed, refusal: ServiceError | None = None
) -> HTMLResponse:
    rows = policies.list_policies(session)
    locked = [cycle.month for cycle in list_cycles(session) if cycle.snapshot_hash]
    return render(
        request,
        "staff/policies.html",
        status=status_of(refusal),
        errors=texts_of(
            request, refusal, names={"month": "bulan"}, at=PLACES.get(refusal.code, CONTENT)
        )
        if refusal
        else {},
        rows=[(row, policies.rules_of(row)) for row in rows],
        built_in=policies.rules_of(None),
        levels=LEVELS,
        unfed=policies.unfed_levels(session),
        budgets=BUDGETS,
        usual_floor=policies.usual_floor_percent(),
        locked_month=locked[0] if locked else "",
        typed=typed,
    )


def _typed_of(row: MatchPolicy | None, *, month: str) -> Typed:
    rules = policies.rules_of(row)
    return {
        **{f"urutan-{name}": str(at) for at, name in enumerate(rules.levels, start=1)},
        "pisah": "ya" if rules.split_siblings else "",
        "lantai": str(rules.floor_percent) if "floor" in rules.levels else "",
        "cadangan": "ya" if rules.use_standby else "",
        "putus": "" if rules.max_breaks is None else str(rules.max_breaks),
        "anggaran": rules.budgets.value,
        "langkah": str(rules.price_step_rp),
        "bulan": month,
        "nama": "",
        "alasan": "",
    }


@router.get("/aturan/{policy_id}")
def one_policy(
    request: Request, session: ReadSession, by: Reader, policy_id: RowId
) -> HTMLResponse:
    """Show one policy whole."""
    del by
    row = policies.find_policy(session, policy_id=policy_id)
    return render(request, "staff/policy.html", row=row, rules=policies.rules_of(row))


@router.post("/aturan")
def adopt(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    nama: Annotated[str, Form()] = "",
    bulan: Annotated[str, Form()] = "",
    alasan: Annotated[str, Form()] = "",
    putus: Annotated[str, Form()] = "",
    pisah: Annotated[str, Form()] = "",
    lantai: Annotated[str, Form()] = "",
    cadangan: Annotated[str, Form()] = "",
    anggaran: Annotated[str, Form()] = "uniform",
    langkah: Annotated[str, Form()] = "",
    urutan: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Adopt the policy that the form describes; ``urutan`` has a number for each goal."""
    numbers = dict(zip(LEVELS, urutan or [], strict=False))
    typed = {
        **{f"urutan-{name}": number for name, number in numbers.items()},
        "nama": nama, "bulan": bulan, "alasan": alasan,
        "putus": putus, "pisah": pisah, "cadangan": cadangan, "lantai": lantai,
        "anggaran": anggaran, "langkah": langkah,
    }  # fmt: skip
    adopted: list[MatchPolicy] = []
    refusal = refusal_of(
        session,
        lambda: adopted.append(
            policies.adopt_policy(
                session,
                name=nama,
                content=_content(typed),
                effective_from=bulan,
                reason=alasan,
                by=by,
                now=now,
            )
        ),
    )
    if refusal is not None:
        return _page(request, session, typed=typed, refusal=refusal)
    return redirect(request, f"/aturan/{adopted[0].id}", "policy.adopted", name=adopted[0].name)


def _content(typed: Typed) -> dict[str, Any]:
    """Return the policy that the form describes; goals without a number are left out."""
    numbered = [
        (int(text), at, name)
        for at, name in enumerate(LEVELS)
        if (text := typed.get(f"urutan-{name}", "").strip()).isdigit()
    ]
    levels = [name for _, _, name in sorted(numbered)]
    content: dict[str, Any] = {
        "levels": levels,
        "split_siblings": typed.get("pisah") == "ya" or "siblings" in levels,
        "use_standby": typed.get("cadangan") == "ya",
    }
    content["budgets"] = typed.get("anggaran") or "uniform"
    step = typed.get("langkah", "").replace(".", "").strip()
    if step and content["budgets"] == "classes":
        content["price_step_rp"] = int(step) if step.isdigit() else step
    floor = typed.get("lantai", "").strip()
    if floor and "floor" in levels:
        content["floor_percent"] = int(floor) if floor.isdigit() else floor
    breaks = typed.get("putus", "").strip()
    if breaks:
        content["max_breaks"] = int(breaks) if breaks.isdigit() else breaks
    return content
