"""The form of a new matching policy: goals in order, moved one by one, and other choices."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from api.pages.goals import LEVELS
from api.services import policies
from api.services.errors import Invalid
from data.schema import MatchPolicy

MOVABLE = tuple(name for name in LEVELS if name != "lottery")
"""Goals that have a place of their own; the lottery always comes last."""

WHOLE = {"lantai": (1, 100), "putus": (0, 1_000_000), "langkah": (1, 100_000_000)}
"""Fields that hold whole numbers, with the least and the largest."""


class PolicyForm(BaseModel):
    """A policy as it is typed; ``urutan`` names the goals in use, the first one first.

    ``tindakan`` is the button: empty to adopt, ``banding`` to compare first, else a move of a
    goal (``up:kept``, ``down:kept``, ``drop:kept``, ``use:kept``).
    """

    nama: str = ""
    bulan: str = ""
    alasan: str = ""
    urutan: list[str] = Field(default_factory=list)
    pisah: str = ""
    lantai: str = ""
    cadangan: str = ""
    putus: str = ""
    anggaran: str = "uniform"
    langkah: str = ""
    pada: str = ""
    tindakan: str = ""


def form_of(row: MatchPolicy | None, *, month: str) -> PolicyForm:
    """Return the form that begins with the goals of an adopted policy, None for the built-in."""
    return _filled(policies.rules_of(row).to_json(), bulan=month)


def form_of_draft(draft: dict[str, Any]) -> PolicyForm:
    """Return the form as it was when its policy was compared; the reason is yet to be written."""
    return _filled(draft["content"], nama=draft["name"], bulan=draft["effective_from"])


def _filled(content: dict[str, Any], **typed: str) -> PolicyForm:
    rules = policies.read_rules(content)
    return PolicyForm(
        urutan=[name.value for name in rules.levels if name.value in MOVABLE],
        pisah="ya" if rules.split_siblings else "",
        lantai=str(rules.floor_percent) if "floor" in rules.levels else "",
        cadangan="ya" if rules.use_standby else "",
        putus="" if rules.max_breaks is None else str(rules.max_breaks),
        anggaran=rules.budgets.value,
        langkah=str(rules.price_step_rp),
        **typed,
    )


def in_order(form: PolicyForm) -> list[str]:
    """Return the goals in use that there are, none twice."""
    return [name for name in dict.fromkeys(form.urutan) if name in MOVABLE]


def moved(order: Sequence[str], move: str) -> list[str]:
    """Return the goals after a move such as ``up:kept``; what cannot be moved stays."""
    deed, _, goal = move.partition(":")
    rest = [name for name in order if name != goal]
    if goal not in MOVABLE or (deed == "use") == (goal in order):
        return list(order)
    if deed == "use":
        return [*rest, goal]
    if deed == "drop":
        return rest
    at = order.index(goal) + {"up": -1, "down": 1}.get(deed, 0)
    return [*rest[: max(0, at)], goal, *rest[max(0, at) :]]


def content_of(form: PolicyForm) -> dict[str, Any]:
    """Return the policy that the form describes.

    Raises
    ------
    Invalid
        ``http.invalid`` with the fields that hold no whole number of their range.
    """
    levels = [*in_order(form), "lottery"]
    content: dict[str, Any] = {
        "levels": levels,
        "split_siblings": form.pisah == "ya" or "siblings" in levels,
        "use_standby": form.cadangan == "ya",
        "budgets": form.anggaran or "uniform",
    }
    asked = {"putus": "max_breaks"}
    if form.anggaran == "classes":
        asked["langkah"] = "price_step_rp"
    if "floor" in levels:
        asked["lantai"] = "floor_percent"
    numbers = {name: getattr(form, name).replace(".", "").strip() for name in asked}
    wrong = {name for name, text in numbers.items() if text and not _is_within(name, text)}
    if wrong:
        raise Invalid("http.invalid", fields=dict.fromkeys(sorted(wrong), "policy.whole"))
    return content | {asked[name]: int(text) for name, text in numbers.items() if text}


def _is_within(name: str, text: str) -> bool:
    least, most = WHOLE[name]
    return text.isdecimal() and len(text) < 10 and least <= int(text) <= most
