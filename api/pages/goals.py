"""The goals of a month and what it costs to depart from them, as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.i18n import Formats, sentence
from api.services.change_words import HM_PER_KM
from api.services.policies import BUILT_IN, DRAFT
from data.schema import MatchRun

PRICES_SHOWN = 2
LEVELS = (
    "tier",
    "floor",
    "leximin",
    "points",
    "waiting",
    "kept",
    "siblings",
    "area",
    "wishes",
    "goods",
    "distance",
    "delivery",
    "spread",
    "lottery",
)


def policy_words(version: str, language: str) -> str:
    """Return the name of a policy by its version; the built-in one has none of its own."""
    if version == BUILT_IN:
        return sentence("policy.built_in", {}, language)
    first, _, name = version.partition(" ")
    if first != DRAFT:
        return version
    return sentence("policy.draft_named" if name else "policy.draft", {"name": name}, language)


@dataclass(frozen=True)
class Goal:
    """One goal in its place: what it is, how far it was reached, how well that is proved."""

    label: str
    figure: str
    proof: str
    is_proved: bool


def goals_of(run: MatchRun, language: str) -> list[Goal]:
    """Return the goals of a run in the order in which they were served."""
    return [
        Goal(
            label=sentence(f"level.{level['name']}", {}, language),
            figure=_figure(str(level["name"]), _figures(level.get("value")), language),
            proof=_proof(run, level, language),
            is_proved=level["status"] == "optimal",
        )
        for level in run.levels
    ]


def _proof(run: MatchRun, level: Mapping[str, Any], language: str) -> str:
    """Return ``proved best``, or the gap and by how much at most the level may still be better.

    Of what a finished search proved, what prices, which anybody can check again, leave open.
    """
    is_optimal = level["status"] == "optimal"
    known = level.get("verified", level.get("bound")) if is_optimal else level.get("bound")
    if known is None or (is_optimal and known == level["cost"]):
        return sentence(f"word.{level['status']}", {}, language)
    fmt, cost = Formats(language), int(level["cost"])
    more = cost - int(known)
    percent = fmt.number(100 * more / max(1, abs(cost)), decimals=2)
    if level["name"] == "tier":  # its cost weighs the severe ones more
        more = min(more, run.num_unassigned or 0)
    values = {"n": fmt.number(more), "km": fmt.number(more / HM_PER_KM, decimals=1)}
    better = sentence(f"check.level_gap_{level['name']}", values, language)
    told = {"percent": percent, "better": better}
    return sentence("goal.searched" if is_optimal else "goal.gap", told, language)


def _figures(value: Any) -> Sequence[int]:
    return value if isinstance(value, list) else [] if value is None else [int(value)]


def _figure(name: str, figures: Sequence[int], language: str) -> str:
    fmt = Formats(language)
    if not figures or name == "lottery":
        return "–"
    if name == "tier":
        tiers = [f"{number}: {fmt.number(each)}" for number, each in enumerate(figures, start=1)]
        return sentence("figure.tier", {"tiers": " · ".join(tiers)}, language)
    if name == "leximin":
        params = {"least": min(figures), "most": max(figures), "areas": len(figures)}
        return sentence("figure.leximin", params, language)
    if name == "area":
        near = [fmt.number(each) for each in (*figures, 0, 0, 0)[:3]]
        nearness = dict(zip(("kelurahan", "kecamatan", "elsewhere"), near, strict=True))
        return sentence("figure.area", nearness, language)
    if name in ("distance", "delivery"):
        return f"{fmt.number(figures[0] / HM_PER_KM, decimals=1)} km"
    return sentence(f"figure.{name}", {"n": fmt.number(figures[0])}, language)


def price_words(price: Mapping[str, int], language: str) -> str:
    """Return what a departure costs: the highest goals that suffer, in words; blank for nothing."""
    fmt = Formats(language)
    suffering = [(name, price[name]) for name in LEVELS if price.get(name, 0) > 0]
    shown = [pair for pair in suffering if pair[0] != "lottery"][:PRICES_SHOWN] or suffering
    return "; ".join(
        sentence(
            f"price.{name}",
            {"n": fmt.number(cost), "km": fmt.number(cost / HM_PER_KM, decimals=1)},
            language,
        )
        for name, cost in shown
    )


def gain_words(gain: Mapping[str, int], language: str) -> str:
    """Return the highest goal that gains; blank for nothing."""
    best = next((name for name in LEVELS if gain.get(name)), None)
    return sentence(f"level.{best}", {}, language) if best else ""
